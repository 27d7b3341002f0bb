"""The health-professional assessment on its pages: who names, who writes, who reads what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.portfolio.models import HealthAssessment, HealthAssessor, Offer
from samlop.portfolio.rules.health import Severity, Soundness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import health as services
from samlop.web import clock
from tests import factories as make
from tests import portfolio_making as making
from tests.portfolio_making import AT, BY
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

SLUG = "pasientens-legemiddelliste"
BASE = f"/losninger/{SLUG}/helsefaglig/"
HERE = f"{BASE}hjemmetjeneste/"
NAMERS = frozenset({Role.PORTFOLIO_OWNER, Role.HEALTH_ASSESSOR})
FINDING = "Varsler kommer for sent."


@pytest.fixture
def offer() -> Offer:
    making.criteria_one()
    solution = make.solution(name="Pasientens legemiddelliste", slug=SLUG)
    return make.offer(solution=solution, area=Area.HOME_CARE)


def named(client: Client, offer: Offer) -> tuple[Person, HealthAssessment]:
    """Signed in as a named assessor of an assessment that has begun."""
    person = sign_in(client, Role.HEALTH_ASSESSOR)
    return person, making.health_begun(offer, person)


def test_an_assessment_goes_from_begun_to_concluded_on_pages(client: Client, offer: Offer) -> None:
    me = sign_in(client, Role.HEALTH_ASSESSOR)
    due = (clock.today() + timedelta(days=60)).isoformat()

    client.post(f"{HERE}begynn/")
    client.post(f"{HERE}vurderere/ny/", {"person": me.pk, "position": "Overlege"})
    client.post(f"{HERE}sporsmal/nytt/", {"question": "Er den prøvd på natt?"})
    row = HealthAssessment.objects.get()
    answers = {f"answer_{one.pk}": "Ja." for one in row.questions.all()}
    seen = {f"seen_{one.pk}": "0" for one in row.questions.all()}
    assert client.post(f"{HERE}svar/", answers | seen).status_code == 302
    client.post(f"{HERE}funn/nytt/", {"severity": "serious", "text": FINDING})
    too_soon = client.post(f"{HERE}konkluder/", {"conclusion": "sound", "summary": "Bra."})
    assert too_soon.status_code == 422
    assert "alvorlige funn" in too_soon.text
    client.post(f"{HERE}vilkar/nytt/", {"text": "Varsler innen ti minutter", "due_by": due})
    done = client.post(
        f"{HERE}konkluder/", {"conclusion": "on_conditions", "summary": "Bra, når varsler virker."}
    )
    assert done.status_code == 302

    client.logout()
    public = client.get(HERE).text
    assert "Forsvarlig på vilkår" in public
    assert "Varsler innen ti minutter" in public
    assert "Overlege" in public
    assert FINDING not in public
    assert str(me) not in public
    sign_in(client, Role.NETWORK_RESOURCE)
    inside = client.get(HERE).text
    assert FINDING in inside
    assert str(me) in inside


def test_somebody_of_the_programme_is_refused_with_a_sentence(client: Client, offer: Offer) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post(f"{HERE}begynn/")
    theirs = making.assessor(name="Anna")
    making.of_programme(theirs, offer)

    answer = client.post(f"{HERE}vurderere/ny/", {"person": theirs.pk})

    assert answer.status_code == 422
    assert "Anna hører til programmet bak Pasientens legemiddelliste." in answer.text
    assert not HealthAssessor.objects.exists()


def test_whoever_joins_the_programme_later_is_shown(client: Client, offer: Offer) -> None:
    anna = making.assessor(name="Anna", title="Kommuneoverlege")
    making.found_sound(offer, by=anna)
    making.of_programme(anna, offer, on=clock.today())

    assert "Kommuneoverlege hører til programmet" in client.get(HERE).text
    gate = f"/losninger/{SLUG}/beslutninger/hjemmetjeneste/"
    assert "Kommuneoverlege hører til programmet" in client.get(gate).text


@pytest.mark.parametrize("role", Role)
def test_who_names(client: Client, offer: Offer, role: Role) -> None:
    sign_in(client, role, solution=SLUG)
    assert client.post(f"{HERE}begynn/").status_code == (302 if role in NAMERS else 403)
    if role not in NAMERS:
        services.open_assessment(offer=offer, by=BY, at=AT)
    answer = client.get(f"{HERE}vurderere/ny/")
    assert answer.status_code == (200 if role in NAMERS else 403)


@pytest.mark.parametrize("role", Role)
def test_who_writes(client: Client, offer: Offer, role: Role) -> None:
    """The role is asked for first, and then the name."""
    making.health_begun(offer, making.assessor())
    sign_in(client, role, solution=SLUG)
    data = {"severity": "low", "text": FINDING}
    answer = client.post(f"{HERE}funn/nytt/", data)
    assert answer.status_code == (422 if role is Role.HEALTH_ASSESSOR else 403)
    if role is Role.HEALTH_ASSESSOR:
        assert "Bare de som er navngitt" in answer.text
        assert "kan lese, men ikke skrive" in client.get(HERE).text
    for more in ("svar/", "sporsmal/nytt/", "vilkar/nytt/", "konkluder/"):
        expected = 200 if role is Role.HEALTH_ASSESSOR else 403
        assert client.get(f"{HERE}{more}").status_code == expected


@pytest.mark.parametrize("role", [None, *Role])
def test_what_is_under_way_is_for_those_it_concerns(
    client: Client, offer: Offer, role: Role | None
) -> None:
    anna = making.assessor()
    row = making.health_begun(offer, anna)
    services.add_finding(assessment=row, severity=Severity.SERIOUS, text=FINDING, by=anna, at=AT)
    if role is not None:
        sign_in(client, role, solution=SLUG)
    sees = role in {
        Role.PORTFOLIO_OWNER,
        Role.COORDINATION_GROUP_MEMBER,
        Role.PROGRAMME,
        Role.HEALTH_ASSESSOR,
    }
    assert (FINDING in client.get(HERE).text) is sees


def test_two_who_answer_at_once_both_keep_their_words(client: Client, offer: Offer) -> None:
    me, row = named(client, offer)
    question = row.questions.order_by("position")[0]
    services.answer(question=question, text="Den andres svar", seen=1, by=me, at=AT)

    answer = client.post(
        f"{HERE}svar/", {f"answer_{question.pk}": "Mitt svar", f"seen_{question.pk}": "1"}
    )

    assert answer.status_code == 422
    assert "Den andres svar" in answer.text
    assert "Mitt svar" in answer.text
    again = client.post(
        f"{HERE}svar/", {f"answer_{question.pk}": "Mitt svar", f"seen_{question.pk}": "2"}
    )
    assert again.status_code == 302
    question.refresh_from_db()
    assert question.answer == "Mitt svar"


def test_findings_conditions_and_assessors_are_taken_away_on_the_page(
    client: Client, offer: Offer
) -> None:
    me, row = named(client, offer)
    client.post(f"{HERE}funn/nytt/", {"severity": "low", "text": FINDING, "advice": "Bytt"})
    due = (clock.today() + timedelta(days=60)).isoformat()
    client.post(f"{HERE}vilkar/nytt/", {"text": "Rett feilen", "due_by": due})
    finding, condition = row.findings.get(), row.conditions.get()
    page = client.get(HERE).text
    assert "Rett feilen" in page
    client.post(f"{BASE}funn/{finding.pk}/", {"severity": "moderate", "text": "Endret funn"})
    assert "Endret funn" in client.get(HERE).text
    client.post(f"{BASE}funn/{finding.pk}/fjern/")
    client.post(f"{BASE}vilkar/{condition.pk}/fjern/")
    assert not row.findings.exists()
    assert not row.conditions.exists()
    client.post(f"{BASE}vurderere/{HealthAssessor.objects.get(person=me).pk}/fjern/")
    assert not row.assessors.exists()


def test_the_conditions_of_the_assessors_are_met_by_them(client: Client, offer: Offer) -> None:
    making.found_sound(offer, Soundness.ON_CONDITIONS)
    condition = HealthAssessment.objects.get().conditions.get()
    where = f"/losninger/{SLUG}/vilkar/{condition.pk}/oppfylt/"
    sign_in(client, Role.PORTFOLIO_OWNER)
    assert client.post(where, {"note": "x"}).status_code == 403
    sign_in(client, Role.HEALTH_ASSESSOR)
    assert client.post(where, {"note": "Rapport"}).headers["Location"] == HERE
    assert "Oppfylt" in client.get(HERE).text


def test_the_page_costs_the_same_for_one_assessment_and_for_many(
    client: Client, offer: Offer
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    making.found_sound(offer, Soundness.ON_CONDITIONS)
    client.get(HERE)
    with CaptureQueriesContext(connection) as for_one:
        client.get(HERE)
    for _ in range(3):
        making.found_sound(offer, Soundness.ON_CONDITIONS)
    with CaptureQueriesContext(connection) as for_many:
        client.get(HERE)
    assert len(for_many) == len(for_one), [query["sql"] for query in for_many]

"""Decisions on «klar til bruk»: from the refusal to the exception, and who sees what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.portfolio.models import Condition, Gate, Offer
from samlop.portfolio.queries import dossiers
from samlop.portfolio.queries import gates as queries
from samlop.portfolio.rules.assessments import Verdict
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.health import Soundness
from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind
from samlop.portfolio.services import gates as services
from samlop.portfolio.services.gates import ConditionWish
from samlop.web import clock
from tests import factories as make
from tests import portfolio_making as making
from tests.portfolio_making import AT, BY
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/losninger/pasientens-legemiddelliste/beslutninger/"
HERE = f"{LIST}hjemmetjeneste/"
DECIDERS = frozenset({Role.PORTFOLIO_OWNER})
SECRET = "Hemmelig mellomregning"
SEE = frozenset(
    {
        Role.PORTFOLIO_OWNER,
        Role.COORDINATION_GROUP_MEMBER,
        Role.PROGRAMME,
        Role.HEALTH_ASSESSOR,
    }
)


@pytest.fixture
def offer() -> Offer:
    making.criteria_one()
    solution = make.solution(name="Pasientens legemiddelliste", slug="pasientens-legemiddelliste")
    made = make.offer(solution=solution, area=Area.HOME_CARE)
    make.phase(offer=made, phase=Phase.UNDER_TRIAL)
    return made


def sent(offer: Offer, outcome: GateOutcome, **more: str) -> dict[str, str]:
    today = clock.today()
    return {
        "seen": dossiers.dossier_of(offer, on=today).fingerprint,
        "outcome": outcome.value,
        "reason": "Fem kommuner trenger den.",
        "decided_on": today.isoformat(),
    } | more


def a_case(offer: Offer) -> None:
    services.open_case(offer=offer, by=BY, on=clock.today(), at=AT)


# --- the journey of the issue ---


def test_the_gate_refuses_naming_the_musts_and_an_exception_shows_its_reason(
    client: Client, offer: Offer
) -> None:
    making.assessed(offer, but={"leverandorer": Verdict.NOT_MET})
    sign_in(client, Role.PORTFOLIO_OWNER)

    assert client.post(f"{HERE}ny-sak/", {"recommendation": "Vent."}).status_code == 302
    page = client.get(HERE).text
    assert "Vent." in page
    assert "(ikke oppfylt)" in page
    assert "Den helsefaglige vurderingen er ikke avsluttet." in page

    refused = client.post(f"{HERE}beslutt/", sent(offer, GateOutcome.PASSED))
    assert refused.status_code == 422
    assert "står i veien" in refused.text
    assert "(ikke oppfylt)" in refused.text
    assert "Fem kommuner trenger den." in refused.text
    assert not Gate.objects.exists()

    decided = client.post(f"{HERE}beslutt/", sent(offer, GateOutcome.EXCEPTION))
    gate = Gate.objects.get()
    assert decided.headers["Location"] == f"{LIST}{gate.pk}/"
    client.logout()
    for where in (LIST, HERE, f"{LIST}{gate.pk}/"):
        public = client.get(where).text
        assert "Fem kommuner trenger den." in public, where
        assert "Unntak" in public, where


def test_a_yes_is_given_on_the_page_and_moves_the_phase(client: Client, offer: Offer) -> None:
    making.assessed(offer)
    making.found_sound(offer)
    a_case(offer)
    sign_in(client, Role.PORTFOLIO_OWNER)
    assert "Ingenting står i veien" in client.get(HERE).text

    client.post(f"{HERE}beslutt/", sent(offer, GateOutcome.PASSED))

    assert "Klar til bruk" in client.get(LIST).text
    assert offer.phases.filter(phase=Phase.READY_FOR_USE.value).exists()
    late = client.post(f"{HERE}beslutt/", sent(offer, GateOutcome.NOT_PASSED), follow=True)
    assert "ingen åpen sak" in late.text
    assert Gate.objects.count() == 1


def test_conditions_are_written_followed_up_and_taken_back(client: Client, offer: Offer) -> None:
    making.assessed(offer)
    making.found_sound(offer)
    a_case(offer)
    sign_in(client, Role.PORTFOLIO_OWNER)
    due = (clock.today() + timedelta(days=30)).isoformat()

    halved = client.post(
        f"{HERE}beslutt/",
        sent(offer, GateOutcome.ON_CONDITIONS, condition_text_1="Avtalen er signert"),
    )
    assert halved.status_code == 422
    client.post(
        f"{HERE}beslutt/",
        sent(
            offer,
            GateOutcome.ON_CONDITIONS,
            condition_text_1="Avtalen er signert",
            condition_due_1=due,
        ),
    )
    condition = Condition.objects.get()
    where = f"/losninger/pasientens-legemiddelliste/vilkar/{condition.pk}/"
    assert client.post(f"{where}oppfylt/", {"note": ""}).status_code == 422
    client.post(f"{where}oppfylt/", {"note": "Signert i mai"})
    assert "Signert i mai" in client.get(LIST).text
    client.post(f"{where}angre/")
    condition.refresh_from_db()
    assert condition.met_on is None


def test_what_changed_while_the_decider_read_stops_her_once(client: Client, offer: Offer) -> None:
    making.assessed(offer)
    making.found_sound(offer)
    a_case(offer)
    sign_in(client, Role.PORTFOLIO_OWNER)

    stale = client.post(f"{HERE}beslutt/", sent(offer, GateOutcome.PASSED, seen="noe gammelt"))

    assert stale.status_code == 422
    assert "ble endret mens du leste" in stale.text
    # The page that comes back carries what is read now.
    assert dossiers.dossier_of(offer, on=clock.today()).fingerprint in stale.text


# --- who ---


@pytest.mark.parametrize("role", Role)
def test_who_decides(client: Client, offer: Offer, role: Role) -> None:
    making.assessed(offer, but={"leverandorer": None})
    a_case(offer)
    sign_in(client, role, solution="pasientens-legemiddelliste")

    answer = client.post(f"{HERE}beslutt/", sent(offer, GateOutcome.EXCEPTION))

    assert answer.status_code == (302 if role in DECIDERS else 403)
    assert Gate.objects.exists() is (role in DECIDERS)


@pytest.mark.parametrize("role", Role)
def test_who_opens_a_case(client: Client, offer: Offer, role: Role) -> None:
    making.assessed(offer)
    sign_in(client, role, solution="pasientens-legemiddelliste")
    keeps = role in {Role.PORTFOLIO_OWNER, Role.COORDINATION_GROUP_MEMBER}
    assert client.post(f"{HERE}ny-sak/", {}).status_code == (302 if keeps else 403)
    assert (queries.open_case_of(offer) is not None) is keeps


@pytest.mark.parametrize("role", [None, *Role])
def test_what_is_not_decided_is_for_those_it_concerns(
    client: Client, offer: Offer, role: Role | None
) -> None:
    making.assessed(offer)
    services.open_case(offer=offer, recommendation=SECRET, by=BY, on=clock.today(), at=AT)
    if role is not None:
        sign_in(client, role, solution="pasientens-legemiddelliste")

    page = client.get(HERE)

    assert page.status_code == 200
    assert (SECRET in page.text) is (role in SEE)
    assert ("Slik er det." in page.text) is (role in SEE)


def test_the_programme_of_another_solution_sees_no_more_than_others(
    client: Client, offer: Offer
) -> None:
    making.assessed(offer)
    sign_in(client, Role.PROGRAMME, solution="kjernejournal")
    assert "Slik er det." not in client.get(HERE).text


@pytest.mark.parametrize("role", [None, *Role])
def test_the_paper_is_for_those_who_have_a_role(
    client: Client, offer: Offer, role: Role | None
) -> None:
    making.assessed(offer, but={"leverandorer": None})
    gate = making.decided(offer, GateOutcome.EXCEPTION, on=clock.today())
    where = f"{LIST}{gate.pk}/dokument/"
    if role is None:
        assert client.get(where).status_code == 302
        assert where not in client.get(f"{LIST}{gate.pk}/").text
        return
    sign_in(client, role)
    assert where in client.get(f"{LIST}{gate.pk}/").text
    answer = client.get(where)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.content.startswith(b"%PDF-")


def test_somebody_without_a_role_gets_no_paper(client: Client, offer: Offer) -> None:
    making.assessed(offer, but={"leverandorer": None})
    gate = making.decided(offer, GateOutcome.EXCEPTION, on=clock.today())
    client.force_login(make.person())
    assert client.get(f"{LIST}{gate.pk}/dokument/").status_code == 404


# --- pages ---


def test_a_joint_process_and_a_wrong_area_have_no_such_page(client: Client, offer: Offer) -> None:
    process = make.solution(kind=SolutionKind.JOINT_PROCESS, slug="tjenestemodell")
    make.offer(solution=process)
    for where in (
        "/losninger/tjenestemodell/beslutninger/",
        "/losninger/tjenestemodell/beslutninger/hjemmetjeneste/",
        "/losninger/finnes-ikke/beslutninger/",
        f"{LIST}sykehjem/",
        f"{LIST}tull/",
        f"{LIST}4711/",
    ):
        assert client.get(where).status_code == 404, where


def test_the_decisions_of_a_past_day_are_those_made_by_then(client: Client, offer: Offer) -> None:
    making.assessed(offer, but={"leverandorer": None})
    making.decided(offer, GateOutcome.EXCEPTION, on=clock.today())
    before = (clock.today() - timedelta(days=1)).isoformat()
    assert "Alt er på plass." in client.get(LIST).text
    assert "Alt er på plass." not in client.get(f"{LIST}?dato={before}").text


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_the_decisions_are_a_file_too(client: Client, offer: Offer, form: str) -> None:
    making.assessed(offer, but={"leverandorer": None})
    making.decided(offer, GateOutcome.EXCEPTION, on=clock.today())
    answer = client.get(f"{LIST}?format={form}")
    assert answer.status_code == 200
    if form == "json":
        rows = answer.json()["beslutninger-pasientens-legemiddelliste"]
        assert rows[0]["utfall"].startswith("Unntak")


def test_a_case_page_leads_to_the_decision(client: Client, offer: Offer) -> None:
    making.assessed(offer, but={"leverandorer": None})
    gate = making.decided(offer, GateOutcome.EXCEPTION, on=clock.today())
    case = gate.decision.case
    page = client.get(f"/saker/ks/{case.year}/{case.number}/").text
    assert HERE in page


@pytest.mark.parametrize("where", [LIST, HERE])
def test_the_pages_cost_the_same_for_one_decision_and_for_many(
    client: Client, offer: Offer, where: str
) -> None:
    making.assessed(offer, but={"forvaltningsmodell": Verdict.PARTLY})
    making.found_sound(offer, Soundness.ON_CONDITIONS)
    sign_in(client, Role.PORTFOLIO_OWNER)

    def more(count: int) -> None:
        for _ in range(count):
            a_case(offer)
            case = queries.open_case_of(offer)
            assert case is not None
            services.decide(
                case=case,
                outcome=GateOutcome.ON_CONDITIONS,
                reason="Fordi.",
                decided_on=clock.today(),
                by=BY,
                on=clock.today(),
                at=AT,
                seen=dossiers.dossier_of(offer, on=clock.today()).fingerprint,
                conditions=[ConditionWish("Gjør ferdig", clock.today())],
            )

    more(1)
    client.get(where)
    with CaptureQueriesContext(connection) as for_one:
        client.get(where)
    more(4)
    with CaptureQueriesContext(connection) as for_many:
        client.get(where)
    assert len(for_many) == len(for_one), [query["sql"] for query in for_many]

"""What municipalities have learnt: who is asked on which page, who reads what, and closing."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Cohort, Evaluation, Rollout, StopThreshold
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure
from samlop.rollouts.rules.evaluations import Again
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import cohorts, evaluations
from samlop.web import clock
from tests import factories as make
from tests.rollout_making import AT, BY, DAY, a_cohort, a_place, a_rollout, a_worker

pytestmark = pytest.mark.django_db
HERE = "/innforingslop/lopet/"
PAGE = f"{HERE}evaluering/"
OWN = f"{PAGE}9042/"
WORDS = "Opplæringen kom for sent."


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def rollout(place: Municipality) -> Rollout:
    """With one cohort that the municipality has been through."""
    found = a_rollout(name="Felles innføring", slug="lopet", members=(place,))
    through(found, place)
    return found


def through(rollout: Rollout, *places: Municipality) -> Cohort:
    cohort = a_cohort(rollout=rollout)
    for one in places:
        a_place(cohort=cohort, municipality=one)
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.RUNNING.value)
    cohorts.finish_cohort(cohort=cohort, by=BY, on=DAY, at=AT)
    return cohort


def signed_in(client: Client, role: Role, **where: object) -> Person:
    person = make.person()
    accounts.grant(person=person, role=role, by=BY, on=DAY, **where)  # type: ignore[arg-type]
    client.force_login(person)
    return person


def said(rollout: Rollout, place: Municipality, again: Again = Again.PARTLY) -> None:
    evaluations.evaluate(
        rollout=rollout,
        municipality=place,
        again=again,
        worked="",
        otherwise=WORDS,
        by=BY,
        on=DAY,
        at=AT,
    )


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_coordinator_is_asked_at_home_and_answers(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    signed_in(client, Role.MUNICIPAL_COORDINATOR, municipality=place)
    question = "Hva har dere lært av Felles innføring?"
    assert question in html(client, "/")
    assert question in html(client, "/kommuner/9042/")

    assert client.post(OWN, {"again": "no"}).status_code == 422
    answer = client.post(OWN, {"again": "no", "otherwise": WORDS}, follow=True)

    assert "Takk. Svaret kan endres" in answer.text
    assert question not in html(client, "/")
    assert Evaluation.objects.get().otherwise == WORDS
    assert WORDS in html(client, OWN)
    assert "Endre svaret fra Nyvik" in html(client, PAGE)


def test_whoever_only_leads_the_project_there_reads_and_is_not_asked(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    said(rollout, place)
    signed_in(client, Role.PROJECT_LEADER, municipality=place)
    assert "Hva har dere lært" not in html(client, "/")
    assert client.get(OWN).status_code == 403
    assert WORDS in html(client, PAGE)


def test_a_municipality_that_is_not_asked_is_told_so(client: Client, place: Municipality) -> None:
    a_rollout(slug="lopet", members=(place,))
    signed_in(client, Role.DECISION_MAKER, municipality=place)
    assert "ikke spurt om erfaringer" in client.get(OWN, follow=True).text


def test_who_reads_the_words(client: Client, rollout: Rollout, place: Municipality) -> None:
    group = make.region(kind=RegionKind.EHEALTH_GROUP, members=(place,))
    other = make.region(kind=RegionKind.EHEALTH_GROUP)
    said(rollout, place)
    assert WORDS not in html(client, PAGE)
    assert "1 av 1 kommune har svart" in html(client, PAGE)
    reads: tuple[tuple[Role, dict[str, object], bool], ...] = (
        (Role.CONTACT_PERSON, {"region": group}, True),
        (Role.CONTACT_PERSON, {"region": other}, False),
        (Role.COORDINATION_GROUP_MEMBER, {}, True),
        (Role.PROGRAMME, {"solution_slug": rollout.solution.slug}, True),
        (Role.PROGRAMME, {"solution_slug": make.solution().slug}, False),
        (Role.DECISION_MAKER, {"municipality": make.municipality()}, False),
        (Role.ANALYST, {}, False),
    )
    for role, where, sees in reads:
        signed_in(client, role, **where)
        page = html(client, PAGE)
        assert (WORDS in page) is sees, (role, where)
        assert ("Delvis: 1" in page) is sees, (role, where)
        file = client.get(f"{PAGE}?format=csv").content.decode("utf-8-sig")
        assert (WORDS in file) is sees, (role, where)


def test_the_part_is_shown_when_somebody_may_have_learnt(client: Client) -> None:
    a_rollout(slug="lopet")
    tab = f'href="{PAGE}"'
    assert tab not in html(client, HERE)
    Rollout.objects.update(state=RolloutState.RUNNING.value)
    assert tab in html(client, HERE)
    assert "Ingen kommuner er spurt om erfaringer ennå" in html(client, PAGE)


def test_sums_are_told_when_nobody_can_be_known_by_them(client: Client, rollout: Rollout) -> None:
    others = [make.municipality() for _ in range(10)]
    through(rollout, *others)
    for index, one in enumerate(others):
        said(rollout, one, Again.YES if index % 2 else Again.NO)
    assert "Ja: 5, Delvis: 0, Nei: 5." in html(client, PAGE)
    said(rollout, Municipality.objects.get(codes__number="9042"), Again.PARTLY)
    assert "Ja: 5" not in html(client, PAGE)


def test_a_file_for_excel_runs_no_formula(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    evaluations.evaluate(
        rollout=rollout,
        municipality=place,
        again=Again.YES,
        worked="=1+1",
        otherwise="",
        by=BY,
        on=DAY,
        at=AT,
    )
    worker = make.person()
    a_worker(rollout, worker)
    client.force_login(worker)
    content = client.get(f"{PAGE}?format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert "=1+1" not in rows[1]


@pytest.mark.parametrize(
    ("measure", "enters"),
    [(StopMeasure.EVALUATIONS_ANSWERED, False), (StopMeasure.CRITICAL_FAULTS, True)],
)
def test_nobody_enters_what_is_counted(client: Client, measure: StopMeasure, enters: bool) -> None:
    leader = make.person()
    rollout = a_rollout(slug="lopet", leader=leader)
    a_cohort(rollout=rollout)
    StopThreshold.objects.create(rollout=rollout, measure=measure.value, limit=50, fixed_at=AT)
    client.force_login(leader)
    assert ("Registrer tall" in html(client, f"{HERE}puljer/")) is enters
    there = client.get(f"{HERE}puljer/1/tall/")
    assert there.status_code == (200 if enters else 404)


def test_closing_shows_what_has_come_in_and_keeps_the_conclusion(
    client: Client, place: Municipality
) -> None:
    leader = make.person()
    rollout = a_rollout(slug="lopet", members=(place,), leader=leader)
    through(rollout, place)
    said(rollout, place)
    Rollout.objects.filter(pk=rollout.pk).update(state=RolloutState.EVALUATING.value)
    client.force_login(leader)
    there = f"{HERE}status/avslutt/"
    page = html(client, there)
    assert "1 av 1 kommune har svart på evalueringen." in page
    assert "Delvis: 1" in page
    assert "hvorfor løpet avsluttes uten evaluering" in client.post(there, {}).text

    sent = {"conclusion": "Begynn med opplæringen.", "link": "https://example.org/e"}
    assert client.post(there, sent).status_code == 302

    client.logout()
    for address in (HERE, PAGE):
        public = html(client, address)
        assert "Begynn med opplæringen." in public
        assert 'href="https://example.org/e"' in public


def test_as_many_queries_for_many(client: Client, rollout: Rollout) -> None:
    worker = make.person()
    a_worker(rollout, worker)
    client.force_login(worker)
    html(client, PAGE)
    with CaptureQueriesContext(connection) as few:
        html(client, PAGE)
    others = [make.municipality() for _ in range(8)]
    through(rollout, *others)
    for one in others:
        said(rollout, one)
    with CaptureQueriesContext(connection) as many:
        html(client, PAGE)
    assert len(many) == len(few)

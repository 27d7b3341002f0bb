"""The invited read what keeps their cohort from giving places, with the figures."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client

from samlop.governance import services as governance
from samlop.governance.models import Body
from samlop.governance.rules import DecisionKind
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Cohort, InvitationLink, Rollout
from samlop.rollouts.queries.cohorts import COORDINATION_GROUP
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure, Threshold
from samlop.rollouts.services import invitation_links as links
from samlop.rollouts.services import stop_rule
from samlop.web import clock
from tests import rollout_making as making
from tests.inviting import a_municipality, invite, ready
from tests.rollout_making import AT, BY, DAY

pytestmark = pytest.mark.django_db
FAULTS = StopMeasure.CRITICAL_FAULTS


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)


@pytest.fixture
def place() -> Municipality:
    return a_municipality("Utsira")


@pytest.fixture
def second(place: Municipality) -> Cohort:
    """The municipality is invited to it; then the first has three faults."""
    rollout = ready(place)
    cohort = making.a_cohort(rollout=rollout, starts_on=rollout.starts_on + timedelta(days=90))
    stop_rule.fix_thresholds(
        rollout=rollout, thresholds=[Threshold(measure=FAULTS, limit=1)], by=BY, on=DAY, at=AT
    )
    measure(rollout, 0, DAY - timedelta(days=2))
    invite(rollout, place, cohort=cohort)
    measure(rollout, 3, DAY)
    return cohort


def measure(rollout: Rollout, value: int, day: date) -> None:
    stop_rule.record_figure(
        cohort=rollout.cohorts.get(number=1),
        measure=FAULTS,
        value=value,
        figure_on=day,
        link="https://example.org/feil",
        by=BY,
        on=DAY,
        at=AT,
    )


def page(client: Client) -> str:
    there = f"/invitasjon/{links.token(InvitationLink.objects.get())}/"
    return unescape(client.get(there).content.decode())


def test_lock_and_figures_stand_on_the_link(client: Client, second: Cohort) -> None:
    shown = page(client)
    assert f"{second.name} er låst av stoppregelen." in shown
    assert "Pulje 1: åpne kritiske feil 3 (14. mars 2027), høyst 1." in shown
    assert "Dere kan svare som vanlig." in shown

    measure(second.rollout, 1, DAY)
    assert "stoppregelen" not in page(client)


def test_so_does_the_groups_own_decision(client: Client, second: Cohort) -> None:
    call_command("load_bodies", verbosity=0)
    case = governance.open_case(
        body=Body.objects.get(slug=COORDINATION_GROUP),
        title="Slipp puljen",
        about="Feilene gjelder ikke de neste.",
        by=BY,
        on=DAY,
    )
    governance.decide(
        case=case, kind=DecisionKind.DECISION, text="Ja.", decided_on=DAY, by=BY, on=DAY, at=AT
    )
    stop_rule.override(
        cohort=second, case=case, reason="Feilene er rettet i natt.", by=BY, on=DAY, at=AT
    )
    shown = page(client)
    assert "er låst av stoppregelen" not in shown
    assert "at puljen kan inviteres likevel: Feilene er rettet i natt." in shown


def test_whoever_has_a_place_is_not_told(client: Client, second: Cohort) -> None:
    place = InvitationLink.objects.get().invitation.municipality
    measure(second.rollout, 0, DAY)
    making.a_place(cohort=second, municipality=place)
    measure(second.rollout, 3, DAY)
    assert "stoppregelen" not in page(client)


def test_whoever_waits_is_told_what_it_means_for_its_number(client: Client, second: Cohort) -> None:
    invitation = InvitationLink.objects.get().invitation
    making.an_answer(rollout=second.rollout, municipality=invitation.municipality)
    shown = page(client)
    assert f"{second.name} er låst av stoppregelen." in shown
    assert "dere beholder nummeret på ventelisten" in shown
    assert "Dere kan svare som vanlig." not in shown


def test_it_stands_where_the_signed_in_answer_too(client: Client, second: Cohort) -> None:
    link = InvitationLink.objects.get()
    client.force_login(link.person)
    number = link.invitation.municipality.codes.get().number
    there = f"/innforingslop/{second.rollout.slug}/svar/{number}/"
    assert f"{second.name} er låst av stoppregelen." in unescape(client.get(there).text)


def test_a_cohort_that_has_begun_is_not_locked(client: Client, second: Cohort) -> None:
    Cohort.objects.filter(pk=second.pk).update(state=CohortState.RUNNING.value)
    assert "stoppregelen" not in page(client)

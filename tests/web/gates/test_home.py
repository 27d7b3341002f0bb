"""What a decider and a health assessor are reminded of on their own page."""

from datetime import timedelta

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.portfolio.models import Condition, Offer
from samlop.portfolio.rules.assessments import Verdict
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.health import Soundness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import gates, health
from samlop.web import clock
from tests import factories as make
from tests import portfolio_making as making
from tests.portfolio_making import AT, BY
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

DECIDE = "Beslutt om Pasientens legemiddelliste er klar til bruk"
ASSESS = "Vurder om Pasientens legemiddelliste er helsefaglig forsvarlig"
SAID = "Varsler er på plass."


@pytest.fixture
def offer() -> Offer:
    making.criteria_one()
    solution = make.solution(name="Pasientens legemiddelliste", slug="pasientens-legemiddelliste")
    made = make.offer(solution=solution, area=Area.HOME_CARE)
    making.assessed(made, but={"leverandorer": Verdict.NOT_MET})
    return made


@pytest.mark.parametrize("role", Role)
def test_whoever_decides_is_reminded_of_what_is_before_the_body(
    client: Client, offer: Offer, role: Role
) -> None:
    gates.open_case(offer=offer, by=BY, on=clock.today(), at=AT)
    sign_in(client, role)
    assert (DECIDE in client.get("/").text) is (role is Role.PORTFOLIO_OWNER)


def test_what_is_decided_is_no_task(client: Client, offer: Offer) -> None:
    making.decided(offer, GateOutcome.EXCEPTION, on=clock.today())
    sign_in(client, Role.PORTFOLIO_OWNER)
    assert DECIDE not in client.get("/").text


def test_assessors_are_reminded_of_what_is_under_way(client: Client, offer: Offer) -> None:
    health.open_assessment(offer=offer, by=BY, at=AT)
    sign_in(client, Role.HEALTH_ASSESSOR)
    page = client.get("/").text
    assert ASSESS in page
    assert "0 av 6 spørsmål er besvart." in page


def test_a_condition_past_its_day_is_the_task_of_those_who_set_it(
    client: Client, offer: Offer
) -> None:
    making.found_sound(offer, Soundness.ON_CONDITIONS)
    sign_in(client, Role.HEALTH_ASSESSOR)
    assert SAID not in client.get("/").text
    Condition.objects.update(due_by=clock.today() - timedelta(days=1))
    assert SAID in client.get("/").text
    sign_in(client, Role.PORTFOLIO_OWNER)
    assert SAID not in client.get("/").text


def test_a_condition_of_what_has_been_replaced_is_nobody_s_task(
    client: Client, offer: Offer
) -> None:
    making.found_sound(offer, Soundness.ON_CONDITIONS)
    Condition.objects.update(due_by=clock.today() - timedelta(days=1))
    making.found_sound(offer)
    sign_in(client, Role.HEALTH_ASSESSOR)
    assert SAID not in client.get("/").text

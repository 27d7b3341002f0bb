"""The example's bodies, health assessments and decisions, made once and through every rule."""

from datetime import date

import pytest

from samlop.example import people
from samlop.example.portfolio import assessments, gates, governance, health, solutions
from samlop.governance.models import Case, Decision, Member
from samlop.lib.actors import Machine
from samlop.municipalities.models import Vendor
from samlop.portfolio.models import HealthAssessment, Offer
from samlop.portfolio.queries import gates as queries
from samlop.portfolio.queries import health as health_queries
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.health import ConditionState, Soundness
from samlop.portfolio.rules.solutions import Area

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)
G = GateOutcome


@pytest.fixture(autouse=True)
def _loaded() -> None:
    Vendor.objects.get_or_create(slug=people.VENDOR, defaults={"name": "Visma"})
    people.load(by=BY, on=TODAY)
    solutions.load(by=BY, on=TODAY)
    for module in (governance, assessments, health, gates):
        module.load(by=BY, on=TODAY)


def offer(slug: str, area: Area) -> Offer:
    return Offer.objects.select_related("solution").get(solution__slug=slug, area=area.value)


@pytest.mark.parametrize(
    ("slug", "area", "outcome"),
    [
        ("kjernejournal", Area.NURSING_HOME, G.PASSED),
        ("kjernejournal", Area.HOME_CARE, G.PASSED),
        ("digihelsestasjon", Area.CHILD_HEALTH, G.ON_CONDITIONS),
        ("digihelse", Area.HOME_CARE, G.PASSED),
        ("digital-hjemmeoppfolging", Area.HOME_CARE, G.EXCEPTION),
        ("pasientens-legemiddelliste", Area.NURSING_HOME, None),
    ],
)
def test_what_the_bodies_have_decided(slug: str, area: Area, outcome: GateOutcome | None) -> None:
    found = queries.gate_of(offer(slug, area), TODAY)
    assert (found.outcome if found else None) is outcome


def test_the_medicines_list_is_before_the_body_and_under_assessment() -> None:
    medicines = offer("pasientens-legemiddelliste", Area.NURSING_HOME)
    case = queries.open_case_of(medicines)
    assert case is not None
    assert (case.body.slug, case.builds_on is not None) == ("ks", True)
    under_way = health_queries.under_way(medicines, on=TODAY)
    assert under_way is not None
    assert (len(under_way.assessors), under_way.unanswered) == (3, 4)


def test_one_condition_is_met_and_one_is_overdue() -> None:
    found = health_queries.conclusion_of(offer("digihelsestasjon", Area.CHILD_HEALTH), on=TODAY)
    assert found is not None
    assert found.conclusion is Soundness.ON_CONDITIONS
    assert {one.state for one in found.conditions} == {ConditionState.MET, ConditionState.OVERDUE}


def test_nothing_is_made_twice() -> None:
    counts = (Case.objects.count(), Decision.objects.count(), Member.objects.count())
    assessed = HealthAssessment.objects.count()
    for module in (governance, assessments, health, gates):
        assert module.load(by=BY, on=TODAY) == 0
    assert (Case.objects.count(), Decision.objects.count(), Member.objects.count()) == counts
    assert HealthAssessment.objects.count() == assessed

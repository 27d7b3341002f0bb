"""The example's assessments: done, half done and begun, and a second load adds nothing."""

from datetime import date, timedelta

import pytest

from samlop.example.portfolio import assessments as example
from samlop.example.portfolio import solutions
from samlop.lib.actors import Machine
from samlop.portfolio.models import CriteriaSet, Offer
from samlop.portfolio.queries import assessments as queries
from samlop.portfolio.queries.assessments import AssessmentState
from samlop.portfolio.rules.assessments import Opinion
from samlop.portfolio.rules.solutions import Area

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


def state(slug: str, area: Area) -> AssessmentState:
    found = queries.state_of(Offer.objects.get(solution__slug=slug, area=area.value))
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _loaded() -> None:
    solutions.load(by=BY, on=TODAY)


def test_the_example_assesses_its_solutions_once() -> None:
    assert example.load(by=BY, on=TODAY) == len(example.CASES) == 9
    assert example.load(by=BY, on=TODAY) == 0
    published = CriteriaSet.objects.get().published_at
    assert published is not None
    assert published.date() < TODAY - timedelta(days=max(case.begun for case in example.CASES))


def test_the_record_lacks_only_what_the_health_assessors_say() -> None:
    example.load(by=BY, on=TODAY)
    for area in (Area.NURSING_HOME, Area.HOME_CARE):
        found = state("kjernejournal", area)
        assert [one.code for one in found.unmet_musts] == ["helsefaglig"]
        assert (found.progress.answered, found.progress.settled) == (12, 12)


def test_the_medicines_list_has_what_the_page_is_to_show() -> None:
    """Eight of thirteen, three without evidence, one disagreed on and one changed since."""
    example.load(by=BY, on=TODAY)
    found = state("pasientens-legemiddelliste", Area.NURSING_HOME)
    progress = found.progress
    assert (progress.answered, progress.total, progress.lack_evidence) == (8, 13, 3)
    assert (progress.disagreed, progress.reopened) == (1, 1)
    by_code = {one.code: one for one in found.criteria}
    disagreed = by_code["gevinster"].opinion
    assert disagreed is not None
    assert (disagreed.opinion, disagreed.stands) == (Opinion.DISAGREES, True)
    changed = by_code["utprovd"].opinion
    assert changed is not None
    assert changed.line != by_code["utprovd"].content.line
    assert all(one.at is None or one.at.date() <= TODAY for one in found.criteria)


def test_one_must_of_digihelsestasjon_is_partly_met_and_may_be_a_condition() -> None:
    example.load(by=BY, on=TODAY)
    found = state("digihelsestasjon", Area.CHILD_HEALTH)
    unmet = {one.code: one for one in found.unmet_musts}
    assert set(unmet) == {"kostnadsmodell", "helsefaglig"}
    assert unmet["kostnadsmodell"].may_be_condition

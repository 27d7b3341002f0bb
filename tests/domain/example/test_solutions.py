"""The example's solutions: how many, their phases today; a second load adds nothing."""

from collections import Counter
from datetime import date

import pytest

from samlop.example.portfolio import solutions as example
from samlop.lib.actors import Machine
from samlop.portfolio.models import (
    Offer,
    PhaseEvent,
    Prerequisite,
    Solution,
    SolutionLink,
    TrialMunicipality,
)
from samlop.portfolio.queries import solutions as queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


def phases(slug: str, on: date = TODAY) -> dict[str, str]:
    """The phase of each area of the solution that day."""
    solution = Solution.objects.get(slug=slug)
    return {
        one.area.value: one.phase.phase.value
        for one in queries.offered(solution, on=on)
        if one.phase
    }


def test_the_example_has_its_eight_solutions_once() -> None:
    assert example.load(by=BY, on=TODAY) == 8
    assert example.load(by=BY, on=TODAY) == 0

    assert Solution.objects.count() == 8
    assert Offer.objects.count() == 15
    assert PhaseEvent.objects.count() == 37
    assert PhaseEvent.objects.standing().count() == 36
    assert TrialMunicipality.objects.count() == 21
    assert SolutionLink.objects.count() == 10
    assert Prerequisite.objects.count() == 1
    assert Counter(Solution.objects.values_list("kind", flat=True)) == {
        "national": 2,
        "municipal_joint": 2,
        "welfare_technology": 2,
        "home_follow_up": 1,
        "joint_process": 1,
    }


def test_a_solution_is_in_different_phases_in_different_areas() -> None:
    example.load(by=BY, on=TODAY)

    assert phases("pasientens-legemiddelliste") == {
        "nursing_home": "under_trial",
        "home_care": "under_trial",
        "general_practice": "national_rollout",
    }
    assert phases("pasientens-legemiddelliste", date(2025, 12, 31)) == {
        "nursing_home": "under_trial",
        "home_care": "under_trial",
        "general_practice": "under_trial",
    }


def test_the_hub_stopped_started_again_and_is_superseded() -> None:
    example.load(by=BY, on=TODAY)

    slug = "velferdsteknologisk-knutepunkt"
    assert set(phases(slug, date(2022, 7, 1)).values()) == {"intake_stopped"}
    assert set(phases(slug, date(2024, 1, 1)).values()) == {"national_rollout"}
    assert set(phases(slug).values()) == {"superseded"}


def test_nothing_has_happened_that_had_not_happened_by_the_day() -> None:
    example.load(by=BY, on=date(2025, 6, 1))

    assert not PhaseEvent.objects.filter(happened_on__gt=date(2025, 6, 1)).exists()
    assert phases("velferdsteknologisk-knutepunkt")["home_care"] == "national_rollout"

"""How far a product has come, what a slip is, and whom it reaches."""

from datetime import date, timedelta

import pytest

from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.portfolio.rules.readiness import (
    CONFIRMED_FOR,
    ORDER,
    USUALLY_CONCERNS,
    Claim,
    Coverage,
    Readiness,
    ReadinessRefusal,
    Slip,
    Standing,
    Use,
    awaits_vendor,
    concerned,
    coverage,
    days_later,
    is_overdue,
    refusal_of,
    slip,
)
from samlop.portfolio.rules.solutions import SolutionKind

TODAY = date(2027, 3, 14)
LATER = date(2027, 9, 1)
MUCH_LATER = date(2028, 1, 15)
BEFORE = date(2027, 2, 1)

NOT_PLANNED = Claim(state=Readiness.NOT_PLANNED)
PLANNED = Claim(state=Readiness.PLANNED, release_on=LATER)
PLANNED_LATER = Claim(state=Readiness.PLANNED, release_on=MUCH_LATER)
DEVELOPED = Claim(state=Readiness.IN_DEVELOPMENT, release_on=LATER)
DEVELOPED_SOME_DAY = Claim(state=Readiness.IN_DEVELOPMENT)
TESTED = Claim(state=Readiness.IN_TEST, release_on=LATER)
TESTED_SOME_DAY = Claim(state=Readiness.IN_TEST)
RELEASED = Claim(state=Readiness.RELEASED, version="7.2", release_on=BEFORE)


def test_the_states_come_in_the_order_a_product_goes_through_them() -> None:
    assert sorted(Readiness, key=lambda state: ORDER[state]) == [
        Readiness.NOT_PLANNED,
        Readiness.PLANNED,
        Readiness.IN_DEVELOPMENT,
        Readiness.IN_TEST,
        Readiness.RELEASED,
    ]


@pytest.mark.parametrize(
    ("claim", "refusal"),
    [
        (NOT_PLANNED, None),
        (
            Claim(state=Readiness.NOT_PLANNED, release_on=LATER),
            ReadinessRefusal.NOT_PLANNED_HAS_NO_DATE,
        ),
        (PLANNED, None),
        (Claim(state=Readiness.PLANNED), ReadinessRefusal.NO_DATE),
        (Claim(state=Readiness.PLANNED, release_on=TODAY), None),
        (Claim(state=Readiness.PLANNED, release_on=BEFORE), ReadinessRefusal.DATE_PASSED),
        (DEVELOPED_SOME_DAY, None),
        (Claim(state=Readiness.IN_DEVELOPMENT, release_on=BEFORE), ReadinessRefusal.DATE_PASSED),
        (TESTED, None),
        (TESTED_SOME_DAY, None),
        (Claim(state=Readiness.IN_TEST, release_on=BEFORE), ReadinessRefusal.DATE_PASSED),
        (RELEASED, None),
        (Claim(state=Readiness.RELEASED, version="1", release_on=TODAY), None),
        (Claim(state=Readiness.RELEASED, version="1"), ReadinessRefusal.NO_DATE),
        (Claim(state=Readiness.RELEASED, release_on=BEFORE), ReadinessRefusal.NO_VERSION),
        (
            Claim(state=Readiness.RELEASED, version="1", release_on=LATER),
            ReadinessRefusal.NOT_RELEASED_YET,
        ),
    ],
)
def test_refusal_of_a_claim(claim: Claim, refusal: ReadinessRefusal | None) -> None:
    assert refusal_of(claim, on=TODAY) == refusal


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        # Nothing was promised.
        (None, PLANNED, None),
        (None, NOT_PLANNED, None),
        (NOT_PLANNED, PLANNED, None),
        (NOT_PLANNED, NOT_PLANNED, None),
        # The same, or better.
        (PLANNED, PLANNED, None),
        (PLANNED, DEVELOPED, None),
        (PLANNED_LATER, PLANNED, None),
        (DEVELOPED_SOME_DAY, TESTED, None),
        (DEVELOPED_SOME_DAY, TESTED_SOME_DAY, None),
        # Later.
        (PLANNED, PLANNED_LATER, Slip.LATER),
        (PLANNED, Claim(state=Readiness.IN_TEST, release_on=MUCH_LATER), Slip.LATER),
        (TESTED, Claim(state=Readiness.IN_TEST, release_on=LATER + timedelta(days=1)), Slip.LATER),
        # A step back with a later date is told as later: that is what others plan by.
        (TESTED, PLANNED_LATER, Slip.LATER),
        (PLANNED, DEVELOPED_SOME_DAY, Slip.NO_DATE_ANY_MORE),
        (TESTED, TESTED_SOME_DAY, Slip.NO_DATE_ANY_MORE),
        # A step back.
        (TESTED, DEVELOPED, Slip.SET_BACK),
        (TESTED_SOME_DAY, DEVELOPED_SOME_DAY, Slip.SET_BACK),
        (TESTED_SOME_DAY, PLANNED, Slip.SET_BACK),
        (RELEASED, TESTED, Slip.SET_BACK),
        (RELEASED, PLANNED_LATER, Slip.SET_BACK),
        # Given up.
        (PLANNED, NOT_PLANNED, Slip.DROPPED),
        (RELEASED, NOT_PLANNED, Slip.DROPPED),
        (DEVELOPED_SOME_DAY, NOT_PLANNED, Slip.DROPPED),
        # Out at last, however late.
        (PLANNED, Claim(state=Readiness.RELEASED, version="1", release_on=MUCH_LATER), None),
        (NOT_PLANNED, RELEASED, None),
        (RELEASED, Claim(state=Readiness.RELEASED, version="7.3", release_on=TODAY), None),
    ],
)
def test_what_got_worse(before: Claim | None, after: Claim, found: Slip | None) -> None:
    assert slip(before, after) == found


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        (PLANNED, PLANNED_LATER, 136),
        (PLANNED_LATER, PLANNED, -136),
        (None, PLANNED, None),
        (PLANNED, DEVELOPED_SOME_DAY, None),
        (DEVELOPED_SOME_DAY, PLANNED, None),
    ],
)
def test_by_how_many_days(before: Claim | None, after: Claim, days: int | None) -> None:
    assert days_later(before, after) == days


@pytest.mark.parametrize(
    ("claim", "overdue"),
    [
        (Claim(state=Readiness.PLANNED, release_on=BEFORE), True),
        (Claim(state=Readiness.IN_TEST, release_on=TODAY - timedelta(days=1)), True),
        (Claim(state=Readiness.IN_TEST, release_on=TODAY), False),
        (TESTED_SOME_DAY, False),
        (NOT_PLANNED, False),
        (RELEASED, False),
    ],
)
def test_a_promise_is_broken_the_day_after(claim: Claim, overdue: bool) -> None:
    assert is_overdue(claim, on=TODAY) is overdue


@pytest.mark.parametrize(
    ("claim", "said_on", "awaited"),
    [
        (PLANNED, None, True),
        (PLANNED, TODAY, False),
        (PLANNED, TODAY - CONFIRMED_FOR + timedelta(days=1), False),
        (PLANNED, TODAY - CONFIRMED_FOR, True),
        # What is final is confirmed once.
        (RELEASED, None, True),
        (RELEASED, date(2020, 1, 1), False),
        (NOT_PLANNED, date(2020, 1, 1), False),
        # A day that has gone is asked about at once.
        (Claim(state=Readiness.IN_TEST, release_on=BEFORE), TODAY, True),
    ],
)
def test_when_the_vendor_is_asked(claim: Claim, said_on: date | None, awaited: bool) -> None:
    assert awaits_vendor(claim, vendor_said_on=said_on, on=TODAY) is awaited


def test_the_kinds_spoken_of_are_those_that_matter() -> None:
    spoken = [ProductKind.RESPONSE_CENTRE]
    assert concerned(SolutionKind.NATIONAL, spoken) == {ProductKind.RESPONSE_CENTRE}


def test_where_nobody_has_spoken_the_kind_of_solution_decides() -> None:
    assert concerned(SolutionKind.NATIONAL, []) == {ProductKind.RECORD_SYSTEM}
    assert concerned(SolutionKind.JOINT_PROCESS, []) == frozenset()
    assert set(USUALLY_CONCERNS) == set(SolutionKind)


# --- coverage: municipality 1 uses product 10, and so on ---

HOME, CHILD = ServiceArea.HOME_CARE, ServiceArea.CHILD_HEALTH


def use(municipality: int, product: int, area: ServiceArea = HOME) -> Use:
    return Use(municipality=municipality, area=area, product=product)


@pytest.mark.parametrize(
    ("uses", "said", "standing"),
    [
        ([use(1, 10)], {10: RELEASED}, Standing.COVERED),
        ([use(1, 10)], {10: TESTED}, Standing.WAITING),
        ([use(1, 10)], {10: NOT_PLANNED}, Standing.WAITING),
        ([use(1, 10)], {}, Standing.UNKNOWN),
        ([use(1, 10)], {11: RELEASED}, Standing.UNKNOWN),
        ([], {10: RELEASED}, Standing.UNKNOWN),
        ([use(2, 10)], {10: RELEASED}, Standing.UNKNOWN),
        # One that is out is enough to begin.
        ([use(1, 10), use(1, 11, CHILD)], {10: RELEASED, 11: TESTED}, Standing.COVERED),
        ([use(1, 10), use(1, 11, CHILD)], {10: RELEASED}, Standing.COVERED),
        ([use(1, 10), use(1, 11, CHILD)], {11: TESTED}, Standing.WAITING),
        # Released, but not yet on that day.
        (
            [use(1, 10)],
            {10: Claim(state=Readiness.RELEASED, version="1", release_on=LATER)},
            Standing.WAITING,
        ),
    ],
)
def test_where_a_municipality_stands(
    uses: list[Use], said: dict[int, Claim], standing: Standing
) -> None:
    found = coverage([1], uses, said, on=TODAY)
    assert found.standing(1) == standing
    assert found.count == 1


def test_coverage_names_what_is_waited_for_and_when_the_first_of_it_is_expected() -> None:
    found = coverage(
        [1, 2, 3],
        [use(1, 10), use(2, 10), use(2, 12, CHILD), use(2, 13, CHILD), use(3, 14)],
        {10: RELEASED, 12: PLANNED_LATER, 13: TESTED},
        on=TODAY,
    )
    assert found == Coverage(
        covered=frozenset({1, 2}),
        partly=frozenset({2}),
        waiting=frozenset(),
        unknown=frozenset({3}),
        used={1: (10,), 2: (10, 12, 13), 3: (14,)},
        blockers={2: (12, 13), 3: (14,)},
        expected={2: LATER},
    )
    assert found.share == pytest.approx(2 / 3)


def test_coverage_of_nobody_is_nothing() -> None:
    assert coverage([], [use(1, 10)], {10: RELEASED}, on=TODAY) == Coverage()
    assert Coverage().share == 0
    assert Coverage().standing(1) is None

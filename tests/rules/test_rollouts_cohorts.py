"""What a cohort may be, and when the next one may invite."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from samlop.rollouts.rules.cohorts import (
    NEXT,
    CohortRefusal,
    CohortState,
    Figure,
    StopMeasure,
    Threshold,
    Wish,
    measured,
    refusal_of,
    refusal_of_start,
    refusal_of_threshold,
    refusal_to_move,
    share,
    shifted,
)

R = CohortRefusal
M = StopMeasure
FINE = Wish(
    name="Pulje 1",
    starts_on=date(2027, 8, 16),
    ends_on=date(2028, 2, 1),
    minimum=5,
    maximum=30,
    answer_by=date(2027, 5, 3),
    change_until=date(2027, 6, 1),
)


@pytest.mark.parametrize(
    ("change", "shared_key", "refusal"),
    [
        ({}, False, None),
        ({"name": ""}, False, R.NO_NAME),
        ({"product": 1}, True, None),
        ({"cooperation": 1}, True, None),
        ({"product": 1}, False, R.KEY_ONLY_OF_C),
        ({}, True, R.NEEDS_KEY),
        ({"product": 1, "cooperation": 1}, True, R.TWO_KEYS),
        ({"minimum": 0}, False, R.BOUNDS),
        ({"minimum": 31}, False, R.BOUNDS),
        ({"maximum": 6}, False, R.FEWER_THAN_TAKEN),
        ({"ends_on": date(2027, 8, 16)}, False, R.ENDS_BEFORE_START),
        ({"answer_by": date(2027, 8, 16)}, False, R.ANSWER_AFTER_START),
        ({"change_until": date(2027, 5, 2)}, False, R.CHANGE_BEFORE_ANSWER),
        ({"change_until": date(2027, 8, 16)}, False, R.CHANGE_AFTER_START),
    ],
)
def test_what_a_cohort_may_be(
    change: dict[str, object], shared_key: bool, refusal: R | None
) -> None:
    wish = replace(FINE, **change)  # type: ignore[arg-type]
    assert refusal_of(wish, shared_key=shared_key, taken=7) is refusal


@pytest.mark.parametrize(("state", "wanted"), list(product(CohortState, CohortState)))
def test_only_the_steps_of_the_table_are_taken(state: CohortState, wanted: CohortState) -> None:
    refusal = refusal_to_move(state, wanted, reason="Fordi.")
    assert (refusal is None) is (wanted in NEXT[state])


def test_cancelling_says_why() -> None:
    refusal = refusal_to_move(CohortState.PLANNED, CohortState.CANCELLED, reason="")
    assert refusal is R.NO_REASON


@pytest.mark.parametrize(
    ("threshold", "refusal"),
    [
        (Threshold(measure=M.SHARE_IN_USE, limit=60, after_days=90), None),
        (Threshold(measure=M.SHARE_IN_USE, limit=60), R.NO_DAYS),
        (Threshold(measure=M.SHARE_IN_USE, limit=101, after_days=90), R.OUT_OF_RANGE),
        (Threshold(measure=M.CRITICAL_FAULTS, limit=0), None),
        (Threshold(measure=M.CRITICAL_FAULTS, limit=1000), R.OUT_OF_RANGE),
        (Threshold(measure=M.EVALUATIONS_ANSWERED, limit=80), None),
    ],
)
def test_what_a_threshold_may_be(threshold: Threshold, refusal: R | None) -> None:
    assert refusal_of_threshold(threshold) is refusal


SHARE = Threshold(measure=M.SHARE_IN_USE, limit=60, after_days=90)
FAULTS = Threshold(measure=M.CRITICAL_FAULTS, limit=0)
START = date(2027, 1, 11)
DAY_90 = date(2027, 4, 11)


@pytest.mark.parametrize(
    ("threshold", "value", "on", "met"),
    [
        (SHARE, 60, DAY_90, True),
        (SHARE, 59, DAY_90, False),
        # However many use it before the day, nothing is known of how it goes.
        (SHARE, 100, date(2027, 4, 10), None),
        (SHARE, None, DAY_90, None),
        (FAULTS, 0, START, True),
        (FAULTS, 1, START, False),
        (FAULTS, None, DAY_90, None),
        (Threshold(measure=M.EVALUATIONS_ANSWERED, limit=80), 80, START, True),
        (Threshold(measure=M.EVALUATIONS_ANSWERED, limit=80), 79, START, False),
    ],
)
def test_a_cohort_against_a_threshold(
    threshold: Threshold, value: int | None, on: date, met: bool | None
) -> None:
    figure = Figure(value=value, on=on) if value is not None else None
    assert measured(threshold, figure, starts_on=START, on=on).met is met


@pytest.mark.parametrize(
    ("part", "whole", "found"), [(0, 0, None), (4, 5, 80), (199, 250, 79), (5, 5, 100)]
)
def test_a_share_is_rounded_down(part: int, whole: int, found: int | None) -> None:
    assert share(part, whole) == found


def test_what_is_copied_keeps_its_distance_to_the_start() -> None:
    was, becomes = date(2026, 8, 17), date(2027, 8, 16)
    assert shifted(date(2026, 9, 1), was=was, becomes=becomes) == date(2027, 8, 31)


DAYS = [date(2027, 8, 16), date(2027, 10, 4), date(2028, 1, 10)]


@pytest.mark.parametrize(
    ("starts_on", "was", "begun", "others", "refusal"),
    [
        # A new one, and one that is moved, start after those that are under way.
        (DAYS[1], None, False, [DAYS[0]], None),
        (DAYS[0], None, False, [DAYS[0]], R.BEFORE_ONE_BEGUN),
        (DAYS[0], DAYS[1], False, [DAYS[0]], R.BEFORE_ONE_BEGUN),
        (DAYS[2], DAYS[1], False, [DAYS[0]], None),
        # Two were to start together, and one of them has: the other keeps its day.
        (DAYS[0], DAYS[0], False, [DAYS[0]], None),
        (DAYS[0], None, False, [], None),
        (DAYS[0], DAYS[0], True, [], None),
        (DAYS[1], DAYS[0], True, [], R.START_STANDS),
    ],
)
def test_nobody_steps_out_of_the_line(
    starts_on: date,
    was: date | None,
    begun: bool,
    others: list[date],
    refusal: CohortRefusal | None,
) -> None:
    assert refusal_of_start(starts_on, was=was, begun=begun, others=others) is refusal

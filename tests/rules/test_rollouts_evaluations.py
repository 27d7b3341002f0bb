"""Who is asked what they have learnt, when, and what may be told of it."""

from datetime import date

import pytest

from samlop.rollouts.rules.evaluations import (
    ASKS,
    Again,
    EvaluationRefusal,
    is_asked,
    refusal_of,
    safe_sums,
)
from samlop.rollouts.rules.rollouts import RolloutState

S = RolloutState
A = Again
# The stop rule counts sixty days after a start on 1 March.
FROM = date(2027, 4, 30)


@pytest.mark.parametrize(
    ("state", "finished", "under_way", "asks_from", "on", "expected"),
    [
        (S.RUNNING, False, True, FROM, date(2027, 4, 29), False),
        (S.RUNNING, False, True, FROM, FROM, True),
        (S.RUNNING, False, True, None, date(2028, 1, 1), False),
        (S.RUNNING, False, False, FROM, date(2028, 1, 1), False),
        (S.RUNNING, True, False, None, date(2027, 1, 1), True),
        (S.PAUSED, True, False, None, FROM, True),
        (S.EVALUATING, False, True, None, date(2027, 1, 1), True),
        (S.EVALUATING, False, False, None, FROM, False),
    ],
)
def test_a_municipality_is_asked(
    state: S, finished: bool, under_way: bool, asks_from: date | None, on: date, expected: bool
) -> None:
    found = is_asked(state, finished=finished, under_way=under_way, asks_from=asks_from, on=on)
    assert found is expected


@pytest.mark.parametrize("state", sorted(set(S) - ASKS))
def test_nobody_is_asked_before_it_opens_or_after_it_ends(state: S) -> None:
    assert not is_asked(state, finished=True, under_way=True, asks_from=FROM, on=FROM)


@pytest.mark.parametrize(
    ("again", "worked", "otherwise", "refusal"),
    [
        (A.YES, "", "", None),
        (A.PARTLY, "", "", EvaluationRefusal.NO_WORDS),
        (A.NO, "", "", EvaluationRefusal.NO_WORDS),
        (A.NO, "", "Mer tid.", None),
        (A.PARTLY, "Opplæringen.", "", None),
    ],
)
def test_whoever_would_do_it_otherwise_says_why(
    again: A, worked: str, otherwise: str, refusal: EvaluationRefusal | None
) -> None:
    assert refusal_of(again, worked=worked, otherwise=otherwise) is refusal


@pytest.mark.parametrize(
    ("counts", "seen", "told"),
    [
        ({}, {}, True),
        ({A.YES: 5, A.NO: 5}, {}, True),
        ({A.YES: 5, A.NO: 4}, {}, False),
        # All alike: each of them would be told by name.
        ({A.YES: 9}, {}, False),
        # Taking away what one sees oneself must leave a safe sum.
        ({A.YES: 5, A.NO: 5}, {A.NO: 1}, False),
        ({A.YES: 6, A.NO: 5}, {A.YES: 1}, True),
        ({A.NO: 1}, {A.NO: 1}, True),
    ],
)
def test_sums_name_nobody(counts: dict[A, int], seen: dict[A, int], told: bool) -> None:
    assert safe_sums(counts, seen) is told

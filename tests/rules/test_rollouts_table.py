"""Each municipality stands in exactly one place, and sums tell nothing of single ones."""

from datetime import date

import pytest

from samlop.rollouts.rules import table as rules
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.followup import Signal
from samlop.rollouts.rules.table import PUBLIC, Facts, Need, TableState

TODAY = date(2026, 11, 22)
PASSED = date(2026, 11, 21)
TO_COME = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(), TableState.OUTSIDE),
        (Facts(in_target=True), TableState.NOT_INVITED),
        (Facts(in_target=True, invited=True), TableState.SILENT),
        (Facts(invited=True, to_call=True), TableState.TO_CALL),
        (Facts(invited=True, to_call=True, received=True), TableState.RECEIVED),
        (Facts(invited=True, answer=AnswerState.PENDING), TableState.PENDING),
        (Facts(invited=True, answer=AnswerState.YES), TableState.WAITING),
        (Facts(answer=AnswerState.YES, offered=True), TableState.OFFERED),
        (Facts(answer=AnswerState.YES, placed=True), TableState.PLACED),
        (Facts(answer=AnswerState.YES, placed=True, left=True), TableState.PLACED),
        (Facts(answer=AnswerState.YES, left=True), TableState.LEFT),
        (Facts(answer=AnswerState.YES, finished=True), TableState.FINISHED),
        (Facts(invited=True, answer=AnswerState.LATER), TableState.LATER),
        (Facts(invited=True, answer=AnswerState.OBSERVE), TableState.OBSERVES),
        (Facts(invited=True, answer=AnswerState.NO), TableState.NO),
        (Facts(invited=True, answer=AnswerState.NO, left=True), TableState.NO),
    ],
)
def test_the_one_state(facts: Facts, state: TableState) -> None:
    assert rules.state_of(facts) is state


@pytest.mark.parametrize(
    ("facts", "need"),
    [
        (Facts(invited=True, to_call=True), Need.CALL),
        (Facts(invited=True, to_call=True, next_contact=PASSED), Need.CALL),
        (Facts(invited=True, next_contact=TODAY), Need.CONTACT),
        (Facts(invited=True, next_contact=TO_COME), None),
        (Facts(invited=True, vendor_waits=True, answer_by=PASSED), Need.VENDOR),
        (Facts(in_target=True, vendor_waits=True), None),
        (Facts(invited=True, answer_by=PASSED), Need.OVERDUE),
        (Facts(invited=True, answer_by=TODAY), None),
        (Facts(answer=AnswerState.PENDING, expected_on=PASSED, answer_by=PASSED), Need.EXPECTED),
        (Facts(answer=AnswerState.PENDING, expected_on=TODAY, answer_by=PASSED), None),
        (Facts(invited=True, received=True), Need.CONFIRM),
        (Facts(answer=AnswerState.LATER, ask_again_on=TODAY), Need.ASK_AGAIN),
        (Facts(answer=AnswerState.LATER, ask_again_on=TO_COME), None),
        (Facts(answer=AnswerState.LATER, reopened=True), Need.ASK_AGAIN),
        (Facts(invited=True, signal=Signal.UNSURE), Need.UNSURE),
        (Facts(invited=True, signal=Signal.YES), None),
        (Facts(answer=AnswerState.NO, signal=Signal.NO), None),
        (Facts(answer=AnswerState.YES, placed=True, signal=Signal.NO), None),
    ],
)
def test_what_asks_for_the_leader(facts: Facts, need: Need | None) -> None:
    assert rules.need_of(rules.state_of(facts), facts, on=TODAY) is need


def test_the_silent_come_before_all_and_the_settled_last() -> None:
    mixed = [None, Need.UNSURE, Need.CONTACT, Need.CALL]
    wanted = [Need.CALL, Need.CONTACT, Need.UNSURE, None]
    assert sorted(mixed, key=rules.urgency) == wanted


OUT, IN = TableState.OUTSIDE, TableState.PLACED


@pytest.mark.parametrize(
    ("counts", "shown", "rest"),
    [
        # Everything large enough is told.
        (
            {OUT: 200, IN: 2, TableState.PENDING: 9, TableState.NO: 6},
            {TableState.PENDING: 9, TableState.NO: 6},
            0,
        ),
        # Four noes alone would be told by subtraction: the next smallest hides them.
        (
            {OUT: 200, IN: 2, TableState.PENDING: 9, TableState.SILENT: 7, TableState.NO: 4},
            {TableState.PENDING: 9},
            11,
        ),
        # Two small ones hide each other.
        (
            {OUT: 200, IN: 2, TableState.PENDING: 9, TableState.NO: 3, TableState.LATER: 3},
            {TableState.PENDING: 9},
            6,
        ),
        # With nothing left to tell, the rest is those without a place.
        ({OUT: 200, IN: 2, TableState.NO: 2}, {}, 2),
        ({OUT: 200, IN: 2, TableState.PENDING: 6, TableState.NO: 2}, {}, 8),
        # All of them in one state would tell each of them.
        ({OUT: 200, IN: 2, TableState.PENDING: 9}, {}, 9),
    ],
)
def test_sums_outside(
    counts: dict[TableState, int], shown: dict[TableState, int], rest: int
) -> None:
    found = rules.safe_sums(counts)
    assert {k: v for k, v in found.shown.items() if k not in PUBLIC} == shown
    assert found.rest == rest
    assert found.total == sum(counts.values())
    assert found.shown[OUT] == counts[OUT]
    assert found.shown[IN] == counts[IN]


@pytest.mark.parametrize("silent", range(12))
@pytest.mark.parametrize("no", range(12))
@pytest.mark.parametrize("pending", [0, 4, 5, 30])
def test_no_private_sum_below_five_is_told_or_comes_out(silent: int, no: int, pending: int) -> None:
    counts = {TableState.SILENT: silent, TableState.NO: no, TableState.PENDING: pending}
    found = rules.safe_sums(counts)
    private = [count for state, count in found.shown.items() if state not in PUBLIC]
    assert all(count >= 5 for count in private)
    assert found.rest == 0 or found.rest >= 5 or not private
    assert found.rest or len(private) != 1
    assert found.total == silent + no + pending

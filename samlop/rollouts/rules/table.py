"""Where each municipality stands in a rollout, whom the leader should turn to, and safe sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from samlop.rollouts.rules.answers import AnswerState, Reason
from samlop.rollouts.rules.before import LEAST_SUM
from samlop.rollouts.rules.followup import Signal


class TableState(StrEnum):
    """Where a municipality stands in a rollout; it is in exactly one, so that counts sum up."""

    OUTSIDE = "outside"
    NOT_INVITED = "not_invited"
    SILENT = "silent"
    TO_CALL = "to_call"
    RECEIVED = "received"
    PENDING = "pending"
    WAITING = "waiting"
    OFFERED = "offered"
    PLACED = "placed"
    FINISHED = "finished"
    LATER = "later"
    OBSERVES = "observes"
    NO = "no"
    LEFT = "left"


# What everybody may know of a municipality by name; all else is for those within.
PUBLIC: Final = frozenset({TableState.OUTSIDE, TableState.PLACED, TableState.FINISHED})
# Those that were asked, or answered unasked.
ASKED: Final = frozenset(TableState) - {TableState.OUTSIDE, TableState.NOT_INVITED}
ANSWERED: Final = ASKED - {TableState.SILENT, TableState.TO_CALL, TableState.RECEIVED}
SAID_YES: Final = frozenset(
    {TableState.WAITING, TableState.OFFERED, TableState.PLACED, TableState.FINISHED}
)
HAVE_PLACE: Final = frozenset({TableState.PLACED, TableState.FINISHED})

_OF_ANSWER: Final[Mapping[AnswerState, TableState]] = {
    AnswerState.YES: TableState.WAITING,
    AnswerState.PENDING: TableState.PENDING,
    AnswerState.LATER: TableState.LATER,
    AnswerState.OBSERVE: TableState.OBSERVES,
    AnswerState.NO: TableState.NO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one municipality in one rollout on a day.

    `received` is an answer by e-mail or letter that its mandated person has not confirmed.
    """

    in_target: bool = False
    invited: bool = False
    to_call: bool = False
    received: bool = False
    answer: AnswerState | None = None
    reason: Reason | None = None
    placed: bool = False
    finished: bool = False
    offered: bool = False
    left: bool = False
    answer_by: date | None = None
    expected_on: date | None = None
    ask_again_on: date | None = None
    reopened: bool = False
    vendor_waits: bool = False
    signal: Signal | None = None
    next_contact: date | None = None


def state_of(facts: Facts) -> TableState:
    """The one state, the furthest first."""
    if facts.placed:
        return TableState.PLACED
    if facts.finished:
        return TableState.FINISHED
    if facts.offered:
        return TableState.OFFERED
    if facts.received:
        return TableState.RECEIVED
    if facts.answer is AnswerState.YES and facts.left:
        return TableState.LEFT
    if facts.answer is not None:
        return _OF_ANSWER[facts.answer]
    if facts.invited:
        return TableState.TO_CALL if facts.to_call else TableState.SILENT
    return TableState.NOT_INVITED if facts.in_target else TableState.OUTSIDE


class Need(StrEnum):
    """Why the leader should turn to a municipality, the most urgent first."""

    CALL = "call"
    CONTACT = "contact"
    VENDOR = "vendor"
    OVERDUE = "overdue"
    EXPECTED = "expected"
    CONFIRM = "confirm"
    ASK_AGAIN = "ask_again"
    UNSURE = "unsure"


_RANK: Final[Mapping[Need, int]] = {need: rank for rank, need in enumerate(Need)}
# In these, a vendor that is not ready keeps the municipality from going on.
_VENDOR_MATTERS: Final = frozenset(
    {
        TableState.SILENT,
        TableState.RECEIVED,
        TableState.PENDING,
        TableState.WAITING,
        TableState.OFFERED,
        TableState.PLACED,
        TableState.LATER,
    }
)
_SETTLED: Final = frozenset({TableState.FINISHED, TableState.NO, TableState.OUTSIDE})


def need_of(state: TableState, facts: Facts, *, on: date) -> Need | None:
    """The first thing that asks for the leader; None when it can wait."""
    if state is TableState.TO_CALL:
        return Need.CALL
    if facts.next_contact is not None and facts.next_contact <= on:
        return Need.CONTACT
    if state in _VENDOR_MATTERS and facts.vendor_waits:
        return Need.VENDOR
    if state is TableState.SILENT and facts.answer_by is not None and facts.answer_by < on:
        return Need.OVERDUE
    if state is TableState.PENDING and facts.expected_on is not None and facts.expected_on < on:
        return Need.EXPECTED
    if state is TableState.RECEIVED:
        return Need.CONFIRM
    if state is TableState.LATER and (
        facts.reopened or (facts.ask_again_on is not None and facts.ask_again_on <= on)
    ):
        return Need.ASK_AGAIN
    if (
        state not in HAVE_PLACE
        and state not in _SETTLED
        and facts.signal in (Signal.UNSURE, Signal.NO)
    ):
        return Need.UNSURE
    return None


def urgency(need: Need | None) -> int:
    """Smaller is sooner; those that need nobody stand last."""
    return len(_RANK) if need is None else _RANK[need]


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts by state that may be shown, and `rest` for all others together."""

    shown: Mapping[TableState, int]
    rest: int

    @property
    def total(self) -> int:
        return sum(self.shown.values()) + self.rest


def safe_sums(counts: Mapping[TableState, int]) -> Sums:
    """What may be told outside: what is public, and other sums of five or more.

    A sum below five, of zero too, goes into the rest; and so does the smallest of those shown
    until the rest is five or more, so that nothing smaller comes out by subtraction. When no
    other sum is left, the rest only says how many have no place, which is public.
    """
    public = {state: counts.get(state, 0) for state in TableState if state in PUBLIC}
    private = {
        state: count
        for state in TableState
        if state not in PUBLIC and (count := counts.get(state, 0)) >= LEAST_SUM
    }
    hidden = sum(counts.values()) - sum(public.values()) - sum(private.values())
    while private and 0 < hidden < LEAST_SUM:
        smallest = min(private, key=lambda state: private[state])
        hidden += private.pop(smallest)
    if len(private) == 1 and not hidden:
        # All of them in one state: each of them would be told by name.
        hidden = sum(private.values())
        private.clear()
    return Sums(
        shown={
            state: {**public, **private}[state]
            for state in TableState
            if state in public or state in private
        },
        rest=hidden,
    )

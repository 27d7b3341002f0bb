"""Cohorts: how far they have come, and when the next one may invite."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class CohortState(StrEnum):
    """How far a cohort has come."""

    PLANNED = "planned"
    ENROLLING = "enrolling"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class StopMeasure(StrEnum):
    """What is measured of a cohort before the next one may invite."""

    # Whole per cent of the cohort that has taken it in use, some days after the start.
    SHARE_IN_USE = "share_in_use"
    CRITICAL_FAULTS = "critical_faults"
    EVALUATIONS_ANSWERED = "evaluations_answered"


# Of the others, at least so many; of these, at most.
AT_MOST: Final = frozenset({StopMeasure.CRITICAL_FAULTS})
# Counted from the municipalities' stages and words; the others are entered with a link.
COUNTED: Final = frozenset({StopMeasure.SHARE_IN_USE, StopMeasure.EVALUATIONS_ANSWERED})
NEXT: Final[Mapping[CohortState, frozenset[CohortState]]] = {
    CohortState.PLANNED: frozenset({CohortState.ENROLLING, CohortState.CANCELLED}),
    CohortState.ENROLLING: frozenset({CohortState.RUNNING, CohortState.CANCELLED}),
    CohortState.RUNNING: frozenset({CohortState.FINISHED, CohortState.CANCELLED}),
    CohortState.FINISHED: frozenset(),
    CohortState.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a cohort must meet; `after_days` after its start, when it is a share in use."""

    measure: StopMeasure
    limit: int
    after_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The newest figure of a measure; one that is entered has a link to where it stands."""

    value: int
    on: date
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One threshold against a cohort; `met` is None as long as nothing can be said."""

    measure: StopMeasure
    limit: int
    met: bool | None
    value: int | None = None
    figure_on: date | None = None
    link: str = ""
    # The first day on which a share in use counts.
    counts_from: date | None = None


def measured(threshold: Threshold, figure: Figure | None, *, starts_on: date, on: date) -> Measured:
    """How a cohort stands against one threshold on a day."""
    counts_from = (
        starts_on + timedelta(days=threshold.after_days)
        if threshold.after_days is not None
        else None
    )
    early = counts_from is not None and on < counts_from
    met: bool | None = None
    if figure is not None and not early:
        met = (
            figure.value <= threshold.limit
            if threshold.measure in AT_MOST
            else figure.value >= threshold.limit
        )
    return Measured(
        measure=threshold.measure,
        limit=threshold.limit,
        met=met,
        value=figure.value if figure else None,
        figure_on=figure.on if figure else None,
        link=figure.link if figure else "",
        counts_from=counts_from,
    )


def share(part: int, whole: int) -> int | None:
    """Whole per cent, rounded down: 79.9 has not reached 80."""
    return part * 100 // whole if whole else None


class CohortRefusal(StrEnum):
    """Why a cohort, or the stop rule between cohorts, cannot be so."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    TWO_KEYS = "two_keys"
    KEY_ONLY_OF_C = "key_only_of_c"
    NEEDS_KEY = "needs_key"
    BOUNDS = "bounds"
    FEWER_THAN_TAKEN = "fewer_than_taken"
    ENDS_BEFORE_START = "ends_before_start"
    ANSWER_AFTER_START = "answer_after_start"
    CHANGE_BEFORE_ANSWER = "change_before_answer"
    CHANGE_AFTER_START = "change_after_start"
    LEADER_OUTSIDE = "leader_outside"
    IS_OVER = "is_over"
    WRONG_STATE = "wrong_state"
    NO_REASON = "no_reason"
    ROLLOUT_NOT_OPEN = "rollout_not_open"
    LOCKED = "locked"
    HAS_STARTED = "has_started"
    OUT_OF_RANGE = "out_of_range"
    NO_DAYS = "no_days"
    COUNTED_HERE = "counted_here"
    NOT_FIXED = "not_fixed"
    NO_LINK = "no_link"
    IN_THE_FUTURE = "in_the_future"
    NOT_LOCKED = "not_locked"
    ALREADY_OVERRIDDEN = "already_overridden"
    NOT_DECIDED = "not_decided"
    START_STANDS = "start_stands"
    BEFORE_ONE_BEGUN = "before_one_begun"


def refusal_of_start(
    starts_on: date, *, was: date | None, begun: bool, others: Collection[date]
) -> CohortRefusal | None:
    """Why a cohort cannot start that day under a stop rule: it would step out of the line.

    `was` is None for a new one, `begun` says that it is under way, and `others` are the starts of
    those that are, or have been.
    """
    if starts_on == was:
        return None
    if begun:
        return CohortRefusal.START_STANDS
    if others and starts_on <= max(others):
        return CohortRefusal.BEFORE_ONE_BEGUN
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants a cohort to be."""

    name: str
    starts_on: date
    ends_on: date
    minimum: int
    maximum: int
    answer_by: date
    change_until: date
    product: int | None = None
    cooperation: int | None = None


def refusal_of(wish: Wish, *, shared_key: bool, taken: int) -> CohortRefusal | None:
    """Why a cohort cannot be so; `shared_key` for a rollout of type C."""
    if not wish.name:
        return CohortRefusal.NO_NAME
    if wish.product is not None and wish.cooperation is not None:
        return CohortRefusal.TWO_KEYS
    has_key = wish.product is not None or wish.cooperation is not None
    if has_key and not shared_key:
        return CohortRefusal.KEY_ONLY_OF_C
    if shared_key and not has_key:
        return CohortRefusal.NEEDS_KEY
    if not 1 <= wish.minimum <= wish.maximum:
        return CohortRefusal.BOUNDS
    if wish.maximum < taken:
        return CohortRefusal.FEWER_THAN_TAKEN
    if wish.ends_on <= wish.starts_on:
        return CohortRefusal.ENDS_BEFORE_START
    if wish.answer_by >= wish.starts_on:
        return CohortRefusal.ANSWER_AFTER_START
    if wish.change_until < wish.answer_by:
        return CohortRefusal.CHANGE_BEFORE_ANSWER
    if wish.change_until >= wish.starts_on:
        return CohortRefusal.CHANGE_AFTER_START
    return None


def refusal_to_move(
    state: CohortState, wanted: CohortState, *, reason: str
) -> CohortRefusal | None:
    """Why a cohort cannot go from one state to another."""
    if wanted not in NEXT[state]:
        return CohortRefusal.WRONG_STATE
    if wanted is CohortState.CANCELLED and not reason:
        return CohortRefusal.NO_REASON
    return None


MOST_DAYS: Final = 730


def refusal_of_threshold(threshold: Threshold) -> CohortRefusal | None:
    """Why a threshold cannot be so."""
    most = 999 if threshold.measure in AT_MOST else 100
    if not 0 <= threshold.limit <= most:
        return CohortRefusal.OUT_OF_RANGE
    needs_days = threshold.measure is StopMeasure.SHARE_IN_USE
    if needs_days and not (threshold.after_days and 1 <= threshold.after_days <= MOST_DAYS):
        return CohortRefusal.NO_DAYS
    return None


def shifted(day: date, *, was: date, becomes: date) -> date:
    """A day as far from the new start as it was from the old one: for what is copied."""
    return day + (becomes - was)

"""Cohorts: how far they have come, and when the next one may invite."""

from collections.abc import Mapping
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
# Counted from what the municipalities' stages say; the others are entered with a link.
COUNTED: Final = frozenset({StopMeasure.SHARE_IN_USE})
NEXT: Final[Mapping[CohortState, frozenset[CohortState]]] = {
    CohortState.PLANNED: frozenset({CohortState.ENROLLING, CohortState.CANCELLED}),
    CohortState.ENROLLING: frozenset(
        {CohortState.PLANNED, CohortState.RUNNING, CohortState.CANCELLED}
    ),
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

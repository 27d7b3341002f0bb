"""When a municipality's use has fallen, or lies below that of similar ones: raised and lowered.

The figures are rates (per 1 000 inhabitants, or whatever the indicator is measured against), one
for each period, oldest first; a period that is missing or kept back is None. Nothing here values
a municipality: it says what the figures show, so that somebody can ask whether help is wanted.
docs/domain/uptake.md tells the shares and their reasons.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from samlop.uptake.rules.indicators import Rhythm


@dataclass(frozen=True, slots=True)
class Window:
    """A level is the mean of `level` periods in a row, so that a holiday raises nothing.

    The peak is looked for in the `back` periods before: two years.
    """

    level: int
    back: int


# What is counted once a year says too little and too late.
WINDOWS: Final[Mapping[Rhythm, Window]] = {
    Rhythm.WEEK: Window(level=12, back=104),
    Rhythm.MONTH: Window(level=3, back=24),
    Rhythm.QUARTER: Window(level=2, back=8),
}

# Use that is this share of the peak, or less, has fallen; it has recovered a little above it,
# so that an alert does not come and go.
FALLEN_TO: Final = 0.6
RECOVERED_TO: Final = 0.7
# The same, of the median of the similar municipalities.
LOW_AT: Final = 0.5
NO_LONGER_LOW_AT: Final = 0.6
FEWEST_SIMILAR: Final = 5
# Below this number in a period before the fall, chance alone moves the figures.
FEWEST_COUNTED: Final = 20

TO_THE_REGION: Final = timedelta(days=14)


class Concern(StrEnum):
    """What the figures show."""

    FALLEN = "fallen"
    BELOW_SIMILAR = "below_similar"


class AlertMove(StrEnum):
    """What is to be done with an alert."""

    RAISE = "raise"
    LOWER = "lower"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One municipality's use of one solution, by one indicator."""

    rates: tuple[float | None, ...]
    window: Window = WINDOWS[Rhythm.MONTH]
    # What was counted in the same periods; None where it is a share and nothing is counted.
    counts: tuple[float | None, ...] | None = None
    # The level now of each similar municipality that has one.
    similar: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and the two levels it is said from; none when they are not known."""

    move: AlertMove
    level: float | None = None
    against: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One that has been raised."""

    raised_on: date
    region_told_on: date | None = None
    lowered_on: date | None = None


_UNKNOWN: Final = Verdict(AlertMove.LEAVE)


def level(rates: Sequence[float | None], window: Window) -> float | None:
    """The level now: the mean of the last periods; None when one of them is missing."""
    return _mean(rates[-window.level :], window)


def peak(rates: Sequence[float | None], window: Window) -> float | None:
    """The highest level before the periods that make up the level now."""
    earlier = rates[-window.back - window.level : -window.level]
    levels = (
        _mean(earlier[at : at + window.level], window)
        for at in range(len(earlier) - window.level + 1)
    )
    return max((one for one in levels if one is not None), default=None)


def judge(concern: Concern, use: Use, *, standing: bool) -> Verdict:
    """Raise, lower or leave; `standing` is whether such an alert is out already.

    What is not known raises nothing and lowers nothing.
    """
    now = level(use.rates, use.window)
    against = peak(use.rates, use.window) if concern is Concern.FALLEN else _median(use.similar)
    if now is None or not against:
        return _UNKNOWN
    low, well = (
        (FALLEN_TO, RECOVERED_TO) if concern is Concern.FALLEN else (LOW_AT, NO_LONGER_LOW_AT)
    )
    move = AlertMove.LEAVE
    if standing and now >= well * against:
        move = AlertMove.LOWER
    elif not standing and now <= low * against and _counted_enough(use):
        move = AlertMove.RAISE
    return Verdict(move, now, against)


def tells_the_region(alert: Alert, on: date) -> bool:
    """Whether the region's contact person is to hear of it today."""
    return (
        alert.region_told_on is None
        and alert.lowered_on is None
        and on - alert.raised_on >= TO_THE_REGION
    )


def _mean(rates: Sequence[float | None], window: Window) -> float | None:
    known = [one for one in rates if one is not None]
    if len(known) < window.level:
        return None
    return statistics.fmean(known)


def _median(levels: Sequence[float]) -> float | None:
    return statistics.median(levels) if len(levels) >= FEWEST_SIMILAR else None


def _counted_enough(use: Use) -> bool:
    """Whether there ever was enough to fall from, or to be below with."""
    if use.counts is None:
        return True
    return max((one for one in use.counts if one is not None), default=0) >= FEWEST_COUNTED

"""What an indicator counts and how often, and which figures are about too few people to keep."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

FEWEST: Final = 5
"""Counts of inhabitants or patients below this are neither stored exactly nor shown."""


class IndicatorKind(StrEnum):
    """What the number is of."""

    COUNT = "count"
    """Of things: lookups, messages, appointments."""
    PEOPLE = "people"
    """Of inhabitants or patients."""
    SHARE = "share"
    """Per cent of things."""
    SHARE_OF_INHABITANTS = "share_of_inhabitants"
    """Per cent of the municipality's inhabitants."""
    RATE = "rate"
    """Things per 1 000 inhabitants."""
    HOURS = "hours"

    @property
    def adds_up(self) -> bool:
        """Whether a sum over municipalities means something; a share or a rate has none."""
        return self in _ADDS_UP

    @property
    def is_of_people(self) -> bool:
        return self in {IndicatorKind.PEOPLE, IndicatorKind.SHARE_OF_INHABITANTS}

    @property
    def is_share(self) -> bool:
        return self in {IndicatorKind.SHARE, IndicatorKind.SHARE_OF_INHABITANTS}


_ADDS_UP: Final = frozenset({IndicatorKind.COUNT, IndicatorKind.PEOPLE, IndicatorKind.HOURS})


class Rhythm(StrEnum):
    """How long a period one figure is for; an indicator has one."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def starts_on(day: date, rhythm: Rhythm) -> date:
    """The first day of the period that holds a day; a week begins on a Monday."""
    match rhythm:
        case Rhythm.WEEK:
            return day - timedelta(days=day.weekday())
        case Rhythm.MONTH:
            return day.replace(day=1)
        case Rhythm.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Rhythm.YEAR:
            return day.replace(month=1, day=1)


def counts_for(start: date, rhythm: Rhythm) -> date:
    """The day whose municipalities a period is about.

    A week belongs to the year that holds its Thursday, as weeks are numbered; so the week that
    begins on 30 December 2019 is about the municipalities of 2020.
    """
    return start + timedelta(days=3) if rhythm is Rhythm.WEEK else start


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or that there is one about too few people."""

    value: Decimal | None
    suppressed: bool = False


TOO_FEW: Final = Figure(None, suppressed=True)


def kept(measure: IndicatorKind, value: Decimal, inhabitants: int | None) -> Figure:
    """What of a number may be stored.

    Zero people are fewer than five too: that nobody has the illness is also told of few.
    A share of the inhabitants is a count of them to whoever knows how many they are.
    """
    if measure is IndicatorKind.PEOPLE and value < FEWEST:
        return TOO_FEW
    if (
        measure is IndicatorKind.SHARE_OF_INHABITANTS
        and inhabitants is not None
        and value * inhabitants < FEWEST * 100
    ):
        return TOO_FEW
    return Figure(value)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of the figures that are known; `hidden` municipalities have one that is not added.

    Nothing can be subtracted: what was hidden was never stored.
    """

    value: Decimal | None
    measured: int
    hidden: int

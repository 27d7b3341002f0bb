"""Starts that the reader plans, in the address: `?dag=2027-03-01&antall=40&dag=…`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext

from samlop.uptake.rules.forecasts import Planned
from samlop.web import formats

ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """As it was written; `error` says what to do."""

    day: str = ""
    count: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written in the rows, and what it says when all of it can be read."""

    rows: tuple[Row, ...]
    starts: tuple[Planned, ...]

    @property
    def has_errors(self) -> bool:
        return any(row.error for row in self.rows)


def read(query: QueryDict, *, on: date, left: int) -> Plan:
    """At most as many as have not begun, on days that are to come."""
    pairs = zip_longest(query.getlist("dag")[:ROWS], query.getlist("antall")[:ROWS], fillvalue="")
    rows: list[Row] = []
    starts: list[Planned] = []
    for day, count in pairs:
        found = _read(day.strip(), count.strip(), on, left - _sum(starts))
        if isinstance(found, Planned):
            starts.append(found)
            rows.append(Row(day, count))
        elif day or count:
            rows.append(Row(day, count, found))
    rows += [Row()] * (ROWS - len(rows))
    plan = Plan(tuple(rows), tuple(starts))
    return Plan(plan.rows, ()) if plan.has_errors else plan


def _read(day: str, count: str, on: date, left: int) -> Planned | str:
    if not (day and count):
        return gettext("Skriv både dag og antall kommuner.")
    try:
        begins_on = date.fromisoformat(day)
    except ValueError:
        return gettext("Velg en dag.")
    if begins_on <= on:
        return gettext("Velg en dag etter %(day)s.") % {"day": formats.long_date(on)}
    if not count.isdecimal() or not 0 < int(count[:6]) <= left:
        return gettext("Skriv et antall fra 1 til %(left)s: så mange har ikke begynt.") % {
            "left": left
        }
    return Planned(begins_on, int(count[:6]))


def _sum(starts: Sequence[Planned]) -> int:
    return sum(one.municipalities for one in starts)

"""Figures of use, of one municipality or of all together."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection

from samlop.uptake.models import Indicator, IndicatorPeriod, Observation
from samlop.uptake.rules.indicators import Figure, IndicatorKind, Total


@dataclass(frozen=True, slots=True)
class Point:
    """A period and its figure; of all municipalities together, the sum with its coverage."""

    period_start: date
    figure: Figure
    total: Total | None = None


def series(indicator: int, municipality: int | None, first: date, last: date) -> list[Point]:
    """The periods that begin in [first, last], oldest first. One query.

    Without a municipality it is all of them; of shares and rates the plain mean, which says
    nothing of the country's inhabitants.
    """
    if municipality is None:
        return _together(indicator, first, last)
    rows = (
        Observation.objects.known_at(None)
        .filter(indicator=indicator, municipality=municipality, period_start__range=(first, last))
        .order_by("period_start")
        .values_list("period_start", "value", "suppressed")
    )
    return [Point(start, Figure(value, hidden)) for start, value, hidden in rows]


def _together(indicator: int, first: date, last: date) -> list[Point]:
    rows = (
        IndicatorPeriod.objects.filter(indicator=indicator, period_start__range=(first, last))
        .order_by("period_start")
        .values_list("period_start", "measured", "hidden", "total", "indicator__kind")
    )
    return [
        _point(start, measured, hidden, total, IndicatorKind(kind))
        for start, measured, hidden, total, kind in rows
    ]


def _point(start: date, measured: int, hidden: int, total: Decimal, kind: IndicatorKind) -> Point:
    value = total if measured else None
    if value is not None and not kind.adds_up:
        value = total / measured
    return Point(start, Figure(value), Total(value, measured, hidden))


@dataclass(frozen=True, slots=True)
class Latest:
    """A municipality's newest figure by a day."""

    period_start: date
    figure: Figure


# One look in the index for each municipality, however many years of figures there are.
_LATEST: Final = """
select municipality.id, newest.period_start, newest.value, newest.suppressed
from municipalities_municipality municipality
cross join lateral (
  select period_start, value, suppressed
  from uptake_observation
  where indicator_id = %(indicator)s and municipality_id = municipality.id
    and withdrawn_at is null and period_start <= %(on)s
  order by period_start desc
  limit 1
) newest
"""


def latest(indicator: int, on: date) -> Mapping[int, Latest]:
    """Each municipality's newest figure of a period that had begun by the day. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, {"indicator": indicator, "on": on})
        rows = cursor.fetchall()
    return {pk: Latest(start, Figure(value, hidden)) for pk, start, value, hidden in rows}


def together(indicators: Collection[int], first: date, last: date) -> Mapping[int, list[Point]]:
    """The country's points of each indicator, as `series` gives them. One query."""
    found: dict[int, list[Point]] = {pk: [] for pk in indicators}
    rows = (
        IndicatorPeriod.objects.filter(indicator__in=found, period_start__range=(first, last))
        .order_by("indicator", "period_start")
        .values_list("indicator", "period_start", "measured", "hidden", "total", "indicator__kind")
    )
    for pk, start, measured, hidden, total, kind in rows:
        found[pk].append(_point(start, measured, hidden, total, IndicatorKind(kind)))
    return found


# When its period began, its value, and whether it is of fewer than five people.
Row = tuple[date, Decimal | None, bool]


def several(
    indicators: Collection[int], municipalities: Collection[int], first: date, last: date
) -> Mapping[tuple[int, int], list[Row]]:
    """The figures of each indicator and municipality, oldest first: there are thousands. One query.

    The index on what stands holds all of it: they lie scattered in the table, as they came.
    """
    found: dict[tuple[int, int], list[Row]] = defaultdict(list)
    rows = (
        Observation.objects.known_at(None)
        .filter(
            indicator__in=indicators,
            municipality__in=municipalities,
            period_start__range=(first, last),
        )
        .order_by("indicator", "municipality", "period_start")
        .values_list("indicator", "municipality", "period_start", "value", "suppressed")
    )
    for indicator, municipality, start, value, hidden in rows:
        found[indicator, municipality].append((start, value, hidden))
    return found


def indicators(solution: int) -> list[Indicator]:
    """A solution's, by name. One query."""
    return list(Indicator.objects.filter(solution=solution).order_by("name", "pk"))


def measured_solutions() -> frozenset[int]:
    """Solutions of which something is measured. One query."""
    return frozenset(Indicator.objects.values_list("solution_id", flat=True).distinct())

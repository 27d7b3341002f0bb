"""Figures of use, of one municipality or of all together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
    points = []
    for start, measured, hidden, total, kind in rows:
        value = total if measured else None
        if value is not None and not IndicatorKind(kind).adds_up:
            value = total / measured
        points.append(Point(start, Figure(value), Total(value, measured, hidden)))
    return points


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


def indicators(solution: int) -> list[Indicator]:
    """A solution's, by name. One query."""
    return list(Indicator.objects.filter(solution=solution).order_by("name", "pk"))

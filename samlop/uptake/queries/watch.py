"""The figures that the use watch judges by."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.db.models import Max

from samlop.municipalities.queries import similar
from samlop.municipalities.queries.population import inhabitants
from samlop.portfolio.models import Offer
from samlop.uptake.models import Indicator, IndicatorPeriod, Observation
from samlop.uptake.queries import stages
from samlop.uptake.rules import watch as rules
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm, starts_on
from samlop.uptake.rules.stages import Stage, has_reached
from samlop.uptake.rules.watch import WINDOWS, Use, Window

# So many similar municipalities are held against.
SIMILAR: Final = 10


def users(solution: int, on: date) -> frozenset[int]:
    """Municipalities that by agreement have the solution in use somewhere. Two queries."""
    offers = tuple(Offer.objects.filter(solution=solution).values_list("pk", flat=True))
    return frozenset(
        municipality
        for (_offer, municipality), one in stages.standing(offers, on).items()
        if has_reached(one.agreed, Stage.IN_USE)
    )


def watched(indicator: Indicator, on: date) -> Mapping[int, Use]:
    """Every user of the solution, by municipality; nobody when nothing is counted often enough.

    Nine queries.
    """
    rhythm = Rhythm(indicator.rhythm)
    window = WINDOWS.get(rhythm)
    if window is None:
        return {}
    who = users(indicator.solution_id, on)
    starts = _periods(indicator, rhythm, window, on)
    if not starts or not who:
        return {}
    found: dict[int, dict[date, float]] = defaultdict(dict)
    for municipality, start, value in (
        Observation.objects.known_at(None)
        .filter(
            indicator=indicator,
            municipality__in=who,
            period_start__range=(starts[0], starts[-1]),
            suppressed=False,
        )
        .values_list("municipality_id", "period_start", "value")
    ):
        if value is not None:
            found[municipality][start] = float(value)
    counted = IndicatorKind(indicator.kind).adds_up
    living = inhabitants(who, on=on)
    rates: dict[int, tuple[float | None, ...]] = {}
    counts: dict[int, tuple[float | None, ...]] = {}
    for pk in who:
        counts[pk] = tuple(found[pk].get(start) for start in starts)
        thousands = living.get(pk, 0) / 1000 if counted else 1.0
        rates[pk] = tuple(
            None if value is None or not thousands else value / thousands for value in counts[pk]
        )
    levels = {pk: rules.level(each, window) for pk, each in rates.items()}
    alike = similar.nearest(who, on=on, count=SIMILAR)
    return {
        pk: Use(
            rates=rates[pk],
            window=window,
            counts=counts[pk] if counted else None,
            similar=tuple(
                level for other in alike.get(pk, ()) if (level := levels[other]) is not None
            ),
        )
        for pk in who
    }


def _periods(indicator: Indicator, rhythm: Rhythm, window: Window, on: date) -> list[date]:
    """The starts of the periods to look at, oldest first; the last is over and has figures."""
    last = IndicatorPeriod.objects.filter(
        indicator=indicator, measured__gt=0, period_start__lt=starts_on(on, rhythm)
    ).aggregate(last=Max("period_start"))["last"]
    if last is None:
        return []
    found = [last]
    while len(found) < window.level + window.back:
        found.append(starts_on(found[-1] - timedelta(days=1), rhythm))
    return found[::-1]

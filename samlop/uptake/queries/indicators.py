"""Indicators with what they mean, in all versions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from samlop.uptake.models import Indicator, IndicatorDefinition


def every() -> Sequence[Indicator]:
    """Those of all solutions, also the withdrawn. One query."""
    return list(Indicator.objects.select_related("solution").order_by("solution", "name", "pk"))


def versions(indicators: Iterable[Indicator]) -> Mapping[int, list[IndicatorDefinition]]:
    """Each indicator's definitions, newest first. One query."""
    found: dict[int, list[IndicatorDefinition]] = defaultdict(list)
    rows = IndicatorDefinition.objects.filter(indicator__in=[one.pk for one in indicators])
    for row in rows.order_by("indicator", "-version"):
        found[row.indicator_id].append(row)
    return found


def holding(versions: Sequence[IndicatorDefinition], on: date) -> IndicatorDefinition:
    """The newest that has come by the day, else the first there is; `versions` newest first."""
    return next((one for one in versions if one.valid_from <= on), versions[-1])

"""Half-open periods [valid_from, valid_to): which rows count on a day, and no overlap."""

from collections.abc import Sequence
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import CheckConstraint, F, Func, Q
from django.db.models.expressions import Combinable


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


def valid_on(day: date, path: str = "") -> Q:
    """Rows whose period holds `day`; `path` is a lookup prefix such as "codes"."""
    at = f"{path}__" if path else ""
    return Q(**{f"{at}valid_from__lte": day}) & (
        Q(**{f"{at}valid_to": None}) | Q(**{f"{at}valid_to__gt": day})
    )


def no_overlap(name: str, fields: Sequence[str], condition: Q | None = None) -> ExclusionConstraint:
    """Two rows alike in `fields` may not hold the same day."""
    alike: list[tuple[str | Combinable, str]] = [(field, RangeOperators.EQUAL) for field in fields]
    return ExclusionConstraint(
        name=name,
        expressions=[
            *alike,
            (DateRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )


def period_in_order(name: str) -> CheckConstraint:
    """A period ends after it began, or not at all."""
    return CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name=name)

"""The alerts about use, as whoever may read them finds them."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from django.db.models import OuterRef, Q, QuerySet, Subquery

from samlop.lib.reach import Reach
from samlop.municipalities.models import MunicipalityCode
from samlop.uptake.models import UseAlert

# So long a lowered one is still told of: that use has recovered is news too.
RECENT: Final = timedelta(days=90)


def visible(own: Reach, followed: Reach, *, on: date) -> QuerySet[UseAlert]:
    """Those of the own municipalities at once, and of those followed once the region is told.

    Standing ones and those lowered lately, with `number` and `name` of the municipality.
    """
    codes = MunicipalityCode.objects.filter(municipality=OuterRef("municipality")).valid_on(on)
    return (
        UseAlert.objects.filter(
            _within(own) | (_within(followed) & Q(region_told_on__isnull=False)),
            Q(lowered_on=None) | Q(lowered_on__gte=on - RECENT),
        )
        .annotate(
            number=Subquery(codes.values("number")[:1]),
            name=Subquery(codes.values("qualified_name")[:1]),
        )
        .filter(number__isnull=False)
        .select_related("indicator__solution")
        .order_by("-raised_on", "pk")
    )


def standing_of(
    municipalities: Collection[int], followed: Collection[int], *, since: date
) -> QuerySet[UseAlert]:
    """Raised since, in these municipalities; told to the region since, in those followed."""
    return (
        UseAlert.objects.standing()
        .filter(
            Q(municipality__in=municipalities, raised_on__gte=since)
            | Q(municipality__in=followed, region_told_on__gte=since)
        )
        .select_related("indicator__solution")
        .order_by("raised_on", "pk")
    )


def _within(reach: Reach) -> Q:
    # An empty condition would vanish from an «or».
    everywhere = Q(municipality__isnull=False)
    return everywhere if reach.everywhere else Q(municipality__in=reach.municipalities)

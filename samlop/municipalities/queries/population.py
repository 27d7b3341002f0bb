"""How many live in a municipality."""

from collections.abc import Collection, Mapping
from datetime import date

from samlop.municipalities.models import Population


def inhabitants(municipality_ids: Collection[int] | None = None, *, on: date) -> Mapping[int, int]:
    """The newest count not after the day, of all or of these municipalities. One query."""
    counts = Population.objects.filter(counted_on__lte=on)
    if municipality_ids is not None:
        counts = counts.filter(municipality__in=municipality_ids)
    return dict(
        counts.order_by("municipality_id", "-counted_on")
        .distinct("municipality_id")
        .values_list("municipality_id", "inhabitants")
    )

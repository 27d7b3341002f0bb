"""Alerts about use in the example: as the watch would have raised them sixteen days ago."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from samlop.lib.actors import Actor
from samlop.uptake.models import Indicator, UseAlert
from samlop.uptake.services import watch

# Long enough ago for the contact persons to have been told of what still stands.
RAISED_BEFORE: Final = timedelta(days=16)


def load(*, by: Actor, on: date) -> int:
    """What the figures of the example show; returns how many alerts were raised."""
    if UseAlert.objects.exists():
        return 0
    raised_on = on - RAISED_BEFORE
    raised_at = datetime.combine(raised_on, time(6), tzinfo=UTC)
    raised = sum(
        watch.review(indicator=one, on=raised_on, at=raised_at, by=by)
        for one in Indicator.objects.select_related("solution").order_by("pk")
    )
    watch.tell_regions(on=on, at=datetime.combine(on, time(6), tzinfo=UTC), by=by)
    return raised

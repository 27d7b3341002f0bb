"""Forecasts of the example: the worker makes them at once, so that nobody waits for them."""

from contextlib import suppress
from datetime import date
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from samlop.lib.actors import Actor
from samlop.uptake.models import StageEvent

TASK: Final = "samlop.uptake.tasks.work_out_forecasts"


def load(*, by: Actor, on: date) -> int:
    """Puts it on the queue, unless it is there; nothing is made here."""
    if StageEvent.objects.exists():
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(TASK).defer(timestamp=0)
    return 0

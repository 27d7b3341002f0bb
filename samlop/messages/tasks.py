"""What the worker does with messages: load by id, call one service."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from samlop.messages import services

# Less than the minute between two runs, so that they do not pile up.
BUSY_FOR = timedelta(seconds=50)


@app.task(name="samlop.messages.tasks.send")
def send() -> None:
    """Woken by each message that is queued."""
    services.send_due(clock=timezone.now, until=timezone.now() + BUSY_FOR)


@app.periodic(cron="* * * * *")
@app.task(name="samlop.messages.tasks.send_due", queueing_lock="messages.send_due")
def send_due(timestamp: int) -> None:
    """What no task was awake for: after a crash, and when a new attempt is due."""
    services.send_due(clock=timezone.now, until=timezone.now() + BUSY_FOR)


# Every hour rather than on Mondays: a worker that was down at seven is only late.
@app.periodic(cron="5 * * * *")
@app.task(name="samlop.messages.tasks.make_digests", queueing_lock="messages.make_digests")
def make_digests(timestamp: int) -> None:
    services.make_digests(at=timezone.now())

"""What the worker does for rollouts: one service each, safe to repeat."""

from django.utils import timezone
from procrastinate.contrib.django import app

from samlop.rollouts.services import invitations


# Every morning: the rules say which days nobody is written to, and each step is taken once.
@app.periodic(cron="10 7 * * *")
@app.task(name="samlop.rollouts.tasks.remind", queueing_lock="rollouts.remind")
def remind(timestamp: int) -> None:
    """Two reminders at most; after that the region's contact person calls."""
    invitations.remind_due(on=timezone.localdate(), at=timezone.now())

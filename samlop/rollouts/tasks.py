"""What the worker does for rollouts: one service each, safe to repeat."""

from django.utils import timezone
from procrastinate.contrib.django import app

from samlop.lib.actors import Machine
from samlop.rollouts.services import change_mails, invitations, places, reopening

MACHINE = Machine("Samløp")


# Every morning: the rules say which days nobody is written to, and each step is taken once.
@app.periodic(cron="10 7 * * *")
@app.task(name="samlop.rollouts.tasks.remind", queueing_lock="rollouts.remind")
def remind(timestamp: int) -> None:
    """Two reminders at most; after that the region's contact person calls."""
    invitations.remind_due(on=timezone.localdate(), at=timezone.now())


# Every morning: a place is held to the end of its day.
@app.periodic(cron="5 6 * * *")
@app.task(name="samlop.rollouts.tasks.expire_offers", queueing_lock="rollouts.expire_offers")
def expire_offers(timestamp: int) -> None:
    """Places that nobody answered about go to the next in line."""
    places.expire_offers(by=MACHINE, on=timezone.localdate(), at=timezone.now())


# On Sundays, before the weekly letters are made; what was told last week is not told again.
@app.periodic(cron="0 18 * * 0")
@app.task(name="samlop.rollouts.tasks.tell_changes", queueing_lock="rollouts.tell_changes")
def tell_changes(timestamp: int) -> None:
    """What has changed since a municipality was invited goes into its weekly letter."""
    change_mails.tell(on=timezone.localdate(), at=timezone.now())


# Soon after a vendor has said that it is ready; nothing is asked of the database for rollouts in
# which nobody has said no or not now.
@app.periodic(cron="* * * * *")
@app.task(name="samlop.rollouts.tasks.reopen", queueing_lock="rollouts.reopen")
def reopen(timestamp: int) -> None:
    """Answers whose reason is gone are asked about once more."""
    reopening.reopen_all(by=MACHINE, on=timezone.localdate(), at=timezone.now())

"""What the worker does with files."""

from django.utils import timezone
from procrastinate.contrib.django import app

from samlop.files import services


@app.periodic(cron="20 3 * * *")
@app.task(name="samlop.files.tasks.forget_removed", queueing_lock="files.forget_removed")
def forget_removed(timestamp: int) -> None:
    services.forget_removed(at=timezone.now())

"""What the worker does for uptake: one service each, safe to repeat."""

from django.utils import timezone
from procrastinate.contrib.django import app

from samlop.uptake.imports import usage as imports
from samlop.uptake.queries import forecasts
from samlop.uptake.services import usage, watch


@app.task(name="samlop.uptake.tasks.read")
def read(import_id: int) -> None:
    """A file that was received, to be shown before it is taken in."""
    imports.read(import_id=import_id, on=timezone.localdate(), at=timezone.now())


@app.task(name="samlop.uptake.tasks.take_in")
def take_in(import_id: int) -> None:
    """All the figures of an import, or none."""
    usage.take_in(import_id=import_id, at=timezone.now())


@app.task(name="samlop.uptake.tasks.undo")
def undo(import_id: int) -> None:
    """All the figures of an import out again, or none."""
    usage.undo(import_id=import_id, at=timezone.now())


# A worker that was killed leaves its job marked as begun, and nobody begins it again.
@app.periodic(cron="* * * * *")
@app.task(name="samlop.uptake.tasks.finish_waiting", queueing_lock="uptake.finish_waiting")
def finish_waiting(timestamp: int) -> None:
    """Imports to be read, taken in or undone that have waited too long."""
    usage.finish_waiting(at=timezone.now())
    imports.finish_waiting(on=timezone.localdate(), at=timezone.now())


# Every morning, after the night's imports: what is raised already is left alone.
@app.periodic(cron="45 6 * * *")
@app.task(name="samlop.uptake.tasks.watch_use", queueing_lock="uptake.watch_use")
def watch_use(timestamp: int) -> None:
    """Alerts about use, raised and lowered."""
    watch.review_all(on=timezone.localdate(), at=timezone.now())


# Before anybody reads them: a page then only looks them up. What is kept is not made again.
@app.periodic(cron="10 * * * *")
@app.task(name="samlop.uptake.tasks.work_out_forecasts", queueing_lock="uptake.forecasts")
def work_out_forecasts(timestamp: int) -> None:
    """The day's forecasts of every offer."""
    forecasts.work_out_all(timezone.localdate())

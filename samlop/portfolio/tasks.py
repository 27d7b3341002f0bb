"""What the worker does for the portfolio: one service each, safe to repeat."""

from django.utils import timezone
from procrastinate.contrib.django import app

from samlop.portfolio.imports import material as material_imports
from samlop.portfolio.services import material, readiness_links


# Every morning of the month's first week: a worker that was down is only late, and whoever has
# been asked is left alone.
@app.periodic(cron="15 7 1-7 * *")
@app.task(name="samlop.portfolio.tasks.ask_vendors", queueing_lock="portfolio.ask_vendors")
def ask_vendors(timestamp: int) -> None:
    """«Stemmer datoene deres?», once a month."""
    readiness_links.ask_monthly(on=timezone.localdate(), at=timezone.now())


@app.task(name="samlop.portfolio.tasks.read_file")
def read_file(text_id: int) -> None:
    """So that the words inside an uploaded file can be searched for."""
    material_imports.read_file(text_id=text_id)


# Every morning: whoever has been told of a date is left alone.
@app.periodic(cron="25 6 * * *")
@app.task(name="samlop.portfolio.tasks.remind_reviews", queueing_lock="portfolio.remind_reviews")
def remind_reviews(timestamp: int) -> None:
    """Material that is soon to be gone through."""
    material.remind_reviews(on=timezone.localdate(), at=timezone.now())

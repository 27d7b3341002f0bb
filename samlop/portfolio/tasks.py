"""What the worker does for the portfolio: one service each, safe to repeat."""

from django.utils import timezone
from procrastinate.contrib.django import app

from samlop.portfolio.services import readiness_links


# Every morning of the month's first week: a worker that was down is only late, and whoever has
# been asked is left alone.
@app.periodic(cron="15 7 1-7 * *")
@app.task(name="samlop.portfolio.tasks.ask_vendors", queueing_lock="portfolio.ask_vendors")
def ask_vendors(timestamp: int) -> None:
    """«Stemmer datoene deres?», once a month."""
    readiness_links.ask_monthly(on=timezone.localdate(), at=timezone.now())

"""The pages' clock: views read the day here and hand it down as on=."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone

EARLIEST = date(2017, 1, 1)
LATEST = date(2100, 1, 1)


def today() -> date:
    return timezone.localdate()


def chosen_day(request: HttpRequest) -> date:
    """The day the page is asked for by `?dato=YYYY-MM-DD`, today when it names none.

    A day that cannot be read, or that lies outside what the reference data can answer for,
    counts as none: a link from elsewhere should open the page rather than fail.
    """
    try:
        day = date.fromisoformat(request.GET.get("dato", ""))
    except ValueError:
        return today()
    return day if EARLIEST <= day < LATEST else today()

"""Which day a moment is on: the day in Norway, whatever hour the database keeps."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

OSLO: Final = ZoneInfo("Europe/Oslo")


def local_day(at: datetime) -> date:
    return at.astimezone(OSLO).date()

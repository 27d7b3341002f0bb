"""The day a moment is on, as it is in Norway."""

from datetime import UTC, date, datetime

import pytest

from samlop.lib.days import OSLO, local_day


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2027, 3, 14, 22, 59, tzinfo=UTC), date(2027, 3, 14)),
        (datetime(2027, 3, 14, 23, 0, tzinfo=UTC), date(2027, 3, 15)),
        (datetime(2027, 6, 30, 22, 0, tzinfo=UTC), date(2027, 7, 1)),
        (datetime(2027, 12, 31, 23, 30, tzinfo=UTC), date(2028, 1, 1)),
        (datetime(2028, 2, 28, 23, 0, tzinfo=UTC), date(2028, 2, 29)),
        # The nights the clock is changed.
        (datetime(2027, 3, 27, 23, 0, tzinfo=UTC), date(2027, 3, 28)),
        (datetime(2027, 10, 31, 22, 59, tzinfo=UTC), date(2027, 10, 31)),
        (datetime(2027, 10, 30, 22, 0, tzinfo=UTC), date(2027, 10, 31)),
        (datetime(2027, 3, 14, 0, 30, tzinfo=OSLO), date(2027, 3, 14)),
    ],
)
def test_the_day_begins_at_midnight_in_oslo(at: datetime, day: date) -> None:
    assert local_day(at) == day

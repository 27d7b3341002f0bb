"""Dates, quarters and numbers as people read them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from samlop.lib.quarters import Quarter
from samlop.web import formats

DAY = date(2027, 3, 14)


@pytest.mark.parametrize(
    ("shown", "nb", "nn", "en"),
    [
        (lambda: formats.long_date(DAY), "14. mars 2027", "14. mars 2027", "14 March 2027"),
        (lambda: formats.long_date(date(2027, 5, 1)), "1. mai 2027", "1. mai 2027", "1 May 2027"),
        (lambda: formats.short_date(DAY), "14.3.2027", "14.3.2027", "14/3/2027"),
        (
            lambda: formats.quarter(Quarter(2027, 2)),
            "2. kvartal 2027",
            "2. kvartal 2027",
            "2nd quarter of 2027",
        ),
        (lambda: formats.number(1234567), "1\xa0234\xa0567", "1\xa0234\xa0567", "1,234,567"),
        (lambda: formats.number(Decimal("1234.5"), 1), "1\xa0234,5", "1\xa0234,5", "1,234.5"),
        (lambda: formats.number(-3), "−3", "−3", "−3"),
        (lambda: formats.number(999), "999", "999", "999"),
        (lambda: formats.percent(0.743), "74\xa0%", "74\xa0%", "74%"),
        (lambda: formats.percent(0.0051, 1), "0,5\xa0%", "0,5\xa0%", "0.5%"),
    ],
)
def test_each_language_has_its_own_form(
    shown: Callable[[], str], nb: str, nn: str, en: str
) -> None:
    for language, expected in (("nb", nb), ("nn", nn), ("en", en)):
        with translation.override(language):
            assert shown() == expected


def test_a_moment_is_shown_in_norwegian_time() -> None:
    late = datetime(2027, 3, 14, 23, 30, tzinfo=UTC)

    with translation.override("nb"):
        assert formats.long_moment(late) == "15. mars 2027 kl. 00.30"
        assert formats.long_date(late) == "15. mars 2027"
        assert formats.short_date(late) == "15.3.2027"
    with translation.override("en"):
        assert formats.long_moment(late) == "15 March 2027 at 00:30"


@pytest.mark.parametrize(
    ("quarters", "words"),
    [
        ([], ""),
        ([Quarter(2027, 1)], "1. kvartal 2027"),
        ([Quarter(2027, 1), Quarter(2027, 2)], "1. og 2. kvartal 2027"),
        ([Quarter(2026, 4), Quarter(2027, 1)], "4. kvartal 2026 og 1. kvartal 2027"),
        (
            [Quarter(2027, 1), Quarter(2027, 2), Quarter(2027, 3)],
            "1. kvartal 2027, 2. kvartal 2027 og 3. kvartal 2027",
        ),
    ],
)
def test_several_quarters_are_named_once(quarters: list[Quarter], words: str) -> None:
    with translation.override("nb"):
        assert formats.quarters(quarters) == words

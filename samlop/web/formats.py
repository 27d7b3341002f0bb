"""Dates, quarters and numbers as people read them, in the language of the page."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import dateformat, timezone
from django.utils.translation import get_language, gettext

from samlop.lib.quarters import Quarter

NBSP = "\N{NO-BREAK SPACE}"
_NORWEGIAN = str.maketrans({",": NBSP, ".": ","})
_MINUS = "\N{MINUS SIGN}"


def _is_english() -> bool:
    return get_language() == "en"


def long_date(value: date | datetime) -> str:
    """«14. mars 2027»; a moment is shown as its day in Norway."""
    day = timezone.localtime(value) if isinstance(value, datetime) else value
    return dateformat.format(day, "j F Y" if _is_english() else "j. F Y")


def short_date(value: date | datetime) -> str:
    """«14.3.2027», for narrow tables."""
    day = timezone.localtime(value) if isinstance(value, datetime) else value
    # Not through Django's formats: a page of figures has many hundred of these.
    sign = "/" if _is_english() else "."
    return f"{day.day}{sign}{day.month}{sign}{day.year}"


def long_moment(value: datetime) -> str:
    """«14. mars 2027 kl. 09.30», in Norwegian time."""
    return gettext("%(day)s kl. %(clock)s") % {"day": long_date(value), "clock": clock(value)}


def clock(value: datetime) -> str:
    """«09.30», in Norwegian time."""
    moment = timezone.localtime(value)
    return f"{moment:%H:%M}" if _is_english() else f"{moment:%H.%M}"


def quarter(value: Quarter) -> str:
    """«2. kvartal 2027»."""
    words = (
        gettext("1. kvartal %(year)d"),
        gettext("2. kvartal %(year)d"),
        gettext("3. kvartal %(year)d"),
        gettext("4. kvartal %(year)d"),
    )
    return words[value.number - 1] % {"year": value.year}


def quarters(values: Sequence[Quarter]) -> str:
    """«1. og 2. kvartal 2027», «4. kvartal 2026 og 1. kvartal 2027»."""
    match values:
        case [first, last] if first.year == last.year:
            named = {"first": first.number, "last": last.number, "year": first.year}
            return gettext("%(first)d. og %(last)d. kvartal %(year)d") % named
        case [*others, last] if others:
            before = ", ".join(quarter(value) for value in others)
            return gettext("%(before)s og %(last)s") % {"before": before, "last": quarter(last)}
        case _:
            return "".join(quarter(value) for value in values)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """«1 234,5» with a no-break space; «1,234.5» in English."""
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = _MINUS + text[1:]
    return text if _is_english() else text.translate(_NORWEGIAN)


def percent(share: float, decimals: int = 0) -> str:
    """A share of 0.743 as «74 %»."""
    text = number(share * 100, decimals)
    return f"{text}%" if _is_english() else f"{text}{NBSP}%"

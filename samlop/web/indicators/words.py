"""Figures of use and their periods, in words."""

from datetime import date

from django.utils import dateformat
from django.utils.translation import gettext

from samlop.lib.quarters import Quarter
from samlop.uptake.rules.indicators import FEWEST, Figure, IndicatorKind, Rhythm
from samlop.web import formats


def figure(one: Figure, kind: IndicatorKind) -> str:
    """«1 234», «12,5 %», «færre enn 5»."""
    if one.value is None:
        return gettext("færre enn %(fewest)s") % {"fewest": FEWEST}
    decimals = 0 if one.value == one.value.to_integral_value() else 1
    words = formats.number(one.value, decimals)
    return f"{words}{formats.NBSP}%" if kind.is_share else words


def period(start: date, rhythm: Rhythm) -> str:
    """«uke 5, 2024», «mai 2024», «2. kvartal 2024», «2024»."""
    match rhythm:
        case Rhythm.WEEK:
            year, week, _day = start.isocalendar()
            return gettext("uke %(week)d, %(year)d") % {"week": week, "year": year}
        case Rhythm.MONTH:
            return dateformat.format(start, "F Y")
        case Rhythm.QUARTER:
            return formats.quarter(Quarter(start.year, (start.month + 2) // 3))
        case Rhythm.YEAR:
            return str(start.year)

"""Cells of figures as people and systems in Norway write them: numbers, periods, municipalities."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from samlop.uptake.rules.indicators import TOO_FEW, Figure, Rhythm, counts_for, starts_on


class Problem(StrEnum):
    """Why a row is not taken in."""

    BLANK = "blank"
    FORMULA = "formula"
    NOT_A_NUMBER = "not_a_number"
    POWER_OF_TEN = "power_of_ten"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    OVER_HUNDRED = "over_hundred"
    NO_PERIOD = "no_period"
    NOT_A_PERIOD = "not_a_period"
    PERIOD_TO_COME = "period_to_come"
    TOO_OLD = "too_old"
    NO_MUNICIPALITY = "no_municipality"
    SUM_ROW = "sum_row"
    UNKNOWN_MUNICIPALITY = "unknown_municipality"
    SEVERAL_MUNICIPALITIES = "several_municipalities"
    DIVIDED = "divided"
    NOT_YET = "not_yet"
    NO_SUCCESSOR = "no_successor"
    UNKNOWN_INDICATOR = "unknown_indicator"
    REPEATED = "repeated"
    CONTRADICTED = "contradicted"
    MISSING_CELLS = "missing_cells"


class Unreadable(ValueError):
    """A cell says nothing we can use."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class DecimalMark(StrEnum):
    """What separates decimals in a source's files."""

    COMMA = "comma"
    POINT = "point"
    EITHER = "either"


MOST_DIGITS: Final = 12
_SPACES: Final = dict.fromkeys(map(ord, " \t\u00a0\u2007\u2009\u202f'’"), None)
_SUPPRESSED: Final = frozenset({":", ".", "*", "<5", "færreenn5", "under5"})
_MISSING: Final = frozenset({"", ".."})
_PLAIN: Final = re.compile(r"[0-9]+")
_GROUPED: Final = {
    ",": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+"),
    ".": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+"),
}
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_POWER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")


def number(cell: str, mark: DecimalMark = DecimalMark.EITHER) -> Figure:
    """«1 234,5», «1.234,5», «1234.5» and «12,5 %»; «:» and «.» are figures that are hidden.

    «1.234» is refused unless the source's decimal mark is known: it may be both one thousand
    two hundred and thirty-four, and one and a bit. «1,2E+05» is refused: a spreadsheet shows a
    number so when it has left digits out. Raises Unreadable.
    """
    if _PLAIN.fullmatch(cell) and len(cell) <= MOST_DIGITS:  # almost all of them
        return Figure(Decimal(cell))
    tidy = cell.translate(_SPACES)
    if tidy.casefold() in _SUPPRESSED:
        return TOO_FEW
    if tidy in _MISSING:
        raise Unreadable(Problem.BLANK)
    if tidy.startswith("="):
        raise Unreadable(Problem.FORMULA)
    negative = tidy[0] in "-−–"
    tidy = tidy.lstrip("-−–+").removesuffix("%")
    if _POWER.fullmatch(tidy):
        raise Unreadable(Problem.POWER_OF_TEN)
    plain = _with_point(tidy, mark)
    if not _NUMBER.fullmatch(plain):
        raise Unreadable(Problem.NOT_A_NUMBER)
    value = Decimal(plain)
    if negative and value:
        raise Unreadable(Problem.NEGATIVE)
    if value >= 10**MOST_DIGITS:
        raise Unreadable(Problem.TOO_LARGE)
    return Figure(value)


def _with_point(text: str, mark: DecimalMark) -> str:
    """The number with a decimal point and no signs between thousands."""
    if "," in text and "." in text:
        decimal, thousands = (",", ".") if text.rfind(",") > text.rfind(".") else (".", ",")
        whole, _, rest = text.rpartition(decimal)
        if not _GROUPED[thousands].fullmatch(whole):
            raise Unreadable(Problem.NOT_A_NUMBER)
        return f"{whole.replace(thousands, '')}.{rest}"
    sign = "," if "," in text else "."
    if text.count(sign) > 1:
        if not _GROUPED[sign].fullmatch(text):
            raise Unreadable(Problem.NOT_A_NUMBER)
        return text.replace(sign, "")
    if _GROUPED[sign].fullmatch(text):
        means_decimals = {",": DecimalMark.COMMA, ".": DecimalMark.POINT}[sign]
        if sign == "." and mark is DecimalMark.EITHER:
            raise Unreadable(Problem.AMBIGUOUS_NUMBER)
        if mark not in {means_decimals, DecimalMark.EITHER}:
            return text.replace(sign, "")
    return text.replace(",", ".")


_MONTHS: Final[Mapping[str, int]] = {
    name: index
    for index, names in enumerate(
        (
            ("januar", "jan"),
            ("februar", "feb"),
            ("mars", "mar"),
            ("april", "apr"),
            ("mai", "may"),
            ("juni", "jun", "june"),
            ("juli", "jul", "july"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "okt", "oct"),
            ("november", "nov"),
            ("desember", "des", "dec"),
        ),
        start=1,
    )
    for name in names
}

_ISO_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?")
_NORWEGIAN_DAY: Final = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_WORDED_DAY: Final = re.compile(r"(\d{1,2})\. ?([a-zæøå]+) (\d{4})")
_YEAR: Final = re.compile(r"(\d{4})")
_WEEK: Final = (
    re.compile(r"(?P<year>\d{4})[- ]?(?:w|u|uke|v)[- ]?(?P<part>\d{1,2})"),
    re.compile(r"(?:w|u|uke|v)\.? ?(?P<part>\d{1,2})[,./ -]+(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[-/]?(?P<part>\d{2})"),
)
_MONTH: Final = (
    re.compile(r"(?P<year>\d{4})[- ]?m[- ]?(?P<part>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})[-/.]?(?P<part>\d{2})"),
    re.compile(r"(?P<part>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(r"(?P<part>[a-zæøå]+)\.?[- ](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[- ](?P<part>[a-zæøå]+)\.?"),
)
_QUARTER: Final = (
    re.compile(r"(?P<year>\d{4})[- ]?[kq][- ]?(?P<part>[1-4])"),
    re.compile(r"[kq]\.?(?P<part>[1-4])[,./ -]+(?P<year>\d{4})"),
    re.compile(r"(?P<part>[1-4])\.? ?(?:kvartal|kv\.?|kvt\.?)[,./ -]+(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[,./ -]+(?P<part>[1-4])\.? ?(?:kvartal|kv\.?|kvt\.?)"),
)
_FORMS: Final = {Rhythm.WEEK: _WEEK, Rhythm.MONTH: _MONTH, Rhythm.QUARTER: _QUARTER}
FIRST_DAY: Final = date(2017, 1, 1)
"""Municipalities are not known further back, see `municipalities.rules.codes`."""


def period(cell: str, rhythm: Rhythm, *, today: date) -> date:
    """The first day of the period a cell names; a date names the period that holds it.

    «uke 5 2024», «2024U05», «2024M05», «mai 2024», «05.2024», «2. kvartal 2024», «2024K2»,
    «2024», «14.03.2024», «2024-03-14». Raises Unreadable, also for what has not begun.
    """
    text = " ".join(cell.split()).casefold()
    if not text:
        raise Unreadable(Problem.NO_PERIOD)
    try:
        day = _day(text, rhythm)
    except ValueError as error:
        raise Unreadable(Problem.NOT_A_PERIOD) from error
    if day is None:
        raise Unreadable(Problem.NOT_A_PERIOD)
    start = starts_on(day, rhythm)
    if counts_for(start, rhythm) < FIRST_DAY:
        raise Unreadable(Problem.TOO_OLD)
    if start > today:
        raise Unreadable(Problem.PERIOD_TO_COME)
    return start


def apart(part: str, year: str, rhythm: Rhythm) -> str:
    """What `period` reads, from files with «2024» and «5» in two columns."""
    part, year = " ".join(part.split()), " ".join(year.split())
    if not part or not year:
        return ""
    match rhythm:
        case Rhythm.WEEK if part.isdigit():
            return f"uke {part} {year}"
        case Rhythm.MONTH if part.isdigit():
            return f"{year}-{part.zfill(2)}"
        case Rhythm.QUARTER if part.isdigit():
            return f"{part}. kvartal {year}"
        case Rhythm.YEAR:
            return year
        case _:
            return f"{part} {year}"


def _day(text: str, rhythm: Rhythm) -> date | None:
    """A day in the period; ValueError for a thirteenth month and the like."""
    if found := _ISO_DAY.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NORWEGIAN_DAY.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if (found := _WORDED_DAY.fullmatch(text)) and found[2] in _MONTHS:
        return date(int(found[3]), _MONTHS[found[2]], int(found[1]))
    if rhythm is Rhythm.YEAR:
        return date(int(text), 1, 1) if _YEAR.fullmatch(text) else None
    for form in _FORMS[rhythm]:
        if found := form.fullmatch(text):
            year, part = int(found["year"]), found["part"]
            if not part.isdigit():
                if part not in _MONTHS:
                    continue
                part = str(_MONTHS[part])
            match rhythm:
                case Rhythm.WEEK:
                    return date.fromisocalendar(year, int(part), 1)
                case Rhythm.MONTH:
                    return date(year, int(part), 1)
                case _:
                    return date(year, int(part) * 3 - 2, 1)
    return None


_MUNICIPALITY: Final = re.compile(r"(?:k[- ]?)?([0-9]{3,4})(?:\.0)?(?:[ ,:–-].*)?")
_SUMS: Final = frozenset(
    {"sum", "total", "totalt", "i alt", "alle", "landet", "hele landet", "norge", "0", "eak", "eka"}
)


def municipality_number(cell: str) -> str | None:
    """Four digits from «301», «0301», «K-0301», «0301 Oslo»; None when it may be a name.

    A spreadsheet takes the first zero off a number: 301 is 0301. Raises Unreadable.
    """
    text = " ".join(cell.split()).casefold()
    if not text:
        raise Unreadable(Problem.NO_MUNICIPALITY)
    if text.rstrip(":") in _SUMS or text.startswith(("sum ", "totalt ")):
        raise Unreadable(Problem.SUM_ROW)
    if found := _MUNICIPALITY.fullmatch(text):
        return found[1].zfill(4)
    if text[0].isdigit():
        raise Unreadable(Problem.UNKNOWN_MUNICIPALITY)
    return None

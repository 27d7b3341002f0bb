"""Where in a file the header is, and which columns hold what."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from samlop.uptake.rules import figures
from samlop.uptake.rules.figures import DecimalMark, Unreadable

LOOKED_THROUGH: Final = 40
"""How many rows from the top may hold titles before the first figure."""


@dataclass(frozen=True, slots=True)
class Header:
    """The titles, and the row (counted from 1) that the figures begin in."""

    titles: tuple[str, ...]
    first_row: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Which titles a source's files have for what; the saved form of a choice made once.

    `values` says which indicator (its slug) a column of figures is; with an `indicator` column
    there is one column of figures and its slug is empty. `year` is a column beside `period` in
    files that write «2024» and «5» apart.
    """

    municipality: str
    period: str
    values: Mapping[str, str]
    year: str = ""
    indicator: str = ""
    mark: DecimalMark = DecimalMark.EITHER


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The titles above the first row of figures, however many rows of headings stand there.

    A row of figures has a municipality number and one more cell that is a number or a period.
    What is blank in the row above it is taken from the rows over it, to the left: that is how
    merged cells come out of a spreadsheet. None when there are no figures or no titles.
    """
    for index, cells in enumerate(rows[:LOOKED_THROUGH]):
        if not _holds_figures(cells):
            continue
        above = [row for row in rows[:index] if sum(1 for cell in row if cell.strip()) > 1]
        if not above:
            return None
        width = max(len(cells), len(above[-1]))
        titles = [_title(above, column) for column in range(width)]
        return Header(_told_apart(titles), index + 1)
    return None


def _holds_figures(cells: Sequence[str]) -> bool:
    """Numbers of Troms and Finnmark looked like years, and a heading of years is no figures."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    for index, cell in enumerate(filled):
        if not _is_municipality(cell):
            continue
        others = [
            other
            for other in filled[:index] + filled[index + 1 :]
            if any(letter.isdigit() for letter in other) or other in {":", "."}
        ]
        if _like_a_year(cell):
            others = [other for other in others if not _like_a_year(other)]
        if others:
            return True
    return False


def _is_municipality(cell: str) -> bool:
    try:
        return figures.municipality_number(cell) is not None
    except Unreadable:
        return False


def _like_a_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and "1900" <= cell <= "2099"


def _title(above: Sequence[Sequence[str]], column: int) -> str:
    own = _cell(above[-1], column)
    if own or len(above) == 1:
        return own
    over = above[-2]
    for left in range(column, -1, -1):
        if text := _cell(over, left):
            return text
        if _cell(above[-1], left):
            break
    return ""


def _cell(row: Sequence[str], column: int) -> str:
    return " ".join(row[column].split()) if column < len(row) else ""


def _told_apart(titles: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    told: list[str] = []
    for title in titles:
        seen[title] += 1
        told.append(title if seen[title] == 1 or not title else f"{title} ({seen[title]})")
    return tuple(told)


_MUNICIPALITY_WORDS: Final = (
    "kommunenr",
    "kommunenummer",
    "kommune nr",
    "komm.nr",
    "komnr",
    "knr",
    "kommune",
    "region",
)
_PERIOD_WORDS: Final = (
    "periode",
    "uke",
    "måned",
    "kvartal",
    "tid",
    "dato",
    "statistikkvariabel år",
    "år",
)
_INDICATOR_WORDS: Final = ("indikator", "måltall", "statistikkvariabel")
_VALUE_WORDS: Final = frozenset({"verdi", "antall", "tall", "value"})


def guess(header: Header, indicators: Mapping[str, str]) -> Columns | None:
    """What the titles say by themselves; None unless all that is needed is found."""
    found = hint(header, indicators)
    return found if found.municipality and found.period and found.values else None


def hint(header: Header, indicators: Mapping[str, str]) -> Columns:
    """As much as the titles say: what is not found is empty, for somebody to choose.

    `indicators` are names by slug.
    """
    by_title = {_word(title): title for title in header.titles if title}
    municipality = _first(by_title, _MUNICIPALITY_WORDS)
    period = _first(by_title, _PERIOD_WORDS)
    year = by_title.get("år", "") if _word(period) not in {"", "år"} else ""
    taken = {municipality, period, year}
    wanted = {_word(name): slug for slug, name in indicators.items()} | {
        _word(slug): slug for slug in indicators
    }
    values = {
        title: wanted[word]
        for word, title in by_title.items()
        if title not in taken and word in wanted
    }
    if values:
        return Columns(municipality, period, values, year=year)
    indicator = _first(by_title, _INDICATOR_WORDS)
    left = [title for title in header.titles if title and title not in {*taken, indicator}]
    value = next((title for title in left if _word(title) in _VALUE_WORDS), "")
    if indicator:
        return Columns(
            municipality, period, {value: ""} if value else {}, year=year, indicator=indicator
        )
    only = next(iter(indicators)) if len(indicators) == 1 else ""
    return Columns(municipality, period, {value: only} if value and only else {}, year=year)


def _word(title: str) -> str:
    return " ".join(title.casefold().replace("_", " ").split()).rstrip(".:")


def _first(by_title: Mapping[str, str], words: Sequence[str]) -> str:
    return next((by_title[word] for word in words if word in by_title), "")

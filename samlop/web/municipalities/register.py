"""What the page with all municipalities shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from markupsafe import Markup, escape

from samlop.municipalities import texts
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.web.addresses import changed
from samlop.web.municipalities import coloured
from samlop.web.municipalities.coloured import ColouredMap
from samlop.web.municipalities.table import (
    ALWAYS,
    CENTRALITIES,
    HEADINGS,
    LEVEL_CODES,
    NUMERIC,
    USUAL,
    Column,
    Table,
    offered,
)
from samlop.web.tables import SortLink

# The query string's own words; whatever else an address carries is not ours to repeat.
FILTER_NAMES: Final = (
    "q",
    "fylke",
    "gruppe",
    "storrelse",
    "sentralitet",
    "malform",
    "arbeidsmengde",
)
MAP: Final = "kart"
BOUNDARIES: Final = "grenser"

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Select:
    name: str
    label: str
    value: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    code: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    text: str
    selects: tuple[Select, ...]
    more_selects: tuple[Select, ...]
    more_open: bool
    day_chosen: str
    count: int
    count_words: str
    day_notice: date | None
    today_address: str
    alike: bool
    headers: tuple[SortLink, ...]
    rows: Markup
    prefix: str
    columns: tuple[ColumnChoice, ...]
    kept: tuple[Option, ...]
    kept_with_columns: tuple[Option, ...]
    usual_columns: str
    views: tuple[tuple[str, str, bool], ...]
    map: ColouredMap | None
    colours: tuple[Option, ...]
    kept_with_map: tuple[Option, ...]
    boundaries_address: str
    tiles_address: str
    reset: str
    csv: str
    xlsx: str
    json: str


def list_page(table: Table, query: QueryDict, *, today: date, signed_in: bool) -> ListPage:
    filters = table.filters
    past = table.on if table.on != today else None
    first, more = _selects(table, signed_in=signed_in)
    suffix = f"?dato={table.on.isoformat()}" if past else ""
    is_map = query.get("visning") == MAP
    colour = coloured.chosen(query.get("farge", ""), signed_in=signed_in)
    return ListPage(
        text=filters.text,
        selects=first,
        more_selects=more,
        more_open=bool(past) or any(select.value for select in more),
        day_chosen=table.on.isoformat() if past else "",
        count=len(table.rows),
        count_words=count_words(len(table.rows), table.total),
        day_notice=past,
        today_address=changed(query, dato=None),
        alike=table.alike,
        headers=table.sorting.links(query),
        rows=_rows(table, suffix),
        prefix=reverse("municipalities:list"),
        columns=tuple(
            ColumnChoice(column.value, str(HEADINGS[column]), column in table.columns)
            for column in offered(signed_in=signed_in)
        ),
        kept=_pairs(query, ("sorter", "visning", "farge", "kart", "kolonne")),
        kept_with_columns=_pairs(
            query, (*FILTER_NAMES, "dato", "sorter", "visning", "farge", "kart")
        ),
        usual_columns=_with_columns(query, USUAL),
        views=(
            (gettext("Tabell"), changed(query, visning=None, farge=None, kart=None), not is_map),
            (gettext("Kart"), changed(query, visning=MAP), is_map),
        ),
        map=coloured.coloured_map(
            table,
            colour,
            boundaries=query.get("kart") == BOUNDARIES,
            suffix=suffix,
            label=gettext("Kart over kommunene, fargelagt etter %(what)s")
            % {"what": str(coloured.WORDS[colour]).lower()},
        )
        if is_map
        else None,
        colours=tuple(
            (one.value, str(coloured.WORDS[one])) for one in coloured.offered(signed_in=signed_in)
        ),
        kept_with_map=_pairs(
            query, (*FILTER_NAMES, "dato", "sorter", "visning", "kart", "kolonne")
        ),
        boundaries_address=changed(query, kart=BOUNDARIES),
        tiles_address=changed(query, kart=None),
        reset=changed(query, **dict.fromkeys((*FILTER_NAMES, "dato"))),
        csv=_export(query, table, "csv"),
        xlsx=_export(query, table, "xlsx"),
        json=_export(query, table, "json"),
    )


def count_words(shown: int, total: int) -> str:
    if shown == total:
        return ngettext("%(total)s kommune", "%(total)s kommuner", total) % {"total": total}
    return ngettext("%(shown)s av %(total)s kommune", "%(shown)s av %(total)s kommuner", total) % {
        "shown": shown,
        "total": total,
    }


def _rows(table: Table, suffix: str) -> Markup:
    """The lines of the table, joined here: 357 turns of a template loop cost more than the rest.

    Column by column, and each different text only once: most columns have a dozen.
    """
    prefix, end = escape(reverse("municipalities:list")), escape(f"/{suffix}")
    numbers = [row.number for row in table.rows]
    columns: list[list[str]] = [
        [f'<tr><th scope="row"><a href="{prefix}{number}{end}">' for number in numbers],
        _written(table.cells(ALWAYS), "", "</a></th>"),
    ]
    for column in table.columns:
        opened = '<td class="numeric">' if column in NUMERIC else "<td>"
        columns.append(_written(table.cells(column), opened, "</td>"))
    columns.append(["</tr>\n"] * len(numbers))
    # Every text in it went through escape(); a municipality's number is four digits.
    return Markup("".join(chain.from_iterable(zip(*columns, strict=True))))  # noqa: S704


def _written(texts: list[str], opened: str, closed: str) -> list[str]:
    once = {text: f"{opened}{escape(text)}{closed}" for text in set(texts)}
    return [once[text] for text in texts]


def _selects(table: Table, *, signed_in: bool) -> tuple[tuple[Select, ...], tuple[Select, ...]]:
    filters = table.filters
    first = (
        _select("fylke", HEADINGS[Column.COUNTY], filters.county, table.counties),
        _select("gruppe", HEADINGS[Column.GROUP], filters.group, table.groups),
    )
    more = [
        _select(
            "storrelse",
            gettext("Innbyggere"),
            filters.size.value if filters.size else "",
            [(size.value, str(words)) for size, words in texts.SIZE_CLASSES.items()],
        ),
        _select(
            "sentralitet",
            HEADINGS[Column.CENTRALITY],
            str(filters.centrality or ""),
            [(str(step), str(words)) for step, words in CENTRALITIES.items()],
        ),
        _select(
            "malform",
            HEADINGS[Column.LANGUAGE],
            filters.language.value if filters.language else "",
            [(form.value, str(texts.LANGUAGE_FORMS[form])) for form in LanguageForm],
        ),
    ]
    if signed_in:
        more.append(
            _select(
                "arbeidsmengde",
                table.heading(Column.LOAD),
                LEVEL_CODES[filters.load] if filters.load else "",
                [(LEVEL_CODES[level], str(words)) for level, words in texts.LEVELS.items()],
            )
        )
    return first, tuple(more)


def _select(name: str, label: object, value: str, options: Iterable[Option]) -> Select:
    return Select(name, str(label), value, (("", gettext("Alle")), *options))


def _pairs(query: QueryDict, names: Iterable[str]) -> tuple[Option, ...]:
    return tuple((name, value) for name in names for value in query.getlist(name) if value)


def _with_columns(query: QueryDict, columns: Iterable[Column]) -> str:
    copy = query.copy()
    copy.setlist("kolonne", [column.value for column in columns])
    return changed(copy)


def _export(query: QueryDict, table: Table, kind: str) -> str:
    """The columns are named in the address: a file must not depend on a cookie."""
    copy = query.copy()
    copy.setlist("kolonne", [column.value for column in table.columns if column is not ALWAYS])
    return changed(copy, format=kind, visning=None, farge=None, kart=None)

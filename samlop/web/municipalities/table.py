"""The register of municipalities as a table: its columns, filters and order.

The page, the map and the exports are all made from `Table`, so they cannot disagree.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.db.text_keys import nb_sort_key
from samlop.lib.quarters import Quarter
from samlop.municipalities import texts
from samlop.municipalities.queries import capacity, register
from samlop.municipalities.queries.register import Row
from samlop.municipalities.rules.capacity import Level, SizeClass, size_class
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.web import formats
from samlop.web.sorting import Key, SortColumn, Sorting

Words = str | Promise


class Column(StrEnum):
    """The columns, by the name they have in addresses and files."""

    NAME = "navn"
    NUMBER = "nummer"
    COUNTY = "fylke"
    GROUP = "gruppe"
    INHABITANTS = "innbyggere"
    SIZE = "storrelse"
    CENTRALITY = "sentralitet"
    LANGUAGE = "malform"
    LOAD = "arbeidsmengde"
    HEALTH_REGION = "helseregion"
    AREA = "areal"
    CENTRE = "senter"
    OTHER_NAMES = "andre-navn"
    KOSTRA = "kostra"
    ORGANISATION = "organisasjonsnummer"
    POSTMOTTAK = "postmottak"
    WEBSITE = "nettsted"


HEADINGS: Final[Mapping[Column, Words]] = {
    Column.NAME: _("Kommune"),
    Column.NUMBER: _("Nummer"),
    Column.COUNTY: _("Fylke"),
    Column.GROUP: _("Regional gruppe e-helse"),
    Column.INHABITANTS: _("Innbyggere"),
    Column.SIZE: _("Størrelse"),
    Column.CENTRALITY: _("Sentralitet"),
    Column.LANGUAGE: _("Målform"),
    Column.LOAD: _("Arbeidsmengde"),
    Column.HEALTH_REGION: _("Helseregion"),
    Column.AREA: _("Areal (km²)"),
    Column.CENTRE: _("Administrasjonssenter"),
    Column.OTHER_NAMES: _("Samisk og kvensk navn"),
    Column.KOSTRA: _("KOSTRA-gruppe"),
    Column.ORGANISATION: _("Organisasjonsnummer"),
    Column.POSTMOTTAK: _("Postmottak"),
    Column.WEBSITE: _("Nettsted"),
}

CENTRALITIES: Final[Mapping[int, Words]] = {
    1: _("1 – mest sentrale"),
    2: _("2"),
    3: _("3"),
    4: _("4"),
    5: _("5"),
    6: _("6 – minst sentrale"),
}

LEVEL_CODES: Final[Mapping[Level, str]] = {
    Level.LOW: "lav",
    Level.MEDIUM: "middels",
    Level.HIGH: "hoy",
}

NUMERIC: Final = frozenset({Column.INHABITANTS, Column.AREA})
# The name leads to the municipality and is always there.
ALWAYS: Final = Column.NAME
USUAL: Final = (
    Column.NUMBER,
    Column.COUNTY,
    Column.GROUP,
    Column.INHABITANTS,
    Column.CENTRALITY,
    Column.LANGUAGE,
)
SIGNED_IN_ONLY: Final = frozenset({Column.LOAD})


def offered(*, signed_in: bool) -> tuple[Column, ...]:
    """The columns a reader may choose, in the order they are shown."""
    return tuple(
        column
        for column in Column
        if column is not ALWAYS and (signed_in or column not in SIGNED_IN_ONLY)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader asked for; an unknown value counts as not asked."""

    text: str = ""
    county: str = ""
    group: str = ""
    size: SizeClass | None = None
    centrality: int | None = None
    language: LanguageForm | None = None
    load: Level | None = None

    @classmethod
    def of(cls, query: QueryDict, *, signed_in: bool) -> "Filters":
        centrality = query.get("sentralitet", "")
        levels = {code: level for level, code in LEVEL_CODES.items()}
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:100],
            county=query.get("fylke", ""),
            group=query.get("gruppe", ""),
            size={one.value: one for one in SizeClass}.get(query.get("storrelse", "")),
            centrality=int(centrality) if centrality in {"1", "2", "3", "4", "5", "6"} else None,
            language={one.value: one for one in LanguageForm}.get(query.get("malform", "")),
            load=levels.get(query.get("arbeidsmengde", "")) if signed_in else None,
        )

    @property
    def any(self) -> bool:
        return self != Filters()

    def keep(self, row: Row) -> bool:
        """Whether a row passes; the text is looked up in the database, not here."""
        return (
            (not self.county or row.county_number == self.county)
            and (not self.group or row.group_slug == self.group)
            and (self.size is None or size_class(row.inhabitants) is self.size)
            and (self.centrality is None or row.centrality == self.centrality)
            and (self.language is None or row.language_form == self.language.value)
        )


# What a cell holds when it leaves the page: text stays text, figures stay figures.
Value = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows asked for, in order, and how each cell reads."""

    on: date
    quarter: Quarter
    total: int
    rows: Sequence[Row]
    columns: tuple[Column, ...]
    filters: Filters
    sorting: Sorting[Row]
    # What can be chosen in the filters: those that have a municipality on the day.
    counties: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    levels: Mapping[int, Level] = field(default_factory=dict)
    # The text was found only by likeness: «tromsoe» for Tromsø.
    alike: bool = False

    @property
    def shown(self) -> tuple[Column, ...]:
        return (ALWAYS, *self.columns)

    def heading(self, column: Column) -> str:
        return heading(column, self.quarter)

    def values(self, column: Column) -> list[Value]:
        """One column downwards, for files."""
        value = self._values(column)
        return [value(row) for row in self.rows]

    def cells(self, column: Column) -> list[str]:
        """One column downwards, as people read it."""
        value = self._values(column)
        if column in NUMERIC:
            figures = (value(row) for row in self.rows)
            return [formats.number(one) if isinstance(one, int) else "" for one in figures]
        return ["" if (found := value(row)) is None else str(found) for row in self.rows]

    def _values(self, column: Column) -> Callable[[Row], Value]:
        match column:
            case Column.SIZE:
                sizes = {size: str(words) for size, words in texts.SIZE_CLASSES.items()}
                return lambda row: (
                    None if row.inhabitants is None else sizes[size_class(row.inhabitants)]
                )
            case Column.LANGUAGE:
                forms = {form.value: str(w) for form, w in texts.LANGUAGE_FORMS.items()}
                return lambda row: forms[row.language_form]
            case Column.LOAD:
                words = {pk: str(texts.LEVELS[level]) for pk, level in self.levels.items()}
                return lambda row: words.get(row.pk)
            case Column.AREA:
                return lambda row: None if row.area is None else round(row.area)
            case _:
                return PLAIN[column]


PLAIN: Final[Mapping[Column, Callable[[Row], Value]]] = {
    Column.NAME: lambda row: row.name,
    Column.NUMBER: lambda row: row.number,
    Column.COUNTY: lambda row: row.county,
    Column.GROUP: lambda row: row.group,
    Column.INHABITANTS: lambda row: row.inhabitants,
    Column.CENTRALITY: lambda row: row.centrality,
    Column.HEALTH_REGION: lambda row: row.health_region,
    Column.CENTRE: lambda row: row.administrative_centre or None,
    Column.OTHER_NAMES: lambda row: row.other_names or None,
    Column.KOSTRA: lambda row: row.kostra_group or None,
    Column.ORGANISATION: lambda row: row.organisation_number,
    Column.POSTMOTTAK: lambda row: row.postmottak or None,
    Column.WEBSITE: lambda row: row.website or None,
}


def build(
    filters: Filters,
    query: QueryDict,
    columns: tuple[Column, ...],
    *,
    on: date,
    signed_in: bool,
) -> Table:
    """One query, and more for a text to search for, for some columns, and six for the load.

    As many for 1 row as for 357.
    """
    quarter = Quarter.of(on).plus(1)
    everyone = register.rows(
        on=on,
        with_health_region=Column.HEALTH_REGION in columns,
        with_other_names=Column.OTHER_NAMES in columns,
    )
    found: frozenset[int] | None = None
    alike = False
    if filters.text:
        hits = register.matching(filters.text, on=on)
        found, alike = hits.municipalities, hits.alike
    levels: Mapping[int, Level] = {}
    if signed_in and (
        Column.LOAD in columns or filters.load or query.get("farge") == Column.LOAD.value
    ):
        per_quarter = capacity.levels(on=on, quarters=[quarter])
        levels = {pk: found_level[quarter] for pk, found_level in per_quarter.items()}
    kept = [
        row
        for row in everyone
        if filters.keep(row)
        and (found is None or row.pk in found)
        and (filters.load is None or levels.get(row.pk) is filters.load)
    ]
    shown = (ALWAYS, *columns)
    sorting = Sorting.of(
        [_sort_column(column, quarter, levels) for column in shown], query, ALWAYS.value
    )
    kept.sort(key=lambda row: (nb_sort_key(row.name), row.number))
    return Table(
        on=on,
        quarter=quarter,
        total=len(everyone),
        rows=sorting.rows(kept),
        columns=columns,
        filters=filters,
        sorting=sorting,
        counties=_choices((row.county_number, row.county) for row in everyone),
        groups=_choices((row.group_slug, row.group) for row in everyone),
        levels=levels,
        alike=alike,
    )


def heading(column: Column, quarter: Quarter) -> str:
    if column is Column.LOAD:
        return gettext("Arbeidsmengde %(quarter)s") % {"quarter": formats.quarter(quarter)}
    return str(HEADINGS[column])


def _choices(pairs: Iterable[tuple[str | None, str | None]]) -> tuple[tuple[str, str], ...]:
    known = {(code, name) for code, name in pairs if code and name}
    return tuple(sorted(known, key=lambda pair: nb_sort_key(pair[1])))


def _sort_column(column: Column, quarter: Quarter, levels: Mapping[int, Level]) -> SortColumn[Row]:
    return SortColumn(
        code=column.value,
        label=heading(column, quarter),
        key=_sort_value(column, levels),
        numeric=column in NUMERIC,
    )


def _sort_value(column: Column, levels: Mapping[int, Level]) -> Callable[[Row], Key]:
    if column is Column.LOAD:
        return lambda row: levels.get(row.pk)
    if column is Column.SIZE:
        return lambda row: row.inhabitants
    if column is Column.AREA:
        return lambda row: None if row.area is None else float(row.area)
    if column is Column.LANGUAGE:
        forms = {form.value: nb_sort_key(str(w)) for form, w in texts.LANGUAGE_FORMS.items()}
        return lambda row: forms[row.language_form]
    plain = PLAIN[column]

    def key(row: Row) -> Key:
        value = plain(row)
        return nb_sort_key(value) if isinstance(value, str) else value

    return key

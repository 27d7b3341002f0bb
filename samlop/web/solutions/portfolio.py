"""The portfolio as a board by phase, as a table, as a map of who can begin, and as a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.portfolio.queries import portfolio as queries
from samlop.portfolio.queries.portfolio import Row
from samlop.portfolio.rules.solutions import STAGES, Area, Phase, SolutionKind, covered
from samlop.portfolio.texts import solutions as texts
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.solutions import coverage
from samlop.web.solutions.coverage import CoverageMap
from samlop.web.solutions.frame import COLORS
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

NAMES: Final = ("q", "type", "omrade", "fase")
# The way a solution normally goes, one column each.
WAY: Final = (
    Phase.IDEA,
    Phase.UNDER_DEVELOPMENT,
    Phase.UNDER_TRIAL,
    Phase.READY_FOR_USE,
    Phase.NATIONAL_ROLLOUT,
    Phase.OPERATION,
)
OFF_THE_WAY: Final = (
    Phase.PAUSED,
    Phase.INTAKE_STOPPED,
    Phase.SUPERSEDED,
    Phase.PHASED_OUT,
)
_ORDER: Final[Mapping[Phase, int]] = {phase: index for index, phase in enumerate(Phase)}


class View(StrEnum):
    BOARD = "tavle"
    TABLE = "tabell"
    MAP = "kart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the address asks for; a value that cannot be read counts as none."""

    text: str = ""
    kind: SolutionKind | None = None
    area: Area | None = None
    phase: Phase | None = None

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:100],
            kind={one.value: one for one in SolutionKind}.get(query.get("type", "")),
            area={one.value: one for one in Area}.get(query.get("omrade", "")),
            phase={one.value: one for one in Phase}.get(query.get("fase", "")),
        )

    @property
    def any_chosen(self) -> bool:
        return self != Filters()

    def lets_in(self, row: Row) -> bool:
        """A solution for health and care as a whole is also one for each area in it."""
        wanted = nb_sort_key(self.text)
        named = (row.name, row.short_name, row.summary, row.owner, row.programme)
        return (
            any(wanted in nb_sort_key(text) for text in named)
            and self.kind in (None, row.kind)
            and (self.area is None or bool(covered(self.area) & covered(row.area)))
            and (self.phase is None or (row.phase is not None and row.phase.phase is self.phase))
        )


@dataclass(frozen=True, slots=True)
class Register:
    """The rows the reader asked for, in her order: for the page and for files alike."""

    rows: tuple[Row, ...]
    total: int
    sorting: Sorting[Row]
    filters: Filters
    on: date

    @classmethod
    def of(cls, query: QueryDict, *, on: date) -> "Register":
        """Two queries, however many solutions there are."""
        filters = Filters.of(query)
        sorting = Sorting.of(_columns(), query, usual="losning")
        every = sorted(
            queries.register(on=on),
            key=lambda row: (nb_sort_key(row.name), list(Area).index(row.area)),
        )
        rows = [row for row in every if filters.lets_in(row)]
        return cls(tuple(sorting.rows(rows)), len(every), sorting, filters, on)


def _columns() -> tuple[SortColumn[Row], ...]:
    return (
        SortColumn("losning", gettext("Løsning"), lambda row: nb_sort_key(row.name)),
        SortColumn(
            "type", gettext("Type"), lambda row: nb_sort_key(str(texts.SOLUTION_KINDS[row.kind]))
        ),
        SortColumn(
            "omrade", gettext("Tjenesteområde"), lambda row: nb_sort_key(str(texts.AREAS[row.area]))
        ),
        SortColumn(
            "fase", gettext("Fase"), lambda row: _ORDER[row.phase.phase] if row.phase else None
        ),
        SortColumn("siden", gettext("Siden"), lambda row: row.phase.since if row.phase else None),
        SortColumn(
            "eier", gettext("Eier"), lambda row: nb_sort_key(row.owner) if row.owner else None
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service area on a card; `phase` only where the column holds several."""

    area: str
    since: date | None
    phase: str = ""
    color: str = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A solution in the phase its column is about, with the areas it is there in."""

    slug: str
    name: str
    kind: str
    lines: tuple[Line, ...]
    # Why it stopped, or what comes instead.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    key: str
    heading: str
    cards: tuple[Card, ...]
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    slug: str
    name: str
    kind: str
    area: str
    phase: str
    color: str
    since: date | None
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioPage:
    view: View
    views: tuple[tuple[str, str, bool], ...]
    count_words: str
    filters: Filters
    kinds: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str], ...]
    phases: tuple[tuple[str, str], ...]
    day_chosen: str
    past_day: date | None
    today_address: str
    # What the filter form must carry along.
    kept: tuple[tuple[str, str], ...]
    reset: str
    columns: tuple[Column, ...]
    processes: tuple[Column, ...]
    headers: tuple[SortLink, ...]
    rows: tuple[TableRow, ...]
    coverage: CoverageMap | None
    suffix: str
    csv: str
    xlsx: str
    json: str
    may_create: bool


def portfolio_page(
    found: Register, query: QueryDict, *, today: date, may_create: bool
) -> PortfolioPage:
    """No query, but for the map's."""
    view = {one.value: one for one in View}.get(query.get("visning", ""), View.BOARD)
    past = found.on if found.on != today else None
    words = {
        View.BOARD: gettext("Tavle"),
        View.TABLE: gettext("Tabell"),
        View.MAP: gettext("Kart"),
    }
    solutions = [row for row in found.rows if row.kind is not SolutionKind.JOINT_PROCESS]
    processes = [row for row in found.rows if row.kind is SolutionKind.JOINT_PROCESS]
    board = view is View.BOARD
    return PortfolioPage(
        view=view,
        views=tuple(
            (text, changed(query, visning=None if one is View.BOARD else one.value), one is view)
            for one, text in words.items()
        ),
        count_words=_count_words(found),
        filters=found.filters,
        kinds=_options(gettext("Alle typer"), texts.SOLUTION_KINDS),
        areas=_options(gettext("Alle tjenesteområder"), texts.AREAS),
        phases=_options(gettext("Alle faser"), texts.PHASES),
        day_chosen=past.isoformat() if past else "",
        past_day=past,
        today_address=changed(query, dato=None),
        kept=tuple(
            (name, str(value))
            for name in ("visning", "sorter", "dekning")
            if (value := query.get(name))
        ),
        reset=changed(query, **dict.fromkeys((*NAMES, "dato"))),
        columns=_board(solutions) if board and solutions else (),
        processes=_process_board(processes) if board and processes else (),
        headers=found.sorting.links(query),
        rows=tuple(_table_row(row) for row in found.rows) if view is View.TABLE else (),
        coverage=coverage.coverage_map(solutions, query, on=found.on) if view is View.MAP else None,
        suffix=f"?dato={past.isoformat()}" if past else "",
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        json=changed(query, format="json"),
        may_create=may_create,
    )


def _options(
    every: str,
    table: Mapping[Area, object] | Mapping[Phase, object] | Mapping[SolutionKind, object],
) -> tuple[tuple[str, str], ...]:
    return (("", every), *((code.value, str(words)) for code, words in table.items()))


def _count_words(found: Register) -> str:
    solutions = len({row.slug for row in found.rows})
    return gettext("%(solutions)s i %(areas)s") % {
        "solutions": ngettext("%(count)d løsning", "%(count)d løsninger", solutions)
        % {"count": solutions},
        "areas": ngettext(
            "%(count)d tjenesteområde", "%(count)d tjenesteområder", len(_areas(found.rows))
        )
        % {"count": len(_areas(found.rows))},
    }


def _areas(rows: Iterable[Row]) -> frozenset[Area]:
    return frozenset(row.area for row in rows)


def _board(rows: Sequence[Row]) -> tuple[Column, ...]:
    columns = [
        Column(
            key=phase.value, heading=str(texts.PHASES[phase]), cards=_cards(rows, in_phase(phase))
        )
        for phase in WAY
    ]
    stopped = _cards(
        rows, lambda row: row.phase is not None and row.phase.phase in OFF_THE_WAY, mixed=True
    )
    if stopped:
        columns.append(
            Column(key="off_the_way", heading=gettext("Stanset, eller på vei ut"), cards=stopped)
        )
    return (*columns, *_without_phase(rows))


def _process_board(rows: Sequence[Row]) -> tuple[Column, ...]:
    columns = [
        Column(
            key=phase.value, heading=str(texts.PHASES[phase]), cards=_cards(rows, in_phase(phase))
        )
        for phase in STAGES
    ]
    return (*columns, *_without_phase(rows))


def _without_phase(rows: Sequence[Row]) -> tuple[Column, ...]:
    cards = _cards(rows, lambda row: row.phase is None)
    if not cards:
        return ()
    return (Column(key="none", heading=gettext("Fase ikke registrert"), cards=cards),)


def in_phase(phase: Phase) -> Callable[[Row], bool]:
    return lambda row: row.phase is not None and row.phase.phase is phase


def _cards(
    rows: Sequence[Row], wanted: Callable[[Row], bool], *, mixed: bool = False
) -> tuple[Card, ...]:
    """One card per solution, its areas in their order; `mixed` names each area's phase."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if wanted(row):
            found.setdefault(row.slug, []).append(row)
    return tuple(
        Card(
            slug=slug,
            name=areas[0].name,
            kind=str(texts.SOLUTION_KINDS[areas[0].kind]),
            lines=_lines(areas, mixed=mixed),
            note=_note(areas) if mixed else "",
        )
        for slug, areas in sorted(found.items(), key=lambda item: nb_sort_key(item[1][0].name))
    )


def _lines(rows: Sequence[Row], *, mixed: bool) -> tuple[Line, ...]:
    """The areas in their order; a phase that goes on from the line above is not said again."""
    lines: list[Line] = []
    before: Phase | None = None
    for row in sorted(rows, key=lambda row: list(Area).index(row.area)):
        phase = row.phase.phase if row.phase else None
        lines.append(
            Line(
                area=str(texts.AREAS[row.area]),
                since=row.phase.since if row.phase else None,
                phase=str(texts.PHASES[phase]) if mixed and phase and phase is not before else "",
                color=COLORS[phase] if phase else "neutral",
            )
        )
        before = phase
    return tuple(lines)


def _note(rows: Sequence[Row]) -> str:
    """What comes instead, said once when the areas agree."""
    successors = {row.phase.successor for row in rows if row.phase and row.phase.successor}
    if len(successors) != 1:
        return ""
    return gettext("I stedet kommer: %(name)s") % {"name": successors.pop()}


def _table_row(row: Row) -> TableRow:
    return TableRow(
        slug=row.slug,
        name=row.name,
        kind=str(texts.SOLUTION_KINDS[row.kind]),
        area=str(texts.AREAS[row.area]),
        phase=str(texts.PHASES[row.phase.phase]) if row.phase else "",
        color=COLORS[row.phase.phase] if row.phase else "neutral",
        since=row.phase.since if row.phase else None,
        owner=row.owner,
    )


def download(found: Register) -> Download:
    """One row per solution and service area, as in the table, with what the table leaves out."""
    return Download(
        name="losninger",
        sheet=gettext("Løsninger"),
        on=found.on,
        fields=(
            Field("losning", gettext("Løsning"), 32),
            Field("kortnavn", gettext("Kortnavn"), 12),
            Field("type", gettext("Type"), 26),
            Field("tjenesteomrade", gettext("Tjenesteområde"), 26),
            Field("fase", gettext("Fase"), 28),
            Field("siden", gettext("Siden"), 12),
            Field("begrunnelse", gettext("Begrunnelse"), 60),
            Field("kilde", gettext("Kilde"), 40),
            Field("erstattes_av", gettext("I stedet kommer"), 40),
            Field("eier", gettext("Eier"), 24),
            Field("program", gettext("Program eller prosjekt"), 32),
            Field("forvalter", gettext("Forvalter"), 24),
            Field("hvem_den_er_for", gettext("Hvem den er for"), 40),
            Field("sektorer", gettext("Må være forankret i"), 20),
        ),
        rows=[
            (
                row.name,
                row.short_name,
                str(texts.SOLUTION_KINDS[row.kind]),
                str(texts.AREAS[row.area]),
                str(texts.PHASES[row.phase.phase]) if row.phase else "",
                row.phase.since if row.phase else None,
                row.phase.reason if row.phase else "",
                row.phase.source if row.phase else "",
                row.phase.successor if row.phase else "",
                row.owner,
                row.programme,
                row.maintainer,
                row.audience,
                ", ".join(str(texts.SECTORS[sector]) for sector in row.sectors),
            )
            for row in found.rows
        ],
    )

"""Every joint rollout that the reader may see: filtered, sorted, and as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.portfolio.texts.solutions import AREAS
from samlop.rollouts.queries import cohorts as cohort_queries
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.queries.cohorts import CohortLine
from samlop.rollouts.queries.rollouts import RolloutLine
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from samlop.rollouts.texts import rollouts as texts
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.rollouts.frame import COLORS
from samlop.web.shell.navigation import ROLLOUTS
from samlop.web.solutions.frame import Frame as SolutionFrame
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

NAMES: Final = ("q", "type", "status", "losning", "region", "nhn")
_KINDS: Final = list(RolloutKind)
_STATES: Final = list(RolloutState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the address asks for; a value that cannot be read counts as none."""

    text: str = ""
    kind: RolloutKind | None = None
    state: RolloutState | None = None
    solution: str = ""
    region: str = ""
    needs_nhn: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:100],
            kind={one.value: one for one in RolloutKind}.get(query.get("type", "")),
            state={one.value: one for one in RolloutState}.get(query.get("status", "")),
            solution=query.get("losning", ""),
            region=query.get("region", ""),
            needs_nhn=query.get("nhn", "") == "ja",
        )

    def lets_in(self, line: RolloutLine) -> bool:
        wanted = nb_sort_key(self.text)
        named = f"{line.name} {line.solution_name} {line.region_name}"
        return (
            wanted in nb_sort_key(named)
            and self.kind in (None, line.kind)
            and self.state in (None, line.state)
            and self.solution in ("", line.solution_slug)
            and self.region in ("", line.region_slug)
            and (line.needs_nhn or not self.needs_nhn)
        )


@dataclass(frozen=True, slots=True)
class Register:
    """The rollouts the reader asked for, in her order: for the page and for files alike."""

    rows: tuple[RolloutLine, ...]
    every: tuple[RolloutLine, ...]
    cohorts: Mapping[int, tuple[CohortLine, ...]]
    sorting: Sorting[RolloutLine]
    filters: Filters
    on: date

    @classmethod
    def of(cls, query: QueryDict, *, is_insider: bool, on: date) -> "Register":
        """Three queries, however many rollouts there are."""
        filters = Filters.of(query)
        every = queries.lines(queries.visible(to_insiders=is_insider))
        sorting = Sorting.of(_columns(), query, usual="start")
        rows = sorting.rows(line for line in every if filters.lets_in(line))
        cohorts = cohort_queries.of_rollouts([line.pk for line in rows])
        return cls(tuple(rows), every, cohorts, sorting, filters, on)


def _seats(cohorts: Sequence[CohortLine]) -> tuple[int, int]:
    """Places taken, and places in all, in the cohorts that are not cancelled."""
    standing = [one for one in cohorts if one.state is not CohortState.CANCELLED]
    return sum(one.taken for one in standing), sum(one.maximum for one in standing)


def _columns() -> tuple[SortColumn[RolloutLine], ...]:
    return (
        SortColumn("navn", gettext("Innføringsløp"), lambda line: nb_sort_key(line.name)),
        SortColumn("losning", gettext("Løsning"), lambda line: nb_sort_key(line.solution_name)),
        SortColumn("type", gettext("Type"), lambda line: _KINDS.index(line.kind)),
        SortColumn("status", gettext("Status"), lambda line: _STATES.index(line.state)),
        SortColumn("start", gettext("Start"), lambda line: line.starts_on),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    slug: str
    name: str
    solution: str
    solution_slug: str
    area: str
    kind: str
    region: str
    state: str
    color: str
    quarter: str
    # «12 av 30 plasser er tatt»; empty without cohorts.
    places: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    rows: tuple[Row, ...]
    headers: tuple[SortLink, ...]
    count_words: str
    filtered: bool
    filters: Filters
    kinds: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    solutions: tuple[tuple[str, str], ...]
    regions: tuple[tuple[str, str], ...]
    sort: str
    reset: str
    csv: str
    xlsx: str
    json: str
    may_create: bool


def list_page(found: Register, query: QueryDict, *, may_create: bool) -> ListPage:
    """No query."""
    solutions = {line.solution_slug: line.solution_name for line in found.every}
    regions = {line.region_slug: line.region_name for line in found.every if line.region_slug}
    return ListPage(
        rows=tuple(_row(line, found.cohorts.get(line.pk, ())) for line in found.rows),
        headers=found.sorting.links(query),
        count_words=ngettext("%(count)d innføringsløp", "%(count)d innføringsløp", len(found.rows))
        % {"count": len(found.rows)},
        filtered=found.filters != Filters(),
        filters=found.filters,
        kinds=(
            ("", gettext("Alle typer")),
            *((code.value, str(words)) for code, words in texts.KINDS.items()),
        ),
        states=(
            ("", gettext("Alle")),
            *((code.value, str(words)) for code, words in texts.STATES.items()),
        ),
        solutions=(("", gettext("Alle løsninger")), *_named(solutions)),
        regions=(("", gettext("Alle regioner")), *_named(regions)),
        sort=found.sorting.code if "sorter" in query else "",
        reset=ROLLOUTS,
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        json=changed(query, format="json"),
        may_create=may_create,
    )


def _named(found: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(found.items(), key=lambda item: nb_sort_key(item[1]))


def _row(line: RolloutLine, cohorts: Sequence[CohortLine]) -> Row:
    taken, places = _seats(cohorts)
    return Row(
        slug=line.slug,
        name=line.name,
        solution=line.solution_name,
        solution_slug=line.solution_slug,
        area=str(AREAS[line.area]),
        kind=str(texts.KINDS[line.kind]),
        region=line.region_name,
        state=str(texts.STATES[line.state]),
        color=COLORS[line.state],
        quarter=formats.quarter(line.quarter),
        places=(
            gettext("%(taken)s av %(places)s plasser er tatt")
            % {"taken": formats.number(taken), "places": formats.number(places)}
            if places
            else ""
        ),
        expected=ngettext("Ventet: %(count)d kommune", "Ventet: %(count)d kommuner", line.expected)
        % {"count": line.expected},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPage:
    """The rollouts of one solution, under its frame."""

    frame: SolutionFrame
    rows: tuple[Row, ...]
    may_create: bool
    is_insider: bool


def solution_page(
    lines: Sequence[RolloutLine], frame: SolutionFrame, *, may_create: bool, is_insider: bool
) -> SolutionPage:
    """Two queries."""
    cohorts = cohort_queries.of_rollouts([line.pk for line in lines])
    return SolutionPage(
        frame=frame,
        rows=tuple(_row(line, cohorts.get(line.pk, ())) for line in lines),
        may_create=may_create,
        is_insider=is_insider,
    )


def download(found: Register) -> Download:
    return Download(
        name="innforingslop",
        sheet=gettext("Innføringsløp"),
        on=found.on,
        fields=(
            Field("navn", gettext("Innføringsløp"), 40),
            Field("losning", gettext("Løsning"), 32),
            Field("omrade", gettext("Tjenesteområde"), 24),
            Field("type", gettext("Type"), 26),
            Field("region", gettext("Region"), 24),
            Field("status", gettext("Status"), 20),
            Field("kvartal", gettext("Kvartal"), 16),
            Field("fra", gettext("Fra"), 12),
            Field("til", gettext("Til"), 12),
            Field("ventet", gettext("Ventet antall kommuner"), 14),
            Field("plasser", gettext("Plasser"), 10),
            Field("tatt", gettext("Tatt"), 10),
            Field("nhn", gettext("Trenger Norsk helsenett"), 14),
        ),
        rows=[
            (
                line.name,
                line.solution_name,
                str(AREAS[line.area]),
                str(texts.KINDS[line.kind]),
                line.region_name,
                str(texts.STATES[line.state]),
                str(line.quarter),
                line.starts_on,
                line.ends_on,
                line.expected,
                *reversed(_seats(found.cohorts.get(line.pk, ()))),
                gettext("Ja") if line.needs_nhn else gettext("Nei"),
            )
            for line in found.rows
        ],
    )

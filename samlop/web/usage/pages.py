"""What the pages on imports show. Only who may bring a solution's figures reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.portfolio.models import Solution
from samlop.uptake.models import ImportProblem, UsageImport
from samlop.uptake.queries import imports as queries
from samlop.uptake.queries.imports import Change
from samlop.uptake.rules.figures import Problem
from samlop.uptake.rules.imports import MOST_PROBLEMS_KEPT, ImportRefusal, ImportState
from samlop.uptake.rules.stages import Source
from samlop.uptake.texts import figures as texts
from samlop.uptake.texts import stages as stage_texts
from samlop.web import clock, formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.indicators.words import figure, period
from samlop.web.tables import Pagination

PER_PAGE: Final = 50
MOST_SHOWN: Final = 100
EXAMPLES: Final = 20
# A worker has it, or will.
AT_WORK: Final = frozenset({ImportState.WAITING, ImportState.QUEUED, ImportState.UNDOING})
# Nothing is known of what stands in the file.
_UNREAD: Final = frozenset({ImportState.WAITING, ImportState.FAILED})
COLORS: Final = {
    ImportState.WAITING: "info",
    ImportState.FAILED: "danger",
    ImportState.READ: "info",
    ImportState.QUEUED: "info",
    ImportState.APPLIED: "success",
    ImportState.UNDOING: "info",
    ImportState.UNDONE: "warning",
    ImportState.DROPPED: "neutral",
}


def trail(*more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Utbredelse"), reverse("national:overview")),
        (gettext("Tall inn"), reverse("usage:list")),
        *more,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    address: str
    solution: str
    file_name: str
    source: str
    state: str
    color: str
    read_at: datetime
    was_read: bool
    good: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """`uploads`: where a file for each of the reader's solutions is sent."""

    solutions: tuple[tuple[str, str], ...]
    solution: str
    states: tuple[tuple[str, str], ...]
    state: str
    rows: tuple[ImportRow, ...]
    found_words: str
    filtered: bool
    pages: Pagination
    uploads: tuple[tuple[str, str], ...]


def list_page(own: Sequence[Solution], query: QueryDict) -> ListPage:
    """Two queries."""
    chosen = next((one for one in own if one.slug == query.get("losning")), None)
    state = {one.value: one for one in ImportState}.get(query.get("tilstand", ""))
    found = queries.imports([one.pk for one in ([chosen] if chosen else own)])
    if state:
        found = found.filter(state=state.value)
    paginator = Paginator(found, PER_PAGE)
    current = paginator.get_page(query.get("side"))
    return ListPage(
        solutions=(("", gettext("Alle")), *((one.slug, one.name) for one in own)),
        solution=chosen.slug if chosen else "",
        states=(
            ("", gettext("Alle")),
            *((one.value, str(texts.STATES[one])) for one in texts.STATES),
        ),
        state=state.value if state else "",
        rows=tuple(_row(one) for one in current.object_list),
        found_words=ngettext("%(count)s import", "%(count)s importer", paginator.count)
        % {"count": paginator.count},
        filtered=bool(chosen or state),
        pages=Pagination.of(
            current.number, paginator.num_pages, lambda number: changed(query, side=number)
        ),
        uploads=tuple((one.name, reverse("usage:upload", args=[one.slug])) for one in own),
    )


def _row(one: UsageImport) -> ImportRow:
    state = ImportState(one.state)
    return ImportRow(
        address=reverse("usage:show", args=[one.pk]),
        solution=one.source.solution.name,
        file_name=one.file_name,
        source=one.source.name,
        state=str(texts.STATES[state]),
        color=COLORS[state],
        read_at=one.read_at,
        was_read=_was_read(one, state),
        good=one.good,
        refused=one.refused,
    )


def _was_read(row: UsageImport, state: ImportState) -> bool:
    """One that was dropped may never have been."""
    return state not in _UNREAD and (state is not ImportState.DROPPED or row.read > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """A cell that is not taken in; `said` is empty when it may be a count of few people."""

    row: int
    column: str
    said: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    row: int
    municipality: str
    period: str
    indicator: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What a worker does with it now; no `total` before it has begun."""

    done: int
    total: int
    words: str
    label: str
    # Instead of how many of how many: nobody counts bytes.
    share: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    pk: int
    address: str
    solution: str
    solution_address: str
    file_name: str
    source: str
    source_words: str
    state: ImportState
    state_words: str
    color: str
    read_at: datetime
    taken_in_at: datetime | None
    ended_at: datetime | None
    was_read: bool
    read: int
    good: int
    refused: int
    new: int
    corrected: int
    unchanged: int
    same_file: tuple[str, datetime] | None
    working: Working | None
    changes: tuple[ChangeRow, ...]
    problems: tuple[ProblemRow, ...]
    kept_problems: int
    most_kept: int
    csv: str
    xlsx: str
    upload: str
    failed: str
    trail: tuple[tuple[str, str], ...]

    @property
    def is_read(self) -> bool:
        return self.state is ImportState.READ

    @property
    def is_waiting(self) -> bool:
        return self.state is ImportState.WAITING

    @property
    def is_taken_in(self) -> bool:
        return self.state is ImportState.APPLIED


def import_page(row: UsageImport) -> ImportPage:
    """Five queries at most, however many figures."""
    state = ImportState(row.state)
    kept = list(_problems(row)[:MOST_SHOWN])
    before = queries.same_file(row)
    solution = row.source.solution
    is_read = state is ImportState.READ
    return ImportPage(
        pk=row.pk,
        address=reverse("usage:show", args=[row.pk]),
        solution=solution.name,
        solution_address=reverse("uptake:solution", args=[solution.slug]),
        file_name=row.file_name,
        source=row.source.name,
        source_words=str(stage_texts.SOURCES[Source(row.source.source)]),
        state=state,
        state_words=str(texts.STATES[state]),
        color=COLORS[state],
        read_at=row.read_at,
        taken_in_at=row.taken_in_at,
        ended_at=row.ended_at,
        was_read=_was_read(row, state),
        read=row.read,
        good=row.good,
        refused=row.refused,
        new=row.new,
        corrected=row.corrected,
        unchanged=row.good - row.new - row.corrected,
        same_file=(reverse("usage:show", args=[before.pk]), before.read_at) if before else None,
        working=_working(row, state) if state in AT_WORK else None,
        changes=tuple(_change(one) for one in queries.changes(row, most=EXAMPLES))
        if is_read
        else (),
        problems=tuple(_problem(one) for one in kept),
        kept_problems=min(row.refused, MOST_PROBLEMS_KEPT),
        most_kept=MOST_PROBLEMS_KEPT,
        csv="?format=csv",
        xlsx="?format=xlsx",
        upload=reverse("usage:upload", args=[solution.slug]),
        failed=_failed(row),
        trail=trail(),
    )


def refused_download(row: UsageImport) -> Download:
    """The cells that are not taken in, to be mended in the file they came from."""
    return Download(
        name=f"avvist-{row.pk}",
        sheet=gettext("Ikke tatt med"),
        on=clock.today(),
        fields=(
            Field("rad", gettext("Rad"), 8),
            Field("kolonne", gettext("Kolonne"), 24),
            Field("innhold", gettext("Det som står der"), 28),
            Field("grunn", gettext("Hvorfor det ikke er tatt med"), 60),
        ),
        rows=[
            (one.row, one.column, one.said, one.words)
            for one in (_problem(problem) for problem in _problems(row))
        ],
    )


def _problems(row: UsageImport) -> QuerySet[ImportProblem]:
    return row.problems.order_by("row", "pk")


def _problem(one: ImportProblem) -> ProblemRow:
    return ProblemRow(
        row=one.row,
        column=one.column,
        said=one.said,
        words=str(texts.PROBLEMS[Problem(one.problem)]),
    )


def _failed(row: UsageImport) -> str:
    if not row.refusal:
        return ""
    said: Mapping[str, object] = row.refusal_words
    return str(texts.REFUSALS[ImportRefusal(row.refusal)]) % said


def _working(row: UsageImport, state: ImportState) -> Working:
    now = queries.running(row)
    if state is ImportState.WAITING:
        label = gettext("Lest")
        running = gettext("Fila leses. Du kan gå fra siden og komme tilbake.")
        waiting = gettext(
            "Fila er mottatt, og venter på å bli lest. Blir det avbrutt, begynner det på nytt av "
            "seg selv innen noen minutter."
        )
    elif state is ImportState.UNDOING:
        label = gettext("Angret")
        running = gettext("Importen angres. Tallene gjelder til alle er ute.")
        waiting = gettext(
            "Ingen av tallene er angret ennå. Importen venter på tur. Blir det avbrutt, begynner "
            "det på nytt av seg selv innen noen minutter."
        )
    else:
        label = gettext("Tatt inn")
        running = gettext("Tallene tas inn. Ingen av dem gjelder før alle er inne.")
        waiting = gettext(
            "Ingen av tallene er tatt inn ennå. Importen venter på tur. Ble den avbrutt, begynner "
            "den på nytt av seg selv innen noen minutter."
        )
    if now is None:
        return Working(done=0, total=0, words=waiting, label=label)
    share = formats.percent(now.done / now.total) if state is ImportState.WAITING else ""
    return Working(done=now.done, total=now.total, words=running, label=label, share=share)


def _change(one: Change) -> ChangeRow:
    return ChangeRow(
        row=one.row,
        municipality=one.municipality,
        period=period(one.period_start, one.rhythm),
        indicator=one.indicator,
        before=figure(one.before, one.kind) if one.before else "",
        after=figure(one.after, one.kind),
    )

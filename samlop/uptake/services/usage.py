"""Figures of use in and out.

An import is received, read into a table of its own, shown, taken in whole by the worker, and may be
undone.
Whoever is killed on the way leaves nothing half done: each step is one transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Max
from procrastinate.contrib.django import app

from samlop.audit.services import change
from samlop.db import locks, progress
from samlop.lib.actors import Actor, Machine
from samlop.uptake.models import (
    ImportedFigure,
    ImportProblem,
    UsageFilePart,
    UsageImport,
    UsageSource,
)
from samlop.uptake.queries import imports as queries
from samlop.uptake.rules.figures import Problem
from samlop.uptake.rules.imports import (
    MOST_ATTEMPTS,
    MOST_PROBLEMS_KEPT,
    ImportRefusal,
    ImportState,
    progress_key,
    reading_key,
)
from samlop.uptake.services.indicators import CannotImport

READ_TASK: Final = "samlop.uptake.tasks.read"
TAKE_IN_TASK: Final = "samlop.uptake.tasks.take_in"
UNDO_TASK: Final = "samlop.uptake.tasks.undo"
MACHINE: Final = Machine("Import av tall")
PATIENCE: Final = timedelta(minutes=1)
# Lines that are sent at a time, and that are copied before it is told how far we have come.
_BLOCK: Final = 1000
_BLOCKS: Final = 25
# Pages of what is changed that are taken in before it is told how far we have come.
_SLICE: Final = 500


# What is done of a file, and the whole of it.
HowFar = Callable[[], tuple[int, int]]
Values = Mapping[str, int | str | datetime]


@dataclass(frozen=True, slots=True)
class Good:
    """A figure that can be taken in; without a value it is about fewer than five people."""

    row: int
    indicator: int
    municipality: int
    period_start: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that cannot, and how many figures go with it."""

    row: int
    column: str
    problem: Problem
    said: str = ""
    figures: int = 1


def stage(
    *,
    source: UsageSource,
    file_name: str,
    sha256: str,
    figures: Iterable[Good | Bad],
    by: Actor,
    at: datetime,
) -> UsageImport:
    """Keep what was read until somebody has seen it; nothing counts yet."""
    with change("uptake.import.read", by=by, at=at) as record:
        row = _read(source, file_name, sha256, figures, by=by, at=at)
        record(source.solution, details=_told(row))
    return row


def _read(
    source: UsageSource,
    file_name: str,
    sha256: str,
    figures: Iterable[Good | Bad],
    *,
    by: Actor,
    at: datetime,
) -> UsageImport:
    row = UsageImport.objects.create(
        source=source, file_name=file_name[-120:], sha256=sha256, read_by_id=by.pk, read_at=at
    )
    problems = _Problems(row.pk)
    good = _copied(row.pk, figures, problems)
    _count(row, good, problems)
    return row


def _copied(
    pk: int, figures: Iterable[Good | Bad], problems: "_Problems", how_far: HowFar | None = None
) -> int:
    """The good figures, in the table of those that wait; how many."""
    return _copy(pk, figures, problems, how_far) - _take_out_repeated(pk, problems)


def _count(row: UsageImport, good: int, problems: "_Problems") -> None:
    problems.save()
    row.good, row.refused = good, problems.figures
    row.read = row.good + row.refused
    row.new, row.corrected = _difference(row.pk)
    row.save(update_fields=["state", "read_at", "read", "good", "refused", "new", "corrected"])


def receive(
    *,
    source: UsageSource,
    file_name: str,
    sha256: str,
    parts: Iterable[bytes],
    queue: bool,
    by: Actor,
    at: datetime,
) -> UsageImport:
    """Keep a file until it is read: by the worker, or without `queue` by whoever sent it.

    Whoever dies on the way is followed by the worker.
    """
    with change("uptake.import.received", by=by, at=at) as record:
        row = UsageImport.objects.create(
            source=source,
            file_name=file_name[-120:],
            sha256=sha256,
            state=ImportState.WAITING.value,
            read_by_id=by.pk,
            read_at=at,
            queued_at=at,
        )
        for number, data in enumerate(parts):
            UsageFilePart.objects.create(usage_import=row, number=number, data=data)
        if queue:
            # Its row commits with ours: a job that is seen has something to do.
            app.configure_task(READ_TASK).defer(import_id=row.pk)
        record(source.solution, details=_told(row))
    return row


def begin_to_read(*, import_id: int, at: datetime) -> UsageImport | None:
    """The import, if it waits to be read; one that has been begun too often is given up.

    The attempt counts before it is made: it may be the last thing that the worker does.
    """
    with transaction.atomic():
        row = _waiting(import_id)
        if row is not None and row.attempts < MOST_ATTEMPTS:
            row.attempts, row.queued_at = row.attempts + 1, at
            row.save(update_fields=["attempts", "queued_at"])
            return row
    give_up(import_id=import_id, refused=CannotImport(ImportRefusal.GIVEN_UP), at=at)
    return None


def keep_read(
    *, import_id: int, figures: Iterable[Good | Bad], how_far: HowFar, at: datetime
) -> None:
    """Keep what was read until somebody has seen it; nothing counts yet.

    All of it or nothing, once: whoever drops it meanwhile is not kept waiting, and is heard.
    Raises CannotImport.
    """
    with change("uptake.import.read", by=MACHINE, at=at) as record:
        progress.tell(reading_key(import_id), *how_far())
        problems = _Problems(import_id)
        good = _copied(import_id, figures, problems, how_far)
        row = _waiting(import_id)
        if row is None:
            raise CannotImport(ImportRefusal.NOT_READ)
        row.state, row.read_at = ImportState.READ.value, at
        _count(row, good, problems)
        row.parts.all().delete()
        record(row.source.solution, details=_told(row))


def give_up(*, import_id: int, refused: CannotImport, at: datetime) -> None:
    """The file cannot be read, and why; one that waits no longer is left alone."""
    with change("uptake.import.failed", by=MACHINE, at=at) as record:
        row = _waiting(import_id)
        if row is None:
            record.nothing_changed()
            return
        row.state, row.read_at = ImportState.FAILED.value, at
        row.refusal, row.refusal_words = refused.refusal.value, refused.words
        row.save(update_fields=["state", "read_at", "refusal", "refusal_words"])
        row.parts.all().delete()
        record(row.source.solution, details=_told(row))


def _waiting(pk: int) -> UsageImport | None:
    return (
        UsageImport.objects.select_for_update(of=("self",))
        .select_related("source__solution")
        .filter(pk=pk, state=ImportState.WAITING.value)
        .first()
    )


class _Problems:
    """Counts all and keeps the first thousand."""

    def __init__(self, usage_import: int) -> None:
        self._import = usage_import
        self._kept: list[ImportProblem] = []
        self.figures = 0

    def add(self, bad: Bad) -> None:
        self.figures += bad.figures
        if len(self._kept) < MOST_PROBLEMS_KEPT:
            self._kept.append(
                ImportProblem(
                    usage_import_id=self._import,
                    row=bad.row,
                    column=bad.column[:120],
                    problem=bad.problem.value,
                    said=bad.said[:60],
                )
            )

    def save(self) -> None:
        ImportProblem.objects.bulk_create(self._kept)


_COPY: Final = """
copy uptake_importedfigure
  (usage_import_id, row, indicator_id, municipality_id, period_start, value, suppressed)
from stdin
"""


def _copy(
    usage_import: int,
    figures: Iterable[Good | Bad],
    problems: _Problems,
    how_far: HowFar | None,
) -> int:
    """How many there were.

    A part of them at a time: while rows are copied, the connection cannot tell anything.
    """
    lines = _lines(usage_import, figures, problems)
    count, more = 0, True
    with connection.cursor() as cursor:
        while more:
            with cursor.copy(_COPY) as copy:
                for _ in range(_BLOCKS):
                    block = list(islice(lines, _BLOCK))
                    copy.write("".join(block))
                    count += len(block)
                    more = len(block) == _BLOCK
                    if not more:
                        break
            if how_far is not None:
                progress.tell(reading_key(usage_import), *how_far())
    return count


def _lines(usage_import: int, figures: Iterable[Good | Bad], problems: _Problems) -> Iterator[str]:
    """Made by hand: all are numbers and dates we made ourselves."""
    for one in figures:
        if isinstance(one, Bad):
            problems.add(one)
            continue
        value, hidden = (r"\N", "t") if one.value is None else (f"{one.value:f}", "f")
        yield (
            f"{usage_import}\t{one.row}\t{one.indicator}\t{one.municipality}\t"
            f"{one.period_start}\t{value}\t{hidden}\n"
        )


_REPEATED: Final = """
with several as (
  select indicator_id, municipality_id, period_start,
         min(row) as first_row,
         count(distinct (value, suppressed)) = 1 as agree
  from uptake_importedfigure
  where usage_import_id = %(import)s
  group by indicator_id, municipality_id, period_start
  having count(*) > 1
),
gone as (
  delete from uptake_importedfigure figure
  using several
  where figure.usage_import_id = %(import)s
    and figure.indicator_id = several.indicator_id
    and figure.municipality_id = several.municipality_id
    and figure.period_start = several.period_start
    and not (several.agree and figure.id = (
      select min(other.id) from uptake_importedfigure other
      where other.usage_import_id = %(import)s
        and other.indicator_id = several.indicator_id
        and other.municipality_id = several.municipality_id
        and other.period_start = several.period_start
        and other.row = several.first_row))
  returning figure.row, several.agree
)
select row, agree from gone order by row
"""


def _take_out_repeated(usage_import: int, problems: _Problems) -> int:
    """The same figure twice counts once; two that differ count not at all."""
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED, {"import": usage_import})
        gone = cursor.fetchall()
    for number, agree in gone:
        problems.add(Bad(number, "", Problem.REPEATED if agree else Problem.CONTRADICTED))
    return len(gone)


_DIFFERENCE: Final = """
select count(*) filter (where standing.id is null),
       count(*) filter (where standing.id is not null
                          and standing.value is distinct from figure.value)
from uptake_importedfigure figure
left join uptake_observation standing
  on standing.indicator_id = figure.indicator_id
 and standing.municipality_id = figure.municipality_id
 and standing.period_start = figure.period_start
 and standing.withdrawn_at is null
where figure.usage_import_id = %s
"""


def _difference(usage_import: int) -> tuple[int, int]:
    """New figures and corrected ones, against what stands."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCE, [usage_import])
        new, corrected = cursor.fetchone() or (0, 0)
    return int(new), int(corrected)


def ask_to_take_in(*, usage_import: UsageImport, by: Actor, at: datetime) -> None:
    """Put it on the queue; a second click does nothing more. Raises CannotImport."""
    with change("uptake.import.queued", by=by, at=at) as record:
        row = _locked(usage_import.pk)
        if row.state in {ImportState.QUEUED.value, ImportState.APPLIED.value}:
            record.nothing_changed()
            return
        if row.state != ImportState.READ.value:
            raise CannotImport(ImportRefusal.NOT_READ)
        if row.good == 0:
            raise CannotImport(ImportRefusal.NOTHING_GOOD)
        row.state, row.queued_at = ImportState.QUEUED.value, at
        row.save(update_fields=["state", "queued_at"])
        # Its row commits with ours: a job that is seen has something to do.
        app.configure_task(TAKE_IN_TASK).defer(import_id=row.pk)
        record(row.source.solution, details=_told(row))


def drop(*, usage_import: UsageImport, by: Actor, at: datetime) -> None:
    """What was read, or waits to be, is not wanted. Raises CannotImport."""
    with change("uptake.import.dropped", by=by, at=at) as record:
        row = _locked(usage_import.pk)
        if row.state not in {ImportState.WAITING.value, ImportState.READ.value}:
            raise CannotImport(ImportRefusal.NOT_READ)
        row.state, row.ended_by_id, row.ended_at = ImportState.DROPPED.value, by.pk, at
        row.save(update_fields=["state", "ended_by", "ended_at"])
        row.parts.all().delete()
        ImportedFigure.objects.filter(usage_import=row).delete()
        record(row.source.solution, details=_told(row))


_CHANGED: Final = """
create temporary table usage_changed on commit drop as
select figure.indicator_id, figure.municipality_id, figure.period_start,
       figure.value, figure.suppressed,
       standing.id as old_id, standing.value as old_value, standing.suppressed as old_suppressed
from uptake_importedfigure figure
left join uptake_observation standing
  on standing.indicator_id = figure.indicator_id
 and standing.municipality_id = figure.municipality_id
 and standing.period_start = figure.period_start
 and standing.withdrawn_at is null
where figure.usage_import_id = %(import)s
  and (standing.id is null or standing.value is distinct from figure.value)
"""

_WITHDRAW: Final = """
update uptake_observation set withdrawn_at = greatest(recorded_at, %(at)s)
where id = any(array(
  select changed.old_id from usage_changed changed
  where changed.old_id is not null
    and changed.ctid >= %(first)s::tid and changed.ctid < %(end)s::tid
))
"""

# The definition is the newest that had come when the period began, else the first there is.
_INSERT: Final = """
insert into uptake_observation
  (indicator_id, municipality_id, period_start, value, suppressed,
   definition_id, usage_import_id, recorded_at)
select changed.indicator_id, changed.municipality_id, changed.period_start,
       changed.value, changed.suppressed, meant.definition_id, %(import)s, %(at)s
from usage_changed changed
join (
  select period.indicator_id, period.period_start, (
    select definition.id from uptake_indicatordefinition definition
    where definition.indicator_id = period.indicator_id
    order by definition.valid_from <= period.period_start desc,
             case when definition.valid_from <= period.period_start
                  then definition.version else -definition.version end desc
    limit 1
  ) as definition_id
  from usage_period period
) meant using (indicator_id, period_start)
where changed.ctid >= %(first)s::tid and changed.ctid < %(end)s::tid
"""

_PERIODS: Final = """
create temporary table usage_period on commit drop as
select distinct indicator_id, period_start from usage_changed
"""

_PAGES: Final = """
select pg_relation_size('usage_changed') / current_setting('block_size')::bigint
"""

_ROLL_UP: Final = """
insert into uptake_indicatorperiod as known
  (indicator_id, period_start, measured, hidden, total)
select indicator_id, period_start, 0, 0, 0 from usage_period
on conflict (indicator_id, period_start) do nothing
"""

_ROLL_UP_BY: Final = """
update uptake_indicatorperiod known set
  measured = known.measured + moved.measured,
  hidden = known.hidden + moved.hidden,
  total = known.total + moved.total
from (
  select indicator_id, period_start,
         count(value) - count(old_value) as measured,
         count(*) filter (where suppressed) - count(*) filter (where old_suppressed) as hidden,
         coalesce(sum(value), 0) - coalesce(sum(old_value), 0) as total
  from usage_changed
  group by indicator_id, period_start
) moved
where known.indicator_id = moved.indicator_id and known.period_start = moved.period_start
"""

_NOTHING_LEFT: Final = """
delete from uptake_indicatorperiod known
using usage_period period
where known.indicator_id = period.indicator_id and known.period_start = period.period_start
  and known.measured = 0 and known.hidden = 0
"""


@contextmanager
def _changed(query: str, values: Values) -> Iterator[None]:
    """What an import or an undo changes; the sums over all municipalities follow it."""
    _execute(query, values)
    _execute(_PERIODS, {})
    yield
    _execute(_ROLL_UP, {})
    _execute(_ROLL_UP_BY, {})
    _execute(_NOTHING_LEFT, {})
    _execute("drop table usage_changed, usage_period", {})


def take_in(*, import_id: int, at: datetime, by: Actor = MACHINE) -> None:
    """All of it or nothing, once; what is not on the queue is left alone."""
    with change("uptake.import.taken_in", by=by, at=at) as record:
        row = _locked(import_id)
        if row.state != ImportState.QUEUED.value:
            record.nothing_changed()
            return
        _take_in(row, at=at)
        record(row.source.solution, details=_told(row))


def take_in_at_once(
    *,
    source: UsageSource,
    name: str,
    sha256: str,
    figures: Iterable[Good | Bad],
    by: Actor,
    at: datetime,
) -> UsageImport:
    """Read and taken in without a look between, when every figure is good.

    When one is not, the import is left as read, with its problems, for the caller to undo.
    """
    with change("uptake.import.pushed", by=by, at=at) as record:
        row = _locked(_read(source, name, sha256, figures, by=by, at=at).pk)
        if row.refused:
            record.nothing_changed()
            return row
        _take_in(row, at=at)
        record(source.solution, details=_told(row))
    return row


def _take_in(row: UsageImport, *, at: datetime) -> None:
    values: Values = {"import": row.pk, "at": at}
    progress.tell(progress_key(row.pk), 0, row.good)
    with _changed(_CHANGED, values):
        row.corrected, brought = _replace(row, _INSERT, values, total=row.good)
        row.new = brought - row.corrected
    _execute("delete from uptake_importedfigure where usage_import_id = %(import)s", values)
    row.taken_in_as = _next_place(row)
    row.state, row.taken_in_at = ImportState.APPLIED.value, at
    row.save(update_fields=["state", "taken_in_at", "taken_in_as", "new", "corrected"])


def _replace(row: UsageImport, bring: str, values: Values, *, total: int) -> tuple[int, int]:
    """How many are withdrawn, and how many come in their place.

    Some pages of them at a time, keys to other tables too, so that others can be told how far it
    has come.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAGES)
        pages = int((cursor.fetchone() or (0,))[0])
        cursor.execute("set constraints all immediate")
    withdrawn = brought = 0
    for first in range(0, pages, _SLICE):
        end = min(first + _SLICE, pages)
        slice_: Values = {**values, "first": f"({first},0)", "end": f"({end},0)"}
        withdrawn += _execute(_WITHDRAW, slice_)
        brought += _execute(bring, slice_)
        progress.tell(progress_key(row.pk), total * end // pages, total)
    _execute("set constraints all deferred", {})
    return withdrawn, brought


def finish_waiting(*, at: datetime) -> None:
    """Those whose worker died on the way; one that is only slow is left alone."""
    for state, begin in ((ImportState.QUEUED, take_in), (ImportState.UNDOING, undo)):
        for pk in left(state, at=at):
            begin(import_id=pk, at=at)


def left(state: ImportState, *, at: datetime) -> Iterator[int]:
    """Imports that have waited too long, and that nobody is at work with."""
    waiting = UsageImport.objects.filter(state=state.value, queued_at__lt=at - PATIENCE)
    for row in waiting.order_by("queued_at", "pk"):
        if queries.running(row) is None:
            yield row.pk


_UNDONE: Final = """
create temporary table usage_changed on commit drop as
select standing.indicator_id, standing.municipality_id, standing.period_start,
       before.value, coalesce(before.suppressed, false) as suppressed,
       before.definition_id, before.usage_import_id,
       standing.id as old_id, standing.value as old_value, standing.suppressed as old_suppressed
from uptake_observation standing
left join lateral (
  select older.value, older.suppressed, older.definition_id, older.usage_import_id
  from uptake_observation older
  join uptake_usageimport brought on brought.id = older.usage_import_id
  where older.indicator_id = standing.indicator_id
    and older.municipality_id = standing.municipality_id
    and older.period_start = standing.period_start
    and older.withdrawn_at is not null
    and brought.state in ('applied', 'undoing')
    and brought.id <> %(import)s
  order by brought.taken_in_as desc
  limit 1
) before on true
where standing.usage_import_id = %(import)s and standing.withdrawn_at is null
"""

_BRING_BACK: Final = """
insert into uptake_observation
  (indicator_id, municipality_id, period_start, value, suppressed,
   definition_id, usage_import_id, recorded_at)
select indicator_id, municipality_id, period_start, value, suppressed,
       definition_id, usage_import_id, %(at)s
from usage_changed changed
where usage_import_id is not null
  and changed.ctid >= %(first)s::tid and changed.ctid < %(end)s::tid
"""


def ask_to_undo(*, usage_import: UsageImport, by: Actor, at: datetime) -> None:
    """Put it on the queue; a second click does nothing more. Raises CannotImport."""
    with change("uptake.import.undo_queued", by=by, at=at) as record:
        row = _locked(usage_import.pk)
        if row.state in {ImportState.UNDOING.value, ImportState.UNDONE.value}:
            record.nothing_changed()
            return
        if row.state != ImportState.APPLIED.value:
            raise CannotImport(ImportRefusal.NOT_APPLIED)
        row.state, row.queued_at, row.ended_by_id = ImportState.UNDOING.value, at, by.pk
        row.save(update_fields=["state", "queued_at", "ended_by"])
        # Its row commits with ours, as when it was to be taken in.
        app.configure_task(UNDO_TASK).defer(import_id=row.pk)
        record(row.source.solution, details=_told(row))


def undo(*, import_id: int, at: datetime, by: Actor = MACHINE) -> None:
    """Its figures count no more; what earlier imports said where it spoke counts again.

    All of it or nothing, once; what is not on the queue is left alone.
    """
    with change("uptake.import.undone", by=by, at=at) as record:
        row = _locked(import_id)
        if row.state != ImportState.UNDOING.value:
            record.nothing_changed()
            return
        values: Values = {"import": row.pk, "at": at}
        figures = row.new + row.corrected
        progress.tell(progress_key(row.pk), 0, figures)
        with _changed(_UNDONE, values):
            _replace(row, _BRING_BACK, values, total=figures)
        row.state, row.ended_at = ImportState.UNDONE.value, at
        row.save(update_fields=["state", "ended_at"])
        record(row.source.solution, details=_told(row))


def _locked(pk: int) -> UsageImport:
    """One import of a solution at a time: they may bring figures of the same periods."""
    solution = UsageImport.objects.values_list("source__solution", flat=True).get(pk=pk)
    locks.hold(f"uptake.usage.{solution}")
    return (
        UsageImport.objects.select_for_update(of=("self",))
        .select_related("source__solution")
        .get(pk=pk)
    )


def _next_place(row: UsageImport) -> int:
    newest = UsageImport.objects.filter(source__solution=row.source.solution_id).aggregate(
        newest=Max(F("taken_in_as"))
    )["newest"]
    return int(newest or 0) + 1


def _execute(query: str, values: Values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.rowcount)


def _told(row: UsageImport) -> dict[str, object]:
    return {
        "name": row.file_name,
        "source": row.source.name,
        "good": row.good,
        "refused": row.refused,
        "new": row.new,
        "corrected": row.corrected,
    }

"""Imports and what became of them, and what one would change or is changing now."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from samlop.db import progress
from samlop.db.progress import Progress
from samlop.uptake.models import Indicator, UsageFilePart, UsageImport
from samlop.uptake.rules.imports import ImportState, progress_key, reading_key
from samlop.uptake.rules.indicators import Figure, IndicatorKind, Rhythm


def imports(solutions: Collection[int]) -> QuerySet[UsageImport]:
    """The newest first."""
    return (
        UsageImport.objects.filter(source__solution__in=solutions)
        .select_related("source__solution")
        .order_by("-read_at", "-pk")
    )


def same_file(row: UsageImport) -> UsageImport | None:
    """The newest earlier import of the very same file that was read. One query."""
    return (
        UsageImport.objects.filter(
            source__solution=row.source.solution_id, sha256=row.sha256, pk__lt=row.pk
        )
        .exclude(state__in=[ImportState.WAITING.value, ImportState.FAILED.value])
        .order_by("-pk")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that an import brings; `before` is what stands now, if anything does."""

    row: int
    indicator: str
    kind: IndicatorKind
    rhythm: Rhythm
    municipality: str
    period_start: date
    before: Figure | None
    after: Figure


# The names are looked up after the few rows are chosen: there may be a million.
_CHANGES: Final = """
select change.row, indicator.name, indicator.kind, indicator.rhythm, place.qualified_name,
       change.period_start, change.old_id is not null, change.old_value, change.old_suppressed,
       change.value, change.suppressed
from (
  select figure.row, figure.indicator_id, figure.municipality_id, figure.period_start,
         figure.value, figure.suppressed,
         standing.id as old_id, standing.value as old_value, standing.suppressed as old_suppressed
  from uptake_importedfigure figure
  left join uptake_observation standing
    on standing.indicator_id = figure.indicator_id
   and standing.municipality_id = figure.municipality_id
   and standing.period_start = figure.period_start
   and standing.withdrawn_at is null
  where figure.usage_import_id = %(import)s
    and case when %(corrected)s
             then standing.id is not null and standing.value is distinct from figure.value
             else standing.id is null end
  limit %(most)s
) change
join uptake_indicator indicator on indicator.id = change.indicator_id
cross join lateral (
  select code.qualified_name from municipalities_municipalitycode code
  where code.municipality_id = change.municipality_id
  order by code.valid_from desc limit 1
) place
order by change.row, indicator.name
"""


def changes(row: UsageImport, *, most: int) -> list[Change]:
    """The first figures that would change what stands, those that correct something before new.

    One query, or two when little is corrected.
    """
    found = _changes(row, corrected=True, most=most) if row.corrected else []
    if row.new and len(found) < most:
        found += _changes(row, corrected=False, most=most - len(found))
    return found


def _changes(row: UsageImport, *, corrected: bool, most: int) -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, {"import": row.pk, "corrected": corrected, "most": most})
        rows = cursor.fetchall()
    return [
        Change(
            row=number,
            indicator=indicator,
            kind=IndicatorKind(kind),
            rhythm=Rhythm(rhythm),
            municipality=place,
            period_start=start,
            before=Figure(old_value, old_suppressed) if stood else None,
            after=Figure(value, suppressed),
        )
        for (
            number,
            indicator,
            kind,
            rhythm,
            place,
            start,
            stood,
            old_value,
            old_suppressed,
            value,
            suppressed,
        ) in rows
    ]


def parts(usage_import: int) -> Iterator[bytes]:
    """The file that waits to be read, a piece of it in memory at a time. One query for each."""
    for number in count():
        found = UsageFilePart.objects.filter(usage_import=usage_import, number=number)
        part = found.values_list("data", flat=True).first()
        if part is None:
            return
        yield bytes(part)


def running(row: UsageImport) -> Progress | None:
    """How far the worker has come with it; None when no worker has it. One query."""
    is_read = row.state != ImportState.WAITING.value
    return progress.of(progress_key(row.pk) if is_read else reading_key(row.pk))


def names(solution: int) -> Mapping[str, str]:
    """The names of the indicators that figures may come for, by slug. One query."""
    rows = Indicator.objects.measured().filter(solution=solution).order_by("name", "pk")
    return dict(rows.values_list("slug", "name"))

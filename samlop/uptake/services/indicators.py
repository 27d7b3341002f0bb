"""Indicators with their definitions, and sources with their columns."""

from datetime import date, datetime

from django.db.models import Max

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib import slugs
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.portfolio.models import Solution
from samlop.uptake.models import Indicator, IndicatorDefinition, UsageSource
from samlop.uptake.rules.columns import Columns
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.imports import ImportRefusal
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source
from samlop.uptake.texts import figures as texts


class CannotImport(Refused):
    """A rule says no to a file, a source or an indicator; nothing was changed."""

    def __init__(self, refusal: ImportRefusal, **words: object) -> None:
        super().__init__(str(texts.REFUSALS[refusal]) % words)
        self.refusal, self.words = refusal, words


def add_indicator(
    *,
    solution: Solution,
    name: str,
    unit: str,
    kind: IndicatorKind,
    rhythm: Rhythm,
    definition: str,
    source: str = "",
    valid_from: date,
    by: Actor,
    at: datetime,
) -> Indicator:
    """A new indicator with the first version of its definition. Raises CannotImport."""
    name, definition = " ".join(name.split())[:120], definition.strip()[:1000]
    if not name:
        raise CannotImport(ImportRefusal.NO_NAME)
    if not definition:
        raise CannotImport(ImportRefusal.NO_DEFINITION)
    with change("uptake.indicator.added", by=by, at=at) as record:
        locks.hold(f"uptake.indicators.{solution.pk}")
        slug = slugs.slug(name, longest=60)
        known = Indicator.objects.filter(solution=solution)
        if known.filter(name__iexact=name).exists() or known.filter(slug=slug).exists():
            raise CannotImport(ImportRefusal.NAME_TAKEN)
        indicator = Indicator.objects.create(
            solution=solution,
            slug=slug,
            name=name,
            unit=" ".join(unit.split())[:40],
            kind=kind.value,
            rhythm=rhythm.value,
        )
        IndicatorDefinition.objects.create(
            indicator=indicator,
            version=1,
            words=definition,
            source=source.strip()[:300],
            valid_from=valid_from,
            published_by_id=by.pk,
            published_at=at,
        )
        record(solution, details={"name": name})
    return indicator


def publish_definition(
    *,
    indicator: Indicator,
    words: str,
    source: str = "",
    valid_from: date,
    by: Actor,
    at: datetime,
) -> IndicatorDefinition:
    """A new version; figures already taken in keep the one they came under.

    Raises CannotImport.
    """
    words = words.strip()[:1000]
    if not words:
        raise CannotImport(ImportRefusal.NO_DEFINITION)
    with change("uptake.indicator.redefined", by=by, at=at) as record:
        locks.hold(f"uptake.indicators.{indicator.solution_id}")
        if Indicator.objects.get(pk=indicator.pk).withdrawn_at is not None:
            raise CannotImport(ImportRefusal.WITHDRAWN)
        newest = indicator.definitions.aggregate(newest=Max("version"))["newest"] or 0
        made = IndicatorDefinition.objects.create(
            indicator=indicator,
            version=newest + 1,
            words=words,
            source=source.strip()[:300],
            valid_from=valid_from,
            published_by_id=by.pk,
            published_at=at,
        )
        record(indicator.solution, details={"name": indicator.name, "version": made.version})
    return made


def withdraw_indicator(*, indicator: Indicator, reason: str, by: Actor, at: datetime) -> None:
    """No new figures from now on; those it has still stand. Raises CannotImport."""
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise CannotImport(ImportRefusal.NO_REASON)
    with change("uptake.indicator.withdrawn", by=by, reason=reason, at=at) as record:
        row = Indicator.objects.select_for_update().get(pk=indicator.pk)
        if row.withdrawn_at is not None:
            raise CannotImport(ImportRefusal.WITHDRAWN)
        row.withdrawn_at, row.withdrawn_why = at, reason
        row.save(update_fields=["withdrawn_at", "withdrawn_why"])
        record(row.solution, details={"name": row.name})


def restore_indicator(*, indicator: Indicator, by: Actor, at: datetime) -> None:
    """New figures may come again. Raises CannotImport."""
    with change("uptake.indicator.restored", by=by, at=at) as record:
        row = Indicator.objects.select_for_update().get(pk=indicator.pk)
        if row.withdrawn_at is None:
            raise CannotImport(ImportRefusal.NOT_WITHDRAWN)
        row.withdrawn_at, row.withdrawn_why = None, ""
        row.save(update_fields=["withdrawn_at", "withdrawn_why"])
        record(row.solution, details={"name": row.name})


def add_source(
    *, solution: Solution, name: str, source: Source, mark: DecimalMark, by: Actor, at: datetime
) -> UsageSource:
    """Somewhere files come from; its columns are chosen when the first one is read."""
    name = " ".join(name.split())[:120]
    if not name:
        raise CannotImport(ImportRefusal.NO_NAME)
    with change("uptake.source.added", by=by, at=at) as record:
        locks.hold(f"uptake.indicators.{solution.pk}")
        if UsageSource.objects.filter(solution=solution, name__iexact=name).exists():
            raise CannotImport(ImportRefusal.NAME_TAKEN)
        made = UsageSource.objects.create(
            solution=solution, name=name, source=source.value, mark=mark.value
        )
        record(solution, details={"name": name})
    return made


def choose_columns(*, source: UsageSource, columns: Columns, by: Actor, at: datetime) -> None:
    """Which columns hold what in all later files from the source."""
    with change("uptake.source.mapped", by=by, at=at) as record:
        row = UsageSource.objects.select_for_update().get(pk=source.pk)
        row.municipality_column = columns.municipality
        row.period_column = columns.period
        row.year_column = columns.year
        row.indicator_column = columns.indicator
        row.value_columns = dict(columns.values)
        row.mark = columns.mark.value
        row.save(
            update_fields=[
                "municipality_column",
                "period_column",
                "year_column",
                "indicator_column",
                "value_columns",
                "mark",
            ]
        )
        record(row.solution, details={"name": row.name})

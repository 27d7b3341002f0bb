"""Figures of use: what they mean, the files they came in, and the figures themselves."""

from datetime import date, datetime
from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.uptake.rules.figures import DecimalMark, Problem
from samlop.uptake.rules.imports import ImportRefusal, ImportState
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source
from samlop.uptake.texts import figures as texts
from samlop.uptake.texts import stages as stage_texts


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def measured(self) -> Self:
        """Those that new figures may come for."""
        return self.filter(withdrawn_at=None)


@pghistory.track()
class Indicator(models.Model):
    """One thing that is measured of a solution, in one rhythm."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="indicators")
    # Unique within the solution; files name it by this or by the name.
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    # «oppslag», «pasienter»; after the number.
    unit = models.CharField(max_length=40)
    kind = models.CharField(max_length=24, choices=texts.kind_choices)
    rhythm = models.CharField(max_length=10, choices=texts.rhythm_choices)
    # No new figures since; those it has still stand.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("kind", IndicatorKind, "indicator_kind_is_known"),
            known_code("rhythm", Rhythm, "indicator_rhythm_is_known"),
            models.UniqueConstraint(fields=["solution", "slug"], name="indicator_slug_once"),
            models.UniqueConstraint(fields=["solution", "name"], name="indicator_name_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="indicator_withdrawn_with_a_reason",
            ),
        ]
        triggers = [
            # The figures are of this and for such periods; another meaning is another indicator.
            pgtrigger.ReadOnly(name="meaning_never_changed", fields=["kind", "rhythm"]),
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorDefinitionQuerySet(models.QuerySet["IndicatorDefinition"]):
    def by(self, day: date) -> Self:
        """Newest first, those that had come by a day."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-version")


@pghistory.track()
class IndicatorDefinition(models.Model):
    """How an indicator is counted, in versions: the newest counts from its day."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="definitions")
    version = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=1000)
    source = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField()

    objects = IndicatorDefinitionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "version"], name="indicator_definition_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="indicator_definition_from_one"
            ),
            models.CheckConstraint(
                condition=~Q(words=""), name="indicator_definition_says_something"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.version}"


@pghistory.track()
class UsageSource(models.Model):
    """Where files of figures come from, and which of their columns hold what."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="usage_sources")
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=20, choices=stage_texts.source_choices)
    # Titles as they stand in the files; empty until a file is understood (`rules.columns`).
    municipality_column = models.CharField(max_length=120, blank=True)
    period_column = models.CharField(max_length=120, blank=True)
    year_column = models.CharField(max_length=120, blank=True)
    indicator_column = models.CharField(max_length=120, blank=True)
    # Indicator's slug by title; empty slug when the file has a column that names the indicator.
    value_columns = models.JSONField(default=dict, blank=True)
    mark = models.CharField(
        max_length=10, choices=texts.mark_choices, default=DecimalMark.EITHER.value
    )

    class Meta:
        constraints = [
            known_code("source", Source, "usage_source_source_is_known"),
            known_code("mark", DecimalMark, "usage_source_mark_is_known"),
            models.UniqueConstraint(fields=["solution", "name"], name="usage_source_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class UsageImportQuerySet(models.QuerySet["UsageImport"]):
    def standing(self) -> Self:
        """Those whose figures count unless a later one says otherwise."""
        return self.filter(state__in=[ImportState.APPLIED.value, ImportState.UNDOING.value])


@pghistory.track()
class UsageImport(models.Model):
    """One file of figures and what became of it. The file itself is kept only until it is read: it
    may hold counts of fewer than five people.
    """

    source = models.ForeignKey(UsageSource, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=texts.state_choices, default=ImportState.READ.value
    )
    # Why it could not be read, and what stands in the sentence.
    refusal = models.CharField(max_length=30, choices=texts.refusal_choices, blank=True)
    refusal_words = models.JSONField(default=dict, blank=True)
    # Times the worker has begun to read it.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Figures: a row with three columns of figures holds three.
    read = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Of the good, as it was when it was read and then when it was taken in.
    new = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    # The place among the imports of the solution that were taken in, from one.
    taken_in_as = models.PositiveIntegerField(null=True, blank=True)
    read_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    # When it came, and then when it was read.
    read_at = models.DateTimeField()
    # To be read, to be taken in, and then perhaps to be undone.
    queued_at = models.DateTimeField(null=True, blank=True)
    taken_in_at = models.DateTimeField(null=True, blank=True)
    # Who asked for it to be undone, or dropped it, and when that was done.
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = UsageImportQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("state", ImportState, "usage_import_state_is_known"),
            models.CheckConstraint(
                condition=Q(
                    state=ImportState.FAILED.value,
                    refusal__in=sorted(one.value for one in ImportRefusal),
                )
                | (~Q(state=ImportState.FAILED.value) & Q(refusal="")),
                name="usage_import_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="usage_import_sha256_is_one"
            ),
            models.CheckConstraint(
                condition=Q(read=F("good") + F("refused")), name="usage_import_rows_add_up"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "undoing", "undone"], taken_in_at__isnull=False)
                | Q(state__in=["waiting", "failed", "read", "queued", "dropped"], taken_in_at=None),
                name="usage_import_taken_in_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["source", "-read_at"])]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class UsageFilePart(models.Model):
    """A piece of a file that waits to be read; gone when it is, or when it cannot be."""

    usage_import = models.ForeignKey(
        UsageImport, models.CASCADE, related_name="parts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["usage_import", "number"], name="usage_file_part_once"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.usage_import_id} part {self.number}"


class ImportedFigure(models.Model):
    """A good figure of a file that waits to be taken in; gone when it is, or when it is dropped.

    Without checks and with one small index: a million come at once, and all of it was looked up.
    """

    usage_import = models.ForeignKey(
        UsageImport,
        models.DO_NOTHING,
        related_name="figures",
        db_index=False,
        db_constraint=False,
    )
    row = models.PositiveIntegerField()
    indicator = models.ForeignKey(
        Indicator, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    municipality = models.ForeignKey(
        Municipality, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    period_start = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    suppressed = models.BooleanField(default=False)

    class Meta:
        indexes = [BrinIndex(fields=["usage_import"], name="imported_figure_of_import")]

    def __str__(self) -> str:
        return f"{self.usage_import_id} row {self.row}"


class ImportProblem(models.Model):
    """A cell that was not taken in, and why; the first thousand of an import."""

    usage_import = models.ForeignKey(UsageImport, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=120, blank=True)
    problem = models.CharField(max_length=30, choices=texts.problem_choices)
    # What stood there; nothing when it may be a count of fewer than five people.
    said = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [known_code("problem", Problem, "import_problem_is_known")]

    def __str__(self) -> str:
        return f"{self.usage_import_id} row {self.row}: {self.problem}"


class ObservationQuerySet(models.QuerySet["Observation"]):
    def known_at(self, at: datetime | None) -> Self:
        """Those that stood at a moment; without one, those that stand now."""
        if at is None:
            return self.filter(withdrawn_at=None)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), recorded_at__lte=at)


class Observation(models.Model):
    """A municipality's figure for a period, as an import brought it.

    Never updated but to be withdrawn, so the table is its own history. One figure stands for
    each indicator, municipality and period: the database sees to it.
    """

    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="observations", db_index=False
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="observations", db_index=False
    )
    period_start = models.DateField()
    # Empty when it is about fewer than five people.
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    suppressed = models.BooleanField(default=False)
    definition = models.ForeignKey(
        IndicatorDefinition, models.PROTECT, related_name="+", db_index=False
    )
    # A figure brought back by an undo keeps the import it came with.
    usage_import = models.ForeignKey(
        UsageImport, models.PROTECT, related_name="observations", db_index=False
    )
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "municipality", "period_start"],
                condition=Q(withdrawn_at=None),
                # A municipality's figures lie scattered by week; here they lie together.
                include=["value", "suppressed"],
                name="observation_one_stands",
            ),
            models.CheckConstraint(
                condition=Q(suppressed=True, value=None)
                | Q(suppressed=False, value__isnull=False, value__gte=0),
                name="observation_value_or_hidden",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="observation_withdrawn_after_recorded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]
        indexes = [
            # Rows of an import lie together, so a few pages of index find them among millions.
            BrinIndex(fields=["usage_import"], name="observation_of_import"),
            models.Index(
                fields=["indicator", "municipality", "period_start"],
                condition=Q(withdrawn_at__isnull=False),
                name="observation_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.municipality_id} {self.period_start}"


class IndicatorPeriod(models.Model):
    """The figures of all municipalities for a period together, kept as imports come and go."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="periods", db_index=False)
    period_start = models.DateField()
    # Municipalities with a figure, and with one about fewer than five people.
    measured = models.PositiveIntegerField()
    hidden = models.PositiveIntegerField()
    # Of the figures that are not hidden.
    total = models.DecimalField(max_digits=24, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period_start"], name="indicator_period_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_start}"

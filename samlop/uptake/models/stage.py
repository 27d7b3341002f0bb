"""What is said of how far each municipality has come, and by which definition."""

from datetime import datetime
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.files.models import File
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer, Solution
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.texts import stages as texts


@pghistory.track()
class StageDefinition(models.Model):
    """What a stage means for one solution, in versions: the newest version counts from its day."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="stage_definitions")
    stage = models.CharField(max_length=24, choices=texts.stage_choices)
    version = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=600)
    source = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("stage", Stage, "stage_definition_stage_is_known"),
            models.UniqueConstraint(
                fields=["solution", "stage", "version"], name="stage_definition_version_once"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="stage_definition_from_one"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} {self.stage} v{self.version}"


class StageEventQuerySet(models.QuerySet["StageEvent"]):
    def known_at(self, at: datetime | None) -> Self:
        """Those that stood at a moment; without one, those that stand now."""
        if at is None:
            return self.filter(withdrawn_at=None)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), recorded_at__lte=at)


@pghistory.track()
class StageEvent(models.Model):
    """A source says that a municipality came to a stage on a day.

    Never updated but to be withdrawn: a correction is a new row.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="stage_events")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="stage_events")
    stage = models.CharField(max_length=24, choices=texts.stage_choices)
    happened_on = models.DateField()
    source = models.CharField(max_length=20, choices=texts.source_choices)
    # Where it is taken from: a file, a page, a case number.
    source_words = models.CharField(max_length=300, blank=True)
    definition = models.ForeignKey(
        StageDefinition, models.PROTECT, related_name="stage_events", null=True, blank=True
    )
    # «i bruk i 4 av 6 enheter»; both or none.
    units_in_use = models.PositiveIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField(null=True, blank=True)
    evidence = models.ForeignKey(
        File, models.PROTECT, related_name="stage_events", null=True, blank=True
    )
    remark = models.CharField(max_length=500, blank=True)
    # The municipality it was carried over from, after a merge or a split.
    carried_from = models.ForeignKey(
        Municipality, models.PROTECT, related_name="+", null=True, blank=True
    )
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = StageEventQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("stage", Stage, "stage_event_stage_is_known"),
            known_code("source", Source, "stage_event_source_is_known"),
            models.CheckConstraint(
                condition=Q(units=None, units_in_use=None)
                | Q(units__gte=1, units_in_use__isnull=False, units_in_use__lte=F("units")),
                name="stage_event_units_in_order",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="stage_event_withdrawn_after_recorded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]
        indexes = [
            models.Index(fields=["offer", "municipality", "source", "-happened_on"]),
            models.Index(fields=["municipality", "offer"]),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.offer_id} {self.stage} {self.happened_on}"

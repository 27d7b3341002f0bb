"""Alerts that a municipality's use has fallen or lies below that of similar ones."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.db.columns import known_code
from samlop.municipalities.models import Municipality
from samlop.uptake.models.usage import Indicator
from samlop.uptake.rules.watch import Concern
from samlop.uptake.texts import watch as texts


class UseAlertQuerySet(models.QuerySet["UseAlert"]):
    def standing(self) -> Self:
        """Those that have been raised and not lowered."""
        return self.filter(lowered_on=None)

    def known_to_the_region(self) -> Self:
        return self.filter(region_told_on__isnull=False)

    def standing_on(self, day: date) -> Self:
        return self.filter(Q(lowered_on=None) | Q(lowered_on__gt=day), raised_on__lte=day)


@pghistory.track()
class UseAlert(models.Model):
    """One alert, with the two levels it was raised from, until use recovers."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="use_alerts")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="use_alerts")
    concern = models.CharField(max_length=20, choices=texts.concern_choices)
    raised_on = models.DateField()
    # The level that day, and what it was held against: the own peak or the median of similar ones.
    level = models.FloatField()
    against = models.FloatField()
    region_told_on = models.DateField(null=True, blank=True)
    lowered_on = models.DateField(null=True, blank=True)
    # Empty when it was lowered because the municipality no longer uses the solution.
    lowered_level = models.FloatField(null=True, blank=True)

    objects = UseAlertQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("concern", Concern, "use_alert_concern_is_known"),
            models.UniqueConstraint(
                fields=["municipality", "indicator", "concern"],
                condition=Q(lowered_on=None),
                name="use_alert_one_stands",
            ),
            models.CheckConstraint(
                condition=Q(lowered_on=None, lowered_level=None)
                | Q(lowered_on__gte=F("raised_on")),
                name="use_alert_lowered_after_raised",
            ),
            models.CheckConstraint(
                condition=Q(region_told_on=None) | Q(region_told_on__gte=F("raised_on")),
                name="use_alert_told_after_raised",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="never_changed",
                exclude=["region_told_on", "lowered_on", "lowered_level"],
            ),
        ]
        indexes = [models.Index(fields=["municipality", "-raised_on"])]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.indicator_id} {self.concern}"

"""Cohorts, and the stop rule between them."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import first_of_quarter, known_code
from samlop.governance.models import Decision
from samlop.municipalities.models import Product, Region
from samlop.portfolio.models import Solution
from samlop.rollouts.models.rollout import Rollout
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure
from samlop.rollouts.texts import rollouts as texts


@pghistory.track()
class Cohort(models.Model):
    """«Pulje»: municipalities that begin together. Never more than `maximum` places are taken."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="cohorts")
    # The rollout's solution once more, held equal by a foreign key over both.
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="cohorts")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    # Of C, what its municipalities have in common: a product, or an IKT cooperation.
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="cohorts", null=True, blank=True
    )
    cooperation = models.ForeignKey(
        Region, models.PROTECT, related_name="cohorts", null=True, blank=True
    )
    quarter = models.DateField(help_text="First day of the quarter it starts in")
    starts_on = models.DateField()
    ends_on = models.DateField()
    minimum = models.PositiveSmallIntegerField(default=1)
    maximum = models.PositiveSmallIntegerField()
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    answer_by = models.DateField()
    # Until and with this day a municipality may change its answer by itself.
    change_until = models.DateField()
    state = models.CharField(max_length=20, choices=texts.cohort_state_choices)
    state_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["rollout_id", "number"]
        constraints = [
            known_code("state", CohortState, "cohort_state_is_known"),
            first_of_quarter("quarter", "cohort_quarter_is_first_day"),
            models.UniqueConstraint(fields=["rollout", "number"], name="cohort_number_once"),
            models.UniqueConstraint(fields=["rollout", "name"], name="cohort_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="cohort_has_name"),
            models.CheckConstraint(
                condition=Q(minimum__gte=1) & Q(maximum__gte=F("minimum")),
                name="cohort_bounds_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="cohort_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(answer_by__lt=F("starts_on")), name="cohort_answered_before_start"
            ),
            models.CheckConstraint(
                condition=Q(product=None) | Q(cooperation=None), name="cohort_one_key_at_most"
            ),
            models.CheckConstraint(
                condition=~Q(state=CohortState.CANCELLED.value) | ~Q(state_reason=""),
                name="cohort_cancelled_with_reason",
            ),
            # The target of places' (cohort, solution).
            models.UniqueConstraint(fields=["id", "solution"], name="cohort_id_and_solution"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class StopThreshold(models.Model):
    """What a cohort must meet before the next may invite; fixed before the first starts."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="thresholds")
    measure = models.CharField(max_length=24, choices=texts.stop_measure_choices)
    # At least this share in whole per cent; or at most this number of faults.
    limit = models.PositiveSmallIntegerField()
    # Of the share in use: how many days after the cohort's start.
    after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    fixed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    fixed_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("measure", StopMeasure, "stop_threshold_measure_is_known"),
            models.UniqueConstraint(fields=["rollout", "measure"], name="stop_threshold_once"),
            models.CheckConstraint(
                condition=Q(measure=StopMeasure.SHARE_IN_USE.value, after_days__isnull=False)
                | (~Q(measure=StopMeasure.SHARE_IN_USE.value) & Q(after_days=None)),
                name="stop_threshold_days_of_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rollout_id} {self.measure} {self.limit}"


@pghistory.track()
class StopFigure(models.Model):
    """A dated figure with a link, entered by the leader. A new figure is a new row."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="figures")
    measure = models.CharField(max_length=24, choices=texts.stop_measure_choices)
    value = models.PositiveSmallIntegerField()
    figure_on = models.DateField()
    link = models.URLField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [known_code("measure", StopMeasure, "stop_figure_measure_is_known")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["cohort", "measure", "-figure_on"])]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.measure} {self.value}"


@pghistory.track()
class StopOverride(models.Model):
    """The coordination group let a cohort invite although the one before has not met the rule."""

    cohort = models.OneToOneField(Cohort, models.PROTECT, related_name="override")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="stop_override_has_reason"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"override for {self.cohort_id}"

"""What a solution may give, and what a municipality follows, aims at and has measured."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.uptake.rules.benefit_map import MapColumn
from samlop.uptake.rules.benefits import (
    HAS_OWN_UNIT,
    MAX_CHOSEN,
    Beneficiary,
    BenefitKind,
    Better,
    Experience,
    Facts,
    Figure,
    FigureKind,
    Measure,
)
from samlop.uptake.texts import benefits as texts


@pghistory.track()
class Benefit(models.Model):
    """One benefit of a solution, from the programme's own analysis."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="benefits")
    name = models.CharField(max_length=160)
    description = models.CharField(max_length=600, blank=True)
    beneficiary = models.CharField(max_length=20, choices=texts.beneficiary_choices)
    kind = models.CharField(max_length=20, choices=texts.kind_choices)
    measure = models.CharField(max_length=20, choices=texts.measure_choices)
    better = models.CharField(max_length=10, choices=texts.better_choices)
    # What a number or a rate is of: «telefoner per uke».
    unit = models.CharField(max_length=80, blank=True)
    # The figure counts inhabitants or patients.
    people = models.BooleanField(default=False)
    # How it is measured, in words; benefits measured by the same words count the same.
    indicator = models.CharField(max_length=160, blank=True)
    # Its number among the three that municipalities are advised to follow.
    proposed = models.PositiveSmallIntegerField(null=True, blank=True)
    national_baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    national_baseline_on = models.DateField(null=True, blank=True)
    national_baseline_source = models.CharField(max_length=300, blank=True)
    # Where the programme has it from.
    source = models.CharField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    # Counts changes, so that whoever saves an older form is told.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            known_code("beneficiary", Beneficiary, "benefit_beneficiary_is_known"),
            known_code("kind", BenefitKind, "benefit_kind_is_known"),
            known_code("measure", Measure, "benefit_measure_is_known"),
            known_code("better", Better, "benefit_better_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="benefit_has_name"),
            models.CheckConstraint(
                condition=Q(kind=BenefitKind.COST.value, measure=Measure.KRONER.value)
                | (~Q(kind=BenefitKind.COST.value) & ~Q(measure=Measure.KRONER.value)),
                name="benefit_only_cost_in_kroner",
            ),
            models.CheckConstraint(
                condition=~Q(measure=Measure.DESCRIBED.value)
                | Q(kind=BenefitKind.QUALITY.value, national_baseline=None),
                name="benefit_described_is_quality",
            ),
            models.CheckConstraint(
                condition=~Q(measure__in=sorted(one.value for one in HAS_OWN_UNIT)) | ~Q(unit=""),
                name="benefit_number_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(national_baseline=None, national_baseline_on=None)
                | (
                    Q(
                        national_baseline__isnull=False,
                        national_baseline__gte=Decimal(0),
                        national_baseline_on__isnull=False,
                    )
                    & ~Q(national_baseline_source="")
                ),
                name="benefit_national_baseline_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(proposed=None)
                | Q(
                    proposed__isnull=False,
                    proposed__gte=1,
                    proposed__lte=MAX_CHOSEN,
                    retired_at=None,
                ),
                name="benefit_proposed_among_three",
            ),
            models.UniqueConstraint(
                fields=["solution", "proposed"],
                condition=Q(proposed__isnull=False),
                name="benefit_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> Facts:
        return Facts(
            pk=self.pk,
            kind=BenefitKind(self.kind),
            measure=Measure(self.measure),
            better=Better(self.better),
            people=self.people,
            indicator=self.indicator,
        )


@pghistory.track()
class BenefitNode(models.Model):
    """A precondition or a goal in a solution's benefit map."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="benefit_nodes")
    column = models.CharField(max_length=20, choices=texts.column_choices)
    words = models.CharField(max_length=200)
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            known_code(
                "column",
                (MapColumn.PRECONDITION, MapColumn.GOAL),
                "benefit_node_column_is_known",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="benefit_node_has_words"),
            models.UniqueConstraint(
                fields=["solution", "column", "place"], name="benefit_node_place_once"
            ),
        ]

    def __str__(self) -> str:
        return self.words


@pghistory.track()
class BenefitLink(models.Model):
    """A benefit needs a precondition, or serves a goal."""

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="links")
    node = models.ForeignKey(BenefitNode, models.CASCADE, related_name="links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["benefit", "node"], name="benefit_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.benefit_id}–{self.node_id}"


@pghistory.track()
class BenefitOverlap(models.Model):
    """The programme says that two benefits count some of the same."""

    first = models.ForeignKey(Benefit, models.PROTECT, related_name="overlaps_after")
    second = models.ForeignKey(Benefit, models.PROTECT, related_name="overlaps_before")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="benefit_overlap_lower_first"
            ),
            models.UniqueConstraint(fields=["first", "second"], name="benefit_overlap_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.second_id}"


@pghistory.track()
class BenefitPlan(models.Model):
    """A municipality's own plan for what a solution is to give; its own until it shares it."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="benefit_plans")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="benefit_plans")
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "solution"], name="benefit_plan_once_per_solution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.solution_id}"


class ChosenBenefitQuerySet(models.QuerySet["ChosenBenefit"]):
    def standing(self) -> Self:
        return self.filter(dropped_at=None)


# What the municipality writes to itself is in no history table.
@pghistory.track(exclude=["comment"])
class ChosenBenefit(models.Model):
    """A benefit that a municipality follows. Taken up again, it has its figures still."""

    plan = models.ForeignKey(BenefitPlan, models.PROTECT, related_name="chosen")
    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="chosen")
    place = models.PositiveSmallIntegerField()
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    # A role in the line, never a name.
    owner_role = models.CharField(max_length=160, blank=True)
    comment = models.CharField(max_length=1000, blank=True)
    # Only set when the municipality itself says that the freed hours are money.
    kroner_per_hour = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    chosen_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    chosen_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = ChosenBenefitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "benefit"], name="chosen_benefit_once"),
            # Three places, each taken once: at most three are followed.
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MAX_CHOSEN), name="chosen_benefit_of_three"
            ),
            models.UniqueConstraint(
                fields=["plan", "place"],
                condition=Q(dropped_at=None),
                name="chosen_benefit_place_once",
            ),
            models.CheckConstraint(
                condition=Q(target=None) | Q(target__isnull=False, target__gte=Decimal(0)),
                name="chosen_benefit_target_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(kroner_per_hour=None)
                | Q(kroner_per_hour__isnull=False, kroner_per_hour__gt=Decimal(0)),
                name="chosen_benefit_price_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.benefit_id}"


class BenefitFigureQuerySet(models.QuerySet["BenefitFigure"]):
    def known_at(self, at: datetime | None) -> Self:
        """Those that stood at a moment; without one, those that stand now."""
        if at is None:
            return self.filter(withdrawn_at=None)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), recorded_at__lte=at)

    def until(self, day: date) -> Self:
        return self.filter(day__lte=day)


@pghistory.track()
class BenefitFigure(models.Model):
    """A baseline or a measurement of a chosen benefit. Never updated but to be withdrawn."""

    chosen = models.ForeignKey(ChosenBenefit, models.PROTECT, related_name="figures")
    kind = models.CharField(max_length=20, choices=texts.figure_choices)
    day = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # ± in the same unit.
    margin = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # A count of people below five; the number itself is nowhere.
    few = models.BooleanField(default=False)
    experience = models.CharField(max_length=10, choices=texts.experience_choices, blank=True)
    words = models.CharField(max_length=600, blank=True)
    # The project's baseline, taken as the municipality's own by one tap.
    national = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = BenefitFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("kind", FigureKind, "benefit_figure_kind_is_known"),
            models.CheckConstraint(
                condition=Q(experience__in=["", *sorted(one.value for one in Experience)]),
                name="benefit_figure_experience_is_known",
            ),
            models.CheckConstraint(
                condition=(Q(value=None) | Q(value__isnull=False, value__gte=Decimal(0)))
                & (
                    Q(margin=None)
                    | Q(margin__isnull=False, margin__gte=Decimal(0), value__isnull=False)
                ),
                name="benefit_figure_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(few=False) | Q(few=True, value=None, margin=None, words=""),
                name="benefit_figure_few_tells_nothing",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(few=True) | ~Q(experience="") | ~Q(words=""),
                name="benefit_figure_says_something",
            ),
            models.CheckConstraint(
                condition=Q(national=False) | Q(kind=FigureKind.BASELINE.value),
                name="benefit_figure_national_is_baseline",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None)
                | Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("recorded_at")),
                name="benefit_figure_withdrawn_after_recorded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]
        indexes = [models.Index(fields=["chosen", "kind", "day"])]

    def __str__(self) -> str:
        return f"{self.chosen_id} {self.kind} {self.day}"

    @property
    def figure(self) -> Figure:
        return Figure(
            day=self.day,
            value=self.value,
            margin=self.margin,
            few=self.few,
            experience=Experience(self.experience) if self.experience else None,
            words=self.words,
            national=self.national,
        )

"""Solutions, where they are offered, the phases each offer has been through, and who tries it."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.db.periods import no_overlap, period_in_order, valid_on
from samlop.municipalities.models import Municipality, Product
from samlop.portfolio.rules.solutions import Area, Phase, Sector, SolutionKind
from samlop.portfolio.texts import solutions as texts


@pghistory.track()
class Solution(models.Model):
    """One thing that municipalities take into use, or a joint process they go through."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    # What people say and search for: «PLL».
    short_name = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=20, choices=texts.solution_kind_choices)
    # One or two sentences for a health leader: what it is and what it gives.
    summary = models.CharField(max_length=600, blank=True)
    description = models.TextField(max_length=8000, blank=True)
    # Organisations, never persons.
    owner = models.CharField(max_length=120, blank=True)
    programme = models.CharField(max_length=120, blank=True)
    maintainer = models.CharField(max_length=120, blank=True)
    # Whose work it changes: «fastleger, sykepleiere i hjemmetjenesten».
    audience = models.CharField(max_length=300, blank=True)
    # Those who must be behind it before a municipality can begin.
    sectors = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Of a joint process: who leads it («e-helseressurs i regionen»), and what it first asks.
    process_leader = models.CharField(max_length=200, blank=True)
    status_survey = models.TextField(max_length=3000, blank=True)
    # Counts the changes, so that two who edit at once do not undo each other's.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            known_code("kind", SolutionKind, "solution_kind_is_known"),
            models.CheckConstraint(
                condition=Q(sectors__contained_by=sorted(sector.value for sector in Sector)),
                name="solution_sectors_are_known",
            ),
            models.CheckConstraint(
                condition=Q(kind=SolutionKind.JOINT_PROCESS.value)
                | Q(process_leader="", status_survey=""),
                name="solution_only_a_process_is_led",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_joint_process(self) -> bool:
        return self.kind == SolutionKind.JOINT_PROCESS.value


@pghistory.track()
class Offer(models.Model):
    """A solution in one service area: what is assessed, decided on, chosen A, B or C for."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="offers")
    area = models.CharField(max_length=20, choices=texts.area_choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["solution", "area"], name="offer_once_per_area"),
            # The target of rollouts' (offer, solution).
            models.UniqueConstraint(fields=["id", "solution"], name="offer_id_and_solution"),
            known_code("area", Area, "offer_area_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} {self.area}"


class PhaseEventQuerySet(models.QuerySet["PhaseEvent"]):
    def standing(self) -> Self:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at=None)

    def current_on(self, day: date) -> Self:
        """The newest standing event of each offer as of a day."""
        return (
            self.standing()
            .filter(happened_on__lte=day)
            .order_by("offer_id", "-happened_on", "-recorded_at", "-pk")
            .distinct("offer_id")
        )


@pghistory.track()
class PhaseEvent(models.Model):
    """An offer went into a phase on a day. Never updated but to be withdrawn."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="phases")
    phase = models.CharField(max_length=20, choices=texts.phase_choices)
    happened_on = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=300, blank=True)
    # What comes instead, when the phase says that something does.
    superseded_by = models.ForeignKey(
        Solution, models.PROTECT, related_name="supersedes", null=True, blank=True
    )
    # The same when it is nothing that the portfolio has.
    successor = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    # Role and organisation as they were, never a name.
    recorded_as = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_as = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = PhaseEventQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("phase", Phase, "phase_event_phase_is_known"),
            models.CheckConstraint(
                condition=Q(superseded_by=None, successor="") | Q(phase=Phase.SUPERSEDED.value),
                name="phase_event_successor_only_when_superseded",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="phase_event_withdrawn_after_recorded",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="phase_event_withdrawn_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "offer",
                    "phase",
                    "happened_on",
                    "reason",
                    "source",
                    "superseded_by",
                    "successor",
                    "recorded_by",
                    "recorded_as",
                    "recorded_at",
                ),
            ),
            pgtrigger.Protect(
                name="withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["offer", "-happened_on"])]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.phase} {self.happened_on}"


@pghistory.track()
class SolutionLink(models.Model):
    """Where to read more: the maker's own pages."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="links")
    words = models.CharField(max_length=120)
    address = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["solution", "address"], name="solution_link_once"),
            # It becomes a link on a page.
            models.CheckConstraint(
                condition=Q(address__startswith="https://") | Q(address__startswith="http://"),
                name="solution_link_leads_to_a_page",
            ),
        ]

    def __str__(self) -> str:
        return self.words


@pghistory.track()
class Prerequisite(models.Model):
    """A solution that must be in use before another can be. Never in a circle (services)."""

    solution = models.ForeignKey(Solution, models.PROTECT, related_name="prerequisites")
    requires = models.ForeignKey(Solution, models.PROTECT, related_name="required_by")
    # What of it, or why: «oppslag må være i bruk på sykehjem og i hjemmetjenesten».
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["solution", "requires"], name="prerequisite_once"),
            models.CheckConstraint(
                condition=~Q(solution=F("requires")), name="prerequisite_is_another_solution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} requires {self.requires_id}"


class TrialMunicipalityQuerySet(models.QuerySet["TrialMunicipality"]):
    def begun_on(self, day: date) -> Self:
        """Those that try it out that day, or have done so."""
        return self.filter(valid_from__lte=day)

    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))


@pghistory.track()
class TrialMunicipality(models.Model):
    """A municipality tries an offer out, from a day on and perhaps to a day."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="trials")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    # Named by the programme; without one, what the municipality itself has registered counts.
    record_system = models.ForeignKey(
        Product, models.PROTECT, related_name="+", null=True, blank=True
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)

    objects = TrialMunicipalityQuerySet.as_manager()

    class Meta:
        constraints = [
            no_overlap("trial_municipality_once_at_a_time", ["offer", "municipality"]),
            period_in_order("trial_municipality_period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} tries {self.offer_id}"

"""Solutions, where they are offered, and the phases each offer has been through."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind
from samlop.portfolio.texts import solutions as texts


@pghistory.track()
class Solution(models.Model):
    """One thing that municipalities take into use, or a joint process they go through."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
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

    class Meta:
        constraints = [known_code("kind", SolutionKind, "solution_kind_is_known")]

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
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PhaseEventQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("phase", Phase, "phase_event_phase_is_known"),
            models.CheckConstraint(
                condition=Q(superseded_by=None) | Q(phase=Phase.SUPERSEDED.value),
                name="phase_event_successor_only_when_superseded",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="phase_event_withdrawn_after_recorded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["offer", "-happened_on"])]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.phase} {self.happened_on}"

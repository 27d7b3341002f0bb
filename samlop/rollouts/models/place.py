"""Places in cohorts, the waiting list, and offers to the next in line.

The database itself refuses a place without the municipality's own yes: see the composite foreign
key and the triggers in the first migration.
"""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.rollouts.models.answer import Answer
from samlop.rollouts.models.cohort import Cohort
from samlop.rollouts.models.rollout import Rollout
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.places import OfferOutcome, PlaceEnd, WaitEnd
from samlop.rollouts.texts import answers as texts


class PlaceQuerySet(models.QuerySet["Place"]):
    def taken(self) -> "PlaceQuerySet":
        return self.filter(ended_at=None)


@pghistory.track()
class Place(models.Model):
    """A municipality has a place in a cohort, on its own yes."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="places")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="rollout_places")
    # The yes: one foreign key over (answer, municipality, solution, state).
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="places")
    answer_state = models.CharField(max_length=10, default=AnswerState.YES.value)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=20, choices=texts.place_end_choices, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_state=AnswerState.YES.value), name="place_answer_is_yes"
            ),
            models.UniqueConstraint(
                fields=["municipality", "solution"],
                condition=Q(ended_at=None),
                name="place_one_per_solution",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="")
                | Q(ended_at__isnull=False, end__in=sorted(end.value for end in PlaceEnd)),
                name="place_ended_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(end=PlaceEnd.WITHDRAWN.value) | ~Q(end_reason=""),
                name="place_withdrawn_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="never_changed", exclude=["ended_at", "end", "end_reason", "ended_by"]
            ),
        ]
        indexes = [models.Index(fields=["cohort"], condition=Q(ended_at=None), name="place_taken")]

    def __str__(self) -> str:
        return f"{self.municipality_id} in {self.cohort_id}"


@pghistory.track()
class Wait(models.Model):
    """A municipality that said yes waits for a place; whoever came first is first."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="waits")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="rollout_waits")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="waits")
    # The order in line: the moment, and the row's id for two of the same moment.
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=20, choices=texts.wait_end_choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "solution"],
                condition=Q(ended_at=None),
                name="wait_one_per_solution",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="")
                | Q(ended_at__isnull=False, end__in=sorted(end.value for end in WaitEnd)),
                name="wait_ended_somehow",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        indexes = [
            models.Index(fields=["rollout", "since"], condition=Q(ended_at=None), name="wait_line")
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} waits in {self.rollout_id}"


@pghistory.track()
class PlaceOffer(models.Model):
    """A free place was offered to somebody on the waiting list; it is held until the deadline."""

    wait = models.ForeignKey(Wait, models.PROTECT, related_name="offers")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="place_offers")
    offered_at = models.DateTimeField()
    answer_by = models.DateField()
    outcome = models.CharField(max_length=20, choices=texts.offer_outcome_choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wait"], condition=Q(ended_at=None), name="place_offer_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="")
                | Q(ended_at__isnull=False, outcome__in=sorted(one.value for one in OfferOutcome)),
                name="place_offer_ended_somehow",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("offered_at")),
                name="place_offer_ended_after_offered",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.cohort_id} to wait {self.wait_id}"

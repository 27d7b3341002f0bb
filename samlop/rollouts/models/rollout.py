"""Rollouts, who works with them, whom they are for, and the other actors that must be ready."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import first_of_quarter, known_code
from samlop.governance.models import Case
from samlop.municipalities.models import Municipality, Region
from samlop.portfolio.models import Offer, Solution
from samlop.rollouts.rules.evaluations import MOST_CONCLUSION
from samlop.rollouts.rules.rollouts import (
    ENROLLING,
    NEEDS_REASON,
    ActorKind,
    RolloutKind,
    RolloutState,
    TargetGroup,
    WorkFunction,
)
from samlop.rollouts.texts import rollouts as texts


class RolloutQuerySet(models.QuerySet["Rollout"]):
    def enrolling(self) -> Self:
        """Those in which municipalities may be invited, answer and get places."""
        return self.filter(state__in=[state.value for state in ENROLLING])


@pghistory.track()
class Rollout(models.Model):
    """One joint rollout of a solution in one service area, or of a joint process."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=160)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="rollouts")
    # The offer's solution once more, held equal by a foreign key: cohorts and places need it.
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="rollouts")
    kind = models.CharField(max_length=10, choices=texts.kind_choices)
    # Of B: whose municipalities it is for.
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="rollouts", null=True, blank=True
    )
    target = models.CharField(max_length=20, choices=texts.target_choices)
    state = models.CharField(max_length=20, choices=texts.state_choices)
    # Why it is paused or cancelled, or closed without an evaluation.
    state_reason = models.CharField(max_length=500, blank=True)
    # What the leader concludes when it is closed, and where the whole evaluation is read.
    conclusion = models.CharField(max_length=MOST_CONCLUSION, blank=True)
    conclusion_link = models.URLField(max_length=300, blank=True)
    # One or two sentences to a municipality: what it is, and why now.
    summary = models.CharField(max_length=600, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # Announced as soon as it is intended: when, how many, and whether NHN is needed.
    quarter = models.DateField(help_text="First day of the quarter it begins in")
    expected = models.PositiveSmallIntegerField(help_text="Expected number of municipalities")
    needs_nhn = models.BooleanField(default=False)
    announced_at = models.DateTimeField(null=True, blank=True)
    # Where it has been taken up: «helseledernettverket», the day, and a link to the minutes.
    anchored_in = models.CharField(max_length=160, blank=True)
    anchored_on = models.DateField(null=True, blank=True)
    anchored_link = models.URLField(max_length=300, blank=True)
    # The case in which the plan is shared with the coordination group: A and C.
    case = models.OneToOneField(Case, models.PROTECT, related_name="rollout", null=True, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()
    # When enrolment first opened; from then on the target group is frozen.
    opened_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RolloutQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("kind", RolloutKind, "rollout_kind_is_known"),
            known_code("state", RolloutState, "rollout_state_is_known"),
            known_code("target", TargetGroup, "rollout_target_is_known"),
            first_of_quarter("quarter", "rollout_quarter_is_first_day"),
            models.CheckConstraint(condition=~Q(name=""), name="rollout_has_name"),
            models.CheckConstraint(
                condition=Q(kind=RolloutKind.REGION.value, region__isnull=False)
                | ~Q(kind=RolloutKind.REGION.value),
                name="rollout_b_has_a_region",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="rollout_period_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(state.value for state in NEEDS_REASON))
                | ~Q(state_reason=""),
                name="rollout_stopped_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=RolloutState.CLOSED.value) | ~Q(conclusion="", state_reason=""),
                name="rollout_closed_evaluated_or_told_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RolloutState.PLANNING.value, RolloutState.CANCELLED.value])
                | Q(opened_at__isnull=False),
                name="rollout_under_way_was_opened",
            ),
            models.CheckConstraint(
                condition=Q(anchored_on=None) | ~Q(anchored_in=""),
                name="rollout_anchored_somewhere",
            ),
            # The target of foreign keys over (rollout, solution).
            models.UniqueConstraint(fields=["id", "solution"], name="rollout_id_and_solution"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Worker(models.Model):
    """A person in a rollout's working group; the leader is one of them."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="workers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="rollout_work")
    function = models.CharField(max_length=10, choices=texts.work_function_choices)
    # Whom she works there for: «Norsk helsenett», «Agder».
    organisation = models.CharField(max_length=120, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            known_code("function", WorkFunction, "worker_function_is_known"),
            models.UniqueConstraint(
                fields=["rollout", "person"],
                condition=Q(ended_on=None),
                name="worker_once_in_a_rollout",
            ),
            models.UniqueConstraint(
                fields=["rollout"],
                condition=Q(function=WorkFunction.LEADER.value, ended_on=None),
                name="worker_one_leader",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="worker_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.rollout_id}"


@pghistory.track()
class TargetMember(models.Model):
    """A municipality that a rollout is for, frozen when enrolment opened."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="target_members")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="rollout_targets")
    # The agreed stage when it was frozen; empty for nothing yet.
    stage = models.CharField(max_length=24, blank=True)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rollout", "municipality"], name="target_member_once"),
        ]
        indexes = [models.Index(fields=["municipality"], name="target_member_municipality")]

    def __str__(self) -> str:
        return f"{self.municipality_id} for {self.rollout_id}"


@pghistory.track()
class ContributingActor(models.Model):
    """Somebody else who must be ready: what, and by when. The contact is a person or nobody."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="actors")
    kind = models.CharField(max_length=24, choices=texts.actor_kind_choices)
    name = models.CharField(max_length=160)
    must = models.CharField(max_length=300)
    ready_by = models.DateField(null=True, blank=True)
    ready_on = models.DateField(null=True, blank=True)
    contact = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    # Where to turn, when the contact is no person here: a shared mailbox's role, a page.
    contact_words = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            known_code("kind", ActorKind, "contributing_actor_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(must=""), name="contributing_actor_says_who_and_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.rollout_id}"

"""What municipalities answer, in versions; grants to hosts; answers that came by other ways."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Membership, Person
from samlop.db.columns import known_code
from samlop.db.periods import period_in_order
from samlop.files.models import File
from samlop.municipalities.models import Municipality, Region
from samlop.portfolio.models import Solution
from samlop.rollouts.models.cohort import Cohort
from samlop.rollouts.models.invitation import Invitation
from samlop.rollouts.models.rollout import Rollout
from samlop.rollouts.rules.answers import (
    NEEDS_REASON,
    AnswerState,
    Channel,
    Mandate,
    Reason,
)
from samlop.rollouts.texts import answers as texts


@pghistory.track()
class Grant(models.Model):
    """A municipality lets a host municipality or a cooperation answer for it, in one solution.

    Given by a person with the municipality's own mandate; never changed but to be ended.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="rollout_grants")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="+")
    host = models.ForeignKey(
        Municipality, models.PROTECT, related_name="hosted_grants", null=True, blank=True
    )
    cooperation = models.ForeignKey(Region, models.PROTECT, related_name="+", null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # The membership that gave the mandate, as it was.
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            period_in_order("grant_period_in_order"),
            models.CheckConstraint(
                condition=Q(host__isnull=False, cooperation=None)
                | Q(host=None, cooperation__isnull=False),
                name="grant_to_one",
            ),
            models.CheckConstraint(
                condition=Q(host=None) | ~Q(host=F("municipality")), name="grant_not_to_oneself"
            ),
            # The target of answers' (grant, municipality, solution).
            models.UniqueConstraint(
                fields=["id", "municipality", "solution"], name="grant_of_municipality"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["valid_to"]),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} for {self.solution_id}"


@pghistory.track()
class Answer(models.Model):
    """One version of a municipality's answer; the highest number counts. Never changed.

    Whoever gave it is named by her person and role; `mandate` says by what right.
    """

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="answers")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="rollout_answers")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="+")
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, related_name="answers", null=True, blank=True
    )
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=texts.state_choices)
    mandate = models.CharField(max_length=12, choices=texts.mandate_choices)
    # The membership that carries the mandate: of the municipality itself, or of the host.
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="answers", null=True, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Role and organisation as they were, never a name.
    given_as = models.CharField(max_length=200)
    given_on = models.DateField()
    case_number = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=20, choices=texts.reason_choices, blank=True)
    text = models.CharField(max_length=600, blank=True)
    # Of «til behandling»: when the answer is expected.
    expected_on = models.DateField(null=True, blank=True)
    # Of «ikke nå»: ask again on a day, or when the reason is gone.
    ask_again_on = models.DateField(null=True, blank=True)
    ask_when_gone = models.BooleanField(default=False)
    # When it was opened anew because the reason was gone; once.
    reopened_at = models.DateTimeField(null=True, blank=True)
    # The yes also says that it is host for these others, who grant it themselves.
    hosts_others = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("state", AnswerState, "answer_state_is_known"),
            known_code("mandate", Mandate, "answer_mandate_is_known"),
            models.CheckConstraint(
                condition=Q(reason__in=["", *sorted(reason.value for reason in Reason)]),
                name="answer_reason_is_known",
            ),
            models.UniqueConstraint(
                fields=["rollout", "municipality", "number"], name="answer_number_once"
            ),
            models.CheckConstraint(
                condition=Q(mandate=Mandate.GRANT.value, grant__isnull=False)
                | (~Q(mandate=Mandate.GRANT.value) & Q(grant=None)),
                name="answer_grant_when_by_grant",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(state.value for state in NEEDS_REASON))
                | ~Q(reason=""),
                name="answer_no_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=AnswerState.PENDING.value) | Q(expected_on__isnull=False),
                name="answer_pending_is_expected",
            ),
            models.CheckConstraint(
                condition=~Q(state=AnswerState.LATER.value)
                | Q(ask_again_on__isnull=False)
                | Q(ask_when_gone=True),
                name="answer_later_asked_again",
            ),
            # The target of places' (answer, municipality, solution, state): a yes of its own.
            models.UniqueConstraint(
                fields=["id", "municipality", "solution", "state"], name="answer_of_municipality"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["reopened_at"]),
        ]
        indexes = [models.Index(fields=["municipality", "-recorded_at"])]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.state}"


@pghistory.track()
class CohortWish(models.Model):
    """Which cohort a yes would rather have, in order."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="wishes")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="wishes")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["answer_id", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "cohort"], name="cohort_wish_once"),
            models.UniqueConstraint(fields=["answer", "rank"], name="cohort_wish_rank_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.rank}. {self.cohort_id}"


@pghistory.track()
class ReceivedAnswer(models.Model):
    """An answer that came by e-mail, letter or phone, registered by a leader or contact person.

    It counts when the municipality's own mandated person confirms it; by phone it never does.
    """

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="received")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="received_answers")
    channel = models.CharField(max_length=10, choices=texts.channel_choices)
    state = models.CharField(max_length=10, choices=texts.state_choices)
    # Who decided, as role and body: «kommunestyret», never a name.
    decided_by = models.CharField(max_length=160)
    received_on = models.DateField()
    document = models.ForeignKey(File, models.PROTECT, related_name="+", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    # Where it holds a seat until it is confirmed: a yes by e-mail or letter.
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="reservations", null=True, blank=True
    )
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    confirmed_by = models.OneToOneField(
        Answer, models.PROTECT, related_name="confirms", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_code("channel", Channel, "received_answer_channel_is_known"),
            known_code("state", AnswerState, "received_answer_state_is_known"),
            models.CheckConstraint(
                condition=~Q(channel=Channel.PHONE.value) | Q(cohort=None, confirmed_by=None),
                name="received_answer_phone_is_a_signal",
            ),
            models.CheckConstraint(
                condition=Q(cohort=None) | Q(state=AnswerState.YES.value),
                name="received_answer_only_yes_reserves",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.PHONE.value) | ~Q(decided_by=""),
                name="received_answer_says_who_decided",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.state} ({self.channel})"

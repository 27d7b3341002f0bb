"""Notes after conversations, messages to many municipalities, and word to a solution's makers."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.municipalities.models import Municipality
from samlop.rollouts.models.rollout import Rollout
from samlop.rollouts.rules.followup import MailingKind, Signal
from samlop.rollouts.texts import followup as texts


@pghistory.track()
class LeaderNote(models.Model):
    """What came out of a conversation with a municipality; the municipality reads the same."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="notes")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="leader_notes")
    text = models.CharField(max_length=300, blank=True)
    signal = models.CharField(max_length=10, choices=texts.signal_choices, blank=True)
    next_contact = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Role and place as they were, never a name.
    written_as = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signal__in=["", *sorted(one.value for one in Signal)]),
                name="leader_note_signal_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(text="", signal="", next_contact=None),
                name="leader_note_says_something",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]
        indexes = [models.Index(fields=["rollout", "municipality", "-written_at"])]

    def __str__(self) -> str:
        return f"{self.municipality_id} in {self.rollout_id}"


@pghistory.track()
class Mailing(models.Model):
    """One text to many municipalities: information beforehand, or a message from the leader."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="mailings")
    kind = models.CharField(max_length=20, choices=texts.mailing_choices)
    subject = models.CharField(max_length=120)
    words = models.CharField(max_length=3000)
    # When the invitation is planned; only said beforehand.
    invitation_on = models.DateField(null=True, blank=True)
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    # Role and place as they were, never a name.
    sent_as = models.CharField(max_length=200)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_code("kind", MailingKind, "mailing_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(words=""), name="mailing_says_something"
            ),
            models.CheckConstraint(
                condition=Q(invitation_on=None) | Q(kind=MailingKind.ADVANCE_NOTICE.value),
                name="mailing_only_a_notice_tells_of_an_invitation",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["rollout", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.kind} in {self.rollout_id}"


@pghistory.track()
class MailingRecipient(models.Model):
    """A municipality that a mailing is for, and how many of its people were written to."""

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="recipients")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="rollout_mailings")
    # Nobody: somebody must call.
    people = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "municipality"], name="mailing_recipient_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["municipality"], name="mailing_municipality")]

    def __str__(self) -> str:
        return f"{self.mailing_id} to {self.municipality_id}"


@pghistory.track()
class Feedback(models.Model):
    """«Tilbakemelding»: one line from those who work in a rollout to the solution's makers."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="feedback")
    text = models.CharField(max_length=300)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Role and place as they were, never a name.
    written_as = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    reply = models.CharField(max_length=600, blank=True)
    replied_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    replied_as = models.CharField(max_length=200, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="feedback_says_something"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None)
                | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="feedback_reply_has_a_moment",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="never_changed",
                exclude=["reply", "replied_by", "replied_as", "replied_at"],
            ),
        ]
        indexes = [models.Index(fields=["rollout", "-written_at"])]

    def __str__(self) -> str:
        return f"{self.rollout_id} {self.pk}"

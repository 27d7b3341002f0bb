"""Invitations, and the links by which a person opens one without signing in."""

from datetime import datetime
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.messages.models import Message
from samlop.municipalities.models import Municipality
from samlop.rollouts.models.cohort import Cohort
from samlop.rollouts.models.rollout import Rollout
from samlop.rollouts.rules.invitations import MOST_REMINDERS, MOST_TRIES


@pghistory.track()
class Invitation(models.Model):
    """A municipality was invited to a rollout on a day, with the deadline it was given."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="invitations")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="rollout_invitations"
    )
    # The cohort it is invited to, when it may not wish freely.
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="invitations", null=True, blank=True
    )
    answer_by = models.DateField()
    change_until = models.DateField()
    # Why it is invited although its room for new things is used up; shown to it.
    room_reason = models.CharField(max_length=500, blank=True)
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    sent_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # From then on its contact person calls, and nobody writes.
    to_call_since = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    # What had changed until then is told in a weekly letter.
    changes_told_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(
        Message, models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rollout", "municipality"],
                condition=Q(withdrawn_at=None),
                name="invitation_one_stands",
            ),
            models.CheckConstraint(
                condition=Q(reminders__lte=MOST_REMINDERS), name="invitation_reminders_at_most"
            ),
            models.CheckConstraint(
                condition=Q(change_until__gte=F("answer_by")), name="invitation_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="invitation_withdrawn_with_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        indexes = [models.Index(fields=["municipality", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.rollout_id} to {self.municipality_id}"


class InvitationLinkQuerySet(models.QuerySet["InvitationLink"]):
    def open_at(self, at: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at)


@pghistory.track()
class InvitationLink(models.Model):
    """A person's own way into one invitation. The token is the id signed: it opens nothing else."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="links")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # «Jeg bestemmer ikke dette – send til …»: whose link it was sent on from.
    forwarded_from = models.ForeignKey(
        "self", models.PROTECT, related_name="forwarded_to", null=True, blank=True
    )
    message = models.ForeignKey(Message, models.PROTECT, related_name="+", null=True, blank=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "person"],
                condition=Q(revoked_at=None),
                name="invitation_link_once_per_person",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="invitation_link_expires_later"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="never_changed",
                exclude=["message", "first_opened_at", "revoked_at", "expires_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} for {self.person_id}"


class InvitationCode(models.Model):
    """A six-digit code sent to the person of a link; only its checksum is kept, for minutes."""

    link = models.ForeignKey(InvitationLink, models.PROTECT, related_name="codes")
    checksum = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="invitation_code_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(tries__lte=MOST_TRIES), name="invitation_code_tries_at_most"
            ),
        ]
        indexes = [models.Index(fields=["link", "-sent_at"], name="invitation_code_newest")]

    def __str__(self) -> str:
        return f"code for {self.link_id}"

"""The outbox, and what each person wants to hear."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.messages import texts
from samlop.messages.rules import CHOSEN, Group, Reason, State, Wish
from samlop.municipalities.models import Municipality

URGENT = 10


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, at: datetime) -> Self:
        """Those to send now, the urgent first."""
        return self.filter(state=State.QUEUED.value, next_attempt_at__lte=at).order_by(
            "-priority", "next_attempt_at", "pk"
        )

    def being_sent(self) -> Self:
        return self.filter(state=State.SENDING.value)


class Message(models.Model):
    """One mail to one person, or to a municipality's postmottak.

    Holds ids and codes only: its words are made when it is sent.
    """

    # Ours for ever: a mail sent twice after a crash is recognised by it.
    message_id = models.CharField(max_length=120, unique=True)
    recipient = models.ForeignKey(
        Person, models.PROTECT, related_name="messages", null=True, blank=True
    )
    # To its postmottak, for the archive.
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="messages", null=True, blank=True
    )
    # Of a letter in a municipality's own language; empty for the recipient's.
    language = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=60)
    group = models.CharField(max_length=20, choices=texts.group_choices)
    context = models.JSONField(default=dict)
    # A sign-in code, encrypted, and gone when the mail is.
    secret = models.TextField(blank=True)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=20, choices=texts.state_choices)
    reason = models.CharField(max_length=20, blank=True)
    # What the mail server answered, without addresses.
    answer = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    sending_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # A digest names its Monday, so that nobody gets two of one week.
    digest_of = models.DateField(null=True, blank=True)
    in_digest = models.ForeignKey(
        "self", models.PROTECT, related_name="items", null=True, blank=True
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("state", State, "message_state_is_known"),
            known_code("group", Group, "message_group_is_known"),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, municipality=None)
                | Q(recipient=None, municipality__isnull=False),
                name="message_to_a_person_or_a_municipality",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["", "nb", "nn", "en"]), name="message_language_is_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["", *sorted(reason.value for reason in Reason)]),
                name="message_reason_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state=State.QUEUED.value, next_attempt_at__isnull=False)
                | ~Q(state=State.QUEUED.value) & Q(next_attempt_at=None),
                name="message_queued_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT.value, sent_at__isnull=False)
                | ~Q(state=State.SENT.value) & Q(sent_at=None),
                name="message_sent_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["recipient", "digest_of"], name="message_one_digest_a_week"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="message_due",
                condition=Q(state=State.QUEUED.value),
            ),
            models.Index(
                fields=["recipient"],
                name="message_waiting",
                condition=Q(state=State.WAITING.value),
            ),
            models.Index(fields=["-queued_at", "-id"], name="message_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Choice(models.Model):
    """How a person wants the messages of one group, where it is not the usual."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="message_choices")
    group = models.CharField(max_length=20, choices=texts.group_choices)
    wish = models.CharField(max_length=20, choices=texts.wish_choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], name="choice_once_per_group"),
            models.CheckConstraint(
                condition=Q(group__in=sorted(group.value for group in CHOSEN)),
                name="choice_group_can_be_chosen",
            ),
            known_code("wish", Wish, "choice_wish_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.group} {self.wish}"

"""Asking for help, local roles, private calendars and the papers of a region's meetings."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.capacity import LocalRole
from samlop.municipalities.texts import local_role_choices
from samlop.portfolio.models import Solution
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.rules.meetings import Audience, MeetingKind
from samlop.rollouts.texts import help as texts


@pghistory.track()
class HelpRequest(models.Model):
    """A municipality asks its region's contact person for help; «én vei inn»."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="help_requests")
    # The regional group it was in when it asked, which answers.
    region = models.ForeignKey(Region, models.PROTECT, related_name="help_requests")
    solution = models.ForeignKey(
        Solution, models.PROTECT, related_name="help_requests", null=True, blank=True
    )
    what = models.TextField(max_length=2000)
    urgency = models.CharField(max_length=16, choices=texts.urgency_choices)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Role and organisation as they were, never a name.
    asked_as = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            known_code("urgency", Urgency, "help_request_urgency_is_known"),
            models.CheckConstraint(condition=~Q(what=""), name="help_request_says_something"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("asked_at")),
                name="help_request_closed_after_asked",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["closed_at", "closed_by"]),
        ]
        indexes = [
            models.Index(fields=["municipality", "-asked_at"], name="help_of_municipality"),
            models.Index(
                fields=["region", "-asked_at"], condition=Q(closed_at=None), name="help_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} asks for help ({self.urgency})"


@pghistory.track()
class HelpReply(models.Model):
    """One line of the thread, from the region or from the municipality."""

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="replies")
    text = models.TextField(max_length=2000)
    from_region = models.BooleanField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_as = models.CharField(max_length=200)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["request_id", "written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="help_reply_says_something"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Reply to {self.request_id}"


@pghistory.track()
class RoleHolder(models.Model):
    """Who holds a local role in a municipality when a solution is introduced there."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="role_holders")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="role_holders")
    role = models.CharField(max_length=20, choices=local_role_choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="role_holders")
    # Why the project's owner also coordinates it.
    reason = models.CharField(max_length=300, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    # Who took over, when it was handed over.
    handed_to = models.ForeignKey(
        "self", models.PROTECT, related_name="handed_from", null=True, blank=True
    )

    class Meta:
        constraints = [
            known_code("role", LocalRole, "role_holder_role_is_known"),
            models.UniqueConstraint(
                fields=["municipality", "solution", "role"],
                condition=Q(ended_on=None),
                name="role_holder_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="role_holder_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(handed_to=None) | Q(ended_on__isnull=False),
                name="role_holder_handed_over_has_ended",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.role} in {self.municipality_id}"


@pghistory.track()
class CalendarAddress(models.Model):
    """A person's private address for the dates of one municipality. The id is signed in it."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="calendar_addresses"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="calendar_addresses")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "person"],
                condition=Q(revoked_at=None),
                name="calendar_address_one_each",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["revoked_at"]),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.municipality_id}"


@pghistory.track()
class MeetingPaper(models.Model):
    """«Møtegrunnlag»: what was chosen for a region's meeting, and when it was taken up."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="meeting_papers")
    kind = models.CharField(max_length=20, choices=texts.meeting_choices)
    held_on = models.DateField()
    # What has happened since this day is told.
    since = models.DateField()
    blocks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    audience = models.CharField(max_length=10, choices=texts.audience_choices)
    own_text = models.CharField(max_length=900, blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    taken_up_at = models.DateTimeField(null=True, blank=True)
    minutes = models.URLField(max_length=300, blank=True)

    class Meta:
        constraints = [
            known_code("kind", MeetingKind, "meeting_paper_kind_is_known"),
            known_code("audience", Audience, "meeting_paper_audience_is_known"),
            models.CheckConstraint(
                condition=Q(since__lte=F("held_on")), name="meeting_paper_period_in_order"
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        indexes = [models.Index(fields=["region", "-held_on"], name="meeting_of_region")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.region_id}, {self.held_on}"

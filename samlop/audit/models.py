"""The record of intents; row history itself is kept by triggers in each app."""

from typing import Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)


class Event(models.Model):
    """One thing a person or a machine meant to do, in words a history page can show.

    It holds no foreign key to its subject, so that it outlives it, and no name: only the
    acting person's id and her role and organisation as they were.
    """

    happened_at = models.DateTimeField()
    code = models.CharField(max_length=100)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=100)
    subject_id = models.BigIntegerField()
    # Which municipality's history page shows it; an id, not a foreign key, as above.
    municipality_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    request_id = models.UUIDField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "-happened_at"], name="event_subject"
            ),
            models.Index(fields=["municipality_id", "-happened_at"], name="event_municipality"),
            GinIndex(fields=["details"], name="event_details", opclasses=["jsonb_path_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[a-z_]+(\.[a-z_]+)+$"),
                name="event_code_is_dotted",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_type} {self.subject_id}"

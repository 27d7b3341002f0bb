"""Systems that send figures by themselves, and what they sent."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.uptake.models.usage import UsageImport, UsageSource


class UsageTokenQuerySet(models.QuerySet["UsageToken"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(revoked_at=None, expires_on__gte=day)


@pghistory.track(exclude=["sha256", "last_used_at"])
class UsageToken(models.Model):
    """A key that lets a system send figures of one source, and so of one solution.

    The secret itself is shown once and never stored.
    """

    source = models.ForeignKey(UsageSource, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    issued_at = models.DateTimeField()
    # The last day it is valid.
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = UsageTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="usage_token_sha256_is_one"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("issued_at")),
                name="usage_token_revoked_after_issued",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UsagePush(models.Model):
    """A request that was taken in, by the key its sender gave it: sent again, the answer is the
    same and nothing is done twice.
    """

    token = models.ForeignKey(UsageToken, models.PROTECT, related_name="pushes")
    key = models.CharField(max_length=200)
    usage_import = models.OneToOneField(UsageImport, models.PROTECT, related_name="push")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="usage_push_key_once"),
            models.CheckConstraint(condition=~Q(key=""), name="usage_push_has_a_key"),
        ]

    def __str__(self) -> str:
        return self.key

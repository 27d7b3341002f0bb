"""The threshold ledger: frozen measurements, and what municipalities remark to them."""

from datetime import datetime
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer


class LedgerRemarkQuerySet(models.QuerySet["LedgerRemark"]):
    def known_at(self, at: datetime | None) -> Self:
        """Those that stood at a moment; without one, those that stand now."""
        if at is None:
            return self.filter(withdrawn_at=None)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), recorded_at__lte=at)


@pghistory.track()
class LedgerRemark(models.Model):
    """What a municipality wants said beside the measurements of an offer. Public.

    Never updated but to be withdrawn.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="ledger_remarks")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="ledger_remarks")
    words = models.CharField(max_length=500)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = LedgerRemarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "offer"],
                condition=Q(withdrawn_at=None),
                name="ledger_remark_one_stands",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="ledger_remark_says_something"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="ledger_remark_withdrawn_after_recorded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.offer_id}"


class LedgerEntry(models.Model):
    """An offer as it was measured for a day, with what was known at a moment; never changed."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="ledger_entries")
    # What the offer was called, as the file has it.
    slug = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    area = models.CharField(max_length=20)
    measured_on = models.DateField()
    known_at = models.DateTimeField()
    # The snapshot file, exactly.
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "measured_on", "sha256"], name="ledger_entry_bytes_once"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="ledger_entry_sha256_is_one"
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__gt=F("known_at")), name="ledger_entry_frozen_after_known"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["offer", "-measured_on", "-frozen_at"])]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.measured_on}"


class LedgerPlace(models.Model):
    """A municipality as a measurement found it: what has no times of its own to go back to."""

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="places")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="ledger_places")
    number = models.CharField(max_length=4)
    name = models.CharField(max_length=120)
    inhabitants = models.PositiveIntegerField(null=True, blank=True)
    possible = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "municipality"], name="ledger_place_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.number}"

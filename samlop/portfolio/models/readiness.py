"""What is said of each vendor's product, and the links its people answer by."""

from datetime import date, datetime
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.municipalities.models import Municipality, Product, Vendor
from samlop.portfolio.models.solution import Offer
from samlop.portfolio.rules.readiness import Claim, Readiness, Teller
from samlop.portfolio.texts import readiness as texts


class ReadinessEventQuerySet(models.QuerySet["ReadinessEvent"]):
    def known_at(self, at: datetime | None) -> Self:
        """Those that stood at a moment; without one, those that stand now."""
        if at is None:
            return self.filter(withdrawn_at=None)
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), recorded_at__lte=at)

    def told_by_day(self, day: date) -> Self:
        return self.filter(told_on__lte=day)

    def newest_first(self) -> Self:
        return self.order_by("-told_on", "-recorded_at", "-pk")

    def current_on(self, day: date, *, known_at: datetime | None = None) -> Self:
        """The newest word about each product in each offer, as of a day."""
        return (
            self.known_at(known_at)
            .told_by_day(day)
            .order_by("offer_id", "product_id", "-told_on", "-recorded_at", "-pk")
            .distinct("offer_id", "product_id")
        )


@pghistory.track()
class ReadinessEvent(models.Model):
    """Somebody says how far a product has come with an offer. Never updated but to be withdrawn.

    A confirmation is a new row that says the same.
    """

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="readiness")
    product = models.ForeignKey(Product, models.PROTECT, related_name="readiness")
    state = models.CharField(max_length=20, choices=texts.readiness_choices)
    version = models.CharField(max_length=40, blank=True)
    # When it was released, or is expected to be.
    release_on = models.DateField(null=True, blank=True)
    told_by = models.CharField(max_length=20, choices=texts.teller_choices)
    # The one that says so, when a municipality does.
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="+", null=True, blank=True
    )
    told_on = models.DateField()
    source = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ReadinessEventQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("state", Readiness, "readiness_state_is_known"),
            known_code("told_by", Teller, "readiness_told_by_is_known"),
            models.CheckConstraint(
                condition=~Q(state=Readiness.RELEASED.value)
                | (Q(release_on__isnull=False, release_on__lte=F("told_on")) & ~Q(version="")),
                name="readiness_released_has_version_and_past_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=Readiness.PLANNED.value) | Q(release_on__isnull=False),
                name="readiness_planned_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=Readiness.NOT_PLANNED.value) | Q(release_on=None),
                name="readiness_not_planned_has_no_date",
            ),
            models.CheckConstraint(
                condition=Q(told_by=Teller.MUNICIPALITY.value, municipality__isnull=False)
                | ~Q(told_by=Teller.MUNICIPALITY.value) & Q(municipality=None),
                name="readiness_municipality_when_it_tells",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="readiness_withdrawn_after_recorded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]
        indexes = [
            models.Index(fields=["offer", "product", "-told_on"], name="readiness_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.product_id} {self.state}"

    @property
    def claim(self) -> Claim:
        return Claim(state=Readiness(self.state), version=self.version, release_on=self.release_on)


class ReadinessLinkQuerySet(models.QuerySet["ReadinessLink"]):
    def open_at(self, at: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at)


@pghistory.track()
class ReadinessLink(models.Model):
    """A person of a vendor was asked whether its rows are right; the link in her mail reads them.

    The token is the id signed; it opens nothing else, and nothing when revoked or expired.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Empty when the month's question did it.
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ReadinessLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="readiness_link_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("asked_at")),
                name="readiness_link_revoked_after_asked",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["revoked_at"]),
        ]
        indexes = [models.Index(fields=["vendor", "-asked_at"], name="readiness_link_newest")]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.pk}"

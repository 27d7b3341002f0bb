"""What an offer costs: dated versions of a model, and the vendors' joint offers."""

from datetime import date
from decimal import Decimal
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from samlop.accounts.models import Person
from samlop.db.columns import known_code
from samlop.db.periods import period_in_order, valid_on
from samlop.municipalities.models import Product, Vendor
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.municipalities.texts import capacity_role_choices
from samlop.portfolio.models.solution import Offer
from samlop.portfolio.rules.costs import MAX_HOURS, SHARES, CostKey, CostKind, PricePer
from samlop.portfolio.texts import costs as texts


class CostModelQuerySet(models.QuerySet["CostModel"]):
    def current_on(self, day: date) -> Self:
        """The version that holds that day, per offer: the latest to begin, then the newest."""
        return (
            self.filter(valid_from__lte=day)
            .order_by("offer_id", "-valid_from", "-version")
            .distinct("offer_id")
        )


@pghistory.track()
class CostModel(models.Model):
    """One published version of what an offer costs. A change is a new version."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="cost_models")
    version = models.PositiveSmallIntegerField()
    # A price of the whole solution, wherever it is offered, and not of this area alone.
    for_all_areas = models.BooleanField(default=False)
    valid_from = models.DateField()
    # How many municipalities use the solution, and when that was counted.
    adopters = models.PositiveSmallIntegerField(null=True, blank=True)
    adopters_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=1000, blank=True)
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True
    )
    published_as = models.CharField(max_length=160)
    published_at = models.DateTimeField()

    objects = CostModelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "version"], name="cost_model_version_once"),
            models.CheckConstraint(condition=~Q(source=""), name="cost_model_has_source"),
            models.CheckConstraint(
                condition=Q(adopters=None, adopters_on=None)
                # A check that answers null lets the row in: an empty number is named as such.
                | Q(adopters__isnull=False, adopters__gte=1, adopters_on__isnull=False),
                name="cost_model_adopters_have_a_day",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} version {self.version}"


@pghistory.track()
class CostLine(models.Model):
    """One amount of a version, in kroner without VAT."""

    model = models.ForeignKey(CostModel, models.PROTECT, related_name="lines")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30, choices=texts.cost_kind_choices)
    title = models.CharField(max_length=160)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    key = models.CharField(max_length=20, choices=texts.cost_key_choices, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["model", "place"], name="cost_line_place_once"),
            known_code("kind", CostKind, "cost_line_kind_is_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=Decimal(0)), name="cost_line_amount_is_positive"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="cost_line_has_title"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=sorted(kind.value for kind in SHARES),
                    key__in=sorted(key.value for key in CostKey),
                )
                | (~Q(kind__in=sorted(kind.value for kind in SHARES)) & Q(key="")),
                name="cost_line_key_belongs_to_shares",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.amount}"


@pghistory.track()
class CostHours(models.Model):
    """One role's hours in a version, for a municipality of 5 000 to 9 999 inhabitants."""

    model = models.ForeignKey(CostModel, models.PROTECT, related_name="hours")
    role = models.CharField(max_length=20, choices=capacity_role_choices)
    low = models.PositiveSmallIntegerField()
    high = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "role"], name="cost_hours_role_once"),
            known_code("role", CapacityRole, "cost_hours_role_is_known"),
            models.CheckConstraint(
                condition=Q(low__lte=F("high"), high__lte=MAX_HOURS), name="cost_hours_in_order"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.low}–{self.high}"


class VendorDealQuerySet(models.QuerySet["VendorDeal"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def valid_on(self, day: date) -> Self:
        return self.standing().filter(valid_on(day))


@pghistory.track()
class VendorDeal(models.Model):
    """«Felles tilbud»: a vendor's price to every municipality. Never updated but to be withdrawn.

    Kroner without VAT. Without a product it is for all the vendor's products.
    """

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="vendor_deals")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="deals")
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="deals", null=True, blank=True
    )
    one_off = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    yearly = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    per = models.CharField(max_length=20, choices=texts.price_per_choices)
    included = models.CharField(max_length=600)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = VendorDealQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("per", PricePer, "vendor_deal_per_is_known"),
            period_in_order("vendor_deal_period_in_order"),
            models.CheckConstraint(
                condition=Q(one_off__isnull=False) | Q(yearly__isnull=False),
                name="vendor_deal_has_a_price",
            ),
            models.CheckConstraint(
                condition=(Q(one_off=None) | Q(one_off__gte=Decimal(0)))
                & (Q(yearly=None) | Q(yearly__gte=Decimal(0))),
                name="vendor_deal_prices_are_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(included="") & ~Q(source=""), name="vendor_deal_says_what_and_whence"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="vendor_deal_withdrawn_after_recorded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.offer_id}"

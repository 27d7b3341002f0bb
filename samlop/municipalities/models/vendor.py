"""Vendors, their products, and which municipality uses which in a service area."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from samlop.db.columns import known_code
from samlop.db.periods import no_overlap, period_in_order, valid_on
from samlop.municipalities import texts
from samlop.municipalities.models.municipality import Municipality
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea


@pghistory.track()
class Vendor(models.Model):
    """A supplier of record systems, welfare technology or services to municipalities."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    organisation_number = models.CharField(max_length=9, null=True, blank=True, unique=True)
    website = models.URLField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation_number=None) | Q(organisation_number__regex=r"^\d{9}$"),
                name="vendor_organisation_number_is_nine_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Product(models.Model):
    """One product of a vendor."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="products")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=texts.product_kind_choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "name"], name="product_name_once_per_vendor"),
            models.UniqueConstraint(fields=["id", "kind"], name="product_id_and_kind"),
            known_code("kind", ProductKind, "product_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class VendorProfileQuerySet(models.QuerySet["VendorProfile"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))


@pghistory.track()
class VendorProfile(models.Model):
    """A municipality uses a product in a service area in a period."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="vendor_profiles")
    service_area = models.CharField(max_length=20, choices=texts.service_area_choices)
    product = models.ForeignKey(Product, models.PROTECT, related_name="profiles")
    # The product's kind once more, held equal by one foreign key over (product, kind):
    # a service area has one record system at a time, but may have many other products.
    kind = models.CharField(max_length=20, choices=texts.product_kind_choices)
    source = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = VendorProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("service_area", ServiceArea, "vendor_profile_service_area_is_known"),
            period_in_order("vendor_profile_period_in_order"),
            no_overlap("vendor_profile_once", ["municipality", "service_area", "product"]),
            no_overlap(
                "vendor_profile_one_record_system",
                ["municipality", "service_area"],
                Q(kind=ProductKind.RECORD_SYSTEM.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.service_area} {self.product_id}"

"""Typed regions with dated membership; nothing here is computed from a county number."""

from datetime import date
from typing import Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from samlop.db.columns import known_code
from samlop.db.periods import no_overlap, period_in_order, valid_on
from samlop.db.text_keys import SearchKey, SortKey
from samlop.municipalities import texts
from samlop.municipalities.models.municipality import Municipality
from samlop.municipalities.models.vendor import Product
from samlop.municipalities.rules.kinds import ONE_AT_A_TIME, Certainty, RegionKind, ServiceArea


class RegionQuerySet(models.QuerySet["Region"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))

    def in_norwegian_order(self) -> Self:
        return self.order_by(SortKey("name"), "pk")


@pghistory.track()
class Region(models.Model):
    """A grouping of municipalities: county, health region, e-health group and so on."""

    kind = models.CharField(max_length=20, choices=texts.region_kind_choices)
    slug = models.SlugField(max_length=80, unique=True)
    # Only a county has a number.
    number = models.CharField(max_length=2, null=True, blank=True)
    name = models.CharField(max_length=120)
    official_name = models.CharField(max_length=160, blank=True)
    website = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    certainty = models.CharField(
        max_length=10, choices=texts.certainty_choices, default=Certainty.CONFIRMED.value
    )
    source = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("kind", RegionKind, "region_kind_is_known"),
            known_code("certainty", Certainty, "region_certainty_is_known"),
            period_in_order("region_period_in_order"),
            models.CheckConstraint(
                # A check that answers null lets the row in: an empty number is named as such.
                condition=Q(
                    kind=RegionKind.COUNTY.value, number__isnull=False, number__regex=r"^\d{2}$"
                )
                | (~Q(kind=RegionKind.COUNTY.value) & Q(number=None)),
                name="region_only_counties_have_numbers",
            ),
            no_overlap("county_number_means_one", ["number"], Q(number__isnull=False)),
            # The target of memberships' (region, kind), see migration 0002.
            models.UniqueConstraint(fields=["id", "kind"], name="region_id_and_kind"),
        ]
        indexes = [
            GinIndex(OpClass(SearchKey("name"), name="gin_trgm_ops"), name="region_search"),
        ]

    def __str__(self) -> str:
        return self.name


class RegionMembershipQuerySet(models.QuerySet["RegionMembership"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))


@pghistory.track()
class RegionMembership(models.Model):
    """A municipality belongs to a region in a period; «assumed» until somebody confirms it."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="memberships")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="region_memberships"
    )
    # The region's kind once more: a constraint may not look into another table, and one
    # foreign key over (region, kind) keeps the two from ever differing.
    kind = models.CharField(max_length=20, choices=texts.region_kind_choices)
    certainty = models.CharField(max_length=10, choices=texts.certainty_choices)
    source = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = RegionMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            period_in_order("region_membership_period_in_order"),
            known_code("certainty", Certainty, "region_membership_certainty_is_known"),
            no_overlap("region_membership_once", ["region", "municipality"]),
            no_overlap(
                "region_membership_one_of_its_kind",
                ["municipality", "kind"],
                Q(kind__in=sorted(kind.value for kind in ONE_AT_A_TIME)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} in {self.region_id}"


@pghistory.track()
class CountyAuthority(models.Model):
    """One of the 14 fylkeskommuner: can hold roles and, for dental care, take part."""

    county = models.OneToOneField(Region, models.PROTECT, related_name="authority")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    organisation_number = models.CharField(max_length=9, null=True, blank=True, unique=True)
    postmottak = models.EmailField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation_number=None) | Q(organisation_number__regex=r"^\d{9}$"),
                name="county_authority_organisation_number_is_nine_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class SharedInstallation(models.Model):
    """An IKT cooperation runs one record system for its members in a service area.

    Such municipalities cannot go live apart from each other.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="shared_installations")
    service_area = models.CharField(max_length=20, choices=texts.service_area_choices)
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="shared_installations", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "service_area"], name="shared_installation_once"
            ),
            known_code("service_area", ServiceArea, "shared_installation_service_area_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.service_area}"

"""Regions on a day: how many members, who they are, and which regions a municipality is in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, FilteredRelation, Q

from samlop.db.periods import valid_on
from samlop.db.text_keys import SortKey
from samlop.municipalities.models import Region, RegionMembership, SharedInstallation
from samlop.municipalities.queries.population import inhabitants
from samlop.municipalities.rules.kinds import Certainty, RegionKind, ServiceArea


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """One region in a list."""

    pk: int
    slug: str
    kind: RegionKind
    number: str | None
    name: str
    certainty: Certainty
    website: str
    members: int
    assumed_members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A municipality's membership on the day; `membership` is its row."""

    membership: int
    municipality: int
    number: str
    name: str
    certainty: Certainty
    source: str
    valid_from: date
    valid_to: date | None
    inhabitants: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One record system run for all members in a service area; the product may be unknown."""

    pk: int
    service_area: ServiceArea
    product: str | None
    product_slug: str | None
    vendor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPage:
    """One region with its members in Norwegian order."""

    pk: int
    slug: str
    kind: RegionKind
    number: str | None
    name: str
    official_name: str
    website: str
    note: str
    certainty: Certainty
    source: str
    valid_from: date
    valid_to: date | None
    members: tuple[Member, ...]
    installations: tuple[Installation, ...]

    @property
    def inhabitants(self) -> int:
        """Of the members whose number is known."""
        return sum(member.inhabitants or 0 for member in self.members)

    @property
    def assumed_members(self) -> int:
        return sum(member.certainty is Certainty.ASSUMED for member in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionOfMunicipality:
    """A region that a municipality is in on the day."""

    pk: int
    slug: str
    kind: RegionKind
    name: str
    certainty: Certainty
    website: str
    valid_from: date


_KINDS_IN_ORDER: Mapping[str, int] = {kind.value: place for place, kind in enumerate(RegionKind)}


def regions_on(day: date) -> tuple[RegionRow, ...]:
    """Every region of the day, kind by kind, each kind in Norwegian order. One query."""
    rows = (
        Region.objects.valid_on(day)
        .annotate(member=FilteredRelation("memberships", condition=valid_on(day, "memberships")))
        .annotate(
            members=Count("member"),
            assumed=Count("member", filter=Q(member__certainty=Certainty.ASSUMED.value)),
        )
        .order_by(SortKey("name"), "pk")
        .values_list(
            "pk", "slug", "kind", "number", "name", "certainty", "website", "members", "assumed"
        )
    )
    found = [
        RegionRow(
            pk=pk,
            slug=slug,
            kind=RegionKind(kind),
            number=number,
            name=name,
            certainty=Certainty(certainty),
            website=website,
            members=members,
            assumed_members=assumed,
        )
        for pk, slug, kind, number, name, certainty, website, members, assumed in rows
    ]
    return tuple(sorted(found, key=lambda row: _KINDS_IN_ORDER[row.kind]))


def region_page(slug: str, *, on: date) -> RegionPage | None:
    """One region with its members on the day; None for an unknown slug. Four queries.

    A region that has ended, or has yet to begin, is answered with its period and no members.
    """
    region = Region.objects.filter(slug=slug).first()
    if region is None:
        return None
    members = members_of(region.pk, on=on)
    installations = (
        SharedInstallation.objects.filter(region=region)
        .order_by("service_area")
        .values_list(
            "pk", "service_area", "product__name", "product__slug", "product__vendor__name"
        )
    )
    return RegionPage(
        pk=region.pk,
        slug=region.slug,
        kind=RegionKind(region.kind),
        number=region.number,
        name=region.name,
        official_name=region.official_name,
        website=region.website,
        note=region.note,
        certainty=Certainty(region.certainty),
        source=region.source,
        valid_from=region.valid_from,
        valid_to=region.valid_to,
        members=members,
        installations=tuple(
            Installation(
                pk=pk,
                service_area=ServiceArea(area),
                product=product,
                product_slug=product_slug,
                vendor=vendor,
            )
            for pk, area, product, product_slug, vendor in installations
        ),
    )


def members_of(region_id: int, *, on: date) -> tuple[Member, ...]:
    """The members on the day in Norwegian order. Two queries."""
    living = inhabitants(on=on)
    rows = (
        RegionMembership.objects.valid_on(on)
        .filter(region=region_id)
        .annotate(
            code=FilteredRelation(
                "municipality__codes", condition=valid_on(on, "municipality__codes")
            )
        )
        .filter(code__isnull=False)
        .order_by(SortKey("code__name"), "code__number")
        .values_list(
            "pk",
            "municipality_id",
            "code__number",
            "code__qualified_name",
            "certainty",
            "source",
            "valid_from",
            "valid_to",
        )
    )
    return tuple(
        Member(
            membership=pk,
            municipality=municipality,
            number=number,
            name=name,
            certainty=Certainty(certainty),
            source=source,
            valid_from=valid_from,
            valid_to=valid_to,
            inhabitants=living.get(municipality),
        )
        for pk, municipality, number, name, certainty, source, valid_from, valid_to in rows
    )


def regions_of(municipality_id: int, *, on: date) -> tuple[RegionOfMunicipality, ...]:
    """All regions a municipality is in on the day, kind by kind. One query."""
    rows = (
        RegionMembership.objects.valid_on(on)
        .filter(municipality=municipality_id)
        .select_related("region")
        .order_by(SortKey("region__name"), "region_id")
    )
    found = [
        RegionOfMunicipality(
            pk=row.region_id,
            slug=row.region.slug,
            kind=RegionKind(row.kind),
            name=row.region.name,
            certainty=Certainty(row.certainty),
            website=row.region.website,
            valid_from=row.valid_from,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: _KINDS_IN_ORDER[row.kind]))

"""What a person may do and see on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import (
    PERMITS,
    SCOPE_OF,
    Grant,
    Permission,
    Place,
    Role,
    Scope,
    giving,
)
from samlop.accounts.rules.giving import Held
from samlop.accounts.rules.representing import Organisation, OrganisationKind, Representing
from samlop.db.periods import valid_on
from samlop.lib.reach import Reach
from samlop.municipalities.models import (
    CountyAuthority,
    Municipality,
    MunicipalityCode,
    Region,
    RegionMembership,
    Vendor,
)
from samlop.municipalities.rules.kinds import RegionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a role is held: the columns of a membership, all empty for the nation."""

    region: Region | None = None
    municipality: Municipality | None = None
    county_authority: CountyAuthority | None = None
    vendor: Vendor | None = None
    solution_slug: str = ""

    @classmethod
    def of(cls, membership: Membership) -> "Where":
        return cls(
            region=membership.region,
            municipality=membership.municipality,
            county_authority=membership.county_authority,
            vendor=membership.vendor,
            solution_slug=membership.solution_slug,
        )

    def place(self, *, on: date) -> Place:
        """The place with the regions it is in that day. At most one query."""
        if self.municipality is not None:
            return place_of(self.municipality, on=on)
        if self.county_authority is not None:
            return Place(
                county_authority=self.county_authority.pk,
                regions=frozenset({self.county_authority.county_id}),
            )
        return Place(
            regions=frozenset({self.region.pk}) if self.region else frozenset(),
            vendor=self.vendor.pk if self.vendor else None,
            solution=self.solution_slug or None,
        )


def grants(
    person: Person, *, on: date, representing: Representing | None = None
) -> tuple[Grant, ...]:
    """The memberships valid on the day, those that count for whom she acts for. One query."""
    held = Membership.objects.filter(person=person).valid_on(on)
    if representing is not None:
        held = held.counting_for(representing.chosen)
    rows = held.order_by("pk").values_list(
        "role",
        "municipality_id",
        "county_authority_id",
        "region_id",
        "vendor_id",
        "solution_slug",
    )
    return tuple(
        Grant(
            role=Role(role),
            municipality=municipality,
            county_authority=authority,
            region=region,
            vendor=vendor,
            solution=solution or None,
        )
        for role, municipality, authority, region, vendor, solution in rows
    )


def represented(person: Person, numbers: Iterable[str], *, on: date) -> tuple[Organisation, ...]:
    """The organisations with these numbers in which the person has a role that day. One query."""
    wanted = list(numbers)
    held = Q()
    for kind in OrganisationKind:
        held |= Q(**{f"{kind.value}__organisation_number__in": wanted})
    rows = (
        Membership.objects.filter(held, person=person)
        .valid_on(on)
        .order_by("pk")
        .values_list(*(f"{kind.value}_id" for kind in OrganisationKind))
    )
    found = (
        Organisation(kind, pk)
        for row in rows
        for kind, pk in zip(OrganisationKind, row, strict=True)
        if pk is not None
    )
    return tuple(dict.fromkeys(found))


def organisation_names(
    organisations: Iterable[Organisation], *, on: date
) -> dict[Organisation, str]:
    """What each is called that day, a municipality that is no more by its last name.

    At most three queries.
    """
    by_kind: dict[OrganisationKind, set[int]] = {kind: set() for kind in OrganisationKind}
    for one in organisations:
        by_kind[one.kind].add(one.pk)
    found: dict[Organisation, str] = {}
    if wanted := by_kind[OrganisationKind.MUNICIPALITY]:
        codes = MunicipalityCode.objects.filter(municipality__in=wanted, valid_from__lte=on)
        for pk, name in codes.order_by("valid_from").values_list(
            "municipality_id", "qualified_name"
        ):
            found[Organisation(OrganisationKind.MUNICIPALITY, pk)] = name
    named = {
        OrganisationKind.AUTHORITY: CountyAuthority.objects.values_list("pk", "name"),
        OrganisationKind.VENDOR: Vendor.objects.values_list("pk", "name"),
    }
    for kind, rows in named.items():
        if wanted := by_kind[kind]:
            found |= {Organisation(kind, pk): name for pk, name in rows.filter(pk__in=wanted)}
    return found


def place_of(municipality: Municipality, *, on: date) -> Place:
    """The municipality with the regions it is in that day. One query."""
    regions = RegionMembership.objects.filter(municipality=municipality).valid_on(on)
    return Place(
        municipality=municipality.pk, regions=frozenset(regions.values_list("region_id", flat=True))
    )


def own_regions(held: tuple[Grant, ...], *, on: date) -> frozenset[int]:
    """The regions that the municipalities of these memberships are in. At most two queries."""
    municipalities = {grant.municipality for grant in held if grant.municipality is not None}
    authorities = {grant.county_authority for grant in held if grant.county_authority is not None}
    found: set[int] = set()
    if municipalities:
        found |= set(
            RegionMembership.objects.filter(valid_on(on), municipality__in=municipalities)
            .values_list("region_id", flat=True)
            .distinct()
        )
    if authorities:
        found |= set(
            CountyAuthority.objects.filter(pk__in=authorities).values_list("county_id", flat=True)
        )
    return frozenset(found)


def reach(held: tuple[Grant, ...], permission: Permission, *, on: date) -> Reach:
    """The municipalities in which these memberships give the permission. At most one query."""
    giving = [grant for grant in held if permission in PERMITS[grant.role]]
    if any(SCOPE_OF[grant.role] is Scope.NATION for grant in giving):
        return Reach(everywhere=True)
    own = {grant.municipality for grant in giving if grant.municipality is not None}
    regions = {grant.region for grant in giving if grant.region is not None}
    if regions:
        own |= set(
            RegionMembership.objects.filter(valid_on(on), region__in=regions).values_list(
                "municipality_id", flat=True
            )
        )
    return Reach(municipalities=frozenset(own))


def follows_up(membership: Membership, *, on: date) -> Region | None:
    """The e-health group of the role's municipality that day, if it is in one. One query."""
    if membership.municipality_id is None:
        return None
    return (
        Region.objects.filter(
            valid_on(on, "memberships"),
            kind=RegionKind.EHEALTH_GROUP.value,
            memberships__municipality=membership.municipality_id,
        )
        .order_by("pk")
        .first()
    )


def left_to(municipality_id: int, *, on: date) -> Region | None:
    """The region that answers for a municipality without a coordinator that day. Two queries.

    None when there is a coordinator, and when no region has taken over from the last one.
    """
    coordinators = Membership.objects.filter(
        municipality=municipality_id,
        role=Role.MUNICIPAL_COORDINATOR.value,
        person__is_active=True,
    )
    if coordinators.valid_on(on).exists():
        return None
    last = (
        Membership.objects.filter(
            municipality=municipality_id,
            role=Role.MUNICIPAL_COORDINATOR.value,
            valid_to__lte=on,
        )
        .select_related("taken_over_by")
        .order_by("-valid_to", "-pk")
        .first()
    )
    return last.taken_over_by if last else None


def places_of(rows: Iterable[Membership], *, on: date) -> dict[int, Place]:
    """The place of each membership with the regions it is in that day, by primary key.

    At most two queries, however many there are.
    """
    held = list(rows)
    municipalities = {row.municipality_id for row in held if row.municipality_id is not None}
    authorities = {row.county_authority_id for row in held if row.county_authority_id is not None}
    regions: dict[int, set[int]] = {}
    if municipalities:
        for municipality, region in RegionMembership.objects.filter(
            valid_on(on), municipality__in=municipalities
        ).values_list("municipality_id", "region_id"):
            regions.setdefault(municipality, set()).add(region)
    counties: dict[int, int] = {}
    if authorities:
        counties = dict(
            CountyAuthority.objects.filter(pk__in=authorities).values_list("pk", "county_id")
        )
    found: dict[int, Place] = {}
    for row in held:
        around: set[int] = set()
        if row.region_id is not None:
            around = {row.region_id}
        elif row.municipality_id is not None:
            around = regions.get(row.municipality_id, set())
        elif row.county_authority_id is not None:
            around = {counties[row.county_authority_id]}
        found[row.pk] = Place(
            municipality=row.municipality_id,
            county_authority=row.county_authority_id,
            regions=frozenset(around),
            vendor=row.vendor_id,
            solution=row.solution_slug or None,
        )
    return found


def others(row: Membership, *, on: date) -> list[Held]:
    """When the others in the same place hold the same role, that day or later. One query."""
    rows = (
        Membership.objects.filter(
            role=row.role,
            region=row.region_id,
            municipality=row.municipality_id,
            county_authority=row.county_authority_id,
            person__is_active=True,
        )
        .not_ended_on(on)
        .exclude(person=row.person_id)
        .values_list("valid_from", "valid_to")
    )
    return [Held(valid_from=valid_from, valid_to=valid_to) for valid_from, valid_to in rows]


def leaves_empty(row: Membership, *, on: date) -> bool:
    """Whether nobody would hold a role that must not become empty, did this one end. One query."""
    over = row.valid_to is not None and row.valid_to <= on
    held = others(row, on=on)
    return not over and giving.refusal_to_end(Role(row.role), held, on=on) is not None

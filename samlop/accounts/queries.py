"""What a person may do and see on a day."""

from datetime import date

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import (
    PERMITS,
    SCOPE_OF,
    Grant,
    Permission,
    Place,
    Role,
    Scope,
)
from samlop.db.periods import valid_on
from samlop.lib.reach import Reach
from samlop.municipalities.models import Municipality, RegionMembership


def grants(person: Person, *, on: date) -> tuple[Grant, ...]:
    """The memberships valid on the day. One query."""
    rows = (
        Membership.objects.filter(person=person)
        .valid_on(on)
        .order_by("pk")
        .values_list(
            "role",
            "municipality_id",
            "county_authority_id",
            "region_id",
            "vendor_id",
            "solution_slug",
        )
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


def place_of(municipality: Municipality, *, on: date) -> Place:
    """The municipality with the regions it is in that day. One query."""
    regions = RegionMembership.objects.filter(municipality=municipality).valid_on(on)
    return Place(
        municipality=municipality.pk, regions=frozenset(regions.values_list("region_id", flat=True))
    )


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

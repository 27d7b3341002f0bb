"""Who holds which role, from when to when."""

from datetime import date

from django.db.models import F
from django.db.models.functions import Greatest

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.municipalities.models import CountyAuthority, Municipality, Region, Vendor


def grant(
    *,
    person: Person,
    role: Role,
    by: Actor,
    on: date,
    region: Region | None = None,
    municipality: Municipality | None = None,
    county_authority: CountyAuthority | None = None,
    vendor: Vendor | None = None,
    solution_slug: str = "",
    title: str = "",
    until: date | None = None,
) -> Membership:
    """The person holds the role from the day; the database refuses a scope the role has not."""
    with change("accounts.membership.granted", by=by) as record:
        membership = Membership.objects.create(
            person=person,
            role=role.value,
            region=region,
            municipality=municipality,
            county_authority=county_authority,
            vendor=vendor,
            solution_slug=solution_slug,
            title=title,
            valid_from=on,
            valid_to=until,
        )
        record(membership, municipality_id=membership.municipality_id, details={"role": role.value})
    return membership


def end(*, membership: Membership, by: Actor, on: date, reason: str = "") -> None:
    """The membership holds no longer from this day; one given that same day held none."""
    with change("accounts.membership.ended", by=by, reason=reason) as record:
        Membership.objects.filter(pk=membership.pk, valid_to=None).update(
            valid_to=Greatest(on, F("valid_from"))
        )
        record(
            membership,
            municipality_id=membership.municipality_id,
            details={"role": membership.role},
        )

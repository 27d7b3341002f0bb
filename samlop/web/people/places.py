"""The places that have people: a municipality, a fylkeskommune, a region, a vendor, the nation."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts.models import Membership, MembershipQuerySet
from samlop.accounts.queries import Where
from samlop.accounts.rules import Place, Role, gives_here
from samlop.accounts.rules.giving import NATIONAL
from samlop.municipalities.models import CountyAuthority, Municipality, Region, Vendor
from samlop.web.municipalities import numbers
from samlop.web.people.reader import Reader


class Kind(StrEnum):
    """The values are the names of the pages."""

    MUNICIPALITY = "municipality"
    AUTHORITY = "authority"
    REGION = "region"
    VENDOR = "vendor"
    NATION = "nation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """One place; `back` is its own page, `trail` the breadcrumbs above the list of people."""

    kind: Kind
    key: str
    name: str
    where: Where
    place: Place
    back: str
    trail: tuple[tuple[str, str], ...]

    def address(self, page: str = "") -> str:
        """The list of people, or «…_invite» and the like."""
        name = f"people:{self.kind.value}{f'_{page}' if page else ''}"
        return reverse(name, args=[self.key] if self.key else [])

    def memberships(self) -> MembershipQuerySet:
        """Those held here, ended ones too."""
        if self.kind is Kind.NATION:
            roles = sorted(role.value for role in NATIONAL | {Role.PROGRAMME})
            return Membership.objects.filter(role__in=roles)
        return Membership.objects.filter(
            Q(region=self.where.region)
            & Q(municipality=self.where.municipality)
            & Q(county_authority=self.where.county_authority)
            & Q(vendor=self.where.vendor)
        )

    def roles_given_by(self, reader: Reader) -> tuple[Role, ...]:
        """Those the reader may give here; a programme's place is named in the form."""
        roles = gives_here(reader.grants, self.place)
        if self.kind is Kind.NATION and reader.gives(Role.PROGRAMME, Place(solution="-")):
            return (*roles, Role.PROGRAMME)
        return roles


def here(kind: Kind, key: str, *, on: date) -> Here:
    """The place of today with that number or slug; Moved or 404 when there is none."""
    match kind:
        case Kind.MUNICIPALITY:
            return _municipality(key, on=on)
        case Kind.AUTHORITY:
            authority = get_object_or_404(
                CountyAuthority.objects.select_related("county"), slug=key
            )
            county = reverse("regions:show", args=[authority.county.slug])
            return _made(
                kind,
                key,
                authority.name,
                Where(county_authority=authority),
                on=on,
                back=county,
                trail=(
                    (gettext("Regioner"), reverse("regions:list")),
                    (authority.county.name, county),
                ),
            )
        case Kind.REGION:
            region = get_object_or_404(Region.objects.valid_on(on), slug=key)
            back = reverse("regions:show", args=[key])
            return _made(
                kind,
                key,
                region.name,
                Where(region=region),
                on=on,
                back=back,
                trail=((gettext("Regioner"), reverse("regions:list")), (region.name, back)),
            )
        case Kind.VENDOR:
            vendor = get_object_or_404(Vendor, slug=key)
            back = reverse("vendors:show", args=[key])
            return _made(
                kind,
                key,
                vendor.name,
                Where(vendor=vendor),
                on=on,
                back=back,
                trail=((gettext("Leverandører"), reverse("vendors:list")), (vendor.name, back)),
            )
        case Kind.NATION:
            return _made(kind, "", gettext("Hele landet"), Where(), on=on, back="/", trail=())


def _municipality(number: str, *, on: date) -> Here:
    code = numbers.current(number, on=on)
    back = reverse("municipalities:show", args=[code.number])
    return _made(
        Kind.MUNICIPALITY,
        code.number,
        code.qualified_name,
        Where(municipality=Municipality.objects.get(pk=code.municipality)),
        on=on,
        back=back,
        trail=(
            (gettext("Kommuner"), reverse("municipalities:list")),
            (code.qualified_name, back),
        ),
    )


def _made(
    kind: Kind,
    key: str,
    name: str,
    where: Where,
    *,
    on: date,
    back: str,
    trail: tuple[tuple[str, str], ...],
) -> Here:
    return Here(
        kind=kind,
        key=key,
        name=name,
        where=where,
        place=where.place(on=on),
        back=back,
        trail=trail,
    )


def of_membership(row: Membership, *, on: date) -> Here | None:
    """The place a role is held in; None when the municipality has ended since."""
    if row.municipality_id is not None:
        number = codes_of(row.municipality_id, on=on)
        return here(Kind.MUNICIPALITY, number, on=on) if number else None
    if row.county_authority is not None:
        return here(Kind.AUTHORITY, row.county_authority.slug, on=on)
    if row.region is not None:
        return here(Kind.REGION, row.region.slug, on=on)
    if row.vendor is not None:
        return here(Kind.VENDOR, row.vendor.slug, on=on)
    return here(Kind.NATION, "", on=on)


def codes_of(municipality_id: int, *, on: date) -> str | None:
    """The municipality's number that day. One query."""
    periods = Municipality(pk=municipality_id).codes.valid_on(on)
    return periods.values_list("number", flat=True).first()

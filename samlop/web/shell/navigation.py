"""Where the header leads, for a visitor and for each role."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts import texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import PERMITS, SCOPE_OF, Permission, Role, Scope
from samlop.accounts.rules.representing import Representing
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Solution
from samlop.web import clock, representing

# Addresses are a promise of their own (DESIGN, «Addresses»); a test holds that each resolves.
MUNICIPALITIES = "/kommuner/"
REGIONS = "/regioner/"
SOLUTIONS = "/losninger/"
UPTAKE = "/utbredelse/"
ROLLOUTS = "/innforingslop/"
VENDORS = "/leverandorer/"
REFERENCE = "/referansedata/"

# A person with many hats finds her other places on her own page.
MOST_PLACES = 2


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    address: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class HeldRole:
    """One membership, with the name of its place and the page that place has."""

    role: Role
    place: str
    address: str | None
    municipality: int | None = None
    region: int | None = None
    vendor: int | None = None
    solution: str | None = None
    # Where those with a role in the same place are listed.
    people: str = "/personer/"

    @property
    def role_words(self) -> str:
        return str(texts.ROLES[self.role])

    @property
    def words(self) -> str:
        return f"{self.role_words}, {self.place}" if self.place else self.role_words


def held_roles(
    person: Person, *, on: date, acting: Representing | None = None
) -> tuple[HeldRole, ...]:
    """The person's roles that day, those nearest the municipalities first. One query."""
    codes = MunicipalityCode.objects.filter(municipality=OuterRef("municipality")).valid_on(on)
    solutions = Solution.objects.filter(slug=OuterRef("solution_slug"))
    held = Membership.objects.filter(person=person).valid_on(on)
    if acting is not None:
        held = held.counting_for(acting.chosen)
    rows = held.annotate(
        number=Subquery(codes.values("number")[:1]),
        municipality_name=Subquery(codes.values("qualified_name")[:1]),
        region_name=F("region__name"),
        region_slug=F("region__slug"),
        authority_name=F("county_authority__name"),
        authority_slug=F("county_authority__slug"),
        vendor_name=F("vendor__name"),
        vendor_slug=F("vendor__slug"),
        solution_name=Subquery(solutions.values("name")[:1]),
    ).order_by("pk")
    found = [_held(row) for row in rows]
    return tuple(sorted(found, key=lambda role: _NEAREST.index(SCOPE_OF[role.role])))


def roles_of(request: HttpRequest) -> tuple[HeldRole, ...]:
    """Those of whoever is signed in, read once per request: header and page both ask."""
    known: tuple[HeldRole, ...] | None = getattr(request, "held_roles", None)
    if known is None:
        signed_in = request.user.is_authenticated
        known = (
            held_roles(
                cast("Person", request.user), on=clock.today(), acting=representing.of(request)
            )
            if signed_in
            else ()
        )
        request.held_roles = known  # type: ignore[attr-defined]
    return known


_NEAREST = (Scope.MUNICIPALITY, Scope.REGION, Scope.VENDOR, Scope.SOLUTION, Scope.NATION)


def _held(row: Membership) -> HeldRole:
    found = vars(row)
    address = None
    if found["number"]:
        address = f"{MUNICIPALITIES}{found['number']}/"
    elif found["region_slug"]:
        address = f"{REGIONS}{found['region_slug']}/"
    elif found["vendor_slug"]:
        address = f"{VENDORS}{found['vendor_slug']}/"
    people = f"{address or '/'}personer/"
    if found["authority_slug"]:
        people = reverse("people:authority", args=[found["authority_slug"]])
    if found["solution_name"]:
        # Those of a programme are listed with the national roles.
        address = f"{SOLUTIONS}{row.solution_slug}/"
    names = ("municipality_name", "region_name", "authority_name", "vendor_name", "solution_name")
    place = next((found[name] for name in names if found[name]), row.solution_slug)
    return HeldRole(
        role=Role(row.role),
        place=place,
        address=address,
        municipality=row.municipality_id,
        region=row.region_id,
        vendor=row.vendor_id,
        solution=row.solution_slug or None,
        people=people,
    )


def links(path: str, person: Person | None, roles: tuple[HeldRole, ...]) -> tuple[Link, ...]:
    """The main menu: the person's page and places first, then what is open to all."""
    home = reverse("shell:home")
    found: list[Link] = []
    if person is not None:
        found.append(Link(gettext("Min side"), home, current=path == home))
        own = {role.address: role.place for role in roles if role.address}
        found += [
            Link(place, address, current=path == address)
            for address, place in list(own.items())[:MOST_PLACES]
        ]
    taken = {link.address for link in found}
    registers = [
        (gettext("Løsninger"), SOLUTIONS),
        (gettext("Innføringsløp"), ROLLOUTS),
        (gettext("Utbredelse"), UPTAKE),
        (gettext("Kommuner"), MUNICIPALITIES),
        (gettext("Regioner"), REGIONS),
    ]
    allowed = frozenset[Permission]().union(*(PERMITS[role.role] for role in roles))
    # There is room for one more, when no place stands there; the footer leads to the vendors too.
    if Permission.IMPORT_REFERENCE_DATA in allowed:
        registers.append((gettext("Referansedata"), REFERENCE))
    elif Permission.EDIT_VENDORS in allowed and len(taken) < 2:
        registers.append((gettext("Leverandører"), VENDORS))
    for words, address in registers:
        inside = path.startswith(address) and path not in taken
        found.append(Link(words, address, current=inside))
    return tuple(found)

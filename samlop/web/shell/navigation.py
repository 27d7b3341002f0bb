"""Where the header leads, for a visitor and for each role."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, cast

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts import texts
from samlop.accounts.models import Person
from samlop.accounts.rules import PERMITS, SCOPE_OF, Permission, Role, Scope
from samlop.accounts.rules.representing import Organisation, OrganisationKind, Representing
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


# In words of its own: every page with a header asks it, and putting it together anew each time
# took five times as long as asking it.
_HELD: Final = """
select m.role, m.municipality_id, m.region_id, m.vendor_id, m.county_authority_id,
  m.solution_slug, c.number, c.qualified_name, r.name, r.slug, a.name, a.slug, v.name, v.slug,
  s.name
from accounts_membership m
left join municipalities_municipalitycode c on c.municipality_id = m.municipality_id
  and c.valid_from <= %(day)s and (c.valid_to is null or c.valid_to > %(day)s)
left join municipalities_region r on r.id = m.region_id
left join municipalities_countyauthority a on a.id = m.county_authority_id
left join municipalities_vendor v on v.id = m.vendor_id
left join portfolio_solution s on s.slug = m.solution_slug and m.solution_slug <> ''
where m.person_id = %(person)s
  and m.valid_from <= %(day)s and (m.valid_to is null or m.valid_to > %(day)s)
order by m.id
"""


class _Held(NamedTuple):
    role: str
    municipality: int | None
    region: int | None
    vendor: int | None
    county_authority: int | None
    solution: str
    number: str | None
    municipality_name: str | None
    region_name: str | None
    region_slug: str | None
    authority_name: str | None
    authority_slug: str | None
    vendor_name: str | None
    vendor_slug: str | None
    solution_name: str | None

    def counts_for(self, organisation: Organisation | None) -> bool:
        """As `Membership.objects.counting_for`: its own, and those in no organisation at all."""
        own = {kind: getattr(self, kind.value) for kind in OrganisationKind}
        if not any(own.values()):
            return True
        return organisation is not None and own[organisation.kind] == organisation.pk


def held_roles(
    person: Person, *, on: date, acting: Representing | None = None
) -> tuple[HeldRole, ...]:
    """The person's roles that day, those nearest the municipalities first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"person": person.pk, "day": on})
        held = [_Held(*values) for values in cursor.fetchall()]
    found = [_told(row) for row in held if acting is None or row.counts_for(acting.chosen)]
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


def _told(row: _Held) -> HeldRole:
    address = None
    if row.number:
        address = f"{MUNICIPALITIES}{row.number}/"
    elif row.region_slug:
        address = f"{REGIONS}{row.region_slug}/"
    elif row.vendor_slug:
        address = f"{VENDORS}{row.vendor_slug}/"
    people = f"{address or '/'}personer/"
    if row.authority_slug:
        people = reverse("people:authority", args=[row.authority_slug])
    if row.solution_name:
        # Those of a programme are listed with the national roles.
        address = f"{SOLUTIONS}{row.solution}/"
    names = (
        row.municipality_name,
        row.region_name,
        row.authority_name,
        row.vendor_name,
        row.solution_name,
    )
    return HeldRole(
        role=Role(row.role),
        place=next((name for name in names if name), row.solution),
        address=address,
        municipality=row.municipality,
        region=row.region,
        vendor=row.vendor,
        solution=row.solution or None,
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

"""One person per role. Their names are role names, never invented persons."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from samlop.accounts import services as accounts
from samlop.accounts import texts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Actor
from samlop.municipalities.models import (
    CountyAuthority,
    Municipality,
    MunicipalityCode,
    Region,
    Vendor,
)
from samlop.municipalities.rules.kinds import RegionKind

# A municipality of 3 700 inhabitants in Agder, and the group and fylkeskommune it is in.
MUNICIPALITY: Final = "4219"
COUNTY: Final = "42"
VENDOR: Final = "visma"
SOLUTION: Final = "kjernejournal"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one example person holds her role, and how that is read after the role's name."""

    label: str
    region: Region | None = None
    municipality: Municipality | None = None
    county_authority: CountyAuthority | None = None
    vendor: Vendor | None = None
    solution_slug: str = ""


def load(*, by: Actor, on: date) -> int:
    """Make the people that are missing; returns how many were made."""
    code = (
        MunicipalityCode.objects.valid_on(on)
        .select_related("municipality")
        .get(number=MUNICIPALITY)
    )
    municipality = Place(code.name, municipality=code.municipality)
    group = Region.objects.valid_on(on).get(
        kind=RegionKind.EHEALTH_GROUP.value, memberships__municipality=code.municipality
    )
    county = Region.objects.valid_on(on).get(kind=RegionKind.COUNTY.value, number=COUNTY)
    region = Place(county.name, region=group)
    authority = Place(
        f"{county.name} fylkeskommune",
        county_authority=CountyAuthority.objects.get(county=county),
    )
    vendor = Vendor.objects.get(slug=VENDOR)
    nation = Place("")

    places: list[tuple[Role, Place, str]] = [
        (Role.MUNICIPAL_COORDINATOR, municipality, "E-helsekoordinator"),
        (Role.DECISION_MAKER, municipality, "Kommunalsjef helse og omsorg"),
        (Role.PROJECT_LEADER, municipality, "Prosjektleder"),
        (Role.MUNICIPAL_COORDINATOR, authority, "Rådgiver tannhelse"),
        (Role.CONTACT_PERSON, region, ""),
        (Role.ROLLOUT_LEADER, region, ""),
        (Role.NETWORK_RESOURCE, region, ""),
        (Role.COORDINATION_GROUP_MEMBER, nation, ""),
        (Role.PORTFOLIO_OWNER, nation, ""),
        (Role.PROGRAMME, Place("Kjernejournal", solution_slug=SOLUTION), ""),
        (Role.VENDOR, Place(vendor.name, vendor=vendor), ""),
        (Role.ANALYST, nation, ""),
        (Role.ADMINISTRATOR, nation, ""),
        (Role.HEALTH_ASSESSOR, nation, "Fagsjef helse"),
        (
            Role.PROGRAMME,
            Place("Pasientens legemiddelliste", solution_slug="pasientens-legemiddelliste"),
            "",
        ),
    ]
    since = datetime.combine(on.replace(month=1, day=1), time(8), tzinfo=UTC)
    made = 0
    for index, (role, place, title) in enumerate(places, start=1):
        email = f"{role.value.replace('_', '-')}-{index}@example.invalid"
        if Person.objects.filter(email=email).exists():
            continue
        words = str(texts.ROLES[role])
        person = accounts.add_person(
            name=f"{words}, {place.label}" if place.label else words,
            email=email,
            # No Norwegian number begins with 0000: nobody can be called by mistake.
            phone="000 00 " + f"{index:03}",
            is_example=True,
            by=by,
        )
        # They are no invitations: each has been here before.
        accounts.signed_in(person=person, at=since)
        accounts.grant(
            person=person,
            role=role,
            by=by,
            on=on.replace(month=1, day=1),
            region=place.region,
            municipality=place.municipality,
            county_authority=place.county_authority,
            vendor=place.vendor,
            solution_slug=place.solution_slug,
            title=title,
        )
        made += 1
    return made

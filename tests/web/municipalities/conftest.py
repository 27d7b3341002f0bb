"""A municipality in a county and an e-health group, another outside, and people in every role."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import (
    CountyAuthority,
    Municipality,
    Population,
    Product,
    Region,
    Vendor,
)
from samlop.municipalities.rules.kinds import ProductKind, RegionKind
from tests import factories as make

TESTS = Machine("tests")


@dataclass(frozen=True)
class World:
    own: Municipality
    other: Municipality
    county: Region
    group: Region
    other_group: Region


@pytest.fixture
def world() -> World:
    own = make.municipality(number="4219", name="Evje og Hornnes")
    other = make.municipality(number="5536", name="Lyngen")
    for one in (own, other):
        Population.objects.create(
            municipality=one, counted_on=make.SOME_DAY, inhabitants=3_700, source="test"
        )
    return World(
        own=own,
        other=other,
        county=make.region(kind=RegionKind.COUNTY, name="Agder", slug="agder", members=(own,)),
        group=make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Agder", members=(own,)),
        other_group=make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Nord", members=(other,)),
    )


@pytest.fixture
def product() -> Product:
    vendor = Vendor.objects.create(slug="en-leverandor", name="En leverandør")
    return Product.objects.create(
        vendor=vendor, slug="journal", name="Journal", kind=ProductKind.RECORD_SYSTEM.value
    )


SignIn = Callable[..., Person]


@pytest.fixture
def sign_in(client: Client, world: World) -> SignIn:
    """Sign in as somebody with a role in the world's own municipality or region."""

    def signed_in(role: Role, *, phone: str = "") -> Person:
        person = give(role, world, phone=phone)
        client.force_login(person)
        return person

    return signed_in


def give(role: Role, world: World, *, phone: str = "") -> Person:
    person = make.person(name=f"{role.value} her")
    Person.objects.filter(pk=person.pk).update(phone=phone)
    where: dict[str, object] = {}
    match SCOPE_OF[role]:
        case Scope.REGION:
            where["region"] = world.group
        case Scope.MUNICIPALITY:
            where["municipality"] = world.own
        case Scope.VENDOR:
            where["vendor"] = Vendor.objects.create(slug="annen", name="Annen leverandør")
        case Scope.SOLUTION:
            where["solution_slug"] = "kjernejournal"
    accounts.grant(person=person, role=role, by=TESTS, on=make.SOME_DAY, **where)  # type: ignore[arg-type]
    return person


def give_in_county_authority(world: World) -> Person:
    person = make.person(name="fylkeskoordinator")
    authority = CountyAuthority.objects.create(
        county=world.county, slug="agder-fylkeskommune", name="Agder fylkeskommune"
    )
    accounts.grant(
        person=person,
        role=Role.MUNICIPAL_COORDINATOR,
        county_authority=authority,
        by=TESTS,
        on=make.SOME_DAY,
    )
    return person

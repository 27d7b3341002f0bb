"""A municipality in a region, another outside, and somebody to sign in in every role."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import CountyAuthority, Municipality, Region, Vendor
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make

TESTS = Machine("tests")


@dataclass(frozen=True)
class World:
    here: Municipality
    elsewhere: Municipality
    group: Region
    other_group: Region
    authority: CountyAuthority
    vendor: Vendor
    other_vendor: Vendor


@pytest.fixture
def world() -> World:
    here = make.municipality(number="4211", name="Gjerstad")
    elsewhere = make.municipality(number="1108", name="Sandnes")
    county = make.region(kind=RegionKind.COUNTY, slug="agder", name="Agder", members=(here,))
    return World(
        here=here,
        elsewhere=elsewhere,
        group=make.region(
            kind=RegionKind.EHEALTH_GROUP, slug="digi-agder", name="Digi Agder", members=(here,)
        ),
        other_group=make.region(
            kind=RegionKind.EHEALTH_GROUP,
            slug="digi-rogaland",
            name="Digi Rogaland",
            members=(elsewhere,),
        ),
        authority=CountyAuthority.objects.create(
            county=county, slug="agder-fylkeskommune", name="Agder fylkeskommune"
        ),
        vendor=Vendor.objects.create(slug="journal", name="Journal AS"),
        other_vendor=Vendor.objects.create(slug="varsel", name="Varsel AS"),
    )


def where(world: World, role: Role, *, own: bool = True) -> dict[str, object]:
    """The columns of a role in the places of one's own, or in the others."""
    match SCOPE_OF[role]:
        case Scope.NATION:
            return {}
        case Scope.REGION:
            return {"region": world.group if own else world.other_group}
        case Scope.MUNICIPALITY:
            return {"municipality": world.here if own else world.elsewhere}
        case Scope.VENDOR:
            return {"vendor": world.vendor if own else world.other_vendor}
        case Scope.SOLUTION:
            return {"solution_slug": "own" if own else "other"}


Hold = Callable[..., Membership]


@pytest.fixture
def hold(world: World) -> Hold:
    """Somebody new holds a role."""

    def held(role: Role, *, own: bool = True, **more: object) -> Membership:
        person = make.person(name=f"{role.value} {'her' if own else 'der'}")
        Person.objects.filter(pk=person.pk).update(phone="900 00 000")
        columns = where(world, role, own=own) | more
        columns = {"on": make.SOME_DAY, **columns}
        return accounts.grant(person=person, role=role, by=TESTS, **columns)  # type: ignore[arg-type]

    return held


SignIn = Callable[..., Person]


@pytest.fixture
def sign_in(client: Client, hold: Hold) -> SignIn:
    def signed_in(role: Role, *, own: bool = True, **more: object) -> Person:
        person = hold(role, own=own, **more).person
        client.force_login(person)
        return person

    return signed_in

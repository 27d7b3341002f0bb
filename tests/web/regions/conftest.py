"""One e-health group with two assumed members, and somebody to sign in in every role."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Region, RegionMembership, Vendor
from samlop.municipalities.rules.kinds import Certainty, RegionKind
from tests import factories as make

TESTS = Machine("tests")


@dataclass(frozen=True)
class Group:
    region: Region
    first: Municipality
    second: Municipality
    memberships: tuple[RegionMembership, ...]

    @property
    def address(self) -> str:
        return f"/regioner/{self.region.slug}/"


@pytest.fixture
def group() -> Group:
    first = make.municipality(number="4203", name="Arendal")
    second = make.municipality(number="4201", name="Risør")
    region = make.region(
        kind=RegionKind.EHEALTH_GROUP,
        slug="e-helse-agder",
        name="E-helse Agder",
        members=(first, second),
        certainty=Certainty.ASSUMED,
    )
    memberships = tuple(RegionMembership.objects.filter(region=region).order_by("pk"))
    return Group(region, first, second, memberships)


SignIn = Callable[..., Person]


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """Sign in as somebody with a role; region roles are held in the region given."""

    def signed_in(role: Role, *, region: Region | None = None) -> Person:
        person = make.person(name=f"{role.value} her")
        where: dict[str, object] = {}
        match SCOPE_OF[role]:
            case Scope.REGION:
                where["region"] = region or make.region(kind=RegionKind.EHEALTH_GROUP)
            case Scope.MUNICIPALITY:
                where["municipality"] = make.municipality()
            case Scope.VENDOR:
                where["vendor"] = Vendor.objects.create(slug="en-leverandor", name="En leverandør")
            case Scope.SOLUTION:
                where["solution_slug"] = "kjernejournal"
        accounts.grant(person=person, role=role, by=TESTS, on=make.SOME_DAY, **where)  # type: ignore[arg-type]
        client.force_login(person)
        return person

    return signed_in

"""Somebody in a role, signed in: for tests of who may do what."""

from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import Vendor
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make


def sign_in(client: Client, role: Role, *, solution: str = "kjernejournal") -> Person:
    """A new person who holds the role in a place of her own, or in the programme of a solution."""
    where: dict[str, object] = {}
    match SCOPE_OF[role]:
        case Scope.REGION:
            where["region"] = make.region(kind=RegionKind.EHEALTH_GROUP)
        case Scope.MUNICIPALITY:
            where["municipality"] = make.municipality()
        case Scope.VENDOR:
            where["vendor"] = Vendor.objects.create(slug=f"egen-{role.value}", name="Egen")
        case Scope.SOLUTION:
            where["solution_slug"] = solution
        case Scope.NATION:
            pass
    person = make.person()
    accounts.grant(
        person=person,
        role=role,
        by=Machine("tests"),
        on=make.SOME_DAY,
        **where,  # type: ignore[arg-type]
    )
    client.force_login(person)
    return person

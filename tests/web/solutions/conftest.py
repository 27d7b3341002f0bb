"""A portfolio of two solutions, and somebody in each role."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import Vendor
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area, Phase
from tests import factories as make


@dataclass(frozen=True)
class Portfolio:
    """`solution` is on trial in home care and rolled out among doctors; `other` is elsewhere."""

    solution: Solution
    home_care: Offer
    doctors: Offer
    other: Solution


@pytest.fixture
def portfolio() -> Portfolio:
    solution = make.solution(name="Legemiddellista", slug="legemiddellista")
    home_care = make.offer(solution=solution, area=Area.HOME_CARE)
    doctors = make.offer(solution=solution, area=Area.GENERAL_PRACTICE)
    make.phase(offer=home_care, phase=Phase.UNDER_TRIAL, on=date(2024, 1, 1))
    make.phase(offer=doctors, phase=Phase.UNDER_TRIAL, on=date(2024, 1, 1))
    make.phase(offer=doctors, phase=Phase.NATIONAL_ROLLOUT, on=date(2026, 1, 1))
    other = make.solution(name="Annen løsning", slug="annen", areas=(Area.CHILD_HEALTH,))
    return Portfolio(solution, home_care, doctors, other)


def sign_in(client: Client, role: Role, solution: str = "legemiddellista") -> None:
    """As somebody who holds the role, a programme's in the solution."""
    where: dict[str, object] = {}
    match SCOPE_OF[role]:
        case Scope.REGION:
            where["region"] = make.region(kind=RegionKind.EHEALTH_GROUP)
        case Scope.MUNICIPALITY:
            where["municipality"] = make.municipality()
        case Scope.VENDOR:
            where["vendor"] = Vendor.objects.create(slug="fjord", name="Fjord")
        case Scope.SOLUTION:
            where["solution_slug"] = solution
    person = make.person()
    accounts.grant(
        person=person,
        role=role,
        by=Machine("tests"),
        on=make.SOME_DAY,
        **where,  # type: ignore[arg-type]
    )
    client.force_login(person)

"""A solution in two areas, a vendor with one product spoken of, and whoever may speak."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Product, Vendor
from samlop.municipalities.rules.kinds import RegionKind, ServiceArea
from samlop.portfolio.models import Offer, ReadinessEvent, Solution
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.web import clock
from tests import factories as make


def today() -> date:
    return clock.today()


def soon(days: int = 60) -> date:
    return today() + timedelta(days=days)


@dataclass(frozen=True)
class Stage:
    solution: Solution
    home: Offer
    nursing: Offer
    vendor: Vendor
    product: Product
    first: Municipality
    second: Municipality
    said: ReadinessEvent

    @property
    def address(self) -> str:
        return f"/losninger/{self.solution.slug}/leverandorer/"

    @property
    def row(self) -> str:
        return f"{self.address}home_care/{self.product.slug}/"

    @property
    def own(self) -> str:
        return f"/leverandorer/{self.vendor.slug}/status/"

    @property
    def key(self) -> str:
        return f"{self.home.pk}-{self.product.pk}-{self.said.pk}"


@pytest.fixture
def stage() -> Stage:
    solution = make.solution(name="Legemiddelliste", slug="legemiddelliste")
    nursing = make.offer(solution=solution, area=Area.NURSING_HOME)
    home = make.offer(solution=solution, area=Area.HOME_CARE)
    vendor = Vendor.objects.create(slug="fjord-data", name="Fjord data")
    product = make.product(name="Journalen", vendor=vendor)
    first = make.municipality(number="4203", name="Arendal")
    second = make.municipality(number="4201", name="Risør")
    make.use(municipality=first, product=product)
    make.use(municipality=first, product=product, area=ServiceArea.NURSING_HOME)
    make.use(municipality=second, product=product)
    said = make.readiness(
        offer=home,
        product=product,
        state=Readiness.PLANNED,
        release_on=soon(),
        told_on=today() - timedelta(days=45),
    )
    return Stage(solution, home, nursing, vendor, product, first, second, said)


SignIn = Callable[..., Person]


@pytest.fixture
def sign_in(client: Client, stage: Stage) -> SignIn:
    """Sign in with a role, held at the stage's vendor and solution unless told otherwise."""

    def signed_in(
        role: Role, *, vendor: Vendor | None = None, solution: str = "legemiddelliste"
    ) -> Person:
        where: dict[str, object] = {}
        match SCOPE_OF[role]:
            case Scope.REGION:
                where["region"] = make.region(kind=RegionKind.EHEALTH_GROUP)
            case Scope.MUNICIPALITY:
                where["municipality"] = stage.first
            case Scope.VENDOR:
                where["vendor"] = vendor or stage.vendor
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
        return person

    return signed_in

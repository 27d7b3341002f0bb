"""A municipality with one who answers for it, and a solution others have said something of."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.models import StageEvent
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import stages
from samlop.uptake.services.stages import Said
from samlop.web import clock
from tests import factories as make

BY = Machine("tests")
TODAY = date(2026, 11, 22)
LONG_AGO = date(2025, 1, 10)

Say = Callable[..., StageEvent]
SignInAs = Callable[..., Person]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def offer() -> Offer:
    solution = make.solution(name="Kjernejournal", slug="kjernejournal")
    return make.offer(solution=solution, area=Area.NURSING_HOME)


@pytest.fixture
def say(offer: Offer, place: Municipality) -> Say:
    def say(
        stage: Stage,
        source: Source,
        *,
        of: Offer | None = None,
        happened_on: date = LONG_AGO,
        told_on: date = LONG_AGO,
    ) -> StageEvent:
        return stages.say(
            offer=of or offer,
            municipality=place,
            said=Said(stage=stage, happened_on=happened_on, source=source),
            by=BY,
            on=told_on,
            at=datetime(told_on.year, told_on.month, told_on.day, 9, tzinfo=UTC),
        )

    return say


@pytest.fixture
def sign_in(client: Client, place: Municipality) -> SignInAs:
    def sign_in(role: Role = Role.MUNICIPAL_COORDINATOR, **where: object) -> Person:
        person = make.person()
        accounts.grant(
            person=person,
            role=role,
            by=BY,
            on=TODAY,
            **(where or {"municipality": place}),  # type: ignore[arg-type]
        )
        client.force_login(person)
        return person

    return sign_in

"""A municipality's uptake: what everybody reads, and what it reads of itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import stages
from samlop.uptake.services.stages import Said
from samlop.web import clock
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.uptake.addresses")]

HERE = "/kommuner/9042/utbredelse/"
BY = Machine("tests")
LONG_AGO = date(2025, 1, 10)


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def offer() -> Offer:
    solution = make.solution(name="Kjernejournal", slug="kjernejournal")
    return make.offer(solution=solution, area=Area.NURSING_HOME)


def say(
    offer: Offer, place: Municipality, stage: Stage, source: Source, told_on: date = LONG_AGO
) -> None:
    stages.say(
        offer=offer,
        municipality=place,
        said=Said(stage=stage, happened_on=LONG_AGO, source=source),
        by=BY,
        on=told_on,
        at=datetime(told_on.year, told_on.month, told_on.day, 9, tzinfo=UTC),
    )


def test_everybody_reads_how_far_it_has_come(
    client: Client, place: Municipality, offer: Offer
) -> None:
    say(offer, place, Stage.IN_USE, Source.MUNICIPALITY)

    html = client.get(HERE).text

    assert "Kjernejournal" in html
    assert "Tatt i bruk" in html
    assert "Hva kildene sier" not in html


def test_only_the_municipality_reads_what_it_may_still_answer(
    client: Client, place: Municipality, offer: Offer
) -> None:
    say(offer, place, Stage.IN_USE, Source.USAGE_LOG, clock.today() - timedelta(days=3))

    public = client.get(HERE).text
    assert "Venter på svar fra kommunen" in public
    assert "Tatt i bruk" not in public

    person = make.person()
    accounts.grant(
        person=person,
        role=Role.MUNICIPAL_COORDINATOR,
        by=BY,
        on=clock.today(),
        municipality=place,
    )
    client.force_login(person)
    own = client.get(HERE).text
    assert "Tatt i bruk" in own
    assert "Brukslogg: tatt i bruk" in own
    assert "Dere kan svare før andre ser det" in own


def test_an_empty_page_says_so(client: Client, place: Municipality) -> None:
    assert "Ingen har opplyst hvor langt kommunen er kommet" in client.get(HERE).text


def test_an_unknown_number_is_not_found(client: Client) -> None:
    assert client.get("/kommuner/0001/utbredelse/").status_code == 404

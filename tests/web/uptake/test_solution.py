"""A solution's uptake, as everybody may read it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import stages
from samlop.uptake.services.stages import Said
from samlop.web import clock
from tests import factories as make

pytestmark = pytest.mark.django_db

HERE = "/losninger/kjernejournal/utbredelse/"
LONG_AGO = date(2025, 1, 10)


@pytest.fixture
def offer() -> Offer:
    return make.offer(solution=make.solution(slug="kjernejournal"), area=Area.NURSING_HOME)


def say(
    offer: Offer, place: Municipality, stage: Stage, source: Source, told_on: date = LONG_AGO
) -> None:
    stages.say(
        offer=offer,
        municipality=place,
        said=Said(stage=stage, happened_on=LONG_AGO, source=source),
        by=Machine("tests"),
        on=told_on,
        at=datetime(told_on.year, told_on.month, told_on.day, 9, tzinfo=UTC),
    )


def test_an_empty_page_says_so(client: Client, offer: Offer) -> None:
    assert "Ingen har opplyst hvor langt" in client.get(HERE).text


def test_made_available_and_used_are_told_apart(client: Client, offer: Offer) -> None:
    for stage in (Stage.TECHNICALLY_INTRODUCED, Stage.IN_USE):
        say(offer, make.municipality(), stage, Source.MUNICIPALITY)
    make.municipality()

    html = client.get(HERE).text

    assert "2 av 3 kommuner har løsningen tilgjengelig. 1 har tatt den i bruk." in html


def test_it_is_as_it_was_that_day(client: Client, offer: Offer) -> None:
    say(offer, make.municipality(), Stage.IN_USE, Source.MUNICIPALITY)

    assert "Ingen har opplyst" in client.get(f"{HERE}?dato=2025-01-09").text
    assert "1 av 1 kommuner" in client.get(f"{HERE}?dato=2025-01-10").text


def test_the_definition_stands_beside_its_figure(client: Client, offer: Offer) -> None:
    stages.define(
        solution=offer.solution,
        stage=Stage.IN_USE,
        words="Minst én enhet slår opp.",
        valid_from=LONG_AGO,
        by=Machine("tests"),
        at=datetime(2025, 1, 10, tzinfo=UTC),
    )
    say(offer, make.municipality(), Stage.IN_USE, Source.MUNICIPALITY)

    assert "Minst én enhet slår opp." in client.get(HERE).text


def test_what_a_municipality_may_still_answer_is_not_told_of_it(
    client: Client, offer: Offer
) -> None:
    place = make.municipality(name="Nyvik")
    say(offer, place, Stage.IN_USE, Source.USAGE_LOG, clock.today() - timedelta(days=3))

    file = client.get(f"{HERE}?format=csv").content.decode("utf-8-sig")

    (line,) = (line for line in file.splitlines() if "Nyvik" in line)
    assert "Venter på svar fra kommunen" in line
    assert "Tatt i bruk" not in line
    assert "2025" not in line


def test_a_joint_process_has_its_own_words(client: Client) -> None:
    process = make.solution(slug="modellen", kind=SolutionKind.JOINT_PROCESS)
    offer = make.offer(solution=process, area=Area.HEALTH_AND_CARE)
    say(offer, make.municipality(), Stage.COMPLETED, Source.MUNICIPALITY)

    html = client.get("/losninger/modellen/utbredelse/").text

    assert "1 av 1 kommuner er påmeldt. 1 har gjennomført." in html


def test_more_municipalities_cost_no_more_queries(client: Client, offer: Offer) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(HERE).status_code == 200
        return len(found)

    say(offer, make.municipality(), Stage.IN_USE, Source.MUNICIPALITY)
    count()
    few = count()
    for _ in range(3):
        say(offer, make.municipality(), Stage.IN_USE, Source.MUNICIPALITY)
    # What is new is read once, and then kept.
    assert count() == few + 1
    assert count() == few

"""Two days compared, over merges and splits."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.municipalities.models import CodeChange, Municipality
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.models import StageEvent
from samlop.uptake.rules.stages import Source, Stage
from samlop.web import clock
from tests import factories as make

pytestmark = pytest.mark.django_db

HERE = "/utbredelse/sammenlign/?fra=2023-11-01&til=2024-11-01"
CHOSEN = f"{HERE}&losning=kjernejournal.nursing_home"
SPLIT_ON = date(2024, 1, 1)


@pytest.fixture
def offer() -> Offer:
    solution = make.solution(name="Kjernejournal", slug="kjernejournal")
    return make.offer(solution=solution, area=Area.NURSING_HOME)


def say(
    offer: Offer, place: Municipality, stage: Stage, on: date, told: datetime | None = None
) -> None:
    StageEvent.objects.create(
        offer=offer,
        municipality=place,
        stage=stage.value,
        happened_on=on,
        source=(Source.USAGE_LOG if told else Source.MUNICIPALITY).value,
        recorded_at=told or datetime(2025, 1, 1, tzinfo=UTC),
    )


def split() -> tuple[Municipality, Municipality, Municipality]:
    whole = make.municipality(
        number="1507", name="Ålesund", valid_from=date(2020, 1, 1), valid_to=SPLIT_ON
    )
    parts = (
        make.municipality(number="1508", name="Ålesund", valid_from=SPLIT_ON),
        make.municipality(number="1580", name="Haram", valid_from=SPLIT_ON),
    )
    for number in ("1508", "1580"):
        CodeChange.objects.create(
            old_number="1507",
            new_number=number,
            happened_on=SPLIT_ON,
            kind=ChangeKind.SPLIT.value,
        )
    return whole, *parts


def test_each_stage_stands_with_both_days_and_the_difference(client: Client, offer: Offer) -> None:
    for day in (date(2023, 5, 1), date(2024, 5, 1), date(2024, 6, 1)):
        place = make.municipality(valid_from=date(2020, 1, 1))
        say(offer, place, Stage.IN_USE, day)

    csv = client.get(f"{HERE}&format=csv").content.decode("utf-8-sig")

    assert "Kjernejournal;Sykehjem;Tatt i bruk;1;3;2" in csv
    assert ">+2<" in client.get(HERE).text


def test_a_split_municipality_is_held_against_what_it_came_of(client: Client, offer: Offer) -> None:
    whole, alesund, haram = split()
    say(offer, whole, Stage.TECHNICALLY_INTRODUCED, date(2023, 5, 1))
    say(offer, alesund, Stage.TECHNICALLY_INTRODUCED, SPLIT_ON)
    say(offer, haram, Stage.IN_USE, date(2024, 3, 1))

    html = client.get(CHOSEN).text

    assert "Det var 1 kommuner, og det er 2." in html
    assert "Ålesund ble delt i Haram og Ålesund 1. januar 2024." in html
    assert "Ålesund: teknisk innført" in html
    assert "Kom av Ålesund" in html
    csv = client.get(f"{CHOSEN}&format=csv").content.decode("utf-8-sig").splitlines()
    assert csv[1:] == ["1580;Haram;Ålesund: teknisk innført;Tatt i bruk;Kom av Ålesund"]


def test_a_merge_is_held_against_all_it_came_of(client: Client, offer: Offer) -> None:
    old = [
        make.municipality(number=number, name=name, valid_from=date(2020, 1, 1), valid_to=SPLIT_ON)
        for number, name in (("9901", "Nord"), ("9902", "Sør"))
    ]
    new = make.municipality(number="9903", name="Midt", valid_from=SPLIT_ON)
    for number in ("9901", "9902"):
        CodeChange.objects.create(
            old_number=number,
            new_number="9903",
            happened_on=SPLIT_ON,
            kind=ChangeKind.MERGED.value,
        )
    say(offer, old[0], Stage.IN_USE, date(2023, 5, 1))
    say(offer, new, Stage.DECIDED, SPLIT_ON)

    html = client.get(CHOSEN).text

    assert "Midt ble til av Nord og Sør 1. januar 2024." in html
    assert "Nord: tatt i bruk, Sør: ikke opplyst" in html
    assert "ikke lenger enn før" in html


def test_what_may_still_be_answered_is_not_told_of_a_municipality(
    client: Client, offer: Offer
) -> None:
    place = make.municipality(name="Nyvik", valid_from=date(2020, 1, 1))
    now = datetime.combine(clock.today(), datetime.min.time(), tzinfo=UTC)
    say(offer, place, Stage.IN_USE, date(2024, 5, 1), told=now)

    assert "Nyvik" not in client.get(CHOSEN).text


def test_days_the_wrong_way_around_are_turned(client: Client, offer: Offer) -> None:
    html = client.get("/utbredelse/sammenlign/?fra=2024-11-01&til=2023-11-01").text
    assert "fra 1. november 2023 til 1. november 2024" in html


def test_without_days_it_is_the_last_year(client: Client) -> None:
    html = client.get("/utbredelse/sammenlign/?fra=tull&til=9999-01-01").text
    assert f'value="{clock.today().isoformat()}"' in html


def test_more_municipalities_cost_no_more_queries(client: Client, offer: Offer) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(CHOSEN).status_code == 200
        return len(found)

    def one_more() -> None:
        place = make.municipality(valid_from=date(2020, 1, 1))
        say(offer, place, Stage.IN_USE, date(2024, 5, 1))

    split()
    one_more()
    count()
    one_more()
    few = count()
    for _ in range(3):
        one_more()
    assert count() == few

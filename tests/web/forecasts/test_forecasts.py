"""When municipalities may come to use a solution, as everybody may read it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.uptake.models import StageEvent
from samlop.uptake.rules.forecasts import QUARTER
from samlop.uptake.rules.stages import Source, Stage
from samlop.web import clock
from tests import factories as make

pytestmark = pytest.mark.django_db

HERE = "/utbredelse/kjernejournal/prognose/"
EARLIER = f"{HERE}treff/"


@pytest.fixture
def municipalities() -> list[Municipality]:
    return [make.municipality(number=f"9{index:03}") for index in range(40)]


@pytest.fixture
def offer() -> Offer:
    solution = make.solution(name="Kjernejournal", slug="kjernejournal")
    return make.offer(solution=solution, area=Area.NURSING_HOME)


def begin(offer: Offer, places: list[Municipality], *, stage: Stage = Stage.IN_USE) -> None:
    """Three a quarter, the last in the quarter that ends today."""
    quarters = -(-len(places) // 3)
    StageEvent.objects.bulk_create(
        StageEvent(
            offer=offer,
            municipality=one,
            stage=stage.value,
            happened_on=clock.today()
            - (quarters - 1 - index // 3) * QUARTER
            - timedelta(days=index % 3),
            source=Source.MUNICIPALITY.value,
            recorded_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
        for index, one in enumerate(places)
    )


def words(html: str) -> str:
    plain = re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


# --- the forecast ---


def test_too_little_to_go_by_is_said_and_nothing_is_forecast(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    begin(offer, municipalities[:6])
    page = words(client.get(HERE).text)
    assert "6 av 40 kommuner har tatt løsningen i bruk." in page
    assert "Samløp lager ikke noe anslag her" in page
    assert "Det trengs minst 15" in page
    assert "Tidlig" not in page
    assert "ventes" not in page


def test_each_share_has_an_early_a_middle_and_a_late_day(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    begin(offer, municipalities[:24])
    page = words(client.get(HERE).text)
    assert "24 av 40 kommuner har tatt løsningen i bruk." in page
    assert re.search(r"50 % 20 kommuner Hadde begynt \d", page)
    found = re.search(
        r"80 % 32 kommuner (\d)\. kvartal (\d{4}) (\d)\. kvartal (\d{4}) ((\d)\. kvartal|mer enn)",
        page,
    )
    assert found
    assert (found[2], found[1]) < (found[4], found[3])
    assert "80 % av kommunene ventes" in page
    assert "gjennomsnittet i forskningen" in page


def test_the_curve_has_a_table(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    begin(offer, municipalities[:24])
    html = client.get(HERE).text
    assert 'class="curve-band"' in html
    assert f"1. januar {clock.today().year} " in words(html)


def test_a_planned_start_changes_the_forecast_and_stays_in_the_address(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    begin(offer, municipalities[:18])
    soon = (clock.today() + timedelta(days=40)).isoformat()
    plain = client.get(HERE).text
    html = client.get(HERE, {"dag": soon, "antall": "16"}).text
    assert "Anslaget regner med at 16 kommuner har fått en dag å begynne." in words(html)
    assert f'value="{soon}"' in html
    assert words(plain).split("Sent", 1)[1][:120] != words(html).split("Sent", 1)[1][:120]


@pytest.mark.parametrize(
    ("day", "count", "says"),
    [
        ("2099-01-01", "", "Skriv både dag og antall kommuner."),
        ("i morgen", "3", "Velg en dag."),
        ("2020-01-01", "3", "Velg en dag etter"),
        ("2099-01-01", "23", "Skriv et antall fra 1 til 22"),
        ("2099-01-01", "-1", "Skriv et antall fra 1 til 22"),
        ("2099-01-01", "9" * 5000, "Skriv et antall fra 1 til 22"),
    ],
)
def test_a_plan_that_cannot_be_read_says_what_to_do(
    client: Client,
    offer: Offer,
    municipalities: list[Municipality],
    day: str,
    count: str,
    says: str,
) -> None:
    begin(offer, municipalities[:18])
    page = words(client.get(HERE, {"dag": day, "antall": count}).text)
    assert says in page
    assert "har fått en dag å begynne." not in page


def test_it_is_as_it_was_that_day_and_never_of_a_day_to_come(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    begin(offer, municipalities[:24])
    then = (clock.today() - 3 * QUARTER).isoformat()
    assert "15 av 40 kommuner" in words(client.get(HERE, {"dato": then}).text)
    later = (clock.today() + 8 * QUARTER).isoformat()
    assert words(client.get(HERE, {"dato": later}).text).count("24 av 40 kommuner") == 1


def test_without_a_choice_it_is_of_the_area_where_most_have_begun(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    other = make.offer(solution=offer.solution, area=Area.HOME_CARE)
    begin(offer, municipalities[:3])
    begin(other, municipalities[:24])
    assert "24 av 40 kommuner" in client.get(HERE).text
    assert "3 av 40 kommuner" in client.get(HERE, {"omrade": "sykehjem"}).text


def test_a_joint_process_is_under_way(client: Client, municipalities: list[Municipality]) -> None:
    process = make.solution(slug="modellen", kind=SolutionKind.JOINT_PROCESS)
    begin(make.offer(solution=process), municipalities[:24], stage=Stage.UNDER_WAY)
    page = words(client.get("/utbredelse/modellen/prognose/").text)
    assert "24 av 40 kommuner er i gang." in page


def test_example_data_is_said_to_be_that(
    client: Client,
    offer: Offer,
    municipalities: list[Municipality],
    settings: Settings,
) -> None:
    begin(offer, municipalities[:24])
    says = "Anslaget er laget av eksempeldata."
    settings.SAMLOP_EXAMPLE = False
    assert says not in client.get(HERE).text
    settings.SAMLOP_EXAMPLE = True
    assert says in client.get(HERE).text
    assert "Dette er eksempeldata" in client.get(EARLIER).text


def test_a_solution_that_is_offered_nowhere_has_no_forecast(client: Client) -> None:
    make.solution(slug="kjernejournal")
    assert "tilbys ikke i noe tjenesteområde" in client.get(HERE).text
    assert client.get(EARLIER).status_code == 200
    assert client.get("/utbredelse/finnes-ikke/prognose/").status_code == 404


# --- looking back ---


def test_earlier_forecasts_stand_beside_what_happened(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    begin(offer, municipalities)
    html = client.get(EARLIER).text
    page = words(html)
    own = page.split("Prøvd på virkelige tall", 1)[0]
    assert re.search(r"Antallet ett år etter \d+ av \d+ traff", own)
    assert re.search(r"Dagen for 50, 80 og 95 % \d+ av \d+ traff", own)
    assert "Anslag fra Da hadde begynt Ett år etter Anslaget sa Det ble Traff det?" in own
    assert 'class="curve-bar' in html


def test_nothing_to_look_back_on_is_said(client: Client, offer: Offer) -> None:
    assert "Ingen anslag å se tilbake på" in client.get(EARLIER).text


def test_the_italian_series_are_shown_with_their_results(client: Client, offer: Offer) -> None:
    page = words(client.get(EARLIER).text).split("Prøvd på virkelige tall fra Italia", 1)[1]
    assert "11 av 11 traff, 7 er ikke avgjort" in page
    assert "7 av 7 traff" in page
    assert "5 121" in page
    assert "CC BY 4.0, slik det var 22. august 2026" in page


@pytest.mark.parametrize("address", [HERE, EARLIER])
def test_the_pages_cost_the_same_for_few_and_many(
    client: Client, offer: Offer, municipalities: list[Municipality], address: str
) -> None:
    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    begin(offer, municipalities[:18])
    few = queries()
    begin(offer, municipalities[18:])
    for _ in range(3):
        begin(make.offer(), municipalities)
    assert queries() == few


def test_no_word_of_the_agreement_stands_on_the_pages(
    client: Client, offer: Offer, municipalities: list[Municipality]
) -> None:
    """«Vesentlig andel» has no number: a forecast of a share must not be read as one."""
    begin(offer, municipalities[:24])
    assert "vesentlig" not in words(client.get(HERE).text).lower()

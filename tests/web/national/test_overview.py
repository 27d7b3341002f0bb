"""The national overview, as everybody reads it."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.uptake.models import HindranceReport, StageEvent
from samlop.uptake.rules.stages import Hindrance, Source, Stage
from samlop.web.national import lines
from tests import factories as make

pytestmark = pytest.mark.django_db

HERE = "/utbredelse/"
DAY = date(2025, 1, 10)
AT = datetime(2025, 1, 10, tzinfo=UTC)


@pytest.fixture
def offer() -> Offer:
    solution = make.solution(name="Kjernejournal", slug="kjernejournal")
    return make.offer(solution=solution, area=Area.NURSING_HOME)


def say(offer: Offer, stage: Stage, place: Municipality | None = None, on: date = DAY) -> None:
    StageEvent.objects.create(
        offer=offer,
        municipality=place or make.municipality(),
        stage=stage.value,
        happened_on=on,
        source=Source.MUNICIPALITY.value,
        recorded_at=AT,
    )


def hindered(offer: Offer, hindrance: Hindrance) -> None:
    place = make.municipality()
    say(offer, Stage.PREPARED, place)
    HindranceReport.objects.create(
        offer=offer,
        municipality=place,
        hindrances=[hindrance.value],
        told_on=DAY,
        recorded_at=AT,
    )


def line(csv: str, start: str) -> list[str]:
    (found,) = (row for row in csv.splitlines() if row.startswith(start))
    return found.split(";")


def test_made_available_used_and_gained_are_told_apart_with_the_distances(
    client: Client, offer: Offer
) -> None:
    for stage in (
        Stage.PREPARED,
        Stage.TECHNICALLY_INTRODUCED,
        Stage.TECHNICALLY_INTRODUCED,
        Stage.IN_USE,
        Stage.BENEFIT_DOCUMENTED,
    ):
        say(offer, stage)

    html = client.get(HERE).text

    assert "2 har den uten å ha tatt den i bruk" in html
    assert "1 bruker den, men ikke aktivt ennå" in html
    csv = client.get(f"{HERE}?format=csv").content.decode("utf-8-sig")
    assert line(csv, "Kjernejournal")[2:9] == ["5", "5", "5", "4", "2", "1", "1"]


def test_an_empty_page_says_so_and_names_what_nobody_speaks_of(
    client: Client, offer: Offer
) -> None:
    html = client.get(HERE).text
    assert "Ingen har opplyst hvor langt kommunene er kommet" in html
    assert "Løsninger ingen har opplyst noe om" in html
    assert "Kjernejournal" in html


def test_it_is_as_it_was_that_day(client: Client, offer: Offer) -> None:
    say(offer, Stage.IN_USE)
    assert "Ingen har opplyst hvor langt" in client.get(f"{HERE}?dato=2025-01-09").text
    assert "Ingen har opplyst hvor langt" not in client.get(f"{HERE}?dato=2025-01-10").text


def test_a_reason_is_shown_when_five_have_given_it(client: Client, offer: Offer) -> None:
    for _ in range(5):
        hindered(offer, Hindrance.VENDOR)
    for _ in range(4):
        hindered(offer, Hindrance.ECONOMY)
    say(offer, Stage.DECIDED)

    html = client.get(HERE).text

    assert "Leverandøren er ikke klar <strong>5</strong>" in html
    assert "Økonomi" not in html
    assert "Andre grunner, hver fra færre enn fem" in html


def test_the_map_shows_the_chosen_solution(client: Client, offer: Offer) -> None:
    say(offer, Stage.IN_USE)
    other = make.offer(solution=make.solution(name="Digihelse", slug="digihelse"))
    say(other, Stage.IN_USE)

    html = client.get(f"{HERE}?losning=digihelse.home_care").text

    assert "Kart over hvor langt kommunene er kommet med Digihelse" in html


def test_the_order_and_the_area_can_be_chosen(client: Client, offer: Offer) -> None:
    say(offer, Stage.IN_USE)
    other = make.offer(solution=make.solution(name="Avansert hjelp", slug="hjelp"))
    say(other, Stage.TECHNICALLY_INTRODUCED)
    say(other, Stage.TECHNICALLY_INTRODUCED)

    def names(query: str) -> list[str]:
        csv = client.get(f"{HERE}?format=csv&{query}").content.decode("utf-8-sig")
        return [row.split(";")[0] for row in csv.splitlines()[1:]]

    assert names("") == ["Avansert hjelp", "Kjernejournal"]
    assert names("sorter=avstand") == ["Avansert hjelp", "Kjernejournal"]
    assert names("omrade=nursing_home") == ["Kjernejournal"]
    assert names("sorter=tull&omrade=tull") == ["Avansert hjelp", "Kjernejournal"]


def test_a_joint_process_stands_by_itself_in_its_own_words(client: Client) -> None:
    process = make.solution(slug="modellen", kind=SolutionKind.JOINT_PROCESS)
    offer = make.offer(solution=process, area=Area.HEALTH_AND_CARE)
    say(offer, Stage.SIGNED_UP)
    say(offer, Stage.COMPLETED)

    html = client.get(HERE).text

    assert "Felles prosesser" in html
    assert "1 er påmeldt uten å ha begynt" in html


def test_a_name_that_looks_like_a_formula_is_text_in_the_file(client: Client) -> None:
    offer = make.offer(solution=make.solution(name="=1+1", slug="formel"))
    say(offer, Stage.IN_USE)
    csv = client.get(f"{HERE}?format=csv").content.decode("utf-8-sig")
    assert "'=1+1" in csv


def test_the_filter_answers_with_its_block_alone(client: Client, offer: Offer) -> None:
    say(offer, Stage.IN_USE)
    answer = client.get(HERE, headers={"HX-Request": "true", "HX-Target": "utbredelse"})
    assert answer.text.lstrip().startswith('<div id="utbredelse">')


def test_more_municipalities_and_solutions_cost_no_more_queries(
    client: Client, offer: Offer
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(HERE).status_code == 200
        return len(found)

    say(offer, Stage.IN_USE)
    count()
    say(offer, Stage.IN_USE)
    few = count()
    for _ in range(3):
        more = make.offer(solution=make.solution())
        for _place in range(3):
            say(more, Stage.IN_USE)
    assert count() == few


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 7, 1), date(2026, 11, 22)])
def test_the_days_looked_back_on_are_all_different(day: date) -> None:
    days = lines.days_of(day)
    assert days[0] == day
    assert len(set(days)) == len(days)
    assert 360 <= (days[0] - days[1]).days <= 366


def test_the_front_page_tells_how_far_the_country_has_come(client: Client, offer: Offer) -> None:
    say(offer, Stage.TECHNICALLY_INTRODUCED)
    say(offer, Stage.IN_USE)
    # In one area it has come less far: the solution stands once, with what most have.
    less = make.offer(solution=offer.solution, area=Area.HOME_CARE)
    say(less, Stage.IN_USE)

    html = client.get("/").text

    assert html.count("Kjernejournal</a>") == 1
    assert "2 av 3 kommuner har løsningen tilgjengelig. 1 har tatt den i bruk." in html


def test_the_front_page_costs_no_more_for_more_solutions(client: Client, offer: Offer) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/").status_code == 200
        return len(found)

    say(offer, Stage.IN_USE)
    count()
    say(offer, Stage.IN_USE)
    few = count()
    for _ in range(3):
        say(make.offer(solution=make.solution()), Stage.IN_USE)
    assert count() == few

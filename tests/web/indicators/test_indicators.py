"""Indicators for everybody to read, their changes, and the series of the country."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Population
from samlop.portfolio.models import Solution
from samlop.uptake.models import Indicator, UsageSource
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source
from samlop.uptake.services import indicators, usage
from samlop.uptake.services.usage import Good
from samlop.web.indicators import pages, series
from tests import factories as make
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/utbredelse/indikatorer/"
BY = Machine("tests")
ON = date(2025, 3, 14)


def measured(
    name: str = "Oppslag",
    *,
    solution: Solution | None = None,
    kind: IndicatorKind = IndicatorKind.COUNT,
    rhythm: Rhythm = Rhythm.MONTH,
) -> Indicator:
    return indicators.add_indicator(
        solution=solution or make.solution(slug="kjernejournal", name="Kjernejournal"),
        name=name,
        unit="oppslag",
        kind=kind,
        rhythm=rhythm,
        definition="Oppslag gjort av helsepersonell.",
        source="https://www.example.no/definisjoner/oppslag",
        valid_from=date(2024, 1, 1),
        by=BY,
        at=timezone.now(),
    )


def bring(one: Indicator, figures: Sequence[tuple[Municipality, date, int | None]]) -> None:
    source = UsageSource.objects.filter(solution=one.solution).first() or indicators.add_source(
        solution=one.solution,
        name="Eksport",
        source=Source.USAGE_LOG,
        mark=DecimalMark.EITHER,
        by=BY,
        at=timezone.now(),
    )
    row = usage.stage(
        source=source,
        file_name="tall.csv",
        sha256="0" * 64,
        figures=[
            Good(
                index,
                one.pk,
                place.pk,
                start.isoformat(),
                Decimal(value) if value else None,
            )
            for index, (place, start, value) in enumerate(figures, start=1)
        ],
        by=BY,
        at=timezone.now(),
    )
    usage.ask_to_take_in(usage_import=row, by=BY, at=timezone.now())
    usage.take_in(import_id=row.pk, at=timezone.now())


def address(one: Indicator) -> str:
    return f"{LIST}{one.solution.slug}/{one.slug}/"


def test_everybody_reads_what_is_measured_and_how(client: Client) -> None:
    one = measured()
    html = client.get(LIST).text
    assert "Kjernejournal" in html
    assert "Oppslag gjort av helsepersonell." in html
    assert "Legg til indikator" not in html
    html = client.get(address(one)).text
    assert "https://www.example.no/definisjoner/oppslag" in html
    assert "Ingen tall er tatt inn ennå." in html


def test_with_nothing_measured_the_list_says_so(client: Client) -> None:
    assert "Ingenting måles ennå" in client.get(LIST).text


def test_the_country_is_drawn_with_how_many_are_in_it(client: Client) -> None:
    one = measured(kind=IndicatorKind.PEOPLE)
    first, second = make.municipality(), make.municipality()
    bring(
        one,
        [
            (first, date(2024, 5, 1), 1000),
            (second, date(2024, 5, 1), None),
            (first, date(2024, 6, 1), 1500),
        ],
    )
    html = client.get(address(one)).text
    assert "1\xa0500 oppslag, juni 2024" in html
    assert "1 kommune, og 1 med færre enn 5" in html
    file = client.get(f"{address(one)}?format=csv").content.decode("utf-8-sig")
    assert file.splitlines()[1].startswith("mai 2024;")


@pytest.mark.parametrize(
    ("months", "paths"),
    [
        ([1, 2, 3], ["M0.0 0.0L51.7 0.0L100.0 0.0"]),
        ([1, 2, 5, 6], ["M0.0 0.0L20.4 0.0", "M79.6 0.0L100.0 0.0"]),
        ([4], ["M0.0 0.0h0"]),
    ],
)
def test_what_nobody_measured_is_a_gap(months: list[int], paths: list[str]) -> None:
    one = measured()
    place = make.municipality()
    bring(one, [(place, date(2024, month, 1), 10) for month in months])
    (chart,) = series.of_country([one], on=ON)
    assert list(chart.paths) == paths


def test_a_programme_adds_an_indicator_to_its_own_solution_only(client: Client) -> None:
    make.solution(slug="kjernejournal", name="Kjernejournal")
    make.solution(slug="digihelse")
    sign_in(client, Role.PROGRAMME)
    assert client.get("/utbredelse/ny-indikator/digihelse/").status_code == 403
    sent = {
        "name": "Oppslag",
        "unit": "oppslag",
        "kind": "count",
        "rhythm": "week",
        "definition": "Oppslag.",
        "source": "",
        "valid_from": "2024-01-01",
    }
    assert "Kjernejournal" in client.get(LIST).text  # the first may be added
    answer = client.post("/utbredelse/ny-indikator/kjernejournal/", sent)
    one = Indicator.objects.get()
    assert answer.headers["Location"] == address(one)
    again = client.post("/utbredelse/ny-indikator/kjernejournal/", sent)
    assert again.status_code == 422
    assert "Løsningen har allerede noe med dette navnet." in again.text
    assert Indicator.objects.count() == 1


def test_a_new_version_stands_over_the_old_one(client: Client) -> None:
    one = measured()
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post(
        f"{address(one)}definisjon/",
        {"definition": "Også fastleger.", "valid_from": "2024-06-01"},
    )
    html = client.get(address(one)).text
    assert html.index("Også fastleger.") < html.index("Oppslag gjort av helsepersonell.")
    assert html.count("Gjelder nå") == 1


def test_a_withdrawn_indicator_says_why_and_can_come_back(client: Client) -> None:
    one = measured()
    sign_in(client, Role.PROGRAMME)
    assert client.post(f"{address(one)}trekk/", {"reason": " "}).status_code == 422
    client.post(f"{address(one)}trekk/", {"reason": "Telles på en annen måte"})
    assert "Telles på en annen måte" in client.get(address(one)).text
    assert "Trukket" in client.get(LIST).text
    refused = client.post(
        f"{address(one)}definisjon/", {"definition": "Ny", "valid_from": "2024-06-01"}
    )
    assert refused.status_code == 422
    client.post(f"{address(one)}ta-i-bruk/")
    assert Indicator.objects.get().withdrawn_at is None
    client.post(f"{address(one)}ta-i-bruk/")
    assert "Indikatoren er i bruk." in client.get(address(one)).text


def neighbours(count: int) -> list[Municipality]:
    places = []
    for _ in range(count):
        place = make.municipality()
        Population.objects.create(municipality=place, counted_on=date(2024, 1, 1), inhabitants=2000)
        places.append(place)
    return places


def test_a_municipality_sees_itself_beside_the_middle_of_those_alike() -> None:
    one = measured()
    own, *peers = neighbours(6)
    month = date(2025, 2, 1)
    bring(
        one,
        [(own, month, 40)]
        + [(peer, month, 10 * index) for index, peer in enumerate(peers, start=1)],
    )
    (chart,) = series.of_municipality([one], own.pk, [peer.pk for peer in peers], on=ON)
    (row,) = chart.rows
    assert (row.figure, row.beside, row.peers) == ("40", "20,0", "15,0")
    (chart,) = series.of_municipality([one], own.pk, [peer.pk for peer in peers[:4]], on=ON)
    assert not chart.compares


def test_only_figures_a_year_go_further_back_than_two_years() -> None:
    monthly = measured()
    yearly = measured("Brukere", solution=monthly.solution, rhythm=Rhythm.YEAR)
    (own,) = neighbours(1)
    days = [date(2020, 1, 1), date(2022, 1, 1), date(2024, 1, 1)]
    for one in (monthly, yearly):
        bring(one, [(own, day, 40) for day in days])
    charts = series.of_municipality([monthly, yearly], own.pk, [], on=ON)
    assert [len(chart.rows) for chart in charts] == [1, 3]


def test_a_municipality_without_figures_has_no_picture() -> None:
    one = measured()
    own, other = neighbours(2)
    bring(one, [(other, date(2025, 2, 1), 40)])
    assert series.of_municipality([one], own.pk, [other.pk], on=ON) == ()


def test_others_do_not_read_a_municipalitys_own_figures(client: Client) -> None:
    measured()
    make.municipality(number="1101")
    assert client.get("/kommuner/1101/bruk/kjernejournal/").status_code == 302
    sign_in(client, Role.MUNICIPAL_COORDINATOR)
    assert client.get("/kommuner/1101/bruk/kjernejournal/").status_code == 403
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    html = client.get("/kommuner/1101/bruk/kjernejournal/").text
    assert "Ingen tall for kommunen er tatt inn" in html


def test_more_indicators_and_municipalities_cost_no_more_queries(client: Client) -> None:
    one = measured()
    place = make.municipality(number="1101")
    sign_in(client, Role.COORDINATION_GROUP_MEMBER)
    bring(one, [(place, timezone.localdate().replace(day=1) - timedelta(days=40), 3)])

    def counts() -> list[int]:
        found = []
        for path in (LIST, address(one), "/kommuner/1101/bruk/kjernejournal/"):
            client.get(path)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path).status_code == 200
            found.append(len(seen))
        return found

    before = counts()
    other = measured("Brukere", solution=one.solution)
    measured("Annet", solution=make.solution(slug="digihelse"))
    for each in (one, other):
        bring(each, [(made, date(2025, 2, 1), 40) for made in neighbours(7)])
    assert counts() == before
    assert pages.PEERS > series.FEWEST_PEERS

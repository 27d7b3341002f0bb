"""What a solution may give, on its page: the map, its table, and figures that tell their limits."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.lib.actors import Machine
from samlop.municipalities.models import Population
from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit, ChosenBenefit
from samlop.uptake.rules.benefit_map import MapColumn
from samlop.uptake.rules.benefits import Beneficiary, BenefitKind, Figure, FigureKind, Measure
from samlop.uptake.services import benefits as services
from samlop.uptake.services.benefits import Around, Written
from tests import factories as make

pytestmark = pytest.mark.django_db

HERE = "/losninger/legemiddellista/gevinster/"
BY = Machine("Programmet")
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture
def solution() -> Solution:
    made = make.solution(name="Legemiddellista", slug="legemiddellista")
    make.offer(solution=made)
    return made


def benefit(solution: Solution, name: str = "Spart tid på telefon") -> Benefit:
    return services.write(
        solution=solution,
        written=Written(
            name=name,
            beneficiary=Beneficiary.SERVICE,
            kind=BenefitKind.TIME,
            measure=Measure.HOURS,
        ),
        by=BY,
        at=AT,
    )


def measured(what: Benefit, count: int) -> None:
    for _ in range(count):
        place = make.municipality()
        Population.objects.create(
            municipality=place, counted_on=date(2026, 1, 1), inhabitants=1_000
        )
        services.choose(municipality=place, benefits=[what], by=BY, at=AT)
        row = ChosenBenefit.objects.get(plan__municipality=place)
        for kind, day, value in (
            (FigureKind.BASELINE, date(2026, 1, 1), 120),
            (FigureKind.MEASUREMENT, DAY, 80),
        ):
            services.measure(
                chosen=row,
                kind=kind,
                figure=Figure(day=day, value=Decimal(value)),
                on=DAY,
                by=BY,
                at=AT,
            )


def test_an_empty_page_says_what_will_be_here(client: Client, solution: Solution) -> None:
    answer = client.get(HERE)
    assert answer.status_code == 200
    assert "Ingen gevinster er lagt inn ennå" in answer.content.decode()


def test_the_map_is_a_picture_with_its_table(client: Client, solution: Solution) -> None:
    row = benefit(solution)
    services.draw(
        solution=solution,
        around=[
            Around(MapColumn.PRECONDITION, "Alle har fått opplæring", (row.pk,)),
            Around(MapColumn.GOAL, "Mer tid til pasienten", (row.pk,)),
        ],
        by=BY,
        at=AT,
    )
    text = client.get(HERE).content.decode()
    assert text.count('class="benefit-map-tie"') == 2
    assert (
        '<tr><th scope="row">Spart tid på telefon</th><td>Alle har fått opplæring</td>'
        "<td>Mer tid til pasienten</td></tr>" in text
    )


def test_a_figure_says_how_many_measured_and_their_share(
    client: Client, solution: Solution
) -> None:
    measured(benefit(solution), 5)
    Population.objects.create(
        municipality=make.municipality(), counted_on=date(2026, 1, 1), inhabitants=5_000
    )
    text = client.get(HERE).content.decode()
    assert "200 timer i året bedre" in text
    assert "5 kommuner har målt" in text
    assert "50\N{NO-BREAK SPACE}% av innbyggerne" in text


def test_what_four_have_measured_is_shown_to_nobody(client: Client, solution: Solution) -> None:
    measured(benefit(solution), 4)
    for address in (HERE, f"{HERE}?format=json"):
        text = client.get(address).content.decode()
        assert "160 timer" not in text
        assert '"sum": 160' not in text
        assert "Færre enn fem kommuner har målt" in text


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_the_list_is_a_file(client: Client, solution: Solution, ending: str) -> None:
    measured(benefit(solution), 5)
    answer = client.get(f"{HERE}?format={ending}")
    assert answer.status_code == 200
    assert "gevinster-" in answer["Content-Disposition"] or ending == "json"


def test_the_page_costs_the_same_for_one_benefit_and_for_six(
    client: Client, solution: Solution
) -> None:
    measured(benefit(solution), 1)
    client.get(HERE)
    with CaptureQueriesContext(connection) as one:
        client.get(HERE)
    for number in range(5):
        measured(benefit(solution, f"Nr. {number}"), 2)
    with CaptureQueriesContext(connection) as many:
        client.get(HERE)
    assert len(many) == len(one)

"""The vendors' part of a solution: matrix, map, municipalities, and their files."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.portfolio.rules.readiness import Readiness, Teller
from samlop.portfolio.rules.solutions import SolutionKind
from tests import factories as make
from tests.web.readiness.conftest import SignIn, Stage, soon, today

pytestmark = pytest.mark.django_db


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_everybody_sees_what_is_said_and_what_nobody_has_said(client: Client, stage: Stage) -> None:
    text = client.get(stage.address).text

    assert "Journalen" in text
    assert "Planlagt" in text
    # In use in nursing homes too, where nobody has said anything.
    assert "Ikke opplyst" in text
    assert "Legg inn" not in text
    assert "2 kommuner" in text


def test_municipalities_are_counted_by_where_they_stand(client: Client, stage: Stage) -> None:
    done = make.product(name="Ferdig")
    make.readiness(offer=stage.home, product=done, state=Readiness.RELEASED, told_on=today())
    third = make.municipality(number="4204", name="Kristiansand")
    make.use(municipality=third, product=done)

    text = client.get(f"{stage.address}?omrade=home_care").text
    rows = rows_of(
        client.get(f"{stage.address}?omrade=home_care&liste=kommuner&format=csv").content
    )

    assert "Leverandøren er klar for 1 av 3 kommuner. 2 venter." in text
    assert {(row["Kommune"], row["Leverandør"]) for row in rows} == {
        ("Arendal", "Venter på leverandøren"),
        ("Risør", "Venter på leverandøren"),
        ("Kristiansand", "Leverandøren er klar"),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Journalen", "Ferdig"}),
        ("q=journal", {"Journalen"}),
        ("q=FJORD", {"Journalen"}),
        ("status=released", {"Ferdig"}),
        ("status=planned", {"Journalen"}),
        ("status=ikke_opplyst", {"Journalen"}),
        ("omrade=nursing_home", {"Journalen"}),
        ("omrade=home_care", {"Journalen", "Ferdig"}),
        ("status=tull&omrade=tull", {"Journalen", "Ferdig"}),
        ("q=finnes-ikke", set()),
    ],
)
def test_page_and_files_hold_the_same_products(
    client: Client, stage: Stage, query: str, found: set[str]
) -> None:
    done = make.product(name="Ferdig")
    make.readiness(offer=stage.home, product=done, state=Readiness.RELEASED, told_on=today())

    page = client.get(f"{stage.address}?{query}")
    in_csv = rows_of(client.get(f"{stage.address}?{query}&format=csv").content)
    in_json = client.get(f"{stage.address}?{query}&format=json").json()

    assert {row["Produkt"] for row in in_csv} == found
    assert {row["produkt"] for row in in_json["leverandorer-legemiddelliste"]} == found
    for name in ("Journalen", "Ferdig"):
        assert (f'<th scope="row">{name}' in page.text) is (name in found)
    assert ("Ingen produkter passer" in page.text) is (not found)


def test_a_solution_nobody_has_spoken_of_says_who_can(client: Client) -> None:
    solution = make.solution(kind=SolutionKind.HOME_FOLLOW_UP)
    make.offer(solution=solution)

    text = client.get(f"/losninger/{solution.slug}/leverandorer/").text

    assert "Ingen produkter er registrert for løsningen ennå" in text
    assert "Leverandørene, programmet eller porteføljeeier legger dem inn." in text


def test_a_past_day_shows_what_was_said_by_then(client: Client, stage: Stage) -> None:
    before = (stage.said.told_on - timedelta(days=1)).isoformat()
    text = client.get(f"{stage.address}?dato={before}").text

    assert "Planlagt</span>" not in text
    assert "Siden viser løsningen slik den var" in text


def test_a_date_that_has_passed_is_told_as_such(client: Client, stage: Stage) -> None:
    late = make.product(name="Sen")
    make.readiness(
        offer=stage.home,
        product=late,
        state=Readiness.IN_TEST,
        release_on=today() - timedelta(days=3),
        told_on=today() - timedelta(days=90),
    )
    assert "skulle vært sluppet" in client.get(stage.address).text


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.PORTFOLIO_OWNER, True),
        (Role.PROGRAMME, True),
        (Role.VENDOR, False),
        (Role.COORDINATION_GROUP_MEMBER, False),
        (Role.MUNICIPAL_COORDINATOR, False),
    ],
)
def test_who_may_add_and_ask(
    client: Client, stage: Stage, sign_in: SignIn, role: Role, may: bool
) -> None:
    sign_in(role)
    text = client.get(stage.address).text
    assert ("Legg inn opplysning" in text) is may
    assert ("Spør Fjord data" in text) is may


def test_a_vendor_may_say_something_where_its_own_product_is_silent(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    there = f"{stage.address}nursing_home/{stage.product.slug}/rett/"
    assert there in client.get(stage.address).text
    sign_in(Role.VENDOR, vendor=make.product().vendor)
    assert there not in client.get(stage.address).text


def test_an_unknown_solution_and_format_are_not_found(client: Client, stage: Stage) -> None:
    assert client.get("/losninger/finnes-ikke/leverandorer/").status_code == 404
    assert client.get(f"{stage.address}?format=pdf").status_code == 404


def test_htmx_gets_the_results_alone(client: Client, stage: Stage) -> None:
    response = client.get(f"{stage.address}?q=&status=", headers={"HX-Request": "true"})

    assert response.text.lstrip().startswith('<div id="leverandorer"')
    assert response.headers["HX-Push-Url"] == f"{stage.address}?"


def test_the_matrix_costs_the_same_for_one_product_and_for_twenty(
    client: Client, stage: Stage
) -> None:
    with CaptureQueriesContext(connection) as for_one:
        client.get(stage.address)
    for index in range(19):
        product = make.product()
        make.readiness(offer=stage.home, product=product, release_on=soon(index), told_on=today())
        here = make.municipality()
        make.use(municipality=here, product=product)
    with CaptureQueriesContext(connection) as for_twenty:
        response = client.get(stage.address)

    assert response.text.count("readiness-cell") == 20
    assert len(for_twenty) == len(for_one), [q["sql"] for q in for_twenty]


# --- one row ---


def test_a_row_tells_all_that_was_said(client: Client, stage: Stage) -> None:
    make.readiness(
        offer=stage.home,
        product=stage.product,
        release_on=soon(90),
        teller=Teller.PROGRAMME,
        told_on=today() - timedelta(days=5),
    )
    text = client.get(stage.row).text

    assert "Datoen er flyttet senere, 30 dager" in text
    assert "Programmet" in text
    assert "2 kommuner bruker produktet" in text
    assert "Stemmer" not in text
    assert "Rett opplysningen" not in text


def test_a_row_that_is_none(client: Client, stage: Stage) -> None:
    for there in (
        f"{stage.address}home_care/finnes-ikke/",
        f"{stage.address}child_health/{stage.product.slug}/",
        f"{stage.address}tull/{stage.product.slug}/",
    ):
        assert client.get(there).status_code == 404
    empty = client.get(f"{stage.address}nursing_home/{stage.product.slug}/")
    assert "Ingen har sagt noe om produktet her ennå" in empty.text


def test_a_row_costs_the_same_for_one_word_and_for_many(client: Client, stage: Stage) -> None:
    with CaptureQueriesContext(connection) as for_one:
        client.get(stage.row)
    for index in range(8):
        make.readiness(
            offer=stage.home,
            product=stage.product,
            release_on=soon(index),
            told_on=today() - timedelta(days=20 - index),
        )
    with CaptureQueriesContext(connection) as for_many:
        client.get(stage.row)
    assert len(for_many) == len(for_one)

"""The register of vendors and one vendor's page; all of it is open to visitors."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.municipalities.models import Product, Vendor
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.portfolio.rules.readiness import Claim, Readiness, Teller
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import readiness
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.web import clock
from tests import factories as make
from tests import rollout_making as rollouts
from tests.web.vendors.conftest import Register, use

pytestmark = pytest.mark.django_db


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_an_empty_register_says_who_can_fill_it(client: Client) -> None:
    text = client.get("/leverandorer/").text

    assert "Ingen leverandører er registrert ennå" in text
    assert "Porteføljeeier eller administrator kan legge dem inn." in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {("Journalen", "2"), ("Alarmen", "0"), ("", "0")}),
        ("?q=journal", {("Journalen", "2")}),
        ("?q=FJORD", {("Journalen", "2"), ("Alarmen", "0")}),
        ("?q=tom", {("", "0")}),
        ("?type=welfare_technology", {("Alarmen", "0")}),
        ("?omrade=nursing_home", {("Journalen", "1")}),
        ("?omrade=home_care", {("Journalen", "2")}),
        ("?omrade=dental_care", set()),
        ("?omrade=home_care&dato=2024-06-01", {("Journalen", "1")}),
        ("?type=tull&omrade=tull", {("Journalen", "2"), ("Alarmen", "0"), ("", "0")}),
    ],
)
def test_page_and_files_hold_the_same_products(
    client: Client, register: Register, query: str, found: set[tuple[str, str]]
) -> None:
    Vendor.objects.create(slug="tom", name="Tom AS")

    page = client.get(f"/leverandorer/{query}")
    in_csv = client.get(f"/leverandorer/{query}{'&' if query else '?'}format=csv")

    assert {(row["Produkt"], row["Kommuner"]) for row in rows_of(in_csv.content)} == found
    for name in ("Journalen", "Alarmen"):
        assert (f">{name}" in page.text) is any(product == name for product, _ in found)


def test_a_filter_without_hits_offers_the_way_back(client: Client, register: Register) -> None:
    text = client.get("/leverandorer/?q=finnes-ikke").text

    assert "Ingen leverandører passer med det du har valgt" in text
    assert "Vis alle leverandørene" in text


def test_the_register_is_sorted_by_use(client: Client, register: Register) -> None:
    response = client.get("/leverandorer/?sorter=-kommuner&format=json")

    assert [row["produkt"] for row in response.json()["leverandorer"]] == ["Journalen", "Alarmen"]


def test_htmx_gets_the_list_alone(client: Client, register: Register) -> None:
    response = client.get("/leverandorer/?q=&type=", headers={"HX-Request": "true"})

    assert response.text.lstrip().startswith('<div id="leverandorer"')
    assert response.headers["HX-Push-Url"] == "/leverandorer/?"


def test_the_register_costs_the_same_for_one_product_and_for_twenty(
    client: Client, register: Register
) -> None:
    with CaptureQueriesContext(connection) as for_few:
        client.get("/leverandorer/")
    for index in range(18):
        vendor = Vendor.objects.create(slug=f"v{index}", name=f"V{index}")
        product = Product.objects.create(
            vendor=vendor, slug=f"p{index}", name=f"P{index}", kind=ProductKind.OTHER.value
        )
        use(product, register.first)

    with CaptureQueriesContext(connection) as for_many:
        response = client.get("/leverandorer/")

    assert "20 produkter fra 19 leverandører" in response.text
    assert len(for_many) == len(for_few), [query["sql"] for query in for_many]


def test_a_vendor_shows_its_products_and_who_uses_them(client: Client, register: Register) -> None:
    text = " ".join(client.get(register.address).text.split())

    assert "2 kommuner bruker minst ett produkt herfra." in text
    assert "Hjemmetjeneste: 2" in text
    assert "Sykehjem: 1" in text
    assert "Sykehjem, Hjemmetjeneste" in text
    assert "Alarmen" in text
    assert "Ikke registrert brukt" in text
    assert 'href="/kommuner/4203/"' in text


def test_use_is_that_of_the_day_asked_for(client: Client, register: Register) -> None:
    text = client.get(f"{register.address}?dato=2024-06-01").text

    assert "Arendal" in text
    assert "Risør" not in text
    assert "1. juni 2024" in text


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", [("4203", "Journalen"), ("4201", "Journalen"), ("4201", "Alarmen")]),
        ("&produkt=alarmen", [("4201", "Alarmen")]),
        ("&produkt=finnes-ikke", []),
        (
            "&sorter=nummer",
            [("4201", "Alarmen"), ("4201", "Journalen"), ("4203", "Journalen")],
        ),
    ],
)
def test_the_file_holds_the_rows_of_the_page(
    client: Client, register: Register, query: str, rows: list[tuple[str, str]]
) -> None:
    use(register.alarm, register.second, ServiceArea.HOME_CARE)

    response = client.get(f"{register.address}?format=csv{query}")

    found = [(row["Nummer"], row["Produkt"]) for row in rows_of(response.content)]
    assert sorted(found) == sorted(rows)
    if "sorter" in query:
        assert found == rows


def test_htmx_gets_the_uses_of_the_chosen_product(client: Client, register: Register) -> None:
    use(register.alarm, register.second)

    response = client.get(f"{register.address}?produkt=alarmen", headers={"HX-Request": "true"})

    assert response.text.lstrip().startswith('<div id="bruk"')
    assert "Risør" in response.text
    assert "Arendal" not in response.text


def test_an_ended_municipality_is_not_counted_among_todays_users(
    client: Client, register: Register
) -> None:
    gone = make.municipality(name="Gamlebygd", valid_to=date(2025, 1, 1))
    use(register.journal, gone, valid_to=date(2025, 1, 1))

    assert "Gamlebygd" not in client.get(register.address).text
    assert "Gamlebygd" in client.get(f"{register.address}?dato=2024-06-01").text


def test_a_vendor_costs_the_same_for_two_users_and_for_twenty(
    client: Client, register: Register
) -> None:
    with CaptureQueriesContext(connection) as for_few:
        client.get(register.address)
    for _ in range(18):
        use(register.journal, make.municipality())

    with CaptureQueriesContext(connection) as for_many:
        client.get(register.address)

    assert len(for_many) == len(for_few), [query["sql"] for query in for_many]


def test_an_unknown_vendor_is_not_found(client: Client) -> None:
    assert client.get("/leverandorer/finnes-ikke/").status_code == 404


def test_rollouts_that_need_the_products_stand_there_with_who_waits(
    client: Client, register: Register
) -> None:
    third = make.municipality()
    use(register.journal, third, ServiceArea.HOME_CARE)
    offer = make.offer(solution=make.solution(name="Digihelse"), area=Area.HOME_CARE)
    members = (register.first, register.second, make.municipality())
    rollouts.a_rollout(offer=offer, name="Høsten", slug="hosten", members=members)
    rollouts.a_rollout(name="For andre", members=(make.municipality(),))
    rollouts.a_rollout(
        offer=offer, name="Hemmelig", members=members, state=RolloutState.PLANNING, announced=False
    )
    readiness.state(
        offer=offer,
        product=register.journal,
        seen=None,
        claim=Claim(state=Readiness.IN_TEST, release_on=date(2099, 1, 1)),
        teller=Teller.VENDOR,
        by=rollouts.BY,
        on=clock.today(),
        at=timezone.now(),
    )

    page = client.get(register.address).text

    _, _, section = page.partition('id="innforingslop-overskrift"')
    assert 'href="/innforingslop/hosten/"' in section
    assert "Journalen" in section
    assert "2 venter på en versjon" in section
    assert "For andre" not in page
    assert "Hemmelig" not in page
    earlier = client.get(f"{register.address}?dato=2025-06-01").text
    assert 'id="innforingslop-overskrift"' not in earlier

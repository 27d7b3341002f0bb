"""Numbers through time, on the real municipalities."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.queries.history import code_history
from samlop.web.municipalities.happenings import code_sentence
from tests import factories as make
from tests.web.test_matrix import views

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("5536", ["1. januar 2024 fikk kommunen nummer 5536. Før var det 5424."]),
        ("1508", ["1. januar 2024 ble 1507 Ålesund delt mellom 1508 Ålesund og 1580 Haram."]),
        (
            "1875",
            [
                "1. januar 2020 ble 1849 Hamarøy og deler av 1850 Tysfjord "
                "slått sammen til 1875 Hamarøy."
            ],
        ),
        (
            "2017",
            [
                "1. januar 2020 ble 2004 Hammerfest og 2017 Kvalsund "
                "slått sammen til 5406 Hammerfest."
            ],
        ),
        ("1850", ["1. januar 2020 ble 1850 Tysfjord delt mellom 1806 Narvik og 1875 Hamarøy."]),
        ("0301", []),
    ],
)
def test_what_happened_is_told_in_plain_sentences(number: str, words: list[str]) -> None:
    code = MunicipalityCode.objects.filter(number=number).order_by("-valid_from")[0]
    events = code_history(code.municipality_id).events

    assert [code_sentence(event) for event in events][: len(words)] == words
    assert bool(events) is bool(words)


def test_the_history_is_three_queries(django_assert_num_queries: object) -> None:
    pk = MunicipalityCode.objects.get(number="1508").municipality_id

    with django_assert_num_queries(3):  # type: ignore[operator]
        code_history(pk)


def test_a_municipality_that_is_no_more_says_what_it_became(client: Client) -> None:
    response = client.get("/kommuner/1507/")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Kommunen fantes til og med 31. desember 2023." in page
    assert 'href="/kommuner/1508/">1508 Ålesund</a>' in page
    assert 'href="/kommuner/1580/">1580 Haram</a>' in page
    assert 'href="?dato=2023-12-31"' in page


def test_on_a_day_when_it_was_there_it_is_shown(client: Client) -> None:
    page = client.get("/kommuner/1507/?dato=2023-12-31").content.decode()

    assert "Kommune 1507 i Møre og Romsdal" in page
    assert "Slik det var 31. desember 2023" in page


def test_the_first_alesund_leads_to_the_one_the_statistics_name(client: Client) -> None:
    page = client.get("/kommuner/1504/").content.decode()

    assert 'href="/kommuner/1508/"' in page
    assert 'href="/kommuner/1580/"' not in page


def test_an_old_number_of_a_living_municipality_leads_to_todays(client: Client) -> None:
    response = client.get("/kommuner/5424/", follow=True)

    assert response.redirect_chain == [("/kommuner/5536/", 302)]
    assert "5424 er et annet nummer for Lyngen. Kommunen har nummer 5536." in (
        response.content.decode()
    )


def pages_below(number: str) -> list[str]:
    """Every page of the product whose address begins with that of the municipality."""
    found = []
    for name, takes in views().items():
        arguments = {key: 1 if key == "pk" else number for key in takes}
        try:
            address = reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue
        if address.startswith(f"/kommuner/{number}/") and address != f"/kommuner/{number}/":
            found.append(address)
    return found


def coordinator(client: Client, number: str) -> None:
    person = make.person()
    Membership.objects.create(
        person=person,
        role=Role.MUNICIPAL_COORDINATOR.value,
        municipality=MunicipalityCode.objects.get(number=number, valid_to=None).municipality,
        valid_from=make.SOME_DAY,
    )
    client.force_login(person)


def test_every_page_below_an_old_number_leads_to_the_same_page_of_todays(client: Client) -> None:
    coordinator(client, "5536")
    below = pages_below("5424")
    assert {"/kommuner/5424/personer/", "/kommuner/5424/historikk/"} <= set(below)
    for address in below:
        response = client.get(f"{address}?side=2")
        if response.status_code != 405:
            there = address.replace("5424", "5536", 1)
            assert (response.status_code, response.headers.get("Location")) == (
                302,
                f"{there}?side=2",
            ), address
    page = client.get("/kommuner/5424/personer/", follow=True).text
    assert "5424 er et annet nummer for Lyngen. Kommunen har nummer 5536." in page


def test_a_page_below_a_municipality_that_is_no_more_leads_to_what_it_became(
    client: Client,
) -> None:
    coordinator(client, "5536")
    for address in ("/kommuner/1507/personer/", "/kommuner/1507/historikk/"):
        assert client.get(address).headers["Location"] == "/kommuner/1507/"
    assert client.get("/kommuner/9999/personer/").status_code == 404


def test_nothing_is_done_under_an_old_number(client: Client) -> None:
    coordinator(client, "5536")
    assert client.post("/kommuner/5424/personer/inviter/", {"name": "x"}).status_code == 404


def test_todays_number_on_an_earlier_day_leads_to_that_days(client: Client) -> None:
    response = client.get("/kommuner/5536/?dato=2021-06-01", follow=True)

    assert response.redirect_chain == [("/kommuner/5424/?dato=2021-06-01", 302)]
    assert "Lyngen hadde nummer 5424 1. juni 2021." in response.content.decode()


def test_a_municipality_that_was_not_yet_says_when_it_came(client: Client) -> None:
    page = client.get("/kommuner/1580/?dato=2021-06-01").content.decode()

    assert "Kommunen fantes ikke 1. juni 2021. Den ble til 1. januar 2024." in page

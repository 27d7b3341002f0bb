"""The search page and its suggestions; what is found is tested with the query itself."""

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from samlop.municipalities.rules.kinds import RegionKind
from samlop.web.shell import navigation
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _places() -> None:
    make.municipality(number="1151", name="Utsira")
    make.region(kind=RegionKind.EHEALTH_GROUP, name="E-helse Agder", slug="e-helse-agder")


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("utsira", "Utsira", "/kommuner/1151/"),
        ("1151", "Utsira", "/kommuner/1151/"),
        ("  e-helse   agder ", "E-helse Agder", "/regioner/e-helse-agder/"),
    ],
)
def test_hits_are_links_to_their_pages(client: Client, text: str, name: str, address: str) -> None:
    page = client.get("/sok/", {"q": text}).text

    assert f'href="{address}">{name}</a>' in page
    assert "1 treff på" in page


def test_without_a_hit_the_page_says_what_to_try(client: Client) -> None:
    page = client.get("/sok/", {"q": "<b>qqqqqq</b>"}).text

    assert "Ingen treff på «&lt;b&gt;qqqqqq&lt;/b&gt;»" in page
    assert "gammelt navn" in page


@pytest.mark.parametrize("text", ["", "   ", "\x00", "%"])
def test_next_to_nothing_finds_nothing_and_breaks_nothing(client: Client, text: str) -> None:
    response = client.get("/sok/", {"q": text})

    assert response.status_code == 200
    assert 'class="hit"' not in response.text


def test_what_was_searched_for_stands_in_the_box(client: Client) -> None:
    page = client.get("/sok/", {"q": 'ut"sira'}).text

    assert 'name="q" value="ut&#34;sira"' in page


def test_a_very_long_text_is_cut(client: Client) -> None:
    assert client.get("/sok/", {"q": "ab " * 5000}).status_code == 200


def test_suggestions_are_links_and_nothing_around_them(client: Client) -> None:
    answer = client.get("/sok/forslag/", {"q": "utsi"}, headers={"hx-request": "true"}).text

    assert 'href="/kommuner/1151/"' in answer
    assert "<html" not in answer
    assert client.get("/sok/forslag/", {"q": ""}).text.strip() == ""


def test_no_suggestion_is_told_as_well(client: Client) -> None:
    assert "Ingen treff" in client.get("/sok/forslag/", {"q": "qqqqqq"}).text


@pytest.mark.parametrize(
    "address",
    [
        navigation.MUNICIPALITIES,
        f"{navigation.MUNICIPALITIES}1151/",
        f"{navigation.MUNICIPALITIES}1151/rom-for-nytt/",
        navigation.REGIONS,
        f"{navigation.REGIONS}e-helse-agder/",
        navigation.VENDORS,
        f"{navigation.VENDORS}dips/",
        navigation.UPTAKE,
    ],
)
def test_the_addresses_we_write_by_hand_lead_somewhere(address: str) -> None:
    try:
        resolve(address)
    except Resolver404:
        pytest.fail(f"{address} leads nowhere")

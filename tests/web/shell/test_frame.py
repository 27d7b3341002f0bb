"""The frame around every page: language, appearance, links, who is signed in."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.municipalities.rules.kinds import RegionKind
from samlop.web.shell.navigation import MUNICIPALITIES, REGIONS, SOLUTIONS, UPTAKE
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = "/tilgjengelighet/"


@pytest.mark.parametrize(
    ("language", "skip_link", "search"),
    [
        ("nb", "Hopp til innholdet", "Søk"),
        ("nn", "Hopp til innhaldet", "Søk"),
        ("en", "Skip to content", "Search"),
    ],
)
def test_the_frame_is_in_the_language_that_was_chosen(
    client: Client, settings: Settings, language: str, skip_link: str, search: str
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    response = client.get(PAGE)

    assert f'<html lang="{language}"' in response.text
    assert skip_link in response.text
    assert f">{search}</button>" in response.text
    assert response["Content-Language"] == language


@pytest.mark.parametrize(
    ("browser", "language"),
    [
        ("nb-NO,nb;q=0.9,no;q=0.8,en;q=0.5", "nb"),
        ("nn-NO,nn;q=0.9,nb;q=0.8", "nn"),
        ("en-US,en;q=0.9", "nb"),
        ("en-US,en;q=0.9,nn;q=0.8", "nn"),
        ("no", "nb"),
        ("", "nb"),
        ("*;q=x,,;", "nb"),
    ],
)
def test_without_a_choice_only_the_written_form_is_taken_from_the_browser(
    client: Client, browser: str, language: str
) -> None:
    response = client.get(PAGE, headers={"accept-language": browser})

    assert f'<html lang="{language}"' in response.text
    assert "Accept-Language" in response["Vary"]
    assert "Cookie" in response["Vary"]


def test_a_language_we_do_not_have_counts_as_none(client: Client, settings: Settings) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../etc"

    assert '<html lang="nb"' in client.get(PAGE).text


@pytest.mark.parametrize("scheme", ["auto", "light", "dark"])
def test_the_server_writes_the_appearance_that_was_chosen(client: Client, scheme: str) -> None:
    client.cookies["samlop_utseende"] = scheme

    assert f'data-color-scheme="{scheme}"' in client.get(PAGE).text


def test_an_unknown_appearance_counts_as_none(client: Client) -> None:
    client.cookies["samlop_utseende"] = '"><script>'

    assert 'data-color-scheme="auto"' in client.get(PAGE).text


def test_the_language_form_leads_back_to_the_same_page(client: Client, settings: Settings) -> None:
    page = client.get("/sok/?q=bod%C3%B8&side=2")
    kept = re.search(r'name="neste" value="([^"]*)"', page.text)
    assert kept

    response = client.post(
        "/visning/", {"neste": kept[1].replace("&amp;", "&"), "sprak": "nn"}, follow=True
    )

    assert response.redirect_chain == [("/sok/?q=bod%C3%B8&side=2", 302)]
    assert '<html lang="nn"' in response.text
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]


def test_appearance_is_chosen_by_a_form_too(client: Client) -> None:
    response = client.post("/visning/", {"neste": PAGE, "utseende": "dark"}, follow=True)

    assert 'data-color-scheme="dark"' in response.text
    assert re.search(r'value="dark" aria-pressed="true"', response.text)


@pytest.mark.parametrize(
    "neste", ["https://example.org/", "//example.org", "javascript:alert(1)", "", "\\\\example.org"]
)
def test_the_form_never_leads_to_another_site(client: Client, neste: str) -> None:
    assert client.post("/visning/", {"neste": neste, "sprak": "en"})["Location"] == "/"


def test_values_we_do_not_know_are_not_kept(client: Client) -> None:
    response = client.post("/visning/", {"sprak": "xx", "utseende": "sepia"})

    assert not response.cookies


def test_the_choice_must_come_from_our_own_form() -> None:
    assert Client(enforce_csrf_checks=True).post("/visning/", {"sprak": "nn"}).status_code == 403


def test_looking_changes_nothing(client: Client) -> None:
    assert client.get("/visning/?sprak=nn").status_code == 405


def test_a_visitor_sees_what_is_open_and_where_to_sign_in(client: Client) -> None:
    page = client.get(PAGE).text

    assert f'href="{SOLUTIONS}"' in page
    assert f'href="{UPTAKE}"' in page
    assert f'href="{MUNICIPALITIES}"' in page
    assert f'href="{REGIONS}"' in page
    assert f'href="{reverse("account_login")}?next=%2Ftilgjengelighet%2F"' in page
    assert "Min side" not in page


def test_a_person_sees_her_places_her_roles_and_the_way_out(client: Client) -> None:
    bygd = make.municipality(number="4219", name="Evje og Hornnes")
    agder = make.region(kind=RegionKind.EHEALTH_GROUP, name="E-helse Agder", slug="agder")
    person = make.person(name="Kari Krag")
    _hold(person.pk, Role.CONTACT_PERSON, region=agder)
    _hold(person.pk, Role.MUNICIPAL_COORDINATOR, municipality=bygd)
    client.force_login(person)

    page = client.get(PAGE).text

    # The last of the two: the first is the menu of a narrow window.
    menu = page[page.index('site-nav"') :].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', menu) == [
        "/",
        "/kommuner/4219/",
        "/regioner/agder/",
        "/losninger/",
        "/innforingslop/",
        "/utbredelse/",
        "/kommuner/",
        "/regioner/",
    ]
    assert "Kari Krag" in page
    assert "Lokal koordinator, Evje og Hornnes" in page
    assert "Kontaktperson e-helse, E-helse Agder" in page
    assert f'action="{reverse("account_logout")}"' in page


def test_a_role_that_has_ended_leads_nowhere(client: Client) -> None:
    person = make.person()
    Membership.objects.create(
        person=person,
        role=Role.MUNICIPAL_COORDINATOR.value,
        municipality=make.municipality(number="4219"),
        valid_from=date(2024, 1, 1),
        valid_to=date(2024, 6, 1),
    )
    client.force_login(person)

    assert "/kommuner/4219/" not in client.get(PAGE).text


def test_the_current_page_is_marked_in_the_menu(client: Client) -> None:
    client.force_login(make.person())

    assert re.search(r'href="/" aria-current="page"', client.get("/").text)
    assert not re.search(r'href="/" aria-current="page"', client.get(PAGE).text)


def test_the_example_says_so_on_every_page(client: Client, settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE = True
    assert "Eksempeldata." in client.get(PAGE).text

    settings.SAMLOP_EXAMPLE = False
    assert "Eksempeldata." not in client.get(PAGE).text


def test_the_frame_costs_one_query_beside_session_and_person(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = make.person()
    for number in ("4219", "1151"):
        _hold(person.pk, Role.DECISION_MAKER, municipality=make.municipality(number=number))
    client.force_login(person)

    with django_assert_num_queries(3):
        client.get(PAGE)


def test_a_visitor_costs_no_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get(PAGE)


def test_the_security_policy_allows_our_own_files_only(client: Client) -> None:
    policy = client.get(PAGE)["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy


def _hold(person: int, role: Role, **place: object) -> None:
    Membership.objects.create(
        person_id=person, role=role.value, valid_from=date(2024, 1, 1), **place
    )

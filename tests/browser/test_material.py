"""A municipality and its copy of a template, in a browser: the journey, by mouse, by keyboard,
and without JavaScript.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.portfolio.models import LocalCopy
from tests import kept
from tests.browser.conftest import OpenPage, Scheme

Check = Callable[[Page], list[str]]
MALER = "/kommuner/4219/maler/"


@pytest.fixture
def coordinator(transactional_db: None) -> Person:
    """Of the municipality whose copy in the example is one version behind."""
    kept.country()
    held = Membership.objects.filter(role=Role.MUNICIPAL_COORDINATOR.value)
    return held.exclude(municipality=None).order_by("pk")[0].person


def copy_address(person: Person) -> str:
    municipality = Membership.objects.exclude(municipality=None).get(person=person).municipality
    return f"{MALER}{LocalCopy.objects.get(municipality=municipality).pk}/"


def test_the_copy_and_its_changes_are_accessible_and_fit(
    open_page: OpenPage, axe: Check, overflow: Check, coordinator: Person
) -> None:
    at = copy_address(coordinator)
    views: tuple[tuple[int, Scheme], ...] = ((1280, "light"), (390, "dark"), (320, "light"))
    for width, scheme in views:
        page = open_page(at, width=width, scheme=scheme, person=coordinator)
        for path in (at, f"{at}endringer/", f"{at}rader/ny/", f"{at}slett/"):
            page.goto(path)
            assert page.get_by_role("heading", level=1).count() == 1, path
            assert overflow(page) == [], (path, width)
            if width > 320:
                assert axe(page) == [], (path, width)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_two_rows_are_answered_one_change_taken_in_and_the_others_kept(
    open_page: OpenPage, coordinator: Person, javascript: bool
) -> None:
    at = copy_address(coordinator)
    page = open_page("/", javascript=javascript, person=coordinator)
    page.get_by_role("link", name=re.compile("Se hva som er nytt i malen")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nytt siden versjon 1")
    page.get_by_role("button", name=re.compile("Ta inn endringen.*En ansatt")).click()
    page.get_by_role("button", name=re.compile("Nei takk, uten denne")).click()
    page.get_by_role("button", name=re.compile("Behold det vi har")).click()

    expect(page).to_have_url(re.compile(f"{at}$"))
    expect(page.locator("#meldinger")).to_contain_text("følger nå den nyeste versjonen")
    for key, words in (("sluttet", "Sjekkes hver måned"), ("treg", "Målt tre steder")):
        row = page.locator(f"#rad-{key}")
        row.get_by_label("Sannsynlighet").select_option("4")
        row.get_by_label("Konsekvens").select_option("4")
        row.get_by_label("Tiltak hos oss").fill(words)
        row.get_by_role("button", name=re.compile("Lagre raden")).click()
        expect(page.locator(f"#rad-{key}")).to_contain_text("Høy risiko")

    page.goto(at)
    expect(page.locator("#rad-treg textarea")).to_have_value("Målt tre steder")
    expect(page.locator(".progress-words").first).to_contain_text("4 av 7")


def test_a_row_is_saved_by_keyboard_alone(open_page: OpenPage, coordinator: Person) -> None:
    page = open_page(copy_address(coordinator), person=coordinator)
    page.locator("#rad-treg").get_by_label("Ansvarlig (rolle)").focus()
    page.keyboard.type("IT-leder")
    page.keyboard.press("Enter")

    expect(page.locator("#rad-treg")).to_contain_text("Lagret.")
    expect(page.locator("#rad-treg").get_by_label("Ansvarlig (rolle)")).to_have_value("IT-leder")

"""Signing in and the account in a real browser, a passkey among it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from samlop.accounts.models import Person
from tests import factories as make
from tests.browser.conftest import OpenPage, Scheme

Check = Callable[[Page], list[str]]

OPEN = ("/konto/logg-inn/", "/konto/logg-inn/passord/", "/utboks/")
OWN = (
    "/konto/",
    "/konto/sprak/",
    "/konto/meldinger/",
    "/konto/passord/",
    "/konto/app/",
    "/konto/passnokler/ny/",
)


@pytest.fixture
def kari(transactional_db: None) -> Person:
    person = make.person(name="Kari Krag")
    person.set_unusable_password()
    person.save()
    return person


def ask_for_code(page: Page, person: Person) -> None:
    page.get_by_label("E-postadresse").fill(person.email or "")
    page.get_by_role("button", name="Send meg en kode").click()
    expect(page.get_by_role("heading", name="Skriv koden", level=1)).to_be_visible()


def code_in_outbox(page: Page) -> str:
    """Opened beside it, as one opens one's mail."""
    mail = page.context.new_page()
    mail.goto(page.url.split("/konto/")[0] + "/utboks/")
    found = re.search(r"(\d{6}) er koden din", mail.content())
    mail.close()
    assert found
    return found[1]


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_code_from_the_outbox_signs_in_on_a_phone(
    open_page: OpenPage, axe: Check, overflow: Check, kari: Person, javascript: bool
) -> None:
    page = open_page("/konto/logg-inn/", width=390, javascript=javascript)
    ask_for_code(page, kari)
    assert overflow(page) == []
    if javascript:
        assert axe(page) == []

    page.get_by_label("Kode", exact=True).fill("x")
    page.get_by_role("button", name="Logg inn").click()
    expect(page.locator(".ds-validation-message")).to_contain_text("Koden stemmer ikke")
    page.get_by_label("Kode", exact=True).fill(code_in_outbox(page))
    page.get_by_role("button", name="Logg inn").click()

    expect(page.get_by_role("heading", name="Min side", level=1)).to_be_visible()


def test_a_passkey_is_made_and_then_signs_in_alone(
    open_page: OpenPage, axe: Check, kari: Person
) -> None:
    page = open_page("/konto/logg-inn/")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    ask_for_code(page, kari)
    page.get_by_label("Kode", exact=True).fill(code_in_outbox(page))
    page.get_by_role("button", name="Logg inn").click()
    page.goto("/konto/passnokler/ny/")
    page.get_by_label("Hva vil du kalle den?").fill("Jobbtelefonen")
    page.get_by_role("button", name="Lag passnøkkel").click()
    expect(page.get_by_text("Passnøkkelen er lagt til.")).to_be_visible()
    expect(page.get_by_text("Jobbtelefonen").first).to_be_visible()
    assert axe(page) == []
    page.get_by_text("Kari Krag").first.click()
    page.get_by_role("button", name="Logg ut").click()

    page.goto("/konto/logg-inn/")
    page.get_by_role("button", name="Logg inn med passnøkkel").click()

    expect(page.get_by_role("heading", name="Min side", level=1)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_have_no_known_accessibility_fault_and_fit(
    open_page: OpenPage, axe: Check, overflow: Check, kari: Person, width: int, scheme: Scheme
) -> None:
    visitor = open_page(width=width, scheme=scheme)
    own = open_page(width=width, scheme=scheme, person=kari)
    for page, paths in ((visitor, OPEN), (own, OWN)):
        for path in paths:
            page.goto(path)
            assert axe(page) == [], path
            assert overflow(page) == [], path

"""The shell in a real browser: accessible, narrow and wide, with and without JavaScript."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.rules.kinds import Certainty, RegionKind
from tests import factories as make
from tests.browser.conftest import OpenPage, Scheme

Check = Callable[[Page], list[str]]
OPEN = ("/", "/utvikler/komponenter/", "/finnes-ikke/", "/sok/?q=utsira", "/tilgjengelighet/")


@pytest.fixture
def kari(transactional_db: None) -> Person:
    """A person with two roles and something to do in each."""
    person = make.person(name="Kari Krag")
    bygd = make.municipality(number="4219", name="Evje og Hornnes")
    agder = make.region(
        kind=RegionKind.EHEALTH_GROUP,
        name="E-helse Agder",
        slug="agder",
        members=(bygd,),
        certainty=Certainty.ASSUMED,
    )
    for role, place in (
        (Role.MUNICIPAL_COORDINATOR, {"municipality": bygd}),
        (Role.CONTACT_PERSON, {"region": agder}),
    ):
        Membership.objects.create(
            person=person, role=role.value, valid_from=date(2024, 1, 1), **place
        )
    return person


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_open_pages_have_no_known_accessibility_fault(
    open_page: OpenPage, axe: Check, width: int, scheme: Scheme
) -> None:
    make.municipality(number="1151", name="Utsira")
    page = open_page(width=width, scheme=scheme)
    for path in OPEN:
        page.goto(path)
        assert axe(page) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_my_page_and_its_menus_have_no_known_accessibility_fault(
    open_page: OpenPage, axe: Check, kari: Person, scheme: Scheme
) -> None:
    page = open_page(person=kari, scheme=scheme)
    assert axe(page) == []

    page.get_by_text("Kari Krag").first.click()
    expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
    assert axe(page) == []

    narrow = open_page(person=kari, scheme=scheme, width=390)
    narrow.get_by_text("Meny", exact=True).click()
    assert axe(narrow) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
@pytest.mark.parametrize("width", [1280, 1024, 1000, 390, 320])
def test_no_page_is_wider_than_the_window(
    open_page: OpenPage, overflow: Check, kari: Person, width: int, javascript: bool
) -> None:
    visitor = open_page(width=width, javascript=javascript)
    for path in OPEN:
        visitor.goto(path)
        assert overflow(visitor) == [], path
    assert overflow(open_page(width=width, javascript=javascript, person=kari)) == []


@pytest.mark.parametrize("width", [1280, 1024])
def test_the_header_has_room_for_the_longest_name_and_for_a_search(
    open_page: OpenPage, kari: Person, width: int
) -> None:
    longest = "Porsanger – Porsáŋgu – Porsanki"
    place = make.municipality(number="5636", name=longest)
    Membership.objects.create(
        person=kari,
        role=Role.MUNICIPAL_COORDINATOR.value,
        municipality=place,
        valid_from=date(2024, 1, 1),
    )
    page = open_page(person=kari, width=width)
    link = page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name=longest)
    expect(link).to_be_visible()
    assert link.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.locator("#sok-topp").evaluate("one => one.clientWidth") > 240


def test_without_javascript_the_menu_opens_and_leads_on(open_page: OpenPage, kari: Person) -> None:
    page = open_page(width=320, javascript=False, person=kari)
    expect(page.get_by_role("button", name="Logg ut")).to_be_hidden()

    page.get_by_text("Meny", exact=True).click()

    expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
    expect(page.get_by_role("link", name="Kommuner", exact=True)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_language_and_appearance_are_chosen_and_the_page_stays(
    open_page: OpenPage, javascript: bool
) -> None:
    page = open_page("/tilgjengelighet/", width=390, javascript=javascript)

    page.get_by_text("Meny", exact=True).click()
    page.get_by_role("button", name="Nynorsk").first.click()

    expect(page).to_have_url(re.compile(r"/tilgjengelighet/$"))
    expect(page.locator("html")).to_have_attribute("lang", "nn")

    page.get_by_text("Meny", exact=True).click()
    page.get_by_role("button", name="Mørkt").first.click()

    expect(page.locator("html")).to_have_attribute("data-color-scheme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "nn")


def test_a_search_without_javascript_is_a_plain_form(open_page: OpenPage) -> None:
    make.municipality(number="1151", name="Utsira")
    page = open_page(javascript=False)

    page.get_by_label("Finn en kommune, en region eller en løsning").fill("Utsira")
    page.get_by_label("Finn en kommune, en region eller en løsning").press("Enter")

    expect(page.get_by_role("heading", name="Søk", level=1)).to_be_visible()
    hit = page.locator(".hit a")
    expect(hit).to_have_text("Utsira")
    expect(hit).to_have_attribute("href", "/kommuner/1151/")


def test_suggestions_come_while_typing_and_are_reached_by_keyboard(open_page: OpenPage) -> None:
    make.municipality(number="1151", name="Utsira")
    page = open_page()
    box = page.get_by_label("Finn en kommune, en region eller en løsning")

    box.press_sequentially("Utsi")
    suggestion = page.locator("#forslag-forside a")
    expect(suggestion).to_contain_text("Utsira")

    box.press("ArrowDown")
    expect(suggestion).to_be_focused()
    page.keyboard.press("Escape")
    expect(suggestion).to_have_count(0)
    expect(box).to_be_focused()


def test_menus_close_with_escape_and_by_a_click_elsewhere(
    open_page: OpenPage, kari: Person
) -> None:
    page = open_page(person=kari)
    menu = page.locator("details.popmenu-wide")

    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()

    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_first_stop_of_the_keyboard_is_the_way_past_the_header(open_page: OpenPage) -> None:
    page = open_page("/tilgjengelighet/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hopp til innholdet")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_an_answer_that_fails_is_told_of(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    page.route("**/sok/forslag/**", lambda route: route.abort())
    page.get_by_label("Finn en kommune, en region eller en løsning").press_sequentially("x")

    expect(page.locator("#meldinger .ds-alert")).to_contain_text("Noe gikk galt")
    complaints.clear()


def test_a_refused_form_leads_to_its_faults(open_page: OpenPage) -> None:
    page = open_page("/utvikler/komponenter/")

    page.get_by_role("link", name="E-post: Oppgi en gyldig e-postadresse").click()

    expect(page.locator("#feil-email")).to_be_focused()
    assert page.locator("#feil-email").get_attribute("aria-describedby") == "feil-email_error"


def test_the_font_is_our_own(open_page: OpenPage) -> None:
    page = open_page()
    for letters in ("æøå", "čđŋšŧž"):
        loaded: list[str] = page.evaluate(
            "letters => document.fonts.load('16px Inter', letters)"
            ".then((faces) => faces.map((face) => face.family + ' ' + face.status))",
            letters,
        )
        assert loaded == ["Inter loaded"]


def test_printing_leaves_the_frame_out(open_page: OpenPage) -> None:
    page = open_page("/tilgjengelighet/")
    page.emulate_media(media="print")

    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()

"""Filling in an assessment over weeks: saved while she writes, and two in the same answer."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.portfolio.models import Answer, Assessment
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import assessments as services
from tests import factories as make
from tests.browser.conftest import OpenPage, Scheme

Check = Callable[[Page], list[str]]
HERE = "/losninger/liste/vurdering/hjemmetjeneste/"
CODE = "gevinster"


@pytest.fixture
def assessment(transactional_db: None) -> Assessment:
    call_command("load_bodies", verbosity=0)
    call_command("load_criteria", verbosity=0)
    solution = make.solution(name="Lista", slug="liste", areas=(Area.HOME_CARE,))
    offer = solution.offers.get()
    return services.open_assessment(offer=offer, by=Machine("tests"), at=timezone.now())


def programme(name: str) -> Person:
    person = make.person(name=name)
    Membership.objects.create(
        person=person,
        role=Role.PROGRAMME.value,
        solution_slug="liste",
        valid_from=make.SOME_DAY,
    )
    return person


def line(page: Page) -> str:
    return page.locator(f"#linje-{CODE}").input_value()


def stored(assessment: Assessment) -> str:
    return Answer.objects.get(assessment=assessment, criterion__code=CODE).line


def test_an_answer_is_saved_while_she_writes_and_nothing_typed_is_lost(
    open_page: OpenPage, axe: Check, assessment: Assessment
) -> None:
    page = open_page(HERE, person=programme("Anne"))
    field = page.locator(f"#linje-{CODE}")
    field.click()
    page.keyboard.type("Målt i tre ", delay=20)
    expect(page.locator(f"#lagring-{CODE}")).to_contain_text("Lagret kl.")
    page.keyboard.type("kommuner.", delay=20)
    page.locator(f"#{CODE}").get_by_role("radio", name="Delvis").check()

    expect(page.locator("#fremdrift")).to_contain_text("1 av 13 besvart")
    expect(page.locator(f"#merker-{CODE}")).to_contain_text("Mangler dokumentasjon")
    assert line(page) == "Målt i tre kommuner."
    assert stored(assessment) == "Målt i tre kommuner."
    assert axe(page) == []
    page.reload()
    assert line(page) == "Målt i tre kommuner."


def test_two_in_the_same_answer_see_both_texts_and_lose_neither(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    complaints: list[str],
    assessment: Assessment,
) -> None:
    first = open_page(HERE, person=programme("Anne"))
    second = open_page(HERE, person=programme("Berit"), width=390)
    first.locator(f"#linje-{CODE}").fill("Målt i tre kommuner.")
    expect(first.locator(f"#lagring-{CODE}")).to_contain_text("Lagret kl.")
    first.locator(f"#{CODE}").get_by_role("radio", name="Delvis").check()
    expect(first.locator(f"#merker-{CODE}")).to_contain_text("Delvis")

    second.locator(f"#linje-{CODE}").fill("Ikke målt ennå.")
    told = second.locator(f"#lagring-{CODE}")
    expect(told).to_contain_text("En annen har skrevet i det samme svaret")
    expect(told).to_contain_text("Målt i tre kommuner.")
    expect(told).to_contain_text("Anne")
    assert axe(second) == []
    assert overflow(second) == []
    assert stored(assessment) == "Målt i tre kommuner."

    told.get_by_role("button", name="Ta med begge tekstene").click()
    expect(second.get_by_text("Svaret er lagret.")).to_be_visible()
    assert line(second) == "Målt i tre kommuner. Ikke målt ennå."
    row = Answer.objects.get(assessment=assessment, criterion__code=CODE)
    # The verdict was the first's alone, and the second never touched it.
    assert (row.line, row.verdict) == (line(second), "partly")
    # Chromium says of every refusal that it is one.
    assert all("422" in said for said in complaints)
    complaints.clear()


def test_two_in_the_same_answer_without_javascript(
    open_page: OpenPage, complaints: list[str], assessment: Assessment
) -> None:
    first = open_page(HERE, person=programme("Anne"), javascript=False)
    second = open_page(HERE, person=programme("Berit"), javascript=False)
    for page, text in ((first, "Målt i tre kommuner."), (second, "Ikke målt ennå.")):
        page.locator(f"#linje-{CODE}").fill(text)
        page.locator(f"#lagre-{CODE}").click()

    told = second.locator(f"#lagring-{CODE}")
    expect(told).to_contain_text("Målt i tre kommuner.")
    expect(told).to_contain_text("Ikke målt ennå.")
    assert line(second) == "Ikke målt ennå."
    told.get_by_role("button", name="Behold det som er lagret").click()
    assert line(second) == stored(assessment) == "Målt i tre kommuner."
    complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/kriterier/", "/kriterier/1/", HERE])
def test_the_label_and_the_answers_fit_a_narrow_phone(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    assessment: Assessment,
    path: str,
    scheme: Scheme,
) -> None:
    page = open_page(path, width=320, scheme=scheme, person=programme("Anne"))
    expect(page.locator("main")).to_contain_text("ikke vedtatt av KS")
    assert axe(page) == []
    assert overflow(page) == []

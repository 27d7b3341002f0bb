"""Benefits from end to end: the programme says what may come of it, a municipality measures it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.models import BenefitFigure, BenefitPlan
from tests import factories as make
from tests.browser.conftest import OpenPage

Check = Callable[[Page], list[str]]
SOLUTION = "/losninger/digihelse/gevinster/"
PLAN = "/kommuner/9042/gevinster/digihelse/"
BENEFIT = "Færre telefoner til hjemmetjenesten"


@pytest.fixture
def programme(transactional_db: None) -> Person:
    make.offer(solution=make.solution(name="DigiHelse", slug="digihelse"), area=Area.HOME_CARE)
    person = make.person()
    Membership.objects.create(
        person=person,
        role=Role.PROGRAMME.value,
        solution_slug="digihelse",
        valid_from=make.SOME_DAY,
    )
    return person


@pytest.fixture
def coordinator(programme: Person) -> Person:
    person = make.person()
    Membership.objects.create(
        person=person,
        role=Role.MUNICIPAL_COORDINATOR.value,
        municipality=make.municipality(number="9042", name="Nyvik"),
        valid_from=make.SOME_DAY,
    )
    return person


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_benefit_is_told_of_measured_and_shared(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    programme: Person,
    coordinator: Person,
    *,
    javascript: bool,
) -> None:
    def whole(page: Page) -> None:
        assert overflow(page) == []
        if javascript:
            assert axe(page) == []

    page = open_page(SOLUTION, width=390, javascript=javascript, person=programme)
    page.get_by_role("link", name="Legg inn en gevinst").click()
    page.get_by_label("Hva er gevinsten?").fill(BENEFIT)
    page.get_by_role("radio", name="Tjenesten").check()
    page.get_by_role("radio", name="Spart tid").check()
    page.get_by_role("radio", name="Timer i året").check()
    page.get_by_role("radio", name="Mindre er bedre").check()
    page.get_by_label("Foreslås for kommunene").select_option("1")
    whole(page)
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator("#meldinger")).to_contain_text("Gevinsten er lagret")
    page.get_by_role("link", name="Tegn gevinstkartet").click()
    page.get_by_label("Med ord").first.fill("Alle ansatte har fått opplæring")
    page.get_by_role("checkbox", name=BENEFIT).first.check()
    whole(page)
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator("#meldinger")).to_contain_text("Gevinstkartet er lagret")
    page.get_by_text("Vis kartet som tabell").click()
    expect(page.get_by_text("Alle ansatte har fått opplæring").first).to_be_visible()
    whole(page)

    page = open_page(
        "/kommuner/9042/gevinster/", width=320, javascript=javascript, person=coordinator
    )
    page.get_by_role("link", name="DigiHelse").click()
    page.get_by_role("checkbox", name=re.compile(BENEFIT)).check()
    page.get_by_role("button", name="Følg disse").click()
    card = page.get_by_role("region", name=BENEFIT)
    expect(card).to_be_visible()
    whole(page)
    before = timezone.localdate() - timedelta(days=200)
    for link, value, margin, day, button in (
        ("Registrer nullpunkt", "120", "10", before, "Lagre nullpunktet"),
        ("Registrer måling", "80", "5", timezone.localdate(), "Lagre målingen"),
    ):
        card.get_by_role("link", name=link).click()
        page.get_by_label("Timer i året").fill(value)
        page.get_by_label("Usikkerhet, opp eller ned").fill(margin)
        page.get_by_label("Målt dagen").fill(day.isoformat())
        whole(page)
        page.get_by_role("button", name=button).click()
    expect(card).to_contain_text("40 timer i året bedre, høyst 15 opp eller ned")
    whole(page)
    assert BenefitFigure.objects.count() == 2

    visitor = open_page("/kommuner/9042/gevinster/", width=320, javascript=javascript)
    expect(visitor.get_by_text("Kommunen har ikke delt noen gevinster")).to_be_visible()
    page.get_by_role("link", name="Del planen").click()
    page.get_by_role("button", name="Del med alle").click()
    assert BenefitPlan.objects.get().shared_at is not None
    visitor.goto(PLAN)
    expect(visitor.get_by_role("region", name=BENEFIT)).to_contain_text("40 timer i året bedre")
    expect(visitor.get_by_role("link", name="Registrer måling")).to_have_count(0)
    whole(visitor)

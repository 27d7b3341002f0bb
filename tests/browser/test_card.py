"""«Stemmer dette?» as it is answered in four minutes: on a phone, and put on paper afterwards."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.models import QuarterCard, StageEvent
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules.stages import Hindrance, Source, Stage
from samlop.uptake.services import stages
from samlop.uptake.services.stages import Said
from tests import factories as make
from tests.browser.conftest import OpenPage

Check = Callable[[Page], list[str]]
BY = Machine("tests")
CARD = "/kommuner/9042/stemmer-dette/"


@pytest.fixture
def coordinator(transactional_db: None) -> Person:
    """Three solutions that others have said something of, and one who answers for them."""
    place = make.municipality(number="9042", name="Nyvik")
    now = timezone.now()
    today = timezone.localdate()
    for name, stage in (
        ("DigiHelse", Stage.ACTIVE_USE),
        ("Kjernejournal", Stage.TECHNICALLY_INTRODUCED),
        ("Responssenter", Stage.IN_USE),
    ):
        stages.say(
            offer=make.offer(
                solution=make.solution(name=name, slug=name.lower()), area=Area.HOME_CARE
            ),
            municipality=place,
            said=Said(stage=stage, happened_on=date(2025, 2, 12), source=Source.PROGRAMME),
            by=BY,
            on=today,
            at=now,
        )
    person = make.person()
    accounts.grant(
        person=person, role=Role.MUNICIPAL_COORDINATOR, by=BY, on=today, municipality=place
    )
    return person


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_the_card_is_answered_on_a_phone(
    open_page: OpenPage, axe: Check, overflow: Check, coordinator: Person, *, javascript: bool
) -> None:
    page = open_page("/", width=320, javascript=javascript, person=coordinator)

    page.get_by_role("link", name="Stemmer det som står om løsningene deres?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stemmer dette?")
    assert overflow(page) == []
    if javascript:
        assert axe(page) == []

    record = page.get_by_role("region", name=re.compile("Kjernejournal"))
    expect(record.get_by_label("Når skjedde det?")).to_be_hidden()
    record.get_by_role("radio", name="Nei").check()
    record.get_by_label("Hvor langt er dere kommet?").select_option("Tatt i bruk")
    day = timezone.localdate() - timedelta(days=20)
    record.get_by_label("Når skjedde det?").fill(day.isoformat())
    record.get_by_label(re.compile("enheter som bruker den")).fill("4")
    record.get_by_label(re.compile("enheter i alt")).fill("6")
    record.locator("summary").click()
    record.get_by_role("checkbox", name="Opplæringen gjenstår").check()
    assert overflow(page) == []
    for question in page.locator(".room-question").all():
        question.get_by_role("radio", name="Litt").check()
    page.get_by_role("button", name="Resten stemmer, send").click()

    expect(page.locator("#meldinger")).to_contain_text("Takk! Svarene er lagret.")
    expect(page.get_by_text("Dere svarte")).to_be_visible()
    assert overflow(page) == []
    if javascript:
        assert axe(page) == []
    offer = Offer.objects.get(solution__slug="kjernejournal")
    found = next(iter(queries.standing([offer.pk], timezone.localdate()).values()))
    assert (found.agreed, found.since) == (Stage.IN_USE, day)
    assert (found.units_in_use, found.units) == (4, 6)
    told = next(iter(queries.hindered([offer.pk], timezone.localdate()).values()))
    assert told.hindrances == (Hindrance.TRAINING,)
    assert StageEvent.objects.filter(source=Source.MUNICIPALITY.value).count() == 3
    assert QuarterCard.objects.count() == 1
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("Stemmer det som står"))).to_have_count(0)


def test_what_is_written_is_still_there_when_the_phone_rang(
    open_page: OpenPage, coordinator: Person
) -> None:
    page = open_page(CARD, width=390, person=coordinator)
    record = page.get_by_role("region", name=re.compile("Kjernejournal"))
    with page.expect_response(lambda found: found.status == 204):
        record.get_by_role("radio", name="Nei").check()

    page.goto("/")
    page.goto(CARD)

    expect(page.get_by_text("Du har et utkast.")).to_be_visible()
    expect(record.get_by_role("radio", name="Nei")).to_be_checked()
    assert not QuarterCard.objects.exists()


def test_the_page_is_printed_on_one_sheet(open_page: OpenPage, coordinator: Person) -> None:
    page = open_page("/kommuner/9042/utbredelse/", person=coordinator)

    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))

    assert len(paper.pages) == 1
    box = paper.pages[0].mediabox
    assert box.height > box.width
    words = paper.pages[0].extract_text()
    assert "Kjernejournal" in words
    assert "Bekreft eller rett" not in words

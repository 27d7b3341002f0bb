"""A leader writes the decision basis; a municipality reads it, prints it and takes it along."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import PrerequisiteWord, Rollout
from samlop.rollouts.queries import basis as queries
from samlop.rollouts.rules.rollouts import RolloutState, WorkFunction
from tests import factories as make
from tests.browser.conftest import OpenPage
from tests.rollout_making import a_basis, a_cohort, a_rollout, a_worker

Check = Callable[[Page], list[str]]
HERE = "/innforingslop/lopet/grunnlag/"


@pytest.fixture
def place(transactional_db: None) -> Municipality:
    return make.municipality(number="9051", name="Nyvik")


@pytest.fixture
def rollout(place: Municipality) -> Rollout:
    soon = timezone.localdate() + timedelta(days=200)
    made = a_rollout(
        slug="lopet",
        name="Løpet",
        state=RolloutState.PLANNING,
        starts_on=soon,
        ends_on=soon + timedelta(days=200),
    )
    a_cohort(rollout=made)
    return made


@pytest.fixture
def leader(rollout: Rollout) -> Person:
    person = make.person()
    a_worker(rollout, person, WorkFunction.LEADER)
    return person


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_leader_fills_in_what_is_missing(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    rollout: Rollout,
    leader: Person,
    *,
    javascript: bool,
) -> None:
    def whole(page: Page) -> None:
        assert overflow(page) == []
        if javascript:
            assert axe(page) == []

    page = open_page(HERE, width=390, javascript=javascript, person=leader)
    whole(page)
    page.get_by_role("button", name="Begynn på grunnlaget").click()
    expect(page.get_by_role("heading", name="3 av 11 er på plass")).to_be_visible()
    whole(page)

    page.get_by_role("link", name="Rediger teksten").click()
    expect(page.get_by_label("Hva er det?", exact=True)).to_be_visible()
    whole(page)
    page.get_by_label("Hva er det?", exact=True).fill("Alle ser det samme.")
    page.get_by_label("Hva gir det kommunen?", exact=True).fill("Færre telefoner.")
    page.get_by_label("Kilde for hva det gir", exact=True).fill("Evaluering 2026")
    page.get_by_label("Hva skjer hvis kommunen ikke blir med?", exact=True).fill(
        "Ingenting endres."
    )
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_role("heading", name="7 av 11 er på plass")).to_be_visible()

    page.get_by_role("link", name="Rediger rollene").click()
    expect(page.get_by_role("group", name="Prosjekteier")).to_be_visible()
    whole(page)
    for role, hours in (("Prosjekteier", "4 2"), ("Lokal koordinator", "8 6 4,5")):
        row = page.get_by_role("group", name=role)
        row.get_by_label(role).select_option("Alle må ha den")
        row.get_by_label("Timer, måned for måned").fill(hours)
    page.get_by_role("button", name="Lagre rollene").click()

    page.get_by_role("link", name="Rediger planen").click()
    expect(page.get_by_role("group", name="Steg 1")).to_be_visible()
    whole(page)
    for number, (words, weeks) in enumerate((("Oppstart", "0"), ("Møte", "-6")), start=1):
        row = page.get_by_role("group", name=f"Steg {number}")
        row.get_by_label("Hva skjer").fill(words)
        row.get_by_label("Uker fra oppstart").fill(weeks)
    page.get_by_role("button", name="Lagre planen").click()
    expect(page.get_by_role("heading", name="10 av 11 er på plass")).to_be_visible()

    page.get_by_role("link", name="Legg til en forutsetning").click()
    page.get_by_label("Hva må være på plass?").fill("Avtale med KS")
    page.get_by_label("Når regnes det som på plass?").fill("Signert")
    whole(page)
    page.get_by_role("button", name="Lagre forutsetningen").click()
    expect(page.get_by_text("På plass når: Signert")).to_be_visible()
    # What it costs is the programme's: the link leads there.
    expect(page.get_by_role("link", name="Hva det koster")).to_be_visible()
    assert len(queries.missing(rollout)) == 1


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_municipality_reads_prints_and_takes_it_along(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    rollout: Rollout,
    leader: Person,
    place: Municipality,
    *,
    javascript: bool,
) -> None:
    a_basis(rollout)
    own = make.person()
    Membership.objects.create(
        person=own,
        role=Role.MUNICIPAL_COORDINATOR.value,
        municipality=place,
        valid_from=make.SOME_DAY,
    )

    page = open_page(HERE, width=320, javascript=javascript, person=own)
    page.get_by_label("Kommune", exact=True).select_option("Nyvik")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_role("heading", name="Beslutningsgrunnlag for Nyvik")).to_be_visible()
    assert overflow(page) == []
    if javascript:
        assert axe(page) == []

    page.get_by_role("link", name="Si hva som er på plass").click()
    expect(page.get_by_label("Avtale om etablering")).to_be_visible()
    assert overflow(page) == []
    if javascript:
        assert axe(page) == []
    page.get_by_label("Avtale om etablering").select_option("På plass")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("1 av 2").first).to_be_visible()
    assert PrerequisiteWord.objects.get().standing == "met"

    with page.expect_download() as word:
        page.get_by_role("link", name="Last ned saksframlegg (Word)").click()
    assert word.value.suggested_filename == "saksframlegg-lopet-9051.docx"
    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 1

"""J2 and J5: a contact person fills in her table, and a rollout's leader has her Monday."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.messages.models import Message
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Feedback, Invitation, LeaderNote, Rollout, SurveyAnswer
from samlop.rollouts.services import follow_mails
from tests import factories as make
from tests.browser.conftest import OpenPage
from tests.rollout_making import a_rollout, a_worker, invited

Check = Callable[[Page], list[str]]
TABLE = "/innforingslop/lopet/kommuner/"
SURVEY = "/innforingslop/lopet/kartlegging/"


@pytest.fixture
def places(transactional_db: None) -> tuple[Municipality, ...]:
    return (
        make.municipality(number="9042", name="Nyvik"),
        make.municipality(number="9043", name="Utnes"),
    )


@pytest.fixture
def rollout(places: tuple[Municipality, ...]) -> Rollout:
    """Nyvik has been silent through two reminders; Utnes has not been invited."""
    made = a_rollout(slug="lopet", name="Løpet", members=places)
    invitation = invited(made, places[0], at=timezone.now() - timedelta(days=70))
    Invitation.objects.filter(pk=invitation.pk).update(
        reminders=2, to_call_since=timezone.localdate() - timedelta(days=1)
    )
    return made


@pytest.fixture
def leader(rollout: Rollout) -> Person:
    person = make.person()
    a_worker(rollout, person)
    return person


def in_role(role: Role, **where: object) -> Person:
    person = make.person()
    Membership.objects.create(person=person, role=role.value, valid_from=make.SOME_DAY, **where)
    return person


@pytest.fixture
def contact(places: tuple[Municipality, ...]) -> Person:
    group = make.region(kind=RegionKind.EHEALTH_GROUP, name="Gruppen", members=places)
    return in_role(Role.CONTACT_PERSON, region=group)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_contact_person_answers_for_her_municipalities(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    rollout: Rollout,
    leader: Person,
    contact: Person,
    places: tuple[Municipality, ...],
    *,
    javascript: bool,
) -> None:
    def whole(page: Page) -> None:
        assert overflow(page) == []
        if javascript:
            assert axe(page) == []

    page = open_page(SURVEY, width=390, javascript=javascript, person=leader)
    whole(page)
    page.get_by_role("link", name="Spør kontaktpersonene").click()
    page.get_by_label("Hva vil du vite?").fill("Hva skal til for at dere blir med?")
    whole(page)
    page.get_by_role("button", name="Send spørsmålet").click()
    expect(page.locator("#meldinger")).to_contain_text("Kontaktpersonene har fått spørsmålet")

    page = open_page(SURVEY, width=320, javascript=javascript, person=contact)
    whole(page)
    page.get_by_label("Hva er i veien i Nyvik?").select_option("Leverandør")
    page.get_by_label("Blir Nyvik trolig med?").select_option("Kanskje")
    page.get_by_label("Merknad om Nyvik").fill("Venter på versjon 7")
    if javascript:
        expect(page.locator("#lagring")).to_contain_text("1 av 2 besvart · Lagret kl.")
    else:
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#meldinger")).to_contain_text("Svarene er lagret")
    saved = SurveyAnswer.objects.get(municipality=places[0])
    assert (saved.obstacle, saved.likely, saved.remark) == (
        "vendor",
        "maybe",
        "Venter på versjon 7",
    )
    own = in_role(Role.MUNICIPAL_COORDINATOR, municipality=places[0])
    page = open_page(SURVEY, width=390, javascript=javascript, person=own)
    expect(page.get_by_text("Venter på versjon 7")).to_be_visible()
    whole(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_leaders_monday(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    rollout: Rollout,
    leader: Person,
    contact: Person,
    places: tuple[Municipality, ...],
    *,
    javascript: bool,
) -> None:
    def whole(page: Page) -> None:
        assert overflow(page) == []
        if javascript:
            assert axe(page) == []

    decides = in_role(Role.DECISION_MAKER, municipality=places[0])
    page = open_page(TABLE, javascript=javascript, person=leader)
    rows = page.get_by_role("table").get_by_role("row")
    # Whoever needs her stands first.
    expect(rows.nth(1)).to_contain_text("Nyvik")
    expect(rows.nth(1)).to_contain_text("Ring")
    whole(page)
    rows.nth(1).get_by_role("link", name="Nyvik").click()
    panel = page.get_by_role("article", name="Nyvik")
    expect(panel.get_by_text(str(decides))).to_be_visible()
    whole(page)
    panel.get_by_label("Hva ble sagt?").fill("Tas opp i mars")
    panel.get_by_role("radio", name="Usikker").check()
    day = timezone.localdate() + timedelta(days=14)
    panel.get_by_label("Neste kontakt").fill(day.isoformat())
    panel.get_by_role("button", name="Lagre notatet").click()
    if javascript:
        # Saved where it was written, and the table's row is the new one.
        expect(panel.get_by_text("Notatet er lagret.")).to_be_focused()
        expect(rows.nth(1)).to_contain_text("Usikker")
    else:
        expect(page.locator("#meldinger")).to_contain_text("Notatet er lagret")
    note = LeaderNote.objects.get()
    assert (note.text, note.signal, note.next_contact) == ("Tas opp i mars", "unsure", day)
    whole(page)

    page.get_by_role("link", name="Lukk Nyvik" if javascript else "Alle kommunene").click()
    expect(panel).to_have_count(0)
    if javascript:
        expect(rows.nth(1).get_by_role("link", name="Nyvik")).to_be_focused()
    page.get_by_role("checkbox", name="Velg Nyvik").check()
    page.get_by_role("button", name="Skriv til dem jeg har krysset av").click()
    page.get_by_label("Emne").fill("Møte for {kommune}")
    page.get_by_label("Tekst").fill("Velkommen.")
    page.get_by_role("button", name="Forhåndsvis").click()
    expect(page.get_by_text("Møte for Nyvik")).to_be_visible()
    whole(page)
    page.get_by_role("button", name="Send meldingen").click()
    expect(page.locator("#meldinger")).to_contain_text("Sendt til 1 kommune.")
    assert Message.objects.get(kind=follow_mails.MAILING).recipient == decides

    page.get_by_role("link", name="Tilbakemelding").click()
    page.get_by_label("Tilbakemelding til prosjektet").fill("Veilederen mangler")
    page.get_by_role("button", name="Send tilbakemeldingen").click()
    expect(page.get_by_text("Veilederen mangler")).to_be_visible()
    assert Feedback.objects.count() == 1
    whole(page)

    # Her own municipality reads the note; a visitor reads neither it nor the silence.
    page = open_page(f"{TABLE}9042/", width=320, javascript=javascript, person=decides)
    expect(page.get_by_text("Tas opp i mars")).to_be_visible()
    whole(page)
    page = open_page(TABLE, width=320, javascript=javascript)
    expect(page.get_by_text("I målgruppen").first).to_be_visible()
    expect(page.get_by_text("Ring", exact=True)).to_have_count(0)
    whole(page)

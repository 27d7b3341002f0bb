"""An invitation as it is answered on a phone: from the mail to the receipt, and asked once more."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document
from playwright.sync_api import Page, expect

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.municipalities.models import Municipality, Product
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Answer, Rollout
from samlop.rollouts.queries import answers
from samlop.rollouts.rules.answers import AnswerState, Mandate
from samlop.rollouts.services import answer_mails, invitation_links, invitations, reopening
from tests import factories as make
from tests import rollout_making as making
from tests.browser.conftest import OpenPage
from tests.browser.rollout_steps import code

Check = Callable[[Page], list[str]]
BY = Machine("tests")


@dataclass(frozen=True)
class Stage:
    """A rollout that is ready to invite, and a municipality whose vendor is not there yet."""

    rollout: Rollout
    offer: Offer
    place: Municipality
    product: Product
    leader: Person
    decider: Person
    vendor: Person
    today: date


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    today = timezone.localdate()
    place = make.municipality(number="9042", name="Nyvik")
    place.postmottak = "post@nyvik.example"
    place.save(update_fields=["postmottak"])
    offer = make.offer(
        solution=make.solution(name="Kjernejournal", slug="kjernejournal"), area=Area.HOME_CARE
    )
    product = make.product(name="Profil")
    make.use(municipality=place, product=product)
    make.readiness(offer=offer, product=product, release_on=today + timedelta(days=400))
    leader = make.person()
    rollout = making.a_rollout(
        offer=offer,
        name="Kjernejournal, felles innføring",
        slug="kjernejournal-felles",
        leader=leader,
        members=(place,),
        starts_on=today + timedelta(days=240),
        ends_on=today + timedelta(days=600),
    )
    making.a_cohort(rollout=rollout)
    making.a_basis(rollout)
    decider = make.person(email="leder@nyvik.example")
    accounts.grant(person=decider, role=Role.DECISION_MAKER, municipality=place, by=BY, on=today)
    vendor = make.person()
    accounts.grant(person=vendor, role=Role.VENDOR, vendor=product.vendor, by=BY, on=today)
    return Stage(rollout, offer, place, product, leader, decider, vendor, today)


def invited(open_page: OpenPage, stage: Stage) -> None:
    """The leader invites the one municipality, although its vendor is not ready."""
    page = open_page("/innforingslop/kjernejournal-felles/inviter/", person=stage.leader)
    expect(page.get_by_role("row", name=re.compile("Nyvik"))).to_contain_text(
        "Leverandøren er ikke klar"
    )
    page.get_by_role("checkbox", name="Inviter Nyvik").check()
    page.get_by_role("button", name="Se over før du sender").click()
    # So small a municipality has no room for it in that quarter, and is told why it is asked.
    page.get_by_label(re.compile("Hvorfor inviteres Nyvik")).fill("Dere ba om å få vurdere det.")
    page.get_by_role("button", name="Inviter 1 kommune").click()
    expect(page.locator("#meldinger")).to_contain_text("1 kommune er invitert")


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_from_the_mail_to_the_receipt_on_a_phone_and_asked_again_when_the_vendor_is_ready(
    open_page: OpenPage, axe: Check, overflow: Check, stage: Stage, *, javascript: bool
) -> None:
    invited(open_page, stage)

    def fits(page: Page) -> None:
        assert overflow(page) == []
        if javascript:
            assert axe(page) == []

    # The mail, as it is read in the example.
    page = open_page("/utboks/", width=390, javascript=javascript)
    subject = re.compile("^Invitasjon: Kjernejournal, felles innføring – svar innen")
    page.get_by_role("link", name=subject).click()
    expect(page.locator("pre")).to_contain_text("Nyvik er invitert til Kjernejournal")
    expect(page.locator("pre")).to_contain_text("Arbeid hos dere: om lag")
    expect(page.locator("pre")).to_contain_text("Hvis dere ikke blir med:")
    page.get_by_role("link", name="Les og svar").click()

    # The basis, without signing in, and the saksframlegg in Word.
    expect(page.get_by_role("heading", level=1)).to_have_text("Kjernejournal, felles innføring")
    expect(page.get_by_text("Invitasjon til Nyvik")).to_be_visible()
    expect(page.get_by_text("fordi: Dere ba om å få vurdere det.")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Hva må være på plass"))).to_be_visible()
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Last ned saksframlegg (Word)").click()
    document = Document(BytesIO(download.value.path().read_bytes()))
    assert "Nyvik" in "\n".join(one.text for one in document.paragraphs)

    # «Ikke nå – når leverandøren er klar», with a code from the mail.
    page.get_by_role("link", name="Svar", exact=True).first.click()
    page.get_by_role("radio", name="Ikke nå").check()
    page.get_by_role("radio", name="Leverandøren er ikke klar").check()
    page.get_by_role("checkbox", name="Spør igjen når grunnen er borte").check()
    fits(page)
    page.get_by_role("button", name="Gå videre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skriv koden")
    fits(page)
    assert not Answer.objects.exists()
    page.get_by_role("textbox", name="Kode").fill(code())
    page.get_by_role("button", name="Send svaret").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Svaret er registrert")
    expect(page.get_by_text("Leverandøren er ikke klar")).to_be_visible()
    fits(page)
    given = answers.newest(stage.rollout, stage.place.pk)
    assert given is not None
    assert (given.state, given.mandate) == (AnswerState.LATER, Mandate.CODE)
    assert Message.objects.filter(kind=answer_mails.RECEIPT, municipality=stage.place).exists()
    # «Back» sends nothing again: the code's page is used up, and leads to the receipt.
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Svaret er registrert")
    page.get_by_role("link", name="Tilbake til invitasjonen").click()
    expect(page.get_by_text(re.compile("Dere har svart: Ikke nå"))).to_be_visible()

    # The vendor registers the version, and the worker asks once more.
    row = f"/losninger/kjernejournal/leverandorer/{stage.offer.area}/{stage.product.slug}/rett/"
    page = open_page(row, person=stage.vendor, javascript=javascript)
    page.get_by_role("radio", name="Sluppet").check()
    page.get_by_label("Dato").fill(stage.today.isoformat())
    page.get_by_label("Versjon").fill("7.2")
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator("#meldinger")).to_contain_text("er lagret")
    assert reopening.reopen_all(by=BY, on=stage.today, at=timezone.now()) == 1
    asked = answers.newest(stage.rollout, stage.place.pk)
    assert asked is not None
    assert not asked.stands
    assert Message.objects.filter(kind=invitations.REOPENED, recipient=stage.decider).exists()


def test_whoever_does_not_decide_sends_it_on(
    open_page: OpenPage, axe: Check, overflow: Check, stage: Stage, complaints: list[str]
) -> None:
    invited(open_page, stage)
    link = stage.rollout.invitations.get().links.get()
    page = open_page(f"/invitasjon/{invitation_links.token(link)}/", width=390, scheme="dark")
    page.get_by_role("link", name="Jeg bestemmer ikke dette – send til …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send invitasjonen videre")
    assert overflow(page) == []
    assert axe(page) == []
    # Nobody else decides here: an address is all there is to give.
    expect(page.get_by_role("radio")).to_have_count(0)
    page.get_by_label("Jobbadresse").fill("noen@example.org")
    page.get_by_role("button", name="Send videre").click()
    expect(page.get_by_role("alert")).to_contain_text("jobbadresse i kommunen")
    complaints.clear()
    page.get_by_label("Jobbadresse").fill("kommunedirektor@nyvik.example")
    page.get_by_role("button", name="Send videre").click()
    expect(page.locator("#meldinger")).to_contain_text("Lenken er sendt videre.")


def test_the_leaders_pages_are_accessible_and_fit(
    open_page: OpenPage, axe: Check, overflow: Check, stage: Stage
) -> None:
    invited(open_page, stage)
    here = "/innforingslop/kjernejournal-felles/"
    for width in (1280, 320):
        page = open_page(f"{here}inviter/", width=width, person=stage.leader)
        for rest in ("inviter/", "inviter/9042/", "invitasjoner/", "invitasjoner/9042/"):
            page.goto(f"{here}{rest}")
            assert overflow(page) == [], (rest, width)
            if width > 320:
                assert axe(page) == [], rest

"""The steps of a rollout as they are taken on its pages, for journeys of several people."""

import re
from datetime import date
from decimal import Decimal

from django.utils import timezone
from playwright.sync_api import Page, expect

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.messages.services import writing
from samlop.municipalities.models import Municipality, Product, Region
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.costs import CostKind, Line, Model
from samlop.portfolio.services import costs
from samlop.rollouts.services import invitation_links
from tests import factories as make
from tests import portfolio_making as portfolio
from tests.browser.conftest import OpenPage

BY = Machine("tests")


# --- the world it begins in ---


def in_role(role: Role, **place: Municipality | Region | Product) -> Person:
    """Somebody who has had the role for some time; a product stands for its vendor."""
    product = place.pop("product", None)
    if isinstance(product, Product):
        return _granted(role, vendor=product.vendor)
    return _granted(role, **place)


def _granted(role: Role, **place: object) -> Person:
    person = make.person(email=f"{role.value.replace('_', '-')}-{make.person().pk}@sted.example")
    accounts.grant(person=person, role=role, by=BY, on=date(2026, 1, 5), **place)  # type: ignore[arg-type]
    return person


def priced(offer: Offer) -> None:
    costs.publish(
        offer=offer,
        model=Model(
            lines=(Line(kind=CostKind.JOINED_EACH, title="Lisens", amount=Decimal(12000)),)
        ),
        valid_from=date(2026, 1, 1),
        source="Prisliste",
        seen=0,
        by=BY,
        at=timezone.now(),
    )


def ready_for_use(offer: Offer) -> None:
    """The deciding body finds the solution ready, today."""
    portfolio.assessed(offer, at=timezone.now())
    portfolio.found_sound(offer)
    portfolio.decided(offer, on=timezone.localdate())


# --- the plan ---


def fill_basis(page: Page, here: str) -> None:
    """Everything of the basis but its price, on the leader's pages."""
    page.goto(f"{here}grunnlag/")
    page.get_by_role("button", name="Begynn på grunnlaget").click()
    page.get_by_role("link", name="Rediger teksten").click()
    for label, words in (
        ("Hva er det?", "Alle ser det samme."),
        ("Hva gir det kommunen?", "Færre telefoner."),
        ("Kilde for hva det gir", "Evaluering 2026"),
        ("Hva skjer hvis kommunen ikke blir med?", "Ingenting endres."),
    ):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="Lagre").click()
    page.get_by_role("link", name="Rediger rollene").click()
    for role, hours in (("Prosjekteier", "4 2"), ("Lokal koordinator", "8 6 4,5")):
        row = page.get_by_role("group", name=role)
        row.get_by_label(role).select_option("Alle må ha den")
        row.get_by_label("Timer, måned for måned").fill(hours)
    page.get_by_role("button", name="Lagre rollene").click()
    page.get_by_role("link", name="Rediger planen").click()
    for number, (words, weeks) in enumerate((("Oppstart", "0"), ("Møte", "-6")), start=1):
        row = page.get_by_role("group", name=f"Steg {number}")
        row.get_by_label("Hva skjer").fill(words)
        row.get_by_label("Uker fra oppstart").fill(weeks)
    page.get_by_role("button", name="Lagre planen").click()
    page.get_by_role("link", name="Legg til en forutsetning").click()
    page.get_by_label("Hva må være på plass?").fill("Avtale med KS")
    page.get_by_label("Når regnes det som på plass?").fill("Signert")
    page.get_by_role("button", name="Lagre forutsetningen").click()
    expect(page.get_by_text("På plass når: Signert")).to_be_visible()


def add_cohort(page: Page, here: str, name: str, *, product: str = "") -> None:
    """With the days that are proposed."""
    page.goto(f"{here}puljer/ny/")
    page.get_by_label("Navn").fill(name)
    if product:
        page.get_by_label("Felles produkt").select_option(re_option(page, product))
    page.get_by_role("button", name="Lag puljen").click()
    expect(page.locator("#meldinger")).to_contain_text("Puljen er laget.")


def re_option(page: Page, words: str) -> str:
    """The value of the choice whose words begin so."""
    found = page.locator("option").filter(has_text=re.compile(f"^{re.escape(words)}"))
    return found.first.get_attribute("value") or ""


def lacks(page: Page, words: str) -> None:
    """The plan's own checklist says so."""
    row = page.locator(".rollout-checks li").filter(has_text=words)
    expect(row.get_by_text("Mangler")).to_be_visible()


def open_enrolment(page: Page, here: str) -> None:
    page.goto(here)
    page.get_by_role("link", name="Åpne for påmelding").click()
    page.get_by_role("button", name="Åpne for påmelding").click()
    expect(page.locator("#meldinger")).to_contain_text("Nå kan kommunene inviteres")


def release(open_page: OpenPage, offer: Offer, product: Product, today: date) -> None:
    """The vendor says on its page that the version is out."""
    page = open_page(
        f"/losninger/{offer.solution.slug}/leverandorer/{offer.area}/{product.slug}/rett/",
        person=in_role(Role.VENDOR, product=product),
    )
    page.get_by_role("radio", name="Sluppet").check()
    page.get_by_label("Dato").fill(today.isoformat())
    page.get_by_label("Versjon").fill("7.2")
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator("#meldinger")).to_contain_text("er lagret")


# --- asking and answering ---


def invite(page: Page, here: str, *names: str, cohort: str = "") -> None:
    """Those named and nobody else; each has a reason written, should it have no room."""
    page.goto(f"{here}inviter/{f'?pulje={cohort}' if cohort else ''}")
    for box in page.get_by_role("checkbox", name=re.compile("^Inviter ")).all():
        box.set_checked((box.get_attribute("aria-label") or "")[len("Inviter ") :] in names)
    page.get_by_role("button", name="Se over før du sender").click()
    expect(page.get_by_role("heading", name="Se over før du sender")).to_be_visible()
    for reason in page.get_by_label(re.compile("Hvorfor inviteres")).all():
        reason.fill("Dere ba om å få vurdere det.")
    page.get_by_role("button", name=re.compile("^Inviter ")).click()
    expect(page.locator("#meldinger")).to_contain_text("invitert")


def code() -> str:
    """The six digits of the newest code that was sent."""
    written = writing.mail(Message.objects.filter(kind=invitation_links.CODE).latest("pk"))
    assert written is not None
    return written.highlight


def open_mail(open_page: OpenPage, person: Person, kind: str, *, width: int = 390) -> Page:
    """The newest mail of the kind to her, read in the example's outbox, and its button."""
    message = Message.objects.filter(kind=kind, recipient=person).latest("pk")
    page = open_page(f"/utboks/{message.pk}/", width=width)
    page.locator("pre + p a.ds-button").click()
    return page


def answer_here(page: Page) -> None:
    """From the page of a link to the form."""
    page.get_by_role("link", name=re.compile("^(Svar|Endre svaret)$")).first.click()


def say_yes(page: Page, *, wish: str = "") -> None:
    """On the form, wherever it is."""
    page.get_by_role("radio", name="Ja, vi blir med").check()
    if wish:
        page.get_by_label("Hvilken pulje ønsker dere helst?").select_option(re_option(page, wish))


def confirm_by_code(page: Page) -> None:
    page.get_by_role("button", name="Gå videre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skriv koden")
    page.get_by_role("textbox", name="Kode").fill(code())
    page.get_by_role("button", name="Send svaret").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Svaret er registrert")

"""A vendor's day: a date that must move, and the rows that are right."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Product
from samlop.portfolio.models import ReadinessEvent
from samlop.web import clock
from tests import factories as make
from tests.browser.conftest import OpenPage

Check = Callable[[Page], list[str]]


@pytest.fixture
def product(transactional_db: None) -> Product:
    """In use in two municipalities, planned for in sixty days, as told forty days ago."""
    product = make.product(name="Journalen")
    offer = make.offer(solution=make.solution(name="Legemiddelliste", slug="legemiddelliste"))
    for name in ("Arendal", "Risør"):
        make.use(municipality=make.municipality(name=name), product=product)
    today = clock.today()
    make.readiness(
        offer=offer,
        product=product,
        release_on=today + timedelta(days=60),
        told_on=today - timedelta(days=40),
    )
    return product


def spokesperson(product: Product) -> Person:
    person = make.person(name="Leverandør")
    Membership.objects.create(
        person=person, role=Role.VENDOR.value, vendor=product.vendor, valid_from=make.SOME_DAY
    )
    return person


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_vendor_slips_a_release_and_sees_whom_it_reaches(
    open_page: OpenPage, axe: Check, overflow: Check, product: Product, javascript: bool
) -> None:
    page = open_page("/", width=390, javascript=javascript, person=spokesperson(product))
    page.get_by_role("link", name="Stemmer det som står").click()
    page.get_by_role("link", name="Rett Journalen").click()
    later = clock.today() + timedelta(days=120)
    page.get_by_label("Dato").fill(later.isoformat())
    page.get_by_role("button", name="Lagre", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hvem utsettelsen berører")
    expect(page.get_by_role("heading", name="2 kommuner bruker produktet")).to_be_visible()
    expect(page.get_by_role("link", name="Risør")).to_be_visible()
    assert ReadinessEvent.objects.count() == 1
    if javascript:
        assert axe(page) == []
        assert overflow(page) == []

    page.get_by_label("Begrunnelse").fill("Testen tar lengre tid.")
    page.get_by_role("button", name="Lagre likevel").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Stemmer datoene?")
    assert ReadinessEvent.objects.latest("pk").release_on == later
    page.get_by_role("link", name="Journalen, Legemiddelliste").first.click()
    expect(page.get_by_text("Testen tar lengre tid.")).to_be_visible()


def test_a_vendor_confirms_by_keyboard(open_page: OpenPage, product: Product) -> None:
    page = open_page(f"/leverandorer/{product.vendor.slug}/status/", person=spokesperson(product))
    page.get_by_role("checkbox", name="Stemmer: Journalen").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Bekreft dem jeg har krysset av").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("1 rad er bekreftet. Takk!")).to_be_visible()
    expect(page.get_by_text("Ingen rader venter på svar fra dere nå.")).to_be_visible()

"""An identity provider in a real browser: out by a link, back, and a choice of whom to act for.

The content security policy lets no form end at another host, which only a browser holds to.
"""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.accounts.rules.tokens import Issuer, IssuerKind
from tests import factories as make
from tests import identity_provider
from tests.browser.conftest import OpenPage
from tests.browser.test_accounts import ask_for_code, code_in_outbox
from tests.identity_provider import IdentityProvider
from tests.rules.test_tokens import RESOURCE, detail

Check = Callable[[Page], list[str]]
NUMBERS = {"Risør": "964977402", "Gjerstad": "964964998"}


@pytest.fixture
def provider(settings: Settings, transactional_db: None) -> Iterator[IdentityProvider]:
    with identity_provider.running() as made:
        settings.SAMLOP_OIDC = (
            Issuer(
                key="ansattporten",
                name="Ansattporten",
                kind=IssuerKind.ANSATTPORTEN,
                issuer=made.issuer,
                client_id="samlop",
                secret="hemmelig",
                levels=("high",),
                resource=RESOURCE,
            ),
        )
        cache.clear()
        made.knows("kari", acr="high", authorization_details=[detail(*NUMBERS.values())])
        yield made


@pytest.fixture
def kari(transactional_db: None) -> Person:
    """Coordinator of two municipalities."""
    person = make.person(name="Kari Krag")
    person.set_unusable_password()
    person.save()
    for name, number in NUMBERS.items():
        place = make.municipality(name=name)
        place.organisation_number = number
        place.save()
        Membership.objects.create(
            person=person,
            role=Role.MUNICIPAL_COORDINATOR.value,
            municipality=place,
            valid_from=make.SOME_DAY,
        )
    return person


def let_in_there(page: Page) -> None:
    """On the provider's own page."""
    page.locator("input[name=sub]").fill("kari")
    page.get_by_role("button", name="Authorize").first.click()


@pytest.mark.parametrize(("javascript", "width"), [(True, 390), (False, 1280)])
def test_whoever_represents_two_ties_it_comes_in_and_chooses(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    provider: IdentityProvider,
    kari: Person,
    javascript: bool,
    width: int,
    complaints: list[str],
) -> None:
    def looked_at(name: str) -> None:
        if javascript:
            assert overflow(page) == [], name
            assert axe(page) == [], name

    page = open_page("/konto/logg-inn/", width=width, javascript=javascript)
    looked_at("sign-in")

    # A stranger to Samløp is told what to do, and a code lets her in where she does it.
    page.get_by_role("link", name="Logg inn med Ansattporten").click()
    let_in_there(page)
    expect(page.get_by_role("heading", name="Innloggingen ble stoppet")).to_be_visible()
    looked_at("stopped")
    page.get_by_role("link", name="Logg inn med kode på e-post").click()
    ask_for_code(page, kari)
    page.get_by_label("Kode", exact=True).fill(code_in_outbox(page))
    page.get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("heading", name="Kontoen din", level=1)).to_be_visible()
    page.get_by_role("link", name="Koble til Ansattporten").click()
    looked_at("tie")
    page.get_by_role("link", name="Fortsett til Ansattporten").click()
    let_in_there(page)
    expect(page.get_by_text("Ansattporten er koblet til.")).to_be_visible()
    looked_at("account")
    page.context.clear_cookies(name="sessionid")

    # Then it is the way in.
    page.goto("/konto/logg-inn/")
    page.get_by_role("link", name="Logg inn med Ansattporten").click()
    let_in_there(page)
    expect(page.get_by_role("heading", name="Hvem representerer du nå?")).to_be_visible()
    looked_at("choose")
    page.get_by_role("radio", name="Gjerstad").check()
    page.get_by_role("button", name="Fortsett").click()
    expect(page.get_by_text("Du representerer nå Gjerstad.")).to_be_visible()
    expect(page.get_by_role("link", name="Gjerstad").first).to_be_attached()
    expect(page.get_by_role("link", name="Risør")).to_have_count(0)
    page.goto("/konto/representerer/")
    page.get_by_role("radio", name="Risør").check()
    page.get_by_role("button", name="Fortsett").click()
    expect(page.get_by_text("Du representerer nå Risør.")).to_be_visible()
    looked_at("chosen")

    # The provider's own page asks for a style sheet from elsewhere; ours was stopped on purpose.
    assert [
        said for said in complaints if "NAME_NOT_RESOLVED" not in said and "403" not in said
    ] == []
    complaints.clear()

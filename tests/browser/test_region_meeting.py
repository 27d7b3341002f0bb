"""J3: a contact person prepares a meeting; and a municipality asks her for help on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import HelpRequest, Invitation, Rollout
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from tests import factories as make
from tests.browser.conftest import OpenPage
from tests.rollout_making import a_rollout, invited

Check = Callable[[Page], list[str]]


@pytest.fixture
def places(transactional_db: None) -> tuple[Municipality, ...]:
    return (
        make.municipality(number="9042", name="Nyvik"),
        make.municipality(number="9043", name="Utnes"),
    )


@pytest.fixture
def group(places: tuple[Municipality, ...]) -> Region:
    return make.region(
        kind=RegionKind.EHEALTH_GROUP, name="Gruppen", slug="gruppen", members=places
    )


def in_role(role: Role, **where: object) -> Person:
    person = make.person(name=role.value)
    Membership.objects.create(person=person, role=role.value, valid_from=make.SOME_DAY, **where)
    return person


@pytest.fixture
def contact(group: Region) -> Person:
    return in_role(Role.CONTACT_PERSON, region=group)


@pytest.fixture
def own_rollout(group: Region, places: tuple[Municipality, ...]) -> Rollout:
    """The region's own, planned; and one of the nation's that nobody has answered."""
    nations = a_rollout(name="Digihelse", members=places)
    for one in places:
        invited(nations, one, at=timezone.now() - timedelta(days=3))
    return a_rollout(
        name="Helsestasjon", kind=RolloutKind.REGION, region=group, state=RolloutState.PLANNING
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_contact_person_makes_the_steering_group_s_paper(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    own_rollout: Rollout,
    contact: Person,
    *,
    javascript: bool,
) -> None:
    def whole(page: Page) -> None:
        assert overflow(page) == []
        if javascript:
            assert axe(page) == []

    page = open_page("/regioner/gruppen/", width=1280, javascript=javascript, person=contact)
    whole(page)
    page.get_by_role("link", name="Følg opp kommunene").click()
    expect(page.get_by_role("row", name="Nyvik")).to_contain_text("Digihelse")
    whole(page)

    page.get_by_role("link", name="Lag møtegrunnlag").click()
    expect(page.get_by_label("Møtedato")).to_be_visible()
    whole(page)
    page.get_by_label("Helseledernettverk").check()
    page.get_by_label("Møtedato").fill(timezone.localdate().isoformat())
    page.get_by_label("Hjelp gitt").uncheck()
    page.get_by_label("Egne linjer").fill("Velkommen.")
    page.get_by_role("button", name="Se det").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Helseledernettverk")
    expect(page.locator(".paper-preview")).to_contain_text("Velkommen.")
    expect(page.locator(".paper-preview")).to_contain_text("vises ikke")
    expect(page.locator(".paper-preview")).not_to_contain_text("Nyvik")
    whole(page)
    with page.expect_download() as word:
        page.get_by_role("link", name="Last ned Word").click()
    assert word.value.suggested_filename.endswith(".docx")

    page.get_by_label("Helsestasjon").check()
    page.get_by_label("Lenke til referatet").fill("https://example.org/referat")
    page.get_by_role("button", name="Tatt opp i møtet").click()
    expect(page.get_by_text("Tatt opp, registrert")).to_be_visible()
    own_rollout.refresh_from_db()
    assert own_rollout.anchored_in == "Helseledernettverk, Gruppen"


def test_a_municipality_asks_for_help_on_a_phone_and_is_answered(
    open_page: OpenPage,
    axe: Check,
    overflow: Check,
    own_rollout: Rollout,
    contact: Person,
    places: tuple[Municipality, ...],
) -> None:
    def whole(page: Page) -> None:
        assert overflow(page) == []
        assert axe(page) == []

    leader = in_role(Role.DECISION_MAKER, municipality=places[0])
    page = open_page("/kommuner/9042/", width=320, person=leader)
    expect(page.locator("#venter")).to_contain_text("Svar på invitasjonen til Digihelse")
    whole(page)
    page.get_by_role("link", name="Be om hjelp").click()
    expect(page.get_by_label("Hva trenger dere hjelp til?")).to_be_visible()
    whole(page)
    page.get_by_label("Hva trenger dere hjelp til?").fill("Hvor er malen?")
    page.get_by_label("Vi står fast").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Spørsmålet er sendt.")).to_be_visible()
    whole(page)

    row = HelpRequest.objects.get()
    hers = open_page(f"/kommuner/9042/hjelp/{row.pk}/", width=390, scheme="dark", person=contact)
    hers.get_by_label("Svar").fill("Under Materiell.")
    hers.get_by_role("button", name="Send svar").click()
    expect(hers.get_by_text("Under Materiell.")).to_be_visible()
    whole(hers)

    page.goto("/kommuner/9042/kalender/")
    page.get_by_role("button", name="Lag en adresse").click()
    expect(page.get_by_label("Din private adresse")).to_have_value(
        # Signed, and on the server the page is on.
        re.compile(r"/kalender/\d+\.[\w-]+\.ics$")
    )
    whole(page)
    page.goto("/kommuner/9042/lokale-roller/")
    whole(page)


def test_whom_to_call_is_read_on_a_phone_without_scrolling_sideways(
    open_page: OpenPage, axe: Check, overflow: Check, own_rollout: Rollout, contact: Person
) -> None:
    assert own_rollout.pk
    Invitation.objects.update(to_call_since=timezone.localdate(), reminders=2)
    for address in ("/innforingslop/ring/", "/regioner/gruppen/oppfolging/"):
        page = open_page(address, width=320, person=contact)
        expect(page.get_by_role("link", name="Nyvik", exact=True)).to_be_visible()
        fits = "one => one.scrollWidth <= one.clientWidth"
        assert page.locator(".table-region").evaluate(fits), address
        assert overflow(page) == []
        assert axe(page) == []

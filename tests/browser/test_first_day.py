"""The first day of a real installation, from an empty database to a municipality that runs itself.

Nothing of the example: mail goes to a mail server, codes are read out of it, and the administrator
proves herself twice.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.messages import services as messages
from samlop.web import clock
from tests import kept, messy_list
from tests.browser.conftest import OpenPage
from tests.domain.messages.conftest import MailServer

Check = Callable[[Page], list[str]]

PASSWORD = "en lang rekke ord i rad"
ADMIN, CONTACT, COORDINATOR = "siri@ks.example", "ane@agder.example", "k3@example.org"
LEADER, SUCCESSOR = "leder@froland.example", "ola@froland.example"
PEOPLE = "/regioner/digi-agder/personer/"


@pytest.fixture
def post(
    tmp_path: Path, settings: Settings, live_server: LiveServer, transactional_db: None
) -> Iterator["PostOffice"]:
    settings.SAMLOP_EXAMPLE, settings.SAMLOP_SECOND_FACTOR = False, True
    settings.SAMLOP_ADDRESS = f"{live_server.url}/"
    server = MailServer(tmp_path)
    settings.SAMLOP_SMTP = server.settings
    server.up()
    kept.norway()
    yield PostOffice(server)
    server.down()


class PostOffice:
    """Sends what waits, as the worker would, and lets people read their own mail."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def read(self, address: str) -> tuple[str, str]:
        """Subject and text of the newest mail to somebody."""
        now = timezone.now()
        messages.send_due(clock=timezone.now, until=now + timedelta(seconds=20))
        mine = [mail for mail in self.server.taken if mail["to"] == [address]]
        assert mine, address
        return mine[-1]["subject"], mine[-1]["text"]

    def code(self, address: str) -> str:
        found = re.match(r"(\d{6}) er koden din", self.read(address)[0])
        assert found
        return found[1]

    def count(self) -> int:
        messages.send_due(clock=timezone.now, until=timezone.now() + timedelta(seconds=20))
        return len(self.server.taken)


def sign_in(page: Page, post: PostOffice, address: str) -> None:
    page.get_by_label("E-postadresse").fill(address)
    page.get_by_role("button", name="Send meg en kode").click()
    page.get_by_label("Kode", exact=True).fill(post.code(address))
    page.get_by_role("button", name="Logg inn").click()


def make_passkey(page: Page) -> None:
    """A device that unlocks itself, as finger or face would."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.get_by_role("link", name="Lag en passnøkkel").click()
    # A new way in is given to nobody who has only found the machine open.
    page.get_by_label("Passord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Fortsett").click()
    page.get_by_label("Hva vil du kalle den?").fill("Jobbmaskinen")
    page.get_by_role("button", name="Lag passnøkkel").click()
    expect(page.get_by_text("Passnøkkelen er lagt til.")).to_be_visible()


def give(page: Page, *, role: str = "", name: str, email: str, title: str = "") -> None:
    if role:
        page.get_by_role("radio", name=re.compile(rf"^{role}")).check()
    page.get_by_label("Navn").fill(name)
    page.get_by_label("E-post", exact=True).fill(email)
    if title:
        page.get_by_label("Stilling").fill(title)


def holders(role: Role) -> set[str]:
    """Who holds the role today."""
    rows = Membership.objects.filter(role=role.value).valid_on(clock.today())
    return {str(address).lower() for address in rows.values_list("person__email", flat=True)}


def leave(context: BrowserContext) -> None:
    context.clear_cookies(name=re.compile("sessionid"))


def test_from_an_empty_database_to_a_municipality_that_runs_itself(
    open_page: OpenPage,
    post: PostOffice,
    axe: Check,
    overflow: Check,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    complaints: list[str],
) -> None:
    # --- the first administrator is made on the server, and proves herself twice ---
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("create_admin", ADMIN, "Siri Aas", verbosity=0)
    page = open_page("/konto/logg-inn/passord/")
    page.get_by_label("E-postadresse").fill(ADMIN)
    page.get_by_label("Passord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("heading", name="Et trinn til")).to_be_visible()
    make_passkey(page)

    # --- she invites a region's contact person ---
    page.goto(PEOPLE)
    expect(page.get_by_text("Ingen har en rolle her ennå")).to_be_visible()
    page.get_by_role("link", name="Inviter en person").click()
    give(page, role="Kontaktperson e-helse", name="Ane Lund", email=CONTACT)
    page.get_by_role("button", name="Inviter").click()
    expect(page.get_by_text(f"{CONTACT} er invitert.")).to_be_visible()
    expect(page.get_by_text("Har ikke logget inn").first).to_be_visible()
    leave(page.context)

    # --- who comes by the link in her mail, and loads the list she has ---
    subject, text = post.read(CONTACT)
    assert subject == "Du er invitert til Samløp"
    link = re.findall(r"http\S+/konto/logg-inn/", text)
    page.goto(link[0])
    sign_in(page, post, CONTACT)
    page.goto(PEOPLE)
    page.get_by_role("link", name="Last inn en liste").click()
    file = tmp_path / "Kontakter 2026.xlsx"
    file.write_bytes(messy_list.workbook())
    page.get_by_label("Fil").set_input_files(file)
    page.get_by_role("button", name="Se hva som blir lagt inn").click()
    expect(page.get_by_text("Vi leste 41 rader.")).to_be_visible()
    expect(page.get_by_role("heading", name="3 rader må rettes")).to_be_visible()
    assert axe(page) == []
    assert Membership.objects.count() == 2

    def put_right(row: int, column: str, value: str) -> None:
        page.get_by_role("group", name=f"Rad {row}").get_by_label(column).fill(value)

    put_right(messy_list.OUTSIDE, "Kommune", "Risør")
    put_right(messy_list.SAME_ADDRESS, "E-post", "per@example.org")
    put_right(messy_list.AMBIGUOUS, "Rolle", "koordinator")
    before = post.count()
    page.get_by_role("button", name="Rett og legg inn alle").click()
    expect(page.get_by_text("41 roller").first).to_be_visible()
    assert Membership.objects.filter(load__isnull=False).count() == 41
    assert post.count() - before == 41
    leave(page.context)

    # --- a coordinator on her phone, with the code she is sent ---
    phone = open_page("/konto/logg-inn/", width=390)
    sign_in(phone, post, COORDINATOR)
    expect(phone.get_by_role("heading", name="Min side", level=1)).to_be_visible()
    assert overflow(phone) == []
    phone.goto("/kommuner/4214/personer/")
    assert overflow(phone) == []

    # --- she adds the one who decides ---
    phone.get_by_role("link", name="Inviter en person").click()
    give(
        phone,
        role="Beslutningstaker",
        name="Liv Dal",
        email=LEADER,
        title="kommunalsjef helse og omsorg",
    )
    assert overflow(phone) == []
    phone.get_by_role("button", name="Inviter").click()
    expect(phone.get_by_text("Liv Dal").first).to_be_visible()
    assert post.read(LEADER)[0] == "Du er invitert til Samløp"

    # --- she may not leave nobody behind; she hands over, and is out ---
    mine = phone.locator(".role-row").filter(has_text="Deg")
    expect(mine.get_by_role("link", name="Gi videre")).to_be_visible()
    expect(mine.get_by_role("link", name="Avslutt")).to_have_count(0)
    held = Membership.objects.get(person__email__iexact=COORDINATOR)
    phone.goto(f"/personer/roller/{held.pk}/avslutt/")
    phone.get_by_role("button", name="Avslutt rollen").click()
    expect(phone.get_by_text("Dette er den eneste lokale koordinatoren.").first).to_be_visible()
    assert axe(phone) == []
    phone.goto("/kommuner/4214/personer/")
    mine.get_by_role("link", name="Gi videre").click()
    give(phone, name="Ola Vik", email=SUCCESSOR)
    phone.get_by_role("button", name="Gi rollen videre").click()
    expect(phone.get_by_text(f"Rollen er gitt videre til {SUCCESSOR}.")).to_be_visible()
    assert SUCCESSOR in holders(Role.MUNICIPAL_COORDINATOR)
    assert COORDINATOR not in holders(Role.MUNICIPAL_COORDINATOR)
    assert phone.goto("/kommuner/4214/opplysninger/").status == 403  # type: ignore[union-attr]
    assert post.read(SUCCESSOR)[0] == "Du er invitert til Samløp"
    assert Person.objects.filter(first_signed_in_at__isnull=False).count() == 3

    # The refusal and the closed page stand in the console too, and nothing else does.
    assert [re.findall(r"status of (\d+)", said) for said in complaints] == [["422"], ["403"]]
    complaints.clear()

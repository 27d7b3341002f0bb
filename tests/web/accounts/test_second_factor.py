"""National roles count only in a session that has two factors."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.messages.services import mails
from samlop.web.accounts.adapter import Adapter, MfaAdapter
from tests import factories as make
from tests.web.accounts.conftest import EMAIL, PASSWORD, app_code, sign_in_by_code, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real", "at_once")]

TESTS = Machine("tests")
STEP = "/konto/to-trinn/"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction never ends, so what waits for its end is done at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda call, **_: call())


@pytest.fixture
def admin(kari: Person) -> Person:
    accounts.grant(person=kari, role=Role.ADMINISTRATOR, by=TESTS, on=make.SOME_DAY)
    return kari


def set_up_app(client: Client) -> str:
    secret = re.findall(r'class="secret">(\w+)<', client.get("/konto/app/").text)[0]
    response = client.post("/konto/app/", {"code": app_code(secret)})
    assert response.headers["Location"] == "/konto/reservekoder/"
    return str(secret)


def set_up_password(client: Client) -> None:
    response = client.post("/konto/passord/", {"password": PASSWORD, "again": PASSWORD})
    assert response.status_code == 302


def test_who_signs_in_by_code_is_led_to_the_second_step(client: Client, admin: Person) -> None:
    sign_in_by_code(client)
    page = client.get(STEP)
    assert "Et trinn til" in page.text
    assert "Lag et passord" in page.text


def test_until_then_the_role_gives_nothing(client: Client, admin: Person) -> None:
    sign_in_by_code(client)
    response = client.get("/utboks/?tilstand=failed")
    assert response.headers["Location"].startswith(f"{STEP}?next=%2Futboks%2F")
    response = client.post("/utboks/1/send-igjen/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert STEP in response.headers["HX-Redirect"]
    assert "Den nasjonale rollen din virker ikke ennå" in client.get("/konto/").text


def test_who_may_not_anyway_is_refused_and_not_led_anywhere(client: Client, kari: Person) -> None:
    accounts.grant(
        person=kari,
        role=Role.MUNICIPAL_COORDINATOR,
        by=TESTS,
        on=make.SOME_DAY,
        municipality=make.municipality(),
    )
    sign_in_by_code(client)
    assert client.get("/utboks/").status_code == 403
    assert client.get(STEP).headers["Location"] == "/"


def test_a_password_and_an_app_make_the_role_count_at_once(client: Client, admin: Person) -> None:
    sign_in_by_code(client)
    set_up_password(client)
    assert client.get("/utboks/").status_code == 302
    assert "Passordet er gitt." in client.get(STEP).text
    # A password has been set, so sensitive changes ask for it now.
    client.post("/konto/bekreft/", {"password": PASSWORD})
    set_up_app(client)

    assert client.get("/utboks/").status_code == 200
    assert client.get(STEP).status_code == 302
    assert Event.objects.filter(code="accounts.sign_in.changed", actor_id=admin.pk).count() == 2


def test_next_time_password_and_app_are_asked_for(client: Client, admin: Person) -> None:
    sign_in_by_code(client)
    set_up_password(client)
    client.post("/konto/bekreft/", {"password": PASSWORD})
    secret = set_up_app(client)
    client.post("/konto/logg-ut/")

    response = client.post("/konto/logg-inn/passord/", {"login": EMAIL, "password": PASSWORD})
    assert response.headers["Location"] == "/konto/logg-inn/app/"
    assert signed_in_as(client) is None
    assert "Koden stemmer ikke" in client.post("/konto/logg-inn/app/", {"code": "1"}).text
    client.post("/konto/logg-inn/app/", {"code": app_code(secret, steps=1)})

    assert signed_in_as(client) == str(admin.pk)
    assert client.get("/utboks/").status_code == 200


def test_a_code_by_mail_does_not_get_past_the_app(client: Client, admin: Person) -> None:
    sign_in_by_code(client)
    set_up_password(client)
    client.post("/konto/bekreft/", {"password": PASSWORD})
    secret = set_up_app(client)
    client.post("/konto/logg-ut/")

    sign_in_by_code(client)
    assert signed_in_as(client) is None
    client.post("/konto/logg-inn/app/", {"code": app_code(secret, steps=1)})

    # In, but a code by mail is no password: the role waits.
    assert signed_in_as(client) == str(admin.pk)
    assert client.get("/utboks/").status_code == 302
    client.post("/konto/bekreft/", {"password": PASSWORD})
    assert client.get("/utboks/").status_code == 200


def test_a_reserve_code_stands_in_for_the_app_once(client: Client, admin: Person) -> None:
    sign_in_by_code(client)
    set_up_password(client)
    client.post("/konto/bekreft/", {"password": PASSWORD})
    set_up_app(client)
    codes = re.findall(r"<code>(\d+)</code>", client.get("/konto/reservekoder/").text)
    assert len(codes) == 10

    for expected in (str(admin.pk), None):
        client.post("/konto/logg-ut/")
        client.post("/konto/logg-inn/passord/", {"login": EMAIL, "password": PASSWORD})
        client.post("/konto/logg-inn/app/", {"code": codes[0]})
        assert signed_in_as(client) == expected


@pytest.mark.parametrize(
    "address",
    [
        "/konto/app/",
        "/konto/passnokler/ny/",
        "/konto/reservekoder/",
        "/konto/innlogginger/ansattporten/",
    ],
)
def test_a_stolen_password_makes_and_shows_no_second_factor(
    client: Client, admin: Person, address: str
) -> None:
    """She has a passkey; he has her password, and gives it again when asked."""
    Authenticator.objects.create(
        user=admin, type=Authenticator.Type.WEBAUTHN, data={"name": "Jobbtelefonen"}
    )
    admin.set_password(PASSWORD)
    admin.save()
    client.post("/konto/logg-inn/passord/", {"login": EMAIL, "password": PASSWORD})
    client.post("/konto/bekreft/", {"password": PASSWORD})

    assert client.get(address).headers["Location"].startswith(STEP)
    page = client.get(STEP).text
    assert "Bruk passnøkkelen" in page
    assert "Koble til en app" not in page


def test_nor_does_it_remove_one(client: Client, admin: Person) -> None:
    key = Authenticator.objects.create(
        user=admin, type=Authenticator.Type.WEBAUTHN, data={"name": "Jobbtelefonen"}
    )
    admin.set_password(PASSWORD)
    admin.save()
    client.post("/konto/logg-inn/passord/", {"login": EMAIL, "password": PASSWORD})
    client.post("/konto/bekreft/", {"password": PASSWORD})
    client.post(f"/konto/passnokler/{key.pk}/fjern/")
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_page_that_is_shut_until_then_leads_to_the_step(client: Client, admin: Person) -> None:
    """Also where the page asks in another way than by one permission."""
    sign_in_by_code(client)
    assert client.get("/personer/").headers["Location"] == f"{STEP}?next=%2Fpersoner%2F"


def test_whoever_has_lost_her_device_is_let_in_anew_by_the_operator(
    client: Client, admin: Person
) -> None:
    sign_in_by_code(client)
    set_up_password(client)
    client.post("/konto/bekreft/", {"password": PASSWORD})
    set_up_app(client)

    call_command("reset_sign_in", EMAIL.upper())

    assert client.get("/konto/").status_code == 302
    assert not Authenticator.objects.filter(user=admin).exists()
    event = Event.objects.filter(code="accounts.sign_in.changed").latest("pk")
    assert (event.actor_id, event.actor_label) == (None, "reset-sign-in")
    told = Message.objects.filter(kind=mails.CHANGED).latest("pk")
    assert (told.recipient_id, told.context) == (admin.pk, {"what": "reset"})
    sign_in_by_code(client)
    assert "Lag en passnøkkel" in client.get(STEP).text
    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("reset_sign_in", "ukjent@example.org")


def test_the_apps_secret_is_sealed_in_the_database(client: Client, admin: Person) -> None:
    sign_in_by_code(client)
    secret = set_up_app(client)
    stored = str(list(admin.authenticator_set.values_list("data", flat=True)))  # type: ignore[attr-defined]
    assert secret not in stored
    assert MfaAdapter().decrypt(MfaAdapter().encrypt(secret)) == secret


def test_each_change_is_told_by_mail(client: Client, kari: Person) -> None:
    sign_in_by_code(client)
    set_up_app(client)
    told = Message.objects.filter(kind=mails.CHANGED).order_by("pk")
    assert [message.context["what"] for message in told] == ["totp_on"]


def test_changing_a_password_ends_the_other_sessions(client: Client, kari: Person) -> None:
    other = Client()
    sign_in_by_code(other)
    sign_in_by_code(client)
    set_up_password(client)

    assert signed_in_as(client) == str(kari.pk)
    assert client.get("/konto/").status_code == 200
    assert other.get("/konto/").status_code == 302


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("kort", "kort", "Passordet er for kort. Bruk minst 12 tegn."),
        ("password123456", "password123456", "Mange bruker dette passordet"),
        (PASSWORD, PASSWORD[:-1], "ikke like"),
        ("", "", "Skriv"),
    ],
)
def test_a_poor_password_is_refused_with_a_sentence(
    client: Client, kari: Person, password: str, again: str, said: str
) -> None:
    sign_in_by_code(client)
    response = client.post("/konto/passord/", {"password": password, "again": again})
    assert response.status_code == 422
    assert said in response.text
    kari.refresh_from_db()
    assert not kari.has_usable_password()


def test_whoever_has_only_a_passkey_is_asked_for_it_and_not_for_an_app(
    client: Client, kari: Person
) -> None:
    """allauth makes reserve codes along with the first passkey; nobody has seen them."""
    sign_in_by_code(client)
    for kind in (Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=kari, type=kind, data={"name": "Jobbtelefonen"})

    ways = Adapter().get_reauthentication_methods(kari)

    assert [way["id"] for way in ways] == ["mfa_reauthenticate:webauthn"]


def test_a_passkey_on_the_phone_locks_nobody_out_of_her_desktop(
    client: Client, kari: Person
) -> None:
    Authenticator.objects.create(
        user=kari, type=Authenticator.Type.WEBAUTHN, data={"name": "Jobbtelefonen"}
    )
    sign_in_by_code(client)
    assert signed_in_as(client) == str(kari.pk)

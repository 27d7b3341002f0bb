"""Signing in with a code by mail, and what it tells nobody."""

import re
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.messages.models import Message
from samlop.messages.rules import Group
from samlop.web import tasks
from tests import factories as make
from tests.web.accounts.conftest import (
    CODE,
    EMAIL,
    PASSWORD,
    SIGN_IN,
    last_code,
    sign_in_by_code,
    signed_in_as,
)

pytestmark = pytest.mark.django_db


def test_an_address_and_then_its_code_signs_in(client: Client, kari: Person) -> None:
    response = client.post(SIGN_IN, {"email": EMAIL})
    assert response.headers["Location"] == CODE
    assert Message.objects.get().group == Group.ACCESS
    assert re.fullmatch(r"\d{6}", last_code())

    response = client.post(CODE, {"code": last_code(), "action": "verify"})

    assert response.status_code == 302
    assert signed_in_as(client) == str(kari.pk)


def test_case_and_spaces_do_not_matter(client: Client, kari: Person) -> None:
    client.post(SIGN_IN, {"email": f" {EMAIL.upper()} "})
    code = last_code()
    client.post(CODE, {"code": f" {code[:3]} {code[3:]} ", "action": "verify"})
    assert signed_in_as(client) == str(kari.pk)


def test_one_comes_back_to_the_page_one_was_on(client: Client, kari: Person) -> None:
    response = client.post(f"{SIGN_IN}?next=/konto/", {"email": EMAIL, "next": "/konto/"})
    response = client.post(response.headers["Location"], {"code": last_code(), "next": "/konto/"})
    assert response.headers["Location"] == "/konto/"


def test_but_never_to_somebody_elses_page(client: Client, kari: Person) -> None:
    away = "https://evil.example/"
    client.post(SIGN_IN, {"email": EMAIL, "next": away})
    response = client.post(CODE, {"code": last_code(), "next": away})
    assert response.headers["Location"] == "/"


def test_the_first_time_is_remembered_once(client: Client, kari: Person) -> None:
    sign_in_by_code(client)
    kari.refresh_from_db()
    first = kari.first_signed_in_at
    assert first is not None

    client.post("/konto/logg-ut/")
    sign_in_by_code(client)

    kari.refresh_from_db()
    assert kari.first_signed_in_at == first
    assert Event.objects.filter(code="accounts.person.came").count() == 1


def test_a_wrong_code_is_told_of_and_three_end_it(client: Client, kari: Person) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    wrong = "000000" if last_code() != "000000" else "111111"
    for _ in range(2):
        assert "Koden stemmer ikke" in client.post(CODE, {"code": wrong}).text

    response = client.post(CODE, {"code": wrong})

    assert response.headers["Location"] == SIGN_IN
    assert client.post(CODE, {"code": last_code()}).headers["Location"] == SIGN_IN
    assert signed_in_as(client) is None


def test_a_code_works_once(client: Client, kari: Person) -> None:
    sign_in_by_code(client)
    code = last_code()
    client.post("/konto/logg-ut/")
    client.post(CODE, {"code": code})
    assert signed_in_as(client) is None


def test_a_code_works_only_in_the_browser_that_asked(client: Client, kari: Person) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    other = Client()
    other.post(CODE, {"code": last_code()})
    assert signed_in_as(other) is None


def test_a_code_is_too_old_after_ten_minutes(
    client: Client, kari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    code = last_code()
    import time as clock  # noqa: PLC0415

    now = clock.time()
    monkeypatch.setattr("time.time", lambda: now + 601)
    client.post(CODE, {"code": code})
    assert signed_in_as(client) is None


def test_a_new_code_can_be_asked_for(client: Client, kari: Person) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    first = last_code()
    client.post(CODE, {"action": "resend"})
    assert Message.objects.count() == 2
    client.post(CODE, {"code": last_code(), "action": "verify"})
    assert signed_in_as(client) == str(kari.pk)
    assert first


def test_whoever_mistyped_her_address_begins_anew(client: Client, kari: Person) -> None:
    client.post(SIGN_IN, {"email": "kai@risor.example.org"})
    assert client.get(SIGN_IN).headers["Location"] == CODE
    assert "E-postadresse" in client.get(f"{SIGN_IN}?ny=1").text
    sign_in_by_code(client)
    assert signed_in_as(client) == str(kari.pk)


# --- enumeration ---


def seen(client: Client, email: str) -> list[tuple[int, str, str]]:
    """All that somebody who types an address sees, with what is random or hers left out."""
    answers = []
    first = client.post(SIGN_IN, {"email": email})
    answers.append((first.status_code, first.headers.get("Location", ""), ""))
    for response in (
        client.get(CODE),
        client.post(CODE, {"code": "x"}),
        client.post(CODE, {"action": "resend"}),
        client.get(CODE),
    ):
        text = re.sub(r'value="[\w]{64}"', "", response.text).replace(email, "ADDRESS")
        answers.append((response.status_code, response.headers.get("Location", ""), text))
    return answers


def test_an_unknown_an_erased_and_a_known_address_look_the_same(kari: Person) -> None:
    closed = make.person(email="stengt@example.org")
    Person.objects.filter(pk=closed.pk).update(is_active=False)

    known = seen(Client(), EMAIL)

    assert seen(Client(), "ukjent@example.org") == known
    assert seen(Client(), "stengt@example.org") == known
    assert set(Message.objects.values_list("recipient", flat=True)) == {kari.pk}


def test_a_wrong_password_and_an_unknown_address_look_the_same(kari: Person) -> None:
    kari.set_password(PASSWORD)
    kari.save()

    def answer(email: str) -> str:
        page = Client().post("/konto/logg-inn/passord/", {"login": email, "password": "galt"})
        assert page.status_code == 200
        return re.sub(r'value="[\w]{64}"', "", page.text).replace(email, "ADDRESS")

    assert answer(EMAIL) == answer("ukjent@example.org")
    assert "passer ikke sammen" in answer(EMAIL)


@pytest.mark.parametrize("email", [EMAIL, "ukjent@example.org"])
def test_asking_over_and_over_is_stopped_alike(client: Client, kari: Person, email: str) -> None:
    for _ in range(3):
        assert Client().post(SIGN_IN, {"email": email}).status_code == 302
    assert "For mange forsøk" in client.post(SIGN_IN, {"email": email}).text


def test_guessing_passwords_is_stopped(client: Client, kari: Person) -> None:
    kari.set_password(PASSWORD)
    kari.save()
    for _ in range(5):
        client.post("/konto/logg-inn/passord/", {"login": EMAIL, "password": "galt"})
    page = client.post("/konto/logg-inn/passord/", {"login": EMAIL, "password": PASSWORD})
    assert "For mange forsøk" in page.text
    assert signed_in_as(client) is None


def test_the_address_is_kept_in_one_place(client: Client, kari: Person) -> None:
    sign_in_by_code(client)
    assert not EmailAddress.objects.exists()
    stored = str([session.get_decoded() for session in Session.objects.all()])
    assert "'method': 'code'" in stored
    assert EMAIL not in stored


def test_a_sign_in_that_was_never_ended_is_forgotten_at_night(client: Client, kari: Person) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    Session.objects.update(expire_date=timezone.now())
    tasks.forget_sessions(timestamp=0)
    assert not Session.objects.exists()


# --- how long ---


def test_thirty_days_on_an_own_device(client: Client, kari: Person) -> None:
    sign_in_by_code(client, own_device="on")
    assert client.session.get_expiry_age() == 30 * 24 * 60 * 60
    assert not client.session.get_expire_at_browser_close()


def test_until_the_browser_closes_elsewhere(client: Client, kari: Person) -> None:
    sign_in_by_code(client)
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() <= 12 * 60 * 60


# --- the rest ---


def test_an_action_needs_a_token(kari: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in (SIGN_IN, "/konto/logg-inn/passord/", "/konto/logg-ut/"):
        assert strict.post(address, {"email": EMAIL}).status_code == 403


def test_signing_out_takes_a_post(client: Client, kari: Person) -> None:
    sign_in_by_code(client)
    assert client.get("/konto/logg-ut/").status_code == 405
    client.post("/konto/logg-ut/")
    assert signed_in_as(client) is None


@pytest.mark.parametrize("address", ["/konto/ny/"])
def test_nobody_signs_up_by_herself(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.post(address, {"email": "ny@example.org"}).status_code == 404
    assert not Person.objects.exists()


def test_a_person_closed_while_she_is_signed_in_is_out_at_once(
    client: Client, kari: Person
) -> None:
    sign_in_by_code(client)
    Person.objects.filter(pk=kari.pk).update(is_active=False)
    assert client.get("/konto/").status_code == 302


def test_the_example_offers_its_persons(client: Client) -> None:
    assert 'href="/logg-inn-som/' in client.get(SIGN_IN).text


def test_somebody_who_only_answers_letters_is_not_offered(client: Client) -> None:
    for name, came in (("Har vært her", timezone.now()), ("Har ikke vært her", None)):
        person = Person.objects.create(
            name=name, email=f"{len(name)}@example.org", is_example=True, first_signed_in_at=came
        )
        Membership.objects.create(
            person=person, role=Role.ANALYST.value, valid_from=date(2024, 1, 1)
        )
    page = client.get("/logg-inn-som/").text
    assert "Har vært her" in page
    assert "Har ikke vært her" not in page


def test_a_real_installation_offers_none(client: Client, real: None) -> None:
    assert "logg-inn-som" not in client.get(SIGN_IN).text
    assert client.get("/logg-inn-som/").status_code == 404


def test_password_alone_signs_in_whoever_has_one(
    client: Client, kari: Person, settings: Settings
) -> None:
    kari.set_password(PASSWORD)
    kari.save()
    response = client.post("/konto/logg-inn/passord/", {"login": EMAIL, "password": PASSWORD})
    assert response.headers["Location"] == "/"
    assert signed_in_as(client) == str(kari.pk)
    assert timezone.now() >= Person.objects.get(pk=kari.pk).first_signed_in_at  # type: ignore[operator]

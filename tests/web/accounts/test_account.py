"""One's own account: language, messages, sessions, own data."""

import json

import pytest
from django.test import Client

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.messages import queries
from samlop.messages.rules import Group, Wish
from tests import factories as make
from tests.web.accounts.conftest import EMAIL, sign_in_by_code

pytestmark = pytest.mark.django_db

TESTS = Machine("tests")
OWN = ("/konto/", "/konto/sprak/", "/konto/meldinger/", "/konto/passord/", "/konto/data/")


@pytest.fixture
def signed_in(client: Client, kari: Person) -> Person:
    accounts.grant(
        person=kari,
        role=Role.MUNICIPAL_COORDINATOR,
        by=TESTS,
        on=make.SOME_DAY,
        municipality=make.municipality(number="4201", name="Risør"),
    )
    sign_in_by_code(client)
    return kari


@pytest.mark.parametrize(
    "address", [*OWN, "/konto/to-trinn/", "/konto/app/", "/konto/passnokler/ny/"]
)
def test_a_visitor_is_asked_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/konto/logg-inn/?next=")


@pytest.mark.parametrize("address", OWN)
def test_whoever_is_signed_in_sees_her_own(client: Client, signed_in: Person, address: str) -> None:
    assert client.get(address).status_code == 200


def test_the_account_shows_who_she_is(client: Client, signed_in: Person) -> None:
    page = client.get("/konto/").text
    for words in ("Kari Berg", EMAIL, "Lokal koordinator, Risør", "Bokmål", "Ukjent enhet"):
        assert words in page


def test_the_language_is_the_persons_on_every_device(client: Client, signed_in: Person) -> None:
    client.post("/konto/sprak/", {"language": "nn"})
    client.cookies["django_language"] = "en"
    assert client.get("/").headers["Content-Language"] == "nn"
    signed_in.refresh_from_db()
    assert signed_in.language == "nn"


def test_the_switch_in_the_header_is_hers_too(client: Client, signed_in: Person) -> None:
    client.post("/konto/sprak/", {"language": "nn"})
    client.post("/visning/", {"sprak": "en", "neste": "/"})
    assert client.get("/").headers["Content-Language"] == "en"


def test_an_unknown_language_is_refused(client: Client, signed_in: Person) -> None:
    assert client.post("/konto/sprak/", {"language": "xx"}).status_code == 422
    assert client.post("/visning/", {"sprak": "xx", "neste": "/"}).status_code == 302
    signed_in.refresh_from_db()
    assert signed_in.language == ""


def test_choosing_messages(client: Client, signed_in: Person) -> None:
    response = client.post("/konto/meldinger/", {"tasks": "weekly", "news": "never"}, follow=True)
    assert "Valgene dine er lagret." in response.text
    assert queries.wishes(signed_in.pk) == {Group.TASKS: Wish.WEEKLY, Group.NEWS: Wish.NEVER}


@pytest.mark.parametrize("sent", [{}, {"tasks": "weekly"}, {"tasks": "x", "news": "never"}])
def test_a_choice_left_out_is_refused(
    client: Client, signed_in: Person, sent: dict[str, str]
) -> None:
    assert client.post("/konto/meldinger/", {"csrf": "", **sent}).status_code == 422
    assert queries.chosen(signed_in.pk) == {}


def test_ending_another_session(client: Client, signed_in: Person) -> None:
    other = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/605"})
    sign_in_by_code(other)
    page = client.get("/konto/").text
    assert "Safari på iPhone" in page
    number = page.split('name="okt" value="')[1].split('"')[0]

    client.post("/konto/okter/avslutt/", {"okt": number})

    assert other.get("/konto/").status_code == 302
    assert client.get("/konto/").status_code == 200


def test_nobody_ends_somebody_elses(client: Client, signed_in: Person) -> None:
    make.person(name="Ola Vik", email="ola@example.org")
    other = Client()
    sign_in_by_code(other, "ola@example.org")
    for number in range(1, 50):
        client.post("/konto/okter/avslutt/", {"okt": str(number)})
    client.post("/konto/okter/avslutt/")
    assert other.get("/konto/").status_code == 200


def test_own_data_is_a_file_with_all_of_it_and_nobody_elses(
    client: Client, signed_in: Person
) -> None:
    make.person(name="Ola Vik", email="ola@example.org")
    response = client.get("/konto/data/")
    assert response.headers["Content-Disposition"].startswith("attachment")
    data = json.loads(response.content)
    assert data["person"]["e-post"] == EMAIL
    assert data["roller i dag"] == ["Lokal koordinator, Risør"]
    assert data["meldinger"][0]["slag"] == "account.code"
    assert "Ola" not in response.text


@pytest.mark.parametrize(
    "address", ["/konto/sprak/", "/konto/meldinger/", "/konto/okter/avslutt/", "/konto/passord/"]
)
def test_every_action_needs_a_token(kari: Person, address: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(kari)
    assert strict.post(address).status_code == 403

"""The pages for what went wrong: they say what to do, and never what went on inside."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from samlop.web.shell import errors
from tests import factories as make

SECRET = "SELECT secret FROM persons"


def explode(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


def forbid(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SECRET)


def suspect(_request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(SECRET)


urlpatterns = [
    path("sprekk/", explode),
    path("stopp/", forbid),
    path("mistenkelig/", suspect),
    path("", include("samlop.web.urls")),
]
handler400 = "samlop.web.shell.errors.bad_request"
handler403 = "samlop.web.shell.errors.permission_denied"
handler404 = "samlop.web.shell.errors.not_found"
handler500 = "samlop.web.shell.errors.server_error"


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def _bokmal() -> Iterator[None]:
    with translation.override("nb"):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/sprekk/", 500, "Noe gikk galt hos oss"),
        ("/stopp/", 403, "Dette kan ikke rollen din gjøre"),
        ("/mistenkelig/", 400, "Vi forsto ikke forespørselen"),
        ("/finnes-ikke/", 404, "Vi fant ikke siden"),
    ],
)
@pytest.mark.parametrize("debug", [False])
def test_each_error_has_a_page_that_does_not_leak(
    client: Client, settings: Settings, address: str, status: int, told: str, debug: bool
) -> None:
    settings.DEBUG = debug

    response = client.get(address)

    assert response.status_code == status
    assert told in response.text
    assert 'href="/"' in response.text
    assert SECRET not in response.text
    assert "Traceback" not in response.text
    assert "Django" not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "told"),
    [("nn", "Noko gjekk gale hos oss"), ("en", "Something went wrong on our side")],
)
def test_the_page_for_our_own_error_keeps_the_language(
    client: Client, settings: Settings, language: str, told: str
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    assert told in client.get("/sprekk/").text


def test_the_page_for_our_own_error_needs_no_database_session_or_middleware(
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """A bare request has neither user nor session; the database refuses to be asked."""
    with django_db_blocker.block():
        response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Noe gikk galt hos oss" in response.text


def test_when_even_the_template_fails_there_is_still_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(errors, "Frame", None)

    response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Noe gikk galt hos oss" in response.text


def test_a_host_that_is_not_ours_gets_the_plain_page(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "Vi forsto ikke forespørselen" in response.text
    assert "evil.example" not in response.text


@pytest.mark.django_db
def test_a_refused_person_is_told_which_roles_she_has(client: Client) -> None:
    client.force_login(make.person(name="Kari Krag"))

    page = client.get("/stopp/").text

    assert "Kari Krag" in page
    assert "har ingen roller ennå" in page


@pytest.mark.django_db
def test_a_form_without_its_token_is_answered_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/visning/", {"sprak": "nn"})

    assert response.status_code == 403
    assert "Skjemaet kunne ikke sendes" in response.text
    assert "Ingenting er lagret" in response.text
    assert "CSRF" not in response.text


@pytest.mark.django_db
def test_the_address_that_was_not_found_is_not_written_as_html(client: Client) -> None:
    page = client.get("/<script>alert(1)</script>/").text

    assert "<script>alert" not in page


@pytest.mark.django_db
def test_the_404_page_survives_that_the_session_is_gone(client: Client) -> None:
    client.force_login(make.person())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")

    assert client.get("/finnes-ikke/").status_code == 404

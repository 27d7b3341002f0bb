"""Pagination, query strings, the chosen day, robots, health, and the gallery's door."""

from datetime import date

import pytest
from django.db import DatabaseError, connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from pytest_django import Settings

from samlop.web import clock
from samlop.web.addresses import changed
from samlop.web.shell import health
from samlop.web.tables import Pagination


@pytest.mark.parametrize(
    ("current", "last", "shown"),
    [
        (1, 1, "1*"),
        (1, 2, "1* 2"),
        (1, 9, "1* 2 … 9"),
        (3, 9, "1 2 3* 4 … 9"),
        (4, 9, "1 2 3 4* 5 … 9"),
        (5, 9, "1 … 4 5* 6 … 9"),
        (9, 9, "1 … 8 9*"),
    ],
)
def test_pagination_shows_the_ends_and_the_neighbours(current: int, last: int, shown: str) -> None:
    pages = Pagination.of(current, last, lambda number: f"?side={number}")

    told = ["…" if p is None else f"{p.number}{'*' if p.current else ''}" for p in pages.links]
    assert " ".join(told) == shown
    assert (pages.previous is None) == (current == 1)
    assert (pages.next is None) == (current == last)


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("navn=bod%C3%B8&side=3", {"side": None}, "?navn=bod%C3%B8"),
        ("", {}, "?"),
        ("fylke=&navn=x", {}, "?navn=x"),
        ("kolonne=a&kolonne=b", {"sorter": "navn"}, "?kolonne=a&kolonne=b&sorter=navn"),
        ("side=1", {"side": 2}, "?side=2"),
        ("side=1", {"side": ""}, "?"),
    ],
)
def test_a_query_string_is_changed_in_named_places_only(
    before: str, changes: dict[str, str | int | None], after: str
) -> None:
    assert changed(QueryDict(before), **changes) == after


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("2020-06-01", date(2020, 6, 1)),
        ("2017-01-01", date(2017, 1, 1)),
        ("2016-12-31", None),
        ("2100-01-01", None),
        ("1. juni", None),
        ("", None),
    ],
)
def test_the_day_of_the_page_is_the_one_asked_for_when_it_can_be_answered(
    asked: str, day: date | None
) -> None:
    request = RequestFactory().get("/", {"dato": asked})

    assert clock.chosen_day(request) == (day or clock.today())


def test_the_example_is_kept_out_of_search_engines(client: Client, settings: Settings) -> None:
    settings.SAMLOP_EXAMPLE = True
    assert "Disallow: /\n" in client.get("/robots.txt").text

    settings.SAMLOP_EXAMPLE = False
    assert "Disallow: /\n" not in client.get("/robots.txt").text


def test_browsers_find_the_icon(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("favicon.svg")


def test_being_alive_needs_no_database(client: Client) -> None:
    assert client.get("/healthz/live").text == "ok\n"


@pytest.mark.django_db
def test_ready_when_the_database_answers_and_is_migrated(client: Client) -> None:
    response = client.get("/healthz/ready")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'municipalities'")

    response = client.get("/healthz/ready")

    assert response.status_code == 503
    assert response.json()["migrations"] == "missing"


def test_not_ready_when_the_database_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def cursor(self) -> None:
            raise DatabaseError("password=hemmelig")

    monkeypatch.setattr(health, "connection", Broken())

    response = client.get("/healthz/ready")

    assert response.status_code == 503
    assert "hemmelig" not in response.text


@pytest.mark.django_db
def test_the_gallery_exists_only_where_data_is_an_example(
    client: Client, settings: Settings
) -> None:
    settings.SAMLOP_EXAMPLE = True
    assert client.get("/utvikler/komponenter/").status_code == 200

    settings.SAMLOP_EXAMPLE = False
    assert client.get("/utvikler/komponenter/").status_code == 404


def test_the_accessibility_page_claims_no_statement_that_does_not_exist(
    client: Client, settings: Settings
) -> None:
    settings.SAMLOP_ACCESSIBILITY_STATEMENT = ""
    assert "er ikke lagt inn ennå" in client.get("/tilgjengelighet/").text

    settings.SAMLOP_ACCESSIBILITY_STATEMENT = "https://uustatus.no/nb/erklaringer/publisert/1"
    page = client.get("/tilgjengelighet/").text
    assert 'href="https://uustatus.no/nb/erklaringer/publisert/1"' in page
    assert "er ikke lagt inn ennå" not in page

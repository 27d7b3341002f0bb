"""A server that somebody else runs: each way it can be wrong has its sentence."""

from collections.abc import Iterator

import psycopg
import pytest

from samlop.cli import server
from samlop.cli.postgres import LocalPostgres
from samlop.cli.trouble import Trouble
from tests.cli import runs


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with runs.folder() as place, LocalPostgres(place / "data").running() as url:
        yield url


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("mysql://a:b@localhost/c", "cannot be read: it must look like postgresql://"),
        ("postgresql://a:b@[localhost/c", "cannot be read: it must look like"),
        ("postgresql://a:b@localhost:999999/c", "cannot be read: it must look like"),
        ("postgresql://a:b@localhost:5432", "cannot be read: it must look like"),
        ("nonsense", "cannot be read: it must look like"),
        (
            "postgresql://a:hemmelig@127.0.0.1:1/c",
            "«c» on 127.0.0.1:1, but no server answers there",
        ),
        ("postgresql://a:b@/c?host=/nowhere", "«c» on a local socket, but no server answers there"),
        ("postgresql://a:b@host.invalid/c", "but its host name is unknown"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(wrong: str, sentence: str) -> None:
    with pytest.raises(Trouble) as told:
        server.check(wrong)
    assert sentence in str(told.value)
    assert "hemmelig" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_server_that_is_right_is_named(url: str) -> None:
    assert server.check(url) == "PostgreSQL 18, the database «samlop» on a local socket"


def test_a_wrong_password_is_told(url: str) -> None:
    head, _, tail = url.partition("@")
    with pytest.raises(Trouble, match="refuses this user or password"):
        server.check(f"{head}x@{tail}")


def test_a_database_that_is_missing_is_told(url: str) -> None:
    with pytest.raises(Trouble, match="«annen» on a local socket, but the server has no such"):
        server.check(url.replace("@/samlop?", "@/annen?"))


def test_a_server_that_is_too_old_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "OLDEST_MAJOR", 99)
    with pytest.raises(Trouble, match="which is PostgreSQL 18; Samløp needs 99 or newer"):
        server.check(url)


def test_a_database_in_another_encoding_is_told(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "create database gammel encoding 'LATIN1' locale 'C' locale_provider libc"
            " template template0"
        )
    with pytest.raises(Trouble, match="whose text is LATIN1; it must be UTF8"):
        server.check(url.replace("@/samlop?", "@/gammel?"))


def test_words_we_do_not_know_are_passed_on() -> None:
    assert server.meaning("FATAL: noe annet.\nmer") == "FATAL: noe annet"
    assert server.meaning("") == "it does not answer"

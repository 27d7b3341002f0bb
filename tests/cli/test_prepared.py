"""A start looks at the database again as soon as anything could be new."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from samlop.cli import prepared
from samlop.cli.postgres import LocalPostgres

# Stands in for the whole schema: what is asked is whether it has municipalities.
TABLE = "create table municipalities_municipality as select 1 as number"


@pytest.fixture
def env(folder: Path) -> dict[str, str]:
    static = folder / "static"
    static.mkdir()
    return {"SAMLOP_EXAMPLE": "1", "SAMLOP_STATIC_ROOT": str(static)}


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    postgres = LocalPostgres(folder / "data")
    with postgres.running() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLE)
        yield url


def test_what_was_prepared_is_remembered_until_anything_changes(
    url: str, env: dict[str, str]
) -> None:
    what = prepared.for_what(env)
    assert what == prepared.for_what(env)
    assert not prepared.is_done(url, what, env)

    prepared.remember(url, what)
    assert prepared.is_done(url, what, env)

    assert prepared.for_what({**env, "SAMLOP_EXAMPLE": "0"}) != what
    assert not prepared.is_done(url, "prepared for other code", env)
    Path(env["SAMLOP_STATIC_ROOT"]).rmdir()
    assert not prepared.is_done(url, what, env)


def test_a_database_that_was_emptied_is_filled_again(url: str, env: dict[str, str]) -> None:
    what = prepared.for_what(env)
    prepared.remember(url, what)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("truncate municipalities_municipality")
    assert not prepared.is_done(url, what, env)


def test_a_file_that_changed_is_something_new(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, env: dict[str, str]
) -> None:
    monkeypatch.setattr(prepared, "PACKAGE", tmp_path)
    file = tmp_path / "models.py"
    file.write_text("one")
    first = prepared.for_what(env)
    file.write_text("other")
    assert prepared.for_what(env) != first

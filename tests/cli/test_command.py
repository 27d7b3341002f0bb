"""The command beside `start`: help, Django's commands, PostgreSQL's tools."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from samlop.cli import environment, process
from samlop.cli.postgres import LocalPostgres
from tests.cli import needs, runs


def test_help_names_our_commands_in_plain_words() -> None:
    run = runs.samlop("--help")
    assert run.returncode == 0
    assert runs.samlop().stdout == run.stdout
    for word in ("start", "create-admin", "import-municipalities", "pg TOOL", "samlop help"):
        assert word in run.stdout


def test_a_django_command_starts_the_database_and_stops_it(folder: Path) -> None:
    data = {"SAMLOP_DATA_DIR": str(folder / "data")}
    run = runs.samlop("showmigrations", "procrastinate", "--plan", env=data)
    assert run.returncode == 0, run.stderr
    assert "[ ]  procrastinate.0001_initial" in run.stdout
    assert [place for place in folder.glob("data/pg*") if process.working_in(place)] == []


def test_dashes_and_underscores_are_one_spelling(folder: Path) -> None:
    data = {"SAMLOP_DATA_DIR": str(folder / "data")}
    run = runs.samlop("import-municipalities", "--help", env=data)
    assert run.returncode == 0, run.stderr
    assert "usage: samlop import_municipalities" in run.stdout


@needs.linux
def test_a_command_that_is_told_to_stop_stops_its_database(folder: Path) -> None:
    running = subprocess.Popen(
        [
            *runs.SAMLOP,
            "shell",
            "-v0",
            "-c",
            "import time; print('up', flush=True); time.sleep(60)",
        ],
        env=runs.clean_environment(SAMLOP_DATA_DIR=str(folder / "data")),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "up\n"
    [cluster] = (place for place in folder.glob("data/pg*") if place.is_dir())
    assert process.working_in(cluster)

    running.send_signal(signal.SIGTERM)
    running.communicate()
    assert running.returncode == 128 + signal.SIGTERM
    assert process.working_in(cluster) == []


def test_postgresql_tools_work_on_our_database(folder: Path) -> None:
    data = {"SAMLOP_DATA_DIR": str(folder / "data")}
    first = runs.samlop(
        "pg", "psql", "-qc", "create table kept as select 'ærlig' as word", env=data
    )
    assert first.returncode == 0, first.stderr
    dump = runs.samlop("pg", "pg_dump", "-Fc", "-f", str(folder / "dump"), env=data)
    assert dump.returncode == 0, dump.stderr

    other = {"SAMLOP_DATA_DIR": str(folder / "other")}
    restore = runs.samlop("pg", "pg_restore", "-d", "samlop", str(folder / "dump"), env=other)
    assert restore.returncode == 0, restore.stderr
    assert runs.samlop("pg", "psql", "-Atc", "table kept", env=other).stdout == "ærlig\n"


def test_postgresql_tools_work_on_a_named_server(folder: Path) -> None:
    with LocalPostgres(folder / "server").running("annen") as url:
        named = {"DATABASE_URL": url, "SAMLOP_DATA_DIR": str(folder / "data")}
        run = runs.samlop("pg", "psql", "-Atc", "select current_database()", env=named)
    assert run.stdout == "annen\n", run.stderr
    assert not list((folder / "data").glob("pg*"))


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["../bin/psql"], ["."]])
def test_what_is_no_tool_is_told(arguments: list[str]) -> None:
    run = runs.samlop("pg", *arguments)
    assert run.returncode == 1
    assert run.stderr.startswith("samlop: Name one of PostgreSQL's tools")


def test_what_a_person_has_set_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("SAMLOP_SECRET_KEY", "mine"),
        ("SAMLOP_HTTPS", "1"),
        ("SAMLOP_EXAMPLE", "0"),
        ("SAMLOP_ALLOWED_HOSTS", "samlop.example.no"),
        ("DATABASE_URL", "postgresql://theirs/x"),
    ):
        monkeypatch.setenv(name, value)
    env = environment.filled_in(folder, database_url="postgresql://theirs/x")
    assert env["SAMLOP_HTTPS"] == "1"
    assert env["SAMLOP_EXAMPLE"] == "0"
    assert env["SAMLOP_ALLOWED_HOSTS"] == "samlop.example.no"
    assert env["DATABASE_URL"] == "postgresql://theirs/x"
    assert "SAMLOP_SECRET_KEY_FILE" not in env
    assert not (folder / "secret-key").exists()


def test_what_nobody_has_set_is_filled_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "leads-astray")
    env = environment.filled_in(folder, database_url="postgresql://ours/x", hosts=["192.0.2.1"])
    assert env["DATABASE_URL"] == "postgresql://ours/x"
    assert env["SAMLOP_ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1],192.0.2.1"
    assert (env["SAMLOP_HTTPS"], env["SAMLOP_EXAMPLE"]) == ("0", "1")
    assert "PGHOST" not in env
    key = Path(env["SAMLOP_SECRET_KEY_FILE"])
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text()) > 50
    again = environment.filled_in(folder, database_url="postgresql://ours/x")
    assert Path(again["SAMLOP_SECRET_KEY_FILE"]).read_text() == key.read_text()


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", ["127.0.0.1"]),
        ("::1", ["[::1]"]),
        ("samlop.example.no", ["samlop.example.no"]),
        ("::", [os.uname().nodename.lower()]),
    ],
)
def test_names_that_browsers_may_use(host: str, names: list[str]) -> None:
    assert environment.names_of(host) == names

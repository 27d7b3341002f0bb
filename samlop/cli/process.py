"""What the operating system can tell us about processes, and promise about ours."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1
PROC = Path("/proc")
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sign: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """What a child does between fork and exec so that it does not outlive a killed parent.

    Linux only; elsewhere None, and the next start finds what was left behind by itself.
    """
    parent = os.getpid()
    if LIBC is None:
        return None
    prctl = LIBC.prctl

    def promise() -> None:
        prctl(PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # it died before the promise was made
            os._exit(1)

    return promise


def _owned() -> Iterator[Path]:
    """The folders in /proc of the processes we may look into."""
    for folder in PROC.iterdir() if PROC.is_dir() else ():
        if folder.name.isdigit():
            yield folder


def with_environment(assignment: str) -> list[int]:
    """The live processes that were started with NAME=value."""
    wanted = assignment.encode()
    found = []
    for folder in _owned():
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:  # gone, or somebody else's
            continue
    return found


def working_in(place: Path) -> list[int]:
    """The live processes whose working folder is this one."""
    found = []
    for folder in _owned():
        try:
            if (folder / "cwd").readlink() == place:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def program(pid: int) -> str | None:
    """The name of the program a process runs, "" for a zombie, None when it cannot be known."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return os.fsdecode(words[0].rpartition(b"/")[2])

"""Every test, in two processes at once, each with its own database.

The browser's tests and those of commands and the planner run beside the rest: that is about half of
the work. What the process beside says is shown when both have ended; the answer is wrong when
either is.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest")
BESIDE = ("tests/browser", "tests/cli", "tests/planner")
# The one beside leaves the list of what failed last to the other.
FORGETFUL = ("-p", "no:cacheprovider")


def command(*arguments: str) -> list[str]:
    return [*PYTEST, *arguments, *sys.argv[1:]]


def both() -> int:
    """The worse of the two answers."""
    # A file, not a pipe: nobody reads while the other process is running.
    with tempfile.TemporaryFile() as said:
        beside = subprocess.Popen(
            command(*BESIDE, *FORGETFUL),
            cwd=ROOT,
            env={**os.environ, "SAMLOP_TEST_BESIDE": "browser"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            rest = subprocess.run(
                command(*(f"--ignore={folder}" for folder in BESIDE)), cwd=ROOT, check=False
            ).returncode
            waited_for = beside.wait()
        finally:
            # Stopped in the middle: an interrupt lets it take its server down with it.
            if beside.poll() is None:
                beside.send_signal(signal.SIGINT)
                beside.wait()
            said.seek(0)
            sys.stdout.flush()
            print("\n=== Beside the rest:", *BESIDE, "===", flush=True)
            sys.stdout.buffer.write(said.read())
            sys.stdout.flush()
    return rest or waited_for


def main() -> int:
    # A server that somebody else runs has one database for tests, and so there is one process.
    if "DATABASE_URL" in os.environ:
        return subprocess.run(command(), cwd=ROOT, check=False).returncode
    return both()


def stopped(signum: int, frame: object) -> NoReturn:
    # Once is enough: a second signal must not cut short what the first one set going.
    signal.signal(signum, signal.SIG_IGN)
    sys.exit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stopped)
    sys.exit(main())

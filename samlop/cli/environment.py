"""The environment that settings are read from, filled in for a run on one machine.

What the person has set always wins.
"""

import os
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

from samlop.cli import places, trouble
from samlop.cli.trouble import Trouble

# Variables that would lead a connection to our own server astray.
LIBPQ = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGUSER", "PGDATABASE", "PGPASSWORD")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def named_database() -> str | None:
    """The address of the server somebody has named, in DATABASE_URL or the file it points at."""
    if file := os.environ.get("DATABASE_URL_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Trouble(f"DATABASE_URL_FILE cannot be read: {error.strerror}.") from error
    return os.environ.get("DATABASE_URL") or None


def data_folder(wanted: str | None = None) -> Path:
    """The data folder, made when it is missing."""
    chosen = wanted or os.environ.get("SAMLOP_DATA_DIR")
    folder = places.data_folder(chosen, reached=named_database() is None)
    places.make_folder(folder)
    return folder


def secret_key_file(data_dir: Path) -> Path:
    """The file with the key that signs sessions, made on the first run."""
    file = data_dir / "secret-key"
    try:
        if not file.exists():
            places.write_private(file, secrets.token_urlsafe(50))
    except OSError as error:
        raise trouble.about(error, data_dir) from error
    return file


def filled_in(
    data_dir: Path, *, database_url: str, hosts: Iterable[str] = (), example: bool = True
) -> dict[str, str]:
    """Our environment with everything that settings need."""
    env = dict(os.environ)
    if named_database() is None:
        for name in LIBPQ:
            env.pop(name, None)
        env["DATABASE_URL"] = database_url
        env.pop("DATABASE_URL_FILE", None)
    if not ("SAMLOP_SECRET_KEY" in env or "SAMLOP_SECRET_KEY_FILE" in env):
        env["SAMLOP_SECRET_KEY_FILE"] = str(secret_key_file(data_dir))
    env.setdefault("SAMLOP_ALLOWED_HOSTS", ",".join(dict.fromkeys([*LOCAL_HOSTS, *hosts])))
    env.setdefault("SAMLOP_HTTPS", "0")
    env.setdefault("SAMLOP_EXAMPLE", "1" if example else "0")
    env.setdefault("SAMLOP_STATIC_ROOT", str(data_dir / "static"))
    env["SAMLOP_DATA_DIR"] = str(data_dir)
    env["DJANGO_SETTINGS_MODULE"] = "samlop.config.settings"
    return env


def names_of(host: str) -> list[str]:
    """What browsers may call the address we listen on."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not listened on
        return [socket.gethostname().lower()]
    return [f"[{host}]" if ":" in host else host]

"""What our own database was last prepared for: a start after which nothing changed need not look.

Looking costs the loading of Django once more, which is half of a second start. The database
keeps the answer, so that one brought back from yesterday keeps yesterday's.
"""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

import samlop
from samlop.cli import places

PACKAGE = Path(samlop.__file__).parent
# What decides what is loaded, and where the static files go.
SETTINGS = ("SAMLOP_EXAMPLE", "SAMLOP_STATIC_ROOT")
KEPT = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
# Somebody may have emptied it by hand.
FILLED = "select exists (select from municipalities_municipality)"


def for_what(env: Mapping[str, str]) -> str:
    """The state of our code, data files and libraries, and of the settings that matter here."""
    digest = hashlib.sha256(repr((sys.version, [env[name] for name in SETTINGS])).encode())
    files = [path for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts]
    for path in [*sorted(files), *sorted(places.checkout().glob("*.lock"))]:
        seen = path.stat()
        if path.is_file():
            digest.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode())
    return f"prepared for {digest.hexdigest()}"


def is_done(url: str, what: str, env: Mapping[str, str]) -> bool:
    if not Path(env["SAMLOP_STATIC_ROOT"]).is_dir():
        return False
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        if connection.execute(KEPT, [name]).fetchone() != (what,):
            return False
        return connection.execute(FILLED).fetchone() == (True,)


def remember(url: str, what: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("comment on database {} is {}").format(
                sql.Identifier(connection.info.dbname), what
            )
        )

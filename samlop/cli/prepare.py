"""`python -m samlop.cli.prepare`: what must be done to the database and files before serving.

One process does all of it, because loading Django costs more than the steps do.
"""

import contextlib
import hashlib
import os
import sys
import traceback
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import management
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from samlop.cli import trouble
from samlop.cli.trouble import NO_SPACE, Trouble
from samlop.lib.errors import Refused

STAMP = ".collected"


def migrate() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    management.call_command("migrate", interactive=False, verbosity=0)
    return f"{len(plan)} migrations run"


def collect_static() -> str:
    """Put the static files in place unless the same ones already are."""
    digest = hashlib.sha256(repr((django.VERSION, settings.STORAGES)).encode())
    count = 0
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
            count += 1
    root = Path(settings.STATIC_ROOT)
    stamp = root / STAMP
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return "unchanged"
    stamp.unlink(missing_ok=True)
    management.call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())
    return f"{count} collected"


def prepare() -> None:
    django.setup()
    # It needs Django's apps, which are loaded by the line above.
    from samlop.web import production  # noqa: PLC0415

    production.refuse()
    with connection.cursor() as cursor:
        # A thousand changes, none of which anybody waits for: should the machine stop now, the
        # database has the first of them, and the next start makes the rest.
        cursor.execute("set synchronous_commit = off")
    say("Schema", migrate())
    management.call_command("load_reference")
    management.call_command("load_bodies")
    if settings.SAMLOP_EXAMPLE:
        # Before the criteria: the example's own are older than the assessments it makes.
        management.call_command("example")
    management.call_command("load_criteria")
    say("Static files", collect_static())


def say(step: str, outcome: str) -> None:
    sys.stdout.write(f"{step}: {outcome}\n")
    sys.stdout.flush()


def explained(error: Exception, data_dir: Path) -> Trouble:
    """The sentence for what went wrong; for a fault of ours, where its traceback is."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error.__cause__, psycopg.errors.DiskFull) or NO_SPACE in str(error):
        return trouble.disk_full(data_dir)
    if isinstance(error, OSError):
        return trouble.about(error, Path(error.filename or data_dir))
    said = " ".join(str(error).split())
    if isinstance(error, CommandError | Refused | ImproperlyConfigured):
        return Trouble(said)
    if isinstance(error, DatabaseError):
        return Trouble(f"The database refused: {said.split(' DETAIL: ')[0]}")
    log = data_dir / "start-error.log"
    with contextlib.suppress(OSError):
        log.write_text("".join(traceback.format_exception(error)))
    return Trouble(f"A fault in Samløp stopped the start ({type(error).__name__}); it is in {log}.")


def main() -> int:
    try:
        prepare()
    except Exception as error:
        sys.stderr.write(f"samlop: {explained(error, Path(os.environ['SAMLOP_DATA_DIR']))}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

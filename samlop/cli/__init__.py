"""The command `samlop`: our own commands, and Django's with everything they need around them."""

import contextlib
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence

from psycopg.conninfo import conninfo_to_dict

from samlop.cli import environment, places, plan, start
from samlop.cli.account import Account
from samlop.cli.postgres import LocalPostgres
from samlop.cli.trouble import Trouble

HELP = """\
Usage: samlop COMMAND …

  start             start everything: database, migrations, reference data, web server, worker
                    (--host, --port, --data-dir, --no-example)
  create-admin      make the first administrator of a new installation
  reset-sign-in     for somebody who has lost her device: a code by mail remains
  load-reference    load municipalities, regions and areas; loads only what is missing
  example           load the example, unless there are real people already
  import-municipalities, import-boundaries
                    read official files
  plan …            make and examine a national plan in a file: samlop plan --help; no database
  pg TOOL …         run a tool of PostgreSQL on the database: samlop pg pg_dump -Fc -f copy.dump

  migrate, shell, check and every other command of Django: `samlop help` lists them all.

Without DATABASE_URL these use the database that belongs to the checkout, and start it when needed.
docs/running.md tells the rest.
"""
TERMINATED = 128 + signal.SIGTERM


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    command, *rest = arguments or ["--help"]
    try:
        if command in ("--help", "-h"):
            sys.stdout.write(HELP)
            return 0
        if command == "start":
            return start.main(rest)
        if command == "plan":
            return plan.main(rest)
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(TERMINATED))
        if command == "pg":
            return _pg(rest)
        return _django([_spelled(command), *rest])
    except Trouble as error:
        sys.stderr.write(f"samlop: {error}\n")
        return 1


def _spelled(command: str) -> str:
    """Django names commands after modules, people separate words by dashes."""
    return command if command.startswith("-") else command.replace("-", "_")


@contextlib.contextmanager
def _database() -> Iterator[dict[str, str]]:
    """The environment for a command, with a database that is there for as long as this lasts."""
    data_dir = environment.data_folder()
    if url := environment.named_database():
        yield environment.filled_in(data_dir, database_url=url)
        return
    with LocalPostgres(data_dir).running() as url:
        yield environment.filled_in(data_dir, database_url=url)


def _django(arguments: Sequence[str]) -> int:
    with _database() as env:
        for name in environment.LIBPQ:
            if name not in env:
                os.environ.pop(name, None)
        os.environ.update(env)
        # Not before this: `samlop start` must not wait for Django, and settings need the above.
        management = importlib.import_module("django.core.management")
        management.execute_from_command_line(["samlop", *arguments])
    return 0


def _pg(arguments: Sequence[str]) -> int:
    folder = places.programs(Account.of(os.geteuid())).bin
    tool = folder / (arguments[0] if arguments else "")
    if not arguments or tool.parent != folder or not tool.is_file():
        raise Trouble("Name one of PostgreSQL's tools, such as psql, pg_dump or pg_restore.")
    with _database() as env:
        named = conninfo_to_dict(env.get("DATABASE_URL") or environment.named_database() or "")
        for key, variable in (
            ("host", "PGHOST"),
            ("port", "PGPORT"),
            ("user", "PGUSER"),
            ("password", "PGPASSWORD"),
            ("dbname", "PGDATABASE"),
        ):
            if value := named.get(key):
                env[variable] = str(value)
        return subprocess.run([tool, *arguments[1:]], env=env, check=False).returncode

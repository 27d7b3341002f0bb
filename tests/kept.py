"""What many tests begin with, loaded once in a run: its rows are kept aside and brought back.

For tests that commit, whose tables are emptied after each. Loading the example takes seconds,
bringing its rows back a fraction of one. The tables are those of the test database, and so the
role may set aside triggers and references.

Emptying is done here too: Django's way is to make each of nearly three hundred tables anew, and
all content types and permissions after it, when a test has written in ten.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# Whose rows belong to the tables as such, not to what was loaded.
SCHEMA_STATE = ["django_migrations", "django_content_type", "auth_permission"]
# Above this it is quicker to make the tables anew than to leave what is deleted in them.
MUCH = 20_000_000
# What this run has loaded. A database may be used again with another run's rows set aside in it.
_kept: set[str] = set()


def country() -> None:
    """What the first start loads: the reference data and the example, as it leaves them."""
    _bring("kept_country", _first_start)


def norway() -> None:
    """The reference data alone."""
    _bring("kept_norway", _reference)


def empty() -> None:
    """Leave no row but those that belong to the tables."""
    with transaction.atomic():
        _empty()


def _empty() -> None:
    """Only the tables that have pages can have rows."""
    tables = ", ".join(f"public.{table}" for table in _tables())
    with connection.cursor() as cursor:
        # Whoever is still writing, such as a request that the test did not wait for, is let finish.
        cursor.execute(f"lock table {tables} in share row exclusive mode")
        cursor.execute(
            """
            select quote_ident(c.relname), pg_relation_size(c.oid) from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
              and c.relname <> all(%s) and pg_relation_size(c.oid) > 0
            """,
            [SCHEMA_STATE],
        )
        used = dict(cursor.fetchall())
        if sum(used.values()) > MUCH:
            cursor.execute(f"truncate {tables}")
        elif used:
            with _set_aside(cursor):
                cursor.execute("; ".join(f"delete from public.{table}" for table in used))


@contextmanager
def _set_aside(cursor: CursorWrapper) -> Iterator[None]:
    """While this lasts no trigger speaks: also those that no setting skips."""
    always = _always_enabled()
    for table, trigger in always:
        cursor.execute(f"alter table public.{table} disable trigger {trigger}")
    cursor.execute("set local session_replication_role = replica")
    yield
    cursor.execute("set local session_replication_role = origin")
    for table, trigger in always:
        cursor.execute(f"alter table public.{table} enable always trigger {trigger}")


def _reference() -> None:
    call_command("load_reference", verbosity=0)


def _first_start() -> None:
    norway()
    call_command("example", verbosity=0)


def _bring(name: str, load: Callable[[], None]) -> None:
    """Leave the tables with what `load` makes and nothing else, and their sequences past it."""
    if name in _kept:
        with transaction.atomic():
            _bring_back(name)
    else:
        load()
        with transaction.atomic():
            _keep(name)
        _kept.add(name)


def _keep(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"drop schema if exists {name} cascade")
        cursor.execute(f"create schema {name}")
        for table in _tables():
            cursor.execute(f"create unlogged table {name}.{table} as table public.{table}")
        cursor.execute(
            f"create table {name}.sequences as select sequencename::text as name, last_value "
            "from pg_sequences where schemaname = 'public' and last_value is not null"
        )


def _bring_back(name: str) -> None:
    _empty()
    with connection.cursor() as cursor:
        # Their triggers have spoken when the rows were first written.
        with _set_aside(cursor):
            cursor.execute(
                "; ".join(
                    f"insert into public.{table} ({columns}) overriding system value "
                    f"select {columns} from {name}.{table}"
                    for table, columns in _tables().items()
                )
            )
        # Forward only: what another test has counted up to must not be given out again.
        cursor.execute(
            "select setval(format('public.%I', kept.name)::regclass, "
            f"greatest(kept.last_value, now.last_value)) from {name}.sequences kept "
            "join pg_sequences now on now.schemaname = 'public' and now.sequencename = kept.name"
        )


def _always_enabled() -> list[tuple[str, str]]:
    """Triggers that no setting skips, by table and name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select quote_ident(c.relname), quote_ident(t.tgname) from pg_trigger t "
            "join pg_class c on c.oid = t.tgrelid "
            "where t.tgenabled = 'A' and c.relnamespace = 'public'::regnamespace"
        )
        return list(cursor.fetchall())


def _tables() -> dict[str, str]:
    """Every table by its quoted name, and the columns of it that are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select quote_ident(c.relname),
                   string_agg(quote_ident(a.attname), ', ' order by a.attnum)
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
              and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
              and c.relname <> all(%s)
            group by c.oid
            """,
            [SCHEMA_STATE],
        )
        return dict(cursor.fetchall())

"""A new database is made quicker than Django makes one, and is the same."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

PLAIN = "migrated_by_django"
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands import migrate
call_command(migrate.Command(), interactive=False, verbosity=0)
"""
# Whatever a schema consists of, one line per thing.
SCHEMA = """
select format('column %s.%s %s %s %s %s %s', c.relname, a.attname, a.attnum,
              format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
              pg_get_expr(d.adbin, d.adrelid))
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
   and a.attnum > 0 and not a.attisdropped
union all
select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  from pg_constraint where connamespace = 'public'::regnamespace
union all
select format('index %s', indexdef) from pg_indexes where schemaname = 'public'
union all
select format('trigger %s %s', tgenabled, pg_get_triggerdef(t.oid)) from pg_trigger t
  join pg_class c on c.oid = t.tgrelid
 where not tgisinternal and c.relnamespace = 'public'::regnamespace
union all
select format('function %s', pg_get_functiondef(p.oid)) from pg_proc p
 where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
   and not exists (select from pg_depend where objid = p.oid and deptype = 'e')
union all
select format('migration %s %s', app, name) from django_migrations
"""


@pytest.fixture
def plain() -> Iterator[str]:
    """The address of a database that Django's own `migrate` has made."""
    url = urlsplit(os.environ["DATABASE_URL"])
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database if exists {PLAIN}")
        admin.execute(f"create database {PLAIN}")
        made = urlunsplit(url._replace(path=f"/{PLAIN}"))
        subprocess.run(
            [sys.executable, "-c", MIGRATE],
            env={
                **os.environ,
                "DATABASE_URL": made,
                "DJANGO_SETTINGS_MODULE": "samlop.config.settings",
            },
            check=True,
        )
        yield made
        admin.execute(f"drop database {PLAIN} with (force)")


@pytest.mark.long
@pytest.mark.django_db
def test_a_new_database_is_what_django_would_have_made(plain: str) -> None:
    with psycopg.connect(plain) as other:
        wanted = {line for (line,) in other.execute(SCHEMA)}
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA.replace("%", "%%"), [])
        ours = {line for (line,) in cursor}
    assert len(ours) > 1000
    assert ours == wanted

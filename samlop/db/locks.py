"""One writer at a time for something that has no row to lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def hold(key: str) -> None:
    """Wait for the key and keep it until the transaction ends.

    For what may not exist yet: a row that does is locked by select_for_update.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A key is held until a transaction ends, and there is none.")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


@contextmanager
def try_alone(key: str) -> Iterator[bool]:
    """Whether we are the only one with the key; across transactions, until the block ends.

    It is the connection's: whoever dies lets go of it at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        row = cursor.fetchone()
    alone = bool(row and row[0])
    try:
        yield alone
    finally:
        if alone and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [key])

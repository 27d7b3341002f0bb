"""One writer at a time for something that has no row to lock."""

from django.db import connection


def hold(key: str) -> None:
    """Wait for the key and keep it until the transaction ends.

    For what may not exist yet: a row that does is locked by select_for_update.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A key is held until a transaction ends, and there is none.")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])

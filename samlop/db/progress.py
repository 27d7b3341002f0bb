"""How far a long transaction has come: others see it before they see any of what it does.

It is told as the name of the connection, which is not part of the transaction. Whoever dies takes
it along, so that nobody is shown as at work who is not.
"""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int


def tell(key: str, done: int, total: int) -> None:
    """Until the transaction ends. The key is short: a connection's name has 63 signs at most."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('application_name', %s, true)", [f"{key} {done}/{total}"])


def of(key: str) -> Progress | None:
    """What is told now; None when nobody is at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select application_name from pg_stat_activity "
            "where datname = current_database() and starts_with(application_name, %s || ' ')",
            [key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    done, _, total = row[0].rpartition(" ")[2].partition("/")
    return Progress(int(done), int(total))

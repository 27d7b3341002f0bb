"""What becomes of a file of figures, and which figure counts when several were brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from samlop.uptake.rules.indicators import Figure

MOST_WORKBOOK_ROWS: Final = 200_000
MOST_PROBLEMS_KEPT: Final = 1000
"""All are counted; no one reads more than this."""
MOST_ATTEMPTS: Final = 5
"""A file that takes the worker down is not read for ever."""


class ImportState(StrEnum):
    """How far an import has come."""

    WAITING = "waiting"
    FAILED = "failed"
    READ = "read"
    QUEUED = "queued"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"


class ImportRefusal(StrEnum):
    """Why a file, or what somebody wants to do with it, is refused."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    NOT_A_WORKBOOK = "not_a_workbook"
    WORKBOOK_TOO_LARGE = "workbook_too_large"
    NO_HEADER = "no_header"
    NO_COLUMN = "no_column"
    BROKEN_ROW = "broken_row"
    GIVEN_UP = "given_up"
    NO_INDICATOR = "no_indicator"
    NOTHING_GOOD = "nothing_good"
    NOT_READ = "not_read"
    NOT_APPLIED = "not_applied"
    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    NO_DEFINITION = "no_definition"
    WITHDRAWN = "withdrawn"
    NOT_WITHDRAWN = "not_withdrawn"
    NO_REASON = "no_reason"


def progress_key(usage_import: int) -> str:
    """What its progress is told under while it is taken in, or undone."""
    return f"uptake.import:{usage_import}"


def reading_key(usage_import: int) -> str:
    """What its progress is told under while it is read."""
    return f"uptake.reading:{usage_import}"


@dataclass(frozen=True, slots=True)
class Brought:
    """A figure that an import brought, the imports in the order they were taken in."""

    order: int
    figure: Figure
    undone: bool = False


def counting(brought: Iterable[Brought]) -> Figure | None:
    """The figure that counts: of the imports that stand, the last one to say something new."""
    standing = [one for one in brought if not one.undone]
    return max(standing, key=lambda one: one.order).figure if standing else None

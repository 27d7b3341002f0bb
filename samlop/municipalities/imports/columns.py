"""What every file of ours needs: the right columns, and days that can be read."""

import re
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext

from samlop.lib.csvio import Row, Table
from samlop.lib.errors import FileProblem, FileRefused

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NORWEGIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def require_columns(table: Table, *, known: Sequence[str], needed: Sequence[str]) -> None:
    """Refuse a file that lacks a column or has one we do not read, and one without rows."""
    problems = [
        FileProblem(gettext("Kolonnen mangler."), row=1, column=title)
        for title in needed
        if title not in table.header
    ]
    problems += [
        FileProblem(
            gettext("Kolonnen er ukjent. Kolonnene er: %(titles)s.") % {"titles": ", ".join(known)},
            row=1,
            column=title,
        )
        for title in table.header
        if title not in known
    ]
    if not problems and not table.rows:
        problems = [FileProblem(gettext("Filen har ingen rader under overskriften."))]
    if problems:
        raise FileRefused(problems)


def cell(row: Row, title: str) -> str:
    """The cell without space around it; empty when the file lacks the column."""
    return row.cells.get(title, "").strip()


def day(text: str) -> date | None:
    """«2027-03-14» or «14.3.2027»; None for what is no day."""
    if found := _ISO.fullmatch(text):
        year, month, number = map(int, found.groups())
    elif found := _NORWEGIAN.fullmatch(text):
        number, month, year = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None

"""Cells of a spreadsheet or of a pasted list, row by row, with nothing assumed of a header.

For lists that people made for themselves; files in our own form are read by `csvio.read`.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from samlop.lib import csvio
from samlop.lib.errors import FileProblem, FileRefused
from samlop.lib.marked import Marked

MOST_ROWS: Final = 5000
# A list of people inflates to a fraction of this; a file made to fill memory does not.
MOST_INFLATED: Final = 60 * 1024 * 1024
MOST_PARTS: Final = 2000

_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the spreadsheet numbers it."""

    number: int
    cells: tuple[str, ...]


def read(content: bytes) -> list[list[Line]]:
    """The sheets that hold anything, empty rows left out; pasted text is one sheet.

    Raises FileRefused.
    """
    sheets = _workbook(content) if content.startswith(_ZIP) else [_text(content)]
    found = [lines for rows in sheets if (lines := _filled(rows))]
    if not found:
        raise FileRefused([FileProblem(Marked("Det er ingen rader i lista."))])
    return found


def _filled(rows: Iterable[Iterable[str]]) -> list[Line]:
    lines: list[Line] = []
    for number, cells in enumerate(rows, start=1):
        tidy = tuple(" ".join(cell.split()) for cell in cells)
        if any(tidy):
            lines.append(Line(number, tidy))
        if len(lines) > MOST_ROWS:
            words = Marked("Lista har flere enn %(most)d rader. Del den opp.", most=MOST_ROWS)
            raise FileRefused([FileProblem(words)])
    return lines


def _text(content: bytes) -> list[list[str]]:
    text = csvio.decode(content)
    first = "\n".join(text.splitlines()[:20])
    # Copied from a spreadsheet there are tabs, and then commas are part of what people write.
    delimiter = next((one for one in "\t;" if one in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error as error:
        problem = FileProblem(Marked("Raden kan ikke leses."), row=reader.line_num)
        raise FileRefused([problem]) from error


def _workbook(content: bytes) -> list[list[list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
        if len(sizes) > MOST_PARTS or sum(sizes) > MOST_INFLATED:
            words = Marked("Regnearket er for stort. Kopier lista over i et nytt og lite ett.")
            raise FileRefused([FileProblem(words)])
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            [
                [_cell(value) for value in row]
                for row in book.get_sheet_by_index(index).to_python(skip_empty_area=False)
            ]
            for index in range(len(book.sheet_names))
        ]
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError) as error:
        words = Marked("Filen kan ikke leses som regneark. Lagre den som XLSX eller CSV.")
        raise FileRefused([FileProblem(words)]) from error


def _cell(value: object) -> str:
    match value:
        case float() if value.is_integer():
            # Telephone and municipality numbers, which spreadsheets take for amounts.
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)

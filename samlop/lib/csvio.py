"""Tables in and out: CSV as spreadsheets in Norway write it, and XLSX.

Cells that a spreadsheet would run as a formula are never written as such: in CSV they get an
apostrophe in front (which `read` takes off again), in XLSX they are strings.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import BinaryIO, Final

import xlsxwriter

from samlop.lib.errors import FileProblem, FileRefused
from samlop.lib.marked import Marked

Cell = str | int | float | Decimal | date | None

DELIMITERS: Final = ";,\t"
RUNS_AS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE: Final = "text/csv; charset=utf-8"
WIDEST: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column title, and the row's number as a spreadsheet shows it."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What was in a CSV file; every row has a cell for every column."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def decode(content: bytes) -> str:
    """Text of a file in UTF-8 (with or without BOM) or Windows-1252; raises FileRefused."""
    if not content.strip():
        raise FileRefused([FileProblem(Marked("Filen er tom."))])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise FileRefused(
            [
                FileProblem(
                    Marked("Filen er ikke tekst i UTF-8 eller Windows-1252. Lagre den som UTF-8.")
                )
            ]
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused(
            [FileProblem(Marked("Ukjent tegnsett. Lagre filen som UTF-8."), row=line)]
        ) from error


def read(content: bytes) -> Table:
    """Rows of a CSV file with a header, separated by semicolon, comma or tab.

    Raises FileRefused naming every row that has the wrong number of cells.
    """
    text = decode(content)
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    problems: list[FileProblem] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = tuple(cell.strip() for cell in cells)
                continue
            if len(cells) != len(header):
                problems.append(
                    FileProblem(
                        Marked(
                            "Raden har %(cells)d felt, men overskriften har %(header)d.",
                            cells=len(cells),
                            header=len(header),
                        ),
                        row=number,
                    )
                )
                continue
            values = (_unescaped(cell) for cell in cells)
            rows.append(Row(number, dict(zip(header, values, strict=True))))
    except csv.Error as error:
        words = Marked("Raden kan ikke leses; et anførselstegn mangler.")
        problem = FileProblem(words, row=number + 1)
        raise FileRefused([*problems, problem]) from error
    twice = [title for title, count in Counter(header).items() if count > 1]
    problems += [
        FileProblem(Marked("Overskriften står to ganger."), row=1, column=name) for name in twice
    ]
    if problems:
        raise FileRefused(problems)
    return Table(header, tuple(rows))


def _unescaped(cell: str) -> str:
    if cell.startswith("'") and cell[1:].startswith(RUNS_AS_FORMULA):
        return cell[1:]
    return cell


def _csv_cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(RUNS_AS_FORMULA) else cell
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
        case _:
            # Semicolon and decimal comma belong together in Norwegian spreadsheets.
            return str(cell).replace(".", ",")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file that Norwegian spreadsheets open at a double click: semicolon, UTF-8, BOM."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_csv_cell(title) for title in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet; the width is in characters, `number_format` as spreadsheets know it."""

    title: str
    width: int = 14
    number_format: str = ""


def write_xlsx(
    file: BinaryIO, *, sheet: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> None:
    """One sheet with a header that stays in sight; text stays text, also when it is digits."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(sheet[:31])
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = [
            book.add_format({"num_format": column.number_format}) if column.number_format else None
            for column in columns
        ]
        for index, column in enumerate(columns):
            page.set_column(index, index, min(column.width, WIDEST))
            page.write_string(0, index, column.title, heading)
        page.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, start=1):
            for index, cell in enumerate(row):
                match cell:
                    case None | "":
                        continue
                    case str():
                        page.write_string(last, index, cell)
                    case date():
                        page.write_datetime(last, index, cell)
                    case _:
                        page.write_number(last, index, cell, formats[index])
        if columns:
            page.autofilter(0, 0, last, len(columns) - 1)

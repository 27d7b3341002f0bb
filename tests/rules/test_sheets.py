"""Lists as people have them: pasted text, CSV and spreadsheets, read to plain rows."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from samlop.lib import sheets
from samlop.lib.errors import FileRefused


def workbook(*sheets_of_rows: list[list[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for rows in sheets_of_rows:
            sheet = book.add_worksheet()
            for number, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    elif cell is not None:
                        sheet.write(number, column, cell)
    return file.getvalue()


def cells(content: bytes) -> list[tuple[str, ...]]:
    (only,) = sheets.read(content)
    return [line.cells for line in only]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a;b\n1;2", [("a", "b"), ("1", "2")]),
        ("a,b\n1,2", [("a", "b"), ("1", "2")]),
        # Copied from a spreadsheet: commas and semicolons belong to the cells.
        ("a\tb\nBerg, Kari\tx;y", [("a", "b"), ("Berg, Kari", "x;y")]),
        ("a;b\nBerg, Kari;2", [("a", "b"), ("Berg, Kari", "2")]),
        ('a;b\n"to\nlinjer";2', [("a", "b"), ("to linjer", "2")]),
        ("\n;;\na;b\n", [("a", "b")]),
        ("a;b\n1", [("a", "b"), ("1",)]),
    ],
)
def test_text(text: str, rows: list[tuple[str, ...]]) -> None:
    assert cells(text.encode()) == rows


def test_rows_are_numbered_as_the_spreadsheet_shows_them() -> None:
    (lines,) = sheets.read(b"\n\na;b\n\n1;2\n")

    assert [line.number for line in lines] == [3, 5]


def test_windows_letters_are_read() -> None:
    assert cells("Åmli;ø".encode("cp1252")) == [("Åmli", "ø")]


def test_a_workbook_gives_every_sheet_that_holds_anything() -> None:
    content = workbook([["forside"]], [], [["kommune", "tlf"], ["Valle", 91234567]])

    found = sheets.read(content)

    assert [[line.cells for line in lines] for lines in found] == [
        [("forside",)],
        [("kommune", "tlf"), ("Valle", "91234567")],
    ]


def test_amounts_and_days_in_cells_are_written_as_people_mean_them() -> None:
    content = workbook([[301, 1.5, date(2026, 11, 22), True, None, " a  b "]])

    (row,) = cells(content)

    assert row[0] == "301"
    assert row[1] == "1.5"
    assert row[2].startswith("2026-11-22")
    assert row[-1] == "a b"


def bomb(parts: int, size: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(parts):
            archive.writestr(f"xl/{number}.xml", b"0" * size)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "tom"),
        (b";;\n;;\n", "ingen rader"),
        (b"PK\x03\x04 tull", "kan ikke leses som regneark"),
        (bomb(1, 10), "kan ikke leses som regneark"),
        (bomb(1, sheets.MOST_INFLATED + 1), "for stort"),
        (bomb(sheets.MOST_PARTS + 1, 1), "for stort"),
        (b"a;b\n" + b"1;2\n" * (sheets.MOST_ROWS + 1), "flere enn 5000 rader"),
        (b"a;b\n" + b"x" * 200_000 + b";2\n", "kan ikke leses"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "UTF-8"),
    ],
    ids=[
        "empty",
        "blank",
        "no zip",
        "no workbook",
        "bomb",
        "many parts",
        "long",
        "wide",
        "old excel",
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        sheets.read(content)
    assert sentence in str(refused.value)

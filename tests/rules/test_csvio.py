"""CSV and XLSX in and out, with everything that goes wrong in real files."""

import io
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from samlop.lib import csvio
from samlop.lib.errors import FileRefused

PLAIN = "code;name\r\n0301;Oslo\r\n1818;Herøy\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str) -> None:
    table = csvio.read(PLAIN.replace(";", delimiter).encode(encoding))
    assert table.header == ("code", "name")
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, {"code": "0301", "name": "Oslo"}),
        (3, {"code": "1818", "name": "Herøy"}),
    ]


def test_empty_lines_are_passed_over_but_counted() -> None:
    table = csvio.read(b"code;name\n\n0301;Oslo\n;\n1101;Eigersund\n\n")
    assert [row.number for row in table.rows] == [3, 5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Filen er tom."),
        (b" \n \n", "Filen er tom."),
        (PLAIN.encode("utf-16"), "Filen er ikke tekst"),
        (b"PK\x03\x04\x00\x00", "Filen er ikke tekst"),
        (b"code;name\n0301;Os\x81lo \xf8\n", "Rad 2: Ukjent tegnsett"),
        (b"code;name\n0301;Oslo;x\n", "Rad 2: Raden har 3 felt, men overskriften har 2."),
        (b"code;name\n0301\n", "Rad 2: Raden har 1 felt"),
        (b'code;name\n0301;"Oslo\n1101;Eigersund\n', "et anførselstegn mangler"),
        (b"code;code\n0301;Oslo\n", "Rad 1, kolonne «code»: Overskriften står to ganger."),
    ],
)
def test_a_broken_file_is_refused_with_its_place(content: bytes, words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        csvio.read(content)
    assert words in str(refused.value)


def test_what_is_written_can_be_read_again() -> None:
    rows = [["0301", "=1+1", "+47", "-5", "@x", "\tx", "a;b", 'a"b', "a\nb", "'ja'"]]
    header = [str(index) for index in range(len(rows[0]))]

    content = csvio.write_csv(header, rows)

    assert content.startswith(b"\xef\xbb\xbf")
    assert b";'=1+1;'+47;'-5;'@x;" in content
    assert list(csvio.read(content).rows[0].cells.values()) == rows[0]


def test_numbers_and_dates_are_written_as_norwegian_spreadsheets_read_them() -> None:
    content = csvio.write_csv(["a", "b"], [[-5, Decimal("1.50")], [date(2024, 1, 1), None]])
    assert content.decode("utf-8-sig").split() == ["a;b", "-5;1,50", "2024-01-01;"]


def test_a_sheet_keeps_text_as_text_and_runs_no_formula() -> None:
    file = io.BytesIO()
    csvio.write_xlsx(
        file,
        sheet="Kommuner",
        columns=[csvio.Column("Nummer"), csvio.Column("Areal", number_format="0.0")],
        rows=[["0301", Decimal("454.12")], ["=1+1", None], ["https://x.no", date(2024, 1, 1)]],
    )

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0)

    assert sheet.to_python() == [
        ["Nummer", "Areal"],
        ["0301", 454.12],
        ["=1+1", ""],
        ["https://x.no", date(2024, 1, 1)],
    ]

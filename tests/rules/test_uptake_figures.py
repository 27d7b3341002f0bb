"""Cells of figures: numbers, periods, municipality numbers, headers, and what is never kept."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlop.uptake.rules import columns, figures, indicators
from samlop.uptake.rules.columns import Columns, Header
from samlop.uptake.rules.figures import DecimalMark, Problem, Unreadable
from samlop.uptake.rules.indicators import TOO_FEW, Figure, IndicatorKind, Rhythm

TODAY = date(2027, 3, 14)


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("12", DecimalMark.EITHER, "12"),
        ("0", DecimalMark.EITHER, "0"),
        (" 1 234,5 ", DecimalMark.EITHER, "1234.5"),
        ("1\u00a0234,5", DecimalMark.EITHER, "1234.5"),
        ("1\u202f234\u202f567", DecimalMark.EITHER, "1234567"),
        ("1.234,5", DecimalMark.EITHER, "1234.5"),
        ("1,234.5", DecimalMark.EITHER, "1234.5"),
        ("1.234.567", DecimalMark.EITHER, "1234567"),
        ("1234.5", DecimalMark.EITHER, "1234.5"),
        ("12,5 %", DecimalMark.EITHER, "12.5"),
        ("1,234", DecimalMark.EITHER, "1.234"),
        ("1.234", DecimalMark.COMMA, "1234"),
        ("1.234", DecimalMark.POINT, "1.234"),
        ("1,234", DecimalMark.POINT, "1234"),
        ("-0", DecimalMark.EITHER, "0"),
        (",5", DecimalMark.EITHER, "0.5"),
    ],
)
def test_a_number_is_read_as_it_was_meant(cell: str, mark: DecimalMark, value: str) -> None:
    assert figures.number(cell, mark) == Figure(Decimal(value))


@pytest.mark.parametrize("cell", [":", ".", "*", "<5", "< 5", "færre enn 5", " : "])
def test_what_the_source_hid_stays_hidden(cell: str) -> None:
    assert figures.number(cell) == TOO_FEW


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", Problem.BLANK),
        ("  ", Problem.BLANK),
        ("..", Problem.BLANK),
        ("=A1+B1", Problem.FORMULA),
        ("tolv", Problem.NOT_A_NUMBER),
        ("-", Problem.NOT_A_NUMBER),
        ("12x", Problem.NOT_A_NUMBER),
        ("1.23.4", Problem.NOT_A_NUMBER),
        ("12.34,5", Problem.NOT_A_NUMBER),
        ("1.234", Problem.AMBIGUOUS_NUMBER),
        ("-3", Problem.NEGATIVE),
        ("−3,5", Problem.NEGATIVE),
        ("1" + "0" * 12, Problem.TOO_LARGE),
        ("inf", Problem.NOT_A_NUMBER),
        ("1e3", Problem.POWER_OF_TEN),
        ("1,2E+05", Problem.POWER_OF_TEN),
        ("1e999999", Problem.POWER_OF_TEN),
        ("-1e999999", Problem.POWER_OF_TEN),
        ("1e-999999", Problem.POWER_OF_TEN),
        ("1e" + "9" * 10_000, Problem.POWER_OF_TEN),
        ("e3", Problem.NOT_A_NUMBER),
        ("١٢", Problem.NOT_A_NUMBER),
    ],
)
def test_what_is_no_number_is_named(cell: str, problem: Problem) -> None:
    with pytest.raises(Unreadable) as told:
        figures.number(cell)
    assert told.value.problem is problem


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_every_number_survives_being_written_in_norwegian(value: Decimal) -> None:
    written = f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")
    assert figures.number(written) == Figure(value)


@pytest.mark.parametrize(
    ("cell", "rhythm", "start"),
    [
        ("2024-03-14", Rhythm.MONTH, date(2024, 3, 1)),
        ("2024-03-14T00:00:00", Rhythm.WEEK, date(2024, 3, 11)),
        ("14.03.2024", Rhythm.QUARTER, date(2024, 1, 1)),
        ("14. mars 2024", Rhythm.YEAR, date(2024, 1, 1)),
        ("2024", Rhythm.YEAR, date(2024, 1, 1)),
        ("uke 5 2024", Rhythm.WEEK, date(2024, 1, 29)),
        ("2024U05", Rhythm.WEEK, date(2024, 1, 29)),
        ("2024-W05", Rhythm.WEEK, date(2024, 1, 29)),
        ("202405", Rhythm.WEEK, date(2024, 1, 29)),
        ("2020-W01", Rhythm.WEEK, date(2019, 12, 30)),
        ("202405", Rhythm.MONTH, date(2024, 5, 1)),
        ("2024M05", Rhythm.MONTH, date(2024, 5, 1)),
        ("05.2024", Rhythm.MONTH, date(2024, 5, 1)),
        ("Mai 2024", Rhythm.MONTH, date(2024, 5, 1)),
        ("des. 2024", Rhythm.MONTH, date(2024, 12, 1)),
        ("2024K2", Rhythm.QUARTER, date(2024, 4, 1)),
        ("2. kvartal 2024", Rhythm.QUARTER, date(2024, 4, 1)),
        ("Q4 2024", Rhythm.QUARTER, date(2024, 10, 1)),
    ],
)
def test_a_period_is_read_in_all_the_ways_it_is_written(
    cell: str, rhythm: Rhythm, start: date
) -> None:
    assert figures.period(cell, rhythm, today=TODAY) == start


@pytest.mark.parametrize(
    ("cell", "rhythm", "problem"),
    [
        ("", Rhythm.MONTH, Problem.NO_PERIOD),
        ("2024", Rhythm.MONTH, Problem.NOT_A_PERIOD),
        ("2024-13", Rhythm.MONTH, Problem.NOT_A_PERIOD),
        ("uke 53 2024", Rhythm.WEEK, Problem.NOT_A_PERIOD),
        ("31.02.2024", Rhythm.MONTH, Problem.NOT_A_PERIOD),
        ("våren 2024", Rhythm.MONTH, Problem.NOT_A_PERIOD),
        ("2016", Rhythm.YEAR, Problem.TOO_OLD),
        ("2027-04", Rhythm.MONTH, Problem.PERIOD_TO_COME),
    ],
)
def test_what_is_no_period_is_named(cell: str, rhythm: Rhythm, problem: Problem) -> None:
    with pytest.raises(Unreadable) as told:
        figures.period(cell, rhythm, today=TODAY)
    assert told.value.problem is problem


@pytest.mark.parametrize(
    ("part", "rhythm", "start"),
    [
        ("5", Rhythm.WEEK, date(2024, 1, 29)),
        ("5", Rhythm.MONTH, date(2024, 5, 1)),
        ("mai", Rhythm.MONTH, date(2024, 5, 1)),
        ("2", Rhythm.QUARTER, date(2024, 4, 1)),
        ("alle", Rhythm.YEAR, date(2024, 1, 1)),
    ],
)
def test_a_year_in_a_column_of_its_own_is_joined(part: str, rhythm: Rhythm, start: date) -> None:
    assert figures.period(figures.apart(part, "2024", rhythm), rhythm, today=TODAY) == start


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0301", "0301"),
        ("301", "0301"),
        ("4601", "4601"),
        ("K-0301", "0301"),
        ("0301 Oslo", "0301"),
        ("301 Oslo", "0301"),
        ("1507 Ålesund (2020-2023)", "1507"),
        ("301.0", "0301"),
        ("Oslo", None),
        ("Herøy (Nordland)", None),
    ],
)
def test_a_municipality_number_gets_its_lost_zero_back(cell: str, number: str | None) -> None:
    assert figures.municipality_number(cell) == number


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", Problem.NO_MUNICIPALITY),
        ("Sum", Problem.SUM_ROW),
        ("Hele landet", Problem.SUM_ROW),
        ("Totalt alle kommuner", Problem.SUM_ROW),
        ("12345", Problem.UNKNOWN_MUNICIPALITY),
        ("12", Problem.UNKNOWN_MUNICIPALITY),
    ],
)
def test_what_is_no_municipality_is_named(cell: str, problem: Problem) -> None:
    with pytest.raises(Unreadable) as told:
        figures.municipality_number(cell)
    assert told.value.problem is problem


@pytest.mark.parametrize(
    ("start", "rhythm", "day"),
    [
        (date(2019, 12, 30), Rhythm.WEEK, date(2020, 1, 2)),
        (date(2023, 12, 25), Rhythm.WEEK, date(2023, 12, 28)),
        (date(2024, 1, 1), Rhythm.MONTH, date(2024, 1, 1)),
    ],
)
def test_a_week_is_about_the_municipalities_of_its_thursday(
    start: date, rhythm: Rhythm, day: date
) -> None:
    assert indicators.counts_for(start, rhythm) == day


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(Rhythm))
def test_the_first_day_of_a_period_is_in_it_and_is_its_own(day: date, rhythm: Rhythm) -> None:
    start = indicators.starts_on(day, rhythm)
    assert start <= day
    assert indicators.starts_on(start, rhythm) == start


@pytest.mark.parametrize(
    ("measure", "value", "inhabitants", "hidden"),
    [
        (IndicatorKind.PEOPLE, "0", None, True),
        (IndicatorKind.PEOPLE, "4", None, True),
        (IndicatorKind.PEOPLE, "4.9", None, True),
        (IndicatorKind.PEOPLE, "5", None, False),
        (IndicatorKind.COUNT, "3", None, False),
        (IndicatorKind.SHARE_OF_INHABITANTS, "0.5", 400, True),
        (IndicatorKind.SHARE_OF_INHABITANTS, "1.25", 400, False),
        (IndicatorKind.SHARE_OF_INHABITANTS, "0.5", None, False),
        (IndicatorKind.SHARE, "0.5", 400, False),
    ],
)
def test_fewer_than_five_people_are_not_kept(
    measure: IndicatorKind, value: str, inhabitants: int | None, hidden: bool
) -> None:
    found = indicators.kept(measure, Decimal(value), inhabitants)
    assert found == (TOO_FEW if hidden else Figure(Decimal(value)))


MESSY = [
    ["Kjernejournal, oppslag"],
    ["Hentet", "14.03.2027"],
    [],
    ["Sted", "", "Tid", "Oppslag", ""],
    ["Kommunenr.", "Kommune", "Måned", "Hjemmetjeneste", "Sykehjem"],
    ["301", "Oslo", "2024-05", "1 234,5", "77"],
]


def test_the_header_is_found_under_titles_and_merged_cells() -> None:
    assert columns.find_header(MESSY) == Header(
        ("Kommunenr.", "Kommune", "Måned", "Hjemmetjeneste", "Sykehjem"), 6
    )


def test_a_blank_title_is_taken_from_the_merged_cell_over_it() -> None:
    rows = [
        ["Sted", "", "Tid", "Oppslag", "Kommentar"],
        ["Nr.", "Navn", "", "", "Hva"],
        ["0301", "Oslo", "2024-05", "12", "–"],
    ]
    found = columns.find_header(rows)
    assert found == Header(("Nr.", "Navn", "Tid", "Oppslag", "Hva"), 3)


@pytest.mark.parametrize(
    "rows",
    [
        [["0301", "2024-05", "12"]],
        [["Kommune", "2023", "2024"], ["Navn", "a", "b"]],
        [["bare tekst"]],
        [],
    ],
)
def test_no_header_is_made_up(rows: list[list[str]]) -> None:
    assert columns.find_header(rows) is None


def test_a_first_row_of_tromso_is_no_year() -> None:
    rows = [["Kommune", "År", "Antall"], ["1902", "2019", "345"]]
    assert columns.find_header(rows) == Header(("Kommune", "År", "Antall"), 2)


@pytest.mark.parametrize(
    ("titles", "known", "found"),
    [
        (
            ("Kommunenr.", "Måned", "Antall"),
            {"oppslag": "Oppslag"},
            Columns("Kommunenr.", "Måned", {"Antall": "oppslag"}),
        ),
        (
            ("Kommune", "År", "Uke", "Oppslag", "Brukere"),
            {"oppslag": "Oppslag", "brukere": "Brukere"},
            Columns("Kommune", "Uke", {"Oppslag": "oppslag", "Brukere": "brukere"}, year="År"),
        ),
        (
            ("region", "Indikator", "Periode", "Verdi"),
            {"a": "A", "b": "B"},
            Columns("region", "Periode", {"Verdi": ""}, indicator="Indikator"),
        ),
        (("Kommune", "Antall"), {"a": "A"}, None),
        (("Kommune", "Måned", "Antall"), {"a": "A", "b": "B"}, None),
    ],
)
def test_columns_are_guessed_only_when_all_are_found(
    titles: tuple[str, ...], known: dict[str, str], found: Columns | None
) -> None:
    assert columns.guess(Header(titles, 2), known) == found

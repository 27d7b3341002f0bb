"""Files of figures in, shown, taken in, corrected and undone; the sums follow."""

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
import xlsxwriter
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum

from samlop.lib.actors import Machine
from samlop.municipalities.models import CodeChange, Municipality
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.uptake.imports import usage as imports
from samlop.uptake.models import (
    ImportedFigure,
    Indicator,
    IndicatorPeriod,
    Observation,
    UsageImport,
    UsageSource,
)
from samlop.uptake.queries import imports as queries
from samlop.uptake.queries import observations
from samlop.uptake.queries.observations import Latest, Point
from samlop.uptake.rules.columns import Columns, Header
from samlop.uptake.rules.figures import DecimalMark, Problem
from samlop.uptake.rules.imports import (
    MOST_ATTEMPTS,
    Brought,
    ImportRefusal,
    ImportState,
    counting,
)
from samlop.uptake.rules.indicators import TOO_FEW, Figure, IndicatorKind, Rhythm, Total
from samlop.uptake.rules.stages import Source
from samlop.uptake.services import indicators, usage
from samlop.uptake.services.indicators import CannotImport
from samlop.uptake.services.usage import Good
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("tests")
ON = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 12, tzinfo=UTC)
COLUMNS = Columns("Kommunenr", "Måned", {"Oppslag": "oppslag"})


def measured(
    *, kind: IndicatorKind = IndicatorKind.COUNT, name: str = "Oppslag"
) -> tuple[Indicator, UsageSource]:
    solution = make.solution()
    indicator = indicators.add_indicator(
        solution=solution,
        name=name,
        unit="oppslag",
        kind=kind,
        rhythm=Rhythm.MONTH,
        definition="Oppslag gjort av helsepersonell i kommunen.",
        valid_from=date(2024, 1, 1),
        by=BY,
        at=AT,
    )
    source = indicators.add_source(
        solution=solution,
        name="Eksport",
        source=Source.USAGE_LOG,
        mark=DecimalMark.EITHER,
        by=BY,
        at=AT,
    )
    return indicator, source


def csv_of(rows: Iterable[tuple[str, str, str]], value: str = "Oppslag") -> bytes:
    lines = [f"Kommunenr;Måned;{value}", *(";".join(row) for row in rows)]
    return "\r\n".join(lines).encode("cp1252")


def read(source: UsageSource, content: bytes, *, at: datetime = AT) -> UsageImport:
    made = received(source, content, at=at)
    imports.read(import_id=made.pk, on=ON, at=at)
    made.refresh_from_db()
    return made


def received(
    source: UsageSource, content: bytes, *, columns: Columns | None = None, at: datetime = AT
) -> UsageImport:
    made = imports.receive(
        source=source,
        stream=io.BytesIO(content),
        file_name="tall.csv",
        columns=columns,
        queue=False,
        by=BY,
        at=at,
    )
    assert isinstance(made, UsageImport)
    return made


def taken_in(source: UsageSource, content: bytes, *, at: datetime = AT) -> UsageImport:
    row = read(source, content, at=at)
    usage.ask_to_take_in(usage_import=row, by=BY, at=at)
    usage.take_in(import_id=row.pk, at=at)
    row.refresh_from_db()
    return row


def problems(row: UsageImport) -> list[tuple[int, Problem]]:
    return [(one.row, Problem(one.problem)) for one in row.problems.order_by("row", "column", "pk")]


def undone(row: UsageImport, *, at: datetime = AT) -> None:
    usage.ask_to_undo(usage_import=row, by=BY, at=at)
    usage.undo(import_id=row.pk, at=at)


def test_nothing_counts_before_it_is_taken_in() -> None:
    make.municipality(number="9001")
    indicator, source = measured()
    row = read(source, csv_of([("9001", "2024-05", "1 234,5")]))
    assert (row.read, row.good, row.refused, row.new, row.corrected) == (1, 1, 0, 1, 0)
    assert observations.latest(indicator.pk, ON) == {}


def test_a_figure_that_is_taken_in_is_found() -> None:
    place = make.municipality(number="9001")
    indicator, source = measured()
    row = taken_in(source, csv_of([("9001", "2024-05", "1 234,5")]))
    assert row.state == ImportState.APPLIED.value
    figure = Figure(Decimal("1234.5"))
    assert observations.series(indicator.pk, place.pk, date(2024, 1, 1), ON) == [
        Point(date(2024, 5, 1), figure)
    ]
    assert observations.series(indicator.pk, None, date(2024, 1, 1), ON) == [
        Point(date(2024, 5, 1), figure, Total(Decimal("1234.5"), 1, 0))
    ]
    assert observations.latest(indicator.pk, ON) == {place.pk: Latest(date(2024, 5, 1), figure)}
    assert observations.latest(indicator.pk, date(2024, 4, 30)) == {}
    assert not ImportedFigure.objects.exists()


def test_the_same_file_again_changes_nothing() -> None:
    make.municipality(number="9001")
    _, source = measured()
    content = csv_of([("9001", "2024-05", "12"), ("9001", "2024-06", ":")])
    taken_in(source, content)
    before = list(Observation.objects.order_by("pk").values())
    again = taken_in(source, content)
    assert (again.good, again.new, again.corrected) == (2, 0, 0)
    assert list(Observation.objects.order_by("pk").values()) == before


def test_a_corrected_file_keeps_what_stood_before() -> None:
    make.municipality(number="9001")
    indicator, source = measured()
    taken_in(source, csv_of([("9001", "2024-05", "12"), ("9001", "2024-06", "7")]))
    row = taken_in(
        source,
        csv_of([("9001", "2024-05", "13"), ("9001", "2024-06", "7")]),
        at=AT + timedelta(hours=1),
    )
    assert (row.new, row.corrected) == (0, 1)
    may = Observation.objects.filter(indicator=indicator, period_start=date(2024, 5, 1))
    assert [one.value for one in may.known_at(None)] == [13]
    assert [one.value for one in may.known_at(AT)] == [12]


def test_an_undo_brings_back_what_stood_before() -> None:
    place = make.municipality(number="9001")
    indicator, source = measured()
    first = taken_in(source, csv_of([("9001", "2024-05", "12")]))
    second = taken_in(
        source,
        csv_of([("9001", "2024-05", "13"), ("9001", "2024-06", "7")]),
        at=AT + timedelta(hours=1),
    )
    undone(second, at=AT + timedelta(hours=2))
    found = observations.latest(indicator.pk, ON)
    assert found == {place.pk: Latest(date(2024, 5, 1), Figure(Decimal(12)))}
    undone(first, at=AT + timedelta(hours=3))
    assert observations.latest(indicator.pk, ON) == {}
    assert not IndicatorPeriod.objects.exists()


def test_an_import_is_undone_once() -> None:
    make.municipality(number="9001")
    _, source = measured()
    first = taken_in(source, csv_of([("9001", "2024-05", "12")]))
    second = taken_in(source, csv_of([("9001", "2024-05", "13")]), at=AT + timedelta(hours=1))
    undone(second, at=AT + timedelta(hours=2))
    undone(second, at=AT + timedelta(hours=3))
    assert [one.value for one in Observation.objects.known_at(None)] == [12]
    first.refresh_from_db()
    assert first.state == ImportState.APPLIED.value


def test_what_waits_to_be_undone_still_counts() -> None:
    make.municipality(number="9001")
    _, source = measured()
    first = taken_in(source, csv_of([("9001", "2024-05", "12")]))
    second = taken_in(source, csv_of([("9001", "2024-05", "13")]), at=AT + timedelta(hours=1))
    usage.ask_to_undo(usage_import=first, by=BY, at=AT + timedelta(hours=2))
    undone(second, at=AT + timedelta(hours=3))
    assert [one.value for one in Observation.objects.known_at(None)] == [12]
    usage.undo(import_id=first.pk, at=AT + timedelta(hours=4))
    assert not Observation.objects.known_at(None).exists()
    assert not IndicatorPeriod.objects.exists()


def test_what_was_never_taken_in_is_not_undone() -> None:
    make.municipality(number="9001")
    _, source = measured()
    row = read(source, csv_of([("9001", "2024-05", "12")]))
    with pytest.raises(CannotImport) as told:
        usage.ask_to_undo(usage_import=row, by=BY, at=AT)
    assert told.value.refusal is ImportRefusal.NOT_APPLIED
    usage.undo(import_id=row.pk, at=AT)
    row.refresh_from_db()
    assert row.state == ImportState.READ.value


def test_a_second_click_and_a_second_run_do_nothing() -> None:
    make.municipality(number="9001")
    _, source = measured()
    row = taken_in(source, csv_of([("9001", "2024-05", "12")]))
    usage.ask_to_take_in(usage_import=row, by=BY, at=AT)
    usage.take_in(import_id=row.pk, at=AT)
    assert Observation.objects.count() == 1


def test_an_import_whose_worker_died_is_taken_in_or_undone_later() -> None:
    make.municipality(number="9001")
    _, source = measured()
    row = read(source, csv_of([("9001", "2024-05", "12")]))
    usage.ask_to_take_in(usage_import=row, by=BY, at=AT)
    usage.finish_waiting(at=AT + timedelta(seconds=50))
    assert not Observation.objects.exists()
    usage.finish_waiting(at=AT + timedelta(minutes=2))
    assert Observation.objects.known_at(None).count() == 1
    usage.ask_to_undo(usage_import=row, by=BY, at=AT + timedelta(hours=1))
    usage.finish_waiting(at=AT + timedelta(hours=1, seconds=50))
    assert Observation.objects.known_at(None).count() == 1
    usage.finish_waiting(at=AT + timedelta(hours=1, minutes=2))
    assert not Observation.objects.known_at(None).exists()


def test_what_is_dropped_is_not_taken_in() -> None:
    make.municipality(number="9001")
    _, source = measured()
    row = read(source, csv_of([("9001", "2024-05", "12")]))
    usage.drop(usage_import=row, by=BY, at=AT)
    with pytest.raises(CannotImport) as told:
        usage.ask_to_take_in(usage_import=row, by=BY, at=AT)
    assert told.value.refusal is ImportRefusal.NOT_READ
    assert not ImportedFigure.objects.exists()


def test_fewer_than_five_people_are_nowhere_in_the_database() -> None:
    first, second = make.municipality(number="9001"), make.municipality(number="9002")
    indicator, source = measured(kind=IndicatorKind.PEOPLE)
    rows = [("9001", "2024-05", "3"), ("9002", "2024-05", "40"), ("9001", "2024-06", "4 stk")]
    row = taken_in(source, csv_of(rows))
    assert [one.said for one in row.problems.all()] == [""]
    found = observations.latest(indicator.pk, ON)
    assert found[first.pk].figure == TOO_FEW
    assert found[second.pk].figure == Figure(Decimal(40))
    assert [one.total for one in observations.series(indicator.pk, None, date(2024, 1, 1), ON)] == [
        Total(Decimal(40), 1, 1)
    ]


def test_rows_that_contradict_each_other_are_left_out() -> None:
    make.municipality(number="9001")
    _, source = measured()
    rows = [("9001", "2024-05", "12"), ("9001", "2024-05", "12")]
    rows += [("9001", "2024-06", "1"), ("9001", "2024-06", "2")]
    row = read(source, csv_of(rows))
    assert problems(row) == [
        (3, Problem.REPEATED),
        (4, Problem.CONTRADICTED),
        (5, Problem.CONTRADICTED),
    ]
    assert (row.read, row.good, row.refused) == (4, 1, 3)


def split() -> dict[str, Municipality]:
    """1507 was divided in 2024; 1201 only got a new number in 2020."""
    end = date(2024, 1, 1)
    made = {
        "1507": make.municipality(number="1507", valid_from=date(2020, 1, 1), valid_to=end),
        "1508": make.municipality(number="1508", valid_from=end),
        "1580": make.municipality(number="1580", valid_from=end),
        "0301": make.municipality(number="0301", name="Oslo", valid_from=date(2017, 1, 1)),
        "4601": make.municipality(
            number="1201", valid_from=date(2017, 1, 1), valid_to=date(2020, 1, 1)
        ),
    }
    made["4601"].codes.create(
        number="4601",
        name="Bergen",
        qualified_name="Bergen",
        official_name="Bergen",
        valid_from=date(2020, 1, 1),
    )
    for old, new, day, kind in (
        ("1507", "1508", end, ChangeKind.SPLIT),
        ("1507", "1580", end, ChangeKind.SPLIT),
        ("1201", "4601", date(2020, 1, 1), ChangeKind.RENUMBERED),
    ):
        CodeChange.objects.create(old_number=old, new_number=new, happened_on=day, kind=kind.value)
    return made


def messy() -> bytes:
    """Two title rows, merged headings, a formula, and the rows people really have."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("Uttrekk")
        page.write_string(0, 0, "Kjernejournal: oppslag per kommune")
        page.write_string(1, 0, "Hentet 14.03.2027")
        page.merge_range(2, 0, 2, 1, "Sted")
        page.merge_range(2, 2, 2, 3, "Tall")
        for column, title in enumerate(["Nr.", "Navn", "Måned", "Oppslag"]):
            page.write_string(3, column, title)
        page.write_number(4, 0, 301)
        page.write_string(4, 1, "Oslo")
        page.write_string(4, 2, "2024-05")
        page.write_string(4, 3, "1 234,5")
        lines: list[tuple[str, str, str]] = [
            ("1201", "2024-05", "10"),  # 6: the number of 2019
            ("1507", "2024-05", "11"),  # 7: divided since
            ("1507", "2023-05", "12"),  # 8: not yet divided
            ("1508", "2024-05", ""),  # 9: blank
            ("1580", "2024-05", "14"),  # 10
            ("1580", "2024-05", "14"),  # 11: a duplicate
            ("4601", "2019-05", "15"),  # 12: today's number on an old figure
            ("1508", "2023-05", "16"),  # 13: did not exist
            ("Hele landet", "2024-05", "99"),  # 14
        ]
        for index, (number, month, value) in enumerate(lines, start=5):
            page.write_string(index, 0, number)
            page.write_string(index, 2, month)
            page.write_string(index, 3, value)
        page.write_string(14, 0, "1508")
        page.write_string(14, 2, "2024-06")
        page.write_formula(14, 3, "=20+1.25", value=21.25)
    return file.getvalue()


def test_a_messy_workbook_is_read_and_what_is_wrong_is_named() -> None:
    made = split()
    indicator, source = measured()
    columns = Columns("Nr.", "Måned", {"Oppslag": "oppslag"})
    header = imports.receive(
        source=source, stream=io.BytesIO(messy()), file_name="rot.xlsx", queue=True, by=BY, at=AT
    )
    assert header == Header(("Nr.", "Navn", "Måned", "Oppslag"), 5)
    row = received(source, messy(), columns=columns)
    imports.read(import_id=row.pk, on=ON, at=AT)
    row.refresh_from_db()
    assert problems(row) == [
        (7, Problem.DIVIDED),
        (9, Problem.BLANK),
        (11, Problem.REPEATED),
        (13, Problem.NOT_YET),
        (14, Problem.SUM_ROW),
    ]
    usage.ask_to_take_in(usage_import=row, by=BY, at=AT)
    usage.take_in(import_id=row.pk, at=AT)
    found = {
        (one.municipality_id, one.period_start): one.value for one in Observation.objects.all()
    }
    may = date(2024, 5, 1)
    assert found == {
        (made["0301"].pk, may): Decimal("1234.5"),
        (made["4601"].pk, may): 10,
        (made["1507"].pk, date(2023, 5, 1)): 12,
        (made["1580"].pk, may): 14,
        (made["4601"].pk, date(2019, 5, 1)): 15,
        (made["1508"].pk, date(2024, 6, 1)): Decimal("21.25"),
    }
    assert indicator.solution.usage_sources.get().municipality_column == "Nr."


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", ImportRefusal.EMPTY),
        (b"bare tekst", ImportRefusal.NO_HEADER),
        (b"PK\x03\x04 ikke en zip", ImportRefusal.NOT_A_WORKBOOK),
        (b"Kommunenr;M\xe5ned\r\n9001;2024-05\r\n", ImportRefusal.NO_COLUMN),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    content: bytes, refusal: ImportRefusal
) -> None:
    make.municipality(number="9001")
    _, source = measured()
    indicators.choose_columns(source=source, columns=COLUMNS, by=BY, at=AT)
    source.refresh_from_db()
    with pytest.raises(CannotImport) as told:
        read(source, content)
    assert told.value.refusal is refusal
    assert not UsageImport.objects.exists()


def test_what_is_received_is_read_once_and_then_not_kept() -> None:
    make.municipality(number="9001")
    _, source = measured()
    row = received(source, csv_of([("9001", "2024-05", "12")]))
    assert (row.state, row.read) == (ImportState.WAITING.value, 0)
    assert b"".join(queries.parts(row.pk)) == csv_of([("9001", "2024-05", "12")])
    for _ in range(2):
        imports.read(import_id=row.pk, on=ON, at=AT)
    row.refresh_from_db()
    assert (row.state, row.good, row.attempts) == (ImportState.READ.value, 1, 1)
    assert ImportedFigure.objects.count() == 1
    assert not row.parts.exists()


def test_a_file_in_many_parts_is_whole_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_PART", 7)
    make.municipality(number="9001")
    _, source = measured()
    content = csv_of([("9001", f"2024-{month:02}", str(month + 10)) for month in range(1, 13)])
    row = received(source, content)
    assert row.parts.count() == -(-len(content) // 7)
    imports.read(import_id=row.pk, on=ON, at=AT)
    row.refresh_from_db()
    assert (row.good, row.refused) == (12, 0)


def test_what_is_dropped_while_it_is_read_is_not_kept() -> None:
    place = make.municipality(number="9001")
    indicator, source = measured()
    row = received(source, csv_of([("9001", "2024-05", "12")]))
    assert usage.begin_to_read(import_id=row.pk, at=AT) is not None
    usage.drop(usage_import=row, by=BY, at=AT)
    figures = [Good(2, indicator.pk, place.pk, "2024-05-01", Decimal(12))]
    with pytest.raises(CannotImport) as told:
        usage.keep_read(import_id=row.pk, figures=figures, how_far=lambda: (0, 1), at=AT)
    usage.give_up(import_id=row.pk, refused=told.value, at=AT)
    row.refresh_from_db()
    assert (row.state, row.read, row.refusal) == (ImportState.DROPPED.value, 0, "")
    assert not ImportedFigure.objects.exists()


def test_what_takes_its_reader_down_is_tried_five_times() -> None:
    make.municipality(number="9001")
    _, source = measured()
    row = received(source, csv_of([("9001", "2024-05", "12")]))
    for hour in range(MOST_ATTEMPTS):
        begun = usage.begin_to_read(import_id=row.pk, at=AT + timedelta(hours=hour))
        assert begun is not None
    # The last attempt was just now: it may still be at work.
    imports.finish_waiting(on=ON, at=AT + timedelta(hours=hour))
    row.refresh_from_db()
    assert (row.state, row.attempts) == (ImportState.WAITING.value, MOST_ATTEMPTS)
    imports.finish_waiting(on=ON, at=AT + timedelta(hours=hour, minutes=2))
    row.refresh_from_db()
    assert (row.state, row.refusal) == (ImportState.FAILED.value, ImportRefusal.GIVEN_UP.value)
    assert not row.parts.exists()


def test_the_database_refuses_two_standing_figures() -> None:
    make.municipality(number="9001")
    _, source = measured()
    taken_in(source, csv_of([("9001", "2024-05", "12")]))
    one = Observation.objects.get()
    one.pk = None
    with pytest.raises(IntegrityError, match="observation_one_stands"), transaction.atomic():
        one.save(force_insert=True)


@pytest.mark.parametrize("seed", range(6))
def test_sums_equal_a_recount_after_any_imports_undos_and_a_merge(seed: int) -> None:
    random = Random(seed)
    merged_on = date(2024, 2, 1)
    numbers = [f"{9001 + index}" for index in range(5)]
    places = {
        number: make.municipality(
            number=number, valid_to=merged_on if number == "9001" else None
        ).pk
        for number in numbers
    }
    CodeChange.objects.create(
        old_number="9001", new_number="9002", happened_on=merged_on, kind=ChangeKind.MERGED.value
    )
    indicator, source = measured(kind=IndicatorKind.PEOPLE)
    brought: dict[tuple[int, date], list[Brought]] = {}
    rows: list[UsageImport] = []
    gone: set[int] = set()
    for step in range(12):
        at = AT + timedelta(minutes=step)
        standing = [row for row in rows if row.pk not in gone]
        if standing and random.random() < 0.4:
            row = random.choice(standing)
            usage.ask_to_undo(usage_import=row, by=BY, at=at)
            usage.undo(import_id=row.pk, at=at)
            gone.add(row.pk)
        else:
            chosen = random.sample(
                [(number, month) for number in numbers for month in (1, 2, 3)], k=6
            )
            values = {key: random.choice([1, 7, 8, 30]) for key in chosen}
            known = _standing(brought, gone, rows)
            row = taken_in(
                source,
                csv_of((n, f"2024-{m:02}", str(v)) for (n, m), v in values.items()),
                at=at,
            )
            said: dict[tuple[int, date], set[Figure]] = {}
            for (number, month), value in values.items():
                month_ = date(2024, month, 1)
                place = "9002" if number == "9001" and month_ >= merged_on else number
                figure = TOO_FEW if value < 5 else Figure(Decimal(value))
                said.setdefault((places[place], month_), set()).add(figure)
            for key, figures in said.items():
                if len(figures) == 1 and known.get(key) not in figures:
                    # An import owns what it changed; two figures for one are none.
                    brought.setdefault(key, []).append(Brought(row.pk, next(iter(figures))))
            rows.append(row)
        now = {
            (one.municipality_id, one.period_start): Figure(one.value, one.suppressed)
            for one in Observation.objects.known_at(None)
        }
        assert now == _standing(brought, gone, rows)
        assert _kept(indicator) == _recounted(indicator)


def _standing(
    brought: dict[tuple[int, date], list[Brought]], undone: set[int], rows: list[UsageImport]
) -> dict[tuple[int, date], Figure]:
    place = {row.pk: index for index, row in enumerate(rows)}
    found = {
        key: counting(
            Brought(place[one.order], one.figure, undone=one.order in undone) for one in several
        )
        for key, several in brought.items()
    }
    return {key: figure for key, figure in found.items() if figure is not None}


def _kept(indicator: Indicator) -> dict[date, tuple[int, int, Decimal]]:
    rows = IndicatorPeriod.objects.filter(indicator=indicator)
    return {one.period_start: (one.measured, one.hidden, one.total) for one in rows}


def _recounted(indicator: Indicator) -> dict[date, tuple[int, int, Decimal]]:
    rows = (
        Observation.objects.known_at(None)
        .filter(indicator=indicator)
        .values_list("period_start")
        .annotate(
            known=Count("value"), few=Count("pk", filter=Q(suppressed=True)), sum=Sum("value")
        )
    )
    return {start: (known, few, total or Decimal(0)) for start, known, few, total in rows}

"""What became of every number since 2017, held against an independent list."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from samlop.municipalities.rules.codes import (
    Change,
    CodePeriod,
    Fact,
    History,
    Outcome,
    additions,
    county_runs,
    kinds_of_changes,
    resolve,
)
from samlop.municipalities.rules.kinds import ChangeKind

DATA = Path(__file__).parents[2] / "samlop" / "municipalities" / "data"
CODE_MAP = Path(__file__).parents[1] / "data" / "code_map_2024.csv"
TODAY = date(2026, 11, 22)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def first_day(text: str) -> date:
    return date.fromisoformat(text)


def codes() -> list[CodePeriod]:
    return [
        CodePeriod(
            municipality=row["municipality"],
            number=row["number"],
            name=row["name"],
            qualified_name=row["qualified_name"],
            official_name=row["official_name"],
            valid_from=first_day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
        )
        for row in rows(DATA / "codes.csv")
    ]


def changes() -> list[Change]:
    return [
        Change(
            row["old_number"],
            row["new_number"],
            first_day(row["happened_on"]),
            ChangeKind(row["kind"]),
        )
        for row in rows(DATA / "changes.csv")
    ]


@cache
def norway() -> History:
    facts = [
        Fact(row["old_number"], row["new_number"], first_day(row["holds_from"]))
        for row in rows(DATA / "successor_facts.csv")
    ]
    return history_of(codes(), changes(), facts)


def history_of(periods: list[CodePeriod], changes: list[Change], facts: list[Fact]) -> History:
    return History.of(
        [(code.number, code.valid_from, code.valid_to) for code in periods], changes, facts
    )


def period(number: str, start: str, end: str = "", municipality: str = "a") -> CodePeriod:
    return CodePeriod(
        municipality=municipality,
        number=number,
        name=number,
        qualified_name=number,
        official_name=number,
        valid_from=first_day(start),
        valid_to=day(end),
    )


def expected() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows(CODE_MAP):
        if row["number_2024"]:
            found.setdefault(row["old_number"], set()).add(row["number_2024"])
    return found


def test_the_code_map_holds_every_number_in_use_before_2024() -> None:
    in_use = {code.number for code in codes() if code.valid_from < date(2024, 1, 1)}
    assert set(expected()) == in_use
    assert len(in_use) == 720


@pytest.mark.parametrize("number", sorted(expected()))
def test_every_code_since_2017_becomes_what_the_code_map_says(number: str) -> None:
    found = resolve(number, on=TODAY, history=norway())
    assert set(found.numbers) == expected()[number]


@pytest.mark.parametrize(
    ("number", "on", "outcome", "numbers"),
    [
        # 1507 was divided; it was itself until then.
        ("1507", date(2024, 1, 1), Outcome.DIVIDED, ("1508", "1580")),
        ("1507", date(2023, 12, 31), Outcome.VALID, ("1507",)),
        ("1507", date(2019, 12, 31), Outcome.NOT_YET, ()),
        # The five that went through 1507: chain until 2024, sourced fact after.
        ("1534", date(2022, 6, 1), Outcome.SUCCEEDED, ("1507",)),
        ("1534", date(2024, 1, 1), Outcome.SUCCEEDED, ("1580",)),
        ("1504", TODAY, Outcome.SUCCEEDED, ("1508",)),
        ("1523", TODAY, Outcome.SUCCEEDED, ("1508",)),
        ("1529", TODAY, Outcome.SUCCEEDED, ("1508",)),
        ("1546", TODAY, Outcome.SUCCEEDED, ("1508",)),
        # Mergers in which one keeps its number.
        ("1103", TODAY, Outcome.VALID, ("1103",)),
        ("1141", TODAY, Outcome.SUCCEEDED, ("1103",)),
        ("1142", TODAY, Outcome.SUCCEEDED, ("1103",)),
        ("5001", TODAY, Outcome.VALID, ("5001",)),
        ("5030", TODAY, Outcome.SUCCEEDED, ("5001",)),
        ("0704", date(2019, 12, 31), Outcome.VALID, ("0704",)),
        ("0704", TODAY, Outcome.SUCCEEDED, ("3905",)),
        # Three numbers in a row.
        ("0101", date(2018, 1, 1), Outcome.VALID, ("0101",)),
        ("0101", date(2020, 1, 1), Outcome.SUCCEEDED, ("3001",)),
        ("0101", TODAY, Outcome.SUCCEEDED, ("3101",)),
        # Divided before.
        ("1850", TODAY, Outcome.DIVIDED, ("1806", "1875")),
        ("5012", TODAY, Outcome.DIVIDED, ("5055", "5056", "5059")),
        # Ended on the first day we know: only the change list remembers them.
        ("0720", date(2018, 1, 1), Outcome.DIVIDED, ("0704", "0710")),
        ("0706", TODAY, Outcome.SUCCEEDED, ("3907",)),
        # Nothing is guessed backwards, and nothing is known before 2017.
        ("3101", date(2020, 1, 1), Outcome.NOT_YET, ()),
        ("0101", date(2016, 12, 31), Outcome.BEFORE_OUR_TIME, ()),
        ("0706", date(2016, 12, 31), Outcome.BEFORE_OUR_TIME, ()),
        ("9999", TODAY, Outcome.UNKNOWN_NUMBER, ()),
        ("", TODAY, Outcome.UNKNOWN_NUMBER, ()),
    ],
)
def test_what_a_number_stands_for(
    number: str, on: date, outcome: Outcome, numbers: tuple[str, ...]
) -> None:
    found = resolve(number, on=on, history=norway())
    assert (found.outcome, found.numbers) == (outcome, numbers)


def test_a_number_that_ended_without_a_change_has_no_successor() -> None:
    history = history_of([period("0001", "2017-01-01", "2020-01-01")], [], [])
    found = resolve("0001", on=TODAY, history=history)
    assert (found.outcome, found.ended_on) == (Outcome.NO_SUCCESSOR, date(2020, 1, 1))


def test_a_number_that_only_the_change_list_knows_is_followed_through_others_like_it() -> None:
    history = history_of(
        [period("0003", "2024-01-01")],
        [
            Change("0001", "0002", date(2020, 1, 1), ChangeKind.RENUMBERED),
            Change("0002", "0003", date(2024, 1, 1), ChangeKind.RENUMBERED),
        ],
        [],
    )
    assert resolve("0001", on=TODAY, history=history).numbers == ("0003",)
    assert resolve("0001", on=date(2022, 1, 1), history=history).numbers == ()


def test_a_change_from_before_our_lists_is_followed_until_they_begin() -> None:
    history = history_of(
        [period("0002", "2019-01-01", "2020-01-01"), period("0003", "2020-01-01", "", "b")],
        [
            Change("0001", "0002", date(2018, 1, 1), ChangeKind.RENUMBERED),
            Change("0002", "0003", date(2020, 1, 1), ChangeKind.MERGED),
        ],
        [],
    )
    assert resolve("0001", on=date(2018, 6, 1), history=history).numbers == ()
    assert resolve("0001", on=date(2019, 6, 1), history=history).numbers == ("0002",)
    assert resolve("0001", on=TODAY, history=history).numbers == ("0003",)


def test_a_boundary_adjustment_moves_no_number() -> None:
    history = history_of(
        [period("3118", "2024-01-01"), period("3207", "2024-01-01", municipality="b")],
        [Change("3118", "3207", date(2026, 1, 1), ChangeKind.SPLIT)],
        [],
    )
    assert resolve("3118", on=TODAY, history=history).numbers == ("3118",)


def test_a_fact_does_not_touch_a_later_use_of_the_same_number() -> None:
    history = history_of(
        [
            period("0001", "2017-01-01", "2020-01-01"),
            period("0001", "2025-01-01", "2026-01-01", "b"),
            period("0002", "2017-01-01", municipality="c"),
            period("0003", "2017-01-01", municipality="d"),
        ],
        [Change("0001", "0003", date(2026, 1, 1), ChangeKind.MERGED)],
        [Fact("0001", "0002", date(2020, 1, 1))],
    )
    assert resolve("0001", on=date(2021, 1, 1), history=history).numbers == ("0002",)
    assert resolve("0001", on=TODAY, history=history).numbers == ("0003",)


def test_the_kinds_of_our_change_list_follow_from_its_numbers() -> None:
    by_day: dict[date, list[Change]] = {}
    for change in changes():
        by_day.setdefault(change.happened_on, []).append(change)
    for lines in by_day.values():
        kinds = kinds_of_changes((line.old_number, line.new_number) for line in lines)
        assert {(line.old_number, line.new_number): line.kind for line in lines} == kinds


def test_a_change_of_name_alone_is_no_change_of_number() -> None:
    assert kinds_of_changes([("5025", "5025")]) == {("5025", "5025"): None}


@pytest.mark.parametrize(
    ("known", "wanted", "create", "end"),
    [
        # Nothing known, everything known.
        ([], [period("1", "2017-01-01")], [period("1", "2017-01-01")], []),
        ([period("1", "2017-01-01")], [period("1", "2017-01-01")], [], []),
        # The days before what is known.
        (
            [period("1", "2020-01-01")],
            [period("1", "2017-01-01")],
            [period("1", "2017-01-01", "2020-01-01")],
            [],
        ),
        # A new number that is not known yet.
        (
            [period("1", "2017-01-01")],
            [period("1", "2017-01-01", "2024-01-01"), period("2", "2024-01-01")],
            [period("2", "2024-01-01")],
            [(period("1", "2017-01-01"), date(2024, 1, 1))],
        ),
        # A later change than the one who asks knows of is left alone.
        (
            [period("1", "2017-01-01", "2028-01-01"), period("2", "2028-01-01")],
            [period("1", "2017-01-01")],
            [],
            [],
        ),
        ([period("1", "2017-01-01", "2028-01-01")], [period("1", "2017-01-01")], [], []),
        # A hole in the middle.
        (
            [period("1", "2017-01-01", "2018-01-01"), period("1", "2019-01-01")],
            [period("1", "2017-01-01")],
            [period("1", "2018-01-01", "2019-01-01")],
            [],
        ),
    ],
)
def test_what_is_added_to_known_periods(
    known: list[CodePeriod],
    wanted: list[CodePeriod],
    create: list[CodePeriod],
    end: list[tuple[CodePeriod, date]],
) -> None:
    found = additions(known, wanted)
    assert (list(found.create), list(found.end)) == (create, end)


def test_a_municipality_belongs_to_the_county_its_number_says() -> None:
    found = county_runs(code for code in codes() if code.municipality == "3101")
    assert [(county, run.valid_from.year) for county, run in found] == [
        ("01", 2017),
        ("30", 2020),
        ("31", 2024),
    ]


def test_a_new_name_does_not_break_the_time_in_a_county() -> None:
    found = county_runs(code for code in codes() if code.municipality == "5001")
    assert [(county, run.valid_from, run.valid_to) for county, run in found] == [
        ("16", date(2017, 1, 1), date(2018, 1, 1)),
        ("50", date(2018, 1, 1), None),
    ]

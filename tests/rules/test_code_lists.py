"""What a list of municipalities would change, in a country of a few."""

from datetime import date

import pytest

from samlop.municipalities.rules.code_lists import (
    Diff,
    DiffKind,
    DiffRefusal,
    Listed,
    ListedChange,
    compare,
    norwegian_name,
    same_name,
)
from samlop.municipalities.rules.codes import Change, CodePeriod
from samlop.municipalities.rules.kinds import ChangeKind

START = date(2020, 1, 1)
DAY = date(2028, 1, 1)


def period(
    number: str, name: str = "", *, pk: int = 0, start: date = START, end: date | None = None
) -> CodePeriod:
    name = name or f"By{number[1:]}"
    official = name.partition(" (")[0]
    return CodePeriod(
        municipality=pk or int(number),
        number=number,
        name=official.split(" - ")[-1],
        qualified_name=name.split(" - ")[-1],
        official_name=official,
        valid_from=start,
        valid_to=end,
    )


def diff(
    known: list[CodePeriod],
    listed: list[tuple[str, str]],
    changes: list[tuple[str, str, str]] = [],  # noqa: B006 - never changed
    *,
    known_changes: list[Change] = [],  # noqa: B006 - never changed
    foreign: frozenset[str] = frozenset(),
    day: date = DAY,
) -> Diff:
    return compare(
        periods=known,
        known_changes=known_changes,
        listed=[Listed(number, name, row) for row, (number, name) in enumerate(listed, start=1)],
        changes=[
            ListedChange(old, new, name, day, row)
            for row, (old, new, name) in enumerate(changes, start=1)
        ],
        valid_from=day,
        foreign=foreign,
    )


def happened(found: Diff) -> list[tuple[DiffKind, list[str], list[str]]]:
    return [
        (row.kind, [old.number for old in row.old], [new.number for new in row.new])
        for row in found.rows
    ]


TWO = [period("0101"), period("0102")]


def test_the_same_list_changes_nothing() -> None:
    found = diff(TWO, [("0101", "By101"), ("0102", "By102")])
    assert found.is_empty
    assert (found.unchanged, found.refusal) == (2, None)


def test_on_nothing_all_is_new() -> None:
    found = diff([], [("0101", "By101")])
    assert happened(found) == [(DiffKind.NEW, [], ["0101"])]
    assert found.refusal is None
    assert [code.valid_from for code in found.writes.create] == [DAY]


def test_a_new_number_alone_is_the_same_municipality() -> None:
    found = diff(TWO, [("0101", "By101"), ("0202", "By102")], [("0102", "0202", "By102")])
    assert happened(found) == [(DiffKind.RENUMBERED, ["0102"], ["0202"])]
    (code,) = found.writes.create
    assert (code.municipality, code.number, code.valid_from) == (102, "0202", DAY)
    assert found.writes.end == ((TWO[1], DAY),)
    assert not found.writes.departures
    assert not found.writes.arrivals
    assert found.writes.changes == (Change("0102", "0202", DAY, ChangeKind.RENUMBERED),)


def test_those_that_merge_into_a_new_number_end() -> None:
    found = diff(TWO, [("0103", "By103")], [("0101", "0103", "By103"), ("0102", "0103", "By103")])
    assert happened(found) == [(DiffKind.MERGED, ["0101", "0102"], ["0103"])]
    assert found.writes.departures == ((101, DAY), (102, DAY))
    (arrival,) = found.writes.arrivals
    assert arrival.predecessors == (101, 102)


@pytest.mark.parametrize("said", [True, False])
def test_the_one_that_keeps_its_number_in_a_merger_goes_on(said: bool) -> None:
    changes = [("0102", "0101", "By101")] + ([("0101", "0101", "By101")] if said else [])
    found = diff(TWO, [("0101", "By101")], changes)
    assert happened(found) == [(DiffKind.MERGED, ["0101", "0102"], ["0101"])]
    assert found.writes.departures == ((102, DAY),)
    assert not found.writes.arrivals
    assert not found.writes.create


def test_a_split_gives_two_new_ones() -> None:
    found = diff(
        TWO,
        [("0101", "By101"), ("0103", "By103"), ("0104", "By104")],
        [("0102", "0103", "By103"), ("0102", "0104", "By104")],
    )
    assert happened(found) == [(DiffKind.SPLIT, ["0102"], ["0103", "0104"])]
    assert found.writes.departures == ((102, DAY),)
    assert [arrival.predecessors for arrival in found.writes.arrivals] == [(102,), (102,)]


@pytest.mark.parametrize("said", [True, False])
def test_one_that_gives_a_part_away_and_keeps_its_number_goes_on(said: bool) -> None:
    changes = [("0102", "0103", "By103")] + ([("0102", "0102", "By102")] if said else [])
    found = diff(TWO, [("0101", "By101"), ("0102", "By102"), ("0103", "By103")], changes)
    assert found.rows[0].kind is DiffKind.SPLIT
    assert found.refusal is None
    assert found.writes.departures == ()
    assert [arrival.predecessors for arrival in found.writes.arrivals] == [(102,)]


@pytest.mark.parametrize("said", [True, False])
def test_land_that_moves_between_two_that_stay_is_no_change(said: bool) -> None:
    changes = [("0102", "0101", "By101")] + ([("0102", "0102", "By102")] if said else [])
    found = diff(TWO, [("0101", "By101"), ("0102", "By102")], changes)
    assert found.is_empty


def test_numbers_that_are_passed_on_the_same_day_are_kept_apart() -> None:
    found = diff(
        TWO,
        [("0102", "By101"), ("0103", "By102")],
        [("0101", "0102", "By101"), ("0102", "0103", "By102")],
    )
    assert happened(found) == [
        (DiffKind.RENUMBERED, ["0101"], ["0102"]),
        (DiffKind.RENUMBERED, ["0102"], ["0103"]),
    ]
    assert {(code.municipality, code.number) for code in found.writes.create} == {
        (101, "0102"),
        (102, "0103"),
    }


def test_a_new_name_starts_a_new_period() -> None:
    found = diff(TWO, [("0101", "By101"), ("0102", "Byen")], [("0102", "0102", "Byen")])
    assert happened(found) == [(DiffKind.RENAMED, ["0102"], ["0102"])]
    (code,) = found.writes.create
    assert (code.official_name, code.municipality) == ("Byen", 102)
    assert found.writes.end == ((TWO[1], DAY),)
    assert found.writes.changes == ()


def test_a_name_from_the_same_day_is_put_right_in_place() -> None:
    known = [period("0101", start=DAY)]
    found = diff(known, [("0101", "Byen")])
    assert not found.writes.create
    assert not found.writes.end
    ((before, after),) = found.writes.rename
    assert (before.official_name, after.official_name) == ("By101", "Byen")


def test_an_addition_that_tells_namesakes_apart_is_part_of_the_name() -> None:
    found = diff([period("0101", "Nes (Vest)")], [("0101", "Nes (Øst)")])
    assert found.writes.create[0].qualified_name == "Nes (Øst)"
    assert found.writes.create[0].official_name == "Nes"
    assert diff([period("0101", "Nes (Vest)")], [("0101", "Nes (Vest)")]).is_empty


def test_a_letter_that_the_list_cannot_write_is_no_new_name() -> None:
    assert same_name("Porsáŋgu", "Porsángu")
    known = [period("0101", "Porsáŋgu - Porsanger")]
    assert diff(known, [("0101", "Porsángu - Porsanger")]).is_empty
    found = diff(
        known, [("0201", "Porsángu - Porsanger")], [("0101", "0201", "Porsángu - Porsanger")]
    )
    assert found.writes.create[0].official_name == "Porsáŋgu - Porsanger"


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        ([("0101", "By101")], DiffKind.ENDED),
        ([("0101", "By101"), ("0102", "By102"), ("0103", "By103")], DiffKind.NEW),
    ],
)
def test_what_no_change_explains_is_shown_and_refused(
    listed: list[tuple[str, str]], kind: DiffKind
) -> None:
    found = diff(TWO, listed)
    assert [row.kind for row in found.rows] == [kind]
    assert found.refusal is DiffRefusal.UNEXPLAINED


def test_an_older_list_than_what_is_known_can_only_be_compared() -> None:
    known = [period("0101", end=date(2030, 1, 1)), period("0101", "Ny", start=date(2030, 1, 1))]
    assert diff(known, [("0101", "By101")]).refusal is None
    assert diff(known, [("0101", "Byen")]).refusal is DiffRefusal.OLDER_THAN_KNOWN


def test_changes_that_are_known_are_not_followed_again() -> None:
    known = [period("0102", end=DAY), period("0202", pk=102, start=DAY)]
    found = diff(
        known,
        [("0202", "By202")],
        [("0102", "0202", "By202")],
        known_changes=[Change("0102", "0202", DAY, ChangeKind.RENUMBERED)],
    )
    assert found.is_empty


def test_a_change_of_before_our_time_is_remembered_and_nothing_else() -> None:
    found = diff([], [("0102", "By102")], [("0091", "0102", "By102")])
    assert happened(found) == [(DiffKind.NEW, [], ["0102"])]
    assert found.writes.changes == (Change("0091", "0102", DAY, ChangeKind.RENUMBERED),)


def test_changes_after_the_list_wait_for_the_next_list() -> None:
    found = compare(
        periods=TWO,
        known_changes=[],
        listed=[Listed("0101", "By101", 1), Listed("0102", "By102", 2)],
        changes=[ListedChange("0102", "0202", "By102", date(2030, 1, 1), 1)],
        valid_from=DAY,
        foreign=frozenset(),
    )
    assert found.is_empty


def test_several_years_are_followed_in_order() -> None:
    found = compare(
        periods=TWO,
        known_changes=[],
        listed=[Listed("0301", "By301", 1), Listed("0302", "By302", 2), Listed("0101", "By101", 3)],
        changes=[
            ListedChange("0202", "0301", "By301", date(2026, 1, 1), 2),
            ListedChange("0202", "0302", "By302", date(2026, 1, 1), 3),
            ListedChange("0102", "0202", "By202", date(2024, 1, 1), 1),
        ],
        valid_from=DAY,
        foreign=frozenset(),
    )
    assert happened(found) == [
        (DiffKind.RENUMBERED, ["0102"], ["0202"]),
        (DiffKind.SPLIT, ["0202"], ["0301", "0302"]),
    ]
    (between, *_) = found.writes.create
    assert (between.municipality, between.number) == (102, "0202")
    assert (between.valid_from, between.valid_to) == (date(2024, 1, 1), date(2026, 1, 1))
    assert found.writes.departures == ((102, date(2026, 1, 1)),)
    assert found.refusal is None


@pytest.mark.parametrize(
    ("official", "foreign", "known", "name"),
    [
        ("Oslo", set(), set(), "Oslo"),
        ("Rana - Raane", set(), {"Rana"}, "Rana"),
        ("Raane - Rana", {"Raane"}, set(), "Rana"),
        ("Gáivuotna - Kåfjord - Kaivuono", {"Gáivuotna", "Kaivuono"}, set(), "Kåfjord"),
        # Not settled: the whole name rather than a guess.
        ("Aa - Bb", set(), set(), "Aa - Bb"),
        ("Aa - Bb", {"Aa", "Bb"}, set(), "Aa - Bb"),
    ],
)
def test_the_norwegian_one_of_several_names(
    official: str, foreign: set[str], known: set[str], name: str
) -> None:
    assert norwegian_name(official, foreign, known) == name


def test_the_fingerprint_is_the_states_not_the_orders() -> None:
    one = diff(TWO, [("0101", "By101"), ("0102", "By102")])
    other = diff(TWO[::-1], [("0101", "By101"), ("0102", "By102")])
    renamed = diff([TWO[0], period("0102", "X")], [("0101", "By101"), ("0102", "X")])
    assert one.fingerprint == other.fingerprint != renamed.fingerprint

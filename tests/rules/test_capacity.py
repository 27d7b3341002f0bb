"""Hours, blackouts, levels and quarters, case by case; docs/domain/capacity.md has the words."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from samlop.lib.quarters import Quarter
from samlop.municipalities.rules.capacity import (
    DRAWS_ON,
    SOME_HOURS,
    CapacityRefusal,
    Level,
    LocalRole,
    Period,
    SizeClass,
    blocked_days,
    capacity,
    estimated_hours,
    first_overlap,
    hours_left,
    level,
    quarterly,
    quarters_asked,
    quarters_from,
    refusal_of_blackout,
    refusal_of_hours,
    refusal_of_quarter,
    role_level,
    size_class,
)
from samlop.municipalities.rules.kinds import CapacityRole, Room

TODAY = date(2027, 5, 20)
Q2 = Quarter(2027, 2)
Q3 = Quarter(2027, 3)
LEADER, IT = CapacityRole.HEALTH_LEADER, CapacityRole.IT
SUPER_USER, EPJ = CapacityRole.SUPER_USER, CapacityRole.EPJ_MANAGER


@pytest.mark.parametrize(
    ("inhabitants", "size"),
    [
        (3_000, SizeClass.UNDER_5000),
        (None, SizeClass.UNDER_2000),
        (0, SizeClass.UNDER_2000),
        (1_999, SizeClass.UNDER_2000),
        (2_000, SizeClass.UNDER_5000),
        (4_999, SizeClass.UNDER_5000),
        (5_000, SizeClass.UNDER_10000),
        (10_000, SizeClass.UNDER_20000),
        (20_000, SizeClass.UNDER_50000),
        (50_000, SizeClass.UNDER_100000),
        (99_999, SizeClass.UNDER_100000),
        (100_000, SizeClass.FROM_100000),
        (717_710, SizeClass.FROM_100000),
    ],
)
def test_size_class(inhabitants: int | None, size: SizeClass) -> None:
    assert size_class(inhabitants) is size


@pytest.mark.parametrize(
    ("room", "hours"),
    [
        # The worked example: 3 000 inhabitants and «litt» is 45 hours, one ordinary introduction.
        (Room.SOME, {LEADER: 8, IT: 10, SUPER_USER: 15, EPJ: 12}),
        (Room.PLENTY, {LEADER: 16, IT: 20, SUPER_USER: 30, EPJ: 24}),
        (Room.FULL, {LEADER: 0, IT: 0, SUPER_USER: 0, EPJ: 0}),
    ],
)
def test_estimated_hours_of_a_municipality_of_3000(
    room: Room, hours: Mapping[CapacityRole, int]
) -> None:
    assert estimated_hours(room, size_class(3_000)) == hours


def test_the_sums_of_the_table_are_those_of_the_documentation() -> None:
    assert [sum(SOME_HOURS[size].values()) for size in SizeClass] == [
        30, 45, 70, 110, 185, 320, 625,
    ]  # fmt: skip


def test_no_role_of_a_larger_municipality_is_estimated_lower() -> None:
    for smaller, larger in zip(list(SizeClass), list(SizeClass)[1:], strict=False):
        for role in CapacityRole:
            assert SOME_HOURS[smaller][role] <= SOME_HOURS[larger][role]


@pytest.mark.parametrize(
    ("periods", "days"),
    [
        ((), 0),
        ((Period(date(2027, 5, 1), date(2027, 5, 11)),), 10),
        ((Period(date(2027, 3, 20), date(2027, 4, 11)),), 10),
        ((Period(date(2027, 6, 26), date(2027, 9, 1)),), 5),
        ((Period(date(2027, 1, 1), date(2028, 1, 1)),), 91),
        ((Period(date(2027, 1, 1), date(2027, 4, 1)),), 0),
        ((Period(date(2027, 7, 1), date(2027, 8, 1)),), 0),
        (
            (
                Period(date(2027, 4, 1), date(2027, 4, 2)),
                Period(date(2027, 6, 30), date(2027, 7, 2)),
            ),
            2,
        ),
    ],
)
def test_blocked_days(periods: Sequence[Period], days: int) -> None:
    assert blocked_days(Q2, periods) == days


@pytest.mark.parametrize(
    ("hours", "blackout", "left"),
    [
        (45, None, 45),
        # 91 days, 30 of them blocked: 45 × 61 / 91 = 30.2.
        (45, Period(date(2027, 6, 1), date(2027, 7, 1)), 30),
        (45, Period(date(2027, 4, 1), date(2027, 7, 1)), 0),
        # To the nearest hour: 46 of 91 days open is more than half, 45 is less.
        (1, Period(date(2027, 4, 1), date(2027, 5, 16)), 1),
        (1, Period(date(2027, 4, 1), date(2027, 5, 17)), 0),
    ],
)
def test_hours_left_after_a_blackout(hours: int, blackout: Period | None, left: int) -> None:
    assert hours_left(hours, Q2, [blackout] if blackout else []) == left


def test_exactly_half_an_hour_is_rounded_upwards() -> None:
    half_of_q3 = Period(date(2027, 7, 1), date(2027, 8, 16))
    assert half_of_q3.days * 2 == Period.of(Q3).days
    assert hours_left(1, Q3, [half_of_q3]) == 1


def test_hours_the_municipality_gave_win_over_the_estimate_role_by_role() -> None:
    answer = capacity(Q2, room=Room.FULL, inhabitants=3_000, own_hours={IT: 40}, blackouts=())

    assert (answer[IT].hours, answer[IT].is_estimate) == (40, False)
    assert (answer[LEADER].hours, answer[LEADER].is_estimate) == (0, True)


def test_a_quarter_without_an_answer_counts_as_some_room() -> None:
    answer = capacity(Q2, room=None, inhabitants=3_000, own_hours={}, blackouts=())

    assert sum(role.hours for role in answer.values()) == 45
    assert all(role.is_estimate for role in answer.values())


def test_a_blackout_takes_its_share_of_own_hours_and_of_estimates() -> None:
    answer = capacity(
        Q2,
        room=Room.SOME,
        inhabitants=3_000,
        own_hours={IT: 40},
        blackouts=iter([Period(date(2027, 6, 1), date(2027, 7, 1))]),
    )

    assert (answer[IT].hours, answer[IT].undisturbed) == (27, 40)
    assert (answer[SUPER_USER].hours, answer[SUPER_USER].undisturbed) == (10, 15)


def test_a_month_of_blackout_as_the_documentation_tells_it() -> None:
    answer = capacity(
        Q2,
        room=Room.SOME,
        inhabitants=3_000,
        own_hours={},
        blackouts=[Period(date(2027, 6, 1), date(2027, 7, 1))],
    )
    assert {role: one.hours for role, one in answer.items()} == {
        LEADER: 5,
        IT: 7,
        SUPER_USER: 10,
        EPJ: 8,
    }


@pytest.mark.parametrize(
    ("load", "hours", "expected"),
    [
        ("0", 10, Level.LOW),
        ("0", 0, Level.LOW),
        ("0.1", 0, Level.HIGH),
        ("4.9", 10, Level.LOW),
        ("5", 10, Level.MEDIUM),
        ("8.9", 10, Level.MEDIUM),
        ("9", 10, Level.HIGH),
        ("30", 10, Level.HIGH),
    ],
)
def test_level_of_a_role(load: str, hours: int, expected: Level) -> None:
    assert role_level(Decimal(load), hours) is expected


@pytest.mark.parametrize(
    ("load", "hours", "expected"),
    [
        ({}, {LEADER: 8, IT: 10, SUPER_USER: 15, EPJ: 12}, Level.LOW),
        ({IT: 6}, {LEADER: 8, IT: 10, SUPER_USER: 15, EPJ: 12}, Level.MEDIUM),
        # The fullest role decides, however idle the others are.
        ({IT: 6, EPJ: 12}, {LEADER: 8, IT: 10, SUPER_USER: 15, EPJ: 12}, Level.HIGH),
        # A role that gives no hours and is asked for none does not count.
        ({EPJ: 6}, {LEADER: 8, IT: 0, SUPER_USER: 15, EPJ: 12}, Level.MEDIUM),
        ({}, {LEADER: 0, IT: 0, SUPER_USER: 0, EPJ: 0}, Level.HIGH),
    ],
)
def test_level_of_a_municipality(
    load: Mapping[CapacityRole, int], hours: Mapping[CapacityRole, int], expected: Level
) -> None:
    assert level({role: Decimal(asked) for role, asked in load.items()}, hours) is expected


def test_every_local_role_draws_on_somebodys_hours() -> None:
    assert set(DRAWS_ON) == set(LocalRole)


@pytest.mark.parametrize(
    ("monthly", "starts_on", "sums"),
    [
        ([], date(2027, 5, 20), {}),
        ([10], date(2027, 5, 20), {Quarter(2027, 2): 10}),
        ([10, 20, 5], date(2027, 5, 20), {Quarter(2027, 2): 30, Quarter(2027, 3): 5}),
        ([1, 2, 3, 4], date(2027, 11, 1), {Quarter(2027, 4): 3, Quarter(2028, 1): 7}),
        ([0, 0, 6], date(2027, 12, 31), {Quarter(2028, 1): 6}),
        ([1] * 14, date(2027, 1, 1), {Quarter(2027, 1).plus(n): 3 for n in range(4)}
         | {Quarter(2028, 1): 2}),
    ],
)  # fmt: skip
def test_monthly_hours_are_summed_to_quarters(
    monthly: Sequence[int], starts_on: date, sums: Mapping[Quarter, int]
) -> None:
    assert quarterly([Decimal(hours) for hours in monthly], starts_on) == sums


def test_negative_hours_in_a_month_are_a_fault() -> None:
    with pytest.raises(ValueError, match="-1"):
        quarterly([Decimal(-1)], TODAY)


def test_the_quarters_shown_begin_with_the_current_one_and_those_asked_do_not() -> None:
    assert quarters_from(TODAY, 3) == (Q2, Q3, Quarter(2027, 4))
    assert quarters_asked(TODAY) == (Q3, Quarter(2027, 4))


@pytest.mark.parametrize(
    ("quarter", "refusal"),
    [
        (Quarter(2027, 1), CapacityRefusal.QUARTER_PAST),
        (Quarter(2027, 2), None),
        (Quarter(2029, 2), None),
        (Quarter(2029, 3), CapacityRefusal.QUARTER_TOO_FAR),
    ],
)
def test_refusal_of_quarter(quarter: Quarter, refusal: CapacityRefusal | None) -> None:
    assert refusal_of_quarter(quarter, on=TODAY) == refusal


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [
        (-1, CapacityRefusal.HOURS_OUT_OF_BOUNDS),
        (0, None),
        (2000, None),
        (2001, CapacityRefusal.HOURS_OUT_OF_BOUNDS),
    ],
)
def test_refusal_of_hours(hours: int, refusal: CapacityRefusal | None) -> None:
    assert refusal_of_hours(hours) == refusal


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "reason", "refusal"),
    [
        (date(2027, 6, 1), date(2027, 7, 1), "Bytte av EPJ", None),
        # The day it is registered may be its last.
        (date(2027, 5, 1), date(2027, 5, 21), "Valg", None),
        (date(2027, 5, 1), date(2027, 5, 20), "Valg", CapacityRefusal.PERIOD_PAST),
        (date(2027, 6, 1), date(2027, 6, 1), "Valg", CapacityRefusal.ENDS_BEFORE_IT_STARTS),
        (date(2027, 6, 1), date(2027, 5, 1), "Valg", CapacityRefusal.ENDS_BEFORE_IT_STARTS),
        (date(2027, 6, 1), date(2028, 6, 1), "Sammenslåing", None),
        (date(2027, 6, 1), date(2028, 6, 3), "Sammenslåing", CapacityRefusal.PERIOD_TOO_LONG),
        (date(2027, 6, 1), date(2027, 7, 1), "  ", CapacityRefusal.NO_REASON),
        (date(2027, 6, 1), date(2027, 7, 1), "x" * 201, CapacityRefusal.REASON_TOO_LONG),
    ],
)
def test_refusal_of_blackout(
    starts_on: date, ends_before: date, reason: str, refusal: CapacityRefusal | None
) -> None:
    assert refusal_of_blackout(Period(starts_on, ends_before), reason, on=TODAY) == refusal


def test_the_first_overlap_is_the_earliest_and_touching_is_none() -> None:
    may, june = (
        Period(date(2027, 5, 1), date(2027, 6, 1)),
        Period(date(2027, 6, 1), date(2027, 7, 1)),
    )

    assert first_overlap(Period(date(2027, 5, 15), date(2027, 8, 1)), [june, may]) == may
    assert first_overlap(Period(date(2027, 7, 1), date(2027, 8, 1)), [june, may]) is None
    assert may.last_day == date(2027, 5, 31)

"""The decision basis: what it must hold, hours in other sizes, roles, and how things stand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from samlop.lib.quarters import Quarter
from samlop.municipalities.rules.capacity import LocalRole, SizeClass
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.portfolio.rules.costs import Span
from samlop.portfolio.rules.readiness import Claim, Readiness
from samlop.rollouts.rules import basis as rules
from samlop.rollouts.rules.basis import (
    BasisFacts,
    BasisItem,
    BasisRefusal,
    PrerequisiteKind,
    PrerequisiteOwner,
    PrerequisiteStanding,
    RoleHours,
    Wished,
)
from samlop.rollouts.rules.rollouts import RolloutKind
from samlop.uptake.rules.stages import Stage

OWNER = RoleHours(role=LocalRole.PROJECT_OWNER, needed=True, monthly=(Decimal(4),))
COORDINATOR = RoleHours(
    role=LocalRole.COORDINATOR, needed=True, monthly=(Decimal(8), Decimal(6), Decimal(4))
)
AGENT = RoleHours(role=LocalRole.CHANGE_AGENT, needed=False, monthly=(Decimal(5),))
FULL = BasisFacts(
    kind=RolloutKind.NATION,
    what=True,
    gains=True,
    gains_source=True,
    prerequisites=3,
    no_prerequisites=False,
    has_cost=True,
    roles=(OWNER, COORDINATOR),
    cohorts=1,
    steps=2,
    consequence=True,
    has_leader=True,
)


def test_a_full_basis_lacks_nothing() -> None:
    assert rules.missing(FULL) == ()
    assert len(rules.items(RolloutKind.NATION)) == 11


@pytest.mark.parametrize(
    ("without", "item"),
    [
        ({"what": False}, BasisItem.WHAT),
        ({"gains": False}, BasisItem.GAINS),
        ({"gains_source": False}, BasisItem.GAINS_SOURCE),
        ({"prerequisites": 0}, BasisItem.PREREQUISITES),
        ({"has_cost": False}, BasisItem.COST),
        ({"roles": (OWNER, replace(COORDINATOR, monthly=()))}, BasisItem.HOURS),
        ({"roles": (OWNER,)}, BasisItem.ROLES),
        ({"roles": (OWNER, replace(COORDINATOR, needed=False))}, BasisItem.ROLES),
        ({"cohorts": 0}, BasisItem.COHORT),
        ({"steps": 1}, BasisItem.SCHEDULE),
        ({"consequence": False}, BasisItem.CONSEQUENCE),
        ({"has_leader": False}, BasisItem.LEADER),
    ],
)
def test_each_part_is_missed(without: dict[str, object], item: BasisItem) -> None:
    assert rules.missing(replace(FULL, **without)) == (item,)  # type: ignore[arg-type]


def test_what_is_missing_stands_in_the_order_it_is_read() -> None:
    lacking = replace(FULL, consequence=False, what=False, has_cost=False)
    assert rules.missing(lacking) == (BasisItem.WHAT, BasisItem.COST, BasisItem.CONSEQUENCE)


def test_that_nothing_is_required_must_be_said() -> None:
    assert rules.missing(replace(FULL, prerequisites=0, no_prerequisites=True)) == ()


def test_a_joint_process_needs_no_price() -> None:
    process = replace(FULL, kind=RolloutKind.PROCESS, has_cost=False)
    assert rules.missing(process) == ()
    assert BasisItem.COST not in rules.items(RolloutKind.PROCESS)


# --- prerequisites ---

AGREEMENT = Wished(
    kind=PrerequisiteKind.KS_AGREEMENT,
    title="Avtale",
    done_when="Signert",
    owner=PrerequisiteOwner.MUNICIPALITY,
    days_before=60,
)


@pytest.mark.parametrize(
    ("wished", "refusal"),
    [
        (AGREEMENT, None),
        (replace(AGREEMENT, title="  "), BasisRefusal.NO_TITLE),
        (replace(AGREEMENT, done_when=""), BasisRefusal.NO_DONE_WHEN),
        (replace(AGREEMENT, days_before=-1), BasisRefusal.BAD_DAYS),
        (replace(AGREEMENT, days_before=731), BasisRefusal.BAD_DAYS),
        (replace(AGREEMENT, days_before=730), None),
        (replace(AGREEMENT, kind=PrerequisiteKind.OTHER_SOLUTION), BasisRefusal.NO_SOLUTION),
        (
            replace(AGREEMENT, kind=PrerequisiteKind.OTHER_SOLUTION, solution=7),
            BasisRefusal.REQUIRES_ITSELF,
        ),
        (replace(AGREEMENT, kind=PrerequisiteKind.OTHER_SOLUTION, solution=8), None),
        (replace(AGREEMENT, kind=PrerequisiteKind.NAMED_ROLE), BasisRefusal.NO_ROLE),
        (replace(AGREEMENT, kind=PrerequisiteKind.NAMED_ROLE, role=LocalRole.IT), None),
    ],
)
def test_what_a_prerequisite_must_say(wished: Wished, refusal: BasisRefusal | None) -> None:
    assert rules.refusal_of_prerequisite(wished, rollouts_solution=7) is refusal


@pytest.mark.parametrize("kind", PrerequisiteKind)
def test_nobody_says_what_is_known_from_elsewhere(kind: PrerequisiteKind) -> None:
    known = kind in {PrerequisiteKind.SYSTEM_VERSION, PrerequisiteKind.OTHER_SOLUTION}
    expected = BasisRefusal.STANDS_BY_ITSELF if known else None
    assert rules.refusal_to_tell(kind, PrerequisiteStanding.MET) is expected


def test_not_known_is_nothing_to_say() -> None:
    refusal = rules.refusal_to_tell(PrerequisiteKind.LOCAL_DECISION, PrerequisiteStanding.UNKNOWN)
    assert refusal is BasisRefusal.NOT_A_STANDING


TODAY, BY = date(2027, 3, 14), date(2027, 7, 17)
RELEASED = Claim(state=Readiness.RELEASED, version="4.2", release_on=date(2027, 2, 1))
IN_TIME = Claim(state=Readiness.IN_TEST, release_on=date(2027, 6, 1))
TOO_LATE = Claim(state=Readiness.PLANNED, release_on=date(2027, 9, 1))
OVERDUE = Claim(state=Readiness.PLANNED, release_on=date(2027, 3, 1))
NO_DATE = Claim(state=Readiness.IN_DEVELOPMENT)
NEVER = Claim(state=Readiness.NOT_PLANNED)


@pytest.mark.parametrize(
    ("claims", "standing"),
    [
        ([], PrerequisiteStanding.UNKNOWN),
        ([None], PrerequisiteStanding.UNKNOWN),
        ([RELEASED], PrerequisiteStanding.MET),
        ([TOO_LATE, RELEASED], PrerequisiteStanding.MET),
        ([IN_TIME], PrerequisiteStanding.UNDER_WAY),
        ([TOO_LATE], PrerequisiteStanding.OPEN),
        ([OVERDUE], PrerequisiteStanding.OPEN),
        ([NO_DATE], PrerequisiteStanding.OPEN),
        ([NEVER, None], PrerequisiteStanding.OPEN),
    ],
)
def test_a_system_is_ready_when_one_product_in_use_is_released(
    claims: list[Claim | None], standing: PrerequisiteStanding
) -> None:
    assert rules.standing_of_system(claims, by=BY, on=TODAY) is standing


@pytest.mark.parametrize(
    ("agreed", "standing"),
    [
        ([], PrerequisiteStanding.OPEN),
        ([None], PrerequisiteStanding.OPEN),
        ([Stage.DECIDED], PrerequisiteStanding.UNDER_WAY),
        ([Stage.TECHNICALLY_INTRODUCED], PrerequisiteStanding.UNDER_WAY),
        ([Stage.DECIDED, Stage.IN_USE], PrerequisiteStanding.MET),
        ([Stage.ACTIVE_USE], PrerequisiteStanding.MET),
        ([Stage.STOPPED], PrerequisiteStanding.OPEN),
        ([Stage.SIGNED_UP], PrerequisiteStanding.UNDER_WAY),
        ([Stage.UNDER_WAY], PrerequisiteStanding.MET),
    ],
)
def test_another_solution_counts_when_it_is_in_use(
    agreed: list[Stage | None], standing: PrerequisiteStanding
) -> None:
    assert rules.standing_of_solution(agreed) is standing


def test_it_is_due_so_many_days_before_the_start() -> None:
    assert rules.due_by(date(2027, 8, 16), 60) == date(2027, 6, 17)


# --- hours and roles ---


@pytest.mark.parametrize(
    ("size", "hours"),
    [
        # The coordinator draws on the EPJ manager: 20 hours a quarter in 5 000 to 9 999.
        (SizeClass.UNDER_10000, ("8", "6", "4")),
        # 8 of 20.
        (SizeClass.UNDER_2000, ("3", "2.5", "1.5")),
        # 150 of 20.
        (SizeClass.FROM_100000, ("60", "45", "30")),
    ],
)
def test_hours_follow_the_size(size: SizeClass, hours: tuple[str, ...]) -> None:
    (one,) = rules.for_size([COORDINATOR], size)
    assert one.monthly == tuple(Decimal(word) for word in hours)


def test_what_is_asked_falls_in_the_quarters_of_its_months() -> None:
    asked = rules.asked([OWNER, COORDINATOR], date(2027, 8, 16))
    assert asked == {
        Quarter(2027, 3): {
            CapacityRole.HEALTH_LEADER: Decimal(4),
            CapacityRole.EPJ_MANAGER: Decimal(14),
        },
        Quarter(2027, 4): {CapacityRole.EPJ_MANAGER: Decimal(4)},
    }


def test_months_go_over_the_turn_of_the_year() -> None:
    assert rules.months_from(date(2027, 11, 15), 3) == (
        date(2027, 11, 1),
        date(2027, 12, 1),
        date(2028, 1, 1),
    )


@pytest.mark.parametrize(
    ("size", "alone"),
    [
        (SizeClass.UNDER_2000, {LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR}),
        (SizeClass.UNDER_5000, {LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR}),
        (
            SizeClass.UNDER_10000,
            {LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR, LocalRole.SUPER_USER},
        ),
    ],
)
def test_two_people_are_enough_under_5000(size: SizeClass, alone: set[LocalRole]) -> None:
    super_user = RoleHours(role=LocalRole.SUPER_USER, needed=True, monthly=(Decimal(9),))
    staffed = rules.staffing([AGENT, super_user, COORDINATOR, OWNER], size)
    assert [one.role for one in staffed] == [
        LocalRole.PROJECT_OWNER,
        LocalRole.COORDINATOR,
        LocalRole.CHANGE_AGENT,
        LocalRole.SUPER_USER,
    ]
    assert {one.role for one in staffed if one.alone} == alone


@pytest.mark.parametrize(
    ("monthly", "refused"),
    [([8, 6], False), ([-1], True), ([201], True), ([1] * 24, False), ([1] * 25, True)],
)
def test_hours_are_bounded(monthly: list[int], *, refused: bool) -> None:
    refusal = rules.refusal_of_hours([Decimal(hours) for hours in monthly])
    assert (refusal is BasisRefusal.BAD_HOURS) is refused


def test_the_nearest_come_first_also_far_north() -> None:
    # A degree of longitude is short in the north: 24 east is nearer than two degrees south.
    here = (70.0, 23.0)
    others = {1: (68.0, 23.0), 2: (70.0, 24.0), 3: (70.1, 23.0)}
    assert rules.nearest(here, others, count=2) == (3, 2)


@pytest.mark.parametrize(
    ("model", "disagrees"),
    [
        # The two of them take 22 hours; the adviser is not counted.
        (Span(0, 0), False),
        (Span(20, 30), False),
        (Span(22, 22), False),
        (Span(23, 40), True),
        (Span(5, 21), True),
    ],
)
def test_two_answers_about_hours_are_noticed(model: Span, *, disagrees: bool) -> None:
    assert rules.disagrees([OWNER, COORDINATOR, AGENT], model) is disagrees
    assert not rules.disagrees([], model)

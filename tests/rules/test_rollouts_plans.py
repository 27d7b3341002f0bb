"""A rollout from plan to end, what opening asks for, and what two rollouts take from each other."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from samlop.lib.quarters import Quarter
from samlop.rollouts.rules.rollouts import (
    NEEDS_REASON,
    NEXT,
    CollisionKind,
    Demand,
    Plan,
    RolloutKind,
    RolloutRefusal,
    RolloutState,
    TargetGroup,
    Wish,
    collisions,
    in_target,
    next_from,
    refusal_of,
    refusal_to_move,
    refusals_to_open,
)
from samlop.uptake.rules.stages import Stage

S = RolloutState
R = RolloutRefusal
K = RolloutKind


@pytest.mark.parametrize(("state", "wanted"), list(product(S, S)))
def test_only_the_steps_of_the_table_are_taken(state: S, wanted: S) -> None:
    refusal = refusal_to_move(state, wanted, reason="Fordi.", was_opened=True)
    assert (refusal is None) is (wanted in NEXT[state])


@pytest.mark.parametrize(
    ("came_from", "others"),
    [(S.OPEN, {S.OPEN}), (S.RUNNING, {S.RUNNING}), (None, {S.OPEN, S.RUNNING})],
)
def test_a_pause_ends_where_it_came_from(came_from: S | None, others: set[S]) -> None:
    assert next_from(S.PAUSED, came_from) == {*others, S.CANCELLED}
    moves = (
        refusal_to_move(S.PAUSED, to, reason="", was_opened=True, came_from=came_from)
        for to in (S.OPEN, S.RUNNING)
    )
    assert [refusal is None for refusal in moves] == [S.OPEN in others, S.RUNNING in others]


@pytest.mark.parametrize("wanted", sorted(NEEDS_REASON))
def test_pausing_and_cancelling_say_why(wanted: S) -> None:
    assert refusal_to_move(S.RUNNING, wanted, reason="", was_opened=True) is R.NO_REASON


@pytest.mark.parametrize(
    ("reason", "conclusion", "refusal"),
    [("", "", R.NOT_EVALUATED), ("For få kommuner.", "", None), ("", "Opplæring først.", None)],
)
def test_closing_takes_a_conclusion_or_why_there_is_none(
    reason: str, conclusion: str, refusal: R | None
) -> None:
    found = refusal_to_move(
        S.EVALUATING, S.CLOSED, reason=reason, was_opened=True, conclusion=conclusion
    )
    assert found is refusal


@pytest.mark.parametrize(
    ("kind", "plan", "refusals"),
    [
        (K.NATION, {}, ()),
        (K.REGION, {}, ()),
        (K.PROCESS, {"gate_opens": False, "shared": False, "announced": False}, ()),
        (K.NATION, {"gate_opens": False}, (R.GATE_CLOSED,)),
        (K.SHARED, {"shared": False}, (R.NOT_SHARED,)),
        (K.REGION, {"shared": False}, ()),
        (K.REGION, {"announced": False}, (R.NOT_ANNOUNCED,)),
        (K.NATION, {"announced": False}, ()),
        (K.REGION, {"gate_opens": False}, (R.GATE_CLOSED,)),
        (K.PROCESS, {"basis_complete": False}, (R.BASIS_INCOMPLETE,)),
        (
            K.NATION,
            {"has_leader": False, "cohorts": 0, "in_target": 0},
            (R.NO_LEADER, R.NO_COHORT, R.NOBODY_IN_TARGET),
        ),
    ],
)
def test_what_keeps_a_plan_from_opening(
    kind: K, plan: dict[str, bool | int], refusals: tuple[R, ...]
) -> None:
    assert refusals_to_open(replace(Plan(kind=kind), **plan)) == refusals  # type: ignore[arg-type]


FINE = Wish(
    name="Kjernejournal 2027",
    kind=K.NATION,
    is_process=False,
    region=None,
    expected=30,
    starts_on=date(2027, 8, 16),
    ends_on=date(2028, 3, 31),
)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"ends_on": None}, None),
        ({"name": ""}, R.NO_NAME),
        ({"kind": K.REGION}, R.NO_REGION),
        ({"kind": K.REGION, "region": 7}, None),
        ({"is_process": True}, R.PROCESS_ONLY),
        ({"kind": K.PROCESS}, R.NOT_A_PROCESS),
        ({"kind": K.PROCESS, "is_process": True}, None),
        ({"expected": 0}, R.NOBODY_EXPECTED),
        ({"ends_on": date(2027, 8, 15)}, R.ENDS_BEFORE_START),
    ],
)
def test_what_a_rollout_may_be(change: dict[str, object], refusal: R | None) -> None:
    assert refusal_of(replace(FINE, **change)) is refusal  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("group", "stage", "inside"),
    [
        (TargetGroup.NOT_INTRODUCED, None, True),
        (TargetGroup.NOT_INTRODUCED, Stage.PREPARED, True),
        (TargetGroup.NOT_INTRODUCED, Stage.TECHNICALLY_INTRODUCED, False),
        (TargetGroup.NOT_INTRODUCED, Stage.STOPPED, True),
        (TargetGroup.NOT_INTRODUCED, Stage.SIGNED_UP, True),
        (TargetGroup.NOT_INTRODUCED, Stage.UNDER_WAY, False),
        (TargetGroup.BOOST, None, False),
        (TargetGroup.BOOST, Stage.TECHNICALLY_INTRODUCED, True),
        (TargetGroup.BOOST, Stage.IN_USE, True),
        (TargetGroup.BOOST, Stage.ACTIVE_USE, False),
        (TargetGroup.EVERYBODY, Stage.BENEFIT_DOCUMENTED, True),
    ],
)
def test_whom_it_is_for(group: TargetGroup, stage: Stage | None, inside: bool) -> None:
    assert in_target(group, stage) is inside


ONE = Demand(
    rollout=1,
    solution=1,
    starts_on=date(2027, 4, 1),
    ends_on=date(2027, 9, 30),
    municipalities=frozenset({1, 2, 3}),
    vendors=frozenset({"Visma", "DIPS"}),
    needs_nhn=True,
)


def test_a_rollout_without_an_end_lasts_a_year() -> None:
    open_ended = replace(ONE, ends_on=None)
    assert open_ended.quarters == tuple(Quarter(2027, 2).plus(more) for more in range(4))


@pytest.mark.parametrize(
    ("other", "clashes"),
    [
        ({"solution": 1}, (CollisionKind.SAME_SOLUTION,)),
        ({"municipalities": frozenset({3, 4})}, (CollisionKind.MUNICIPALITIES,)),
        ({"vendors": frozenset({"Visma"})}, (CollisionKind.VENDORS,)),
        ({"needs_nhn": True}, (CollisionKind.NHN,)),
        ({}, ()),
        ({"solution": 1, "starts_on": date(2027, 10, 1)}, ()),
        ({"rollout": 1, "solution": 1}, ()),
    ],
)
def test_what_two_rollouts_take_from_each_other(
    other: dict[str, object], clashes: tuple[CollisionKind, ...]
) -> None:
    second = Demand(rollout=2, solution=2, starts_on=date(2027, 7, 1), ends_on=date(2027, 12, 31))
    found = collisions(ONE, [replace(second, **other)])  # type: ignore[arg-type]
    assert (found[0].clashes if found else ()) == clashes
    assert all(one.quarters == (Quarter(2027, 3),) for one in found)

"""What a rollout is, how far it has come, and what its next step needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from samlop.lib.quarters import Quarter
from samlop.uptake.rules.stages import Stage, has_reached


class RolloutKind(StrEnum):
    """A for the nation, B for a region, C for those with something in common; or a process."""

    NATION = "a"
    REGION = "b"
    SHARED = "c"
    PROCESS = "process"


class RolloutState(StrEnum):
    """How far a rollout has come."""

    PLANNING = "planning"
    OPEN = "open"
    RUNNING = "running"
    EVALUATING = "evaluating"
    CLOSED = "closed"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class TargetGroup(StrEnum):
    """Whom it is for, as a filter on the agreed stage."""

    NOT_INTRODUCED = "not_introduced"
    # «Bruksløft»: technically introduced, and not in active use.
    BOOST = "boost"
    EVERYBODY = "everybody"


class WorkFunction(StrEnum):
    """What somebody does in a rollout's working group."""

    LEADER = "leader"
    MEMBER = "member"


class ActorKind(StrEnum):
    """Who else must be ready for a municipality to begin."""

    HOSPITAL_TRUST = "hospital_trust"
    GENERAL_PRACTITIONERS = "general_practitioners"
    IT_COOPERATION = "it_cooperation"
    VENDOR = "vendor"
    NHN = "nhn"
    KS = "ks"
    OTHER = "other"


NEXT: Final[Mapping[RolloutState, frozenset[RolloutState]]] = {
    RolloutState.PLANNING: frozenset({RolloutState.OPEN, RolloutState.CANCELLED}),
    RolloutState.OPEN: frozenset(
        {RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.CANCELLED}
    ),
    RolloutState.RUNNING: frozenset(
        {RolloutState.EVALUATING, RolloutState.PAUSED, RolloutState.CANCELLED}
    ),
    RolloutState.EVALUATING: frozenset({RolloutState.RUNNING, RolloutState.CLOSED}),
    RolloutState.CLOSED: frozenset(),
    # Goes on where it was.
    RolloutState.PAUSED: frozenset(
        {RolloutState.OPEN, RolloutState.RUNNING, RolloutState.CANCELLED}
    ),
    RolloutState.CANCELLED: frozenset(),
}
# In these, municipalities may be invited, answer and get places.
ENROLLING: Final = frozenset({RolloutState.OPEN, RolloutState.RUNNING})
NEEDS_REASON: Final = frozenset({RolloutState.PAUSED, RolloutState.CANCELLED})


def in_target(group: TargetGroup, stage: Stage | None) -> bool:
    """Whether a municipality at an agreed stage is one of those a rollout is for."""
    match group:
        case TargetGroup.NOT_INTRODUCED:
            return not (
                has_reached(stage, Stage.TECHNICALLY_INTRODUCED)
                or has_reached(stage, Stage.UNDER_WAY)
            )
        case TargetGroup.BOOST:
            return has_reached(stage, Stage.TECHNICALLY_INTRODUCED) and not has_reached(
                stage, Stage.ACTIVE_USE
            )
        case TargetGroup.EVERYBODY:
            return True


class RolloutRefusal(StrEnum):
    """Why something cannot be done to a rollout."""

    NO_NAME = "no_name"
    NO_REGION = "no_region"
    PROCESS_ONLY = "process_only"
    NOT_A_PROCESS = "not_a_process"
    NOBODY_EXPECTED = "nobody_expected"
    ENDS_BEFORE_START = "ends_before_start"
    FROZEN = "frozen"
    CHANGED_MEANWHILE = "changed_meanwhile"
    IS_OVER = "is_over"
    WRONG_STATE = "wrong_state"
    NO_REASON = "no_reason"
    NOT_EVALUATED = "not_evaluated"
    NOT_ANCHORED = "not_anchored"
    ALREADY_ANNOUNCED = "already_announced"
    ANNOUNCED_NOT_SHARED = "announced_not_shared"
    SHARED_NOT_ANNOUNCED = "shared_not_announced"
    # What stands between a plan and enrolment; each is a line in the plan's checklist.
    NO_LEADER = "no_leader"
    NO_COHORT = "no_cohort"
    NOT_SHARED = "not_shared"
    NOT_ANNOUNCED = "not_announced"
    GATE_CLOSED = "gate_closed"
    BASIS_INCOMPLETE = "basis_incomplete"
    NOBODY_IN_TARGET = "nobody_in_target"


class WorkRefusal(StrEnum):
    """Why somebody cannot be put into a working group, or taken out of it."""

    ALREADY_WORKS = "already_works"
    WORKS_NO_MORE = "works_no_more"
    IS_LEADER = "is_leader"
    ERASED = "erased"
    NO_ACTOR = "no_actor"
    NOTHING_TO_DO = "nothing_to_do"


# What the coordination group is asked about before enrolment; a B is only announced to it.
SHARED_WITH_GROUP: Final = frozenset({RolloutKind.NATION, RolloutKind.SHARED})
# Nothing is decided to be ready for use, and the coordination group has no plan to align.
NEEDS_GATE: Final = frozenset({RolloutKind.NATION, RolloutKind.REGION, RolloutKind.SHARED})
OVER: Final = frozenset({RolloutState.CLOSED, RolloutState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What must be true of a plan before municipalities can be invited."""

    kind: RolloutKind
    has_leader: bool = True
    cohorts: int = 1
    shared: bool = True
    announced: bool = True
    gate_opens: bool = True
    basis_complete: bool = True
    in_target: int = 1


def checklist(plan: Plan) -> tuple[tuple[RolloutRefusal, bool], ...]:
    """Everything that is asked of a plan of this kind, and whether it is in place."""
    found = [
        (RolloutRefusal.NO_LEADER, plan.has_leader),
        (RolloutRefusal.NO_COHORT, plan.cohorts > 0),
        (RolloutRefusal.NOBODY_IN_TARGET, plan.in_target > 0),
        (RolloutRefusal.BASIS_INCOMPLETE, plan.basis_complete),
    ]
    if plan.kind in SHARED_WITH_GROUP:
        found.append((RolloutRefusal.NOT_SHARED, plan.shared))
    if plan.kind is RolloutKind.REGION:
        found.append((RolloutRefusal.NOT_ANNOUNCED, plan.announced))
    if plan.kind in NEEDS_GATE:
        found.append((RolloutRefusal.GATE_CLOSED, plan.gate_opens))
    return tuple(found)


def refusals_to_open(plan: Plan) -> tuple[RolloutRefusal, ...]:
    """Everything that keeps a plan from opening for enrolment; empty when it may."""
    return tuple(refusal for refusal, there in checklist(plan) if not there)


def next_from(
    state: RolloutState, came_from: RolloutState | None = None
) -> frozenset[RolloutState]:
    """The states that may follow; after a pause, of those under way only the one it `came_from`."""
    if state is not RolloutState.PAUSED or came_from not in ENROLLING:
        return NEXT[state]
    return NEXT[state] - ENROLLING | {came_from}


def refusal_to_move(
    state: RolloutState,
    wanted: RolloutState,
    *,
    reason: str,
    was_opened: bool,
    came_from: RolloutState | None = None,
    conclusion: str = "",
) -> RolloutRefusal | None:
    """Why a rollout cannot go from one state to another; opening asks `refusals_to_open` too.

    A closing takes a conclusion, or the reason for closing without one. A pause ends where it
    `came_from`.
    """
    if wanted not in next_from(state, came_from):
        return RolloutRefusal.WRONG_STATE
    if wanted is RolloutState.CLOSED:
        return None if reason or conclusion else RolloutRefusal.NOT_EVALUATED
    if wanted in NEEDS_REASON and not reason:
        return RolloutRefusal.NO_REASON
    if state is RolloutState.PAUSED and wanted not in OVER and not was_opened:
        return RolloutRefusal.WRONG_STATE
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants a rollout to be."""

    name: str
    kind: RolloutKind
    is_process: bool
    region: int | None
    expected: int
    starts_on: date
    ends_on: date | None


def refusal_of(wish: Wish) -> RolloutRefusal | None:
    """Why a rollout cannot be so, or None."""
    if not wish.name:
        return RolloutRefusal.NO_NAME
    if wish.kind is RolloutKind.REGION and wish.region is None:
        return RolloutRefusal.NO_REGION
    if wish.is_process and wish.kind is not RolloutKind.PROCESS:
        return RolloutRefusal.PROCESS_ONLY
    if not wish.is_process and wish.kind is RolloutKind.PROCESS:
        return RolloutRefusal.NOT_A_PROCESS
    if wish.expected < 1:
        return RolloutRefusal.NOBODY_EXPECTED
    if wish.ends_on is not None and wish.ends_on < wish.starts_on:
        return RolloutRefusal.ENDS_BEFORE_START
    return None


# --- collisions ---


class CollisionKind(StrEnum):
    """What two rollouts of the same quarters take from each other."""

    SAME_SOLUTION = "same_solution"
    MUNICIPALITIES = "municipalities"
    VENDORS = "vendors"
    NHN = "nhn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a rollout asks of others while it lasts; without an end it lasts a year."""

    rollout: int
    solution: int
    starts_on: date
    ends_on: date | None
    municipalities: frozenset[int] = frozenset()
    vendors: frozenset[str] = frozenset()
    needs_nhn: bool = False

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        first = Quarter.of(self.starts_on)
        last = Quarter.of(self.ends_on) if self.ends_on else first.plus(3)
        found = [first]
        while found[-1] < last:
            found.append(found[-1].plus(1))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Another rollout that takes from the same, in these quarters."""

    rollout: int
    quarters: tuple[Quarter, ...]
    clashes: tuple[CollisionKind, ...]
    municipalities: frozenset[int]
    vendors: tuple[str, ...]


def collisions(one: Demand, others: Collection[Demand]) -> tuple[Collision, ...]:
    """Those that share a quarter and something else with it; the most shared first."""
    found = []
    for other in others:
        quarters = tuple(sorted(set(one.quarters) & set(other.quarters)))
        if other.rollout == one.rollout or not quarters:
            continue
        municipalities = one.municipalities & other.municipalities
        vendors = tuple(sorted(one.vendors & other.vendors))
        shared = (
            (CollisionKind.SAME_SOLUTION, one.solution == other.solution),
            (CollisionKind.MUNICIPALITIES, bool(municipalities)),
            (CollisionKind.VENDORS, bool(vendors)),
            (CollisionKind.NHN, one.needs_nhn and other.needs_nhn),
        )
        clashes = tuple(clash for clash, holds in shared if holds)
        if clashes:
            found.append(
                Collision(
                    rollout=other.rollout,
                    quarters=quarters,
                    clashes=clashes,
                    municipalities=municipalities,
                    vendors=vendors,
                )
            )
    return tuple(
        sorted(found, key=lambda each: (-len(each.municipalities), each.quarters, each.rollout))
    )

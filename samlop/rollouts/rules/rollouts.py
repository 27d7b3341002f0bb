"""What a rollout is, how far it has come, and what its next step needs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

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

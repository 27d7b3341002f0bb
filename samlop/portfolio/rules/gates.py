"""When an offer can be decided ready for use. Pure: what is known in, what hinders it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from samlop.portfolio.rules.health import Soundness


class GateOutcome(StrEnum):
    """What the deciding body came to."""

    PASSED = "passed"
    ON_CONDITIONS = "on_conditions"
    NOT_PASSED = "not_passed"
    EXCEPTION = "exception"


class GateRefusal(StrEnum):
    """Why a decision cannot be prepared or recorded as asked."""

    JOINT_PROCESS = "joint_process"
    NO_ASSESSMENT = "no_assessment"
    BODY_ONLY_ADVISES = "body_only_advises"
    CASE_IS_OPEN = "case_is_open"
    OTHER_BODY = "other_body"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_REASON = "no_reason"
    MUSTS_UNMET = "musts_unmet"
    HEALTH_MISSING = "health_missing"
    HEALTH_NOT_SOUND = "health_not_sound"
    HEALTH_ON_CONDITIONS = "health_on_conditions"
    NEEDS_CONDITIONS = "needs_conditions"
    CONDITIONS_TO_SPARE = "conditions_to_spare"
    CONDITION_WITHOUT_DATE = "condition_without_date"
    CONDITION_IN_THE_PAST = "condition_in_the_past"
    NEEDS_NO_EXCEPTION = "needs_no_exception"


# Those after which municipalities can be invited and enrol.
OPENS: Final = frozenset({GateOutcome.PASSED, GateOutcome.ON_CONDITIONS, GateOutcome.EXCEPTION})
# Those after which the offer is ready for use. An exception opens, and calls nothing ready.
MAKES_READY: Final = frozenset({GateOutcome.PASSED, GateOutcome.ON_CONDITIONS})


@dataclass(frozen=True, slots=True)
class Must:
    """A must-criterion in the way; `may_be_condition` when all it lacks is to be finished."""

    title: str
    may_be_condition: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """What the rule needs to know; `open_conditions` are the health assessors', not yet met."""

    musts: Sequence[Must]
    health: Soundness | None
    open_conditions: int
    conditions: int


def musts_in_the_way(outcome: GateOutcome, facts: GateFacts) -> tuple[Must, ...]:
    """For a yes on conditions, what is partly met may be one of them."""
    if outcome is GateOutcome.PASSED:
        return tuple(facts.musts)
    if outcome is GateOutcome.ON_CONDITIONS:
        return tuple(must for must in facts.musts if not must.may_be_condition)
    return ()


def in_the_way(outcome: GateOutcome, facts: GateFacts) -> tuple[GateRefusal, ...]:
    """Everything that hinders this outcome, so that nobody has to find it out one by one."""
    if outcome is GateOutcome.NOT_PASSED:
        return _spare(facts)
    if outcome is GateOutcome.EXCEPTION:
        needless = (GateRefusal.NEEDS_NO_EXCEPTION,) if _nothing_lacks(facts) else ()
        return (*needless, *_spare(facts))
    found = []
    if musts_in_the_way(outcome, facts):
        found.append(GateRefusal.MUSTS_UNMET)
    match facts.health:
        case None:
            found.append(GateRefusal.HEALTH_MISSING)
        case Soundness.NOT_SOUND:
            found.append(GateRefusal.HEALTH_NOT_SOUND)
        case Soundness.ON_CONDITIONS if facts.open_conditions and outcome is GateOutcome.PASSED:
            found.append(GateRefusal.HEALTH_ON_CONDITIONS)
        case _:
            pass
    if outcome is GateOutcome.PASSED:
        return (*found, *_spare(facts))
    # The health assessors' open conditions are followed up like the body's own; a must-criterion
    # that is only partly met needs one that says what is left.
    if not facts.conditions and (facts.musts or not facts.open_conditions):
        found.append(GateRefusal.NEEDS_CONDITIONS)
    return tuple(found)


def _spare(facts: GateFacts) -> tuple[GateRefusal, ...]:
    return (GateRefusal.CONDITIONS_TO_SPARE,) if facts.conditions else ()


def _nothing_lacks(facts: GateFacts) -> bool:
    return not facts.musts and (
        facts.health is Soundness.SOUND
        or (facts.health is Soundness.ON_CONDITIONS and not facts.open_conditions)
    )

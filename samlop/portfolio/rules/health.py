"""When health professionals can say that a solution is sound. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How much a finding matters, the mildest first."""

    LOW = "low"
    MODERATE = "moderate"
    SERIOUS = "serious"
    CRITICAL = "critical"


class Soundness(StrEnum):
    """What the assessors came to."""

    SOUND = "sound"
    ON_CONDITIONS = "on_conditions"
    NOT_SOUND = "not_sound"


class HealthRefusal(StrEnum):
    """Why something about a health-professional assessment cannot be done."""

    JOINT_PROCESS = "joint_process"
    ALREADY_OPEN = "already_open"
    CONCLUDED = "concluded"
    NOT_CONCLUDED = "not_concluded"
    NOT_AN_ASSESSOR = "not_an_assessor"
    OF_THE_PROGRAMME = "of_the_programme"
    NOW_OF_THE_PROGRAMME = "now_of_the_programme"
    ALREADY_NAMED = "already_named"
    NOT_NAMED = "not_named"
    NO_ASSESSORS = "no_assessors"
    NO_QUESTION = "no_question"
    UNANSWERED = "unanswered"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_FINDING = "no_finding"
    NO_CONDITION = "no_condition"
    DUE_IN_THE_PAST = "due_in_the_past"
    NO_SUMMARY = "no_summary"
    TOO_SERIOUS = "too_serious"
    CRITICAL = "critical"
    NEEDS_CONDITIONS = "needs_conditions"
    CONDITIONS_TO_SPARE = "conditions_to_spare"
    ALREADY_MET = "already_met"
    NOT_MET = "not_met"
    NO_NOTE = "no_note"


class ConditionState(StrEnum):
    """How a condition stands on a day."""

    MET = "met"
    DUE = "due"
    OVERDUE = "overdue"


_WEIGHT: Final[Mapping[Severity, int]] = {severity: at for at, severity in enumerate(Severity)}


def worst(severities: tuple[Severity, ...]) -> Severity | None:
    return max(severities, key=_WEIGHT.__getitem__, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """What the rule needs to know of an assessment; counts, and the gravest finding."""

    assessors: int
    of_the_programme: int
    unanswered: int
    worst: Severity | None
    conditions: int
    summary: bool


def refusal_to_conclude(conclusion: Soundness, facts: HealthFacts) -> HealthRefusal | None:
    """Why the assessors cannot say this, or None when they can."""
    if not facts.assessors:
        return HealthRefusal.NO_ASSESSORS
    if facts.of_the_programme:
        return HealthRefusal.NOW_OF_THE_PROGRAMME
    if facts.unanswered:
        return HealthRefusal.UNANSWERED
    if not facts.summary:
        return HealthRefusal.NO_SUMMARY
    if conclusion is Soundness.NOT_SOUND:
        return None
    if facts.worst is Severity.CRITICAL:
        return HealthRefusal.CRITICAL
    if conclusion is Soundness.SOUND:
        if facts.worst is Severity.SERIOUS:
            return HealthRefusal.TOO_SERIOUS
        return HealthRefusal.CONDITIONS_TO_SPARE if facts.conditions else None
    return None if facts.conditions else HealthRefusal.NEEDS_CONDITIONS

"""What bodies are and may do, who sits in them, and when a case can be decided. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class BodyKind(StrEnum):
    """What a body is there for; it decides which words it may use of what it says."""

    DECIDING = "deciding"
    ADVISORY = "advisory"
    STEERING = "steering"


class DecisionKind(StrEnum):
    """What a body's word is. Only a steering group makes a «vedtak»."""

    DECISION = "decision"
    ADVICE = "advice"
    ENDORSEMENT = "endorsement"
    RESOLUTION = "resolution"


class Function(StrEnum):
    """What a person is in a body."""

    LEADER = "leader"
    DEPUTY_LEADER = "deputy_leader"
    MEMBER = "member"
    SUBSTITUTE = "substitute"
    SECRETARY = "secretary"
    OBSERVER = "observer"


class Matter(StrEnum):
    """What a case is about, where that decides how it is treated."""

    ORDINARY = "ordinary"
    # Decided on its own page, together with the assessment that it freezes.
    READY_FOR_USE = "ready_for_use"


class CaseState(StrEnum):
    """How far a case has come."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class GovernanceRefusal(StrEnum):
    """Why something cannot be done to a body, its members or its cases."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    NO_TITLE = "no_title"
    NO_ABOUT = "no_about"
    NO_TEXT = "no_text"
    NO_REASON = "no_reason"
    WRONG_KIND = "wrong_kind"
    ALREADY_DECIDED = "already_decided"
    WITHDRAWN = "withdrawn"
    DECIDED_ELSEWHERE = "decided_elsewhere"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_THE_CASE = "before_the_case"
    OTHER_CASE = "other_case"
    ALREADY_MEMBER = "already_member"
    LEADER_TAKEN = "leader_taken"
    ERASED = "erased"
    ENDS_BEFORE_START = "ends_before_start"
    TERM_IS_OVER = "term_is_over"


KINDS_OF: Final[Mapping[BodyKind, tuple[DecisionKind, ...]]] = {
    BodyKind.DECIDING: (DecisionKind.DECISION,),
    BodyKind.ADVISORY: (DecisionKind.ADVICE, DecisionKind.ENDORSEMENT),
    BodyKind.STEERING: (DecisionKind.RESOLUTION, DecisionKind.DECISION),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the rule needs to know of a case and its body."""

    body: BodyKind
    matter: Matter
    state: CaseState
    opened_on: date


def number_words(number: int, year: int) -> str:
    """«12/25», as cases are numbered per body and year."""
    return f"{number}/{year % 100:02}"


def refusal_to_decide(
    case: CaseFacts, kind: DecisionKind, *, matter: Matter, decided_on: date, on: date
) -> GovernanceRefusal | None:
    """Why the body cannot say this in the case; `matter` is what the caller believes it is."""
    if case.state is CaseState.DECIDED:
        return GovernanceRefusal.ALREADY_DECIDED
    if case.state is CaseState.WITHDRAWN:
        return GovernanceRefusal.WITHDRAWN
    if case.matter is not matter:
        return GovernanceRefusal.DECIDED_ELSEWHERE
    if kind not in KINDS_OF[case.body]:
        return GovernanceRefusal.WRONG_KIND
    if decided_on > on:
        return GovernanceRefusal.IN_THE_FUTURE
    if decided_on < case.opened_on:
        return GovernanceRefusal.BEFORE_THE_CASE
    return None

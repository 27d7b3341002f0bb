"""What a solution is, where it is offered, and the phases it goes through."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from samlop.municipalities.rules.kinds import ServiceArea


class SolutionKind(StrEnum):
    """What is introduced. A joint process is no solution: no gate, no vendors."""

    NATIONAL = "national"
    MUNICIPAL_JOINT = "municipal_joint"
    WELFARE_TECHNOLOGY = "welfare_technology"
    HOME_FOLLOW_UP = "home_follow_up"
    RECORD_SYSTEM = "record_system"
    JOINT_PROCESS = "joint_process"


class Area(StrEnum):
    """Where a solution is offered: one of the closed list, or health and care as a whole."""

    HEALTH_AND_CARE = "health_and_care"
    NURSING_HOME = "nursing_home"
    HOME_CARE = "home_care"
    CHILD_HEALTH = "child_health"
    EMERGENCY_CARE = "emergency_care"
    GENERAL_PRACTICE = "general_practice"
    REHABILITATION = "rehabilitation"
    MENTAL_HEALTH = "mental_health"
    RESPONSE_SERVICE = "response_service"
    DENTAL_CARE = "dental_care"


# A fylkeskommune's service; the others are the municipality's own.
NOT_HEALTH_AND_CARE: Final = frozenset({ServiceArea.DENTAL_CARE})


def covered(area: Area) -> frozenset[ServiceArea]:
    """The areas of the closed list that an offer in `area` reaches."""
    if area is Area.HEALTH_AND_CARE:
        return frozenset(ServiceArea) - NOT_HEALTH_AND_CARE
    return frozenset({ServiceArea(area.value)})


class Phase(StrEnum):
    """How far an offer has come; in the order it normally goes. The last three: a joint process."""

    IDEA = "idea"
    UNDER_DEVELOPMENT = "under_development"
    UNDER_TRIAL = "under_trial"
    READY_FOR_USE = "ready_for_use"
    NATIONAL_ROLLOUT = "national_rollout"
    OPERATION = "operation"
    PAUSED = "paused"
    INTAKE_STOPPED = "intake_stopped"
    SUPERSEDED = "superseded"
    PHASED_OUT = "phased_out"
    SIGNED_UP = "signed_up"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"


# A joint process has stages of its own: nothing to develop, try out or make ready.
STAGES: Final = (Phase.SIGNED_UP, Phase.UNDER_WAY, Phase.COMPLETED)

# These follow a decision by the body that owns the portfolio; a programme cannot record them.
AFTER_DECISION: Final = frozenset({Phase.READY_FOR_USE, Phase.NATIONAL_ROLLOUT, Phase.OPERATION})

# What stops or ends something is always explained.
NEEDS_REASON: Final = frozenset(
    {Phase.PAUSED, Phase.INTAKE_STOPPED, Phase.SUPERSEDED, Phase.PHASED_OUT}
)


def phases_of(kind: SolutionKind) -> tuple[Phase, ...]:
    """Those that can be recorded for a solution, or for a joint process."""
    if kind is SolutionKind.JOINT_PROCESS:
        return STAGES
    return tuple(phase for phase in Phase if phase not in STAGES)


class Sector(StrEnum):
    """Who in the municipality must be behind it."""

    HEALTH = "health"
    CHILDHOOD = "childhood"


class SolutionRefusal(StrEnum):
    """Why a solution, or something about it, cannot be registered as asked."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    NO_AREA = "no_area"
    AREA_TAKEN = "area_taken"
    AREA_OVERLAPS = "area_overlaps"
    AREA_IN_USE = "area_in_use"
    ANOTHER_WAY_OF_WORKING = "another_way_of_working"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_LINK_WORDS = "no_link_words"
    BAD_LINK = "bad_link"
    LINK_TAKEN = "link_taken"
    REQUIRES_ITSELF = "requires_itself"
    ALREADY_REQUIRED = "already_required"
    CYCLE = "cycle"
    PHASE_OF_ANOTHER_KIND = "phase_of_another_kind"
    PHASE_AHEAD = "phase_ahead"
    PHASE_UNCHANGED = "phase_unchanged"
    PHASE_NEEDS_REASON = "phase_needs_reason"
    SUPERSEDED_BY_ITSELF = "superseded_by_itself"
    ONLY_WHEN_SUPERSEDED = "only_when_superseded"
    ALREADY_WITHDRAWN = "already_withdrawn"
    WITHDRAWN_WITHOUT_REASON = "withdrawn_without_reason"
    NO_SUCH_MUNICIPALITY = "no_such_municipality"
    TRIAL_OVERLAPS = "trial_overlaps"
    TRIAL_ENDS_BEFORE_IT_STARTS = "trial_ends_before_it_starts"


def refusal_to_offer_in(area: Area, offered: Collection[Area]) -> SolutionRefusal | None:
    """An area once, and never a part of what is already offered as a whole, or the reverse."""
    if area in offered:
        return SolutionRefusal.AREA_TAKEN
    if any(covered(area) & covered(other) for other in offered):
        return SolutionRefusal.AREA_OVERLAPS
    return None


def chain(requires: Mapping[int, Iterable[int]], start: int, wanted: int) -> tuple[int, ...]:
    """The circle that would come to be if `start` also required `wanted`; empty when none would.

    `requires` holds what each solution requires today. The circle begins and ends with `start`,
    by the fewest steps, the lowest number first where two are as short.
    """
    before: dict[int, int] = {wanted: start}
    waiting = [wanted]
    for one in waiting:
        if one == start:
            break
        for other in sorted(requires.get(one, ())):
            if other not in before:
                before[other] = one
                waiting.append(other)
    if start not in before:
        return ()
    # Backwards from the start to what it wants, and then the start once more.
    steps = [start]
    while steps[-1] != wanted:
        steps.append(before[steps[-1]])
    return (start, *reversed(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseWish:
    """What somebody wants to record about an offer."""

    kind: SolutionKind
    phase: Phase
    happened_on: date
    # The phase the offer was in that day, before this.
    before: Phase | None = None
    has_reason: bool = False
    has_successor: bool = False
    succeeds_itself: bool = False


def refusal_to_record(wish: PhaseWish, *, on: date) -> SolutionRefusal | None:
    """A phase is recorded when it has come: an announced one is words in the reason."""
    checks = (
        (wish.phase not in phases_of(wish.kind), SolutionRefusal.PHASE_OF_ANOTHER_KIND),
        (wish.happened_on > on, SolutionRefusal.PHASE_AHEAD),
        (wish.phase is wish.before, SolutionRefusal.PHASE_UNCHANGED),
        (
            wish.has_successor and wish.phase is not Phase.SUPERSEDED,
            SolutionRefusal.ONLY_WHEN_SUPERSEDED,
        ),
        (wish.succeeds_itself, SolutionRefusal.SUPERSEDED_BY_ITSELF),
        (
            wish.phase in NEEDS_REASON and not wish.has_reason,
            SolutionRefusal.PHASE_NEEDS_REASON,
        ),
    )
    return next((refusal for refused, refusal in checks if refused), None)

"""What a solution is, where it is offered, and the phases it goes through."""

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
    """How far an offer has come; in the order it normally goes."""

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


class Sector(StrEnum):
    """Who in the municipality must be behind it."""

    HEALTH = "health"
    CHILDHOOD = "childhood"

"""The closed lists of the field: kinds of region, service area, product, role and room."""

from enum import StrEnum
from typing import Final


class RegionKind(StrEnum):
    """What a grouping of municipalities is; a municipality may be in many kinds at once."""

    COUNTY = "county"
    HEALTH_REGION = "health_region"
    EHEALTH_GROUP = "ehealth_group"
    HEALTH_COMMUNITY = "health_community"
    IKT_COOPERATION = "ikt_cooperation"


# A municipality is in at most one of each of these at a time; the database holds it to that.
ONE_AT_A_TIME: Final = frozenset(
    {RegionKind.COUNTY, RegionKind.HEALTH_REGION, RegionKind.EHEALTH_GROUP}
)

# Kinds that arrive as facts with the reference data and are not edited on pages.
FACTS: Final = frozenset({RegionKind.COUNTY, RegionKind.HEALTH_REGION})


class Certainty(StrEnum):
    """How we know that a municipality is a member."""

    CONFIRMED = "confirmed"
    ASSUMED = "assumed"


class ServiceArea(StrEnum):
    """The closed list of municipal health service areas."""

    NURSING_HOME = "nursing_home"
    HOME_CARE = "home_care"
    CHILD_HEALTH = "child_health"
    EMERGENCY_CARE = "emergency_care"
    GENERAL_PRACTICE = "general_practice"
    REHABILITATION = "rehabilitation"
    MENTAL_HEALTH = "mental_health"
    RESPONSE_SERVICE = "response_service"
    DENTAL_CARE = "dental_care"


class ProductKind(StrEnum):
    """What a vendor's product is to a municipality."""

    RECORD_SYSTEM = "record_system"
    WELFARE_TECHNOLOGY = "welfare_technology"
    RESPONSE_CENTRE = "response_centre"
    HOME_FOLLOW_UP = "home_follow_up"
    OTHER = "other"


class LanguageForm(StrEnum):
    """The written standard a municipality has decided on."""

    BOKMAL = "bokmal"
    NYNORSK = "nynorsk"
    NEUTRAL = "neutral"


class ChangeKind(StrEnum):
    """What happened to a municipality's code."""

    RENUMBERED = "renumbered"
    MERGED = "merged"
    SPLIT = "split"


class PointKind(StrEnum):
    """What a municipality's representative point is."""

    CENTRE = "centre"
    PLACE_OF_SAME_NAME = "place_of_same_name"
    LABEL = "label"


class CapacityRole(StrEnum):
    """Whose hours a rollout takes in a municipality."""

    HEALTH_LEADER = "health_leader"
    IT = "it"
    SUPER_USER = "super_user"
    EPJ_MANAGER = "epj_manager"


class Room(StrEnum):
    """A municipality's own answer: is there room for anything new this quarter?"""

    PLENTY = "plenty"
    SOME = "some"
    FULL = "full"


class LoadKind(StrEnum):
    """What makes up a municipality's load; each upper app writes its own."""

    ROLLOUT = "rollout"
    GATHERING = "gathering"
    SURVEY = "survey"
    REPORT = "report"
    AFTER_CARE = "after_care"
    OTHER = "other"

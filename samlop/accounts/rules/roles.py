"""Roles and what they permit. Pure: who holds a role is data, what it allows is here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """The kind of place a role is held in."""

    NATION = "nation"
    REGION = "region"
    # A municipality, or a fylkeskommune, which takes part in the same way.
    MUNICIPALITY = "municipality"
    VENDOR = "vendor"
    SOLUTION = "solution"


class Role(StrEnum):
    """What a person is in Samløp; DESIGN's table of users, one code each."""

    MUNICIPAL_COORDINATOR = "municipal_coordinator"
    DECISION_MAKER = "decision_maker"
    PROJECT_LEADER = "project_leader"
    CONTACT_PERSON = "contact_person"
    ROLLOUT_LEADER = "rollout_leader"
    NETWORK_RESOURCE = "network_resource"
    COORDINATION_GROUP_MEMBER = "coordination_group_member"
    PORTFOLIO_OWNER = "portfolio_owner"
    PROGRAMME = "programme"
    VENDOR = "vendor"
    HEALTH_ASSESSOR = "health_assessor"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing a role may allow, inside its scope."""

    VIEW_CAPACITY_HOURS = "view_capacity_hours"
    CHANGE_CAPACITY = "change_capacity"
    CHANGE_MUNICIPALITY_FACTS = "change_municipality_facts"
    CHANGE_VENDOR_PROFILE = "change_vendor_profile"
    CONFIRM_REGION_MEMBERS = "confirm_region_members"
    EDIT_REGIONS = "edit_regions"
    EDIT_VENDORS = "edit_vendors"
    IMPORT_REFERENCE_DATA = "import_reference_data"
    READ_OUTBOX = "read_outbox"
    # What happened in a place: what, when, and by whom.
    VIEW_HISTORY = "view_history"
    # What happened anywhere, but for the municipalities' inner matters.
    VIEW_ALL_HISTORY = "view_all_history"
    # The portfolio: solutions and where they are offered.
    EDIT_PORTFOLIO = "edit_portfolio"
    # One solution's own facts, assessment, material and cost.
    EDIT_SOLUTION = "edit_solution"
    CONFIRM_VENDOR_READINESS = "confirm_vendor_readiness"
    PUBLISH_CRITERIA = "publish_criteria"
    # Agree or disagree with a programme's answer, for the deciding body.
    CONFIRM_ASSESSMENT = "confirm_assessment"
    ASSESS_HEALTH = "assess_health"
    DECIDE_GATE = "decide_gate"
    CHOOSE_ROLLOUT_TYPE = "choose_rollout_type"
    MANAGE_GOVERNANCE = "manage_governance"
    # A municipality's own copies of templates, and its own answers in them.
    USE_TEMPLATES = "use_templates"
    # Say how far one's own municipality has come, and what it gave.
    REPORT_UPTAKE = "report_uptake"
    # What each source says of a municipality, also before the public may read it.
    VIEW_UPTAKE = "view_uptake"
    # Figures of use from a source, and the definitions they are read by.
    IMPORT_USAGE = "import_usage"
    EDIT_DEFINITIONS = "edit_definitions"
    # Freeze what has been measured of «vesentlig andel».
    FREEZE_LEDGER = "freeze_ledger"
    # Make a rollout and plan it; who leads one may do the rest in it.
    PLAN_ROLLOUT = "plan_rollout"
    # Say yes, later or no for one's own municipality.
    ANSWER_INVITATION = "answer_invitation"
    # Say what one's own municipality has learnt of a cohort it has been through.
    EVALUATE_ROLLOUT = "evaluate_rollout"
    # What a municipality has answered, before a place makes it public, and why.
    VIEW_ANSWERS = "view_answers"
    # Help the municipalities of one's region: what hinders them, whom to call.
    FOLLOW_UP = "follow_up"
    # Ask the region's contact person for help.
    ASK_FOR_HELP = "ask_for_help"


SCOPE_OF: Final[Mapping[Role, Scope]] = {
    Role.MUNICIPAL_COORDINATOR: Scope.MUNICIPALITY,
    Role.DECISION_MAKER: Scope.MUNICIPALITY,
    Role.PROJECT_LEADER: Scope.MUNICIPALITY,
    Role.CONTACT_PERSON: Scope.REGION,
    Role.ROLLOUT_LEADER: Scope.REGION,
    Role.NETWORK_RESOURCE: Scope.REGION,
    Role.COORDINATION_GROUP_MEMBER: Scope.NATION,
    Role.PORTFOLIO_OWNER: Scope.NATION,
    Role.PROGRAMME: Scope.SOLUTION,
    Role.VENDOR: Scope.VENDOR,
    Role.HEALTH_ASSESSOR: Scope.NATION,
    Role.ANALYST: Scope.NATION,
    Role.ADMINISTRATOR: Scope.NATION,
}

PERMITS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.MUNICIPAL_COORDINATOR: frozenset(
        {
            Permission.VIEW_CAPACITY_HOURS,
            Permission.CHANGE_CAPACITY,
            Permission.CHANGE_MUNICIPALITY_FACTS,
            Permission.CHANGE_VENDOR_PROFILE,
            Permission.VIEW_HISTORY,
            Permission.USE_TEMPLATES,
            Permission.REPORT_UPTAKE,
            Permission.VIEW_UPTAKE,
            Permission.EVALUATE_ROLLOUT,
            Permission.VIEW_ANSWERS,
            Permission.ASK_FOR_HELP,
        }
    ),
    Role.DECISION_MAKER: frozenset(
        {
            Permission.VIEW_CAPACITY_HOURS,
            Permission.CHANGE_CAPACITY,
            Permission.CHANGE_MUNICIPALITY_FACTS,
            Permission.CHANGE_VENDOR_PROFILE,
            Permission.VIEW_HISTORY,
            Permission.USE_TEMPLATES,
            Permission.REPORT_UPTAKE,
            Permission.VIEW_UPTAKE,
            Permission.ANSWER_INVITATION,
            Permission.EVALUATE_ROLLOUT,
            Permission.VIEW_ANSWERS,
            Permission.ASK_FOR_HELP,
        }
    ),
    Role.PROJECT_LEADER: frozenset(
        {
            Permission.VIEW_CAPACITY_HOURS,
            Permission.CHANGE_VENDOR_PROFILE,
            Permission.VIEW_HISTORY,
            Permission.USE_TEMPLATES,
            Permission.REPORT_UPTAKE,
            Permission.VIEW_UPTAKE,
            Permission.VIEW_ANSWERS,
            Permission.ASK_FOR_HELP,
        }
    ),
    Role.CONTACT_PERSON: frozenset(
        {
            Permission.VIEW_CAPACITY_HOURS,
            Permission.CHANGE_VENDOR_PROFILE,
            Permission.CONFIRM_REGION_MEMBERS,
            Permission.VIEW_HISTORY,
            Permission.VIEW_UPTAKE,
            Permission.PLAN_ROLLOUT,
            Permission.VIEW_ANSWERS,
            Permission.FOLLOW_UP,
        }
    ),
    Role.ROLLOUT_LEADER: frozenset(
        {
            Permission.PLAN_ROLLOUT,
        }
    ),
    Role.NETWORK_RESOURCE: frozenset(),
    # The coordination group sees what regions see, for all (DESIGN, «Who sees what»).
    Role.COORDINATION_GROUP_MEMBER: frozenset(
        {
            Permission.VIEW_CAPACITY_HOURS,
            Permission.VIEW_HISTORY,
            Permission.VIEW_UPTAKE,
            Permission.CHOOSE_ROLLOUT_TYPE,
            Permission.MANAGE_GOVERNANCE,
            Permission.FREEZE_LEDGER,
            Permission.PLAN_ROLLOUT,
            Permission.VIEW_ANSWERS,
        }
    ),
    Role.PORTFOLIO_OWNER: frozenset(
        {
            Permission.EDIT_VENDORS,
            Permission.EDIT_PORTFOLIO,
            Permission.EDIT_SOLUTION,
            Permission.CONFIRM_VENDOR_READINESS,
            Permission.PUBLISH_CRITERIA,
            Permission.CONFIRM_ASSESSMENT,
            Permission.DECIDE_GATE,
            Permission.IMPORT_USAGE,
            Permission.EDIT_DEFINITIONS,
            Permission.CHOOSE_ROLLOUT_TYPE,
            Permission.MANAGE_GOVERNANCE,
            Permission.FREEZE_LEDGER,
            Permission.PLAN_ROLLOUT,
        }
    ),
    Role.PROGRAMME: frozenset(
        {
            Permission.EDIT_SOLUTION,
            Permission.CONFIRM_VENDOR_READINESS,
            Permission.IMPORT_USAGE,
            Permission.EDIT_DEFINITIONS,
        }
    ),
    Role.VENDOR: frozenset({Permission.EDIT_VENDORS, Permission.CONFIRM_VENDOR_READINESS}),
    # Looks at a solution's soundness, and is never of the programme that made it.
    Role.HEALTH_ASSESSOR: frozenset({Permission.ASSESS_HEALTH}),
    Role.ANALYST: frozenset(),
    # An administrator keeps the registers; a municipality's hours are not hers to see.
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.CONFIRM_REGION_MEMBERS,
            Permission.EDIT_REGIONS,
            Permission.EDIT_VENDORS,
            Permission.IMPORT_REFERENCE_DATA,
            Permission.READ_OUTBOX,
            Permission.VIEW_HISTORY,
            Permission.VIEW_ALL_HISTORY,
        }
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an action is about; a municipality names the regions it is in that day."""

    municipality: int | None = None
    county_authority: int | None = None
    regions: frozenset[int] = frozenset()
    vendor: int | None = None
    solution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One membership that is valid today."""

    role: Role
    municipality: int | None = None
    county_authority: int | None = None
    region: int | None = None
    vendor: int | None = None
    solution: str | None = None

    def covers(self, place: Place) -> bool:
        match SCOPE_OF[self.role]:
            case Scope.NATION:
                return True
            case Scope.REGION:
                return self.region in place.regions
            case Scope.MUNICIPALITY:
                if self.municipality is not None:
                    return self.municipality == place.municipality
                return (
                    self.county_authority is not None
                    and self.county_authority == place.county_authority
                )
            case Scope.VENDOR:
                return self.vendor == place.vendor
            case Scope.SOLUTION:
                return self.solution == place.solution


NOWHERE_IN_PARTICULAR: Final = Place()


def permits(
    grants: Iterable[Grant], permission: Permission, place: Place = NOWHERE_IN_PARTICULAR
) -> bool:
    """Whether one of the memberships allows this here."""
    return any(permission in PERMITS[grant.role] and grant.covers(place) for grant in grants)

"""Who may do what, in her own place and in another: the whole table, written out."""

import pytest

from samlop.accounts.rules import (
    PERMITS,
    SCOPE_OF,
    Grant,
    Permission,
    Place,
    Role,
    Scope,
    permits,
)

OWN = Place(
    municipality=1, county_authority=None, regions=frozenset({10, 11}), vendor=20, solution="own"
)
OTHER = Place(
    municipality=2, county_authority=7, regions=frozenset({12}), vendor=21, solution="other"
)


def held(role: Role) -> Grant:
    """The role, held in OWN."""
    match SCOPE_OF[role]:
        case Scope.NATION:
            return Grant(role=role)
        case Scope.REGION:
            return Grant(role=role, region=10)
        case Scope.MUNICIPALITY:
            return Grant(role=role, municipality=1)
        case Scope.VENDOR:
            return Grant(role=role, vendor=20)
        case Scope.SOLUTION:
            return Grant(role=role, solution="own")


P = Permission
NOTHING: frozenset[Permission] = frozenset()
MUNICIPAL = frozenset(
    {
        P.VIEW_CAPACITY_HOURS,
        P.CHANGE_CAPACITY,
        P.CHANGE_MUNICIPALITY_FACTS,
        P.CHANGE_VENDOR_PROFILE,
        P.VIEW_HISTORY,
        P.USE_TEMPLATES,
        P.REPORT_UPTAKE,
        P.VIEW_UPTAKE,
        P.VIEW_ANSWERS,
        P.ASK_FOR_HELP,
        P.EVALUATE_ROLLOUT,
    }
)
# What the portfolio's owner decides and keeps, for every solution.
PORTFOLIO = frozenset(
    {
        P.EDIT_VENDORS,
        P.EDIT_PORTFOLIO,
        P.EDIT_SOLUTION,
        P.CONFIRM_VENDOR_READINESS,
        P.PUBLISH_CRITERIA,
        P.CONFIRM_ASSESSMENT,
        P.DECIDE_GATE,
        P.CHOOSE_ROLLOUT_TYPE,
        P.MANAGE_GOVERNANCE,
        P.IMPORT_USAGE,
        P.EDIT_DEFINITIONS,
        P.FREEZE_LEDGER,
        P.PLAN_ROLLOUT,
    }
)
COORDINATION = frozenset(
    {
        P.VIEW_CAPACITY_HOURS,
        P.VIEW_HISTORY,
        P.VIEW_UPTAKE,
        P.CHOOSE_ROLLOUT_TYPE,
        P.MANAGE_GOVERNANCE,
        P.FREEZE_LEDGER,
        P.PLAN_ROLLOUT,
        P.VIEW_ANSWERS,
    }
)
HEALTH = frozenset({P.ASSESS_HEALTH})
REGISTERS = frozenset(
    {
        P.CONFIRM_REGION_MEMBERS,
        P.EDIT_REGIONS,
        P.EDIT_VENDORS,
        P.IMPORT_REFERENCE_DATA,
        P.READ_OUTBOX,
        P.VIEW_HISTORY,
        P.VIEW_ALL_HISTORY,
    }
)

# role: what it may do in its own place, what it may do in another
EXPECTED: dict[Role, tuple[frozenset[Permission], frozenset[Permission]]] = {
    Role.MUNICIPAL_COORDINATOR: (MUNICIPAL, NOTHING),
    Role.DECISION_MAKER: (MUNICIPAL | {P.ANSWER_INVITATION}, NOTHING),
    Role.PROJECT_LEADER: (
        frozenset(
            {
                P.VIEW_CAPACITY_HOURS,
                P.CHANGE_VENDOR_PROFILE,
                P.VIEW_HISTORY,
                P.USE_TEMPLATES,
                P.REPORT_UPTAKE,
                P.VIEW_UPTAKE,
                P.VIEW_ANSWERS,
                P.ASK_FOR_HELP,
            }
        ),
        NOTHING,
    ),
    Role.CONTACT_PERSON: (
        frozenset(
            {
                P.VIEW_CAPACITY_HOURS,
                P.CHANGE_VENDOR_PROFILE,
                P.CONFIRM_REGION_MEMBERS,
                P.VIEW_HISTORY,
                P.VIEW_UPTAKE,
                P.PLAN_ROLLOUT,
                P.VIEW_ANSWERS,
                P.FOLLOW_UP,
            }
        ),
        NOTHING,
    ),
    Role.ROLLOUT_LEADER: (frozenset({P.PLAN_ROLLOUT}), NOTHING),
    Role.NETWORK_RESOURCE: (NOTHING, NOTHING),
    Role.COORDINATION_GROUP_MEMBER: (COORDINATION, COORDINATION),
    Role.PORTFOLIO_OWNER: (PORTFOLIO, PORTFOLIO),
    Role.PROGRAMME: (
        frozenset(
            {P.EDIT_SOLUTION, P.CONFIRM_VENDOR_READINESS, P.IMPORT_USAGE, P.EDIT_DEFINITIONS}
        ),
        NOTHING,
    ),
    Role.VENDOR: (frozenset({P.EDIT_VENDORS, P.CONFIRM_VENDOR_READINESS}), NOTHING),
    Role.HEALTH_ASSESSOR: (HEALTH, HEALTH),
    Role.ANALYST: (NOTHING, NOTHING),
    Role.ADMINISTRATOR: (REGISTERS, REGISTERS),
}


def test_the_table_names_every_role() -> None:
    assert set(EXPECTED) == set(Role) == set(PERMITS) == set(SCOPE_OF)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_permits_what_the_table_says(role: Role, permission: Permission) -> None:
    own, other = EXPECTED[role]
    assert permits([held(role)], permission, OWN) == (permission in own)
    assert permits([held(role)], permission, OTHER) == (permission in other)


def test_a_person_of_a_county_authority_reaches_it_and_no_municipality() -> None:
    grant = Grant(role=Role.MUNICIPAL_COORDINATOR, county_authority=7)
    assert permits([grant], Permission.CHANGE_CAPACITY, Place(county_authority=7))
    assert not permits([grant], Permission.CHANGE_CAPACITY, OWN)


@pytest.mark.parametrize("role", [role for role in Role if SCOPE_OF[role] is not Scope.NATION])
def test_a_scoped_role_permits_nothing_nowhere_in_particular(role: Role) -> None:
    """An action about no place must not be opened by a missing id equalling a missing id."""
    assert not any(permits([held(role)], permission) for permission in Permission)


def test_nobody_may_nothing() -> None:
    assert not any(permits([], permission, OWN) for permission in Permission)

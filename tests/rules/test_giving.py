"""Who may give which role, in the own place and in another: the whole table, written out."""

from datetime import date

import pytest

from samlop.accounts.rules import Grant, PeopleRefusal, Place, Role, giving, may_give
from samlop.accounts.rules.giving import MUNICIPAL, NATIONAL, Held
from tests.rules.test_permissions import held

R = Role
TODAY = date(2026, 11, 22)

NATION = Place()
OWN = {
    **dict.fromkeys(NATIONAL, NATION),
    **dict.fromkeys(giving.REGIONAL, Place(regions=frozenset({10}))),
    **dict.fromkeys(MUNICIPAL, Place(municipality=1, regions=frozenset({10, 11}))),
    R.VENDOR: Place(vendor=20),
    R.PROGRAMME: Place(solution="own"),
}
OTHER = {
    **dict.fromkeys(NATIONAL, NATION),
    **dict.fromkeys(giving.REGIONAL, Place(regions=frozenset({12}))),
    **dict.fromkeys(MUNICIPAL, Place(municipality=2, regions=frozenset({12}))),
    R.VENDOR: Place(vendor=21),
    R.PROGRAMME: Place(solution="other"),
}

NOTHING: frozenset[Role] = frozenset()
REGIONAL = frozenset({R.CONTACT_PERSON, R.ROLLOUT_LEADER, R.NETWORK_RESOURCE})
LOCAL = frozenset({R.MUNICIPAL_COORDINATOR, R.DECISION_MAKER, R.PROJECT_LEADER})
BY_ADMINISTRATOR = frozenset(
    {
        R.ADMINISTRATOR,
        R.ANALYST,
        R.HEALTH_ASSESSOR,
        R.COORDINATION_GROUP_MEMBER,
        R.PORTFOLIO_OWNER,
        R.CONTACT_PERSON,
        R.VENDOR,
        R.PROGRAMME,
    }
)

# role: what it gives in its own place, what it gives in another
EXPECTED: dict[Role, tuple[frozenset[Role], frozenset[Role]]] = {
    R.MUNICIPAL_COORDINATOR: (LOCAL, NOTHING),
    R.DECISION_MAKER: (LOCAL, NOTHING),
    R.PROJECT_LEADER: (NOTHING, NOTHING),
    R.CONTACT_PERSON: (REGIONAL | LOCAL, NOTHING),
    R.ROLLOUT_LEADER: (NOTHING, NOTHING),
    R.NETWORK_RESOURCE: (NOTHING, NOTHING),
    R.COORDINATION_GROUP_MEMBER: (NOTHING, NOTHING),
    R.PORTFOLIO_OWNER: (frozenset({R.PROGRAMME}), frozenset({R.PROGRAMME})),
    R.PROGRAMME: (NOTHING, NOTHING),
    R.VENDOR: (frozenset({R.VENDOR}), NOTHING),
    R.ANALYST: (NOTHING, NOTHING),
    R.HEALTH_ASSESSOR: (NOTHING, NOTHING),
    R.ADMINISTRATOR: (BY_ADMINISTRATOR, BY_ADMINISTRATOR),
}


def test_the_table_names_every_role() -> None:
    assert set(EXPECTED) == set(Role) == set(OWN) == set(OTHER)


@pytest.mark.parametrize("wanted", Role)
@pytest.mark.parametrize("role", Role)
def test_a_role_gives_what_the_table_says(role: Role, wanted: Role) -> None:
    own, other = EXPECTED[role]
    assert may_give([held(role)], wanted, OWN[wanted]) == (wanted in own)
    assert may_give([held(role)], wanted, OTHER[wanted]) == (wanted in other)


@pytest.mark.parametrize("wanted", Role)
def test_nobody_gives_nothing(wanted: Role) -> None:
    assert not may_give([], wanted, OWN[wanted])


@pytest.mark.parametrize(
    ("role", "place", "fits"),
    [
        (R.CONTACT_PERSON, Place(regions=frozenset({10})), True),
        (R.CONTACT_PERSON, Place(regions=frozenset({10, 11})), False),
        (R.CONTACT_PERSON, Place(municipality=1, regions=frozenset({10})), False),
        (R.MUNICIPAL_COORDINATOR, Place(municipality=1), True),
        (R.MUNICIPAL_COORDINATOR, Place(county_authority=7, regions=frozenset({30})), True),
        (R.MUNICIPAL_COORDINATOR, Place(municipality=1, county_authority=7), False),
        (R.MUNICIPAL_COORDINATOR, Place(regions=frozenset({10})), False),
        (R.MUNICIPAL_COORDINATOR, Place(municipality=1, vendor=2), False),
        (R.ANALYST, Place(), True),
        (R.ANALYST, Place(municipality=1), False),
        (R.ANALYST, Place(regions=frozenset({10})), False),
        (R.VENDOR, Place(vendor=1), True),
        (R.VENDOR, Place(), False),
        (R.PROGRAMME, Place(solution="x"), True),
        (R.PROGRAMME, Place(solution=""), False),
    ],
)
def test_a_role_is_given_in_a_place_of_its_kind_only(role: Role, place: Place, fits: bool) -> None:
    """A contact person of one of two regions must not name one for the other."""
    assert giving.fits(role, place) is fits


def test_an_administrator_gives_municipal_roles_in_a_county_authority_and_nowhere_else() -> None:
    administrator = [Grant(role=R.ADMINISTRATOR)]

    for role in LOCAL:
        assert may_give(administrator, role, Place(county_authority=7, regions=frozenset({30})))
        assert not may_give(administrator, role, OWN[role])


def test_a_coordinator_of_a_county_authority_gives_there() -> None:
    held_there = [Grant(role=R.MUNICIPAL_COORDINATOR, county_authority=7)]

    assert may_give(held_there, R.PROJECT_LEADER, Place(county_authority=7))
    assert not may_give(held_there, R.PROJECT_LEADER, Place(county_authority=8))
    assert not may_give(held_there, R.PROJECT_LEADER, OWN[R.PROJECT_LEADER])


def test_gives_here_lists_what_the_form_offers() -> None:
    contact = [Grant(role=R.CONTACT_PERSON, region=10)]

    assert set(giving.gives_here(contact, OWN[R.PROJECT_LEADER])) == LOCAL
    assert set(giving.gives_here(contact, OWN[R.CONTACT_PERSON])) == REGIONAL
    assert giving.gives_here(contact, NATION) == ()


@pytest.mark.parametrize(
    ("role", "others", "refusal"),
    [
        (R.MUNICIPAL_COORDINATOR, [], PeopleRefusal.LAST_COORDINATOR),
        (R.MUNICIPAL_COORDINATOR, [Held(valid_from=date(2026, 1, 1))], None),
        (R.MUNICIPAL_COORDINATOR, [Held(valid_from=TODAY)], None),
        # Begins too late, or will be gone again.
        (
            R.MUNICIPAL_COORDINATOR,
            [Held(valid_from=date(2026, 11, 23))],
            PeopleRefusal.LAST_COORDINATOR,
        ),
        (
            R.MUNICIPAL_COORDINATOR,
            [Held(valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1))],
            PeopleRefusal.LAST_COORDINATOR,
        ),
        (R.ADMINISTRATOR, [], PeopleRefusal.LAST_ADMINISTRATOR),
        (R.ADMINISTRATOR, [Held(valid_from=date(2026, 1, 1))], None),
        (R.DECISION_MAKER, [], None),
        (R.CONTACT_PERSON, [], None),
        (R.VENDOR, [], None),
    ],
)
def test_somebody_must_be_left(
    role: Role, others: list[Held], refusal: PeopleRefusal | None
) -> None:
    assert giving.refusal_to_end(role, others, on=TODAY) is refusal


# --- who sees mail and phone ---

# reader's role: the scopes, own and other, in which she sees them (contact persons aside)
SEES: dict[Role, tuple[set[Role], set[Role]]] = {
    R.MUNICIPAL_COORDINATOR: ({R.DECISION_MAKER, R.ROLLOUT_LEADER}, set()),
    R.DECISION_MAKER: ({R.DECISION_MAKER, R.ROLLOUT_LEADER}, set()),
    R.PROJECT_LEADER: ({R.DECISION_MAKER, R.ROLLOUT_LEADER}, set()),
    R.CONTACT_PERSON: ({R.DECISION_MAKER, R.ROLLOUT_LEADER}, set()),
    R.ROLLOUT_LEADER: ({R.DECISION_MAKER, R.ROLLOUT_LEADER}, set()),
    R.NETWORK_RESOURCE: ({R.DECISION_MAKER, R.ROLLOUT_LEADER}, set()),
    R.COORDINATION_GROUP_MEMBER: (
        {R.DECISION_MAKER, R.ROLLOUT_LEADER, R.ANALYST},
        {R.DECISION_MAKER, R.ROLLOUT_LEADER, R.ANALYST},
    ),
    R.PORTFOLIO_OWNER: (
        {R.VENDOR, R.PROGRAMME, R.ANALYST},
        {R.VENDOR, R.PROGRAMME, R.ANALYST},
    ),
    R.PROGRAMME: ({R.PROGRAMME}, set()),
    R.VENDOR: ({R.VENDOR}, set()),
    R.ANALYST: ({R.ANALYST}, {R.ANALYST}),
    R.HEALTH_ASSESSOR: ({R.ANALYST}, {R.ANALYST}),
    R.ADMINISTRATOR: (
        {R.DECISION_MAKER, R.ROLLOUT_LEADER, R.VENDOR, R.PROGRAMME, R.ANALYST},
        {R.DECISION_MAKER, R.ROLLOUT_LEADER, R.VENDOR, R.PROGRAMME, R.ANALYST},
    ),
}
ASKED = (R.DECISION_MAKER, R.ROLLOUT_LEADER, R.VENDOR, R.PROGRAMME, R.ANALYST)


@pytest.mark.parametrize("of", ASKED)
@pytest.mark.parametrize("role", Role)
def test_mail_and_phone_are_seen_where_the_place_is_shared(role: Role, of: Role) -> None:
    own, other = SEES[role]
    # A municipality's people share its regions.
    regions = frozenset({10, 11}) if role in LOCAL else frozenset()
    reader = [held(role)]

    assert giving.sees_contact_data(reader, of, OWN[of], own_regions=regions) == (of in own)
    assert giving.sees_contact_data(reader, of, OTHER[of], own_regions=regions) == (of in other)


@pytest.mark.parametrize("role", Role)
def test_contact_persons_are_reached_by_all_who_hold_a_role(role: Role) -> None:
    assert giving.sees_contact_data(
        [held(role)], R.CONTACT_PERSON, OTHER[R.CONTACT_PERSON], own_regions=frozenset()
    )


@pytest.mark.parametrize("of", Role)
def test_without_a_role_nobody_is_seen(of: Role) -> None:
    assert not giving.sees_contact_data([], of, OWN[of], own_regions=frozenset())


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [(1, None), (60, None), (61, PeopleRefusal.TOO_MANY_TODAY)],
)
def test_nobody_writes_to_the_whole_country_in_a_day(
    wanted: int, refusal: PeopleRefusal | None
) -> None:
    assert giving.refusal_to_invite(wanted, most=giving.MOST_BY_HAND) is refusal

"""Memberships: the scope a role demands, periods, and what a person reaches on a day."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError

from samlop.accounts import queries, services
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import SCOPE_OF, Permission, Role, Scope
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import (
    CountyAuthority,
    Municipality,
    Region,
    RegionMembership,
    Vendor,
)
from samlop.municipalities.rules.kinds import Certainty, RegionKind

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
TESTS = Machine("tests")


@pytest.fixture
def person() -> Person:
    return services.add_person(name="Kari", email="kari@example.invalid", by=TESTS)


def region(slug: str = "digi-agder", kind: RegionKind = RegionKind.EHEALTH_GROUP) -> Region:
    return Region.objects.create(
        kind=kind.value,
        slug=slug,
        name=slug,
        number="42" if kind is RegionKind.COUNTY else None,
        valid_from=date(2020, 1, 1),
    )


def scopes() -> dict[str, Callable[[], dict[str, object]]]:
    """Every way to fill the scope columns, right or wrong, by name."""
    return {
        "nothing": dict,
        "region": lambda: {"region": region()},
        "municipality": lambda: {"municipality": Municipality.objects.create()},
        "county_authority": lambda: {
            "county_authority": CountyAuthority.objects.create(
                county=region("agder", RegionKind.COUNTY), slug="agder", name="Agder"
            )
        },
        "vendor": lambda: {"vendor": Vendor.objects.create(slug="v", name="V")},
        "solution": lambda: {"solution_slug": "kjernejournal"},
        "municipality and region": lambda: {
            "municipality": Municipality.objects.create(),
            "region": region(),
        },
    }


FITTING = {
    Scope.NATION: {"nothing"},
    Scope.REGION: {"region"},
    Scope.MUNICIPALITY: {"municipality", "county_authority"},
    Scope.VENDOR: {"vendor"},
    Scope.SOLUTION: {"solution"},
}


@pytest.mark.parametrize("scope", scopes())
@pytest.mark.parametrize("role", Role)
def test_the_database_takes_exactly_the_scope_the_role_demands(
    person: Person, role: Role, scope: str
) -> None:
    columns = scopes()[scope]()

    def create() -> None:
        Membership.objects.create(person=person, role=role.value, valid_from=TODAY, **columns)

    if scope in FITTING[SCOPE_OF[role]]:
        create()
    else:
        with pytest.raises(IntegrityError, match="membership_scope_fits_role"):
            create()


@pytest.mark.parametrize("scope", ["nothing", "region", "municipality", "vendor", "solution"])
def test_a_role_is_not_held_twice_in_one_place_at_a_time(person: Person, scope: str) -> None:
    role = next(role for role in Role if scope in FITTING[SCOPE_OF[role]])
    columns = scopes()[scope]()
    Membership.objects.create(person=person, role=role.value, valid_from=TODAY, **columns)

    with pytest.raises(IntegrityError, match="membership_once"):
        Membership.objects.create(
            person=person, role=role.value, valid_from=date(2027, 1, 1), **columns
        )


def test_a_membership_counts_from_its_first_day_to_the_day_before_its_end(person: Person) -> None:
    membership = services.grant(person=person, role=Role.ANALYST, by=TESTS, on=date(2026, 1, 1))
    services.end(membership=membership, by=TESTS, on=TODAY)

    assert not queries.grants(person, on=date(2025, 12, 31))
    assert queries.grants(person, on=date(2026, 1, 1))
    assert queries.grants(person, on=date(2026, 11, 21))
    assert not queries.grants(person, on=TODAY)


def test_a_role_given_by_mistake_is_gone_at_once_and_still_told_of(person: Person) -> None:
    membership = services.grant(person=person, role=Role.ANALYST, by=TESTS, on=TODAY)

    services.end(membership=membership, by=TESTS, on=TODAY)

    membership.refresh_from_db()
    assert membership.valid_to == TODAY
    assert not queries.grants(person, on=TODAY)


def test_a_contact_person_reaches_the_municipalities_of_her_region_that_day(
    person: Person,
) -> None:
    group = region()
    inside, left, outside = (Municipality.objects.create() for _ in range(3))
    for municipality, until in ((inside, None), (left, date(2026, 1, 1))):
        RegionMembership.objects.create(
            region=group,
            municipality=municipality,
            kind=group.kind,
            certainty=Certainty.CONFIRMED.value,
            valid_from=date(2024, 1, 1),
            valid_to=until,
        )
    services.grant(person=person, role=Role.CONTACT_PERSON, region=group, by=TESTS, on=TODAY)

    reach = queries.reach(
        queries.grants(person, on=TODAY), Permission.VIEW_CAPACITY_HOURS, on=TODAY
    )

    assert reach.holds(inside.pk)
    assert not reach.holds(left.pk)
    assert not reach.holds(outside.pk)
    assert queries.place_of(inside, on=TODAY).regions == {group.pk}
    assert queries.place_of(left, on=TODAY).regions == frozenset()


def test_a_national_member_reaches_everywhere(person: Person) -> None:
    services.grant(person=person, role=Role.COORDINATION_GROUP_MEMBER, by=TESTS, on=TODAY)
    held = queries.grants(person, on=TODAY)

    assert queries.reach(held, Permission.VIEW_CAPACITY_HOURS, on=TODAY).everywhere
    assert not queries.reach(held, Permission.CHANGE_CAPACITY, on=TODAY).everywhere


def test_an_address_belongs_to_one_person_whatever_its_case(person: Person) -> None:
    with pytest.raises(services.EmailTaken):
        services.add_person(name="Ola", email="KARI@example.invalid", by=TESTS)

    assert Person.objects.count() == 1
    assert Event.objects.filter(code="accounts.person.added").count() == 1


def test_the_history_of_a_person_holds_no_name_mail_or_phone(person: Person) -> None:
    """Erasing a person must be one update: nothing may remember what it blanks."""
    history = person.events  # type: ignore[attr-defined]
    columns = {field.name for field in history.model._meta.get_fields()}

    assert history.count() == 1
    assert columns.isdisjoint({"name", "email", "phone", "password"})

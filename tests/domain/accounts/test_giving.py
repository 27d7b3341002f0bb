"""Inviting, ending, handing over, taking over and erasing."""

from datetime import UTC, date, datetime

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from samlop.accounts import queries, services
from samlop.accounts.models import Membership, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import Grant, PeopleRefusal, Permission, Role
from samlop.accounts.services import CannotChangePeople, Invitation
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import CountyAuthority, Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
TOMORROW = date(2026, 11, 23)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BY = Machine("tests")
COORDINATOR = Role.MUNICIPAL_COORDINATOR


@pytest.fixture
def here() -> Municipality:
    return make.municipality(name="Gjerstad")


@pytest.fixture
def group(here: Municipality) -> Region:
    return make.region(kind=RegionKind.EHEALTH_GROUP, name="E-helse Agder", members=(here,))


def invite(
    where: Municipality,
    email: str = "kari@example.org",
    *,
    role: Role = COORDINATOR,
    name: str = "Kari Berg",
    phone: str = "",
    on: date = TODAY,
) -> Invitation:
    return services.invite(
        email=email,
        name=name,
        role=role,
        where=Where(municipality=where),
        phone=phone,
        by=BY,
        on=on,
    )


def refusal(error: pytest.ExceptionInfo[CannotChangePeople]) -> PeopleRefusal:
    return error.value.refusal


# --- inviting ---


def test_an_invitation_is_a_person_who_has_not_come_and_a_role(here: Municipality) -> None:
    made = invite(here, phone="+47 91234567")

    assert made.is_new
    assert (made.person.name, made.person.email, made.person.phone) == (
        "Kari Berg",
        "kari@example.org",
        "912 34 567",
    )
    assert made.person.first_signed_in_at is None
    assert not made.person.has_usable_password()
    assert queries.grants(made.person, on=TODAY) == (Grant(role=COORDINATOR, municipality=here.pk),)


def test_a_known_address_gets_the_role_and_keeps_its_name(here: Municipality) -> None:
    known = make.person(name="Kari Berg", email="kari@example.org")

    made = invite(here, "KARI@example.org", name="Ola Dal")

    assert made.person == known
    assert not made.is_new
    assert Person.objects.get().name == "Kari Berg"


def test_others_fill_in_a_phone_only_until_she_has_come(here: Municipality) -> None:
    known = make.person(email="kari@example.org")
    invite(here, phone="91234567")
    known.refresh_from_db()
    assert known.phone == "912 34 567"

    services.signed_in(person=known, at=NOW)
    Person.objects.filter(pk=known.pk).update(phone="")
    invite(here, phone="99999999", role=Role.DECISION_MAKER)

    known.refresh_from_db()
    assert known.phone == ""


def test_the_same_role_in_the_same_place_is_not_given_twice(here: Municipality) -> None:
    invite(here)

    with pytest.raises(CannotChangePeople, match="Kari Berg har allerede rollen") as error:
        invite(here)

    assert refusal(error) is PeopleRefusal.ALREADY_HELD
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"email": "kari"}, PeopleRefusal.BAD_EMAIL),
        ({"email": ""}, PeopleRefusal.BAD_EMAIL),
        ({"email": "postmottak@example.org"}, PeopleRefusal.SHARED_MAILBOX),
        ({"name": " "}, PeopleRefusal.NO_NAME),
        ({"phone": "12"}, PeopleRefusal.BAD_PHONE),
    ],
)
def test_what_cannot_be_used_is_refused_and_nobody_made(
    here: Municipality, changed: dict[str, str], why: PeopleRefusal
) -> None:
    with pytest.raises(CannotChangePeople) as error:
        invite(here, **changed)  # type: ignore[arg-type]

    assert refusal(error) is why
    assert not Person.objects.exists()
    assert not Event.objects.exists()


def test_coming_the_first_time_is_remembered_once() -> None:
    person = make.person()

    assert services.signed_in(person=person, at=NOW)
    assert not services.signed_in(person=person, at=datetime(2027, 1, 1, tzinfo=UTC))

    person.refresh_from_db()
    assert person.first_signed_in_at == NOW
    assert Event.objects.filter(code="accounts.person.came").count() == 1


def test_whom_the_example_invites_belongs_to_the_example(here: Municipality) -> None:
    """Else the example would refuse to start beside what it made itself."""
    giver = services.add_person(name="Kontaktperson", email=None, is_example=True, by=BY)

    made = services.invite(
        email="kari@example.org",
        name="Kari",
        role=COORDINATOR,
        where=Where(municipality=here),
        by=giver,
        on=TODAY,
    )

    assert made.person.is_example
    assert not invite(here, "ola@example.org").person.is_example


# --- ending ---


def test_the_last_coordinator_stays(here: Municipality) -> None:
    made = invite(here, on=date(2026, 1, 1))

    with pytest.raises(CannotChangePeople) as error:
        services.end(membership=made.membership, by=BY, on=TODAY)

    assert refusal(error) is PeopleRefusal.LAST_COORDINATOR
    made.membership.refresh_from_db()
    assert made.membership.valid_to is None
    assert not Event.objects.filter(code="accounts.membership.ended").exists()


def test_one_of_two_coordinators_leaves(here: Municipality) -> None:
    made = invite(here, on=date(2026, 1, 1))
    invite(here, "ola@example.org")

    services.end(membership=made.membership, by=BY, on=TODAY, reason="Ny jobb")

    assert made.membership.valid_to == TODAY
    assert queries.grants(made.person, on=TODAY) == ()
    event = Event.objects.get(code="accounts.membership.ended")
    assert (event.reason, event.municipality_id) == ("Ny jobb", here.pk)


def test_a_coordinator_elsewhere_or_erased_or_of_another_role_does_not_count(
    here: Municipality,
) -> None:
    made = invite(here)
    invite(make.municipality(), "ola@example.org")
    invite(here, "per@example.org", role=Role.DECISION_MAKER)
    inactive = invite(here, "siv@example.org")
    Person.objects.filter(pk=inactive.person.pk).update(is_active=False)

    with pytest.raises(CannotChangePeople):
        services.end(membership=made.membership, by=BY, on=TODAY)


def test_the_last_coordinator_of_a_county_authority_stays() -> None:
    county = make.region(kind=RegionKind.COUNTY)
    authority = CountyAuthority.objects.create(county=county, slug="agder", name="Agder")
    made = services.invite(
        email="kari@example.org",
        name="Kari",
        role=COORDINATOR,
        where=Where(county_authority=authority),
        by=BY,
        on=TODAY,
    )
    with pytest.raises(CannotChangePeople):
        services.end(membership=made.membership, by=BY, on=TODAY)


def test_the_last_administrator_stays() -> None:
    person = make.person()
    membership = services.grant(person=person, role=Role.ADMINISTRATOR, by=BY, on=TODAY)

    with pytest.raises(CannotChangePeople) as error:
        services.end(membership=membership, by=BY, on=TODAY)
    assert refusal(error) is PeopleRefusal.LAST_ADMINISTRATOR

    with pytest.raises(CannotChangePeople):
        services.erase(person=person, by=BY, on=TODAY, at=NOW)
    person.refresh_from_db()
    assert person.erased_at is None
    assert person.name


def test_an_end_in_the_future_can_be_moved_forward(here: Municipality) -> None:
    made = invite(here, role=Role.PROJECT_LEADER, on=date(2026, 1, 1))
    services.end(membership=made.membership, by=BY, on=date(2027, 1, 1))
    assert queries.grants(made.person, on=TODAY)

    services.end(membership=made.membership, by=BY, on=TODAY)
    assert not queries.grants(made.person, on=TODAY)

    with pytest.raises(CannotChangePeople) as error:
        services.end(membership=made.membership, by=BY, on=TODAY)
    assert refusal(error) is PeopleRefusal.ALREADY_ENDED


def test_a_role_that_has_yet_to_begin_is_taken_back(here: Municipality) -> None:
    made = invite(here, role=Role.PROJECT_LEADER, on=date(2027, 1, 1))

    services.end(membership=made.membership, by=BY, on=TODAY)

    assert made.membership.valid_to == date(2027, 1, 1)
    assert not queries.grants(made.person, on=date(2027, 1, 1))


# --- handing and taking over ---


def test_handing_over_gives_and_ends_in_one_step(here: Municipality) -> None:
    made = invite(here, on=date(2026, 1, 1))

    successor = services.hand_over(
        membership=made.membership, email="ola@example.org", name="Ola Dal", by=BY, on=TODAY
    )

    assert successor is not None
    assert queries.grants(successor.person, on=TODAY)
    assert not queries.grants(made.person, on=TODAY)
    made.membership.refresh_from_db()
    assert made.membership.taken_over_by is None


def test_handing_over_to_one_who_holds_it_already_only_ends(here: Municipality) -> None:
    made = invite(here, on=date(2026, 1, 1))
    invite(here, "ola@example.org")

    assert (
        services.hand_over(
            membership=made.membership, email="OLA@example.org", name="", by=BY, on=TODAY
        )
        is None
    )
    assert not queries.grants(made.person, on=TODAY)


@pytest.mark.parametrize(
    ("email", "name", "why"),
    [
        ("KARI@example.org", "Kari", PeopleRefusal.TO_HERSELF),
        ("ola", "Ola", PeopleRefusal.BAD_EMAIL),
        ("ola@example.org", "", PeopleRefusal.NO_NAME),
    ],
)
def test_a_refused_successor_leaves_everything_as_it_was(
    here: Municipality, email: str, name: str, why: PeopleRefusal
) -> None:
    made = invite(here, on=date(2026, 1, 1))

    with pytest.raises(CannotChangePeople) as error:
        services.hand_over(membership=made.membership, email=email, name=name, by=BY, on=TODAY)

    assert refusal(error) is why
    assert queries.grants(made.person, on=TODAY)
    assert Person.objects.count() == 1


def test_the_region_takes_over_from_the_last_coordinator(here: Municipality, group: Region) -> None:
    made = invite(here, on=date(2026, 1, 1))

    services.take_over(
        membership=made.membership, region=group, by=BY, on=TODAY, reason="Sluttet i kommunen"
    )

    made.membership.refresh_from_db()
    assert (made.membership.valid_to, made.membership.taken_over_by) == (TODAY, group)
    assert Event.objects.get(code="accounts.membership.taken_over").reason == "Sluttet i kommunen"
    assert queries.left_to(here.pk, on=TODAY) == group
    assert queries.left_to(here.pk, on=date(2026, 11, 21)) is None

    invite(here, "ola@example.org", on=TOMORROW)
    assert queries.left_to(here.pk, on=TODAY) == group
    assert queries.left_to(here.pk, on=TOMORROW) is None


def test_taking_over_needs_a_reason_and_the_last_coordinator(
    here: Municipality, group: Region
) -> None:
    made = invite(here, on=date(2026, 1, 1))

    with pytest.raises(CannotChangePeople) as error:
        services.take_over(membership=made.membership, region=group, by=BY, on=TODAY, reason=" ")
    assert refusal(error) is PeopleRefusal.NO_REASON

    invite(here, "ola@example.org")
    with pytest.raises(CannotChangePeople) as error:
        services.take_over(membership=made.membership, region=group, by=BY, on=TODAY, reason="x")
    assert refusal(error) is PeopleRefusal.NOT_THE_LAST


# --- erasing ---


def test_erasing_blanks_the_person_and_ends_her_roles(here: Municipality, group: Region) -> None:
    made = invite(here, phone="91234567", on=date(2026, 1, 1))
    person = made.person
    person.set_password("noe hemmelig")
    person.save()
    EmailAddress.objects.create(user=person, email="kari@example.org", verified=True)

    services.erase(person=person, by=person, on=TODAY, at=NOW)

    person.refresh_from_db()
    assert (person.name, person.email, person.phone) == ("", None, "")
    assert (person.is_active, person.erased_at) == (False, NOW)
    assert not person.has_usable_password()
    assert not EmailAddress.objects.exists()
    assert queries.grants(person, on=TODAY) == ()
    made.membership.refresh_from_db()
    assert made.membership.valid_to == TODAY
    # The last coordinator is not held back: the region follows up.
    assert queries.left_to(here.pk, on=TODAY) == group


def test_the_address_of_an_erased_person_is_free(here: Municipality) -> None:
    made = invite(here)
    services.erase(person=made.person, by=BY, on=TODAY, at=NOW)

    again = invite(here, name="Kari Ny")

    assert again.is_new
    assert again.person.name == "Kari Ny"


def test_nobody_is_erased_twice(here: Municipality) -> None:
    made = invite(here)
    services.erase(person=made.person, by=BY, on=TODAY, at=NOW)

    with pytest.raises(CannotChangePeople) as error:
        services.erase(person=made.person, by=BY, on=TODAY, at=NOW)
    assert refusal(error) is PeopleRefusal.ERASED


# --- what the database refuses ---


@pytest.mark.parametrize("left", [{"name": "Kari"}, {"phone": "1"}, {"is_active": True}])
def test_an_erased_person_keeps_nothing(left: dict[str, object]) -> None:
    person = make.person()
    blank = {"name": "", "email": None, "phone": "", "is_active": False, "erased_at": NOW}

    with pytest.raises(IntegrityError, match="person_erased_is_blank"):
        Person.objects.filter(pk=person.pk).update(**blank | left)


def test_only_an_ended_coordinator_is_taken_over(here: Municipality, group: Region) -> None:
    made = invite(here)

    with pytest.raises(IntegrityError, match="membership_taken_over_has_ended"):
        Membership.objects.filter(pk=made.membership.pk).update(taken_over_by=group)


def test_a_role_does_not_end_before_it_began(here: Municipality) -> None:
    made = invite(here)

    with pytest.raises(IntegrityError, match="membership_period_in_order"):
        Membership.objects.filter(pk=made.membership.pk).update(valid_to=date(2026, 11, 21))


def test_a_role_that_ended_yesterday_reaches_nothing(here: Municipality) -> None:
    made = invite(here, role=Role.DECISION_MAKER, on=date(2026, 1, 1))
    services.end(membership=made.membership, by=BY, on=TODAY)
    held = queries.grants(made.person, on=TODAY)

    assert not queries.reach(held, Permission.VIEW_CAPACITY_HOURS, on=TODAY).holds(here.pk)
    assert queries.own_regions(held, on=TODAY) == frozenset()

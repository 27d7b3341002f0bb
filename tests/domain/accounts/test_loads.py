"""A list loaded for a region, and taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from samlop.accounts import queries, services
from samlop.accounts.models import Membership, PeopleLoad, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import PeopleRefusal, Role, giving
from samlop.accounts.services import CannotChangePeople, Entry, Loaded
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BY = Machine("tests")


@pytest.fixture
def here() -> Municipality:
    return make.municipality()


@pytest.fixture
def group(here: Municipality) -> Region:
    return make.region(kind=RegionKind.EHEALTH_GROUP, members=(here,))


def entry(here: Municipality, email: str, role: Role = Role.MUNICIPAL_COORDINATOR) -> Entry:
    return Entry(
        email=email, name=email.split("@", maxsplit=1)[0], role=role, where=Where(municipality=here)
    )


def load(group: Region, *entries: Entry, on: date = TODAY) -> Loaded:
    return services.load_people(region=group, entries=entries, by=BY, on=on, at=NOW)


def test_a_list_is_loaded_whole(here: Municipality, group: Region) -> None:
    done = load(group, entry(here, "kari@example.org"), entry(here, "ola@example.org"))

    assert len(done.invitations) == 2
    assert set(Membership.objects.values_list("load", flat=True)) == {done.load.pk}
    assert Event.objects.get(code="accounts.people.loaded").details == {"roles": 2}


def test_one_refused_entry_takes_all_back(here: Municipality, group: Region) -> None:
    with pytest.raises(CannotChangePeople):
        load(group, entry(here, "kari@example.org"), entry(here, "postmottak@example.org"))

    assert not Person.objects.exists()
    assert not PeopleLoad.objects.exists()


def test_undoing_ends_what_was_given_and_erases_those_who_never_came(
    here: Municipality, group: Region
) -> None:
    done = load(group, entry(here, "kari@example.org"))

    undone = services.undo_load(load=done.load, by=BY, on=TODAY, at=NOW)

    person = done.invitations[0].person
    person.refresh_from_db()
    assert (undone.roles, undone.people) == (1, 1)
    assert person.email is None
    assert queries.grants(person, on=TODAY) == ()


def test_undoing_keeps_those_who_came_and_those_with_another_role(
    here: Municipality, group: Region
) -> None:
    known = make.person(email="kari@example.org")
    services.grant(
        person=known, role=Role.DECISION_MAKER, municipality=here, by=BY, on=date(2026, 1, 1)
    )
    done = load(
        group,
        entry(here, "kari@example.org"),
        entry(here, "ola@example.org"),
        entry(here, "per@example.org"),
    )
    came = Person.objects.get(email="ola@example.org")
    services.signed_in(person=came, at=NOW)

    undone = services.undo_load(load=done.load, by=BY, on=TODAY, at=NOW)

    assert (undone.roles, undone.people) == (3, 1)
    assert set(Person.objects.exclude(email=None).values_list("email", flat=True)) == {
        "kari@example.org",
        "ola@example.org",
    }
    assert [one.role for one in queries.grants(known, on=TODAY)] == [Role.DECISION_MAKER]
    assert queries.grants(came, on=TODAY) == ()


def test_undoing_leaves_roles_given_since_alone(here: Municipality, group: Region) -> None:
    done = load(group, entry(here, "kari@example.org"))
    person = done.invitations[0].person
    services.grant(person=person, role=Role.PROJECT_LEADER, municipality=here, by=BY, on=TODAY)

    services.undo_load(load=done.load, by=BY, on=TODAY, at=NOW)

    assert [one.role for one in queries.grants(person, on=TODAY)] == [Role.PROJECT_LEADER]
    person.refresh_from_db()
    assert person.email == "kari@example.org"


def test_the_region_follows_up_where_undoing_leaves_no_coordinator(
    here: Municipality, group: Region
) -> None:
    done = load(group, entry(here, "kari@example.org"), on=date(2026, 1, 1))

    services.undo_load(load=done.load, by=BY, on=TODAY, at=NOW)

    assert queries.left_to(here.pk, on=TODAY) == group


def test_one_may_list_so_many_in_a_day_and_then_nobody_of_the_list_is_invited(
    here: Municipality, group: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "MOST_BY_LIST", 3)
    by = make.person()

    def listed(*addresses: str, at: datetime) -> Loaded:
        entries = [entry(here, address) for address in addresses]
        return services.load_people(region=group, entries=entries, by=by, on=TODAY, at=at)

    listed("a@example.org", "b@example.org", at=NOW)
    with pytest.raises(CannotChangePeople, match="høyst 3 på ett døgn"):
        listed("c@example.org", "d@example.org", at=NOW + timedelta(hours=23))
    assert Membership.objects.count() == 2
    assert PeopleLoad.objects.count() == 1
    listed("c@example.org", "d@example.org", at=NOW + timedelta(hours=25))

    # Lists have their own count.
    services.may_invite(by=by, at=NOW)


def test_a_load_is_undone_once(here: Municipality, group: Region) -> None:
    done = load(group, entry(here, "kari@example.org"))
    services.undo_load(load=done.load, by=BY, on=TODAY, at=NOW)

    with pytest.raises(CannotChangePeople) as error:
        services.undo_load(load=done.load, by=BY, on=TODAY, at=NOW)
    assert error.value.refusal is PeopleRefusal.ALREADY_UNDONE


def test_a_load_is_not_undone_before_it_was_made(here: Municipality, group: Region) -> None:
    done = load(group, entry(here, "kari@example.org"))

    with pytest.raises(IntegrityError, match="people_load_undone_after_loaded"):
        PeopleLoad.objects.filter(pk=done.load.pk).update(
            undone_at=datetime(2026, 11, 21, tzinfo=UTC)
        )

"""A list of people loaded for a region, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from samlop.accounts import queries
from samlop.accounts.models import Membership, PeopleLoad, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import PeopleRefusal, Role
from samlop.accounts.services import ending, limits, memberships, persons
from samlop.accounts.services.memberships import Invitation
from samlop.accounts.services.refusals import CannotChangePeople
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.municipalities.models import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person and one role of a list."""

    email: str
    name: str
    role: Role
    where: Where
    title: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    load: PeopleLoad
    invitations: tuple[Invitation, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """How many roles ended, and how many people were erased because they had nothing else."""

    roles: int
    people: int


def load_people(
    *, region: Region, entries: Sequence[Entry], by: Actor, on: date, at: datetime
) -> Loaded:
    """Invite them all, or nobody. Raises CannotChangePeople."""
    with change("accounts.people.loaded", by=by, at=at) as record:
        limits.may_load(len(entries), by=by, at=at)
        load = PeopleLoad.objects.create(region=region, loaded_by_id=by.pk, loaded_at=at)
        invitations = tuple(
            memberships.invite(
                email=entry.email,
                name=entry.name,
                role=entry.role,
                where=entry.where,
                title=entry.title,
                phone=entry.phone,
                load=load,
                by=by,
                on=on,
            )
            for entry in entries
        )
        record(load, details={"roles": len(invitations)})
    return Loaded(load, invitations)


def undo_load(*, load: PeopleLoad, by: Actor, on: date, at: datetime) -> Undone:
    """End what the load gave, and erase whom it brought who never came and holds nothing else.

    The region that took its list back follows up where no coordinator is left.
    Raises CannotChangePeople.
    """
    with change("accounts.people.load_undone", by=by, at=at) as record:
        row = PeopleLoad.objects.select_for_update(of=("self",)).get(pk=load.pk)
        if row.undone_at is not None:
            raise CannotChangePeople(PeopleRefusal.ALREADY_UNDONE)
        given = list(
            Membership.objects.filter(load=row)
            .not_ended_on(on)
            .select_related("person")
            .order_by("role", "municipality", "pk")
        )
        for membership in given:
            ending.hold_place(membership)
        for membership in given:
            coordinator = membership.role == Role.MUNICIPAL_COORDINATOR.value
            last = coordinator and queries.leaves_empty(membership, on=on)
            ending.end_row(
                membership,
                on=on,
                taken_over_by=row.region if last and _was_held(membership, on=on) else None,
            )
        erased = _brought_only_by(row)
        for person in erased:
            persons.erase(person=person, by=by, on=on, at=at)
        row.undone_at = at
        row.save(update_fields=["undone_at"])
        record(row, details={"roles": len(given), "people": len(erased)})
    load.undone_at = at
    return Undone(roles=len(given), people=len(erased))


def _was_held(membership: Membership, *, on: date) -> bool:
    return membership.valid_from < on


def _brought_only_by(load: PeopleLoad) -> list[Person]:
    """Those of the load who never came and have no role, now or before, from elsewhere."""
    elsewhere = Membership.objects.exclude(load=load.pk) | Membership.objects.filter(load=None)
    return list(
        Person.objects.filter(
            memberships__load=load,
            first_signed_in_at=None,
            last_login=None,
            erased_at=None,
        )
        .exclude(pk__in=elsewhere.values("person_id"))
        .distinct()
        .order_by("pk")
    )

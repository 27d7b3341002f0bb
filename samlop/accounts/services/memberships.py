"""Who holds which role, from when to when."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from samlop.accounts import queries, texts
from samlop.accounts.models import Membership, PeopleLoad, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import PeopleRefusal, Role, giving, writing
from samlop.accounts.services import ending, persons
from samlop.accounts.services.refusals import CannotChangePeople
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.models import CountyAuthority, Municipality, Region, Vendor
from samlop.municipalities.rules.writing import name as tidy_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What inviting came to; `is_new` when nobody had the address before."""

    person: Person
    membership: Membership
    is_new: bool


def grant(
    *,
    person: Person,
    role: Role,
    by: Actor,
    on: date,
    region: Region | None = None,
    municipality: Municipality | None = None,
    county_authority: CountyAuthority | None = None,
    vendor: Vendor | None = None,
    solution_slug: str = "",
    title: str = "",
    until: date | None = None,
    load: PeopleLoad | None = None,
) -> Membership:
    """The person holds the role from the day; the database refuses a scope the role has not."""
    with change("accounts.membership.granted", by=by) as record:
        membership = Membership.objects.create(
            person=person,
            role=role.value,
            region=region,
            municipality=municipality,
            county_authority=county_authority,
            vendor=vendor,
            solution_slug=solution_slug,
            title=title,
            valid_from=on,
            valid_to=until,
            load=load,
        )
        record(membership, municipality_id=membership.municipality_id, details={"role": role.value})
    return membership


def invite(
    *,
    email: str,
    name: str,
    role: Role,
    where: Where,
    by: Actor,
    on: date,
    title: str = "",
    phone: str = "",
    load: PeopleLoad | None = None,
) -> Invitation:
    """The person with the address, made if there is none, holds the role from the day.

    Whoever has come herself keeps her own name and phone. Raises CannotChangePeople.
    """
    address = writing.email(email)
    if not address:
        raise CannotChangePeople(PeopleRefusal.BAD_EMAIL, text=email.strip())
    if writing.is_shared_mailbox(address):
        raise CannotChangePeople(PeopleRefusal.SHARED_MAILBOX, text=address)
    number = writing.phone(phone)
    if number is None:
        raise CannotChangePeople(PeopleRefusal.BAD_PHONE, text=phone.strip())
    with change("accounts.person.invited", by=by) as record:
        # Two who invite the same new address at once must not make two of her.
        locks.hold(f"accounts.person.{address.casefold()}")
        person = Person.objects.filter(email__iexact=address).first()
        is_new = person is None
        if person is None:
            called = tidy_name(name)
            if called is None:
                raise CannotChangePeople(PeopleRefusal.NO_NAME)
            person = persons.add_person(
                name=called,
                email=address,
                phone=number,
                # Whom the example invites belongs to it: real people are never mixed in.
                is_example=Person.objects.filter(pk=by.pk or 0, is_example=True).exists(),
                by=by,
            )
        elif person.first_signed_in_at is None and number and not person.phone:
            person.phone = number
            person.save(update_fields=["phone"])
        if _holding(role, where, on=on).filter(person=person).exists():
            raise CannotChangePeople(
                PeopleRefusal.ALREADY_HELD, name=person, role=texts.ROLES[role]
            )
        membership = grant(
            person=person,
            role=role,
            by=by,
            on=on,
            region=where.region,
            municipality=where.municipality,
            county_authority=where.county_authority,
            vendor=where.vendor,
            solution_slug=where.solution_slug,
            title=" ".join(title.split())[:120],
            load=load,
        )
        details = {"role": role.value} | ({"load": load.pk} if load is not None else {})
        record(person, municipality_id=membership.municipality_id, details=details)
    return Invitation(person=person, membership=membership, is_new=is_new)


def end(*, membership: Membership, by: Actor, on: date, reason: str = "") -> None:
    """The membership holds no longer from this day; one given that same day held none.

    Raises CannotChangePeople when nobody would be left who must be there.
    """
    with change("accounts.membership.ended", by=by, reason=reason.strip()) as record:
        row = _locked(membership, on=on)
        if refusal := giving.refusal_to_end(Role(row.role), queries.others(row, on=on), on=on):
            raise CannotChangePeople(refusal)
        ending.end_row(row, on=on)
        record(row, municipality_id=row.municipality_id, details={"role": row.role})
    membership.refresh_from_db(fields=["valid_to"])


def hand_over(
    *,
    membership: Membership,
    email: str,
    name: str,
    by: Actor,
    on: date,
    title: str = "",
    phone: str = "",
) -> Invitation | None:
    """The successor holds the role from the day and this one's ends; both or nothing.

    None when the successor held it already. Raises CannotChangePeople.
    """
    with change("accounts.membership.handed_over", by=by) as record:
        where, role = Where.of(membership), Role(membership.role)
        address = writing.email(email)
        if address and (membership.person.email or "").casefold() == address.casefold():
            raise CannotChangePeople(PeopleRefusal.TO_HERSELF)
        invitation = None
        held = _holding(role, where, on=on).filter(person__email__iexact=address or None)
        if not held.exists():
            invitation = invite(
                email=email,
                name=name,
                role=role,
                where=where,
                by=by,
                on=on,
                title=title,
                phone=phone,
            )
        end(membership=membership, by=by, on=on)
        record(
            membership,
            municipality_id=membership.municipality_id,
            details={"role": role.value},
        )
    return invitation


def take_over(
    *, membership: Membership, region: Region, by: Actor, on: date, reason: str
) -> Membership:
    """End the last coordinator's role; the region answers until there is a new one.

    Raises CannotChangePeople when there are other coordinators.
    """
    if not reason.strip():
        raise CannotChangePeople(PeopleRefusal.NO_REASON)
    with change("accounts.membership.taken_over", by=by, reason=reason.strip()) as record:
        row = _locked(membership, on=on)
        others = queries.others(row, on=on)
        refusal = giving.refusal_to_end(Role(row.role), others, on=on)
        if refusal is not PeopleRefusal.LAST_COORDINATOR:
            raise CannotChangePeople(refusal or PeopleRefusal.NOT_THE_LAST)
        ending.end_row(row, on=on, taken_over_by=region)
        record(row, municipality_id=row.municipality_id, details={"region": region.pk})
    return row


def _locked(membership: Membership, *, on: date) -> Membership:
    ending.hold_place(membership)
    row = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if row.valid_to is not None and row.valid_to <= on:
        raise CannotChangePeople(PeopleRefusal.ALREADY_ENDED)
    return row


def _holding(role: Role, where: Where, *, on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(
        role=role.value,
        region=where.region,
        municipality=where.municipality,
        county_authority=where.county_authority,
        vendor=where.vendor,
        solution_slug=where.solution_slug,
    ).not_ended_on(on)

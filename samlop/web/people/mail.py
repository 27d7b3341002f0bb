"""Changes to people that the person should hear of by mail: the change and the mail are one."""

from datetime import date, datetime

from django.db import transaction

from samlop.accounts import services
from samlop.accounts.models import Membership, PeopleLoad
from samlop.accounts.queries import Where
from samlop.accounts.rules import Role
from samlop.accounts.services import Entry, Invitation, Loaded
from samlop.lib.actors import Actor
from samlop.messages.services import invitations
from samlop.municipalities.models import Region


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: Role,
    where: Where,
    title: str,
    phone: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Invitation:
    return invitations.invite(
        email=email,
        name=name,
        role=role,
        where=where,
        title=title,
        phone=phone,
        by=by,
        on=on,
        at=at,
    )


def invite_again(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Raises CannotSend when she just got one."""
    invitations.invite_again(membership=membership, by=by, at=at)


@transaction.atomic
def end(*, membership: Membership, by: Actor, on: date, reason: str, at: datetime) -> None:
    services.end(membership=membership, by=by, on=on, reason=reason)
    _tell_of_end(membership, by=by, at=at)


@transaction.atomic
def hand_over(
    *,
    membership: Membership,
    email: str,
    name: str,
    title: str,
    phone: str,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    invitation = services.hand_over(
        membership=membership, email=email, name=name, title=title, phone=phone, by=by, on=on
    )
    if invitation is not None:
        invitations.tell_of_role(membership=invitation.membership, person=invitation.person, at=at)
    _tell_of_end(membership, by=by, at=at)


@transaction.atomic
def take_over(
    *, membership: Membership, region: Region, by: Actor, on: date, reason: str, at: datetime
) -> None:
    row = services.take_over(membership=membership, region=region, by=by, on=on, reason=reason)
    _tell_of_end(row, by=by, at=at)


@transaction.atomic
def load_people(
    *, region: Region, entries: list[Entry], by: Actor, on: date, at: datetime
) -> Loaded:
    """One mail to each person, however many roles she got."""
    loaded = services.load_people(region=region, entries=entries, by=by, on=on, at=at)
    told: set[int] = set()
    for one in loaded.invitations:
        if one.person.pk not in told:
            told.add(one.person.pk)
            invitations.tell_of_role(membership=one.membership, person=one.person, at=at)
    return loaded


@transaction.atomic
def undo_load(*, load: PeopleLoad, by: Actor, on: date, at: datetime) -> None:
    """Whoever never came is erased, or has seen nothing of it; those who came are told."""
    came = list(
        Membership.objects.filter(load=load, person__first_signed_in_at__isnull=False)
        .not_ended_on(on)
        .select_related("person")
        .order_by("pk")
    )
    services.undo_load(load=load, by=by, on=on, at=at)
    for membership in came:
        _tell_of_end(membership, by=by, at=at)


def _tell_of_end(membership: Membership, *, by: Actor, at: datetime) -> None:
    """Nobody needs a mail about what she did herself."""
    if membership.person_id != by.pk:
        invitations.role_ended(membership=membership, at=at)

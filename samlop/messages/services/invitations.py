"""Telling people about the roles they get and lose."""

from datetime import date, datetime, timedelta

from django.db import transaction

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import Role
from samlop.accounts.services import Invitation
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.messages.models import Message
from samlop.messages.rules import MailRefusal
from samlop.messages.services.mails import INVITED, ROLE_ENDED, ROLE_GIVEN
from samlop.messages.services.queueing import CannotSend, queue

NOT_AGAIN_FOR = timedelta(minutes=10)


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: Role,
    where: Where,
    by: Actor,
    on: date,
    at: datetime,
    title: str = "",
    phone: str = "",
) -> Invitation:
    """The person gets the role, and a mail that says so. Raises accounts' CannotChangePeople."""
    accounts.may_invite(by=by, at=at)
    invited = accounts.invite(
        email=email, name=name, role=role, where=where, by=by, on=on, title=title, phone=phone
    )
    tell_of_role(membership=invited.membership, person=invited.person, at=at)
    return invited


def tell_of_role(*, membership: Membership, person: Person, at: datetime) -> None:
    """An invitation to whoever has not come yet; to others, what they have been given."""
    code = INVITED if person.first_signed_in_at is None else ROLE_GIVEN
    queue(code, to=person, at=at, context={"membership": membership.pk})


def invite_again(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Send the invitation once more. Raises CannotSend when she just got one."""
    person = membership.person
    with change("messages.invitation.repeated", by=by, at=at) as record:
        locks.hold(f"messages.invitation.{person.pk}")
        recent = Message.objects.filter(
            recipient=person, kind=INVITED, queued_at__gt=at - NOT_AGAIN_FOR
        )
        if recent.exists():
            raise CannotSend(MailRefusal.INVITED_JUST_NOW)
        queue(INVITED, to=person, at=at, context={"membership": membership.pk})
        record(membership, municipality_id=membership.municipality_id)


def role_ended(*, membership: Membership, at: datetime) -> None:
    """Tell the person that somebody has ended her role."""
    queue(ROLE_ENDED, to=membership.person, at=at, context={"membership": membership.pk})

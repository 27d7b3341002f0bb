"""How many one person may invite: a session in wrong hands shall not write to the whole country."""

from datetime import datetime

from samlop.accounts.models import Membership
from samlop.accounts.rules import giving
from samlop.accounts.services.refusals import CannotChangePeople
from samlop.audit.models import Event
from samlop.db import locks
from samlop.lib.actors import Actor

INVITED = "accounts.person.invited"


def may_invite(*, by: Actor, at: datetime) -> None:
    """One more by hand. Raises CannotChangePeople."""
    if by.pk is None:
        return
    locks.hold(f"accounts.inviting.{by.pk}")
    # What came with a list says so, and has a limit of its own.
    before = Event.objects.filter(
        code=INVITED, actor_id=by.pk, happened_at__gt=at - giving.A_DAY
    ).exclude(details__has_key="load")
    _refuse(before.count() + 1, giving.MOST_BY_HAND)


def may_load(more: int, *, by: Actor, at: datetime) -> None:
    """So many more by a list. Raises CannotChangePeople."""
    if by.pk is None:
        return
    locks.hold(f"accounts.inviting.{by.pk}")
    before = Membership.objects.filter(load__loaded_by=by.pk, load__loaded_at__gt=at - giving.A_DAY)
    _refuse(before.count() + more, giving.MOST_BY_LIST)


def _refuse(wanted: int, most: int) -> None:
    if refusal := giving.refusal_to_invite(wanted, most=most):
        raise CannotChangePeople(refusal, most=most)

"""Asking the region for help, answering in the same thread, and closing it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import PERMITS, Permission, Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.messages.services import queue
from samlop.municipalities.models import Municipality, Region, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Solution
from samlop.rollouts.models import HelpReply, HelpRequest
from samlop.rollouts.rules import help as rules
from samlop.rollouts.rules.help import HelpRefusal, Urgency
from samlop.rollouts.services.help_mails import ASKED, REPLIED
from samlop.rollouts.texts import help as texts

# A second tap on the button, or the page sent again.
TWICE_WITHIN: Final = timedelta(minutes=10)


class CannotHelp(Refused):
    """A rule says no to a question, a reply or its end; nothing was saved."""

    def __init__(self, refusal: HelpRefusal) -> None:
        super().__init__(str(texts.HELP_REFUSALS[refusal]))
        self.refusal = refusal


def ask(
    *,
    municipality: Municipality,
    solution: Solution | None,
    what: str,
    urgency: Urgency,
    person: Person,
    by: Actor,
    on: date,
    at: datetime,
) -> HelpRequest:
    """Ask the contact person of the municipality's regional group. Raises CannotHelp.

    The same question sent twice is one.
    """
    membership = (
        RegionMembership.objects.valid_on(on)
        .filter(municipality=municipality, kind=RegionKind.EHEALTH_GROUP.value)
        .order_by("pk")
        .first()
    )
    refusal = rules.refusal_to_ask(what, has_region=membership is not None)
    if refusal is not None or membership is None:
        raise CannotHelp(refusal or HelpRefusal.NO_REGION)
    with change("rollouts.help.asked", by=by, at=at) as record:
        locks.hold(f"rollouts.help.{municipality.pk}")
        twice = HelpRequest.objects.filter(
            municipality=municipality,
            solution=solution,
            what=what.strip(),
            asked_by=person,
            asked_at__gt=at - TWICE_WITHIN,
            closed_at=None,
        ).first()
        if twice is not None:
            record.nothing_changed()
            return twice
        request = HelpRequest.objects.create(
            municipality=municipality,
            region=Region(pk=membership.region_id),
            solution=solution,
            what=what.strip(),
            urgency=urgency.value,
            asked_by=person,
            asked_as=by.actor_label[:200],
            asked_at=at,
        )
        for person in contact_persons([request.region_id], on=on):
            queue(ASKED, to=person, at=at, context={"request": request.pk})
        record(request, municipality_id=municipality.pk, details={"urgency": urgency.value})
    return request


def reply(
    *,
    request: HelpRequest,
    text: str,
    from_region: bool,
    person: Person,
    by: Actor,
    on: date,
    at: datetime,
) -> HelpReply:
    """One more line in the thread; the other side is told. Raises CannotHelp.

    The same line sent twice is one.
    """
    with change("rollouts.help.replied", by=by, at=at) as record:
        row = HelpRequest.objects.select_for_update().get(pk=request.pk)
        refusal = rules.refusal_to_reply(text, closed=row.closed_at is not None)
        if refusal is not None:
            raise CannotHelp(refusal)
        twice = row.replies.filter(
            text=text.strip(), written_by=person, written_at__gt=at - TWICE_WITHIN
        ).first()
        if twice is not None:
            record.nothing_changed()
            return twice
        written = HelpReply.objects.create(
            request=row,
            text=text.strip(),
            from_region=from_region,
            written_by=person,
            written_as=by.actor_label[:200],
            written_at=at,
        )
        for person in _others(row, from_region=from_region, on=on):
            queue(REPLIED, to=person, at=at, context={"request": row.pk})
        record(row, municipality_id=row.municipality_id, details={"from_region": from_region})
    return written


def close(*, request: HelpRequest, by: Actor, at: datetime) -> None:
    """The question is answered, or no longer asked. Raises CannotHelp."""
    with change("rollouts.help.closed", by=by, at=at) as record:
        row = HelpRequest.objects.select_for_update().get(pk=request.pk)
        if row.closed_at is not None:
            raise CannotHelp(HelpRefusal.CLOSED)
        row.closed_at, row.closed_by_id = at, by.pk
        row.save(update_fields=["closed_at", "closed_by"])
        record(row, municipality_id=row.municipality_id)


def contact_persons(regions: Collection[int], *, on: date) -> list[Person]:
    """Whoever follows up the municipalities of these regions that day. One query."""
    roles = [role.value for role in Role if Permission.FOLLOW_UP in PERMITS[role]]
    held = Membership.objects.valid_on(on).filter(region__in=regions, role__in=roles)
    return _people(held)


def _others(request: HelpRequest, *, from_region: bool, on: date) -> list[Person]:
    if not from_region:
        return contact_persons([request.region_id], on=on)
    # Whoever asked, as long as she is still there.
    return _people(
        Membership.objects.valid_on(on).filter(
            municipality=request.municipality_id, person=request.asked_by_id
        )
    )


def _people(held: QuerySet[Membership]) -> list[Person]:
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))

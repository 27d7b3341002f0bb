"""Private calendar addresses: made by whoever will use one, and revoked by making a new."""

from datetime import datetime

from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import CalendarAddress


def make(*, municipality: Municipality, person: Person, by: Actor, at: datetime) -> CalendarAddress:
    """A new address; the one she had stops working."""
    with change("rollouts.calendar.made", by=by, at=at) as record:
        _revoke(municipality, person, at)
        new = CalendarAddress.objects.create(municipality=municipality, person=person, made_at=at)
        record(new, municipality_id=municipality.pk)
    return new


def revoke(*, municipality: Municipality, person: Person, by: Actor, at: datetime) -> None:
    """Her address stops working; with none, nothing changes."""
    with change("rollouts.calendar.revoked", by=by, at=at) as record:
        row = _revoke(municipality, person, at)
        if row is None:
            record.nothing_changed()
        else:
            record(row, municipality_id=municipality.pk)


def _revoke(municipality: Municipality, person: Person, at: datetime) -> CalendarAddress | None:
    locks.hold(f"rollouts.calendar.{municipality.pk}.{person.pk}")
    row = CalendarAddress.objects.filter(
        municipality=municipality, person=person, revoked_at=None
    ).first()
    if row is not None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
    return row

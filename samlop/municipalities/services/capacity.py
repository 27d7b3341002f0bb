"""«Rom for nytt»: what a municipality answers, its own hours, and when nothing suits."""

from collections.abc import Mapping
from datetime import date, datetime

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.lib.quarters import Quarter
from samlop.municipalities import texts
from samlop.municipalities.models import Blackout, CapacityHours, Municipality, RoomAnswer
from samlop.municipalities.rules import capacity as rules
from samlop.municipalities.rules.capacity import CapacityRefusal, Period
from samlop.municipalities.rules.kinds import CapacityRole, Room


class CannotChangeCapacity(Refused):
    """A rule says no to an answer, to hours or to a blackout; nothing was saved."""

    def __init__(self, refusal: CapacityRefusal, **words: str) -> None:
        super().__init__(texts.capacity_refusal(refusal, **words))
        self.refusal = refusal


def answer_room(
    *,
    municipality: Municipality,
    answers: Mapping[Quarter, Room],
    seen: Mapping[Quarter, Room | None],
    by: Actor,
    on: date,
    at: datetime | None = None,
) -> None:
    """Save the municipality's answers for one or more quarters, all or none.

    `seen` is what the form showed for the same quarters, None or absent for unanswered: what
    somebody else has changed since is not overwritten. Raises CannotChangeCapacity.
    """
    for quarter in answers:
        _require_open(quarter, on=on)
    with change("municipalities.capacity.changed", by=by, at=at) as record:
        _lock(municipality)
        rows = {
            Quarter.of(row.quarter): row
            for row in RoomAnswer.objects.filter(
                municipality=municipality, quarter__in=[quarter.starts_on for quarter in answers]
            )
        }
        changed: dict[str, list[str | None]] = {}
        for quarter, room in sorted(answers.items()):
            row = rows.get(quarter)
            stored = Room(row.room) if row else None
            if stored is room:
                continue
            if stored is not seen.get(quarter):
                raise CannotChangeCapacity(
                    CapacityRefusal.CHANGED_MEANWHILE, what=_room_now(quarter, stored)
                )
            changed[str(quarter)] = [stored, room]
            if row is None:
                RoomAnswer.objects.create(
                    municipality=municipality, quarter=quarter.starts_on, room=room.value
                )
            else:
                row.room = room.value
                row.save(update_fields=["room"])
        if changed:
            record(municipality, municipality_id=municipality.pk, details={"room": changed})
        else:
            record.nothing_changed()


def set_hours(
    *,
    municipality: Municipality,
    hours: Mapping[tuple[Quarter, CapacityRole], int | None],
    seen: Mapping[tuple[Quarter, CapacityRole], int | None],
    by: Actor,
    on: date,
    at: datetime | None = None,
) -> None:
    """Save the municipality's own hours, all or none; None goes back to the estimate.

    `seen` is what the form showed as the municipality's own figure, None or absent for an
    estimate. Raises CannotChangeCapacity.
    """
    for (quarter, _), wanted in hours.items():
        _require_open(quarter, on=on)
        if wanted is not None and (refusal := rules.refusal_of_hours(wanted)):
            raise CannotChangeCapacity(refusal)
    with change("municipalities.capacity.hours_changed", by=by, at=at) as record:
        _lock(municipality)
        rows = {
            (Quarter.of(row.quarter), CapacityRole(row.role)): row
            for row in CapacityHours.objects.filter(
                municipality=municipality,
                quarter__in={quarter.starts_on for quarter, _ in hours},
            )
        }
        changed: dict[str, dict[str, list[int | None]]] = {}
        for (quarter, role), wanted in sorted(hours.items()):
            row = rows.get((quarter, role))
            stored = row.hours if row else None
            if stored == wanted:
                continue
            if stored != seen.get((quarter, role)):
                raise CannotChangeCapacity(
                    CapacityRefusal.CHANGED_MEANWHILE, what=_hours_now(quarter, role, stored)
                )
            changed.setdefault(str(quarter), {})[role.value] = [stored, wanted]
            place = {"municipality": municipality, "quarter": quarter.starts_on, "role": role.value}
            if wanted is None:
                CapacityHours.objects.filter(**place).delete()
            elif row is None:
                CapacityHours.objects.create(hours=wanted, **place)
            else:
                row.hours = wanted
                row.save(update_fields=["hours"])
        if changed:
            record(municipality, municipality_id=municipality.pk, details={"hours": changed})
        else:
            record.nothing_changed()


def add_blackout(
    *,
    municipality: Municipality,
    starts_on: date,
    ends_before: date,
    reason: str,
    by: Actor,
    on: date,
    at: datetime | None = None,
) -> Blackout:
    """Register a period in which nothing new suits, for a reason. Raises CannotChangeCapacity.

    `ends_before` is the first day on which it suits again.
    """
    period = Period(starts_on, ends_before)
    if refusal := rules.refusal_of_blackout(period, reason, on=on):
        raise CannotChangeCapacity(refusal)
    with change("municipalities.blackout.added", by=by, at=at) as record:
        # Two people may register the same weeks at once: the municipality is the queue.
        _lock(municipality)
        others = {
            Period(row.valid_from, row.valid_to): row
            for row in Blackout.objects.filter(municipality=municipality)
        }
        if overlap := rules.first_overlap(period, others):
            raise CannotChangeCapacity(
                CapacityRefusal.PERIOD_OVERLAPS,
                first=texts.day_words(overlap.starts_on),
                last=texts.day_words(overlap.last_day),
                reason=others[overlap].reason,
            )
        blackout = Blackout.objects.create(
            municipality=municipality,
            valid_from=starts_on,
            valid_to=ends_before,
            reason=reason.strip(),
        )
        record(
            blackout,
            municipality_id=municipality.pk,
            details={"from": starts_on.isoformat(), "to": ends_before.isoformat()},
        )
    return blackout


def remove_blackout(*, blackout: Blackout, by: Actor, at: datetime | None = None) -> None:
    """The period suits after all. Removing what is already gone changes nothing."""
    with change("municipalities.blackout.removed", by=by, at=at) as record:
        row = Blackout.objects.select_for_update().filter(pk=blackout.pk).first()
        if row is None:
            record.nothing_changed()
            return
        record(
            row,
            municipality_id=row.municipality_id,
            details={"from": row.valid_from.isoformat(), "to": row.valid_to.isoformat()},
        )
        row.delete()


def _lock(municipality: Municipality) -> None:
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)


def _require_open(quarter: Quarter, *, on: date) -> None:
    if refusal := rules.refusal_of_quarter(quarter, on=on):
        raise CannotChangeCapacity(refusal, quarter=texts.quarter_words(quarter))


def _room_now(quarter: Quarter, room: Room | None) -> str:
    words = texts.ROOMS[room] if room else texts.NOT_ANSWERED
    return f"{texts.quarter_words(quarter)}: «{words}»"


def _hours_now(quarter: Quarter, role: CapacityRole, hours: int | None) -> str:
    words = texts.ESTIMATE if hours is None else texts.hours_words(hours)
    return f"{texts.CAPACITY_ROLES[role]}, {texts.quarter_words(quarter)}: {words}"

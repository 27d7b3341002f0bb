"""The load ledger: what everything above asks of municipalities, written by who asks.

Each asker keeps its entries under one source key («rollouts.participation.17») and writes
them anew as a whole: writing the same twice changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from samlop.audit.services import Recorder, change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import LoadEntry, Municipality
from samlop.municipalities.rules.kinds import CapacityRole, LoadKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hours asked of one role in one municipality in one quarter."""

    municipality_id: int
    quarter: Quarter
    role: CapacityRole
    hours: Decimal


_Place = tuple[int, Quarter, CapacityRole]


def write(
    *,
    source_key: str,
    kind: LoadKind,
    title: str,
    entries: Iterable[Entry],
    by: Actor,
    at: datetime | None = None,
) -> None:
    """Let the key's entries be exactly these; entries for the same role are added together.

    Hours are kept to a tenth, and those that round to nothing are left out.
    """
    if not source_key or not title:
        raise ValueError("Load needs a source key and a title.")
    wanted = _summed(entries)
    with change("municipalities.load.written", by=by, at=at) as record:
        # The first writing of a key has no row to lock.
        locks.hold(f"municipalities.load:{source_key}")
        stored = _stored(source_key)
        changed: set[int] = set()
        new: list[LoadEntry] = []
        for place, hours in wanted.items():
            row = stored.pop(place, None)
            if row is None:
                new.append(_row(place, hours, source_key, kind, title))
            elif (row.hours, row.kind, row.title) == (hours, kind, title):
                continue
            else:
                row.hours, row.kind, row.title = hours, kind.value, title
                row.save(update_fields=["hours", "kind", "title"])
            changed.add(place[0])
        LoadEntry.objects.bulk_create(new)
        LoadEntry.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
        changed.update(row.municipality_id for row in stored.values())
        _record(record, changed, source_key, title)


def withdraw(*, source_key: str, by: Actor, reason: str = "", at: datetime | None = None) -> None:
    """Take all of the key's entries out of the ledger; a key without entries changes nothing."""
    with change("municipalities.load.withdrawn", by=by, reason=reason, at=at) as record:
        locks.hold(f"municipalities.load:{source_key}")
        stored = _stored(source_key).values()
        title = next((row.title for row in stored), "")
        LoadEntry.objects.filter(pk__in=[row.pk for row in stored]).delete()
        _record(record, {row.municipality_id for row in stored}, source_key, title)


def _summed(entries: Iterable[Entry]) -> dict[_Place, Decimal]:
    sums: dict[_Place, Decimal] = {}
    for entry in entries:
        if entry.hours < 0:
            raise ValueError(f"Load cannot be negative: {entry}")
        place = (entry.municipality_id, entry.quarter, entry.role)
        sums[place] = sums.get(place, Decimal(0)) + entry.hours
    rounded = {
        place: hours.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        for place, hours in sums.items()
    }
    return {place: hours for place, hours in rounded.items() if hours}


def _stored(source_key: str) -> dict[_Place, LoadEntry]:
    return {
        (row.municipality_id, Quarter.of(row.quarter), CapacityRole(row.role)): row
        for row in LoadEntry.objects.filter(source_key=source_key)
    }


def _row(place: _Place, hours: Decimal, source_key: str, kind: LoadKind, title: str) -> LoadEntry:
    municipality_id, quarter, role = place
    return LoadEntry(
        municipality_id=municipality_id,
        quarter=quarter.starts_on,
        role=role.value,
        hours=hours,
        kind=kind.value,
        source_key=source_key,
        title=title,
    )


def _record(record: Recorder, municipality_ids: set[int], source_key: str, title: str) -> None:
    """One event for each municipality that notices, so that its own history shows it."""
    if not municipality_ids:
        record.nothing_changed()
    for pk in sorted(municipality_ids):
        record(
            Municipality(pk=pk),
            municipality_id=pk,
            details={"source_key": source_key, "title": title},
        )

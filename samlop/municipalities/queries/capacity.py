"""Room and load per quarter: hours for those within reach, a level for all others."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from samlop.lib.quarters import Quarter
from samlop.lib.reach import Reach
from samlop.municipalities.models import (
    Blackout,
    CapacityHours,
    LoadEntry,
    Municipality,
    RoomAnswer,
)
from samlop.municipalities.queries.population import inhabitants
from samlop.municipalities.rules import capacity as rules
from samlop.municipalities.rules.capacity import Level, Period, RoleHours, SizeClass
from samlop.municipalities.rules.kinds import CapacityRole, LoadKind, Room

# The current quarter and four more: never less than a whole year ahead.
QUARTERS_SHOWN = 5

NO_HOURS = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAhead:
    """One role's hours and load in one quarter."""

    role: CapacityRole
    capacity: RoleHours
    load: Decimal
    level: Level

    @property
    def left(self) -> Decimal:
        """Hours that are still free; negative when more is asked than there is."""
        return self.capacity.hours - self.load


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackoutAhead:
    pk: int
    period: Period
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAhead:
    """One thing that asks for hours of one role."""

    role: CapacityRole
    hours: Decimal
    kind: LoadKind
    title: str
    source_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What only the municipality and those within reach of it see of a quarter."""

    room: Room
    is_answered: bool
    roles: tuple[RoleAhead, ...]
    blackouts: tuple[BlackoutAhead, ...]
    entries: tuple[EntryAhead, ...]

    @property
    def hours(self) -> int:
        return sum(role.capacity.hours for role in self.roles)

    @property
    def load(self) -> Decimal:
        return sum((role.load for role in self.roles), NO_HOURS)

    @property
    def is_estimate(self) -> bool:
        """Whether any role's hours are an estimate."""
        return any(role.capacity.is_estimate for role in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterAhead:
    """A quarter as one reader may see it: `inside` is None outside her reach."""

    quarter: Quarter
    level: Level
    role_levels: Mapping[CapacityRole, Level]
    inside: Inside | None


def year_ahead(
    municipality_id: int, *, on: date, reach: Reach, count: int = QUARTERS_SHOWN
) -> tuple[QuarterAhead, ...]:
    """The current quarter and those after it. Five queries, whoever asks."""
    quarters = rules.quarters_from(on, count)
    within = _span(quarters)
    living_here = inhabitants([municipality_id], on=on).get(municipality_id)
    rooms = {
        Quarter.of(row.quarter): Room(row.room)
        for row in RoomAnswer.objects.filter(municipality=municipality_id, quarter__range=within)
    }
    own: dict[Quarter, dict[CapacityRole, int]] = {}
    for hours in CapacityHours.objects.filter(municipality=municipality_id, quarter__range=within):
        own.setdefault(Quarter.of(hours.quarter), {})[CapacityRole(hours.role)] = hours.hours
    blackouts = [
        BlackoutAhead(pk=row.pk, period=Period(row.valid_from, row.valid_to), reason=row.reason)
        for row in _blackouts(quarters).filter(municipality=municipality_id).order_by("valid_from")
    ]
    entries: dict[Quarter, list[EntryAhead]] = {}
    for row in LoadEntry.objects.filter(
        municipality=municipality_id, quarter__range=within
    ).order_by("title", "source_key", "role"):
        entries.setdefault(Quarter.of(row.quarter), []).append(
            EntryAhead(
                role=CapacityRole(row.role),
                hours=row.hours,
                kind=LoadKind(row.kind),
                title=row.title,
                source_key=row.source_key,
            )
        )
    return tuple(
        _quarter_ahead(
            quarter,
            room=rooms.get(quarter),
            living_here=living_here,
            own_hours=own.get(quarter, {}),
            blackouts=blackouts,
            entries=entries.get(quarter, ()),
            may_look_inside=reach.holds(municipality_id),
        )
        for quarter in quarters
    )


def _quarter_ahead(
    quarter: Quarter,
    *,
    room: Room | None,
    living_here: int | None,
    own_hours: Mapping[CapacityRole, int],
    blackouts: Collection[BlackoutAhead],
    entries: Iterable[EntryAhead],
    may_look_inside: bool,
) -> QuarterAhead:
    entries = tuple(entries)
    here = tuple(one for one in blackouts if one.period.overlaps(Period.of(quarter)))
    capacity = rules.capacity(
        quarter,
        room=room,
        inhabitants=living_here,
        own_hours=own_hours,
        blackouts=[one.period for one in here],
    )
    load = dict.fromkeys(CapacityRole, NO_HOURS)
    for entry in entries:
        load[entry.role] += entry.hours
    roles = tuple(
        RoleAhead(
            role=role,
            capacity=capacity[role],
            load=load[role],
            level=rules.role_level(load[role], capacity[role].hours),
        )
        for role in CapacityRole
    )
    return QuarterAhead(
        quarter=quarter,
        level=rules.level(load, {role: hours.hours for role, hours in capacity.items()}),
        role_levels={role.role: role.level for role in roles},
        inside=Inside(
            room=room or rules.ROOM_UNTIL_ANSWERED,
            is_answered=room is not None,
            roles=roles,
            blackouts=here,
            entries=entries,
        )
        if may_look_inside
        else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fullness:
    """What a quarter asks of each role in a municipality, and the hours there are."""

    load: Mapping[CapacityRole, Decimal]
    hours: Mapping[CapacityRole, int]

    @property
    def level(self) -> Level:
        return rules.level(self.load, self.hours)

    def with_more(self, asked: Mapping[CapacityRole, Decimal]) -> Level:
        """The level if this came on top."""
        return rules.level(
            {
                role: self.load.get(role, NO_HOURS) + asked.get(role, NO_HOURS)
                for role in CapacityRole
            },
            self.hours,
        )


def levels(
    *, on: date, quarters: Collection[Quarter], municipalities: Collection[int] | None = None
) -> Mapping[int, Mapping[Quarter, Level]]:
    """How full every municipality that exists on the day is, or some of them, per quarter.

    Six queries.
    """
    found = fullness(on=on, quarters=quarters, municipalities=municipalities)
    return {
        pk: {quarter: one.level for quarter, one in filled.items()} for pk, filled in found.items()
    }


def fullness(
    *, on: date, quarters: Collection[Quarter], municipalities: Collection[int] | None = None
) -> Mapping[int, Mapping[Quarter, Fullness]]:
    """Load and hours of every municipality of the day, or some, per quarter. Six queries.

    Nobody outside its reach may be shown more of a municipality than the level.
    """
    rows = Municipality.objects.existing_on(on)
    only = Q()
    if municipalities is not None:
        rows, only = rows.filter(pk__in=municipalities), Q(municipality__in=municipalities)
    existing = list(rows.values_list("pk", flat=True))
    if not quarters:
        return {pk: {} for pk in existing}
    days = {quarter.starts_on: quarter for quarter in quarters}
    living = inhabitants(municipalities, on=on)
    rooms = {
        (pk, days[day]): Room(room)
        for pk, day, room in RoomAnswer.objects.filter(only, quarter__in=days).values_list(
            "municipality_id", "quarter", "room"
        )
    }
    own: dict[tuple[int, Quarter], dict[CapacityRole, int]] = {}
    for pk, day, role, hours in CapacityHours.objects.filter(only, quarter__in=days).values_list(
        "municipality_id", "quarter", "role", "hours"
    ):
        own.setdefault((pk, days[day]), {})[CapacityRole(role)] = hours
    blackouts: dict[int, list[Period]] = {}
    for pk, starts, ends in (
        _blackouts(quarters).filter(only).values_list("municipality_id", "valid_from", "valid_to")
    ):
        blackouts.setdefault(pk, []).append(Period(starts, ends))
    load: dict[tuple[int, Quarter], dict[CapacityRole, Decimal]] = {}
    for pk, day, role, asked in (
        LoadEntry.objects.filter(only, quarter__in=days)
        .values_list("municipality_id", "quarter", "role")
        .annotate(asked=Sum("hours"))
        .order_by()
    ):
        load.setdefault((pk, days[day]), {})[CapacityRole(role)] = asked
    # Most have said nothing of their own, and then the answer and the size tell all.
    usual: dict[tuple[Quarter, Room | None, SizeClass], Mapping[CapacityRole, int]] = {}

    def hours_of(pk: int, quarter: Quarter) -> Mapping[CapacityRole, int]:
        room, here, blocked = rooms.get((pk, quarter)), own.get((pk, quarter)), blackouts.get(pk)
        key = None if here or blocked else (quarter, room, rules.size_class(living.get(pk)))
        if key is not None and key in usual:
            return usual[key]
        capacity = rules.capacity(
            quarter,
            room=room,
            inhabitants=living.get(pk),
            own_hours=here or {},
            blackouts=blocked or (),
        )
        hours = {role: one.hours for role, one in capacity.items()}
        if key is not None:
            usual[key] = hours
        return hours

    def of(pk: int, quarter: Quarter) -> Fullness:
        return Fullness(load=load.get((pk, quarter), {}), hours=hours_of(pk, quarter))

    return {pk: {quarter: of(pk, quarter) for quarter in quarters} for pk in existing}


def unanswered(municipality_ids: Collection[int], *, on: date) -> Mapping[int, tuple[Quarter, ...]]:
    """Which of the next two quarters each municipality has yet to answer for. One query.

    Municipalities that have answered for both are left out.
    """
    asked = rules.quarters_asked(on)
    answered = {
        (pk, Quarter.of(day))
        for pk, day in RoomAnswer.objects.filter(
            municipality__in=municipality_ids, quarter__in=[one.starts_on for one in asked]
        ).values_list("municipality_id", "quarter")
    }
    missing = {
        pk: tuple(quarter for quarter in asked if (pk, quarter) not in answered)
        for pk in municipality_ids
    }
    return {pk: quarters for pk, quarters in missing.items() if quarters}


def _span(quarters: Collection[Quarter]) -> tuple[date, date]:
    return min(quarters).starts_on, max(quarters).starts_on


def _blackouts(quarters: Collection[Quarter]) -> QuerySet[Blackout]:
    return Blackout.objects.filter(
        valid_from__lt=max(quarters).ends_before, valid_to__gt=min(quarters).starts_on
    )

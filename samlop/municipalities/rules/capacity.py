"""How many hours a municipality can set aside for something new, and how full it is.

The figures are our own estimate; docs/domain/capacity.md gives the reasoning. They hold
only until the municipality says otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from samlop.lib.quarters import Quarter
from samlop.municipalities.rules.kinds import CapacityRole, Room

QUARTERS_AHEAD: Final = 8
# What a municipality is asked about each half-year: the quarters after the current one.
QUARTERS_ASKED: Final = 2
MAX_HOURS: Final = 2000
MAX_BLACKOUT_DAYS: Final = 366
MAX_REASON: Final = 200

# Until a municipality answers, it is taken to have some room, and the page says «anslag».
ROOM_UNTIL_ANSWERED: Final = Room.SOME


class SizeClass(StrEnum):
    """Municipalities by number of inhabitants."""

    UNDER_2000 = "under_2000"
    UNDER_5000 = "under_5000"
    UNDER_10000 = "under_10000"
    UNDER_20000 = "under_20000"
    UNDER_50000 = "under_50000"
    UNDER_100000 = "under_100000"
    FROM_100000 = "from_100000"


_UPPER_BOUNDS: Final = (
    (2_000, SizeClass.UNDER_2000),
    (5_000, SizeClass.UNDER_5000),
    (10_000, SizeClass.UNDER_10000),
    (20_000, SizeClass.UNDER_20000),
    (50_000, SizeClass.UNDER_50000),
    (100_000, SizeClass.UNDER_100000),
)


def size_class(inhabitants: int | None) -> SizeClass:
    """An unknown number counts as the smallest class: rather ask too little than too much."""
    if inhabitants is None:
        return SizeClass.UNDER_2000
    for bound, size in _UPPER_BOUNDS:
        if inhabitants < bound:
            return size
    return SizeClass.FROM_100000


def _row(leader: int, it: int, super_user: int, epj: int) -> Mapping[CapacityRole, int]:
    return MappingProxyType(
        {
            CapacityRole.HEALTH_LEADER: leader,
            CapacityRole.IT: it,
            CapacityRole.SUPER_USER: super_user,
            CapacityRole.EPJ_MANAGER: epj,
        }
    )


# Hours a quarter with «litt»: room for one ordinary introduction.
SOME_HOURS: Final[Mapping[SizeClass, Mapping[CapacityRole, int]]] = MappingProxyType(
    {
        SizeClass.UNDER_2000: _row(6, 6, 10, 8),
        SizeClass.UNDER_5000: _row(8, 10, 15, 12),
        SizeClass.UNDER_10000: _row(10, 15, 25, 20),
        SizeClass.UNDER_20000: _row(15, 25, 40, 30),
        SizeClass.UNDER_50000: _row(20, 40, 75, 50),
        SizeClass.UNDER_100000: _row(30, 70, 140, 80),
        SizeClass.FROM_100000: _row(45, 130, 300, 150),
    }
)

# «God plass» is room for two such introductions at once, «fullt» for none.
TIMES: Final[Mapping[Room, int]] = MappingProxyType({Room.PLENTY: 2, Room.SOME: 1, Room.FULL: 0})


def estimated_hours(room: Room, size: SizeClass) -> Mapping[CapacityRole, int]:
    """Hours per role in a quarter without blackouts."""
    return {role: TIMES[room] * hours for role, hours in SOME_HOURS[size].items()}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `starts_on` up to, not including, `ends_before`."""

    starts_on: date
    ends_before: date

    @property
    def days(self) -> int:
        return (self.ends_before - self.starts_on).days

    @property
    def last_day(self) -> date:
        return self.ends_before - timedelta(days=1)

    def overlaps(self, other: "Period") -> bool:
        return self.starts_on < other.ends_before and other.starts_on < self.ends_before

    @classmethod
    def of(cls, quarter: Quarter) -> "Period":
        return cls(quarter.starts_on, quarter.ends_before)


def blocked_days(quarter: Quarter, blackouts: Iterable[Period]) -> int:
    """Days of the quarter that lie in a blackout; blackouts do not overlap each other."""
    whole = Period.of(quarter)
    return sum(
        (min(whole.ends_before, one.ends_before) - max(whole.starts_on, one.starts_on)).days
        for one in blackouts
        if one.overlaps(whole)
    )


def hours_left(hours: int, quarter: Quarter, blackouts: Iterable[Period]) -> int:
    """The hours in proportion to the days that are open, to the nearest hour, half upwards."""
    days = Period.of(quarter).days
    open_days = days - blocked_days(quarter, blackouts)
    return (2 * hours * open_days + days) // (2 * days)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHours:
    """What one role can give in one quarter.

    `undisturbed` is the figure before blackouts, the one that is estimated or was typed in.
    """

    hours: int
    undisturbed: int
    is_estimate: bool


def capacity(
    quarter: Quarter,
    *,
    room: Room | None,
    inhabitants: int | None,
    own_hours: Mapping[CapacityRole, int],
    blackouts: Iterable[Period],
) -> Mapping[CapacityRole, RoleHours]:
    """Hours per role in the quarter: the municipality's own where it gave some, else estimates."""
    periods = tuple(blackouts)
    estimates = estimated_hours(room or ROOM_UNTIL_ANSWERED, size_class(inhabitants))
    answer = {}
    for role in CapacityRole:
        undisturbed = own_hours.get(role, estimates[role])
        answer[role] = RoleHours(
            hours=hours_left(undisturbed, quarter, periods),
            undisturbed=undisturbed,
            is_estimate=role not in own_hours,
        )
    return answer


class Level(IntEnum):
    """How full a municipality is: all that others see. Comparable, so that the worst wins."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


# Share of the hours that is taken: below half is low, from nine tenths on high.
MEDIUM_FROM: Final = Decimal("0.5")
HIGH_FROM: Final = Decimal("0.9")


def role_level(load: Decimal, hours: int) -> Level:
    if not load:
        return Level.LOW
    if load >= HIGH_FROM * hours:
        return Level.HIGH
    return Level.MEDIUM if load >= MEDIUM_FROM * hours else Level.LOW


def level(load: Mapping[CapacityRole, Decimal], hours: Mapping[CapacityRole, int]) -> Level:
    """The fullest role decides, and nobody having an hour to give is full."""
    if not any(hours.values()):
        return Level.HIGH
    return max(role_level(load.get(role, Decimal(0)), hours[role]) for role in CapacityRole)


class LocalRole(StrEnum):
    """The roles a municipality staffs in a rollout; one person may hold several."""

    PROJECT_OWNER = "project_owner"
    COORDINATOR = "coordinator"
    EPJ_MANAGER = "epj_manager"
    COMMUNICATION = "communication"
    BENEFIT_OWNER = "benefit_owner"
    CHANGE_AGENT = "change_agent"
    SUPER_USER = "super_user"
    IT = "it"
    PRIVACY_OFFICER = "privacy_officer"


# Whose hours a local role draws on. In most municipalities the coordinator is the one who
# also looks after the record system, and the privacy work is done with IT.
DRAWS_ON: Final[Mapping[LocalRole, CapacityRole]] = MappingProxyType(
    {
        LocalRole.PROJECT_OWNER: CapacityRole.HEALTH_LEADER,
        LocalRole.COORDINATOR: CapacityRole.EPJ_MANAGER,
        LocalRole.EPJ_MANAGER: CapacityRole.EPJ_MANAGER,
        LocalRole.COMMUNICATION: CapacityRole.HEALTH_LEADER,
        LocalRole.BENEFIT_OWNER: CapacityRole.HEALTH_LEADER,
        LocalRole.CHANGE_AGENT: CapacityRole.SUPER_USER,
        LocalRole.SUPER_USER: CapacityRole.SUPER_USER,
        LocalRole.IT: CapacityRole.IT,
        LocalRole.PRIVACY_OFFICER: CapacityRole.IT,
    }
)


def quarterly(monthly: Sequence[Decimal], starts_on: date) -> Mapping[Quarter, Decimal]:
    """Hours per month, the first being the month of `starts_on`, summed to quarters.

    Quarters without hours are left out.
    """
    sums: dict[Quarter, Decimal] = {}
    for months, hours in enumerate(monthly):
        if hours < 0:
            raise ValueError(f"Hours cannot be negative: {hours}")
        if hours:
            year, month = divmod(starts_on.month - 1 + months, 12)
            quarter = Quarter.of(date(starts_on.year + year, month + 1, 1))
            sums[quarter] = sums.get(quarter, Decimal(0)) + hours
    return sums


def quarters_from(on: date, count: int) -> tuple[Quarter, ...]:
    """The quarter of the day and those after it."""
    current = Quarter.of(on)
    return tuple(current.plus(ahead) for ahead in range(count))


def quarters_asked(on: date) -> tuple[Quarter, ...]:
    """The quarters a municipality should have answered for by now."""
    return quarters_from(on, QUARTERS_ASKED + 1)[1:]


class CapacityRefusal(StrEnum):
    """Why room, hours or a blackout cannot be registered."""

    QUARTER_PAST = "quarter_past"
    QUARTER_TOO_FAR = "quarter_too_far"
    CHANGED_MEANWHILE = "changed_meanwhile"
    HOURS_OUT_OF_BOUNDS = "hours_out_of_bounds"
    NO_REASON = "no_reason"
    REASON_TOO_LONG = "reason_too_long"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    PERIOD_TOO_LONG = "period_too_long"
    PERIOD_PAST = "period_past"
    PERIOD_OVERLAPS = "period_overlaps"


def refusal_of_quarter(quarter: Quarter, *, on: date) -> CapacityRefusal | None:
    """Only the current quarter and the next eight can be answered for."""
    current = Quarter.of(on)
    if quarter < current:
        return CapacityRefusal.QUARTER_PAST
    if quarter > current.plus(QUARTERS_AHEAD):
        return CapacityRefusal.QUARTER_TOO_FAR
    return None


def refusal_of_hours(hours: int) -> CapacityRefusal | None:
    return None if 0 <= hours <= MAX_HOURS else CapacityRefusal.HOURS_OUT_OF_BOUNDS


def refusal_of_blackout(period: Period, reason: str, *, on: date) -> CapacityRefusal | None:
    """Why a blackout cannot be registered, other blackouts aside."""
    if not reason.strip():
        return CapacityRefusal.NO_REASON
    if len(reason.strip()) > MAX_REASON:
        return CapacityRefusal.REASON_TOO_LONG
    if period.days < 1:
        return CapacityRefusal.ENDS_BEFORE_IT_STARTS
    if period.days > MAX_BLACKOUT_DAYS:
        return CapacityRefusal.PERIOD_TOO_LONG
    if period.ends_before <= on:
        return CapacityRefusal.PERIOD_PAST
    return None


def first_overlap(period: Period, others: Iterable[Period]) -> Period | None:
    """The earliest of the others that shares a day with the period."""
    return min((other for other in others if other.overlaps(period)), default=None)

"""The decision basis: what must be in it, and what it comes to for one municipality.

Hours are given month by month for a municipality of 5 000 to 9 999 inhabitants, and worked out
for others by the same table as their room for new things. Pure: no Django, no database, no clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import cos, floor, hypot, radians
from typing import Final

from samlop.lib.quarters import Quarter
from samlop.municipalities.rules.capacity import (
    DRAWS_ON,
    SOME_HOURS,
    LocalRole,
    SizeClass,
    quarterly,
)
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.portfolio.rules.costs import HOURS_GIVEN_FOR, NO_HOURS, Span
from samlop.portfolio.rules.readiness import Claim, Readiness
from samlop.rollouts.rules.rollouts import RolloutKind
from samlop.uptake.rules.stages import Stage, has_reached

MAX_MONTHS: Final = 24
MAX_HOURS_A_MONTH: Final = 200
MAX_STEPS: Final = 12
MAX_WEEKS: Final = 104
MAX_DAYS_BEFORE: Final = 730
MAX_PREREQUISITES: Final = 20
LEAST_STEPS: Final = 2
SMALL: Final = frozenset({SizeClass.UNDER_2000, SizeClass.UNDER_5000})
# Held by two people also in the smallest municipality.
TWO: Final = (LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR)


class PrerequisiteKind(StrEnum):
    """What must be in place before a municipality can begin."""

    KS_AGREEMENT = "ks_agreement"
    SCHEME_MEMBERSHIP = "scheme_membership"
    VENDOR_AGREEMENT = "vendor_agreement"
    NHN_TERMS = "nhn_terms"
    SYSTEM_VERSION = "system_version"
    OTHER_SOLUTION = "other_solution"
    NAMED_ROLE = "named_role"
    LOCAL_DECISION = "local_decision"


class PrerequisiteOwner(StrEnum):
    """Whose move it is."""

    MUNICIPALITY = "municipality"
    VENDOR = "vendor"
    NHN = "nhn"
    KS = "ks"
    PROGRAMME = "programme"
    IT_COOPERATION = "it_cooperation"


class PrerequisiteStanding(StrEnum):
    """How it stands in one municipality; `unknown` when nobody has said anything."""

    MET = "met"
    UNDER_WAY = "under_way"
    OPEN = "open"
    UNKNOWN = "unknown"


class BasisItem(StrEnum):
    """What a basis must hold before anybody is invited, in the order it is read."""

    WHAT = "what"
    GAINS = "gains"
    GAINS_SOURCE = "gains_source"
    PREREQUISITES = "prerequisites"
    COST = "cost"
    HOURS = "hours"
    ROLES = "roles"
    COHORT = "cohort"
    SCHEDULE = "schedule"
    CONSEQUENCE = "consequence"
    LEADER = "leader"


class BasisRefusal(StrEnum):
    """Why something in a basis cannot be saved."""

    CHANGED_MEANWHILE = "changed_meanwhile"
    WOULD_BE_INCOMPLETE = "would_be_incomplete"
    ROLLOUT_ENDED = "rollout_ended"
    NO_TITLE = "no_title"
    NO_DONE_WHEN = "no_done_when"
    BAD_DAYS = "bad_days"
    NO_SOLUTION = "no_solution"
    REQUIRES_ITSELF = "requires_itself"
    NO_ROLE = "no_role"
    TOO_MANY = "too_many"
    BAD_HOURS = "bad_hours"
    TOO_MANY_STEPS = "too_many_steps"
    BAD_WEEKS = "bad_weeks"
    STANDS_BY_ITSELF = "stands_by_itself"
    NOT_A_STANDING = "not_a_standing"


# What we know ourselves, and nobody therefore says: from vendors' readiness, and from uptake.
KNOWN_BY_ITSELF: Final = frozenset(
    {PrerequisiteKind.SYSTEM_VERSION, PrerequisiteKind.OTHER_SOLUTION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A prerequisite as somebody wants it saved."""

    kind: PrerequisiteKind
    title: str
    done_when: str
    owner: PrerequisiteOwner
    days_before: int
    solution: int | None = None
    role: LocalRole | None = None
    title_nn: str = ""


def refusal_of_prerequisite(wished: Wished, *, rollouts_solution: int) -> BasisRefusal | None:
    """Why it cannot be saved, or None."""
    other = wished.kind is PrerequisiteKind.OTHER_SOLUTION
    checks = (
        (not wished.title.strip(), BasisRefusal.NO_TITLE),
        (not wished.done_when.strip(), BasisRefusal.NO_DONE_WHEN),
        (not 0 <= wished.days_before <= MAX_DAYS_BEFORE, BasisRefusal.BAD_DAYS),
        (other and wished.solution is None, BasisRefusal.NO_SOLUTION),
        (other and wished.solution == rollouts_solution, BasisRefusal.REQUIRES_ITSELF),
        (
            wished.kind is PrerequisiteKind.NAMED_ROLE and wished.role is None,
            BasisRefusal.NO_ROLE,
        ),
    )
    return next((refusal for refused, refusal in checks if refused), None)


def refusal_to_tell(kind: PrerequisiteKind, standing: PrerequisiteStanding) -> BasisRefusal | None:
    """Why nobody can say how a prerequisite stands, or None."""
    if kind in KNOWN_BY_ITSELF:
        return BasisRefusal.STANDS_BY_ITSELF
    if standing is PrerequisiteStanding.UNKNOWN:
        return BasisRefusal.NOT_A_STANDING
    return None


def due_by(starts_on: date, days_before: int) -> date:
    return starts_on - timedelta(days=days_before)


def standing_of_system(
    claims: Sequence[Claim | None], *, by: date, on: date
) -> PrerequisiteStanding:
    """Met when one product in use is released; under way when one is promised in time.

    `claims` is what is said of each product in use, None for one that nobody has spoken of.
    """
    said = [claim for claim in claims if claim is not None]
    if not said:
        return PrerequisiteStanding.UNKNOWN
    if any(_is_released(claim, on) for claim in said):
        return PrerequisiteStanding.MET
    days = [claim.release_on for claim in said if claim.release_on is not None]
    promised = any(on <= day <= by for day in days)
    return PrerequisiteStanding.UNDER_WAY if promised else PrerequisiteStanding.OPEN


def _is_released(claim: Claim, on: date) -> bool:
    return (
        claim.state is Readiness.RELEASED
        and claim.release_on is not None
        and claim.release_on <= on
    )


def standing_of_solution(agreed: Iterable[Stage | None]) -> PrerequisiteStanding:
    """Met when it is in use somewhere, or a joint process is under way; under way when begun."""
    stages = list(agreed)
    if any(
        has_reached(one, Stage.UNDER_WAY if one in _PROCESS else Stage.IN_USE) for one in stages
    ):
        return PrerequisiteStanding.MET
    begun = any(
        has_reached(one, Stage.SIGNED_UP if one in _PROCESS else Stage.DECIDED) for one in stages
    )
    return PrerequisiteStanding.UNDER_WAY if begun else PrerequisiteStanding.OPEN


_PROCESS: Final = frozenset({Stage.SIGNED_UP, Stage.UNDER_WAY, Stage.COMPLETED})


# --- hours and roles ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHours:
    """A role to staff: hours month by month, the first being the month a cohort starts in."""

    role: LocalRole
    # Whether every municipality must have it; the others are advised.
    needed: bool
    monthly: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.monthly, Decimal(0))


def refusal_of_hours(monthly: Sequence[Decimal]) -> BasisRefusal | None:
    if len(monthly) > MAX_MONTHS or not all(0 <= hours <= MAX_HOURS_A_MONTH for hours in monthly):
        return BasisRefusal.BAD_HOURS
    return None


def disagrees(roles: Iterable[RoleHours], model: Span) -> bool:
    """Whether the roles all must have take other hours than the cost model tells, if it does."""
    total = sum((one.total for one in roles if one.needed), Decimal(0))
    return model != NO_HOURS and total > 0 and not model.low <= total <= model.high


def for_size(roles: Iterable[RoleHours], size: SizeClass) -> tuple[RoleHours, ...]:
    """The same roles with the hours of a municipality of this size, to the nearest half hour."""
    return tuple(
        RoleHours(
            role=one.role,
            needed=one.needed,
            monthly=tuple(_in_size(hours, DRAWS_ON[one.role], size) for hours in one.monthly),
        )
        for one in roles
    )


def _in_size(hours: Decimal, draws_on: CapacityRole, size: SizeClass) -> Decimal:
    factor = Fraction(SOME_HOURS[size][draws_on], SOME_HOURS[HOURS_GIVEN_FOR][draws_on])
    halves = floor(Fraction(hours) * factor * 2 + Fraction(1, 2))
    return Decimal(halves) / 2


def asked(
    roles: Iterable[RoleHours], starts_on: date
) -> Mapping[Quarter, Mapping[CapacityRole, Decimal]]:
    """What the roles ask of each capacity role, per quarter; quarters without hours left out."""
    found: dict[Quarter, dict[CapacityRole, Decimal]] = {}
    for one in roles:
        draws_on = DRAWS_ON[one.role]
        for quarter, hours in quarterly(one.monthly, starts_on).items():
            here = found.setdefault(quarter, {})
            here[draws_on] = here.get(draws_on, Decimal(0)) + hours
    return {quarter: found[quarter] for quarter in sorted(found)}


def months_from(starts_on: date, count: int) -> tuple[date, ...]:
    """The first days of so many months, the first being that of the day."""
    found = []
    for ahead in range(count):
        years, month = divmod(starts_on.month - 1 + ahead, 12)
        found.append(date(starts_on.year + years, month + 1, 1))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffed:
    """A role as one municipality must staff it; `alone` is one who holds no other of them."""

    role: LocalRole
    needed: bool
    alone: bool


def staffing(roles: Iterable[RoleHours], size: SizeClass) -> tuple[Staffed, ...]:
    """Under 5 000 inhabitants two people are enough: the rest can be held by one of them."""
    return tuple(
        Staffed(
            role=one.role,
            needed=one.needed,
            alone=one.role in TWO if size in SMALL else one.needed,
        )
        for one in sorted(roles, key=lambda one: list(LocalRole).index(one.role))
    )


# --- completeness ---


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisFacts:
    """What completeness is judged by."""

    kind: RolloutKind
    what: bool
    gains: bool
    gains_source: bool
    prerequisites: int
    no_prerequisites: bool
    has_cost: bool
    roles: tuple[RoleHours, ...]
    cohorts: int
    steps: int
    consequence: bool
    has_leader: bool


def items(kind: RolloutKind) -> tuple[BasisItem, ...]:
    """Everything on the checklist: a joint process has no price."""
    return tuple(
        item for item in BasisItem if not (item is BasisItem.COST and kind is RolloutKind.PROCESS)
    )


def missing(facts: BasisFacts) -> tuple[BasisItem, ...]:
    """What is not there yet, in the order it is read."""
    needed = [one for one in facts.roles if one.needed]
    held: Mapping[BasisItem, bool] = {
        BasisItem.WHAT: facts.what,
        BasisItem.GAINS: facts.gains,
        BasisItem.GAINS_SOURCE: facts.gains_source,
        BasisItem.PREREQUISITES: facts.prerequisites > 0 or facts.no_prerequisites,
        BasisItem.COST: facts.has_cost,
        BasisItem.HOURS: bool(needed) and all(one.total > 0 for one in needed),
        BasisItem.ROLES: set(TWO) <= {one.role for one in needed},
        BasisItem.COHORT: facts.cohorts > 0,
        BasisItem.SCHEDULE: facts.steps >= LEAST_STEPS,
        BasisItem.CONSEQUENCE: facts.consequence,
        BasisItem.LEADER: facts.has_leader,
    }
    return tuple(item for item in items(facts.kind) if not held[item])


# --- who lies near ---

Point = tuple[float, float]


def nearest(one: Point, others: Mapping[int, Point], *, count: int) -> tuple[int, ...]:
    """The nearest of the others, by latitude and longitude; good enough for Norway's length."""
    narrowing = cos(radians(one[0]))

    def distance(other: Point) -> float:
        return hypot(other[0] - one[0], (other[1] - one[1]) * narrowing)

    return tuple(sorted(others, key=lambda pk: (distance(others[pk]), pk))[:count])

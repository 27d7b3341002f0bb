"""How far each vendor's product has come with a solution, what a slip is, and whom it reaches.

Pure: no Django, no database, no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.portfolio.rules.solutions import SolutionKind


class Readiness(StrEnum):
    """How far a product has come with one solution in one service area, in order."""

    NOT_PLANNED = "not_planned"
    PLANNED = "planned"
    IN_DEVELOPMENT = "in_development"
    IN_TEST = "in_test"
    RELEASED = "released"


class Teller(StrEnum):
    """Who says so."""

    VENDOR = "vendor"
    PROGRAMME = "programme"
    MUNICIPALITY = "municipality"


class Slip(StrEnum):
    """What got worse from one statement to the next."""

    LATER = "later"
    NO_DATE_ANY_MORE = "no_date_any_more"
    SET_BACK = "set_back"
    DROPPED = "dropped"


class Standing(StrEnum):
    """Where a municipality stands with its products, in one offer."""

    COVERED = "covered"
    WAITING = "waiting"
    UNKNOWN = "unknown"


class ReadinessRefusal(StrEnum):
    """Why something about a product's readiness cannot be recorded, confirmed or asked for."""

    NO_DATE = "no_date"
    DATE_PASSED = "date_passed"
    NOT_RELEASED_YET = "not_released_yet"
    NO_VERSION = "no_version"
    NOT_PLANNED_HAS_NO_DATE = "not_planned_has_no_date"
    NO_SOURCE = "no_source"
    NO_REASON = "no_reason"
    NO_MUNICIPALITY = "no_municipality"
    FUTURE = "future"
    OLDER_THAN_KNOWN = "older_than_known"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    OUT_OF_DATE = "out_of_date"
    ALREADY_WITHDRAWN = "already_withdrawn"
    JOINT_PROCESS = "joint_process"
    OTHER_VENDOR = "other_vendor"
    NOBODY_TO_ASK = "nobody_to_ask"
    NOTHING_TO_ASK = "nothing_to_ask"
    ASKED_JUST_NOW = "asked_just_now"
    TOO_LATE_TO_REVOKE = "too_late_to_revoke"


ORDER: Final[Mapping[Readiness, int]] = {state: place for place, state in enumerate(Readiness)}

# A vendor's word is asked for anew when it is this old and the product is not released.
CONFIRMED_FOR: Final = timedelta(days=30)
# A link in a mail opens this long.
LINK_LASTS: Final = timedelta(days=30)
# Nobody gets the same question again before.
NOT_AGAIN_FOR: Final = timedelta(days=7)
# The monthly question leaves those alone who were asked by hand lately.
MONTHLY_AFTER: Final = timedelta(days=25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is said of a product: how far, which version, and released or expected when."""

    state: Readiness
    version: str = ""
    release_on: date | None = None


def refusal_of(claim: Claim, *, on: date) -> ReadinessRefusal | None:
    """Why a claim makes no sense on the day it is made, or None."""
    match claim.state:
        case Readiness.NOT_PLANNED:
            if claim.release_on is not None:
                return ReadinessRefusal.NOT_PLANNED_HAS_NO_DATE
        case Readiness.RELEASED:
            if claim.release_on is None:
                return ReadinessRefusal.NO_DATE
            if claim.release_on > on:
                return ReadinessRefusal.NOT_RELEASED_YET
            if not claim.version:
                return ReadinessRefusal.NO_VERSION
        case _:
            if claim.release_on is None:
                if claim.state is Readiness.PLANNED:
                    return ReadinessRefusal.NO_DATE
            elif claim.release_on < on:
                return ReadinessRefusal.DATE_PASSED
    return None


def is_overdue(claim: Claim, *, on: date) -> bool:
    """Whether the promised day has gone without a release."""
    return (
        claim.state is not Readiness.RELEASED
        and claim.release_on is not None
        and claim.release_on < on
    )


def slip(before: Claim | None, after: Claim) -> Slip | None:
    """What got worse, or None; a late release is no slip: the municipalities have it."""
    if before is None or after.state is Readiness.RELEASED:
        return None
    if after.state is Readiness.NOT_PLANNED:
        return Slip.DROPPED if before.state is not Readiness.NOT_PLANNED else None
    if before.state is Readiness.RELEASED:
        return Slip.SET_BACK
    if before.release_on is not None:
        if after.release_on is None:
            return Slip.NO_DATE_ANY_MORE
        if after.release_on > before.release_on:
            return Slip.LATER
    return Slip.SET_BACK if ORDER[after.state] < ORDER[before.state] else None


def days_later(before: Claim | None, after: Claim) -> int | None:
    """By how many days the date moved; None where one of them has none."""
    if before is None or before.release_on is None or after.release_on is None:
        return None
    return (after.release_on - before.release_on).days


def awaits_vendor(claim: Claim, *, vendor_said_on: date | None, on: date) -> bool:
    """Whether the vendor should be asked: nothing is final, and its own word is missing or old."""
    if is_overdue(claim, on=on):
        return True
    if vendor_said_on is None:
        return True
    if claim.state in {Readiness.RELEASED, Readiness.NOT_PLANNED}:
        return False
    return on - vendor_said_on >= CONFIRMED_FOR


# --- whom it reaches ---

# Whose readiness matters where nobody has said anything of any product yet.
USUALLY_CONCERNS: Final[Mapping[SolutionKind, frozenset[ProductKind]]] = {
    SolutionKind.NATIONAL: frozenset({ProductKind.RECORD_SYSTEM}),
    SolutionKind.MUNICIPAL_JOINT: frozenset({ProductKind.RECORD_SYSTEM}),
    SolutionKind.WELFARE_TECHNOLOGY: frozenset(
        {ProductKind.WELFARE_TECHNOLOGY, ProductKind.RESPONSE_CENTRE}
    ),
    SolutionKind.HOME_FOLLOW_UP: frozenset({ProductKind.HOME_FOLLOW_UP}),
    SolutionKind.RECORD_SYSTEM: frozenset({ProductKind.RECORD_SYSTEM}),
    SolutionKind.JOINT_PROCESS: frozenset(),
}


def concerned(solution: SolutionKind, known: Iterable[ProductKind]) -> frozenset[ProductKind]:
    """The kinds of product that must be ready: those spoken of, else those usual for the kind."""
    return frozenset(known) or USUALLY_CONCERNS[solution]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A municipality uses a product in a service area."""

    municipality: int
    area: ServiceArea
    product: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Municipalities by where they stand; `partly` are those covered that also wait somewhere.

    `used` names the products that matter in each municipality, `blockers` those of them that are
    not out, and `expected` the earliest day one of these is promised.
    """

    covered: frozenset[int] = frozenset()
    partly: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()
    unknown: frozenset[int] = frozenset()
    used: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    blockers: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    expected: Mapping[int, date] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.covered) + len(self.waiting) + len(self.unknown)

    @property
    def share(self) -> float:
        """Covered of all, 0 when there is nobody."""
        return len(self.covered) / self.count if self.count else 0.0

    def standing(self, municipality: int) -> Standing | None:
        """None for a municipality the offer does not concern."""
        if municipality in self.covered:
            return Standing.COVERED
        if municipality in self.waiting:
            return Standing.WAITING
        return Standing.UNKNOWN if municipality in self.unknown else None


def coverage(
    municipalities: Iterable[int], uses: Iterable[Use], said: Mapping[int, Claim], *, on: date
) -> Coverage:
    """Covered when one product in use is released by then; unknown when nothing is said of any.

    `uses` holds only products of a kind that matters; `said` what is said of them, by product.
    """
    everybody = frozenset(municipalities)
    used: dict[int, set[int]] = {}
    for use in uses:
        used.setdefault(use.municipality, set()).add(use.product)
    covered, partly, waiting, unknown = set(), set(), set(), set()
    blockers: dict[int, tuple[int, ...]] = {}
    expected: dict[int, date] = {}
    for one in everybody:
        products = used.get(one, set())
        missing = {product for product in products if not _is_out(said.get(product), on)}
        if missing:
            blockers[one] = tuple(sorted(missing))
            days = [
                claim.release_on
                for product in missing
                if (claim := said.get(product)) is not None and claim.release_on is not None
            ]
            if days:
                expected[one] = min(days)
        if products - missing:
            covered.add(one)
            if missing:
                partly.add(one)
        elif any(product in said for product in missing):
            waiting.add(one)
        else:
            unknown.add(one)
    return Coverage(
        covered=frozenset(covered),
        partly=frozenset(partly),
        waiting=frozenset(waiting),
        unknown=frozenset(unknown),
        used={one: tuple(sorted(products)) for one, products in used.items() if one in everybody},
        blockers=blockers,
        expected=expected,
    )


def _is_out(claim: Claim | None, on: date) -> bool:
    return (
        claim is not None
        and claim.state is Readiness.RELEASED
        and claim.release_on is not None
        and claim.release_on <= on
    )

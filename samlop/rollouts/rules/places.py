"""Places in cohorts, the waiting list, and how a place ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from samlop.rollouts.rules.cohorts import CohortState


class PlaceEnd(StrEnum):
    """How a municipality's place in a cohort ended."""

    # To another cohort, with the same answer; not a withdrawal.
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    # The municipality changed its answer.
    ANSWER_CHANGED = "answer_changed"
    COHORT_CANCELLED = "cohort_cancelled"
    FINISHED = "finished"


class WaitEnd(StrEnum):
    """How the wait for a place ended."""

    PLACED = "placed"
    ANSWER_CHANGED = "answer_changed"
    ROLLOUT_ENDED = "rollout_ended"


class OfferOutcome(StrEnum):
    """What became of a place that was offered to the next in line."""

    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class PlaceRefusal(StrEnum):
    """Why a place cannot be moved, left, offered or taken."""

    NO_MANDATE = "no_mandate"
    NO_REASON = "no_reason"
    ENDED_ALREADY = "ended_already"
    SAME_COHORT = "same_cohort"
    OTHER_ROLLOUT = "other_rollout"
    NO_ROOM = "no_room"
    NOT_OPEN = "not_open"
    LOCKED = "locked"
    OFFER_ENDED = "offer_ended"
    OFFER_EXPIRED = "offer_expired"


class Stand(StrEnum):
    """Where somebody on the waiting list stands with a cohort, and so why nothing moves."""

    OFFERED = "offered"
    NOT_OPEN = "not_open"
    LOCKED = "locked"
    CANCELLED = "cancelled"
    # It was offered a place there, and said no or let the day pass.
    TURNED_DOWN = "turned_down"
    FULL = "full"


# An offered place is held so long: a municipality needs time to ask its own.
OFFER_HELD: Final = timedelta(days=14)
# It is not offered the same cohort once more.
TURNED_DOWN: Final = frozenset({OfferOutcome.DECLINED, OfferOutcome.EXPIRED})
# A cohort that is open gives places.
GIVES_PLACES: Final = frozenset({CohortState.ENROLLING})
# In these it can still be wished for.
MAY_BE_WISHED: Final = frozenset({CohortState.PLANNED, CohortState.ENROLLING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A cohort's seats: those taken, reserved until confirmed, and offered until answered."""

    cohort: int
    state: CohortState
    maximum: int
    places: int = 0
    reserved: int = 0
    offered: int = 0
    # The stop rule keeps it shut.
    locked: bool = False

    @property
    def left(self) -> int:
        return max(self.maximum - self.places - self.reserved - self.offered, 0)

    @property
    def gives_places(self) -> bool:
        return self.state in GIVES_PLACES and not self.locked


def first_with_room(wishes: Sequence[int], rooms: Iterable[Room]) -> int | None:
    """The cohort to be placed in: the first wished for that has room."""
    by_cohort = {room.cohort: room for room in rooms}
    for cohort in wishes:
        room = by_cohort.get(cohort)
        if room is not None and room.gives_places and room.left > 0:
            return cohort
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """Somebody who waits: the cohorts it would take in its own order, and the one it is offered.

    `turned_down` are cohorts it has had an offer in that came to nothing.
    """

    wait: int
    municipality: int
    wishes: tuple[int, ...]
    turned_down: frozenset[int] = frozenset()
    offered: int | None = None


def next_offers(line: Iterable[InLine], rooms: Iterable[Room]) -> tuple[tuple[int, int], ...]:
    """Whom to offer which cohort, as (wait, cohort): whoever came first, her first wish first."""
    left = {room.cohort: room.left for room in rooms if room.gives_places}
    found = []
    for one in line:
        if one.offered is not None:
            continue
        for cohort in one.wishes:
            if left.get(cohort, 0) > 0 and cohort not in one.turned_down:
                left[cohort] -= 1
                found.append((one.wait, cohort))
                break
    return tuple(found)


def stands(one: InLine, rooms: Iterable[Room]) -> Mapping[int, Stand]:
    """Where somebody who waits stands with each cohort it would take, in its own order."""
    by_cohort = {room.cohort: room for room in rooms}
    found: dict[int, Stand] = {}
    for cohort in one.wishes:
        room = by_cohort.get(cohort)
        if room is None:
            continue
        if cohort == one.offered:
            found[cohort] = Stand.OFFERED
        elif room.state is CohortState.CANCELLED:
            found[cohort] = Stand.CANCELLED
        elif cohort in one.turned_down:
            found[cohort] = Stand.TURNED_DOWN
        elif room.locked:
            found[cohort] = Stand.LOCKED
        elif room.state not in GIVES_PLACES:
            found[cohort] = Stand.NOT_OPEN
        else:
            found[cohort] = Stand.FULL
    return found

"""Places in cohorts, the waiting list, and how a place ends."""

from enum import StrEnum


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

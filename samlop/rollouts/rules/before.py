"""Before the invitation: what contact persons are asked, and what municipalities wish."""

from enum import StrEnum
from typing import Final

MOST_QUESTION: Final = 600
MOST_REMARK: Final = 300
MOST_WHOM: Final = 120
# What is told outside is told of so many or more.
LEAST_SUM: Final = 5


class Obstacle(StrEnum):
    """What a contact person believes keeps a municipality from joining."""

    VENDOR = "vendor"
    ECONOMY = "economy"
    CAPACITY = "capacity"
    NO_BENEFIT_SEEN = "no_benefit_seen"
    MERGER = "merger"
    UNKNOWN = "unknown"


class Likely(StrEnum):
    """Whether a municipality is believed to join."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
    UNKNOWN = "unknown"


class Stance(StrEnum):
    """What a municipality says of a solution before, or without, an invitation."""

    INTERESTED = "interested"
    FITS_BADLY = "fits_badly"


class BeforeRefusal(StrEnum):
    """Why something before the invitation cannot be done."""

    ALREADY_ASKING = "already_asking"
    NOBODY_TO_ASK = "nobody_to_ask"
    DAY_HAS_PASSED = "day_has_passed"
    ALREADY_CLOSED = "already_closed"
    NOT_ASKED_OF = "not_asked_of"
    NO_REASON = "no_reason"
    NOTHING_REGISTERED = "nothing_registered"
    NOT_EXISTING = "not_existing"


def is_answered(likely: str, obstacle: str) -> bool:
    """A row counts as answered once somebody has said how likely it is, or why not."""
    return bool(likely or obstacle)


def refusal_to_state(stance: Stance, *, reason: str, text: str) -> BeforeRefusal | None:
    """What fits badly fits badly for a reason; an interest needs none."""
    if stance is Stance.FITS_BADLY and not (reason or text.strip()):
        return BeforeRefusal.NO_REASON
    return None

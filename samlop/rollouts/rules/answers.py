"""What a municipality answers, who may answer for it, and why it says no or not now."""

from enum import StrEnum
from typing import Final


class AnswerState(StrEnum):
    """What a municipality says to an invitation."""

    YES = "yes"
    # In its own process: an answer is expected on a day.
    PENDING = "pending"
    LATER = "later"
    OBSERVE = "observe"
    NO = "no"


class Mandate(StrEnum):
    """What gives somebody the right to answer for a municipality."""

    # A decision maker's own membership, signed in.
    MEMBERSHIP = "membership"
    # The same person, by the code sent to her work address.
    CODE = "code"
    # The member's dated grant to a host or cooperation.
    GRANT = "grant"


class Reason(StrEnum):
    """Why not, or why not now."""

    ECONOMY = "economy"
    CAPACITY = "capacity"
    VENDOR_NOT_READY = "vendor_not_ready"
    NO_BENEFIT_SEEN = "no_benefit_seen"
    MERGER = "merger"
    OTHER_PRIORITY = "other_priority"
    OWN = "own"


class Channel(StrEnum):
    """How an answer came that was not given in Samløp; a phone call is a signal only."""

    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"


# Only a yes gives a place.
NEEDS_REASON: Final = frozenset({AnswerState.LATER, AnswerState.NO})

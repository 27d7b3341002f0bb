"""Figures that a system sends by itself: its key, and when what it sends is refused."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

MOST_FIGURES: Final = 20_000
"""In one request; more are sent in several."""
MOST_PROBLEMS_TOLD: Final = 100
LONGEST_KEY: Final = 200
LONGEST_LIFE: Final = timedelta(days=731)
"""A key that nobody renews is forgotten, and then nobody knows who holds it."""


class TokenRefusal(StrEnum):
    """Why a key for a system is not issued or revoked."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    EXPIRED_ALREADY = "expired_already"
    LIVES_TOO_LONG = "lives_too_long"
    REVOKED_ALREADY = "revoked_already"


class PushRefusal(StrEnum):
    """Why what a system sent is not taken in."""

    NOT_JSON = "not_json"
    NOT_AS_DESCRIBED = "not_as_described"
    UNKNOWN_SOLUTION = "unknown_solution"
    OTHER_SOLUTION = "other_solution"
    NO_FIGURES = "no_figures"
    TOO_MANY_FIGURES = "too_many_figures"
    NO_INDICATOR = "no_indicator"
    BAD_FIGURES = "bad_figures"
    KEY_USED = "key_used"


def refuses_life(expires_on: date, today: date) -> TokenRefusal | None:
    """A key is valid through the day it expires on."""
    if expires_on < today:
        return TokenRefusal.EXPIRED_ALREADY
    if expires_on - today > LONGEST_LIFE:
        return TokenRefusal.LIVES_TOO_LONG
    return None

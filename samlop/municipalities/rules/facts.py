"""What can be said of a municipality, and why something cannot."""

from enum import StrEnum


class FactRefusal(StrEnum):
    """Why a fact about a municipality cannot be registered."""

    BAD_EMAIL = "bad_email"
    BAD_WEBSITE = "bad_website"

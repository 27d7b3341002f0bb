"""Invitations: what keeps one from being sent, deadlines, reminders."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

LEAST_TIME: Final = timedelta(weeks=6)
MOST_REMINDERS: Final = 2


class Exclusion(StrEnum):
    """Why a municipality cannot or should not be invited now."""

    OUTSIDE_TARGET = "outside_target"
    OUTSIDE_REGION = "outside_region"
    OUTSIDE_KEY = "outside_key"
    ALREADY_INVITED = "already_invited"
    HAS_PLACE = "has_place"
    VENDOR_NOT_READY = "vendor_not_ready"
    DECLINED_UNTIL = "declined_until"
    SAID_NO = "said_no"
    BLACKOUT = "blackout"
    NOBODY_TO_WRITE_TO = "nobody_to_write_to"

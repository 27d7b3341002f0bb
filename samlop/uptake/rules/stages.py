"""The stages a municipality goes through with a solution, who says so, and what is agreed."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """How far a municipality has come with an offer, in order; or that it no longer uses it."""

    DECIDED = "decided"
    PREPARED = "prepared"
    TECHNICALLY_INTRODUCED = "technically_introduced"
    IN_USE = "in_use"
    ACTIVE_USE = "active_use"
    BENEFIT_DOCUMENTED = "benefit_documented"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"
    # A joint process has its own.
    SIGNED_UP = "signed_up"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"


LADDER: Final = (
    Stage.DECIDED,
    Stage.PREPARED,
    Stage.TECHNICALLY_INTRODUCED,
    Stage.IN_USE,
    Stage.ACTIVE_USE,
    Stage.BENEFIT_DOCUMENTED,
)
PROCESS: Final = (Stage.SIGNED_UP, Stage.UNDER_WAY, Stage.COMPLETED)
ENDED: Final = frozenset({Stage.STOPPED, Stage.SUPERSEDED})


class Source(StrEnum):
    """Who or what says so."""

    USAGE_LOG = "usage_log"
    VENDOR = "vendor"
    MUNICIPALITY = "municipality"
    PROGRAMME = "programme"
    ROLLOUT = "rollout"
    REGISTER = "register"

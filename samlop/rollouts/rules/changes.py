"""What has become otherwise since a municipality was invited: only what still is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

# Steps are the weeks from the start, and what happens.
Steps = tuple[tuple[int, str], ...]
Value = str | int | date | Decimal | Steps


class ChangeKind(StrEnum):
    """What the municipality is told of, in the order it is told."""

    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    CHANGE_UNTIL = "change_until"
    RENAMED = "renamed"
    NEW_COHORT = "new_cohort"
    COHORT_CANCELLED = "cohort_cancelled"
    YEARLY_PRICE = "yearly_price"
    ONE_OFF_PRICE = "one_off_price"
    HOURS = "hours"
    NEW_PREREQUISITE = "new_prerequisite"
    PREREQUISITE_RENAMED = "prerequisite_renamed"
    DONE_WHEN = "done_when"
    DAYS_BEFORE = "days_before"
    PREREQUISITE_GONE = "prerequisite_gone"
    NEW_STEPS = "new_steps"
    STEPS_GONE = "steps_gone"
    WHAT = "what"
    GAINS = "gains"
    CONSEQUENCE = "consequence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`name` is the cohort or prerequisite it is about; `was` and `now` as far as it has both."""

    kind: ChangeKind
    name: str = ""
    was: Value = ""
    now: Value = ""


def earliest(several: Collection[Mapping[str, Any]]) -> dict[str, Any]:
    """What each field was before the first of several changes, which come in their order."""
    found: dict[str, Any] = {}
    for one in several:
        for field, was in one.items():
            found.setdefault(field, was)
    return found


def steps(
    was: Collection[tuple[int, str]], now: Collection[tuple[int, str]]
) -> tuple[Steps, tuple[str, ...]]:
    """Steps that are new or moved, and the words of those that are gone."""
    before, after = set(was), {words for _, words in now}
    return (
        tuple(one for one in now if one not in before),
        tuple(words for _, words in was if words not in after),
    )

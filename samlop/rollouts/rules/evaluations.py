"""What a municipality is asked when it has been through a cohort: three things, two minutes."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from samlop.rollouts.rules.before import LEAST_SUM
from samlop.rollouts.rules.rollouts import RolloutState

MOST_WORDS: Final = 600
MOST_CONCLUSION: Final = 2000
# In these a municipality may be asked; a plan has taught nobody anything, and after the end the
# conclusion stands.
ASKS: Final = frozenset(
    {RolloutState.OPEN, RolloutState.RUNNING, RolloutState.EVALUATING, RolloutState.PAUSED}
)


class Again(StrEnum):
    """Whether the municipality would do it this way once more."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class EvaluationRefusal(StrEnum):
    """Why a municipality's evaluation is not taken."""

    NOT_ASKED = "not_asked"
    NO_WORDS = "no_words"


def is_asked(
    state: RolloutState, *, finished: bool, under_way: bool, asks_from: date | None, on: date
) -> bool:
    """Whether a municipality with a place is asked that day.

    When its cohort is gone through with; while it is under way, when the rollout evaluates, or
    from the day the stop rule counts from.
    """
    if state not in ASKS:
        return False
    if finished:
        return True
    return under_way and (
        state is RolloutState.EVALUATING or (asks_from is not None and asks_from <= on)
    )


def refusal_of(again: Again, *, worked: str, otherwise: str) -> EvaluationRefusal | None:
    """A yes may be given without a word; whoever would do it otherwise says how."""
    if again is not Again.YES and not (worked or otherwise):
        return EvaluationRefusal.NO_WORDS
    return None


def safe_sums(counts: Mapping[Again, int], seen: Mapping[Again, int]) -> bool:
    """Whether the three sums may be told to somebody who sees only some of the answers.

    Those she does not see must be none or five and more in each, and not all of one kind: then
    each of them would be told by name.
    """
    hidden = [counts.get(one, 0) - seen.get(one, 0) for one in Again]
    some = [count for count in hidden if count]
    return not some or (len(some) > 1 and min(some) >= LEAST_SUM)

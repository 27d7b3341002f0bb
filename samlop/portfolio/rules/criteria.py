"""What a set of criteria asks, and what is new from one version to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_TITLE: Final = 80
LONGEST_TEXT: Final = 1000
MOST_CRITERIA: Final = 40


class CriterionWeight(StrEnum):
    """A must that is not met stands in the way of a yes."""

    MUST = "must"
    SHOULD = "should"


class Assessor(StrEnum):
    """Who answers a criterion."""

    PROGRAMME = "programme"
    DECIDING_BODY = "deciding_body"
    HEALTH_ASSESSORS = "health_assessors"


class FactsBeside(StrEnum):
    """What Samløp already knows and shows beside the question."""

    NONE = "none"
    TRIALS = "trials"
    VENDORS = "vendors"
    MATERIAL = "material"
    COST = "cost"
    HEALTH = "health"


class SetStanding(StrEnum):
    """Whose word a set of criteria is."""

    # Written here from what the report of 2024 asks for; nobody has decided on it.
    FROM_THE_REPORT = "from_the_report"
    PROPOSED = "proposed"
    DECIDED = "decided"


class CriteriaRefusal(StrEnum):
    """Why a set or a criterion cannot be changed as asked."""

    PUBLISHED = "published"
    DRAFT_EXISTS = "draft_exists"
    NO_TITLE = "no_title"
    NO_QUESTION = "no_question"
    TITLE_TAKEN = "title_taken"
    CHANGED_MEANWHILE = "changed_meanwhile"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    NO_MUST = "no_must"
    NO_WHAT_IS_NEW = "no_what_is_new"
    NO_SOURCE = "no_source"
    NOTHING_NEW = "nothing_new"
    DRAFT_CHANGED = "draft_changed"
    GONE = "gone"
    CRITERION_GONE = "criterion_gone"


class CriterionPart(StrEnum):
    """What a criterion is made of; a change of any of them is a new question."""

    TITLE = "title"
    QUESTION = "question"
    WHY = "why"
    EVIDENCE = "evidence"
    ASSESSOR = "assessor"
    WEIGHT = "weight"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionText:
    """One criterion as it reads; `code` is what stays the same when its words change."""

    code: str
    title: str
    question: str
    why: str
    evidence: str
    assessor: Assessor
    weight: CriterionWeight
    beside: FactsBeside = FactsBeside.NONE


@dataclass(frozen=True, slots=True)
class Reworded:
    """A criterion that both versions have and that does not read the same."""

    before: CriterionText
    after: CriterionText
    parts: tuple[CriterionPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is new from one version to another, in the order of the newer."""

    added: tuple[CriterionText, ...]
    removed: tuple[CriterionText, ...]
    changed: tuple[Reworded, ...]
    unchanged: tuple[CriterionText, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def compare(before: Sequence[CriterionText], after: Sequence[CriterionText]) -> Difference:
    """A new order alone is no difference: the same is asked."""
    old = {one.code: one for one in before}
    new = {one.code: one for one in after}
    changed = [
        Reworded(old[one.code], one, parts)
        for one in after
        if one.code in old and (parts := changed_parts(old[one.code], one))
    ]
    reworded = {one.after.code for one in changed}
    return Difference(
        added=tuple(one for one in after if one.code not in old),
        removed=tuple(one for one in before if one.code not in new),
        changed=tuple(changed),
        unchanged=tuple(one for one in after if one.code in old and one.code not in reworded),
    )


def changed_parts(before: CriterionText, after: CriterionText) -> tuple[CriterionPart, ...]:
    """Which parts read differently."""
    return tuple(
        part for part in CriterionPart if getattr(before, part.value) != getattr(after, part.value)
    )


def asks_the_same(before: CriterionText, after: CriterionText) -> bool:
    """Whether an answer to the one answers the other."""
    shown_only = {CriterionPart.BESIDE}
    return not set(changed_parts(before, after)) - shown_only


def refusal_to_publish(
    criteria: Sequence[CriterionText],
    *,
    before: Sequence[CriterionText] | None,
    what_is_new: str,
    source: str,
) -> CriteriaRefusal | None:
    """Why a draft cannot be published; `before` is the version it follows, if any."""
    if not criteria:
        return CriteriaRefusal.EMPTY
    if not any(one.weight is CriterionWeight.MUST for one in criteria):
        return CriteriaRefusal.NO_MUST
    if not source:
        return CriteriaRefusal.NO_SOURCE
    if before is not None:
        if compare(before, criteria).is_empty:
            return CriteriaRefusal.NOTHING_NEW
        if not what_is_new:
            return CriteriaRefusal.NO_WHAT_IS_NEW
    return None

"""The stages a municipality goes through with a solution, who says so, and what is agreed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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


# How far each source can see: a vendor knows what is installed, not whether anybody uses it.
CEILING: Final[Mapping[Source, Stage]] = {
    Source.USAGE_LOG: Stage.ACTIVE_USE,
    Source.VENDOR: Stage.TECHNICALLY_INTRODUCED,
    Source.MUNICIPALITY: Stage.BENEFIT_DOCUMENTED,
    Source.PROGRAMME: Stage.ACTIVE_USE,
    Source.ROLLOUT: Stage.ACTIVE_USE,
    Source.REGISTER: Stage.ACTIVE_USE,
}
REPLY_DAYS: Final = 21

_RANK: Final[Mapping[Stage, int]] = {
    **dict.fromkeys(ENDED, 0),
    **{stage: rank for rank, stage in enumerate(LADDER, 1)},
    **{stage: rank for rank, stage in enumerate(PROCESS, 1)},
}


class Hindrance(StrEnum):
    """What keeps a municipality from coming further, as it says itself."""

    VENDOR = "vendor"
    ECONOMY = "economy"
    PEOPLE = "people"
    COMPETENCE = "competence"
    TRAINING = "training"
    TECHNOLOGY = "technology"
    PRIVACY = "privacy"
    ANCHORING = "anchoring"
    OTHER = "other"


class StageRefusal(StrEnum):
    """Why a stage cannot be said of a municipality."""

    IN_THE_FUTURE = "in_the_future"
    OTHER_LADDER = "other_ladder"
    CANNOT_SEE = "cannot_see"
    UNITS_OUT_OF_ORDER = "units_out_of_order"
    NOT_EXISTING = "not_existing"
    CHANGED_MEANWHILE = "changed_meanwhile"
    DEFINED_MEANWHILE = "defined_meanwhile"
    ALREADY_WITHDRAWN = "already_withdrawn"
    NO_REASON = "no_reason"
    NO_WORDS = "no_words"
    NOT_PROPOSED = "not_proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one source says: the stage, and since when; `told_on` is the day it was recorded."""

    source: Source
    stage: Stage
    on: date
    told_on: date
    units_in_use: int | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the current words of all sources come to, for one municipality and one offer.

    `open_from` is the day from which the public may read it: at once when the municipality itself
    has said the same, else when its right of reply has run out.
    """

    agreed: Stage | None = None
    since: date | None = None
    disagrees: bool = False
    confirmed_by: frozenset[Source] = frozenset()
    units_in_use: int | None = None
    units: int | None = None
    open_from: date | None = None


def rank(stage: Stage) -> int:
    """How far a stage is; having ended is no distance at all."""
    return _RANK[stage]


def has_reached(stage: Stage | None, least: Stage) -> bool:
    """Whether a stage is at least another, on the same ladder; having ended reaches nothing."""
    if stage is None or stage in ENDED or (stage in PROCESS) is not (least in PROCESS):
        return False
    return rank(stage) >= rank(least)


def is_made_available(stage: Stage | None) -> bool:
    return has_reached(stage, Stage.TECHNICALLY_INTRODUCED)


def can_see(source: Source, stage: Stage) -> bool:
    """Whether a source may speak of a stage at all."""
    return stage in PROCESS or rank(stage) <= rank(CEILING[source])


def agreement(words: Collection[Word]) -> Agreement:
    """The agreed stage of the current words, one per source (see docs/domain/uptake.md)."""
    if not words:
        return Agreement()
    own = next((word for word in words if word.source is Source.MUNICIPALITY), None)
    if own is not None and own.stage in ENDED:
        later = [word for word in words if word.on > own.on and word.stage not in ENDED]
        return _agreement(own.stage, words, disagrees=bool(later))
    highest = max(rank(word.stage) for word in words)
    top_on = max(word.on for word in words if rank(word.stage) == highest)
    top = next(word.stage for word in words if rank(word.stage) == highest)
    against = [
        word
        for word in words
        if rank(word.stage) < highest and word.on >= top_on and can_see(word.source, top)
    ]
    if not against:
        return _agreement(top, words, disagrees=False)
    lowest = min(against, key=lambda word: (rank(word.stage), word.stage))
    return _agreement(lowest.stage, words, disagrees=True)


def _agreement(agreed: Stage, words: Collection[Word], *, disagrees: bool) -> Agreement:
    backing = [
        word
        for word in words
        if word.stage is agreed or (agreed not in ENDED and rank(word.stage) > rank(agreed))
    ]
    saying = [word for word in backing if word.stage is agreed]
    own = [word for word in words if word.source is Source.MUNICIPALITY]
    since = min(
        [word.on for word in own if word.stage is agreed] or [word.on for word in saying or backing]
    )
    counted = [word for word in own if word.units] or sorted(
        (word for word in words if word.units),
        key=lambda word: (word.on, word.told_on, word.source),
        reverse=True,
    )
    spoken = any(word in backing for word in own)
    told = min(word.told_on for word in backing)
    return Agreement(
        agreed=agreed,
        since=since,
        disagrees=disagrees,
        confirmed_by=frozenset(word.source for word in backing),
        units_in_use=counted[0].units_in_use if counted else None,
        units=counted[0].units if counted else None,
        open_from=(
            min(word.told_on for word in own) if spoken else told + timedelta(days=REPLY_DAYS)
        ),
    )


def current(words: Iterable[Word]) -> tuple[Word, ...]:
    """The newest word of each source; of one day, the one that comes last."""
    newest: dict[Source, Word] = {}
    for word in words:
        was = newest.get(word.source)
        if was is None or word.on >= was.on:
            newest[word.source] = word
    return tuple(newest.values())


def reached_on(words: Collection[Word], least: Stage) -> date | None:
    """The first day on which the agreed stage was at least `least`; words in recorded order."""
    for day in sorted({word.on for word in words}):
        agreed = agreement(current(word for word in words if word.on <= day)).agreed
        if has_reached(agreed, least):
            return day
    return None


def refusal_of(word: Word, *, on: date, joint_process: bool) -> StageRefusal | None:
    """Why a word cannot be recorded on a day, or None."""
    if word.on > on:
        return StageRefusal.IN_THE_FUTURE
    if word.stage not in ENDED and (word.stage in PROCESS) is not joint_process:
        return StageRefusal.OTHER_LADDER
    if not can_see(word.source, word.stage):
        return StageRefusal.CANNOT_SEE
    if (word.units is None) is not (word.units_in_use is None):
        return StageRefusal.UNITS_OUT_OF_ORDER
    if (
        word.units is not None
        and word.units_in_use is not None
        and not (0 <= word.units_in_use <= word.units and word.units >= 1)
    ):
        return StageRefusal.UNITS_OUT_OF_ORDER
    return None


def carried(former: Collection[Stage | None]) -> Stage | None:
    """What a new municipality begins with: the lowest of its former ones; None is nothing.

    Parts that had ended carry only when all had.
    """
    known = [stage for stage in former if stage is not None]
    if not known or len(known) < len(former):
        return None
    if any(stage in ENDED for stage in known):
        return known[0] if all(stage is known[0] for stage in known) else None
    return min(known, key=rank)

"""National, regional or partly national: five questions, and the type the answers point to.

Pure: no Django, no database, no clock. docs/domain/portfolio.md tells the rule in prose.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations, product
from types import MappingProxyType
from typing import Final

from samlop.portfolio.rules.readiness import ORDER, Claim, Readiness, is_overdue

LOWEST: Final = 1
HIGHEST: Final = 5
SCALE: Final = range(LOWEST, HIGHEST + 1)
MAX_ARGUMENT: Final = 600
MAX_REASON: Final = 1000


class RolloutType(StrEnum):
    """The three types of joint rollout, by the letters people use."""

    NATIONAL = "a"
    REGIONAL = "b"
    PARTLY = "c"


class Question(StrEnum):
    """The five questions, in the order they are asked; 1 to 5 means what its anchors say."""

    READY = "ready"
    FITS = "fits"
    TOGETHER = "together"
    CAPACITY = "capacity"
    VENDORS = "vendors"


class Reason(StrEnum):
    """What an answer says; each is a sentence on the page."""

    # These three point to C.
    ONLY_SOME_PLACES = "only_some_places"
    NOT_DOCUMENTED = "not_documented"
    VENDORS_DECIDE = "vendors_decide"
    # These two point to B.
    REGION_TOGETHER = "region_together"
    REGIONS_CARRY = "regions_carry"
    # These point to A, and stand beside the others as what does not hinder.
    READY_FOR_ALL = "ready_for_all"
    DOCUMENTED = "documented"
    NOBODY_WAITS = "nobody_waits"
    NATION_CARRIES = "nation_carries"
    VENDORS_FREE = "vendors_free"


class Caution(StrEnum):
    """What the group should stop at whatever type the answers point to."""

    BACK_TO_TRIAL = "back_to_trial"
    PARTLY_IN_REGIONS = "partly_in_regions"
    NOBODY_CARRIES = "nobody_carries"


class SharedKey(StrEnum):
    """What the municipalities of one cohort have in common when the type is C."""

    RECORD_SYSTEM = "record_system"
    WELFARE_TECHNOLOGY = "welfare_technology"
    RESPONSE_CENTRE = "response_centre"
    JOINT_PROCUREMENT = "joint_procurement"


class CardRefusal(StrEnum):
    """Why an answer or a choice cannot be saved."""

    NOT_ON_SCALE = "not_on_scale"
    NO_ARGUMENT = "no_argument"
    TOO_LONG = "too_long"
    CHANGED_MEANWHILE = "changed_meanwhile"
    CHOSEN_MEANWHILE = "chosen_meanwhile"
    NO_REASON = "no_reason"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_THE_LAST = "before_the_last"
    NO_KEY = "no_key"
    KEY_ONLY_FOR_PARTLY = "key_only_for_partly"
    BAD_SHARE = "bad_share"
    SHARE_ALREADY_PASSED = "share_already_passed"
    NO_VENDORS = "no_vendors"


# Where an answer begins to decide. The middle of the scale decides nothing.
LOW: Final = 2
HIGH: Final = 4


@dataclass(frozen=True, slots=True)
class _Test:
    """An answer on this side of the limit gives the reason."""

    question: Question
    reason: Reason
    at_most: int | None = None
    at_least: int | None = None

    def holds(self, scores: Mapping[Question, int]) -> bool:
        score = scores[self.question]
        return (self.at_most is not None and score <= self.at_most) or (
            self.at_least is not None and score >= self.at_least
        )


# In this order: the first type with a reason is suggested, and A when none has.
DECIDES: Final[Mapping[RolloutType, tuple[_Test, ...]]] = MappingProxyType(
    {
        RolloutType.PARTLY: (
            _Test(Question.READY, Reason.ONLY_SOME_PLACES, at_most=LOW),
            _Test(Question.FITS, Reason.NOT_DOCUMENTED, at_most=LOW),
            _Test(Question.VENDORS, Reason.VENDORS_DECIDE, at_least=HIGH),
        ),
        RolloutType.REGIONAL: (
            _Test(Question.TOGETHER, Reason.REGION_TOGETHER, at_least=HIGH),
            _Test(Question.CAPACITY, Reason.REGIONS_CARRY, at_most=LOW),
        ),
    }
)
SUPPORTS: Final = (
    _Test(Question.READY, Reason.READY_FOR_ALL, at_least=LOW + 1),
    _Test(Question.FITS, Reason.DOCUMENTED, at_least=LOW + 1),
    _Test(Question.TOGETHER, Reason.NOBODY_WAITS, at_most=HIGH - 1),
    _Test(Question.CAPACITY, Reason.NATION_CARRIES, at_least=LOW + 1),
    _Test(Question.VENDORS, Reason.VENDORS_FREE, at_most=HIGH - 1),
)
# What holds nobody back from going on with all the country's municipalities at once.
SPEAKS_FOR: Final[Mapping[RolloutType, frozenset[Question]]] = MappingProxyType(
    {
        RolloutType.NATIONAL: frozenset(Question),
        RolloutType.REGIONAL: frozenset({Question.READY, Question.FITS, Question.VENDORS}),
        RolloutType.PARTLY: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Why:
    """A reason, and the answer that gives it."""

    question: Question
    score: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Move:
    """An answer that would have to become another; `score` is the nearest that is enough."""

    question: Question
    score: int


@dataclass(frozen=True, slots=True)
class Change:
    """The fewest answers that must change together for another type to be suggested."""

    to: RolloutType
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`reasons` decide; `also` speaks for the same, but decides nothing.

    `is_close`: one answer, one step up or down, and another type is suggested.
    """

    type: RolloutType
    reasons: tuple[Why, ...]
    also: tuple[Why, ...]
    cautions: tuple[Caution, ...]
    would_change: tuple[Change, ...]
    is_close: bool


def missing(scores: Mapping[Question, int]) -> tuple[Question, ...]:
    """The questions without an answer, in their order."""
    return tuple(question for question in Question if question not in scores)


def type_of(scores: Mapping[Question, int]) -> RolloutType:
    """The type that five answers point to."""
    for found, tests in DECIDES.items():
        if any(test.holds(scores) for test in tests):
            return found
    return RolloutType.NATIONAL


def suggest(scores: Mapping[Question, int]) -> Suggestion | None:
    """The type five answers point to, why, and what would change it; None until all are given."""
    if missing(scores):
        return None
    found = type_of(scores)
    deciding = tuple(_whys(DECIDES.get(found, ()), scores))
    supporting = tuple(why for why in _whys(SUPPORTS, scores) if why.question in SPEAKS_FOR[found])
    # Nothing decides for A but that nothing speaks against it.
    reasons, also = (deciding, supporting) if deciding else (supporting, ())
    changes = tuple(would_change(scores))
    return Suggestion(
        type=found,
        reasons=reasons,
        also=also,
        cautions=tuple(cautions(scores, found)),
        would_change=changes,
        is_close=any(
            len(change.moves) == 1
            and abs(change.moves[0].score - scores[change.moves[0].question]) == 1
            for change in changes
        ),
    )


def _whys(tests: Iterable[_Test], scores: Mapping[Question, int]) -> Iterator[Why]:
    for test in tests:
        if test.holds(scores):
            yield Why(test.question, scores[test.question], test.reason)


def cautions(scores: Mapping[Question, int], found: RolloutType) -> Iterator[Caution]:
    if scores[Question.READY] == LOWEST or scores[Question.FITS] == LOWEST:
        yield Caution.BACK_TO_TRIAL
    regional = [test for test in DECIDES[RolloutType.REGIONAL] if test.holds(scores)]
    if found is RolloutType.PARTLY and regional:
        yield Caution.PARTLY_IN_REGIONS
    if scores[Question.CAPACITY] == LOWEST:
        yield Caution.NOBODY_CARRIES


def would_change(scores: Mapping[Question, int]) -> Iterator[Change]:
    """For each other type: every way with the fewest answers changed, each as little as possible.

    Tried out rather than derived, so that it cannot disagree with `type_of`: 3125 sets at most.
    """
    now = type_of(scores)
    for to in RolloutType:
        if to is not now:
            yield from _ways(scores, to)


def _ways(scores: Mapping[Question, int], to: RolloutType) -> Iterator[Change]:
    for count in range(1, len(Question) + 1):
        ways = []
        for questions in combinations(Question, count):
            nearest = _nearest(scores, questions, to)
            if nearest is not None:
                ways.append(Change(to, nearest))
        if ways:
            yield from ways
            return


def _nearest(
    scores: Mapping[Question, int], questions: Sequence[Question], to: RolloutType
) -> tuple[Move, ...] | None:
    """The least change of exactly these answers that gives the type, or None."""
    best: tuple[int, tuple[Move, ...]] | None = None
    for values in product(SCALE, repeat=len(questions)):
        moves = tuple(Move(q, value) for q, value in zip(questions, values, strict=True))
        if any(move.score == scores[move.question] for move in moves):
            continue
        changed = {**scores, **{move.question: move.score for move in moves}}
        if type_of(changed) is not to:
            continue
        distance = sum(abs(move.score - scores[move.question]) for move in moves)
        if best is None or distance < best[0]:
            best = (distance, moves)
    return best[1] if best else None


# --- saving an answer or a choice ---


def refusal_of_answer(score: int, argument: str) -> CardRefusal | None:
    """Why an answer cannot be saved, or None."""
    if score not in SCALE:
        return CardRefusal.NOT_ON_SCALE
    if not argument.strip():
        return CardRefusal.NO_ARGUMENT
    if len(argument.strip()) > MAX_ARGUMENT:
        return CardRefusal.TOO_LONG
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """What a group wants to choose; the key and the share belong to C alone."""

    type: RolloutType
    reason: str
    chosen_on: date
    key: SharedKey | None = None
    # Whole per cent of the municipalities: at this coverage a move to A is proposed.
    move_at: int | None = None


def refusal_of_choice(
    wish: Choosing, *, last_chosen_on: date | None, covered: "Share", has_vendors: bool, on: date
) -> CardRefusal | None:
    """Why a choice cannot be saved, or None. `covered` is today's share."""
    if not wish.reason.strip():
        return CardRefusal.NO_REASON
    if len(wish.reason.strip()) > MAX_REASON:
        return CardRefusal.TOO_LONG
    if wish.chosen_on > on:
        return CardRefusal.IN_THE_FUTURE
    if last_chosen_on is not None and wish.chosen_on < last_chosen_on:
        return CardRefusal.BEFORE_THE_LAST
    if wish.type is not RolloutType.PARTLY:
        given = wish.key is not None or wish.move_at is not None
        return CardRefusal.KEY_ONLY_FOR_PARTLY if given else None
    if not has_vendors:
        return CardRefusal.NO_VENDORS
    if wish.key is None:
        return CardRefusal.NO_KEY
    if wish.move_at is not None:
        if not 1 <= wish.move_at <= 100:
            return CardRefusal.BAD_SHARE
        if covered.has_reached(wish.move_at):
            return CardRefusal.SHARE_ALREADY_PASSED
    return None


# --- C: who can, who cannot, and when that is enough to go on with everybody ---


@dataclass(frozen=True, slots=True)
class Share:
    """Municipalities whose system is ready, of all that the offer concerns."""

    ready: int
    of: int

    @property
    def percent(self) -> int:
        """Rounded down: 79.9 is not yet 80."""
        return self.ready * 100 // self.of if self.of else 0

    def has_reached(self, percent: int) -> bool:
        return self.of > 0 and self.ready * 100 >= percent * self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveProposal:
    """The group is asked to move from C to A. `against`: what still points to C, or to B."""

    share: Share
    move_at: int
    against: tuple[Why, ...]


def move_proposal(
    chosen: RolloutType | None,
    move_at: int | None,
    share: Share,
    scores: Mapping[Question, int],
) -> MoveProposal | None:
    """A proposal when C was chosen and the share it was chosen until is reached.

    That the vendors decide is not held against it: the coverage is the answer to that.
    """
    if chosen is not RolloutType.PARTLY or move_at is None or not share.has_reached(move_at):
        return None
    against: tuple[Why, ...] = ()
    if not missing(scores):
        against = tuple(
            why
            for tests in DECIDES.values()
            for why in _whys(tests, scores)
            if why.reason is not Reason.VENDORS_DECIDE
        )
    return MoveProposal(share=share, move_at=move_at, against=against)


class Blocker(StrEnum):
    """What keeps a municipality out; from nearest to furthest, then what nobody knows."""

    IN_TEST = "in_test"
    IN_DEVELOPMENT = "in_development"
    PLANNED = "planned"
    NOT_PLANNED = "not_planned"
    NOTHING_SAID = "nothing_said"
    SYSTEM_UNKNOWN = "system_unknown"


class BlockerOwner(StrEnum):
    """Whose move it is."""

    VENDOR = "vendor"
    MUNICIPALITY = "municipality"


_BLOCKERS: Final[Mapping[Readiness, Blocker]] = MappingProxyType(
    {
        Readiness.NOT_PLANNED: Blocker.NOT_PLANNED,
        Readiness.PLANNED: Blocker.PLANNED,
        Readiness.IN_DEVELOPMENT: Blocker.IN_DEVELOPMENT,
        Readiness.IN_TEST: Blocker.IN_TEST,
        # Released, but for a later day than the one asked about.
        Readiness.RELEASED: Blocker.IN_TEST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Why one municipality is left out: which product, whose move, and when it is expected."""

    blocker: Blocker
    owner: BlockerOwner
    product: int | None = None
    expected_on: date | None = None
    is_overdue: bool = False


def blocked(products: Iterable[int], said: Mapping[int, Claim], *, on: date) -> Blocked:
    """Of the products a municipality waits for, the one that is nearest to being released.

    The furthest come is nearest; of two alike, the one expected first, then the lowest number.
    """
    waiting = sorted(products)
    known = [(pk, said[pk]) for pk in waiting if pk in said]
    if known:
        pk, claim = min(
            known,
            key=lambda one: (-ORDER[one[1].state], one[1].release_on or date.max, one[0]),
        )
        return Blocked(
            blocker=_BLOCKERS[claim.state],
            owner=BlockerOwner.VENDOR,
            product=pk,
            expected_on=claim.release_on,
            is_overdue=is_overdue(claim, on=on),
        )
    if waiting:
        return Blocked(blocker=Blocker.NOTHING_SAID, owner=BlockerOwner.VENDOR, product=waiting[0])
    return Blocked(blocker=Blocker.SYSTEM_UNKNOWN, owner=BlockerOwner.MUNICIPALITY)

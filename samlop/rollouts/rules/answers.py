"""What a municipality answers, who may answer for it, and why it says no or not now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from samlop.portfolio.rules.readiness import Standing


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


class AnswerRefusal(StrEnum):
    """Why an answer cannot be given as it is."""

    NOT_ENROLLING = "not_enrolling"
    NOT_INVITED = "not_invited"
    NO_MANDATE = "no_mandate"
    CHANGED_MEANWHILE = "changed_meanwhile"
    TOO_LATE = "too_late"
    PLACE_ELSEWHERE = "place_elsewhere"
    WAITS_ELSEWHERE = "waits_elsewhere"
    NO_LONGER_THERE = "no_longer_there"
    NO_REASON = "no_reason"
    NO_EXPECTED_DAY = "no_expected_day"
    DAY_HAS_PASSED = "day_has_passed"
    NOT_ASKED_AGAIN = "not_asked_again"
    OTHER_COHORT = "other_cohort"
    SAME_COHORT_TWICE = "same_cohort_twice"


class ReceivedRefusal(StrEnum):
    """Why an answer that came by another way cannot be registered or confirmed."""

    NOBODY_DECIDED = "nobody_decided"
    IN_THE_FUTURE = "in_the_future"
    NOT_INVITED = "not_invited"
    NOT_ENROLLING = "not_enrolling"
    HAS_ANSWERED = "has_answered"
    NO_SEAT = "no_seat"
    OTHER_COHORT = "other_cohort"
    PHONE_IS_A_SIGNAL = "phone_is_a_signal"
    SETTLED = "settled"


class GrantRefusal(StrEnum):
    """Why a municipality cannot let another answer for it."""

    NO_MANDATE = "no_mandate"
    TO_ITSELF = "to_itself"
    TO_NOBODY = "to_nobody"
    NOT_A_MEMBER = "not_a_member"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    STANDS_ALREADY = "stands_already"
    ENDED_ALREADY = "ended_already"


class Gone(StrEnum):
    """What has changed since a municipality said no or not now."""

    VENDOR_READY = "vendor_ready"
    DAY_HAS_COME = "day_has_come"
    MERGER_DONE = "merger_done"


# Only a yes gives a place.
NEEDS_REASON: Final = frozenset({AnswerState.LATER, AnswerState.NO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a municipality says; cohorts are wished for in this order, and none means any."""

    state: AnswerState
    wishes: tuple[int, ...] = ()
    case_number: str = ""
    reason: Reason | None = None
    text: str = ""
    expected_on: date | None = None
    ask_again_on: date | None = None
    ask_when_gone: bool = False
    hosts_others: bool = False

    def trimmed(self) -> "Content":
        """Without what belongs to another answer than this."""
        yes = self.state is AnswerState.YES
        pending = self.state is AnswerState.PENDING
        later = self.state is AnswerState.LATER
        return Content(
            state=self.state,
            wishes=self.wishes if yes else (),
            case_number=" ".join(self.case_number.split()),
            reason=self.reason if self.state in NEEDS_REASON else None,
            text=" ".join(self.text.split()),
            expected_on=self.expected_on if pending else None,
            ask_again_on=self.ask_again_on if later else None,
            ask_when_gone=later and self.ask_when_gone,
            hosts_others=yes and self.hosts_others,
        )


def refusal_of(content: Content, *, cohorts: Collection[int], on: date) -> AnswerRefusal | None:
    """Why the answer itself is not whole, or None; `cohorts` are those that may be wished for."""
    if content.state in NEEDS_REASON and content.reason is None:
        return AnswerRefusal.NO_REASON
    match content.state:
        case AnswerState.YES:
            if len(set(content.wishes)) < len(content.wishes):
                return AnswerRefusal.SAME_COHORT_TWICE
            if not set(content.wishes) <= set(cohorts):
                return AnswerRefusal.OTHER_COHORT
        case AnswerState.PENDING:
            if content.expected_on is None:
                return AnswerRefusal.NO_EXPECTED_DAY
            if content.expected_on < on:
                return AnswerRefusal.DAY_HAS_PASSED
        case AnswerState.LATER:
            if content.ask_again_on is None and not content.ask_when_gone:
                return AnswerRefusal.NOT_ASKED_AGAIN
            if content.ask_again_on is not None and content.ask_again_on <= on:
                return AnswerRefusal.DAY_HAS_PASSED
    return None


def last_day(change_until: date, told: date | None) -> date:
    """When a place binds: the cohort's day, or the later one that the municipality was told."""
    return max(change_until, told) if told is not None else change_until


def is_too_late(*, state: AnswerState, has_place: bool, change_until: date, on: date) -> bool:
    """Whether a place binds: after the day it can be left with a reason, not by a new answer.

    Whoever has no place may answer as long as the rollout takes answers.
    """
    if not has_place or state is AnswerState.YES:
        return False
    return on > change_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """An answer that said no or not now, and how things stand today."""

    state: AnswerState
    reason: Reason | None
    ask_again_on: date | None
    ask_when_gone: bool
    reopened: bool
    # Where the municipality's own products stand, and stood the day it answered.
    vendor: Standing | None
    vendor_then: Standing | None
    # The municipality has merged or been divided since it answered.
    merged: bool


def gone(stood: Stood, *, on: date) -> Gone | None:
    """Why the question is put again, once; None while what was said still holds.

    A no stands until its own reason is gone: a day never opens it.
    """
    if stood.reopened or stood.state not in NEEDS_REASON:
        return None
    if stood.state is AnswerState.NO or stood.ask_when_gone:
        ready_now = stood.vendor is Standing.COVERED
        if (
            stood.reason is Reason.VENDOR_NOT_READY
            and ready_now
            and stood.vendor_then is not Standing.COVERED
        ):
            return Gone.VENDOR_READY
        if stood.reason is Reason.MERGER and stood.merged:
            return Gone.MERGER_DONE
    if stood.ask_again_on is not None and stood.ask_again_on <= on:
        return Gone.DAY_HAS_COME
    return None

"""Invitations: what keeps one from being sent, deadlines, reminders, and sending a link on."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from samlop.municipalities.rules.capacity import Level as RoomLevel
from samlop.municipalities.rules.capacity import Period, role_level
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.rollouts.rules.answers import AnswerState

LEAST_TIME: Final = timedelta(weeks=6)
MOST_REMINDERS: Final = 2
MOST_REASON: Final = 500


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


# The leader may invite these after all: the municipality decides for itself whether it can wait
# for its vendor, or begin in a busy month.
MAY_BE_INVITED: Final = frozenset({Exclusion.VENDOR_NOT_READY, Exclusion.BLACKOUT})

# The rollout, or this cohort of it, is not for these.
NOT_FOR_IT: Final = frozenset(
    {Exclusion.OUTSIDE_TARGET, Exclusion.OUTSIDE_REGION, Exclusion.OUTSIDE_KEY}
)


class InvitationRefusal(StrEnum):
    """Why an invitation, a link or a code is refused."""

    NOT_OPEN = "not_open"
    BASIS_INCOMPLETE = "basis_incomplete"
    COHORT_LOCKED = "cohort_locked"
    COHORT_CLOSED = "cohort_closed"
    NOBODY_CHOSEN = "nobody_chosen"
    CANNOT_BE_INVITED = "cannot_be_invited"
    DEADLINE_PAST = "deadline_past"
    DEADLINE_AFTER_START = "deadline_after_start"
    CHANGE_BEFORE_ANSWER = "change_before_answer"
    NO_ROOM_REASON = "no_room_reason"
    WITHDRAWN = "withdrawn"
    NO_REASON = "no_reason"
    LINK_CLOSED = "link_closed"
    NOT_OWN_ADDRESS = "not_own_address"
    TO_ONESELF = "to_oneself"
    HAS_LINK = "has_link"
    SENT_ON_TOO_OFTEN = "sent_on_too_often"
    CODE_WRONG = "code_wrong"
    CODE_TOO_OLD = "code_too_old"
    CODES_TOO_OFTEN = "codes_too_often"
    CODES_USED_UP = "codes_used_up"
    NO_MANDATE = "no_mandate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What decides whether a municipality may be invited to a cohort on a day.

    `ask_again` is None for a «not now» that waits for its reason to go away.
    """

    in_target: bool = True
    in_region: bool = True
    has_key: bool = True
    invited: bool = False
    has_place: bool = False
    vendor_waits: bool = False
    answer: AnswerState | None = None
    ask_again: date | None = None
    blackout: Period | None = None
    recipients: int = 1


def exclusions(one: Candidate, *, on: date) -> tuple[Exclusion, ...]:
    """Everything against it, what can never be set aside first; empty for who can be invited."""
    wants_rest = one.answer is AnswerState.LATER and (one.ask_again is None or on < one.ask_again)
    against = (
        (Exclusion.OUTSIDE_TARGET, not one.in_target),
        (Exclusion.OUTSIDE_REGION, not one.in_region),
        (Exclusion.OUTSIDE_KEY, not one.has_key),
        (Exclusion.HAS_PLACE, one.has_place),
        (Exclusion.ALREADY_INVITED, one.invited),
        (Exclusion.SAID_NO, one.answer is AnswerState.NO),
        (Exclusion.DECLINED_UNTIL, wants_rest),
        (Exclusion.NOBODY_TO_WRITE_TO, not one.recipients),
        (Exclusion.VENDOR_NOT_READY, one.vendor_waits),
        (Exclusion.BLACKOUT, one.blackout is not None),
    )
    return tuple(exclusion for exclusion, holds in against if holds)


def may_be_invited(against: Collection[Exclusion]) -> bool:
    return MAY_BE_INVITED.issuperset(against)


def breaks_room(
    load: Mapping[CapacityRole, Decimal],
    hours: Mapping[CapacityRole, int],
    asked: Mapping[CapacityRole, Decimal],
) -> bool:
    """Whether what is asked, on top of what there is, takes some role's last hours."""
    nothing = Decimal(0)
    return any(
        more > 0
        and role_level(load.get(role, nothing) + more, hours.get(role, 0)) is RoomLevel.HIGH
        for role, more in asked.items()
    )


# --- the calendar ---


class Clash(StrEnum):
    """What makes a deadline a bad one; a warning, never a stop."""

    TOO_SHORT = "too_short"
    NOT_A_WORKING_DAY = "not_a_working_day"
    JULY = "july"
    EASTER = "easter"
    CHRISTMAS = "christmas"
    ELECTION = "election"


def easter_sunday(year: int) -> date:
    """By the anonymous Gregorian computus."""
    golden = year % 19
    century, years = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (century - (century - (century + 8) // 25 + 1) // 3) + 15
    epact = (19 * golden + moon - leaps) % 30
    quarter, odd = divmod(years, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - odd) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def election_day(year: int) -> date | None:
    """The second Monday of September, each odd year: to the Storting or to the municipalities."""
    if year % 2 == 0:
        return None
    first = date(year, 9, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7)


def holidays(year: int) -> frozenset[date]:
    """The days off that may fall on a weekday."""
    easter = easter_sunday(year)
    movable = (-3, -2, 0, 1, 39, 49, 50)
    fixed = ((1, 1), (5, 1), (5, 17), (12, 24), (12, 25), (12, 26), (12, 31))
    return frozenset(
        {easter + timedelta(days=days) for days in movable}
        | {date(year, month, day) for month, day in fixed}
    )


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def quiet_times(year: int) -> Iterator[tuple[Clash, Period]]:
    """When nobody in a municipality can be expected to answer."""
    yield Clash.CHRISTMAS, Period(date(year - 1, 12, 20), date(year, 1, 3))
    easter = easter_sunday(year)
    yield Clash.EASTER, Period(easter - timedelta(days=8), easter + timedelta(days=2))
    yield Clash.JULY, Period(date(year, 7, 1), date(year, 8, 1))
    election = election_day(year)
    if election is not None:
        yield Clash.ELECTION, Period(election - timedelta(days=7), election + timedelta(days=3))
    yield Clash.CHRISTMAS, Period(date(year, 12, 20), date(year + 1, 1, 3))


# A deadline on the first days after a holiday is a deadline in the holiday.
_AFTER: Final = timedelta(days=7)


def clashes(sent_on: date, answer_by: date) -> tuple[Clash, ...]:
    """What is wrong with a deadline; empty for a good one."""
    found = [Clash.TOO_SHORT] if answer_by < sent_on + LEAST_TIME else []
    if not is_working_day(answer_by):
        found.append(Clash.NOT_A_WORKING_DAY)
    found += [
        clash
        for clash, period in quiet_times(answer_by.year)
        if period.starts_on <= answer_by < period.ends_before + _AFTER
    ]
    return tuple(dict.fromkeys(found))


def proposed_deadline(sent_on: date) -> date:
    """The first good day at least six weeks ahead."""
    day = sent_on + LEAST_TIME
    while clashes(sent_on, day):
        day += timedelta(days=1)
    return day


def refusal_of_dates(
    *, sent_on: date, answer_by: date, change_until: date, starts_on: date | None
) -> InvitationRefusal | None:
    """A short deadline is a warning; one that is over, or comes after the start, is refused."""
    if answer_by <= sent_on:
        return InvitationRefusal.DEADLINE_PAST
    if starts_on is not None and answer_by >= starts_on:
        return InvitationRefusal.DEADLINE_AFTER_START
    if change_until < answer_by:
        return InvitationRefusal.CHANGE_BEFORE_ANSWER
    return None


# --- reminders ---


class Step(StrEnum):
    """What follows an invitation that nobody has answered."""

    REMIND = "remind"
    # Its contact person calls; nobody writes any more.
    CALL = "call"


# The first reminder goes two weeks before the deadline, the second three days before.
REMIND_BEFORE: Final = (timedelta(days=14), timedelta(days=3))
BETWEEN_MAILS: Final = timedelta(days=7)
CALL_AFTER: Final = timedelta(days=3)
_SILENT: Final = frozenset({None, AnswerState.PENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An invitation that stands, and what has been done about it.

    `expected_on` is when a municipality that has it under consideration expects to answer.
    """

    sent_on: date
    answer_by: date
    reminders: int = 0
    reminded_on: date | None = None
    to_call: bool = False
    answer: AnswerState | None = None
    expected_on: date | None = None


def is_silent(one: Waiting, *, on: date) -> bool:
    """Nobody has answered, and nobody has it under consideration until a day that is to come."""
    if one.answer is AnswerState.PENDING:
        return one.expected_on is not None and one.expected_on < on
    return one.answer is None


def next_step(one: Waiting, *, on: date) -> Step | None:
    """What is due on the day; None when it can wait, when it is answered, or on days off.

    «Til behandling» stops everything until the day the answer was expected.
    """
    if one.to_call or not is_silent(one, on=on) or not _may_write_on(on):
        return None
    last_mail = one.reminded_on or one.sent_on
    if one.reminders >= MOST_REMINDERS:
        patient = max(one.answer_by, last_mail) + CALL_AFTER
        return Step.CALL if on > patient else None
    due = one.answer_by - REMIND_BEFORE[one.reminders]
    return Step.REMIND if on >= max(due, last_mail + BETWEEN_MAILS) else None


def _may_write_on(day: date) -> bool:
    return is_working_day(day) and not any(
        period.starts_on <= day < period.ends_before
        for clash, period in quiet_times(day.year)
        if clash is not Clash.ELECTION
    )


# --- sending a link on ---

MOST_SENT_ON: Final = 5
_DOMAIN: Final = re.compile(r"@([^@\s]+\.[^@\s]+)\Z")


def domain(address: str) -> str:
    """What follows the last @, in small letters; empty when that is no domain."""
    found = _DOMAIN.search(address.strip().lower())
    return found[1] if found else ""


# Where anybody may have an address: it says nothing of where she works.
_FOR_EVERYBODY: Final = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "hotmail.no",
        "icloud.com",
        "live.com",
        "live.no",
        "me.com",
        "msn.com",
        "online.no",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "yahoo.com",
        "yahoo.no",
    }
)


def may_be_sent_on(address: str, *, own: str, holder: str) -> bool:
    """Only inside the municipality: whoever holds a link must not write to the world with it.

    `own` is the municipality's own address, empty when it is not known; then the domain of whoever
    holds the link counts, unless anybody may have one there.
    """
    known = domain(own or holder)
    return bool(known) and known not in _FOR_EVERYBODY and domain(address) == known


# --- the code ---

CODE_LASTS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 3
MOST_CODES: Final = 5
CODES_WITHIN: Final = timedelta(hours=1)
# Whoever has somebody's link and tries one hour after another has thirty tries in a million.
MOST_CODES_A_DAY: Final = 10

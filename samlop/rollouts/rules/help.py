"""Asking for help, and the local roles that are handed over when somebody leaves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from samlop.municipalities.rules.capacity import LocalRole, SizeClass
from samlop.rollouts.rules.basis import SMALL, TWO

MOST_WORDS: Final = 2000


class Urgency(StrEnum):
    """How soon a municipality needs help."""

    STUCK = "stuck"
    THIS_WEEK = "this_week"
    WHEN_IT_SUITS = "when_it_suits"


# The most urgent first.
MOST_URGENT_FIRST: Final = (Urgency.STUCK, Urgency.THIS_WEEK, Urgency.WHEN_IT_SUITS)


class HelpRefusal(StrEnum):
    """Why a question cannot be asked, answered or closed."""

    SAYS_NOTHING = "says_nothing"
    NO_REGION = "no_region"
    CLOSED = "closed"
    ALREADY_OPEN = "already_open"


def refusal_to_ask(what: str, *, has_region: bool) -> HelpRefusal | None:
    """A question says something, and there is somebody to ask."""
    if not what.strip():
        return HelpRefusal.SAYS_NOTHING
    return None if has_region else HelpRefusal.NO_REGION


def refusal_to_reply(text: str, *, closed: bool) -> HelpRefusal | None:
    """A reply says something, and goes to a question that is still open."""
    if closed:
        return HelpRefusal.CLOSED
    return None if text.strip() else HelpRefusal.SAYS_NOTHING


class LocalRoleRefusal(StrEnum):
    """Why a local role cannot be given or handed over as asked."""

    NOT_HERE = "not_here"
    SAME_PERSON = "same_person"
    ENDED = "ended"
    OWNER_LEADS = "owner_leads"
    NOTHING_TO_HAND_OVER = "nothing_to_hand_over"


def owner_leads(held: Mapping[LocalRole, int]) -> bool:
    """Whether one person both owns the project and runs it: a warning to answer, never a stop."""
    owner = held.get(LocalRole.PROJECT_OWNER)
    return owner is not None and owner == held.get(LocalRole.COORDINATOR)


def shown(size: SizeClass) -> tuple[LocalRole, ...]:
    """The roles that have lines of their own; the others may be held by the same person."""
    return TWO if size in SMALL else tuple(LocalRole)

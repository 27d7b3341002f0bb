"""What is sent when: choices, retries, the weekly digest. Pure: no Django, no clock, no mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from html import escape
from typing import Final

from samlop.lib.days import OSLO


class State(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"
    # Kept for the weekly digest.
    WAITING = "waiting"
    # Committed before the mail server is spoken to: whoever finds it so after a crash sends again.
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.QUEUED: frozenset({State.SENDING, State.FAILED, State.WITHHELD}),
    State.WAITING: frozenset({State.SENT, State.WITHHELD}),
    State.SENDING: frozenset({State.QUEUED, State.SENT, State.FAILED}),
    State.SENT: frozenset(),
    State.FAILED: frozenset({State.QUEUED}),
    State.WITHHELD: frozenset(),
}


class Group(StrEnum):
    """What a message is about, as people choose among them."""

    # Codes, invitations, changes to one's own account: always sent.
    ACCESS = "access"
    # Something waits for the person's answer.
    TASKS = "tasks"
    NEWS = "news"
    # A municipality is invited to decide something, and its archive gets a copy: always sent.
    INVITATIONS = "invitations"


class Wish(StrEnum):
    """How somebody wants the messages of a group."""

    AT_ONCE = "at_once"
    WEEKLY = "weekly"
    NEVER = "never"


CHOSEN: Final = (Group.TASKS, Group.NEWS)
USUAL: Final[Mapping[Group, Wish]] = {
    Group.ACCESS: Wish.AT_ONCE,
    Group.TASKS: Wish.AT_ONCE,
    Group.NEWS: Wish.WEEKLY,
    Group.INVITATIONS: Wish.AT_ONCE,
}


class Reason(StrEnum):
    """Why a message was not sent, or not yet."""

    OPTED_OUT = "opted_out"
    NO_ADDRESS = "no_address"
    NOTHING_LEFT = "nothing_left"
    OUTDATED = "outdated"
    REFUSED = "refused"
    TEMPORARY = "temporary"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"


class MailRefusal(StrEnum):
    """Why something about a message cannot be done."""

    NOT_FAILED = "not_failed"
    NO_LONGER_WANTED = "no_longer_wanted"
    INVITED_JUST_NOW = "invited_just_now"


def wish_for(group: Group, chosen: Mapping[Group, Wish]) -> Wish:
    """What the person has chosen; nobody can choose away the messages about her own access."""
    if group not in CHOSEN:
        return USUAL[group]
    return chosen.get(group, USUAL[group])


def first_state(wish: Wish) -> State:
    return {
        Wish.AT_ONCE: State.QUEUED,
        Wish.WEEKLY: State.WAITING,
        Wish.NEVER: State.WITHHELD,
    }[wish]


# --- sending again ---

DELAYS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
)
GIVE_UP_AFTER: Final = timedelta(days=3)
# A code that came an hour late would only confuse.
SECRETS_LAST: Final = timedelta(minutes=15)
CODE_DELAY: Final = timedelta(seconds=10)


def next_attempt(
    attempts: int, *, queued_at: datetime, at: datetime, urgent: bool = False
) -> datetime | None:
    """When to try again after so many attempts, or None when it is too late."""
    delay = CODE_DELAY if urgent else DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]
    last = queued_at + (SECRETS_LAST if urgent else GIVE_UP_AFTER)
    if at >= last:
        return None
    return min(at + delay, last)


def is_outdated(*, queued_at: datetime, at: datetime, urgent: bool) -> bool:
    """Whether a message with a code is no longer worth sending."""
    return urgent and at > queued_at + SECRETS_LAST


# --- the weekly digest ---

DIGEST_AT: Final = time(7)


@dataclass(frozen=True, slots=True)
class DigestWindow:
    """The digest of a week holds what was queued before Monday 07:00."""

    monday: date
    until: datetime


def is_quiet(monday: date) -> bool:
    """July, and the week with Christmas Day, have no digest."""
    week = {monday + timedelta(days=days) for days in range(7)}
    return monday.month == 7 or any((day.month, day.day) == (12, 25) for day in week)


def digest_window(at: datetime) -> DigestWindow | None:
    """The digest that should be out by this moment, or None in a quiet week."""
    local = at.astimezone(OSLO)
    monday = local.date() - timedelta(days=local.weekday())
    until = datetime.combine(monday, DIGEST_AT, OSLO)
    if local < until:
        # Before seven on Monday: that of the week before, should it have been missed.
        monday -= timedelta(days=7)
        until = datetime.combine(monday, DIGEST_AT, OSLO)
    return None if is_quiet(monday) else DigestWindow(monday, until)


# --- how a mail looks ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail says, before it has a form: one idea a paragraph, at most one button.

    `highlight` is what the eye should find at once, such as a code.
    """

    subject: str
    paragraphs: tuple[str, ...]
    highlight: str = ""
    button: str = ""
    address: str = ""
    closing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with a mail."""

    name: str
    content_type: str
    content: bytes


def one_line(text: str) -> str:
    """Safe as a header: no line breaks, however they came in."""
    return " ".join(text.split())


def as_text(mail: Mail, *, footer: str) -> str:
    parts = list(mail.paragraphs)
    if mail.highlight:
        parts.append(mail.highlight)
    if mail.button:
        parts.append(f"{mail.button}:\n{mail.address}")
    parts += [*mail.closing, f"-- \n{footer}"]
    return "\n\n".join(parts) + "\n"


def as_html(mail: Mail, *, footer: str, language: str) -> str:
    """Plain enough for every mail reader; follows the reader's dark mode by naming no colours
    but those of the button."""

    def paragraph(text: str) -> str:
        return f'<p style="margin:0 0 1em">{escape(text)}</p>'

    body = [paragraph(text) for text in mail.paragraphs]
    if mail.highlight:
        body.append(
            '<p style="margin:0 0 1em;font-size:2em;font-weight:bold;letter-spacing:.15em">'
            f"{escape(mail.highlight)}</p>"
        )
    if mail.button:
        body.append(
            f'<p style="margin:1.5em 0"><a href="{escape(mail.address)}" '
            'style="background:#0062ba;color:#fff;padding:.7em 1.2em;border-radius:4px;'
            f'text-decoration:none;display:inline-block">{escape(mail.button)}</a></p>'
        )
    body += [paragraph(text) for text in mail.closing]
    body.append(f'<p style="margin:2em 0 0;font-size:.85em">{escape(footer)}</p>')
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f"<title>{escape(mail.subject)}</title></head>"
        '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em">'
        f"{''.join(body)}</body></html>"
    )


_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")


def without_addresses(text: str) -> str:
    """What a mail server said, fit to keep: nobody's address, and not at length."""
    return _ADDRESS.sub("…", " ".join(text.split()))[:200]

"""How a rollout's leader follows up: notes, messages to many, and word to the makers."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

MOST_NOTE: Final = 300
MOST_FEEDBACK: Final = 300
MOST_REPLY: Final = 600
MOST_SUBJECT: Final = 120
MOST_WORDS: Final = 3000


class Signal(StrEnum):
    """What a municipality let show in a conversation; never counted as an answer."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


class MailingKind(StrEnum):
    """What is written to many municipalities at once."""

    # «Forhåndsinformasjon»: no answer is asked for.
    ADVANCE_NOTICE = "advance_notice"
    MESSAGE = "message"


class FollowRefusal(StrEnum):
    """Why a note, a message or a feedback cannot be made."""

    NO_WORDS = "no_words"
    NO_SUBJECT = "no_subject"
    UNKNOWN_FIELD = "unknown_field"
    NOBODY_CHOSEN = "nobody_chosen"
    ALL_TOLD = "all_told"
    NOT_UNDER_WAY = "not_under_way"
    DAY_HAS_PASSED = "day_has_passed"
    ALREADY_WITHDRAWN = "already_withdrawn"
    SOMEBODY_ELSES = "somebody_elses"
    ALREADY_REPLIED = "already_replied"
    SENT_JUST_NOW = "sent_just_now"


class MergeField(StrEnum):
    """What is filled in for each municipality; the value is what the leader types in braces."""

    MUNICIPALITY = "kommune"
    ROLLOUT = "innføringsløp"
    COHORT = "pulje"
    ANSWER_BY = "svarfrist"
    CONTACT = "kontaktperson"


_FIELD: Final = re.compile(r"\{([^{}]*)\}")


def unknown_fields(text: str) -> tuple[str, ...]:
    """What stands in braces and is no merge field, in the order it stands."""
    known = {field.value for field in MergeField}
    found = (match.strip() for match in _FIELD.findall(text))
    return tuple(dict.fromkeys(name for name in found if name.lower() not in known))


def used_fields(text: str) -> frozenset[MergeField]:
    """The merge fields that a text asks for."""
    known = {field.value: field for field in MergeField}
    named = (match.strip().lower() for match in _FIELD.findall(text))
    return frozenset(known[name] for name in named if name in known)


def merged(text: str, values: Mapping[MergeField, str]) -> str:
    """The text for one municipality; a field without a value becomes «–»."""

    def filled(match: re.Match[str]) -> str:
        name = match.group(1).strip().lower()
        try:
            return values.get(MergeField(name), "") or "–"
        except ValueError:
            return match.group(0)

    return _FIELD.sub(filled, text)


def paragraphs(text: str) -> tuple[str, ...]:
    """What stands between blank lines, however the lines were ended."""
    parts = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    return tuple(part.strip() for part in parts if part.strip())


def refusal_to_write(*, subject: str, words: str) -> FollowRefusal | None:
    """Whether a message to many can be sent as it is written."""
    if not subject.strip():
        return FollowRefusal.NO_SUBJECT
    if not words.strip():
        return FollowRefusal.NO_WORDS
    if unknown_fields(f"{subject} {words}"):
        return FollowRefusal.UNKNOWN_FIELD
    return None

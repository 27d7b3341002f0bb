"""What the material library holds: kinds, for whom, when in a rollout, and what a rollout needs."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from samlop.municipalities.rules.kinds import LanguageForm

LONGEST_TITLE: Final = 160
LONGEST_SUMMARY: Final = 600
LONGEST_BODY: Final = 30_000
LONGEST_QUERY: Final = 100
# A long handbook; more is cut off, so that a page of hits stays quick.
MOST_WORDS: Final = 200_000
# Whoever keeps an item is told this long before it is to be gone through.
TOLD_BEFORE: Final = timedelta(days=14)


class MaterialKind(StrEnum):
    """What an item is to a municipality; OTHER carries its own word."""

    ROS = "ros"
    DPIA = "dpia"
    BENEFITS = "benefits"
    TRAINING = "training"
    INFORMATION = "information"
    WORK_PROCESS = "work_process"
    LEADERS = "leaders"
    CONTRACT = "contract"
    OTHER = "other"


# What a programme hands over before a solution is rolled out (the report, chapter 4.2).
NEEDED: Final = (
    MaterialKind.ROS,
    MaterialKind.DPIA,
    MaterialKind.BENEFITS,
    MaterialKind.TRAINING,
    MaterialKind.INFORMATION,
    MaterialKind.WORK_PROCESS,
)
# A joint process changes how people work, and treats no new personal data.
NEEDED_IN_A_PROCESS: Final = (
    MaterialKind.BENEFITS,
    MaterialKind.TRAINING,
    MaterialKind.INFORMATION,
    MaterialKind.WORK_PROCESS,
)


class ForWhom(StrEnum):
    """Whose work an item is meant to help."""

    LEADERS = "leaders"
    COORDINATORS = "coordinators"
    STAFF = "staff"
    IT = "it"
    PRIVACY = "privacy"
    INHABITANTS = "inhabitants"


class RolloutStep(StrEnum):
    """When in a rollout an item is of use."""

    DECIDE = "decide"
    PREPARE = "prepare"
    INTRODUCE = "introduce"
    FOLLOW_UP = "follow_up"


class Content(StrEnum):
    """How one language form of a version says what it says."""

    FILE = "file"
    TEXT = "text"
    LINK = "link"
    # Sections and rows that municipalities copy.
    ROWS = "rows"


class Reading(StrEnum):
    """Whether the words inside a file have been found."""

    WAITING = "waiting"
    DONE = "done"
    NO_WORDS = "no_words"
    FAILED = "failed"


class Use(StrEnum):
    """What is counted."""

    DOWNLOADED = "downloaded"
    OPENED = "opened"


class MaterialRefusal(StrEnum):
    """Why an item or a version of it cannot be kept as asked."""

    NO_TITLE = "no_title"
    NO_OWN_KIND = "no_own_kind"
    NO_CONTENT = "no_content"
    BAD_LINK = "bad_link"
    TOO_LONG = "too_long"
    NO_NOTE = "no_note"
    SAME_LANGUAGE = "same_language"
    CHANGED_MEANWHILE = "changed_meanwhile"
    WITHDRAWN = "withdrawn"
    NOT_WITHDRAWN = "not_withdrawn"
    NO_REASON = "no_reason"
    NO_ROWS = "no_rows"
    ROW_WITHOUT_HEADING = "row_without_heading"
    TOO_MANY_ROWS = "too_many_rows"
    NOTHING_CHANGED = "nothing_changed"
    REVIEW_IN_PAST = "review_in_past"
    NOT_YOURS = "not_yours"


def missing(have: Iterable[MaterialKind], *, joint_process: bool) -> tuple[MaterialKind, ...]:
    """The kinds a rollout needs that are not among those there are, in the usual order."""
    there = frozenset(have)
    needed = NEEDED_IN_A_PROCESS if joint_process else NEEDED
    return tuple(kind for kind in needed if kind not in there)


def is_due(review_on: date | None, *, on: date) -> bool:
    """Whether it is time to tell whoever keeps the item."""
    return review_on is not None and on >= review_on - TOLD_BEFORE


def preferred(form: LanguageForm, *, page_in_nynorsk: bool) -> LanguageForm:
    """The form shown first: the municipality's own; the page's when it has chosen neither."""
    if form is not LanguageForm.NEUTRAL:
        return form
    return LanguageForm.NYNORSK if page_in_nynorsk else LanguageForm.BOKMAL


def in_order(
    forms: Iterable[LanguageForm], preferred_form: LanguageForm
) -> tuple[LanguageForm, ...]:
    """The preferred first, then the others."""
    return tuple(sorted(forms, key=lambda form: (form is not preferred_form, form.value)))


_LINK: Final = re.compile(r"https?://[^\s<>\"']+\.[^\s<>\"']+")


def is_link(text: str) -> bool:
    """An address that a browser opens as a page: nothing that runs."""
    return len(text) <= 500 and _LINK.fullmatch(text) is not None


def search_words(text: str) -> tuple[str, ...]:
    """The words of a search, without signs that mean something to the search engine."""
    return tuple(re.findall(r"\w+", text[:LONGEST_QUERY], flags=re.UNICODE))[:12]


# Characters of the private use area: no text has them, and they mark the hits of an excerpt.
HIT_BEGINS: Final = "\ue000"
HIT_ENDS: Final = "\ue001"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an excerpt; `hit` when it is a word that was searched for."""

    words: str
    hit: bool = False


def pieces(excerpt: str) -> tuple[Piece, ...]:
    """An excerpt with marks as pieces, so that a template can show it without trusting it."""
    found: list[Piece] = []
    for part in re.split(f"({HIT_BEGINS}[^{HIT_ENDS}]*{HIT_ENDS})", " ".join(excerpt.split())):
        if part.startswith(HIT_BEGINS) and part.endswith(HIT_ENDS):
            found.append(Piece(part.strip(HIT_BEGINS + HIT_ENDS), hit=True))
        elif part:
            found.append(Piece(part.replace(HIT_BEGINS, "").replace(HIT_ENDS, "")))
    return tuple(found)


def without_marks(text: str) -> str:
    """Text from outside cannot bring the marks along."""
    return text.replace(HIT_BEGINS, "").replace(HIT_ENDS, "")


def copies_by_version(versions: Sequence[int], newest: int) -> tuple[tuple[int, int], ...]:
    """How many copies are on which version, the newest first; versions without any left out.

    The newest is always there: «none on the newest» is what an owner should see.
    """
    counted = {newest: 0} | dict.fromkeys(versions, 0)
    for number in versions:
        counted[number] += 1
    return tuple(sorted(counted.items(), reverse=True))

"""Templates that municipalities copy: what a row asks, what a new version changes, who decides.

The text of a row belongs to the programme, the answers to the municipality; a copy shows the
text of one version until the municipality has taken a stand on each change after it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

LONGEST_ANSWER: Final = 4000
LONGEST_HEADING: Final = 200
LONGEST_PARAGRAPHS: Final = 4000
MOST_ROWS: Final = 200
MOST_OWN_ROWS: Final = 50


class TemplateKind(StrEnum):
    """What a template with rows is; decides what a municipality answers in each row."""

    ROS = "ros"
    DPIA = "dpia"
    BENEFITS = "benefits"


class AnswerField(StrEnum):
    """One thing a municipality answers in a row."""

    LIKELIHOOD = "likelihood"
    CONSEQUENCE = "consequence"
    MEASURE = "measure"
    RESPONSIBLE = "responsible"
    STATUS = "status"
    ANSWER = "answer"
    VERDICT = "verdict"
    BASELINE = "baseline"
    TARGET = "target"
    WHEN = "when"


FIELDS: Final[Mapping[TemplateKind, tuple[AnswerField, ...]]] = {
    TemplateKind.ROS: (
        AnswerField.LIKELIHOOD,
        AnswerField.CONSEQUENCE,
        AnswerField.MEASURE,
        AnswerField.RESPONSIBLE,
        AnswerField.STATUS,
    ),
    TemplateKind.DPIA: (
        AnswerField.ANSWER,
        AnswerField.VERDICT,
        AnswerField.MEASURE,
        AnswerField.RESPONSIBLE,
    ),
    TemplateKind.BENEFITS: (
        AnswerField.BASELINE,
        AnswerField.TARGET,
        AnswerField.WHEN,
        AnswerField.RESPONSIBLE,
    ),
}

# The codes of the fields that are chosen rather than written.
CHOICES: Final[Mapping[AnswerField, tuple[str, ...]]] = {
    AnswerField.LIKELIHOOD: ("1", "2", "3", "4"),
    AnswerField.CONSEQUENCE: ("1", "2", "3", "4"),
    AnswerField.STATUS: ("not_begun", "begun", "done", "not_needed"),
    AnswerField.VERDICT: ("in_order", "needs_measure", "not_relevant"),
}


class RiskLevel(StrEnum):
    """What likelihood and consequence come to together."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RowChangeKind(StrEnum):
    """What a new version did to a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Stand(StrEnum):
    """What a municipality says to a change: take it over, or keep what it has."""

    ACCEPT = "accept"
    KEEP = "keep"


class CopyRefusal(StrEnum):
    """Why a copy, an answer or a stand cannot be kept as asked."""

    NOT_A_TEMPLATE = "not_a_template"
    ALREADY_COPIED = "already_copied"
    CHANGED_MEANWHILE = "changed_meanwhile"
    TOO_LONG = "too_long"
    UNKNOWN_CHOICE = "unknown_choice"
    NO_SUCH_ROW = "no_such_row"
    NO_SUCH_CHANGE = "no_such_change"
    NEWER_VERSION = "newer_version"
    REMOVED = "removed"
    NO_HEADING = "no_heading"
    TOO_MANY_ROWS = "too_many_rows"
    NOT_OWN_ROW = "not_own_row"


Values = Mapping[AnswerField, str]


class BadAnswer(Exception):
    """An answer that cannot be kept; `field` is where."""

    def __init__(self, refusal: CopyRefusal, field: AnswerField) -> None:
        super().__init__(refusal.value)
        self.refusal, self.field = refusal, field


def clean(kind: TemplateKind, given: Mapping[str, str]) -> dict[AnswerField, str]:
    """The answers of a row, those left empty left out. Raises BadAnswer."""
    found: dict[AnswerField, str] = {}
    for field in FIELDS[kind]:
        value = given.get(field.value, "").replace("\r\n", "\n").replace("\0", "").strip()
        if not value:
            continue
        if field in CHOICES:
            if value not in CHOICES[field]:
                raise BadAnswer(CopyRefusal.UNKNOWN_CHOICE, field)
        elif len(value) > LONGEST_ANSWER:
            raise BadAnswer(CopyRefusal.TOO_LONG, field)
        found[field] = value
    return found


# By likelihood times consequence, each from 1 to 4.
_HIGH_FROM: Final = 9
_MEDIUM_FROM: Final = 4


def risk(values: Values) -> RiskLevel | None:
    """None until both are answered. The gravest consequence is never a low risk."""
    likelihood = values.get(AnswerField.LIKELIHOOD)
    consequence = values.get(AnswerField.CONSEQUENCE)
    if not likelihood or not consequence:
        return None
    product = int(likelihood) * int(consequence)
    if product >= _HIGH_FROM:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if product >= _MEDIUM_FROM else RiskLevel.LOW


# --- what a version changes ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RowText:
    """The programme's text of one row; `key` is the same through all versions."""

    key: str
    section: str
    heading: str
    body: str = ""
    # What the programme has filled in: a measure, an answer, a way to measure.
    suggestion: str = ""


class Changed(StrEnum):
    """How a run of words or a paragraph differs."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words, and whether it is new, gone or the same."""

    words: str
    changed: Changed


# One paragraph as the runs it is made of.
Paragraph = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What became of one row between two versions; the parts that are alike are empty."""

    key: str
    kind: RowChangeKind
    heading: tuple[Paragraph, ...]
    body: tuple[Paragraph, ...]
    suggestion: tuple[Paragraph, ...]


def alike(one: RowText, other: RowText) -> bool:
    """Whether a municipality has nothing to take a stand on; a row may change place freely."""
    return (one.heading, one.body, one.suggestion) == (
        other.heading,
        other.body,
        other.suggestion,
    )


def change(was: RowText | None, now: RowText | None) -> RowChange | None:
    """What happened to a row, or None when nothing did."""
    if was is None and now is None:
        return None
    if was is not None and now is not None:
        if alike(was, now):
            return None
        kind = RowChangeKind.CHANGED
    else:
        kind = RowChangeKind.ADDED if was is None else RowChangeKind.REMOVED
    key = now.key if now is not None else was.key if was is not None else ""
    return RowChange(
        key=key,
        kind=kind,
        heading=paragraphs(was.heading if was else "", now.heading if now else ""),
        body=paragraphs(was.body if was else "", now.body if now else ""),
        suggestion=paragraphs(was.suggestion if was else "", now.suggestion if now else ""),
    )


def changes(was: Sequence[RowText], now: Sequence[RowText]) -> tuple[RowChange, ...]:
    """Every row that differs, in the order of the new version, those removed last."""
    before, after = {row.key: row for row in was}, {row.key: row for row in now}
    gone = [row.key for row in was if row.key not in after]
    found = (change(before.get(key), after.get(key)) for key in (*after, *gone))
    return tuple(one for one in found if one is not None)


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _words(text: str) -> list[str]:
    """Words and signs with the space after them, so that joining them gives the text again."""
    return re.findall(r"(?:\w+|[^\w\s])\s*", text)


# Below this, two paragraphs are two: word by word they would read as confetti.
_RELATED: Final = 0.4


def paragraphs(was: str, now: str) -> tuple[Paragraph, ...]:
    """The paragraphs of both texts, marked; empty when the texts are alike."""
    before, after = _paragraphs(was), _paragraphs(now)
    if before == after:
        return ()
    found: list[Paragraph] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for code, from_a, to_a, from_b, to_b in matcher.get_opcodes():
        if code == "equal":
            found += [(Run(text, Changed.SAME),) for text in before[from_a:to_a]]
        else:
            found += _replaced(before[from_a:to_a], after[from_b:to_b])
    return tuple(found)


def _replaced(before: Sequence[str], after: Sequence[str]) -> list[Paragraph]:
    """Each old paragraph beside the new one in its place; those left over are gone or new."""
    found: list[Paragraph] = []
    for index in range(max(len(before), len(after))):
        old = before[index] if index < len(before) else None
        new = after[index] if index < len(after) else None
        if old is not None and new is not None and _related(old, new):
            found.append(_in_words(old, new))
            continue
        if old is not None:
            found.append((Run(old, Changed.REMOVED),))
        if new is not None:
            found.append((Run(new, Changed.ADDED),))
    return found


def _related(old: str, new: str) -> bool:
    return SequenceMatcher(a=_bare(old), b=_bare(new), autojunk=False).ratio() >= _RELATED


def _bare(text: str) -> list[str]:
    return [word.strip() for word in _words(text)]


def _in_words(old: str, new: str) -> Paragraph:
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(a=_bare(old), b=_bare(new), autojunk=False)
    runs: list[Run] = []
    for code, from_a, to_a, from_b, to_b in matcher.get_opcodes():
        if code == "equal":
            runs.append(Run("".join(after[from_b:to_b]), Changed.SAME))
            continue
        if gone := "".join(before[from_a:to_a]):
            runs.append(Run(gone, Changed.REMOVED))
        if come := "".join(after[from_b:to_b]):
            runs.append(Run(come, Changed.ADDED))
    return tuple(runs)


# --- what a copy has still to take a stand on ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalState:
    """A row of a copy: the text it shows, and the newest one a stand has been taken on.

    `shown` is None in a row that is the municipality's own from the first; `seen` is None when
    the master no longer had the row. `hidden` for a row that was declined or taken out.
    """

    key: str
    shown: RowText | None
    seen: RowText | None
    hidden: bool = False


def waiting(rows: Sequence[LocalState], newest: Sequence[RowText]) -> tuple[RowChange, ...]:
    """The changes the municipality has not taken a stand on yet, in the master's order."""
    have = {row.key: row for row in rows}
    master = {row.key: row for row in newest}
    gone = [row.key for row in rows if row.key not in master]
    found: list[RowChange] = []
    for key in (*master, *gone):
        local, now = have.get(key), master.get(key)
        if (one := _waits(local, now)) is not None:
            found.append(one)
    return tuple(found)


def _waits(local: LocalState | None, now: RowText | None) -> RowChange | None:
    if local is None:
        return change(None, now)
    if local.seen is None and local.shown is None and now is None:
        return None
    # What has been declined or kept is not asked again until it changes again.
    if change(local.seen, now) is None:
        return None
    if local.hidden:
        return change(None, now)
    if now is None:
        return change(local.shown, None)
    # The difference is told from what the copy shows, which may be older than what was seen.
    return change(local.shown, now)

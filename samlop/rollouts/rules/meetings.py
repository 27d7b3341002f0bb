"""Papers for a region's meetings: which parts, for whom, and where names are left out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Answers that are no places are told outside only as sums of so many.
LEAST_TOLD: Final = 5
MOST_OWN_LINES: Final = 3


class MeetingKind(StrEnum):
    """The meetings of a region that papers are made for."""

    STEERING_GROUP = "steering_group"
    HEALTH_LEADERS = "health_leaders"


class MeetingBlock(StrEnum):
    """A part of the paper that may be ticked."""

    STATUS = "status"
    MISSING_ANSWERS = "missing_answers"
    FULL_QUARTERS = "full_quarters"
    COMING = "coming"
    MATTERS = "matters"
    HELP = "help"


class Audience(StrEnum):
    """Who is to read the paper."""

    # The meeting: a municipality's answers only as sums.
    MEETING = "meeting"
    # The contact person herself, who sees them on the page as well.
    OWN_USE = "own_use"


class MeetingRefusal(StrEnum):
    """Why a paper cannot be made, or not be marked as taken up."""

    NO_BLOCKS = "no_blocks"
    TOO_MANY_LINES = "too_many_lines"
    BEFORE_THE_MEETING = "before_the_meeting"
    NOT_OF_THE_REGION = "not_of_the_region"
    NOT_B = "not_b"


@dataclass(frozen=True, slots=True)
class Told:
    """A group of municipalities as the paper may tell of it: names, a number, or nothing."""

    count: int | None
    names: tuple[str, ...] = ()


_NOTHING: Final = Told(None)


def told_of(groups: Mapping[str, Collection[str]], audience: Audience) -> Mapping[str, Told]:
    """Groups that make up a known whole: to herself with all names, to a meeting as numbers.

    To a meeting a number below five is left out, of none too; and so is the smallest of the others
    until what is left out is five or more, for else it comes out by subtraction. When all are in
    one group, none is told: each of them would be told by name.
    """
    if audience is Audience.OWN_USE:
        return {key: Told(len(names), tuple(names)) for key, names in groups.items()}
    sizes = {key: len(names) for key, names in groups.items()}
    shown = sorted(
        (key for key, size in sizes.items() if size >= LEAST_TOLD),
        key=lambda key: (sizes[key], key),
    )
    hidden = sum(sizes.values()) - sum(sizes[key] for key in shown)
    while shown and 0 < hidden < LEAST_TOLD:
        hidden += sizes[shown.pop(0)]
    if len(shown) == 1 and not hidden:
        return dict.fromkeys(groups, _NOTHING)
    return {
        key: Told(size) if key in shown or not hidden else _NOTHING for key, size in sizes.items()
    }


def refusal_of_paper(blocks: Collection[MeetingBlock], own_text: str) -> MeetingRefusal | None:
    """A paper has at least one part, or lines of its own; three lines at most."""
    lines = [line for line in own_text.splitlines() if line.strip()]
    if len(lines) > MOST_OWN_LINES:
        return MeetingRefusal.TOO_MANY_LINES
    return None if blocks or lines else MeetingRefusal.NO_BLOCKS

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
    """A group of municipalities as the paper may tell of it: names, a number, or «few»."""

    count: int | None
    names: tuple[str, ...] = ()

    @property
    def is_few(self) -> bool:
        return self.count is None


def told(names: Collection[str], audience: Audience) -> Told:
    """To herself all names; to a meeting the number, and not even that when it is small."""
    if audience is Audience.OWN_USE:
        return Told(len(names), tuple(names))
    return Told(len(names) if not names or len(names) >= LEAST_TOLD else None)


def told_of(groups: Mapping[str, Collection[str]], audience: Audience) -> Mapping[str, Told]:
    """Groups that make up a known whole: when one is few, the next smallest is left out too.

    Otherwise the small one is what is left when the others are taken from the whole.
    """
    found = {key: told(names, audience) for key, names in groups.items()}
    hidden = [key for key, one in found.items() if one.is_few]
    if len(hidden) == 1:
        others = sorted(
            (key for key, one in found.items() if not one.is_few and one.count),
            key=lambda key: (len(groups[key]), key),
        )
        for key in others[:1]:
            found[key] = Told(None)
    return found


def refusal_of_paper(blocks: Collection[MeetingBlock], own_text: str) -> MeetingRefusal | None:
    """A paper has at least one part, or lines of its own; three lines at most."""
    lines = [line for line in own_text.splitlines() if line.strip()]
    if len(lines) > MOST_OWN_LINES:
        return MeetingRefusal.TOO_MANY_LINES
    return None if blocks or lines else MeetingRefusal.NO_BLOCKS

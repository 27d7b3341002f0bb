"""Who may be in which region when, and which regions people keep themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from samlop.municipalities.rules.kinds import FACTS, ONE_AT_A_TIME, ProductKind, RegionKind

# Kinds that are made, changed and ended on pages and by import.
KEPT_BY_PEOPLE: Final = frozenset(RegionKind) - FACTS
# Kinds whose members may share one installation of a record system.
MAY_SHARE_INSTALLATION: Final = frozenset({RegionKind.IKT_COOPERATION})


class RegionRefusal(StrEnum):
    """Why a region or a membership cannot be changed as asked."""

    KIND_IS_A_FACT = "kind_is_a_fact"
    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    BAD_WEBSITE = "bad_website"
    ALREADY_ENDED = "already_ended"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    MEMBERS_START_LATER = "members_start_later"
    REGION_NOT_THERE_YET = "region_not_there_yet"
    REGION_ENDED = "region_ended"
    MUNICIPALITY_NOT_THERE = "municipality_not_there"
    ALREADY_A_MEMBER = "already_a_member"
    IN_ANOTHER_OF_ITS_KIND = "in_another_of_its_kind"
    MEMBERSHIP_ENDS_BEFORE_IT_STARTS = "membership_ends_before_it_starts"
    NO_SHARED_INSTALLATION = "no_shared_installation"
    NOT_A_RECORD_SYSTEM = "not_a_record_system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open period whose end may be open."""

    valid_from: date
    valid_to: date | None = None

    def overlaps(self, other: "Span") -> bool:
        return (other.valid_to is None or self.valid_from < other.valid_to) and (
            self.valid_to is None or other.valid_from < self.valid_to
        )

    def holds(self, other: "Span") -> bool:
        """Whether every day of the other is a day of this one."""
        return self.valid_from <= other.valid_from and (
            self.valid_to is None
            or (other.valid_to is not None and other.valid_to <= self.valid_to)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A membership that a municipality already has in a region of the same kind."""

    region: int
    span: Span


def in_order(span: Span) -> bool:
    return span.valid_to is None or span.valid_to > span.valid_from


def refusal_of_membership(
    kind: RegionKind, wanted: Span, region: Span, existence: Iterable[Span]
) -> RegionRefusal | None:
    """Why a municipality cannot be a member in the period, its other memberships aside.

    `existence` are the periods in which the municipality has a number; they join end to end.
    """
    if kind in FACTS:
        return RegionRefusal.KIND_IS_A_FACT
    if not in_order(wanted):
        return RegionRefusal.MEMBERSHIP_ENDS_BEFORE_IT_STARTS
    if wanted.valid_from < region.valid_from:
        return RegionRefusal.REGION_NOT_THERE_YET
    if not region.holds(wanted):
        return RegionRefusal.REGION_ENDED
    if not any(
        span.valid_from <= wanted.valid_from
        and (span.valid_to is None or wanted.valid_from < span.valid_to)
        for span in existence
    ):
        return RegionRefusal.MUNICIPALITY_NOT_THERE
    return None


def in_the_way(kind: RegionKind, region: int, wanted: Span, held: Iterable[Held]) -> Held | None:
    """The earliest membership that leaves no room for the wanted one.

    The same region counts for every kind, another region only for kinds of one at a time.
    """
    blocking = [
        one
        for one in held
        if (one.region == region or kind in ONE_AT_A_TIME) and one.span.overlaps(wanted)
    ]
    return min(blocking, key=lambda one: one.span.valid_from, default=None)


def refusal_to_share(kind: RegionKind, product: ProductKind | None) -> RegionRefusal | None:
    """Why a region cannot have a shared installation; the product may be unknown."""
    if kind not in MAY_SHARE_INSTALLATION:
        return RegionRefusal.NO_SHARED_INSTALLATION
    if product is not None and product is not ProductKind.RECORD_SYSTEM:
        return RegionRefusal.NOT_A_RECORD_SYSTEM
    return None

"""Which municipalities are like another, and in what.

Statistics Norway's KOSTRA group comes first where it is known for both; within and after it
a distance in size, centrality, record systems and cooperation. docs/domain/regions.md gives
the weights and their reasons. Nothing here values a municipality: it only says who has the
same conditions.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import nsmallest
from typing import Final

from samlop.municipalities.rules.capacity import size_class
from samlop.municipalities.rules.kinds import ServiceArea


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What likeness is judged by; `systems` names the record system of each service area."""

    number: str
    inhabitants: int | None = None
    kostra_group: str = ""
    centrality: int | None = None
    centrality_index: int | None = None
    systems: Mapping[ServiceArea, int] = field(default_factory=dict)
    ehealth_groups: frozenset[int] = frozenset()
    ikt_cooperations: frozenset[int] = frozenset()


class SimilarIn(StrEnum):
    """In what two municipalities are alike; the order is that of the sentence."""

    KOSTRA_GROUP = "kostra_group"
    INHABITANTS = "inhabitants"
    SIZE_CLASS = "size_class"
    CENTRALITY = "centrality"
    RECORD_SYSTEM = "record_system"
    IKT_COOPERATION = "ikt_cooperation"
    EHEALTH_GROUP = "ehealth_group"
    # Nothing in common, but nobody is closer: Oslo has no equal.
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """One similar municipality, with why."""

    number: str
    distance: float
    reasons: tuple[SimilarIn, ...]
    service_areas: tuple[ServiceArea, ...]


# A doubling of the number of inhabitants weighs one; the rest is measured against that.
UNKNOWN_SIZE: Final = 2.0
# The centrality index runs from 0 to 1000, and a class of it is about 100 wide.
INDEX_PER_CLASS: Final = 100
CENTRALITY_WEIGHT: Final = 0.5
UNKNOWN_CENTRALITY: Final = 0.5
SYSTEMS_WEIGHT: Final = 1.0
# Nobody's systems are known: neither like nor unlike.
UNKNOWN_SYSTEMS: Final = 0.5
OTHER_EHEALTH_GROUP: Final = 0.5
OTHER_IKT_COOPERATION: Final = 0.25
# «Omtrent like mange innbyggere»: the larger has at most a quarter more.
ABOUT_AS_MANY: Final = 1.25


def _size_distance(one: Profile, other: Profile) -> float:
    if not one.inhabitants or not other.inhabitants:
        return UNKNOWN_SIZE
    return abs(math.log2(one.inhabitants / other.inhabitants))


def _centrality_distance(one: Profile, other: Profile) -> float:
    if one.centrality_index is not None and other.centrality_index is not None:
        classes = abs(one.centrality_index - other.centrality_index) / INDEX_PER_CLASS
    elif one.centrality is not None and other.centrality is not None:
        classes = float(abs(one.centrality - other.centrality))
    else:
        return UNKNOWN_CENTRALITY
    return CENTRALITY_WEIGHT * classes


def same_systems(one: Profile, other: Profile) -> tuple[ServiceArea, ...]:
    """Service areas in which both use the same record system, in the order of the list."""
    return tuple(
        area
        for area in ServiceArea
        if area in one.systems and one.systems[area] == other.systems.get(area)
    )


def _systems_distance(one: Profile, other: Profile) -> float:
    known = one.systems.keys() & other.systems.keys()
    if not known:
        return UNKNOWN_SYSTEMS
    same = sum(one.systems[area] == other.systems[area] for area in known)
    return SYSTEMS_WEIGHT * (1 - same / len(known))


def _cooperation_distance(one: Profile, other: Profile) -> float:
    apart = 0.0
    if not one.ehealth_groups & other.ehealth_groups:
        apart += OTHER_EHEALTH_GROUP
    if not one.ikt_cooperations & other.ikt_cooperations:
        apart += OTHER_IKT_COOPERATION
    return apart


def distance(one: Profile, other: Profile) -> float:
    """How unlike two municipalities are, the KOSTRA group aside; symmetric, 0 at the least."""
    return (
        _size_distance(one, other)
        + _centrality_distance(one, other)
        + _systems_distance(one, other)
        + _cooperation_distance(one, other)
    )


def same_kostra_group(one: Profile, other: Profile) -> bool:
    return bool(one.kostra_group) and one.kostra_group == other.kostra_group


def _about_as_many(one: Profile, other: Profile) -> bool:
    if not one.inhabitants or not other.inhabitants:
        return False
    few, many = sorted((one.inhabitants, other.inhabitants))
    return many <= ABOUT_AS_MANY * few


def _same_size_class(one: Profile, other: Profile) -> bool:
    if not one.inhabitants or not other.inhabitants:
        return False
    return size_class(one.inhabitants) is size_class(other.inhabitants)


def reasons(one: Profile, other: Profile) -> tuple[SimilarIn, ...]:
    """In what the two are alike; never empty."""
    found = []
    if same_kostra_group(one, other):
        found.append(SimilarIn.KOSTRA_GROUP)
    if _about_as_many(one, other):
        found.append(SimilarIn.INHABITANTS)
    elif _same_size_class(one, other):
        found.append(SimilarIn.SIZE_CLASS)
    if one.centrality is not None and one.centrality == other.centrality:
        found.append(SimilarIn.CENTRALITY)
    if same_systems(one, other):
        found.append(SimilarIn.RECORD_SYSTEM)
    if one.ikt_cooperations & other.ikt_cooperations:
        found.append(SimilarIn.IKT_COOPERATION)
    if one.ehealth_groups & other.ehealth_groups:
        found.append(SimilarIn.EHEALTH_GROUP)
    return tuple(found) or (SimilarIn.NEAREST,)


def most_similar(one: Profile, others: Iterable[Profile], *, count: int) -> tuple[Likeness, ...]:
    """The `count` most similar, known KOSTRA group first; equals in the order of their numbers."""
    rest = [other for other in others if other.number != one.number]
    first = [other for other in rest if same_kostra_group(one, other)]
    found = _nearest(one, first, count)
    if len(found) < count:
        others_left = [other for other in rest if not same_kostra_group(one, other)]
        found += _nearest(one, others_left, count - len(found))
    return tuple(
        Likeness(
            number=other.number,
            distance=apart,
            reasons=reasons(one, other),
            service_areas=same_systems(one, other),
        )
        for apart, other in found
    )


def _nearest(one: Profile, others: Iterable[Profile], count: int) -> list[tuple[float, Profile]]:
    apart = ((round(distance(one, other), 6), other) for other in others)
    return nsmallest(count, apart, key=lambda each: (each[0], each[1].number))

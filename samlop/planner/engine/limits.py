"""Limits by name: what can stand in the way of a start, and what loosening one means."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from samlop.planner.engine.problem import Problem


class LimitKind(StrEnum):
    CAPACITY = "capacity"
    BLACKOUT = "blackout"
    RELEASE = "release"
    VENDOR_STARTS = "vendor_starts"
    NATIONAL_STARTS = "national_starts"
    LEADERS = "leaders"
    COHORT_MINIMUM = "cohort_minimum"
    COHORT_MAXIMUM = "cohort_maximum"
    PARALLEL = "parallel"
    PREREQUISITE = "prerequisite"
    WAITING = "waiting"
    """Something planned waits for this to be completed."""
    HORIZON = "horizon"
    NOW = "now"
    INTRODUCED = "introduced"
    DECLINED = "declined"
    GROUP = "group"
    """The municipality has no group to make cohorts with."""
    LOCK = "lock"
    FAIRNESS = "fairness"
    WISH = "wish"
    CHANGE = "change"
    """A communicated start would be moved."""
    OTHERS = "others"
    """The limited places reach more inhabitants earlier elsewhere."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One number in the problem; the fields that do not matter to the kind are empty."""

    kind: LimitKind
    municipality: str = ""
    solution: str = ""
    grouping: str = ""
    group: str = ""
    quarter: int = -1


@dataclass(frozen=True, slots=True)
class Loosening:
    """A limit and by how many whole units it must give."""

    limit: Limit
    units: int


LOOSE = frozenset(
    {
        LimitKind.CAPACITY,
        LimitKind.BLACKOUT,
        LimitKind.RELEASE,
        LimitKind.VENDOR_STARTS,
        LimitKind.NATIONAL_STARTS,
        LimitKind.LEADERS,
        LimitKind.COHORT_MINIMUM,
        LimitKind.COHORT_MAXIMUM,
        LimitKind.PARALLEL,
    }
)
"""The kinds that are numbers somebody could change."""


def loosened(problem: Problem, loosening: Loosening) -> Problem:
    """The problem with one limit that much wider. Raises ValueError for what is not a number."""
    limit, units = loosening.limit, loosening.units
    if limit.kind in (LimitKind.CAPACITY, LimitKind.BLACKOUT):
        return _municipality_loosened(problem, limit, units)
    if limit.kind is LimitKind.NATIONAL_STARTS:
        starts = _raised(problem.start_limit, limit.quarter, units)
        return dataclasses.replace(problem, start_limit=starts)
    if limit.kind is LimitKind.LEADERS:
        pools = tuple(
            dataclasses.replace(pool, leaders=_raised(pool.leaders, limit.quarter, units))
            if (pool.grouping, pool.group) == (limit.grouping, limit.group)
            else pool
            for pool in problem.pools
        )
        return dataclasses.replace(problem, pools=pools)
    return _solution_loosened(problem, limit, units)


def _raised(values: tuple[int, ...], quarter: int, units: int) -> tuple[int, ...]:
    return tuple(value + units * (at == quarter) for at, value in enumerate(values))


def _municipality_loosened(problem: Problem, limit: Limit, units: int) -> Problem:
    changed = []
    for one in problem.municipalities:
        if one.id == limit.municipality and limit.kind is LimitKind.CAPACITY:
            raised = _raised(one.capacity, limit.quarter, units)
            changed.append(dataclasses.replace(one, capacity=raised))
        elif one.id == limit.municipality and units:
            left = tuple(quarter for quarter in one.blackout if quarter != limit.quarter)
            changed.append(dataclasses.replace(one, blackout=left))
        else:
            changed.append(one)
    return dataclasses.replace(problem, municipalities=tuple(changed))


def _solution_loosened(problem: Problem, limit: Limit, units: int) -> Problem:
    changed = []
    for one in problem.solutions:
        if one.id != limit.solution:
            changed.append(one)
        elif limit.kind is LimitKind.RELEASE:
            earlier = max(0, one.release.get(limit.group, problem.horizon) - units)
            changed.append(dataclasses.replace(one, release={**one.release, limit.group: earlier}))
        elif limit.kind is LimitKind.VENDOR_STARTS:
            more = one.vendor_starts[limit.group] + units
            limits = {**one.vendor_starts, limit.group: more}
            changed.append(dataclasses.replace(one, vendor_starts=limits))
        elif limit.kind is LimitKind.COHORT_MINIMUM:
            changed.append(dataclasses.replace(one, smallest=max(0, one.smallest - units)))
        elif limit.kind is LimitKind.COHORT_MAXIMUM:
            changed.append(dataclasses.replace(one, largest=one.largest + units))
        elif limit.kind is LimitKind.PARALLEL:
            changed.append(dataclasses.replace(one, parallel=one.parallel + units))
        else:
            raise ValueError(f"{limit.kind} is not a number that can be loosened")
    return dataclasses.replace(problem, solutions=tuple(changed))

"""The problem as numbered tables, for the solver: pairs, lines of cohorts, pools, vendor limits.

A *line* is one (solution, group): the cohorts that could be made of the same municipalities. How
many cohorts of a line start in a quarter is a count; which municipality sits in which of them does
not matter to any rule (sizes are split evenly), so counts lose nothing and have no symmetry.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from samlop.planner.engine.problem import Pair, Problem

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NO_LIMIT: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Tables:
    """Axes: M municipalities, S solutions, T quarters, P pairs, L lines, G pools, V vendor limits,
    C fairness groups."""

    problem: Problem
    horizon: int
    municipality: Ints
    """[P] whose pair it is."""
    solution: Ints
    """[P] of which solution."""
    line: Ints
    """[P] whose cohorts it joins."""
    vendor: Ints
    """[P] row of vendor_limit, or -1."""
    fair: Ints
    """[P] fairness group, or -1."""
    value: Ints
    """[P, T] what starting then adds to the objective, given the constant."""
    allowed: Bools
    """[P, T] no rule about this pair alone forbids it."""
    lock: Ints
    """[P] the quarter it must start in, or -1."""
    before: tuple[tuple[int, ...], ...]
    """[P] pairs that must be completed first."""
    after: tuple[tuple[int, ...], ...]
    """[P] pairs that wait for this one."""
    pair_number: Ints
    """[M, S] number of the pair, or -1."""
    duration: Ints
    """[S]"""
    load: Ints
    """[S, longest duration]"""
    capacity: Ints
    """[M, T]"""
    line_solution: Ints
    line_group: tuple[str, ...]
    line_pool: Ints
    """[L] row of leaders, or -1 where nobody lends one."""
    smallest: Ints
    largest: Ints
    parallel: Ints
    cost: Ints
    """[L] per cohort."""
    members: tuple[Ints, ...]
    """[L] its pairs."""
    leaders: Ints
    """[G, T]"""
    pool_key: tuple[tuple[str, str], ...]
    start_limit: Ints
    """[T]"""
    vendor_limit: Ints
    """[V] per quarter."""
    vendor_key: tuple[tuple[str, str], ...]
    share: Ints
    """[C] the part of every 10 000 completed runs a group must have."""
    fair_key: tuple[str, ...]
    checkpoints: tuple[int, ...]
    lag: int
    constant: int
    """Added to the objective of every plan: what dropping every communicated start costs."""
    impossible_locks: tuple[Pair, ...]
    """Locked pairs that cannot be planned at all."""

    @property
    def pairs(self) -> int:
        return len(self.municipality)

    @property
    def lines(self) -> int:
        return len(self.line_group)

    def pair(self, number: int) -> Pair:
        problem = self.problem
        return (
            problem.municipalities[int(self.municipality[number])].id,
            problem.solutions[int(self.solution[number])].id,
        )


def tables_of(problem: Problem) -> Tables:
    horizon = problem.horizon
    solutions = problem.solutions
    municipality_at = {one.id: row for row, one in enumerate(problem.municipalities)}
    solution_at = {one.id: row for row, one in enumerate(solutions)}
    duration = np.array([one.duration for one in solutions], dtype=np.int64)
    longest = int(duration.max(initial=1))
    load = np.zeros((len(solutions), longest), dtype=np.int64)
    for row, one in enumerate(solutions):
        load[row, : one.duration] = one.load
    count = len(problem.municipalities)
    capacity = np.array([one.capacity for one in problem.municipalities], dtype=np.int64)
    capacity = capacity.reshape(count, horizon)

    fits = _fits_alone(problem, capacity)
    fair_groups = sorted(set(problem.groupings[problem.fairness_grouping].values()))
    fair_at = {group: row for row, group in enumerate(fair_groups)}
    fair_of = [
        fair_at.get(problem.groupings[problem.fairness_grouping].get(one.id, ""), -1)
        for one in problem.municipalities
    ]
    eligible = [(municipality_at[m], solution_at[s]) for m, s in problem.eligible()]
    eligible_of_fair = np.zeros(len(fair_groups), dtype=np.int64)
    for m, _ in eligible:
        if fair_of[m] >= 0:
            eligible_of_fair[fair_of[m]] += 1
    percent = problem.weights.fairness_percent
    share = 100 * percent * eligible_of_fair // max(1, len(eligible))

    pair_number = np.full((count, len(solutions)), -1, dtype=np.int64)
    line_at: dict[tuple[int, str], int] = {}
    vendor_at: dict[tuple[int, str], int] = {}
    pool_at = {(pool.grouping, pool.group): row for row, pool in enumerate(problem.pools)}
    municipality: list[int] = []
    solution: list[int] = []
    line: list[int] = []
    vendor: list[int] = []
    for m, s in eligible:
        one = solutions[s]
        who = problem.municipalities[m].id
        group = problem.groupings[one.grouping].get(who)
        if group is None or not fits[m, s].any():
            continue
        pair_number[m, s] = len(municipality)
        municipality.append(m)
        solution.append(s)
        line.append(line_at.setdefault((s, group), len(line_at)))
        maker = problem.groupings[one.vendor_grouping].get(who) if one.vendor_grouping else None
        limited = maker is not None and maker in one.vendor_starts
        vendor.append(vendor_at.setdefault((s, maker or ""), len(vendor_at)) if limited else -1)
    pairs = len(municipality)
    of_municipality = np.array(municipality, dtype=np.int64)
    of_solution = np.array(solution, dtype=np.int64)
    of_line = np.array(line, dtype=np.int64)
    allowed = fits[of_municipality, of_solution] if pairs else np.zeros((0, horizon), dtype=bool)
    before = _prerequisites(problem, pair_number, municipality, solution, solution_at, allowed)
    locked = np.full(pairs, -1, dtype=np.int64)
    impossible: list[Pair] = []
    for start in problem.locked:
        p = int(pair_number[municipality_at[start.municipality], solution_at[start.solution]])
        if p < 0 or not allowed[p, start.quarter]:
            impossible.append(start.pair)
        else:
            locked[p] = start.quarter
            allowed[p] = False
            allowed[p, start.quarter] = True
    _propagate_prerequisites(allowed, before, of_solution, duration)
    after: list[list[int]] = [[] for _ in range(pairs)]
    for p, required in enumerate(before):
        for r in required:
            after[r].append(p)
    members: list[list[int]] = [[] for _ in line_at]
    for p, row in enumerate(line):
        members[row].append(p)
    lines = list(line_at)
    return Tables(
        problem=problem,
        horizon=horizon,
        municipality=of_municipality,
        solution=of_solution,
        line=of_line,
        vendor=np.array(vendor, dtype=np.int64),
        fair=np.array([fair_of[m] for m in municipality], dtype=np.int64),
        value=_values(problem, municipality, solution),
        allowed=allowed,
        lock=locked,
        before=before,
        after=tuple(map(tuple, after)),
        pair_number=pair_number,
        duration=duration,
        load=load,
        capacity=capacity,
        line_solution=np.array([s for s, _ in lines], dtype=np.int64),
        line_group=tuple(group for _, group in lines),
        line_pool=np.array(
            [
                pool_at.get(
                    (
                        solutions[s].leader_grouping,
                        problem.leader_group.get((solutions[s].id, g), ""),
                    ),
                    -1,
                )
                for s, g in lines
            ],
            dtype=np.int64,
        ),
        smallest=np.array(
            [problem.smallest_cohort(solutions[s].id, g) for s, g in lines], dtype=np.int64
        ),
        largest=np.array([solutions[s].largest for s, _ in lines], dtype=np.int64),
        parallel=np.array([solutions[s].parallel for s, _ in lines], dtype=np.int64),
        cost=np.array([solutions[s].cost for s, _ in lines], dtype=np.int64),
        members=tuple(np.array(some, dtype=np.int64) for some in members),
        leaders=np.array([pool.leaders for pool in problem.pools], dtype=np.int64).reshape(
            len(problem.pools), horizon
        ),
        pool_key=tuple(pool_at),
        start_limit=np.array(problem.start_limit, dtype=np.int64),
        vendor_limit=np.array(
            [solutions[s].vendor_starts[maker] for s, maker in vendor_at], dtype=np.int64
        ),
        vendor_key=tuple((solutions[s].id, maker) for s, maker in vendor_at),
        share=share,
        fair_key=tuple(fair_groups),
        checkpoints=problem.checkpoints,
        lag=problem.weights.lag,
        constant=-problem.weights.change
        * sum(start.pair not in problem.declined_pairs for start in problem.communicated),
        impossible_locks=tuple(impossible),
    )


def _fits_alone(problem: Problem, capacity: Ints) -> Bools:
    """[M, S, T] the run fits the horizon, the capacity, the blackouts, the release and now."""
    horizon = problem.horizon
    fits = np.zeros((len(problem.municipalities), len(problem.solutions), horizon), dtype=bool)
    free = np.ones((len(problem.municipalities), horizon), dtype=bool)
    for m, municipality in enumerate(problem.municipalities):
        for quarter in municipality.blackout:
            if quarter < horizon:
                free[m, quarter] = False
    for s, solution in enumerate(problem.solutions):
        starts = horizon - solution.duration + 1
        if starts <= 0:
            continue
        fits[:, s, :starts] = True
        for offset, work in enumerate(solution.load):
            room = free & (capacity >= work)
            fits[:, s, :starts] &= room[:, offset : offset + starts]
        if solution.vendor_grouping is not None:
            makers = problem.groupings[solution.vendor_grouping]
            for m, municipality in enumerate(problem.municipalities):
                maker = makers.get(municipality.id)
                release = solution.release.get(maker) if maker is not None else None
                fits[m, s, : horizon if release is None else release] = False
    municipality_at = {one.id: row for row, one in enumerate(problem.municipalities)}
    solution_at = {one.id: row for row, one in enumerate(problem.solutions)}
    early = [
        (municipality_at[start.municipality], solution_at[start.solution], start.quarter)
        for start in problem.locked
        if start.quarter < problem.now
    ]
    kept = [bool(fits[place]) for place in early]
    fits[:, :, : problem.now] = False
    for place, fitted in zip(early, kept, strict=True):
        fits[place] = fitted
    return fits


def _values(problem: Problem, municipality: list[int], solution: list[int]) -> Ints:
    """[P, T] benefit less the distance from the wish, plus a kept promise."""
    quarters = np.arange(problem.horizon, dtype=np.int64)
    weight = np.array([one.weight for one in problem.municipalities], dtype=np.int64)
    benefit = np.array([one.benefit for one in problem.solutions], dtype=np.int64)
    duration = np.array([one.duration for one in problem.solutions], dtype=np.int64)
    m = np.array(municipality, dtype=np.int64)
    s = np.array(solution, dtype=np.int64)
    in_use = problem.horizon + problem.tail - quarters[None, :] - duration[s][:, None]
    value: Ints = (benefit[s] * weight[m])[:, None] * in_use
    at = {
        (problem.municipalities[one].id, problem.solutions[two].id): p
        for p, (one, two) in enumerate(zip(municipality, solution, strict=True))
    }
    weights = problem.weights
    for pair, wish in problem.wish.items():
        p = at.get(pair)
        if p is not None:
            outside = np.maximum(0, np.maximum(wish.first - quarters, quarters - wish.last))
            distance = np.abs(quarters - wish.quarter)
            value[p] -= weight[m[p]] * (weights.deviation * distance + weights.outside * outside)
    for start in problem.communicated:
        p = at.get(start.pair)
        if p is not None:
            value[p, start.quarter] += weights.change
    return value


def _prerequisites(
    problem: Problem,
    pair_number: Ints,
    municipality: list[int],
    solution: list[int],
    solution_at: dict[str, int],
    allowed: Bools,
) -> tuple[tuple[int, ...], ...]:
    """A pair whose prerequisite can never be planned loses every quarter."""
    before: list[tuple[int, ...]] = []
    for p, (m, s) in enumerate(zip(municipality, solution, strict=True)):
        needed: list[int] = []
        for required in dict.fromkeys(problem.solutions[s].requires):
            if (problem.municipalities[m].id, required) in problem.introduced_pairs:
                continue
            r = int(pair_number[m, solution_at[required]])
            if r < 0:
                allowed[p] = False
            else:
                needed.append(r)
        before.append(tuple(needed))
    return tuple(before)


def _propagate_prerequisites(
    allowed: Bools, before: tuple[tuple[int, ...], ...], solution: Ints, duration: Ints
) -> None:
    """No start before the prerequisites could have been completed. Rings exclude themselves."""
    waiting = [p for p, required in enumerate(before) if required]
    horizon = allowed.shape[1]
    changed = True
    while changed:
        changed = False
        for p in waiting:
            for r in before[p]:
                ready = (
                    int(allowed[r].argmax()) + int(duration[solution[r]])
                    if allowed[r].any()
                    else horizon
                )
                if allowed[p, : min(ready, horizon)].any():
                    allowed[p, :ready] = False
                    changed = True

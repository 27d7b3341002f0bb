"""What happens to a plan when some leave their cohorts and some are late, by simulation.

Default rates: in a published national programme 13 % of the municipalities left a cohort, most of
them small and late in the run, and 83 % of those came back in the next one. The rates for larger
municipalities and for delays are our own assumptions; give your own where you know better.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from samlop.planner.engine.measures import PopulationClass
from samlop.planner.engine.plan import Cohort, Plan
from samlop.planner.engine.problem import Pair, Problem

LEAVE: Final = {
    PopulationClass.SMALL: 0.13,
    PopulationClass.MEDIUM: 0.06,
    PopulationClass.LARGE: 0.03,
}
LATE: Final = {
    PopulationClass.SMALL: 0.15,
    PopulationClass.MEDIUM: 0.10,
    PopulationClass.LARGE: 0.10,
}
RETURN: Final = 0.83
INTERVAL: Final = (10, 90)
"""Per cent of the simulations below and at most at the ends of the interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Probabilities per run."""

    leave: Mapping[PopulationClass, float] = field(default_factory=lambda: LEAVE)
    late: Mapping[PopulationClass, float] = field(default_factory=lambda: LATE)
    """One quarter late."""
    come_back: float = RETURN
    """Of those who leave: in the next cohort of the group, or after as long again without one."""


@dataclass(frozen=True, slots=True)
class AtRisk:
    cohort: Cohort
    probability: float
    """That fewer are left than the smallest cohort."""


@dataclass(frozen=True, slots=True)
class Robustness:
    planned: tuple[int, ...]
    """Runs completed by the end of each quarter when all goes as planned."""
    expected: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    at_risk: tuple[AtRisk, ...]
    """Most likely first; none below one per cent."""


def simulate(
    problem: Problem, plan: Plan, *, rates: Rates | None = None, draws: int = 1000, seed: int = 0
) -> Robustness:
    rates = rates or Rates()
    lottery = np.random.default_rng(seed)
    starts = plan.starts()
    order = _prerequisites_first(problem, starts)
    horizon = problem.horizon
    never = 10 * horizon
    done: dict[Pair, np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    curve = np.zeros((draws, horizon))
    left: dict[Pair, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    later = _next_starts(problem, plan)
    for pair in order:
        municipality, solution = pair
        size = PopulationClass.of(problem.municipality[municipality].population)
        duration = problem.solution[solution].duration
        start = np.full(draws, starts[pair], dtype=np.int64)
        for required in problem.solution[solution].requires:
            if (municipality, required) in done:
                start = np.maximum(start, done[municipality, required])
        leaves = lottery.random(draws) < rates.leave[size]
        left[pair] = leaves | (start > starts[pair])
        back = lottery.random(draws) < rates.come_back
        again = later.get((solution, problem.group(solution, municipality) or "", starts[pair]))
        second = starts[pair] + duration if again is None else again
        start = np.where(leaves, np.where(back, np.maximum(start, second), never), start)
        late = lottery.random(draws) < rates.late[size]
        end = start + duration + late
        done[pair] = end
        for quarter in range(horizon):
            curve[:, quarter] += end <= quarter + 1
    planned = [
        sum(starts[pair] + problem.solution[pair[1]].duration <= quarter + 1 for pair in order)
        for quarter in range(horizon)
    ]
    low, high = (np.percentile(curve, at, axis=0).tolist() for at in INTERVAL)
    return Robustness(
        planned=tuple(planned),
        expected=tuple(curve.mean(axis=0).tolist()),
        low=tuple(low),
        high=tuple(high),
        at_risk=tuple(_at_risk(problem, plan, left)),
    )


def _at_risk(
    problem: Problem, plan: Plan, left: Mapping[Pair, np.ndarray[tuple[int], np.dtype[np.bool_]]]
) -> list[AtRisk]:
    found: list[AtRisk] = []
    for cohort in plan.cohorts:
        gone = sum(left[one, cohort.solution].astype(np.int64) for one in cohort.municipalities)
        spare = len(cohort.municipalities) - problem.smallest_cohort(cohort.solution, cohort.group)
        probability = float(np.mean(gone > spare))
        if probability >= 0.01:
            found.append(AtRisk(cohort, probability))
    found.sort(key=lambda one: (-one.probability, one.cohort.start, one.cohort.solution))
    return found


def _next_starts(problem: Problem, plan: Plan) -> dict[tuple[str, str, int], int]:
    """(solution, group, start) -> the next start of a cohort of the same."""
    starts: dict[tuple[str, str], set[int]] = {}
    for cohort in plan.cohorts:
        starts.setdefault((cohort.solution, cohort.group), set()).add(cohort.start)
    following: dict[tuple[str, str, int], int] = {}
    for (solution, group), some in starts.items():
        ordered = sorted(some)
        for start, after in itertools.pairwise(ordered):
            following[solution, group, start] = after
    return following


def _prerequisites_first(problem: Problem, starts: Mapping[Pair, int]) -> list[Pair]:
    """In a plan that keeps the rules what is required starts earlier."""
    return sorted(starts, key=lambda pair: (starts[pair], pair))

"""What if: the same problem with one thing changed, solved from the base plan, and compared."""

import dataclasses
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from samlop.planner.engine import measures, search
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import Problem

Variant = Callable[[Problem], Problem]


def more_leaders(grouping: str, group: str, count: int = 1) -> Variant:
    """So many more leaders in every quarter of one pool (fewer, by a negative count)."""

    def change(problem: Problem) -> Problem:
        if (grouping, group) not in problem.leaders:
            raise KeyError(group)
        pools = tuple(
            dataclasses.replace(pool, leaders=tuple(max(0, one + count) for one in pool.leaders))
            if (pool.grouping, pool.group) == (grouping, group)
            else pool
            for pool in problem.pools
        )
        return dataclasses.replace(problem, pools=pools)

    return change


def national_starts(percent: int) -> Variant:
    """The national limit on starts so many per cent higher (or lower), rounded down."""

    def change(problem: Problem) -> Problem:
        limit = tuple(max(0, one * (100 + percent) // 100) for one in problem.start_limit)
        return dataclasses.replace(problem, start_limit=limit)

    return change


def vendor_late(vendor: str, quarters: int) -> Variant:
    """Every release of the vendor so many quarters later."""

    def change(problem: Problem) -> Problem:
        if not any(vendor in one.release for one in problem.solutions):
            raise KeyError(vendor)
        solutions = tuple(
            dataclasses.replace(
                one, release={**one.release, vendor: max(0, one.release[vendor] + quarters)}
            )
            if vendor in one.release
            else one
            for one in problem.solutions
        )
        return dataclasses.replace(problem, solutions=solutions)

    return change


def refusals(percent: int, seed: int = 0) -> Variant:
    """So many per cent of the pairs that are neither settled nor locked say no, by lot."""

    def change(problem: Problem) -> Problem:
        draw = random.Random(seed)  # noqa: S311  (a draw, not a secret)
        no = tuple(
            pair
            for pair in problem.eligible()
            if pair not in problem.lock and draw.random() * 100 < percent
        )
        return dataclasses.replace(problem, declined=(*problem.declined, *no))

    return change


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    measures: measures.Measures
    bound: int | None
    moved: int
    """Starts of the base plan that are elsewhere, or gone."""
    plan: Plan


def compare(
    problem: Problem,
    plan: Plan,
    variants: Mapping[str, Variant],
    *,
    seconds: float | None = None,
    work: float | None = None,
    seed: int = 0,
    workers: int = 2,
) -> list[Outcome]:
    """The base plan first, then the best found for each variant; limits are per variant.

    A variant whose locks contradict each other is left out.
    """
    before = plan.starts()
    outcomes = [Outcome("", measures.measure(problem, plan), None, 0, plan)]
    for name, variant in variants.items():
        changed = variant(problem)
        result = search.solve(
            changed, seconds=seconds, work=work, seed=seed, workers=workers, start=plan
        )
        if result.plan is not None:
            after = result.plan.starts()
            moved = sum(after.get(pair) != start for pair, start in before.items())
            outcomes.append(
                Outcome(
                    name, measures.measure(changed, result.plan), result.bound, moved, result.plan
                )
            )
    return outcomes

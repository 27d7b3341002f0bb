"""Every plan there is, for problems so small that they can all be tried."""

import itertools
from collections.abc import Iterator

from samlop.planner.engine import checking
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import Pair, Problem


def best_objective(problem: Problem) -> int | None:
    """None when no plan keeps the rules. Exponential in pairs."""
    best: int | None = None
    for plan in _plans(problem):
        if not checking.violations(problem, plan):
            total = checking.objective(problem, plan).total
            best = total if best is None else max(best, total)
    return best


def size(problem: Problem) -> int:
    return int((problem.horizon + 1) ** sum(1 for _ in problem.eligible()))


def _plans(problem: Problem) -> Iterator[Plan]:
    pairs = list(problem.eligible())
    choices = [
        [None, *range(problem.horizon - problem.solution[solution].duration + 1)]
        for _, solution in pairs
    ]
    for quarters in itertools.product(*choices):
        starts: dict[Pair, int] = {
            pair: quarter
            for pair, quarter in zip(pairs, quarters, strict=True)
            if quarter is not None
        }
        members: dict[tuple[str, str, int], int] = {}
        for (municipality, solution), quarter in starts.items():
            key = (solution, problem.group(solution, municipality) or "", quarter)
            members[key] = members.get(key, 0) + 1
        counts = []
        for (solution, _, _), number in members.items():
            one = problem.solution[solution]
            most = min(number, one.parallel) if one.parallel else 1
            counts.append(range(1, max(1, most) + 1))
        for count in itertools.product(*counts):
            yield Plan.of_starts(problem, starts, dict(zip(members, count, strict=True)))

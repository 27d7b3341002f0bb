"""What a plan reaches: shares per quarter, per group and per size class; wishes; what moved."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from samlop.planner.engine import checking
from samlop.planner.engine.explain import hindering
from samlop.planner.engine.limits import LimitKind
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import Pair, Problem


class PopulationClass(StrEnum):
    """By inhabitants."""

    SMALL = "small"
    """Fewer than 5 000."""
    MEDIUM = "medium"
    """5 000 to 19 999."""
    LARGE = "large"
    """20 000 or more."""

    @classmethod
    def of(cls, population: int) -> "PopulationClass":
        if population < 5_000:
            return cls.SMALL
        return cls.MEDIUM if population < 20_000 else cls.LARGE


@dataclass(frozen=True, slots=True)
class Measures:
    objective: checking.Objective
    reached: tuple[float, ...]
    """Per quarter: the share of inhabitants times solutions with the run completed by its end,
    of all that is neither introduced nor declined."""
    by_group: dict[str, float]
    """At the end of the plan, per fairness group: share of its eligible pairs planned."""
    by_size: dict[PopulationClass, float]
    wishes: int
    wishes_met: int
    """Started within the wished window."""


def measure(problem: Problem, plan: Plan) -> Measures:
    starts = plan.starts()
    done_at: Counter[int] = Counter()
    everyone = 0
    group_of = problem.groupings[problem.fairness_grouping]
    eligible: Counter[str] = Counter()
    planned: Counter[str] = Counter()
    eligible_size: Counter[PopulationClass] = Counter()
    planned_size: Counter[PopulationClass] = Counter()
    for pair in problem.eligible():
        municipality = problem.municipality[pair[0]]
        size = PopulationClass.of(municipality.population)
        group = group_of.get(municipality.id, "")
        everyone += municipality.population
        eligible[group] += 1
        eligible_size[size] += 1
        start = starts.get(pair)
        if start is not None:
            done_at[start + problem.solution[pair[1]].duration] += municipality.population
            planned[group] += 1
            planned_size[size] += 1
    reached: list[float] = []
    done = 0
    for quarter in range(problem.horizon):
        done += done_at[quarter + 1]
        reached.append(done / everyone if everyone else 0.0)
    asked = [pair for pair in problem.wish if _open(problem, pair)]
    met = 0
    for pair in asked:
        wish, at = problem.wish[pair], starts.get(pair)
        met += at is not None and wish.first <= at <= wish.last
    return Measures(
        objective=checking.objective(problem, plan),
        reached=tuple(reached),
        by_group={group: planned[group] / count for group, count in sorted(eligible.items())},
        by_size={size: planned_size[size] / count for size, count in sorted(eligible_size.items())},
        wishes=len(asked),
        wishes_met=met,
    )


def _open(problem: Problem, pair: Pair) -> bool:
    return pair not in problem.introduced_pairs and pair not in problem.declined_pairs


@dataclass(frozen=True, slots=True)
class Changed:
    """A start that is not where it was, and the first limit that forbids where it was."""

    municipality: str
    solution: str
    before: int
    after: int | None
    why: LimitKind


def changes(problem: Problem, before: dict[Pair, int], plan: Plan) -> tuple[Changed, ...]:
    """What moved since `before`, such as what has been communicated, and why."""
    after = plan.starts()
    moved = [pair for pair, start in sorted(before.items()) if after.get(pair) != start]
    found: list[Changed] = []
    for pair in moved:
        if pair[0] not in problem.municipality or pair[1] not in problem.solution:
            continue
        in_the_way = [one.limit.kind for one in hindering(problem, plan, pair, before[pair])]
        own = [kind for kind in in_the_way if kind in OWN]
        why = (own or in_the_way or [LimitKind.OTHERS])[0]
        found.append(Changed(*pair, before[pair], after.get(pair), why))
    return tuple(found)


OWN = frozenset(
    {
        LimitKind.DECLINED,
        LimitKind.INTRODUCED,
        LimitKind.BLACKOUT,
        LimitKind.RELEASE,
        LimitKind.PREREQUISITE,
    }
)
"""What concerns the pair itself is a better reason than a place that others took."""

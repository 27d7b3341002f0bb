"""A plan: which municipalities start which solution together, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from samlop.planner.engine.problem import Pair, Problem


@dataclass(frozen=True, slots=True)
class Cohort:
    """Municipalities of one group that start one solution in the same quarter, with one leader."""

    solution: str
    group: str
    start: int
    municipalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposal; nothing here says that it keeps the rules, checking.violations does."""

    instance: str
    cohorts: tuple[Cohort, ...]
    objective: int | None = None

    def starts(self) -> dict[Pair, int]:
        return {
            (municipality, cohort.solution): cohort.start
            for cohort in self.cohorts
            for municipality in cohort.municipalities
        }

    @classmethod
    def of_starts(
        cls,
        problem: Problem,
        starts: Mapping[Pair, int],
        cohorts: Mapping[tuple[str, str, int], int],
    ) -> Self:
        """Name the cohorts: each (solution, group, start) is split into its count, evenly."""
        members: dict[tuple[str, str, int], list[str]] = {}
        for (municipality, solution), start in starts.items():
            group = problem.group(solution, municipality)
            if group is None:
                raise ValueError(f"{municipality} has no group for {solution}")
            members.setdefault((solution, group, start), []).append(municipality)
        named: list[Cohort] = []
        for key in sorted(members):
            solution, group, start = key
            named.extend(
                Cohort(solution, group, start, part)
                for part in _evenly(sorted(members[key]), cohorts[key])
            )
        return cls(problem.name, tuple(named))


def _evenly(members: list[str], count: int) -> Iterable[tuple[str, ...]]:
    size, larger = divmod(len(members), count)
    at = 0
    for part in range(count):
        end = at + size + (part < larger)
        yield tuple(members[at:end])
        at = end

"""A plan under work: starts, counts of cohorts, and how much of every limit is used."""

from typing import Final, Self

import numpy as np

from samlop.planner.engine.plan import Plan
from samlop.planner.engine.tables import Ints, Tables

UNPLANNED: Final = -1


class State:
    """Mutable; every change keeps the sums true. Does not itself refuse anything."""

    __slots__ = (
        "cohorts",
        "leaders",
        "load",
        "members",
        "start",
        "starts",
        "tables",
        "value",
        "vendor",
    )

    def __init__(self, tables: Tables) -> None:
        horizon = tables.horizon
        self.tables = tables
        self.start: Ints = np.full(tables.pairs, UNPLANNED, dtype=np.int64)
        self.members: Ints = np.zeros((tables.lines, horizon), dtype=np.int64)
        self.cohorts: Ints = np.zeros((tables.lines, horizon), dtype=np.int64)
        self.leaders: Ints = np.zeros_like(tables.leaders)
        self.starts: Ints = np.zeros(horizon, dtype=np.int64)
        self.vendor: Ints = np.zeros((len(tables.vendor_limit), horizon), dtype=np.int64)
        self.load: Ints = np.zeros_like(tables.capacity)
        self.value = 0

    def copy(self) -> Self:
        other = type(self)(self.tables)
        other.start = self.start.copy()
        other.members = self.members.copy()
        other.cohorts = self.cohorts.copy()
        other.leaders = self.leaders.copy()
        other.starts = self.starts.copy()
        other.vendor = self.vendor.copy()
        other.load = self.load.copy()
        other.value = self.value
        return other

    @classmethod
    def of(cls, tables: Tables, start: Ints, cohorts: Ints) -> Self:
        """Summed anew from starts and counts."""
        state = cls(tables)
        state.start = start.copy()
        state.cohorts = cohorts.copy()
        planned = np.nonzero(start >= 0)[0]
        at = start[planned]
        np.add.at(state.members, (tables.line[planned], at), 1)
        np.add.at(state.starts, at, 1)
        limited = tables.vendor[planned] >= 0
        np.add.at(state.vendor, (tables.vendor[planned][limited], at[limited]), 1)
        for offset in range(tables.load.shape[1]):
            work = tables.load[tables.solution[planned], offset]
            some = work > 0
            np.add.at(
                state.load, (tables.municipality[planned][some], at[some] + offset), work[some]
            )
        for line, quarter in zip(*np.nonzero(cohorts), strict=True):
            state._lead(int(line), int(quarter), int(cohorts[line, quarter]))
        state.value = int(tables.value[planned, at].sum()) - int(
            (cohorts * tables.cost[:, None]).sum()
        )
        return state

    def place(self, pair: int, quarter: int) -> None:
        self._shift(pair, quarter, 1)
        self.start[pair] = quarter

    def remove(self, pair: int) -> None:
        self._shift(pair, int(self.start[pair]), -1)
        self.start[pair] = UNPLANNED

    def open(self, line: int, quarter: int, count: int = 1) -> None:
        """More cohorts (or fewer, by a negative count) of a line in a quarter."""
        self.cohorts[line, quarter] += count
        self.value -= count * int(self.tables.cost[line])
        self._lead(line, quarter, count)

    def _shift(self, pair: int, quarter: int, sign: int) -> None:
        tables = self.tables
        solution = tables.solution[pair]
        duration = tables.duration[solution]
        self.members[tables.line[pair], quarter] += sign
        self.starts[quarter] += sign
        if tables.vendor[pair] >= 0:
            self.vendor[tables.vendor[pair], quarter] += sign
        self.load[tables.municipality[pair], quarter : quarter + duration] += (
            sign * tables.load[solution, :duration]
        )
        self.value += sign * int(tables.value[pair, quarter])

    def _lead(self, line: int, quarter: int, count: int) -> None:
        pool = self.tables.line_pool[line]
        if pool >= 0:
            duration = self.tables.duration[self.tables.line_solution[line]]
            self.leaders[pool, quarter : quarter + duration] += count

    def runs_behind(self) -> int:
        """Runs the fairness groups lack at the checkpoints."""
        tables = self.tables
        if not tables.checkpoints or not len(tables.share) or not tables.share.any():
            return 0
        planned = np.nonzero(self.start >= 0)[0]
        done_at = self.start[planned] + tables.duration[tables.solution[planned]]
        size = tables.horizon + 1
        inside = tables.fair[planned] >= 0
        done = np.bincount(
            tables.fair[planned][inside] * size + done_at[inside],
            minlength=len(tables.share) * size,
        ).reshape(len(tables.share), size)
        done = done.cumsum(axis=1)[:, list(tables.checkpoints)]
        everyone = np.bincount(done_at, minlength=size).cumsum()[list(tables.checkpoints)]
        wanted = tables.share[:, None] * everyone[None, :] // 10_000
        return int(np.maximum(0, wanted - done).sum())

    @property
    def objective(self) -> int:
        return self.value + self.tables.constant - self.tables.lag * self.runs_behind()

    def earliest(self, pair: int) -> int:
        """When the prerequisites are completed; the horizon when one is not planned."""
        tables = self.tables
        ready = 0
        for required in tables.before[pair]:
            at = int(self.start[required])
            if at < 0:
                return tables.horizon
            ready = max(ready, at + int(tables.duration[tables.solution[required]]))
        return ready

    def latest(self, pair: int) -> int:
        """The last start that is completed before what waits for it begins."""
        tables = self.tables
        last = tables.horizon
        for waiting in tables.after[pair]:
            at = int(self.start[waiting])
            if at >= 0:
                last = min(last, at)
        return last - int(tables.duration[tables.solution[pair]])

    def is_feasible(self) -> bool:
        """Every limit, from the sums: for the solver's own use, never instead of the checker."""
        tables = self.tables
        lines = np.arange(tables.lines)[:, None]
        if (
            (self.load > tables.capacity).any()
            or (self.starts > tables.start_limit).any()
            or (self.vendor > tables.vendor_limit[:, None]).any()
            or (self.leaders > tables.leaders).any()
            or (self.cohorts > tables.parallel[lines]).any()
            or (self.members > self.cohorts * tables.largest[lines]).any()
            or (self.members < self.cohorts * tables.smallest[lines]).any()
        ):
            return False
        planned = np.nonzero(self.start >= 0)[0]
        if not tables.allowed[planned, self.start[planned]].all():
            return False
        if ((tables.lock >= 0) & (self.start != tables.lock)).any():
            return False
        return all(
            int(self.start[pair]) >= self.earliest(pair)
            for pair in planned.tolist()
            if tables.before[pair]
        )

    def plan(self) -> Plan:
        tables = self.tables
        problem = tables.problem
        starts = {tables.pair(int(p)): int(self.start[p]) for p in np.nonzero(self.start >= 0)[0]}
        cohorts = {
            (
                problem.solutions[int(tables.line_solution[line])].id,
                tables.line_group[line],
                int(quarter),
            ): int(self.cohorts[line, quarter])
            for line, quarter in zip(*np.nonzero(self.cohorts), strict=True)
        }
        return Plan.of_starts(problem, starts, cohorts)

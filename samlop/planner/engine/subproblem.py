"""A part of the plan solved exactly by CP-SAT while the rest stands still.

Free pairs may start in any quarter or none; every line with a free pair may change its counts of
cohorts, unless the calendar is to stand still too. All other runs keep their quarter. One method
per rule; what stands still is subtracted from each limit beforehand.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from samlop.planner.engine.state import UNPLANNED, State
from samlop.planner.engine.tables import Bools, Ints

LinearExpr = cp_model.LinearExpr


@dataclass(frozen=True, slots=True)
class Part:
    """New starts and counts for the free pairs and lines, and how the search for them ended."""

    pairs: Ints
    start: Ints
    lines: Ints
    cohorts: Ints
    """[free lines, T]"""
    gain: int
    optimal: bool
    bound: float
    """No choice for this part can make the plan worth more."""
    steps: float
    """Deterministic seconds spent."""

    def put_into(self, state: State) -> None:
        """Sums follow; whether the whole is feasible is asked after."""
        for pair in self.pairs[state.start[self.pairs] >= 0].tolist():
            state.remove(pair)
        for pair, quarter in zip(self.pairs.tolist(), self.start.tolist(), strict=True):
            if quarter >= 0:
                state.place(pair, quarter)
        for line, counts in zip(self.lines.tolist(), self.cohorts, strict=True):
            for quarter in np.nonzero(counts != state.cohorts[line])[0].tolist():
                state.open(line, quarter, int(counts[quarter] - state.cohorts[line, quarter]))

    def whole_start(self, base: State) -> Ints:
        start = base.start.copy()
        start[self.pairs] = self.start
        return start

    def whole_cohorts(self, base: State) -> Ints:
        cohorts = base.cohorts.copy()
        cohorts[self.lines] = self.cohorts
        return cohorts


class Subproblem:
    """The model of one part. Build it, then solve it once."""

    def __init__(
        self,
        state: State,
        pairs: Ints,
        *,
        lines: Iterable[int] = (),
        on_calendar: bool = False,
    ) -> None:
        tables = state.tables
        self.on_calendar = on_calendar
        self.state = state
        self.tables = tables
        self.pairs = pairs
        self.lines = np.unique(
            np.concatenate([tables.line[pairs], np.fromiter(lines, dtype=np.int64)])
        )
        self.model = cp_model.CpModel()
        self.rest = self._without_the_free()
        self.weights: list[int] = []
        self.terms: list[cp_model.IntVar] = []
        self._starts()
        self._each_pair_at_most_once()
        self._prerequisites()
        self._capacity()
        self._cohorts()
        self._cohort_sizes()
        self._few_enough_in_all()
        self._leaders()
        self._national_starts()
        self._vendor_starts()
        self._fairness()
        self.model.maximize(LinearExpr.weighted_sum(self.terms, self.weights))
        self._hint()

    def _without_the_free(self) -> State:
        rest = self.state.copy()
        for pair in self.pairs[self.state.start[self.pairs] >= 0].tolist():
            rest.remove(pair)
        for line in self.lines.tolist():
            for quarter in np.nonzero(rest.cohorts[line])[0].tolist():
                rest.open(line, quarter, -int(rest.cohorts[line, quarter]))
        return rest

    def _starts(self) -> None:
        """One variable per free pair and quarter that nothing standing still forbids."""
        tables, rest, pairs = self.tables, self.rest, self.pairs
        allowed: Bools = tables.allowed[pairs].copy()
        allowed &= rest.starts < tables.start_limit
        if self.on_calendar:
            allowed &= self.state.cohorts[tables.line[pairs]] > 0
        limited = tables.vendor[pairs] >= 0
        vendor = tables.vendor[pairs][limited]
        allowed[limited] &= rest.vendor[vendor] < tables.vendor_limit[vendor][:, None]
        left = tables.capacity[tables.municipality[pairs]] - rest.load[tables.municipality[pairs]]
        horizon = tables.horizon
        for offset in range(tables.load.shape[1]):
            work = tables.load[tables.solution[pairs], offset]
            allowed[:, : horizon - offset] &= left[:, offset:] >= work[:, None]
        free = np.zeros(tables.pairs, dtype=bool)
        free[pairs] = True
        for row, pair in enumerate(pairs.tolist()):
            for required in tables.before[pair]:
                if not free[required]:
                    at = int(rest.start[required])
                    done = at + int(tables.duration[tables.solution[required]])
                    allowed[row, : horizon if at == UNPLANNED else done] = False
            for waiting in tables.after[pair]:
                if not free[waiting] and rest.start[waiting] >= 0:
                    last = int(rest.start[waiting]) - int(tables.duration[tables.solution[pair]])
                    allowed[row, max(0, last + 1) :] = False
        self.must = {
            pair
            for pair in pairs.tolist()
            if tables.lock[pair] >= 0
            or any(not free[w] and rest.start[w] >= 0 for w in tables.after[pair])
        }
        self.allowed = allowed
        self.row, self.quarter = np.nonzero(allowed)
        new = self.model.new_bool_var
        self.x = [new("") for _ in range(len(self.row))]
        bounds = np.searchsorted(self.row, np.arange(len(pairs) + 1))
        self.first = bounds.tolist()
        self.terms.extend(self.x)
        self.weights.extend(tables.value[pairs[self.row], self.quarter].tolist())

    def _of(self, row: int) -> list[cp_model.IntVar]:
        return self.x[self.first[row] : self.first[row + 1]]

    def _each_pair_at_most_once(self) -> None:
        for row, pair in enumerate(self.pairs.tolist()):
            mine = self._of(row)
            if pair in self.must:
                self.model.add_exactly_one(mine)
            elif len(mine) > 1:
                self.model.add_at_most_one(mine)

    def _prerequisites(self) -> None:
        """Started by t, at most as often as the prerequisite is completed by t."""
        tables = self.tables
        row_of = {pair: row for row, pair in enumerate(self.pairs.tolist())}
        for row, pair in enumerate(self.pairs.tolist()):
            for required in tables.before[pair]:
                other = row_of.get(required)
                if other is None:
                    continue
                duration = int(tables.duration[tables.solution[required]])
                mine = self.quarter[self.first[row] : self.first[row + 1]]
                theirs = self.quarter[self.first[other] : self.first[other + 1]] + duration
                for count, at in enumerate(mine.tolist(), 1):
                    ready = int(np.searchsorted(theirs, at, side="right"))
                    started = self._of(row)[:count]
                    done = self._of(other)[:ready]
                    self.model.add(
                        LinearExpr.weighted_sum(
                            started + done, [1] * len(started) + [-1] * len(done)
                        )
                        <= 0
                    )

    def _capacity(self) -> None:
        tables, rest = self.tables, self.rest
        who = tables.municipality[self.pairs[self.row]]
        solution = tables.solution[self.pairs[self.row]]
        horizon = tables.horizon
        keys: list[Ints] = []
        variables: list[Ints] = []
        works: list[Ints] = []
        for offset in range(tables.load.shape[1]):
            work = tables.load[solution, offset]
            some = np.nonzero(work > 0)[0]
            keys.append(who[some] * horizon + self.quarter[some] + offset)
            variables.append(some)
            works.append(work[some])
        left = (tables.capacity - rest.load).ravel()
        for key, at, weight in _grouped(keys, variables, works):
            room = int(left[key])
            if weight.sum() > room:
                if (weight * 2 > room).all():
                    self.model.add_at_most_one([self.x[one] for one in at.tolist()])
                else:
                    self.model.add(
                        LinearExpr.weighted_sum([self.x[one] for one in at], weight.tolist())
                        <= room
                    )

    def _cohorts(self) -> None:
        """One count per free line and quarter in which a full cohort could be made."""
        tables, rest = self.tables, self.rest
        horizon = tables.horizon
        line_row = {line: row for row, line in enumerate(self.lines.tolist())}
        at = np.array([line_row[line] for line in tables.line[self.pairs].tolist()], dtype=np.int64)
        self.x_key = at[self.row] * horizon + self.quarter
        possible: Ints = np.bincount(self.x_key, minlength=len(self.lines) * horizon).reshape(
            len(self.lines), horizon
        )
        fixed = rest.members[self.lines]
        most = np.minimum(
            tables.parallel[self.lines][:, None],
            (fixed + possible) // np.maximum(1, tables.smallest[self.lines])[:, None],
        )
        most = np.minimum(
            most,
            (fixed + (tables.start_limit - rest.starts)[None, :])
            // np.maximum(1, tables.smallest[self.lines])[:, None],
        )
        for row, line in enumerate(self.lines.tolist()):
            pool = int(tables.line_pool[line])
            duration = int(tables.duration[tables.line_solution[line]])
            for quarter in range(horizon):
                if quarter + duration > horizon or pool < 0:
                    most[row, quarter] = 0
                elif most[row, quarter]:
                    left = (
                        tables.leaders[pool, quarter : quarter + duration]
                        - rest.leaders[pool, quarter : quarter + duration]
                    )
                    most[row, quarter] = min(int(most[row, quarter]), int(left.min()))
        least = -(-fixed // np.maximum(1, tables.largest[self.lines])[:, None])
        if self.on_calendar:
            most = least = self.state.cohorts[self.lines]
        self.k: dict[int, cp_model.IntVar] = {}
        self.fixed_members = fixed.ravel()
        for key in np.nonzero(np.maximum(most, least).ravel() > 0)[0].tolist():
            row, quarter = divmod(key, horizon)
            low, high = int(least[row, quarter]), int(most[row, quarter])
            variable = self.model.new_int_var(low, max(low, high), "")
            self.k[key] = variable
            self.terms.append(variable)
            self.weights.append(-int(tables.cost[self.lines[row]]))

    def _cohort_sizes(self) -> None:
        """min x count <= members <= max x count, the max lowered to those who can come at all."""
        tables = self.tables
        horizon = tables.horizon
        vendor = tables.vendor[self.pairs[self.row]]
        grouped = {key: at for key, at, _ in _grouped([self.x_key], [np.arange(len(self.x))], None)}
        for key, at in grouped.items():
            for one in at.tolist() if key not in self.k else ():
                self.model.add(self.x[one] == 0)
        nobody = np.zeros(0, dtype=np.int64)
        for key, k in self.k.items():
            line = int(self.lines[key // horizon])
            quarter = key % horizon
            fixed = int(self.fixed_members[key])
            at = grouped.get(key, nobody)
            mine = [self.x[one] for one in at.tolist()]
            count = len(mine)
            can = min(
                self._can_come(vendor[at], quarter),
                int(tables.start_limit[quarter] - self.rest.starts[quarter]),
            )
            largest = min(int(tables.largest[line]), fixed + can)
            smallest = int(tables.smallest[line])
            members = [*mine, k]
            ones = [1] * count
            self.model.add(LinearExpr.weighted_sum(members, [*ones, -largest]) <= -fixed)
            self.model.add(LinearExpr.weighted_sum(members, [*ones, -smallest]) >= -fixed)
            if fixed == 0:
                for one in mine:
                    self.model.add(one <= k)

    def _can_come(self, vendor: Ints, quarter: int) -> int:
        """How many of these the vendors can start in the quarter."""
        can = int((vendor < 0).sum())
        for one, count in zip(*np.unique(vendor[vendor >= 0], return_counts=True), strict=True):
            left = self.tables.vendor_limit[one] - self.rest.vendor[one, quarter]
            can += min(int(count), int(left))
        return can

    def _few_enough_in_all(self) -> None:
        """Over all quarters, no more cohorts than the line's municipalities can make."""
        tables = self.tables
        horizon = tables.horizon
        of_line: dict[int, list[cp_model.IntVar]] = {}
        for key, k in self.k.items():
            of_line.setdefault(key // horizon, []).append(k)
        for row, ks in of_line.items():
            line = self.lines[row]
            most = len(tables.members[line]) // int(tables.smallest[line])
            self.model.add(LinearExpr.sum(ks) <= most)

    def _leaders(self) -> None:
        tables = self.tables
        horizon = tables.horizon
        using: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        for key, k in self.k.items():
            line = self.lines[key // horizon]
            pool = int(tables.line_pool[line])
            start = key % horizon
            for quarter in range(start, start + int(tables.duration[tables.line_solution[line]])):
                using.setdefault((pool, quarter), []).append(k)
        for (pool, quarter), ks in using.items():
            left = int(tables.leaders[pool, quarter] - self.rest.leaders[pool, quarter])
            self.model.add(LinearExpr.sum(ks) <= left)

    def _national_starts(self) -> None:
        left = self.tables.start_limit - self.rest.starts
        for quarter, at, _ in _grouped([self.quarter], [np.arange(len(self.x))], None):
            if len(at) > left[quarter]:
                self.model.add(LinearExpr.sum([self.x[one] for one in at]) <= int(left[quarter]))

    def _vendor_starts(self) -> None:
        tables = self.tables
        vendor = tables.vendor[self.pairs[self.row]]
        some = np.nonzero(vendor >= 0)[0]
        left = (tables.vendor_limit[:, None] - self.rest.vendor).ravel()
        keys = vendor[some] * tables.horizon + self.quarter[some]
        for key, at, _ in _grouped([keys], [some], None):
            if len(at) > left[key]:
                self.model.add(LinearExpr.sum([self.x[one] for one in at]) <= int(left[key]))

    def _fairness(self) -> None:
        """Runs behind, exactly: 10 000 (behind + done) >= share x completed - 9 999."""
        tables = self.tables
        if not tables.checkpoints or not tables.lag or not tables.share.any():
            return
        done_at = self.quarter + tables.duration[tables.solution[self.pairs[self.row]]]
        fair = tables.fair[self.pairs[self.row]]
        planned = np.nonzero(self.rest.start >= 0)[0]
        rest_done_at = self.rest.start[planned] + tables.duration[tables.solution[planned]]
        rest_fair = tables.fair[planned]
        checkpoints = sorted(tables.checkpoints)
        groups = np.nonzero(tables.share > 0)[0].tolist()
        earlier = -1
        done: dict[int, list[cp_model.IntVar]] = {group: [] for group in [-1, *groups]}
        base: dict[int, int] = dict.fromkeys(done, 0)
        for checkpoint in checkpoints:
            inside = (rest_done_at > earlier) & (rest_done_at <= checkpoint)
            new = (done_at > earlier) & (done_at <= checkpoint)
            for group, counts in done.items():
                base[group] += int((inside & (rest_fair == group)).sum())
                mine = np.nonzero(new & (fair == group))[0]
                if len(mine):
                    count = self.model.new_int_var(0, len(mine), "")
                    parts = [self.x[one] for one in mine]
                    self.model.add(LinearExpr.sum(parts) == count)
                    counts.append(count)
            earlier = checkpoint
            everywhere = [one for some in done.values() for one in some]
            there = sum(base.values())
            total = self.model.new_int_var(0, len(self.pairs), "")
            self.model.add(LinearExpr.sum(everywhere) == total)
            for group in groups:
                share = int(tables.share[group])
                most = max(0, share * (there + len(self.pairs)) // 10_000 - base[group])
                if not most:
                    continue
                behind = self.model.new_int_var(0, most, "")
                self.terms.append(behind)
                self.weights.append(-tables.lag)
                own = done[group]
                self.model.add(
                    LinearExpr.weighted_sum(
                        [behind, *own, total], [10_000] * (1 + len(own)) + [-share]
                    )
                    >= share * there - 9_999 - 10_000 * base[group]
                )

    def _hint(self) -> None:
        start = self.state.start[self.pairs][self.row]
        for variable, on in zip(self.x, (start == self.quarter).tolist(), strict=True):
            self.model.add_hint(variable, on)
        horizon = self.tables.horizon
        for key, k in self.k.items():
            count = self.state.cohorts[self.lines[key // horizon], key % horizon]
            self.model.add_hint(k, int(count))

    def solve(
        self,
        *,
        seconds: float,
        steps: float,
        seed: int,
        cancel: "Cancel | None" = None,
        workers: int = 1,
        first: bool = False,
        on_bound: Callable[[float], None] | None = None,
        on_part: Callable[[Part], None] | None = None,
    ) -> Part | None:
        """The best choice found for the part; None when none was found in time."""
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = workers
        parameters.max_time_in_seconds = max(0.01, seconds)
        parameters.max_deterministic_time = steps
        parameters.random_seed = seed % (1 << 31)
        parameters.linearization_level = 2
        parameters.stop_after_first_solution = first
        if on_part is None:
            parameters.symmetry_level = 0
            parameters.cp_model_probing_level = 0
        else:
            # The pair that proves most on this kind of model, from a good plan.
            parameters.subsolvers.extend(["max_lp", "reduced_costs"][:workers])
        if on_bound is not None:
            fixed = self.rest.value + self.tables.constant
            solver.best_bound_callback = lambda bound: on_bound(bound + fixed)
        listener = _Listener(self, on_part) if on_part is not None else None
        if cancel is not None:
            cancel.add(solver)
        try:
            status = solver.solve(self.model, listener)
        finally:
            if cancel is not None:
                cancel.discard(solver)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return self.part(
            solver.value,
            round(solver.objective_value),
            optimal=status == cp_model.OPTIMAL,
            bound=solver.best_objective_bound,
            steps=solver.response_proto.deterministic_time,
        )

    def part(
        self,
        value: Callable[[cp_model.IntVar], int],
        objective: int,
        *,
        optimal: bool,
        bound: float,
        steps: float,
    ) -> Part:
        start = np.full(len(self.pairs), UNPLANNED, dtype=np.int64)
        for at, variable in enumerate(self.x):
            if value(variable):
                start[self.row[at]] = self.quarter[at]
        horizon = self.tables.horizon
        cohorts = np.zeros((len(self.lines), horizon), dtype=np.int64)
        for key, k in self.k.items():
            cohorts[key // horizon, key % horizon] = value(k)
        fixed = self.rest.value + self.tables.constant
        return Part(
            pairs=self.pairs,
            start=start,
            lines=self.lines,
            cohorts=cohorts,
            gain=objective + fixed - self.state.objective,
            optimal=optimal,
            bound=bound + fixed,
            steps=steps,
        )


class _Listener(cp_model.CpSolverSolutionCallback):
    """Passes on every plan CP-SAT finds, while it searches."""

    def __init__(self, subproblem: Subproblem, on_part: Callable[[Part], None]) -> None:
        super().__init__()
        self.subproblem = subproblem
        self.on_part = on_part

    def on_solution_callback(self) -> None:
        self.on_part(
            self.subproblem.part(
                self.value,
                round(self.objective_value),
                optimal=False,
                bound=self.best_objective_bound,
                steps=0.0,
            )
        )


class Cancel:
    """Stops every solver under way, from another thread."""

    def __init__(self) -> None:
        self._solvers: set[cp_model.CpSolver] = set()
        self._lock = threading.Lock()
        self.cancelled = False

    def add(self, solver: cp_model.CpSolver) -> None:
        with self._lock:
            self._solvers.add(solver)

    def discard(self, solver: cp_model.CpSolver) -> None:
        with self._lock:
            self._solvers.discard(solver)

    def cancel(self) -> None:
        """Safe to repeat: a solver that had not begun when told is told again."""
        with self._lock:
            self.cancelled = True
            for solver in self._solvers:
                solver.stop_search()

    def reset(self) -> None:
        with self._lock:
            self.cancelled = False


def _grouped(
    keys: list[Ints], values: list[Ints], weights: list[Ints] | None
) -> Iterable[tuple[int, Ints, Ints]]:
    """(key, the values that have it, their weights), by key."""
    key = np.concatenate(keys)
    value = np.concatenate(values)
    weight = np.concatenate(weights) if weights is not None else np.ones(len(key), dtype=np.int64)
    order = np.argsort(key, kind="stable")
    key, value, weight = key[order], value[order], weight[order]
    cuts = np.nonzero(np.diff(key))[0] + 1
    begins = [0, *cuts.tolist()]
    ends = [*cuts.tolist(), len(key)]
    for begin, end in zip(begins, ends, strict=True):
        if end > begin:
            yield int(key[begin]), value[begin:end], weight[begin:end]

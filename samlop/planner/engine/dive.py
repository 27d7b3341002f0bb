"""From the linear relaxation to a bound, a calendar of cohorts, and starts that fit it.

Links are added round by round until the bound stands still; then counts of cohorts are rounded a
few at a time with a new solve between, gently, since a rounded cohort draws municipalities from
the others; last, with the calendar whole, the starts are rounded in the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from samlop.planner.engine import construct
from samlop.planner.engine.lp_client import Answer, LinearProgramme
from samlop.planner.engine.relaxation import Floats, Relaxation, proven_bound
from samlop.planner.engine.state import UNPLANNED, State
from samlop.planner.engine.tables import Bools, Ints

LINK_ROUNDS: Final = 8
ROUNDED_PER_ROUND: Final = 0.15
MOST_ROUNDS: Final = 40
NEAR: Final = 1e-4
STEPS_PER_CELL: Final = 5e-7
"""Deterministic seconds per non-zero and iteration of interior point; measured, rough."""


@dataclass(frozen=True, slots=True)
class News:
    """What a step of the dive brought: a bound, or a plan."""

    steps: float
    bound: float | None = None
    state: State | None = None


class Dive:
    """Run once; `tell` hears of every bound and of the plan at the end."""

    def __init__(
        self,
        programme: LinearProgramme,
        tell: Callable[[News], None],
        enough: Callable[[], bool],
    ) -> None:
        self.programme = programme
        self.relaxation: Relaxation = programme.relaxation
        self.tell = tell
        self.enough = enough
        """True when no more solves should begin (the budget is spent)."""
        self.linked: Bools = np.zeros(self.relaxation.starts, dtype=bool)
        columns = self.relaxation.columns
        self.lower: Floats = np.zeros(columns)
        self.upper: Floats = self.relaxation.upper.copy()
        self.price: Floats | None = None

    def run(self, empty: Callable[[], State]) -> None:
        self.programme.load()
        answer = self._bound()
        if answer is None:
            return
        answer = self._calendar(answer)
        if answer is None:
            return
        point = self._assignment(answer)
        if point is not None:
            state = settle(self.relaxation, point, empty())
            self.tell(News(0.0, state=state))

    def _solve(self, method: str = "ipm") -> Answer:
        answer = self.programme.solve(method=method)
        cells = len(self.relaxation.row) + 2 * len(self.programme.links)
        rounds = answer.iterations if method == "ipm" else answer.iterations / 50
        self.tell(News(steps=cells * rounds * STEPS_PER_CELL))
        return answer

    def _add_violated_links(self, point: Floats, least: float) -> int:
        starts = self.relaxation.starts
        excess = point[:starts] - point[self.relaxation.count_of]
        new = np.nonzero((excess > least) & ~self.linked)[0]
        if len(new):
            self.linked[new] = True
            self.programme.add_links(new)
        return len(new)

    def _bound(self) -> Answer | None:
        best = np.inf
        answer = None
        for number in range(LINK_ROUNDS):
            if self.enough():
                return None
            answer = self._solve()
            bound = min(
                proven_bound(self.relaxation, self.programme.links, sign * answer.price)
                for sign in (1.0, -1.0)
            )
            gained = best - bound
            best = min(best, bound)
            self.tell(News(0.0, bound=bound))
            new = self._add_violated_links(answer.point, 0.02 if number < 3 else 0.005)
            if not new or gained < 2e-4 * abs(best):
                break
        return answer

    def _calendar(self, answer: Answer) -> Answer | None:
        """Every count whole. None when stopped, or when rounding ran into a corner."""
        starts = self.relaxation.starts
        counts = len(self.relaxation.line)
        column = starts + np.arange(counts)
        share = ROUNDED_PER_ROUND
        for _ in range(MOST_ROUNDS):
            count = answer.point[column]
            whole = np.round(count)
            open_ = (np.abs(count - whole) > NEAR) & (self.lower[column] < self.upper[column])
            if not open_.any():
                self._fix(column, whole, whole)
                return answer
            if self.enough():
                return None
            before = self.lower[column].copy(), self.upper[column].copy()
            rounded = self._round_up(count, open_, share)
            # A count that is nothing after all this will stay so: the programme shrinks.
            nothing = (count < NEAR) & (self.lower[column] == 0)
            self._set(column, self.lower[column], np.where(nothing, 0.0, self.upper[column]))
            if not rounded:
                self._fix(column, np.floor(count + NEAR), np.floor(count + NEAR))
            answer = self._solve()
            if answer.infeasible or not len(answer.point):
                self._set(column, *before)
                share /= 2
                if share < 0.01:
                    return None
                answer = self._solve()
                continue
            self._add_violated_links(answer.point, 0.05)
        return None

    def _round_up(self, count: Floats, open_: Bools, share: float) -> int:
        """The counts nearest above, as many as the leaders allow."""
        tables = self.relaxation.tables
        starts = self.relaxation.starts
        line, quarter = self.relaxation.line, self.relaxation.line_quarter
        column = starts + np.arange(len(line))
        duration = tables.duration[tables.line_solution[line]]
        pool = tables.line_pool[line]
        busy = np.zeros(tables.leaders.shape)
        for at in np.nonzero(self.lower[column] > 0)[0].tolist():
            busy[pool[at], quarter[at] : quarter[at] + duration[at]] += self.lower[column[at]]
        candidates = np.nonzero(open_)[0]
        missing = np.ceil(count[candidates]) - count[candidates]
        wanted = max(2, int(share * len(candidates)))
        rounded = 0
        lower = self.lower[column].copy()
        for at in candidates[np.argsort(missing, kind="stable")].tolist():
            if rounded >= wanted and np.ceil(count[at]) - count[at] > 0.1:
                break
            more = np.ceil(count[at]) - lower[at]
            place = busy[pool[at], quarter[at] : quarter[at] + duration[at]]
            limit = tables.leaders[pool[at], quarter[at] : quarter[at] + duration[at]]
            if (place + more <= limit).all() and np.ceil(count[at]) <= self.upper[column[at]]:
                place += more
                lower[at] = np.ceil(count[at])
                rounded += 1
        self._set(column, lower, self.upper[column])
        return rounded

    def _assignment(self, answer: Answer) -> Floats | None:
        """Starts rounded a part at a time on the whole calendar."""
        starts = self.relaxation.starts
        column = np.arange(starts)
        closed = self.upper[self.relaxation.count_of] == 0
        self._set(column, self.lower[:starts], np.where(closed, 0.0, self.upper[:starts]))
        point: Floats | None = None
        for _ in range(MOST_ROUNDS):
            answer = self._solve("simplex")
            if answer.infeasible or not len(answer.point):
                return point
            point = answer.point
            start = point[:starts]
            broken = np.nonzero((start > NEAR) & (start < 1 - NEAR))[0]
            if not len(broken) or self.enough():
                return point
            order = broken[np.argsort(-start[broken], kind="stable")]
            chosen = order[: max(1, len(order) // 4)]
            chosen = np.concatenate([np.nonzero(start >= 1 - NEAR)[0], chosen[start[chosen] > 0.4]])
            if not (start[chosen] < 1 - NEAR).any():
                chosen = np.append(chosen, order[0])
            self._set(chosen, np.ones(len(chosen)), np.ones(len(chosen)))
        return point

    def _fix(self, column: Ints, lower: Floats, upper: Floats) -> None:
        self._set(column, np.maximum(lower, 0.0), upper)

    def _set(self, column: Ints, lower: Floats, upper: Floats) -> None:
        changed = (self.lower[column] != lower) | (self.upper[column] != upper)
        if changed.any():
            self.lower[column] = lower
            self.upper[column] = upper
            self.programme.set_bounds(column[changed], lower[changed], upper[changed])


def settle(relaxation: Relaxation, point: Floats, state: State) -> State:
    """A feasible plan near the point: its largest starts first, on its calendar."""
    tables = relaxation.tables
    starts = relaxation.starts
    wanted = np.round(point[starts : starts + len(relaxation.line)]).astype(np.int64)
    for line, quarter, count in zip(
        relaxation.line.tolist(), relaxation.line_quarter.tolist(), wanted.tolist(), strict=True
    ):
        more = count - int(state.cohorts[line, quarter])
        if more > 0:
            construct.open_if_possible(state, line, quarter, more)
    order = np.argsort(-point[:starts], kind="stable")
    chosen = order[point[order] > 0.01]
    # What others wait for must be placed before them.
    depth = construct.depths(tables)
    for level in range(int(depth.max(initial=0)) + 1):
        for at in chosen.tolist():
            pair, quarter = int(relaxation.pair[at]), int(relaxation.quarter[at])
            if (
                depth[pair] == level
                and state.start[pair] == UNPLANNED
                and construct.can_start(state, pair, quarter)
            ):
                state.place(pair, quarter)
    construct.fill(state)
    construct.close_small_cohorts(state)
    construct.fill(state)
    construct.greedy(state)
    construct.fill(state)
    return state

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

LINK_ROUNDS: Final = 10
ENOUGH_TO_DIVE: Final = 0.005
CHEAP: Final = 5_000
"""Columns up to which every link is worth its round before the dive."""
ENOUGH_TO_END: Final = 0.0001
ROUNDED_PER_ROUND: Final = 0.15
MOST_ROUNDS: Final = 40
STARTS_PER_ROUND: Final = 0.2
NEAR: Final = 1e-4
DEAR: Final = 0.003
"""A round that costs this part of the plan is taken back, and a smaller one tried."""
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
        small = self.relaxation.columns <= CHEAP
        answer = self._bound(ENOUGH_TO_END if small else ENOUGH_TO_DIVE)
        if answer is None:
            return
        whole = self._calendar(answer)
        if whole is not None:
            point = self._assignment(whole, empty())
            if point is not None:
                self.tell(News(0.0, state=settle(self.relaxation, point, empty())))
        everything = np.arange(self.relaxation.columns)
        self._set(everything, np.zeros(len(everything)), self.relaxation.upper)
        self._bound(ENOUGH_TO_END)

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

    def _bound(self, enough: float) -> Answer | None:
        """Links until a round lowers the bound by less than this part of it."""
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
            if not new or gained < enough * abs(best):
                break
        return answer

    def _calendar(self, answer: Answer) -> Answer | None:
        """Every count whole. None when stopped, or when rounding ran into a corner."""
        starts = self.relaxation.starts
        column = starts + np.arange(len(self.relaxation.line))
        share = ROUNDED_PER_ROUND
        for _ in range(MOST_ROUNDS):
            count = answer.point[column]
            open_ = np.abs(count - np.round(count)) > NEAR
            if not open_.any():
                whole = np.round(count)
                self._set(column, whole, whole)
                return answer
            if self.enough():
                return None
            before = self.lower[column].copy(), self.upper[column].copy()
            batch = self._round_up(count, open_, share)
            if not len(batch):
                # No leader is left for any of them.
                self._set(column, self.lower[column], np.where(open_, np.floor(count), before[1]))
                after = self._solve()
            else:
                # A count that is nothing after all this will stay so: the programme shrinks.
                nothing = (count < NEAR) & (before[0] == 0)
                self._set(column, self.lower[column], np.where(nothing, 0.0, before[1]))
                after = self._solve()
                if self._is_too_dear(answer, after):
                    if len(batch) > 1:
                        self._set(column, *before)
                        share = max(share / 2, 0.5 / len(column))
                        continue
                    after = self._other_way(column, before, int(batch[0]), count, after)
            if after.infeasible or not len(after.point):
                return None
            share = min(ROUNDED_PER_ROUND, share * 1.5)
            answer = after
            self._add_violated_links(answer.point, 0.05)
        return None

    def _other_way(
        self, column: Ints, before: tuple[Floats, Floats], one: int, count: Floats, up: Answer
    ) -> Answer:
        """A single dear rounding is tried downwards as well, and the better way is kept."""
        rounded = self.lower[column].copy(), self.upper[column].copy()
        top = before[1].copy()
        top[one] = np.floor(count[one])
        self._set(column, before[0], top)
        down = self._solve()
        if self._worth(down) >= self._worth(up):
            return down
        self._set(column, *rounded)
        return up

    def _worth(self, answer: Answer) -> float:
        if answer.infeasible or not len(answer.point):
            return -np.inf
        return float(self.relaxation.profit @ answer.point)

    def _is_too_dear(self, before: Answer, after: Answer) -> bool:
        worth = self._worth(before)
        return worth - self._worth(after) > DEAR * abs(worth)

    def _round_up(self, count: Floats, open_: Bools, share: float) -> Ints:
        """The counts nearest above, as many as the leaders allow; those rounded."""
        tables = self.relaxation.tables
        starts = self.relaxation.starts
        line, quarter = self.relaxation.line, self.relaxation.line_quarter
        column = starts + np.arange(len(line))
        duration = tables.duration[tables.line_solution[line]]
        pool = tables.line_pool[line]
        busy = np.zeros(tables.leaders.shape)
        for at in np.nonzero(self.lower[column] > 0)[0].tolist():
            busy[pool[at], quarter[at] : quarter[at] + duration[at]] += self.lower[column[at]]
        missing = np.ceil(count) - count
        candidates = np.nonzero(open_)[0]
        wanted = max(1, int(share * len(candidates)))
        batch: list[int] = []
        lower = self.lower[column].copy()
        for at in candidates[np.argsort(missing[candidates], kind="stable")].tolist():
            if len(batch) >= wanted and missing[at] > 0.1:
                break
            more = np.ceil(count[at]) - lower[at]
            place = busy[pool[at], quarter[at] : quarter[at] + duration[at]]
            limit = tables.leaders[pool[at], quarter[at] : quarter[at] + duration[at]]
            if (place + more <= limit).all() and np.ceil(count[at]) <= self.upper[column[at]]:
                place += more
                lower[at] = np.ceil(count[at])
                batch.append(at)
        self._set(column, lower, self.upper[column])
        return np.array(batch, dtype=np.int64)

    def _assignment(self, answer: Answer, state: State) -> Floats | None:
        """Starts rounded a part at a time on the whole calendar; `state` keeps them compatible."""
        starts = self.relaxation.starts
        column = np.arange(starts)
        counts = self.lower[starts : starts + len(self.relaxation.line)].astype(np.int64)
        open_calendar(self.relaxation, counts, state)
        closed = self.upper[self.relaxation.count_of] == 0
        self._set(column, self.lower[:starts], np.where(closed, 0.0, self.upper[:starts]))
        point: Floats | None = None
        share = STARTS_PER_ROUND
        for _ in range(MOST_ROUNDS):
            answer = self._solve("simplex")
            if answer.infeasible or not len(answer.point):
                if point is None:
                    return None
                return point
            point = answer.point
            start = point[:starts]
            broken = np.nonzero((start > NEAR) & (start < 1 - NEAR))[0]
            if not len(broken) or self.enough():
                return point
            order = np.argsort(-start, kind="stable")
            wanted = max(1, int(share * len(broken)))
            kept: list[int] = []
            rounded = 0
            for at in order[start[order] > 0.3].tolist():
                pair, quarter = int(self.relaxation.pair[at]), int(self.relaxation.quarter[at])
                if state.start[pair] != UNPLANNED or self.lower[at] > 0:
                    continue
                if start[at] < 1 - NEAR and rounded >= wanted:
                    break
                if construct.could_start(state, pair, quarter):
                    state.place(pair, quarter)
                    kept.append(at)
                    rounded += start[at] < 1 - NEAR
            if not kept:
                return point
            chosen = np.array(kept, dtype=np.int64)
            self._set(chosen, np.ones(len(chosen)), np.ones(len(chosen)))
        return point

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
    counts = np.round(point[starts : starts + len(relaxation.line)]).astype(np.int64)
    open_calendar(relaxation, counts, state)
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


def open_calendar(relaxation: Relaxation, counts: Ints, state: State) -> None:
    """Open the cohorts of a whole calendar, as far as the leaders allow."""
    for line, quarter, count in zip(
        relaxation.line.tolist(), relaxation.line_quarter.tolist(), counts.tolist(), strict=True
    ):
        more = count - int(state.cohorts[line, quarter])
        if more > 0:
            construct.open_if_possible(state, line, quarter, more)

"""Branch and bound on the linear programme, in the process that has HiGHS.

Counts of cohorts are branched on first: with the calendar whole, the rest is nearly a linear
programme. Nothing is cut away on the solver's word: a node is dropped only when prices prove, by
weak duality, that no plan in it is worth more than the best one known.
"""

import heapq
import math
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

NEAR: Final = 1e-6
LOOKED_AHEAD: Final = 8
"""Columns of which it is tried what branching on them would cost, where it is not known yet."""
LOOK_AHEAD_ITERATIONS: Final = 50
MOST_OPEN: Final = 4_000
"""Open nodes beyond which the newest is taken instead of the most promising: memory."""
ROUNDING: Final = 1e-9
"""Relative; far above rounding in double precision."""
WITHOUT_LIMIT: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """lower <= A z <= upper, as triplets."""

    row: Whole
    column: Whole
    weight: Floats
    lower: Floats
    upper: Floats


@dataclass(slots=True, eq=False)
class Node:
    """A part of all plans: those between these bounds."""

    bound: float
    number: int
    lower: npt.NDArray[np.int16]
    upper: npt.NDArray[np.int16]
    basis: Any

    def __lt__(self, other: "Node") -> bool:
        return (-self.bound, self.number) < (-other.bound, other.number)


class Tree:
    """Grown a piece at a time; between the pieces it can be told of better plans."""

    def __init__(self, highs: Any, profit: Floats, upper: Floats, rows: Rows, rank: Whole) -> None:
        """`rank` [columns]: what must be whole, lowest branched on first; below zero, need not."""
        self.highs = highs
        self.profit = profit
        self.rows = rows
        self.whole = rank >= 0
        self.ranks = [np.nonzero(rank == one)[0] for one in range(int(rank.max(initial=-1)) + 1)]
        self.columns = np.arange(len(profit), dtype=np.int32)
        self.open: list[Node] = []
        self.born = 0
        self.iterations = 0
        self.known = -math.inf
        self.unproven = -math.inf
        """The bound of what could neither be solved nor excluded."""
        self.best: Floats | None = None
        # What a column's rounding, down and up, has cost per unit.
        self.cost = np.zeros((2, len(profit)))
        self.times = np.zeros((2, len(profit)))
        self.lower = np.zeros(len(profit))
        self.upper = upper.copy()
        self.above = math.inf
        """What is known of the node being visited."""
        self.visiting = True
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("solver", "simplex")
        highs.setOptionValue("time_limit", math.inf)
        self._set_bounds()

    @property
    def ended(self) -> bool:
        return not self.open and not self.visiting

    @property
    def bound(self) -> float:
        """No plan is worth more."""
        still = [node.bound for node in self.open[:1]]
        if self.visiting:
            still.append(self.above)
        return max(self.known, self.unproven, *still)

    def grow(self, cutoff: float, iterations: int) -> Floats | None:
        """About so many iterations more. The best plan found in them that beats `cutoff`."""
        self.known = max(self.known, cutoff)
        self.best = None
        until = self.iterations + iterations
        while self.iterations < until and (self.visiting or self._next()):
            self._visit()
        return self.best

    def _next(self) -> bool:
        """Goes to the most promising open node. False when none is left."""
        while self.open:
            if len(self.open) > MOST_OPEN:
                node = max(self.open, key=lambda one: one.number)
                self.open.remove(node)
                heapq.heapify(self.open)
            else:
                node = heapq.heappop(self.open)
            if self._beats_known(node.bound):
                self.lower = node.lower.astype(float)
                self.upper = node.upper.astype(float)
                self.above = node.bound
                self._set_bounds()
                self.highs.setBasis(node.basis)
                self.visiting = True
                return True
        return False

    def _visit(self) -> None:
        """Solves the node; then it is done with, or becomes one of its two children."""
        self.visiting = False
        proven, reduced = self._solve(WITHOUT_LIMIT)
        bound = min(proven, self.above)
        if not self._beats_known(bound):
            return
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.unproven = max(self.unproven, bound)
            return
        point = np.array(self.highs.getSolution().col_value)
        if self._tighten(proven, reduced):
            self._set_bounds()
        fractional = self._fractional(point)
        if not len(fractional):
            # The programme's optimum is a plan: nothing in this node is worth more.
            self.known = float(np.floor(bound))
            self.best = point
            return
        chosen = self._look_ahead(bound, point, fractional)
        if chosen is None:
            return
        self.above = bound
        self.visiting = True
        column, apart = chosen
        if apart:
            down = point[column] - np.floor(point[column]) <= 0.5
            before = self.lower.copy(), self.upper.copy()
            self._round(column, point[column], down=not down)
            self._keep_for_later()
            self.lower, self.upper = before
            self._set_bounds()
            self._round(column, point[column], down=bool(down))
            if bound < self.open[0].bound:
                self._keep_for_later()
                self.visiting = False

    def _keep_for_later(self) -> None:
        self.born += 1
        lower, upper = self.lower.astype(np.int16), self.upper.astype(np.int16)
        basis = self.highs.getBasis()
        heapq.heappush(self.open, Node(self.above, self.born, lower, upper, basis))

    def _round(self, column: int, value: float, *, down: bool) -> None:
        if down:
            self.upper[column] = math.floor(value)
        else:
            self.lower[column] = math.ceil(value)
        self.highs.changeColBounds(column, self.lower[column], self.upper[column])

    def _beats_known(self, bound: float) -> bool:
        return bool(np.floor(bound) > self.known)

    def _fractional(self, point: Floats) -> Whole:
        for columns in self.ranks:
            away = np.abs(point[columns] - np.round(point[columns]))
            if (away > NEAR).any():
                return columns[away > NEAR]
        return np.zeros(0, dtype=np.int64)

    def _look_ahead(self, bound: float, point: Floats, columns: Whole) -> tuple[int, bool] | None:
        """The column to branch on, and whether both ways are open. None when neither is."""
        part = point[columns] - np.floor(point[columns])
        average = self.cost.sum(axis=1) / np.maximum(1, self.times.sum(axis=1))
        each = np.where(
            self.times[:, columns] > 0,
            self.cost[:, columns] / np.maximum(1, self.times[:, columns]),
            average[:, None],
        )
        score = np.maximum(each[0] * part, NEAR) * np.maximum(each[1] * (1 - part), NEAR)
        unknown = np.nonzero((self.times[:, columns] == 0).any(axis=0))[0]
        middling = np.abs(part - 0.5)
        first = sorted(unknown.tolist(), key=lambda at: (-score[at], middling[at]))
        basis = self.highs.getBasis() if first else None
        most = bound - self.known
        for at in first[:LOOKED_AHEAD]:
            column = int(columns[at])
            lost = [self._loss(bound, column, point[column], down=down) for down in (True, False)]
            self.highs.setBasis(basis)
            for way, loss in enumerate(lost):
                if loss < most:
                    self.cost[way, column] += loss / (part[at] if way == 0 else 1 - part[at])
                    self.times[way, column] += 1
            if min(lost) >= most:
                return None
            if max(lost) >= most:
                self._round(column, point[column], down=lost[0] < most)
                return column, False
            score[at] = max(lost[0], NEAR) * max(lost[1], NEAR)
        return int(columns[int(score.argmax())]), True

    def _loss(self, bound: float, column: int, value: float, *, down: bool) -> float:
        """What a few iterations prove that the bound would lose."""
        lower, upper = self.lower[column], self.upper[column]
        self._round(column, value, down=down)
        after, _ = self._solve(LOOK_AHEAD_ITERATIONS)
        self.lower[column], self.upper[column] = lower, upper
        self.highs.changeColBounds(column, lower, upper)
        lost = max(0.0, bound - after)
        return lost if self._beats_known(after) else max(lost, bound - self.known)

    def _tighten(self, bound: float, reduced: Floats) -> bool:
        """No column goes so far from its better bound that the plan could not beat the known."""
        if self.known == -math.inf:
            return False
        slack = bound - (self.known + 1) + NEAR
        priced = self.whole & (np.abs(reduced) > NEAR)
        way = np.floor(slack / np.abs(np.where(priced, reduced, 1.0)) + NEAR)
        near = priced & (way < self.upper - self.lower)
        down, up = near & (reduced > 0), near & (reduced < 0)
        self.lower = np.where(down, self.upper - way, self.lower)
        self.upper = np.where(up, self.lower + way, self.upper)
        return bool(near.any())

    def _set_bounds(self) -> None:
        self.highs.changeColsBounds(len(self.columns), self.columns, self.lower, self.upper)

    def _solve(self, iterations: int) -> tuple[float, Floats]:
        """(the proven bound of what is between the bounds, reduced profits)."""
        self.highs.setOptionValue("simplex_iteration_limit", iterations)
        self.highs.run()
        self.iterations += 1 + max(0, int(self.highs.getInfo().simplex_iteration_count))
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return self._bound_of_nothing(), self.profit
        return self._proven(self.profit, np.array(self.highs.getSolution().row_dual))

    def _proven(self, profit: Floats, price: Floats) -> tuple[float, Floats]:
        """Weak duality, as in relaxation.proven_bound, between this node's bounds."""
        rows = self.rows
        price = np.where((price > 0) & np.isinf(rows.upper), 0.0, price)
        price = np.where((price < 0) & np.isinf(rows.lower), 0.0, price)
        limit = np.where(price > 0, rows.upper, rows.lower)
        paid = float((price * np.where(price == 0, 0.0, limit)).sum())
        reduced = profit - np.bincount(
            rows.column, weights=price[rows.row] * rows.weight, minlength=len(profit)
        )
        best = paid + float(np.maximum(reduced * self.lower, reduced * self.upper).sum())
        return best + ROUNDING * (abs(best) + 1.0), reduced

    def _bound_of_nothing(self) -> float:
        """Minus infinity when the solver's ray proves, by weak duality, that no point is left."""
        _, has, ray = self.highs.getDualRay()
        if not has:
            return math.inf
        price = np.array(ray)
        price /= np.abs(price).max()
        nothing = np.zeros(len(self.profit))
        if any(self._proven(nothing, sign * price)[0] < -NEAR for sign in (1.0, -1.0)):
            return -math.inf
        return math.inf

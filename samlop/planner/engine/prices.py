"""Prices on everything that is shared, by subgradients: a bound and a calendar within seconds.

Shared limits (one start per pair, load, prerequisites, leaders, national and vendor starts) are
priced into the objective. What is left falls apart into one problem per line and quarter: how many
cohorts, with which of the best-paying municipalities; it is solved exactly, by sorting, so sizes,
links and counts are all whole in it. Any prices prove a bound (Lagrangian duality). The average of
the choices along the way tends to a solution of the relaxation, and tells which cohorts are worth
opening; these are fixed a few at a time with more pricing between, as in the dive.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from samlop.planner.engine import construct
from samlop.planner.engine.relaxation import Floats, most_cohorts
from samlop.planner.engine.state import UNPLANNED, State
from samlop.planner.engine.tables import Ints, Tables

NEVER: Final = -1e15
MEMORY: Final = 0.8
"""How much of the direction is kept from step to step."""
FIRST_STEPS: Final = 500
STEPS_PER_ROUND: Final = 30
FIXED_PER_ROUND: Final = 0.15
ROUNDS: Final = 40
PATIENCE: Final = 20
STEPS_PER_CELL: Final = 3e-7
"""Deterministic seconds per pair, quarter and step; measured, rough."""


@dataclass(slots=True)
class Prices:
    """[P], [M, T], [G, T], [T], [V, T] and [edges, T]; all zero or more."""

    pair: Floats
    load: Floats
    leader: Floats
    start: Floats
    vendor: Floats
    order: Floats

    def moved(self, way: "Prices", length: float, scale: "Prices") -> "Prices":
        """Against the slack, never below zero; further where prices are high by nature."""
        return Prices(
            *(
                np.maximum(
                    0.0,
                    getattr(self, name) - length * getattr(scale, name) ** 2 * getattr(way, name),
                )
                for name in PARTS
            )
        )

    def blended(self, new: "Prices", keep: float) -> "Prices":
        return Prices(
            *(keep * getattr(self, name) + (1 - keep) * getattr(new, name) for name in PARTS)
        )

    def square(self, scale: "Prices") -> float:
        return float(
            sum(((getattr(scale, name) * getattr(self, name)) ** 2).sum() for name in PARTS)
        )


PARTS: Final = ("pair", "load", "leader", "start", "vendor", "order")


class Pricing:
    """Prices, the best bound they proved, and the average choice."""

    def __init__(self, known: State) -> None:
        tables = known.tables
        self.tables = tables
        pair, quarter = (part.astype(np.int64) for part in np.nonzero(tables.allowed))
        self.most, self.can = most_cohorts(tables, pair, quarter)
        self.least = np.zeros_like(self.most)
        edges = [(p, r) for p, required in enumerate(tables.before) for r in required]
        self.waiting = np.array([p for p, _ in edges], dtype=np.int64)
        self.required = np.array([r for _, r in edges], dtype=np.int64)
        self.ready = tables.duration[tables.solution[self.required]]
        shapes = (
            (tables.pairs,),
            tables.capacity.shape,
            tables.leaders.shape,
            (tables.horizon,),
            (len(tables.vendor_limit), tables.horizon),
            (len(edges), tables.horizon),
        )
        self.prices = Prices(*(np.zeros(shape) for shape in shapes))
        # Planned pairs begin by paying half of what their start in a known plan is worth.
        planned = np.nonzero(known.start >= 0)[0]
        worth = tables.value[planned, known.start[planned]]
        self.prices.pair[planned] = np.maximum(0, worth) / 2
        self.scale = self._scale()
        self.way: Prices | None = None
        self.best = np.inf
        self.best_prices = self.prices
        self.starts: Floats = np.zeros(tables.allowed.shape)
        """[P, T] average choice."""
        self.counts: Floats = np.zeros(self.most.shape)
        """[L, T] average count."""
        self.force = 0.5
        self.barren = 0
        self.taken = 0

    def _scale(self) -> Prices:
        """The root of what one more of each limit is worth: a quarter earlier for one or many.

        Steps go by its square, in proportion to what the prices will be."""
        tables = self.tables
        problem = tables.problem
        weight = np.array([one.weight for one in problem.municipalities], dtype=float)
        benefit = np.array([one.benefit for one in problem.solutions], dtype=float)
        quarter = np.maximum(
            benefit[tables.solution] * weight[tables.municipality] if tables.pairs else np.zeros(0),
            1e-3,
        )
        usual = float(quarter.mean()) if tables.pairs else 1.0
        size = np.array(
            [
                quarter[members].mean() * min(len(members), int(largest))
                for members, largest in zip(tables.members, tables.largest, strict=True)
            ]
        )
        leader = np.full(tables.leaders.shape, usual)
        for pool in range(len(tables.leaders)):
            lines = tables.line_pool == pool
            if lines.any():
                leader[pool] = size[lines].mean()
        vendor = np.full((len(tables.vendor_limit), tables.horizon), usual)
        of_municipality = weight * float(benefit.mean()) if len(benefit) else weight
        return Prices(
            pair=np.sqrt(quarter),
            load=np.sqrt(np.repeat(of_municipality[:, None], tables.horizon, axis=1)),
            leader=np.sqrt(leader),
            start=np.sqrt(np.full(tables.horizon, usual)),
            vendor=np.sqrt(vendor),
            order=np.sqrt(np.repeat(quarter[self.waiting][:, None], tables.horizon, axis=1)),
        )

    def reset(self) -> None:
        """After counts have been fixed: the bound is another problem's."""
        self.best = np.inf
        self.force = max(self.force, 0.2)
        self.barren = 0

    def adjusted(self) -> Floats:
        """[P, T] what each start is worth when everything it uses is paid for."""
        tables, prices = self.tables, self.prices
        horizon = tables.horizon
        worth = tables.value - prices.pair[:, None] - prices.start[None, :]
        load = prices.load[tables.municipality]
        for offset in range(tables.load.shape[1]):
            work = tables.load[tables.solution, offset]
            worth[:, : horizon - offset] -= work[:, None] * load[:, offset:]
        limited = tables.vendor >= 0
        worth[limited] -= prices.vendor[tables.vendor[limited]]
        if len(self.waiting):
            later = prices.order[:, ::-1].cumsum(axis=1)[:, ::-1]
            np.subtract.at(worth, self.waiting, later)
            earned = np.zeros_like(later)
            for duration in np.unique(self.ready).tolist():
                some = self.ready == duration
                earned[some, : horizon - duration] = later[some, duration:]
            np.add.at(worth, self.required, earned)
        worth[~tables.allowed] = NEVER
        return worth

    def step(self, reached: float) -> float:
        """One choice at the present prices, and a move of the prices; the bound they prove."""
        tables, prices = self.tables, self.prices
        worth = self.adjusted()
        starts = np.zeros(tables.allowed.shape)
        counts = np.zeros(self.most.shape, dtype=np.int64)
        bound = float(tables.constant)
        rent = self._rent()
        for line in range(tables.lines):
            bound += self._choose(line, worth, rent, starts, counts)
        bound += float(prices.pair.sum())
        bound += float((prices.load * tables.capacity).sum())
        bound += float((prices.leader * tables.leaders).sum())
        bound += float((prices.start * tables.start_limit).sum())
        bound += float((prices.vendor * tables.vendor_limit[:, None]).sum())
        keep = MEMORY if self.taken else 0.0
        self.starts = keep * self.starts + (1 - keep) * starts
        self.counts = keep * self.counts + (1 - keep) * counts
        slack = self._slack(starts, counts)
        self.way = slack if self.way is None else self.way.blended(slack, MEMORY)
        self.taken += 1
        if bound < self.best - 1e-5 * abs(self.best if np.isfinite(self.best) else 0.0):
            self.best, self.best_prices, self.barren = bound, prices, 0
            self.force = min(self.force * 1.02, 2.0)
        else:
            self.barren += 1
            if self.barren >= PATIENCE:
                self.force, self.barren = max(self.force * 0.5, 0.01), 0
                self.prices, self.way = self.best_prices, None
                return bound
        aim = max(bound - reached, 0.002 * abs(bound))
        self.prices = prices.moved(
            self.way, self.force * aim / max(slack.square(self.scale), 1e-9), self.scale
        )
        return bound

    def _rent(self) -> Floats:
        """[L, T] what the leader of a cohort costs over its run."""
        tables = self.tables
        duration = tables.duration[tables.line_solution]
        rent = np.zeros(self.most.shape)
        price = self.prices.leader[np.maximum(tables.line_pool, 0)]
        for offset in range(tables.load.shape[1]):
            some = duration > offset
            rent[some, : tables.horizon - offset] += price[some, offset:]
        return rent

    def _choose(
        self, line: int, worth: Floats, rent: Floats, starts: Floats, counts: Ints
    ) -> float:
        """The best number of cohorts in each quarter, and their members; what they give."""
        tables = self.tables
        most, least = self.most[line], self.least[line]
        top = int(most.max(initial=0))
        if top == 0:
            return 0.0
        members = tables.members[line]
        mine = worth[members]
        order = np.argsort(-mine, axis=0)
        ranked = np.take_along_axis(mine, order, axis=0)
        total = np.vstack([np.zeros((1, tables.horizon)), ranked.cumsum(axis=0)])
        paying = (ranked > 0).sum(axis=0)
        smallest, largest = int(tables.smallest[line]), int(tables.largest[line])
        quarters = np.arange(tables.horizon)
        best = np.where(least > 0, NEVER, 0.0)
        chosen = np.zeros(tables.horizon, dtype=np.int64)
        size = np.zeros(tables.horizon, dtype=np.int64)
        price = tables.cost[line] + rent[line]
        for count in range(1, top + 1):
            number = np.clip(paying, smallest * count, largest * count)
            number = np.minimum(number, self.can[line])
            able = (number >= smallest * count) & (count <= most) & (count >= least)
            gives = total[np.minimum(number, len(members)), quarters] - count * price
            better = able & (gives > best)
            best = np.where(better, gives, best)
            chosen = np.where(better, count, chosen)
            size = np.where(better, number, size)
        counts[line] = chosen
        taken = np.arange(len(members))[:, None] < size[None, :]
        rows = members[order]
        columns = np.broadcast_to(quarters, rows.shape)
        starts[rows[taken], columns[taken]] = 1.0
        return float(np.where(best > NEVER / 2, best, 0.0).sum())

    def _slack(self, starts: Floats, counts: Ints) -> Prices:
        """What each limit has left under the choice; below zero where it is broken."""
        tables = self.tables
        horizon = tables.horizon
        load = tables.capacity.astype(float)
        for offset in range(tables.load.shape[1]):
            work = tables.load[tables.solution, offset]
            used = np.zeros(tables.capacity.shape)
            np.add.at(used, tables.municipality, work[:, None] * starts)
            load[:, offset:] -= used[:, : horizon - offset]
        leader = tables.leaders.astype(float)
        duration = tables.duration[tables.line_solution]
        for offset in range(tables.load.shape[1]):
            some = np.nonzero((duration > offset) & (tables.line_pool >= 0))[0]
            busy = np.zeros(tables.leaders.shape)
            np.add.at(busy, tables.line_pool[some], counts[some].astype(float))
            leader[:, offset:] -= busy[:, : horizon - offset]
        vendor = np.repeat(tables.vendor_limit[:, None], horizon, axis=1).astype(float)
        limited = tables.vendor >= 0
        np.subtract.at(vendor, tables.vendor[limited], starts[limited])
        order = np.zeros(self.prices.order.shape)
        if len(self.waiting):
            begun = starts.cumsum(axis=1)
            order -= begun[self.waiting]
            for ready in np.unique(self.ready).tolist():
                some = self.ready == ready
                order[some, ready:] += begun[self.required[some], : horizon - ready]
        return Prices(
            pair=1.0 - starts.sum(axis=1),
            load=load,
            leader=leader,
            start=tables.start_limit - starts.sum(axis=0),
            vendor=vendor,
            order=order,
        )


def expected_steps(tables: Tables) -> float:
    """About what a dive will cost."""
    return tables.pairs * tables.horizon * STEPS_PER_CELL * (FIRST_STEPS + 20 * STEPS_PER_ROUND)


def price_dive(
    known: State,
    *,
    empty: Callable[[], State],
    tell_bound: Callable[[float, float], bool],
) -> State | None:
    """The bound (told with the steps spent as it falls) and a plan on the calendar found.

    `tell_bound` answers whether to go on; None when it said no.
    """
    tables, reached = known.tables, known.objective
    pricing = Pricing(known)
    cost = tables.pairs * tables.horizon * STEPS_PER_CELL
    for number in range(FIRST_STEPS):
        pricing.step(reached)
        if number % 10 == 9 and not tell_bound(pricing.best, 10 * cost):
            return None
        if pricing.force <= 0.01:
            break
    state = empty()
    pricing.least = np.minimum(state.cohorts, pricing.most)
    for _ in range(ROUNDS):
        if not _fix_some(pricing, state):
            break
        pricing.reset()
        for _ in range(STEPS_PER_ROUND):
            pricing.step(reached)
        if not tell_bound(np.inf, STEPS_PER_ROUND * cost):
            return None
    return assigned(pricing, state)


def _fix_some(pricing: Pricing, state: State) -> int:
    """Open the cohorts that the average wants most, as far as the leaders go."""
    missing = np.ceil(pricing.counts - 0.05) - pricing.counts
    wanted = (pricing.counts > 0.1) & (np.ceil(pricing.counts - 0.05) > state.cohorts)
    lines, quarters = np.nonzero(wanted)
    if not len(lines):
        return 0
    order = np.argsort(missing[lines, quarters], kind="stable")
    most = max(1, int(FIXED_PER_ROUND * len(order)))
    fixed = 0
    for at in order.tolist():
        line, quarter = int(lines[at]), int(quarters[at])
        if fixed >= most:
            break
        if state.cohorts[line, quarter] < pricing.most[line, quarter] and (
            construct.leaders_left(state, line, quarter) > 0
        ):
            state.open(line, quarter)
            fixed += 1
    pricing.least = np.minimum(state.cohorts, pricing.most)
    # Where no leader is left nothing more can open.
    for line in range(pricing.tables.lines):
        for quarter in np.nonzero(pricing.most[line] > state.cohorts[line])[0].tolist():
            left = construct.leaders_left(state, line, quarter)
            pricing.most[line, quarter] = min(
                int(pricing.most[line, quarter]),
                int(state.cohorts[line, quarter]) + max(0, left),
            )
    return fixed


def assigned(pricing: Pricing, state: State) -> State:
    """Municipalities into the open cohorts, those the average wants most first."""
    tables = state.tables
    open_ = state.cohorts[tables.line] > 0
    weight = np.where(open_ & tables.allowed, pricing.starts, 0.0)
    pairs, quarters = np.nonzero(weight > 0.02)
    depth = construct.depths(tables)
    for at in np.lexsort((-weight[pairs, quarters], depth[pairs])).tolist():
        pair, quarter = int(pairs[at]), int(quarters[at])
        if state.start[pair] == UNPLANNED and construct.can_start(state, pair, quarter):
            state.place(pair, quarter)
    construct.fill(state)
    construct.close_small_cohorts(state)
    construct.complete(state)
    return state

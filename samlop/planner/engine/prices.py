"""Prices on everything that is shared, by subgradients: a bound and a calendar within seconds.

Shared limits (one start per pair, load, prerequisites, leaders, national and vendor starts) are
priced into the objective. What is left falls apart into one problem per line and quarter: how many
cohorts, with which of the best-paying municipalities; it is solved exactly, by sorting, so sizes,
links and counts are all whole in it. Any prices prove a bound (Lagrangian duality). The average of
the choices along the way tends to a solution of the relaxation, and tells which cohorts are worth
opening; these are fixed a few at a time with more pricing between, as in the dive.

All lines and quarters are chosen for at once, in arrays with the quarter first: a step on 40 000
pairs takes a few hundredths of a second.
"""

import copy
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
MOST_STEPS: Final = 600
STEPS_PER_ROUND: Final = 20
FIXED_PER_ROUND: Final = 0.08
PLACED_PER_ROUND: Final = 0.3
SURE: Final = 0.97
FEW_PLACED: Final = 0.003
"""When a round places no more than this part of the pairs, the rest is filled greedily."""
LEAST_FORCE: Final = 0.01
LARGE: Final = 10_000
"""Pairs beyond which a dive goes twice as far a round, with half the steps: one cohort among
thousands matters less, and a step costs more."""
ROUNDS: Final = 40
PATIENCE: Final = 20
DAMPED: Final = 0.75
FEW_COHORTS: Final = 4
STEPS_PER_CELL: Final = 6e-8
"""Deterministic seconds per pair, quarter and step; measured, rough."""


@dataclass(slots=True)
class Prices:
    """[P], [T, M], [T, G], [T], [T, V] and [T, edges]; all zero or more."""

    pair: Floats
    load: Floats
    leader: Floats
    start: Floats
    vendor: Floats
    order: Floats

    def moved(self, way: "Prices", length: float, scale: "Prices") -> "Prices":
        """Against the slack, never below zero; further where prices are high by nature."""
        moved = []
        for name in PARTS:
            part = length * getattr(scale, name) * getattr(way, name)
            np.subtract(getattr(self, name), part, out=part)
            moved.append(np.maximum(0.0, part, out=part))
        return Prices(*moved)

    def blended(self, new: "Prices", keep: float) -> "Prices":
        return Prices(
            *(keep * getattr(self, name) + (1 - keep) * getattr(new, name) for name in PARTS)
        )

    def square(self, scale: "Prices") -> float:
        return float(sum((getattr(scale, name) * getattr(self, name) ** 2).sum() for name in PARTS))


PARTS: Final = ("pair", "load", "leader", "start", "vendor", "order")


@dataclass(frozen=True, slots=True)
class _Bucket:
    """Lines with about as many members, side by side: B lines, N places, K counts."""

    lines: Ints
    """[B]"""
    pairs: Ints
    """[B, N] the members; the number after the last pair where there are none."""
    count: Ints
    """[K] 1, 2, ..."""
    fewest: Ints
    """[B, K] members that so many cohorts need."""
    most: Ints
    """[B, K] members that so many cohorts hold."""
    can: Ints
    """[T, B, 1] how many could come."""
    cost: Floats
    """[B]"""


class Pricing:
    """Prices, the best bound they proved, and the average choice."""

    def __init__(self, known: State) -> None:
        tables = known.tables
        self.tables = tables
        pair, quarter = (part.astype(np.int64) for part in np.nonzero(tables.allowed))
        self.most, can = most_cohorts(tables, pair, quarter)
        self.least = np.zeros_like(self.most)
        self.buckets = _buckets(tables, self.most, can)
        edges = [(p, r) for p, required in enumerate(tables.before) for r in required]
        self.waiting = np.array([p for p, _ in edges], dtype=np.int64)
        self.required = np.array([r for _, r in edges], dtype=np.int64)
        self.ready = tables.duration[tables.solution[self.required]]
        self.waits = _without_repeats(self.waiting)
        self.is_required = _without_repeats(self.required)
        self.value: Floats = np.ascontiguousarray(
            np.where(tables.allowed, tables.value, NEVER).T.astype(np.float64)
        )
        self.works = [
            (offset, tables.load[tables.solution, offset].astype(np.float64))
            for offset in range(tables.load.shape[1])
            if tables.load[:, offset].any()
        ]
        self.who, self.first = np.unique(tables.municipality, return_index=True)
        self.limited = np.nonzero(tables.vendor >= 0)[0]
        horizon = tables.horizon
        shapes = (
            (tables.pairs,),
            tables.capacity.T.shape,
            tables.leaders.T.shape,
            (horizon,),
            (horizon, len(tables.vendor_limit)),
            (horizon, len(edges)),
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
        self.starts: Floats = np.zeros((horizon, tables.pairs))
        """[T, P] average choice."""
        self.counts: Floats = np.zeros(self.most.shape)
        """[L, T] average count."""
        self.force = 0.5
        self.barren = 0
        self.taken = 0

    def _scale(self) -> Prices:
        """How far each price goes for a step: what one more of its limit is worth by nature (a
        quarter earlier, for one or for many), less where the limit itself is a large number,
        since there the slack is in larger numbers too."""
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
        leader = np.full(len(tables.leaders), usual)
        for pool in range(len(tables.leaders)):
            lines = tables.line_pool == pool
            if lines.any():
                leader[pool] = size[lines].mean()
        of_municipality = weight * float(benefit.mean()) if len(benefit) else weight
        return Prices(
            pair=quarter,
            load=of_municipality / _damped(tables.capacity.T),
            leader=leader / _damped(tables.leaders.T),
            start=usual / _damped(tables.start_limit),
            vendor=np.repeat((usual / _damped(tables.vendor_limit))[None, :], tables.horizon, 0),
            order=quarter[self.waiting][None, :],
        )

    def reset(self) -> None:
        """After counts have been fixed: the bound is another problem's."""
        self.best = np.inf
        self.force = max(self.force, 0.2)
        self.barren = 0

    def adjusted(self) -> Floats:
        """[T, P + 1] what each start is worth when everything it uses is paid for; last, nobody."""
        tables, prices = self.tables, self.prices
        horizon = tables.horizon
        whole = np.full((horizon, tables.pairs + 1), NEVER)
        worth = whole[:, :-1]
        np.subtract(self.value, prices.pair, out=worth)
        worth -= prices.start[:, None]
        load = prices.load[:, tables.municipality]
        for offset, work in self.works:
            worth[: horizon - offset] -= work * load[offset:]
        if len(self.limited):
            worth[:, self.limited] -= prices.vendor[:, tables.vendor[self.limited]]
        if len(self.waiting):
            later = prices.order[::-1].cumsum(axis=0)[::-1]
            for some in self.waits:
                worth[:, self.waiting[some]] -= later[:, some]
            earned = np.zeros_like(later)
            for duration in np.unique(self.ready).tolist():
                some = self.ready == duration
                earned[: horizon - duration, some] = later[duration:, some]
            for some in self.is_required:
                worth[:, self.required[some]] += earned[:, some]
        return whole

    def step(self, reached: float) -> float:
        """One choice at the present prices, and a move of the prices; the bound they prove."""
        tables, prices = self.tables, self.prices
        worth = self.adjusted()
        starts = np.zeros(worth.shape)
        counts = np.zeros(self.most.shape)
        bound = float(tables.constant)
        rent = self._rent()
        for bucket in self.buckets:
            bound += self._choose(bucket, worth, rent, starts, counts)
        starts = starts[:, :-1]
        bound += float(prices.pair.sum())
        bound += float((prices.load * tables.capacity.T).sum())
        bound += float((prices.leader * tables.leaders.T).sum())
        bound += float((prices.start * tables.start_limit).sum())
        bound += float((prices.vendor * tables.vendor_limit).sum())
        # Rounding in double precision is far below this.
        bound += 1e-9 * (abs(bound) + 1.0)
        keep = MEMORY if self.taken else 0.0
        self.starts *= keep
        self.starts += (1 - keep) * starts
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
                self.force, self.barren = max(self.force * 0.5, LEAST_FORCE), 0
                self.prices, self.way = self.best_prices, None
                return bound
        aim = max(bound - reached, 0.002 * abs(bound))
        self.prices = prices.moved(
            self.way, self.force * aim / max(slack.square(self.scale), 1e-9), self.scale
        )
        return bound

    def _rent(self) -> Floats:
        """[T, L] what the leader of a cohort costs over its run."""
        tables = self.tables
        horizon = tables.horizon
        duration = tables.duration[tables.line_solution]
        rent = np.zeros((horizon, tables.lines))
        if not len(tables.leaders):
            return rent
        price = self.prices.leader[:, np.maximum(tables.line_pool, 0)]
        for offset in range(tables.load.shape[1]):
            rent[: horizon - offset] += price[offset:] * (duration > offset)
        return rent

    def _choose(
        self, bucket: _Bucket, worth: Floats, rent: Floats, starts: Floats, counts: Floats
    ) -> float:
        """The best number of cohorts in each quarter, and their members; what they give."""
        mine = -worth[:, bucket.pairs]
        ranked = np.sort(mine, axis=-1)
        total = ranked.cumsum(axis=-1)
        paying = (ranked < 0).sum(axis=-1, keepdims=True)
        most = self.most[bucket.lines].T[:, :, None]
        least = self.least[bucket.lines].T[:, :, None]
        number = np.minimum(np.clip(paying, bucket.fewest, bucket.most), bucket.can)
        able = (number >= bucket.fewest) & (bucket.count <= most) & (bucket.count >= least)
        price = bucket.cost + rent[:, bucket.lines]
        gives = -np.take_along_axis(total, np.maximum(number - 1, 0), axis=-1)
        gives -= bucket.count * price[:, :, None]
        gives[~able] = NEVER
        at = gives.argmax(axis=-1)[:, :, None]
        gain = np.take_along_axis(gives, at, axis=-1)
        some = (gain > 0) | ((least > 0) & (gain > NEVER / 2))
        size = np.where(some, np.take_along_axis(number, at, axis=-1), 0)
        counts[bucket.lines] = np.where(some, bucket.count[at], 0)[:, :, 0].T
        # Those who pay just as much as the last one in share the places that are left.
        last = np.take_along_axis(ranked, np.maximum(size - 1, 0), axis=-1)
        last[size == 0] = NEVER
        inside, level = mine < last, mine == last
        left = size - inside.sum(axis=-1, keepdims=True)
        share = left / np.maximum(1, level.sum(axis=-1, keepdims=True))
        starts[:, bucket.pairs] = inside + level * share
        return float(gain[some].sum())

    def _slack(self, starts: Floats, counts: Floats) -> Prices:
        """What each limit has left under the choice; below zero where it is broken."""
        tables = self.tables
        horizon = tables.horizon
        load = tables.capacity.T.astype(float)
        if tables.pairs:
            used = np.zeros(starts.shape)
            for offset, work in self.works:
                used[offset:] += work * starts[: horizon - offset]
            load[:, self.who] -= np.add.reduceat(used, self.first, axis=1)
        leader = tables.leaders.T.astype(float)
        duration = tables.duration[tables.line_solution]
        for offset in range(tables.load.shape[1]):
            some = np.nonzero((duration > offset) & (tables.line_pool >= 0))[0]
            busy = np.zeros(tables.leaders.shape)
            np.add.at(busy, tables.line_pool[some], counts[some])
            leader[offset:] -= busy[:, : horizon - offset].T
        vendors = len(tables.vendor_limit)
        vendor = np.repeat(tables.vendor_limit[None, :].astype(float), horizon, axis=0)
        for quarter in range(horizon if vendors else 0):
            vendor[quarter] -= np.bincount(
                tables.vendor[self.limited], starts[quarter, self.limited], minlength=vendors
            )
        order = np.zeros(self.prices.order.shape)
        if len(self.waiting):
            begun = starts.cumsum(axis=0)
            order -= begun[:, self.waiting]
            for ready in np.unique(self.ready).tolist():
                some = np.nonzero(self.ready == ready)[0]
                order[ready:, some] += begun[: horizon - ready, self.required[some]]
        return Prices(
            pair=1.0 - starts.sum(axis=0),
            load=load,
            leader=leader,
            start=tables.start_limit - starts.sum(axis=1),
            vendor=vendor,
            order=order,
        )


def _damped(limit: Ints) -> Floats:
    return np.power(np.maximum(1.0, limit.astype(np.float64)), DAMPED, dtype=np.float64)


def _buckets(tables: Tables, most: Ints, can: Ints) -> list[_Bucket]:
    """Lines that can have cohorts at all, by size (powers of two) and by how many cohorts."""
    together: dict[tuple[int, bool], list[int]] = {}
    top = most.max(axis=1, initial=0)
    for line, members in enumerate(tables.members):
        if top[line]:
            key = (len(members).bit_length(), bool(top[line] > FEW_COHORTS))
            together.setdefault(key, []).append(line)
    buckets = []
    for some in together.values():
        lines = np.array(some, dtype=np.int64)
        places = max(len(tables.members[line]) for line in some)
        pairs = np.full((len(some), places), tables.pairs, dtype=np.int64)
        for row, line in enumerate(some):
            pairs[row, : len(tables.members[line])] = tables.members[line]
        count = np.arange(1, int(top[lines].max()) + 1)
        buckets.append(
            _Bucket(
                lines=lines,
                pairs=pairs,
                count=count,
                fewest=tables.smallest[lines][:, None] * count,
                most=tables.largest[lines][:, None] * count,
                can=can[lines].T[:, :, None],
                cost=tables.cost[lines].astype(float),
            )
        )
    return buckets


def _without_repeats(numbers: Ints) -> list[Ints]:
    """Positions, parted so that no number comes twice in a part."""
    seen: dict[int, int] = {}
    parts: list[list[int]] = []
    for at, number in enumerate(numbers.tolist()):
        turn = seen.get(number, 0)
        seen[number] = turn + 1
        if turn == len(parts):
            parts.append([])
        parts[turn].append(at)
    return [np.array(part, dtype=np.int64) for part in parts]


def expected_steps(tables: Tables) -> float:
    """About what a dive will cost."""
    return tables.pairs * tables.horizon * STEPS_PER_CELL * (MOST_STEPS + 40 * STEPS_PER_ROUND)


class Diver:
    """Bounds, and plans on calendars found by pricing.

    `tell` hears of the bound (infinite when there is none) and of the steps spent, and answers
    whether to go on.
    """

    def __init__(
        self, known: State, empty: Callable[[], State], tell: Callable[[float, float], bool]
    ) -> None:
        self.pricing = Pricing(known)
        self.reached = known.objective
        self.empty = empty
        self.tell = tell
        self.cost = known.tables.pairs * known.tables.horizon * STEPS_PER_CELL
        self.pace = 2 if known.tables.pairs > LARGE else 1

    def lower_the_bound(self, enough: float) -> bool:
        """Until it falls by less than this part in a hundred steps. False when told to stop."""
        pricing = self.pricing
        before = np.inf
        for number in range(MOST_STEPS):
            pricing.step(self.reached)
            if number % 10 == 9 and not self.tell(pricing.best, 10 * self.cost):
                return False
            if pricing.force <= LEAST_FORCE:
                break
            if number % 100 == 99:
                if before - pricing.best < enough * abs(pricing.best):
                    break
                before = pricing.best
        return True

    def plan(self) -> State | None:
        """A plan on a calendar fixed a few cohorts at a time; None when told to stop."""
        pricing = copy.copy(self.pricing)
        pricing.starts = pricing.starts.copy()
        pricing.least = pricing.least.copy()
        pricing.most = pricing.most.copy()
        state = self.empty()
        pricing.least = np.minimum(state.cohorts, pricing.most)
        for _ in range(ROUNDS):
            if not _fix_some(pricing, state, self.pace * FIXED_PER_ROUND):
                break
            if not self._more(pricing, STEPS_PER_ROUND // self.pace):
                return None
        return self._assigned(pricing, state)

    def _more(self, pricing: Pricing, steps: int) -> bool:
        pricing.reset()
        for _ in range(steps):
            pricing.step(self.reached)
        return self.tell(np.inf, steps * self.cost)

    def _assigned(self, pricing: Pricing, state: State) -> State | None:
        """Municipalities into the cohorts of the whole calendar, a part at a time."""
        tables = state.tables
        pricing.most = np.minimum(pricing.most, state.cohorts)
        pricing.least = pricing.most.copy()
        pricing.value = pricing.value.copy()
        if not self._more(pricing, 2 * STEPS_PER_ROUND):
            return None
        for _ in range(ROUNDS):
            if _place_some(pricing, state) <= FEW_PLACED * tables.pairs:
                break
            if not self._more(pricing, STEPS_PER_ROUND // 2 // self.pace):
                return None
        # The rest in the order of the average; a start that was locked out may be free again.
        weight = np.where((state.cohorts[tables.line] > 0) & tables.allowed, pricing.starts.T, 0.0)
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


def _place_some(pricing: Pricing, state: State) -> int:
    """Put the pairs that the average is surest of where it wants them."""
    weight = np.where(pricing.value > NEVER / 2, pricing.starts, 0.0)
    at, top = weight.argmax(axis=0), weight.max(axis=0, initial=0.0)
    wanted = np.nonzero((state.start == UNPLANNED) & (top > 0.5))[0]
    order = wanted[np.argsort(-top[wanted], kind="stable")]
    most = max(50, int(PLACED_PER_ROUND * len(order)))
    placed = 0
    for pair in order.tolist():
        if placed >= most and top[pair] < SURE:
            break
        if any(state.start[required] == UNPLANNED for required in state.tables.before[pair]):
            continue  # its turn comes when these have their places
        quarter = int(at[pair])
        if construct.can_start(state, pair, quarter):
            state.place(pair, quarter)
            worth = pricing.value[quarter, pair]
            pricing.value[:, pair] = NEVER
            pricing.value[quarter, pair] = worth
            placed += 1
        else:
            pricing.value[quarter, pair] = NEVER
    return placed


def _fix_some(pricing: Pricing, state: State, share: float) -> int:
    """Open the cohorts that the average wants most, as far as the leaders go."""
    missing = np.ceil(pricing.counts - 0.05) - pricing.counts
    wanted = (pricing.counts > 0.1) & (np.ceil(pricing.counts - 0.05) > state.cohorts)
    lines, quarters = np.nonzero(wanted)
    if not len(lines):
        return 0
    order = np.argsort(missing[lines, quarters], kind="stable")
    most = max(1, int(share * len(order)))
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

"""Which part of the plan to solve anew. Kinds that pay are chosen more often, and grow."""

import itertools
import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from samlop.planner.engine.state import State
from samlop.planner.engine.tables import Bools, Ints, Tables

STEPS_AIMED_AT: Final = 0.25
"""A part solved to the end in less than this could have been larger."""
STEPS_ALLOWED: Final = 0.8
MOST_EFFORT: Final = 6.0
TIRED_AFTER: Final = 24
"""So many parts in a row without gain, and larger parts get more time each."""
SMALLEST: Final = 20
FORGET: Final = 0.9
CURIOSITY: Final = 0.15
"""The least part of the choices that a kind gets, however little it has given lately."""


class PartKind(StrEnum):
    MUNICIPALITIES = "municipalities"
    """All runs of some municipalities drawn by lot."""
    REGION = "region"
    """All runs of municipalities in one group."""
    LINES = "lines"
    """Every run of some lines that share leaders, over the whole horizon."""
    POOL = "pool"
    """Every line of one small pool of leaders."""
    WAITING = "waiting"
    """Municipalities with much that is not planned, and their neighbours in the same lines."""
    STARTS = "starts"
    """All runs of some municipalities drawn by lot, on the calendar of cohorts as it is."""


@dataclass(slots=True)
class Record:
    """How a kind has done."""

    size: float
    rate: float
    """Gain per step, lately."""
    tried: int = 0


@dataclass(slots=True)
class Chooser:
    """Draws neighbourhoods; the same seed and the same reports give the same draws."""

    tables: Tables
    seed: int
    lottery: random.Random = field(init=False)
    records: dict[PartKind, Record] = field(init=False)
    active: Bools = field(init=False)
    of_municipality: list[Ints] = field(init=False)
    of_pool: list[Ints] = field(init=False)
    effort: float = 1.0
    """How many times the usual steps a part may take."""
    barren: int = 0

    def __post_init__(self) -> None:
        tables = self.tables
        self.lottery = random.Random(self.seed)  # noqa: S311  (a search, not a secret)
        self.active = tables.allowed.any(axis=1) & (tables.lock < 0)
        self.records = {kind: Record(size=120.0, rate=0.0) for kind in PartKind}
        order = np.argsort(tables.municipality, kind="stable")
        cuts = np.searchsorted(tables.municipality[order], np.arange(len(tables.capacity) + 1))
        self.of_municipality = [
            np.sort(order[first:last]) for first, last in itertools.pairwise(cuts.tolist())
        ]
        self.of_pool = [
            np.nonzero(tables.line_pool == pool)[0] for pool in range(len(tables.leaders))
        ]

    def choose(self, state: State) -> tuple[PartKind, Ints]:
        """The kind and its pairs; no pairs when there is nothing to choose from."""
        if not self.active.any():
            return PartKind.MUNICIPALITIES, np.zeros(0, dtype=np.int64)
        kind = self._kind()
        size = int(self.records[kind].size)
        pairs = {
            PartKind.MUNICIPALITIES: self._municipalities,
            PartKind.REGION: self._region,
            PartKind.LINES: self._lines,
            PartKind.POOL: self._pool,
            PartKind.WAITING: self._waiting,
            PartKind.STARTS: self._municipalities,
        }[kind](state, size)
        pairs = np.unique(pairs)
        return kind, pairs[self.active[pairs]]

    def report(self, kind: PartKind, *, gain: int, steps: float, optimal: bool) -> None:
        record = self.records[kind]
        record.tried += 1
        self.barren = 0 if gain > 0 else self.barren + 1
        if self.barren >= TIRED_AFTER:
            self.effort = min(self.effort * 1.5, MOST_EFFORT)
            self.barren = 0
        rate = gain / max(steps, 0.01)
        record.rate = rate if record.tried == 1 else FORGET * record.rate + (1 - FORGET) * rate
        if optimal and steps < STEPS_AIMED_AT * self.effort:
            record.size = min(record.size * 1.15, float(self.tables.pairs))
        elif not optimal:
            record.size = max(record.size * 0.85, SMALLEST)

    @property
    def allowed(self) -> float:
        """Steps the next part may take."""
        return STEPS_ALLOWED * self.effort

    def _kind(self) -> PartKind:
        fresh = [kind for kind, record in self.records.items() if record.tried < 2]
        if fresh:
            return self.lottery.choice(fresh)
        best = max(record.rate for record in self.records.values())
        weights = [max(record.rate, CURIOSITY * best, 1e-9) for record in self.records.values()]
        return self.lottery.choices(list(self.records), weights)[0]

    def _gather(self, municipalities: list[int], size: int) -> Ints:
        chosen: list[Ints] = []
        count = 0
        for one in municipalities:
            mine = self.of_municipality[one]
            chosen.append(mine)
            count += len(mine)
            if count >= size:
                break
        return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)

    def _municipalities(self, state: State, size: int) -> Ints:
        return self._gather(self._shuffled(np.arange(len(self.of_municipality))), size)

    def _region(self, state: State, size: int) -> Ints:
        fair = self.tables.fair
        groups = np.unique(fair)
        group = self.lottery.choice(groups.tolist())
        inside = np.unique(self.tables.municipality[fair == group])
        return self._gather(self._shuffled(inside), size)

    def _lines(self, state: State, size: int) -> Ints:
        tables = self.tables
        seed = self.lottery.randrange(tables.lines)
        same = np.nonzero(tables.line_pool == tables.line_pool[seed])[0]
        chosen: list[Ints] = []
        count = 0
        for line in [seed, *self._shuffled(same)]:
            chosen.append(tables.members[line])
            count += len(tables.members[line])
            if count >= size:
                break
        return self._some(np.unique(np.concatenate(chosen)), 2 * size)

    def _pool(self, state: State, size: int) -> Ints:
        tables = self.tables
        pools = [pool for pool, lines in enumerate(self.of_pool) if len(lines)]
        pool = self.lottery.choice(pools)
        pairs = np.concatenate([tables.members[line] for line in self.of_pool[pool].tolist()])
        if len(pairs) >= size:
            return self._some(pairs, 2 * size)
        others = self._gather(self._shuffled(np.unique(tables.municipality[pairs])), size)
        return np.concatenate([pairs, others])

    def _waiting(self, state: State, size: int) -> Ints:
        tables = self.tables
        idle = np.nonzero((state.start < 0) & self.active)[0]
        if not len(idle):
            return self._municipalities(state, size)
        worth = tables.value[idle].max(axis=1)
        seed = int(idle[self.lottery.choices(range(len(idle)), np.maximum(worth, 1).tolist())[0]])
        same = tables.members[int(tables.line[seed])]
        mates = np.unique(tables.municipality[same])
        return self._gather([int(tables.municipality[seed]), *self._shuffled(mates)], size)

    def _shuffled(self, numbers: Ints) -> list[int]:
        drawn: list[int] = numbers.tolist()
        self.lottery.shuffle(drawn)
        return drawn

    def _some(self, pairs: Ints, most: int) -> Ints:
        """Whole municipalities only: half of one's runs are of little use."""
        if len(pairs) <= most:
            return pairs
        chosen: list[Ints] = []
        count = 0
        for one in self._shuffled(np.unique(self.tables.municipality[pairs])):
            mine = pairs[self.tables.municipality[pairs] == one]
            chosen.append(mine)
            count += len(mine)
            if count >= most:
                break
        return np.concatenate(chosen)

"""Starts of one municipality of which at most one can be, seen over several quarters and runs."""

from typing import Final

import numpy as np

from samlop.planner.engine.relaxation import Floats, Relaxation
from samlop.planner.engine.tables import Bools, Ints

VIOLATED: Final = 0.02
SEEN: Final = 1e-6


class Cliques:
    """Two starts exclude each other when they are the same pair's, when their loads together are
    more than the capacity of some quarter, or when one is the other's prerequisite and late."""

    def __init__(self, relaxation: Relaxation) -> None:
        tables = relaxation.tables
        self.relaxation = relaxation
        who = tables.municipality[relaxation.pair]
        order = np.argsort(who, kind="stable")
        self.starts_of = np.split(order, np.nonzero(np.diff(who[order]))[0] + 1)
        self.known: dict[int, Bools] = {}

    def violated(self, point: Floats) -> list[Ints]:
        """Grown greedily from each start of the point, and then as large as they can be."""
        found: dict[tuple[int, ...], Ints] = {}
        for number, starts in enumerate(self.starts_of):
            share = point[starts]
            if (share > SEEN).sum() < 2 or share.sum() <= 1 + VIOLATED:
                continue
            excludes = self._excludes(number)
            falling = np.argsort(-share, kind="stable")
            for seed in np.nonzero(share > SEEN)[0].tolist():
                free = excludes[seed].copy()
                members = [seed]
                for at in falling.tolist():
                    if free[at]:
                        members.append(at)
                        free &= excludes[at]
                if share[members].sum() > 1 + VIOLATED:
                    clique = np.sort(starts[members])
                    found[tuple(clique.tolist())] = clique
        return list(found.values())

    def _excludes(self, number: int) -> Bools:
        """[starts, starts] of one municipality; false on the diagonal."""
        if number in self.known:
            return self.known[number]
        relaxation, tables = self.relaxation, self.relaxation.tables
        starts = self.starts_of[number]
        pair, quarter = relaxation.pair[starts], relaxation.quarter[starts]
        load = np.zeros((len(starts), tables.horizon), dtype=np.int64)
        for offset in range(tables.load.shape[1]):
            inside = np.nonzero(quarter + offset < tables.horizon)[0]
            load[inside, quarter[inside] + offset] += tables.load[
                tables.solution[pair[inside]], offset
            ]
        capacity = tables.capacity[tables.municipality[pair[0]]]
        excludes: Bools = (load[:, None] + load[None] > capacity).any(axis=2)
        excludes |= pair[:, None] == pair[None]
        ready = quarter + tables.duration[tables.solution[pair]]
        for one in np.unique(pair).tolist():
            for required in tables.before[one]:
                late = ready[:, None] > quarter[None]
                late &= (pair == required)[:, None] & (pair == one)[None]
                excludes |= late | late.T
        np.fill_diagonal(excludes, val=False)
        self.known[number] = excludes
        return excludes

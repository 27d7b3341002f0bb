"""A small problem proven: every link, cliques that the programme breaks, then branch and bound."""

from collections.abc import Callable
from typing import Final

import numpy as np

from samlop.planner.engine.cliques import Cliques
from samlop.planner.engine.dive import News
from samlop.planner.engine.lp_client import LinearProgramme
from samlop.planner.engine.relaxation import Floats, Relaxation
from samlop.planner.engine.state import UNPLANNED, State
from samlop.planner.engine.tables import Ints

CLIQUE_ROUNDS: Final = 6
PIECE: Final = 500
"""Iterations between looks at what others have found."""
STEPS_PER_CELL: Final = 2e-8
"""Deterministic seconds per non-zero and iteration of the dual simplex; measured, rough."""


def prove(
    programme: LinearProgramme,
    *,
    best: Callable[[], int],
    tell: Callable[[News], None],
    enough: Callable[[], bool],
) -> None:
    """Until proven or enough; `best` is what the best plan known to anyone is worth."""
    relaxation = programme.relaxation
    constant = relaxation.tables.constant
    programme.add_links(np.setdiff1d(np.arange(relaxation.starts), programme.links))
    cells = len(relaxation.row) + 2 * relaxation.starts
    cliques = Cliques(relaxation)
    for _ in range(CLIQUE_ROUNDS):
        answer = programme.solve()
        tell(News(cells * answer.iterations * STEPS_PER_CELL))
        violated = cliques.violated(answer.point) if answer.optimal else []
        if enough() or not violated:
            break
        programme.add_cliques(violated)
        cells += sum(map(len, violated))
    programme.plant(_rank(relaxation))
    ended = False
    while not ended and not enough():
        growth = programme.grow(cutoff=best() - constant, iterations=PIECE)
        ended = growth.ended
        tell(
            News(
                cells * growth.iterations * STEPS_PER_CELL,
                bound=growth.bound + constant,
                state=None if growth.point is None else _state(relaxation, growth.point),
            )
        )


def _rank(relaxation: Relaxation) -> Ints:
    """Counts first, then starts, then runs behind; runs done are whole when starts are."""
    counts = len(relaxation.line)
    behind = (relaxation.columns - relaxation.starts - counts) // 2
    return np.repeat([1, 0, 2, -1], [relaxation.starts, counts, behind, behind])


def _state(relaxation: Relaxation, point: Floats) -> State:
    tables = relaxation.tables
    whole = np.round(point).astype(np.int64)
    start = np.full(tables.pairs, UNPLANNED, dtype=np.int64)
    chosen = np.nonzero(whole[: relaxation.starts])[0]
    start[relaxation.pair[chosen]] = relaxation.quarter[chosen]
    cohorts = np.zeros((tables.lines, tables.horizon), dtype=np.int64)
    counts = whole[relaxation.starts :][: len(relaxation.line)]
    cohorts[relaxation.line, relaxation.line_quarter] = counts
    return State.of(tables, start, cohorts)

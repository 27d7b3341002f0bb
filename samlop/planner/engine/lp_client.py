"""Talks to the process that solves linear programmes (see lp_server)."""

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self, cast

import numpy as np

from samlop.planner.engine import lp_wire
from samlop.planner.engine.relaxation import INFINITE, Floats, Relaxation, linked
from samlop.planner.engine.tables import Ints

ROOT: Final = Path(__file__).resolve().parents[3]
NO_ITERATION_LIMIT: Final = 2_000_000_000


class Ended(Exception):
    """The process was ended, by us or by the machine."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A point and prices; both may be rough when the programme was not solved to the end."""

    optimal: bool
    infeasible: bool
    iterations: int
    point: Floats
    price: Floats
    """[rows, then links]"""


@dataclass(frozen=True, slots=True)
class Growth:
    """What a piece of branch and bound brought."""

    bound: float
    ended: bool
    iterations: int
    point: Floats | None
    """A plan better than the one known."""


class LinearProgramme:
    """A relaxation in a process of its own. Use as a context; closing it ends the process."""

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        self.links: Ints = np.zeros(0, dtype=np.int64)
        self.ended = False
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "samlop.planner.engine.lp_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.told = cast("IO[bytes]", self.process.stdin)
        self.heard = cast("IO[bytes]", self.process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()

    def close(self) -> None:
        """Safe to repeat, and from another thread: whoever waits for an answer gets Ended."""
        self.ended = True
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def release(self) -> None:
        """Close the pipes; only after the last call from the thread that uses them."""
        self.close()
        for stream in (self.told, self.heard):
            # What was still to be written has no reader any more.
            with contextlib.suppress(OSError):
                stream.close()

    def _send(self, header: dict[str, object], arrays: list[lp_wire.Array]) -> None:
        try:
            lp_wire.send(self.told, header, arrays)
        except (OSError, ValueError) as trouble:
            raise Ended from trouble

    def _heard(self) -> tuple[dict[str, Any], list[lp_wire.Array]]:
        try:
            answer = lp_wire.receive(self.heard)
        except (OSError, ValueError) as trouble:
            raise Ended from trouble
        if answer is None:
            raise Ended
        return answer

    def load(self) -> None:
        it = self.relaxation
        order = np.lexsort((it.column, it.row))
        start = np.searchsorted(it.row[order], np.arange(it.rows + 1)).astype(np.int32)
        self._send(
            {"do": "load"},
            [
                it.profit,
                it.upper,
                start,
                it.column[order].astype(np.int32),
                it.weight[order].astype(np.float64),
                it.row_lower,
                it.row_upper,
            ],
        )

    def add_links(self, links: Ints) -> None:
        """x <= K for these start columns."""
        row, column, weight = linked(self.relaxation, links)
        order = np.lexsort((column, row))
        self.links = np.concatenate([self.links, links])
        self._send(
            {"do": "add_rows"},
            [
                np.full(len(links), -INFINITE),
                np.zeros(len(links)),
                np.arange(0, 2 * len(links), 2, dtype=np.int32),
                column[order].astype(np.int32),
                weight[order],
            ],
        )

    def add_cliques(self, cliques: list[Ints]) -> None:
        """At most one of each."""
        size = np.array([len(one) for one in cliques])
        columns = np.concatenate(cliques)
        self._send(
            {"do": "add_rows"},
            [
                np.full(len(cliques), -INFINITE),
                np.ones(len(cliques)),
                (np.cumsum(size) - size).astype(np.int32),
                columns.astype(np.int32),
                np.ones(len(columns)),
            ],
        )

    def plant(self, rank: Ints) -> None:
        """Begins branch and bound; what it branches on first has the lowest rank."""
        self._send({"do": "plant"}, [rank])

    def grow(self, *, cutoff: float, iterations: int) -> Growth:
        """Some more branch and bound, for plans better than `cutoff`."""
        self._send({"do": "grow", "cutoff": cutoff, "iterations": iterations}, [])
        header, (point,) = self._heard()
        return Growth(
            bound=float(header["bound"]),
            ended=bool(header["ended"]),
            iterations=int(header["iterations"]),
            point=point if len(point) else None,
        )

    def set_bounds(self, column: Ints, lower: Floats, upper: Floats) -> None:
        self._send({"do": "bounds"}, [column.astype(np.int32), lower, upper])

    def solve(
        self,
        *,
        method: str = "simplex",
        seconds: float = 1e9,
        iterations: int = NO_ITERATION_LIMIT,
    ) -> Answer:
        """Waits for the answer. Raises Ended when the process is closed meanwhile."""
        self._send(
            {"do": "solve", "method": method, "seconds": seconds, "iterations": iterations}, []
        )
        header, (point, price) = self._heard()
        return Answer(
            optimal=bool(header["optimal"]),
            infeasible=bool(header["infeasible"]),
            iterations=int(header["iterations"]),
            point=point,
            price=price,
        )

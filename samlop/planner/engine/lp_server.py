"""A process that solves one growing linear programme with HiGHS.

HiGHS also sits inside OR-Tools, and the two copies do not survive in one process; a process of its
own can moreover be killed at any moment. It is told what to do by headers (one line of JSON) each
followed by arrays, on standard input, and answers in the same way.
"""

import sys
from typing import IO, Any

import highspy
import numpy as np

from samlop.planner.engine.lp_wire import Array, receive, send
from samlop.planner.engine.tree import Rows, Tree


class Programme:
    """One HiGHS model; rows are added and bounds changed, and the basis is kept."""

    def __init__(self) -> None:
        self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.silent()
        self.highs.setOptionValue("threads", 1)
        self.rows: list[list[Array]] = []
        self.tree: Tree

    def load(self, arrays: list[Array]) -> None:
        profit, upper, start, index, weight, row_lower, row_upper = arrays
        self.profit, self.upper = profit, upper
        self.rows = [[row_lower, row_upper, start, index, weight]]
        model = highspy.HighsLp()
        model.num_col_ = len(profit)
        model.num_row_ = len(row_lower)
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = profit
        model.col_lower_ = np.zeros(len(profit))
        model.col_upper_ = upper
        model.row_lower_ = row_lower
        model.row_upper_ = row_upper
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = start
        model.a_matrix_.index_ = index
        model.a_matrix_.value_ = weight
        self.highs.passModel(model)

    def add_rows(self, arrays: list[Array]) -> None:
        lower, upper, start, index, weight = arrays
        self.rows.append(arrays)
        self.highs.addRows(len(lower), lower, upper, len(index), start, index, weight)

    def bounds(self, arrays: list[Array]) -> None:
        column, lower, upper = arrays
        self.highs.changeColsBounds(len(column), column, lower, upper)

    def solve(
        self, method: str, seconds: float, iterations: int
    ) -> tuple[dict[str, Any], list[Array]]:
        self.highs.setOptionValue("solver", method)
        self.highs.setOptionValue("run_crossover", "off" if method == "ipm" else "on")
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + seconds)
        self.highs.setOptionValue("simplex_iteration_limit", iterations)
        self.highs.run()
        info = self.highs.getInfo()
        solution = self.highs.getSolution()
        status = self.highs.getModelStatus()
        header = {
            "optimal": status == highspy.HighsModelStatus.kOptimal,
            "infeasible": status == highspy.HighsModelStatus.kInfeasible,
            "iterations": max(
                0,
                int(info.ipm_iteration_count if method == "ipm" else info.simplex_iteration_count),
            ),
        }
        return header, [np.array(solution.col_value), np.array(solution.row_dual)]

    def plant(self, arrays: list[Array]) -> None:
        """Begins a tree with the rows there are by now."""
        lower, upper, start, index, weight = zip(*self.rows, strict=True)
        count = np.concatenate(
            [
                np.diff(np.append(first[: len(limit)], len(some)))
                for first, limit, some in zip(start, lower, index, strict=True)
            ]
        )
        rows = Rows(
            row=np.repeat(np.arange(len(count)), count),
            column=np.concatenate(index).astype(np.int64),
            weight=np.concatenate(weight),
            lower=np.concatenate(lower),
            upper=np.concatenate(upper),
        )
        self.tree = Tree(self.highs, self.profit, self.upper, rows, arrays[0])

    def grow(self, cutoff: float, iterations: int) -> tuple[dict[str, Any], list[Array]]:
        before = self.tree.iterations
        plan = self.tree.grow(cutoff, iterations)
        header = {
            "bound": self.tree.bound,
            "iterations": self.tree.iterations - before,
            "ended": self.tree.ended,
        }
        return header, [np.zeros(0) if plan is None else plan]


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    programme = Programme()
    while (message := receive(source)) is not None:
        header, arrays = message
        if header["do"] == "load":
            programme.load(arrays)
        elif header["do"] == "add_rows":
            programme.add_rows(arrays)
        elif header["do"] == "bounds":
            programme.bounds(arrays)
        elif header["do"] == "plant":
            programme.plant(arrays)
        elif header["do"] == "grow":
            send(sink, *programme.grow(header["cutoff"], header["iterations"]))
        else:
            send(sink, *programme.solve(header["method"], header["seconds"], header["iterations"]))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)

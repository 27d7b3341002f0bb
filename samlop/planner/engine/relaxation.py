"""The linear relaxation: rows, and a bound that any prices on the rows prove.

Variables: a start x[pair, quarter] in [0, 1], a count of cohorts K[line, quarter], runs behind and
runs done per fairness group and checkpoint. Rows are written by one function per rule. `links`
(x <= K) are many and few of them bind, so they are added when they are violated.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from samlop.planner.engine.tables import Ints, Tables

Floats = npt.NDArray[np.float64]

INFINITE: Final = np.inf
ALMOST_ONE: Final = 9_999 / 10_000
"""A share is rounded down: a relaxed share may be this much larger than the whole runs asked."""


@dataclass(slots=True)
class Rows:
    """lower <= A z <= upper, as triplets gathered rule by rule."""

    row: list[Ints] = field(default_factory=list)
    column: list[Ints] = field(default_factory=list)
    weight: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        row: Ints,
        column: Ints,
        weight: Floats | float,
        lower: Floats | float,
        upper: Floats | float,
        count: int,
    ) -> None:
        self.row.append(row + self.count)
        self.column.append(column)
        self.weight.append(np.broadcast_to(np.asarray(weight, dtype=np.float64), row.shape))
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), (count,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,)))
        self.count += count


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Maximise profit z under row limits. Columns: starts, counts, then runs behind and done."""

    tables: Tables
    pair: Ints
    """[X] of each start column."""
    quarter: Ints
    line: Ints
    """[K] of each count column."""
    line_quarter: Ints
    count_of: Ints
    """[X] the count column of the cohort that a start joins."""
    profit: Floats
    upper: Floats
    """[columns] lower bounds are zero."""
    row: Ints
    column: Ints
    weight: Floats
    row_lower: Floats
    row_upper: Floats

    @property
    def columns(self) -> int:
        return len(self.profit)

    @property
    def rows(self) -> int:
        return len(self.row_lower)

    @property
    def starts(self) -> int:
        return len(self.pair)


def relaxation_of(tables: Tables) -> Relaxation:
    pair, quarter = (part.astype(np.int64) for part in np.nonzero(tables.allowed))
    most, can = most_cohorts(tables, pair, quarter)
    possible = most[tables.line[pair], quarter] > 0
    pair, quarter = pair[possible], quarter[possible]
    line, line_quarter = (part.astype(np.int64) for part in np.nonzero(most))
    starts, counts = len(pair), len(line)
    count_column = np.full(most.shape, -1, dtype=np.int64)
    count_column[line, line_quarter] = starts + np.arange(counts)
    count_of = count_column[tables.line[pair], quarter]

    rows = Rows()
    _each_pair_at_most_once(rows, tables, pair)
    _capacity(rows, tables, pair, quarter)
    _prerequisites(rows, tables, pair, quarter)
    _cohort_sizes(rows, tables, count_of, starts, line, line_quarter, can)
    _vendor_sizes(rows, tables, pair, quarter, count_of)
    _few_enough_in_all(rows, tables, line, starts)
    _leaders(rows, tables, line, line_quarter, starts)
    _national_starts(rows, tables, quarter)
    _vendor_starts(rows, tables, pair, quarter)
    behind = _fairness(rows, tables, pair, quarter, starts + counts)
    return Relaxation(
        tables=tables,
        pair=pair,
        quarter=quarter,
        line=line,
        line_quarter=line_quarter,
        count_of=count_of,
        profit=np.concatenate(
            [
                tables.value[pair, quarter].astype(float),
                -tables.cost[line].astype(float),
                np.full(behind, -float(tables.lag)),
                np.zeros(behind),
            ]
        ),
        # Finite bounds on every column: any prices then prove something. A group can be behind
        # by at most every run, and can have done at most every run.
        upper=np.concatenate(
            [
                np.ones(starts),
                most[line, line_quarter].astype(float),
                np.full(2 * behind, float(tables.pairs)),
            ]
        ),
        row=np.concatenate(rows.row),
        column=np.concatenate(rows.column),
        weight=np.concatenate(rows.weight),
        row_lower=np.concatenate(rows.lower),
        row_upper=np.concatenate(rows.upper),
    )


def most_cohorts(tables: Tables, pair: Ints, quarter: Ints) -> tuple[Ints, Ints]:
    """[L, T] how many cohorts could start, and how many municipalities could come to them."""
    horizon = tables.horizon
    vendors = len(tables.vendor_limit)
    comers = np.zeros((tables.lines, vendors + 1, horizon), dtype=np.int64)
    vendor = np.where(tables.vendor[pair] >= 0, tables.vendor[pair], vendors)
    np.add.at(comers, (tables.line[pair], vendor, quarter), 1)
    limit = np.append(tables.vendor_limit, np.iinfo(np.int64).max)
    can = np.minimum(comers, limit[None, :, None]).sum(axis=1)
    can = np.minimum(can, tables.start_limit[None, :])
    most = np.minimum(can // np.maximum(1, tables.smallest)[:, None], tables.parallel[:, None])
    for line in range(tables.lines):
        pool = int(tables.line_pool[line])
        duration = int(tables.duration[tables.line_solution[line]])
        for at in range(horizon):
            if pool < 0 or at + duration > horizon:
                most[line, at] = 0
            else:
                most[line, at] = min(
                    int(most[line, at]), int(tables.leaders[pool, at : at + duration].min())
                )
    return most, can


def _each_pair_at_most_once(rows: Rows, tables: Tables, pair: Ints) -> None:
    locked = (tables.lock >= 0).astype(float)
    rows.add(pair, np.arange(len(pair)), 1.0, locked, 1.0, tables.pairs)


def _capacity(rows: Rows, tables: Tables, pair: Ints, quarter: Ints) -> None:
    """Load; and where capacity is odd, heavy runs (load 2 or more) fill no more than half of it."""
    horizon = tables.horizon
    heavy_limit = (tables.capacity // 2).ravel().astype(float)
    keys: list[Ints] = []
    columns: list[Ints] = []
    works: list[Ints] = []
    for offset in range(tables.load.shape[1]):
        work = tables.load[tables.solution[pair], offset]
        some = np.nonzero(work > 0)[0]
        keys.append(tables.municipality[pair[some]] * horizon + quarter[some] + offset)
        columns.append(some)
        works.append(work[some])
    key, column, work = np.concatenate(keys), np.concatenate(columns), np.concatenate(works)
    limit = tables.capacity.ravel()
    _by_key(rows, key, column, work.astype(float), limit.astype(float))
    heavy = (work >= 2) & (limit[key] % 2 == 1)
    _by_key(rows, key[heavy], column[heavy], np.ones(int(heavy.sum())), heavy_limit)


def _by_key(rows: Rows, key: Ints, column: Ints, weight: Floats, limit: Floats) -> None:
    """One row for each key that occurs and can bind: the weighted sum is at most limit[key]."""
    if not len(key):
        return
    total = np.bincount(key, weights=weight, minlength=len(limit))
    keep = total[key] > limit[key]
    used, row = np.unique(key[keep], return_inverse=True)
    rows.add(row.astype(np.int64), column[keep], weight[keep], -INFINITE, limit[used], len(used))


def _prerequisites(rows: Rows, tables: Tables, pair: Ints, quarter: Ints) -> None:
    """Started by t, at most as much as the prerequisite is completed by t."""
    first = np.searchsorted(pair, np.arange(tables.pairs + 1))
    row: list[Ints] = []
    column: list[Ints] = []
    weight: list[Floats] = []
    count = 0
    for waiting, required in enumerate(tables.before):
        mine = np.arange(first[waiting], first[waiting + 1])
        for other in required:
            theirs = np.arange(first[other], first[other + 1])
            done = quarter[theirs] + tables.duration[tables.solution[other]]
            for number, at in enumerate(quarter[mine].tolist(), 1):
                ready = theirs[done <= at]
                column += [mine[:number], ready]
                weight += [np.ones(number), -np.ones(len(ready))]
                row.append(np.full(number + len(ready), count))
                count += 1
    if count:
        rows.add(
            np.concatenate(row),
            np.concatenate(column),
            np.concatenate(weight),
            -INFINITE,
            0.0,
            count,
        )


def _cohort_sizes(
    rows: Rows,
    tables: Tables,
    count_of: Ints,
    starts: int,
    line: Ints,
    line_quarter: Ints,
    can: Ints,
) -> None:
    counts = len(line)
    row = np.concatenate([count_of - starts, np.arange(counts)])
    column = np.concatenate([np.arange(starts), starts + np.arange(counts)])
    largest = np.minimum(tables.largest[line], can[line, line_quarter]).astype(float)
    ones = np.ones(starts)
    rows.add(row, column, np.concatenate([ones, -largest]), -INFINITE, 0.0, counts)
    smallest = tables.smallest[line].astype(float)
    rows.add(row, column, np.concatenate([ones, -smallest]), 0.0, INFINITE, counts)


def _vendor_sizes(rows: Rows, tables: Tables, pair: Ints, quarter: Ints, count_of: Ints) -> None:
    """Each vendor's part of a cohort start: no more than it can start, and none without cohort."""
    some = np.nonzero(tables.vendor[pair] >= 0)[0]
    if not len(some):
        return
    key = tables.vendor[pair[some]] * (count_of.max() + 1) + count_of[some]
    used, row = np.unique(key, return_inverse=True)
    comers = np.bincount(row)
    limit = tables.vendor_limit[used // (count_of.max() + 1)]
    binding = comers > limit
    number = np.cumsum(binding) - 1
    keep = binding[row]
    count = int(binding.sum())
    rows.add(
        np.concatenate([number[row[keep]], np.arange(count)]),
        np.concatenate([some[keep], used[binding] % (count_of.max() + 1)]),
        np.concatenate([np.ones(int(keep.sum())), -limit[binding].astype(float)]),
        -INFINITE,
        0.0,
        count,
    )


def _few_enough_in_all(rows: Rows, tables: Tables, line: Ints, starts: int) -> None:
    size = np.array([len(some) for some in tables.members], dtype=np.int64)
    most = (size // np.maximum(1, tables.smallest)).astype(float)
    rows.add(line, starts + np.arange(len(line)), 1.0, -INFINITE, most, tables.lines)


def _leaders(rows: Rows, tables: Tables, line: Ints, line_quarter: Ints, starts: int) -> None:
    keys: list[Ints] = []
    columns: list[Ints] = []
    duration = tables.duration[tables.line_solution[line]]
    for offset in range(tables.load.shape[1]):
        some = np.nonzero(duration > offset)[0]
        keys.append(tables.line_pool[line[some]] * tables.horizon + line_quarter[some] + offset)
        columns.append(starts + some)
    rows.add(
        np.concatenate(keys),
        np.concatenate(columns),
        1.0,
        -INFINITE,
        tables.leaders.ravel().astype(float),
        tables.leaders.size,
    )


def _national_starts(rows: Rows, tables: Tables, quarter: Ints) -> None:
    limit = tables.start_limit.astype(float)
    rows.add(quarter, np.arange(len(quarter)), 1.0, -INFINITE, limit, tables.horizon)


def _vendor_starts(rows: Rows, tables: Tables, pair: Ints, quarter: Ints) -> None:
    some = np.nonzero(tables.vendor[pair] >= 0)[0]
    key = tables.vendor[pair[some]] * tables.horizon + quarter[some]
    limit = np.repeat(tables.vendor_limit, tables.horizon).astype(float)
    _by_key(rows, key, some, np.ones(len(some)), limit)


def _fairness(rows: Rows, tables: Tables, pair: Ints, quarter: Ints, first: int) -> int:
    """Runs behind >= share of all done, less own done. Returns how many (group, checkpoint)."""
    checkpoints = sorted(tables.checkpoints)
    groups = len(tables.share)
    if not checkpoints or not groups or not tables.lag:
        return 0
    size = len(checkpoints)
    cells = groups * size
    cell = np.arange(cells)
    done_at = quarter + tables.duration[tables.solution[pair]]
    slot = np.searchsorted(np.array(checkpoints), done_at)
    counted = np.nonzero((slot < size) & (tables.fair[pair] >= 0))[0]
    later = cell[cell % size > 0]
    rows.add(
        np.concatenate([cell, later, tables.fair[pair[counted]] * size + slot[counted]]),
        np.concatenate([first + cells + cell, first + cells + later - 1, counted]),
        np.concatenate([np.ones(cells), -np.ones(len(later)), -np.ones(len(counted))]),
        0.0,
        0.0,
        cells,
    )
    other = np.arange(groups)
    row = np.repeat(cell, groups)
    column = first + cells + np.tile(other, cells) * size + np.repeat(cell % size, groups)
    own = np.repeat(cell // size, groups) == np.tile(other, cells)
    share = np.repeat(tables.share[cell // size] / 10_000, groups)
    rows.add(
        np.concatenate([cell, row]),
        np.concatenate([first + cell, column]),
        np.concatenate([np.ones(cells), own - share]),
        -ALMOST_ONE,
        INFINITE,
        cells,
    )
    return cells


def linked(relaxation: Relaxation, links: Ints) -> tuple[Ints, Ints, Floats]:
    """Rows x <= K for the start columns in `links`, as triplets with row numbers from 0."""
    row = np.arange(len(links))
    return (
        np.concatenate([row, row]),
        np.concatenate([links, relaxation.count_of[links]]),
        np.concatenate([np.ones(len(links)), -np.ones(len(links))]),
    )


def proven_bound(relaxation: Relaxation, links: Ints, price: Floats) -> float:
    """What weak duality proves with these row prices, whoever found them.

    For any y with the right signs, max p z <= sum of y times the row limits + sum over columns of
    the best that the reduced profit p - yA can give between 0 and the column's upper bound.
    """
    rows = relaxation.rows
    upper = np.concatenate([relaxation.row_upper, np.zeros(len(links))])
    lower = np.concatenate([relaxation.row_lower, np.full(len(links), -INFINITE)])
    # A price on a side that has no limit would prove nothing: such a price is set to zero.
    price = np.where((price > 0) & np.isinf(upper), 0.0, price)
    price = np.where((price < 0) & np.isinf(lower), 0.0, price)
    limit = np.where(price > 0, upper, lower)
    limited = np.where(price == 0, 0.0, limit)
    reduced = relaxation.profit.copy()
    row, column, weight = linked(relaxation, links)
    np.subtract.at(reduced, relaxation.column, price[relaxation.row] * relaxation.weight)
    np.subtract.at(reduced, column, price[rows + row] * weight)
    best = (price * limited).sum() + (np.maximum(reduced, 0.0) * relaxation.upper).sum()
    # Rounding in double precision is far below this.
    return float(best + 1e-9 * (abs(best) + 1.0)) + relaxation.tables.constant

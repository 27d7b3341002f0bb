"""The tile map's geometry and how good it is: one equal hexagon per municipality.

The grid is of hexagons standing on a point, so a row is a row on the map; odd rows lie half a tile
to the right. Drawing units are integers: a tile is 14 wide and 16 high and rows are 12 apart, which
is a regular hexagon to within one percent and gives short paths.
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

HALF_WIDTH: Final = 7
QUARTER_HEIGHT: Final = 4
ROW_HEIGHT: Final = 3 * QUARTER_HEIGHT
MARGIN: Final = 2

HEXAGON: Final = "l7 4v8l-7 4-7-4v-8z"
"""One tile as a relative path; put `M` and its top corner (`top`) before it."""

# The corners clockwise from the top; side k goes from corner k to corner k + 1.
_CORNERS: Final = ((0, -8), (7, -4), (7, 4), (0, 8), (-7, 4), (-7, -4))


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Where one municipality's tile lies; columns count eastwards, rows southwards."""

    number: str
    column: int
    row: int

    @property
    def cell(self) -> tuple[int, int]:
        return self.column, self.row


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How much of the real map a tile map keeps."""

    pairs: int
    touching: int
    within_two: int
    row_correlation: float
    split_counties: tuple[str, ...]

    @property
    def touching_percent(self) -> float:
        return 100 * self.touching / self.pairs

    @property
    def within_two_percent(self) -> float:
        return 100 * self.within_two / self.pairs


def county(number: str) -> str:
    """The county number in a municipality's number."""
    return number[:2]


def read(text: str) -> tuple[Tile, ...]:
    """The tiles of a CSV text with the columns number, column and row."""
    return tuple(
        Tile(line["number"], int(line["column"]), int(line["row"]))
        for line in csv.DictReader(io.StringIO(text))
    )


def write(tiles: Iterable[Tile]) -> str:
    """The CSV text of the tiles, sorted by number."""
    lines = [f"{tile.number},{tile.column},{tile.row}\n" for tile in sorted(tiles)]
    return "number,column,row\n" + "".join(lines)


def touching_cells(column: int, row: int) -> tuple[tuple[int, int], ...]:
    """The six cells around one, clockwise from the upper right; the order of the tile's sides."""
    right = row & 1
    return (
        (column + right, row - 1),
        (column + 1, row),
        (column + right, row + 1),
        (column + right - 1, row + 1),
        (column - 1, row),
        (column + right - 1, row - 1),
    )


def distance(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Steps from tile to tile between two cells: 1 when they touch."""
    rows = other[1] - one[1]
    # Slanted columns, so that every one of the six steps changes the two axes by at most one.
    slant = (other[0] - (other[1] - (other[1] & 1)) // 2) - (one[0] - (one[1] - (one[1] & 1)) // 2)
    return max(abs(rows), abs(slant), abs(rows + slant))


def quality(
    tiles: Iterable[Tile],
    *,
    neighbours: Iterable[tuple[str, str]],
    latitudes: Mapping[str, float],
    counties: Mapping[str, str],
) -> Quality:
    """Measures a tile map against the real neighbours, latitudes and counties."""
    cells = {tile.number: tile.cell for tile in tiles}
    apart = [distance(cells[one], cells[other]) for one, other in neighbours]
    numbers = sorted(cells)
    blocks: dict[str, set[tuple[int, int]]] = {}
    for number in numbers:
        blocks.setdefault(counties[number], set()).add(cells[number])
    return Quality(
        pairs=len(apart),
        touching=sum(steps == 1 for steps in apart),
        within_two=sum(steps <= 2 for steps in apart),
        # Rows count southwards and latitude northwards.
        row_correlation=rank_correlation(
            [latitudes[number] for number in numbers], [-cells[number][1] for number in numbers]
        ),
        split_counties=tuple(county for county, block in blocks.items() if pieces(block) > 1),
    )


def pieces(cells: Iterable[tuple[int, int]]) -> int:
    """How many connected blocks the cells make."""
    left = set(cells)
    count = 0
    while left:
        count += 1
        edge = [left.pop()]
        while edge:
            for cell in touching_cells(*edge.pop()):
                if cell in left:
                    left.discard(cell)
                    edge.append(cell)
    return count


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rank correlation, equal values sharing their mean rank."""
    first, second = _doubled_ranks(one), _doubled_ranks(other)
    middle = len(first) - 1
    covariance = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    spread = sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second)
    return covariance / math.sqrt(spread)


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the mean rank of each value, counted from 0: doubled, so that it stays an integer."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for index in order[start:end]:
            ranks[index] = start + end - 1
        start = end
    return ranks


def centre(tile: Tile) -> tuple[int, int]:
    """The middle of a tile in drawing units."""
    return _centre(tile.column, tile.row)


def _centre(column: int, row: int) -> tuple[int, int]:
    x = MARGIN + HALF_WIDTH * (2 * column + (row & 1) + 1)
    return x, MARGIN + 2 * QUARTER_HEIGHT + ROW_HEIGHT * row


def top(tile: Tile) -> tuple[int, int]:
    """The top corner, from which `HEXAGON` is drawn."""
    x, y = centre(tile)
    return x, y - 2 * QUARTER_HEIGHT


def size(tiles: Iterable[Tile]) -> tuple[int, int]:
    """Width and height of the drawing, with its margin; its origin is 0, 0."""
    centres = [centre(tile) for tile in tiles]
    return (
        max(x for x, _ in centres) + HALF_WIDTH + MARGIN,
        max(y for _, y in centres) + 2 * QUARTER_HEIGHT + MARGIN,
    )


def outline(tiles: Iterable[Tile]) -> str:
    """The border around a block of tiles as a path of integers; holes are loops of their own."""
    cells = {tile.cell for tile in tiles}
    onwards: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for column, row in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        x, y = _centre(column, row)
        for side, beside in enumerate(touching_cells(column, row)):
            if beside not in cells:
                (ax, ay), (bx, by) = _CORNERS[side], _CORNERS[(side + 1) % 6]
                onwards.setdefault((x + ax, y + ay), []).append((x + bx, y + by))
    # Three tiles meet in a corner, so a corner is on at most one side leading out: no choice.
    path = []
    while onwards:
        start = here = next(iter(onwards))
        path.append(f"M{start[0]} {start[1]}")
        steps = []
        while True:
            there = onwards.pop(here)[0]
            steps.append((there[0] - here[0], there[1] - here[1]))
            here = there
            if here == start:
                break
        path.append(_relative(steps[:-1]) + "z")
    return "".join(path)


def _relative(steps: Sequence[tuple[int, int]]) -> str:
    """Relative path commands, as short as integers allow."""
    text = ""
    command = ""
    for x, y in steps:
        if x == 0:
            text, command = f"{text}v{y}", "v"
            continue
        text += f"l{x}" if command != "l" else (f"{x}" if x < 0 else f" {x}")
        text += f"{y}" if y < 0 else f" {y}"
        command = "l"
    return text


def label_at(tiles: Sequence[Tile]) -> tuple[int, int]:
    """The centre of the tile nearest the middle of a block: where its name is written."""
    centres = [centre(tile) for tile in tiles]
    middle_x = sum(x for x, _ in centres) / len(centres)
    middle_y = sum(y for _, y in centres) / len(centres)
    return min(centres, key=lambda at: ((at[0] - middle_x) ** 2 + (at[1] - middle_y) ** 2, at))

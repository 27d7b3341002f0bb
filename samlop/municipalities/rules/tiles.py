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

_LONGEST_LINE: Final = 5 * 2 * HALF_WIDTH
"""From the middle of a name to its tile: farther away, it is better written on the tiles."""

GridPoint = tuple[int, int]
Point = tuple[float, float]

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


@dataclass(frozen=True, slots=True)
class Label:
    """Where a block's name is written: the text's middle, and whether it lies on the tiles.

    A block with no room beside it has its name at a distance, with a line to its nearest tile.
    """

    text: str
    x: int
    y: int
    on_tiles: bool = False
    line: tuple[tuple[int, int], tuple[int, int]] | None = None


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


def labels(blocks: Mapping[str, Sequence[Tile]], *, text_height: int = 12) -> tuple[Label, ...]:
    """Where the name of each block is written: at sea or abroad if there is room beside it.

    A name goes beside its own tiles, as near the middle of its block as no tile or other name
    hinders; else a little way off with a line; else on the tiles nearest the middle.
    """
    paper = _Paper([tile for block in blocks.values() for tile in block])
    # Blocks with few tiles have few places to choose from, so they choose first.
    for text, block in sorted(blocks.items(), key=lambda item: (len(item[1]), item[0])):
        paper.write(text, block, half=text_height * len(text) * 3 // 10 + 1, tall=text_height // 2)
    return tuple(sorted(paper.written, key=lambda label: (label.y, label.x)))


class _Paper:
    """All tiles, and the names written around them so far."""

    def __init__(self, tiles: Sequence[Tile]) -> None:
        self._tiles = tiles
        self._cells = {tile.cell for tile in tiles}
        self._width, self._height = size(tiles)
        self._names: list[tuple[int, int, int, int]] = []
        self.written: list[Label] = []

    def write(self, text: str, block: Sequence[Tile], *, half: int, tall: int) -> None:
        label = (
            self._beside(text, block, half, tall)
            or self._with_line(text, block, half, tall)
            or Label(text, *label_at(block), on_tiles=True)
        )
        self.written.append(label)
        self._names.append((label.x, label.y, half, tall))

    def _beside(self, text: str, block: Sequence[Tile], half: int, tall: int) -> Label | None:
        middle = _middle(block)
        places = sorted((_square(at, middle), at) for at in _places_beside(block, half, tall))
        found = next((at for _, at in places if self._is_free(at, half, tall)), None)
        return Label(text, *found) if found else None

    def _with_line(self, text: str, block: Sequence[Tile], half: int, tall: int) -> Label | None:
        own = [centre(tile) for tile in block]
        middle = _middle(block)
        # Tiles farther away than this have no place near enough beside them.
        reach = (2 * _LONGEST_LINE) ** 2 + max(_square(at, middle) for at in own)
        around = [tile for tile in self._tiles if _square(centre(tile), middle) <= reach]
        places = set(_places_beside(around, half, tall))
        near = sorted(
            (square, at, tile)
            for at in places
            for square, tile in [min((_square(at, tile), tile) for tile in own)]
            if square <= _LONGEST_LINE**2
        )
        for _, at, tile in near:
            if self._is_free(at, half, tall):
                return Label(text, *at, line=(_edge(at, half, tall, tile), tile))
        return None

    def _is_free(self, at: GridPoint, half: int, tall: int) -> bool:
        x, y = at
        if not (half <= x <= self._width - half and tall <= y <= self._height - tall):
            return False
        if any(
            abs(x - u) < half + other_half and abs(y - v) < tall + other_tall
            for u, v, other_half, other_tall in self._names
        ):
            return False
        _, first = _centre(0, 0)
        reach = tall + ROW_HEIGHT // 2
        for row in range((y - reach - first) // ROW_HEIGHT, (y + reach - first) // ROW_HEIGHT + 2):
            left, middle = _centre(0, row)
            if abs(y - middle) >= reach:
                continue
            near = (x - half - HALF_WIDTH - left) // (2 * HALF_WIDTH)
            far = (x + half + HALF_WIDTH - left) // (2 * HALF_WIDTH)
            for column in range(near, far + 2):
                if (column, row) in self._cells:
                    beside = abs(x - _centre(column, row)[0])
                    if beside < half + HALF_WIDTH:
                        return False
        return True


def _edge(at: GridPoint, half: int, tall: int, goal: GridPoint) -> GridPoint:
    """The point on the border of a text from which a line to the goal does not cross it."""
    x, y = at
    if goal[0] < x - half:
        return x - half, y
    if goal[0] > x + half:
        return x + half, y
    return x, y - tall if goal[1] < y else y + tall


def _places_beside(block: Iterable[Tile], half: int, tall: int) -> Iterable[tuple[int, int]]:
    """The middle of a text to the right, to the left, above and below each tile."""
    gap = 3
    for x, y in (centre(tile) for tile in block):
        for up in (-tall, 0, tall):
            yield x + HALF_WIDTH + gap + half, y + up
            yield x - HALF_WIDTH - gap - half, y + up
        for aside in (-half, -half // 2, 0, half // 2, half):
            yield x + aside, y + 2 * QUARTER_HEIGHT + gap + tall
            yield x + aside, y - 2 * QUARTER_HEIGHT - gap - tall


def label_at(tiles: Sequence[Tile]) -> tuple[int, int]:
    """The centre of the tile nearest the middle of a block."""
    middle = _middle(tiles)
    return min((centre(tile) for tile in tiles), key=lambda at: (_square(at, middle), at))


def _middle(tiles: Sequence[Tile]) -> tuple[float, float]:
    centres = [centre(tile) for tile in tiles]
    return (
        sum(x for x, _ in centres) / len(centres),
        sum(y for _, y in centres) / len(centres),
    )


def _square(one: tuple[float, float], other: tuple[float, float]) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2

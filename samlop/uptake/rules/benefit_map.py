"""Where everything stands in the picture of preconditions, benefits and goals (gevinstkart).

Three columns of boxes and the lines between them, in whole units of the drawing. The same data
always gives the same picture. Pure: no Django, no database, no clock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap
from typing import Final

BOX: Final = 260
GAP_ACROSS: Final = 70
GAP_DOWN: Final = 16
LINE: Final = 20
PADDING: Final = 12
HEADING: Final = 36
# So many characters of ordinary words fit on a line in a box.
CHARACTERS: Final = 30
ROUNDS: Final = 4


class MapColumn(StrEnum):
    """The columns, from left to right."""

    PRECONDITION = "precondition"
    BENEFIT = "benefit"
    GOAL = "goal"


COLUMNS: Final = tuple(MapColumn)


@dataclass(frozen=True, slots=True)
class Node:
    """One box before it has a place. Keys are unique in the whole map."""

    key: str
    column: MapColumn
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    key: str
    column: MapColumn
    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A curve from the right side of one box to the left side of another."""

    start: str
    end: str
    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def path(self) -> str:
        """As an SVG path."""
        middle = (self.x1 + self.x2) // 2
        return f"M{self.x1} {self.y1}C{middle} {self.y1} {middle} {self.y2} {self.x2} {self.y2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: int
    height: int
    boxes: tuple[Box, ...]
    ties: tuple[Tie, ...]


def crossings(order: Mapping[MapColumn, Sequence[str]], links: Collection[tuple[str, str]]) -> int:
    """How many pairs of lines cross between neighbouring columns."""
    place = {key: number for keys in order.values() for number, key in enumerate(keys)}
    column = {key: name for name, keys in order.items() for key in keys}
    found = 0
    ordered = sorted(links)
    for index, (start, end) in enumerate(ordered):
        for other_start, other_end in ordered[index + 1 :]:
            same = column[start] is column[other_start] and column[end] is column[other_end]
            across = (place[start] - place[other_start]) * (place[end] - place[other_end])
            found += same and across < 0
    return found


def in_order(
    nodes: Sequence[Node], links: Collection[tuple[str, str]]
) -> dict[MapColumn, tuple[str, ...]]:
    """The order within each column, with few lines that cross; never more than as given.

    Each column in turn is sorted by the middle of its neighbours, back and forth.
    """
    order = {
        column: tuple(node.key for node in nodes if node.column is column) for column in COLUMNS
    }
    best, fewest = dict(order), crossings(order, links)
    neighbours: dict[str, list[str]] = {node.key: [] for node in nodes}
    for start, end in sorted(links):
        neighbours[start].append(end)
        neighbours[end].append(start)
    for _ in range(ROUNDS):
        for column in (MapColumn.BENEFIT, MapColumn.GOAL, MapColumn.BENEFIT, *COLUMNS[:1]):
            place = {key: number for keys in order.values() for number, key in enumerate(keys)}

            def middle(key: str, place: Mapping[str, int] = place) -> float:
                around = neighbours[key]
                return sum(place[one] for one in around) / len(around) if around else place[key]

            # A stable sort: ties keep the order they were given in.
            order[column] = tuple(sorted(order[column], key=middle))
            if (now := crossings(order, links)) < fewest:
                best, fewest = dict(order), now
    return best


def picture(nodes: Sequence[Node], links: Collection[tuple[str, str]]) -> Picture:
    """Every box and line with its place. Raises KeyError when a link names no box."""
    by_key = {node.key: node for node in nodes}
    # A link goes rightwards, whichever end is named first.
    forward = sorted(
        {
            (start, end)
            if COLUMNS.index(by_key[start].column) < COLUMNS.index(by_key[end].column)
            else (end, start)
            for start, end in links
        }
    )
    order = in_order(nodes, forward)
    lines = {node.key: tuple(wrap(node.words, CHARACTERS)) or ("",) for node in nodes}
    heights = {key: len(rows) * LINE + 2 * PADDING for key, rows in lines.items()}
    tall = {
        column: sum(heights[key] for key in keys) + GAP_DOWN * max(0, len(keys) - 1)
        for column, keys in order.items()
    }
    tallest = max(tall.values())
    boxes: dict[str, Box] = {}
    for number, column in enumerate(COLUMNS):
        y = HEADING + (tallest - tall[column]) // 2
        for key in order[column]:
            boxes[key] = Box(
                key=key,
                column=column,
                x=number * (BOX + GAP_ACROSS),
                y=y,
                width=BOX,
                height=heights[key],
                lines=lines[key],
            )
            y += heights[key] + GAP_DOWN
    return Picture(
        width=len(COLUMNS) * BOX + (len(COLUMNS) - 1) * GAP_ACROSS,
        height=HEADING + tallest,
        boxes=tuple(boxes.values()),
        ties=tuple(
            Tie(
                start=start,
                end=end,
                x1=boxes[start].x + BOX,
                y1=boxes[start].y + boxes[start].height // 2,
                x2=boxes[end].x,
                y2=boxes[end].y + boxes[end].height // 2,
            )
            for start, end in forward
        ),
    )

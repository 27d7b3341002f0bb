"""Finds a tile for every municipality from its point, its neighbours and its county.

1. Springs of length one along every neighbour link, each pulling in the link's real direction, give
   every municipality the same room and keep directions; then overlapping municipalities are pushed
   apart. The result is the place each tile wants.
2. Each municipality takes the nearest free hexagon.
3. Simulated annealing moves and swaps tiles for less cost: real neighbours apart or in the wrong
   direction, tiles away from their place, strangers side by side, ragged counties and coast, holes;
   a county in more than one piece costs more than anything else.

Every machine must find the same map, so only arithmetic that IEEE 754 defines exactly is used on
fractions, the annealing is in integers, and chance comes from a seeded generator.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from samlop.municipalities.rules.tiles import Tile

MOVES_PER_STEP: Final = 7_000
"""Moves tried at each temperature; there are about 530 temperatures."""

_HOTTEST: Final = 3_000_000
_COLDEST: Final = 15_000

# Weights of links: neighbours over land, and municipalities nearest each other over sea.
_LAND: Final = 4
_SEA: Final = 1

# Costs, in a unit in which one step too far between neighbours over land is 600.
_CELL: Final = 100  # a tile's width in the fine grid in which places are measured
_ROW: Final = 87
_PLACE_WEIGHT: Final = 8
_APART_WEIGHT: Final = 150
_APART: Final = (0, 0, 1, 4, 8, 12, 16, 20) + (24,) * 248  # by steps between the two tiles
_SAME_COUNTY_REWARD: Final = 400
_TOUCH_REWARD: Final = 80
_STRANGER: Final = 300
_STRANGER_IN_COUNTY: Final = 150
_HOLE: Final = (0, 0, 0, 0, 600, 3_000, 9_000)  # an empty cell, by its occupied neighbours
_PIECE: Final = 20_000

_ROOM: Final = 97  # percent: the springs leave a little more room than hexagons need
_RING: Final = 3  # free cells around the country, so that it can move

# Quantiles of -ln(u) in thousandths: how much worse than the temperature a move may be.
_TOLERANCE: Final = tuple(round(-1000 * math.log((k + 0.5) / 1024)) for k in range(1024))


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality's point, in degrees, and its county."""

    number: str
    county: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class _Link:
    """Two places that belong side by side, and the unit vector from the first to the second."""

    one: int
    other: int
    east: float
    south: float
    weight: int


class NoLayout(Exception):
    """No tile map was found that keeps every county in one piece."""


def layout(
    places: Iterable[Place],
    neighbours: Iterable[tuple[str, str]],
    *,
    seed: int = 1,
    moves_per_step: int = MOVES_PER_STEP,
) -> tuple[Tile, ...]:
    """A tile for every place, sorted by number; the same for the same input on every machine.

    `neighbours` are pairs of numbers that share a border on land. Takes about a minute for Norway.
    """
    ordered = sorted(places, key=lambda place: place.number)
    index = {place.number: at for at, place in enumerate(ordered)}
    points = [_project(place) for place in ordered]
    if len(set(points)) < len(points):
        raise NoLayout("Two places have the same point.")
    land = {(index[min(pair)], index[max(pair)]) for pair in neighbours}
    links = _links(points, land)
    wanted = _push_apart(_equal_room(points, links), links)
    board = _Board(wanted, links, [place.county for place in ordered], seed)
    board.anneal(moves_per_step)
    if board.pieces_too_many():
        raise NoLayout("A county is in more than one piece; try another seed.")
    return tuple(
        Tile(place.number, column, row)
        for place, (column, row) in zip(ordered, board.cells(), strict=True)
    )


def _project(place: Place) -> tuple[int, int]:
    """Metres east of 15° E and south of 65° N; parallels are straight, as the rows will be."""
    square = place.latitude * place.latitude
    # The cosine of an angle in degrees by Bhaskara's fraction: within 0.2 % and exact everywhere.
    cosine = (32_400 - 4 * square) / (32_400 + square)
    east = (place.longitude - 15) * cosine * 111_000
    return round(east), round((65 - place.latitude) * 111_000)


def _links(points: Sequence[tuple[int, int]], land: set[tuple[int, int]]) -> list[_Link]:
    """The land neighbours, and pairs with nobody in the circle between them (islands have such)."""
    links = []
    for one, (x, y) in enumerate(points):
        for other in range(one + 1, len(points)):
            u, v = points[other]
            on_land = (one, other) in land
            if not on_land and not _free_between(points, one, other):
                continue
            east, south = u - x, v - y
            length = math.sqrt(east * east + south * south)
            weight = _LAND if on_land else _SEA
            links.append(_Link(one, other, east / length, south / length, weight))
    return links


def _free_between(points: Sequence[tuple[int, int]], one: int, other: int) -> bool:
    (x, y), (u, v) = points[one], points[other]
    # Doubled coordinates keep the circle's middle an integer.
    middle_x, middle_y = x + u, y + v
    square = (x - u) ** 2 + (y - v) ** 2
    return all(
        (2 * a - middle_x) ** 2 + (2 * b - middle_y) ** 2 >= square
        for at, (a, b) in enumerate(points)
        if at not in (one, other)
    )


def _pulls(count: int, links: Iterable[_Link]) -> list[list[tuple[int, float, float, int]]]:
    """For each place, its links as (other place, vector from there to here, weight)."""
    pulls: list[list[tuple[int, float, float, int]]] = [[] for _ in range(count)]
    for link in links:
        pulls[link.one].append((link.other, -link.east, -link.south, link.weight))
        pulls[link.other].append((link.one, link.east, link.south, link.weight))
    return pulls


def _equal_room(points: Sequence[tuple[int, int]], links: Sequence[_Link]) -> list[list[float]]:
    """Places whose links are all of length one, as nearly as springs agree; directions are kept."""
    pulls = _pulls(len(points), links)
    places = [[x / 25_000, y / 25_000] for x, y in points]
    for _ in range(1_500):
        for here, own in zip(places, pulls, strict=True):
            x = y = 0.0
            weights = 0
            for other, east, south, weight in own:
                there = places[other]
                x += weight * (there[0] + east)
                y += weight * (there[1] + south)
                weights += weight
            if weights:
                # Half a step too far each time: the springs come to rest sooner.
                here[0] += 1.5 * (x / weights - here[0])
                here[1] += 1.5 * (y / weights - here[1])
    return places


def _push_apart(places: list[list[float]], links: Sequence[_Link]) -> list[list[float]]:
    """Moves places nearer than one apart, while the springs still pull a little."""
    pulls = _pulls(len(places), links)
    for _ in range(400):
        squares: dict[tuple[int, int], list[int]] = {}
        for at, (x, y) in enumerate(places):
            squares.setdefault((math.floor(x), math.floor(y)), []).append(at)
        pushes = [[0.0, 0.0] for _ in places]
        for at, (x, y) in enumerate(places):
            left, upper = math.floor(x) - 1, math.floor(y) - 1
            for column in range(left, left + 3):
                for row in range(upper, upper + 3):
                    for other in squares.get((column, row), ()):
                        if other > at:
                            _push(places, pushes, at, other)
            east = south = 0.0
            weights = 0
            for other, to_east, to_south, weight in pulls[at]:
                there = places[other]
                east += weight * (there[0] + to_east - x)
                south += weight * (there[1] + to_south - y)
                weights += weight
            if weights:
                pushes[at][0] += 0.25 * east / weights
                pushes[at][1] += 0.25 * south / weights
        for place, push in zip(places, pushes, strict=True):
            place[0] += push[0]
            place[1] += push[1]
    return places


def _push(places: list[list[float]], pushes: list[list[float]], one: int, other: int) -> None:
    east = places[other][0] - places[one][0]
    south = places[other][1] - places[one][1]
    length = math.sqrt(east * east + south * south)
    if length >= 1:
        return
    if length < 1e-9:
        east, south, length = 1e-3, 1e-3, 1e-3
    force = 0.45 * (1 - length) / length
    pushes[one][0] -= east * force
    pushes[one][1] -= south * force
    pushes[other][0] += east * force
    pushes[other][1] += south * force


class _Board:
    """Hexagons, some of them with a municipality's tile, and the annealing that moves them."""

    def __init__(
        self,
        wanted: Sequence[Sequence[float]],
        links: Sequence[_Link],
        counties: Sequence[str],
        seed: int,
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
        self._wanted = _in_fine_grid(wanted)
        self._columns = max(x for x, _ in self._wanted) // _CELL + 1 + _RING
        self._rows = max(y for _, y in self._wanted) // _ROW + 1 + _RING
        self._make_grid()
        self._make_links(len(counties), links)
        names = sorted(set(counties))
        self._county = [names.index(county) for county in counties]
        self._members: list[list[int]] = [[] for _ in names]
        for at, county in enumerate(self._county):
            self._members[county].append(at)
        self._tile_at = [-1] * len(self._x)
        self._cell_of = [-1] * len(counties)
        self._take_nearest_cells()
        self._pieces = [self._count_pieces(county) for county in range(len(names))]

    def _make_grid(self) -> None:
        columns, rows = self._columns, self._rows
        cells = [(column, row) for row in range(rows) for column in range(columns)]
        self._x = [_CELL * column + (_CELL // 2 if row & 1 else 0) for column, row in cells]
        self._y = [_ROW * row for _, row in cells]
        self._around: list[tuple[int, ...]] = []
        for column, row in cells:
            right = row & 1
            beside = (
                (column + 1, row),
                (column + right, row + 1),
                (column + right - 1, row + 1),
                (column - 1, row),
                (column + right - 1, row - 1),
                (column + right, row - 1),
            )
            self._around.append(
                tuple(r * columns + c for c, r in beside if 0 <= c < columns and 0 <= r < rows)
            )
        self._inner = [len(around) == 6 for around in self._around]
        slant = [(column - (row - (row & 1)) // 2, row) for column, row in cells]
        self._steps = [
            bytes(min(255, max(abs(a - c), abs(b - d), abs(a + b - c - d))) for c, d in slant)
            for a, b in slant
        ]

    def _make_links(self, count: int, links: Sequence[_Link]) -> None:
        self._links: list[list[tuple[int, int, int, int]]] = [[] for _ in range(count)]
        beside: list[set[int]] = [set() for _ in range(count)]
        for link in links:
            east, south = round(_CELL * link.east), round(_CELL * link.south)
            self._links[link.one].append((link.other, east, south, link.weight))
            self._links[link.other].append((link.one, -east, -south, link.weight))
            beside[link.one].add(link.other)
            beside[link.other].add(link.one)
        # No strangers: those linked, and those linked to the same.
        self._known = [own.union(*(beside[other] for other in own)) for own in beside]

    def _take_nearest_cells(self) -> None:
        inner = [cell for cell, inner in enumerate(self._inner) if inner]
        for at in sorted(range(len(self._wanted)), key=lambda at: (self._wanted[at][1], at)):
            x, y = self._wanted[at]
            _, nearest = min(
                ((self._x[cell] - x) ** 2 + (self._y[cell] - y) ** 2, cell)
                for cell in inner
                if self._tile_at[cell] < 0
            )
            self._tile_at[nearest], self._cell_of[at] = at, nearest

    def _count_pieces(self, county: int) -> int:
        left = {self._cell_of[at] for at in self._members[county]}
        count = 0
        while left:
            count += 1
            edge = [left.pop()]
            while edge:
                for cell in self._around[edge.pop()]:
                    if cell in left:
                        left.discard(cell)
                        edge.append(cell)
        return count

    def pieces_too_many(self) -> int:
        return sum(self._pieces) - len(self._pieces)

    def cells(self) -> list[tuple[int, int]]:
        """(column, row) of each municipality, with the first used column and row as 0."""
        cells = [(cell % self._columns, cell // self._columns) for cell in self._cell_of]
        upper = min(row for _, row in cells)
        if upper & 1:
            # Moving up by an odd number turns odd rows even: say the same places that way.
            cells = [(column + (row & 1), row) for column, row in cells]
        left = min(column for column, _ in cells)
        return [(column - left, row - upper) for column, row in cells]

    def anneal(self, moves_per_step: int) -> None:
        chance = self._random.random
        tiles = len(self._cell_of)
        temperature = _HOTTEST
        while temperature > _COLDEST:
            for _ in range(moves_per_step):
                at = int(chance() * tiles)
                start = self._cell_of[at]
                if chance() < 0.6 or not self._links[at]:
                    target = self._around[start][int(chance() * 6)]
                else:
                    own = self._links[at]
                    beside = self._cell_of[own[int(chance() * len(own))][0]]
                    target = self._around[beside][int(chance() * 6)]
                if target != start and self._inner[target]:
                    tolerance = temperature * _TOLERANCE[int(chance() * 1024)] // 1_000_000
                    self._move(at, start, target, tolerance)
            temperature = temperature * 99 // 100

    def _move(self, at: int, start: int, target: int, tolerance: int) -> None:
        """Moves a tile, swapping with the one that is there, unless it costs too much."""
        tile_at, cell_of = self._tile_at, self._cell_of
        other = tile_at[target]
        coast = {start, target, *self._around[start], *self._around[target]} if other < 0 else set()
        before = self._cost_of_move(at, other, start, target, coast)
        tile_at[start], tile_at[target], cell_of[at] = other, at, target
        if other >= 0:
            cell_of[other] = start
        extra = self._cost_of_move(at, other, target, start, coast) - before
        county = self._county[at]
        county_beside = self._county[other] if other >= 0 else -1
        if county != county_beside:
            own, beside = self._pieces[county], self._pieces[county_beside] if other >= 0 else 0
            # Counting pieces is dear: only when the move may stand, or may mend a county.
            if extra <= tolerance or own > 1 or beside > 1:
                own_now = self._count_pieces(county)
                beside_now = self._count_pieces(county_beside) if other >= 0 else 0
                extra += _PIECE * (own_now + beside_now - own - beside)
                if extra <= tolerance:
                    self._pieces[county] = own_now
                    if other >= 0:
                        self._pieces[county_beside] = beside_now
        if extra > tolerance:
            tile_at[start], tile_at[target], cell_of[at] = at, other, start
            if other >= 0:
                cell_of[other] = target

    def _cost_of_move(
        self, at: int, other: int, cell: int, other_cell: int, coast: set[int]
    ) -> int:
        """What the moved tiles cost in these cells; contacts count for both sides."""
        cost = self._cost_of_place(at, cell) + 2 * self._cost_of_contacts(cell)
        if other >= 0:
            cost += self._cost_of_place(other, other_cell) + 2 * self._cost_of_contacts(other_cell)
        return cost + self._cost_of_holes(coast)

    def _cost_of_place(self, at: int, cell: int) -> int:
        xs, ys, cell_of = self._x, self._y, self._cell_of
        x, y = xs[cell], ys[cell]
        wanted_x, wanted_y = self._wanted[at]
        cost = _PLACE_WEIGHT * ((x - wanted_x) ** 2 + (y - wanted_y) ** 2) // 100
        steps = self._steps[cell]
        for other, east, south, weight in self._links[at]:
            there = cell_of[other]
            wrong_x, wrong_y = xs[there] - x - east, ys[there] - y - south
            wrong = (wrong_x * wrong_x + wrong_y * wrong_y) // 100
            cost += weight * (wrong + _APART_WEIGHT * _APART[steps[there]])
        return cost

    def _cost_of_contacts(self, cell: int) -> int:
        tile_at, counties = self._tile_at, self._county
        at = tile_at[cell]
        county, known = counties[at], self._known[at]
        cost = 0
        for beside in self._around[cell]:
            other = tile_at[beside]
            if other < 0:
                continue
            cost -= _TOUCH_REWARD
            if counties[other] == county:
                cost -= _SAME_COUNTY_REWARD
                if other not in known:
                    cost += _STRANGER_IN_COUNTY
            elif other not in known:
                cost += _STRANGER
        return cost

    def _cost_of_holes(self, cells: Iterable[int]) -> int:
        tile_at, around = self._tile_at, self._around
        cost = 0
        for cell in cells:
            if tile_at[cell] < 0:
                occupied = 0
                for beside in around[cell]:
                    if tile_at[beside] >= 0:
                        occupied += 1
                cost += _HOLE[occupied]
        return cost


def _in_fine_grid(places: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The places as integers, 100 to a tile's width, with a free ring above and to the left."""
    left = min(place[0] for place in places)
    upper = min(place[1] for place in places)
    return [
        (
            round((place[0] - left) * _ROOM) + _RING * _CELL,
            round((place[1] - upper) * _ROOM) + _RING * _ROW,
        )
        for place in places
    ]

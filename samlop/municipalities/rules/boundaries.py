"""From a GeoJSON file to one short SVG path per municipality, all in one drawing.

Borders are cut into arcs at the points where three lines meet, and each arc is simplified once, so
neighbours stay joined. The drawing is a transverse Mercator projection on 15° E, one unit per
kilometre and integers only; `WIDTH` and `HEIGHT` hold all of mainland Norway, whatever the file.
"""

import heapq
import itertools
import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from samlop.municipalities.rules.tiles import Label

WIDTH: Final = 1240
HEIGHT: Final = 1535

_METRES_PER_UNIT: Final = 1_000
_EARTH_RADIUS: Final = 6_371_000
_MERIDIAN: Final = 15.0
_LEFT: Final = -600  # units from the meridian to the drawing's left edge
_TOP: Final = 7_983  # units from the equator to its upper edge

_LONGITUDES: Final = (4.0, 32.0)
_LATITUDES: Final = (57.0, 72.0)

_LEAST_TRIANGLE: Final = 1.6  # square units; corners that add less are dropped
_LEAST_ISLE: Final = 6.0  # square units; smaller islands and holes are dropped

Point = tuple[float, float]
GridPoint = tuple[int, int]


class BoundaryFlaw(StrEnum):
    """What can be wrong with a file of boundaries."""

    NOT_JSON = "not_json"
    NOT_A_COLLECTION = "not_a_collection"
    NOT_A_FEATURE = "not_a_feature"
    NO_NUMBER = "no_number"
    UNKNOWN_NUMBER = "unknown_number"
    NUMBER_TWICE = "number_twice"
    NO_AREA = "no_area"
    NOT_A_POSITION = "not_a_position"
    OUTSIDE_NORWAY = "outside_norway"
    BROKEN_RING = "broken_ring"
    MISSING_NUMBER = "missing_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One flaw, in which feature (counted from 1; None for the whole file) and which field."""

    flaw: BoundaryFlaw
    feature: int | None = None
    field: str = ""
    value: str = ""


class Unreadable(Exception):
    """The file cannot be used; nothing of it is."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.flaw for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality's closed rings of (longitude, latitude), outer ones and holes alike."""

    number: str
    rings: tuple[tuple[Point, ...], ...]


def parse(text: str | bytes, *, known: Collection[str]) -> tuple[Area, ...]:
    """The areas of a GeoJSON text, one for every known number. Raises Unreadable."""
    try:
        document = json.loads(text)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        line = f"{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable([Problem(flaw=BoundaryFlaw.NOT_JSON, value=line)]) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise Unreadable([Problem(flaw=BoundaryFlaw.NOT_A_COLLECTION, field="type")])

    areas: dict[str, Area] = {}
    problems: list[Problem] = []
    for count, feature in enumerate(features, start=1):
        try:
            area = _area(feature, count, known)
        except Unreadable as error:
            problems += error.problems
            continue
        if area.number in areas:
            problems.append(
                Problem(
                    flaw=BoundaryFlaw.NUMBER_TWICE, feature=count, field="number", value=area.number
                )
            )
        areas[area.number] = area
    # With flawed features the missing numbers would only be their echo.
    if not problems:
        problems = [
            Problem(flaw=BoundaryFlaw.MISSING_NUMBER, field="number", value=number)
            for number in sorted(set(known) - set(areas))
        ]
    if problems:
        raise Unreadable(problems)
    return tuple(areas[number] for number in sorted(areas))


def _area(feature: object, count: int, known: Collection[str]) -> Area:
    def refuse(flaw: BoundaryFlaw, field: str, value: object = "") -> Unreadable:
        return Unreadable([Problem(flaw=flaw, feature=count, field=field, value=str(value)[:60])])

    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise refuse(BoundaryFlaw.NOT_A_FEATURE, "type")
    properties = feature.get("properties")
    number = properties.get("number") if isinstance(properties, dict) else None
    field = "properties.number"
    if number is None:
        number, field = feature.get("id"), "id"
    if not isinstance(number, str) or not number:
        raise refuse(BoundaryFlaw.NO_NUMBER, "properties.number")
    if number not in known:
        raise refuse(BoundaryFlaw.UNKNOWN_NUMBER, field, number)
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise refuse(BoundaryFlaw.NO_AREA, "geometry")
    kind, polygons = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        polygons = [polygons]
    elif kind != "MultiPolygon":
        raise refuse(BoundaryFlaw.NO_AREA, "geometry.type", kind)
    field = "geometry.coordinates"
    if not isinstance(polygons, list) or not polygons:
        raise refuse(BoundaryFlaw.NO_AREA, field)

    rings = []
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise refuse(BoundaryFlaw.NO_AREA, field)
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
                raise refuse(BoundaryFlaw.BROKEN_RING, field)
            points = []
            for position in ring:
                point = _position(position)
                if point is None:
                    raise refuse(BoundaryFlaw.NOT_A_POSITION, field, position)
                if not _in_norway(point):
                    raise refuse(BoundaryFlaw.OUTSIDE_NORWAY, field, position)
                points.append(point)
            rings.append(tuple(points))
    return Area(number, tuple(rings))


def _position(position: object) -> Point | None:
    if not isinstance(position, list) or len(position) < 2:
        return None
    longitude, latitude = position[:2]
    # A bool is an int to Python, but not a coordinate.
    if type(longitude) not in (int, float) or type(latitude) not in (int, float):
        return None
    if not math.isfinite(longitude) or not math.isfinite(latitude):
        return None
    return float(longitude), float(latitude)


def _in_norway(point: Point) -> bool:
    longitude, latitude = point
    west, east = _LONGITUDES
    south, north = _LATITUDES
    return west <= longitude <= east and south <= latitude <= north


def paths(areas: Iterable[Area]) -> dict[str, str]:
    """An SVG path of integers for each area, by number; to be filled by the even-odd rule."""
    projected = {
        area.number: [[_project(point) for point in ring] for ring in area.rings] for area in areas
    }
    drawing = _Drawing([ring for rings in projected.values() for ring in rings])
    found = {}
    for number, rings in projected.items():
        by_size = sorted(rings, key=lambda ring: -abs(_doubled_area(ring)))
        kept = [_visible(by_size[0], drawing)]
        for ring in by_size[1:]:
            if abs(_doubled_area(ring)) >= 2 * _LEAST_ISLE:
                simple = drawing.simplified(ring)
                if len(set(simple)) > 2:
                    kept.append(simple)
        found[number] = path(kept)
    return found


def _project(point: Point) -> Point:
    """Degrees to units of the drawing, right and down from its upper left corner."""
    longitude, latitude = math.radians(point[0] - _MERIDIAN), math.radians(point[1])
    # The 0.9996 of UTM is left out: it would only be a little smaller.
    east = math.atanh(math.cos(latitude) * math.sin(longitude))
    north = math.atan2(math.tan(latitude), math.cos(longitude))
    scale = _EARTH_RADIUS / _METRES_PER_UNIT
    return east * scale - _LEFT, _TOP - north * scale


def _doubled_area(ring: Sequence[Point]) -> float:
    return sum(x * v - u * y for (x, y), (u, v) in itertools.pairwise(ring))


def _visible(ring: Sequence[Point], drawing: "_Drawing") -> list[GridPoint]:
    """A municipality's largest ring, however small: simplified, or rounded, or as a diamond."""
    for points in (drawing.simplified(ring), _tidy([_snap(point) for point in ring])):
        if abs(_doubled_area(points)) >= 2:
            return points
    x, y = _snap(ring[0])
    return [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y), (x, y - 1)]


class _Drawing:
    """All rings cut into arcs where lines meet, each arc simplified once for both its sides."""

    def __init__(self, rings: Iterable[Sequence[Point]]) -> None:
        beside: dict[Point, set[Point]] = {}
        for ring in rings:
            for here, there in itertools.pairwise(ring):
                beside.setdefault(here, set()).add(there)
                beside.setdefault(there, set()).add(here)
        self._meetings = {point for point, others in beside.items() if len(others) > 2}
        self._simple: dict[tuple[Point, ...], list[GridPoint]] = {}

    def simplified(self, ring: Sequence[Point]) -> list[GridPoint]:
        """The ring on the integer grid, closed, made of the arcs it shares with others."""
        points: list[GridPoint] = []
        for arc in self._arcs(ring):
            simple = self._arc(arc)
            points += simple[1:] if points else simple
        return _without_repeats(points)

    def _arcs(self, ring: Sequence[Point]) -> Iterator[tuple[Point, ...]]:
        circle = list(ring[:-1])
        starts = [at for at, point in enumerate(circle) if point in self._meetings]
        # A ring that meets nobody may still be another's hole: begin both at the same point.
        first = starts[0] if starts else circle.index(min(circle))
        circle = [*circle[first:], *circle[: first + 1]]
        arc = [circle[0]]
        for point in circle[1:]:
            arc.append(point)
            if point in self._meetings:
                yield tuple(arc)
                arc = [point]
        if len(arc) > 1:
            yield tuple(arc)

    def _arc(self, arc: tuple[Point, ...]) -> list[GridPoint]:
        backwards = arc[::-1]
        if backwards < arc:
            return self._arc(backwards)[::-1]
        if arc not in self._simple:
            self._simple[arc] = _tidy([_snap(point) for point in _fewer_corners(arc)])
        return self._simple[arc]


def _snap(point: Point) -> GridPoint:
    return round(point[0]), round(point[1])


def _fewer_corners(arc: Sequence[Point]) -> list[Point]:
    """Drops the corner of the smallest triangle until all are large (Visvalingam's method)."""
    before = list(range(-1, len(arc) - 1))
    after = list(range(1, len(arc) + 1))

    def triangle(at: int) -> float:
        (x, y), (u, v), (s, t) = arc[before[at]], arc[at], arc[after[at]]
        return abs((u - x) * (t - y) - (s - x) * (v - y)) / 2

    size = [math.inf, *(triangle(at) for at in range(1, len(arc) - 1)), math.inf]
    queue = [(size[at], at) for at in range(1, len(arc) - 1)]
    heapq.heapify(queue)
    while queue:
        area, at = heapq.heappop(queue)
        if area != size[at]:
            continue  # an older size of this corner, or a corner already dropped
        if area >= _LEAST_TRIANGLE:
            break
        size[at] = -1
        left, right = before[at], after[at]
        after[left], before[right] = right, left
        for corner in (left, right):
            if 0 < corner < len(arc) - 1:
                # Never smaller than what was dropped, or one drop would set off many.
                size[corner] = max(area, triangle(corner))
                heapq.heappush(queue, (size[corner], corner))
    return [point for point, area in zip(arc, size, strict=True) if area >= 0]


def _tidy(points: Sequence[GridPoint]) -> list[GridPoint]:
    """Without repeated points and without points in the middle of a straight line."""
    kept: list[GridPoint] = []
    for point in points:
        while kept and point != kept[-1] and len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or point != kept[-1]:
            kept.append(point)
    return kept if len(kept) > 1 else [points[0], points[-1]]


def _straight(one: GridPoint, two: GridPoint, three: GridPoint) -> bool:
    """Whether the second lies between the first and the third on one line."""
    (x, y), (u, v), (s, t) = one, two, three
    across = (u - x) * (t - v) - (v - y) * (s - u)
    return across == 0 and (u - x) * (s - u) + (v - y) * (t - v) > 0


def _without_repeats(points: Sequence[GridPoint]) -> list[GridPoint]:
    return [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]


def path(closed: Iterable[Sequence[GridPoint]]) -> str:
    """The shortest path of relative commands for closed rings."""
    text = ""
    last = (0, 0)
    for ring in closed:
        x, y = ring[0]
        text += f"M{x} {y}" if not text else "m" + _pair(x - last[0], y - last[1])
        # After z the pen is back where the ring began.
        text += _steps(ring[:-1]) + "z"
        last = ring[0]
    return text


def _steps(points: Sequence[GridPoint]) -> str:
    text = command = ""
    for (x, y), (u, v) in itertools.pairwise(points):
        if x == u:
            step, new = f"{v - y}", "v"
        elif y == v:
            step, new = f"{u - x}", "h"
        else:
            step, new = _pair(u - x, v - y), "l"
        if new != command:
            text, command = text + new + step, new
        else:
            text += step if step.startswith("-") else f" {step}"
    return text


def _pair(x: int, y: int) -> str:
    return f"{x}{y}" if y < 0 else f"{x} {y}"


_COMMANDS: Final = re.compile(r"([Mmlhvz])([^Mmlhvz]*)")
_NUMBERS: Final = re.compile(r"-?\d+")


def rings(drawn: str) -> list[list[GridPoint]]:
    """The closed rings of a path that `path` has made."""
    found: list[list[GridPoint]] = []
    x = y = 0
    for command, arguments in _COMMANDS.findall(drawn):
        numbers = [int(number) for number in _NUMBERS.findall(arguments)]
        if command in "Mm":
            x, y = (numbers[0], numbers[1]) if command == "M" else (x + numbers[0], y + numbers[1])
            found.append([(x, y)])
        elif command == "z":
            x, y = found[-1][0]
            found[-1].append((x, y))
        else:
            for step in _moves(command, numbers):
                x, y = x + step[0], y + step[1]
                found[-1].append((x, y))
    return found


def _moves(command: str, numbers: Sequence[int]) -> Iterable[GridPoint]:
    if command == "h":
        return [(number, 0) for number in numbers]
    if command == "v":
        return [(0, number) for number in numbers]
    return zip(numbers[::2], numbers[1::2], strict=True)


def borders(drawn: Mapping[str, str], county_of: Mapping[str, str]) -> str:
    """The lines between municipalities of different counties, as one path of open lines.

    `drawn` are paths by number, as `paths` made them.
    """
    owners: dict[tuple[GridPoint, GridPoint], set[str]] = {}
    for number in sorted(drawn):
        for ring in rings(drawn[number]):
            for here, there in itertools.pairwise(ring):
                side = (here, there) if here < there else (there, here)
                owners.setdefault(side, set()).add(county_of[number])
    onwards: dict[GridPoint, list[GridPoint]] = {}
    for (here, there), counties in owners.items():
        if len(counties) > 1:
            onwards.setdefault(here, []).append(there)
            onwards.setdefault(there, []).append(here)
    text = ""
    # Ends first, so that a line is not begun in its middle.
    for start in sorted(onwards, key=lambda point: (len(onwards[point]) == 2, point)):
        while onwards[start]:
            line = [start]
            while onwards[line[-1]]:
                there = onwards[line[-1]].pop(0)
                onwards[there].remove(line[-1])
                line.append(there)
            text += f"M{start[0]} {start[1]}" + _steps(line)
    return text


def labels(blocks: Mapping[str, Iterable[str]], *, text_height: int) -> tuple[Label, ...]:
    """The name of each block of paths in its middle, or as near to it as other names let it."""
    middles = {text: _middle(drawn) for text, drawn in blocks.items()}
    taken: list[tuple[int, int, int]] = []
    # By size, smallest first: a large block has other room for its name.
    for text, (x, y, _) in sorted(middles.items(), key=lambda item: (item[1][2], item[0])):
        half = text_height * len(text) * 3 // 10
        down = next(
            down
            for down in _outwards(text_height // 2)
            if not any(
                abs(x - u) < half + other and abs(y + down - v) < text_height
                for u, v, other in taken
            )
        )
        taken.append((x, y + down, half))
    texts = sorted(middles, key=lambda text: (middles[text][2], text))
    return tuple(
        Label(text, x, y, on_tiles=True) for text, (x, y, _) in zip(texts, taken, strict=True)
    )


def _middle(drawn: Iterable[str]) -> tuple[int, int, float]:
    """The centre of gravity of the largest rings, and their area."""
    area = east = south = 0.0
    for path_data in drawn:
        ring = max(rings(path_data), key=lambda ring: abs(_doubled_area(ring)))
        size = abs(_doubled_area(ring)) / 2
        area += size
        east += size * sum(x for x, _ in ring[1:]) / (len(ring) - 1)
        south += size * sum(y for _, y in ring[1:]) / (len(ring) - 1)
    return round(east / area), round(south / area), area


def _outwards(step: int) -> Iterator[int]:
    """0, then ever farther below and above in turn."""
    yield 0
    far = step
    while True:
        yield far
        yield -far
        far += step

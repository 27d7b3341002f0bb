"""The two maps of municipalities as inline SVG: equal tiles, and true boundaries when imported.

Shapes, outlines and the places of names are computed once per process; a request only joins
strings, because 357 rounds of a template loop would be most of the page's cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from django.urls import reverse
from markupsafe import Markup, escape

from samlop.municipalities.queries import maps as queries
from samlop.municipalities.rules import boundaries, tiles
from samlop.municipalities.rules.tiles import Label

STEPS: Final = 6
"""Colours and patterns there are: 0 for «no answer», then 1 to 5 from little to much."""

_BOUNDARY_TEXT: Final = 34  # units; a name on the boundary map is as large as on the tile map


class Value(NamedTuple):
    """What an area shows: the step of its colour, and its whole title, «Oslo: god plass»."""

    step: int
    title: str


@dataclass(frozen=True, slots=True)
class LegendLine:
    step: int
    words: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """What `components/map.html` draws."""

    key: str
    label: str
    kind: str
    width: int
    height: int
    pattern_scale: int
    areas: Markup
    borders: str
    names: tuple[Label, ...]
    legend: tuple[LegendLine, ...]


def tile_map(
    values: Mapping[str, Value],
    *,
    legend: Sequence[str],
    label: str,
    counties: Mapping[str, str],
    suffix: str = "",
    key: str = "kart",
) -> Map:
    """Every municipality as one hexagon.

    `values` by number; a number without a value is drawn faint and leads nowhere. `legend` has
    the words of the steps from 0 on, "" for a step not in use. `counties` are names by number.
    `suffix` goes after each address, such as "?dato=2024-01-01". `key` begins the ids in the
    SVG and must differ between two maps on one page.
    """
    frame = _tile_frame()
    return Map(
        key=key,
        label=label,
        kind="tiles",
        width=frame.width,
        height=frame.height,
        pattern_scale=1,
        areas=_areas(frame.shapes, values, counties, suffix, key),
        borders=frame.outlines,
        names=_tile_names(tuple(sorted(counties.items()))),
        legend=_legend(legend, values),
    )


def boundary_map(
    values: Mapping[str, Value],
    drawn: Mapping[str, str],
    *,
    legend: Sequence[str],
    label: str,
    counties: Mapping[str, str],
    suffix: str = "",
    key: str = "kart",
) -> Map:
    """Every municipality in its true shape; `drawn` from `queries.maps.boundaries`."""
    paths = tuple(sorted(drawn.items()))
    shapes: dict[str, dict[str, str]] = {}
    for number, path in paths:
        shapes.setdefault(tiles.county(number), {})[number] = path
    return Map(
        key=key,
        label=label,
        kind="boundaries",
        width=boundaries.WIDTH,
        height=boundaries.HEIGHT,
        pattern_scale=3,
        areas=_areas(shapes, values, counties, suffix, key),
        borders=_county_borders(paths),
        names=_boundary_names(paths, tuple(sorted(counties.items()))),
        legend=_legend(legend, values),
    )


def _areas(
    shapes: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Value],
    counties: Mapping[str, str],
    suffix: str,
    key: str,
) -> Markup:
    """A group per county, in it a link per municipality that has a value."""
    prefix, suffix = escape(reverse("municipalities:list")), escape(suffix)
    fills = [f'<path fill="url(#{escape(key)}-{step})" d="' for step in range(STEPS)]
    parts = []
    for county, paths in shapes.items():
        parts.append(f'<g role="group" aria-label="{escape(counties.get(county, county))}">')
        for number, path in paths.items():
            if value := values.get(number):
                parts.append(
                    f'<a href="{prefix}{number}/{suffix}"><title>{escape(value.title)}</title>'
                    f'{fills[value.step]}{path}"/></a>'
                )
            else:
                parts.append(f'<path class="map-out" d="{path}"/>')
        parts.append("</g>")
    # Titles, key and suffix went through escape(); numbers and paths are digits and letters.
    return Markup("".join(parts))  # noqa: S704


def _legend(words: Sequence[str], values: Mapping[str, Value]) -> tuple[LegendLine, ...]:
    counts = [0] * STEPS
    for value in values.values():
        counts[value.step] += 1
    return tuple(LegendLine(step, text, counts[step]) for step, text in enumerate(words) if text)


@dataclass(frozen=True, slots=True)
class _TileFrame:
    width: int
    height: int
    shapes: Mapping[str, Mapping[str, str]]
    outlines: str


@cache
def _tile_frame() -> _TileFrame:
    """Counties from north to south, and in each the tiles as one reads them."""
    found = queries.tiles()
    width, height = tiles.size(found)
    blocks = _blocks()
    order = sorted(
        blocks, key=lambda county: min((tile.row, tile.column) for tile in blocks[county])
    )
    shapes: dict[str, dict[str, str]] = {}
    for county in order:
        shapes[county] = {}
        for tile in sorted(blocks[county], key=lambda tile: (tile.row, tile.column)):
            x, y = tiles.top(tile)
            shapes[county][tile.number] = f"M{x} {y}{tiles.HEXAGON}"
    outlines = "".join(tiles.outline(blocks[county]) for county in order)
    return _TileFrame(width, height, shapes, outlines)


def _blocks() -> dict[str, list[tiles.Tile]]:
    blocks: dict[str, list[tiles.Tile]] = {}
    for tile in queries.tiles():
        blocks.setdefault(tiles.county(tile.number), []).append(tile)
    return blocks


@lru_cache(maxsize=8)
def _tile_names(counties: tuple[tuple[str, str], ...]) -> tuple[Label, ...]:
    blocks = _blocks()
    named = {name: blocks[county] for county, name in counties if county in blocks}
    return tiles.labels(named) if named else ()


@lru_cache(maxsize=2)
def _county_borders(paths: tuple[tuple[str, str], ...]) -> str:
    return boundaries.borders(dict(paths), {number: tiles.county(number) for number, _ in paths})


@lru_cache(maxsize=8)
def _boundary_names(
    paths: tuple[tuple[str, str], ...], counties: tuple[tuple[str, str], ...]
) -> tuple[Label, ...]:
    blocks: dict[str, list[str]] = {name: [] for _, name in counties}
    names = dict(counties)
    for number, path in paths:
        if name := names.get(tiles.county(number)):
            blocks[name].append(path)
    return boundaries.labels(
        {name: drawn for name, drawn in blocks.items() if drawn}, text_height=_BOUNDARY_TEXT
    )

"""The facts the tile map is computed from, read from our own data files."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from samlop.municipalities.rules import tiles as rules
from samlop.municipalities.rules.tile_layout import Place
from samlop.municipalities.rules.tiles import Quality, Tile

FOLDER: Final = Path(__file__).resolve().parent.parent / "data"


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def places() -> list[Place]:
    """Every municipality's point; the county is the first two digits of its number."""
    return [
        Place(row["number"], rules.county(row["number"]), float(row["lat"]), float(row["lon"]))
        for row in _rows("municipalities.csv")
    ]


def neighbours() -> list[tuple[str, str]]:
    """Pairs that share a border on land."""
    return [(row["number_a"], row["number_b"]) for row in _rows("land_neighbours.csv")]


def quality(tiles: tuple[Tile, ...]) -> Quality:
    """How much of the real map the tiles keep."""
    at = places()
    counties: Mapping[str, str] = {place.number: place.county for place in at}
    return rules.quality(
        tiles,
        neighbours=neighbours(),
        latitudes={place.number: place.latitude for place in at},
        counties=counties,
    )

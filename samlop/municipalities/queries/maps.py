"""What the two maps are drawn from: the tiles of our data file and the stored boundaries."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from samlop.db.periods import valid_on
from samlop.municipalities.models import Boundary
from samlop.municipalities.rules import tiles as rules
from samlop.municipalities.rules.tiles import Tile

TILES: Final = Path(__file__).resolve().parent.parent / "data" / "tiles.csv"


@cache
def tiles() -> tuple[Tile, ...]:
    """The tile of every municipality on the numbering of 1 January 2024."""
    return rules.read(TILES.read_text(encoding="utf-8"))


def boundaries(*, on: date) -> dict[str, str]:
    """Path data by the number of the day; empty until boundaries are imported. One query."""
    return dict(
        Boundary.objects.filter(valid_on(on, "municipality__codes"))
        .order_by("municipality__codes__number")
        .values_list("municipality__codes__number", "path")
    )


def has_boundaries() -> bool:
    """Whether the map with true boundaries can be shown. One query."""
    return Boundary.objects.exists()

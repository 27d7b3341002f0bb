"""Computes the tile map anew and writes it to our data file; takes about a minute."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from samlop.municipalities.imports import tiles as data
from samlop.municipalities.queries import maps
from samlop.municipalities.rules import tile_layout
from samlop.municipalities.rules import tiles as rules


class Command(BaseCommand):
    help = "Compute the tile map, print how good it is, and write data/tiles.csv."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; fail when the stored map is not the one computed",
        )
        parser.add_argument(
            "--moves",
            type=int,
            default=tile_layout.MOVES_PER_STEP,
            help="moves tried at each temperature; fewer give a worse map sooner",
        )

    def handle(self, *, check: bool, moves: int, **options: Any) -> None:
        try:
            tiles = tile_layout.layout(data.places(), data.neighbours(), moves_per_step=moves)
        except tile_layout.NoLayout as error:
            raise CommandError(str(error)) from error
        quality = data.quality(tiles)
        width, height = rules.size(tiles)
        self.stdout.write(
            f"{len(tiles)} tiles in {len({tile.row for tile in tiles})} rows, "
            f"drawn {width} wide and {height} high.\n"
            f"Neighbours over land whose tiles touch: {quality.touching} of {quality.pairs} "
            f"({quality.touching_percent:.1f} %).\n"
            f"Neighbours over land whose tiles touch or lie two apart: {quality.within_two} of "
            f"{quality.pairs} ({quality.within_two_percent:.1f} %).\n"
            f"Rank correlation of latitude and tile row: {quality.row_correlation:.4f}.\n"
            f"Counties in more than one piece: {', '.join(quality.split_counties) or 'none'}."
        )
        text = rules.write(tiles)
        same = maps.TILES.exists() and maps.TILES.read_text(encoding="utf-8") == text
        if same:
            self.stdout.write("The stored map is this one.")
        elif check:
            raise CommandError("The stored map is another one. Run compute-tiles and look at it.")
        else:
            maps.TILES.write_text(text, encoding="utf-8")
            self.stdout.write("Written.")

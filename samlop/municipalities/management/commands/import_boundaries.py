"""Loads true boundaries from a GeoJSON file, so that the map can show them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities.imports import boundaries

MOST_BYTES = 200 * 1024 * 1024
PROBLEMS_SHOWN = 20


class Command(BaseCommand):
    help = "Import municipal boundaries from a GeoJSON file (WGS 84), all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="GeoJSON with one feature per municipality")
        parser.add_argument(
            "--source", default="© Kartverket", help="who made the boundaries, shown with the map"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and change nothing"
        )

    def handle(self, *, file: Path, source: str, dry_run: bool, **options: Any) -> None:
        try:
            if file.stat().st_size > MOST_BYTES:
                raise CommandError(f"{file} er større enn 200 MB. Forenkle grensene og prøv igjen.")
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"Kan ikke lese {file}: {error.strerror}.") from error
        today = localdate()
        try:
            difference = boundaries.compare(content, on=today)
        except FileRefused as error:
            shown = [str(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
            if (more := len(error.problems) - len(shown)) > 0:
                shown.append(f"… og {more} til.")
            raise CommandError("\n".join([*shown, "Ingenting er endret."])) from error
        size = sum(len(path) for path in difference.paths.values())
        self.stdout.write(
            f"{len(difference.paths)} grenser, {round(size / 1024)} kB: {len(difference.new)} nye, "
            f"{len(difference.changed)} endret, {len(difference.same)} som før."
        )
        if dry_run:
            self.stdout.write("Ingenting er lagret (--dry-run).")
            return
        boundaries.apply(difference, source=source, by=Machine("Import av grenser"), on=today)
        self.stdout.write("Lagret.")

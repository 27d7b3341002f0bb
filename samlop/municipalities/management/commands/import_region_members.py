"""Loads who is in which region, for all regions of one kind, from CSV."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import localdate

from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities.imports import regions
from samlop.municipalities.management import files
from samlop.municipalities.rules.kinds import RegionKind
from samlop.municipalities.rules.regions import KEPT_BY_PEOPLE


class Command(BaseCommand):
    help = "Import members of regions from CSV: " + ", ".join(regions.HEADER)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with a header, in UTF-8 or Windows-1252")
        parser.add_argument(
            "--kind",
            required=True,
            choices=sorted(kind.value for kind in KEPT_BY_PEOPLE),
            help="what kind of region the file is about",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and change nothing"
        )

    def handle(self, *, file: Path, kind: str, dry_run: bool, **options: Any) -> None:
        take = regions.compare if dry_run else regions.apply
        try:
            difference = take(
                files.content(file),
                kind=RegionKind(kind),
                on=localdate(),
                by=Machine("Import av medlemmer"),
            )
        except FileRefused as error:
            raise files.refusal(error) from error
        for name in difference.new_regions:
            self.stdout.write(f"Ny region: {name}")
        self.stdout.write(
            f"{len(difference.added)} nye, {len(difference.confirmed)} bekreftet, "
            f"{len(difference.ended)} avsluttet, {len(difference.unchanged)} som før."
        )
        if dry_run:
            self.stdout.write("Ingenting er lagret (--dry-run).")

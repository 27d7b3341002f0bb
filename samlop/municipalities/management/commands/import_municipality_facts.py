"""Loads organisation numbers, KOSTRA groups and postal addresses of municipalities from CSV."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import localdate

from samlop.lib.actors import Machine
from samlop.lib.errors import FileRefused
from samlop.municipalities.imports import facts
from samlop.municipalities.management import files


class Command(BaseCommand):
    help = "Import facts about municipalities from CSV: " + ", ".join(facts.HEADER)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with a header, in UTF-8 or Windows-1252")
        parser.add_argument("--source", default="", help="where the facts come from")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and change nothing"
        )

    def handle(self, *, file: Path, source: str, dry_run: bool, **options: Any) -> None:
        try:
            difference = facts.compare(files.content(file), on=localdate())
        except FileRefused as error:
            raise files.refusal(error) from error
        for one in difference.changes:
            self.stdout.write(f"{one.number} {one.name}: {one.column} «{one.old}» → «{one.new}»")
        if dry_run:
            self.stdout.write("Ingenting er lagret (--dry-run).")
            return
        changed = facts.apply(difference, source=source or file.name, by=Machine("Import av fakta"))
        self.stdout.write(f"{changed} kommuner endret.")

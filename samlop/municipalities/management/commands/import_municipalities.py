"""Takes a list of municipalities from Statistics Norway into use."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from samlop.lib.actors import Machine
from samlop.lib.errors import Refused
from samlop.municipalities import texts
from samlop.municipalities.imports import klass
from samlop.municipalities.rules.code_lists import DiffKind, DiffRow
from samlop.municipalities.services import codes

MOST_BYTES = 20 * 1024 * 1024


class Command(BaseCommand):
    help = "Import a list of municipalities (SSB KLASS 131, JSON or CSV), all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="answer to versions/{id} or codesAt, or CSV")
        parser.add_argument(
            "--changes", type=Path, help="answer to changes: what became of each number"
        )
        parser.add_argument(
            "--valid-from",
            type=date.fromisoformat,
            help="the day the list is valid from, when the file does not say it",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and change nothing"
        )

    def handle(
        self,
        *,
        file: Path,
        changes: Path | None,
        valid_from: date | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        try:
            diff = klass.diff(
                klass.parse(_read(file), file.name),
                changes=klass.parse(_read(changes), changes.name) if changes else None,
                valid_from=valid_from,
            )
            for row in diff.rows:
                self.stdout.write(_line(row))
            counts = [
                f"{count} {str(words).lower()}"
                for kind, words in texts.DIFF_KINDS.items()
                if (count := diff.count(kind))
            ]
            counts.append(f"{diff.unchanged} uendret")
            self.stdout.write(f"Kommuner fra {diff.valid_from}: {', '.join(counts)}.")
            if diff.is_empty:
                self.stdout.write("Ingen endringer.")
            elif dry_run:
                self.stdout.write("Ingenting er lagret (--dry-run).")
            else:
                codes.apply(diff, by=Machine("Import fra SSB"))
                self.stdout.write("Lagret.")
        except Refused as error:
            raise CommandError(f"{error}\nIngenting er endret.") from error


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(f"{file} er større enn 20 MB, og er ingen kommuneliste.")
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"Kan ikke lese {file}: {error.strerror}.") from error


def _line(row: DiffRow) -> str:
    old = " + ".join(f"{named.number} {named.name}" for named in row.old)
    new = " + ".join(f"{named.number} {named.name}" for named in row.new)
    words = texts.DIFF_KINDS[row.kind]
    match row.kind:
        case DiffKind.NEW:
            return f"{row.happened_on} {words}: {new}"
        case DiffKind.ENDED:
            return f"{row.happened_on} {words}: {old}"
        case _:
            return f"{row.happened_on} {words}: {old} → {new}"

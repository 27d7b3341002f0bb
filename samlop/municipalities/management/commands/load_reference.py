"""Loads our own data files: municipalities, counties, regions and population."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from samlop.municipalities.imports import reference
from samlop.municipalities.services import reference as services


class Command(BaseCommand):
    help = "Load municipalities, counties, regions and population; adds only what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only-counties",
            action="store_true",
            help="leave the municipalities to an import from SSB KLASS",
        )

    def handle(self, *, only_counties: bool, **options: Any) -> None:
        if only_counties:
            new = services.load_counties(reference.counties())
            self.stdout.write(f"Fylker: {new} nye.")
        elif services.is_loaded(reference.checksum()):
            self.stdout.write("Referansedata: ingen endringer.")
        else:
            added = services.load(reference.read()).added
            self.stdout.write(
                "Referansedata: {municipalities} nye kommuner (også tidligere), {regions} nye "
                "regioner, {population} nye folketall, {changes} nye kodeendringer.".format(**added)
            )

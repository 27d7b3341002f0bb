"""`samlop translations extract|check|compile`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from samlop.web import catalogues


class Command(BaseCommand):
    help = "Gather the texts of the code into the catalogues, check them, compile them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["extract", "check", "compile"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        match what:
            case "extract":
                for language in catalogues.LANGUAGES:
                    missing = catalogues.update(language)
                    self.stdout.write(f"{language}: {missing} without a translation")
            case "check":
                found = list(catalogues.problems())
                if found:
                    raise CommandError("\n".join([*found, f"{len(found)} to put right"]))
            case "compile":
                catalogues.compile_all()

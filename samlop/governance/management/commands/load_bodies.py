"""Makes the national bodies that are missing; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from samlop.governance import services
from samlop.governance.imports import bodies
from samlop.lib.actors import Machine


class Command(BaseCommand):
    help = "Make the national bodies of our own data file that are missing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        made = services.ensure_bodies(bodies.read(), by=Machine("Referansedata"))
        self.stdout.write(f"Bodies: {made} made." if made else "Bodies: up to date.")

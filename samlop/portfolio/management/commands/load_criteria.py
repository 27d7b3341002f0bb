"""Publishes the first version of the criteria where there is none; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from samlop.lib.actors import Machine
from samlop.portfolio.imports import criteria
from samlop.portfolio.services import criteria as services


class Command(BaseCommand):
    help = "Publish the first version of the criteria for «klar til bruk» where there is none."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        made = services.ensure_first(
            criteria.read(), by=Machine("Referansedata"), at=timezone.now()
        )
        self.stdout.write("Criteria: version 1 published." if made else "Criteria: up to date.")

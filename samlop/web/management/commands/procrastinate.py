"""Procrastinate's own command; its worker does not start where the web server would not."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from procrastinate.contrib.django.management.commands import procrastinate

from samlop.web import production


class Command(procrastinate.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        if options.get("command") == "worker":
            try:
                production.refuse()
            except ImproperlyConfigured as error:
                raise CommandError(str(error)) from error
        return super().handle(*args, **options)

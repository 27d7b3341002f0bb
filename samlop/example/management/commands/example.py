"""`samlop example`: load the example once; `--reset` builds it anew."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from samlop.accounts.models import Person
from samlop.example import people, portfolio, rollouts, room, support, systems, uptake
from samlop.lib.actors import Machine


class Command(BaseCommand):
    help = (
        "Load the example: people in every role, vendors, answers, a portfolio, its uptake and "
        "rollouts. Never beside real people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset",
            action="store_true",
            help="empty the whole database first and build everything anew",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SAMLOP_EXAMPLE:
            raise CommandError("This is no example: SAMLOP_EXAMPLE is not 1.")
        if Person.objects.filter(is_example=False).exists():
            raise CommandError("There are real people here; the example is never mixed with them.")
        if options["reset"]:
            call_command("flush", interactive=False, verbosity=0)
            call_command("load_reference", stdout=self.stdout)
        by, on = Machine("Eksempel"), timezone.localdate()
        uses = systems.load(by=by, on=on)
        answers = room.load(by=by, on=on, silent=people.MUNICIPALITY)
        made = people.load(by=by, on=on)
        things = portfolio.load(by=by, on=on)
        spread = uptake.load(by=by, on=on)
        helped = support.load(by=by, on=on)
        asked = rollouts.load(by=by, on=on)
        if uses or answers or made or things or spread or helped or asked:
            self.stdout.write(
                f"Example loaded: {made} people, {uses} systems in use, {answers} answers, "
                f"{things} parts of the portfolio, {spread} things said of its uptake, "
                f"{asked} rollouts and answers."
            )
        else:
            self.stdout.write("The example is already there.")

"""The first administrator of a new installation: `samlop create-admin E-MAIL NAME`."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from samlop.accounts import services
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.lib.errors import Refused


class Command(BaseCommand):
    help = "Make the first administrator. Asks for a password, or reads one line of input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            password = getpass.getpass() if sys.stdin.isatty() else input()
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except EOFError as error:
            raise CommandError("No password was given.") from error
        by = Machine("create-admin")
        try:
            person = services.add_person(
                name=options["name"], email=options["email"], password=password, by=by
            )
        except Refused as error:
            raise CommandError(str(error)) from error
        services.grant(person=person, role=Role.ADMINISTRATOR, by=by, on=timezone.localdate())
        self.stdout.write(f"{options['email']} is an administrator and may sign in.")

"""For whoever has lost her device: `samlop reset-sign-in E-MAIL`, run on the server."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from samlop.accounts.models import Person
from samlop.lib.actors import Machine
from samlop.web.accounts.adapter import tell_of_change


class Command(BaseCommand):
    help = "Remove somebody's passkeys, app, password and other ways in; a code by mail remains."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        with transaction.atomic():
            Authenticator.objects.filter(user=person).delete()
            SocialAccount.objects.filter(user=person).delete()
            person.set_unusable_password()
            person.save(update_fields=["password"])
            tell_of_change(person, "reset", by=Machine("reset-sign-in"))
        for session in UserSession.objects.filter(user=person):
            session.end()
        self.stdout.write(f"{options['email']} signs in with a code and makes new ways in.")

"""How allauth does its work here: nobody signs up, mail goes by the outbox, words are ours."""

from collections.abc import Mapping
from typing import Any, Final, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.messages import services as mail
from samlop.messages.services import mails, sealing
from samlop.web import clock, representing, second_factor
from samlop.web.middleware import Access

OWN_DEVICE: Final = "own_device"
ON_OWN_DEVICE: Final = 30 * 24 * 60 * 60
UNTIL_THE_BROWSER_CLOSES: Final = 0

CODE: Final = "account/email/login_code"
UNKNOWN: Final = "account/email/unknown_account"
# What allauth tells people by mail, in our codes.
TOLD: Final[Mapping[str, str]] = {
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
    "mfa/email/totp_activated": "totp_on",
    "mfa/email/totp_deactivated": "totp_off",
    "mfa/email/recovery_codes_generated": "recovery_codes",
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: Mapping[str, str | Promise] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-postadressen og passordet passer ikke sammen."),
        "incorrect_code": _("Koden stemmer ikke. Se etter i den nyeste e-posten fra oss."),
        "incorrect_password": _("Passordet stemmer ikke."),
        "too_many_login_attempts": _("For mange forsøk. Vent noen minutter, og prøv igjen."),
        "rate_limited": _("For mange forsøk. Vent et minutt, og prøv igjen."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Only what is given in so many words: allauth's own templates are not in our languages."""
        if kwargs.get("message"):
            super().add_message(request, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        at = timezone.now()
        if template_prefix == CODE:
            person = Person.objects.get(email__iexact=email, is_active=True)
            mail.queue(mails.CODE, to=person, at=at, secret=context["code"])
        elif template_prefix == UNKNOWN:
            # As much work as for a known address, so that time does not tell them apart.
            with transaction.atomic():
                mail.queue(mails.CODE, to=Person(pk=0), at=at, secret="000000")  # noqa: S106
                transaction.set_rollback(True)
        else:
            raise ValueError(f"No mail of ours for {template_prefix}")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: Mapping[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Whoever changes how she signs in is told by mail, and history knows."""
        tell_of_change(user, TOLD[template_prefix])

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, str]]:
        """A code from an app only to those who have one: reserve codes come with a passkey too."""
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
        has_app = Authenticator.Type.TOTP in set(kinds)
        return [one for one in methods if one["id"] != "mfa_reauthenticate" or has_app]

    def login(self, request: HttpRequest, user: Person) -> None:
        """Thirty days on an own device, else until the browser closes; at most twelve hours."""
        by_passkey = any(
            record.get("passwordless") for record in get_authentication_records(request, user)
        )
        own_device = by_passkey or bool(request.session.get(OWN_DEVICE))
        super().login(request, user)
        # allauth notes the address with each proof; it is to be in one place only.
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {key: value for key, value in record.items() if key not in {"email", "username"}}
            for record in get_authentication_records(request, user)
        ]
        representing.settle(request, user)
        request.session.set_expiry(ON_OWN_DEVICE if own_device else UNTIL_THE_BROWSER_CLOSES)
        accounts.signed_in(person=user, at=timezone.now())

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        response = cast("HttpResponse", super().post_login(request, user, **kwargs))
        held = representing.of(request)
        access = Access(
            user,
            clock.today(),
            is_strong=lambda: second_factor.session_is_strong(request),
            represents=lambda: held,
        )
        wanted = response.headers.get("Location", "/")
        if access.lacks_second_factor:
            wanted = second_factor.address(wanted)
            response = HttpResponseRedirect(wanted)
        if held is not None and held.chosen is None:
            return HttpResponseRedirect(representing.address(wanted))
        return response


def tell_of_change(person: Person, what: str, *, by: Actor | None = None) -> None:
    """Usually what she has done herself."""
    at = timezone.now()
    with change("accounts.sign_in.changed", by=by or person, at=at) as record:
        record(person, details={"what": what})
        mail.queue(mails.CHANGED, to=person, at=at, context={"what": what})


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: Mapping[str, str | Promise] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Koden stemmer ikke. Vent til appen viser en ny, og prøv den."),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def is_mfa_enabled(self, user: Person, types: list[str] | None = None) -> bool:
        """A passkey is a way in of its own: only an app's code is asked for after another one.

        Otherwise a passkey on the phone would lock its owner out of her desktop.
        """
        if types is not None and Authenticator.Type.TOTP in types:
            types = [Authenticator.Type.TOTP]
        return bool(super().is_mfa_enabled(user, types))

    def generate_authenticator_name(self, user: Person, type: str) -> str:  # noqa: A002
        """Numbered, since the one before may have been renamed."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return str(_("Passnøkkel")) if not count else f"{_('Passnøkkel')} {count + 1}"

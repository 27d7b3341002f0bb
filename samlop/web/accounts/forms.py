"""What people fill in to sign in and on their account's page."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, ReauthenticateForm
from allauth.account.forms import RequestLoginCodeForm as RequestForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from samlop.accounts.models import Person
from samlop.messages import texts
from samlop.messages.rules import CHOSEN, Group, Wish

WHOSE_ADDRESS = {
    "required": _("Skriv e-postadressen din."),
    "invalid": _("Skriv en hel e-postadresse, for eksempel kari@kommunen.no."),
}
NO_CODE = {"required": _("Skriv koden.")}
# Django's own sentences say what is wrong, one of them in English, and not what to do.
POOR_PASSWORD = {
    "password_too_short": _("Passordet er for kort. Bruk minst 12 tegn."),
    "password_too_common": _(
        "Mange bruker dette passordet, så det er lett å gjette. Velg et annet."
    ),
}


def own_device_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Dette er min egen enhet"),
        help_text=_("Da er du logget inn i 30 dager. Ellers til du lukker nettleseren."),
        required=False,
    )


def _address_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-postadresse"),
        error_messages=WHOSE_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


def _code_field(label: Any, length: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20,
        error_messages=NO_CODE,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "size": length,
                "autofocus": True,
            }
        ),
    )


def _password_field(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        error_messages={"required": _("Skriv passordet.")},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class AskForCodeForm(RequestForm):  # type: ignore[misc]
    email = _address_field()
    own_device = own_device_field()


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    code = _code_field(_("Kode"), 8)


class PasswordLoginForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _address_field()
        self.fields["password"] = _password_field(_("Passord"), "current-password")
        self.fields["own_device"] = own_device_field()
        del self.fields["remember"]

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        self._login.redirect_url = redirect_url
        answer: HttpResponse = perform_password_login(request, self.user_credentials(), self._login)
        return answer


class ConfirmPasswordForm(ReauthenticateForm):  # type: ignore[misc]
    password = _password_field(_("Passord"), "current-password")


class AppCodeForm(AuthenticateForm):  # type: ignore[misc]
    code = _code_field(_("Kode fra appen, eller en reservekode"), 10)


class ConfirmAppCodeForm(ReauthenticateByCodeForm):  # type: ignore[misc]
    code = _code_field(_("Kode fra appen, eller en reservekode"), 10)


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]
    code = _code_field(_("Koden appen viser nå"), 8)


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Nytt passord"),
        strip=False,
        help_text=_(
            "Minst 12 tegn. Flere ord etter hverandre er lett å huske og vanskelig å gjette."
        ),
        error_messages={"required": _("Skriv et passord.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = _password_field(_("Det nye passordet en gang til"), "new-password")

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        self._person = person
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            password_validation.validate_password(password, self._person)
        except ValidationError as refused:
            raise ValidationError(
                [POOR_PASSWORD.get(str(one.code), one) for one in refused.error_list]
            ) from refused
        return password

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("password") and found.get("again") and found["password"] != found["again"]:
            self.add_error("again", ValidationError(_("De to passordene er ikke like.")))
        return found


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Språk på sidene og i e-postene til deg"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg et språk.")},
    )


class RepresentForm(forms.Form):
    organisation = forms.ChoiceField(
        label=_("Virksomhet"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hvem du representerer.")},
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]


class MessagesForm(forms.Form):
    """One choice per group that can be chosen."""

    def __init__(self, wishes: dict[Group, Wish], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in CHOSEN:
            self.fields[group.value] = forms.ChoiceField(
                label=str(texts.GROUPS[group]),
                choices=texts.wish_choices(),
                initial=wishes[group].value,
                widget=forms.RadioSelect,
                error_messages={"required": _("Velg ett av de tre.")},
            )

    @property
    def chosen(self) -> dict[Group, Wish]:
        return {group: Wish(self.cleaned_data[group.value]) for group in CHOSEN}

"""One's own account: language, messages, ways to sign in, sessions, own data."""

import json
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes import views as allauth_recovery
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import auth, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.services import preferences
from samlop.messages import queries as mail_queries
from samlop.messages import services as mail
from samlop.web import clock, form_page, render, second_factor
from samlop.web.accounts import own_data as own
from samlop.web.accounts import own_pages
from samlop.web.accounts.adapter import tell_of_change
from samlop.web.accounts.forms import LanguageForm, MessagesForm, NewPasswordForm
from samlop.web.addresses import safe_next
from samlop.web.form_page import FormPage
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _trail() -> tuple[tuple[str, str], ...]:
    return ((gettext("Kontoen din"), reverse("account:show")),)


@require_safe
@never_cache
@signed_in_only
def account(request: Request) -> HttpResponse:
    return render.page(request, "accounts/account.html", own_pages.account(request))


def to_account(request: Request) -> HttpResponse:
    return redirect("account:show")


@page_or_post
@signed_in_only
def language(request: Request) -> HttpResponse:
    form = LanguageForm(request.POST or None, initial={"language": request.user.language or "nb"})
    if form.is_valid():
        preferences.choose_language(
            person=request.user, language=form.cleaned_data["language"], at=timezone.now()
        )
        return redirect("account:show")
    return form_page.answer(
        request,
        FormPage(
            heading=gettext("Språk"),
            form=form,
            submit=gettext("Lagre"),
            cancel=reverse("account:show"),
            trail=_trail(),
        ),
    )


@page_or_post
@signed_in_only
def wishes(request: Request) -> HttpResponse:
    form = MessagesForm(mail_queries.wishes(request.user.pk), request.POST or None)
    if form.is_valid():
        for group, wish in form.chosen.items():
            mail.choose(
                person=request.user, group=group, wish=wish, by=request.user, at=timezone.now()
            )
        messages.success(request, gettext("Valgene dine er lagret."))
        return redirect("account:show")
    return form_page.answer(
        request,
        FormPage(
            heading=gettext("Meldinger på e-post"),
            lead=gettext(
                "Koder for innlogging, invitasjoner og endringer i kontoen din kommer alltid."
            ),
            form=form,
            submit=gettext("Lagre"),
            cancel=reverse("account:show"),
            trail=_trail(),
        ),
    )


# --- ways to sign in ---


@sensitive_post_parameters("password", "again")
@page_or_post
@never_cache
@signed_in_only
@reauthentication_required(app="samlop.web.accounts")  # type: ignore[untyped-decorator]
def password(request: Request) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        preferences.set_password(
            person=request.user, password=form.cleaned_data["password"], at=timezone.now()
        )
        # Every other session ends; this one goes on, with the password as proved.
        auth.update_session_auth_hash(request, request.user)
        record_authentication(request, request.user, method="password")
        UserSession.objects.create_from_request(request)
        tell_of_change(request.user, "password")
        messages.success(request, gettext("Passordet er lagret. Alle andre økter er avsluttet."))
        return redirect(_after(request))
    return form_page.answer(
        request,
        FormPage(
            heading=gettext("Nytt passord")
            if request.user.has_usable_password()
            else gettext("Lag et passord"),
            lead=gettext("Med passord og en kode fra en app kan du administrere Samløp."),
            form=form,
            submit=gettext("Lagre passordet"),
            cancel=reverse("account:show"),
            trail=_trail(),
        ),
    )


def _after(request: Request) -> str:
    return safe_next(request, request.GET.get("next", ""), reverse("account:show"))


class ActivateApp(ActivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """The code she typed is as good as one asked for: the session has it from now on."""
        response = cast("HttpResponse", super().form_valid(form))
        record_authentication(self.request, self.request.user, method="mfa", type="totp")
        messages.success(self.request, gettext("Koder fra appen er slått på."))
        return response


class DeactivateApp(DeactivateTOTPView):  # type: ignore[misc]
    def get_success_url(self) -> str:
        return reverse("account:show")


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """The device has just asked for her finger, face or PIN: as good as using it."""
        response = cast("HttpResponse", super().form_valid(form))
        record_authentication(self.request, self.request.user, method="mfa", type="webauthn")
        return response

    def get_success_url(self) -> str:
        messages.success(self.request, gettext("Passnøkkelen er lagt til."))
        return reverse("account:show")


@method_decorator(require_POST, name="dispatch")
class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    def get_success_url(self) -> str:
        messages.success(self.request, gettext("Passnøkkelen er fjernet."))
        return reverse("account:show")


activate_app = never_cache(signed_in_only(second_factor.kept(ActivateApp.as_view())))
deactivate_app = never_cache(signed_in_only(second_factor.kept(DeactivateApp.as_view())))
add_passkey = never_cache(signed_in_only(second_factor.kept(AddPasskey.as_view())))
remove_passkey = never_cache(signed_in_only(second_factor.kept(RemovePasskey.as_view())))
recovery_codes = signed_in_only(second_factor.kept(allauth_recovery.view_recovery_codes))
new_recovery_codes = signed_in_only(second_factor.kept(allauth_recovery.generate_recovery_codes))


@require_safe
@never_cache
@signed_in_only
def second_factor_page(request: Request) -> HttpResponse:
    """What somebody with a national role must do before it counts."""
    wanted = safe_next(request, request.GET.get("next", ""))
    if second_factor.session_is_strong(request) or not request.access.lacks_second_factor:
        return redirect(wanted)
    page = own_pages.second_factor(request, next_address=wanted)
    return render.page(request, "accounts/second_factor.html", page)


# --- sessions and own data ---


@require_POST
@signed_in_only
def end_sessions(request: Request) -> HttpResponse:
    """One of one's own, by its number, or all but this one."""
    mine = UserSession.objects.filter(user=request.user)
    number = request.POST.get("okt", "")
    if number.isdecimal():
        mine = mine.filter(pk=int(number))
    else:
        mine = mine.exclude(session_key=request.session.session_key)
    ended = 0
    for session in mine:
        session.end()
        ended += 1
    if ended:
        messages.success(request, gettext("Økten er avsluttet."))
    return redirect(f"{reverse('account:show')}#okter")


@require_safe
@never_cache
@signed_in_only
def own_data(request: Request) -> HttpResponse:
    content: dict[str, Any] = own.everything(request.user, on=clock.today())
    return HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=2),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="mine-data-i-samlop.json"'},
    )

"""Signing in with an identity provider, tying one to oneself, and choosing whom to act for."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import auth, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from samlop.accounts import queries
from samlop.accounts.rules import tokens
from samlop.accounts.rules.tokens import Claims, Issuer, TokenRefusal
from samlop.web import clock, form_page, render, representing, second_factor
from samlop.web.accounts import issuers, own_pages
from samlop.web.accounts.adapter import OWN_DEVICE, tell_of_change
from samlop.web.accounts.forms import RepresentForm
from samlop.web.accounts.issuers import NotLetIn, RoundTrip
from samlop.web.accounts.own_views import page_or_post
from samlop.web.addresses import safe_next
from samlop.web.form_page import FormPage
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only


# A link and no form: the security policy, and so browsers, refuse a form that ends elsewhere.
@require_safe
@never_cache
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    issuer = issuers.find(provider_id)
    wanted = safe_next(request, request.GET.get("next", ""))
    if not request.user.is_authenticated:
        clear_login(request)
    try:
        away = RoundTrip(request, issuer).away(AuthProcess.LOGIN, next_address=wanted)
    except NotLetIn as refused:
        return _not_let_in(request, issuer, refused)
    return redirect(away)


@require_safe
@never_cache
def returned(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the issuer, whether to be let in or to have it tied to oneself."""
    issuer = issuers.find(provider_id)
    try:
        state, claims = RoundTrip(request, issuer).back(request.GET)
        reached = tokens.level(claims, issuer)
        if reached is None:
            raise NotLetIn(TokenRefusal.LEVEL_TOO_LOW, issuer)
        if state["process"] == AuthProcess.CONNECT:
            return _tied(request, issuer, claims, person=state["person"])
        return _let_in(request, issuer, claims, reached, next_address=state.get("next"))
    except NotLetIn as refused:
        return _not_let_in(request, issuer, refused)


def _let_in(
    request: HttpRequest, issuer: Issuer, claims: Claims, reached: str, *, next_address: str | None
) -> HttpResponse:
    account = (
        SocialAccount.objects.select_related("user")
        .filter(provider=issuer.key, uid=issuers.fingerprint(claims, issuer), user__is_active=True)
        .first()
    )
    if account is None:
        raise NotLetIn(TokenRefusal.UNKNOWN_PERSON, issuer)
    person = account.user
    numbers = tokens.organisations(claims, issuer)
    if not numbers:
        raise NotLetIn(TokenRefusal.REPRESENTS_NOBODY, issuer)
    among = queries.represented(person, numbers, on=clock.today())
    if not among:
        raise NotLetIn(TokenRefusal.NO_ROLE_THERE, issuer)
    account.save(update_fields=["last_login"])
    if request.user.is_authenticated:
        auth.logout(request)
    request.session[OWN_DEVICE] = False
    two = tokens.has_two_factors(issuer, reached)
    record_authentication(
        request, person, "socialaccount", type="issuer_two_factors" if two else "issuer"
    )
    representing.prove(request, person, among)
    answer: HttpResponse = perform_login(request, person, redirect_url=next_address)
    return answer


def _not_let_in(request: HttpRequest, issuer: Issuer, refused: NotLetIn) -> HttpResponse:
    page = own_pages.NotLetInPage(
        issuer=issuer.name,
        why=str(refused),
        again=reverse("openid_connect_login", args=[issuer.key]),
        # A person who is to tie it to herself comes back to the page where she does.
        by_code=f"{reverse('account_login')}?next={reverse('account:show')}%23innlogging"
        if refused.refusal is TokenRefusal.UNKNOWN_PERSON
        else reverse("account_login"),
        signed_in=request.user.is_authenticated,
    )
    return render.page(request, "accounts/not_let_in.html", page, status=403)


# --- tying it to oneself ---


@require_safe
@never_cache
@signed_in_only
@second_factor.kept
@reauthentication_required(app="samlop.web.accounts")  # type: ignore[untyped-decorator]
def tie(request: Request, provider_id: str) -> HttpResponse:
    """Says what will happen; its button is a link to the issuer."""
    issuer = issuers.find(provider_id)
    try:
        away = RoundTrip(request, issuer).away(AuthProcess.CONNECT, person=request.user.pk)
    except NotLetIn as refused:
        return _not_let_in(request, issuer, refused)
    page = own_pages.TiePage(issuer=issuer.name, away=away)
    return render.page(request, "accounts/tie.html", page)


def _tied(request: HttpRequest, issuer: Issuer, claims: Claims, *, person: int) -> HttpResponse:
    if not request.user.is_authenticated or request.user.pk != person:
        raise NotLetIn(TokenRefusal.NOT_BEGUN_HERE, issuer)
    uid = issuers.fingerprint(claims, issuer)
    known = SocialAccount.objects.filter(provider=issuer.key, uid=uid).first()
    if known is not None and known.user_id != person:
        raise NotLetIn(TokenRefusal.SOMEBODY_ELSES, issuer)
    if known is None:
        with transaction.atomic():
            # One at each issuer: another one there takes the place of the first.
            SocialAccount.objects.filter(provider=issuer.key, user=request.user).delete()
            # Nothing of what the token says about her is kept.
            SocialAccount.objects.create(provider=issuer.key, uid=uid, user=request.user)
            tell_of_change(request.user, "issuer_added")
    messages.success(request, gettext("%(issuer)s er koblet til.") % {"issuer": issuer.name})
    return redirect(f"{reverse('account:show')}#innlogging")


@require_POST
@signed_in_only
def untie(request: Request, provider_id: str) -> HttpResponse:
    """Also for one that is no longer set up."""
    with transaction.atomic():
        gone, _ = SocialAccount.objects.filter(provider=provider_id, user=request.user).delete()
        if gone:
            tell_of_change(request.user, "issuer_removed")
    if gone:
        messages.success(request, gettext("Innloggingen er fjernet."))
    return redirect(f"{reverse('account:show')}#innlogging")


# --- whom to act for ---


@page_or_post
@never_cache
@signed_in_only
def represent(request: Request) -> HttpResponse:
    """Those she proved when she signed in; others take a new sign-in."""
    wanted = safe_next(request, request.GET.get("next", ""))
    held = representing.of(request)
    if held is None or not held.may_choose:
        return redirect(wanted)
    names = queries.organisation_names(held.among, on=clock.today())
    form = RepresentForm(
        [(str(place), names[one]) for place, one in enumerate(held.among)],
        data=request.POST if request.method == "POST" else None,
        initial={
            "organisation": str(held.among.index(held.chosen)) if held.chosen is not None else ""
        },
    )
    if form.is_valid():
        chosen = held.among[int(form.cleaned_data["organisation"])]
        representing.choose(request, held, chosen)
        messages.success(
            request, gettext("Du representerer nå %(name)s.") % {"name": names[chosen]}
        )
        return redirect(wanted)
    return form_page.answer(
        request,
        FormPage(
            heading=gettext("Hvem representerer du nå?"),
            lead=gettext("Du ser og gjør det som hører til rollene dine der. Du kan bytte senere."),
            form=form,
            submit=gettext("Fortsett"),
            cancel=wanted,
            trail=((gettext("Kontoen din"), reverse("account:show")),),
        ),
    )

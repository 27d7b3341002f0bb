"""Signing in and out, and the example's page for signing in as somebody."""

from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView, RequestLoginCodeView
from django.conf import settings
from django.contrib import auth, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.web import clock, render
from samlop.web.accounts import pages
from samlop.web.accounts.adapter import OWN_DEVICE
from samlop.web.addresses import safe_next
from samlop.web.request import PublicRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The normal way: an address, and then the code that is sent there.

    Whoever has begun is led on to the code by allauth, unless she begins anew.
    """
    if request.method == "POST" or "ny" in request.GET:
        clear_login(request)
    _remember_device(request)
    ways = {"issuers": [(one.key, one.name) for one in settings.SAMLOP_OIDC]}
    answer: HttpResponseBase = RequestLoginCodeView.as_view(extra_context=ways)(request)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_password(request: HttpRequest) -> HttpResponseBase:
    clear_login(request)
    _remember_device(request)
    answer: HttpResponseBase = LoginView.as_view()(request)
    return answer


def _remember_device(request: HttpRequest) -> None:
    """For the adapter, which decides how long the session lasts once all steps are taken."""
    if request.method == "POST":
        request.session[OWN_DEVICE] = "own_device" in request.POST


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, _("Du er logget ut."))
    return redirect("/")


def sign_up(request: HttpRequest) -> HttpResponse:
    """allauth wants the address to exist; nobody signs up by herself."""
    raise Http404


def inactive(request: HttpRequest) -> HttpResponse:
    """As for an unknown address: whether somebody was here once is nobody's business."""
    return redirect("account_login")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_as(request: PublicRequest) -> HttpResponse:
    if not settings.SAMLOP_EXAMPLE:
        raise Http404
    if request.method == "POST":
        number = request.POST.get("person", "")
        if not number.isdecimal():
            raise Http404
        person = get_object_or_404(Person, pk=int(number), is_example=True, is_active=True)
        auth.login(request, person, backend=BACKEND)
        accounts.signed_in(person=person, at=timezone.now())
        messages.success(request, _("Du er logget inn som %(name)s.") % {"name": person.name})
        return redirect(safe_next(request, request.POST.get("next", "")))
    page = pages.sign_in_as(
        on=clock.today(), current=request.user.pk, next_address=request.GET.get("next", "")
    )
    return render.page(request, "accounts/sign_in_as.html", page)

"""Signing in and out, and the example's page for signing in as somebody."""

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import auth, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.models import Person
from samlop.web import clock, render
from samlop.web.accounts import pages
from samlop.web.addresses import changed, safe_next
from samlop.web.request import PublicRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Mail address and password; in the example the choice of persons instead."""
    if settings.SAMLOP_EXAMPLE and request.method != "POST":
        return redirect(f"/logg-inn-som/{changed(request.GET)}")
    answer: HttpResponseBase = LoginView.as_view()(request)
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, _("Du er logget ut."))
    return redirect("/")


def sign_up(request: HttpRequest) -> HttpResponse:
    """allauth wants the address to exist; nobody signs up by herself."""
    raise Http404


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
        messages.success(request, _("Du er logget inn som %(name)s.") % {"name": person.name})
        return redirect(safe_next(request, request.POST.get("next", "")))
    page = pages.sign_in_as(
        on=clock.today(), current=request.user.pk, next_address=request.GET.get("next", "")
    )
    return render.page(request, "accounts/sign_in_as.html", page)

"""Keys for systems that send figures: seen, issued and revoked by those who may import."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.rules import Permission, Place
from samlop.portfolio.models import Solution
from samlop.uptake.models import UsageToken
from samlop.uptake.rules.stages import Source
from samlop.uptake.services import tokens as services
from samlop.web import clock, render
from samlop.web.form_page import made
from samlop.web.indicators import pages
from samlop.web.indicators.forms import FIELDS, TokenForm
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

# A year is what is proposed.
_LIFE: Final = timedelta(days=365)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_only
def keys(request: Request, slug: str) -> HttpResponse:
    """The answer to a new key holds its secret, so no cache may keep it."""
    solution = get_object_or_404(Solution, slug=slug)
    request.access.require(Permission.IMPORT_USAGE, Place(solution=slug))
    today = clock.today()
    form = TokenForm(
        request.POST if request.method == "POST" else None, initial={"expires_on": today + _LIFE}
    )
    secret = name = ""
    if form.is_valid():
        found = form.cleaned_data
        issued = made(
            form,
            lambda: services.issue(
                solution=solution,
                name=found["name"],
                source=Source(found["source"]),
                expires_on=found["expires_on"],
                by=request.access.acting,
                on=today,
                at=timezone.now(),
            ),
            FIELDS,
        )
        if issued is not None:
            token, secret = issued
            name = token.name
            form = TokenForm(initial={"expires_on": today + _LIFE})
    page = pages.keys_page(solution, form, on=today, secret=secret, secret_of=name)
    response = render.page(
        request, "indicators/keys.html", page, status=422 if form.errors else 200
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in_only
def revoke(request: Request, slug: str, pk: int) -> HttpResponse:
    request.access.require(Permission.IMPORT_USAGE, Place(solution=slug))
    token = get_object_or_404(UsageToken, pk=pk, source__solution__slug=slug)
    try:
        services.revoke(token=token, by=request.access.acting, at=timezone.now())
    except services.CannotIssue as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("Nøkkelen til «%(name)s» er trukket, og åpner ikke lenger noe.")
            % {"name": token.name},
        )
    return redirect("indicators:keys", slug)

"""The register of municipalities and the page of each."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from samlop.web import addresses, clock, downloads, render
from samlop.web.municipalities import exports, register, table
from samlop.web.municipalities.table import Column, Filters
from samlop.web.request import PublicRequest

COLUMNS_COOKIE = "samlop_kolonner"


@require_safe
def municipality_list(request: PublicRequest) -> HttpResponse:
    """All municipalities of a day, as a table, a map or a file."""
    signed_in = request.user.is_authenticated
    found = table.build(
        Filters.of(request.GET, signed_in=signed_in),
        request.GET,
        _columns(request, signed_in=signed_in),
        on=clock.chosen_day(request),
        signed_in=signed_in,
    )
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(exports.register(found), as_format)
    page = register.list_page(found, request.GET, today=clock.today(), signed_in=signed_in)
    if render.wants_block(request):
        response = render.block(request, "municipalities/list.html", "results", page, alone=True)
        # The form sends its empty fields too; the address people copy leaves them out.
        response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    else:
        response = render.page(request, "municipalities/list.html", page, alone=False)
    if "kolonne" in request.GET:
        _remember(response, found.columns)
    return response


def _columns(request: PublicRequest, *, signed_in: bool) -> tuple[Column, ...]:
    """Those named in the address, else those chosen last, else the usual ones."""
    wanted = request.GET.getlist("kolonne")
    if not wanted and (kept := request.COOKIES.get(COLUMNS_COOKIE)):
        wanted = kept.split(".")
    chosen = tuple(c for c in table.offered(signed_in=signed_in) if c.value in wanted)
    return chosen or table.USUAL


def _remember(response: HttpResponse, columns: Sequence[Column]) -> None:
    response.set_cookie(
        COLUMNS_COOKIE,
        ".".join(column.value for column in columns),
        max_age=timedelta(days=365),
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )

"""The register of municipalities and the page of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission, Place
from samlop.municipalities.models import Municipality
from samlop.municipalities.queries import codes
from samlop.municipalities.queries.codes import Answer
from samlop.municipalities.rules.codes import CodePeriod, Outcome
from samlop.web import addresses, clock, downloads, formats, render
from samlop.web.history.scope import Sight
from samlop.web.municipalities import exports, numbers, pages, register, table
from samlop.web.municipalities.pages import Reader, Rights
from samlop.web.municipalities.table import Column, Filters
from samlop.web.people.reader import Reader as PeopleReader
from samlop.web.request import PublicRequest, Request
from samlop.web.uptake import alerts

COLUMNS_COOKIE = "samlop_kolonner"


@require_safe
def municipality_list(request: PublicRequest) -> HttpResponse:
    """All municipalities of a day, as a table, a map or a file."""
    signed_in = bool(request.access.grants)
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


@require_safe
def show(request: PublicRequest, number: str) -> HttpResponse:
    """The municipality that has the number on the day; an old number leads to the new one."""
    on, today = clock.chosen_day(request), clock.today()
    answer = codes.municipality(number, on=on)
    if answer.resolution.outcome is Outcome.UNKNOWN_NUMBER:
        raise Http404
    if answer.resolution.outcome is not Outcome.VALID:
        return _elsewhere(request, answer, on=on, today=today)
    code = answer.successors[0]
    row = Municipality.objects.get(pk=code.municipality)
    place = accounts.place_of(row, on=today)
    reader = Reader(
        signed_in=bool(request.access.grants),
        people=PeopleReader.of(request, on=today),
        rights=Rights.of(request.access, place),
        reach=request.access.reach(Permission.VIEW_CAPACITY_HOURS),
        answers=request.access.reach(Permission.VIEW_ANSWERS),
        sight=Sight.of(request.access, request.user.pk),
    )
    page = pages.municipality_page(code, row, on=on, today=today, reader=reader)
    told = alerts.of_municipalities(request, [row.pk]) if on == today else ()
    return render.page(request, "municipalities/show.html", page, alerts=told)


def _elsewhere(request: PublicRequest, answer: Answer, *, on: date, today: date) -> HttpResponse:
    """The same municipality under the day's number, or what became of one that is no more."""
    was, now = numbers.lives_on(answer, on=on)
    if was is not None and now is not None:
        words = gettext("%(number)s er et annet nummer for %(name)s. Kommunen har nummer %(now)s.")
        if on != today:
            words = gettext("%(name)s hadde nummer %(now)s %(day)s.")
        messages.info(
            request,
            words
            % {
                "number": was.number,
                "name": was.name,
                "now": now,
                "day": formats.long_date(on),
            },
        )
        suffix = f"?dato={on.isoformat()}" if on != today else ""
        return redirect(f"{pages.address(now)}{suffix}")
    page = pages.ended_page(answer, was, on=on, today=today)
    return render.page(request, "municipalities/ended.html", page)


# --- what the pages for changing things share ---


@dataclass(frozen=True, slots=True)
class Own:
    """A municipality of today, and where in the order of things it lies."""

    row: Municipality
    code: CodePeriod
    place: Place


def required(request: Request, number: str, permission: Permission) -> Own:
    """A municipality of today in which the permission holds; else Moved, 404 or 403."""
    today = clock.today()
    code = numbers.current(number, on=today)
    row = Municipality.objects.get(pk=code.municipality)
    place = accounts.place_of(row, on=today)
    request.access.require(permission, place)
    return Own(row, code, place)

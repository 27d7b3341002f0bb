"""How far municipalities have come, for everybody to read; its own tells more to each."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.web import clock, downloads, render
from samlop.web.municipalities import numbers
from samlop.web.request import PublicRequest
from samlop.web.solutions.frame import frame
from samlop.web.uptake import municipality as own
from samlop.web.uptake import pages


@require_safe
def solution(request: PublicRequest, slug: str) -> HttpResponse:
    """How many have come to each stage, by area, and where they are on the map."""
    wanted = get_object_or_404(Solution, slug=slug)
    on, today = clock.chosen_day(request), clock.today()
    found = pages.Found.of(wanted, request.GET, on=on, today=today)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.download(found), as_format)
    page = pages.solution_page(found, frame(request, wanted, active="uptake"), request.GET)
    return render.page(request, "uptake/solution.html", page)


@require_safe
def municipality(request: PublicRequest, number: str) -> HttpResponse:
    """How far a municipality has come with each solution, beside those that are like it."""
    on, today = clock.chosen_day(request), clock.today()
    code = numbers.current(number, on=today)
    place = accounts.place_of(Municipality.objects.get(pk=code.municipality), on=today)
    page = own.municipality_page(
        code, on=on, today=today, inside=request.access.may(Permission.VIEW_UPTAKE, place)
    )
    return render.page(request, "uptake/municipality.html", page)

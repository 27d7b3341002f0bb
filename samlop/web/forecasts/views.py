"""Forecasts of a solution, and how they have done: for everybody to read."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from samlop.uptake.queries import forecasts as queries
from samlop.web import clock, render
from samlop.web.forecasts import looks, pages
from samlop.web.forecasts.choosing import Chosen
from samlop.web.request import PublicRequest
from samlop.web.solutions.frame import frame


@require_safe
def forecast(request: PublicRequest, slug: str) -> HttpResponse:
    """When 50, 80 and 95 % will have taken it in use, also with starts that the reader plans."""
    chosen = Chosen.of(slug, request.GET, on=clock.chosen_day(request), today=clock.today())
    page = pages.forecast_page(
        frame(request, chosen.here.solution, active="uptake"), chosen, request.GET
    )
    return render.page(request, "forecasts/show.html", page)


@require_safe
def looking_back(request: PublicRequest, slug: str) -> HttpResponse:
    """Forecasts of earlier quarters beside what happened; and the method on public series."""
    chosen = Chosen.of(slug, request.GET, on=clock.chosen_day(request), today=clock.today())
    page = looks.looking_back_page(
        frame(request, chosen.here.solution, active="uptake"),
        chosen,
        queries.validation(),
        request.GET,
    )
    return render.page(request, "forecasts/looking_back.html", page)

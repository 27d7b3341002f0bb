"""The vendors' part of a solution."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from samlop.portfolio.models import Solution
from samlop.web import addresses, clock, downloads, render
from samlop.web.readiness import coverage, matrix, pages
from samlop.web.readiness.matrix import Found
from samlop.web.request import PublicRequest
from samlop.web.solutions.frame import frame


@require_safe
def solution(request: PublicRequest, slug: str) -> HttpResponse:
    """How far every product has come, and what that means for each municipality."""
    wanted = get_object_or_404(Solution, slug=slug)
    on, today = clock.chosen_day(request), clock.today()
    found = Found.of(wanted, request.GET, on=on)
    if as_format := downloads.wanted(request.GET):
        if request.GET.get("liste") == "kommuner":
            download = coverage.download(found, request.GET, today=today)
        else:
            download = matrix.download(found)
        return downloads.answer(download, as_format)
    page = pages.solution_page(
        found,
        frame(request, wanted, active="vendors"),
        request.GET,
        access=request.access,
        today=today,
    )
    if not render.wants_block(request):
        return render.page(request, "readiness/solution.html", page)
    response = render.block(request, "readiness/solution.html", "results", page)
    # The form sends its empty fields too; the address people copy leaves them out.
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response

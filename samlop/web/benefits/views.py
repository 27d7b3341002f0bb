"""What a solution may give, and what those who measured have measured: for everybody."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from samlop.portfolio.models import Solution
from samlop.web import clock, downloads, render
from samlop.web.benefits import pages
from samlop.web.request import PublicRequest
from samlop.web.solutions.frame import frame


@require_safe
def solution(request: PublicRequest, slug: str) -> HttpResponse:
    row = get_object_or_404(Solution, slug=slug)
    on = clock.chosen_day(request)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.download(row, on=on), as_format)
    page = pages.benefits_page(
        frame(request, row, active="benefits"), row, on=on, query=request.GET
    )
    return render.page(request, "benefits/solution.html", page)

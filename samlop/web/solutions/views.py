"""The portfolio and the pages of one solution."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from samlop.portfolio.models import Solution
from samlop.web import render
from samlop.web.request import PublicRequest
from samlop.web.solutions import pages
from samlop.web.solutions.frame import frame


@require_safe
def solution_list(request: PublicRequest) -> HttpResponse:
    return render.page(request, "solutions/list.html", pages.Portfolio.of())


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    solution = get_object_or_404(Solution, slug=slug)
    page = pages.Overview(frame=frame(request, solution, active="overview"))
    return render.page(request, "solutions/show.html", page)

"""What a solution may give, and what those who measured have measured: for everybody."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from samlop.accounts.rules import PERMITS, Permission, Place
from samlop.portfolio.models import Solution
from samlop.web import clock, downloads, render
from samlop.web.benefits import pages
from samlop.web.benefits.own import MAY
from samlop.web.request import PublicRequest
from samlop.web.solutions.frame import frame


@require_safe
def solution(request: PublicRequest, slug: str) -> HttpResponse:
    row = get_object_or_404(Solution, slug=slug)
    on = clock.chosen_day(request)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.download(row, on=on), as_format)
    is_today = on == clock.today()
    page = pages.benefits_page(
        frame(request, row, active="benefits"),
        row,
        on=on,
        query=request.GET,
        own=_own_municipality(request) if is_today else None,
        may_edit=is_today and request.access.may(Permission.EDIT_SOLUTION, Place(solution=slug)),
    )
    return render.page(request, "benefits/solution.html", page)


def _own_municipality(request: PublicRequest) -> int | None:
    """The municipality the reader follows benefits for, when there is just one such."""
    found = {
        grant.municipality
        for grant in request.access.grants
        if MAY in PERMITS[grant.role] and grant.municipality is not None
    }
    return next(iter(found)) if len(found) == 1 else None

"""The portfolio and the pages of one solution."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from samlop.accounts.rules import Permission
from samlop.portfolio.models import Solution
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.web import addresses, clock, downloads, render
from samlop.web.history.pages import Reader
from samlop.web.history.scope import Sight
from samlop.web.people.reader import Reader as PeopleReader
from samlop.web.request import PublicRequest
from samlop.web.solutions import coverage, pages, portfolio
from samlop.web.solutions.frame import frame
from samlop.web.solutions.portfolio import Register, View
from samlop.web.solutions.rights import Rights


@require_safe
def solution_list(request: PublicRequest) -> HttpResponse:
    """All solutions of a day: as a board, a table, a map or a file."""
    found = Register.of(request.GET, on=clock.chosen_day(request))
    if as_format := downloads.wanted(request.GET):
        if request.GET.get("visning") == View.MAP.value:
            rows = [row for row in found.rows if row.kind is not SolutionKind.JOINT_PROCESS]
            file = coverage.download(rows, request.GET, on=found.on)
            return downloads.answer(file, as_format)
        return downloads.answer(portfolio.download(found), as_format)
    page = portfolio.portfolio_page(
        found,
        request.GET,
        today=clock.today(),
        may_create=request.access.may(Permission.EDIT_PORTFOLIO),
    )
    if not render.wants_block(request):
        return render.page(request, "solutions/list.html", page)
    response = render.block(request, "solutions/list.html", "results", page)
    # The form sends its empty fields too; the address people copy leaves them out.
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    solution = get_object_or_404(Solution, slug=slug)
    rights = Rights.of(request.access, slug)
    today = clock.today()
    page = pages.overview(
        solution,
        frame(request, solution, active="overview"),
        rights,
        PeopleReader.of(request, on=today),
        today=today,
    )
    return render.page(request, "solutions/show.html", page)


@require_safe
def history(request: PublicRequest, slug: str) -> HttpResponse:
    """The phases for everybody; who changed what for the signed-in."""
    solution = get_object_or_404(Solution, slug=slug)
    reader = None
    if request.access.grants and request.user.pk is not None:
        sight = Sight.of(request.access, request.user.pk)
        reader = Reader(request.user.pk, request.access.grants, sight)
    page = pages.history_page(
        solution,
        frame(request, solution, active="history"),
        Rights.of(request.access, slug),
        reader=reader,
    )
    return render.page(request, "solutions/history.html", page)

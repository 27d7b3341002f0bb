"""The list of rollouts and the public page of one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from samlop.accounts.rules import Permission
from samlop.portfolio.models import Solution
from samlop.rollouts.queries import rollouts as queries
from samlop.web import addresses, clock, downloads, render
from samlop.web.request import PublicRequest
from samlop.web.rollouts import evaluating, listing, outside, overview, own
from samlop.web.rollouts.frame import frame, load
from samlop.web.rollouts.rights import is_insider, planning_place
from samlop.web.solutions.frame import frame as solution_frame


@require_safe
def rollout_list(request: PublicRequest) -> HttpResponse:
    """Every rollout: as a page or a file. Plans that are not announced are for insiders."""
    found = listing.Register.of(request.GET, is_insider=is_insider(request), on=clock.today())
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(listing.download(found), as_format)
    access = request.access
    may_create = access.may(Permission.PLAN_ROLLOUT, planning_place(access))
    page = listing.list_page(found, request.GET, may_create=may_create)
    if not render.wants_block(request):
        return render.page(request, "rollouts/list.html", page)
    response = render.block(request, "rollouts/list.html", "results", page)
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    access = request.access
    found = frame(request, rollout, active="overview")
    page = overview.overview_page(
        rollout,
        found,
        may_plan=access.may(Permission.PLAN_ROLLOUT, planning_place(access)),
        learnt=evaluating.learnt(request, rollout, found),
        own=own.of_reader(rollout, access, clock.today()),
        outside=outside.of_reader(rollout, access, clock.today()),
        on=clock.today(),
    )
    return render.page(request, "rollouts/show.html", page)


@require_safe
def of_solution(request: PublicRequest, slug: str) -> HttpResponse:
    """Every rollout of a solution, and where a municipality says that it is interested."""
    solution = get_object_or_404(Solution, slug=slug)
    insider = is_insider(request)
    access = request.access
    page = listing.solution_page(
        queries.of_solution(solution.pk, to_insiders=insider),
        solution_frame(request, solution, active="rollouts"),
        may_create=access.may(Permission.PLAN_ROLLOUT, planning_place(access)),
        is_insider=insider,
    )
    return render.page(request, "rollouts/of_solution.html", page)

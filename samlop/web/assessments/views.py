"""How far a solution has come against the criteria, and the files that show it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from samlop.files.models import File
from samlop.portfolio.models import Evidence
from samlop.portfolio.queries import assessments as queries
from samlop.portfolio.queries import criteria as criteria_queries
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.web import clock, downloads, render
from samlop.web.assessments import loading, pages
from samlop.web.assessments.loading import Here
from samlop.web.assessments.rights import rights
from samlop.web.criteria.pages import Head
from samlop.web.files import serving
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    """Every service area, or the only one there is."""
    solution, offers = loading.solution_of(slug)
    if len(offers) == 1:
        return _area(request, loading.of_offer(request, solution, offers, offers[0]))
    states = queries.states_of(offer.pk for offer in offers)
    # Those who sit in a body that decides on one of them may see them all.
    held = next(iter(states.values()), None)
    may = rights(request, slug, held)
    page = pages.overview(
        frame(request, solution, active="assessment"), offers, states if may.see else {}, may
    )
    return render.page(request, "assessments/overview.html", page)


@require_safe
def area(request: PublicRequest, slug: str, area: str) -> HttpResponse:
    return _area(request, loading.here(request, slug, area))


def _area(request: PublicRequest, found: Here) -> HttpResponse:
    here = frame(request, found.solution, active="assessment")
    state = found.state
    if not found.rights.see:
        newest = criteria_queries.newest_published()
        closed = pages.Closed(
            frame=here,
            area=str(AREAS[Area(found.offer.area)]) if len(found.offers) > 1 else "",
            newest=Head.of(criteria_queries.SetHead.of(newest)) if newest else None,
            decisions=reverse("gates:list", args=[found.solution.slug]),
        )
        return render.page(request, "assessments/closed.html", closed)
    if state is None:
        page = pages.overview(here, [found.offer], {}, found.rights)
        return render.page(request, "assessments/overview.html", page)
    if wanted := downloads.wanted(request.GET):
        exported = pages.Exported(here, Area(found.offer.area), state, clock.today())
        return downloads.answer(pages.download(exported), wanted)
    return render.page(request, "assessments/area.html", loading.page_of(request, found))


@require_safe
@signed_in_only
def evidence(request: Request, slug: str, area: str, key: UUID, name: str) -> HttpResponse:
    """A file, only for those who may see the assessment it stands in."""
    found = loading.here(request, slug, area)
    if not found.rights.see:
        raise Http404
    shown = Evidence.objects.filter(file__key=key, answer__assessment__offer=found.offer)
    file = File.objects.filter(key=key, name=name, evidence__in=shown).first()
    if file is None:
        raise Http404
    return serving.answer(request, file)

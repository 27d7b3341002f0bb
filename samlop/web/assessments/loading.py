"""Finding the assessment that an address names, and putting its page together."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from samlop.portfolio.models import Assessment, Offer, Solution
from samlop.portfolio.queries import assessments as queries
from samlop.portfolio.queries import solutions
from samlop.portfolio.queries.assessments import AssessmentState, CriterionState
from samlop.portfolio.rules.solutions import Area
from samlop.web import clock
from samlop.web.assessments import pages
from samlop.web.assessments.areas import AREAS
from samlop.web.assessments.pages import AssessmentPage, Said, Typed
from samlop.web.assessments.rights import Rights, rights
from samlop.web.request import PublicRequest, Request
from samlop.web.solutions.frame import frame


@dataclass(frozen=True, slots=True)
class Here:
    """One offer of a solution, its assessment if there is one, and what the reader may do."""

    solution: Solution
    offers: tuple[Offer, ...]
    offer: Offer
    state: AssessmentState | None
    rights: Rights

    @property
    def begun(self) -> AssessmentState:
        """Raises Http404 when none has begun, or for one who may not see it."""
        if self.state is None or not self.rights.see:
            raise Http404
        return self.state

    def criterion(self, code: str) -> CriterionState:
        found = next((one for one in self.begun.criteria if one.code == code), None)
        if found is None:
            raise Http404
        return found


def solution_of(slug: str) -> tuple[Solution, tuple[Offer, ...]]:
    """404 for a joint process: it is measured by no criteria."""
    solution = get_object_or_404(Solution, slug=slug)
    if solution.is_joint_process:
        raise Http404
    offers = solutions.offers_of(solution)
    for offer in offers:
        # Already read: asking for it again would be a query per offer.
        offer.solution = solution
    return solution, offers


def here(request: PublicRequest | Request, slug: str, area: str) -> Here:
    solution, offers = solution_of(slug)
    wanted = AREAS.get(area)
    offer = next((one for one in offers if Area(one.area) is wanted), None)
    if offer is None:
        raise Http404
    return of_offer(request, solution, offers, offer)


def of_offer(
    request: PublicRequest | Request, solution: Solution, offers: tuple[Offer, ...], offer: Offer
) -> Here:
    state = queries.state_of(offer)
    may = rights(request, solution.slug, state)
    older = request.GET.get("versjon", "") if request.method in {"GET", "HEAD"} else ""
    if older and state is not None and older != str(state.criteria_set.number):
        # Measured by an older version: it stands as it was, and is only read.
        ended = Assessment.objects.filter(offer=offer, ended_at__isnull=False)
        found = queries.states(ended.filter(criteria_set__number=_number(older)))
        if not found:
            raise Http404
        return Here(solution, offers, offer, found[-1], Rights(see=may.see))
    return Here(solution, offers, offer, state, may)


def _number(text: str) -> int:
    """Nothing is measured by version 0."""
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def page_of(
    request: PublicRequest | Request,
    found: Here,
    *,
    typed: Typed | None = None,
    said: Said | None = None,
) -> AssessmentPage:
    """The whole work page; the same number of queries however much is answered."""
    state = found.begun
    before = queries.state(state.moved_from) if state.moved_from is not None else None
    return pages.assessment_page(
        frame(request, found.solution, active="assessment"),
        found.offer,
        found.offers,
        state,
        found.rights,
        before=before,
        on=clock.today(),
        typed=typed,
        said=said,
    )

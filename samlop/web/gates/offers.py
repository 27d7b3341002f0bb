"""An offer in an address, and where the pages about it are."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS as AREA_WORDS
from samlop.web.assessments.areas import ADDRESSES, AREAS


def solution_of(slug: str) -> Solution:
    """A joint process is no solution: nobody decides that it is ready."""
    solution = get_object_or_404(Solution, slug=slug)
    if solution.is_joint_process:
        raise Http404
    return solution


def offer_of(slug: str, area: str) -> Offer:
    """404 for an area that is none, or where the solution is not offered."""
    solution = solution_of(slug)
    if area not in AREAS:
        raise Http404
    found = get_object_or_404(Offer, solution=solution, area=AREAS[area].value)
    # What was read is not read again.
    found.solution = solution
    return found


def address(offer: Offer, view: str) -> str:
    return reverse(f"gates:{view}", args=[offer.solution.slug, ADDRESSES[Area(offer.area)]])


def area_words(offer: Offer) -> str:
    return str(AREA_WORDS[Area(offer.area)])


def trail(offer: Offer) -> tuple[tuple[str, str], ...]:
    """The breadcrumbs above a form about the decision on an offer."""
    slug = offer.solution.slug
    return (
        (gettext("Løsninger"), reverse("solutions:list")),
        (offer.solution.name, reverse("solutions:show", args=[slug])),
        (gettext("Beslutninger"), reverse("gates:list", args=[slug])),
        (area_words(offer), address(offer, "offer")),
    )


def health_trail(offer: Offer) -> tuple[tuple[str, str], ...]:
    return (*trail(offer), (gettext("Helsefaglig vurdering"), address(offer, "health")))

"""A solution and the one of its offers that a page is about, named by `?omrade=`."""

from dataclasses import dataclass

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.queries import solutions
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import solutions as texts
from samlop.web.addresses import changed
from samlop.web.assessments.areas import ADDRESSES, AREAS


@dataclass(frozen=True, slots=True)
class Here:
    """`offer` is the one asked for, else the first; None for a solution that is offered nowhere."""

    solution: Solution
    offers: tuple[Offer, ...]
    offer: Offer | None

    @classmethod
    def of(cls, slug: str, query: QueryDict) -> "Here":
        """Two queries. An area the solution is not offered in counts as none."""
        solution = get_object_or_404(Solution, slug=slug)
        offers = solutions.offers_of(solution)
        for offer in offers:
            # Already read: asking for it again would be a query per offer.
            offer.solution = solution
        wanted = AREAS.get(query.get("omrade", ""))
        first = offers[0] if offers else None
        return cls(solution, offers, next((one for one in offers if one.area == wanted), first))

    @property
    def required(self) -> Offer:
        """The offer, where a page makes no sense without one."""
        if self.offer is None:
            raise Http404
        return self.offer

    @property
    def area_words(self) -> str:
        return area_words(self.offer) if self.offer else ""

    @property
    def suffix(self) -> str:
        """«?omrade=…» where there is a choice of several, else nothing."""
        if self.offer is None or len(self.offers) < 2:
            return ""
        return f"?omrade={address_of(self.offer)}"

    def tabs(self, query: QueryDict) -> tuple[tuple[str, str, bool], ...]:
        """One per service area, when there are several: words, address, current."""
        if len(self.offers) < 2:
            return ()
        return tuple(
            (area_words(one), changed(query, omrade=address_of(one)), one == self.offer)
            for one in self.offers
        )


def address_of(offer: Offer) -> str:
    """«hjemmetjeneste», as addresses name the area."""
    return ADDRESSES[Area(offer.area)]


def area_words(offer: Offer) -> str:
    return str(texts.AREAS[Area(offer.area)])

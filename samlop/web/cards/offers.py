"""A solution and the one of its offers that a page is about, named by `?omrade=`."""

from dataclasses import dataclass

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.queries import solutions
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.web.addresses import changed


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
        wanted = query.get("omrade", "")
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
        return str(AREAS[Area(self.offer.area)]) if self.offer else ""

    @property
    def suffix(self) -> str:
        """«?omrade=…» where there is a choice of several, else nothing."""
        return f"?omrade={self.offer.area}" if self.offer and len(self.offers) > 1 else ""

    def tabs(self, query: QueryDict) -> tuple[tuple[str, str, bool], ...]:
        """One per service area, when there are several: words, address, current."""
        if len(self.offers) < 2:
            return ()
        return tuple(
            (str(AREAS[Area(one.area)]), changed(query, omrade=one.area), one == self.offer)
            for one in self.offers
        )

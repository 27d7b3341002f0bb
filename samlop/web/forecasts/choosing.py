"""Which offer a forecast is of, and as of which day."""

from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict

from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.queries import forecasts as queries
from samlop.uptake.queries import stages
from samlop.uptake.queries.forecasts import Basis
from samlop.web.cards.offers import Here


@dataclass(frozen=True, slots=True)
class Chosen:
    here: Here
    # None for a solution that is offered nowhere.
    basis: Basis | None

    @classmethod
    def of(cls, slug: str, query: QueryDict, *, on: date, today: date) -> "Chosen":
        """Without a choice, the area where most have begun; never as of a day to come.

        Seven queries at most, when what others teach is kept.
        """
        here = Here.of(slug, query)
        if "omrade" not in query and len(here.offers) > 1:
            stage = queries.in_use(SolutionKind(here.solution.kind))
            begun = stages.first_reached_of([one.pk for one in here.offers], stage)
            here = replace(here, offer=max(here.offers, key=lambda one: len(begun.get(one.pk, ()))))
        return cls(here, queries.basis(here.offer, min(on, today)) if here.offer else None)

"""The portfolio as a whole: every solution in every service area, and finding one by a name."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from samlop.db.text_keys import SearchKey, SortKey
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.queries import solutions
from samlop.portfolio.queries.solutions import CurrentPhase
from samlop.portfolio.rules.solutions import Area, Sector, SolutionKind

# Below this share of common letter triples a word is another word.
ALIKE: Final = 0.5
ENOUGH: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A solution in one service area; no phase when it had none by the day."""

    offer: int
    slug: str
    name: str
    short_name: str
    kind: SolutionKind
    summary: str
    area: Area
    phase: CurrentPhase | None
    owner: str
    programme: str
    maintainer: str
    audience: str
    sectors: tuple[Sector, ...]


def register(*, on: date) -> tuple[Row, ...]:
    """Every solution in every service area it is offered in, by name. Two queries."""
    phases = solutions.phases_on(on)
    return tuple(
        Row(
            offer=offer.pk,
            slug=offer.solution.slug,
            name=offer.solution.name,
            short_name=offer.solution.short_name,
            kind=SolutionKind(offer.solution.kind),
            summary=offer.solution.summary,
            area=Area(offer.area),
            phase=phases.get(offer.pk),
            owner=offer.solution.owner,
            programme=offer.solution.programme,
            maintainer=offer.solution.maintainer,
            audience=offer.solution.audience,
            sectors=tuple(Sector(code) for code in offer.solution.sectors),
        )
        for offer in Offer.objects.select_related("solution").order_by("solution__name", "pk")
    )


def search(text: str, *, limit: int) -> tuple[Solution, ...]:
    """Solutions whose name or short name begins with, holds or resembles the text. One query."""
    text = " ".join(text.split())
    if not text:
        return ()
    key = SearchKey(Value(text))
    named = Solution.objects.annotate(
        key=SearchKey(Concat("name", Value(" "), "short_name")), wanted=key
    )
    found = Q(key__startswith=key) | Q(key__contains=Concat(Value(" "), key))
    if len(text) >= ENOUGH:
        named = named.annotate(likeness=TrigramWordSimilarity(key, F("key")))  # type: ignore[arg-type]
        found |= Q(key__contains=key) | Q(likeness__gte=ALIKE)
    return tuple(named.filter(found).order_by(SortKey("name"), "pk")[:limit])

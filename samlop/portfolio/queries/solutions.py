"""Where solutions are offered, and the phase each offer is in on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from samlop.db.text_keys import SortKey
from samlop.portfolio.models import Offer, PhaseEvent, Solution
from samlop.portfolio.rules.solutions import Area, Phase

_ORDER = {area.value: index for index, area in enumerate(Area)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentPhase:
    """The newest standing event of an offer as of a day."""

    phase: Phase
    since: date
    reason: str = ""
    source: str = ""
    # What comes instead: a solution here, or only its name.
    successor_slug: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedIn:
    """A solution in one service area, with its phase that day; None when it had none yet."""

    offer: int
    area: Area
    phase: CurrentPhase | None


def offers_of(solution: Solution) -> tuple[Offer, ...]:
    """The solution's offers, in the order of the areas. One query."""
    rows = Offer.objects.filter(solution=solution)
    return tuple(sorted(rows, key=lambda offer: _ORDER[offer.area]))


def phases_on(day: date, *, solution: int | None = None) -> Mapping[int, CurrentPhase]:
    """The phase of each offer that day, by the offer's id. One query."""
    rows = PhaseEvent.objects.current_on(day).select_related("superseded_by")
    if solution is not None:
        rows = rows.filter(offer__solution=solution)
    return {
        row.offer_id: CurrentPhase(
            phase=Phase(row.phase),
            since=row.happened_on,
            reason=row.reason,
            source=row.source,
            successor_slug=row.superseded_by.slug if row.superseded_by else "",
            successor=row.superseded_by.name if row.superseded_by else row.successor,
        )
        for row in rows
    }


def offered(solution: Solution, *, on: date) -> tuple[OfferedIn, ...]:
    """Each service area of the solution with its phase that day. Two queries."""
    phases = phases_on(on, solution=solution.pk)
    return tuple(
        OfferedIn(offer=offer.pk, area=Area(offer.area), phase=phases.get(offer.pk))
        for offer in offers_of(solution)
    )


def superseded_by(solution: Solution, *, on: date) -> tuple[Solution, ...]:
    """What the solution comes instead of, in some area that day. One query."""
    current = PhaseEvent.objects.current_on(on).values("pk")
    rows = Solution.objects.filter(
        offers__phases__in=current, offers__phases__superseded_by=solution
    )
    return tuple(rows.order_by(SortKey("name"), "pk").distinct())

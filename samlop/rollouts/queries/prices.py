"""What rollouts cost municipalities, by the prices of now or those known at a moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from samlop.portfolio.models import Offer
from samlop.portfolio.queries import costs
from samlop.portfolio.queries.costs import NO_SYSTEMS, Offered, Systems, Version
from samlop.portfolio.rules.costs import Calculation, Country, Figure
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Rollout


def version_for(versions: Mapping[int, Version], offer: int) -> Version | None:
    """The offer's own, else one that is a price of the whole solution."""
    return versions.get(offer) or next(
        (one for one in versions.values() if one.for_all_areas), None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """One rollout's cost model, the vendors' joint offers, and what everybody uses."""

    version: Version | None
    calculation: Calculation | None
    deals: tuple[Offered, ...]
    areas: tuple[Area, ...]
    systems: Mapping[int, Systems]

    def figure(self, municipality: int) -> Figure | None:
        if self.calculation is None:
            return None
        systems = self.systems.get(municipality, NO_SYSTEMS)
        return self.calculation.figure(municipality, deals=systems.fitting(self.deals, self.areas))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Every price of some solutions, and the country that shares them, as it is on a day."""

    on: date
    # By solution; the rest by offer.
    offers: Mapping[int, tuple[Offer, ...]]
    versions: Mapping[int, tuple[Version, ...]]
    deals: Mapping[int, tuple[Offered, ...]]
    country: Country
    systems: Mapping[int, Systems]
    # By version: weights are made once for all who ask.
    _made: dict[int, Calculation] = field(default_factory=dict)

    @classmethod
    def of(cls, solutions: Collection[int], on: date, systems: Mapping[int, Systems]) -> "Prices":
        """Seven queries, for one solution as for many."""
        offers: dict[int, list[Offer]] = {one: [] for one in solutions}
        for offer in Offer.objects.filter(solution__in=solutions).order_by("pk"):
            offers[offer.solution_id].append(offer)
        pks = [offer.pk for several in offers.values() for offer in several]
        return cls(
            on=on,
            offers={solution: tuple(several) for solution, several in offers.items()},
            versions=costs.history_of(pks),
            deals=costs.deals_of(pks),
            country=costs.country(on),
            systems=systems,
        )

    def priced(self, rollout: Rollout, *, known_at: datetime | None = None) -> Priced:
        """Prices of the day it starts, without versions that were published after `known_at`."""
        offers = self.offers[rollout.solution_id]
        day = max(self.on, rollout.starts_on)
        holding = {
            offer.pk: costs.holding(self.versions.get(offer.pk, ()), day, known_at=known_at)
            for offer in offers
        }
        version = version_for(
            {pk: one for pk, one in holding.items() if one is not None}, rollout.offer_id
        )
        wide = version is not None and version.for_all_areas
        wanted = [one for one in offers if wide or one.pk == rollout.offer_id]
        return Priced(
            version=version,
            calculation=self._calculation(version) if version else None,
            deals=tuple(
                deal for one in wanted for deal in self.deals.get(one.pk, ()) if deal.holds_on(day)
            ),
            areas=tuple(Area(one.area) for one in wanted),
            systems=self.systems,
        )

    def _calculation(self, version: Version) -> Calculation:
        if version.pk not in self._made:
            self._made[version.pk] = Calculation.of(version.model, self.country)
        return self._made[version.pk]

"""What forecasts are made from: own history, and that of earlier solutions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.queries import stages
from samlop.uptake.rules import forecasts as rules
from samlop.uptake.rules.forecasts import (
    LITERATURE,
    Forecast,
    ForecastRefusal,
    Hindsight,
    History,
    Learned,
    Planned,
)
from samlop.uptake.rules.stages import Stage

# An earlier solution teaches once half of the municipalities have taken it in use.
TEACHES_FROM: Final = 0.5
# How many quarters back forecasts are made again.
LOOKS_BACK: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is known as of a day; `refusal` says why nothing is forecast from it."""

    history: History
    on: date
    learned: Learned
    refusal: ForecastRefusal | None

    def forecast(self, planned: Sequence[Planned] = ()) -> Forecast | None:
        if self.refusal is not None:
            return None
        return rules.forecast(self.history, self.on, learned=self.learned, planned=planned)

    def hindsight(self) -> tuple[Hindsight, ...]:
        """Forecasts of earlier quarters against what happened, by the literature's averages.

        What other solutions have taught since was not known then.
        """
        days = [self.on - ago * rules.QUARTER for ago in range(LOOKS_BACK, 0, -1)]
        return rules.hindsight(self.history, days, self.on, learned=LITERATURE)


def basis(offer: Offer, on: date, *, known_at: datetime | None = None) -> Basis:
    """Three queries, and the offer's solution if not read."""
    own = in_use(SolutionKind(offer.solution.kind))
    offers = {
        pk: SolutionKind(kind)
        for pk, kind in Offer.objects.order_by("pk").values_list("pk", "solution__kind")
    }
    alike = [pk for pk, kind in offers.items() if in_use(kind) is own]
    everybody = frozenset(
        MunicipalityCode.objects.valid_on(on).values_list("municipality_id", flat=True)
    )
    reached = stages.first_reached_of(alike, own, known_at=known_at)
    histories = {pk: _history(reached.get(pk, {}), everybody, on) for pk in alike}
    history = histories.pop(offer.pk)
    earlier = [
        rules.fit(one, on)
        for one in histories.values()
        if rules.refusal(one, on) is None and one.reached(TEACHES_FROM) is not None
    ]
    return Basis(
        history=history,
        on=on,
        learned=rules.learn(earlier),
        refusal=rules.refusal(history, on),
    )


def in_use(kind: SolutionKind) -> Stage:
    """What «taken in use» is: a joint process is under way instead."""
    return Stage.UNDER_WAY if kind is SolutionKind.JOINT_PROCESS else Stage.IN_USE


def _history(reached: Mapping[int, date], everybody: frozenset[int], on: date) -> History:
    """Of municipalities that exist on the day; one that has stopped since has still begun."""
    began = [day for pk, day in reached.items() if pk in everybody and day <= on]
    return History.of(began, len(everybody))

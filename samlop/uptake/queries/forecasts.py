"""What forecasts are made from: own history, and that of earlier solutions.

A forecast takes some hundredths of a second, and a page looks back on a dozen: what has been
worked out is kept in the shared cache under all that it was worked out from, so that it is never
out of date, and the worker sees to it each hour.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache as once
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar, cast

from django.core.cache import cache
from django.db.models import Max

from samlop.lib.quarters import Quarter
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.models import StageEvent
from samlop.uptake.queries import stages
from samlop.uptake.rules import forecasts as rules
from samlop.uptake.rules.forecasts import (
    LITERATURE,
    Forecast,
    ForecastRefusal,
    History,
    Learned,
    LookBack,
    Planned,
)
from samlop.uptake.rules.stages import Stage

T = TypeVar("T")

# An earlier solution teaches once half of the municipalities have taken it in use.
TEACHES_FROM: Final = 0.5
# How many quarters back forecasts are made again.
LOOKS_BACK: Final = 12
ITALY: Final = Path(__file__).resolve().parent.parent / "data" / "italy.csv"
ITALY_KNOWN_ON: Final = date(2026, 8, 22)
_KEPT: Final = timedelta(days=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is known as of a day; `refusal` says why nothing is forecast from it."""

    history: History
    on: date
    learned: Learned
    refusal: ForecastRefusal | None

    def forecast(self, planned: Sequence[Planned] = ()) -> Forecast | None:
        """One query when it is kept."""
        if self.refusal is not None:
            return None
        return _kept(
            "forecast",
            (self.history, self.on, self.learned, tuple(planned)),
            lambda: rules.forecast(self.history, self.on, learned=self.learned, planned=planned),
        )

    def look_backs(self) -> tuple[LookBack, ...]:
        """Forecasts of earlier quarters and how they went, by the literature's averages.

        What other solutions have taught since was not known then. One query when they are kept.
        """
        return _look_backs(self.history, _earlier_quarters(self.on), self.on)


def basis(offer: Offer, on: date) -> Basis:
    """Four queries when what others teach is kept, and the offer's solution if not read."""
    own = in_use(SolutionKind(offer.solution.kind))
    everybody = frozenset(
        MunicipalityCode.objects.valid_on(on).values_list("municipality_id", flat=True)
    )
    history = _history(stages.first_reached(offer.pk, own), everybody, on)
    said = StageEvent.objects.aggregate(last=Max("pk"), withdrawn=Max("withdrawn_at"))
    return Basis(
        history=history,
        on=on,
        learned=_kept(
            "learned",
            (offer.pk, own, on, said, sorted(everybody)),
            lambda: _learned(offer, own, everybody, on),
        ),
        refusal=rules.refusal(history, on),
    )


def in_use(kind: SolutionKind) -> Stage:
    """What «taken in use» is: a joint process is under way instead."""
    return Stage.UNDER_WAY if kind is SolutionKind.JOINT_PROCESS else Stage.IN_USE


@dataclass(frozen=True, slots=True)
class Validation:
    """A public series that the method is tried on, by the publisher's name of it."""

    notice: str
    history: History
    look_backs: tuple[LookBack, ...]


def validation() -> tuple[Validation, ...]:
    """The Italian series (docs/domain/uptake.md), from every quarter. Three queries when kept."""
    days = tuple(ITALY_KNOWN_ON - ago * rules.QUARTER for ago in range(LOOKS_BACK, 0, -1))
    return tuple(
        Validation(notice, history, _look_backs(history, days, ITALY_KNOWN_ON))
        for notice, history in italian().items()
    )


@once
def italian() -> Mapping[str, History]:
    """The days on which Italian municipalities were paid for having finished, by notice."""
    days: dict[str, list[date]] = {}
    sizes: dict[str, int] = {}
    with ITALY.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            day = date.fromisoformat(row["paid_on"])
            days.setdefault(row["notice"], []).extend([day] * int(row["count"]))
            sizes[row["notice"]] = int(row["municipalities"])
    return {notice: History.of(each, sizes[notice]) for notice, each in days.items()}


def work_out_all(on: date) -> None:
    """Makes and keeps every forecast that a page shows of the day."""
    validation()
    for offer in Offer.objects.select_related("solution").order_by("pk"):
        found = basis(offer, on)
        found.forecast()
        found.look_backs()


def _earlier_quarters(on: date) -> tuple[date, ...]:
    """The first days of the last quarters of the calendar, oldest first."""
    this = Quarter.of(on)
    days = (this.plus(-ago).starts_on for ago in range(LOOKS_BACK, -1, -1))
    return tuple(day for day in days if day < on)


def _look_backs(history: History, days: Sequence[date], known_on: date) -> tuple[LookBack, ...]:
    """Days on which a forecast would have been refused are left out."""
    possible = [day for day in days if rules.refusal(history, day) is None]
    if not possible:
        return ()
    made = _kept(
        "earlier",
        (history.until(possible[-1]), possible),
        lambda: [rules.forecast(history, day) for day in possible],
    )
    return tuple(rules.look_back(one, history, known_on) for one in made)


def _learned(offer: Offer, own: Stage, everybody: frozenset[int], on: date) -> Learned:
    """What the other solutions of the kind teach. Two queries."""
    kinds = Offer.objects.exclude(pk=offer.pk).values_list("pk", "solution__kind")
    alike = [pk for pk, kind in kinds.order_by("pk") if in_use(SolutionKind(kind)) is own]
    reached = stages.first_reached_of(alike, own)
    histories = [_history(reached.get(pk, {}), everybody, on) for pk in alike]
    return rules.learn(
        [
            rules.fit(one, on, LITERATURE)
            for one in histories
            if rules.refusal(one, on) is None and one.reached(TEACHES_FROM) is not None
        ]
    )


def _history(reached: Mapping[int, date], everybody: frozenset[int], on: date) -> History:
    """Of municipalities that exist on the day; one that has stopped since has still begun."""
    began = [day for pk, day in reached.items() if pk in everybody and day <= on]
    return History.of(began, len(everybody))


def _kept(what: str, given: object, make: Callable[[], T]) -> T:
    """What was made before of the same, else made now."""
    digest = sha256(repr(given).encode()).hexdigest()
    key = f"uptake.forecasts:{rules.METHOD}:{what}:{digest}"
    return cast("T", cache.get_or_set(key, make, timeout=int(_KEPT.total_seconds())))

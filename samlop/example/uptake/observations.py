"""Monthly figures of use for the municipalities of the example that have taken a solution in use.

No such figures are public: all are drawn with a fixed seed after the municipality's inhabitants,
grow the first year and are lower in July. They come as a file would, through an import.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from math import exp
from random import Random
from typing import Final

from samlop.lib.actors import Actor
from samlop.municipalities.models import MunicipalityCode, Population
from samlop.portfolio.models import Offer, Solution
from samlop.uptake.models import Indicator
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules import indicators as rules
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import indicators, usage
from samlop.uptake.services.usage import Good

SEED: Final = 20240217
MONTHS: Final = 24
FILE: Final = "eksempel.csv"
NOT_MEASURED: Final = 0.06
"""Of the municipalities that use it, those whose system tells nothing; silence is no zero."""
FALLS: Final = 0.03
"""Those where use has gone down in the last months: the watch is to have something to see."""
FALLS_FOR: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An indicator, and how many a month for each 1 000 inhabitants when use has settled."""

    solution: str
    name: str
    unit: str
    kind: IndicatorKind
    definition: str
    level: float


PLANS: Final = (
    Plan(
        solution="kjernejournal",
        name="Oppslag i kjernejournal",
        unit="oppslag",
        kind=IndicatorKind.COUNT,
        definition="Oppslag gjort av kommunens helsepersonell i måneden. Eksempel.",
        level=6.0,
    ),
    Plan(
        solution="digihelsestasjon",
        name="Innbyggere med dialog",
        unit="innbyggere",
        kind=IndicatorKind.PEOPLE,
        definition="Innbyggere som har sendt eller fått minst én melding i måneden. Eksempel.",
        level=4.0,
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Figures until the last whole month before the day; returns how many were made."""
    if Indicator.objects.exists():
        return 0
    at = datetime.combine(on, time(6), tzinfo=UTC)
    inhabitants = dict(
        Population.objects.order_by("municipality", "-counted_on")
        .distinct("municipality")
        .values_list("municipality", "inhabitants")
    )
    return sum(_load(plan, inhabitants, by=by, on=on, at=at) for plan in PLANS)


def _load(plan: Plan, inhabitants: dict[int, int], *, by: Actor, on: date, at: datetime) -> int:
    solution = Solution.objects.filter(slug=plan.solution).first()
    if solution is None:
        return 0
    existing = set(MunicipalityCode.objects.valid_on(on).values_list("municipality_id", flat=True))
    since: dict[int, date] = {}
    for offer in Offer.objects.filter(solution=solution).order_by("pk"):
        for place, day in queries.first_reached(offer.pk, Stage.IN_USE).items():
            if place in existing:
                since[place] = min(day, since.get(place, day))
    indicator = indicators.add_indicator(
        solution=solution,
        name=plan.name,
        unit=plan.unit,
        kind=plan.kind,
        rhythm=Rhythm.MONTH,
        definition=plan.definition,
        source="Eksempel",
        valid_from=date(2017, 1, 1),
        by=by,
        at=at,
    )
    source = indicators.add_source(
        solution=solution,
        name="Eksempeldata",
        source=Source.USAGE_LOG,
        mark=DecimalMark.EITHER,
        by=by,
        at=at,
    )
    row = usage.stage(
        source=source,
        file_name=FILE,
        sha256=sha256(plan.name.encode()).hexdigest(),
        figures=_figures(plan, indicator.pk, since, inhabitants, on=on),
        by=by,
        at=at,
    )
    if row.good == 0:
        return 0
    usage.ask_to_take_in(usage_import=row, by=by, at=at)
    usage.take_in(import_id=row.pk, at=at, by=by)
    return row.good


def _figures(
    plan: Plan, indicator: int, since: dict[int, date], inhabitants: dict[int, int], *, on: date
) -> Iterator[Good]:
    dice = Random(SEED)  # noqa: S311 -- a fixed draw, not a secret
    falling = Random(SEED + 1)  # noqa: S311
    number = 1
    for place in sorted(since):
        level = plan.level * dice.lognormvariate(0, 0.4)
        falls = falling.random() < FALLS
        if dice.random() < NOT_MEASURED or place not in inhabitants:
            continue
        for back in range(MONTHS, 0, -1):
            year, month = divmod(on.year * 12 + on.month - 1 - back, 12)
            start = date(year, month + 1, 1)
            if start < since[place]:
                continue
            settled = 1 - exp(-(start - since[place]).days / 150)
            summer = 0.6 if start.month == 7 else 1.0
            wobble = dice.uniform(0.9, 1.1)
            fallen = 0.45 if falls and back <= FALLS_FOR else 1.0
            count = round(inhabitants[place] / 1000 * level * settled * summer * wobble * fallen)
            figure = rules.kept(plan.kind, Decimal(count), inhabitants[place])
            number += 1
            yield Good(number, indicator, place, start.isoformat(), figure.value)

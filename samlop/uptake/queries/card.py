"""What a municipality is asked about on «Stemmer dette?», and what it has answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch

from samlop.lib.quarters import Quarter
from samlop.uptake.models import (
    BenefitFigure,
    ChosenBenefit,
    HindranceReport,
    Observation,
    QuarterCard,
    StageEvent,
)
from samlop.uptake.rules.benefits import FigureKind
from samlop.uptake.rules.stages import Source, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBy:
    """The newest word of one source."""

    event: int
    source: Source
    stage: Stage
    happened_on: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What stands of a municipality and an offer; `newest` is the event recorded last."""

    newest: int
    said: tuple[SaidBy, ...]

    @property
    def own(self) -> SaidBy | None:
        return next((one for one in self.said if one.source is Source.MUNICIPALITY), None)


def heard(municipality: int) -> Mapping[int, Heard]:
    """By offer, those of which something is said. One query."""
    newest: dict[int, int] = {}
    said: dict[int, dict[Source, SaidBy]] = {}
    rows = (
        StageEvent.objects.known_at(None)
        .filter(municipality=municipality)
        .order_by("happened_on", "recorded_at", "pk")
        .values_list("pk", "offer_id", "source", "stage", "happened_on", "source_words")
    )
    for pk, offer, source, stage, day, words in rows:
        newest[offer] = max(pk, newest.get(offer, 0))
        said.setdefault(offer, {})[Source(source)] = SaidBy(
            event=pk, source=Source(source), stage=Stage(stage), happened_on=day, words=words
        )
    return {
        offer: Heard(newest=newest[offer], said=tuple(by_source.values()))
        for offer, by_source in said.items()
    }


def hindrances(municipality: int) -> Mapping[int, HindranceReport]:
    """What it said last of each offer, also that nothing hinders. One query."""
    rows = (
        HindranceReport.objects.filter(municipality=municipality)
        .order_by("offer_id", "-told_on", "-recorded_at", "-pk")
        .distinct("offer_id")
    )
    return {row.offer_id: row for row in rows}


def newest_figures(municipality: int, on: date) -> Mapping[int, tuple[Observation, ...]]:
    """By solution, the newest figure of each of its indicators. One query."""
    rows = (
        Observation.objects.known_at(None)
        .filter(
            municipality=municipality,
            period_start__lte=on,
            indicator__withdrawn_at=None,
        )
        .select_related("indicator")
        .order_by("indicator_id", "-period_start")
        .distinct("indicator_id")
    )
    found: dict[int, list[Observation]] = {}
    for row in rows:
        found.setdefault(row.indicator.solution_id, []).append(row)
    return {solution: tuple(figures) for solution, figures in found.items()}


def followed(municipality: int) -> Mapping[int, tuple[ChosenBenefit, ...]]:
    """By solution, the benefits it has chosen, each with its measurements. Two queries."""
    rows = (
        ChosenBenefit.objects.standing()
        .filter(plan__municipality=municipality)
        .select_related("benefit", "plan")
        .prefetch_related(
            Prefetch(
                "figures",
                BenefitFigure.objects.known_at(None)
                .filter(kind=FigureKind.MEASUREMENT.value)
                .order_by("day", "recorded_at", "pk"),
                to_attr="measured",
            )
        )
        .order_by("place")
    )
    found: dict[int, list[ChosenBenefit]] = {}
    for row in rows:
        found.setdefault(row.plan.solution_id, []).append(row)
    return {solution: tuple(chosen) for solution, chosen in found.items()}


def answered_at(municipality: int, quarter: Quarter) -> datetime | None:
    """When the quarter's card was answered first. One query."""
    return (
        QuarterCard.objects.filter(municipality=municipality, quarter=quarter.starts_on)
        .values_list("answered_at", flat=True)
        .first()
    )


def answered(municipalities: Collection[int], quarter: Quarter) -> frozenset[int]:
    """Those that have answered the quarter's card. One query."""
    return frozenset(
        QuarterCard.objects.filter(
            municipality__in=municipalities, quarter=quarter.starts_on
        ).values_list("municipality_id", flat=True)
    )

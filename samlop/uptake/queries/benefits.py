"""What a solution may give, what one municipality follows, and what all have measured."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch

from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.queries import population
from samlop.portfolio.models import Offer, Solution
from samlop.uptake.models import (
    Benefit,
    BenefitFigure,
    BenefitLink,
    BenefitNode,
    BenefitOverlap,
    BenefitPlan,
    ChosenBenefit,
)
from samlop.uptake.queries import stages
from samlop.uptake.rules import benefits as rules
from samlop.uptake.rules import stages as stage_rules
from samlop.uptake.rules.benefit_map import MapColumn, Node
from samlop.uptake.rules.benefits import (
    Facts,
    Figure,
    FigureKind,
    National,
    Outcome,
    Part,
    Said,
    Totals,
)
from samlop.uptake.rules.stages import Stage


def live_stage(solution: Solution) -> Stage:
    """The stage from which a solution, or a joint process, is at work in a municipality."""
    return Stage.UNDER_WAY if solution.is_joint_process else Stage.IN_USE


def live_since(solution: Solution) -> Mapping[int, date]:
    """The first day it was at work in each municipality, in any area. Two queries."""
    offers = list(Offer.objects.filter(solution=solution).values_list("pk", flat=True))
    found: dict[int, date] = {}
    for days in stages.first_reached_of(offers, live_stage(solution)).values():
        for pk, day in days.items():
            found[pk] = min(day, found.get(pk, day))
    return found


def users_on(solution: Solution, on: date) -> frozenset[int]:
    """The municipalities that have it at work that day, in any area. Two queries."""
    offers = list(Offer.objects.filter(solution=solution).values_list("pk", flat=True))
    wanted = live_stage(solution)
    return frozenset(
        municipality
        for (_, municipality), standing in stages.standing(offers, on).items()
        if stage_rules.has_reached(standing.agreed, wanted)
    )


# --- the programme's ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A solution's benefits in order, what overlaps, and the boxes and lines of the map."""

    benefits: tuple[Benefit, ...]
    overlaps: frozenset[frozenset[int]]
    nodes: tuple[Node, ...]
    links: frozenset[tuple[str, str]]

    @property
    def proposed(self) -> tuple[Benefit, ...]:
        chosen = [one for one in self.benefits if one.proposed is not None]
        return tuple(sorted(chosen, key=lambda one: one.proposed or 0))


def analysis(solution: Solution) -> Analysis:
    """What the programme follows still. Four queries."""
    rows = tuple(Benefit.objects.filter(solution=solution, retired_at=None).order_by("pk"))
    known = {row.pk for row in rows}
    around = list(BenefitNode.objects.filter(solution=solution).order_by("column", "place"))
    pairs = BenefitLink.objects.filter(benefit__solution=solution)
    return Analysis(
        benefits=rows,
        overlaps=overlaps(solution),
        nodes=(
            *(Node(f"n{row.pk}", MapColumn(row.column), row.words) for row in around),
            *(Node(f"b{row.pk}", MapColumn.BENEFIT, row.name) for row in rows),
        ),
        links=frozenset(
            (f"n{node}", f"b{benefit}")
            for benefit, node in pairs.values_list("benefit_id", "node_id")
            if benefit in known
        ),
    )


def overlaps(solution: Solution) -> frozenset[frozenset[int]]:
    """Pairs that the programme says count some of the same. One query."""
    pairs = BenefitOverlap.objects.filter(first__solution=solution)
    return frozenset(frozenset(pair) for pair in pairs.values_list("first_id", "second_id"))


# --- one municipality's ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A benefit that a municipality follows, and how it stands."""

    chosen: int
    benefit: Benefit
    target: Decimal | None
    target_on: date | None
    owner_role: str
    comment: str
    kroner_per_hour: Decimal | None
    baseline: Figure | None
    measurements: tuple[Figure, ...]
    # All that stand, oldest first: baselines and measurements.
    figures: tuple[BenefitFigure, ...]
    outcome: Outcome
    reached: bool | None

    @property
    def part(self) -> Part:
        return Part(
            facts=self.benefit.facts,
            gain=self.outcome.gain,
            kroner_per_hour=self.kroner_per_hour,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A municipality's plan for one solution: never more than three benefits, and its own sums."""

    pk: int
    shared: bool
    followed: tuple[Followed, ...]
    totals: Totals


def plan_of(
    solution: Solution, municipality: int, *, on: date, known_at: datetime | None = None
) -> Plan | None:
    """The plan, for those who may read it; None when there is none.

    As many queries for three benefits as for one.
    """
    found = plans_of(municipality, on=on, known_at=known_at, solutions=[solution.pk])
    return found.get(solution.pk)


def plans_of(
    municipality: int,
    *,
    on: date,
    known_at: datetime | None = None,
    solutions: Collection[int] | None = None,
) -> Mapping[int, Plan]:
    """The municipality's plans by solution, of those named or of all.

    As many queries for ten solutions as for one.
    """
    plans = BenefitPlan.objects.filter(municipality=municipality).select_related("solution")
    if solutions is not None:
        plans = plans.filter(solution__in=solutions)
    rows = {row.solution_id: row for row in plans}
    if not rows:
        return {}
    live = live_in(municipality, [row.solution for row in rows.values()])
    named: dict[int, set[frozenset[int]]] = defaultdict(set)
    pairs = BenefitOverlap.objects.filter(first__solution__in=rows)
    for solution, *pair in pairs.values_list("first__solution", "first_id", "second_id"):
        named[solution].add(frozenset(pair))
    followed: dict[int, list[Followed]] = defaultdict(list)
    for chosen in (
        ChosenBenefit.objects.standing()
        .filter(plan__in=rows.values())
        .select_related("benefit", "plan")
        .prefetch_related(_figures(on, known_at))
        .order_by("place")
    ):
        solution = chosen.plan.solution_id
        followed[solution].append(_followed(chosen, live_on=live.get(solution), on=on))
    return {
        solution: Plan(
            pk=row.pk,
            shared=row.shared_at is not None,
            followed=tuple(followed[solution]),
            totals=rules.totals([one.part for one in followed[solution]], named=named[solution]),
        )
        for solution, row in rows.items()
    }


def live_in(municipality: int, solutions: Iterable[Solution]) -> Mapping[int, date]:
    """By solution, the first day it was at work there. Three queries for each kind of solution."""
    found: dict[int, date] = {}
    by_stage: dict[Stage, list[int]] = defaultdict(list)
    for solution in solutions:
        by_stage[live_stage(solution)].append(solution.pk)
    for stage, pks in by_stage.items():
        of_solution = dict(Offer.objects.filter(solution__in=pks).values_list("pk", "solution_id"))
        reached = stages.first_reached_of(of_solution, stage, municipalities=[municipality])
        for offer, by_municipality in reached.items():
            if (day := by_municipality.get(municipality)) is not None:
                pk = of_solution[offer]
                found[pk] = min(day, found.get(pk, day))
    return found


def _figures(on: date, known_at: datetime | None) -> "Prefetch[str]":
    return Prefetch(
        "figures",
        BenefitFigure.objects.known_at(known_at).until(on).order_by("day", "recorded_at", "pk"),
    )


def _followed(row: ChosenBenefit, *, live_on: date | None, on: date) -> Followed:
    facts = row.benefit.facts
    baseline, measurements, outcome = _outcome(facts, row, live_on=live_on, on=on)
    return Followed(
        chosen=row.pk,
        benefit=row.benefit,
        target=row.target,
        target_on=row.target_on,
        owner_role=row.owner_role,
        comment=row.comment,
        kroner_per_hour=row.kroner_per_hour,
        baseline=baseline,
        measurements=measurements,
        figures=tuple(row.figures.all()),
        outcome=outcome,
        reached=rules.reached(facts, rules.newest(measurements, on=on), row.target),
    )


def _outcome(
    facts: Facts, row: ChosenBenefit, *, live_on: date | None, on: date
) -> tuple[Figure | None, tuple[Figure, ...], Outcome]:
    rows = list(row.figures.all())
    baseline = _baseline(rows)
    measurements = tuple(one.figure for one in rows if one.kind == FigureKind.MEASUREMENT.value)
    return (
        baseline,
        measurements,
        rules.outcome(facts, baseline=baseline, measurements=measurements, live_on=live_on, on=on),
    )


def _baseline(rows: Iterable[BenefitFigure]) -> Figure | None:
    """The one recorded last: a new baseline replaces the one before, whatever its day."""
    found = [row for row in rows if row.kind == FigureKind.BASELINE.value]
    if not found:
        return None
    return max(found, key=lambda row: (row.recorded_at, row.pk)).figure


# --- all municipalities ---


def national(solution: Solution, *, on: date) -> Mapping[int, National]:
    """Every benefit's national figure of those who measured, by benefit.

    As many queries for many municipalities as for one.
    """
    everywhere = frozenset(
        MunicipalityCode.objects.valid_on(on).values_list("municipality_id", flat=True)
    )
    known = population.inhabitants(on=on)
    # A former municipality's inhabitants are not the country's of that day.
    inhabitants = {pk: known[pk] for pk in everywhere if pk in known}
    live, users = live_since(solution), users_on(solution, on)
    said: dict[int, list[Said]] = defaultdict(list)
    rows = (
        ChosenBenefit.objects.standing()
        .filter(plan__solution=solution, plan__municipality__in=everywhere)
        .select_related("benefit", "plan")
        .prefetch_related(_figures(on, None))
        .order_by("plan__municipality_id", "pk")
    )
    for row in rows:
        municipality = row.plan.municipality_id
        _, _, outcome = _outcome(row.benefit.facts, row, live_on=live.get(municipality), on=on)
        said[row.benefit_id].append(
            Said(
                municipality=municipality,
                outcome=outcome,
                shared=row.plan.shared_at is not None,
            )
        )
    benefits = Benefit.objects.filter(solution=solution, retired_at=None).order_by("pk")
    return {
        benefit.pk: rules.national(
            benefit.facts,
            said.get(benefit.pk, ()),
            users=len(users),
            inhabitants=inhabitants,
        )
        for benefit in benefits
    }


def shared_plans(solution: Solution) -> Collection[int]:
    """The municipalities that have opened their plan to others. One query."""
    return frozenset(
        BenefitPlan.objects.filter(solution=solution, shared_at__isnull=False).values_list(
            "municipality_id", flat=True
        )
    )

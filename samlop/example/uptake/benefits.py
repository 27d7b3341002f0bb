"""What the example's solutions may give, and what some drawn municipalities have measured.

Every figure is made up, and every source says «Eksempel».
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from samlop.example.people import MUNICIPALITY
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit, ChosenBenefit
from samlop.uptake.queries import benefits as queries
from samlop.uptake.rules.benefit_map import MapColumn
from samlop.uptake.rules.benefits import (
    Beneficiary,
    BenefitKind,
    Better,
    Experience,
    Figure,
    FigureKind,
    Measure,
)
from samlop.uptake.services import benefits as services
from samlop.uptake.services.benefits import Around, Written

SEED: Final = 20260105
MADE_UP: Final = "Eksempel: oppdiktet tall"
ANALYSIS: Final = "Eksempel på programmets gevinstanalyse"
OWNER: Final = "Virksomhetsleder for hjemmetjenesten"
COUNTED: Final = date(2022, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A solution's benefits, by number in `around`, and how many municipalities measured."""

    slug: str
    benefits: tuple[Written, ...]
    # Column, words, and the benefits it belongs to, counted from 0.
    around: tuple[tuple[MapColumn, str, tuple[int, ...]], ...]
    overlaps: tuple[tuple[int, int], ...] = ()
    measured: int = 0
    # Whether one of them has opened its plan to everybody.
    shares: bool = False


COST: Final = BenefitKind.COST
NEED, GOAL = MapColumn.PRECONDITION, MapColumn.GOAL
CASES: Final = (
    Case(
        slug="digihelse",
        measured=8,
        shares=True,
        benefits=(
            Written(
                name="Færre telefoner til hjemmetjenesten",
                description="Innbyggere og pårørende skriver i stedet for å ringe.",
                beneficiary=Beneficiary.SERVICE,
                kind=BenefitKind.TIME,
                measure=Measure.HOURS,
                indicator="timer brukt på telefon",
                proposed=1,
                national_baseline=Decimal(900),
                national_baseline_on=COUNTED,
                national_baseline_source=MADE_UP,
                source=ANALYSIS,
            ),
            Written(
                name="Færre bomturer",
                description="Avtaler som endres i tide, gir færre besøk til tomme hus.",
                beneficiary=Beneficiary.SERVICE,
                kind=BenefitKind.COST,
                measure=Measure.KRONER,
                indicator="kroner til bomturer",
                proposed=2,
                source=ANALYSIS,
            ),
            Written(
                name="Tryggere pårørende",
                description="Pårørende ser når hjemmetjenesten har vært der.",
                beneficiary=Beneficiary.NEXT_OF_KIN,
                kind=BenefitKind.QUALITY,
                measure=Measure.DESCRIBED,
                better=Better.MORE,
                proposed=3,
                source=ANALYSIS,
            ),
        ),
        around=(
            (NEED, "Ansatte svarer på meldinger samme dag", (0, 2)),
            (NEED, "Innbyggere vet om tjenesten", (0, 1)),
            (NEED, "Besøk står i kalenderen", (1, 2)),
            (GOAL, "Mer tid til dem som trenger hjelp", (0, 1)),
            (GOAL, "Innbyggere mestrer egen hverdag", (2,)),
        ),
    ),
    Case(
        slug="kjernejournal",
        measured=3,
        benefits=(
            Written(
                name="Mindre tid til å finne legemiddelopplysninger",
                beneficiary=Beneficiary.SERVICE,
                kind=BenefitKind.TIME,
                measure=Measure.HOURS,
                indicator="timer brukt på å ringe etter opplysninger",
                proposed=1,
                source=ANALYSIS,
            ),
            Written(
                name="Færre telefoner til fastlegen",
                beneficiary=Beneficiary.SERVICE,
                kind=BenefitKind.TIME,
                measure=Measure.NUMBER,
                unit="telefoner per uke",
                indicator="timer brukt på å ringe etter opplysninger",
                proposed=2,
                source=ANALYSIS,
            ),
            Written(
                name="Tryggere behandling av akutt syke",
                beneficiary=Beneficiary.USER,
                kind=BenefitKind.QUALITY,
                measure=Measure.DESCRIBED,
                better=Better.MORE,
                proposed=3,
                source=ANALYSIS,
            ),
        ),
        around=(
            (NEED, "Alle sykepleiere har tilgang og opplæring", (0, 1, 2)),
            (NEED, "Oppslag er en del av rutinen ved innkomst", (0, 2)),
            (GOAL, "Riktige opplysninger når det haster", (2,)),
            (GOAL, "Mer tid til pasienten", (0, 1)),
        ),
        overlaps=((0, 1),),
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Make what is missing; returns how many benefits were made."""
    made = 0
    for case in CASES:
        solution = Solution.objects.filter(slug=case.slug).first()
        if solution is None or Benefit.objects.filter(solution=solution).exists():
            continue
        at = datetime.combine(on, time(8), tzinfo=UTC)
        rows = [
            services.write(solution=solution, written=one, by=by, at=at) for one in case.benefits
        ]
        services.draw(
            solution=solution,
            around=[
                Around(column, words, tuple(rows[number].pk for number in numbers))
                for column, words, numbers in case.around
            ],
            by=by,
            at=at,
        )
        for first, second in case.overlaps:
            services.say_overlap(first=rows[first], second=rows[second], by=by, at=at)
        _measure(case, solution, rows, by=by, at=at, on=on)
        made += len(rows)
    return made


def _measure(
    case: Case, solution: Solution, rows: list[Benefit], *, by: Actor, at: datetime, on: date
) -> None:
    """Some drawn among those that use it have measured everything that was proposed."""
    dice = Random(SEED)  # noqa: S311  (repeatable on purpose, nothing secret)
    users = sorted(queries.users_on(solution, on))
    live = queries.live_since(solution)
    drawn = sorted(dice.sample(users, min(case.measured, len(users))))
    # Whoever looks at the example as one of its people finds a plan of her own.
    own = MunicipalityCode.objects.valid_on(on).get(number=MUNICIPALITY).municipality_id
    if own in users and own not in drawn:
        drawn = [own, *drawn[1:]]
    for pk in drawn:
        municipality = Municipality.objects.get(pk=pk)
        plan = services.choose(municipality=municipality, benefits=rows, by=by, at=at)
        for chosen in ChosenBenefit.objects.filter(plan=plan).order_by("place"):
            before = live.get(pk, on) - timedelta(days=dice.randint(20, 200))
            _figures(chosen, dice, before=min(before, on), on=on, by=by, at=at)
            services.aim(
                chosen=chosen,
                target=None,
                target_on=None,
                owner_role=OWNER,
                comment="",
                by=by,
                at=at,
            )
        if case.shares and pk == max(other for other in drawn if other != own):
            services.share(plan=plan, shared=True, by=by, at=at)


def _figures(
    chosen: ChosenBenefit, dice: Random, *, before: date, on: date, by: Actor, at: datetime
) -> None:
    if chosen.benefit.facts.measure is Measure.DESCRIBED:
        figures = [
            (
                FigureKind.MEASUREMENT,
                Figure(day=on, experience=dice.choice((Experience.BETTER, Experience.SAME))),
            )
        ]
    else:
        # Kroner come in other sizes than hours and telephone calls.
        start = dice.randint(8, 30) * (10_000 if chosen.benefit.facts.kind is COST else 100)
        now, margin = start * dice.randint(60, 98) // 100, Decimal(start) / 50
        figures = [
            (FigureKind.BASELINE, Figure(day=before, value=Decimal(start), margin=margin)),
            (FigureKind.MEASUREMENT, Figure(day=on, value=Decimal(now), margin=margin)),
        ]
    for kind, figure in figures:
        services.measure(chosen=chosen, kind=kind, figure=figure, on=on, by=by, at=at)

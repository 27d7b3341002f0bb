"""How far the example's municipalities have come.

The totals are those of the report of 16 February 2024 and of public pages; *which* municipalities
is not public and is drawn with a fixed seed. Where no total is public, it is made up, and the
source says «Eksempel».
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from samlop.example.people import MUNICIPALITY
from samlop.lib.actors import Actor
from samlop.municipalities.models import CodeChange, Municipality, MunicipalityCode
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.models import StageEvent
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules.stages import Hindrance, Source, Stage
from samlop.uptake.services import card, stages
from samlop.uptake.services.stages import Loaded, Said

SEED: Final = 20240216
# The municipalities are drawn among those of this day, and the split is carried over after it.
DRAWN_ON: Final = date(2023, 11, 1)
DIVIDED: Final = "1507"
REPORT: Final = "Sluttrapport felles innføringsløp e-helse, 16.02.2024, kap. 4.3"
MADE_UP: Final = "Eksempel: antallet er ikke offentlig kjent"
DRAWN: Final = "Eksempel: hvilke kommuner er trukket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """How many had come to a stage by each day, after a source; it begins at the first day."""

    stage: Stage
    source: Source
    points: tuple[tuple[date, int], ...]
    words: str = DRAWN

    @property
    def total(self) -> int:
        return self.points[-1][1]

    def day(self, number: int) -> date:
        """The day on which number `number` (from 1) came; evenly between two points."""
        at = bisect_left([count for _, count in self.points], number)
        last, count = self.points[at]
        if at == 0:
            return last
        first, before = self.points[at - 1]
        share = (number - before) / (count - before)
        return first + timedelta(days=round(share * (last - first).days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The waves of one offer; `first` are the numbers of those who were the first."""

    solution: str
    area: Area
    waves: tuple[Wave, ...]
    first: tuple[str, ...] = ()
    # Divided municipalities are drawn only where the total says so.
    with_divided: bool = False


def _wave(stage: Stage, source: Source, *points: tuple[date, int], words: str = DRAWN) -> Wave:
    return Wave(stage=stage, source=source, points=points, words=words)


RECORD_IN_USE: Final = 205
_FIRST_RECORD: Final = ("4203", "3101", "3441", "3405", "3439", "3440")

PLANS: Final = (
    Plan(
        solution="kjernejournal",
        area=Area.NURSING_HOME,
        first=_FIRST_RECORD,
        with_divided=True,
        waves=(
            _wave(
                Stage.TECHNICALLY_INTRODUCED,
                Source.REGISTER,
                (date(2019, 12, 5), 1),
                (date(2020, 12, 31), 6),
                (date(2021, 12, 31), 60),
                (date(2022, 12, 31), 170),
                (date(2023, 10, 31), 263),
                words=f"{REPORT} (263 av 356). {DRAWN}",
            ),
            _wave(
                Stage.IN_USE,
                Source.MUNICIPALITY,
                (date(2020, 3, 1), 1),
                (date(2021, 12, 31), 30),
                (date(2023, 10, 31), 150),
                (date(2026, 6, 30), RECORD_IN_USE),
                words=MADE_UP,
            ),
            _wave(
                Stage.ACTIVE_USE,
                Source.USAGE_LOG,
                (date(2021, 3, 1), 1),
                (date(2023, 10, 31), 70),
                (date(2026, 8, 31), 140),
                words=MADE_UP,
            ),
        ),
    ),
    Plan(
        solution="kjernejournal",
        area=Area.HOME_CARE,
        first=_FIRST_RECORD,
        waves=(
            _wave(
                Stage.TECHNICALLY_INTRODUCED,
                Source.REGISTER,
                (date(2020, 6, 1), 1),
                (date(2023, 10, 31), 140),
                (date(2026, 5, 31), 190),
                words=MADE_UP,
            ),
            _wave(
                Stage.IN_USE,
                Source.MUNICIPALITY,
                (date(2021, 1, 15), 1),
                (date(2026, 8, 31), 120),
                words=MADE_UP,
            ),
        ),
    ),
    Plan(
        solution="digihelsestasjon",
        area=Area.CHILD_HEALTH,
        first=("0301", "4601", "1103", "1106"),
        waves=(
            _wave(
                Stage.TECHNICALLY_INTRODUCED,
                Source.PROGRAMME,
                (date(2020, 1, 15), 1),
                (date(2022, 12, 1), 101),
                (date(2024, 1, 15), 166),
                words=f"{REPORT} (166 kommuner). {DRAWN}",
            ),
            _wave(
                Stage.ACTIVE_USE,
                Source.USAGE_LOG,
                (date(2020, 4, 1), 1),
                (date(2022, 12, 31), 92),
                (date(2024, 1, 31), 160),
                words=f"{REPORT} (160 bruker den aktivt). {DRAWN}",
            ),
        ),
    ),
    Plan(
        solution="digital-hjemmeoppfolging",
        area=Area.HOME_CARE,
        waves=(
            _wave(
                Stage.DECIDED,
                Source.PROGRAMME,
                (date(2022, 1, 15), 1),
                (date(2024, 12, 31), 182),
                words=f"Helsedirektoratet, erfaringsrapport DHO 2022–2024 (182). {DRAWN}",
            ),
            _wave(
                Stage.IN_USE,
                Source.PROGRAMME,
                (date(2022, 6, 15), 1),
                (date(2024, 12, 31), 73),
                words=f"Helsedirektoratet, erfaringsrapport DHO 2022–2024 (73). {DRAWN}",
            ),
        ),
    ),
    Plan(
        solution="digihelse",
        area=Area.HOME_CARE,
        first=("0301",),
        waves=(
            _wave(
                Stage.TECHNICALLY_INTRODUCED,
                Source.VENDOR,
                (date(2020, 2, 1), 15),
                (date(2025, 12, 31), 120),
                words=MADE_UP,
            ),
            _wave(
                Stage.IN_USE,
                Source.MUNICIPALITY,
                (date(2020, 4, 1), 10),
                (date(2026, 3, 31), 95),
                words=MADE_UP,
            ),
        ),
    ),
    Plan(
        solution="velferdsteknologisk-knutepunkt",
        area=Area.HOME_CARE,
        waves=(
            _wave(
                Stage.TECHNICALLY_INTRODUCED,
                Source.PROGRAMME,
                (date(2020, 3, 1), 1),
                (date(2024, 6, 30), 64),
                words=MADE_UP,
            ),
            _wave(
                Stage.IN_USE,
                Source.MUNICIPALITY,
                (date(2020, 9, 1), 1),
                (date(2025, 6, 30), 52),
                words=MADE_UP,
            ),
        ),
    ),
    Plan(
        solution="helhetlig-tjenestemodell",
        area=Area.HEALTH_AND_CARE,
        waves=(
            _wave(
                Stage.SIGNED_UP,
                Source.PROGRAMME,
                (date(2023, 9, 1), 5),
                (date(2025, 12, 31), 86),
                words=MADE_UP,
            ),
            _wave(
                Stage.UNDER_WAY,
                Source.MUNICIPALITY,
                (date(2024, 1, 15), 5),
                (date(2026, 6, 30), 58),
                words=MADE_UP,
            ),
            _wave(
                Stage.COMPLETED,
                Source.MUNICIPALITY,
                (date(2025, 3, 1), 2),
                (date(2026, 9, 30), 17),
                words=MADE_UP,
            ),
        ),
    ),
)

_TECHNICAL = (
    "Systemet er koblet til og satt opp, og minst én enhet kan bruke løsningen. "
    "Det sier ikke at noen bruker den."
)
_IN_USE = "Minst én enhet bruker løsningen i det daglige arbeidet med innbyggere."

DEFINITIONS: Final[Mapping[str, Mapping[Stage, str]]] = {
    "kjernejournal": {
        Stage.TECHNICALLY_INTRODUCED: _TECHNICAL,
        Stage.IN_USE: "Minst én enhet gjør oppslag i Kjernejournal.",
        Stage.ACTIVE_USE: ("Minst fem oppslag per uke per 1 000 innbyggere, fire uker på rad."),
    },
    "digihelsestasjon": {
        Stage.TECHNICALLY_INTRODUCED: _TECHNICAL,
        Stage.IN_USE: _IN_USE,
        Stage.ACTIVE_USE: "Helsestasjonen sender og svarer på meldinger hver uke.",
    },
    "digital-hjemmeoppfolging": {
        Stage.DECIDED: "Kommunen er med i spredningsprosjektet.",
        Stage.IN_USE: "Minst én pasient følges opp hjemme.",
    },
    "digihelse": {Stage.TECHNICALLY_INTRODUCED: _TECHNICAL, Stage.IN_USE: _IN_USE},
    "velferdsteknologisk-knutepunkt": {
        Stage.TECHNICALLY_INTRODUCED: _TECHNICAL,
        Stage.IN_USE: _IN_USE,
    },
}

# What hinders those who remain with Kjernejournal, as many as there are of each.
HINDERED: Final = (
    (Hindrance.VENDOR, 41),
    (Hindrance.ECONOMY, 12),
    (Hindrance.PEOPLE, 10),
    (Hindrance.TRAINING, 6),
)
DENYING: Final = 4
AWAITING_REPLY: Final = 5


def load(*, by: Actor, on: date) -> int:
    """Make definitions and histories of the offers that have none; returns how many events."""
    if StageEvent.objects.exists():
        return 0
    offers = {
        (offer.solution.slug, Area(offer.area)): offer
        for offer in Offer.objects.select_related("solution")
    }
    _define(by=by)
    order = _Order()
    made = 0
    for plan in PLANS:
        offer = offers.get((plan.solution, plan.area))
        if offer is None:
            continue
        rows = [row for row in _rows(plan, order(plan)) if row.said.happened_on <= on]
        made += stages.load(offer=offer, rows=rows, by=by, on=on, at=_at(on))
    made += _carry(by=by)
    if record := offers.get((PLANS[0].solution, PLANS[0].area)):
        made += _live(record, order(PLANS[0]), by=by, on=on)
        _hinder(record, order(PLANS[0]), by=by, on=on)
    return made


def _define(*, by: Actor) -> None:
    solutions = {one.slug: one for one in Solution.objects.filter(slug__in=DEFINITIONS)}
    for slug, solution in solutions.items():
        for stage, words in DEFINITIONS[slug].items():
            stages.define(
                solution=solution,
                stage=stage,
                words=words,
                valid_from=date(2019, 1, 1),
                source="Eksempel: definisjonen er ikke vedtatt av noen",
                by=by,
                at=_at(date(2019, 1, 1)),
            )


class _Order:
    """The municipalities of the draw in the order they come, one order per plan."""

    def __init__(self) -> None:
        drawn = MunicipalityCode.objects.valid_on(DRAWN_ON).order_by("number")
        self._all = dict(drawn.values_list("number", "municipality_id"))
        # The first ones are named by the number they have now.
        self._known = dict(MunicipalityCode.objects.values_list("number", "municipality_id"))

    def __call__(self, plan: Plan) -> list[int]:
        first = [self._known[number] for number in plan.first]
        divided = self._all[DIVIDED]
        rest = [pk for pk in self._all.values() if pk not in {*first, divided}]
        # A solution has one order in all its areas: who begins in one begins in the next.
        Random(f"{SEED} {plan.solution}").shuffle(rest)  # noqa: S311 -- an example, no secret
        if plan.with_divided:
            # The one with a person in the example is the first to have something to answer.
            own = self._all[MUNICIPALITY]
            rest.remove(own)
            rest.insert(RECORD_IN_USE + DENYING - len(first), own)
            # Technically introduced, and no further when it was divided.
            rest.insert(240, divided)
        return first + rest


def _rows(plan: Plan, order: Sequence[int]) -> Iterator[Loaded]:
    began = dict(
        MunicipalityCode.objects.order_by("-valid_from").values_list(
            "municipality_id", "valid_from"
        )
    )
    last: dict[int, date] = {}
    for wave in plan.waves:
        for number, municipality in enumerate(order[: wave.total], 1):
            day = max(wave.day(number), began[municipality])
            if municipality in last:
                day = max(day, last[municipality] + timedelta(days=7))
            # Nobody comes later than the total says.
            day = min(day, wave.points[-1][0])
            last[municipality] = day
            in_use, units = _units(wave, number)
            yield Loaded(
                municipality=municipality,
                said=Said(
                    stage=wave.stage,
                    happened_on=day,
                    source=wave.source,
                    source_words=wave.words,
                    units_in_use=in_use,
                    units=units,
                ),
                recorded_at=_at(day + timedelta(days=1)),
            )


def _units(wave: Wave, number: int) -> tuple[int, int] | tuple[None, None]:
    if wave.source is not Source.MUNICIPALITY or wave.stage is not Stage.IN_USE:
        return None, None
    units = 1 + number % 7
    return max(1, units - number % 3), units


def _carry(*, by: Actor) -> int:
    """What the divided municipality had is confirmed for those it became."""
    new = CodeChange.objects.filter(old_number=DIVIDED, kind=ChangeKind.SPLIT.value)
    codes = MunicipalityCode.objects.filter(number__in=new.values("new_number"))
    made = 0
    for code in codes.order_by("number"):
        for proposal in queries.carry_proposals(code.municipality_id):
            at = _at(proposal.begins_on + timedelta(days=14))
            stages.decide_carry(proposal=proposal, carried=True, by=by, at=at)
            made += len(proposal.former)
    return made


def _live(offer: Offer, order: Sequence[int], *, by: Actor, on: date) -> int:
    """Some deny what the log says, and some still have their right of reply."""
    technical = order[PLANS[0].waves[1].total : PLANS[0].waves[0].total]
    said = [
        *((pk, Source.USAGE_LOG, Stage.IN_USE, 60) for pk in technical[:DENYING]),
        *(
            (pk, Source.MUNICIPALITY, Stage.TECHNICALLY_INTRODUCED, 45)
            for pk in technical[:DENYING]
        ),
        *(
            (pk, Source.USAGE_LOG, Stage.IN_USE, 10)
            for pk in technical[DENYING : DENYING + AWAITING_REPLY]
        ),
    ]
    rows = [
        Loaded(
            municipality=pk,
            said=Said(
                stage=stage,
                happened_on=on - timedelta(days=days),
                source=source,
                source_words=DRAWN,
            ),
            recorded_at=_at(on - timedelta(days=days - 1)),
        )
        for pk, source, stage, days in said
    ]
    return stages.load(offer=offer, rows=rows, by=by, on=on, at=_at(on))


def _hinder(offer: Offer, order: Sequence[int], *, by: Actor, on: date) -> None:
    """Those who remain say what hinders; the rest have said nothing."""
    remaining = iter(order[PLANS[0].waves[0].total :])
    told = on - timedelta(days=30)
    for hindrance, count in HINDERED:
        for _ in range(count):
            card.report_hindrances(
                offer=offer,
                municipality=Municipality.objects.get(pk=next(remaining)),
                hindrances=[hindrance],
                by=by,
                on=told,
                at=_at(told),
            )


def _at(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)

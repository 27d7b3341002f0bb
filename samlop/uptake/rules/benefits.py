"""What a solution gave: baseline, gain, money, double counting and national sums.

Every figure is in the benefit's own unit, so much a year where it is hours or kroner. A gain is
how much better it has become: positive is better, whichever way the figure goes. Amounts are
exact decimals. Pure: no Django, no database, no clock.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from statistics import median, quantiles
from types import MappingProxyType
from typing import Final

# A municipality follows at most so many benefits of one solution.
MAX_CHOSEN: Final = 3
# Counts of people below this are neither stored exactly nor shown.
SMALLEST_COUNT: Final = 5
# What municipalities keep to themselves is told of only when so many are in it.
FEWEST_TOGETHER: Final = 5
MAX_VALUE: Final = Decimal(10**10)
# Kroner for an hour.
MAX_PRICE: Final = Decimal(10**6)


class Beneficiary(StrEnum):
    """Who is better off."""

    USER = "user"
    NEXT_OF_KIN = "next_of_kin"
    SERVICE = "service"
    SOCIETY = "society"


class BenefitKind(StrEnum):
    """What there is more of."""

    TIME = "time"
    COST = "cost"
    QUALITY = "quality"


class Measure(StrEnum):
    """What a figure is, and so whether figures of several municipalities can be added."""

    HOURS = "hours"
    KRONER = "kroner"
    NUMBER = "number"
    # So much per visit, or a share: a median is shown, never a sum.
    RATE = "rate"
    DESCRIBED = "described"


class Better(StrEnum):
    """Which way the figure goes when things get better."""

    MORE = "more"
    LESS = "less"


class Experience(StrEnum):
    """How it has become, of a benefit that is described and not counted."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class FigureKind(StrEnum):
    """What a municipality's figure is for."""

    BASELINE = "baseline"
    MEASUREMENT = "measurement"


class BaselineState(StrEnum):
    """What there is to compare with. Never a lock: it is said beside the figure."""

    BEFORE = "before"
    # Measured when the solution was already in use.
    AFTER = "after"
    NATIONAL = "national"
    # Nothing yet, and there is still time.
    NOT_YET = "not_yet"
    WITHOUT = "without"


class Overlap(StrEnum):
    """Why two benefits may count the same thing twice."""

    NAMED = "named"
    SAME_INDICATOR = "same_indicator"
    SAME_HOURS = "same_hours"


class Withheld(StrEnum):
    """Why a national figure is not shown."""

    NOBODY = "nobody"
    TOO_FEW = "too_few"


class BenefitRefusal(StrEnum):
    """Why something about benefits cannot be saved."""

    NO_NAME = "no_name"
    NO_UNIT = "no_unit"
    KIND_AND_MEASURE = "kind_and_measure"
    BASELINE_WITHOUT_SOURCE = "baseline_without_source"
    DESCRIBED_HAS_NO_BASELINE = "described_has_no_baseline"
    SAME_BENEFIT = "same_benefit"
    OTHER_SOLUTION = "other_solution"
    RETIRED = "retired"
    MEASURED_ALREADY = "measured_already"
    TOO_MANY_PROPOSED = "too_many_proposed"
    TOO_MANY = "too_many"
    ALREADY_CHOSEN = "already_chosen"
    NOT_CHOSEN = "not_chosen"
    NO_VALUE = "no_value"
    BAD_VALUE = "bad_value"
    WHOLE_PEOPLE = "whole_people"
    NO_EXPERIENCE = "no_experience"
    NOT_COUNTED = "not_counted"
    DAY_AHEAD = "day_ahead"
    NO_NATIONAL_BASELINE = "no_national_baseline"
    ONLY_TIME_BECOMES_MONEY = "only_time_becomes_money"
    NO_PRICE = "no_price"
    ALREADY_WITHDRAWN = "already_withdrawn"
    NO_REASON = "no_reason"
    CHANGED_MEANWHILE = "changed_meanwhile"


MEASURES_OF: Final[Mapping[BenefitKind, frozenset[Measure]]] = MappingProxyType(
    {
        # Time is never entered as kroner: only the municipality says that it is money.
        BenefitKind.TIME: frozenset({Measure.HOURS, Measure.NUMBER, Measure.RATE}),
        BenefitKind.COST: frozenset({Measure.KRONER}),
        BenefitKind.QUALITY: frozenset({Measure.NUMBER, Measure.RATE, Measure.DESCRIBED}),
    }
)
ADDED_UP: Final = frozenset({Measure.HOURS, Measure.KRONER, Measure.NUMBER})
HAS_OWN_UNIT: Final = frozenset({Measure.NUMBER, Measure.RATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules need to know of one benefit. `people`: the figure counts people."""

    pk: int
    kind: BenefitKind
    measure: Measure
    better: Better = Better.LESS
    people: bool = False
    indicator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A baseline or a measurement. `margin` is ± in the same unit, None when nobody has said.

    `few` stands instead of a count of people below five.
    """

    day: date
    value: Decimal | None = None
    margin: Decimal | None = None
    few: bool = False
    experience: Experience | None = None
    words: str = ""
    national: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one benefit stands in one municipality on a day."""

    baseline_state: BaselineState
    measured_on: date | None = None
    gain: Decimal | None = None
    margin: Decimal | None = None
    few: bool = False
    experience: Experience | None = None


# --- one benefit in one municipality ---


def refusal_of_benefit(
    facts: Facts,
    *,
    name: str,
    unit: str,
    national_baseline: Decimal | None = None,
    baseline_source: str = "",
) -> BenefitRefusal | None:
    """Why the programme's benefit cannot stand like this, or None."""
    if not name.strip():
        return BenefitRefusal.NO_NAME
    if facts.measure not in MEASURES_OF[facts.kind]:
        return BenefitRefusal.KIND_AND_MEASURE
    if facts.measure in HAS_OWN_UNIT and not unit.strip():
        return BenefitRefusal.NO_UNIT
    if national_baseline is not None:
        if facts.measure is Measure.DESCRIBED:
            return BenefitRefusal.DESCRIBED_HAS_NO_BASELINE
        if not baseline_source.strip():
            return BenefitRefusal.BASELINE_WITHOUT_SOURCE
        if not 0 <= national_baseline < MAX_VALUE:
            return BenefitRefusal.BAD_VALUE
    return None


def refusal_to_choose(
    benefit: int, *, chosen: Collection[int], same_solution: bool, retired: bool
) -> BenefitRefusal | None:
    """Why the municipality may not follow one more benefit, or None."""
    if not same_solution:
        return BenefitRefusal.OTHER_SOLUTION
    if benefit in chosen:
        return BenefitRefusal.ALREADY_CHOSEN
    if retired:
        return BenefitRefusal.RETIRED
    if len(chosen) >= MAX_CHOSEN:
        return BenefitRefusal.TOO_MANY
    return None


def refusal_of_figure(facts: Facts, figure: Figure, *, on: date) -> BenefitRefusal | None:
    """Why a baseline or a measurement cannot be stored, or None. A late baseline can."""
    if figure.day > on:
        return BenefitRefusal.DAY_AHEAD
    if facts.measure is Measure.DESCRIBED:
        if figure.value is not None or figure.margin is not None or figure.few:
            return BenefitRefusal.NOT_COUNTED
        if figure.experience is None and not figure.words.strip():
            return BenefitRefusal.NO_EXPERIENCE
        return None
    if figure.few:
        return None if facts.people else BenefitRefusal.NO_VALUE
    if figure.value is None:
        return BenefitRefusal.NO_VALUE
    if not 0 <= figure.value < MAX_VALUE:
        return BenefitRefusal.BAD_VALUE
    if figure.margin is not None and not 0 <= figure.margin < MAX_VALUE:
        return BenefitRefusal.BAD_VALUE
    if facts.people and figure.value != figure.value.to_integral_value():
        return BenefitRefusal.WHOLE_PEOPLE
    return None


def as_stored(facts: Facts, figure: Figure) -> Figure:
    """A count of people below five loses its number before it is stored."""
    if not facts.people or figure.value is None or figure.value >= SMALLEST_COUNT:
        return figure
    # The margin would tell of the number, and so might the words: only the day is kept.
    return Figure(day=figure.day, few=True, national=figure.national)


def refusal_of_money(facts: Facts, kroner_per_hour: Decimal | None) -> BenefitRefusal | None:
    """Why freed time cannot be said to be money, or None."""
    if facts.kind is not BenefitKind.TIME or facts.measure is not Measure.HOURS:
        return BenefitRefusal.ONLY_TIME_BECOMES_MONEY
    if kroner_per_hour is None or not 0 < kroner_per_hour < MAX_PRICE:
        return BenefitRefusal.NO_PRICE
    return None


def baseline_state(baseline: Figure | None, *, live_on: date | None, on: date) -> BaselineState:
    """`live_on`: the day the solution was taken in use there, None when it is not."""
    if baseline is None:
        is_live = live_on is not None and live_on <= on
        return BaselineState.WITHOUT if is_live else BaselineState.NOT_YET
    if baseline.national:
        return BaselineState.NATIONAL
    if live_on is None or baseline.day < live_on:
        return BaselineState.BEFORE
    return BaselineState.AFTER


def newest(figures: Iterable[Figure], *, on: date) -> Figure | None:
    """The last by day; of two on one day the one that comes last in the row."""
    found: Figure | None = None
    for figure in figures:
        if figure.day <= on and (found is None or figure.day >= found.day):
            found = figure
    return found


def outcome(
    facts: Facts,
    *,
    baseline: Figure | None,
    measurements: Iterable[Figure],
    live_on: date | None,
    on: date,
) -> Outcome:
    """What the newest measurement says against the baseline.

    A measurement older than an own baseline is not compared with it; a national baseline is
    of no day of the municipality's own, and any measurement is.
    """
    state = baseline_state(baseline, live_on=live_on, on=on)
    measured = newest(measurements, on=on)
    if measured is None:
        return Outcome(baseline_state=state)
    if facts.measure is Measure.DESCRIBED:
        return Outcome(
            baseline_state=state, measured_on=measured.day, experience=measured.experience
        )
    few = measured.few or (baseline is not None and baseline.few)
    if (
        baseline is None
        or baseline.value is None
        or measured.value is None
        or (not baseline.national and measured.day <= baseline.day)
    ):
        return Outcome(baseline_state=state, measured_on=measured.day, few=few)
    change = measured.value - baseline.value
    margins = (baseline.margin, measured.margin)
    return Outcome(
        baseline_state=state,
        measured_on=measured.day,
        gain=change if facts.better is Better.MORE else -change,
        # At worst both are wrong in the same direction.
        margin=None if None in margins else sum((one or Decimal(0) for one in margins), Decimal(0)),
    )


def reached(facts: Facts, measured: Figure | None, target: Decimal | None) -> bool | None:
    """Whether the newest measurement is at the target or past it; None when nobody can say."""
    if target is None or measured is None or measured.value is None:
        return None
    if facts.better is Better.MORE:
        return measured.value >= target
    return measured.value <= target


# --- one municipality and solution: sums and double counting ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One chosen benefit's gain. `kroner_per_hour` only when the municipality says «money»."""

    facts: Facts
    gain: Decimal | None = None
    kroner_per_hour: Decimal | None = None

    @property
    def kroner(self) -> Decimal | None:
        """What it is in money: cost always, freed time only when somebody has said so."""
        if self.gain is None:
            return None
        if self.facts.measure is Measure.KRONER:
            return self.gain
        if self.facts.measure is Measure.HOURS and self.kroner_per_hour is not None:
            return self.gain * self.kroner_per_hour
        return None

    @property
    def hours(self) -> Decimal | None:
        """What it is in time: not what has been said to be money, or it would count twice."""
        if self.facts.measure is Measure.HOURS and self.kroner_per_hour is None:
            return self.gain
        return None


@dataclass(frozen=True, slots=True, order=True)
class Twice:
    """Two benefits, the lower number first, that may count the same thing."""

    first: int
    second: int
    why: Overlap = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Hours and kroner a year; None when there is nothing to add, or it would count twice."""

    hours: Decimal | None = None
    kroner: Decimal | None = None
    twice: tuple[Twice, ...] = ()


def counted_twice(
    parts: Sequence[Part], *, named: Collection[frozenset[int]] = frozenset()
) -> tuple[Twice, ...]:
    """Pairs of benefits that may count the same thing, each pair once.

    `named`: pairs the programme says are the same; then those read from one indicator, and
    freed hours said to be money beside other freed hours of the same beneficiaries' service.
    Described benefits are never added, and so never counted twice.
    """
    found = []
    counted = [part for part in parts if part.facts.measure is not Measure.DESCRIBED]
    for one, other in combinations(sorted(counted, key=lambda part: part.facts.pk), 2):
        why = _why_twice(one, other, named)
        if why is not None:
            found.append(Twice(one.facts.pk, other.facts.pk, why))
    return tuple(found)


def _why_twice(one: Part, other: Part, named: Collection[frozenset[int]]) -> Overlap | None:
    if frozenset({one.facts.pk, other.facts.pk}) in named:
        return Overlap.NAMED
    if one.facts.indicator and one.facts.indicator == other.facts.indicator:
        return Overlap.SAME_INDICATOR
    as_money = [part.kroner_per_hour is not None for part in (one, other)]
    kinds = {one.facts.kind, other.facts.kind}
    # Freed hours said to be money, beside a cost that is saved: perhaps the same salaries.
    if any(as_money) and kinds == {BenefitKind.TIME, BenefitKind.COST}:
        return Overlap.SAME_HOURS
    return None


def totals(parts: Sequence[Part], *, named: Collection[frozenset[int]] = frozenset()) -> Totals:
    """The municipality's own sums for one solution, in hours and in kroner, never together."""
    twice = counted_twice(parts, named=named)
    doubted = {pk for pair in twice for pk in (pair.first, pair.second)}

    def added(amounts: Mapping[int, Decimal | None]) -> Decimal | None:
        known = {pk: amount for pk, amount in amounts.items() if amount is not None}
        if not known or doubted & known.keys():
            return None
        return sum(known.values(), Decimal(0))

    return Totals(
        hours=added({part.facts.pk: part.hours for part in parts}),
        kroner=added({part.facts.pk: part.kroner for part in parts}),
        twice=twice,
    )


# --- all municipalities: one benefit at a time ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One municipality's outcome. `shared`: its plan is open to others."""

    municipality: int
    outcome: Outcome
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class National:
    """One benefit in the whole country, of those that measured and nobody else.

    `measured` of `users` that have the solution in use; `share` of the country's inhabitants.
    `total` where figures can be added, `middle` where they cannot; half of them lie between
    `low` and `high`, for the lowest and the highest would be somebody's own.
    `margin` is ± at worst, of those who gave one, when no closed plan's can be found from it;
    `without_margin` gave none. Nothing is extrapolated to those who did not measure.
    """

    measured: int
    users: int
    withheld: Withheld | None = None
    share: Fraction | None = None
    total: Decimal | None = None
    middle: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    margin: Decimal | None = None
    without_margin: int = 0
    with_national_baseline: int = 0
    # Measured, but not in the figure: nothing to compare with, or fewer than five people.
    without_baseline: int = 0
    few: int = 0
    experiences: Mapping[Experience, int] = field(default_factory=dict)


def national(
    facts: Facts,
    said: Iterable[Said],
    *,
    users: int,
    inhabitants: Mapping[int, int],
) -> National:
    """What those who measured have measured. `inhabitants`: of every municipality of the day.

    Withheld when fewer than five are in the figure; and when those who have not shared their
    plan are fewer than five, they are left out, for the shared ones could be subtracted.
    """
    measured = [one for one in said if one.outcome.measured_on is not None]
    inside = [one for one in measured if _is_inside(facts, one.outcome)]
    closed = sum(not one.shared for one in inside)
    told = inside if closed >= FEWEST_TOGETHER else [one for one in inside if one.shared]
    if len(told) < FEWEST_TOGETHER:
        nobody = not measured
        return National(
            measured=len(measured),
            users=users,
            withheld=Withheld.NOBODY if nobody else Withheld.TOO_FEW,
        )
    gains = [one.outcome.gain for one in told if one.outcome.gain is not None]
    with_margin = [one for one in told if one.outcome.margin is not None]
    margins = [one.outcome.margin for one in with_margin if one.outcome.margin is not None]
    adds = facts.measure in ADDED_UP
    counted = facts.measure is not Measure.DESCRIBED
    quarters = quantiles(gains, n=4, method="inclusive") if counted and not adds else None
    return National(
        measured=len(told),
        users=users,
        share=_share((one.municipality for one in told), inhabitants),
        total=sum(gains, Decimal(0)) if adds else None,
        middle=median(gains) if counted and not adds else None,
        low=quarters[0] if quarters else None,
        high=quarters[-1] if quarters else None,
        margin=sum(margins, Decimal(0)) if adds and _may_be_added(with_margin) else None,
        without_margin=len(told) - len(margins) if counted else 0,
        with_national_baseline=sum(
            one.outcome.baseline_state is BaselineState.NATIONAL for one in told
        )
        if counted
        else 0,
        without_baseline=sum(
            not _is_inside(facts, one.outcome) and not one.outcome.few for one in measured
        ),
        few=sum(one.outcome.few for one in measured),
        experiences={}
        if counted
        else Counter(one.outcome.experience for one in told if one.outcome.experience is not None),
    )


def _may_be_added(told: Sequence[Said]) -> bool:
    """Whether the sum of these hides each of those who have not shared their plan."""
    closed = sum(not one.shared for one in told)
    return bool(told) and (closed == 0 or closed >= FEWEST_TOGETHER)


def _is_inside(facts: Facts, outcome: Outcome) -> bool:
    if facts.measure is Measure.DESCRIBED:
        return outcome.experience is not None
    return outcome.gain is not None


def _share(municipalities: Iterable[int], inhabitants: Mapping[int, int]) -> Fraction | None:
    """None when the inhabitants of the country, or of one that measured, are not known."""
    everybody = sum(inhabitants.values())
    counted = [inhabitants.get(pk) for pk in municipalities]
    if not everybody or None in counted:
        return None
    return Fraction(sum(count or 0 for count in counted), everybody)

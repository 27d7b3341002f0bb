"""When municipalities will have taken a solution in use: a diffusion model with its uncertainty.

Bass' model in quarters of a year (91 days, counted back from the day of the forecast). Of the
`m·n - y` municipalities that are still to come, a share `1 - exp(-(p + q·y / (m·n)))` comes in a
quarter: `p` by themselves, `q` because others have. The number varies more than by chance, with
`sigma` (municipalities come in cohorts). The four are estimated together from the quarters that
have been, with what earlier solutions taught as the starting point, and the future is drawn
from all values that fit. docs/domain/uptake.md tells what is assumed, and how well it has done.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUARTER: Final = timedelta(days=91)
LEVELS: Final = (0.5, 0.8, 0.95)
# Four in five futures lie between.
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
# Ten years: what lies beyond is said to lie beyond.
HORIZON: Final = 40
_A_YEAR: Final = 4
DRAWS: Final = 2000
SEED: Final = 357
# Raised when the same history is to give another forecast, or a forecast holds something else.
METHOD: Final = 1

FEWEST: Final = 15
FEWEST_QUARTERS: Final = 4
FEWEST_WITH_NEWS: Final = 3
# More than this share on one day is a count that was made then, not when they began.
LARGEST_DAY: Final = 0.5

# Until the country has its own figures: 13.1 % of the municipalities awarded in the Italian
# notice of September 2022 withdrew.
DROPS_OUT: Final = 0.131
# Our own assumption: quarters a planned start is late, and how often.
LATE: Final = (0.5, 0.3, 0.15, 0.05)


class ForecastRefusal(StrEnum):
    """Why no forecast is made."""

    NOBODY = "nobody"
    TOO_FEW = "too_few"
    TOO_SHORT = "too_short"
    TOO_FEW_QUARTERS = "too_few_quarters"
    COUNTED_ON_ONE_DAY = "counted_on_one_day"


@dataclass(frozen=True, slots=True)
class Learned:
    """Where the estimate starts: middles and spreads of ln p, ln q, logit m and ln sigma."""

    middles: tuple[float, float, float, float]
    spreads: tuple[float, float, float, float]
    # How many earlier solutions it is taken from; none is the literature's average.
    solutions: int = 0


# p = 0.03 and q = 0.38 a year are the averages of 213 published series (Sultan, Farley and
# Lehmann 1990); the spreads, the ceiling about 95 % and the unevenness are our own, wide.
LITERATURE: Final = Learned(
    middles=(math.log(0.0075), math.log(0.095), 3.0, math.log(0.6)),
    spreads=(1.2, 0.8, 1.2, 0.5),
)
FEWEST_EARLIER: Final = 3
_LEAST_SPREADS: Final = (0.5, 0.4, 0.5, 0.3)


@dataclass(frozen=True, slots=True)
class History:
    """When each municipality first took the solution in use, oldest first; and of how many."""

    began: tuple[date, ...]
    municipalities: int

    @classmethod
    def of(cls, began: Sequence[date], municipalities: int) -> "History":
        return cls(tuple(sorted(began)), municipalities)

    def until(self, day: date) -> "History":
        return History(self.began[: bisect_right(self.began, day)], self.municipalities)

    def reached(self, level: float) -> date | None:
        """The day on which the share was first reached."""
        needed = math.ceil(level * self.municipalities)
        return self.began[needed - 1] if 0 < needed <= len(self.began) else None


@dataclass(frozen=True, slots=True)
class Planned:
    """So many municipalities are to begin on a day."""

    begins_on: date
    municipalities: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The values that fit best, per quarter."""

    p: float
    q: float
    ceiling: float
    sigma: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaches:
    """When a share is reached. `reached` when it has been; a missing day lies beyond ten years."""

    level: float
    reached: date | None
    low: date | None
    middle: date | None
    high: date | None

    def needed(self, municipalities: int) -> int:
        """How many municipalities the share is."""
        return math.ceil(self.level * municipalities)


@dataclass(frozen=True, slots=True)
class Point:
    """How many are to have begun by a day."""

    on: date
    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A forecast as it was made on a day."""

    made_on: date
    municipalities: int
    begun: int
    fit: Fit
    reaches: tuple[Reaches, ...]
    points: tuple[Point, ...]
    earlier_solutions: int


@dataclass(frozen=True, slots=True)
class Hindsight:
    """A level as forecast on an earlier day, and what happened (None: not yet, by `known_on`)."""

    made_on: date
    reaches: Reaches
    happened: date | None
    known_on: date

    @property
    def held(self) -> bool | None:
        """Whether it lay within the interval; None while nobody can know."""
        low, high = self.reaches.low, self.reaches.high
        if self.happened is not None:
            return low is not None and low <= self.happened and (not high or self.happened <= high)
        if high is not None and high < self.known_on:
            return False
        return None


@dataclass(frozen=True, slots=True)
class YearLater:
    """How many were to have begun four quarters later, and how many had."""

    said: Point
    happened: int

    @property
    def held(self) -> bool:
        return self.said.low <= self.happened <= self.said.high


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """A forecast as it was made on an earlier day, and how it went; `year` once one has gone."""

    made: Forecast
    levels: tuple[Hindsight, ...]
    year: YearLater | None


@dataclass(frozen=True, slots=True)
class Score:
    """How many lay within their intervals, how many did not, and how many nobody knows yet."""

    held: int
    missed: int
    still_open: int

    @classmethod
    def of(cls, answers: Iterable[bool | None]) -> "Score":
        given = list(answers)
        return cls(given.count(True), given.count(False), given.count(None))

    @property
    def judged(self) -> int:
        return self.held + self.missed


def refusal(history: History, on: date) -> ForecastRefusal | None:
    """Why nothing can be said of the future, or None when something can."""
    known = history.until(on)
    if not history.municipalities:
        return ForecastRefusal.NOBODY
    if len(known.began) < FEWEST:
        return ForecastRefusal.TOO_FEW
    largest = max(np.unique([day.toordinal() for day in known.began], return_counts=True)[1])
    if largest > LARGEST_DAY * len(known.began):
        return ForecastRefusal.COUNTED_ON_ONE_DAY
    if on - known.began[0] < FEWEST_QUARTERS * QUARTER:
        return ForecastRefusal.TOO_SHORT
    if np.count_nonzero(per_quarter(known, on)) < FEWEST_WITH_NEWS:
        return ForecastRefusal.TOO_FEW_QUARTERS
    return None


def per_quarter(history: History, on: date) -> Floats:
    """How many began in each quarter counted back from the day, oldest first."""
    known = history.until(on)
    if not known.began:
        return np.zeros(0)
    ago = np.array([(on - day) // QUARTER for day in known.began])
    return np.bincount(ago)[::-1].astype(float)


def learn(fits: Sequence[Fit]) -> Learned:
    """What earlier solutions teach; the literature's averages when they are fewer than three."""
    if len(fits) < FEWEST_EARLIER:
        return LITERATURE
    rows = np.array([_unbounded(fit) for fit in fits])
    middles = rows.mean(axis=0)
    spreads = np.maximum(rows.std(axis=0, ddof=1), _LEAST_SPREADS)
    return Learned(
        middles=(middles[0], middles[1], middles[2], middles[3]),
        spreads=(spreads[0], spreads[1], spreads[2], spreads[3]),
        solutions=len(fits),
    )


def fit(history: History, on: date, learned: Learned = LITERATURE) -> Fit:
    """The values that fit the quarters until the day best."""
    best, _spread = _estimate(per_quarter(history, on), history.municipalities, learned)
    return _bounded(best)


def forecast(
    history: History,
    on: date,
    *,
    learned: Learned = LITERATURE,
    planned: Sequence[Planned] = (),
) -> Forecast:
    """The same history, day and plan give the same forecast. Ask `refusal` first."""
    known = history.until(on)
    counts = per_quarter(known, on)
    size = history.municipalities
    best, spread = _estimate(counts, size, learned)
    chance = np.random.default_rng(SEED)
    values = _values_that_fit(counts, size, learned, best, spread, chance)
    paths = _futures(values, len(known.began), size, _plan(planned, on), chance)
    return Forecast(
        made_on=on,
        municipalities=size,
        begun=len(known.began),
        fit=_bounded(best),
        reaches=tuple(_reaches(level, known, paths, on) for level in LEVELS),
        points=tuple(
            Point(on + quarter * QUARTER, *(round(float(one)) for one in each))
            for quarter, each in enumerate(np.quantile(paths, (LOW, MIDDLE, HIGH), axis=0).T)
        ),
        earlier_solutions=learned.solutions,
    )


def look_back(made: Forecast, history: History, known_on: date) -> LookBack:
    """What a forecast of an earlier day said, beside what happened until `known_on`."""
    happened = history.until(known_on)
    a_year_on = made.points[_A_YEAR]
    return LookBack(
        made=made,
        levels=tuple(
            Hindsight(made.made_on, reaches, happened.reached(reaches.level), known_on)
            for reaches in made.reaches
            if reaches.reached is None
        ),
        year=YearLater(a_year_on, len(happened.until(a_year_on.on).began))
        if a_year_on.on <= known_on
        else None,
    )


# --- the model ---


def _unbounded(one: Fit) -> tuple[float, float, float, float]:
    ceiling = min(max(one.ceiling, 1e-6), 1 - 1e-6)
    return (
        math.log(one.p),
        math.log(one.q),
        math.log(ceiling / (1 - ceiling)),
        math.log(one.sigma),
    )


def _bounded(values: Floats) -> Fit:
    p, q, ceiling, sigma = (float(one) for one in values)
    return Fit(math.exp(p), math.exp(q), float(scipy.special.expit(ceiling)), math.exp(sigma))


def _expected(values: Floats, begun: Floats | float, size: int) -> Floats:
    """How many come in the next quarter, for each row of values."""
    most = scipy.special.expit(values[..., 2]) * size
    urge = np.exp(values[..., 0]) + np.exp(values[..., 1]) * np.minimum(begun / most, 1.0)
    coming: Floats = np.maximum(most - begun, 0.0) * -np.expm1(-urge)
    return coming


def _unlikely(values: Floats, counts: Floats, size: int, learned: Learned) -> Floats:
    """Minus the logarithm of how likely the values are, for each row; but for a constant."""
    off = (values - np.array(learned.middles)) / np.array(learned.spreads)
    total: Floats = 0.5 * np.sum(off * off, axis=-1)
    # A gamma-Poisson count has the variance mean + (sigma·mean)².
    shape = np.exp(-2 * values[..., 3:])
    begun = np.cumsum(counts) - counts
    mean = np.maximum(_expected(values[..., None, :], begun, size), 1e-3)
    seen: Floats = (
        scipy.special.gammaln(counts + shape)
        - scipy.special.gammaln(shape)
        + shape * np.log(shape / (shape + mean))
        + counts * np.log(mean / (shape + mean))
    )
    unlikely: Floats = total - seen.sum(axis=-1)
    return unlikely


def _estimate(counts: Floats, size: int, learned: Learned) -> tuple[Floats, Floats]:
    """The values that fit best, and how uncertain they are (a covariance)."""
    found = scipy.optimize.minimize(
        lambda values: float(_unlikely(values, counts, size, learned)),
        np.array(learned.middles),
        method="Nelder-Mead",
        options={"maxiter": 4000, "xatol": 1e-5, "fatol": 1e-7},
    )
    best: Floats = found.x
    bent = _curvature(best, counts, size, learned)
    sizes, directions = np.linalg.eigh(bent)
    spread: Floats = (directions / np.maximum(sizes, 0.05)) @ directions.T
    return best, spread


def _curvature(best: Floats, counts: Floats, size: int, learned: Learned) -> Floats:
    step = 1e-3
    steps = np.eye(4) * step
    corners = np.array(
        [[[best + a + b, best + a - b, best - a + b, best - a - b] for b in steps] for a in steps]
    )
    heights = _unlikely(corners, counts, size, learned)
    bent: Floats = (heights[..., 0] - heights[..., 1] - heights[..., 2] + heights[..., 3]) / (
        4 * step * step
    )
    return (bent + bent.T) / 2


def _values_that_fit(
    counts: Floats,
    size: int,
    learned: Learned,
    best: Floats,
    spread: Floats,
    chance: np.random.Generator,
) -> Floats:
    """Draws of the four values, as often as they are likely: by importance, from wider tails."""
    degrees, tried = 5, 4 * DRAWS
    straight = chance.multivariate_normal(np.zeros(4), spread, size=tried, method="eigh")
    wider = straight * np.sqrt(degrees / chance.chisquare(degrees, size=tried))[:, None]
    values = best + wider
    distance = np.einsum("ij,jk,ik->i", wider, np.linalg.inv(spread), wider)
    drawn_as = -0.5 * (degrees + 4) * np.log1p(distance / degrees)
    weights = -_unlikely(values, counts, size, learned) - drawn_as
    weights = np.exp(weights - weights.max())
    # Evenly through the weights, so that chance adds as little as possible of its own.
    places = (np.arange(DRAWS) + chance.random()) / DRAWS
    chosen = np.searchsorted(np.cumsum(weights) / weights.sum(), places)
    picked: Floats = values[np.minimum(chosen, tried - 1)]
    return picked


def _plan(planned: Sequence[Planned], on: date) -> Mapping[int, int]:
    """How many are to begin in each coming quarter; what is overdue is to begin in the first."""
    found: dict[int, int] = {}
    for one in planned:
        quarter = max(-((on - one.begins_on) // QUARTER), 1)
        if quarter <= HORIZON:
            found[quarter] = found.get(quarter, 0) + one.municipalities
    return found


def _futures(
    values: Floats, begun: int, size: int, plan: Mapping[int, int], chance: np.random.Generator
) -> Floats:
    """How many have begun at the end of each quarter, today first, one row per draw."""
    rows = len(values)
    starts, waiting = _planned_starts(plan, rows, chance)
    shape = np.exp(-2 * values[:, 3])
    paths = np.empty((rows, HORIZON + 1))
    paths[:, 0] = begun
    for quarter in range(1, HORIZON + 1):
        before = paths[:, quarter - 1]
        most = np.maximum(np.floor(scipy.special.expit(values[:, 2]) * size), before)
        # Whoever has a date waits for it.
        free = np.maximum(most - before - waiting[:, quarter], 0.0)
        left = np.maximum(most - before, 1.0)
        mean = _expected(values, before, size) * free / left
        came = np.minimum(chance.poisson(mean * chance.gamma(shape, 1 / shape)), free)
        paths[:, quarter] = np.minimum(before + came + starts[:, quarter], size)
    return paths


def _planned_starts(
    plan: Mapping[int, int], rows: int, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """How many of the plan start in each quarter, and how many wait for their date in it."""
    starts = np.zeros((rows, HORIZON + 1))
    waiting = np.zeros((rows, HORIZON + 1))
    quarters = np.arange(HORIZON + 1)
    for quarter, planned in sorted(plan.items()):
        kept = chance.binomial(planned, 1 - DROPS_OUT, size=rows)
        comes = quarter + chance.choice(len(LATE), p=LATE, size=rows)
        within = comes <= HORIZON
        starts[np.flatnonzero(within), comes[within]] += kept[within]
        late = (quarters > quarter) & (quarters <= comes[:, None])
        waiting += np.where(quarters <= quarter, planned, np.where(late, kept[:, None], 0))
    return starts, waiting


def _reaches(level: float, known: History, paths: Floats, on: date) -> Reaches:
    reached = known.reached(level)
    if reached is not None:
        return Reaches(level=level, reached=reached, low=reached, middle=reached, high=reached)
    needed = math.ceil(level * known.municipalities)
    there = paths >= needed
    first = np.where(there.any(axis=1), there.argmax(axis=1), HORIZON + 1)
    rows = np.arange(len(paths))
    upper = np.minimum(first, HORIZON)
    before, after = paths[rows, upper - 1], paths[rows, upper]
    # Within the quarter they are taken to come evenly.
    into = np.where(after > before, (needed - before) / np.maximum(after - before, 1.0), 1.0)
    quarters = np.where(first <= HORIZON, first - 1 + into, np.inf)
    days = [
        None if not math.isfinite(each) else on + timedelta(days=math.ceil(each * QUARTER.days))
        for each in np.quantile(quarters, (LOW, MIDDLE, HIGH), method="inverted_cdf")
    ]
    return Reaches(level=level, reached=None, low=days[0], middle=days[1], high=days[2])

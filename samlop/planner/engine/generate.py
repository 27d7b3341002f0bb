"""Problems by lot, of a given size and regime; the same seed gives the same problem.

Our own generator: a country of unequal counties, vendors with market shares, solutions drawn from
patterns of the three tracks, and limits set so that about `scarcity` of the demand fits.
"""

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from samlop.planner.engine.problem import (
    LeaderPool,
    Municipality,
    Pair,
    Problem,
    Solution,
    Weights,
    Wish,
)
from samlop.planner.engine.rollout1 import COUNTRY, COUNTY, THE_COUNTRY


class Size(StrEnum):
    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Regime(StrEnum):
    NORMAL = "normal"
    MANY_VENDORS = "many-vendors"
    LONG = "long"
    """Half as many quarters again."""
    TIGHT_LEADERS = "tight-leaders"
    WISHFUL = "wishful"
    """Nearly everyone has a wish."""


@dataclass(frozen=True, slots=True)
class _Scale:
    counties: int
    municipalities: int
    solutions: int
    horizon: int


SCALES: Final = {
    Size.S: _Scale(4, 40, 4, 8),
    Size.M: _Scale(15, 357, 6, 12),
    Size.L: _Scale(15, 357, 14, 16),
    Size.XL: _Scale(150, 3570, 14, 16),
}
MEDIAN_POPULATION: Final = 5_000
SPREAD: Final = 1.15


def generate(size: Size, seed: int, regime: Regime = Regime.NORMAL) -> Problem:
    return _Maker(size, seed, regime).problem()


class _Maker:
    def __init__(self, size: Size, seed: int, regime: Regime) -> None:
        self.draw = random.Random(f"{size} {seed} {regime}")  # noqa: S311  (a draw, not a secret)
        self.size = size
        self.seed = seed
        self.regime = regime
        self.scale = SCALES[size]
        long = regime is Regime.LONG
        self.horizon = self.scale.horizon * 3 // 2 if long else self.scale.horizon
        self.scarcity = 0.6 if regime is Regime.TIGHT_LEADERS else 0.85
        kinds = 12 if regime is Regime.MANY_VENDORS else 4
        self.vendors = {
            "epj": [f"epj{number}" for number in range(1, kinds + 1)],
            "vft": [f"vft{number}" for number in range(1, kinds + 2)],
        }

    def problem(self) -> Problem:
        groups = self._municipalities()
        solutions = self._patterns()
        introduced, declined, wishes = self._answers(solutions)
        open_pairs = [
            (one.id, solution.id)
            for one in self.municipalities
            for solution in solutions
            if (one.id, solution.id) not in {*introduced, *declined}
        ]
        demand = {
            solution.id: [one for one, other in open_pairs if other == solution.id]
            for solution in solutions
        }
        solutions = [self._delivered(one, demand[one.id], groups) for one in solutions]
        national, regional = self._leaders(solutions, demand, groups[COUNTY])
        pace = len(open_pairs) / max(1, self.horizon - 1)
        return Problem(
            name=f"{self.size}-{self.regime}-{self.seed}",
            seed=self.seed,
            horizon=self.horizon,
            tail=4,
            now=0,
            weights=Weights(deviation=2, outside=8, lag=150, fairness_percent=90, change=250),
            checkpoints=tuple(range(4, self.horizon + 1, 4)),
            fairness_grouping=COUNTY,
            start_limit=tuple(
                max(2, round(pace * (0.65 if quarter % 4 == 2 else 1.0)))
                for quarter in range(self.horizon)
            ),
            groupings=groups,
            pools=(
                LeaderPool(grouping=COUNTRY, group=THE_COUNTRY, leaders=(national,) * self.horizon),
                *(
                    LeaderPool(grouping=COUNTY, group=county, leaders=(count,) * self.horizon)
                    for county, count in regional.items()
                ),
            ),
            municipalities=tuple(self.municipalities),
            solutions=tuple(solutions),
            introduced=tuple(introduced),
            declined=tuple(declined),
            wishes=tuple(wishes),
        )

    def _municipalities(self) -> dict[str, dict[str, str]]:
        scale = self.scale
        self.counties = [f"{number:02d}" for number in range(1, scale.counties + 1)]
        size = [self.draw.uniform(0.4, 1.8) for _ in self.counties]
        groups: dict[str, dict[str, str]] = {COUNTRY: {}, COUNTY: {}, "epj": {}, "vft": {}}
        self.municipalities: list[Municipality] = []
        for number in range(scale.municipalities):
            # Every county has one; the rest follow the counties' size.
            county = (
                self.counties[number]
                if number < len(self.counties)
                else self.draw.choices(self.counties, size)[0]
            )
            name = f"k{number + 1:04d}"
            population = round(
                min(
                    700_000, max(200, self.draw.lognormvariate(math.log(MEDIAN_POPULATION), SPREAD))
                )
            )
            groups[COUNTRY][name] = THE_COUNTRY
            groups[COUNTY][name] = county
            for kind, names in self.vendors.items():
                shares = [1 / (rank + 1) for rank in range(len(names))]
                groups[kind][name] = self.draw.choices(names, shares)[0]
            self.municipalities.append(self._municipality(name, population))
        return groups

    def _municipality(self, name: str, population: int) -> Municipality:
        strength = 2 + (population > 3_000) + (population > 10_000) + 2 * (population > 20_000)
        capacity = tuple(
            max(0, strength + self.draw.choice((0, 0, 1)) - (quarter % 4 == 2))
            for quarter in range(self.horizon)
        )
        blackout: tuple[int, ...] = ()
        if self.draw.random() < 0.2:
            first = self.draw.randrange(self.horizon)
            blackout = tuple(range(first, min(self.horizon, first + self.draw.randint(1, 3))))
        return Municipality(
            id=name,
            population=population,
            weight=max(1, math.isqrt(population) // 5),
            capacity=capacity,
            blackout=blackout,
        )

    def _patterns(self) -> list[Solution]:
        """Tracks in turn: national, by county, by vendor. Some build on one before."""
        small = self.size is Size.S
        solutions: list[Solution] = []
        for number in range(self.scale.solutions):
            track = "ABC"[number % 3]
            duration = self.draw.randint(1, 3) if track == "B" else self.draw.randint(1, 2)
            smallest = self.draw.randint(3, 5) if track == "B" else self.draw.randint(5, 10)
            kind = self.draw.choice(("epj", "vft"))
            before = [one.id for one in solutions if self.draw.random() < 0.35][:1]
            solutions.append(
                Solution(
                    id=f"L{number + 1:02d}",
                    track=track,
                    grouping={"A": COUNTRY, "B": COUNTY, "C": kind}[track],
                    leader_grouping=COUNTY if track == "B" else COUNTRY,
                    load=tuple(self.draw.randint(1, 2) for _ in range(duration)),
                    benefit=self.draw.randint(3, 9),
                    requires=tuple(before),
                    vendor_grouping=kind if track == "C" or self.draw.random() < 0.3 else None,
                    smallest=max(2, smallest // (2 if small else 1)),
                    largest=max(5, (12 if track == "B" else 24) // (2 if small else 1)),
                    parallel=2 * max(1, self.scale.counties // 15),
                    cost=100 * self.draw.randint(5, 12),
                )
            )
        return solutions

    def _answers(self, solutions: list[Solution]) -> tuple[list[Pair], list[Pair], list[Wish]]:
        introduced: list[Pair] = []
        declined: list[Pair] = []
        wishes: list[Wish] = []
        eager = 0.9 if self.regime is Regime.WISHFUL else 0.4
        ahead = {one.id: self.draw.choice((0.05, 0.15, 0.3)) for one in solutions}
        for municipality in self.municipalities:
            had: set[str] = set()
            for one in solutions:
                pair = (municipality.id, one.id)
                chance = self.draw.random()
                if chance < ahead[one.id] and had.issuperset(one.requires):
                    had.add(one.id)
                    introduced.append(pair)
                elif chance > 0.95:
                    declined.append(pair)
                elif self.draw.random() < eager:
                    quarter = self.draw.randrange(self.horizon - one.duration + 1)
                    wishes.append(
                        Wish(
                            municipality=municipality.id,
                            solution=one.id,
                            quarter=quarter,
                            first=max(0, quarter - 1),
                            last=min(self.horizon - 1, quarter + 2),
                        )
                    )
        return introduced, declined, wishes

    def _delivered(
        self, one: Solution, demand: list[str], groups: dict[str, dict[str, str]]
    ) -> Solution:
        if one.vendor_grouping is None:
            return one
        release: dict[str, int] = {}
        limit: dict[str, int] = {}
        for vendor in self.vendors[one.vendor_grouping]:
            if self.draw.random() < 0.08:
                continue  # never delivers
            release[vendor] = self.draw.choice((0, 0, 1, 2, self.horizon // 3))
            customers = sum(groups[one.vendor_grouping][name] == vendor for name in demand)
            if self.draw.random() < 0.7:
                quarters = max(1, self.horizon - release[vendor] - one.duration)
                limit[vendor] = max(one.smallest, math.ceil(1.3 * customers / quarters))
        return Solution(
            id=one.id,
            track=one.track,
            grouping=one.grouping,
            leader_grouping=one.leader_grouping,
            load=one.load,
            benefit=one.benefit,
            requires=one.requires,
            vendor_grouping=one.vendor_grouping,
            release=release,
            vendor_starts=limit,
            smallest=one.smallest,
            largest=one.largest,
            parallel=one.parallel,
            cost=one.cost,
        )

    def _leaders(
        self, solutions: list[Solution], demand: dict[str, list[str]], county: dict[str, str]
    ) -> tuple[int, dict[str, int]]:
        """Leader quarters that cohorts of seven tenths of the largest would need, made scarce."""
        national = 0.0
        regional = dict.fromkeys(self.counties, 0.0)
        for one in solutions:
            each = one.duration / (0.7 * one.largest)
            for name in demand[one.id]:
                if one.leader_grouping == COUNTY:
                    regional[county[name]] += each
                else:
                    national += each
        per_quarter = self.scarcity / self.horizon
        return (
            max(1, round(national * per_quarter)),
            {name: max(1, round(need * per_quarter)) for name, need in regional.items()},
        )

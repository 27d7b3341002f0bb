"""What a plan is made for: municipalities, solutions, limits, wishes. A Problem that exists makes
sense; everything that does not is refused with the field and the row."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from samlop.lib.errors import FileProblem, FileRefused

Pair = tuple[str, str]
"""A municipality and a solution: the thing that is given a start quarter, or none."""

MOST_PROBLEMS_TOLD: Final = 20


class InvalidProblem(FileRefused):
    """The problem contradicts itself in form; nothing was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a deviation costs, in the same units as benefit."""

    deviation: int
    """Per quarter from the wished quarter, times the municipality's weight."""
    outside: int
    """Per quarter outside the wished window, times the municipality's weight."""
    lag: int
    """Per run a group is behind its share at a checkpoint."""
    fairness_percent: int
    """How much of its proportional share a group must have reached."""
    change: int
    """Per communicated start that is moved or dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """One receiver: how much it can carry per quarter, and when no work may run."""

    id: str
    population: int
    weight: int
    capacity: tuple[int, ...]
    blackout: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """One solution in one service area; the same product in two areas is two solutions."""

    id: str
    grouping: str
    """Whose groups make cohorts: a cohort takes members from one group of this grouping."""
    leader_grouping: str
    """Whose pools lend the leaders; every cohort group must lie inside one of its groups."""
    load: tuple[int, ...]
    """Work per quarter of the run; its length is the duration."""
    benefit: int
    requires: tuple[str, ...] = ()
    vendor_grouping: str | None = None
    release: Mapping[str, int] = field(default_factory=dict)
    """First quarter each vendor can deliver; a vendor not named never does."""
    vendor_starts: Mapping[str, int] = field(default_factory=dict)
    """Most starts per quarter each vendor can carry; a vendor not named has no limit."""
    smallest: int
    largest: int
    parallel: int
    """Most cohorts of one group that may start in the same quarter."""
    cost: int
    """Per cohort."""
    track: str = ""

    @property
    def duration(self) -> int:
        return len(self.load)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderPool:
    """How many cohorts the leaders of one group can run at a time, per quarter."""

    grouping: str
    group: str
    leaders: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """When a municipality would like to start, and the window it can live with."""

    municipality: str
    solution: str
    quarter: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Start:
    """A pair and the quarter it starts in."""

    municipality: str
    solution: str
    quarter: int

    @property
    def pair(self) -> Pair:
        return self.municipality, self.solution


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A national rollout to plan. Quarters are 0..horizon-1."""

    name: str
    horizon: int
    tail: int
    """Quarters of use that count after the horizon."""
    now: int
    """The first quarter that may still be planned."""
    weights: Weights
    checkpoints: tuple[int, ...]
    fairness_grouping: str
    start_limit: tuple[int, ...]
    """Most municipality starts per quarter over all solutions (NHN)."""
    groupings: Mapping[str, Mapping[str, str]]
    """Grouping -> municipality -> group. A municipality without a group cannot join its cohorts."""
    pools: tuple[LeaderPool, ...]
    municipalities: tuple[Municipality, ...]
    solutions: tuple[Solution, ...]
    introduced: tuple[Pair, ...] = ()
    declined: tuple[Pair, ...] = ()
    wishes: tuple[Wish, ...] = ()
    locked: tuple[Start, ...] = ()
    communicated: tuple[Start, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if found := _Validation(self).problems():
            raise InvalidProblem(found)

    @functools.cached_property
    def municipality(self) -> Mapping[str, Municipality]:
        return {one.id: one for one in self.municipalities}

    @functools.cached_property
    def solution(self) -> Mapping[str, Solution]:
        return {one.id: one for one in self.solutions}

    @functools.cached_property
    def introduced_pairs(self) -> frozenset[Pair]:
        return frozenset(self.introduced)

    @functools.cached_property
    def declined_pairs(self) -> frozenset[Pair]:
        return frozenset(self.declined)

    @functools.cached_property
    def wish(self) -> Mapping[Pair, Wish]:
        return {(wish.municipality, wish.solution): wish for wish in self.wishes}

    @functools.cached_property
    def lock(self) -> Mapping[Pair, int]:
        return {start.pair: start.quarter for start in self.locked}

    @functools.cached_property
    def eligible_in_group(self) -> Mapping[tuple[str, str], int]:
        """(solution, group) -> municipalities neither introduced nor declined."""
        count: dict[tuple[str, str], int] = {}
        for municipality, solution in self.eligible():
            group = self.group(solution, municipality)
            if group is not None:
                count[solution, group] = count.get((solution, group), 0) + 1
        return count

    def eligible(self) -> Iterator[Pair]:
        """Pairs neither introduced nor declined, in the order of the problem."""
        settled = self.introduced_pairs | self.declined_pairs
        for municipality in self.municipalities:
            for solution in self.solutions:
                if (pair := (municipality.id, solution.id)) not in settled:
                    yield pair

    def group(self, solution: str, municipality: str) -> str | None:
        """Whose cohorts the municipality can join for this solution."""
        return self.groupings[self.solution[solution].grouping].get(municipality)

    def smallest_cohort(self, solution: str, group: str) -> int:
        """The minimum size, lowered where the group has fewer eligible members."""
        wanted = self.solution[solution].smallest
        return max(1, min(wanted, self.eligible_in_group.get((solution, group), 0)))

    @functools.cached_property
    def leader_group(self) -> Mapping[tuple[str, str], str]:
        """(solution, cohort group) -> the group whose pool lends the leader."""
        found: dict[tuple[str, str], str] = {}
        for solution in self.solutions:
            lenders = self.groupings[solution.leader_grouping]
            for municipality, group in self.groupings[solution.grouping].items():
                if municipality in lenders:
                    found.setdefault((solution.id, group), lenders[municipality])
        return found

    @functools.cached_property
    def leaders(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        return {(pool.grouping, pool.group): pool.leaders for pool in self.pools}

    @functools.cached_property
    def warnings(self) -> tuple[str, ...]:
        """What makes sense in form but leaves solutions that nobody can be given."""
        return tuple(
            f"Løsningene {' → '.join([*cycle, cycle[0]])} krever hverandre i ring. De kan bare "
            "planlegges der en av dem allerede er innført."
            for cycle in _cycles({one.id: one.requires for one in self.solutions})
        )


def _cycles(requires: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Each ring of prerequisites once, found by walking depth first without recursion."""
    done: set[str] = set()
    rings: list[list[str]] = []
    for root in requires:
        path: list[str] = []
        on_path: dict[str, int] = {}
        stack: list[tuple[str, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                path.pop()
                del on_path[node]
                done.add(node)
            elif node in on_path:
                rings.append(path[on_path[node] :])
            elif node not in done:
                on_path[node] = len(path)
                path.append(node)
                stack.append((node, True))
                stack.extend((after, False) for after in requires[node])
    return rings


class _Validation:
    """Every check of a problem's form. Stops collecting after a screenful."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.found: list[FileProblem] = []

    def problems(self) -> list[FileProblem]:
        if self._scalars():
            checks = (
                self._municipalities,
                self._groupings,
                self._solutions,
                self._pools,
                self._pairs,
                self._wishes,
                self._starts,
            )
            for check in checks:
                check()
                if len(self.found) >= MOST_PROBLEMS_TOLD:
                    break
        return self.found[:MOST_PROBLEMS_TOLD]

    def _say(self, message: str, column: str, row: int | None = None) -> None:
        if len(self.found) < MOST_PROBLEMS_TOLD:
            self.found.append(FileProblem(message, row=row, column=column))

    def _whole(self, value: object, column: str, row: int | None = None) -> bool:
        """Python counts True as a number; a file that says true does not mean 1."""
        if type(value) is int and value >= 0:
            return True
        self._say(f"må være et helt tall fra 0 og opp, ikke {value!r}.", column, row)
        return False

    def _per_quarter(self, values: Sequence[int], column: str, row: int | None = None) -> None:
        if len(values) != self.problem.horizon:
            self._say(
                f"må ha ett tall for hvert av de {self.problem.horizon} kvartalene, "
                f"men har {len(values)}.",
                column,
                row,
            )
        for value in values:
            if type(value) is not int or value < 0:
                self._whole(value, column, row)
                return

    def _unique(self, ids: Iterable[object], column: str) -> None:
        seen: set[object] = set()
        for row, value in enumerate(ids, 1):
            if value in seen:
                self._say(f"{_shown(value)} står mer enn én gang.", column, row)
            seen.add(value)

    def _scalars(self) -> bool:
        problem = self.problem
        weights = problem.weights
        values = {
            "horizon": problem.horizon,
            "tail": problem.tail,
            "now": problem.now,
            "weights.dev": weights.deviation,
            "weights.out": weights.outside,
            "weights.lag": weights.lag,
            "weights.fair_pct": weights.fairness_percent,
            "weights.stab": weights.change,
        }
        told = [self._whole(value, column) for column, value in values.items()]
        if not all(told):
            return False
        if problem.horizon < 1:
            self._say("må være minst 1.", "horizon")
            return False
        if problem.now > problem.horizon:
            self._say(f"må være fra 0 til {problem.horizon}.", "now")
        for row, quarter in enumerate(problem.checkpoints, 1):
            if self._whole(quarter, "checkpoints", row) and not 1 <= quarter <= problem.horizon:
                self._say(f"må være fra 1 til {problem.horizon}.", "checkpoints", row)
        self._per_quarter(problem.start_limit, "nhn_starts")
        return True

    def _municipalities(self) -> None:
        for row, one in enumerate(self.problem.municipalities, 1):
            self._whole(one.population, "municipalities.population", row)
            self._whole(one.weight, "municipalities.weight", row)
            self._per_quarter(one.capacity, "municipalities.capacity", row)
            for quarter in one.blackout:
                self._whole(quarter, "municipalities.blackout", row)
        self._unique((one.id for one in self.problem.municipalities), "municipalities.id")

    def _groupings(self) -> None:
        known = {one.id for one in self.problem.municipalities}
        for name, members in self.problem.groupings.items():
            for row, municipality in enumerate(members, 1):
                if municipality not in known:
                    self._say(f"Kommunen {municipality!r} finnes ikke.", name, row)
        if self.problem.fairness_grouping not in self.problem.groupings:
            self._say(
                f"Grupperingen {self.problem.fairness_grouping!r} finnes ikke.", "fairness_grouping"
            )

    def _solutions(self) -> None:
        known = {one.id for one in self.problem.solutions}
        self._unique((one.id for one in self.problem.solutions), "solutions.id")
        for row, one in enumerate(self.problem.solutions, 1):
            for name, value in (
                ("benefit", one.benefit),
                ("min", one.smallest),
                ("max", one.largest),
                ("parallel", one.parallel),
                ("cost", one.cost),
            ):
                self._whole(value, f"solutions.{name}", row)
            if not one.load:
                self._say("må ha minst ett kvartal.", "solutions.load", row)
            for value in one.load:
                self._whole(value, "solutions.load", row)
            if type(one.smallest) is type(one.largest) is int and one.smallest > one.largest:
                self._say("Største pulje er mindre enn minste.", "solutions.max", row)
            for required in one.requires:
                if required not in known:
                    self._say(f"Løsningen {required!r} finnes ikke.", "solutions.requires", row)
            for vendor, quarter in one.release.items():
                self._whole(quarter, f"solutions.release.{vendor}", row)
            for vendor, starts in one.vendor_starts.items():
                self._whole(starts, f"solutions.vendor_starts.{vendor}", row)
            self._groupings_of(one, row)

    def _groupings_of(self, one: Solution, row: int) -> None:
        groupings = self.problem.groupings
        for column, name in (
            ("solutions.key", one.grouping),
            ("solutions.track", one.leader_grouping),
            ("solutions.vendor", one.vendor_grouping),
        ):
            if name is not None and name not in groupings:
                self._say(f"Grupperingen {name!r} finnes ikke.", column, row)
                return
        lenders = groupings[one.leader_grouping]
        lender: dict[str, str | None] = {}
        for municipality, group in groupings[one.grouping].items():
            here = lenders.get(municipality)
            if lender.setdefault(group, here) != here:
                self._say(
                    f"Gruppen {group!r} hører til flere grupper i {one.leader_grouping!r}, "
                    "så en pulje har ingen entydig leder.",
                    "solutions.key",
                    row,
                )
                return

    def _pools(self) -> None:
        for row, pool in enumerate(self.problem.pools, 1):
            if pool.grouping not in self.problem.groupings:
                self._say(f"Grupperingen {pool.grouping!r} finnes ikke.", "counties", row)
            self._per_quarter(pool.leaders, f"leaders ({pool.group})", row)
        self._unique(((pool.grouping, pool.group) for pool in self.problem.pools), "counties.id")

    def _known(self, pair: Pair, column: str, row: int) -> None:
        municipality, solution = pair
        if municipality not in self.problem.municipality:
            self._say(f"Kommunen {municipality!r} finnes ikke.", column, row)
        if solution not in self.problem.solution:
            self._say(f"Løsningen {solution!r} finnes ikke.", column, row)

    def _pairs(self) -> None:
        for column, pairs in (
            ("introduced", self.problem.introduced),
            ("declined", self.problem.declined),
        ):
            for row, pair in enumerate(pairs, 1):
                self._known(pair, column, row)
            self._unique(pairs, column)

    def _wishes(self) -> None:
        for row, wish in enumerate(self.problem.wishes, 1):
            self._known((wish.municipality, wish.solution), "wishes", row)
            whole = [
                self._whole(value, f"wishes.{name}", row)
                for name, value in (
                    ("quarter", wish.quarter),
                    ("from", wish.first),
                    ("to", wish.last),
                )
            ]
            if all(whole) and wish.first > wish.last:
                self._say("Vinduet slutter før det begynner.", "wishes.to", row)
        self._unique(((wish.municipality, wish.solution) for wish in self.problem.wishes), "wishes")

    def _starts(self) -> None:
        for column, starts in (
            ("locked", self.problem.locked),
            ("communicated", self.problem.communicated),
        ):
            for row, start in enumerate(starts, 1):
                self._known(start.pair, column, row)
                if (
                    self._whole(start.quarter, column, row)
                    and start.quarter >= self.problem.horizon
                ):
                    self._say(f"Kvartal {start.quarter} er utenfor planen.", column, row)
            self._unique((start.pair for start in starts), column)


def _shown(value: object) -> str:
    return " / ".join(map(repr, value)) if isinstance(value, tuple) else repr(value)

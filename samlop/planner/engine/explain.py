"""Why a municipality starts a solution when it does, or not at all; and what would change it.

Three answers for a pair: which limits stand in the way of a better start, in a fixed order; the
best other starts, with what each costs and whom it moves; and the smallest single change that
gives a wished start. All are found by asking the checker and by repairs around the base plan with
the pair fixed, never by cores of a solver: those do not explain sums.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from samlop.planner.engine import checking, construct
from samlop.planner.engine.limits import Limit, LimitKind, Loosening, loosened
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import Pair, Problem, Solution
from samlop.planner.engine.state import UNPLANNED, State
from samlop.planner.engine.subproblem import Subproblem
from samlop.planner.engine.tables import Ints, Tables, tables_of

ALTERNATIVES: Final = 3
COMPANY: Final = 140
"""Pairs that may move besides the one asked about."""
STEPS_PER_REPAIR: Final = 0.4
LEAST_STEPS: Final = 0.01
DEFAULT_WORK: Final = 6.0
DEFAULT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A limit in the way of a start in this quarter."""

    limit: Limit
    used: int = 0
    there: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """A pair that another choice would move; None is not planned."""

    municipality: str
    solution: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The pair started elsewhere, and the best plan found with that."""

    quarter: int
    cost: int
    """What the objective loses; below zero the base plan was not the best there is."""
    moves: tuple[Move, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Change:
    """One limit loosened, and the plan it makes possible."""

    loosening: Loosening | None
    """None when nothing need change: another plan, no worse, has the wished start."""
    plan: Plan
    smallest_within: float
    """Work spent on the search that found nothing smaller."""


@dataclass(frozen=True, slots=True)
class Explanation:
    municipality: str
    solution: str
    start: int | None
    wished: int | None
    """The quarter the change is for: the wish, or the best quarter for the objective."""
    hindrances: tuple[Hindrance, ...]
    """What stands in the way of the wished start, in order; empty when it is the start."""
    alternatives: tuple[Alternative, ...]
    change: Change | None
    """None when no single limit was found to give the wished start."""


def explain(
    problem: Problem,
    plan: Plan,
    municipality: str,
    solution: str,
    *,
    wished: int | None = None,
    work: float = DEFAULT_WORK,
    seconds: float | None = None,
    seed: int = 0,
) -> Explanation:
    """Raises KeyError for a pair that is not in the problem."""
    pair = (problem.municipality[municipality].id, problem.solution[solution].id)
    start = plan.starts().get(pair)
    target = wished if wished is not None else _target(problem, pair, start)
    asked = Question(problem, plan, pair, work=work, seconds=seconds, seed=seed)
    hindrances: tuple[Hindrance, ...] = ()
    change = None
    if target is None:
        hindrances = tuple(hindering(problem, plan, pair, problem.now))
    elif target != start:
        hindrances = tuple(hindering(problem, plan, pair, target))
    alternatives = tuple(asked.alternatives(start, work / 2))
    if target is not None and target != start:
        if not hindrances or all(one.limit.kind not in HARD for one in hindrances):
            hindrances += (Hindrance(_why_not(problem, plan, pair, target, alternatives)),)
        change = asked.change(target, hindrances)
    return Explanation(municipality, solution, start, target, hindrances, alternatives, change)


HARD: Final = frozenset(
    {
        *(
            kind
            for kind in LimitKind
            if kind not in (LimitKind.FAIRNESS, LimitKind.WISH, LimitKind.CHANGE, LimitKind.OTHERS)
        ),
    }
)


def _target(problem: Problem, pair: Pair, start: int | None) -> int | None:
    """The wished quarter; without a wish the first quarter that is not past."""
    if pair in problem.introduced_pairs or pair in problem.declined_pairs:
        return None
    last = problem.horizon - problem.solution[pair[1]].duration
    if last < problem.now:
        return None
    wish = problem.wish.get(pair)
    if wish is not None:
        return min(max(wish.quarter, problem.now), last)
    return problem.now if start is None or start > problem.now else start


def hindering(problem: Problem, plan: Plan, pair: Pair, quarter: int) -> Iterator[Hindrance]:
    """What the rest of the plan, and the pair itself, put in the way of a start then; in order."""
    municipality, solution = problem.municipality[pair[0]], problem.solution[pair[1]]
    name, kind = pair
    if pair in problem.introduced_pairs or pair in problem.declined_pairs:
        settled = LimitKind.INTRODUCED if pair in problem.introduced_pairs else LimitKind.DECLINED
        yield Hindrance(Limit(settled, municipality=name, solution=kind))
        return
    starts = plan.starts()
    starts.pop(pair, None)
    group = problem.group(kind, name)
    if group is None:
        yield Hindrance(Limit(LimitKind.GROUP, municipality=name, solution=kind))
        return
    if pair in problem.lock:
        locked = problem.lock[pair]
        yield Hindrance(Limit(LimitKind.LOCK, municipality=name, solution=kind, quarter=locked))
    if quarter < problem.now:
        yield Hindrance(Limit(LimitKind.NOW, quarter=problem.now))
    if quarter + solution.duration > problem.horizon:
        yield Hindrance(Limit(LimitKind.HORIZON, quarter=problem.horizon))
        return
    yield from _own_load(problem, starts, pair, quarter)
    for at in range(quarter, quarter + solution.duration):
        if at in municipality.blackout:
            yield Hindrance(Limit(LimitKind.BLACKOUT, municipality=name, quarter=at))
    yield from _vendor(problem, starts, pair, quarter)
    yield from _national(problem, starts, quarter)
    yield from _places(problem, plan, pair, group, quarter)
    yield from _order(problem, starts, pair, quarter)


def _own_load(
    problem: Problem, starts: dict[Pair, int], pair: Pair, quarter: int
) -> Iterator[Hindrance]:
    municipality, solution = problem.municipality[pair[0]], problem.solution[pair[1]]
    for at, work in enumerate(solution.load, quarter):
        used = work + sum(
            problem.solution[other].load[at - start]
            for (who, other), start in starts.items()
            if who == pair[0] and start <= at < start + problem.solution[other].duration
        )
        if used > municipality.capacity[at]:
            limit = Limit(LimitKind.CAPACITY, municipality=pair[0], quarter=at)
            yield Hindrance(limit, used, municipality.capacity[at])


def _vendor(
    problem: Problem, starts: dict[Pair, int], pair: Pair, quarter: int
) -> Iterator[Hindrance]:
    solution = problem.solution[pair[1]]
    if solution.vendor_grouping is None:
        return
    vendors = problem.groupings[solution.vendor_grouping]
    vendor = vendors.get(pair[0], "")
    release = solution.release.get(vendor, problem.horizon)
    if quarter < release:
        yield Hindrance(_of_vendor(LimitKind.RELEASE, solution, vendor), quarter, release)
    most = solution.vendor_starts.get(vendor)
    if most is not None:
        used = 1 + sum(
            other == solution.id and start == quarter and vendors.get(who) == vendor
            for (who, other), start in starts.items()
        )
        if used > most:
            yield Hindrance(_of_vendor(LimitKind.VENDOR_STARTS, solution, vendor), used, most)


def _of_vendor(kind: LimitKind, solution: Solution, vendor: str) -> Limit:
    return Limit(kind, solution=solution.id, grouping=solution.vendor_grouping or "", group=vendor)


def _national(problem: Problem, starts: dict[Pair, int], quarter: int) -> Iterator[Hindrance]:
    used = 1 + sum(start == quarter for start in starts.values())
    if used > problem.start_limit[quarter]:
        limit = Limit(LimitKind.NATIONAL_STARTS, quarter=quarter)
        yield Hindrance(limit, used, problem.start_limit[quarter])


def _places(
    problem: Problem, plan: Plan, pair: Pair, group: str, quarter: int
) -> Iterator[Hindrance]:
    """A free place in a cohort then, or a leader, and company, for another."""
    solution = problem.solution[pair[1]]
    there = [
        cohort
        for cohort in plan.cohorts
        if (cohort.solution, cohort.group, cohort.start) == (solution.id, group, quarter)
    ]
    members = {one for cohort in there for one in cohort.municipalities} - {pair[0]}
    if len(members) < len(there) * solution.largest:
        yield from _left_behind(problem, plan, pair)
        return
    if there:
        limit = Limit(LimitKind.COHORT_MAXIMUM, solution=solution.id, group=group, quarter=quarter)
        yield Hindrance(limit, len(members) + 1, len(there) * solution.largest)
    if len(there) >= solution.parallel:
        limit = Limit(LimitKind.PARALLEL, solution=solution.id, group=group, quarter=quarter)
        yield Hindrance(limit, len(there) + 1, solution.parallel)
    lender = problem.leader_group.get((solution.id, group), "")
    pool = problem.leaders.get((solution.leader_grouping, lender))
    for at in range(quarter, quarter + solution.duration):
        used = 1 + sum(
            cohort.start <= at < cohort.start + problem.solution[cohort.solution].duration
            and problem.solution[cohort.solution].leader_grouping == solution.leader_grouping
            and problem.leader_group.get((cohort.solution, cohort.group)) == lender
            for cohort in plan.cohorts
        )
        if used > (pool[at] if pool is not None else 0):
            limit = Limit(
                LimitKind.LEADERS, grouping=solution.leader_grouping, group=lender, quarter=at
            )
            yield Hindrance(limit, used, pool[at] if pool is not None else 0)
    smallest = problem.smallest_cohort(solution.id, group)
    if len(members) + 1 < (len(there) + 1) * smallest:
        limit = Limit(LimitKind.COHORT_MINIMUM, solution=solution.id, group=group, quarter=quarter)
        yield Hindrance(limit, len(members) + 1, (len(there) + 1) * smallest)
    yield from _left_behind(problem, plan, pair)


def _left_behind(problem: Problem, plan: Plan, pair: Pair) -> Iterator[Hindrance]:
    """The cohort the pair would leave, when it cannot spare anyone."""
    for cohort in plan.cohorts:
        if cohort.solution == pair[1] and pair[0] in cohort.municipalities:
            smallest = problem.smallest_cohort(cohort.solution, cohort.group)
            if len(cohort.municipalities) <= smallest:
                limit = Limit(
                    LimitKind.COHORT_MINIMUM,
                    solution=cohort.solution,
                    group=cohort.group,
                    quarter=cohort.start,
                )
                yield Hindrance(limit, len(cohort.municipalities) - 1, smallest)


def _order(
    problem: Problem, starts: dict[Pair, int], pair: Pair, quarter: int
) -> Iterator[Hindrance]:
    name, kind = pair
    for required in problem.solution[kind].requires:
        if (name, required) not in problem.introduced_pairs:
            at = starts.get((name, required))
            if at is None or at + problem.solution[required].duration > quarter:
                limit = Limit(
                    LimitKind.PREREQUISITE, municipality=name, solution=required, quarter=quarter
                )
                yield Hindrance(limit)
    done = quarter + problem.solution[kind].duration
    for (who, other), at in starts.items():
        if who == name and kind in problem.solution[other].requires and at < done:
            yield Hindrance(Limit(LimitKind.WAITING, municipality=name, solution=other, quarter=at))


def _why_not(
    problem: Problem, plan: Plan, pair: Pair, quarter: int, alternatives: tuple[Alternative, ...]
) -> Limit:
    """Which part of the objective speaks against a start that no limit forbids."""
    base = checking.objective(problem, plan)
    for other in alternatives:
        if other.quarter == quarter:
            there = checking.objective(problem, other.plan)
            if there.change > base.change:
                return Limit(LimitKind.CHANGE, quarter=quarter)
            if there.lag > base.lag:
                return Limit(LimitKind.FAIRNESS, quarter=quarter)
            if there.preference > base.preference:
                return Limit(LimitKind.WISH, quarter=quarter)
    return Limit(LimitKind.OTHERS, quarter=quarter)


class Question:
    """Repairs of one base plan with one pair fixed."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        pair: Pair,
        *,
        work: float,
        seconds: float | None,
        seed: int,
    ) -> None:
        self.problem = problem
        self.plan = plan
        self.pair = pair
        self.work = work
        self.spent = 0.0
        self.seed = seed
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self.base = checking.objective(problem, plan).total
        self.tables = tables_of(problem)
        self.tried: dict[int, Plan] = {}
        """Plans with the pair started then, no limit loosened."""

    def _over(self, work: float) -> bool:
        late = self.deadline is not None and time.monotonic() > self.deadline
        return late or self.spent >= work

    def alternatives(self, start: int | None, work: float) -> list[Alternative]:
        """The best other starts, dearest last; quarters are tried best first on their own worth."""
        tables = self.tables
        number = number_of(tables, self.pair)
        if number < 0 or tables.lock[number] >= 0:
            return []
        quarters = np.nonzero(tables.allowed[number])[0].tolist()
        quarters.sort(key=lambda quarter: (-int(tables.value[number, quarter]), quarter))
        found: list[Alternative] = []
        for quarter in quarters:
            if self._over(work):
                break
            if quarter == start:
                continue
            plan = self._repaired(None, quarter)
            if plan is not None:
                self.tried[quarter] = plan
                cost = self.base - checking.objective(self.problem, plan).total
                found.append(Alternative(quarter, cost, self._moves(plan), plan))
        found.sort(key=lambda one: (one.cost, one.quarter))
        return found[:ALTERNATIVES]

    def change(self, quarter: int, hindrances: tuple[Hindrance, ...]) -> Change | None:
        """The least units of one limit, over the limits that matter to the start."""
        known = self.tried.get(quarter)
        if known is not None and checking.objective(self.problem, known).total >= self.base:
            return Change(None, known, self.spent)
        if known is None and (made := self.repaired(None, quarter)) is not None:
            return Change(None, made, self.spent)
        candidates = list(_loosenable(self.problem, self.plan, self.pair, quarter, hindrances))
        units = 1
        while candidates and not self._over(self.work):
            for limit, most in candidates:
                if units > most or self._over(self.work):
                    continue
                loosening = Loosening(limit, units)
                plan = self.repaired(loosening, quarter)
                if plan is not None:
                    return Change(loosening, plan, self.spent)
            candidates = [one for one in candidates if one[1] > units]
            units += 1
        return None

    def _repaired(
        self, loosening: Loosening | None, quarter: int, *, at_least: int | None = None
    ) -> Plan | None:
        """The best plan found with the pair fixed then; None when none is as good as asked."""
        self.spent += LEAST_STEPS
        problem = self.problem if loosening is None else loosened(self.problem, loosening)
        loose = _loosened_tables(self.tables, problem, loosening)
        number = number_of(loose, self.pair)
        tables = _with_pair_fixed(loose, number, quarter)
        if tables is None:
            return None
        wanted = starts_by_number(tables, self.plan)
        wanted[number] = UNPLANNED
        state = State(tables)
        construct.place_locks(state, but=number)
        construct.carry_over(state, wanted)
        company = _company(tables, state, number, wanted, quarter)
        part = Subproblem(state, company).solve(
            seconds=self._seconds(), steps=STEPS_PER_REPAIR, seed=self.seed
        )
        if part is None:
            self.spent += STEPS_PER_REPAIR / 4
            return None
        self.spent += part.steps
        part.put_into(state)
        plan = state.plan()
        if at_least is not None and checking.objective(problem, plan).total < at_least:
            return None
        return None if checking.violations(problem, plan) else plan

    def repaired(self, loosening: Loosening | None, quarter: int) -> Plan | None:
        """A plan with the pair started then, no worse than the base plan; None if none is found."""
        return self._repaired(loosening, quarter, at_least=self.base)

    def _seconds(self) -> float:
        return 1e9 if self.deadline is None else max(0.05, self.deadline - time.monotonic())

    def _moves(self, plan: Plan) -> tuple[Move, ...]:
        before, after = self.plan.starts(), plan.starts()
        return tuple(
            Move(*pair, before.get(pair), after.get(pair))
            for pair in sorted(before.keys() | after.keys())
            if before.get(pair) != after.get(pair) and pair != self.pair
        )


def _with_pair_fixed(tables: Tables, number: int, quarter: int) -> Tables | None:
    """As if the pair were locked; None when it cannot start then whatever the others do."""
    if number < 0 or not tables.allowed[number, quarter]:
        return None
    allowed, lock = tables.allowed.copy(), tables.lock.copy()
    allowed[number] = False
    allowed[number, quarter] = True
    lock[number] = quarter
    return dataclasses.replace(tables, allowed=allowed, lock=lock)


def _loosened_tables(tables: Tables, problem: Problem, loosening: Loosening | None) -> Tables:
    """Made anew only where a single number cannot simply be put in its place."""
    if loosening is None:
        return tables
    kind = loosening.limit.kind
    if kind is LimitKind.NATIONAL_STARTS:
        limit = np.array(problem.start_limit, dtype=np.int64)
        return dataclasses.replace(tables, problem=problem, start_limit=limit)
    if kind is LimitKind.LEADERS:
        leaders = np.array([pool.leaders for pool in problem.pools], dtype=np.int64)
        return dataclasses.replace(tables, problem=problem, leaders=leaders)
    if kind is LimitKind.VENDOR_STARTS:
        limit = np.array(
            [problem.solution[one].vendor_starts[vendor] for one, vendor in tables.vendor_key],
            dtype=np.int64,
        )
        return dataclasses.replace(tables, problem=problem, vendor_limit=limit)
    if kind in (LimitKind.COHORT_MINIMUM, LimitKind.COHORT_MAXIMUM, LimitKind.PARALLEL):
        of_line = [problem.solutions[int(at)] for at in tables.line_solution]
        smallest = [
            problem.smallest_cohort(one.id, group)
            for one, group in zip(of_line, tables.line_group, strict=True)
        ]
        return dataclasses.replace(
            tables,
            problem=problem,
            smallest=np.array(smallest, dtype=np.int64),
            largest=np.array([one.largest for one in of_line], dtype=np.int64),
            parallel=np.array([one.parallel for one in of_line], dtype=np.int64),
        )
    return tables_of(problem)


def number_of(tables: Tables, pair: Pair) -> int:
    """-1 when the pair cannot be planned at all."""
    problem = tables.problem
    rows = {one.id: row for row, one in enumerate(problem.municipalities)}
    columns = {one.id: column for column, one in enumerate(problem.solutions)}
    return int(tables.pair_number[rows[pair[0]], columns[pair[1]]])


def starts_by_number(tables: Tables, plan: Plan) -> Ints:
    """[P] the plan's starts, -1 where there is none."""
    starts = plan.starts()
    wanted = np.full(tables.pairs, UNPLANNED, dtype=np.int64)
    for number in range(tables.pairs):
        wanted[number] = starts.get(tables.pair(number), UNPLANNED)
    return wanted


def _company(tables: Tables, state: State, number: int, wanted: Ints, quarter: int) -> Ints:
    """Who may move: the municipality's own runs, its cohort mates then and now, and neighbours."""
    own = np.nonzero(tables.municipality == tables.municipality[number])[0]
    line = tables.members[int(tables.line[number])]
    near = np.abs(np.where(state.start[line] < 0, tables.horizon, state.start[line]) - quarter)
    mates = line[np.lexsort((line, near))][: COMPANY // 2]
    dropped = np.nonzero((wanted >= 0) & (state.start != wanted))[0]
    pool = np.nonzero(tables.line_pool == tables.line_pool[tables.line[number]])[0]
    same = np.nonzero(
        np.isin(tables.line, pool)
        & (np.abs(state.start - quarter) <= 1)
        & (state.start >= 0)
        & (tables.line != tables.line[number])
    )[0]
    chosen: list[int] = []
    seen: set[int] = set()
    sources: tuple[Callable[[], Ints], ...] = (
        lambda: own,
        lambda: dropped,
        lambda: mates,
        lambda: same,
    )
    for source in sources:
        for pair in source().tolist():
            if pair not in seen and (len(chosen) < COMPANY or pair in own):
                seen.add(pair)
                chosen.append(pair)
    return np.array(sorted(chosen), dtype=np.int64)


def _loosenable(
    problem: Problem, plan: Plan, pair: Pair, quarter: int, hindrances: tuple[Hindrance, ...]
) -> Iterator[tuple[Limit, int]]:
    """Limits that could give the start, those in the way first, each with its most units."""
    municipality, solution = problem.municipality[pair[0]], problem.solution[pair[1]]
    group = problem.group(*reversed(pair)) or ""
    run = range(quarter, min(problem.horizon, quarter + solution.duration))
    wide = len(problem.municipalities)
    limits: list[tuple[Limit, int]] = []
    for at in run:
        limits.append(
            (Limit(LimitKind.CAPACITY, municipality=pair[0], quarter=at), max(solution.load))
        )
        if at in municipality.blackout:
            limits.append((Limit(LimitKind.BLACKOUT, municipality=pair[0], quarter=at), 1))
    if solution.vendor_grouping is not None:
        vendor = problem.groupings[solution.vendor_grouping].get(pair[0], "")
        late = solution.release.get(vendor, problem.horizon) - quarter
        if late > 0:
            limits.append(
                (
                    _of_vendor(LimitKind.RELEASE, solution, vendor),
                    late,
                )
            )
        if vendor in solution.vendor_starts:
            limits.append(
                (
                    _of_vendor(LimitKind.VENDOR_STARTS, solution, vendor),
                    3,
                )
            )
    limits.append((Limit(LimitKind.NATIONAL_STARTS, quarter=quarter), min(wide, 10)))
    lender = problem.leader_group.get((solution.id, group), "")
    limits += [
        (Limit(LimitKind.LEADERS, grouping=solution.leader_grouping, group=lender, quarter=at), 1)
        for at in run
    ]
    limits += [
        (Limit(LimitKind.COHORT_MINIMUM, solution=solution.id), solution.smallest),
        (Limit(LimitKind.COHORT_MAXIMUM, solution=solution.id), 3),
        (Limit(LimitKind.PARALLEL, solution=solution.id), 1),
    ]
    in_the_way = {(one.limit.kind, one.limit.municipality, one.limit.quarter) for one in hindrances}
    kinds = {one.limit.kind for one in hindrances}

    def order(one: tuple[Limit, int]) -> int:
        limit = one[0]
        if (limit.kind, limit.municipality, limit.quarter) in in_the_way:
            return 0
        return 1 if limit.kind in kinds else 2

    yield from sorted(limits, key=order)

"""Whether a plan keeps the rules. Shares nothing with the solver: each rule is read anew from the
problem and the plan, one function per rule."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from samlop.planner.engine.plan import Cohort, Plan
from samlop.planner.engine.problem import Pair, Problem


class Rule(StrEnum):
    KNOWN = "known"
    """The plan is for this problem, and names what exists in it."""
    CLAIM = "claim"
    """The objective the plan claims is the one it has."""
    HORIZON = "horizon"
    ONCE = "once"
    ELIGIBLE = "eligible"
    GROUP = "group"
    COHORT_SIZE = "cohort_size"
    PARALLEL = "parallel"
    LEADERS = "leaders"
    LOAD = "load"
    BLACKOUT = "blackout"
    NATIONAL_STARTS = "national_starts"
    RELEASE = "release"
    VENDOR_STARTS = "vendor_starts"
    PREREQUISITE = "prerequisite"
    LOCK = "lock"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken at one place."""

    rule: Rule
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Run:
    """One municipality's run of one solution, as the plan says it."""

    municipality: str
    solution: str
    group: str
    start: int


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule the plan breaks, in the order of the rules; empty when it keeps them all."""
    cohorts = placed(problem, plan)
    runs = runs_of(problem, cohorts)
    return [
        Violation(rule, message)
        for rule, check in RULES.items()
        for message in check(problem, plan, cohorts, runs)
    ]


def placed(problem: Problem, plan: Plan) -> list[Cohort]:
    """Cohorts of known solutions that fit the horizon: those that other rules can judge."""
    return [
        cohort
        for cohort in plan.cohorts
        if cohort.solution in problem.solution
        and cohort.start >= 0
        and cohort.start + problem.solution[cohort.solution].duration <= problem.horizon
    ]


def runs_of(problem: Problem, cohorts: list[Cohort]) -> list[Run]:
    """Runs of known municipalities, each pair once: the first time it stands."""
    runs: dict[Pair, Run] = {}
    for cohort in cohorts:
        for municipality in cohort.municipalities:
            if municipality in problem.municipality:
                run = Run(municipality, cohort.solution, cohort.group, cohort.start)
                runs.setdefault((municipality, cohort.solution), run)
    return list(runs.values())


def names_exist(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    if plan.instance != problem.name:
        yield f"Planen gjelder {plan.instance!r}, ikke {problem.name!r}."
    for cohort in plan.cohorts:
        if cohort.solution not in problem.solution:
            yield f"Løsningen {cohort.solution!r} finnes ikke."
    for cohort in cohorts:
        for municipality in cohort.municipalities:
            if municipality not in problem.municipality:
                yield f"Kommunen {municipality!r} finnes ikke."


def run_fits_the_horizon(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    fitting = set(map(id, cohorts))
    for cohort in plan.cohorts:
        if cohort.solution in problem.solution and id(cohort) not in fitting:
            yield f"{_cohort(cohort)}: går utenfor planens kvartaler."


def pair_is_planned_once(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    times = Counter(
        (municipality, cohort.solution)
        for cohort in cohorts
        for municipality in cohort.municipalities
        if municipality in problem.municipality
    )
    for (municipality, solution), count in times.items():
        if count > 1:
            yield f"{municipality}/{solution}: planlagt {count} ganger."


def pair_is_eligible(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    for run in runs:
        pair = (run.municipality, run.solution)
        if pair in problem.introduced_pairs:
            yield f"{run.municipality}/{run.solution}: allerede innført."
        if pair in problem.declined_pairs:
            yield f"{run.municipality}/{run.solution}: kommunen har sagt nei."


def members_belong_to_the_group(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    for run in runs:
        group = problem.groupings[problem.solution[run.solution].grouping].get(run.municipality)
        if group != run.group:
            yield f"{run.municipality}/{run.solution}: hører ikke til {run.group!r}."


def cohort_size_is_within_bounds(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    for cohort in cohorts:
        smallest = problem.smallest_cohort(cohort.solution, cohort.group)
        largest = problem.solution[cohort.solution].largest
        size = len(cohort.municipalities)
        if not smallest <= size <= largest:
            yield f"{_cohort(cohort)}: {size} kommuner, skal være {smallest}–{largest}."


def parallel_cohorts_are_few_enough(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    count = Counter((cohort.solution, cohort.group, cohort.start) for cohort in cohorts)
    for (solution, group, start), number in count.items():
        most = problem.solution[solution].parallel
        if number > most:
            yield f"{solution}/{group} kvartal {start}: {number} puljer, høyst {most}."


def every_cohort_has_a_leader(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    busy: Counter[tuple[str, str, int]] = Counter()
    for cohort in cohorts:
        solution = problem.solution[cohort.solution]
        lender = problem.leader_group.get((cohort.solution, cohort.group))
        if lender is None:
            yield f"{_cohort(cohort)}: gruppen {cohort.group!r} har ingen ledere."
            continue
        for quarter in range(cohort.start, cohort.start + solution.duration):
            busy[solution.leader_grouping, lender, quarter] += 1
    for (grouping, group, quarter), used in sorted(busy.items()):
        pool = problem.leaders.get((grouping, group))
        there = pool[quarter] if pool is not None else 0
        if used > there:
            yield f"Ledere i {group!r} kvartal {quarter}: {used} puljer, {there} ledere."


def load_is_within_capacity(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    load: Counter[tuple[str, int]] = Counter()
    for run in runs:
        for quarter, work in enumerate(problem.solution[run.solution].load, run.start):
            load[run.municipality, quarter] += work
    for (municipality, quarter), work in sorted(load.items()):
        capacity = problem.municipality[municipality].capacity[quarter]
        if work > capacity:
            yield f"{municipality} kvartal {quarter}: last {work}, kapasitet {capacity}."


def no_run_in_a_blackout(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    for run in runs:
        blackout = problem.municipality[run.municipality].blackout
        for quarter in range(run.start, run.start + problem.solution[run.solution].duration):
            if quarter in blackout:
                yield f"{run.municipality}/{run.solution}: går i sperret kvartal {quarter}."


def starts_are_within_the_national_limit(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    count = Counter(run.start for run in runs)
    for quarter, number in sorted(count.items()):
        if number > problem.start_limit[quarter]:
            most = problem.start_limit[quarter]
            yield f"Kvartal {quarter}: {number} starter nasjonalt, høyst {most}."


def vendor_has_released(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    for run in runs:
        solution = problem.solution[run.solution]
        if solution.vendor_grouping is not None:
            vendor = problem.groupings[solution.vendor_grouping].get(run.municipality)
            release = solution.release.get(vendor) if vendor is not None else None
            if release is None or run.start < release:
                yield (
                    f"{run.municipality}/{run.solution} kvartal {run.start}: "
                    f"leverandøren {vendor!r} er ikke klar."
                )


def vendor_starts_are_within_the_limit(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    count: Counter[tuple[str, str, int]] = Counter()
    for run in runs:
        grouping = problem.solution[run.solution].vendor_grouping
        vendor = problem.groupings[grouping].get(run.municipality) if grouping else None
        if vendor is not None:
            count[run.solution, vendor, run.start] += 1
    for (solution, vendor, quarter), number in sorted(count.items()):
        most = problem.solution[solution].vendor_starts.get(vendor)
        if most is not None and number > most:
            yield f"{solution}/{vendor} kvartal {quarter}: {number} starter, høyst {most}."


def prerequisites_are_completed(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    start = {(run.municipality, run.solution): run.start for run in runs}
    for run in runs:
        for required in problem.solution[run.solution].requires:
            before = (run.municipality, required)
            if before in problem.introduced_pairs:
                continue
            if before not in start:
                yield f"{run.municipality}/{run.solution}: forutsetningen {required} mangler."
            elif start[before] + problem.solution[required].duration > run.start:
                yield (
                    f"{run.municipality}/{run.solution} kvartal {run.start}: "
                    f"forutsetningen {required} er ikke ferdig."
                )


def locked_starts_are_kept(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    start = {(run.municipality, run.solution): run.start for run in runs}
    for lock in problem.locked:
        if start.get(lock.pair) != lock.quarter:
            yield f"{lock.municipality}/{lock.solution}: låst til kvartal {lock.quarter}."


def nothing_else_starts_in_the_past(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    locked = {start.pair: start.quarter for start in problem.locked}
    for run in runs:
        if run.start < problem.now and locked.get((run.municipality, run.solution)) != run.start:
            yield (
                f"{run.municipality}/{run.solution}: starter i kvartal {run.start}, "
                f"før kvartal {problem.now}."
            )


def claim_is_true(
    problem: Problem, plan: Plan, cohorts: list[Cohort], runs: list[Run]
) -> Iterator[str]:
    if plan.objective is not None:
        real = objective(problem, plan).total
        if real != plan.objective:
            yield f"Planen sier at målet er {plan.objective}, men det er {real}."


Check = Callable[[Problem, Plan, list[Cohort], list[Run]], Iterator[str]]

RULES: Final[dict[Rule, Check]] = {
    Rule.KNOWN: names_exist,
    Rule.HORIZON: run_fits_the_horizon,
    Rule.ONCE: pair_is_planned_once,
    Rule.ELIGIBLE: pair_is_eligible,
    Rule.GROUP: members_belong_to_the_group,
    Rule.COHORT_SIZE: cohort_size_is_within_bounds,
    Rule.PARALLEL: parallel_cohorts_are_few_enough,
    Rule.LEADERS: every_cohort_has_a_leader,
    Rule.LOAD: load_is_within_capacity,
    Rule.BLACKOUT: no_run_in_a_blackout,
    Rule.NATIONAL_STARTS: starts_are_within_the_national_limit,
    Rule.RELEASE: vendor_has_released,
    Rule.VENDOR_STARTS: vendor_starts_are_within_the_limit,
    Rule.PREREQUISITE: prerequisites_are_completed,
    Rule.LOCK: locked_starts_are_kept,
    Rule.NOW: nothing_else_starts_in_the_past,
    Rule.CLAIM: claim_is_true,
}


def _cohort(cohort: Cohort) -> str:
    return f"{cohort.solution}/{cohort.group} kvartal {cohort.start}"


@dataclass(frozen=True, slots=True)
class Objective:
    """What a plan is worth, and what it is made of."""

    benefit: int
    preference: int
    cohorts: int
    lag: int
    change: int
    lag_runs: int
    """Runs behind, summed over groups and checkpoints."""
    changed: int
    """Communicated starts moved or dropped."""
    planned: int
    eligible: int

    @property
    def total(self) -> int:
        return self.benefit - self.preference - self.cohorts - self.lag - self.change


def objective(problem: Problem, plan: Plan) -> Objective:
    """Computed from the plan alone; of a plan that breaks rules, what can be counted."""
    cohorts = placed(problem, plan)
    runs = runs_of(problem, cohorts)
    start = {(run.municipality, run.solution): run.start for run in runs}
    lag_runs = _runs_behind(problem, runs)
    changed = sum(
        communicated.pair not in problem.declined_pairs
        and start.get(communicated.pair) != communicated.quarter
        for communicated in problem.communicated
    )
    return Objective(
        benefit=sum(_benefit(problem, run) for run in runs),
        preference=sum(_distance_from_wish(problem, run) for run in runs),
        cohorts=sum(problem.solution[cohort.solution].cost for cohort in cohorts),
        lag=problem.weights.lag * lag_runs,
        change=problem.weights.change * changed,
        lag_runs=lag_runs,
        changed=changed,
        planned=len(runs),
        eligible=sum(1 for _ in problem.eligible()),
    )


def _benefit(problem: Problem, run: Run) -> int:
    solution = problem.solution[run.solution]
    quarters = problem.horizon + problem.tail - run.start - solution.duration
    return solution.benefit * problem.municipality[run.municipality].weight * quarters


def _distance_from_wish(problem: Problem, run: Run) -> int:
    wish = problem.wish.get((run.municipality, run.solution))
    if wish is None:
        return 0
    outside = max(0, wish.first - run.start, run.start - wish.last)
    distance = abs(run.start - wish.quarter)
    weights = problem.weights
    per_weight = weights.deviation * distance + weights.outside * outside
    return problem.municipality[run.municipality].weight * per_weight


def _runs_behind(problem: Problem, runs: list[Run]) -> int:
    """How many runs groups lack, at all checkpoints, of their share of the national pace."""
    group_of = problem.groupings[problem.fairness_grouping]
    eligible = Counter(group_of.get(municipality) for municipality, _ in problem.eligible())
    everyone = sum(eligible.values())
    if not everyone:
        return 0
    behind = 0
    for checkpoint in problem.checkpoints:
        done = Counter(
            group_of.get(run.municipality)
            for run in runs
            if run.start + problem.solution[run.solution].duration <= checkpoint
        )
        completed = sum(done.values())
        for group, count in eligible.items():
            if group is not None:
                share = 100 * problem.weights.fairness_percent * count // everyone
                behind += max(0, share * completed // 10_000 - done[group])
    return behind

"""The obvious CP-SAT model, to compare with: no links, no tightening, no neighbourhoods."""

from collections import defaultdict

from ortools.sat.python import cp_model

from samlop.planner.engine import checking
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import Pair, Problem


def solve(problem: Problem, *, seconds: float, workers: int) -> tuple[Plan | None, float]:
    """The plan and CP-SAT's own bound. Fairness and changed starts are left out of its aim."""
    model = cp_model.CpModel()
    x: dict[tuple[Pair, int], cp_model.IntVar] = {}
    value: list[tuple[cp_model.IntVar, int]] = []
    for pair in problem.eligible():
        solution = problem.solution[pair[1]]
        if problem.group(pair[1], pair[0]) is None:
            continue
        for quarter in range(problem.now, problem.horizon - solution.duration + 1):
            start = model.new_bool_var("")
            x[pair, quarter] = start
            value.append((start, _worth(problem, pair, quarter)))
    by_pair: dict[Pair, list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
    load: dict[tuple[str, int], list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
    national: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    vendor: dict[tuple[str, str, int], list[cp_model.IntVar]] = defaultdict(list)
    cohort: dict[tuple[str, str, int], list[cp_model.IntVar]] = defaultdict(list)
    for (pair, quarter), start in x.items():
        solution = problem.solution[pair[1]]
        by_pair[pair].append((quarter, start))
        national[quarter].append(start)
        cohort[pair[1], problem.group(pair[1], pair[0]) or "", quarter].append(start)
        for at, work in enumerate(solution.load, quarter):
            load[pair[0], at].append((start, work))
            if at in problem.municipality[pair[0]].blackout:
                model.add(start == 0)
        if solution.vendor_grouping is not None:
            name = problem.groupings[solution.vendor_grouping].get(pair[0], "")
            vendor[pair[1], name, quarter].append(start)
            if solution.release.get(name, problem.horizon) > quarter:
                model.add(start == 0)
    for pair, starts in by_pair.items():
        model.add_at_most_one(start for _, start in starts)
        for required in problem.solution[pair[1]].requires:
            before = (pair[0], required)
            if before in problem.introduced_pairs:
                continue
            duration = problem.solution[required].duration
            for quarter, start in starts:
                done = [one for at, one in by_pair.get(before, ()) if at + duration <= quarter]
                model.add(start <= sum(done))
    for (municipality, quarter), terms in load.items():
        capacity = problem.municipality[municipality].capacity[quarter]
        model.add(sum(work * start for start, work in terms) <= capacity)
    for quarter, starting in national.items():
        model.add(sum(starting) <= problem.start_limit[quarter])
    for (solution_id, name, _), starting in vendor.items():
        most = problem.solution[solution_id].vendor_starts.get(name)
        if most is not None:
            model.add(sum(starting) <= most)
    leaders: dict[tuple[str, str, int], list[cp_model.IntVar]] = defaultdict(list)
    counts: dict[tuple[str, str, int], cp_model.IntVar] = {}
    for key, starting in cohort.items():
        solution = problem.solution[key[0]]
        count = model.new_int_var(0, solution.parallel, "")
        counts[key] = count
        value.append((count, -solution.cost))
        model.add(sum(starting) <= solution.largest * count)
        model.add(sum(starting) >= problem.smallest_cohort(key[0], key[1]) * count)
        lender = problem.leader_group[key[0], key[1]]
        for quarter in range(key[2], key[2] + solution.duration):
            leaders[solution.leader_grouping, lender, quarter].append(count)
    for (grouping, group, quarter), running in leaders.items():
        model.add(sum(running) <= problem.leaders[grouping, group][quarter])
    model.maximize(cp_model.LinearExpr.weighted_sum([v for v, _ in value], [w for _, w in value]))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, solver.best_objective_bound
    starts_at = {pair: quarter for (pair, quarter), start in x.items() if solver.value(start)}
    opened = {key: solver.value(count) for key, count in counts.items() if solver.value(count)}
    plan = Plan.of_starts(problem, starts_at, opened)
    if checking.violations(problem, plan):
        raise AssertionError("the plain model makes plans that break rules")
    return plan, solver.best_objective_bound


def _worth(problem: Problem, pair: Pair, quarter: int) -> int:
    municipality, solution = problem.municipality[pair[0]], problem.solution[pair[1]]
    in_use = problem.horizon + problem.tail - quarter - solution.duration
    worth = solution.benefit * municipality.weight * in_use
    if (wish := problem.wish.get(pair)) is not None:
        outside = max(0, wish.first - quarter, quarter - wish.last)
        away = abs(quarter - wish.quarter)
        weights = problem.weights
        worth -= municipality.weight * (weights.deviation * away + weights.outside * outside)
    return worth

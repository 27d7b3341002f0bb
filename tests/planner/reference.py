"""Does our checker agree with the independent one that came with the format?

Run by `make check-reference`, outside the tests: it needs the other checker's file. On every
instance with plans of the search, and on random small problems with plans mutated to break every
rule, both must say the same about feasibility and about the objective.
"""

import argparse
import copy
import importlib.util
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samlop.planner.engine import checking, construct, rollout1, tables
from samlop.planner.engine.checking import Rule
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import InvalidProblem, Problem
from tests.planner import tiny

INSTANCES = Path(__file__).parent / "instances"
Reference = Callable[[dict[str, Any], dict[str, Any]], tuple[list[str], dict[str, int]]]


def load(path: Path) -> Reference:
    spec = importlib.util.spec_from_file_location("reference_checker", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check: Reference = module.check
    return check


def first_plan(problem: Problem) -> Plan:
    return construct.first_plan(tables.tables_of(problem)).plan()


def mutated_plan(plan: dict[str, Any], problem: dict[str, Any], draw: random.Random) -> None:
    """One to three changes, each of which may break something."""
    cohorts = plan["cohorts"]
    people = [one["id"] for one in problem["municipalities"]]
    for _ in range(draw.randint(1, 3)):
        if not cohorts or draw.random() < 0.15:
            one = draw.choice(problem["solutions"])
            cohorts.append(
                {
                    "solution": one["id"],
                    "group": draw.choice(["NO", "c1", "v1"]),
                    "start": draw.randrange(problem["horizon"]),
                    "municipalities": draw.sample(people, min(len(people), 2)),
                }
            )
            continue
        cohort = draw.choice(cohorts)
        what = draw.randrange(8)
        if what == 0:
            cohort["start"] = draw.randint(0, problem["horizon"])
        elif what == 1:
            cohort["municipalities"] = cohort["municipalities"][1:]
        elif what == 2:
            cohort["municipalities"] = [*cohort["municipalities"], draw.choice(people)]
        elif what == 3:
            cohorts.append(copy.deepcopy(cohort))
        elif what == 4:
            cohort["group"] = draw.choice(["NO", "c1", "c2", "v1", "v2"])
        elif what == 5:
            cohorts.remove(cohort)
        elif what == 6:
            half = len(cohort["municipalities"]) // 2
            other = copy.deepcopy(cohort)
            other["municipalities"] = cohort["municipalities"][half:]
            cohort["municipalities"] = cohort["municipalities"][:half]
            cohorts.append(other)
        else:
            cohort["solution"] = draw.choice(problem["solutions"])["id"]


def mutated_problem(problem: dict[str, Any], plan: dict[str, Any], draw: random.Random) -> None:
    """A world in which the plan may no longer do."""
    quarter = draw.randrange(problem["horizon"])
    municipality = draw.choice(problem["municipalities"])
    solution = draw.choice(problem["solutions"])
    what = draw.randrange(11)
    if what == 0:
        municipality["capacity"][quarter] = 0
    elif what == 1:
        municipality["blackout"] = sorted({*municipality["blackout"], quarter})
    elif what == 2:
        problem["national_leaders"][quarter] = 0
    elif what == 3:
        problem["nhn_starts"][quarter] = draw.randint(0, 1)
    elif what == 4:
        solution["vendor_starts"] = {"v1": 0, "v2": 1}
    elif what == 5:
        solution["release"] = {"v1": quarter}
    elif what == 6:
        pair = [municipality["id"], solution["id"]]
        if pair not in problem["declined"]:
            problem["declined"].append(pair)
    elif what == 7:
        pair = [municipality["id"], solution["id"]]
        if pair not in problem["introduced"]:
            problem["introduced"].append(pair)
    elif what == 8:
        problem["now"] = draw.randint(0, 2)
    elif what == 9:
        problem["counties"][0]["leaders"][quarter] = 0
    else:
        at = draw.randrange(problem["horizon"])
        problem["locked"] = [[municipality["id"], solution["id"], at]]


def disagreement(
    check: Reference, problem: dict[str, Any], plan: dict[str, Any], broken: Counter[Rule]
) -> str | None:
    try:
        ours = rollout1.problem_of(problem)
    except InvalidProblem:
        return None  # refused before any plan is judged
    made = rollout1.plan_of(plan)
    found = checking.violations(ours, made)
    broken.update({violation.rule for violation in found})
    errors, theirs = check(problem, plan)
    total = checking.objective(ours, made)
    if bool(errors) != bool(found):
        return f"{problem['name']}: they say {errors[:1]}, we say {found[:1]}"
    if total.total != theirs["objective"] or total.planned != theirs["planned"]:
        return f"{problem['name']}: objective {theirs['objective']} there, {total.total} here"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checker", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    chosen = parser.parse_args()
    check = load(chosen.checker)
    broken: Counter[Rule] = Counter()
    compared = 0
    for path in sorted(INSTANCES.glob("*.json.gz")):
        read = rollout1.read_problem(path)
        if path.name.startswith("inf-"):
            continue
        plan = rollout1.plan_as_json(first_plan(read))
        if told := disagreement(check, rollout1.problem_as_json(read), plan, broken):
            print(told)
            return 1
        compared += 1
    for seed in range(chosen.count):
        draw = random.Random(seed)
        made = tiny.by_lot(seed)
        plan = rollout1.plan_as_json(first_plan(rollout1.problem_of(made)))
        for change in range(4):
            problem = copy.deepcopy(made)
            changed = copy.deepcopy(plan)
            if change % 2:
                mutated_problem(problem, changed, draw)
            if change > 1:
                mutated_plan(changed, problem, draw)
            if told := disagreement(check, problem, changed, broken):
                print(told, json.dumps(problem), json.dumps(changed), sep="\n")
                return 1
            compared += 1
    untried = [rule for rule in Rule if not broken[rule] and rule not in (Rule.CLAIM, Rule.KNOWN)]
    print(f"{compared} plans judged alike; broken: {dict(broken)}")
    if untried:
        print(f"never broken: {untried}")
    return 1 if untried else 0


if __name__ == "__main__":
    sys.exit(main())

"""Each rule is broken once, by a plan that keeps all the others, and only that rule says so."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from samlop.planner.engine import checking, rollout1
from samlop.planner.engine.checking import Rule
from samlop.planner.engine.plan import Cohort, Plan
from samlop.planner.engine.problem import Problem
from tests.planner import tiny

BOTH = Cohort("s", "NO", 0, ("m1", "m2"))


def broken(problem: Problem, *cohorts: Cohort, **claims: Any) -> list[Rule]:
    plan = Plan(claims.get("instance", problem.name), cohorts, claims.get("objective"))
    return [violation.rule for violation in checking.violations(problem, plan)]


def solution(**changes: Any) -> list[dict[str, Any]]:
    return [{**tiny.two_municipalities()["solutions"][0], **changes}]


def municipalities(**changes: Any) -> list[dict[str, Any]]:
    first, second = tiny.two_municipalities()["municipalities"]
    return [{**first, **changes}, second]


def test_a_plan_that_keeps_every_rule_has_no_violations() -> None:
    assert broken(tiny.problem(), BOTH, objective=280) == []


def test_the_empty_plan_keeps_every_rule() -> None:
    assert broken(tiny.problem()) == []


VENDOR = {"vendor": "epj", "release": {"e": 0}}

ONE_RULE: dict[Rule, tuple[dict[str, Any], list[Cohort], dict[str, Any]]] = {
    Rule.KNOWN: ({}, [BOTH], {"instance": "another"}),
    Rule.CLAIM: ({}, [BOTH], {"objective": 281}),
    Rule.HORIZON: ({}, [dataclasses.replace(BOTH, start=3)], {}),
    Rule.ONCE: (
        {"national_leaders": [2] * 4, "nhn_starts": [4] * 4, "solutions": solution(parallel=2)},
        [BOTH, BOTH],
        {},
    ),
    Rule.ELIGIBLE: ({"declined": [["m1", "s"]]}, [BOTH], {}),
    Rule.GROUP: (
        {
            "solutions": solution(track="C", key="epj", min=1),
            "municipalities": municipalities(epj="other"),
        },
        [Cohort("s", "e", 0, ("m1", "m2"))],
        {},
    ),
    Rule.COHORT_SIZE: ({}, [dataclasses.replace(BOTH, municipalities=("m1",))], {}),
    Rule.PARALLEL: (
        {"national_leaders": [2] * 4, "solutions": solution(min=1)},
        [Cohort("s", "NO", 0, ("m1",)), Cohort("s", "NO", 0, ("m2",))],
        {},
    ),
    Rule.LEADERS: ({"national_leaders": [1, 0, 1, 1]}, [BOTH], {}),
    Rule.LOAD: ({"municipalities": municipalities(capacity=[1, 2, 2, 2])}, [BOTH], {}),
    Rule.BLACKOUT: ({"municipalities": municipalities(blackout=[1])}, [BOTH], {}),
    Rule.NATIONAL_STARTS: ({"nhn_starts": [1, 2, 2, 2]}, [BOTH], {}),
    Rule.RELEASE: ({"solutions": solution(vendor="epj", release={"e": 1})}, [BOTH], {}),
    Rule.VENDOR_STARTS: ({"solutions": solution(**VENDOR, vendor_starts={"e": 1})}, [BOTH], {}),
    Rule.PREREQUISITE: (
        {
            "solutions": [
                *solution(requires=["r"]),
                *solution(id="r"),
            ],
            "introduced": [["m2", "r"]],
        },
        [BOTH],
        {},
    ),
    Rule.LOCK: ({"locked": [["m1", "s", 1]]}, [BOTH], {}),
    Rule.NOW: ({"now": 1}, [BOTH], {}),
}


@pytest.mark.parametrize("rule", list(ONE_RULE))
def test_a_plan_that_breaks_one_rule_is_told_of_that_rule(rule: Rule) -> None:
    changes, cohorts, claims = ONE_RULE[rule]
    assert set(broken(tiny.problem(**changes), *cohorts, **claims)) == {rule}


def test_every_rule_has_a_case() -> None:
    assert set(ONE_RULE) == set(Rule) == set(checking.RULES)


def test_the_objective_is_what_the_documentation_works_out() -> None:
    """The worked example of docs/domain/planner.md."""
    problem = tiny.problem(
        weights={"dev": 1, "out": 3, "lag": 0, "fair_pct": 90, "stab": 7},
        wishes=[{"m": "m1", "s": "s", "quarter": 2, "from": 1, "to": 3}],
        communicated=[["m2", "s", 1]],
    )
    parts = checking.objective(problem, Plan("two", (BOTH,)))
    assert (parts.benefit, parts.preference, parts.cohorts) == (300, 50, 20)
    assert (parts.lag, parts.change) == (0, 7)
    assert parts.total == 223


def test_a_group_behind_its_share_costs_per_run() -> None:
    """Two counties with half of the pairs each; one done of one, so the other lacks 45 %: 0."""
    base = tiny.two_municipalities(
        weights={"dev": 0, "out": 0, "lag": 10, "fair_pct": 100, "stab": 0},
        counties=[{"id": county, "leaders": [1] * 4} for county in "cd"],
        national_leaders=[9] * 4,
        nhn_starts=[9] * 4,
    )
    people = base["municipalities"]
    base["municipalities"] = [
        {**people[0], "id": f"{county}{number}", "county": county}
        for county in "cd"
        for number in range(4)
    ]
    base["solutions"] = solution(max=9)
    problem = rollout1.problem_of(base)
    plan = Plan("two", (Cohort("s", "NO", 0, ("c0", "c1", "c2", "c3")),))
    parts = checking.objective(problem, plan)
    assert parts.lag_runs == 2
    assert parts.lag == 20


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: dataclasses.replace(
            plan, cohorts=(dataclasses.replace(plan.cohorts[0], solution="x"),)
        ),
        lambda plan: dataclasses.replace(
            plan, cohorts=(dataclasses.replace(plan.cohorts[0], municipalities=("m1", "x")),)
        ),
        lambda plan: dataclasses.replace(
            plan, cohorts=(dataclasses.replace(plan.cohorts[0], start=-1),)
        ),
        lambda plan: dataclasses.replace(
            plan, cohorts=(dataclasses.replace(plan.cohorts[0], group="x"),)
        ),
    ],
)
def test_nonsense_in_a_plan_is_a_violation_and_not_an_error(
    change: Callable[[Plan], Plan],
) -> None:
    plan = change(Plan("two", (BOTH,)))
    assert checking.violations(tiny.problem(), plan)
    checking.objective(tiny.problem(), plan)

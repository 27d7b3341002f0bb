"""Plans keep the rules and are worth what they claim; no bound is below the best there is."""

import itertools
import time
from pathlib import Path

import pytest

from samlop.planner.engine import checking, rollout1, search
from samlop.planner.engine.plan import Cohort, Plan
from samlop.planner.engine.problem import Problem
from tests.planner import brute, tiny

INSTANCES = Path(__file__).parent / "instances"


def instance(name: str) -> Problem:
    return rollout1.read_problem(INSTANCES / f"{name}.json.gz")


def test_two_municipalities_start_at_once() -> None:
    result = search.solve(tiny.problem(), work=2)
    assert result.status is search.Status.OPTIMAL
    assert result.plan is not None
    assert [(c.start, c.municipalities) for c in result.plan.cohorts] == [(0, ("m1", "m2"))]
    assert result.plan.objective == 2 * 5 * 10 * 3 - 20 == result.bound


def agrees_with_rules(problem: Problem, work: float = 0.6) -> search.Result:
    result = search.solve(problem, work=work)
    if result.plan is not None:
        assert checking.violations(problem, result.plan) == []
        assert result.objective is not None
        assert checking.objective(problem, result.plan) == result.objective
        assert result.bound is not None
        assert result.objective.total <= result.bound
    return result


@pytest.mark.parametrize("seed", range(60))
def test_plans_of_random_problems_keep_every_rule(seed: int) -> None:
    assert agrees_with_rules(tiny.problem_by_lot(seed)).status is not search.Status.INFEASIBLE


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_plans_of_a_thousand_random_problems_keep_every_rule() -> None:
    for seed in range(1000):
        result = agrees_with_rules(tiny.problem_by_lot(seed), work=0.4)
        assert result.status is not search.Status.INFEASIBLE


@pytest.mark.parametrize("seed", range(40))
def test_nothing_beats_the_search_on_problems_where_everything_can_be_tried(seed: int) -> None:
    problem = next(
        made
        for number in itertools.count()
        if brute.size(
            made := tiny.problem_by_lot(1000 + 100 * seed + number, municipalities=3, horizon=4)
        )
        <= 4_000
    )
    result = search.solve(problem, work=5)
    assert result.status is search.Status.OPTIMAL
    assert result.objective is not None
    assert result.objective.total == brute.best_objective(problem)


@pytest.mark.parametrize(
    "name",
    ["deg-zerocap", "deg-nhn0", "deg-noleaders", "deg-empty", "deg-nosolutions", "deg-alldeclined"],
)
def test_where_nothing_can_be_planned_the_empty_plan_is_optimal(name: str) -> None:
    result = search.solve(instance(name), work=1)
    assert result.status is search.Status.OPTIMAL
    assert result.plan is not None
    assert result.plan.cohorts == ()
    assert result.bound == 0


def test_a_ring_of_prerequisites_is_warned_of_and_planned_around() -> None:
    result = search.solve(instance("deg-cycle"), work=1)
    assert len(result.warnings) == 1
    assert "KJ → PLL → KJ" in result.warnings[0]
    assert result.plan is not None
    assert result.plan.cohorts


@pytest.mark.parametrize("name", ["inf-locked", "inf-lockedmin"])
def test_contradictory_locks_give_no_plan_but_what_to_loosen(name: str) -> None:
    result = search.solve(instance(name), work=1)
    assert result.status is search.Status.INFEASIBLE
    assert result.plan is None
    assert result.diagnosis


def test_the_same_seed_and_work_give_the_same_plan_for_any_number_of_workers() -> None:
    plans = [
        search.solve(instance("S-2"), work=0.8, seed=3, workers=workers).plan
        for workers in (1, 2, 3)
    ]
    assert plans[0] is not None
    assert plans[0] == plans[1] == plans[2]


def test_a_time_limit_is_kept() -> None:
    began = time.monotonic()
    result = search.solve(instance("S-1"), seconds=2)
    assert time.monotonic() - began < 2.5 + 2  # two seconds for a busy machine
    assert result.plan is not None


def test_stop_stops_with_the_best_plan_so_far() -> None:
    asked: list[float] = []

    def stop() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 5

    seen: list[search.Progress] = []
    problem = instance("S-3")
    result = search.solve(problem, seconds=60, stop=stop, on_progress=seen.append)
    assert time.monotonic() - asked[5] < 3
    assert result.plan is not None
    assert checking.violations(problem, result.plan) == []


def test_progress_never_gets_worse() -> None:
    seen: list[search.Progress] = []
    search.solve(instance("S-2"), work=3, on_progress=seen.append)
    assert seen[0].phase is search.Phase.FIRST
    assert seen[-1].phase is search.Phase.DONE
    for before, after in itertools.pairwise(seen):
        assert after.objective >= before.objective
        assert after.bound <= before.bound
        assert after.seconds >= before.seconds
    assert seen[-1].gap < 0.06


def test_a_start_plan_is_kept_where_nothing_better_is_found() -> None:
    problem = instance("S-1")
    best = search.solve(problem, work=1.5).plan
    assert best is not None
    again = search.solve(problem, work=0.01, start=best)
    assert again.objective is not None
    assert best.objective is not None
    assert again.objective.total >= best.objective


def test_a_start_plan_for_another_world_is_carried_over_as_far_as_it_can() -> None:
    problem = tiny.problem(declined=[["m1", "s"]])
    old = Plan("two", tiny_plan())
    result = search.solve(problem, work=1, start=old)
    assert result.plan is not None
    assert result.plan.starts() == {("m2", "s"): 0}


def tiny_plan() -> tuple[Cohort, ...]:
    return (Cohort("s", "NO", 0, ("m1", "m2")),)


def test_a_limit_is_needed() -> None:
    with pytest.raises(ValueError, match="limit"):
        search.solve(tiny.problem())

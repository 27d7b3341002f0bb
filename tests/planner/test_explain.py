"""Explanations are true: what they name, changed by as much as they say, does what they say."""

import random
from pathlib import Path

import pytest

from samlop.planner.engine import checking, explain, rollout1, search, words
from samlop.planner.engine.limits import LOOSE, Limit, LimitKind, Loosening, loosened
from samlop.planner.engine.plan import Plan
from samlop.planner.engine.problem import Pair, Problem
from tests.planner import tiny

INSTANCES = Path(__file__).parent / "instances"


@pytest.fixture(scope="module", params=["S-1", "S-2"])
def base(request: pytest.FixtureRequest) -> tuple[Problem, Plan]:
    problem = rollout1.read_problem(INSTANCES / f"{request.param}.json.gz")
    plan = search.solve(problem, work=2).plan
    assert plan is not None
    return problem, plan


def some_pairs(problem: Problem, count: int) -> list[Pair]:
    return random.Random(problem.name).sample(list(problem.eligible()), count)


def check_one(problem: Problem, plan: Plan, pair: Pair) -> explain.Explanation:
    found = explain.explain(problem, plan, *pair, work=3)
    worth = checking.objective(problem, plan).total
    asked = explain.Question(problem, plan, pair, work=3, seconds=None, seed=0)
    assert found.start == plan.starts().get(pair)
    assert words.explanation(found)
    for other in found.alternatives:
        assert checking.violations(problem, other.plan) == []
        assert other.plan.starts()[pair] == other.quarter != found.start
        assert checking.objective(problem, other.plan).total == worth - other.cost
    if found.change is not None and found.wished is not None:
        loosening = found.change.loosening
        world = problem if loosening is None else loosened(problem, loosening)
        made = found.change.plan
        assert checking.violations(world, made) == []
        assert made.starts()[pair] == found.wished
        assert checking.objective(world, made).total >= worth
        if loosening is not None:
            less = loosening.units - 1
            smaller = Loosening(loosening.limit, less) if less else None
            assert asked.repaired(smaller, found.wished) is None
    if found.wished is not None and found.wished != found.start:
        assert found.hindrances
    return found


def test_what_is_named_does_what_is_said(base: tuple[Problem, Plan]) -> None:
    problem, plan = base
    found = [check_one(problem, plan, pair) for pair in some_pairs(problem, 6)]
    assert any(one.alternatives for one in found)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_what_is_named_does_what_is_said_for_fifty_pairs(base: tuple[Problem, Plan]) -> None:
    problem, plan = base
    for pair in some_pairs(problem, 25):
        check_one(problem, plan, pair)


def test_a_named_limit_that_gives_is_named_no_more(base: tuple[Problem, Plan]) -> None:
    problem, plan = base
    tried = 0
    for pair in some_pairs(problem, 40):
        quarter = problem.wish[pair].quarter if pair in problem.wish else problem.now
        before = list(explain.hindering(problem, plan, pair, quarter))
        for one in before:
            if one.limit.kind in LOOSE and one.limit.kind is not LimitKind.COHORT_MAXIMUM:
                units = {
                    LimitKind.BLACKOUT: 1,
                    LimitKind.RELEASE: one.there - one.used,
                    LimitKind.COHORT_MINIMUM: one.there - one.used,
                }.get(one.limit.kind, one.used - one.there)
                world = loosened(problem, Loosening(one.limit, units))
                after = [it.limit for it in explain.hindering(world, plan, pair, quarter)]
                assert one.limit not in after
                tried += 1
    assert tried > 20


def test_a_blackout_is_named_and_lifting_it_gives_the_start() -> None:
    changed = tiny.two_municipalities()
    changed["municipalities"][0]["blackout"] = [0]
    problem = rollout1.problem_of(changed)
    plan = search.solve(problem, work=2).plan
    assert plan is not None
    assert plan.starts()["m1", "s"] == 1
    found = explain.explain(problem, plan, "m1", "s", wished=0, work=5)
    assert found.hindrances[0].limit == Limit(LimitKind.BLACKOUT, municipality="m1", quarter=0)
    assert found.change is not None
    assert found.change.loosening == Loosening(
        Limit(LimitKind.BLACKOUT, municipality="m1", quarter=0), 1
    )


@pytest.mark.parametrize(
    ("settled", "kind"), [("declined", LimitKind.DECLINED), ("introduced", LimitKind.INTRODUCED)]
)
def test_a_settled_pair_is_told_so(settled: str, kind: LimitKind) -> None:
    problem = tiny.problem(**{settled: [["m1", "s"]]})
    plan = search.solve(problem, work=1).plan
    assert plan is not None
    found = explain.explain(problem, plan, "m1", "s")
    assert [one.limit.kind for one in found.hindrances] == [kind]
    assert found.change is None


def test_no_sentence_values_a_municipality(base: tuple[Problem, Plan]) -> None:
    problem, plan = base
    for pair in some_pairs(problem, 4):
        said = words.explanation(explain.explain(problem, plan, *pair, work=1)).lower()
        for word in ("viktig", "verdi", "verdt", "vekt", "lønn", "dårlig"):
            assert word not in said

"""What-if, robustness, measures, changes, loosening, the generator and the bound's parts."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from samlop.planner.engine import (
    checking,
    construct,
    diagnosis,
    generate,
    measures,
    relaxation,
    robustness,
    rollout1,
    tables,
    whatif,
)
from samlop.planner.engine.limits import Limit, LimitKind, Loosening, loosened
from samlop.planner.engine.measures import PopulationClass
from samlop.planner.engine.plan import Cohort, Plan
from samlop.planner.engine.problem import InvalidProblem, LeaderPool, Problem
from samlop.planner.engine.state import State
from tests.planner import tiny

INSTANCES = Path(__file__).parent / "instances"
PLAN = Plan("two", (Cohort("s", "NO", 0, ("m1", "m2")),))


def first_plan(problem: Problem) -> State:
    return construct.first_plan(tables.tables_of(problem))


def test_measures_of_two_municipalities() -> None:
    wish = {"m": "m1", "s": "s", "quarter": 0, "from": 0, "to": 1}
    found = measures.measure(tiny.problem(wishes=[wish]), PLAN)
    assert found.reached == (0.0, 1.0, 1.0, 1.0)
    assert found.by_group == {"c": 1.0}
    assert found.by_size == {PopulationClass.MEDIUM: 1.0}
    assert (found.wishes, found.wishes_met) == (1, 1)


def test_a_move_is_told_with_the_limit_that_forbids_where_it_was() -> None:
    base = tiny.two_municipalities()
    base["municipalities"][0]["blackout"] = [0]
    problem = rollout1.problem_of(base)
    moved = Plan("two", (Cohort("s", "NO", 1, ("m1", "m2")),))
    found = measures.changes(problem, PLAN.starts(), moved)
    assert {(one.municipality, one.before, one.after) for one in found} == {
        ("m1", 0, 1),
        ("m2", 0, 1),
    }
    assert next(one for one in found if one.municipality == "m1").why is LimitKind.BLACKOUT


def test_variants_change_one_thing() -> None:
    problem = tiny.problem()
    assert whatif.national_starts(50)(problem).start_limit == (3, 3, 3, 3)
    more = whatif.more_leaders("county", "c", 2)(problem)
    assert more.leaders["county", "c"] == (3, 3, 3, 3)
    assert more.leaders["country", "NO"] == (1, 1, 1, 1)
    assert len(whatif.refusals(100)(problem).declined) == 2
    with pytest.raises(KeyError):
        whatif.vendor_late("nobody", 1)(problem)
    delivered = tiny.two_municipalities()
    delivered["solutions"][0].update(vendor="epj", release={"e": 1})
    late = whatif.vendor_late("e", 2)(rollout1.problem_of(delivered))
    assert late.solution["s"].release == {"e": 3}


def test_a_variant_is_solved_from_the_plan_and_compared() -> None:
    outcomes = whatif.compare(
        tiny.problem(), PLAN, {"NHN -50 %": whatif.national_starts(-50)}, work=1
    )
    assert [one.measures.objective.total for one in outcomes] == [280, 0]
    assert outcomes[1].moved == 2


def test_without_drop_out_and_delay_all_goes_as_planned() -> None:
    nobody = dict.fromkeys(PopulationClass, 0.0)
    rates = robustness.Rates(leave=nobody, late=nobody)
    found = robustness.simulate(tiny.problem(), PLAN, rates=rates, draws=50)
    assert found.expected == found.low == found.high == tuple(map(float, found.planned))
    assert found.at_risk == ()


def test_when_everyone_leaves_for_good_nothing_is_completed_and_all_is_at_risk() -> None:
    rates = robustness.Rates(leave=dict.fromkeys(PopulationClass, 1.0), come_back=0.0)
    found = robustness.simulate(tiny.problem(), PLAN, rates=rates, draws=50)
    assert found.expected == (0.0,) * 4
    assert [one.probability for one in found.at_risk] == [1.0]


def test_simulation_is_the_same_for_the_same_seed() -> None:
    problem = rollout1.read_problem(INSTANCES / "S-1.json.gz")
    plan = first_plan(problem).plan()
    assert robustness.simulate(problem, plan, seed=4) == robustness.simulate(problem, plan, seed=4)


@pytest.mark.parametrize("regime", list(generate.Regime))
def test_generated_problems_are_the_same_for_the_same_seed_and_can_be_planned(
    regime: generate.Regime,
) -> None:
    problem = generate.generate(generate.Size.S, 3, regime)
    assert problem == generate.generate(generate.Size.S, 3, regime)
    assert problem != generate.generate(generate.Size.S, 4, regime)
    plan = first_plan(problem).plan()
    assert checking.violations(problem, plan) == []
    assert len(plan.starts()) > 20
    assert rollout1.problem_of(rollout1.problem_as_json(problem)) == problem


LOOSENED: list[tuple[Limit, str]] = [
    (Limit(LimitKind.CAPACITY, municipality="m1", quarter=1), "municipalities"),
    (Limit(LimitKind.NATIONAL_STARTS, quarter=0), "start_limit"),
    (Limit(LimitKind.LEADERS, grouping="country", group="NO", quarter=0), "pools"),
    (Limit(LimitKind.RELEASE, solution="s", grouping="epj", group="e"), "solutions"),
    (Limit(LimitKind.COHORT_MINIMUM, solution="s"), "solutions"),
    (Limit(LimitKind.COHORT_MAXIMUM, solution="s"), "solutions"),
    (Limit(LimitKind.PARALLEL, solution="s"), "solutions"),
]


@pytest.mark.parametrize(("limit", "part"), LOOSENED)
def test_loosening_changes_that_part_and_no_other(limit: Limit, part: str) -> None:
    problem = tiny.problem()
    wider = loosened(problem, Loosening(limit, 1))
    changed = [
        one.name
        for one in dataclasses.fields(Problem)
        if getattr(problem, one.name) != getattr(wider, one.name)
    ]
    assert changed == [part]


def test_what_is_not_a_number_cannot_be_loosened() -> None:
    with pytest.raises(ValueError, match="not a number"):
        loosened(tiny.problem(), Loosening(Limit(LimitKind.DECLINED, solution="s"), 1))


def test_the_diagnosis_loosened_makes_a_plan_possible() -> None:
    problem = rollout1.read_problem(INSTANCES / "inf-lockedmin.json.gz")
    found = diagnosis.diagnose(problem)
    for one in found:
        problem = loosened(problem, one)
    state = first_plan(problem)
    assert state.is_feasible()
    assert checking.violations(problem, state.plan()) == []


@pytest.mark.parametrize("seed", range(12))
def test_any_prices_prove_a_bound_above_any_plan(seed: int) -> None:
    problem = tiny.problem_by_lot(seed)
    reached = first_plan(problem).objective
    relaxed = relaxation.relaxation_of(tables.tables_of(problem))
    links = np.arange(relaxed.starts)
    lottery = np.random.default_rng(seed)
    for _ in range(5):
        price = lottery.normal(0, 20, relaxed.rows + len(links))
        assert relaxation.proven_bound(relaxed, links, price) >= reached


def test_any_number_of_groupings_and_pools_on_any_of_them() -> None:
    """A network of two counties lends the leaders of cohorts that are made per county."""
    base = tiny.problem()
    solution = dataclasses.replace(base.solutions[0], grouping="county", leader_grouping="network")
    problem = dataclasses.replace(
        base,
        groupings={**base.groupings, "network": {"m1": "n", "m2": "n"}},
        pools=(LeaderPool(grouping="network", group="n", leaders=(0, 1, 1, 1)),),
        solutions=(solution,),
    )
    plan = first_plan(problem).plan()
    assert plan.starts() == {("m1", "s"): 1, ("m2", "s"): 1}
    assert checking.violations(problem, plan) == []


def test_a_cohort_group_in_two_leader_groups_is_refused() -> None:
    base = tiny.problem()
    solution = dataclasses.replace(base.solutions[0], leader_grouping="network")
    with pytest.raises(InvalidProblem, match="ingen entydig leder"):
        dataclasses.replace(
            base,
            groupings={**base.groupings, "network": {"m1": "n", "m2": "o"}},
            solutions=(solution,),
        )

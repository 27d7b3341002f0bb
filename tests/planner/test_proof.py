"""Branch and bound finds what trying everything finds, and claims no more than it has proven."""

import itertools

import pytest

from samlop.planner.engine import dive, lp_client, proof, relaxation, search, tables
from samlop.planner.engine.problem import Problem
from tests.planner import brute, tiny
from tests.planner.test_search import instance


def small_enough_to_try_everything(seed: int) -> Problem:
    by_lot = (
        tiny.problem_by_lot(5000 + 100 * seed + number, municipalities=3, horizon=4)
        for number in itertools.count()
    )
    return next(
        problem
        for problem in by_lot
        if 200 <= brute.size(problem) <= 4_000
        and relaxation.relaxation_of(tables.tables_of(problem)).starts
    )


def proven(problem: Problem, known: int, pieces: int = 1_000_000) -> tuple[list[int], list[float]]:
    """The worth of every plan told of, and every bound."""
    worths: list[int] = []
    bounds: list[float] = []
    counter = itertools.count()

    def tell(news: dive.News) -> None:
        if news.state is not None:
            assert news.state.is_feasible()
            worths.append(news.state.objective)
        if news.bound is not None:
            bounds.append(news.bound)

    with lp_client.LinearProgramme(relaxation.relaxation_of(tables.tables_of(problem))) as it:
        it.load()
        proof.prove(it, best=lambda: known, tell=tell, enough=lambda: next(counter) >= pieces)
    return worths, bounds


@pytest.mark.parametrize("seed", range(12))
def test_nothing_beats_what_is_proven_where_everything_can_be_tried(seed: int) -> None:
    problem = small_enough_to_try_everything(seed)
    best = brute.best_objective(problem)
    assert best is not None
    worths, bounds = proven(problem, known=best - 1)
    assert worths == [best]
    assert bounds[-1] == best
    assert proven(problem, known=best)[1][-1] == best


def test_a_proof_cut_short_claims_no_more_than_the_best_plan_allows() -> None:
    worths, bounds = proven(instance("S-3"), known=30_000, pieces=6)
    assert worths == sorted(worths)
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] > 35_464


@pytest.mark.timeout(300)
def test_a_small_country_is_proven_alike_by_any_number_of_workers() -> None:
    results = [search.solve(instance("S-3"), work=10, workers=workers) for workers in (1, 2)]
    assert [result.status for result in results] == [search.Status.OPTIMAL] * 2
    assert results[0].bound == 35_464
    assert results[0].plan == results[1].plan

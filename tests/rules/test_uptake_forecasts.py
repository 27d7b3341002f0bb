"""When municipalities will have taken a solution in use: what is forecast, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from samlop.uptake.rules import forecasts as rules
from samlop.uptake.rules.forecasts import (
    Fit,
    ForecastRefusal,
    History,
    Planned,
    Score,
)

TODAY = date(2026, 6, 1)
Q = rules.QUARTER


def spread_out(counts: list[int], size: int = 357, on: date = TODAY) -> History:
    """So many in each quarter until the day, evenly through the quarter."""
    began = []
    for ago, count in enumerate(reversed(counts)):
        began += [on - ago * Q - timedelta(days=90 * i // count) for i in range(count)]
    return History.of(began, size)


GROWING = spread_out([3, 5, 8, 12, 18, 25, 30])


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (GROWING, None),
        (replace(GROWING, municipalities=0), ForecastRefusal.NOBODY),
        (History((), 357), ForecastRefusal.TOO_FEW),
        (spread_out([3, 3, 3, 3, 2]), ForecastRefusal.TOO_FEW),
        (spread_out([3, 3, 3, 3, 3]), None),
        (spread_out([20, 20, 20, 20]), ForecastRefusal.TOO_SHORT),
        (
            History.of([TODAY] * 30 + list(GROWING.began[:20]), 357),
            ForecastRefusal.COUNTED_ON_ONE_DAY,
        ),
        (
            History.of(
                [TODAY - 5 * Q - timedelta(days=i) for i in range(20)]
                + [TODAY - timedelta(days=i) for i in range(20)],
                357,
            ),
            ForecastRefusal.TOO_FEW_QUARTERS,
        ),
    ],
)
def test_a_forecast_is_refused_when_there_is_too_little_to_go_by(
    history: History, expected: ForecastRefusal | None
) -> None:
    assert rules.refusal(history, TODAY) is expected


def test_what_happens_after_the_day_is_not_known_on_it() -> None:
    early = TODAY - 5 * Q
    assert rules.refusal(GROWING, early) is ForecastRefusal.TOO_FEW
    assert rules.per_quarter(GROWING, early).tolist() == [3.0, 5.0]


def test_the_same_history_gives_the_same_forecast() -> None:
    assert rules.forecast(GROWING, TODAY) == rules.forecast(GROWING, TODAY)


def test_a_forecast_has_its_days_in_order_and_never_goes_back() -> None:
    made = rules.forecast(GROWING, TODAY)
    for one in made.reaches:
        days = [day or date.max for day in (one.low, one.middle, one.high)]
        assert days == sorted(days)
        assert days[0] > TODAY
    middles = [one.middle or date.max for one in made.reaches]
    assert middles == sorted(middles)
    assert made.points[0] == rules.Point(TODAY, 101, 101, 101)
    for before, after in zip(made.points, made.points[1:], strict=False):
        assert (before.low, before.middle, before.high) <= (after.low, after.middle, after.high)
        assert after.low <= after.middle <= after.high <= 357


def test_a_share_that_is_reached_keeps_the_day_it_was() -> None:
    history = spread_out([10, 20, 40, 60, 60, 20])
    half = rules.forecast(history, TODAY).reaches[0]
    assert half.reached == half.low == half.high == history.began[178]


def test_planned_starts_bring_the_day_nearer() -> None:
    plain = rules.forecast(GROWING, TODAY).reaches[0]
    planned = rules.forecast(
        GROWING, TODAY, planned=[Planned(TODAY + timedelta(days=60), 120)]
    ).reaches[0]
    assert planned.middle is not None
    assert plain.middle is not None
    assert planned.middle < plain.middle


def test_whoever_has_a_date_waits_for_it() -> None:
    everybody = [Planned(TODAY + 20 * Q, 357 - 101)]
    made = rules.forecast(GROWING, TODAY, planned=everybody)
    assert made.points[10].high == 101
    assert made.points[24].middle > 250


def test_a_plan_beyond_ten_years_is_left_out_and_an_overdue_one_is_next() -> None:
    late = Planned(TODAY + 60 * Q, 50)
    assert rules.forecast(GROWING, TODAY, planned=[late]) == rules.forecast(GROWING, TODAY)
    overdue = Planned(TODAY - timedelta(days=10), 50)
    due = Planned(TODAY + timedelta(days=1), 50)
    assert rules.forecast(GROWING, TODAY, planned=[overdue]) == rules.forecast(
        GROWING, TODAY, planned=[due]
    )


def test_the_values_that_made_a_long_history_are_found_again() -> None:
    true = Fit(p=0.02, q=0.3, ceiling=0.95, sigma=0.2)
    counts, begun = [], 0.0
    for _quarter in range(20):
        most = true.ceiling * 5000
        came = (most - begun) * -np.expm1(-(true.p + true.q * begun / most))
        counts.append(max(1, round(came)))
        begun += counts[-1]
    found = rules.fit(spread_out(counts, size=5000), TODAY)
    assert found.p == pytest.approx(true.p, rel=0.15)
    assert found.q == pytest.approx(true.q, rel=0.1)
    assert found.ceiling == pytest.approx(true.ceiling, abs=0.02)


def test_three_earlier_solutions_teach_and_two_do_not() -> None:
    one = Fit(p=0.02, q=0.3, ceiling=0.9, sigma=0.5)
    assert rules.learn([one, one]) is rules.LITERATURE
    learned = rules.learn([one, replace(one, q=0.4), replace(one, q=0.2, ceiling=1.0)])
    assert learned.solutions == 3
    assert np.exp(learned.middles[0]) == pytest.approx(0.02)
    assert min(learned.spreads) >= 0.3
    assert rules.forecast(GROWING, TODAY, learned=learned).earlier_solutions == 3


def test_looking_back_says_what_happened_a_year_later_and_to_each_level() -> None:
    made_on = TODAY - 5 * Q
    history = spread_out([10, 15, 20, 30, 40, 50, 60, 40, 30])
    made = rules.forecast(history, made_on)
    found = rules.look_back(made, history, TODAY)
    assert [one.reaches.level for one in found.levels] == [0.5, 0.8, 0.95]
    assert [one.happened is None for one in found.levels] == [False, False, True]
    assert found.year is not None
    assert found.year.said.on == made_on + 4 * Q
    assert found.year.happened == 265
    assert rules.look_back(made, history, made_on + 3 * Q).year is None


def test_a_score_counts_hits_misses_and_what_nobody_knows() -> None:
    assert Score.of([True, None, False, True]) == Score(2, 1, 1)
    assert Score.of([True, None, False, True]).judged == 3


@pytest.mark.parametrize(
    ("low", "high", "happened", "held"),
    [
        (date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 1), True),
        (date(2026, 1, 1), None, date(2026, 2, 1), True),
        (date(2026, 1, 1), date(2026, 3, 1), date(2025, 12, 1), False),
        (date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1), False),
        (date(2026, 1, 1), date(2026, 3, 1), None, False),
        (date(2026, 1, 1), date(2026, 9, 1), None, None),
        (date(2026, 1, 1), None, None, None),
        (None, None, date(2026, 2, 1), False),
    ],
)
def test_hindsight_says_only_what_can_be_known(
    low: date | None, high: date | None, happened: date | None, held: bool | None
) -> None:
    reaches = rules.Reaches(level=0.5, reached=None, low=low, middle=None, high=high)
    assert rules.Hindsight(date(2025, 6, 1), reaches, happened, TODAY).held is held

"""When an alert about use is raised, told to the region and lowered."""

from datetime import date

import pytest

from samlop.uptake.rules.indicators import Rhythm
from samlop.uptake.rules.watch import (
    WINDOWS,
    Alert,
    AlertMove,
    Concern,
    Use,
    Verdict,
    judge,
    level,
    peak,
    tells_the_region,
)

F, S = Concern.FALLEN, Concern.BELOW_SIMILAR
UNKNOWN = Verdict(AlertMove.LEAVE)
HIGH = (10.0, 10.0, 10.0)
MONTHS = WINDOWS[Rhythm.MONTH]


@pytest.mark.parametrize(
    ("rates", "now"),
    [
        ((), None),
        ((4.0, 5.0), None),
        ((4.0, 5.0, 6.0), 5.0),
        ((99.0, 4.0, 5.0, 6.0), 5.0),
        ((4.0, None, 6.0), None),
        ((None, 4.0, 5.0, 6.0), 5.0),
        ((0.0, 0.0, 0.0), 0.0),
    ],
)
def test_the_level_is_the_mean_of_the_last_three_periods(
    rates: tuple[float | None, ...], now: float | None
) -> None:
    assert level(rates, MONTHS) == now


@pytest.mark.parametrize(
    ("rates", "highest"),
    [
        (HIGH, None),
        ((*HIGH, 5.0, 5.0, 5.0), 10.0),
        ((*HIGH, 16.0, 5.0, 5.0, 5.0), 12.0),
        ((10.0, None, 10.0, 5.0, 5.0, 5.0), None),
        # The highest lies more than two years back.
        ((*(50.0,) * 3, *(10.0,) * 24, 5.0, 5.0, 5.0), 10.0),
        ((*(50.0,) * 3, *(10.0,) * 21, 5.0, 5.0, 5.0), 50.0),
    ],
)
def test_the_peak_is_the_highest_level_of_two_years_before(
    rates: tuple[float | None, ...], highest: float | None
) -> None:
    assert peak(rates, MONTHS) == highest


@pytest.mark.parametrize(
    ("concern", "use", "standing", "verdict"),
    [
        # The worked example of docs/domain/uptake.md: from ten to six is a fall, to seven is not.
        (F, Use(rates=(*HIGH, 6.0, 6.0, 6.0)), False, Verdict(AlertMove.RAISE, 6.0, 10.0)),
        (F, Use(rates=(*HIGH, 6.1, 6.1, 6.1)), False, Verdict(AlertMove.LEAVE, 6.1, 10.0)),
        (F, Use(rates=(*HIGH, 0.0, 0.0, 0.0)), False, Verdict(AlertMove.RAISE, 0.0, 10.0)),
        (F, Use(rates=(*HIGH, 6.0, 6.0, 6.0)), True, Verdict(AlertMove.LEAVE, 6.0, 10.0)),
        (F, Use(rates=(*HIGH, 6.9, 6.9, 6.9)), True, Verdict(AlertMove.LEAVE, 6.9, 10.0)),
        (F, Use(rates=(*HIGH, 7.0, 7.0, 7.0)), True, Verdict(AlertMove.LOWER, 7.0, 10.0)),
        # One bad month raises nothing, and what is unknown changes nothing.
        (F, Use(rates=(*HIGH, 10.0, 10.0, 1.0)), False, Verdict(AlertMove.LEAVE, 7.0, 10.0)),
        (F, Use(rates=(*HIGH, 1.0, None, 1.0)), False, UNKNOWN),
        (F, Use(rates=(*HIGH, 10.0, None, 10.0)), True, UNKNOWN),
        (F, Use(rates=(1.0, 1.0, 1.0)), False, UNKNOWN),
        (F, Use(rates=(0.0,) * 6), False, UNKNOWN),
        # Few counted: chance alone moves such figures.
        (
            F,
            Use(rates=(*HIGH, 1.0, 1.0, 1.0), counts=(19.0,) * 6),
            False,
            Verdict(AlertMove.LEAVE, 1.0, 10.0),
        ),
        (
            F,
            Use(rates=(*HIGH, 1.0, 1.0, 1.0), counts=(None, 20.0, 19.0, 1.0, 1.0, None)),
            False,
            Verdict(AlertMove.RAISE, 1.0, 10.0),
        ),
        (
            F,
            Use(rates=(*HIGH, 9.0, 9.0, 9.0), counts=(5.0,) * 6),
            True,
            Verdict(AlertMove.LOWER, 9.0, 10.0),
        ),
        # Similar municipalities: the median of five or more.
        (
            S,
            Use(rates=(5.0,) * 3, similar=(8.0, 9.0, 10.0, 11.0, 90.0)),
            False,
            Verdict(AlertMove.RAISE, 5.0, 10.0),
        ),
        (
            S,
            Use(rates=(5.1,) * 3, similar=(8.0, 9.0, 10.0, 11.0, 90.0)),
            False,
            Verdict(AlertMove.LEAVE, 5.1, 10.0),
        ),
        (S, Use(rates=(1.0,) * 3, similar=(10.0,) * 4), False, UNKNOWN),
        (S, Use(rates=(5.9,) * 3, similar=(10.0,) * 5), True, Verdict(AlertMove.LEAVE, 5.9, 10.0)),
        (S, Use(rates=(6.0,) * 3, similar=(10.0,) * 5), True, Verdict(AlertMove.LOWER, 6.0, 10.0)),
        (S, Use(rates=(0.0,) * 3, similar=(0.0,) * 5), False, UNKNOWN),
        (S, Use(rates=(), similar=(10.0,) * 5), True, UNKNOWN),
    ],
)
def test_an_alert_is_raised_and_lowered(
    concern: Concern, use: Use, standing: bool, verdict: Verdict
) -> None:
    found = judge(concern, use, standing=standing)
    assert found.move is verdict.move
    assert found.level == pytest.approx(verdict.level)
    assert found.against == pytest.approx(verdict.against)


RAISED = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("alert", "on", "tells"),
    [
        (Alert(raised_on=RAISED), date(2026, 6, 14), False),
        (Alert(raised_on=RAISED), date(2026, 6, 15), True),
        (Alert(raised_on=RAISED), date(2026, 9, 1), True),
        (Alert(raised_on=RAISED, region_told_on=date(2026, 6, 15)), date(2026, 9, 1), False),
        (Alert(raised_on=RAISED, lowered_on=date(2026, 6, 10)), date(2026, 6, 15), False),
    ],
)
def test_the_region_hears_of_it_once_and_only_after_fourteen_days(
    alert: Alert, on: date, tells: bool
) -> None:
    assert tells_the_region(alert, on) is tells


@pytest.mark.parametrize("rhythm", [Rhythm.WEEK, Rhythm.MONTH, Rhythm.QUARTER])
def test_a_fall_is_seen_in_every_rhythm_but_the_yearly(rhythm: Rhythm) -> None:
    window = WINDOWS[rhythm]
    fell = Use(rates=(10.0,) * window.back + (5.0,) * window.level, window=window)
    assert judge(F, fell, standing=False).move is AlertMove.RAISE
    assert Rhythm.YEAR not in WINDOWS

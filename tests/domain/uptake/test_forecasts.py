"""What forecasts are made from: own history, and that of earlier solutions."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from pytest_django import DjangoAssertNumQueries

from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake import tasks
from samlop.uptake.models import StageEvent
from samlop.uptake.queries import forecasts as queries
from samlop.uptake.rules.forecasts import QUARTER, ForecastRefusal, Score
from samlop.uptake.rules.stages import Source, Stage
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


@pytest.fixture
def municipalities() -> list[Municipality]:
    return [make.municipality(number=f"9{index:03}") for index in range(40)]


def begin(offer: Offer, municipalities: list[Municipality], *, stage: Stage = Stage.IN_USE) -> None:
    """Four a quarter, the last four in the quarter that ends today."""
    quarters = len(municipalities) // 4
    StageEvent.objects.bulk_create(
        StageEvent(
            offer=offer,
            municipality=one,
            stage=stage.value,
            happened_on=TODAY - (quarters - 1 - index // 4) * QUARTER - timedelta(days=index % 4),
            source=Source.MUNICIPALITY.value,
            recorded_at=datetime(2026, 11, 1, tzinfo=UTC),
        )
        for index, one in enumerate(municipalities)
    )


def test_a_forecast_is_made_of_those_that_have_begun(municipalities: list[Municipality]) -> None:
    offer = make.offer()
    begin(offer, municipalities[:24])
    basis = queries.basis(offer, TODAY)
    assert basis.refusal is None
    assert len(basis.history.began) == 24
    made = basis.forecast()
    assert made is not None
    assert (made.begun, made.municipalities, made.earlier_solutions) == (24, 40, 0)
    assert made.reaches[0].reached is not None
    assert basis.look_backs()


def test_made_available_is_not_use_and_too_few_are_refused(
    municipalities: list[Municipality],
) -> None:
    offer = make.offer()
    begin(offer, municipalities[:24], stage=Stage.TECHNICALLY_INTRODUCED)
    basis = queries.basis(offer, TODAY)
    assert basis.refusal is ForecastRefusal.TOO_FEW
    assert basis.forecast() is None


def test_a_joint_process_is_under_way_instead(municipalities: list[Municipality]) -> None:
    process = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    begin(process, municipalities[:24], stage=Stage.UNDER_WAY)
    assert queries.basis(process, TODAY).refusal is None


def test_earlier_solutions_that_reached_half_teach(
    municipalities: list[Municipality], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (20, 24, 28, 16):
        begin(make.offer(), municipalities[:count])
    offer = make.offer()
    begin(offer, municipalities[:20])
    offer = Offer.objects.select_related("solution").get(pk=offer.pk)
    queries.basis(offer, TODAY)
    with django_assert_num_queries(4):
        basis = queries.basis(offer, TODAY)
    assert basis.learned.solutions == 3


def test_what_is_kept_is_never_out_of_date(municipalities: list[Municipality]) -> None:
    offer = make.offer()
    begin(offer, municipalities[:24])
    first = queries.basis(offer, TODAY)
    assert first.forecast() == queries.basis(offer, TODAY).forecast()
    begin(offer, municipalities[24:28])
    later = queries.basis(offer, TODAY).forecast()
    assert later is not None
    assert (later.begun, first.forecast()) != (24, later)


def test_the_day_s_forecasts_are_worked_out_beforehand(
    municipalities: list[Municipality], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    offer = make.offer()
    begin(offer, municipalities[:24])
    queries.work_out_all(TODAY)
    basis = queries.basis(offer, TODAY)
    with django_assert_num_queries(5), patch("samlop.uptake.rules.forecasts.forecast") as made:
        basis.forecast()
        basis.look_backs()
        queries.validation()
    made.assert_not_called()


def test_it_looks_back_from_the_first_day_of_each_quarter(
    municipalities: list[Municipality],
) -> None:
    offer = make.offer()
    begin(offer, municipalities[:36])
    days = [one.made.made_on for one in queries.basis(offer, TODAY).look_backs()]
    assert days == [date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)]
    first, *_, last = queries.basis(offer, TODAY).look_backs()
    assert first.levels[0].happened is not None
    assert last.year is None


def test_the_italian_series_are_as_published() -> None:
    assert {
        notice: (len(history.began), history.municipalities)
        for notice, history in queries.italian().items()
    } == {
        "notifiche-2022": (4370, 5121),
        "notifiche-2024": (2450, 2586),
        "pdnd-2022": (6012, 6153),
    }


def test_the_method_holds_on_the_italian_series() -> None:
    """The docs state these results."""
    found = [one for series in queries.validation() for one in series.look_backs]
    assert Score.of(each.held for one in found for each in one.levels) == Score(11, 0, 7)
    assert Score.of(one.year.held for one in found if one.year) == Score(7, 0, 0)


def test_the_worker_makes_what_is_missing_each_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ("10 * * * *", tasks.work_out_forecasts.name) in {
        (one.cron, name) for (name, _), one in app.periodic_registry.periodic_tasks.items()
    }
    made: list[date] = []
    monkeypatch.setattr(queries, "work_out_all", made.append)
    tasks.work_out_forecasts(0)
    assert made == [timezone.localdate()]

"""What forecasts are made from: own history, and that of earlier solutions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.models import StageEvent
from samlop.uptake.queries import forecasts as queries
from samlop.uptake.rules.forecasts import QUARTER, ForecastRefusal
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
    assert basis.hindsight()


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


def test_what_was_not_known_is_not_counted(municipalities: list[Municipality]) -> None:
    offer = make.offer()
    begin(offer, municipalities[:24])
    known = datetime(2026, 10, 1, tzinfo=UTC)
    assert queries.basis(offer, TODAY, known_at=known).history.began == ()


def test_earlier_solutions_that_reached_half_teach(
    municipalities: list[Municipality], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (20, 24, 28, 16):
        begin(make.offer(), municipalities[:count])
    offer = make.offer()
    begin(offer, municipalities[:20])
    offer = Offer.objects.select_related("solution").get(pk=offer.pk)
    with django_assert_num_queries(3):
        basis = queries.basis(offer, TODAY)
    assert basis.learned.solutions == 3

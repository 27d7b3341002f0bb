"""The example's uptake as a whole: in order, once, and never in the way of a start."""

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from samlop.example import people, uptake
from samlop.example.portfolio import solutions
from samlop.lib.actors import Machine
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer
from samlop.uptake.models import Benefit, Observation, StageEvent, UseAlert
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules.stages import Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


def test_it_is_made_beside_a_portfolio_that_was_there_before_and_only_once() -> None:
    solutions.load(by=BY, on=date(2026, 11, 1))

    assert uptake.load(by=BY, on=TODAY) > 0
    assert StageEvent.objects.exists()
    assert Observation.objects.exists()
    assert Benefit.objects.exists()
    assert UseAlert.objects.exists()
    assert uptake.load(by=BY, on=TODAY) == 0
    # One is enough, and the worker finds it when it starts.
    forecasts = ProcrastinateJob.objects.filter(task_name="samlop.uptake.tasks.work_out_forecasts")
    assert forecasts.count() == 1

    # The municipality that somebody in the example works for has something to answer.
    own = MunicipalityCode.objects.valid_on(TODAY).get(number=people.MUNICIPALITY).municipality_id
    record = Offer.objects.get(solution__slug="kjernejournal", area="nursing_home").pk
    found = queries.standing([record], TODAY, municipalities=[own])[record, own]
    assert not found.is_open_on(TODAY)
    assert set(found.per_source) == {Source.REGISTER, Source.USAGE_LOG}


def test_without_a_portfolio_there_is_nothing_to_say() -> None:
    assert uptake.load(by=BY, on=TODAY) == 0

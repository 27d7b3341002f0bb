"""The example's figures of use: of those who use it, with silence and hidden counts in them."""

from datetime import date

import pytest

from samlop.example.portfolio import solutions
from samlop.example.uptake import observations as example
from samlop.example.uptake import stages
from samlop.lib.actors import Machine
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer
from samlop.uptake.models import Indicator, IndicatorPeriod, Observation
from samlop.uptake.queries import observations
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules.stages import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def loaded() -> None:
    solutions.load(by=BY, on=TODAY)
    stages.load(by=BY, on=TODAY)
    assert example.load(by=BY, on=TODAY) > 0


def test_the_figures_are_of_those_who_use_it_and_some_tell_nothing() -> None:
    record = Indicator.objects.get(solution__slug="kjernejournal")
    found = set(observations.latest(record.pk, TODAY))
    using: set[int] = set()
    for offer in Offer.objects.filter(solution__slug="kjernejournal"):
        using |= set(queries.first_reached(offer.pk, Stage.IN_USE))
    existing = set(
        MunicipalityCode.objects.valid_on(TODAY).values_list("municipality_id", flat=True)
    )
    assert found < using & existing
    assert len(found) > 0.85 * len(using & existing)


def test_no_count_of_people_below_five_is_stored() -> None:
    people = Observation.objects.filter(indicator__solution__slug="digihelsestasjon")
    assert people.filter(suppressed=True).exists()
    assert not people.filter(value__lt=5).exists()


def test_the_last_month_is_the_one_before_today() -> None:
    newest = IndicatorPeriod.objects.order_by("-period_start").first()
    assert newest is not None
    assert newest.period_start == date(2026, 10, 1)


def test_loading_again_makes_nothing() -> None:
    assert example.load(by=BY, on=TODAY) == 0

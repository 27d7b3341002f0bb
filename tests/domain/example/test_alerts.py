"""The example's alerts about use: a few, of both kinds, that contact persons know of."""

from datetime import date

import pytest

from samlop.example.portfolio import solutions
from samlop.example.uptake import alerts as example
from samlop.example.uptake import observations, stages
from samlop.lib.actors import Machine
from samlop.uptake.models import UseAlert
from samlop.uptake.rules.watch import Concern

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")


# In August the low figures of July are in the level, and in the peak of the year before.
@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 8, 20)])
def test_a_few_stand_of_each_kind_and_the_regions_know(today: date) -> None:
    for module in (solutions, stages, observations):
        module.load(by=BY, on=today)
    made = example.load(by=BY, on=today)
    assert 5 <= made <= 60
    assert set(UseAlert.objects.values_list("concern", flat=True)) == {
        Concern.FALLEN.value,
        Concern.BELOW_SIMILAR.value,
    }
    assert UseAlert.objects.filter(region_told_on=today).count() == made
    assert example.load(by=BY, on=today) == 0

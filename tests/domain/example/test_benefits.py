"""The example's benefits: two solutions, one measured by enough municipalities to be shown."""

from datetime import date

import pytest

from samlop.example.people import MUNICIPALITY
from samlop.example.portfolio import solutions
from samlop.example.uptake import benefits as example
from samlop.example.uptake import stages
from samlop.lib.actors import Machine
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Solution
from samlop.uptake.queries import benefits as queries
from samlop.uptake.rules.benefits import Withheld

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)


def test_eight_have_measured_digihelse_and_three_are_too_few_to_show() -> None:
    solutions.load(by=BY, on=TODAY)
    stages.load(by=BY, on=TODAY)

    assert example.load(by=BY, on=TODAY) == 6
    assert example.load(by=BY, on=TODAY) == 0

    shown = queries.national(Solution.objects.get(slug="digihelse"), on=TODAY)
    assert [one.measured for one in shown.values()] == [8, 8, 8]
    assert all(one.withheld is None for one in shown.values())
    few = queries.national(Solution.objects.get(slug="kjernejournal"), on=TODAY)
    assert {one.withheld for one in few.values()} == {Withheld.TOO_FEW}

    assert len(queries.shared_plans(Solution.objects.get(slug="digihelse"))) == 1
    own = MunicipalityCode.objects.get(number=MUNICIPALITY, valid_to=None).municipality_id
    plans = queries.plans_of(own, on=TODAY)
    users = [
        queries.users_on(Solution.objects.get(slug=case.slug), TODAY) for case in example.CASES
    ]
    assert len(plans) == sum(own in found for found in users)
    assert all(len(one.followed) == 3 for one in plans.values())

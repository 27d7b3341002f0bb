"""Addresses and forms that no page of ours has made: refused as what they are, never a 500."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Rollout, Survey, SurveyAnswer
from samlop.web import clock
from tests import factories as make
from tests.rollout_making import AT, DAY, a_cohort, a_decision_maker, a_rollout, an_answer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def leader(client: Client) -> Rollout:
    """Somebody who leads a rollout, and may plan, is signed in."""
    person = make.person()
    accounts.grant(person=person, role=Role.PORTFOLIO_OWNER, by=Machine("tests"), on=DAY)
    client.force_login(person)
    return a_rollout(leader=person)


@pytest.mark.parametrize("query", ["som=%00", "som=a%00b"])
def test_a_nul_in_the_address_of_a_new_plan(client: Client, leader: Rollout, query: str) -> None:
    assert client.get(f"/innforingslop/nytt/?{query}").status_code == 400


def test_a_nul_for_a_municipalitys_number(client: Client, leader: Rollout) -> None:
    response = client.get(f"/innforingslop/{leader.slug}/grunnlag/?kommune=90%0042")
    assert response.status_code == 400


def test_a_nul_in_what_is_typed_in_a_survey(client: Client, place: Municipality) -> None:
    region = make.region(kind=RegionKind.EHEALTH_GROUP, members=(place,))
    person = make.person()
    accounts.grant(
        person=person, role=Role.CONTACT_PERSON, region=region, by=Machine("tests"), on=DAY
    )
    rollout = a_rollout(members=(place,))
    survey = Survey.objects.create(rollout=rollout, answer_by=DAY, asked_at=AT)
    row = SurveyAnswer.objects.create(survey=survey, municipality=place, remark="Som før")
    client.force_login(person)

    response = client.post(
        f"/innforingslop/{rollout.slug}/kartlegging/", {f"merknad-{row.pk}": "a\0b"}
    )

    assert response.status_code == 400
    row.refresh_from_db()
    assert row.remark == "Som før"


@pytest.mark.parametrize("offer", ["", "abc", "-1", "9" * 30, "²"])
def test_an_offer_that_is_none(client: Client, place: Municipality, offer: str) -> None:
    cohort = a_cohort(maximum=1)
    by = a_decision_maker(place)
    an_answer(rollout=cohort.rollout, municipality=place, by=by)
    client.force_login(by)

    response = client.post(
        f"/innforingslop/{cohort.rollout.slug}/svar/9042/tilbud/", {"tilbud": offer, "svar": "ta"}
    )

    assert response.status_code == 404

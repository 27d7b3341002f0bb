"""The list of rollouts: what the public sees of it, filters, files, and few queries."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from samlop.accounts.rules import Role
from samlop.rollouts.models import Rollout
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from tests import factories as make
from tests import rollout_making as rollouts
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
HERE = "/innforingslop/"


def test_a_rollout_stands_with_its_solution_type_state_and_places(client: Client) -> None:
    cohort = rollouts.a_cohort(rollout=rollouts.a_rollout(name="Kjernejournal høsten"), maximum=30)

    page = client.get(HERE).content.decode()

    assert "Kjernejournal høsten" in page
    assert cohort.solution.name in page
    assert "A – hele landet" in page
    assert "Åpent for påmelding" in page
    assert "0 av 30 plasser er tatt" in page


def test_a_plan_that_is_not_announced_is_for_those_with_a_role(client: Client) -> None:
    plan = rollouts.a_rollout(state=RolloutState.PLANNING, announced=False, name="Ikke varslet")
    told = rollouts.a_rollout(state=RolloutState.PLANNING, name="Varslet")

    page = client.get(HERE).content.decode()
    assert "Ikke varslet" not in page
    assert "Varslet" in page
    assert client.get(f"{HERE}{plan.slug}/").status_code == 404
    assert client.get(f"{HERE}{told.slug}/").status_code == 200

    sign_in(client, Role.ANALYST)
    assert "Ikke varslet" in client.get(HERE).content.decode()
    assert client.get(f"{HERE}{plan.slug}/").status_code == 200


def test_filters_and_their_file(client: Client) -> None:
    rollouts.a_rollout(name="Den ene")
    region = make.region(name="Indre Østland")
    rollouts.a_rollout(name="Den andre", kind=RolloutKind.REGION, region=region)

    page = client.get(f"{HERE}?type=b").content.decode()
    assert "Den andre" in page
    assert "Den ene" not in page
    assert "Ingen innføringsløp passer" in client.get(f"{HERE}?q=finnes+ikke").content.decode()

    file = client.get(f"{HERE}?region={region.slug}&format=json").json()
    assert [row["navn"] for row in file["innforingslop"]] == ["Den andre"]
    assert client.get(f"{HERE}?format=xlsx").status_code == 200
    assert "Den ene" in client.get(f"{HERE}?format=csv").content.decode("utf-8-sig")


def test_those_that_need_norsk_helsenett_are_chosen(client: Client) -> None:
    rollouts.a_rollout(name="Uten nett")
    Rollout.objects.filter(pk=rollouts.a_rollout(name="Med nett").pk).update(needs_nhn=True)
    page = client.get(f"{HERE}?nhn=ja").content.decode()
    assert "Med nett" in page
    assert "Uten nett" not in page


def test_nothing_yet_says_what_will_stand_here(client: Client) -> None:
    assert "Ingen innføringsløp er varslet ennå" in client.get(HERE).content.decode()


def test_many_rollouts_cost_no_more_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        rollouts.a_cohort()
    client.get(HERE)
    with django_assert_max_num_queries(4):
        client.get(HERE)

"""What a municipality reads that none of a C's cohorts is for."""

from datetime import timedelta

import pytest
from django.test import Client

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality, Product
from samlop.municipalities.rules.kinds import ProductKind
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries.left_out import left_out
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from samlop.web import clock
from tests import factories as make
from tests import rollout_making as rollouts

pytestmark = pytest.mark.django_db
HERE = "/innforingslop/vkp/"


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9061", name="Utnes")


@pytest.fixture
def other() -> Product:
    return make.product(name="CosDoc")


@pytest.fixture
def rollout(place: Municipality) -> Rollout:
    """Of two keys; Utnes has neither."""
    offer = make.offer(
        solution=make.solution(name="Knutepunkt", slug="knutepunkt"), area=Area.HOME_CARE
    )
    made = rollouts.a_rollout(slug="vkp", kind=RolloutKind.SHARED, offer=offer, members=(place,))
    for name in ("Gerica", "Profil"):
        rollouts.a_cohort(rollout=made, product=make.product(name=name))
    return made


def coordinator(place: Municipality, client: Client) -> Person:
    person = make.person()
    Membership.objects.create(
        person=person,
        role=Role.MUNICIPAL_COORDINATOR.value,
        municipality=place,
        valid_from=make.SOME_DAY,
    )
    client.force_login(person)
    return person


def body(client: Client, path: str = HERE) -> str:
    return client.get(path).content.decode()


def test_its_own_line_says_why_and_what_to_do(
    client: Client, place: Municipality, other: Product, rollout: Rollout
) -> None:
    make.use(municipality=place, product=other)
    # The cohorts share a record system; this is something else.
    alarm = make.product(name="Trygghetsalarm", kind=ProductKind.WELFARE_TECHNOLOGY)
    make.use(municipality=place, product=alarm)
    expected = clock.today() + timedelta(days=100)
    make.readiness(offer=rollout.offer, product=other, release_on=expected)
    coordinator(place, client)

    page = body(client)

    assert "Utnes passer ikke i noen av puljene nå" in page
    assert "Puljene er for kommuner som har Gerica (" in page
    assert "Utnes har registrert CosDoc." in page
    assert f"{other.vendor.name} venter å ha CosDoc klar" in page
    assert "/kommuner/9061/interesse/knutepunkt/" in page
    assert "/kommuner/9061/systemer/" in page
    assert "Utnes passer ikke i noen av puljene nå" in body(client, f"{HERE}kommuner/9061/")
    client.logout()
    assert "passer ikke i noen av puljene" not in body(client)


def test_what_is_not_known_is_said(
    client: Client, place: Municipality, other: Product, rollout: Rollout
) -> None:
    coordinator(place, client)
    assert "Utnes har ikke registrert hvilket system den bruker." in body(client)

    make.use(municipality=place, product=other)
    assert f"{other.vendor.name} har ikke sagt når CosDoc er klar." in body(client)

    make.readiness(offer=rollout.offer, product=other, state=Readiness.RELEASED)
    assert "det kan komme en pulje for CosDoc." in body(client)


def test_who_has_a_key_or_is_no_target_is_not_left_out(
    place: Municipality, rollout: Rollout
) -> None:
    today = clock.today()
    stranger = make.municipality()
    both = [place.pk, stranger.pk]
    assert [one.municipality for one in left_out(rollout, both, today)] == [place.pk]

    key = rollout.cohorts.order_by("number").first()
    assert key is not None
    assert key.product is not None
    make.use(municipality=place, product=key.product)
    assert left_out(rollout, both, today) == ()
    # A cohort that has begun takes nobody else.
    rollout.cohorts.filter(pk=key.pk).update(state=CohortState.RUNNING.value)
    assert len(left_out(rollout, both, today)) == 1
    rollout.state = RolloutState.CANCELLED.value
    assert left_out(rollout, both, today) == ()

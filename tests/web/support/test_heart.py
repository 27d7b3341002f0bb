"""The municipality's page: what waits for its answer first, and who sees it."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.rollouts.models import Cohort, PlaceOffer, Wait
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from tests import rollout_making as making
from tests.rollout_making import AT
from tests.web.municipalities.conftest import SignIn, World, give

pytestmark = pytest.mark.django_db

OWN = "/kommuner/4219/"


def html(client: Client, address: str = OWN) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def invite(world: World, count: int) -> None:
    for place in range(count):
        rollout = making.a_rollout(name=f"Løp {place}", members=(world.own,))
        making.invited(rollout, world.own)


def test_the_parts_come_in_the_order_a_health_leader_needs_them(
    client: Client, world: World, sign_in: SignIn
) -> None:
    invite(world, 1)
    sign_in(Role.DECISION_MAKER)

    page = html(client)

    order = [
        "Venter på svar fra dere",
        "Dette er vi med på",
        'id="kommer-tittel"',
        "Kontaktperson e-helse",
        "Be om hjelp",
        "Arbeidsmengde og rom for nytt",
        'id="systemer-tittel"',
        'id="folk-tittel"',
        'id="kalender-tittel"',
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_three_questions_are_shown_and_the_rest_are_folded(
    client: Client, world: World, sign_in: SignIn
) -> None:
    invite(world, 5)
    sign_in(Role.DECISION_MAKER)

    page = html(client)

    assert page.count("Svar på invitasjonen til") == 5
    assert "2 til" in page
    assert "Svar innen 13. mai 2027" in page


SEES_ANSWERS = {
    Role.MUNICIPAL_COORDINATOR,
    Role.DECISION_MAKER,
    Role.PROJECT_LEADER,
    Role.CONTACT_PERSON,
    Role.COORDINATION_GROUP_MEMBER,
}


@pytest.mark.parametrize("role", Role)
def test_answers_are_for_the_municipality_its_region_and_the_coordination_group(
    client: Client, world: World, sign_in: SignIn, role: Role
) -> None:
    invite(world, 1)
    later = making.a_rollout(name="Løpet de sa ikke nå til", members=(world.own,))
    making.an_answer(AnswerState.LATER, rollout=later, municipality=world.own)
    sign_in(role)

    page = html(client)

    sees = role in SEES_ANSWERS
    assert ("Svar på invitasjonen til Løp 0" in page) is sees
    assert ("Ikke nå" in page) is sees


def test_a_place_is_public_and_an_answer_is_not(client: Client, world: World) -> None:
    cohort = making.a_cohort(rollout=making.a_rollout(name="Kjernejournal"), name="Pulje 1")
    making.a_place(cohort=cohort, municipality=world.own)
    pending = making.a_rollout(name="Digihelse")
    making.an_answer(AnswerState.PENDING, rollout=pending, municipality=world.own)

    page = html(client)

    assert "Dette er kommunen med på" in page
    assert "Pulje 1 · Kan endres til 19. juli 2027" in page
    assert "Til behandling hos oss" not in page
    assert "Venter på svar" not in page


def test_what_comes_is_announced_and_not_yet_asked(
    client: Client, world: World, sign_in: SignIn
) -> None:
    making.a_rollout(
        name="Regionens løp",
        kind=RolloutKind.REGION,
        region=world.group,
        state=RolloutState.PLANNING,
    )
    making.a_rollout(
        name="Andres løp",
        kind=RolloutKind.REGION,
        region=world.other_group,
        state=RolloutState.PLANNING,
    )
    making.a_rollout(name="Hemmelig løp", state=RolloutState.PLANNING, announced=False)
    asked = making.a_rollout(name="Åpent løp", members=(world.own,))
    making.invited(asked, world.own)
    making.a_rollout(name="For andre", members=(world.other,))
    sign_in(Role.DECISION_MAKER)

    page = html(client)

    assert "Regionens løp" in page
    assert "Andres løp" not in page
    assert "Hemmelig løp" not in page
    assert "For andre" not in page
    assert page.count("Åpent løp") == 1


def test_an_answered_question_is_no_longer_asked(
    client: Client, world: World, sign_in: SignIn
) -> None:
    rollout = making.a_rollout(name="Digihelse", members=(world.own,))
    making.an_answer(AnswerState.PENDING, rollout=rollout, municipality=world.own)
    sign_in(Role.DECISION_MAKER)

    page = html(client)

    assert "Svar på invitasjonen til Digihelse" not in page
    assert "Til behandling hos oss, svar ventes" in page


def test_a_place_that_is_offered_comes_first_with_its_deadline(
    client: Client, world: World, sign_in: SignIn
) -> None:
    invite(world, 1)
    rollout = making.a_rollout(name="Fullt løp")
    cohort = making.a_cohort(rollout=rollout, name="Pulje 2", maximum=1)
    making.a_place(cohort=cohort, municipality=world.other)
    making.an_answer(rollout=rollout, municipality=world.own, wishes=(cohort,))
    sign_in(Role.DECISION_MAKER)
    assert "Venter på plass" in html(client)

    # The database itself keeps anybody from offering a seat that is not there.
    Cohort.objects.filter(pk=cohort.pk).update(maximum=2)
    PlaceOffer.objects.create(
        wait=Wait.objects.get(municipality=world.own),
        cohort=cohort,
        offered_at=AT,
        answer_by=date(2027, 3, 20),
    )
    page = html(client)

    offer = page.index("Vil dere ha plassen i Pulje 2 i Fullt løp?")
    assert offer < page.index("Svar på invitasjonen til Løp 0")
    assert "Svar innen 20. mars 2027" in page
    assert "Vil dere ha plassen" in html(client, "/")


def test_the_page_asks_as_often_for_many_rollouts_as_for_one(
    client: Client, world: World, sign_in: SignIn
) -> None:
    invite(world, 1)
    making.a_place(cohort=making.a_cohort(), municipality=world.own)
    give(Role.CONTACT_PERSON, world)
    sign_in(Role.DECISION_MAKER)
    html(client)
    with CaptureQueriesContext(connection) as few:
        html(client)
    invite(world, 6)
    for _ in range(3):
        making.a_place(cohort=making.a_cohort(), municipality=world.own)
    with CaptureQueriesContext(connection) as many:
        html(client)

    assert len(many) == len(few)


def test_min_side_gathers_what_waits(client: Client, world: World, sign_in: SignIn) -> None:
    invite(world, 1)
    sign_in(Role.MUNICIPAL_COORDINATOR)

    page = html(client, "/")

    assert "Svar på invitasjonen til Løp 0" in page
    assert "Den som har fullmakt hos dere, gir svaret." in page

"""«Be om hjelp»: one way in, one thread, and nobody else reads it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.rules import Role
from samlop.messages.models import Message
from samlop.rollouts.models import HelpRequest
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.services import help as services
from samlop.rollouts.services.help_mails import ASKED, REPLIED
from tests import factories as make
from tests.rollout_making import AT, BY, DAY
from tests.web.municipalities.conftest import SignIn, World, give

pytestmark = pytest.mark.django_db

HELP = "/kommuner/4219/hjelp/"


def ask(world: World, *, what: str = "Hvor finner vi malen?") -> HelpRequest:
    return services.ask(
        municipality=world.own,
        solution=None,
        what=what,
        urgency=Urgency.STUCK,
        person=give(Role.PROJECT_LEADER, world),
        by=BY,
        on=DAY,
        at=AT,
    )


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_municipality_asks_and_is_answered_in_the_same_thread(
    client: Client, world: World, sign_in: SignIn
) -> None:
    contact = give(Role.CONTACT_PERSON, world)
    solution = make.solution(name="Kjernejournal")
    asker = sign_in(Role.MUNICIPAL_COORDINATOR)

    sent = client.post(
        HELP, {"what": "Hvor finner vi malen?", "solution": solution.pk, "urgency": "stuck"}
    )
    row = HelpRequest.objects.get()

    assert sent.headers["Location"] == f"{HELP}{row.pk}/"
    assert row.region == world.group
    assert row.asked_as == "Lokal koordinator"
    assert Message.objects.get(kind=ASKED).recipient == contact

    client.force_login(contact)
    home = text(client, "/")
    assert "Svar Evje og Hornnes, som ber om hjelp" in home
    client.post(f"{HELP}{row.pk}/", {"text": "Den ligger under Materiell."})

    assert Message.objects.get(kind=REPLIED).recipient == asker
    client.force_login(asker)
    page = text(client, f"{HELP}{row.pk}/")
    assert "Kjernejournal" in page
    assert page.index("Hvor finner vi malen?") < page.index("Den ligger under Materiell.")
    assert "Les svaret fra regionen" in text(client, "/")

    client.post(f"{HELP}{row.pk}/avslutt/")
    row.refresh_from_db()
    assert row.closed_at is not None
    assert row.closed_by == asker
    assert "Avsluttede spørsmål" in text(client, HELP)
    late = client.post(f"{HELP}{row.pk}/", {"text": "Takk!"})
    assert late.status_code == 422
    assert "Spørsmålet er avsluttet. Still et nytt" in late.content.decode()


def test_a_municipality_outside_every_group_is_told_so(
    client: Client, world: World, sign_in: SignIn
) -> None:
    world.own.region_memberships.filter(region=world.group).delete()
    sign_in(Role.DECISION_MAKER)

    response = client.post(HELP, {"what": "Hjelp", "urgency": "stuck"})

    assert response.status_code == 422
    assert "ikke registrert i noen regional gruppe" in response.content.decode()
    assert not HelpRequest.objects.exists()


def test_an_empty_question_is_not_sent(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.DECISION_MAKER)

    response = client.post(HELP, {"what": "", "urgency": "stuck"})

    assert response.status_code == 422
    assert "Skriv hva dere trenger hjelp til." in response.content.decode()


READS = {
    Role.MUNICIPAL_COORDINATOR,
    Role.DECISION_MAKER,
    Role.PROJECT_LEADER,
    Role.CONTACT_PERSON,
}


@pytest.mark.parametrize("role", Role)
def test_only_the_municipality_and_its_contact_person_read_it(
    client: Client, world: World, sign_in: SignIn, role: Role
) -> None:
    row = ask(world)
    sign_in(role)

    for address in (HELP, f"{HELP}{row.pk}/"):
        assert client.get(address).status_code == (200 if role in READS else 403)


def test_another_region_s_contact_person_does_not_read_it(
    client: Client, world: World, sign_in: SignIn
) -> None:
    row = ask(world)
    sign_in(Role.CONTACT_PERSON)

    assert client.get(f"/kommuner/5536/hjelp/{row.pk}/").status_code == 403


def test_the_contact_person_answers_and_does_not_ask(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.CONTACT_PERSON)

    assert 'name="what"' not in text(client, HELP)
    assert client.post(HELP, {"what": "Hjelp", "urgency": "stuck"}).status_code == 403


def test_a_thread_belongs_to_its_municipality(
    client: Client, world: World, sign_in: SignIn
) -> None:
    other = make.municipality(number="4220", name="Bygland")
    make.membership(of=other, region=world.group)
    row = ask(world)
    sign_in(Role.CONTACT_PERSON)

    assert client.get(f"/kommuner/4220/hjelp/{row.pk}/").status_code == 404


def test_the_list_asks_as_often_for_many_questions_as_for_one(
    client: Client, world: World, sign_in: SignIn
) -> None:
    ask(world)
    sign_in(Role.DECISION_MAKER)
    client.get(HELP)
    with CaptureQueriesContext(connection) as few:
        client.get(HELP)
    for place in range(5):
        ask(world, what=f"Spørsmål {place}")
    with CaptureQueriesContext(connection) as many:
        client.get(HELP)

    assert len(many) == len(few)

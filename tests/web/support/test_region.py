"""A region's municipalities side by side, and the papers for its meetings."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from samlop.accounts.rules import Role
from samlop.governance import services as governance
from samlop.governance.rules import BodyKind
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Invitation, MeetingPaper
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from samlop.rollouts.services import help as help_services
from tests import factories as make
from tests import rollout_making as making
from tests.rollout_making import AT, BY, DAY
from tests.web.municipalities.conftest import SignIn, World, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def members(world: World) -> list[Municipality]:
    """Five more, so that sums may be told."""
    found = []
    for place in range(5):
        one = make.municipality(number=str(4220 + place), name=f"Bygd {place}")
        make.membership(of=one, region=world.group)
        found.append(one)
    return [world.own, *found]


def follow_up(world: World) -> str:
    return f"/regioner/{world.group.slug}/oppfolging/"


def meetings(world: World) -> str:
    return f"/regioner/{world.group.slug}/motegrunnlag/"


def help_asked(world: World) -> None:
    help_services.ask(
        municipality=world.own,
        solution=None,
        what="Vi finner ikke malen",
        urgency=Urgency.STUCK,
        person=give(Role.PROJECT_LEADER, world),
        by=BY,
        on=DAY,
        at=AT,
    )


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_contact_person_sees_who_needs_her(
    client: Client, world: World, members: list[Municipality], sign_in: SignIn
) -> None:
    rollout = making.a_rollout(name="Digihelse", members=tuple(members))
    for one in members:
        making.invited(rollout, one)
    Invitation.objects.filter(municipality=members[2]).update(
        answer_by=DAY - timedelta(days=1), to_call_since=DAY
    )
    making.an_answer(AnswerState.PENDING, rollout=rollout, municipality=members[1])
    help_asked(world)
    sign_in(Role.CONTACT_PERSON)

    page = html(client, follow_up(world))
    silent = html(client, f"{follow_up(world)}?vis=stille")
    region = html(client, f"/regioner/{world.group.slug}/")

    # Whoever asks for help first, then the silent one.
    assert page.index("Evje og Hornnes") < page.index("Bygd 1") < page.index("Bygd 0")
    assert "Vi finner ikke malen" in page
    assert "Digihelse: Til behandling hos oss" in page
    assert "Stille (1)" in page
    assert "Stille – ring" in silent
    assert "Bygd 2" not in silent
    assert "Kommunene nå" in region
    assert "Lag møtegrunnlag" in region
    rows = client.get(f"{follow_up(world)}?format=json").json()["oppfolging"]
    assert len(rows) == len(members)
    assert rows[0]["hjelp"] == 1


def test_the_coordination_group_sees_that_help_is_asked_for_and_not_what(
    client: Client, world: World, sign_in: SignIn
) -> None:
    help_asked(world)
    sign_in(Role.COORDINATION_GROUP_MEMBER)

    page = html(client, follow_up(world))

    assert "1 spørsmål" in page
    assert "Vi finner ikke malen" not in page


@pytest.mark.parametrize("role", Role)
def test_who_follows_up_a_region(client: Client, world: World, sign_in: SignIn, role: Role) -> None:
    sign_in(role)
    sees = {Role.CONTACT_PERSON, Role.COORDINATION_GROUP_MEMBER}

    assert client.get(follow_up(world)).status_code == (200 if role in sees else 403)
    assert client.get(meetings(world)).status_code == (200 if role is Role.CONTACT_PERSON else 403)
    assert ("Kommunene nå" in html(client, f"/regioner/{world.group.slug}/")) is (role in sees)


def test_following_up_asks_as_often_for_many_municipalities_as_for_one(
    client: Client, world: World, sign_in: SignIn
) -> None:
    rollout = making.a_rollout(name="Digihelse", members=(world.own,))
    making.invited(rollout, world.own)
    sign_in(Role.CONTACT_PERSON)
    html(client, follow_up(world))
    with CaptureQueriesContext(connection) as few:
        html(client, follow_up(world))
    for place in range(8):
        one = make.municipality(number=str(4230 + place), name=f"Bygd {place}")
        make.membership(of=one, region=world.group)
        making.invited(rollout, one)
        making.invited(making.a_rollout(), one)
    with CaptureQueriesContext(connection) as many:
        html(client, follow_up(world))

    assert len(many) == len(few)


CHOSEN = {
    "kind": "steering_group",
    "held_on": "2027-03-14",
    "since": "2027-01-01",
    "blocks": ["status", "missing_answers", "full_quarters", "coming", "matters", "help"],
    "own_text": "Velkommen til møtet.",
    "audience": "meeting",
}


def prepared(client: Client, world: World, **other: object) -> MeetingPaper:
    response = client.post(meetings(world), {**CHOSEN, **other})
    assert response.status_code == 302, response.content.decode()
    return MeetingPaper.objects.latest("pk")


def test_a_meeting_paper_hides_who_has_not_answered(
    client: Client, world: World, members: list[Municipality], sign_in: SignIn
) -> None:
    rollout = making.a_rollout(name="Digihelse", members=tuple(members))
    for one in members:
        making.invited(rollout, one)
    making.an_answer(AnswerState.NO, rollout=rollout, municipality=members[1])
    sign_in(Role.CONTACT_PERSON)

    row = prepared(client, world)
    there = f"{meetings(world)}{row.pk}/"
    page = html(client, there)
    own = prepared(client, world, audience="own_use")
    mine = html(client, f"{meetings(world)}{own.pk}/")

    assert "Velkommen til møtet." in page
    assert "vises ikke" in page
    assert "Bygd 0" not in page
    assert "1: Bygd 0" in mine
    word = Document(io.BytesIO(client.get(f"{there}?format=docx").content))
    cells = [cell.text for table in word.tables for line in table.rows for cell in line.cells]
    assert "vises ikke" in cells
    assert client.get(f"{there}?format=pdf").content.startswith(b"%PDF")
    assert client.get(f"{there}?format=odt").status_code == 404


def test_only_the_committees_own_cases_are_on_the_list(
    client: Client, world: World, sign_in: SignIn
) -> None:
    for name, title in (("FPU e-helse", "Felles EPJ-krav"), ("KS", "Kjøp av tjenester")):
        governance.open_case(
            body=governance.create_body(name=name, kind=BodyKind.ADVISORY, by=BY),
            title=title,
            about="Hva den gjelder",
            by=BY,
            on=DAY,
        )
    sign_in(Role.CONTACT_PERSON)

    page = html(client, f"{meetings(world)}{prepared(client, world).pk}/")

    assert "Felles EPJ-krav" in page
    assert "Kjøp av tjenester" not in page


def test_after_the_meeting_its_rollout_is_anchored_there(
    client: Client, world: World, sign_in: SignIn
) -> None:
    own = making.a_rollout(
        name="Regionens løp",
        kind=RolloutKind.REGION,
        region=world.group,
        state=RolloutState.PLANNING,
    )
    other = making.a_rollout(
        name="Andres løp",
        kind=RolloutKind.REGION,
        region=world.other_group,
        state=RolloutState.PLANNING,
    )
    sign_in(Role.CONTACT_PERSON)
    row = prepared(client, world)
    there = f"{meetings(world)}{row.pk}/"

    foreign = client.post(there, {"rollouts": [other.pk], "minutes": ""})
    client.post(there, {"rollouts": [own.pk], "minutes": "https://example.org/referat"})

    assert foreign.status_code == 422
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.anchored_in == f"Styringsgruppe, {world.group.name}"
    assert own.anchored_on == DAY
    assert own.anchored_link == "https://example.org/referat"
    assert other.anchored_on is None
    assert "Tatt opp, registrert" in html(client, there)


def test_a_meeting_to_come_has_taken_up_nothing(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.CONTACT_PERSON)
    row = prepared(client, world, held_on="2027-04-01")

    page = html(client, f"{meetings(world)}{row.pk}/")

    assert "Fra og med 1. april 2027 kan dere krysse av" in page
    assert 'name="minutes"' not in page


def test_a_paper_without_parts_is_refused(client: Client, world: World, sign_in: SignIn) -> None:
    sign_in(Role.CONTACT_PERSON)

    response = client.post(meetings(world), {**CHOSEN, "blocks": [], "own_text": ""})

    assert response.status_code == 422
    assert "Kryss av for minst én del" in response.content.decode()


def test_the_next_paper_begins_where_the_last_meeting_ended(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.CONTACT_PERSON)
    prepared(client, world, held_on="2027-03-01")

    assert 'name="since" value="2027-03-01"' in html(client, meetings(world))


def test_other_kinds_of_region_have_nobody_who_follows_up(
    client: Client, world: World, sign_in: SignIn
) -> None:
    sign_in(Role.COORDINATION_GROUP_MEMBER)

    assert client.get("/regioner/agder/oppfolging/").status_code == 404

"""Inviting: only the working group, nothing before it is looked over, and few queries."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.messages.models import Message
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.municipalities.rules.kinds import LanguageForm, RegionKind
from samlop.rollouts.models import Invitation, InvitationLink, Rollout
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.rollouts import TargetGroup
from samlop.rollouts.services import invitations as services
from samlop.web import clock
from tests import factories as make
from tests import rollout_making as making
from tests.inviting import ANSWER_BY, CHANGE_UNTIL, a_municipality, fill, invite, ready
from tests.rollout_making import BY, DAY
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(timezone, "now", lambda: making.AT + timedelta(hours=1))


@pytest.fixture
def leader(client: Client) -> Person:
    return sign_in(client, Role.ROLLOUT_LEADER)


def here(rollout: Rollout, rest: str = "inviter/") -> str:
    return f"/innforingslop/{rollout.slug}/{rest}"


def number(place: Municipality) -> str:
    return MunicipalityCode.objects.get(municipality=place).number


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def form(*places: Municipality, **more: str) -> dict[str, object]:
    return {
        "kommune": [str(one.pk) for one in places],
        "answer_by": ANSWER_BY.isoformat(),
        "change_until": CHANGE_UNTIL.isoformat(),
        **more,
    }


def test_every_municipality_stands_with_why_it_is_not_proposed(
    client: Client, leader: Person
) -> None:
    inside, outside = a_municipality("Inne"), a_municipality("Ute")
    rollout = ready(inside, leader=leader)
    page = text(client, here(rollout))

    assert "Inviter Inne" in page
    assert "Inviter Ute" not in page
    assert "Ikke i målgruppen" in page
    assert "2 kommuner, 1 kan inviteres" in page
    assert f'value="{inside.pk}" aria-label="Inviter Inne" checked' in page
    assert "Ute" not in text(client, here(rollout) + "?vis=kan")
    assert "Inne" not in text(client, here(rollout) + "?q=ute&vis=ikke")
    assert outside.pk


def test_those_that_may_be_invited_stand_first_and_nobody_need_be_ticked(
    client: Client, leader: Person
) -> None:
    first, last = a_municipality("Aust"), a_municipality("Vest")
    rollout = ready(last, leader=leader)
    page = text(client, here(rollout))
    assert page.index("Inviter Vest") < page.index(">Aust<")
    assert f'value="{last.pk}" aria-label="Inviter Vest" checked' in page
    assert f'value="{last.pk}" aria-label="Inviter Vest">' in text(
        client, here(rollout) + "?kryss=ingen"
    )
    # Nobody to invite: nothing to choose a deadline for.
    assert "Se over før du sender" not in text(client, here(rollout) + "?vis=ikke")
    assert first.pk


def test_why_one_is_outside_follows_from_whom_it_is_for(client: Client, leader: Person) -> None:
    inside, outside = a_municipality("Inne"), a_municipality("Ute")
    rollout = ready(inside, leader=leader)
    assert "kommunen har innført løsningen" in text(client, here(rollout))
    Rollout.objects.filter(pk=rollout.pk).update(target=TargetGroup.BOOST.value)
    page = text(client, here(rollout))
    assert "kommunen har innført løsningen" not in page
    assert "kommunen har ikke innført løsningen, eller bruker den aktivt" in page
    assert outside.pk


def test_what_keeps_everybody_from_being_invited_is_said_first(
    client: Client, leader: Person
) -> None:
    place = a_municipality()
    rollout = ready(place, complete=False, leader=leader)
    page = text(client, here(rollout))
    assert "Beslutningsgrunnlaget mangler" in page
    answer = client.post(here(rollout), form(place, send="1"))
    assert answer.status_code == 422
    assert "ikke komplett" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_it_is_looked_over_before_anything_is_sent(client: Client, leader: Person) -> None:
    first, second = a_municipality("Utsira"), a_municipality("Vik", postmottak="")
    rollout = ready(first, second, leader=leader)
    seen = client.post(here(rollout), form(first, second))

    page = unescape(seen.content.decode())
    assert seen.status_code == 200
    assert "Inviter 2 kommuner" in page
    assert "2 personer får hver sin e-post" in page
    assert "postmottaket ikke er kjent: Vik" in page
    assert "10. mai 2027" in page
    assert not Invitation.objects.exists()

    back = client.post(here(rollout), form(first, tilbake="1"))
    assert f'value="{first.pk}" aria-label="Inviter Utsira" checked' in back.content.decode()
    assert f'value="{second.pk}" aria-label="Inviter Vik" checked' not in back.content.decode()

    done = client.post(here(rollout), form(first, second, send="1"))
    assert done.status_code == 302
    assert Invitation.objects.count() == 2
    assert "2 kommuner er invitert. E-postene er på vei." in text(client, done.url)  # type: ignore[attr-defined]
    again = client.post(here(rollout), form(first, send="1"))
    assert again.status_code == 422
    assert "Er invitert allerede" in unescape(again.content.decode())


def test_a_bad_deadline_is_warned_of_and_an_impossible_one_refused(
    client: Client, leader: Person
) -> None:
    place = a_municipality()
    rollout = ready(place, leader=leader)
    early = form(place) | {"answer_by": "2027-03-27", "change_until": "2027-04-30"}
    page = unescape(client.post(here(rollout), early).content.decode())
    assert "kortere enn seks uker" in page
    assert "i påsken" in page
    past = form(place) | {"answer_by": DAY.isoformat()}
    answer = client.post(here(rollout), past)
    assert answer.status_code == 422
    assert "må være etter i dag" in unescape(answer.content.decode())
    assert client.post(here(rollout), form(place) | {"answer_by": ""}).status_code == 422


def test_where_the_room_is_used_up_the_reason_is_asked_for(client: Client, leader: Person) -> None:
    place = a_municipality("Full")
    fill(place)
    rollout = ready(place, leader=leader)
    page = unescape(client.post(here(rollout), form(place)).content.decode())
    assert "Hvorfor inviteres Full" in page

    assert "kommuner som ikke har rom for mer" not in page

    refused = client.post(here(rollout), form(place, send="1"))
    assert refused.status_code == 422
    done = client.post(
        here(rollout), form(place, send="1", **{f"grunn-{place.pk}": "Dere ba om det."})
    )
    assert done.status_code == 302
    assert Invitation.objects.get().room_reason == "Dere ba om det."


def test_one_reason_may_hold_for_all_that_get_none_of_their_own(
    client: Client, leader: Person
) -> None:
    places = [a_municipality(name) for name in ("En", "To")]
    for place in places:
        fill(place)
    rollout = ready(*places, leader=leader)
    page = unescape(client.post(here(rollout), form(*places)).content.decode())
    assert "kommuner som ikke har rom for mer" in page
    own = {f"grunn-{places[0].pk}": "Dere ba om det.", "grunn": "Fristen er kort."}
    assert client.post(here(rollout), form(*places, send="1", **own)).status_code == 302
    found = dict(Invitation.objects.values_list("municipality_id", "room_reason"))
    assert found == {places[0].pk: "Dere ba om det.", places[1].pk: "Fristen er kort."}


def test_the_letter_can_be_read_as_any_municipality_in_its_language(
    client: Client, leader: Person
) -> None:
    place = a_municipality("Utsira", form=LanguageForm.NYNORSK)
    rollout = ready(place, leader=leader)
    page = text(client, here(rollout, f"inviter/{number(place)}/"))
    assert 'lang="nn"' in page
    assert "Utsira" in page
    assert not Message.objects.exists()
    assert client.get(here(rollout, "inviter/0000/")).status_code == 404


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CONTACT_PERSON, Role.DECISION_MAKER])
def test_nobody_else_invites(client: Client, role: Role) -> None:
    place = a_municipality()
    rollout = ready(place)
    sign_in(client, role)
    assert client.get(here(rollout)).status_code == 403
    assert client.post(here(rollout), form(place, send="1")).status_code == 403
    assert client.get(here(rollout, f"inviter/{number(place)}/")).status_code == 403
    client.logout()
    assert client.get(here(rollout)).status_code == 302
    assert not Invitation.objects.exists()


# --- what becomes of it ---


def test_the_silent_the_waiting_and_those_to_call_are_told_apart(
    client: Client, leader: Person
) -> None:
    names = ["Stille", "Venter", "Ringes", "Svart"]
    places = [a_municipality(name) for name in names]
    silent, waits, called, answered = places
    rollout = ready(*places, leader=leader)
    invite(rollout, *places)
    Invitation.objects.filter(municipality=called).update(to_call_since=DAY, reminders=2)
    making.an_answer(AnswerState.PENDING, rollout=rollout, municipality=waits)
    making.an_answer(AnswerState.OBSERVE, rollout=rollout, municipality=answered)

    page = text(client, here(rollout, "invitasjoner/"))
    assert "4 invitasjoner" in page
    assert "0 av 4 e-poster er sendt" in page
    assert "svar ventes 1. mai 2027" in page
    for code, name in zip(["stille", "behandling", "ring", "svart"], names, strict=True):
        found = text(client, here(rollout, f"invitasjoner/?vis={code}"))
        shown = [one for one in names if f'/{number(places[names.index(one)])}/">{one}<' in found]
        assert shown == [name]
    assert silent.pk

    # By name too; the file holds the rows of the page.
    filtered = here(rollout, "invitasjoner/?q=ring")
    assert "1 invitasjon<" in text(client, filtered)
    file = client.get(f"{filtered}&format=csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[:2] for line in file[1:]] == [["Ringes", "Ring"]]
    assert client.get(f"{filtered}&format=xlsx").status_code == 200


def test_the_sending_shows_how_far_it_has_come_and_stops_asking(
    client: Client, leader: Person
) -> None:
    place = a_municipality()
    rollout = ready(place, leader=leader)
    invite(rollout, place)
    headers = {"HX-Request": "true", "HX-Target": "fremdrift"}
    address = here(rollout, "invitasjoner/")
    assert "every 2s" in client.get(address, headers=headers).content.decode()

    Message.objects.update(state="sent", sent_at=making.AT, next_attempt_at=None)
    block = client.get(address, headers=headers).content.decode()
    assert "1 av 1 e-poster er sendt" in block
    assert "0 lenker er åpnet." in block
    assert "every 2s" not in block
    assert "<table" not in block


def test_one_invitation_its_links_and_taking_them_back(client: Client, leader: Person) -> None:
    place = a_municipality("Utsira", deciders=2)
    rollout = ready(place, leader=leader)
    invite(rollout, place)
    at = here(rollout, f"invitasjoner/{number(place)}/")
    page = text(client, at)
    assert page.count("Ikke åpnet") == 2
    assert "Kopi til postmottak" in page

    first = InvitationLink.objects.order_by("pk")[0]
    assert client.post(f"{at}steng-lenke/", {"lenke": first.pk}).status_code == 302
    assert "Virker ikke lenger" in text(client, at)
    assert client.post(f"{at}steng-lenke/", {"lenke": 0}).status_code == 404

    assert client.post(f"{at}trekk/", {"reason": ""}).status_code == 422
    assert client.post(f"{at}trekk/", {"reason": "Feil kommune"}).status_code == 302
    assert Invitation.objects.get().withdrawn_reason == "Feil kommune"
    assert client.get(at).status_code == 404


def test_each_sees_the_invitations_she_may_know_of(client: Client) -> None:
    own, other = a_municipality("Egen"), a_municipality("Andres")
    rollout = ready(own, other)
    invite(rollout, own, other)
    group = make.region(kind=RegionKind.EHEALTH_GROUP, members=(own,))
    contact = make.person()
    accounts.grant(person=contact, role=Role.CONTACT_PERSON, region=group, by=BY, on=DAY)
    client.force_login(contact)

    page = text(client, here(rollout, "invitasjoner/"))
    assert ">Egen<" in page
    assert "Utsending" not in page
    assert ">Andres<" not in page
    assert "Steng lenken" not in text(client, here(rollout, f"invitasjoner/{number(own)}/"))
    assert client.get(here(rollout, f"invitasjoner/{number(other)}/")).status_code == 403
    at = here(rollout, f"invitasjoner/{number(own)}/")
    assert client.post(f"{at}trekk/", {"reason": "Nei"}).status_code == 403
    link = InvitationLink.objects.order_by("pk")[0]
    assert client.post(f"{at}steng-lenke/", {"lenke": link.pk}).status_code == 403

    sign_in(client, Role.ANALYST)
    assert client.get(here(rollout, "invitasjoner/")).status_code == 403


def test_the_contact_person_finds_whom_to_call_with_a_phone_number(client: Client) -> None:
    place, elsewhere = a_municipality("Utsira"), a_municipality("Langt unna")
    rollout = ready(place, elsewhere)
    invite(rollout, place, elsewhere)
    Invitation.objects.update(to_call_since=DAY, reminders=2)
    Person.objects.filter(memberships__municipality=place).update(phone="51 75 41 00")
    group = make.region(kind=RegionKind.EHEALTH_GROUP, members=(place,))
    contact = make.person()
    accounts.grant(person=contact, role=Role.CONTACT_PERSON, region=group, by=BY, on=DAY)
    client.force_login(contact)

    page = text(client, "/innforingslop/ring/")
    assert "Utsira" in page
    assert 'href="tel:51754100"' in page
    assert "Langt unna" not in page
    # From the list to what they said, which came by telephone.
    [register] = re.findall(r'href="([^"]*/mottatt/[^"]*)"', page)
    form = text(client, register)
    assert re.search(r'name="kanal" value="phone"[^>]* checked', form)
    making.an_answer(AnswerState.OBSERVE, rollout=rollout, municipality=place)
    assert "Ingen å ringe nå" in text(client, "/innforingslop/ring/")

    sign_in(client, Role.DECISION_MAKER)
    assert client.get("/innforingslop/ring/").status_code == 403


def test_the_pages_do_not_ask_more_for_many_municipalities(
    client: Client,
    leader: Person,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    places = [a_municipality() for _ in range(30)]
    rollout = ready(*places, leader=leader)
    with django_assert_max_num_queries(75):
        client.get(here(rollout))
    invite(rollout, *places)
    with django_assert_max_num_queries(30):
        client.get(here(rollout, "invitasjoner/"))
    services.remind_due(on=date(2027, 4, 26), at=making.AT + timedelta(days=43))
    with django_assert_max_num_queries(30):
        client.get(here(rollout, "invitasjoner/?vis=stille"))

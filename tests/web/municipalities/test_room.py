"""«Rom for nytt»: answers are kept, and nobody overwrites what somebody else has answered."""

from datetime import date

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Blackout, CapacityHours, Municipality, RoomAnswer
from samlop.municipalities.rules.kinds import CapacityRole, Room
from samlop.web import clock
from tests.web.municipalities.conftest import SignIn, World

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
FIRST = Quarter(2027, 1)
ROOM = "/kommuner/4219/rom-for-nytt/"
HOURS = "/kommuner/4219/rom-for-nytt/timer/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _coordinator(sign_in: SignIn) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)


def answered(municipality: Municipality) -> dict[Quarter, Room]:
    return {
        Quarter.of(row.quarter): Room(row.room)
        for row in RoomAnswer.objects.filter(municipality=municipality)
    }


def store(municipality: Municipality, quarter: Quarter, room: Room) -> None:
    RoomAnswer.objects.create(municipality=municipality, quarter=quarter.starts_on, room=room.value)


def test_the_page_asks_about_the_next_four_quarters_and_eight_on_request(client: Client) -> None:
    four = client.get(ROOM).content.decode()
    eight = client.get(f"{ROOM}?kvartaler=8").content.decode()

    assert four.count('class="room-question"') == 4
    assert "1. kvartal 2027" in four
    assert eight.count('class="room-question"') == 8


def test_answers_are_saved_and_the_page_says_when_and_by_which_role(
    client: Client, world: World
) -> None:
    response = client.post(
        ROOM,
        {"rom-2027-1": "plenty", "sett-2027-1": "-", "rom-2027-2": "full", "sett-2027-2": "-"},
        follow=True,
    )

    assert answered(world.own) == {FIRST: Room.PLENTY, Quarter(2027, 2): Room.FULL}
    page = response.content.decode()
    assert "Takk, svarene er lagret." in page
    assert "av lokal koordinator." in page
    assert Event.objects.get(code="municipalities.capacity.changed").actor_label == (
        "Lokal koordinator"
    )


def test_a_stale_answer_is_refused_and_what_was_chosen_stays(client: Client, world: World) -> None:
    store(world.own, FIRST, Room.FULL)
    stale = {"rom-2027-1": "plenty", "sett-2027-1": "-", "rom-2027-2": "some", "sett-2027-2": "-"}

    response = client.post(ROOM, stale)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Noen andre endret dette mens du fylte ut" in page
    assert "Nå lagret: Fullt" in page
    assert page.count('value="plenty" checked') == 1
    assert page.count('value="some" checked') == 1
    assert answered(world.own) == {FIRST: Room.FULL}

    # The page now carries what is stored: sending it again is a choice made knowingly.
    assert '<input type="hidden" name="sett-2027-1" value="full">' in page
    again = client.post(ROOM, stale | {"sett-2027-1": "full"})
    assert again.status_code == 302
    assert answered(world.own)[FIRST] is Room.PLENTY


def test_a_stale_page_shows_what_is_stored_where_she_chose_nothing(
    client: Client, world: World
) -> None:
    for quarter in (FIRST, Quarter(2027, 2)):
        store(world.own, quarter, Room.FULL)
    stale = {"rom-2027-1": "plenty", "sett-2027-1": "-", "sett-2027-2": "-"}

    page = client.post(ROOM, stale).content.decode()

    second = page.split('id="id_rom-2027-2"')[1].split("</fieldset>")[0]
    assert 'value="full" checked' in second
    assert "Nå lagret" not in second


def test_a_period_that_does_not_suit_is_saved_with_the_answers(
    client: Client, world: World
) -> None:
    client.post(
        ROOM,
        {
            "rom-2027-1": "some",
            "sett-2027-1": "-",
            "starts": "2027-02-01",
            "last": "2027-02-07",
            "reason": "bytter journalsystem",
        },
    )

    blackout = Blackout.objects.get(municipality=world.own)
    assert (blackout.valid_from, blackout.valid_to) == (date(2027, 2, 1), date(2027, 2, 8))
    assert answered(world.own) == {FIRST: Room.SOME}


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"starts": "2027-02-01"}, "Velg den siste dagen."),
        ({"last": "2027-02-01", "reason": "valg"}, "Velg den første dagen."),
        ({"starts": "2027-02-01", "last": "2027-02-01"}, "Skriv kort hvorfor."),
        ({"starts": "i morgen", "last": "2027-02-01", "reason": "valg"}, "Skriv datoen slik"),
        (
            {"starts": "2027-02-07", "last": "2027-02-01", "reason": "valg"},
            "Perioden slutter før den begynner.",
        ),
    ],
)
def test_a_refused_period_saves_nothing_and_loses_nothing(
    client: Client, world: World, period: dict[str, str], words: str
) -> None:
    response = client.post(ROOM, {"rom-2027-1": "some", "sett-2027-1": "-"} | period)

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'value="some" checked' in page
    assert not answered(world.own)
    assert not Blackout.objects.exists()


def test_a_choice_that_is_none_of_ours_is_refused(client: Client, world: World) -> None:
    response = client.post(ROOM, {"rom-2027-1": "kanskje", "sett-2027-1": "-"})

    assert response.status_code == 422
    assert "Velg god plass, litt eller fullt." in response.content.decode()
    assert not answered(world.own)


def test_a_period_is_removed_only_after_a_question(client: Client, world: World) -> None:
    row = Blackout.objects.create(
        municipality=world.own, valid_from="2027-02-01", valid_to="2027-02-08", reason="<b>valg</b>"
    )
    address = f"{ROOM}passer-ikke/{row.pk}/fjern/"

    page = client.get(address).content.decode()
    assert "&lt;b&gt;valg&lt;/b&gt;" in page
    assert Blackout.objects.exists()

    response = client.post(address, follow=True)
    assert not Blackout.objects.exists()
    assert "er fjernet" in response.content.decode()


# --- hours ---


def hours(municipality: Municipality) -> dict[tuple[str, str], int]:
    return {
        (str(Quarter.of(row.quarter)), row.role): row.hours
        for row in CapacityHours.objects.filter(municipality=municipality)
    }


def test_an_estimate_is_shown_until_the_municipality_gives_its_own_hours(
    client: Client, world: World
) -> None:
    # 3 700 inhabitants and no answer: «litt», 10 hours of IT a quarter.
    assert client.get(HOURS).content.decode().count("Anslag: 10 timer") == 4

    client.post(HOURS, {"timer-2027-1-it": "40", "sett-2027-1-it": "-"})

    assert hours(world.own) == {("2027-1", "it"): 40}
    page = client.get(HOURS).content.decode()
    assert page.count("Anslag: 10 timer") == 3
    assert "Deres eget tall. Anslaget er 10 timer." in page
    assert page.count("Tilbake til anslag") == 1


def test_back_to_the_estimate_takes_one_quarters_figures_away_and_keeps_what_was_typed(
    client: Client, world: World
) -> None:
    for number in (1, 2):
        CapacityHours.objects.create(
            municipality=world.own,
            quarter=Quarter(2027, number).starts_on,
            role=CapacityRole.IT.value,
            hours=40,
        )
    client.post(
        HOURS,
        {
            "timer-2027-1-it": "40",
            "sett-2027-1-it": "40",
            "timer-2027-2-it": "50",
            "sett-2027-2-it": "40",
            "tilbake": "2027-1",
        },
    )

    assert hours(world.own) == {("2027-2", "it"): 50}


@pytest.mark.parametrize("typed", ["mange", "-1", "2001", "1,5"])
def test_hours_that_are_no_hours_are_refused_and_stay_in_the_field(
    client: Client, world: World, typed: str
) -> None:
    response = client.post(HOURS, {"timer-2027-1-it": typed, "sett-2027-1-it": "-"})

    assert response.status_code == 422
    assert f'value="{typed}"' in response.content.decode()
    assert not hours(world.own)


def test_stale_hours_are_refused_and_the_stored_ones_are_named(
    client: Client, world: World
) -> None:
    CapacityHours.objects.create(
        municipality=world.own, quarter=FIRST.starts_on, role=CapacityRole.IT.value, hours=30
    )

    response = client.post(HOURS, {"timer-2027-1-it": "40", "sett-2027-1-it": "-"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nå lagret: 30 timer" in page
    assert 'value="40"' in page
    assert hours(world.own) == {("2027-1", "it"): 30}

"""The pages of an answer: asked, given, registered by others, moved, left, and let to a host."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Answer, Cohort, Grant, Place, PlaceOffer, ReceivedAnswer, Rollout
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.web import clock
from tests import factories as make
from tests.rollout_making import (
    AT,
    a_cohort,
    a_decision_maker,
    a_place,
    a_worker,
    an_answer,
    invited,
)

pytestmark = pytest.mark.django_db

TODAY = date(2027, 3, 14)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    # The database holds the day an answer is given against the moment it is recorded.
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def cohort() -> Cohort:
    return a_cohort(maximum=1)


def address(cohort: Cohort, part: str = "") -> str:
    return f"/innforingslop/{cohort.rollout.slug}/svar/9042/{part}"


def answered(client: Client, cohort: Cohort, **fields: object) -> str:
    """The page that comes after an answer is sent."""
    data = {"sett": "0", "tekst": "", "saksnummer": "", **fields}
    return client.post(address(cohort), data, follow=True).content.decode()


def test_the_decision_maker_says_yes_and_gets_a_receipt(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    invited(cohort.rollout, place)
    client.force_login(a_decision_maker(place))
    asked = client.get(address(cohort)).content.decode()
    assert "Ja, vi blir med" in asked
    assert "Hvilken pulje ønsker dere helst?" in asked

    receipt = answered(client, cohort, svar="yes", pulje_1=str(cohort.pk), saksnummer="26/1234")

    assert "Svaret er registrert" in receipt
    assert "26/1234" in receipt
    assert Place.objects.get().municipality == place
    shown = client.get(address(cohort)).content.decode()
    assert "Dere har plass i Pulje 1" in shown
    pdf = client.get(address(cohort, "kvittering/?format=pdf"))
    assert pdf.content.startswith(b"%PDF")
    assert b"BEGIN:VEVENT" in client.get(address(cohort, "kvittering/?format=ics")).content


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Velg et svar."),
        ({"svar": "no"}, "Velg en grunn."),
        ({"svar": "later", "grunn": "economy"}, "Skriv når vi skal spørre igjen"),
        ({"svar": "pending"}, "Skriv når dere venter å kunne svare."),
        ({"svar": "pending", "ventes": "2027-03-01"}, "Skriv en dag som ikke har vært."),
    ],
)
def test_what_is_missing_is_said(
    client: Client,
    cohort: Cohort,
    place: Municipality,
    fields: dict[str, object],
    sentence: str,
) -> None:
    invited(cohort.rollout, place)
    client.force_login(a_decision_maker(place))

    assert sentence in answered(client, cohort, **fields)
    assert not Answer.objects.exists()


def test_whoever_waits_reads_why_and_takes_the_place_that_is_offered(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    first = make.municipality()
    goes, own = a_decision_maker(first), a_decision_maker(place)
    a_place(cohort=cohort, municipality=first, by=goes)
    invited(cohort.rollout, place)
    client.force_login(own)
    answered(client, cohort, svar="yes")
    page = client.get(address(cohort)).content.decode()
    assert "venteliste som nummer 1" in page
    assert "Alle plassene i Pulje 1 er tatt." in page

    an_answer(AnswerState.NO, rollout=cohort.rollout, municipality=first, by=goes)
    offer = PlaceOffer.objects.get()
    assert "Det er et tilbud om plass i Pulje 1" in client.get(address(cohort)).content.decode()
    done = client.post(address(cohort, "tilbud/"), {"tilbud": offer.pk, "svar": "ta"}, follow=True)

    assert "Dere har fått plass i Pulje 1." in done.content.decode()


def test_letting_the_next_have_it_is_asked_once_more(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    first = make.municipality()
    goes, own = a_decision_maker(first), a_decision_maker(place)
    a_place(cohort=cohort, municipality=first, by=goes)
    invited(cohort.rollout, place)
    client.force_login(own)
    answered(client, cohort, svar="yes")
    # Nothing is offered: there is nothing to say no to.
    assert client.get(address(cohort, "tilbud/")).status_code == 302

    an_answer(AnswerState.NO, rollout=cohort.rollout, municipality=first, by=goes)
    asked = client.get(address(cohort, "tilbud/")).content.decode()
    assert "Plassen går til den neste." in asked
    offer = PlaceOffer.objects.get()
    assert f'name="tilbud" value="{offer.pk}"' in asked
    done = client.post(
        address(cohort, "tilbud/"), {"tilbud": str(offer.pk), "svar": "nei"}, follow=True
    )
    assert "Dere står fortsatt på ventelisten." in done.content.decode()
    offer.refresh_from_db()
    assert offer.outcome == "declined"


def test_whoever_answers_an_old_page_sees_what_stands_and_can_answer_anew(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    own = a_decision_maker(place)
    invited(cohort.rollout, place)
    client.force_login(own)
    fields: dict[str, object] = {"svar": "observe", "tekst": "Vi ser."}
    an_answer(AnswerState.YES, rollout=cohort.rollout, municipality=place, by=own)
    refused = answered(client, cohort, **fields)
    assert "Noen har svart for kommunen mens du så på siden." in refused
    assert 'name="sett" value="1"' in refused
    # The same page sent again is an answer to what it showed.
    assert "Svaret er registrert" in answered(client, cohort, **fields | {"sett": "1"})


def test_whoever_has_a_place_is_told_before_another_answer_costs_it(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    own = a_decision_maker(place)
    invited(cohort.rollout, place)
    client.force_login(own)
    warning = "mister dere plassen i Pulje 1."
    assert warning not in client.get(address(cohort)).content.decode()
    a_place(cohort=cohort, municipality=place, by=own)
    assert warning in client.get(address(cohort)).content.decode()


def test_the_page_of_a_rollout_begins_with_what_it_asks_of_one_s_own_municipality(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    own = a_decision_maker(place)
    here = f"/innforingslop/{cohort.rollout.slug}/"

    def shown() -> str:
        return client.get(here).content.decode()

    client.force_login(own)
    assert f'href="{address(cohort)}"' not in shown()
    invited(cohort.rollout, place)
    assert f'href="{address(cohort)}">Svar på invitasjonen til' in shown()
    a_place(cohort=cohort, municipality=place, by=own)
    assert f'href="{address(cohort)}">Pulje 1 · ' in shown()
    an_answer(AnswerState.OBSERVE, rollout=cohort.rollout, municipality=place, by=own)
    assert f'href="{address(cohort)}">Vi følger med' in shown()
    client.force_login(a_decision_maker(make.municipality()))
    assert f'href="{address(cohort)}"' not in shown()


def test_what_is_left_stands_beside_each_cohort(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    a_place(cohort=cohort, municipality=make.municipality())
    a_cohort(rollout=cohort.rollout, maximum=1, starts_on=cohort.starts_on + timedelta(days=90))
    invited(cohort.rollout, place)
    client.force_login(a_decision_maker(place))
    page = client.get(address(cohort)).content.decode()
    assert "(ingen ledig plass)" in page
    assert "(1 ledig plass)" in page


def test_after_the_day_a_place_is_left_and_not_answered_anew(
    client: Client, cohort: Cohort, place: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = a_decision_maker(place)
    invited(cohort.rollout, place)
    a_place(cohort=cohort, municipality=place, by=own)
    client.force_login(own)
    assert "Endre svaret" in client.get(address(cohort)).content.decode()
    monkeypatch.setattr(clock, "today", lambda: cohort.change_until + timedelta(days=1))
    page = client.get(address(cohort)).content.decode()
    assert "Endre svaret" not in page
    assert "Svaret kunne endres til og med" in page
    # There is nowhere to move: said, and not a form without a choice.
    moved = client.get(address(cohort, "flytt/"), follow=True).content.decode()
    assert "Det er ingen andre puljer å flytte til nå." in moved


def test_why_nobody_can_answer_now_is_said_with_what_one_can_do(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    client.force_login(a_decision_maker(place))
    uninvited = client.get(address(cohort)).content.decode()
    assert "Kommunen er ikke invitert til dette innføringsløpet." in uninvited
    assert 'href="/kommuner/9042/interesse/"' in uninvited
    invited(cohort.rollout, place)
    assert "tar ikke imot svar nå" not in client.get(address(cohort)).content.decode()
    Rollout.objects.update(state=RolloutState.PAUSED.value, state_reason="Feil i versjonen")
    assert "tar ikke imot svar nå" in client.get(address(cohort)).content.decode()


def test_a_coordinator_reads_who_may_answer(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    invited(cohort.rollout, place)
    coordinator = make.person()
    accounts.grant(
        person=coordinator,
        role=Role.MUNICIPAL_COORDINATOR,
        municipality=place,
        by=Machine("tests"),
        on=TODAY,
    )
    client.force_login(coordinator)
    assert (
        "Ingen i kommunen er registrert med fullmakt."
        in client.get(address(cohort)).content.decode()
    )
    a_decision_maker(place).memberships.update(title="Kommunedirektør")
    page = client.get(address(cohort)).content.decode()
    assert "Kommunedirektør" in page
    # Whoever writes the case, and the way back to her own page.
    assert f'href="/innforingslop/{cohort.rollout.slug}/grunnlag/9042/saksframlegg/' in page
    assert 'href="/kommuner/9042/"' in page


def test_moving_is_not_leaving(client: Client, cohort: Cohort, place: Municipality) -> None:
    later = a_cohort(rollout=cohort.rollout, starts_on=date(2028, 1, 10))
    own = a_decision_maker(place)
    a_place(cohort=cohort, municipality=place, by=own)
    client.force_login(own)

    client.post(address(cohort, "flytt/"), {"pulje": later.pk})
    assert Place.objects.get(ended_at=None).cohort == later
    assert "Velg en grunn." in client.post(address(cohort, "ga-ut/"), {}).content.decode()
    page = client.post(address(cohort, "ga-ut/"), {"grunn": "capacity"}, follow=True)

    assert "flyttet til en annen pulje" in page.content.decode()
    assert "gikk ut av puljen" in page.content.decode()
    assert not Place.objects.filter(ended_at=None).exists()


def test_what_the_leader_registers_waits_for_the_municipality(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    leader = make.person()
    a_worker(cohort.rollout, leader)
    invited(cohort.rollout, place)
    client.force_login(leader)
    there = f"/innforingslop/{cohort.rollout.slug}/mottatt/9042/"
    assert "(1 ledig plass)" in client.get(there).content.decode()
    data = {"kanal": "email", "svar": "yes", "mottatt": "2027-03-10", "pulje": cohort.pk}
    assert "Skriv hvem som bestemte" in client.post(there, data).content.decode()
    # A call is noted as a signal, and nobody is asked to confirm it.
    called = {"kanal": "phone", "svar": "yes", "mottatt": "2027-03-10"}
    noted = client.post(there, called, follow=True).content.decode()
    assert "Samtalen er notert som et signal." in noted
    ReceivedAnswer.objects.update(withdrawn_at=AT)

    client.post(there, {**data, "hvem": "Kommunestyret"})

    row = ReceivedAnswer.objects.get(channel="email")
    assert row.cohort == cohort
    assert not Place.objects.exists()
    client.force_login(a_decision_maker(place))
    assert "besluttet av Kommunestyret" in client.get(address(cohort)).content.decode()
    answered(client, cohort, svar="yes", pulje_1=str(cohort.pk))
    assert Place.objects.get().municipality == place
    row.refresh_from_db()
    assert row.confirmed_by is not None


def test_a_host_answers_when_the_member_lets_it(
    client: Client, cohort: Cohort, place: Municipality
) -> None:
    host = make.municipality(number="9043", name="Storvik")
    own, hosts = a_decision_maker(place), a_decision_maker(host)
    invited(cohort.rollout, place)
    client.force_login(hosts)
    assert client.get(address(cohort)).status_code == 403

    client.force_login(own)
    there = "/kommuner/9042/fullmakter/"
    assert "Ingen andre svarer for dere" in client.get(there).content.decode()
    given = client.post(
        f"{there}ny/", {"losning": cohort.solution_id, "hvem": f"kommune-{host.pk}"}, follow=True
    )
    assert "Storvik" in given.content.decode()
    client.force_login(hosts)
    theirs = client.get("/kommuner/9043/fullmakter/").content.decode()
    assert f'href="{address(cohort)}"' in theirs
    assert "på vegne av Storvik" in client.get(address(cohort)).content.decode()
    answered(client, cohort, svar="yes")

    assert Place.objects.get().municipality == place
    client.force_login(own)
    client.post(f"{there}{Grant.objects.get().pk}/avslutt/")
    assert Grant.objects.get().valid_to == TODAY + timedelta(days=1)


def test_nobody_else_reads_it(client: Client, cohort: Cohort, place: Municipality) -> None:
    invited(cohort.rollout, place)
    an_answer(AnswerState.NO, rollout=cohort.rollout, municipality=place)
    client.force_login(a_decision_maker(make.municipality()))

    assert client.get(address(cohort)).status_code == 403
    assert client.get(address(cohort, "kvittering/")).status_code == 403
    assert client.get(f"/innforingslop/{cohort.rollout.slug}/mottatt/9042/").status_code == 403


def test_the_waiting_list_is_in_order_with_its_reasons(client: Client, cohort: Cohort) -> None:
    a_place(cohort=cohort, municipality=make.municipality())
    leader = make.person()
    a_worker(cohort.rollout, leader)
    client.force_login(leader)
    there = f"/innforingslop/{cohort.rollout.slug}/venteliste/"
    assert "Ingen venter på plass." in client.get(there).content.decode()
    # A cohort that is over has no room for anybody.
    a_cohort(rollout=cohort.rollout, name="Den første", state=CohortState.FINISHED)
    assert "Den første" not in client.get(there).content.decode()
    an_answer(rollout=cohort.rollout, municipality=make.municipality(name="Havnes"))

    page = client.get(there).content.decode()
    assert "Havnes" in page
    assert "Den som står først, får tilbud når en blir ledig." in page

    # Whoever is found keeps the number it has in the whole line.
    an_answer(rollout=cohort.rollout, municipality=make.municipality(name="Nesøy"))
    found = client.get(f"{there}?q=nesoy").content.decode()
    assert "Nesøy" in found
    assert "Havnes" not in found
    file = client.get(f"{there}?q=nesoy&format=csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[:2] for line in file[1:]] == [["2", "Nesøy"]]
    assert "Ingen kommuner passer" in client.get(f"{there}?q=ukjent").content.decode()


def test_the_waiting_list_asks_the_database_as_often_for_many(
    client: Client, cohort: Cohort
) -> None:
    leader = make.person()
    a_worker(cohort.rollout, leader)
    client.force_login(leader)
    there = f"/innforingslop/{cohort.rollout.slug}/venteliste/"
    a_place(cohort=cohort, municipality=make.municipality())

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(there)
        return len(captured)

    an_answer(rollout=cohort.rollout, municipality=make.municipality())
    count()
    few = count()
    for _ in range(5):
        an_answer(rollout=cohort.rollout, municipality=make.municipality())
    assert count() == few

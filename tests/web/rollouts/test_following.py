"""The leader's table, notes, messages to many and feedback: who sees and does what."""

import csv
import io
import itertools
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.messages.models import Message
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Feedback, LeaderNote, Mailing, ReceivedAnswer, Rollout
from samlop.rollouts.rules.answers import AnswerState, Channel, Reason
from samlop.rollouts.rules.followup import MailingKind, Signal
from samlop.rollouts.services import follow_mails, followup
from samlop.web import clock
from tests import factories as make
from tests.rollout_making import (
    AT,
    BY,
    DAY,
    a_cohort,
    a_place,
    a_rollout,
    a_worker,
    an_answer,
    invited,
)

pytestmark = pytest.mark.django_db
# Apart from those that have a number here.
_numbers = itertools.count(8100)

TABLE = "/innforingslop/lopet/kommuner/"
OWN = f"{TABLE}9042/"
SECRET = "Vi har ikke råd."


def another() -> Municipality:
    return make.municipality(number=str(next(_numbers)))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def place() -> Municipality:
    return make.municipality(number="9042", name="Nyvik")


@pytest.fixture
def group(place: Municipality) -> Region:
    return make.region(kind=RegionKind.EHEALTH_GROUP, slug="gruppen", members=(place,))


@pytest.fixture
def rollout(place: Municipality) -> Rollout:
    """Nyvik said no, Utnes has a place, Stranda is silent."""
    placed = make.municipality(number="9043", name="Utnes")
    silent = make.municipality(number="9044", name="Stranda")
    made = a_rollout(slug="lopet", name="Løpet", members=(place, placed, silent))
    an_answer(AnswerState.NO, rollout=made, municipality=place, reason=Reason.ECONOMY, text=SECRET)
    a_place(cohort=a_cohort(rollout=made, name="Pulje høst"), municipality=placed)
    invited(made, silent)
    return made


Enter = Callable[..., Person]


@pytest.fixture
def enter(client: Client) -> Enter:
    def enter(role: Role, **where: object) -> Person:
        person = make.person()
        accounts.grant(person=person, role=role, by=BY, on=DAY, **where)  # type: ignore[arg-type]
        client.force_login(person)
        return person

    return enter


def works(client: Client, rollout: Rollout) -> Person:
    person = make.person()
    a_worker(rollout, person)
    client.force_login(person)
    return person


def listed(client: Client, query: str = "") -> dict[str, dict[str, str]]:
    answer = client.get(f"{TABLE}?format=csv{query}")
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    return {row["Nummer"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


# --- who sees what ---


def test_a_visitor_sees_places_and_nothing_of_answers(client: Client, rollout: Rollout) -> None:
    html = client.get(TABLE).text
    assert "Pulje høst" in html
    for private in ("Nei takk", "Økonomi", SECRET, "Trenger deg", "Ikke svart", "Skriv til"):
        assert private not in html
    rows = listed(client)
    assert rows["9042"]["Status"] == "I målgruppen"
    assert rows["9043"]["Status"] == "Har plass"
    assert "Grunn" not in rows["9042"]


def test_a_municipality_sees_its_own_answer_only(
    client: Client, rollout: Rollout, place: Municipality, enter: Enter
) -> None:
    enter(Role.MUNICIPAL_COORDINATOR, municipality=place)
    rows = listed(client)
    assert rows["9042"]["Utdyping"] == SECRET
    assert rows["9044"]["Status"] == "I målgruppen"
    assert client.get(OWN).status_code == 200
    assert client.get(f"{TABLE}9044/").status_code == 403


def test_another_municipality_sees_nothing_of_it(
    client: Client, rollout: Rollout, enter: Enter
) -> None:
    enter(Role.DECISION_MAKER, municipality=another())
    assert SECRET not in client.get(TABLE).text
    assert listed(client)["9042"]["Status"] == "I målgruppen"
    assert client.get(OWN).status_code == 403


@pytest.mark.parametrize("role", [Role.CONTACT_PERSON, Role.ROLLOUT_LEADER])
def test_the_contact_person_sees_her_region_and_a_leader_elsewhere_does_not(
    client: Client, rollout: Rollout, group: Region, enter: Enter, role: Role
) -> None:
    enter(role, region=group)
    sees = role is Role.CONTACT_PERSON
    assert listed(client)["9042"]["Status"] == ("Nei takk" if sees else "I målgruppen")
    assert listed(client)["9044"]["Status"] == "I målgruppen"
    assert client.get(OWN).status_code == (200 if sees else 403)


@pytest.mark.parametrize("role", [Role.COORDINATION_GROUP_MEMBER, None])
def test_the_working_group_and_the_coordination_group_see_all(
    client: Client, rollout: Rollout, enter: Enter, role: Role | None
) -> None:
    if role is None:
        works(client, rollout)
    else:
        enter(role)
    rows = listed(client)
    assert rows["9042"]["Status"] == "Nei takk"
    assert rows["9044"]["Status"] == "Ikke svart"
    # Only the working group writes to many.
    assert ("Skriv til dem jeg har krysset av" in client.get(TABLE).text) == (role is None)


@pytest.mark.parametrize("role", [Role.PORTFOLIO_OWNER, Role.ADMINISTRATOR, Role.ANALYST])
def test_national_roles_see_sums_only(
    client: Client, rollout: Rollout, enter: Enter, role: Role
) -> None:
    enter(role)
    assert listed(client)["9042"]["Status"] == "I målgruppen"
    assert client.get(OWN).status_code == 403


# --- the table ---


def test_the_leader_sees_counts_that_sum_up_and_whom_to_turn_to(
    client: Client, rollout: Rollout, monkeypatch: pytest.MonkeyPatch
) -> None:
    works(client, rollout)
    late = DAY + timedelta(days=100)
    monkeypatch.setattr(clock, "today", lambda: late)
    html = client.get(TABLE).text
    assert "1 kommune trenger deg nå." in html
    assert "Over fristen" in html
    assert html.index("Stranda") < html.index("Nyvik") < html.index("Utnes")
    assert list(listed(client, "&trenger=alle")) == ["9044"]
    assert list(listed(client, "&tilstand=no")) == ["9042"]
    assert list(listed(client, "&q=nyv")) == ["9042"]
    assert "Ingen kommuner passer" in client.get(f"{TABLE}?q=finnesikke").text


def test_the_map_and_the_block_for_htmx(client: Client, rollout: Rollout) -> None:
    works(client, rollout)
    assert "<svg" in client.get(f"{TABLE}?visning=kart").text
    block = client.get(f"{TABLE}?q=nyvik", headers={"HX-Request": "true"}).text
    assert "<html" not in block
    assert "Nyvik" in block
    assert "Stranda" not in block


def test_a_cohort_is_chosen_and_those_it_is_not_for_come_last(
    client: Client, rollout: Rollout
) -> None:
    outside = make.municipality(number="9049", name="Annetsted")
    works(client, rollout)
    assert list(listed(client)) == ["9042", "9044", "9043", "9049"]
    assert list(listed(client, "&pulje=Pulje+h%C3%B8st")) == ["9043"]
    cohorts = client.get("/innforingslop/lopet/puljer/").text
    assert f'href="{TABLE}?pulje=Pulje+h%C3%B8st"' in cohorts
    assert outside.pk


def test_she_comes_back_to_the_list_she_had(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    works(client, rollout)
    query = "?trenger=alle&gruppe=gruppen"
    html = client.get(f"{TABLE}?q=nyvik&tilstand=no").text
    one = f"{OWN}?q=nyvik&tilstand=no"
    assert f'href="{one.replace("&", "&amp;")}"' in html
    assert f'href="{TABLE}?q=nyvik&amp;tilstand=no"' in client.get(one).text
    saved = client.post(one, {"text": "Ringt."})
    assert saved["Location"] == f"{one}#notater"
    written = {"kommune": ["9042"], "subject": "Hei", "words": "Til dere.", "liste": query}
    assert f"{TABLE}{query}".replace("&", "&amp;") in client.post(f"{TABLE}melding/", written).text
    sent = client.post(f"{TABLE}melding/", {**written, "send": "1"})
    assert sent["Location"] == f"{TABLE}{query}"


def test_a_note_saved_above_the_table_gives_the_panel_and_the_row(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    works(client, rollout)
    htmx = {"HX-Request": "true"}
    answer = client.post(OWN, {"text": "Ringt.", "signal": "yes"}, headers=htmx)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "Notatet er lagret." in answer.text
    assert "<tr hx-swap-oob=\"outerHTML:tr:has([name=kommune][value='9042'])\">" in answer.text
    refused = client.post(OWN, {"text": ""}, headers=htmx)
    assert refused.status_code == 422
    assert "Skriv en tekst." in refused.text
    assert "hx-swap-oob" not in refused.text
    boosted = client.get(OWN, headers={**htmx, "HX-Boosted": "true"}).text
    assert "data-closes" in boosted
    assert "data-closes" not in client.get(OWN).text


def test_more_municipalities_cost_no_more_queries(client: Client, rollout: Rollout) -> None:
    works(client, rollout)
    cohort = a_cohort(rollout=rollout, maximum=20)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(TABLE).status_code == 200
        return len(found)

    count()
    few = count()
    for _ in range(3):
        a_place(cohort=cohort, municipality=another())
        an_answer(AnswerState.PENDING, rollout=rollout, municipality=another())
    assert count() == few


@pytest.mark.parametrize("path", ["forhandsinformasjon/", "tilbakemeldinger/", "kommuner/9042/"])
def test_more_that_is_said_costs_no_more_queries(
    client: Client, rollout: Rollout, place: Municipality, path: str
) -> None:
    person = works(client, rollout)

    def one_more() -> None:
        followup.tell(rollout=rollout, text="Mer", person=person, by=BY, on=DAY, at=AT)
        followup.note(
            rollout=rollout,
            municipality=place,
            text="Mer",
            signal=None,
            next_contact=None,
            person=person,
            by=BY,
            on=DAY,
            at=AT,
        )
        followup.send(
            rollout=rollout,
            kind=MailingKind.MESSAGE,
            subject=f"Mer {next(_numbers)}",
            words="Mer",
            municipalities=[place.pk],
            by=BY,
            on=DAY,
            at=AT,
        )

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/innforingslop/lopet/{path}").status_code == 200
        return len(found)

    one_more()
    count()
    few = count()
    for _ in range(3):
        one_more()
    assert count() == few


# --- one municipality, and notes ---


def test_the_leader_notes_a_conversation_and_the_municipality_reads_it(
    client: Client, rollout: Rollout, place: Municipality, enter: Enter
) -> None:
    works(client, rollout)
    refused = client.post(OWN, {"text": "", "signal": "", "next_contact": ""})
    assert refused.status_code == 422
    assert "Skriv en tekst." in refused.text
    refused = client.post(OWN, {"text": "x", "next_contact": "2027-01-01"})
    assert "Dagen er passert" in refused.text
    sent = {"text": "Ser på det i mai.", "signal": "unsure", "next_contact": "2027-05-03"}
    assert client.post(OWN, sent).status_code == 302
    note = LeaderNote.objects.get()
    assert (note.signal, note.next_contact) == (Signal.UNSURE.value, date(2027, 5, 3))
    enter(Role.MUNICIPAL_COORDINATOR, municipality=place)
    html = client.get(OWN).text
    assert "Ser på det i mai." in html
    assert "Lagre notatet" not in html
    assert client.post(OWN, sent).status_code == 403


def test_the_contact_person_notes_too_and_takes_back_her_own(
    client: Client, rollout: Rollout, group: Region, enter: Enter
) -> None:
    enter(Role.CONTACT_PERSON, region=group)
    client.post(OWN, {"text": "Ringt."})
    note = LeaderNote.objects.get()
    assert note.written_as == "Kontaktperson e-helse"
    address = f"{OWN}notat/{note.pk}/trekk-tilbake/"
    assert address in client.get(OWN).text
    assert "Ringt." in client.get(address).text
    works(client, rollout)
    assert address not in client.get(OWN).text
    assert "Bare den som skrev notatet" in client.post(address).text
    client.force_login(note.written_by)
    assert client.post(address).status_code == 302
    assert "Ringt." not in client.get(OWN).text


def test_what_came_by_letter_stands_there(
    client: Client, rollout: Rollout, place: Municipality, enter: Enter
) -> None:
    row = ReceivedAnswer.objects.create(
        rollout=rollout,
        municipality=place,
        channel=Channel.LETTER.value,
        state=AnswerState.OBSERVE.value,
        decided_by="kommunestyret",
        received_on=DAY,
        registered_by=make.person(),
        registered_at=AT,
    )
    works(client, rollout)
    html = client.get(OWN).text
    assert "Vi følger med, på brev (kommunestyret)" in html
    assert "Venter på at kommunen bekrefter" in html
    assert f"/{row.pk}/trekk/" in html
    assert "Registrer mottatt svar" in html
    ReceivedAnswer.objects.filter(pk=row.pk).update(withdrawn_at=AT)
    assert "Trukket tilbake" in client.get(OWN).text
    enter(Role.MUNICIPAL_COORDINATOR, municipality=place)
    html = client.get(OWN).text
    assert "på brev" in html
    assert "Registrer mottatt svar" not in html


# --- messages to many ---


def test_a_message_is_seen_before_it_is_sent(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    works(client, rollout)
    address = f"{TABLE}melding/"
    assert client.post(address).status_code == 302
    chosen = {"kommune": ["9042", "9044", "0000"]}
    assert "Skriv til 2 kommuner" in client.post(address, chosen).text
    wrong = {**chosen, "subject": "Hei", "words": "Til {navn}"}
    refused = client.post(address, wrong)
    assert refused.status_code == 422
    assert "«navn»" in refused.text
    right = {**chosen, "subject": "Hei {kommune}", "words": "Frist {svarfrist}.\r\n\r\nHilsen oss"}
    preview = client.post(address, right)
    assert "Hei Nyvik" in preview.text
    assert "Frist 13. mai 2027.</p>" in preview.text
    assert "Ingen å skrive til" in preview.text
    # Neither has a place, and no group helps them.
    assert "ikke kjent" not in preview.text
    dotted = client.post(address, {**right, "words": "Velkommen til {Pulje}."}).text
    assert "{pulje} er ikke kjent for Nyvik, Stranda, og blir «–» der." in dotted
    nobody = client.post(address, {**right, "kommune": "9044"})
    assert "Send meldingen" not in nobody.text
    assert not Mailing.objects.exists()
    assert client.post(address, {**right, "send": "1"}).status_code == 302
    # A second press of the button is not a second message.
    again = client.post(address, {**right, "send": "1"})
    assert "Meldingen er sendt allerede." in again.text
    (message,) = Message.objects.filter(kind=follow_mails.MAILING)
    assert message.context["municipality"] == place.pk
    assert f"{TABLE}melding/?q=" in client.get(f"{TABLE}?q=nyvik").text
    assert "Skriv til 1 kommune" in client.post(f"{address}?q=nyvik&alle=1").text


@pytest.mark.parametrize("path", ["kommuner/melding/", "forhandsinformasjon/"])
def test_only_the_working_group_writes_to_many(
    client: Client, rollout: Rollout, enter: Enter, path: str
) -> None:
    address = f"/innforingslop/lopet/{path}"
    assert client.get(address).status_code == 302
    enter(Role.COORDINATION_GROUP_MEMBER)
    assert client.get(address).status_code == 403
    assert client.post(address, {"kommune": ["9042"]}).status_code == 403


def test_information_beforehand_to_the_target_group(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    works(client, rollout)
    address = "/innforingslop/lopet/forhandsinformasjon/"
    html = client.get(address).text
    assert "Går til 3 kommuner" in html
    assert "Ingen kommuner har meldt interesse ennå." in html
    text = {"subject": "Det kommer", "words": "Til {kommune}", "invitation_on": "2027-04-05"}
    assert "Til Nyvik" in client.post(address, text).text
    assert client.post(address, {**text, "send": "1"}).status_code == 302
    assert Mailing.objects.get().recipients.count() == 3
    assert "Alle kommunene i målgruppen har fått" in client.get(address).text
    again = client.post(address, {**text, "send": "1"})
    assert again.status_code == 422
    assert Mailing.objects.count() == 1


# --- word to the makers ---


def test_feedback_goes_to_the_makers_who_answer(
    client: Client, rollout: Rollout, enter: Enter
) -> None:
    address = "/innforingslop/lopet/tilbakemeldinger/"
    works(client, rollout)
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "Veilederen mangler."}).status_code == 302
    row = Feedback.objects.get()
    reply = f"{address}{row.pk}/svar/"
    assert client.get(reply).status_code == 403
    enter(Role.PROGRAMME, solution_slug=rollout.solution.slug)
    assert "Svar på 1 tilbakemelding fra Løpet" in client.get("/").text
    assert reply in client.get(address).text
    assert client.post(address, {"text": "x"}).status_code == 403
    assert client.post(reply, {"text": "Den kommer i mai."}).status_code == 302
    assert "Den kommer i mai." in client.get(address).text
    assert "tilbakemelding fra Løpet" not in client.get("/").text
    assert "Noen har svart" in client.post(reply, {"text": "Igjen"}).text
    enter(Role.COORDINATION_GROUP_MEMBER)
    assert "Den kommer i mai." in client.get(address).text


@pytest.mark.parametrize(
    "where", [{"solution_slug": "noe-annet"}, {"municipality": None}], ids=["others", "own"]
)
def test_feedback_is_not_for_others(
    client: Client,
    rollout: Rollout,
    place: Municipality,
    enter: Enter,
    where: dict[str, object],
) -> None:
    if "solution_slug" in where:
        enter(Role.PROGRAMME, **where)
    else:
        enter(Role.MUNICIPAL_COORDINATOR, municipality=place)
    assert client.get("/innforingslop/lopet/tilbakemeldinger/").status_code == 403
    assert "tilbakemeldinger" not in client.get(TABLE).text

"""The link in an invitation: read without signing in, answered with a code, sent on."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from samlop.accounts.models import Person
from samlop.audit.models import Event
from samlop.messages.models import Message
from samlop.messages.services import writing
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Answer, InvitationLink, Rollout
from samlop.rollouts.rules.answers import AnswerState, Channel, Mandate
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import invitation_links as links
from samlop.rollouts.services import invitations, received, reopening
from samlop.rollouts.services.received import Told
from samlop.web import clock, formats
from tests import factories as make
from tests import rollout_making as making
from tests.inviting import a_municipality, invite, ready
from tests.rollout_making import BY, DAY

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 15, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def place() -> Municipality:
    return a_municipality("Utsira", postmottak="post@utsira.example")


@pytest.fixture
def rollout(place: Municipality) -> Rollout:
    return ready(place, cohorts=2)


@pytest.fixture
def link(place: Municipality, rollout: Rollout) -> InvitationLink:
    invite(rollout, place)
    made = InvitationLink.objects.get()
    Person.objects.filter(pk=made.person_id).update(email="leder@utsira.example")
    return made


def at(link: InvitationLink, rest: str = "") -> str:
    return f"/invitasjon/{links.token(link)}/{rest}"


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return unescape(answer.content.decode())


def for_code(client: Client, link: InvitationLink, filled: dict[str, str]) -> str:
    """The page that asks for the code, which is read anew and sends nothing."""
    answer = client.post(at(link, "svar/"), filled)
    assert answer.status_code == 302
    assert answer.headers["Location"] == at(link, "svar/?kode")
    return text(client, at(link, "svar/?kode"))


def code() -> str:
    written = writing.mail(Message.objects.filter(kind=links.CODE).latest("pk"))
    assert written is not None
    return written.highlight


# --- reading ---


def test_the_link_reads_the_basis_of_its_own_municipality(
    client: Client, link: InvitationLink, rollout: Rollout
) -> None:
    page = text(client, at(link))
    assert "Invitasjon til Utsira" in page
    assert "En felles måte å arbeide på." in page
    assert "Dere fortsetter som i dag." in page
    assert "Svar innen 10. mai 2027." in page
    assert 'name="robots" content="noindex"' in page
    assert "no-store" in client.get(at(link)).headers["Cache-Control"]
    assert InvitationLink.objects.get().first_opened_at == NOW
    # Nothing else is opened by it.
    assert client.get(f"/innforingslop/{rollout.slug}/grunnlag/").status_code == 302


def test_the_saksframlegg_is_downloaded_without_signing_in(
    client: Client, link: InvitationLink
) -> None:
    word = client.get(at(link, "saksframlegg/?format=docx"))
    document = Document(BytesIO(word.content))
    assert "Utsira" in "\n".join(one.text for one in document.paragraphs)
    assert client.get(at(link, "saksframlegg/?format=pdf")).content.startswith(b"%PDF-")
    assert client.get(at(link, "saksframlegg/?format=exe")).status_code == 404


@pytest.mark.parametrize("rest", ["", "saksframlegg/", "svar/", "send-videre/", "kvittering/"])
def test_a_link_that_is_closed_tells_nothing(
    client: Client, link: InvitationLink, rollout: Rollout, rest: str
) -> None:
    links.revoke(link=link, by=BY, at=NOW)
    for address in (at(link, rest), f"/invitasjon/{link.pk}.falsk/{rest}"):
        page = text(client, address, status=404)
        assert "Lenken virker ikke lenger" in page
        assert "Utsira" not in page
        assert rollout.name not in page
    assert client.post(at(link, rest), {"svar": "yes", "kode": "123456"}).status_code in {404, 405}
    assert not Answer.objects.exists()


def test_the_basis_has_the_days_of_the_invitation(
    client: Client, rollout: Rollout, place: Municipality
) -> None:
    first = rollout.cohorts.get(number=1)
    second = making.a_cohort(rollout=rollout, starts_on=first.starts_on + timedelta(days=120))
    invite(rollout, place, cohort=second)
    page = text(client, at(InvitationLink.objects.get()))
    assert formats.long_date(second.starts_on) in page
    assert formats.long_date(first.starts_on) not in page
    # One deadline: the invitation's, which is not the cohort's own.
    assert page.count("10. mai 2027") == 2


def test_a_municipality_that_is_no_more_is_told_nothing_by_an_old_link(
    client: Client, link: InvitationLink, rollout: Rollout, place: Municipality
) -> None:
    place.codes.update(valid_to=DAY)
    page = text(client, at(link), status=404)
    assert "Lenken virker ikke lenger" in page
    assert rollout.name not in page


def test_why_it_is_invited_with_a_full_room_stands_on_the_page(
    client: Client, link: InvitationLink
) -> None:
    link.invitation.room_reason = "Dere ba om det."
    link.invitation.save(update_fields=["room_reason"])
    assert "Dere inviteres likevel, fordi: Dere ba om det." in text(client, at(link))


# --- answering ---


def test_an_answer_takes_a_code_from_the_mail(
    client: Client, link: InvitationLink, place: Municipality
) -> None:
    filled = {"svar": "pending", "ventes": "2027-05-03", "saksnummer": "27/114", "sett": "0"}
    page = for_code(client, link, filled)
    assert "Skriv koden" in page
    assert 'name="saksnummer" value="27/114"' in page
    assert "leder@utsira.example" not in page
    assert not Answer.objects.exists()

    wrong = f"{(int(code()) + 1) % 1_000_000:06d}"
    refused = for_code(client, link, filled | {"kode": wrong})
    assert "Koden stemmer ikke" in refused
    assert 'name="saksnummer" value="27/114"' in refused
    assert not Answer.objects.exists()

    done = client.post(at(link, "svar/"), filled | {"kode": code()})
    assert done.status_code == 302
    # «Back» from the receipt sends nothing again.
    assert client.get(at(link, "svar/?kode")).headers["Location"] == at(link, "kvittering/")
    answer = Answer.objects.get()
    assert (answer.state, answer.mandate) == (AnswerState.PENDING, Mandate.CODE)
    assert answer.given_by == link.person
    assert answer.invitation == link.invitation
    event = Event.objects.get(code="rollouts.answer.given")
    assert event.municipality_id == place.pk
    assert event.actor_id == link.person_id
    assert event.actor_label != link.person.name

    receipt = text(client, at(link, "kvittering/"))
    assert "Svaret er registrert" in receipt
    assert "27/114" in receipt
    assert "3. mai 2027" in receipt
    assert client.get(at(link, "kvittering/?format=pdf")).content.startswith(b"%PDF-")
    assert b"BEGIN:VCALENDAR" in client.get(at(link, "kvittering/?format=ics")).content
    assert "Dere har svart: Til behandling hos oss" in text(client, at(link))


def test_a_yes_with_a_wish_gives_a_place(
    client: Client, link: InvitationLink, rollout: Rollout
) -> None:
    second = rollout.cohorts.get(number=2)
    filled = {"svar": "yes", "pulje_1": str(second.pk), "sett": "0"}
    client.post(at(link, "svar/"), filled)
    client.post(at(link, "svar/"), filled | {"kode": code()})
    assert second.places.get().municipality_id == link.invitation.municipality_id


def test_what_would_be_refused_is_said_before_a_code_is_asked_for(
    client: Client, link: InvitationLink
) -> None:
    for filled in ({}, {"svar": "no", "sett": "0"}, {"svar": "later", "grunn": "economy"}):
        answer = client.post(at(link, "svar/"), filled)
        assert answer.status_code == 422
        assert "Skriv koden" not in answer.content.decode()
    assert not Message.objects.filter(kind=links.CODE).exists()
    assert not Answer.objects.exists()


def test_a_new_code_and_the_way_back_keep_what_was_filled_in(
    client: Client, link: InvitationLink
) -> None:
    filled = {"svar": "observe", "tekst": "Vi venter og ser.", "sett": "0"}
    client.post(at(link, "svar/"), filled)
    first = code()
    again = for_code(client, link, filled | {"kode": "", "ny": "1"})
    assert "Skriv koden" in again
    assert "En ny kode er sendt." in again
    assert Message.objects.filter(kind=links.CODE).count() == 2
    back = client.post(at(link, "svar/"), filled | {"kode": "", "tilbake": "1"})
    assert "Vi venter og ser." in back.content.decode()
    if first != code():
        assert "ds-validation-message" in for_code(client, link, filled | {"kode": first})


def test_what_waits_for_a_code_is_seen_by_nobody_else(
    client: Client, link: InvitationLink, place: Municipality
) -> None:
    for_code(client, link, {"svar": "no", "grunn": "economy", "tekst": "For dyrt.", "sett": "0"})
    other = Client().get(at(link, "svar/?kode"), follow=True)
    assert "For dyrt." not in other.content.decode()
    # Nor by another link in the same browser.
    forwarded = links.send_on(link=link, address="kollega@utsira.example", at=NOW)
    making.a_decision_maker(place, person=forwarded.person)
    assert "For dyrt." not in client.get(at(forwarded, "svar/?kode"), follow=True).text


def test_the_receipt_is_for_the_browser_that_answered(client: Client, link: InvitationLink) -> None:
    filled = {"svar": "no", "grunn": "economy", "tekst": "For dyrt.", "sett": "0"}
    client.post(at(link, "svar/"), filled)
    client.post(at(link, "svar/"), filled | {"kode": code()})
    assert "For dyrt." in text(client, at(link, "kvittering/"))

    other = Client()
    assert other.get(at(link, "kvittering/")).status_code == 302
    page = text(other, at(link))
    assert "For dyrt." not in page
    assert "Dere har svart: Nei takk" in page


def test_somebody_who_answered_meanwhile_is_not_overwritten(
    client: Client, link: InvitationLink, rollout: Rollout, place: Municipality
) -> None:
    filled = {"svar": "observe", "sett": "0"}
    client.post(at(link, "svar/"), filled)
    making.an_answer(AnswerState.YES, rollout=rollout, municipality=place)
    answer = client.post(at(link, "svar/"), filled | {"kode": code()})
    assert answer.status_code == 422
    assert Answer.objects.count() == 1
    # What stands now is shown, and can be answered anew.
    page = unescape(answer.content.decode())
    assert "Dere har svart: Ja, vi blir med" in page
    assert 'name="sett" value="1"' in page
    again = {**filled, "sett": "1"}
    client.post(at(link, "svar/"), again)
    client.post(at(link, "svar/"), again | {"kode": code()})
    assert Answer.objects.count() == 2


def test_whoever_has_no_mandate_reads_and_is_told_why_she_cannot_answer(
    client: Client, link: InvitationLink
) -> None:
    link.person.memberships.update(valid_to=DAY)
    page = text(client, at(link))
    assert "ikke registrert som en som kan svare" in page
    assert "/svar/" not in page
    assert client.get(at(link, "svar/")).status_code == 302
    assert client.post(at(link, "svar/"), {"svar": "observe", "sett": "0"}).status_code == 302
    assert not Message.objects.filter(kind=links.CODE).exists()


def test_whoever_is_signed_in_with_the_mandate_needs_no_code(
    client: Client, link: InvitationLink, rollout: Rollout
) -> None:
    assert f'href="{at(link, "svar/")}"' in text(client, at(link))
    client.force_login(link.person)
    page = text(client, at(link))
    assert f'href="/innforingslop/{rollout.slug}/svar/' in page
    assert f'href="{at(link, "svar/")}"' not in page


@pytest.mark.parametrize("state", [RolloutState.PAUSED, RolloutState.CANCELLED])
def test_a_rollout_that_takes_no_answers_says_so_before_anybody_fills_in(
    client: Client, link: InvitationLink, rollout: Rollout, state: RolloutState
) -> None:
    Rollout.objects.filter(pk=rollout.pk).update(state=state.value, state_reason="Feil i versjonen")
    page = text(client, at(link))
    assert "Feil i versjonen" in page
    assert "Innføringsløpet tar ikke imot svar nå." in page
    assert "Svar innen" not in page
    assert at(link, "svar/") not in page
    filled = {"svar": "observe", "sett": "0"}
    assert client.get(at(link, "svar/")).status_code == 302
    assert client.post(at(link, "svar/"), filled).status_code == 302


def test_after_the_deadline_it_says_that_an_answer_is_still_taken(
    client: Client, link: InvitationLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: link.invitation.answer_by + timedelta(days=1))
    page = text(client, at(link))
    assert "Fristen var 10. mai 2027." in page
    assert "Dere kan fortsatt svare, til og med 1. juni 2027." in page


def test_what_a_yes_led_to_stands_on_the_page(
    client: Client, link: InvitationLink, rollout: Rollout, place: Municipality
) -> None:
    rollout.cohorts.update(maximum=1)
    for cohort in rollout.cohorts.all():
        making.a_place(cohort=cohort, municipality=make.municipality())
    filled = {"svar": "yes", "sett": "0"}
    client.post(at(link, "svar/"), filled)
    client.post(at(link, "svar/"), filled | {"kode": code()})
    page = text(client, at(link))
    assert "Dere står på venteliste som nummer 1." in page
    assert "Alle plassene i" in page


def test_what_was_registered_for_it_is_said_where_it_is_confirmed(
    client: Client, link: InvitationLink, rollout: Rollout, place: Municipality
) -> None:
    received.register(
        rollout=rollout,
        municipality=place,
        told=Told(
            channel=Channel.LETTER,
            state=AnswerState.YES,
            received_on=DAY,
            decided_by="Formannskapet",
        ),
        cohort=None,
        by=make.person(),
        on=DAY,
        at=NOW,
    )
    for address in (at(link), at(link, "svar/")):
        page = text(client, address)
        assert "Det er registrert at dere svarte «Ja, vi blir med»" in page
        assert "Svaret gjelder først når en med fullmakt hos dere bekrefter det her." in page


# --- sending it on ---


def test_it_is_sent_on_to_one_who_decides_without_telling_who_works_there(
    client: Client, link: InvitationLink, place: Municipality
) -> None:
    boss = make.person(name="Kari Nordmann", email="sjef@utsira.example")
    making.a_decision_maker(place, person=boss)
    boss.memberships.update(title="Kommunedirektør")
    page = text(client, at(link, "send-videre/"))
    assert "Kommunedirektør" in page
    assert "Kari Nordmann" not in page
    assert "sjef@utsira.example" not in page

    key = re.search(r'name="to" value="(p\d+)"', page)
    assert key is not None
    done = client.post(at(link, "send-videre/"), {"to": key[1]})
    assert done.status_code == 302
    assert InvitationLink.objects.get(forwarded_from=link).person == boss
    again = client.post(at(link, "send-videre/"), {"to": key[1]})
    assert again.status_code == 422
    assert "har fått sin egen lenke" in unescape(again.content.decode())


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({}, "Velg hvem lenken skal sendes til."),
        ({"to": "other"}, "Skriv en e-postadresse"),
        ({"to": "other", "address": "tull"}, "Skriv en e-postadresse"),
        ({"to": "other", "address": "noen@example.org"}, "jobbadresse i kommunen"),
        ({"to": "p999999", "address": ""}, "Velg et gyldig valg"),
    ],
)
def test_where_it_cannot_be_sent(
    client: Client, link: InvitationLink, filled: dict[str, str], said: str
) -> None:
    answer = client.post(at(link, "send-videre/"), filled)
    assert answer.status_code == 422
    assert said in unescape(answer.content.decode())
    assert InvitationLink.objects.count() == 1


def test_a_withdrawn_invitation_closes_every_link(client: Client, link: InvitationLink) -> None:
    links.send_on(link=link, address="ny@utsira.example", at=NOW)
    invitations.withdraw(invitation=link.invitation, reason="Feil", by=BY, at=NOW)
    for one in InvitationLink.objects.all():
        assert client.get(at(one)).status_code == 404


# --- asked once more ---


@pytest.fixture
def asked_anew(
    link: InvitationLink,
    rollout: Rollout,
    place: Municipality,
    monkeypatch: pytest.MonkeyPatch,
) -> InvitationLink:
    """It said «ikke nå» until a day that is here, long after its link ceased to work."""
    later = NOW + timedelta(days=150)
    making.an_answer(
        AnswerState.LATER,
        rollout=rollout,
        municipality=place,
        by=link.person,
        ask_again_on=later.date(),
    )
    monkeypatch.setattr(clock, "today", later.date)
    monkeypatch.setattr(timezone, "now", lambda: later)
    return link


def asked_by_mail(on: datetime) -> str:
    """Where the mail «Passer det bedre nå?» leads, without the beginning."""
    assert reopening.reopen_all(by=BY, on=on.date(), at=on) == 1
    mail = writing.mail(Message.objects.get(kind=invitations.REOPENED))
    assert mail is not None
    return urlsplit(mail.address).path


def test_the_mail_that_asks_once_more_leads_to_ones_own_link(
    client: Client, asked_anew: InvitationLink
) -> None:
    text(client, at(asked_anew), status=404)

    address = asked_by_mail(timezone.now())

    assert address == at(asked_anew)
    page = text(client, address)
    assert "Grunnen er borte nå, og vi spør denne ene gangen igjen." in page
    # The days of the invitation have passed, and no longer hold; the link has one of its own.
    assert "Fristen var" not in page
    assert "Den virker til og med 23. september 2027." in page
    filled = {"svar": "observe", "sett": "1"}
    client.post(f"{address}svar/", filled)
    client.post(f"{address}svar/", filled | {"kode": code()})
    assert Answer.objects.latest("number").state == AnswerState.OBSERVE
    assert "Svaret kan endres" not in text(client, f"{address}kvittering/")


def test_whoever_has_come_since_is_asked_by_a_link_too(
    client: Client, asked_anew: InvitationLink, place: Municipality
) -> None:
    asked_anew.person.memberships.update(valid_to=DAY)
    new = making.a_decision_maker(place)

    address = asked_by_mail(timezone.now())

    own = InvitationLink.objects.get(person=new)
    assert address == at(own)
    assert "Invitasjon til Utsira" in text(client, address)
    # The one before her is asked nothing, and her link stays shut.
    text(client, at(asked_anew), status=404)


def test_a_link_that_was_closed_is_not_opened_by_asking_once_more(
    client: Client, asked_anew: InvitationLink, rollout: Rollout
) -> None:
    InvitationLink.objects.filter(pk=asked_anew.pk).update(revoked_at=NOW)

    assert asked_by_mail(timezone.now()).startswith(f"/innforingslop/{rollout.slug}/svar/")

    text(client, at(asked_anew), status=404)

"""The outbox page: who reads it, what it shows, and sending again."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.messages import services
from samlop.messages.models import Message
from samlop.messages.rules import Reason, State
from samlop.messages.services import kinds, mails
from samlop.municipalities.models import Municipality
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.services import answer_mails, invitations
from tests import factories as make
from tests import inviting, rollout_making

pytestmark = pytest.mark.django_db

AT = datetime(2027, 3, 3, 12, tzinfo=UTC)
TESTS = Machine("tests")


@pytest.fixture
def real(settings: Settings) -> None:
    """As in a real installation, with no mail server yet."""
    settings.SAMLOP_EXAMPLE, settings.SAMLOP_SMTP = False, None


def code_for(person: Person) -> Message:
    return services.queue(mails.CODE, to=person, at=AT, secret="482913")


def notice_for(person: Person) -> Message:
    return services.queue(mails.CHANGED, to=person, at=AT, context={"what": "password"})


def failed(person: Person) -> Message:
    message = notice_for(person)
    Message.objects.filter(pk=message.pk).update(
        state=State.FAILED.value,
        reason=Reason.REFUSED.value,
        answer="550 <…>: no such user",
        next_attempt_at=None,
    )
    return message


def sign_in(client: Client, role: Role, municipality: Municipality | None = None) -> Person:
    person = make.person(name="Admin Adminsen")
    accounts.grant(person=person, role=role, by=TESTS, on=make.SOME_DAY, municipality=municipality)
    client.force_login(person)
    return person


def test_in_the_example_a_visitor_reads_her_code_there(client: Client) -> None:
    message = code_for(make.person(name="Kari Berg"))

    page = client.get("/utboks/")
    assert "482913 er koden din" in page.text
    assert "Kari Berg" in page.text
    assert "482913" in client.get(f"/utboks/{message.pk}/").text


def test_in_a_real_installation_a_visitor_is_asked_to_sign_in(client: Client, real: None) -> None:
    message = code_for(make.person())
    for address in ("/utboks/", f"/utboks/{message.pk}/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/konto/logg-inn/")
    assert client.post(f"/utboks/{message.pk}/send-igjen/").status_code == 302


def test_others_than_administrators_may_not(client: Client, real: None) -> None:
    message = code_for(make.person())
    sign_in(client, Role.MUNICIPAL_COORDINATOR, make.municipality())
    for address in ("/utboks/", f"/utboks/{message.pk}/", "/utboks/999999/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/utboks/{message.pk}/send-igjen/").status_code == 403


def test_an_administrator_sees_what_was_sent_but_never_a_code(client: Client, real: None) -> None:
    message = code_for(make.person())
    sign_in(client, Role.ADMINISTRATOR)

    assert "482913" not in client.get("/utboks/").text
    page = client.get(f"/utboks/{message.pk}/")
    assert "482913" not in page.text
    assert "••••••" in page.text


def test_it_says_that_there_is_no_mail_server(client: Client, real: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    assert "Ingen e-posttjener er satt opp" in client.get("/utboks/").text


def test_an_empty_outbox_says_what_will_be_there(client: Client) -> None:
    assert "Ingen meldinger ennå" in client.get("/utboks/").text


def test_filtering_by_state_and_matter(client: Client) -> None:
    person = make.person()
    failed(person)
    code_for(person)

    only_failed = client.get("/utboks/?tilstand=failed").text
    assert "Innloggingen din i Samløp er endret" in only_failed
    assert "er koden din" not in only_failed
    assert "Ikke kommet frem (1)" in only_failed
    assert "Ingen meldinger passer" in client.get("/utboks/?gjelder=tasks").text
    assert client.get("/utboks/?tilstand=tull&gjelder=tull&side=tull").status_code == 200


def test_the_files_of_a_mail_are_shown_and_saved(client: Client) -> None:
    place = inviting.a_municipality("Nyvik")
    inviting.invite(inviting.ready(place, slug="lopet"), place)
    copy = Message.objects.get(kind=invitations.COPY)
    other = Message.objects.get(kind=invitations.INVITED)

    assert "Med vedlegg" in client.get("/utboks/").text
    page = client.get(f"/utboks/{copy.pk}/").text
    assert "invitasjon-lopet.pdf" in page
    assert " kB</span>" in page
    saved = client.get(f"/utboks/{copy.pk}/vedlegg/1/")
    assert saved.content.startswith(b"%PDF-")
    assert saved.headers["Content-Type"] == "application/pdf"
    disposition = saved.headers["Content-Disposition"]
    assert disposition == 'attachment; filename="invitasjon-lopet.pdf"'
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    for address in (f"{copy.pk}/vedlegg/0/", f"{copy.pk}/vedlegg/2/", f"{other.pk}/vedlegg/1/"):
        assert client.get(f"/utboks/{address}").status_code == 404


def test_nobody_saves_the_files_of_a_mail_without_the_right(client: Client, real: None) -> None:
    place = inviting.a_municipality("Nyvik")
    inviting.invite(inviting.ready(place), place)
    there = f"/utboks/{Message.objects.get(kind=invitations.COPY).pk}/vedlegg/1/"

    assert client.get(there).status_code == 302
    sign_in(client, Role.MUNICIPAL_COORDINATOR, place)
    assert client.get(there).status_code == 403
    client.logout()
    sign_in(client, Role.ADMINISTRATOR)
    assert client.get(there).status_code == 200


def test_an_administrator_does_not_read_what_is_for_a_municipality(
    client: Client, real: None
) -> None:
    """Neither its answer nor a link that opens it; the archive's copy is open."""
    place = inviting.a_municipality("Nyvik")
    rollout = inviting.ready(place)
    inviting.invite(rollout, place)
    rollout_making.an_answer(
        AnswerState.NO, rollout=rollout, municipality=place, text="Vi har ikke råd til dette."
    )
    sign_in(client, Role.ADMINISTRATOR)

    for message in Message.objects.exclude(kind=invitations.COPY):
        assert "/invitasjon/" not in client.get(f"/utboks/{message.pk}/").text
        assert client.get(f"/utboks/{message.pk}/vedlegg/1/").status_code == 404
    receipt = client.get(f"/utboks/{Message.objects.get(kind=answer_mails.RECEIPT).pk}/").text
    assert "ikke råd" not in receipt
    assert "Her vises bare om den kom frem" in receipt
    assert "Kvittering" not in client.get("/utboks/").text


def test_a_new_kind_of_mail_is_shown_to_an_administrator_only_when_it_is_named_here() -> None:
    shown = {code for code, one in kinds.known().items() if not one.private}
    assert shown <= {
        "account.changed",
        "account.code",
        "accounts.invited",
        "accounts.role_ended",
        "accounts.role_given",
        "portfolio.material_review",
        "portfolio.template_changed",
        "rollouts.changed",
        "rollouts.evaluation",
        "rollouts.invitation_copy",
        "rollouts.mailing",
        "rollouts.survey",
    }


def test_htmx_gets_the_list_alone(client: Client) -> None:
    code_for(make.person())
    response = client.get("/utboks/", headers={"HX-Request": "true"})
    assert response.text.lstrip().startswith('<div id="utboks"')


def test_a_failed_message_shows_why_and_can_be_sent_again(client: Client) -> None:
    message = failed(make.person())
    sign_in(client, Role.ADMINISTRATOR)
    page = client.get(f"/utboks/{message.pk}/").text
    assert "Se om adressen er riktig" in page
    assert "no such user" in page
    assert "Send på nytt" in page

    client.post(f"/utboks/{message.pk}/send-igjen/")

    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert "Meldingen er lagt i kø på nytt." in client.get(f"/utboks/{message.pk}/").text


def test_a_refusal_is_a_sentence_on_the_page(client: Client) -> None:
    message = notice_for(make.person())
    sign_in(client, Role.ADMINISTRATOR)
    response = client.post(f"/utboks/{message.pk}/send-igjen/", follow=True)
    assert "sendes ikke på nytt" in response.text


def test_in_the_example_a_visitor_reads_and_changes_nothing(client: Client) -> None:
    message = failed(make.person())
    assert "Send på nytt" not in client.get(f"/utboks/{message.pk}/").text
    answer = client.post(f"/utboks/{message.pk}/send-igjen/")
    assert answer.headers["Location"].startswith("/konto/logg-inn/")
    message.refresh_from_db()
    assert message.state == State.FAILED


def test_sending_again_needs_a_token() -> None:
    message = failed(make.person())
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/utboks/{message.pk}/send-igjen/").status_code == 403


def test_an_unknown_message_is_not_found(client: Client) -> None:
    assert client.get("/utboks/999999/").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_twenty(client: Client) -> None:
    person = make.person()
    notice_for(person)
    with CaptureQueriesContext(connection) as for_one:
        client.get("/utboks/")
    for _ in range(19):
        notice_for(person)
    with CaptureQueriesContext(connection) as for_twenty:
        response = client.get("/utboks/")

    assert response.text.count("Innloggingen din i Samløp er endret") == 20
    assert len(for_twenty) == len(for_one)

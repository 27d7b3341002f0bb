"""Telling people about the roles they get and lose."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import PeopleRefusal, Role, giving
from samlop.accounts.services.refusals import CannotChangePeople
from samlop.lib.actors import Machine
from samlop.messages import services
from samlop.messages.models import Message
from samlop.messages.rules import Mail
from samlop.messages.services import mails, writing
from tests import factories as make

pytestmark = pytest.mark.django_db

AT = datetime(2027, 3, 3, 12, tzinfo=UTC)
TODAY = date(2027, 3, 3)
TESTS = Machine("tests")


def invite(where: Where, email: str = "kari@risor.example.org") -> accounts.Invitation:
    return services.invite(
        email=email,
        name="Kari Berg",
        role=Role.MUNICIPAL_COORDINATOR,
        where=where,
        by=TESTS,
        on=TODAY,
        at=AT,
    )


@pytest.fixture
def risor() -> Where:
    return Where(municipality=make.municipality(number="4201", name="Risør"))


def written(message: Message) -> Mail:
    mail = writing.mail(message)
    assert mail is not None
    return mail


def test_inviting_queues_a_mail_that_names_role_and_place_and_leads_to_the_sign_in(
    risor: Where,
) -> None:
    invited = invite(risor)

    message = Message.objects.get()
    assert message.recipient == invited.person
    mail = written(message)
    assert mail.subject == "Du er invitert til Samløp"
    assert "Lokal koordinator, Risør" in mail.paragraphs[0]
    assert mail.address.endswith("/konto/logg-inn/")


def test_the_row_holds_no_personal_data(risor: Where) -> None:
    invite(risor)
    message = Message.objects.get()
    kept = f"{message.context} {message.answer} {message.message_id}"
    assert "Kari" not in kept
    assert "kari@" not in kept
    assert set(message.context) == {"membership"}


def test_a_refused_invitation_sends_nothing(risor: Where) -> None:
    invite(risor)
    with pytest.raises(CannotChangePeople):
        invite(risor)
    assert Message.objects.count() == 1


def test_whoever_has_come_is_told_of_her_new_role_instead(risor: Where) -> None:
    person = make.person(email="kari@risor.example.org")
    accounts.signed_in(person=person, at=AT)

    invite(risor)

    message = Message.objects.get()
    assert message.kind == mails.ROLE_GIVEN
    assert written(message).subject == "Ny rolle i Samløp: Lokal koordinator, Risør"


def test_an_invitation_taken_back_the_same_day_is_not_sent(risor: Where) -> None:
    invited = invite(risor)
    invited.membership.valid_to = invited.membership.valid_from
    invited.membership.save(update_fields=["valid_to"])
    assert writing.mail(Message.objects.get()) is None


def test_an_invitation_can_be_repeated_but_not_at_once(risor: Where) -> None:
    membership = invite(risor).membership
    with pytest.raises(services.CannotSend, match="ti minutter"):
        services.invite_again(membership=membership, by=TESTS, at=AT + timedelta(minutes=9))

    services.invite_again(membership=membership, by=TESTS, at=AT + timedelta(minutes=11))

    assert Message.objects.filter(kind=mails.INVITED).count() == 2


def test_one_may_invite_so_many_in_a_day_and_then_more_tomorrow(
    risor: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "MOST_BY_HAND", 2)
    inviter, other, now = make.person(), make.person(), timezone.now()

    def invite_one(number: int, by: Person, at: datetime) -> None:
        services.invite(
            email=f"ny{number}@example.org",
            name="Ny",
            role=Role.PROJECT_LEADER,
            where=risor,
            by=by,
            on=TODAY,
            at=at,
        )

    invite_one(1, inviter, now)
    invite_one(2, inviter, now)
    with pytest.raises(CannotChangePeople, match="Du kan invitere høyst 2 på ett døgn") as refused:
        invite_one(3, inviter, now)
    assert refused.value.refusal is PeopleRefusal.TOO_MANY_TODAY
    assert not Person.objects.filter(email="ny3@example.org").exists()
    assert Message.objects.count() == 2

    invite_one(3, other, now)
    invite_one(4, inviter, now + timedelta(days=1, seconds=5))


def test_whose_role_is_ended_is_told(risor: Where) -> None:
    first = invite(risor)
    invite(risor, "ola@risor.example.org")
    accounts.end(membership=first.membership, by=TESTS, on=TODAY + timedelta(days=1))

    services.role_ended(membership=first.membership, at=AT)

    message = Message.objects.get(kind=mails.ROLE_ENDED)
    assert "fra og med 4. mars 2027" in written(message).paragraphs[0]


@pytest.mark.parametrize("language", ["nb", "nn", "en", ""])
@pytest.mark.parametrize("what", sorted(mails.CHANGES))
def test_a_change_of_sign_in_is_told_in_the_recipients_language(language: str, what: str) -> None:
    person = make.person()
    Person.objects.filter(pk=person.pk).update(language=language)
    message = services.queue(mails.CHANGED, to=person, at=AT, context={"what": what})
    message.refresh_from_db()

    mail = written(Message.objects.get(pk=message.pk))

    with translation.override(language or "nb"):
        assert mail.paragraphs[0] == str(mails.CHANGES[what])
    letter = writing.letter(Message.objects.get(pk=message.pk), mail)
    assert f'<html lang="{language or "nb"}">' in letter.html

"""Municipalities are invited, reminded and left in peace; a link opens one invitation only."""

from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.lib.days import OSLO
from samlop.lib.reach import Reach
from samlop.messages.models import Message
from samlop.messages.rules import Attachment
from samlop.messages.services import transport, writing
from samlop.municipalities.models import Blackout, Municipality
from samlop.municipalities.rules.kinds import LanguageForm, RegionKind
from samlop.rollouts.models import (
    Invitation,
    InvitationCode,
    InvitationLink,
    Rollout,
    StopThreshold,
)
from samlop.rollouts.queries import invitations as queries
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure
from samlop.rollouts.rules.invitations import Exclusion, InvitationRefusal
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import invitation_links as links
from samlop.rollouts.services import invitations as services
from samlop.rollouts.services.invitations import CannotInvite
from tests import factories as make
from tests import rollout_making as making
from tests.inviting import a_municipality, fill, invite, ready
from tests.rollout_making import AT, BY, DAY

pytestmark = pytest.mark.django_db


def refused(
    wanted: InvitationRefusal, rollout: Rollout, *places: Municipality, **more: object
) -> str:
    with pytest.raises(CannotInvite) as found:
        invite(rollout, *places, **more)  # type: ignore[arg-type]
    assert found.value.refusal is wanted
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()
    return str(found.value)


def mails(kind: str) -> list[Message]:
    rows = Message.objects.filter(kind=kind).select_related("recipient", "municipality")
    return list(rows.order_by("pk"))


def text(message: Message) -> str:
    written = writing.mail(message)
    assert written is not None
    return "\n".join([written.subject, *written.paragraphs, written.address])


# --- inviting ---


def test_everybody_who_may_answer_gets_a_link_and_the_archive_a_copy() -> None:
    place, other = a_municipality("Utsira", deciders=2), a_municipality("Vik")
    rollout = ready(place, other)
    made = invite(rollout, place, other)

    assert [one.municipality_id for one in made] == [place.pk, other.pk]
    assert InvitationLink.objects.count() == 3
    invitations, copies = mails(services.INVITED), mails(services.COPY)
    assert len(invitations) == 3
    assert [copy.municipality_id for copy in copies] == [place.pk, other.pk]
    [link, *_] = InvitationLink.objects.order_by("pk")
    assert link.message == invitations[0]
    assert Invitation.objects.get(pk=made[0].pk).archived_by == copies[0]
    # The whole of the last day on which the answer can be changed.
    assert link.expires_at == datetime(2027, 6, 2, tzinfo=OSLO)
    happened = Event.objects.filter(code="rollouts.invitation.sent", municipality_id=place.pk)
    assert happened.count() == 1


def test_the_mail_says_the_five_things_a_leader_needs() -> None:
    place = a_municipality("Utsira", inhabitants=7000)
    rollout = ready(place)
    invite(rollout, place)
    [message] = mails(services.INVITED)
    said = text(message)

    assert f"Invitasjon: {rollout.name} – svar innen 10. mai 2027" in said
    assert "Utsira er invitert" in said
    assert "En felles måte å arbeide på." in said
    assert "Pulje 1 (16. august 2027)" in said
    assert "om lag 24 timer fordelt på 6 måneder" in said
    assert "Hvis dere ikke blir med: Dere fortsetter som i dag." in said
    assert "Dere bestemmer selv." in said
    assert links.token(InvitationLink.objects.get()) in said


def test_a_list_of_mails_names_them_as_they_are_sent_with_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    place = a_municipality("Utsira")
    invite(ready(place), place)
    for message in [*mails(services.INVITED), *mails(services.COPY)]:
        with django_assert_max_num_queries(2):
            named = writing.subject(message, secret=None, language="nb")
        written = writing.mail(message, language="nb")
        assert written is not None
        assert named == written.subject


@pytest.mark.parametrize(
    ("form", "own", "language"),
    [
        (LanguageForm.NYNORSK, "", "nn"),
        (LanguageForm.NYNORSK, "nb", "nn"),
        (LanguageForm.BOKMAL, "", "nb"),
        (LanguageForm.NEUTRAL, "nn", "nn"),
        (LanguageForm.NEUTRAL, "", "nb"),
    ],
)
def test_a_letter_is_in_the_municipalitys_own_language(
    form: LanguageForm, own: str, language: str
) -> None:
    place = a_municipality(form=form)
    Person.objects.update(language=own)
    invite(ready(place), place)
    assert [writing.language_of(one) for one in mails(services.INVITED)] == [language]


def test_the_copy_holds_a_pdf_that_is_the_same_each_time_and_no_link_to_answer_by() -> None:
    place = a_municipality("Utsira")
    invite(ready(place), place)
    [copy] = mails(services.COPY)
    [one] = writing.attachments(copy)

    assert isinstance(one, Attachment)
    assert one.content.startswith(b"%PDF-")
    assert writing.attachments(copy) == (one,)
    assert "invitasjon/" not in text(copy)
    written = writing.mail(copy)
    assert written is not None
    letter = transport.compose(writing.letter(copy, written), at=AT)
    read = message_from_bytes(letter.as_bytes(), policy=default)
    assert "post@kommune.example" in str(read["To"])


def test_without_a_postmottak_there_is_no_copy() -> None:
    place = a_municipality(postmottak="")
    [made] = invite(ready(place), place)
    assert not mails(services.COPY)
    assert Invitation.objects.get(pk=made.pk).archived_by is None


def test_a_coordinator_is_written_to_only_where_nobody_decides() -> None:
    place = a_municipality(deciders=0)
    coordinator = make.person()
    accounts.grant(
        person=coordinator, role=Role.MUNICIPAL_COORDINATOR, municipality=place, by=BY, on=DAY
    )
    invite(ready(place), place)
    assert InvitationLink.objects.get().person == coordinator

    other = a_municipality(deciders=1)
    accounts.grant(
        person=make.person(), role=Role.MUNICIPAL_COORDINATOR, municipality=other, by=BY, on=DAY
    )
    assert len(queries.recipients([other.pk], on=DAY)[other.pk]) == 1


@pytest.mark.parametrize(
    ("state", "complete", "refusal"),
    [
        (RolloutState.PLANNING, True, InvitationRefusal.NOT_OPEN),
        (RolloutState.PAUSED, True, InvitationRefusal.NOT_OPEN),
        (RolloutState.OPEN, False, InvitationRefusal.BASIS_INCOMPLETE),
    ],
)
def test_nobody_is_invited_before_everything_is_there(
    state: RolloutState, complete: bool, refusal: InvitationRefusal
) -> None:
    place = a_municipality()
    refused(refusal, ready(place, state=state, complete=complete), place)


@pytest.mark.parametrize("state", [CohortState.RUNNING, CohortState.FINISHED])
def test_nobody_is_invited_to_a_cohort_that_takes_nobody(state: CohortState) -> None:
    place = a_municipality()
    rollout = ready(place)
    cohort = rollout.cohorts.get()
    cohort.state = state.value
    cohort.save(update_fields=["state"])
    refused(InvitationRefusal.COHORT_CLOSED, rollout, place, cohort=cohort)
    refused(InvitationRefusal.COHORT_CLOSED, rollout, place)


def test_a_locked_cohort_invites_nobody_and_the_one_before_it_may() -> None:
    place = a_municipality()
    rollout = ready(place)
    first = rollout.cohorts.get()
    second = making.a_cohort(
        rollout=rollout, state=CohortState.PLANNED, starts_on=date(2028, 2, 1), maximum=400
    )
    StopThreshold.objects.create(
        rollout=rollout, measure=StopMeasure.CRITICAL_FAULTS.value, limit=0, fixed_at=AT
    )
    refused(InvitationRefusal.COHORT_LOCKED, rollout, place, cohort=second)
    # Without a cohort it may still wish for the first.
    invite(rollout, place, cohort=first)


def test_the_days_must_be_in_order() -> None:
    place = a_municipality()
    rollout = ready(place)
    refused(InvitationRefusal.DEADLINE_PAST, rollout, place, answer_by=DAY)
    late = date(2027, 8, 16)
    refused(
        InvitationRefusal.DEADLINE_AFTER_START, rollout, place, answer_by=late, change_until=late
    )
    refused(InvitationRefusal.CHANGE_BEFORE_ANSWER, rollout, place, change_until=DAY)
    refused(InvitationRefusal.NOBODY_CHOSEN, rollout)


def row(rollout: Rollout, place: Municipality, *, on: date = DAY) -> queries.Row:
    found = queries.choosing(rollout, rollout.cohorts.first(), on=on).row(place.pk)
    assert found is not None
    return found


def test_each_exclusion_has_its_sentence_and_is_refused_by_the_service() -> None:
    inside, outside = a_municipality("Inne"), a_municipality("Ute")
    nobody = a_municipality("Ingen", deciders=0)
    rollout = ready(inside, nobody)

    assert row(rollout, inside).against == ()
    assert row(rollout, inside).is_ticked
    assert row(rollout, outside).against == (Exclusion.OUTSIDE_TARGET,)
    assert row(rollout, nobody).against == (Exclusion.NOBODY_TO_WRITE_TO,)
    said = refused(InvitationRefusal.CANNOT_BE_INVITED, rollout, inside, outside)
    assert "Ute kan ikke inviteres" in said
    assert "målgruppen" in said

    invite(rollout, inside)
    assert row(rollout, inside).against == (Exclusion.ALREADY_INVITED,)
    with pytest.raises(CannotInvite):
        invite(rollout, inside)


def test_a_period_that_does_not_suit_may_be_set_aside() -> None:
    place = a_municipality()
    rollout = ready(place)
    Blackout.objects.create(
        municipality=place,
        valid_from=date(2027, 8, 1),
        valid_to=date(2027, 9, 1),
        reason="Valg",
    )
    found = row(rollout, place)
    assert found.against == (Exclusion.BLACKOUT,)
    assert found.may_be_invited
    assert not found.is_ticked
    assert services.exclusion_words(found, Exclusion.BLACKOUT).endswith("1. september 2027.")
    invite(rollout, place)


def test_whoever_said_not_now_is_left_alone_until_the_day() -> None:
    place = a_municipality()
    rollout = ready(place)
    [first] = invite(rollout, place)
    making.an_answer(
        AnswerState.LATER, rollout=rollout, municipality=place, ask_again_on=date(2027, 9, 1)
    )
    services.withdraw(invitation=first, reason="Prøver igjen senere", by=BY, at=AT)

    assert row(rollout, place).against == (Exclusion.DECLINED_UNTIL,)
    assert row(rollout, place, on=date(2027, 9, 1)).against == ()


def test_where_the_room_is_used_up_a_reason_is_needed_and_the_municipality_reads_it() -> None:
    full, free = a_municipality("Full"), a_municipality("Ledig")
    fill(full)
    rollout = ready(full, free)

    assert row(rollout, full).breaks_room
    assert not row(rollout, full).is_ticked
    assert not row(rollout, free).breaks_room
    said = refused(InvitationRefusal.NO_ROOM_REASON, rollout, full, free)
    assert "Full har ikke rom" in said
    refused(InvitationRefusal.NO_ROOM_REASON, rollout, full, reasons={full.pk: "  "})

    made = invite(
        rollout, full, free, reasons={full.pk: "Dere ba om det.", free.pk: "Trengs ikke."}
    )
    assert {one.municipality_id: one.room_reason for one in made} == {
        full.pk: "Dere ba om det.",
        free.pk: "",
    }
    assert "Dere inviteres likevel, fordi: Dere ba om det." in text(mails(services.INVITED)[0])


def test_as_many_queries_for_many_as_for_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    places = [a_municipality() for _ in range(25)]
    rollout = ready(*places)
    with django_assert_max_num_queries(60):
        queries.choosing(rollout, None, on=DAY)
    # One event of history for each, and the rest for all at once.
    with django_assert_max_num_queries(95):
        invite(rollout, *places)


# --- reminders ---


def remind(on: date) -> int:
    return services.remind_due(on=on, at=datetime(on.year, on.month, on.day, 7, tzinfo=OSLO))


def standing(rollout: Rollout, place: Municipality) -> queries.Standing:
    return queries.standing(rollout)[place.pk]


def test_two_reminders_and_then_the_contact_person_calls() -> None:
    place = a_municipality("Utsira")
    group = make.region(kind=RegionKind.EHEALTH_GROUP, members=(place,))
    contact = make.person()
    accounts.grant(person=contact, role=Role.CONTACT_PERSON, region=group, by=BY, on=DAY)
    rollout = ready(place)
    invite(rollout, place)

    days = [DAY + timedelta(days=count) for count in range(90)]
    steps = {day: count for day in days if (count := remind(day))}
    # Two weeks and three days before 10 May, and on a working day after it.
    assert list(steps) == [date(2027, 4, 26), date(2027, 5, 7), date(2027, 5, 14)]
    assert len(mails(services.REMINDED)) == 2
    assert "siste påminnelsen" in (
        writing.letter(
            mails(services.REMINDED)[1],
            writing.mail(mails(services.REMINDED)[1]),  # type: ignore[arg-type]
        ).text
    )
    assert standing(rollout, place).to_call_since == date(2027, 5, 14)
    [called] = queries.to_call(Reach(municipalities=frozenset({place.pk})), on=days[-1])
    assert called.municipality == place.pk
    assert len(called.people) == 1
    assert queries.to_call(Reach(), on=days[-1]) == ()
    [told] = mails(services.TO_CALL)
    assert told.recipient == contact
    assert told.state == "waiting"


def test_an_answer_stops_the_reminders_and_takes_away_from_the_list() -> None:
    place = a_municipality()
    rollout = ready(place)
    [made] = invite(rollout, place)
    assert remind(date(2027, 4, 26)) == 1
    [reminder] = mails(services.REMINDED)
    Invitation.objects.filter(pk=made.pk).update(to_call_since=date(2027, 5, 14))
    making.an_answer(AnswerState.OBSERVE, rollout=rollout, municipality=place)

    assert remind(date(2027, 5, 7)) == 0
    assert queries.to_call(Reach(everywhere=True), on=date(2027, 5, 20)) == ()
    # Nothing is left to say in the one that had not gone.
    assert writing.mail(reminder) is None


def test_what_waits_for_the_weekly_letter_is_not_told_when_it_is_no_longer_true() -> None:
    place = a_municipality()
    group = make.region(kind=RegionKind.EHEALTH_GROUP, members=(place,))
    contact = make.person()
    accounts.grant(person=contact, role=Role.CONTACT_PERSON, region=group, by=BY, on=DAY)
    rollout = ready(place)
    invite(rollout, place)
    for day in (date(2027, 4, 26), date(2027, 5, 7), date(2027, 5, 14)):
        assert remind(day) == 1
    [call], reminders = mails(services.TO_CALL), mails(services.REMINDED)
    assert all(writing.mail(one) is not None for one in (call, *reminders))

    # It needs time, and says so after the last reminder.
    making.an_answer(
        AnswerState.PENDING,
        rollout=rollout,
        municipality=place,
        expected_on=date(2027, 6, 20),
        on=date(2027, 5, 15),
        at=datetime(2027, 5, 15, 12, tzinfo=OSLO),
    )

    assert [writing.mail(one) for one in (call, *reminders)] == [None] * 3


def test_nobody_is_reminded_of_a_rollout_that_takes_no_answers_any_more() -> None:
    place = a_municipality()
    rollout = ready(place)
    invite(rollout, place)
    assert remind(date(2027, 4, 26)) == 1
    Rollout.objects.update(state=RolloutState.CANCELLED.value, state_reason="Feil")
    assert writing.mail(mails(services.REMINDED)[0]) is None


def test_whoever_has_left_is_not_reminded_and_whoever_has_come_is_invited() -> None:
    place = a_municipality("Utsira")
    rollout = ready(place)
    invite(rollout, place)
    left = InvitationLink.objects.get()
    left.person.memberships.update(valid_to=date(2027, 4, 1))
    come = making.a_decision_maker(place)
    assert remind(date(2027, 4, 26)) == 1
    assert not mails(services.REMINDED)
    fresh = InvitationLink.objects.exclude(pk=left.pk).get()
    assert (fresh.person, fresh.expires_at) == (come, left.expires_at)
    assert fresh.message is not None
    assert (fresh.message.kind, fresh.message.recipient) == (services.INVITED, come)
    # The next one is an ordinary reminder; nobody is left without one where nobody has come.
    come.memberships.update(valid_to=date(2027, 5, 1))
    assert remind(date(2027, 5, 7)) == 1
    assert {one.recipient for one in mails(services.REMINDED)} == {left.person, come}


def test_whoever_has_come_after_the_links_are_closed_gets_none() -> None:
    """The answer was expected after the last day it could be changed."""
    place, other = a_municipality("Utsira"), a_municipality("Vik")
    rollout = ready(place, other)
    invite(rollout, place, other)
    making.an_answer(
        AnswerState.PENDING, rollout=rollout, municipality=place, expected_on=date(2027, 8, 20)
    )
    making.a_decision_maker(place)
    assert remind(date(2027, 8, 23)) == 2
    assert InvitationLink.objects.filter(invitation__municipality=place).count() == 1


def test_nobody_is_reminded_while_it_is_under_consideration() -> None:
    place = a_municipality()
    rollout = ready(place)
    invite(rollout, place)
    making.an_answer(
        AnswerState.PENDING, rollout=rollout, municipality=place, expected_on=date(2027, 5, 20)
    )
    assert remind(date(2027, 5, 7)) == 0
    assert not standing(rollout, place).is_silent(date(2027, 5, 20))
    assert standing(rollout, place).is_silent(date(2027, 5, 21))
    assert remind(date(2027, 5, 21)) == 1


def test_a_paused_rollout_reminds_nobody_and_the_same_day_twice_reminds_once() -> None:
    place = a_municipality()
    rollout = ready(place)
    invite(rollout, place)
    Rollout.objects.update(state=RolloutState.PAUSED.value, state_reason="Venter")
    assert remind(date(2027, 4, 26)) == 0
    Rollout.objects.update(state=RolloutState.OPEN.value)
    assert remind(date(2027, 4, 26)) == 1
    assert remind(date(2027, 4, 26)) == 0


# --- taking back ---


def test_a_withdrawn_invitation_opens_nothing_and_is_told_with_its_reason() -> None:
    place = a_municipality()
    rollout = ready(place)
    [made] = invite(rollout, place)
    link = InvitationLink.objects.get()
    with pytest.raises(CannotInvite):
        services.withdraw(invitation=made, reason=" ", by=BY, at=AT)
    services.withdraw(invitation=made, reason="Feil kommune", by=BY, at=AT)

    assert links.opened(links.token(link), at=AT) is None
    # The invitation had not gone yet: there is nothing left to send.
    assert writing.mail(mails(services.INVITED)[0]) is None
    assert writing.mail(mails(services.COPY)[0]) is None
    [told] = mails(services.WITHDRAWN)
    assert "Grunn: Feil kommune" in text(told)
    assert told.state == "waiting"
    with pytest.raises(CannotInvite):
        services.withdraw(invitation=made, reason="En gang til", by=BY, at=AT)
    invite(rollout, place)
    # Invited anew before the weekly letter went.
    assert writing.mail(told) is None


# --- links ---


@pytest.fixture
def link() -> InvitationLink:
    place = a_municipality("Utsira", postmottak="post@utsira.example")
    invite(ready(place), place)
    made = InvitationLink.objects.get()
    Person.objects.filter(pk=made.person_id).update(email="leder@utsira.example")
    found = links.opened(links.token(made), at=AT)
    assert found is not None
    return found


@pytest.mark.parametrize("change", ["", "x", "1"])
def test_a_token_is_signed_and_opens_its_own_link_only(link: InvitationLink, change: str) -> None:
    token = links.token(link)
    assert (links.opened(token + change, at=AT) is None) is bool(change)
    assert links.opened(f"{link.pk + 1}.{token.partition('.')[2]}", at=AT) is None
    assert links.opened("", at=AT) is None


def test_a_link_expires_and_can_be_revoked(link: InvitationLink) -> None:
    token = links.token(link)
    last = datetime(2027, 6, 1, 23, 59, tzinfo=OSLO)
    assert links.opened(token, at=last) is not None
    assert links.opened(token, at=last + timedelta(minutes=1)) is None

    links.revoke(link=link, by=BY, at=AT)
    assert links.opened(token, at=AT) is None
    with pytest.raises(CannotInvite):
        links.revoke(link=link, by=BY, at=AT)


def test_the_link_of_somebody_who_is_here_no_more_opens_nothing(link: InvitationLink) -> None:
    Person.objects.filter(pk=link.person_id).update(is_active=False)
    assert links.opened(links.token(link), at=AT) is None


def test_a_link_is_not_sent_on_to_somebody_who_is_here_no_more(link: InvitationLink) -> None:
    make.person(email="sluttet@utsira.example")
    Person.objects.filter(email="sluttet@utsira.example").update(is_active=False)
    with pytest.raises(CannotInvite) as found:
        links.send_on(link=link, address="sluttet@utsira.example", at=AT)
    assert found.value.refusal is InvitationRefusal.NOT_OWN_ADDRESS


def test_the_first_opening_is_noted_once(link: InvitationLink) -> None:
    links.note_opened(link=link, at=AT)
    links.note_opened(link=InvitationLink.objects.get(), at=AT + timedelta(days=1))
    assert InvitationLink.objects.get().first_opened_at == AT
    assert queries.progress(link.invitation.rollout).opened == 1


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("Kommunedirektor@utsira.example ", None),
        ("noen@example.org", InvitationRefusal.NOT_OWN_ADDRESS),
        ("leder@UTSIRA.example", InvitationRefusal.TO_ONESELF),
    ],
)
def test_a_link_is_sent_on_inside_the_municipality(
    link: InvitationLink, address: str, refusal: InvitationRefusal | None
) -> None:
    if refusal is not None:
        with pytest.raises(CannotInvite) as found:
            links.send_on(link=link, address=address, at=AT)
        assert found.value.refusal is refusal
        return
    made = links.send_on(link=link, address=address, at=AT)
    assert made.person.email == "kommunedirektor@utsira.example"
    assert not made.person.memberships.exists()
    assert "En kollega i kommunen" in text(mails(services.INVITED)[-1])
    with pytest.raises(CannotInvite):
        links.send_on(link=link, address=address, at=AT)
    # She may read, and is told that she cannot answer.
    with pytest.raises(CannotInvite) as found:
        links.send_code(link=made, on=DAY, at=AT)
    assert found.value.refusal is InvitationRefusal.NO_MANDATE


def test_somebody_with_a_role_there_may_get_it_at_any_address(link: InvitationLink) -> None:
    boss = make.person(email="kari@privat.example")
    making.a_decision_maker(link.invitation.municipality, person=boss)
    made = links.send_on(link=link, address="kari@privat.example", at=AT)
    assert made.person == boss
    assert links.may_answer(made, on=DAY)


def test_a_link_is_sent_on_five_times_at_most(link: InvitationLink) -> None:
    for number in range(5):
        links.send_on(link=link, address=f"n{number}@utsira.example", at=AT)
    with pytest.raises(CannotInvite) as found:
        links.send_on(link=link, address="n9@utsira.example", at=AT)
    assert found.value.refusal is InvitationRefusal.SENT_ON_TOO_OFTEN


# --- the code ---


def code_sent(link: InvitationLink, at: datetime = AT) -> str:
    links.send_code(link=link, on=DAY, at=at)
    message = mails(links.CODE)[-1]
    written = writing.mail(message)
    assert written is not None
    return written.highlight


def try_code(link: InvitationLink, code: str, at: datetime = AT) -> InvitationRefusal | None:
    try:
        links.confirm(link=link, code=code, at=at)
    except CannotInvite as error:
        return error.refusal
    return None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_works_once(link: InvitationLink) -> None:
    code = code_sent(link)
    assert len(code) == 6
    assert code not in InvitationCode.objects.get().checksum
    assert try_code(link, wrong(code)) is InvitationRefusal.CODE_WRONG
    assert try_code(link, f" {code[:3]} {code[3:]}") is None
    assert try_code(link, code) is InvitationRefusal.CODE_TOO_OLD


def test_three_tries_for_ten_minutes(link: InvitationLink) -> None:
    code = code_sent(link)
    for _ in range(3):
        assert try_code(link, wrong(code)) is InvitationRefusal.CODE_WRONG
    assert try_code(link, code) is InvitationRefusal.CODE_TOO_OLD

    later = AT + timedelta(minutes=1)
    code = code_sent(link, at=later)
    assert try_code(link, code, at=later + timedelta(minutes=10)) is InvitationRefusal.CODE_TOO_OLD
    assert try_code(link, code, at=later + timedelta(minutes=9)) is None


def test_a_new_code_makes_the_old_one_worthless(link: InvitationLink) -> None:
    old = code_sent(link)
    new = code_sent(link, at=AT + timedelta(seconds=30))
    if old != new:
        assert try_code(link, old) is InvitationRefusal.CODE_WRONG
    assert try_code(link, new) is None


def test_a_code_of_another_link_is_none_of_this(link: InvitationLink) -> None:
    boss = make.person(email="sjef@utsira.example")
    making.a_decision_maker(link.invitation.municipality, person=boss)
    other = links.send_on(link=link, address="sjef@utsira.example", at=AT)
    code = code_sent(other)
    assert try_code(link, code) is InvitationRefusal.CODE_TOO_OLD


def test_five_codes_an_hour(link: InvitationLink) -> None:
    for minute in range(5):
        links.send_code(link=link, on=DAY, at=AT + timedelta(minutes=minute))
    with pytest.raises(CannotInvite) as found:
        links.send_code(link=link, on=DAY, at=AT + timedelta(minutes=6))
    assert found.value.refusal is InvitationRefusal.CODES_TOO_OFTEN
    links.send_code(link=link, on=DAY, at=AT + timedelta(minutes=61))


def test_ten_codes_a_day(link: InvitationLink) -> None:
    for number in range(10):
        links.send_code(link=link, on=DAY, at=AT + timedelta(minutes=30 * number))
    with pytest.raises(CannotInvite) as found:
        links.send_code(link=link, on=DAY, at=AT + timedelta(hours=7))
    assert found.value.refusal is InvitationRefusal.CODES_USED_UP
    links.send_code(link=link, on=DAY, at=AT + timedelta(days=1, minutes=1))


def test_whoever_has_lost_the_mandate_gets_no_code(link: InvitationLink) -> None:
    link.person.memberships.update(valid_to=DAY)
    with pytest.raises(CannotInvite) as found:
        links.send_code(link=link, on=DAY, at=AT)
    assert found.value.refusal is InvitationRefusal.NO_MANDATE
    assert not mails(links.CODE)


def test_a_link_cannot_be_changed_into_another() -> None:
    place = a_municipality()
    invite(ready(place), place)
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"rollouts_invitationlink"):
        cursor.execute("update rollouts_invitationlink set person_id = %s", [make.person().pk])

"""Surveys, interest, notes, messages to many, and word to the makers."""

from datetime import date, timedelta

import pytest

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.messages.models import Message
from samlop.messages.services.kinds import Draft, kind
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Interest, LeaderNote, Mailing, Rollout, Survey, SurveyAnswer
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.before import BeforeRefusal, Likely, Obstacle, Stance
from samlop.rollouts.rules.followup import FollowRefusal, MailingKind, Signal
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import follow_mails, followup, interests, surveys
from samlop.rollouts.services.followup import CannotFollow
from samlop.rollouts.services.interests import CannotState
from samlop.rollouts.services.surveys import CannotAsk, Said
from tests import factories as make
from tests.rollout_making import AT, BY, DAY, a_cohort, a_place, a_rollout, invited

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)


@pytest.fixture
def places() -> tuple[Municipality, ...]:
    return (make.municipality(name="Nyvik"), make.municipality(name="Utnes"))


@pytest.fixture
def rollout(places: tuple[Municipality, ...]) -> Rollout:
    return a_rollout(name="Felles innføring", members=places)


def in_role(role: Role, *, title: str = "", **where: object) -> Person:
    person = make.person()
    accounts.grant(person=person, role=role, title=title, by=BY, on=DAY, **where)  # type: ignore[arg-type]
    return person


def draft(message: Message) -> Draft:
    return Draft(recipient=message.recipient, context=message.context, home="https://example.org/")


def asked(rollout: Rollout, question: str = "") -> Survey:
    return surveys.ask(
        rollout=rollout,
        question=question,
        answer_by=DAY + timedelta(days=14),
        by=BY,
        on=DAY,
        at=AT,
    )


# --- surveys ---


def test_a_survey_has_a_row_each_and_tells_the_contact_persons(
    rollout: Rollout, places: tuple[Municipality, ...]
) -> None:
    group = make.region(kind=RegionKind.EHEALTH_GROUP, members=places)
    contact = in_role(Role.CONTACT_PERSON, region=group)
    in_role(Role.CONTACT_PERSON, region=make.region(kind=RegionKind.EHEALTH_GROUP))
    in_role(Role.DECISION_MAKER, municipality=places[0], title="Kommunalsjef")
    survey = asked(rollout, "Hva skal til?")
    rows = {row.municipality_id: row for row in SurveyAnswer.objects.filter(survey=survey)}
    assert rows.keys() == {one.pk for one in places}
    assert rows[places[0].pk].ask_whom == "Kommunalsjef"
    assert rows[places[1].pk].ask_whom == ""
    (message,) = Message.objects.filter(kind=follow_mails.SURVEY)
    assert message.recipient == contact
    mail = kind(follow_mails.SURVEY).write(draft(message))
    assert mail is not None
    assert mail.subject == "Kartlegging: Felles innføring – 2 kommuner hos dere"
    assert mail.address == f"https://example.org/innforingslop/{rollout.slug}/kartlegging/"
    assert "Hva skal til?" in mail.paragraphs
    surveys.close(survey=survey, by=BY, at=LATER)
    assert kind(follow_mails.SURVEY).write(draft(message)) is None


@pytest.mark.parametrize(
    ("answer_by", "asked_before", "members", "refusal"),
    [
        (DAY - timedelta(days=1), False, True, BeforeRefusal.DAY_HAS_PASSED),
        (DAY, True, True, BeforeRefusal.ALREADY_ASKING),
        (DAY, False, False, BeforeRefusal.NOBODY_TO_ASK),
    ],
)
def test_a_survey_that_cannot_be_asked(
    places: tuple[Municipality, ...],
    answer_by: date,
    asked_before: bool,
    members: bool,
    refusal: BeforeRefusal,
) -> None:
    rollout = a_rollout(members=places if members else ())
    if asked_before:
        asked(rollout)
    with pytest.raises(CannotAsk) as refused:
        surveys.ask(rollout=rollout, question="", answer_by=answer_by, by=BY, on=DAY, at=AT)
    assert refused.value.refusal is refusal
    assert Survey.objects.count() == int(asked_before)


def test_a_row_is_filled_in_bit_by_bit_and_told_once(rollout: Rollout) -> None:
    survey = asked(rollout)
    row = SurveyAnswer.objects.filter(survey=survey).order_by("pk")[0]
    surveys.save_all(
        survey=row.survey, rows={row.pk: Said(obstacle=Obstacle.VENDOR.value)}, by=BY, at=AT
    )
    surveys.save_all(
        survey=row.survey, rows={row.pk: Said(remark="  Venter på  versjon 7 ")}, by=BY, at=LATER
    )
    row.refresh_from_db()
    assert (row.obstacle, row.likely, row.remark) == ("vendor", "", "Venter på versjon 7")
    assert row.answered_at == LATER
    told = Event.objects.filter(code="rollouts.survey.answered")
    assert told.get().municipality_id == row.municipality_id
    surveys.save_all(
        survey=row.survey, rows={row.pk: Said(likely=Likely.MAYBE.value)}, by=BY, at=LATER
    )
    assert told.count() == 2


def test_a_closed_survey_and_rows_of_another_are_refused(
    rollout: Rollout, places: tuple[Municipality, ...]
) -> None:
    survey = asked(rollout)
    other = asked(a_rollout(members=places))
    foreign = SurveyAnswer.objects.filter(survey=other)[0]
    with pytest.raises(CannotAsk) as refused:
        surveys.save_all(survey=survey, rows={foreign.pk: Said(remark="x")}, by=BY, at=AT)
    assert refused.value.refusal is BeforeRefusal.NOT_ASKED_OF
    surveys.close(survey=survey, by=BY, at=LATER)
    row = SurveyAnswer.objects.filter(survey=survey)[0]
    with pytest.raises(CannotAsk) as refused:
        surveys.save_all(survey=row.survey, rows={row.pk: Said(remark="x")}, by=BY, at=LATER)
    assert refused.value.refusal is BeforeRefusal.ALREADY_CLOSED
    with pytest.raises(CannotAsk):
        surveys.close(survey=survey, by=BY, at=LATER)
    assert not SurveyAnswer.objects.exclude(remark="").exists()


# --- interest ---


def test_a_new_word_stands_in_place_of_the_one_before(
    rollout: Rollout, places: tuple[Municipality, ...]
) -> None:
    own = {"solution": rollout.solution, "municipality": places[0], "by": BY, "on": DAY}
    first = interests.state(**own, stance=Stance.INTERESTED, at=AT)  # type: ignore[arg-type]
    again = interests.state(**own, stance=Stance.INTERESTED, at=LATER)  # type: ignore[arg-type]
    assert again == first
    second = interests.state(
        **own,  # type: ignore[arg-type]
        stance=Stance.FITS_BADLY,
        reason=Reason.ECONOMY,
        at=LATER,
    )
    assert list(Interest.objects.filter(withdrawn_at=None)) == [second]
    interests.withdraw(solution=rollout.solution, municipality=places[0], by=BY, at=LATER)
    assert not Interest.objects.filter(withdrawn_at=None).exists()
    with pytest.raises(CannotState) as refused:
        interests.withdraw(solution=rollout.solution, municipality=places[0], by=BY, at=LATER)
    assert refused.value.refusal is BeforeRefusal.NOTHING_REGISTERED


def test_what_fits_badly_must_say_why(rollout: Rollout, places: tuple[Municipality, ...]) -> None:
    with pytest.raises(CannotState) as refused:
        interests.state(
            solution=rollout.solution,
            municipality=places[0],
            stance=Stance.FITS_BADLY,
            text="  ",
            by=BY,
            on=DAY,
            at=AT,
        )
    assert refused.value.refusal is BeforeRefusal.NO_REASON
    assert not Interest.objects.exists()


def test_a_municipality_that_is_no_more_says_nothing(rollout: Rollout) -> None:
    ended = make.municipality(valid_to=date(2026, 1, 1))
    with pytest.raises(CannotState) as refused:
        interests.state(
            solution=rollout.solution,
            municipality=ended,
            stance=Stance.INTERESTED,
            by=BY,
            on=DAY,
            at=AT,
        )
    assert refused.value.refusal is BeforeRefusal.NOT_EXISTING


# --- notes ---


def noted(rollout: Rollout, place: Municipality, person: Person, **more: object) -> LeaderNote:
    said = {"text": "", "signal": None, "next_contact": None, **more}
    return followup.note(
        rollout=rollout,
        municipality=place,
        person=person,
        by=BY,
        on=DAY,
        at=AT,
        **said,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"text": " "}, FollowRefusal.NO_WORDS),
        ({"next_contact": DAY - timedelta(days=1)}, FollowRefusal.DAY_HAS_PASSED),
    ],
)
def test_a_note_that_is_refused(
    rollout: Rollout,
    places: tuple[Municipality, ...],
    more: dict[str, object],
    refusal: FollowRefusal,
) -> None:
    with pytest.raises(CannotFollow) as refused:
        noted(rollout, places[0], make.person(), **more)
    assert refused.value.refusal is refusal
    assert not LeaderNote.objects.exists()


def test_only_who_wrote_a_note_takes_it_back(
    rollout: Rollout, places: tuple[Municipality, ...]
) -> None:
    writer, other = make.person(), make.person()
    note = noted(rollout, places[0], writer, signal=Signal.UNSURE)
    with pytest.raises(CannotFollow) as refused:
        followup.withdraw_note(note=note, by=other, at=LATER)
    assert refused.value.refusal is FollowRefusal.SOMEBODY_ELSES
    followup.withdraw_note(note=note, by=writer, at=LATER)
    with pytest.raises(CannotFollow) as refused:
        followup.withdraw_note(note=note, by=writer, at=LATER)
    assert refused.value.refusal is FollowRefusal.ALREADY_WITHDRAWN


# --- messages to many ---


def sent(rollout: Rollout, *municipalities: Municipality, **more: object) -> Mailing:
    said = {
        "kind": MailingKind.MESSAGE,
        "subject": "Til {kommune}",
        "words": "Hei {kommune}.\n\nFrist {svarfrist}, {pulje}.",
        **more,
    }
    return followup.send(
        rollout=rollout,
        municipalities=[one.pk for one in municipalities],
        by=BY,
        on=DAY,
        at=AT,
        **said,  # type: ignore[arg-type]
    )


def test_a_message_is_filled_in_for_each_municipality(
    rollout: Rollout, places: tuple[Municipality, ...]
) -> None:
    both = in_role(Role.DECISION_MAKER, municipality=places[0])
    accounts.grant(
        person=both, role=Role.MUNICIPAL_COORDINATOR, municipality=places[0], by=BY, on=DAY
    )
    in_role(Role.PROJECT_LEADER, municipality=places[0])
    a_place(cohort=a_cohort(rollout=rollout, name="Pulje 1"), municipality=places[0], by=both)
    invited(rollout, places[0])
    mailing = sent(rollout, *places)
    # One mail to the one person; nobody to write to in the other.
    assert {one.municipality_id: one.people for one in mailing.recipients.all()} == {
        places[0].pk: 1,
        places[1].pk: 0,
    }
    (message,) = Message.objects.filter(kind=follow_mails.MAILING)
    assert message.recipient == both
    mail = kind(follow_mails.MAILING).write(draft(message))
    assert mail is not None
    assert mail.subject == "Til Nyvik"
    assert mail.paragraphs == ("Hei Nyvik.", "Frist 13. mai 2027, Pulje 1.")


def test_information_beforehand_goes_once_to_each(
    rollout: Rollout, places: tuple[Municipality, ...]
) -> None:
    person = in_role(Role.DECISION_MAKER, municipality=places[0])
    sent(rollout, places[0], kind=MailingKind.ADVANCE_NOTICE)
    second = sent(rollout, *places, kind=MailingKind.ADVANCE_NOTICE)
    assert [one.municipality_id for one in second.recipients.all()] == [places[1].pk]
    with pytest.raises(CannotFollow) as refused:
        sent(rollout, *places, kind=MailingKind.ADVANCE_NOTICE)
    assert refused.value.refusal is FollowRefusal.ALL_TOLD
    (message,) = Message.objects.filter(recipient=person)
    mail = kind(follow_mails.MAILING).write(draft(message))
    assert mail is not None
    assert mail.address.endswith(f"/interesse/{rollout.solution.slug}/")
    assert any("Dere trenger ikke å svare nå" in one for one in mail.paragraphs)


@pytest.mark.parametrize(
    ("more", "state", "refusal"),
    [
        ({"words": " "}, RolloutState.OPEN, FollowRefusal.NO_WORDS),
        ({"subject": "Hei {navn}"}, RolloutState.OPEN, FollowRefusal.UNKNOWN_FIELD),
        ({}, RolloutState.CANCELLED, FollowRefusal.NOT_UNDER_WAY),
        ({}, RolloutState.CLOSED, FollowRefusal.NOT_UNDER_WAY),
        (
            {
                "kind": MailingKind.ADVANCE_NOTICE,
                "invitation_on": DAY - timedelta(days=1),
            },
            RolloutState.OPEN,
            FollowRefusal.DAY_HAS_PASSED,
        ),
    ],
)
def test_a_message_that_is_refused_reaches_nobody(
    places: tuple[Municipality, ...],
    more: dict[str, object],
    state: RolloutState,
    refusal: FollowRefusal,
) -> None:
    rollout = a_rollout(members=places, state=state)
    in_role(Role.DECISION_MAKER, municipality=places[0])
    with pytest.raises(CannotFollow) as refused:
        sent(rollout, *places, **more)
    assert refused.value.refusal is refusal
    assert not Message.objects.filter(kind=follow_mails.MAILING).exists()
    with pytest.raises(CannotFollow):
        sent(rollout)


# --- word to the makers ---


def test_the_makers_are_told_and_answer_once(rollout: Rollout) -> None:
    maker = in_role(Role.PROGRAMME, solution_slug=rollout.solution.slug)
    in_role(Role.PROGRAMME, solution_slug="noe-annet")
    writer = make.person()
    row = followup.tell(
        rollout=rollout, text="Veilederen mangler.", person=writer, by=BY, on=DAY, at=AT
    )
    (message,) = Message.objects.filter(kind=follow_mails.FEEDBACK)
    assert message.recipient == maker
    mail = kind(follow_mails.FEEDBACK).write(draft(message))
    assert mail is not None
    assert mail.paragraphs == ("Veilederen mangler.",)
    followup.reply(feedback=row, text="Den kommer i mai.", by=maker, at=LATER)
    assert kind(follow_mails.FEEDBACK).write(draft(message)) is None
    (answer,) = Message.objects.filter(kind=follow_mails.REPLY)
    assert answer.recipient == writer
    told = kind(follow_mails.REPLY).write(draft(answer))
    assert told is not None
    assert told.paragraphs[-1] == "Den kommer i mai."
    with pytest.raises(CannotFollow) as refused:
        followup.reply(feedback=row, text="Igjen", by=maker, at=LATER)
    assert refused.value.refusal is FollowRefusal.ALREADY_REPLIED
    with pytest.raises(CannotFollow):
        followup.tell(rollout=rollout, text=" ", person=writer, by=BY, on=DAY, at=AT)

"""The leader's table: every municipality once, told to each reader as far as she may know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samlop.lib.reach import NOWHERE, Reach
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import (
    Answer,
    Invitation,
    LeaderNote,
    ReceivedAnswer,
    Rollout,
    SurveyAnswer,
)
from samlop.rollouts.queries import private, table
from samlop.rollouts.queries.table import Row
from samlop.rollouts.rules.answers import AnswerState, Channel, Reason
from samlop.rollouts.rules.before import Stance
from samlop.rollouts.rules.followup import Signal
from samlop.rollouts.rules.table import PUBLIC, Need, TableState
from samlop.rollouts.services import followup, interests, surveys
from tests import factories as make
from tests.rollout_making import (
    AT,
    BY,
    DAY,
    a_cohort,
    a_decision_maker,
    a_place,
    a_rollout,
    an_answer,
    invited,
)

pytestmark = pytest.mark.django_db

EVERYWHERE = Reach(everywhere=True)


def rows(rollout: Rollout, reach: Reach = EVERYWHERE, on: date = DAY) -> dict[int, Row]:
    found, whole = table.rows(rollout, on, reach)
    assert whole.total == len(found)
    assert whole.told.total == len(found)
    return {row.pk: row for row in found}


@pytest.fixture
def places() -> list[Municipality]:
    return [make.municipality(name=f"Kommune {number}") for number in range(9)]


@pytest.fixture
def rollout(places: list[Municipality]) -> Rollout:
    return a_rollout(members=tuple(places[:8]))


def test_each_municipality_stands_in_one_place_and_they_sum_up(
    rollout: Rollout, places: list[Municipality]
) -> None:
    quiet, silent, called, pending, later, no, placed, waiting, outside = places
    cohort = a_cohort(rollout=rollout, maximum=1, name="Pulje 1")
    invited(rollout, silent)
    Invitation.objects.filter(pk=invited(rollout, called).pk).update(to_call_since=DAY)
    an_answer(AnswerState.PENDING, rollout=rollout, municipality=pending)
    an_answer(AnswerState.LATER, rollout=rollout, municipality=later, reason=Reason.ECONOMY)
    an_answer(AnswerState.NO, rollout=rollout, municipality=no)
    a_place(cohort=cohort, municipality=placed)
    an_answer(rollout=rollout, municipality=waiting, wishes=(cohort,))
    found = rows(rollout)
    assert {one.pk: found[one.pk].state for one in places} == {
        quiet.pk: TableState.NOT_INVITED,
        silent.pk: TableState.SILENT,
        called.pk: TableState.TO_CALL,
        pending.pk: TableState.PENDING,
        later.pk: TableState.LATER,
        no.pk: TableState.NO,
        placed.pk: TableState.PLACED,
        waiting.pk: TableState.WAITING,
        outside.pk: TableState.OUTSIDE,
    }
    assert found[placed.pk].cohort == "Pulje 1"
    assert found[later.pk].reason is Reason.ECONOMY
    assert found[called.pk].need is Need.CALL
    assert found[quiet.pk].need is None


def test_outside_only_places_are_told_by_name(rollout: Rollout, places: list[Municipality]) -> None:
    own, no, placed = places[0], places[1], places[2]
    an_answer(AnswerState.NO, rollout=rollout, municipality=own, text="Vi har ikke råd.")
    an_answer(AnswerState.NO, rollout=rollout, municipality=no, text="Hemmelig.")
    a_place(cohort=a_cohort(rollout=rollout), municipality=placed)
    public = rows(rollout, NOWHERE)
    assert public[placed.pk].state is TableState.PLACED
    assert public[own.pk].state is None
    assert public[no.pk] == Row(
        pk=no.pk,
        number=public[no.pk].number,
        name=public[no.pk].name,
        county=None,
        group=None,
        group_slug=None,
        inhabitants=None,
        state=None,
    )
    mine = rows(rollout, Reach(municipalities=frozenset({own.pk})))
    assert mine[own.pk].state is TableState.NO
    assert mine[own.pk].reason_text == "Vi har ikke råd."
    assert mine[no.pk].state is None
    assert mine[no.pk].reason is None


def test_sums_outside_hold_five_or_more_also_when_ones_own_are_taken_away() -> None:
    places = [make.municipality() for _ in range(12)]
    rollout = a_rollout(members=tuple(places))
    for one in places[:6]:
        an_answer(AnswerState.NO, rollout=rollout, municipality=one)
    for one in places[6:11]:
        an_answer(AnswerState.PENDING, rollout=rollout, municipality=one)
    _, whole = table.rows(rollout, DAY, NOWHERE)
    told = {state: count for state, count in whole.told.shown.items() if state not in PUBLIC}
    assert told == {TableState.NO: 6}
    # Five that are still deciding, and one that is not invited.
    assert whole.told.rest == 6
    # Two of the six are her own: the other four are not told.
    reach = Reach(municipalities=frozenset({places[0].pk, places[1].pk}))
    _, whole = table.rows(rollout, DAY, reach)
    assert whole.told.shown[TableState.NO] == 2
    assert whole.told.total == whole.total


def test_it_can_be_asked_as_of_an_earlier_day(rollout: Rollout, places: list[Municipality]) -> None:
    one = places[0]
    before = DAY - timedelta(days=30)
    invited(rollout, one, at=AT - timedelta(days=40))
    an_answer(AnswerState.PENDING, rollout=rollout, municipality=one)
    assert rows(rollout, on=before)[one.pk].state is TableState.SILENT
    assert rows(rollout)[one.pk].state is TableState.PENDING
    assert rows(rollout, on=DAY - timedelta(days=60))[one.pk].state is TableState.NOT_INVITED


def test_a_received_answer_waits_to_be_confirmed_and_a_call_is_a_signal(
    rollout: Rollout, places: list[Municipality]
) -> None:
    mailed, phoned = places[0], places[1]
    for one, channel in ((mailed, Channel.EMAIL), (phoned, Channel.PHONE)):
        invited(rollout, one)
        ReceivedAnswer.objects.create(
            rollout=rollout,
            municipality=one,
            channel=channel.value,
            state=AnswerState.NO.value,
            decided_by="" if channel is Channel.PHONE else "kommunestyret",
            received_on=DAY,
            registered_by=make.person(),
            registered_at=AT,
        )
    found = rows(rollout)
    assert found[mailed.pk].state is TableState.RECEIVED
    assert found[mailed.pk].need is Need.CONFIRM
    assert found[phoned.pk].state is TableState.SILENT
    assert found[phoned.pk].signal is Signal.NO
    assert found[phoned.pk].need is Need.UNSURE


def test_the_newest_call_counts_and_one_that_is_taken_back_does_not(
    rollout: Rollout, places: list[Municipality]
) -> None:
    one = places[0]
    invited(rollout, one)
    followup.note(
        rollout=rollout,
        municipality=one,
        text="Ringt i går.",
        signal=Signal.NO,
        next_contact=None,
        person=make.person(),
        by=BY,
        on=DAY,
        at=AT - timedelta(hours=20),
    )
    called = ReceivedAnswer.objects.create(
        rollout=rollout,
        municipality=one,
        channel=Channel.PHONE.value,
        state=AnswerState.YES.value,
        received_on=DAY,
        registered_by=make.person(),
        registered_at=AT,
    )
    assert rows(rollout)[one.pk].signal is Signal.YES
    ReceivedAnswer.objects.filter(pk=called.pk).update(withdrawn_at=AT)
    assert rows(rollout)[one.pk].signal is Signal.NO


def test_a_note_tells_when_to_talk_again(rollout: Rollout, places: list[Municipality]) -> None:
    one = places[0]
    invited(rollout, one)
    followup.note(
        rollout=rollout,
        municipality=one,
        text="Ring i morgen.",
        signal=Signal.YES,
        next_contact=DAY + timedelta(days=1),
        person=make.person(),
        by=BY,
        on=DAY,
        at=AT,
    )
    row = rows(rollout)[one.pk]
    assert (row.signal, row.next_contact, row.need) == (Signal.YES, DAY + timedelta(days=1), None)
    assert row.last_contact == DAY
    assert rows(rollout, on=DAY + timedelta(days=1))[one.pk].need is Need.CONTACT
    assert rows(rollout, NOWHERE)[one.pk].signal is None


def test_more_municipalities_and_answers_cost_no_more_queries() -> None:
    places = [make.municipality() for _ in range(3)]
    rollout = a_rollout(members=tuple(places))
    cohort = a_cohort(rollout=rollout, maximum=20)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            table.rows(rollout, DAY, EVERYWHERE)
        return len(found)

    a_place(cohort=cohort, municipality=places[0])
    count()
    few = count()
    for _ in range(4):
        one = make.municipality()
        an_answer(AnswerState.PENDING, rollout=rollout, municipality=one)
        a_place(cohort=cohort, municipality=make.municipality())
    assert count() == few
    assert few <= 20


# --- the visibility rule, one table at a time ---


def test_what_is_private_is_found_only_within_reach(
    rollout: Rollout, places: list[Municipality]
) -> None:
    own, other = places[0], places[1]
    surveys.ask(
        rollout=rollout, question="", answer_by=DAY + timedelta(days=9), by=BY, on=DAY, at=AT
    )
    for one in (own, other):
        an_answer(AnswerState.NO, rollout=rollout, municipality=one)
        interests.state(
            solution=rollout.solution,
            municipality=one,
            stance=Stance.INTERESTED,
            by=BY,
            on=DAY,
            at=AT,
        )
        LeaderNote.objects.create(
            rollout=rollout,
            municipality=one,
            text="Ringt.",
            written_by=make.person(),
            written_as="Innføringsleder",
            written_at=AT,
        )
        ReceivedAnswer.objects.create(
            rollout=rollout,
            municipality=one,
            channel=Channel.PHONE.value,
            state=AnswerState.YES.value,
            received_on=DAY,
            registered_by=make.person(),
            registered_at=AT,
        )
    reach = Reach(municipalities=frozenset({own.pk}))
    for found in (private.received, private.notes):
        assert {row.municipality_id for row in found(rollout.pk, reach, DAY)} == {own.pk}
        assert not found(rollout.pk, NOWHERE, DAY).exists()
        everybody = found(rollout.pk, EVERYWHERE, DAY)
        assert {row.municipality_id for row in everybody} == {own.pk, other.pk}
    of_survey = private.survey_answers(rollout.pk, reach, DAY)
    assert [row.municipality_id for row in of_survey] == [own.pk]
    assert SurveyAnswer.objects.count() == 8
    said = private.interests(rollout.solution_id, reach, DAY)
    assert [row.municipality_id for row in said] == [own.pk]


def test_the_newest_version_of_an_answer_counts(
    rollout: Rollout, places: list[Municipality]
) -> None:
    one = places[0]
    an_answer(AnswerState.PENDING, rollout=rollout, municipality=one)
    an_answer(
        AnswerState.NO,
        rollout=rollout,
        municipality=one,
        on=date(2027, 3, 20),
        at=datetime(2027, 3, 20, 9, tzinfo=UTC),
    )
    assert Answer.objects.filter(municipality=one).count() == 2
    assert rows(rollout)[one.pk].state is TableState.PENDING
    assert rows(rollout, on=date(2027, 3, 20))[one.pk].state is TableState.NO


@pytest.mark.parametrize("clock", [datetime(2027, 3, 14, 23, 30, tzinfo=UTC)])
def test_a_day_ends_at_midnight_in_oslo(rollout: Rollout, clock: datetime) -> None:
    """Half past midnight on the 15th: all that is known of the day before still stands there."""
    place = make.municipality()
    by = a_decision_maker(place)
    a_place(cohort=a_cohort(rollout=rollout), municipality=place, by=by)
    the_day_after = DAY + timedelta(days=1)

    an_answer(
        AnswerState.NO, rollout=rollout, municipality=place, by=by, on=the_day_after, at=clock
    )

    assert rows(rollout, on=DAY)[place.pk].state is TableState.PLACED
    assert rows(rollout, on=the_day_after)[place.pk].state is TableState.NO


def test_a_received_answer_stands_as_such_until_the_day_it_is_confirmed(rollout: Rollout) -> None:
    place = make.municipality()
    by = a_decision_maker(place)
    invited(rollout, place)
    ReceivedAnswer.objects.create(
        rollout=rollout,
        municipality=place,
        channel=Channel.LETTER.value,
        state=AnswerState.NO.value,
        decided_by="Kommunestyret",
        received_on=DAY,
        registered_by=by,
        registered_at=AT,
    )
    later = timedelta(days=3)

    an_answer(
        AnswerState.NO, rollout=rollout, municipality=place, by=by, on=DAY + later, at=AT + later
    )

    assert rows(rollout, on=DAY)[place.pk].state is TableState.RECEIVED
    assert rows(rollout, on=DAY + later)[place.pk].state is TableState.NO

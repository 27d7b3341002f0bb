"""A municipality answers: versions, places, the waiting list, and what follows from each."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from samlop.lib.quarters import Quarter
from samlop.municipalities.models import LoadEntry
from samlop.rollouts.models import Answer, Cohort, Invitation, Place, PlaceOffer, Rollout, Wait
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries import places as place_queries
from samlop.rollouts.rules.answers import AnswerRefusal, AnswerState, Content, Mandate, Reason
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.places import OfferOutcome, PlaceEnd, PlaceRefusal, Stand, WaitEnd
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import answers, places
from samlop.rollouts.services.refusals import CannotAnswer, CannotPlace
from samlop.uptake.queries import stages
from samlop.uptake.rules.stages import Source, Stage
from tests import factories as make
from tests.rollout_making import (
    AT,
    BY,
    DAY,
    a_basis,
    a_cohort,
    a_decision_maker,
    a_place,
    a_rollout,
    an_answer,
    invited,
)

pytestmark = pytest.mark.django_db

YES, LATER, NO = AnswerState.YES, AnswerState.LATER, AnswerState.NO


def test_a_yes_gives_a_place_when_there_is_room() -> None:
    cohort, place = a_cohort(maximum=1), make.municipality()

    given = an_answer(rollout=cohort.rollout, municipality=place, wishes=(cohort,))

    assert given.place is not None
    assert given.place.cohort_id == cohort.pk
    assert given.answer.mandate == Mandate.MEMBERSHIP.value
    assert set(place_queries.taken(cohort.rollout)) == {place.pk}
    assert queries.current(cohort.rollout)[place.pk].state is YES


def test_the_place_says_that_the_municipality_has_decided_and_what_it_asks() -> None:
    cohort = a_cohort(starts_on=date(2027, 8, 1), ends_on=date(2027, 11, 30))
    place, offer = make.municipality(), cohort.rollout.offer
    a_basis(cohort.rollout)

    a_place(cohort=cohort, municipality=place)

    standing = stages.standing([offer.pk], DAY)[offer.pk, place.pk]
    assert standing.per_source == {Source.ROLLOUT: Stage.DECIDED}
    asked = dict(LoadEntry.objects.filter(municipality=place).values_list("quarter", "hours"))
    first, second = (Quarter(2027, number).starts_on for number in (3, 4))
    assert set(asked) == {first, second}
    # Two roles of 8, 6 and 4 hours for larger ones: the first two months are in the first quarter.
    assert asked[first] > asked[second] > Decimal(0)


def test_whoever_comes_when_it_is_full_waits_in_order() -> None:
    cohort = a_cohort(maximum=1)
    first, second, third = (make.municipality() for _ in range(3))
    a_place(cohort=cohort, municipality=first)

    for index, one in enumerate((second, third), 1):
        given = an_answer(
            rollout=cohort.rollout, municipality=one, at=AT + timedelta(minutes=index)
        )
        assert given.place is None
        assert given.wait is not None

    waiting = place_queries.waiting(cohort.rollout, DAY)
    assert [one.municipality for one in waiting] == [second.pk, third.pk]
    assert waiting[0].stands == (("Pulje 1", Stand.FULL),)


def test_the_first_wish_with_room_is_met() -> None:
    full = a_cohort(maximum=1)
    other = a_cohort(rollout=full.rollout)
    a_place(cohort=full, municipality=make.municipality())

    given = an_answer(rollout=full.rollout, municipality=make.municipality(), wishes=(full, other))

    assert given.place is not None
    assert given.place.cohort_id == other.pk


def test_a_cohort_that_is_only_planned_is_waited_for() -> None:
    cohort = a_cohort(state=CohortState.PLANNED)

    given = an_answer(rollout=cohort.rollout, municipality=make.municipality(), wishes=(cohort,))

    assert given.place is None
    assert given.wait is not None
    [one] = place_queries.waiting(cohort.rollout, DAY)
    assert one.stands == (("Pulje 1", Stand.NOT_OPEN),)


def test_a_key_of_the_cohort_lets_in_those_who_have_it() -> None:
    product = make.product()
    cohort = a_cohort(product=product)
    has, has_not = make.municipality(), make.municipality()
    make.use(municipality=has, product=product)

    assert an_answer(rollout=cohort.rollout, municipality=has).place is not None
    with pytest.raises(CannotAnswer) as refused:
        an_answer(rollout=cohort.rollout, municipality=has_not, wishes=(cohort,))
    assert refused.value.refusal is AnswerRefusal.OTHER_COHORT


@pytest.mark.parametrize("state", [s for s in AnswerState if s is not AnswerState.YES])
def test_another_answer_than_yes_ends_the_place_and_takes_back_what_it_led_to(
    state: AnswerState,
) -> None:
    cohort, place = a_cohort(), make.municipality()
    person = a_decision_maker(place)
    a_place(cohort=cohort, municipality=place, by=person)

    an_answer(state, rollout=cohort.rollout, municipality=place, by=person)

    ended = Place.objects.get()
    assert ended.end == PlaceEnd.ANSWER_CHANGED.value
    assert not LoadEntry.objects.exists()
    assert stages.standing([cohort.rollout.offer_id], DAY) == {}
    assert [one.answer.state for one in queries.versions(cohort.rollout, place.pk)] == [state, YES]


def test_the_day_a_municipality_was_told_stands_when_the_cohorts_is_moved_back() -> None:
    cohort = a_cohort()
    place = make.municipality()
    person = a_decision_maker(place)
    a_place(cohort=cohort, municipality=place, by=person)
    earlier = DAY - timedelta(days=1)
    Cohort.objects.filter(pk=cohort.pk).update(answer_by=earlier, change_until=earlier)

    an_answer(NO, rollout=cohort.rollout, municipality=place, by=person)

    assert Place.objects.get().end == PlaceEnd.ANSWER_CHANGED.value


def test_after_the_day_a_place_is_left_with_a_reason() -> None:
    cohort = a_cohort(change_until=DAY - timedelta(days=1), answer_by=DAY - timedelta(days=9))
    place = make.municipality()
    person = a_decision_maker(place)
    row = a_place(cohort=cohort, municipality=place, by=person)
    invitations = Invitation.objects.filter(municipality=place)
    invitations.update(answer_by=cohort.answer_by, change_until=cohort.change_until)

    with pytest.raises(CannotAnswer) as refused:
        an_answer(NO, rollout=cohort.rollout, municipality=place, by=person)
    assert refused.value.refusal is AnswerRefusal.TOO_LATE
    with pytest.raises(CannotPlace) as without:
        answers.leave(place=row, content=Content(state=NO), by=person, on=DAY, at=AT)
    assert without.value.refusal is PlaceRefusal.NO_REASON

    content = Content(state=NO, reason=Reason.CAPACITY, text="To har sluttet.")
    answers.leave(place=row, content=content, by=person, on=DAY, at=AT)

    row.refresh_from_db()
    assert (row.end, row.end_reason) == (PlaceEnd.WITHDRAWN, "Kapasitet: To har sluttet.")
    assert queries.current(cohort.rollout)[place.pk].state is NO


def test_a_free_seat_is_offered_to_whoever_is_next_and_held_for_it() -> None:
    cohort = a_cohort(maximum=1)
    leaving, waiting, late = (make.municipality() for _ in range(3))
    goes, stays = a_decision_maker(leaving), a_decision_maker(waiting)
    a_place(cohort=cohort, municipality=leaving, by=goes)
    an_answer(rollout=cohort.rollout, municipality=waiting, by=stays)

    an_answer(LATER, rollout=cohort.rollout, municipality=leaving, by=goes)

    offer = PlaceOffer.objects.get()
    assert offer.wait.municipality_id == waiting.pk
    assert an_answer(rollout=cohort.rollout, municipality=late).place is None
    [first, _] = place_queries.waiting(cohort.rollout, DAY)
    assert first.stands == (("Pulje 1", Stand.OFFERED),)

    with pytest.raises(CannotPlace) as refused:
        places.take_offer(offer=offer, by=goes, on=DAY, at=AT)
    assert refused.value.refusal is PlaceRefusal.NO_MANDATE
    taken = places.take_offer(offer=offer, by=stays, on=DAY, at=AT)

    assert taken.municipality_id == waiting.pk
    assert Wait.objects.get(municipality=waiting).end == WaitEnd.PLACED.value
    assert [one.number for one in place_queries.waiting(cohort.rollout, DAY)] == [1]


@pytest.mark.parametrize("says_no", [True, False])
def test_an_offer_that_comes_to_nothing_goes_to_the_next(says_no: bool) -> None:
    cohort = a_cohort(maximum=1)
    leaving, first, second = (make.municipality() for _ in range(3))
    goes, own = a_decision_maker(leaving), a_decision_maker(first)
    a_place(cohort=cohort, municipality=leaving, by=goes)
    an_answer(rollout=cohort.rollout, municipality=first, by=own)
    an_answer(rollout=cohort.rollout, municipality=second, at=AT + timedelta(minutes=1))
    an_answer(NO, rollout=cohort.rollout, municipality=leaving, by=goes)
    offer = PlaceOffer.objects.get()

    if says_no:
        places.decline_offer(offer=offer, by=own, on=DAY, at=AT)
    else:
        after = offer.answer_by + timedelta(days=1)
        assert places.expire_offers(by=BY, on=offer.answer_by, at=AT) == 0
        assert places.expire_offers(by=BY, on=after, at=AT + timedelta(days=15)) == 1

    offer.refresh_from_db()
    assert offer.outcome == (OfferOutcome.DECLINED if says_no else OfferOutcome.EXPIRED)
    assert PlaceOffer.objects.get(ended_at=None).wait.municipality_id == second.pk
    [one, _] = place_queries.waiting(cohort.rollout, DAY)
    assert (one.municipality, one.stands) == (first.pk, (("Pulje 1", Stand.TURNED_DOWN),))


def test_a_move_to_a_later_cohort_is_no_withdrawal() -> None:
    early = a_cohort(maximum=1)
    later = a_cohort(rollout=early.rollout, starts_on=date(2028, 1, 10))
    place, waits = make.municipality(), make.municipality()
    person = a_decision_maker(place)
    row = a_place(cohort=early, municipality=place, by=person)
    an_answer(rollout=early.rollout, municipality=waits, wishes=(early,))

    moved = places.move(place=row, to=later, by=person, on=DAY, at=AT)

    row.refresh_from_db()
    assert (row.end, moved.cohort_id) == (PlaceEnd.MOVED.value, later.pk)
    assert (
        stages.standing([early.rollout.offer_id], DAY)[early.rollout.offer_id, place.pk].agreed
        is Stage.DECIDED
    )
    assert PlaceOffer.objects.get().wait.municipality_id == waits.pk
    with pytest.raises(CannotPlace) as refused:
        places.move(place=moved, to=early, by=person, on=DAY, at=AT)
    assert refused.value.refusal is PlaceRefusal.NO_ROOM


def test_new_wishes_move_the_place_only_when_there_is_room() -> None:
    first = a_cohort()
    full, open_ = (a_cohort(rollout=first.rollout, maximum=1) for _ in range(2))
    place = make.municipality()
    person = a_decision_maker(place)
    a_place(cohort=first, municipality=place, by=person)
    a_place(cohort=full, municipality=make.municipality())

    kept = an_answer(rollout=first.rollout, municipality=place, by=person, wishes=(full,))
    assert kept.place is not None
    assert kept.place.cohort_id == first.pk
    moved = an_answer(rollout=first.rollout, municipality=place, by=person, wishes=(full, open_))
    assert moved.place is not None
    assert moved.place.cohort_id == open_.pk


def test_the_same_answer_twice_is_one_and_an_old_page_is_refused() -> None:
    cohort, place = a_cohort(), make.municipality()
    person = a_decision_maker(place)
    invited(cohort.rollout, place)

    def say(state: AnswerState, seen: int) -> answers.Given:
        return answers.answer(
            rollout=cohort.rollout,
            municipality=place,
            content=Content(state=state, reason=Reason.ECONOMY),
            seen=seen,
            by=person,
            on=DAY,
            at=AT,
        )

    assert not say(NO, 0).stood
    assert say(NO, 0).stood
    with pytest.raises(CannotAnswer) as refused:
        say(AnswerState.OBSERVE, 0)
    assert refused.value.refusal is AnswerRefusal.CHANGED_MEANWHILE
    assert Answer.objects.count() == 1


def test_only_a_person_with_the_mandate_of_an_invited_municipality_answers() -> None:
    cohort, place, other = a_cohort(), make.municipality(), make.municipality()
    person, stranger = a_decision_maker(place), a_decision_maker(other)

    def refusal(by: object = person, **changes: object) -> AnswerRefusal:
        Rollout.objects.filter(pk=cohort.rollout_id).update(**changes)
        with pytest.raises(CannotAnswer) as refused:
            answers.answer(
                rollout=cohort.rollout,
                municipality=place,
                content=Content(state=YES),
                seen=0,
                by=by,  # type: ignore[arg-type]
                on=DAY,
                at=AT,
            )
        return refused.value.refusal

    assert refusal() is AnswerRefusal.NOT_INVITED
    invited(cohort.rollout, place)
    assert refusal(stranger) is AnswerRefusal.NO_MANDATE
    assert refusal(BY) is AnswerRefusal.NO_MANDATE
    assert (
        refusal(state=RolloutState.PAUSED.value, state_reason="Vi venter.")
        is AnswerRefusal.NOT_ENROLLING
    )


def test_a_municipality_has_one_place_of_a_solution() -> None:
    cohort, place = a_cohort(), make.municipality()
    person = a_decision_maker(place)
    a_place(cohort=cohort, municipality=place, by=person)
    other = a_rollout(offer=cohort.rollout.offer)
    a_cohort(rollout=other)

    with pytest.raises(CannotAnswer) as refused:
        an_answer(rollout=other, municipality=place, by=person)
    assert refused.value.refusal is AnswerRefusal.PLACE_ELSEWHERE


def test_when_a_cohort_is_cancelled_its_municipalities_are_first_in_line() -> None:
    cohort = a_cohort(maximum=1)
    placed, waits = make.municipality(), make.municipality()
    a_place(cohort=cohort, municipality=placed)
    an_answer(rollout=cohort.rollout, municipality=waits, at=AT + timedelta(minutes=1))
    new = a_cohort(rollout=cohort.rollout, maximum=1, state=CohortState.PLANNED)

    places.cohort_cancelled(
        cohort=cohort, reason="Leverandøren rekker det ikke.", by=BY, on=DAY, at=AT
    )
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.CANCELLED, state_reason="Avlyst.")
    Cohort.objects.filter(pk=new.pk).update(state=CohortState.ENROLLING)
    offers = places.offer_next(rollout=cohort.rollout, by=BY, on=DAY, at=AT)

    line = place_queries.line(cohort.rollout, DAY)
    assert [one.municipality for one in line] == [placed.pk, waits.pk]
    # The one that had wished only for the cancelled cohort must wish anew.
    assert [one.wait.municipality_id for one in offers] == [waits.pk]


def test_the_maximum_cannot_go_below_what_is_taken() -> None:
    cohort = a_cohort(maximum=2)
    for _ in range(2):
        a_place(cohort=cohort, municipality=make.municipality())

    with pytest.raises(IntegrityError, match="more places are taken"):
        Cohort.objects.filter(pk=cohort.pk).update(maximum=1)

"""What happens when two things cross: rollouts of one solution, pauses, and cohorts that end."""

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.rollouts.models import (
    Cohort,
    Invitation,
    Place,
    PlaceOffer,
    Rollout,
    StopThreshold,
    Wait,
)
from samlop.rollouts.rules.answers import AnswerRefusal, AnswerState, Channel, Content, Reason
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure
from samlop.rollouts.rules.places import OfferOutcome, PlaceRefusal
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import answers, cohorts, invitations, places, received, rollouts
from samlop.rollouts.services.refusals import CannotAnswer, CannotPlace
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import stages
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

YES, LATER, NO = AnswerState.YES, AnswerState.LATER, AnswerState.NO


def a_full_cohort(rollout: Rollout | None = None) -> Cohort:
    cohort = a_cohort(rollout=rollout, maximum=1)
    a_place(cohort=cohort, municipality=make.municipality())
    return cohort


def an_offer(cohort: Cohort) -> PlaceOffer:
    """Somebody waited for the only seat, which has become free."""
    place = a_place(cohort=cohort, municipality=make.municipality())
    waiter = make.municipality()
    an_answer(rollout=cohort.rollout, municipality=waiter, by=a_decision_maker(waiter))
    answers.leave(
        place=place,
        content=Content(state=NO, reason=Reason.CAPACITY),
        by=place.answer.given_by,
        on=DAY,
        at=AT,
    )
    return PlaceOffer.objects.get(wait__municipality=waiter)


class TestTwoRolloutsOfOneSolution:
    """A municipality has one place, or waits once, for a solution."""

    def test_a_no_to_the_one_keeps_its_place_in_the_line_of_the_other(self) -> None:
        first = a_full_cohort()
        other = a_rollout(offer=first.rollout.offer)
        place = make.municipality()
        by = a_decision_maker(place)
        an_answer(rollout=first.rollout, municipality=place, by=by)

        an_answer(NO, rollout=other, municipality=place, by=by)

        assert Wait.objects.get(municipality=place).ended_at is None

    def test_a_yes_to_the_other_waits_in_one_line_only(self) -> None:
        first = a_full_cohort()
        second = a_full_cohort(a_rollout(offer=first.rollout.offer))
        place = make.municipality()
        by = a_decision_maker(place)
        an_answer(rollout=first.rollout, municipality=place, by=by)

        with pytest.raises(CannotAnswer) as refused:
            an_answer(rollout=second.rollout, municipality=place, by=by)

        assert refused.value.refusal is AnswerRefusal.WAITS_ELSEWHERE
        assert first.rollout.name in str(refused.value)

    def test_a_place_in_the_other_ends_the_wait(self) -> None:
        first = a_full_cohort()
        second = a_cohort(rollout=a_rollout(offer=first.rollout.offer))
        place = make.municipality()
        by = a_decision_maker(place)
        an_answer(rollout=first.rollout, municipality=place, by=by)

        given = an_answer(rollout=second.rollout, municipality=place, by=by)

        assert given.place is not None
        assert Wait.objects.get(municipality=place).ended_at is not None


class TestAPause:
    def test_gives_no_place_that_was_offered_before_it(self) -> None:
        offer = an_offer(a_cohort(maximum=1))
        pause(offer.cohort.rollout)

        with pytest.raises(CannotPlace) as refused:
            places.take_offer(offer=offer, by=offer.wait.answer.given_by, on=DAY, at=AT)

        assert refused.value.refusal is PlaceRefusal.NOT_OPEN

    def test_does_not_count_as_a_no_and_afterwards_the_seat_is_offered_anew(self) -> None:
        offer = an_offer(a_cohort(maximum=1))
        rollout = offer.cohort.rollout
        pause(rollout)
        later = offer.answer_by + timedelta(days=1)

        assert places.expire_offers(by=BY, on=later, at=AT) == 1
        offer.refresh_from_db()
        assert offer.outcome == OfferOutcome.WITHDRAWN.value
        rollouts.move(rollout=rollout, to=RolloutState.OPEN, by=BY, on=later, at=AT)

        again = PlaceOffer.objects.get(ended_at=None)
        assert (again.wait_id, again.cohort_id) == (offer.wait_id, offer.cohort_id)


def pause(rollout: Rollout) -> None:
    rollouts.move(
        rollout=rollout, to=RolloutState.PAUSED, by=BY, on=DAY, at=AT, reason="Feil i løsningen"
    )


def test_a_seat_that_becomes_free_by_itself_is_offered_the_next_morning() -> None:
    """Nobody does anything in a rollout when a figure of use lets its next cohort go on."""
    first = a_cohort(starts_on=date(2027, 3, 1), maximum=1)
    second = a_cohort(rollout=first.rollout, starts_on=date(2027, 10, 4))
    StopThreshold.objects.create(
        rollout=first.rollout,
        measure=StopMeasure.SHARE_IN_USE.value,
        limit=50,
        after_days=1,
        fixed_at=AT,
    )
    user, waiter, later = make.municipality(), make.municipality(), DAY + timedelta(days=30)
    a_place(cohort=first, municipality=user)
    an_answer(rollout=first.rollout, municipality=waiter, wishes=(second,))
    assert places.expire_offers(by=BY, on=DAY, at=AT) == 0
    assert not PlaceOffer.objects.exists()
    stages.say(
        offer=first.rollout.offer,
        municipality=user,
        said=stages.Said(stage=Stage.IN_USE, happened_on=later, source=Source.PROGRAMME),
        by=BY,
        on=later,
        at=AT + timedelta(days=30),
    )

    for _ in range(2):
        assert places.expire_offers(by=BY, on=later, at=AT + timedelta(days=30)) == 0

    assert PlaceOffer.objects.get().wait.municipality == waiter


class TestACohortThatIsGoneThroughWith:
    def test_offers_its_seats_no_more(self) -> None:
        offer = an_offer(a_cohort(maximum=1))
        cohorts.start_cohort(cohort=offer.cohort, by=BY, on=DAY, at=AT)
        cohorts.finish_cohort(cohort=offer.cohort, by=BY, on=DAY, at=AT)

        with pytest.raises(CannotPlace) as refused:
            places.take_offer(offer=offer, by=offer.wait.answer.given_by, on=DAY, at=AT)

        assert refused.value.refusal is PlaceRefusal.OFFER_ENDED

    def test_keeps_no_seat_for_a_received_answer(self) -> None:
        cohort, place = a_cohort(), make.municipality()
        invited(cohort.rollout, place)
        by = a_decision_maker(place)
        received.register(
            rollout=cohort.rollout,
            municipality=place,
            told=received.Told(
                channel=Channel.LETTER, state=YES, received_on=DAY, decided_by="Kommunestyret"
            ),
            cohort=cohort,
            by=by,
            on=DAY,
            at=AT,
        )
        cohorts.start_cohort(cohort=cohort, by=BY, on=DAY, at=AT)
        cohorts.finish_cohort(cohort=cohort, by=BY, on=DAY, at=AT)

        given = an_answer(rollout=cohort.rollout, municipality=place, by=by)

        assert given.place is None
        assert given.wait is not None


def test_whoever_is_invited_to_one_cohort_is_not_placed_in_another() -> None:
    first = a_cohort()
    second = a_cohort(rollout=first.rollout)
    place = make.municipality()
    Invitation.objects.filter(pk=invited(first.rollout, place).pk).update(cohort=second)

    given = an_answer(rollout=first.rollout, municipality=place)

    assert given.place is not None
    assert given.place.cohort_id == second.pk
    again = an_answer(rollout=first.rollout, municipality=place, by=given.answer.given_by)
    assert again.stood


def test_a_municipality_that_is_no_more_answers_nothing() -> None:
    cohort, place = a_cohort(), make.municipality()
    by = a_decision_maker(place)
    MunicipalityCode.objects.filter(municipality=place).update(valid_to=DAY)

    with pytest.raises(CannotAnswer) as refused:
        an_answer(rollout=cohort.rollout, municipality=place, by=by)

    assert refused.value.refusal is AnswerRefusal.NO_LONGER_THERE


# --- at the same moment ---


def at_once(*work: Callable[[], object]) -> list[str]:
    """Each in a thread with a connection of its own; what went wrong."""
    wrong: list[str] = []

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


@pytest.mark.django_db(transaction=True)
def test_a_leader_who_changes_a_cohort_never_blocks_those_who_answer() -> None:
    """She takes hold of the cohorts in the same order as they do: no deadlock."""
    first = a_cohort()
    second = a_cohort(rollout=first.rollout)
    place = make.municipality()
    by = a_decision_maker(place)
    invited(first.rollout, place)
    holds_first = threading.Event()

    def answers_slowly() -> None:
        """As an answer does, with time between the two cohorts."""
        with transaction.atomic():
            Cohort.objects.select_for_update(no_key=True).get(pk=first.pk)
            holds_first.set()
            time.sleep(0.5)
            answers.answer(
                rollout=first.rollout,
                municipality=place,
                content=Content(state=YES),
                seen=0,
                by=by,
                on=DAY,
                at=AT,
            )

    def leads() -> None:
        holds_first.wait(10)
        cohorts.finish_cohort(cohort=second, by=BY, on=DAY, at=AT)

    Cohort.objects.filter(pk=second.pk).update(state=CohortState.RUNNING.value)

    assert at_once(answers_slowly, leads) == []
    assert Place.objects.taken().filter(municipality=place, cohort=first).exists()


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_is_taken_back_meanwhile_is_not_answered() -> None:
    cohort, place = a_cohort(), make.municipality()
    by = a_decision_maker(place)
    invitation = invited(cohort.rollout, place)
    is_held = threading.Event()

    def takes_back() -> None:
        with transaction.atomic():
            invitations.withdraw(
                invitation=invitation, reason="Sendt til feil kommune", by=BY, at=AT
            )
            is_held.set()
            time.sleep(0.5)

    def says_yes() -> None:
        is_held.wait(10)
        an_answer_to(cohort, place, by)

    wrong = at_once(takes_back, says_yes)

    assert len(wrong) == 1
    assert wrong[0].startswith("CannotAnswer")
    assert not Place.objects.filter(municipality=place).exists()


def an_answer_to(cohort: Cohort, place: Municipality, by: object) -> None:
    answers.answer(
        rollout=cohort.rollout,
        municipality=place,
        content=Content(state=YES),
        seen=0,
        by=by,  # type: ignore[arg-type]
        on=DAY,
        at=AT,
    )

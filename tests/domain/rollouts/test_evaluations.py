"""What municipalities say when they have been through a cohort, and what it leads to."""

from datetime import date, datetime, timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from samlop.messages.models import Message
from samlop.messages.services.kinds import Draft, kind
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Cohort, Evaluation, Rollout
from samlop.rollouts.queries import cohorts as cohort_queries
from samlop.rollouts.queries import evaluations as queries
from samlop.rollouts.queries import heart
from samlop.rollouts.rules.cohorts import CohortRefusal, CohortState, StopMeasure, Threshold
from samlop.rollouts.rules.evaluations import Again, EvaluationRefusal
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import cohorts, evaluation_mails, evaluations, rollouts, stop_rule
from samlop.rollouts.services.evaluations import CannotEvaluate
from samlop.rollouts.services.plan_refusals import CannotForm
from tests import factories as make
from tests.rollout_making import AT, BY, DAY, a_cohort, a_place, a_rollout

pytestmark = pytest.mark.django_db
START = date(2027, 8, 16)


@pytest.fixture
def place() -> Municipality:
    return make.municipality(name="Nyvik")


@pytest.fixture
def cohort(place: Municipality) -> Cohort:
    rollout = a_rollout(name="Felles innføring", members=(place,))
    found = a_cohort(rollout=rollout)
    a_place(cohort=found, municipality=place)
    return found


def under_way(cohort: Cohort) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.RUNNING.value)


def finish(cohort: Cohort) -> None:
    under_way(cohort)
    cohorts.finish_cohort(cohort=cohort, by=BY, on=DAY, at=AT)


def say(
    cohort: Cohort,
    place: Municipality,
    again: Again = Again.YES,
    *,
    worked: str = "",
    otherwise: str = "",
    on: date = DAY,
    at: datetime = AT,
) -> Evaluation:
    return evaluations.evaluate(
        rollout=cohort.rollout,
        municipality=place,
        again=again,
        worked=worked,
        otherwise=otherwise,
        by=BY,
        on=on,
        at=at,
    )


def asks(place: Municipality, on: date = DAY) -> list[heart.Ask]:
    return [one.ask for one in heart.of([place.pk], on=on).questions]


def test_it_is_asked_when_the_cohort_is_gone_through_with(
    cohort: Cohort, place: Municipality
) -> None:
    under_way(cohort)
    assert asks(place) == []
    with pytest.raises(CannotEvaluate) as refused:
        say(cohort, place)
    assert refused.value.refusal is EvaluationRefusal.NOT_ASKED

    finish(cohort)

    assert asks(place) == [heart.Ask.EVALUATION]
    say(cohort, place, Again.PARTLY, otherwise=" Mer \n tid. ")
    assert asks(place) == []
    assert Evaluation.objects.get().otherwise == "Mer tid."


def test_the_newest_word_counts_and_none_is_changed(cohort: Cohort, place: Municipality) -> None:
    finish(cohort)
    first = say(cohort, place)
    assert say(cohort, place) == first
    say(cohort, place, Again.NO, otherwise="Vent på leverandøren.", at=AT + timedelta(hours=1))

    (said,) = queries.said(cohort.rollout)
    assert (said.again, said.otherwise) == (Again.NO, "Vent på leverandøren.")
    assert Evaluation.objects.count() == 2
    for change in (
        lambda: Evaluation.objects.filter(pk=first.pk).update(worked="Noe annet"),
        lambda: Evaluation.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_after_the_end_nobody_is_asked(cohort: Cohort, place: Municipality) -> None:
    finish(cohort)
    rollout = cohort.rollout
    Rollout.objects.filter(pk=rollout.pk).update(state=RolloutState.EVALUATING.value)
    rollouts.move(
        rollout=rollout,
        to=RolloutState.CLOSED,
        conclusion="Begynn med opplæringen.",
        link="example.org/evaluering",
        by=BY,
        on=DAY,
        at=AT,
    )
    rollout.refresh_from_db()
    assert rollout.conclusion == "Begynn med opplæringen."
    assert rollout.conclusion_link == "https://example.org/evaluering"
    assert rollout.state_reason == ""
    assert asks(place) == []
    with pytest.raises(CannotEvaluate):
        say(cohort, place)


def test_the_database_closes_nothing_without_a_word() -> None:
    rollout = a_rollout(state=RolloutState.EVALUATING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rollout.objects.filter(pk=rollout.pk).update(state=RolloutState.CLOSED.value)


def test_the_stop_rule_counts_what_has_been_said(cohort: Cohort, place: Municipality) -> None:
    rollout = cohort.rollout
    others = [make.municipality() for _ in range(3)]
    for one in others:
        a_place(cohort=cohort, municipality=one)
    after = a_cohort(rollout=rollout, starts_on=START + timedelta(days=200))
    stop_rule.fix_thresholds(
        rollout=rollout,
        thresholds=[
            Threshold(measure=StopMeasure.SHARE_IN_USE, limit=0, after_days=60),
            Threshold(measure=StopMeasure.EVALUATIONS_ANSWERED, limit=50),
        ],
        by=BY,
        on=DAY,
        at=AT,
    )
    under_way(cohort)
    counts_from = START + timedelta(days=60)

    def figure(on: date) -> tuple[int | None, bool | None]:
        rule = next(one for one in cohort_queries.stop_rule(rollout.pk, on) if one.before)
        assert rule.cohort == after.pk
        measure = rule.before[0].measures[1]
        return measure.value, measure.met

    assert asks(place, counts_from - timedelta(days=1)) == []
    assert figure(counts_from - timedelta(days=1)) == (None, None)
    assert asks(place, counts_from) == [heart.Ask.EVALUATION]
    assert figure(counts_from) == (0, False)
    for one in (place, others[0]):
        say(cohort, one, on=counts_from)
    assert figure(counts_from) == (50, True)
    with pytest.raises(CannotForm) as refused:
        stop_rule.record_figure(
            cohort=cohort,
            measure=StopMeasure.EVALUATIONS_ANSWERED,
            value=80,
            figure_on=DAY,
            link="example.org",
            by=BY,
            on=DAY,
            at=AT,
        )
    assert refused.value.refusal is CohortRefusal.COUNTED_HERE


def test_the_weekly_letter_asks_once_and_not_whoever_has_answered(
    cohort: Cohort, place: Municipality
) -> None:
    finish(cohort)
    (message,) = Message.objects.filter(kind=evaluation_mails.ASKED)
    draft = Draft(recipient=message.recipient, context=message.context, home="https://example.org/")
    mail = kind(evaluation_mails.ASKED).write(draft)
    assert message.state == "waiting"
    assert mail is not None
    assert mail.subject == "Hva har dere lært av Felles innføring?"

    say(cohort, place)

    assert kind(evaluation_mails.ASKED).write(draft) is None

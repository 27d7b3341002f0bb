"""Many municipalities accept at once: never one place too many, no answer lost, all in line."""

import threading
from collections.abc import Callable, Iterable
from functools import partial
from queue import Empty, SimpleQueue

import pytest
from django.db import IntegrityError, connection, transaction

from samlop.accounts.models import Person
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Answer, Cohort, Place, Wait
from samlop.rollouts.queries import places as queries
from samlop.rollouts.rules.answers import AnswerState, Content
from samlop.rollouts.services import answers
from tests import factories as make
from tests.rollout_making import AT, DAY, a_cohort, a_decision_maker, a_rollout, invited

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 40
ACCEPTANCES = 200
SEATS = 30


def at_once(work: Iterable[Callable[[], object]], *, connections: int = CONNECTIONS) -> list[str]:
    """Everything done by so many threads, each with a connection of its own; what went wrong."""
    queue: SimpleQueue[Callable[[], object]] = SimpleQueue()
    for one in work:
        queue.put(one)
    ready = threading.Barrier(connections)
    wrong: list[str] = []

    def run() -> None:
        try:
            connection.ensure_connection()
            ready.wait(60)
            while True:
                queue.get_nowait()()
        except Empty:
            pass
        except BaseException as error:
            wrong.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def accept(cohort: Cohort, municipality: Municipality, by: Person) -> answers.Given:
    return answers.answer(
        rollout=cohort.rollout,
        municipality=municipality,
        content=Content(state=AnswerState.YES, wishes=(cohort.pk,)),
        seen=0,
        by=by,
        on=DAY,
        at=AT,
    )


def race(asked: list[tuple[Municipality, Person]]) -> None:
    """A new rollout with 30 places, and everybody says yes to it at the same time."""
    cohort = a_cohort(rollout=a_rollout(), maximum=SEATS)
    for municipality, _ in asked:
        invited(cohort.rollout, municipality)

    wrong = at_once(partial(accept, cohort, municipality, by) for municipality, by in asked)

    assert wrong == []
    said = Answer.objects.filter(rollout=cohort.rollout)
    assert said.count() == len(asked)
    placed = Place.objects.taken().filter(cohort=cohort)
    assert placed.count() == SEATS
    line = queries.line(cohort.rollout, DAY)
    assert len(line) == len(asked) - SEATS
    assert {one.municipality for one in line}.isdisjoint(
        placed.values_list("municipality_id", flat=True)
    )
    # First come, first placed; and the rest in line in the order they came.
    in_line = Wait.objects.filter(rollout=cohort.rollout).order_by("since", "pk")
    came = list(said.order_by("pk").values_list("municipality_id", flat=True))
    assert list(in_line.values_list("municipality_id", flat=True)) == came[SEATS:]


def everybody(count: int) -> list[tuple[Municipality, Person]]:
    places = [make.municipality(number=f"{7000 + index}") for index in range(count)]
    return [(place, a_decision_maker(place)) for place in places]


def test_two_hundred_acceptances_of_thirty_places() -> None:
    race(everybody(ACCEPTANCES))


@pytest.mark.long
def test_two_hundred_acceptances_of_thirty_places_twenty_times() -> None:
    asked = everybody(ACCEPTANCES)
    for _ in range(20):
        race(asked)


def test_the_database_alone_never_gives_one_too_many() -> None:
    """Past the services and their locks: every thread writes its place as raw as it can."""
    asked = everybody(CONNECTIONS)
    cohort = a_cohort(rollout=a_rollout(), maximum=1)
    for municipality, person in asked:
        invited(cohort.rollout, municipality)
        accept(cohort, municipality, person)
    Place.objects.update(ended_at=AT, end="moved")
    rows = list(Answer.objects.filter(rollout=cohort.rollout))
    wide = Cohort.objects.create(
        rollout=cohort.rollout,
        solution_id=cohort.solution_id,
        number=2,
        name="Pulje 2",
        quarter=cohort.quarter,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        maximum=5,
        answer_by=cohort.answer_by,
        change_until=cohort.change_until,
        state=cohort.state,
    )

    def write(answer: Answer) -> None:
        try:
            with transaction.atomic():
                Place.objects.create(
                    cohort=wide,
                    solution_id=wide.solution_id,
                    municipality_id=answer.municipality_id,
                    answer=answer,
                    given_at=AT,
                )
        except IntegrityError as refused:
            if "cohort is full" not in str(refused):
                raise

    assert at_once(partial(write, row) for row in rows) == []
    assert Place.objects.taken().filter(cohort=wide).count() == 5

"""Health-professional assessments: by the named, never of the programme, and then it stands."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.accounts.models import Person
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.portfolio.models import (
    Condition,
    HealthAssessment,
    HealthAssessor,
    HealthFinding,
    HealthQuestion,
    Offer,
)
from samlop.portfolio.queries import health as queries
from samlop.portfolio.rules.health import ConditionState, HealthRefusal, Severity, Soundness
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.portfolio.services import health as services
from samlop.portfolio.services.health import AnsweredMeanwhile, CannotAssessHealth
from samlop.portfolio.texts.health import FIRST_QUESTIONS
from tests import factories as make
from tests import portfolio_making as making
from tests.portfolio_making import AT, BY, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    return make.offer(solution=make.solution(name="Kjernejournal", slug="kjernejournal"))


@pytest.fixture
def anna() -> Person:
    return making.assessor(name="Anna")


def refusal_of(call: Callable[[], object]) -> HealthRefusal:
    with pytest.raises(CannotAssessHealth) as error:
        call()
    assert "%(" not in str(error.value)
    return error.value.refusal


def conclude(
    row: HealthAssessment,
    by: Person | Machine,
    conclusion: Soundness = Soundness.SOUND,
    summary: str = "Prøvd.",
) -> HealthAssessment:
    return services.conclude(
        assessment=row, conclusion=conclusion, summary=summary, by=by, on=DAY, at=AT
    )


# --- who ---


def test_it_begins_with_the_first_questions_and_one_at_a_time(offer: Offer) -> None:
    row = services.open_assessment(offer=offer, by=BY, at=AT)

    asked = row.questions.order_by("position").values_list("question", flat=True)
    assert tuple(asked) == FIRST_QUESTIONS
    again = refusal_of(lambda: services.open_assessment(offer=offer, by=BY, at=AT))
    assert again is HealthRefusal.ALREADY_OPEN


def test_a_joint_process_has_none() -> None:
    process = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    refused = refusal_of(lambda: services.open_assessment(offer=process, by=BY, at=AT))
    assert refused is HealthRefusal.JOINT_PROCESS


def test_nobody_of_the_programme_is_named(offer: Offer, anna: Person) -> None:
    row = services.open_assessment(offer=offer, by=BY, at=AT)
    making.of_programme(anna, offer)

    with pytest.raises(CannotAssessHealth) as error:
        services.name_assessor(assessment=row, person=anna, by=BY, on=DAY)

    assert error.value.refusal is HealthRefusal.OF_THE_PROGRAMME
    assert str(error.value).startswith("Anna hører til programmet bak Kjernejournal.")
    assert not row.assessors.exists()


def test_somebody_who_is_about_to_join_the_programme_is_not_named_either(
    offer: Offer, anna: Person
) -> None:
    row = services.open_assessment(offer=offer, by=BY, at=AT)
    making.of_programme(anna, offer, on=date(2027, 4, 1))

    refused = refusal_of(lambda: services.name_assessor(assessment=row, person=anna, by=BY, on=DAY))
    assert refused is HealthRefusal.OF_THE_PROGRAMME


def test_the_programme_of_another_solution_hinders_nobody(offer: Offer, anna: Person) -> None:
    making.of_programme(anna, make.offer())
    row = services.open_assessment(offer=offer, by=BY, at=AT)

    named = services.name_assessor(assessment=row, person=anna, by=BY, on=DAY)

    assert (named.person, named.position) == (anna, "Kommuneoverlege")
    twice = refusal_of(lambda: services.name_assessor(assessment=row, person=anna, by=BY, on=DAY))
    assert twice is HealthRefusal.ALREADY_NAMED
    stranger = make.person()
    unfit = refusal_of(
        lambda: services.name_assessor(assessment=row, person=stranger, by=BY, on=DAY)
    )
    assert unfit is HealthRefusal.NOT_AN_ASSESSOR


def test_whoever_joins_the_programme_later_is_shown_and_holds_the_conclusion_back(
    offer: Offer, anna: Person
) -> None:
    row = making.health_begun(offer, anna)
    making.of_programme(anna, offer, on=date(2027, 3, 10))

    state = queries.under_way(offer, on=DAY)
    assert state is not None
    assert [one.programme_from for one in state.assessors] == [date(2027, 3, 10)]
    refused = refusal_of(lambda: conclude(row, anna))
    assert refused is HealthRefusal.NOW_OF_THE_PROGRAMME

    other = making.assessor(name="Berit")
    services.name_assessor(assessment=row, person=other, by=BY, on=DAY)
    services.remove_assessor(assessor=HealthAssessor.objects.get(person=anna), by=BY)
    assert conclude(row, other).conclusion == Soundness.SOUND.value


def test_whoever_joins_the_programme_after_the_conclusion_is_shown(
    offer: Offer, anna: Person
) -> None:
    making.found_sound(offer, by=anna)
    making.of_programme(anna, offer, on=date(2027, 4, 1))

    before = queries.conclusion_of(offer, on=DAY)
    after = queries.conclusion_of(offer, on=date(2027, 5, 1))

    assert before is not None
    assert after is not None
    assert after.conclusion is Soundness.SOUND
    assert [one.programme_from for one in after.assessors] == [date(2027, 4, 1)]


# --- writing ---


def test_only_the_named_write(offer: Offer, anna: Person) -> None:
    row = making.health_begun(offer, anna)
    other = making.assessor()
    question = row.questions.order_by("position")[0]

    def written(by: Person | Machine) -> list[HealthRefusal]:
        return [
            refusal_of(
                lambda: services.answer(question=question, text="Nei", seen=1, by=by, at=AT)
            ),
            refusal_of(
                lambda: services.add_question(assessment=row, question="Hva?", by=by, at=AT)
            ),
            refusal_of(
                lambda: services.add_finding(
                    assessment=row, severity=Severity.LOW, text="x", by=by, at=AT
                )
            ),
            refusal_of(
                lambda: services.add_condition(
                    assessment=row, text="x", due_by=DAY, by=by, on=DAY, at=AT
                )
            ),
            refusal_of(lambda: conclude(row, by)),
        ]

    assert set(written(other)) == set(written(BY)) == {HealthRefusal.NOT_NAMED}


def test_two_who_answer_at_once_lose_nothing(offer: Offer, anna: Person) -> None:
    row = making.health_begun(offer, anna)
    question = row.questions.order_by("position")[0]
    services.answer(question=question, text="Først", seen=1, by=anna, at=AT)

    with pytest.raises(AnsweredMeanwhile) as error:
        services.answer(question=question, text="Sist", seen=1, by=anna, at=AT)

    assert (error.value.stored, error.value.revision) == ("Først", 2)
    # The same words again are no conflict.
    services.answer(question=question, text="Først", seen=1, by=anna, at=AT)
    services.answer(question=question, text="Sist", seen=2, by=anna, at=AT)
    question.refresh_from_db()
    assert question.answer == "Sist"


def test_findings_and_conditions_come_and_go_until_the_conclusion(
    offer: Offer, anna: Person
) -> None:
    row = making.health_begun(offer, anna)
    finding = services.add_finding(
        assessment=row, severity=Severity.CRITICAL, text=" Feil dose ", by=anna, at=AT
    )
    assert refusal_of(lambda: conclude(row, anna)) is HealthRefusal.CRITICAL
    services.change_finding(
        finding=finding, severity=Severity.LOW, text="Liten skrift", advice="Øk", by=anna, at=AT
    )
    condition = services.add_condition(
        assessment=row, text="Rett skriften", due_by=DAY, by=anna, on=DAY, at=AT
    )
    assert refusal_of(lambda: conclude(row, anna)) is HealthRefusal.CONDITIONS_TO_SPARE
    services.remove_condition(condition=condition, by=anna, at=AT)

    state = queries.under_way(offer, on=DAY)
    assert state is not None
    assert [(one.severity, one.text, one.advice) for one in state.findings] == [
        (Severity.LOW, "Liten skrift", "Øk")
    ]
    services.remove_finding(finding=finding, by=anna, at=AT)
    assert conclude(row, anna).concluded_by == anna


def test_what_is_left_empty_is_refused(offer: Offer, anna: Person) -> None:
    row = making.health_begun(offer, anna)

    def finding(text: str) -> object:
        return services.add_finding(
            assessment=row, severity=Severity.LOW, text=text, by=anna, at=AT
        )

    def condition(text: str, due_by: date) -> object:
        return services.add_condition(
            assessment=row, text=text, due_by=due_by, by=anna, on=DAY, at=AT
        )

    assert refusal_of(lambda: finding(" ")) is HealthRefusal.NO_FINDING
    assert refusal_of(lambda: condition(" ", DAY)) is HealthRefusal.NO_CONDITION
    assert refusal_of(lambda: condition("x", date(2027, 3, 13))) is HealthRefusal.DUE_IN_THE_PAST
    nothing = refusal_of(lambda: services.add_question(assessment=row, question="", by=anna, at=AT))
    assert nothing is HealthRefusal.NO_QUESTION
    assert refusal_of(lambda: conclude(row, anna, summary=" ")) is HealthRefusal.NO_SUMMARY
    services.add_question(assessment=row, question="Hva nå?", by=anna, at=AT)
    assert refusal_of(lambda: conclude(row, anna)) is HealthRefusal.UNANSWERED


# --- when it has concluded ---


def test_a_conclusion_stands(offer: Offer, anna: Person) -> None:
    row = making.found_sound(offer, Soundness.ON_CONDITIONS, by=anna)
    question = row.questions.order_by("position")[0]

    again = refusal_of(lambda: conclude(row, anna, Soundness.NOT_SOUND))
    assert again is HealthRefusal.CONCLUDED
    late = refusal_of(
        lambda: services.answer(question=question, text="Nei", seen=1, by=anna, at=AT)
    )
    assert late is HealthRefusal.CONCLUDED
    stands: list[Callable[[], object]] = [
        lambda: HealthAssessment.objects.filter(pk=row.pk).update(conclusion="sound"),
        lambda: HealthQuestion.objects.filter(pk=question.pk).update(answer="Nei"),
        lambda: HealthFinding.objects.filter(assessment=row).update(severity="low"),
        lambda: HealthFinding.objects.filter(assessment=row).delete(),
        lambda: HealthAssessor.objects.filter(assessment=row).delete(),
        lambda: HealthAssessment.objects.filter(pk=row.pk).delete(),
    ]
    for change in stands:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_new_assessment_can_begin_and_its_conclusion_is_the_one_that_counts(
    offer: Offer, anna: Person
) -> None:
    making.found_sound(offer, Soundness.NOT_SOUND, by=anna)
    second = making.health_begun(offer, anna)
    assert queries.conclusions_of([offer.pk]) == {offer.pk: Soundness.NOT_SOUND}

    conclude(second, anna)

    assert queries.conclusions_of([offer.pk]) == {offer.pk: Soundness.SOUND}
    newest = queries.conclusion_of(offer, on=DAY)
    assert newest is not None
    assert newest.pk == second.pk
    assert len(queries.history(offer, on=DAY)) == 2


def test_a_condition_is_met_with_a_note_overdue_without_and_can_be_opened_again(
    offer: Offer, anna: Person
) -> None:
    making.found_sound(offer, Soundness.ON_CONDITIONS, by=anna)
    condition = Condition.objects.get()

    assert condition.state_on(date(2027, 6, 1)) is ConditionState.DUE
    assert condition.state_on(date(2027, 6, 2)) is ConditionState.OVERDUE

    def meet(note: str) -> None:
        services.meet_condition(condition=condition, note=note, by=BY, on=date(2027, 5, 20), at=AT)

    assert refusal_of(lambda: meet(" ")) is HealthRefusal.NO_NOTE
    meet("Testrapport 4")
    assert condition.state_on(date(2027, 6, 2)) is ConditionState.MET
    assert refusal_of(lambda: meet("igjen")) is HealthRefusal.ALREADY_MET
    state = queries.conclusion_of(offer, on=date(2027, 6, 2))
    assert state is not None
    assert state.open_conditions == 0
    services.reopen_condition(condition=condition, by=BY, at=AT)
    assert condition.met_on is None
    shut = refusal_of(lambda: services.reopen_condition(condition=condition, by=BY, at=AT))
    assert shut is HealthRefusal.NOT_MET
    assert Event.objects.filter(code__startswith="portfolio.condition.").count() == 2


def test_a_condition_of_an_open_assessment_is_not_in_force(offer: Offer, anna: Person) -> None:
    row = making.health_begun(offer, anna)
    condition = services.add_condition(assessment=row, text="x", due_by=DAY, by=anna, on=DAY, at=AT)
    early = refusal_of(
        lambda: services.meet_condition(condition=condition, note="x", by=BY, on=DAY, at=AT)
    )
    assert early is HealthRefusal.NOT_CONCLUDED


# --- the database ---


def test_the_database_holds_the_assessments(offer: Offer, anna: Person) -> None:
    row = making.health_begun(offer, anna)
    with (
        pytest.raises(IntegrityError, match="health_assessment_one_under_way"),
        transaction.atomic(),
    ):
        HealthAssessment.objects.create(offer=offer, opened_at=AT)
    with (
        pytest.raises(IntegrityError, match="health_assessment_concluded_whole"),
        transaction.atomic(),
    ):
        HealthAssessment.objects.filter(pk=row.pk).update(concluded_at=AT, conclusion="sound")
    with pytest.raises(IntegrityError, match="condition_set_by_one"), transaction.atomic():
        Condition.objects.create(text="x", due_by=DAY)
    with pytest.raises(IntegrityError, match="condition_met_with_a_note"), transaction.atomic():
        Condition.objects.create(health=row, text="x", due_by=DAY, met_on=DAY)
    with pytest.raises(IntegrityError, match="health_assessor_named_once"), transaction.atomic():
        HealthAssessor.objects.create(assessment=row, person=anna, named_on=DAY)


def test_the_states_cost_the_same_for_one_and_for_many(
    offer: Offer, anna: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    making.found_sound(offer, by=anna)
    with django_assert_num_queries(6):
        queries.history(offer, on=DAY)
    making.found_sound(offer, Soundness.ON_CONDITIONS, by=anna)
    with django_assert_num_queries(6):
        queries.history(offer, on=DAY)

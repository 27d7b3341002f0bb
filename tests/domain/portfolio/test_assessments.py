"""An assessment filled over weeks: answers, evidence, the body's opinion, and newer versions."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.accounts.models import Person
from samlop.audit.models import Event
from samlop.files.models import File
from samlop.files.services import CannotStore
from samlop.governance.models import Body
from samlop.lib.actors import Machine
from samlop.portfolio.imports import criteria as imports
from samlop.portfolio.models import (
    Answer,
    Assessment,
    Condition,
    Confirmation,
    CriteriaSet,
    Criterion,
    Evidence,
    HealthAssessment,
    Offer,
)
from samlop.portfolio.queries import assessments as queries
from samlop.portfolio.queries import criteria as criteria_queries
from samlop.portfolio.queries.assessments import AssessmentState, CriterionState
from samlop.portfolio.rules import assessments as rules
from samlop.portfolio.rules.assessments import (
    MOST_EVIDENCE,
    AnswerPart,
    AssessmentRefusal,
    Content,
    Lack,
    Opinion,
    Verdict,
)
from samlop.portfolio.rules.criteria import Assessor, CriterionWeight, SetStanding
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.portfolio.services import assessments as services
from samlop.portfolio.services import criteria as criteria_services
from samlop.portfolio.services.assessments import AnswerConflict, CannotAssess
from tests import factories as make
from tests.rules.test_files import PDF, SVG

pytestmark = pytest.mark.django_db

AT = datetime(2027, 3, 14, 9, tzinfo=UTC)
LATER = AT + timedelta(days=20)
BY = Machine("Program")
CODE = "gevinster"
MET = Content(verdict=Verdict.MET, line="Målt i tre kommuner.")


def first_version() -> None:
    call_command("load_bodies", verbosity=0)
    criteria_services.ensure_first(imports.read(), by=BY, at=AT)


@pytest.fixture
def offer() -> Offer:
    first_version()
    return make.offer()


@pytest.fixture
def assessment(offer: Offer) -> Assessment:
    return services.open_assessment(offer=offer, by=BY, at=AT)


@pytest.fixture
def programme() -> Person:
    return make.person(name="Programmet")


@pytest.fixture
def body() -> Person:
    return make.person(name="Organet")


def answer_of(assessment: Assessment, code: str = CODE) -> Answer:
    return Answer.objects.select_related("criterion", "assessment").get(
        assessment=assessment, criterion__code=code
    )


def state_of(assessment: Assessment, code: str = CODE) -> CriterionState:
    found = queries.state(assessment.pk)
    assert found is not None
    return next(one for one in found.criteria if one.code == code)


def save(
    answer: Answer, sent: Content = MET, base: Content | None = None, *, by: object = BY
) -> Answer:
    answer.refresh_from_db()
    return services.save_answer(
        answer=answer,
        base=base if base is not None else answer.content,
        sent=sent,
        by=by,  # type: ignore[arg-type]
        at=AT,
    )


def link(
    answer: Answer, address: str = "https://ks.no/rapport", words: str = "Rapport"
) -> Evidence:
    return services.add_link(answer=answer, words=words, link=address, by=BY, at=AT)


def judge(
    answer: Answer,
    opinion: Opinion = Opinion.AGREES,
    comment: str = "",
    *,
    by: object = BY,
    at: datetime = AT,
) -> Confirmation:
    answer.refresh_from_db()
    return services.give_opinion(
        answer=answer,
        opinion=opinion,
        comment=comment,
        seen=services.fact_of(answer),
        by=by,  # type: ignore[arg-type]
        at=at,
    )


def refusal(error: pytest.ExceptionInfo[CannotAssess]) -> AssessmentRefusal:
    assert str(error.value)
    assert "%(" not in str(error.value)
    return error.value.refusal


# --- beginning ---


def test_an_assessment_begins_with_every_criterion_unanswered(
    offer: Offer, assessment: Assessment
) -> None:
    found = queries.state_of(offer)
    assert found is not None
    assert (found.pk, found.criteria_set.number) == (assessment.pk, 1)
    assert found.criteria_set.standing is SetStanding.FROM_THE_REPORT
    assert (found.progress.total, found.progress.answered) == (13, 0)
    assert {one.lacks for one in found.unmet_musts} == {(Lack.UNANSWERED,)}
    assert len(found.unmet_musts) == 11
    assert found.title(CODE) == "Gevinster og effekter er dokumentert"


def test_there_is_one_assessment_of_an_offer_at_a_time(assessment: Assessment) -> None:
    with pytest.raises(CannotAssess) as error:
        services.open_assessment(offer=assessment.offer, by=BY, at=AT)
    assert refusal(error) is AssessmentRefusal.ALREADY_OPEN
    with pytest.raises(IntegrityError, match="assessment_one_per_offer"), transaction.atomic():
        Assessment.objects.create(
            offer=assessment.offer, criteria_set=assessment.criteria_set, opened_at=AT
        )


def test_a_joint_process_is_not_assessed() -> None:
    first_version()
    process = make.solution(kind=SolutionKind.JOINT_PROCESS)
    with pytest.raises(CannotAssess) as error:
        services.open_assessment(offer=make.offer(solution=process), by=BY, at=AT)
    assert refusal(error) is AssessmentRefusal.JOINT_PROCESS


def test_nothing_is_assessed_before_criteria_are_published() -> None:
    with pytest.raises(CannotAssess) as error:
        services.open_assessment(offer=make.offer(), by=BY, at=AT)
    assert refusal(error) is AssessmentRefusal.NOT_PUBLISHED
    assert queries.state_of(make.offer()) is None


# --- answering ---


def test_an_answer_is_stored_tidy_with_who_and_when(
    assessment: Assessment, programme: Person
) -> None:
    sent = Content(verdict=Verdict.PARTLY, line="  Tre\r\n kommuner ", comment="Lang.\r\n\r\nMer. ")
    save(answer_of(assessment), sent, by=programme)

    found = state_of(assessment)
    assert found.content == Content(
        verdict=Verdict.PARTLY, line="Tre kommuner", comment="Lang.\n\nMer."
    )
    assert (found.by, found.at, found.revision) == (programme.pk, AT, 1)
    event = Event.objects.get(code="portfolio.answer.changed")
    assert event.details["changed"] == ["verdict", "line", "comment"]
    assert event.details["reopened"] is False


def test_saving_the_same_again_records_nothing(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    save(answer)
    save(answer)
    assert Event.objects.filter(code="portfolio.answer.changed").count() == 1
    assert answer_of(assessment).revision == 1


def test_not_relevant_is_saved_with_its_reason_only(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    with pytest.raises(CannotAssess) as error:
        save(answer, Content(verdict=Verdict.NOT_RELEVANT))
    assert refusal(error) is AssessmentRefusal.NO_REASON
    save(answer, Content(verdict=Verdict.NOT_RELEVANT, line="Ingen innbyggere møter den."))
    assert state_of(assessment).content.verdict is Verdict.NOT_RELEVANT


def test_the_health_criterion_is_not_answered_by_hand(assessment: Assessment) -> None:
    answer = answer_of(assessment, "helsefaglig")
    with pytest.raises(CannotAssess) as error:
        save(answer)
    assert refusal(error) is AssessmentRefusal.ANSWERED_ELSEWHERE
    with pytest.raises(CannotAssess) as error:
        link(answer)
    assert refusal(error) is AssessmentRefusal.ANSWERED_ELSEWHERE
    with pytest.raises(CannotAssess) as error:
        judge(answer)
    assert refusal(error) is AssessmentRefusal.ANSWERED_ELSEWHERE


# --- two people ---


def test_two_who_change_different_parts_both_get_what_they_wrote(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    base = save(answer).content
    save(answer, replace(base, line="Målt i fire."), base)
    save(answer, replace(base, comment="Se rapporten."), base)

    assert state_of(assessment).content == Content(
        verdict=Verdict.MET, line="Målt i fire.", comment="Se rapporten."
    )


def test_two_who_change_the_same_part_are_both_heard(
    assessment: Assessment, programme: Person
) -> None:
    answer = answer_of(assessment)
    base = save(answer).content
    save(answer, replace(base, line="Målt i fire."), base, by=programme)

    mine = replace(base, line="Målt i fem.", comment="Nytt.")
    with pytest.raises(AnswerConflict) as error:
        save(answer, mine, base)

    assert str(error.value)
    assert error.value.stored.line == "Målt i fire."
    assert error.value.merged.content == mine
    assert error.value.merged.conflicts == (AnswerPart.LINE,)
    assert error.value.last is not None
    assert (error.value.last.actor_id, error.value.last.happened_at) == (programme.pk, AT)
    # Nothing is saved until she has chosen, not even the part nobody else has touched.
    assert state_of(assessment).content == replace(base, line="Målt i fire.")

    save(answer, mine, error.value.stored)
    assert state_of(assessment).content == mine


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_the_same_time_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are held at the rule until the other has read: without the lock one is lost."""
    first_version()
    assessment = services.open_assessment(offer=make.offer(), by=BY, at=AT)
    answer = answer_of(assessment)
    meet, merge = threading.Barrier(2), rules.merge

    def slow(*, base: Content, stored: Content, sent: Content) -> rules.Merged:
        with contextlib.suppress(threading.BrokenBarrierError):
            meet.wait(timeout=0.7)
        return merge(base=base, stored=stored, sent=sent)

    monkeypatch.setattr(rules, "merge", slow)

    def write(sent: Content) -> None:
        try:
            services.save_answer(
                answer=answer_of(assessment), base=Content(), sent=sent, by=BY, at=AT
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in (
            pool.submit(write, Content(line="Målt i fire.")),
            pool.submit(write, Content(comment="Se rapporten.")),
        ):
            done.result()

    answer.refresh_from_db()
    assert answer.content == Content(line="Målt i fire.", comment="Se rapporten.")
    assert answer.revision == 2


# --- evidence ---


def test_links_and_files_stand_beside_the_verdict(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    save(answer)
    assert state_of(assessment).rule_line.lacks_evidence
    link(answer, " https://ks.no/rapport ", "  Rapport   2026 ")
    services.add_file(
        answer=answer, words="Måling", name="C:\\maling.pdf", content=PDF, by=BY, at=LATER
    )

    first, second = state_of(assessment).evidence
    assert (first.words, first.link, first.key) == ("Rapport 2026", "https://ks.no/rapport", None)
    assert (second.words, second.file_name, second.link) == ("Måling", "maling.pdf", "")
    assert second.key == File.objects.get().key
    assert not state_of(assessment).rule_line.lacks_evidence
    # The link and then the file were the last changes of what the answer shows.
    assert state_of(assessment).at == LATER


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ks.no/rapport",
        "javascript:alert(1)",
        "ftp://ks.no/",
        "https://lokal/",
        "https://ks.no/a b",
        'https://ks.no/"onclick',
        "https://ks.no/" + "a" * 500,
    ],
)
def test_a_link_must_be_an_address_on_the_web(assessment: Assessment, address: str) -> None:
    with pytest.raises(CannotAssess) as error:
        link(answer_of(assessment), address)
    assert refusal(error) is AssessmentRefusal.NO_LINK


def test_evidence_says_what_it_is(assessment: Assessment) -> None:
    with pytest.raises(CannotAssess) as error:
        link(answer_of(assessment), words=" ")
    assert refusal(error) is AssessmentRefusal.NO_WORDS_FOR_LINK


def test_a_file_that_is_refused_leaves_nothing(assessment: Assessment) -> None:
    with pytest.raises(CannotStore):
        services.add_file(
            answer=answer_of(assessment), words="Bilde", name="a.pdf", content=SVG, by=BY, at=AT
        )
    assert not Evidence.objects.exists()
    assert not File.objects.exists()
    assert answer_of(assessment).revision == 0


def test_there_is_room_for_so_much_evidence(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    for index in range(MOST_EVIDENCE):
        link(answer, words=f"Rapport {index}")
    with pytest.raises(CannotAssess) as error:
        link(answer)
    assert refusal(error) is AssessmentRefusal.TOO_MUCH_EVIDENCE


def test_evidence_is_taken_away_and_stays_in_the_table(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    evidence = link(answer)
    services.remove_evidence(evidence=evidence, by=BY, at=LATER)
    assert state_of(assessment).evidence == ()
    with pytest.raises(CannotAssess) as error:
        services.remove_evidence(evidence=evidence, by=BY, at=LATER)
    assert refusal(error) is AssessmentRefusal.EVIDENCE_GONE
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        evidence.delete()


# --- the deciding body ---


def test_the_body_agrees_and_the_criterion_is_settled(
    assessment: Assessment, programme: Person, body: Person
) -> None:
    answer = answer_of(assessment)
    save(answer, by=programme)
    link(answer)
    judge(answer, by=body, comment="God måling.")

    found = state_of(assessment)
    assert found.opinion is not None
    assert (found.opinion.opinion, found.opinion.stands) == (Opinion.AGREES, True)
    assert (found.opinion.by, found.opinion.comment) == (body.pk, "God måling.")
    assert found.rule_line.is_settled


def test_both_opinions_are_kept_and_the_newest_counts(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    save(answer)
    link(answer)
    judge(answer, Opinion.DISAGREES, "Bare store kommuner.")
    judge(answer, at=LATER)

    found = state_of(assessment)
    assert found.opinion is not None
    assert found.opinion.opinion is Opinion.AGREES
    assert [one.comment for one in found.earlier_opinions] == ["Bare store kommuner."]
    assert found.content.verdict is Verdict.MET


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda answer: save(answer, replace(MET, verdict=Verdict.PARTLY)), AnswerPart.VERDICT),
        (lambda answer: save(answer, replace(MET, line="Målt i to.")), AnswerPart.LINE),
        (lambda answer: link(answer, words="Ny rapport"), AnswerPart.EVIDENCE),
        (
            lambda answer: services.remove_evidence(
                evidence=Evidence.objects.get(answer=answer), by=BY, at=LATER
            ),
            AnswerPart.EVIDENCE,
        ),
    ],
)
def test_a_change_of_fact_after_confirmation_reopens_the_criterion(
    assessment: Assessment, change: object, changed: AnswerPart
) -> None:
    answer = answer_of(assessment)
    save(answer)
    link(answer)
    judge(answer)
    assert callable(change)

    change(answer)

    found = state_of(assessment)
    assert found.opinion is not None
    assert found.opinion.changed == (changed,)
    assert (found.opinion.verdict, found.opinion.line) == (MET.verdict, MET.line)
    assert found.rule_line.reopened
    event = Event.objects.order_by("-pk")[0]
    assert event.details["reopened"] is True


def test_a_longer_comment_reopens_nothing_and_going_back_closes(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    save(answer)
    judge(answer)
    save(answer, replace(MET, comment="Mer om målingen."), by=make.person())
    assert state_of(assessment).by is None
    assert not state_of(assessment).rule_line.reopened
    save(answer, replace(MET, line="Noe annet."))
    assert state_of(assessment).rule_line.reopened
    save(answer, MET)
    assert not state_of(assessment).rule_line.reopened


def test_nobody_judges_her_own_answer(assessment: Assessment, programme: Person) -> None:
    answer = answer_of(assessment)
    save(answer, by=programme)
    with pytest.raises(CannotAssess) as error:
        judge(answer, by=programme)
    assert refusal(error) is AssessmentRefusal.JUDGES_OWN


def test_what_is_unanswered_or_unexplained_is_not_judged(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    with pytest.raises(CannotAssess) as error:
        judge(answer)
    assert refusal(error) is AssessmentRefusal.NOTHING_TO_JUDGE
    save(answer)
    with pytest.raises(CannotAssess) as error:
        judge(answer, Opinion.DISAGREES, " \n ")
    assert refusal(error) is AssessmentRefusal.NO_COUNTERARGUMENT


def test_the_bodys_own_criterion_needs_no_second_word(assessment: Assessment) -> None:
    answer = answer_of(assessment, "innforingen-er-forberedt")
    save(answer)
    with pytest.raises(CannotAssess) as error:
        judge(answer)
    assert refusal(error) is AssessmentRefusal.ANSWERED_ELSEWHERE
    link(answer)
    assert state_of(assessment, "innforingen-er-forberedt").rule_line.is_settled


def test_the_body_agrees_with_what_it_has_read_only(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    save(answer)
    seen = services.fact_of(answer_of(assessment))
    save(answer, replace(MET, verdict=Verdict.PARTLY))
    with pytest.raises(CannotAssess) as error:
        services.give_opinion(
            answer=answer, opinion=Opinion.AGREES, comment="", seen=seen, by=BY, at=AT
        )
    assert refusal(error) is AssessmentRefusal.CHANGED_MEANWHILE
    assert not Confirmation.objects.exists()


# --- health ---


def concluded(offer: Offer, conclusion: str, at: datetime) -> HealthAssessment:
    """Conditions are set while it is open; then it is concluded."""
    row = HealthAssessment.objects.create(offer=offer, opened_at=AT)
    if conclusion == "on_conditions":
        Condition.objects.create(health=row, text="Varsling", due_by=date(2027, 9, 1))
    HealthAssessment.objects.filter(pk=row.pk).update(
        conclusion=conclusion, summary="Sett på.", concluded_at=at
    )
    return row


def test_the_health_assessors_newest_conclusion_answers_the_health_criterion(
    offer: Offer, assessment: Assessment
) -> None:
    assert state_of(assessment, "helsefaglig").content.verdict is None
    concluded(offer, "not_sound", AT)
    assert state_of(assessment, "helsefaglig").content.verdict is Verdict.NOT_MET
    concluded(offer, "on_conditions", LATER)

    found = state_of(assessment, "helsefaglig")
    assert found.content.verdict is Verdict.PARTLY
    assert found.health is not None
    assert (found.health.open_conditions, found.at) == (1, LATER)

    Condition.objects.update(met_on=date(2027, 8, 1), note="Rettet.")
    assert state_of(assessment, "helsefaglig").content.verdict is Verdict.MET


def test_a_health_assessment_under_way_or_of_another_offer_answers_nothing(
    offer: Offer, assessment: Assessment
) -> None:
    concluded(make.offer(), "sound", AT)
    HealthAssessment.objects.create(offer=offer, opened_at=AT)
    assert state_of(assessment, "helsefaglig").content.verdict is None


# --- a newer version ---


def next_version(*, other_body: bool = False) -> CriteriaSet:
    """One criterion asks something else, one is gone, one is new; the rest is as it was."""
    draft = criteria_services.start_draft(by=BY, at=AT)
    row = Criterion.objects.get(criteria_set=draft, code="utprovd")
    criteria_services.edit_criterion(
        criterion=row, seen=0, text=replace(row.text(), question="Har ti kommuner prøvd?"), by=BY
    )
    criteria_services.remove_criterion(
        criterion=Criterion.objects.get(criteria_set=draft, code="forvaltningsmodell"), by=BY
    )
    criteria_services.add_criterion(
        criteria_set=draft,
        text=replace(
            row.text(), title="Nynorsk", assessor=Assessor.PROGRAMME, weight=CriterionWeight.MUST
        ),
        by=BY,
    )
    body = Body.objects.get(slug="nasjonal-koordineringsgruppe") if other_body else None
    criteria_services.describe(
        criteria_set=draft,
        deciding_body=body or draft.deciding_body,
        advised_by=None,
        standing=SetStanding.DECIDED,
        source="Sak 3/27",
        what_is_new="Strengere.",
        by=BY,
    )
    criteria_services.publish(
        criteria_set=draft, seen=criteria_queries.texts_of(draft.pk), by=BY, at=LATER
    )
    return draft


def filled(assessment: Assessment) -> None:
    for code in (CODE, "utprovd", "forvaltningsmodell"):
        answer = answer_of(assessment, code)
        save(answer)
        link(answer)
        judge(answer)


def test_a_move_keeps_what_is_asked_unchanged_and_says_what_is_new(
    offer: Offer, assessment: Assessment
) -> None:
    filled(assessment)
    next_version()

    moved = services.move_to_newest(assessment=assessment, by=BY, at=LATER)

    assert [one.code for one in moved.difference.added] == ["nynorsk"]
    assert [one.code for one in moved.difference.removed] == ["forvaltningsmodell"]
    assert [one.after.code for one in moved.difference.changed] == ["utprovd"]
    assert len(moved.kept) == 11
    found = queries.state_of(offer)
    assert found is not None
    assert (found.pk, found.criteria_set.number) == (moved.assessment.pk, 2)
    assert found.moved_from == assessment.pk
    kept = state_of(moved.assessment)
    assert (kept.content, kept.at, kept.role) == (MET, AT, "Program")
    assert kept.rule_line.is_settled
    assert [one.words for one in kept.evidence] == ["Rapport"]
    assert state_of(moved.assessment, "utprovd").content == Content()
    assert state_of(moved.assessment, "nynorsk").content == Content()


def test_the_assessment_by_the_older_version_stands_as_it_was(assessment: Assessment) -> None:
    filled(assessment)
    next_version()
    services.move_to_newest(assessment=assessment, by=BY, at=LATER)

    was = queries.state(assessment.pk)
    assert was is not None
    assert (was.ended_at, was.criteria_set.number, was.progress.answered) == (LATER, 1, 3)
    assert state_of(assessment, "forvaltningsmodell").rule_line.is_settled
    for attempt in (
        lambda: save(answer_of(assessment), replace(MET, line="Nei")),
        lambda: link(answer_of(assessment)),
        lambda: judge(answer_of(assessment)),
        lambda: services.move_to_newest(assessment=assessment, by=BY, at=LATER),
    ):
        with pytest.raises(CannotAssess) as error:
            attempt()
        assert refusal(error) is AssessmentRefusal.ENDED


def test_a_reopened_criterion_stays_reopened_after_a_move(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    save(answer)
    evidence = link(answer)
    judge(answer)
    services.remove_evidence(evidence=evidence, by=BY, at=AT)
    next_version()
    moved = services.move_to_newest(assessment=assessment, by=BY, at=LATER)

    found = state_of(moved.assessment)
    assert found.opinion is not None
    assert found.opinion.changed == (AnswerPart.EVIDENCE,)


def test_another_deciding_body_must_look_for_itself(assessment: Assessment) -> None:
    filled(assessment)
    next_version(other_body=True)
    moved = services.move_to_newest(assessment=assessment, by=BY, at=LATER)

    found = state_of(moved.assessment)
    assert (found.content, found.opinion) == (MET, None)
    assert found.rule_line.awaits_opinion


def test_there_must_be_a_newer_version_to_move_to(assessment: Assessment) -> None:
    with pytest.raises(CannotAssess) as error:
        services.move_to_newest(assessment=assessment, by=BY, at=LATER)
    assert refusal(error) is AssessmentRefusal.NOT_NEWER


# --- the database, and how much is asked of it ---


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("answer_verdict_is_known", {"verdict": "x", "changed_at": AT}),
        ("answer_not_relevant_has_reason", {"verdict": "not_relevant", "changed_at": AT}),
        ("answer_has_date", {"verdict": "met"}),
    ],
)
def test_the_database_refuses_an_answer(
    assessment: Assessment, constraint: str, values: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Answer.objects.filter(assessment=assessment).update(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("evidence_is_link_or_file", {"link": ""}),
        ("evidence_has_words", {"words": ""}),
        ("evidence_removed_after_added", {"removed_at": AT - timedelta(days=1)}),
    ],
)
def test_the_database_refuses_evidence(
    assessment: Assessment, constraint: str, values: dict[str, object]
) -> None:
    whole = {"words": "Rapport", "link": "https://ks.no/", "added_as": "x", "added_at": AT}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Evidence.objects.create(answer=answer_of(assessment), **{**whole, **values})


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("confirmation_opinion_is_known", {"opinion": "x", "comment": "Nei"}),
        ("confirmation_verdict_is_known", {"verdict": "x"}),
        ("confirmation_disagreement_has_reason", {"opinion": "disagrees"}),
    ],
)
def test_the_database_refuses_an_opinion(
    assessment: Assessment, constraint: str, values: dict[str, object]
) -> None:
    whole = {"opinion": "agrees", "verdict": "met", "given_as": "x", "given_at": AT}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Confirmation.objects.create(answer=answer_of(assessment), **{**whole, **values})


def test_the_database_keeps_opinions_answers_and_assessments(assessment: Assessment) -> None:
    answer = answer_of(assessment)
    save(answer)
    confirmation = judge(answer)
    for attempt in (
        lambda: Confirmation.objects.filter(pk=confirmation.pk).update(comment="Nei"),
        confirmation.delete,
        lambda: Answer.objects.filter(pk=answer_of(assessment, "utprovd").pk).delete(),
        lambda: CriteriaSet.objects.filter(pk=assessment.criteria_set_id).update(number=9),
    ):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError, match="assessment_ended_after"), transaction.atomic():
        Assessment.objects.update(ended_at=AT - timedelta(days=1))


def test_every_assessment_costs_as_much_as_one(
    assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filled(assessment)
    with django_assert_num_queries(6):
        queries.state_of(assessment.offer)
    for _ in range(3):
        filled(services.open_assessment(offer=make.offer(), by=BY, at=AT))
    with django_assert_num_queries(6):
        found = queries.under_way()
    assert [one.progress.answered for one in found] == [3, 3, 3, 3]
    with django_assert_num_queries(6):
        several = queries.states_of(one.offer for one in found[:2])
    assert isinstance(several[found[0].offer], AssessmentState)
    assert len(several) == 2

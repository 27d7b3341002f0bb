"""Progress, what stands in the way, what re-opens a criterion, and two people in one answer."""

import pytest

from samlop.portfolio.rules.assessments import (
    AnswerPart,
    AssessmentRefusal,
    Content,
    Fact,
    Lack,
    Line,
    Opinion,
    Progress,
    UnmetMust,
    Verdict,
    both,
    changed_since,
    lacks_of,
    merge,
    progress,
    refusal_of,
    unmet_musts,
    verdict_of,
)
from samlop.portfolio.rules.criteria import Assessor, CriterionWeight
from samlop.portfolio.rules.health import Soundness

MUST, SHOULD = CriterionWeight.MUST, CriterionWeight.SHOULD
AGREES, DISAGREES = Opinion.AGREES, Opinion.DISAGREES
BODY, HEALTH = Assessor.DECIDING_BODY, Assessor.HEALTH_ASSESSORS


def line(
    code: str = "a",
    verdict: Verdict | None = Verdict.MET,
    *,
    weight: CriterionWeight = MUST,
    assessor: Assessor = Assessor.PROGRAMME,
    evidence: int = 1,
    opinion: Opinion | None = AGREES,
    reopened: bool = False,
) -> Line:
    return Line(
        code=code,
        weight=weight,
        assessor=assessor,
        verdict=verdict,
        evidence=evidence,
        opinion=opinion,
        reopened=reopened,
    )


# The example of docs/domain/portfolio.md: thirteen criteria, eight answered, three of those
# without anything to show.
EXAMPLE = (
    *(line(str(index)) for index in range(3)),
    line("3", opinion=None),
    line("4", opinion=DISAGREES),
    line("5", evidence=0, opinion=None),
    line("6", Verdict.PARTLY, evidence=0, opinion=None),
    line("7", evidence=0, reopened=True),
    *(line(str(index), None, evidence=0, opinion=None) for index in range(8, 13)),
)


def test_the_progress_of_the_example_that_is_written_down() -> None:
    assert progress(EXAMPLE) == Progress(
        total=13,
        answered=8,
        lack_evidence=3,
        await_opinion=4,
        disagreed=1,
        reopened=1,
        settled=3,
    )
    assert not progress(EXAMPLE).is_complete


def test_nothing_is_complete_from_the_start_and_an_empty_set_has_nothing_left() -> None:
    assert progress([line(verdict=None, opinion=None, evidence=0)]).settled == 0
    assert progress([]).is_complete


@pytest.mark.parametrize(
    ("one", "lacks"),
    [
        (line(), ()),
        (line(verdict=None, evidence=0, opinion=None), (Lack.UNANSWERED,)),
        (line(verdict=None, evidence=3, opinion=AGREES), (Lack.UNANSWERED,)),
        (line(verdict=Verdict.NOT_MET, evidence=0), (Lack.NOT_MET,)),
        (line(verdict=Verdict.PARTLY), (Lack.PARTLY,)),
        (line(verdict=Verdict.PARTLY, evidence=0), (Lack.PARTLY, Lack.NO_EVIDENCE)),
        (line(evidence=0), (Lack.NO_EVIDENCE,)),
        (line(opinion=DISAGREES), (Lack.DISAGREED,)),
        (line(opinion=None), (Lack.UNCONFIRMED,)),
        (line(reopened=True), (Lack.REOPENED,)),
        (line(opinion=DISAGREES, reopened=True), (Lack.REOPENED,)),
        (line(verdict=Verdict.NOT_RELEVANT, evidence=0), ()),
        (line(verdict=Verdict.NOT_RELEVANT, evidence=0, opinion=None), (Lack.UNCONFIRMED,)),
        (line(assessor=BODY, opinion=None), ()),
        (line(assessor=BODY, opinion=None, evidence=0), (Lack.NO_EVIDENCE,)),
        (line(assessor=HEALTH, opinion=None, evidence=0), ()),
        (line(verdict=Verdict.NOT_MET, assessor=HEALTH, opinion=None, evidence=0), (Lack.NOT_MET,)),
        (
            line(verdict=Verdict.NOT_MET, opinion=DISAGREES),
            (Lack.NOT_MET, Lack.DISAGREED),
        ),
    ],
)
def test_what_a_criterion_lacks(one: Line, lacks: tuple[Lack, ...]) -> None:
    assert lacks_of(one) == lacks
    assert one.is_settled == (not set(lacks) - {Lack.PARTLY, Lack.NOT_MET})


def test_only_musts_stand_in_the_way_and_in_the_order_of_the_set() -> None:
    lines = [
        line("b", Verdict.NOT_MET),
        line("should", Verdict.NOT_MET, weight=SHOULD),
        line("met"),
        line("a", Verdict.PARTLY),
    ]
    assert unmet_musts(lines) == (
        UnmetMust("b", (Lack.NOT_MET,)),
        UnmetMust("a", (Lack.PARTLY,)),
    )


@pytest.mark.parametrize(
    ("lacks", "expected"),
    [
        ((Lack.PARTLY,), True),
        ((Lack.PARTLY, Lack.NO_EVIDENCE), False),
        ((Lack.PARTLY, Lack.UNCONFIRMED), False),
        ((Lack.NOT_MET,), False),
        ((Lack.UNANSWERED,), False),
        ((Lack.NO_EVIDENCE,), False),
    ],
)
def test_only_what_is_partly_met_shown_and_agreed_on_may_be_a_condition(
    lacks: tuple[Lack, ...], expected: bool
) -> None:
    assert UnmetMust("a", lacks).may_be_condition is expected


@pytest.mark.parametrize(
    ("conclusion", "open_conditions", "verdict"),
    [
        (Soundness.SOUND, 0, Verdict.MET),
        (Soundness.ON_CONDITIONS, 2, Verdict.PARTLY),
        (Soundness.ON_CONDITIONS, 0, Verdict.MET),
        (Soundness.NOT_SOUND, 0, Verdict.NOT_MET),
        (Soundness.NOT_SOUND, 3, Verdict.NOT_MET),
    ],
)
def test_a_health_conclusion_answers_its_criterion(
    conclusion: Soundness, open_conditions: int, verdict: Verdict
) -> None:
    assert verdict_of(conclusion, open_conditions=open_conditions) is verdict


JUDGED = Fact(verdict=Verdict.MET, line="Målt i tre kommuner", evidence=frozenset({1, 2}))


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (JUDGED, ()),
        (
            Fact(verdict=Verdict.PARTLY, line="Målt i tre kommuner", evidence=frozenset({1, 2})),
            (AnswerPart.VERDICT,),
        ),
        (
            Fact(verdict=None, line="Målt i tre kommuner", evidence=frozenset({1, 2})),
            (AnswerPart.VERDICT,),
        ),
        (
            Fact(verdict=Verdict.MET, line="Målt i to", evidence=frozenset({2, 1})),
            (AnswerPart.LINE,),
        ),
        (
            Fact(verdict=Verdict.MET, line="Målt i tre kommuner", evidence=frozenset({1})),
            (AnswerPart.EVIDENCE,),
        ),
        (
            Fact(verdict=Verdict.NOT_MET, line="", evidence=frozenset({3})),
            (AnswerPart.VERDICT, AnswerPart.LINE, AnswerPart.EVIDENCE),
        ),
    ],
)
def test_a_change_of_fact_reopens(now: Fact, changed: tuple[AnswerPart, ...]) -> None:
    assert changed_since(JUDGED, now) == changed


BASE = Content(verdict=Verdict.PARTLY, line="Tre kommuner", comment="Kort.")


def changed(
    verdict: Verdict | None = BASE.verdict, line: str = BASE.line, comment: str = BASE.comment
) -> Content:
    return Content(verdict=verdict, line=line, comment=comment)


@pytest.mark.parametrize(
    ("stored", "sent", "content", "conflicts"),
    [
        (BASE, BASE, BASE, ()),
        (BASE, changed(line="Fire"), changed(line="Fire"), ()),
        (changed(line="Fire"), BASE, changed(line="Fire"), ()),
        (changed(line="Fire"), changed(line="Fire"), changed(line="Fire"), ()),
        (changed(comment="Lang."), changed(line="Fire"), changed(line="Fire", comment="Lang."), ()),
        (changed(line="Fem"), changed(line="Fire"), changed(line="Fire"), (AnswerPart.LINE,)),
        (
            changed(verdict=Verdict.MET),
            changed(verdict=None),
            changed(verdict=None),
            (AnswerPart.VERDICT,),
        ),
        (changed(line=""), changed(line="Fire"), changed(line="Fire"), (AnswerPart.LINE,)),
        (
            changed(Verdict.MET, "Fem", "Annet."),
            changed(Verdict.NOT_MET, "Fire", "Mitt."),
            changed(Verdict.NOT_MET, "Fire", "Mitt."),
            (AnswerPart.VERDICT, AnswerPart.LINE, AnswerPart.COMMENT),
        ),
    ],
)
def test_two_people_in_one_answer(
    stored: Content, sent: Content, content: Content, conflicts: tuple[AnswerPart, ...]
) -> None:
    merged = merge(base=BASE, stored=stored, sent=sent)
    assert (merged.content, merged.conflicts) == (content, conflicts)


def test_what_is_stored_and_what_is_sent_weigh_the_same() -> None:
    one, other = changed(line="Fire"), changed(comment="Lang.")
    assert merge(base=BASE, stored=one, sent=other) == merge(base=BASE, stored=other, sent=one)


@pytest.mark.parametrize(
    ("stored", "sent", "joined"),
    [
        ("Fem", "Fire", "Fem\n\nFire"),
        ("Fem kommuner", "Fem", "Fem kommuner"),
        ("Fem", "Fem kommuner", "Fem kommuner"),
        ("", "Fire", "Fire"),
        ("Fem", "", "Fem"),
    ],
)
def test_both_texts_lose_nothing_and_repeat_nothing(stored: str, sent: str, joined: str) -> None:
    assert both(stored, sent) == joined


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (Content(verdict=Verdict.NOT_RELEVANT), AssessmentRefusal.NO_REASON),
        (Content(verdict=Verdict.NOT_RELEVANT, comment="Lang"), AssessmentRefusal.NO_REASON),
        (Content(verdict=Verdict.NOT_RELEVANT, line="Gjelder ikke"), None),
        (Content(verdict=Verdict.MET), None),
        (Content(), None),
    ],
)
def test_not_relevant_needs_its_reason(content: Content, refusal: AssessmentRefusal | None) -> None:
    assert refusal_of(content) is refusal

"""Assessments as they stand: answers, what they show, what the body thinks, and what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from samlop.portfolio.models import (
    Answer,
    Assessment,
    Confirmation,
    Criterion,
    Evidence,
    HealthAssessment,
    Offer,
)
from samlop.portfolio.models.assessment import AssessmentQuerySet
from samlop.portfolio.queries.criteria import SetHead
from samlop.portfolio.rules import assessments as rules
from samlop.portfolio.rules.assessments import (
    AnswerPart,
    Content,
    Fact,
    Line,
    Opinion,
    Progress,
    UnmetMust,
    Verdict,
)
from samlop.portfolio.rules.criteria import Assessor, CriterionText
from samlop.portfolio.rules.health import Soundness


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceState:
    """A link, or a file with its key; `by` is a person, `role` what she was when she added it."""

    pk: int
    words: str
    link: str
    key: UUID | None
    file_name: str
    file_kind: str
    file_size: int
    sha256: str
    role: str
    by: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionState:
    """The deciding body's newest word; `changed` is what the answer no longer says as it did."""

    opinion: Opinion
    comment: str
    role: str
    by: int | None
    at: datetime
    verdict: Verdict
    line: str
    changed: tuple[AnswerPart, ...]

    @property
    def stands(self) -> bool:
        return not self.changed


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthState:
    """What the health assessors came to last."""

    pk: int
    conclusion: Soundness
    summary: str
    open_conditions: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionState:
    """One criterion of an assessment, with all that is known of it.

    One that the health assessors answer has `health`, and the verdict that follows from it.
    """

    answer: int
    position: int
    text: CriterionText
    content: Content
    revision: int
    role: str
    by: int | None
    at: datetime | None
    evidence: tuple[EvidenceState, ...]
    opinion: OpinionState | None
    earlier_opinions: tuple[OpinionState, ...]
    health: HealthState | None = None

    @property
    def code(self) -> str:
        return self.text.code

    @property
    def fact(self) -> Fact:
        return Fact(
            verdict=self.content.verdict,
            line=self.content.line,
            evidence=frozenset(one.pk for one in self.evidence),
        )

    @property
    def rule_line(self) -> Line:
        return Line(
            code=self.code,
            weight=self.text.weight,
            assessor=self.text.assessor,
            verdict=self.content.verdict,
            evidence=len(self.evidence),
            opinion=self.opinion.opinion if self.opinion else None,
            reopened=self.opinion is not None and not self.opinion.stands,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentState:
    """An assessment as it stands now; what a gate judges by and freezes."""

    pk: int
    offer: int
    criteria_set: SetHead
    opened_at: datetime
    ended_at: datetime | None
    moved_from: int | None
    criteria: tuple[CriterionState, ...]

    @property
    def progress(self) -> Progress:
        return rules.progress(one.rule_line for one in self.criteria)

    @property
    def unmet_musts(self) -> tuple[UnmetMust, ...]:
        return rules.unmet_musts(one.rule_line for one in self.criteria)

    def title(self, code: str) -> str:
        """What a criterion is called."""
        return next(one.text.title for one in self.criteria if one.code == code)


def state_of(offer: Offer) -> AssessmentState | None:
    """The assessment that is worked on, or None when none has begun. Seven queries at most."""
    found = states(Assessment.objects.current().filter(offer=offer))
    return found[0] if found else None


def state(assessment: int) -> AssessmentState | None:
    """One assessment, also one that has ended. Seven queries at most."""
    found = states(Assessment.objects.filter(pk=assessment))
    return found[0] if found else None


def states_of(offers: Iterable[int]) -> Mapping[int, AssessmentState]:
    """The assessments that are worked on, by offer. Seven queries however many there are."""
    found = states(Assessment.objects.current().filter(offer__in=list(offers)))
    return {one.offer: one for one in found}


def under_way() -> tuple[AssessmentState, ...]:
    """Every assessment that is worked on. Seven queries however many there are."""
    return states(Assessment.objects.current())


def states(rows: AssessmentQuerySet) -> tuple[AssessmentState, ...]:
    """Seven queries at most, however many assessments."""
    found = list(
        rows.select_related("criteria_set__deciding_body", "criteria_set__advised_by").order_by(
            "pk"
        )
    )
    pks = [row.pk for row in found]
    answers: dict[int, dict[int, Answer]] = defaultdict(dict)
    for answer in Answer.objects.filter(assessment__in=pks):
        answers[answer.assessment_id][answer.criterion_id] = answer
    criteria = _criteria({row.criteria_set_id for row in found})
    evidence = _evidence(pks)
    opinions = _opinions(pks)
    health = _health({row.offer_id for row in found})
    return tuple(
        AssessmentState(
            pk=row.pk,
            offer=row.offer_id,
            criteria_set=SetHead.of(row.criteria_set),
            opened_at=row.opened_at,
            ended_at=row.ended_at,
            moved_from=row.moved_from_id,
            criteria=tuple(
                _criterion(
                    criterion,
                    answers[row.pk][criterion.pk],
                    evidence,
                    opinions,
                    health.get(row.offer_id),
                )
                for criterion in criteria[row.criteria_set_id]
            ),
        )
        for row in found
    )


def _criteria(sets: set[int]) -> Mapping[int, list[Criterion]]:
    found: dict[int, list[Criterion]] = defaultdict(list)
    for row in Criterion.objects.filter(criteria_set__in=sets).order_by("position", "pk"):
        found[row.criteria_set_id].append(row)
    return found


def _evidence(assessments: list[int]) -> Mapping[int, list[EvidenceState]]:
    found: dict[int, list[EvidenceState]] = defaultdict(list)
    rows = (
        Evidence.objects.standing()
        .filter(answer__assessment__in=assessments)
        .select_related("file")
        .order_by("added_at", "pk")
    )
    for row in rows:
        found[row.answer_id].append(
            EvidenceState(
                pk=row.pk,
                words=row.words,
                link=row.link,
                key=row.file.key if row.file else None,
                file_name=row.file.name if row.file else "",
                file_kind=row.file.kind if row.file else "",
                file_size=row.file.size if row.file else 0,
                sha256=row.file.sha256 if row.file else "",
                role=row.added_as,
                by=row.added_by_id,
                at=row.added_at,
            )
        )
    return found


def _opinions(assessments: list[int]) -> Mapping[int, list[Confirmation]]:
    found: dict[int, list[Confirmation]] = defaultdict(list)
    rows = Confirmation.objects.filter(answer__assessment__in=assessments)
    for row in rows.order_by("-given_at", "-pk"):
        found[row.answer_id].append(row)
    return found


def _health(offers: set[int]) -> Mapping[int, HealthState]:
    """The newest conclusion of each offer."""
    rows = (
        HealthAssessment.objects.concluded()
        .filter(offer__in=offers)
        .annotate(still_open=Count("conditions", filter=Q(conditions__met_on=None)))
        .order_by("concluded_at", "pk")
        .values_list("offer", "pk", "conclusion", "summary", "still_open", "concluded_at")
    )
    # The last of an offer's rows is the one that stays.
    return {
        offer: HealthState(
            pk=pk,
            conclusion=Soundness(conclusion),
            summary=summary,
            open_conditions=still_open,
            at=at,
        )
        for offer, pk, conclusion, summary, still_open, at in rows
        if at is not None
    }


def _answered_by_health(criterion: CriterionState, health: HealthState | None) -> CriterionState:
    if health is None:
        return replace(criterion, content=Content(), at=None)
    verdict = rules.verdict_of(health.conclusion, open_conditions=health.open_conditions)
    return replace(criterion, content=Content(verdict=verdict), at=health.at, health=health)


def _criterion(
    criterion: Criterion,
    answer: Answer,
    evidence: Mapping[int, list[EvidenceState]],
    opinions: Mapping[int, list[Confirmation]],
    health: HealthState | None,
) -> CriterionState:
    shown = tuple(evidence.get(answer.pk, ()))
    content = answer.content
    now = Fact(
        verdict=content.verdict,
        line=content.line,
        evidence=frozenset(one.pk for one in shown),
    )
    given = tuple(_opinion(row, now) for row in opinions.get(answer.pk, ()))
    found = CriterionState(
        answer=answer.pk,
        position=criterion.position,
        text=criterion.text(),
        content=content,
        revision=answer.revision,
        role=answer.changed_as,
        by=answer.changed_by_id,
        at=answer.changed_at,
        evidence=shown,
        opinion=given[0] if given else None,
        earlier_opinions=given[1:],
    )
    if criterion.assessor == Assessor.HEALTH_ASSESSORS.value:
        return _answered_by_health(found, health)
    return found


def _opinion(row: Confirmation, now: Fact) -> OpinionState:
    verdict = Verdict(row.verdict)
    judged = Fact(verdict=verdict, line=row.line, evidence=frozenset(row.evidence))
    return OpinionState(
        opinion=Opinion(row.opinion),
        comment=row.comment,
        role=row.given_as,
        by=row.given_by_id,
        at=row.given_at,
        verdict=verdict,
        line=row.line,
        changed=rules.changed_since(judged, now),
    )

"""Health-professional assessments as pages and decisions read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.portfolio.models import (
    Condition,
    HealthAssessment,
    HealthAssessor,
    HealthFinding,
    HealthQuestion,
    Offer,
)
from samlop.portfolio.models.health import HealthAssessmentQuerySet
from samlop.portfolio.rules.health import ConditionState, HealthFacts, Severity, Soundness, worst


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorState:
    """`programme_from` is set when she is of the programme that day, or was before the day."""

    pk: int
    person: int
    position: str
    named_on: date
    programme_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionState:
    pk: int
    position: int
    question: str
    answer: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingState:
    pk: int
    severity: Severity
    text: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionLine:
    """A condition as of a day."""

    pk: int
    text: str
    due_by: date
    met_on: date | None
    note: str
    state: ConditionState

    @classmethod
    def of(cls, row: Condition, day: date) -> "ConditionLine":
        return cls(
            pk=row.pk,
            text=row.text,
            due_by=row.due_by,
            met_on=row.met_on,
            note=row.note,
            state=row.state_on(day),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthState:
    """One assessment with all that is in it."""

    pk: int
    offer: int
    opened_at: datetime
    conclusion: Soundness | None
    summary: str
    concluded_by: int | None
    concluded_at: datetime | None
    assessors: tuple[AssessorState, ...]
    questions: tuple[QuestionState, ...]
    findings: tuple[FindingState, ...]
    conditions: tuple[ConditionLine, ...]

    @property
    def open_conditions(self) -> int:
        return sum(one.state is not ConditionState.MET for one in self.conditions)

    @property
    def unanswered(self) -> int:
        return sum(not one.answer for one in self.questions)

    def facts(self, *, summary: str) -> HealthFacts:
        return HealthFacts(
            assessors=len(self.assessors),
            of_the_programme=sum(one.programme_from is not None for one in self.assessors),
            unanswered=self.unanswered,
            worst=worst(tuple(one.severity for one in self.findings)),
            conditions=len(self.conditions),
            summary=bool(summary),
        )


def conclusion_of(offer: Offer, *, on: date) -> HealthState | None:
    """The newest concluded assessment, or None; `on` is for its conditions. Six queries."""
    rows = HealthAssessment.objects.concluded().filter(offer=offer)
    newest = rows.order_by("-concluded_at", "-pk").values("pk")[:1]
    found = states(HealthAssessment.objects.filter(pk__in=newest), on=on)
    return found[0] if found else None


def under_way(offer: Offer, *, on: date) -> HealthState | None:
    """The assessment that is worked on, or None. Six queries."""
    found = states(HealthAssessment.objects.under_way().filter(offer=offer), on=on)
    return found[0] if found else None


def history(offer: Offer, *, on: date) -> tuple[HealthState, ...]:
    """Every concluded assessment, the newest first. Six queries."""
    rows = HealthAssessment.objects.concluded().filter(offer=offer)
    return states(rows.order_by("-concluded_at", "-pk"), on=on)


def state(assessment: int, *, on: date) -> HealthState | None:
    """One assessment. Six queries."""
    found = states(HealthAssessment.objects.filter(pk=assessment), on=on)
    return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthUnderWay:
    """An assessment that is worked on, for whoever is to do it."""

    solution: str
    name: str
    area: str
    answered: int
    questions: int


def all_under_way() -> tuple[HealthUnderWay, ...]:
    """Every assessment that is worked on, the oldest first. One query."""
    rows = (
        HealthAssessment.objects.under_way()
        .annotate(
            asked=Count("questions", distinct=True),
            answered=Count("questions", filter=~Q(questions__answer=""), distinct=True),
        )
        .order_by("opened_at", "pk")
        .values_list(
            "offer__solution__slug", "offer__solution__name", "offer__area", "answered", "asked"
        )
    )
    return tuple(
        HealthUnderWay(solution=solution, name=name, area=area, answered=answered, questions=asked)
        for solution, name, area, answered, asked in rows
    )


def conclusions_of(offers: Iterable[int]) -> Mapping[int, Soundness]:
    """The newest conclusion of each offer that has one. One query."""
    rows = (
        HealthAssessment.objects.concluded()
        .filter(offer__in=list(offers))
        .order_by("offer_id", "-concluded_at", "-pk")
        .distinct("offer_id")
        .values_list("offer_id", "conclusion")
    )
    return {offer: Soundness(conclusion) for offer, conclusion in rows}


def states(rows: HealthAssessmentQuerySet, *, on: date) -> tuple[HealthState, ...]:
    """Six queries at most, however many assessments."""
    found = list(rows.select_related("offer__solution"))
    pks = [row.pk for row in found]
    questions: dict[int, list[QuestionState]] = {}
    for question in HealthQuestion.objects.filter(assessment__in=pks).order_by("position"):
        questions.setdefault(question.assessment_id, []).append(
            QuestionState(
                pk=question.pk,
                position=question.position,
                question=question.question,
                answer=question.answer,
                revision=question.revision,
            )
        )
    findings: dict[int, list[FindingState]] = {}
    for finding in HealthFinding.objects.filter(assessment__in=pks).order_by("pk"):
        findings.setdefault(finding.assessment_id, []).append(
            FindingState(
                pk=finding.pk,
                severity=Severity(finding.severity),
                text=finding.text,
                advice=finding.advice,
            )
        )
    conditions: dict[int, list[ConditionLine]] = {}
    for condition in Condition.objects.filter(health__in=pks).order_by("due_by", "pk"):
        conditions.setdefault(condition.health_id or 0, []).append(ConditionLine.of(condition, on))
    assessors = _assessors(found, on=on)
    order = {severity: at for at, severity in enumerate(reversed(Severity))}
    return tuple(
        HealthState(
            pk=row.pk,
            offer=row.offer_id,
            opened_at=row.opened_at,
            conclusion=Soundness(row.conclusion) if row.conclusion else None,
            summary=row.summary,
            concluded_by=row.concluded_by_id,
            concluded_at=row.concluded_at,
            assessors=tuple(assessors.get(row.pk, ())),
            questions=tuple(questions.get(row.pk, ())),
            findings=tuple(
                sorted(findings.get(row.pk, ()), key=lambda one: (order[one.severity], one.pk))
            ),
            conditions=tuple(conditions.get(row.pk, ())),
        )
        for row in found
    )


def of_programme(people: Iterable[int], slug: str, *, on: date) -> Mapping[int, date]:
    """Who of these is of the solution's programme that day, or will be, and since when.

    One query. A role that begins later counts: she has already been asked to it.
    """
    rows = (
        Membership.objects.filter(
            person__in=list(people), role=Role.PROGRAMME.value, solution_slug=slug
        )
        .not_ended_on(on)
        .order_by("person_id", "-valid_from")
        .values_list("person_id", "valid_from")
    )
    return dict(rows)


def _assessors(rows: Iterable[HealthAssessment], *, on: date) -> Mapping[int, list[AssessorState]]:
    """Two queries: who they are, and which of them are of the programmes they assess."""
    slugs = {row.pk: row.offer.solution.slug for row in rows}
    named = list(HealthAssessor.objects.filter(assessment__in=slugs).order_by("named_on", "pk"))
    joined: dict[tuple[int, str], date] = {}
    for person, slug, since in (
        Membership.objects.filter(
            person__in={one.person_id for one in named},
            role=Role.PROGRAMME.value,
            solution_slug__in=set(slugs.values()),
        )
        .not_ended_on(on)
        .order_by("-valid_from")
        .values_list("person_id", "solution_slug", "valid_from")
    ):
        joined[person, slug] = since
    found: dict[int, list[AssessorState]] = {}
    for one in named:
        found.setdefault(one.assessment_id, []).append(
            AssessorState(
                pk=one.pk,
                person=one.person_id,
                position=one.position,
                named_on=one.named_on,
                programme_from=joined.get((one.person_id, slugs[one.assessment_id])),
            )
        )
    return found

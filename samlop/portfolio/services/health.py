"""Health-professional assessments: opened, named, written in by the named, and concluded."""

from datetime import date, datetime

from django.db.models import Max

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.portfolio.models import (
    Condition,
    HealthAssessment,
    HealthAssessor,
    HealthFinding,
    HealthQuestion,
    Offer,
)
from samlop.portfolio.queries import health as queries
from samlop.portfolio.rules import health as rules
from samlop.portfolio.rules.health import HealthRefusal, Severity, Soundness
from samlop.portfolio.texts import health as texts


class CannotAssessHealth(Refused):
    """A rule says no; nothing was changed."""

    def __init__(self, refusal: HealthRefusal, **words: object) -> None:
        super().__init__(str(texts.HEALTH_REFUSALS[refusal]) % words)
        self.refusal = refusal


class AnsweredMeanwhile(CannotAssessHealth):
    """Somebody else answered first; `stored` is what stands there now."""

    def __init__(self, stored: str, revision: int) -> None:
        super().__init__(HealthRefusal.CHANGED_MEANWHILE)
        self.stored, self.revision = stored, revision


# --- beginning, and who ---


def open_assessment(*, offer: Offer, by: Actor, at: datetime) -> HealthAssessment:
    """Begin one with the first questions; nobody is named yet. Raises CannotAssessHealth."""
    if offer.solution.is_joint_process:
        raise CannotAssessHealth(HealthRefusal.JOINT_PROCESS)
    with change("portfolio.health.opened", by=by, at=at) as record:
        hold(offer.pk)
        if HealthAssessment.objects.under_way().filter(offer=offer).exists():
            raise CannotAssessHealth(HealthRefusal.ALREADY_OPEN)
        row = HealthAssessment.objects.create(offer=offer, opened_by_id=by.pk, opened_at=at)
        HealthQuestion.objects.bulk_create(
            HealthQuestion(assessment=row, position=place, question=question)
            for place, question in enumerate(texts.FIRST_QUESTIONS, start=1)
        )
        record(offer.solution, details=_told(offer))
    return row


def name_assessor(
    *, assessment: HealthAssessment, person: Person, by: Actor, on: date, position: str = ""
) -> HealthAssessor:
    """She may write in the assessment from now on. Raises CannotAssessHealth.

    Refused for whoever is, or is about to be, of the programme that made the solution.
    """
    with change("portfolio.health.assessor_named", by=by) as record:
        row = _open(assessment)
        solution = row.offer.solution
        if queries.of_programme([person.pk], solution.slug, on=on):
            raise CannotAssessHealth(
                HealthRefusal.OF_THE_PROGRAMME, name=str(person), solution=solution.name
            )
        held = Membership.objects.filter(person=person, role=Role.HEALTH_ASSESSOR.value)
        seat = held.valid_on(on).first()
        if seat is None:
            raise CannotAssessHealth(HealthRefusal.NOT_AN_ASSESSOR, name=str(person))
        if HealthAssessor.objects.filter(assessment=row, person=person).exists():
            raise CannotAssessHealth(HealthRefusal.ALREADY_NAMED, name=str(person))
        assessor = HealthAssessor.objects.create(
            assessment=row,
            person=person,
            position=_line(position or seat.title, 160),
            named_on=on,
        )
        record(row.offer.solution, details=_told(row.offer))
    return assessor


def remove_assessor(*, assessor: HealthAssessor, by: Actor) -> None:
    """She is no longer of those who assess; what she wrote stays. Raises CannotAssessHealth."""
    with change("portfolio.health.assessor_removed", by=by) as record:
        row = _open(assessor.assessment)
        HealthAssessor.objects.filter(pk=assessor.pk, assessment=row).delete()
        record(row.offer.solution, details=_told(row.offer))


# --- what the named write ---


def add_question(
    *, assessment: HealthAssessment, question: str, by: Actor, at: datetime
) -> HealthQuestion:
    """One more question, last. Raises CannotAssessHealth."""
    question = _line(question, 300)
    if not question:
        raise CannotAssessHealth(HealthRefusal.NO_QUESTION)
    with change("portfolio.health.question_added", by=by, at=at) as record:
        row = _writable(assessment, by)
        last = row.questions.aggregate(last=Max("position"))["last"] or 0
        made = HealthQuestion.objects.create(assessment=row, position=last + 1, question=question)
        record(row, details=_told(row.offer))
    return made


def answer(
    *, question: HealthQuestion, text: str, seen: int, by: Actor, at: datetime
) -> HealthQuestion:
    """What the assessors answer; `seen` is the revision that was read.

    Raises CannotAssessHealth, and AnsweredMeanwhile when somebody else wrote something else.
    """
    text = _prose(text, 4000)
    with change("portfolio.health.answered", by=by, at=at) as record:
        assessment = _writable(question.assessment, by)
        row = HealthQuestion.objects.select_for_update(no_key=True).get(pk=question.pk)
        if row.answer == text:
            record.nothing_changed()
            return row
        if row.revision != seen:
            raise AnsweredMeanwhile(row.answer, row.revision)
        row.answer, row.revision = text, row.revision + 1
        row.save(update_fields=["answer", "revision"])
        record(assessment, details=_told(assessment.offer))
    return row


def add_finding(
    *,
    assessment: HealthAssessment,
    severity: Severity,
    text: str,
    by: Actor,
    at: datetime,
    advice: str = "",
) -> HealthFinding:
    """Something found, and what is advised. Raises CannotAssessHealth."""
    text = _prose(text, 2000)
    if not text:
        raise CannotAssessHealth(HealthRefusal.NO_FINDING)
    with change("portfolio.health.finding_added", by=by, at=at) as record:
        row = _writable(assessment, by)
        finding = HealthFinding.objects.create(
            assessment=row, severity=severity.value, text=text, advice=_prose(advice, 2000)
        )
        record(row, details={**_told(row.offer), "severity": severity.value})
    return finding


def change_finding(
    *,
    finding: HealthFinding,
    severity: Severity,
    text: str,
    advice: str,
    by: Actor,
    at: datetime,
) -> HealthFinding:
    """Raises CannotAssessHealth."""
    text = _prose(text, 2000)
    if not text:
        raise CannotAssessHealth(HealthRefusal.NO_FINDING)
    with change("portfolio.health.finding_changed", by=by, at=at) as record:
        assessment = _writable(finding.assessment, by)
        row = HealthFinding.objects.select_for_update(no_key=True).get(pk=finding.pk)
        row.severity, row.text, row.advice = severity.value, text, _prose(advice, 2000)
        row.save(update_fields=["severity", "text", "advice"])
        record(assessment, details={**_told(assessment.offer), "severity": severity.value})
    return row


def remove_finding(*, finding: HealthFinding, by: Actor, at: datetime) -> None:
    """Until the conclusion; the row's history keeps it. Raises CannotAssessHealth."""
    with change("portfolio.health.finding_removed", by=by, at=at) as record:
        row = _writable(finding.assessment, by)
        HealthFinding.objects.filter(pk=finding.pk, assessment=row).delete()
        record(row, details=_told(row.offer))


def add_condition(
    *,
    assessment: HealthAssessment,
    text: str,
    due_by: date,
    by: Actor,
    on: date,
    at: datetime,
) -> Condition:
    """What must be done by a day for the solution to be sound. Raises CannotAssessHealth."""
    text = _line(text, 500)
    if not text:
        raise CannotAssessHealth(HealthRefusal.NO_CONDITION)
    if due_by < on:
        raise CannotAssessHealth(HealthRefusal.DUE_IN_THE_PAST)
    with change("portfolio.health.condition_added", by=by, at=at) as record:
        row = _writable(assessment, by)
        condition = Condition.objects.create(health=row, text=text, due_by=due_by)
        record(row, details=_told(row.offer))
    return condition


def remove_condition(*, condition: Condition, by: Actor, at: datetime) -> None:
    """Until the conclusion. Raises CannotAssessHealth."""
    if condition.health is None:
        raise CannotAssessHealth(HealthRefusal.CONCLUDED)
    with change("portfolio.health.condition_removed", by=by, at=at) as record:
        row = _writable(condition.health, by)
        Condition.objects.filter(pk=condition.pk, health=row).delete()
        record(row, details=_told(row.offer))


def conclude(
    *,
    assessment: HealthAssessment,
    conclusion: Soundness,
    summary: str,
    by: Actor,
    on: date,
    at: datetime,
) -> HealthAssessment:
    """What they came to, for good. Raises CannotAssessHealth."""
    summary = _prose(summary, 4000)
    with change("portfolio.health.concluded", by=by, at=at) as record:
        hold(assessment.offer_id)
        row = _writable(assessment, by)
        state = queries.state(row.pk, on=on)
        if state is None:
            raise HealthAssessment.DoesNotExist
        if refusal := rules.refusal_to_conclude(conclusion, state.facts(summary=summary)):
            joined = [one.person for one in state.assessors if one.programme_from is not None]
            raise CannotAssessHealth(
                refusal,
                name=", ".join(str(one) for one in Person.objects.filter(pk__in=joined)),
                solution=row.offer.solution.name,
            )
        row.conclusion, row.summary = conclusion.value, summary
        row.concluded_by_id, row.concluded_at = by.pk, at
        row.save(update_fields=["conclusion", "summary", "concluded_by", "concluded_at"])
        record(row.offer.solution, details={**_told(row.offer), "conclusion": conclusion.value})
    return row


# --- conditions, afterwards ---


def meet_condition(*, condition: Condition, note: str, by: Actor, on: date, at: datetime) -> None:
    """It is met; the note says what shows it. Raises CannotAssessHealth."""
    note = _line(note, 500)
    if not note:
        raise CannotAssessHealth(HealthRefusal.NO_NOTE)
    with change("portfolio.condition.met", by=by, reason=note, at=at) as record:
        row = _condition(condition)
        if row.met_on is not None:
            raise CannotAssessHealth(HealthRefusal.ALREADY_MET)
        row.met_on, row.note = on, note
        row.save(update_fields=["met_on", "note"])
        record(offer_of(row).solution, details=_told(offer_of(row)))
    condition.refresh_from_db()


def reopen_condition(*, condition: Condition, by: Actor, at: datetime) -> None:
    """It was not met after all. Raises CannotAssessHealth."""
    with change("portfolio.condition.reopened", by=by, at=at) as record:
        row = _condition(condition)
        if row.met_on is None:
            raise CannotAssessHealth(HealthRefusal.NOT_MET)
        row.met_on, row.note = None, ""
        row.save(update_fields=["met_on", "note"])
        record(offer_of(row).solution, details=_told(offer_of(row)))
    condition.refresh_from_db()


def offer_of(condition: Condition) -> Offer:
    """Runs queries unless what set it was loaded with it."""
    if condition.health is not None:
        return condition.health.offer
    if condition.gate is None:
        raise TypeError("A condition is set by somebody.")
    return condition.gate.offer


def _condition(condition: Condition) -> Condition:
    """A condition that is in force, held; those of an open assessment are still being written."""
    Condition.objects.select_for_update(no_key=True).get(pk=condition.pk)
    row = Condition.objects.select_related("health__offer__solution", "gate__offer__solution").get(
        pk=condition.pk
    )
    if row.health is not None and row.health.concluded_at is None:
        raise CannotAssessHealth(HealthRefusal.NOT_CONCLUDED)
    return row


# --- what these share ---


def hold(offer: int) -> None:
    """Until the transaction ends, no assessment of the offer begins or is concluded."""
    locks.hold(f"portfolio.health:{offer}")


def _open(assessment: HealthAssessment) -> HealthAssessment:
    """The row, held; one writer at a time. Raises CannotAssessHealth."""
    HealthAssessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    row = HealthAssessment.objects.select_related("offer__solution").get(pk=assessment.pk)
    if row.concluded_at is not None:
        raise CannotAssessHealth(HealthRefusal.CONCLUDED)
    return row


def _writable(assessment: HealthAssessment, by: Actor) -> HealthAssessment:
    row = _open(assessment)
    if not HealthAssessor.objects.filter(assessment=row, person=by.pk).exists():
        raise CannotAssessHealth(HealthRefusal.NOT_NAMED)
    return row


def _told(offer: Offer) -> dict[str, object]:
    return {"solution": offer.solution.slug, "name": offer.solution.name, "area": offer.area}


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\0", "").split())[:longest].rstrip()


def _prose(text: str, longest: int) -> str:
    lines = [line.rstrip() for line in text.replace("\0", "").splitlines()]
    return "\n".join(lines).strip()[:longest].rstrip()

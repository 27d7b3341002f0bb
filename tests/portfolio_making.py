"""Assessments and decisions made through the services, for tests that begin after them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.core.management import call_command

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.governance.models import Case
from samlop.lib.actors import Machine
from samlop.portfolio.imports import criteria as criteria_imports
from samlop.portfolio.models import Answer, Assessment, Gate, HealthAssessment, Offer
from samlop.portfolio.queries import dossiers
from samlop.portfolio.rules.assessments import NEEDS_EVIDENCE, Content, Opinion, Verdict
from samlop.portfolio.rules.criteria import Assessor
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.rules.health import Severity, Soundness
from samlop.portfolio.services import assessments, criteria, gates, health
from tests import factories as make

DAY = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 12, tzinfo=UTC)
BY = Machine("tests")


def criteria_one() -> None:
    """The bodies and version 1 of the criteria, as they come with Samløp."""
    call_command("load_bodies", verbosity=0)
    criteria.ensure_first(criteria_imports.read(), by=BY, at=datetime(2026, 1, 5, tzinfo=UTC))


def assessed(
    offer: Offer, *, but: Mapping[str, Verdict | None] | None = None, at: datetime = AT
) -> Assessment:
    """Every criterion of the programme and the body met, shown and agreed on; `but` differs."""
    row = assessments.open_assessment(offer=offer, by=BY, at=at)
    for answer in Answer.objects.filter(assessment=row).select_related("criterion"):
        assessor = Assessor(answer.criterion.assessor)
        verdict = (but or {}).get(answer.criterion.code, Verdict.MET)
        if assessor is Assessor.HEALTH_ASSESSORS or verdict is None:
            continue
        content = Content(verdict=verdict, line="Slik er det.")
        assessments.save_answer(answer=answer, base=Content(), sent=content, by=BY, at=at)
        if verdict in NEEDS_EVIDENCE:
            assessments.add_link(
                answer=answer, words="Rapport", link="https://example.org/rapport", by=BY, at=at
            )
        if assessor is Assessor.PROGRAMME:
            answer.refresh_from_db()
            assessments.give_opinion(
                answer=answer,
                opinion=Opinion.AGREES,
                comment="",
                seen=assessments.fact_of(answer),
                by=BY,
                at=at,
            )
    return row


def assessor(*, name: str = "", title: str = "Kommuneoverlege") -> Person:
    """Somebody with the role that lets her be named."""
    person = make.person(name=name)
    accounts.grant(
        person=person, role=Role.HEALTH_ASSESSOR, title=title, by=BY, on=date(2026, 1, 1)
    )
    return person


def of_programme(person: Person, offer: Offer, *, on: date = date(2026, 1, 1)) -> None:
    accounts.grant(
        person=person, role=Role.PROGRAMME, solution_slug=offer.solution.slug, by=BY, on=on
    )


def health_begun(offer: Offer, by: Person) -> HealthAssessment:
    """An assessment with one assessor, every question answered and nothing found."""
    row = health.open_assessment(offer=offer, by=BY, at=AT)
    health.name_assessor(assessment=row, person=by, by=BY, on=DAY)
    for question in row.questions.all():
        health.answer(question=question, text="Ja.", seen=0, by=by, at=AT)
    return row


def found_sound(
    offer: Offer, conclusion: Soundness = Soundness.SOUND, *, by: Person | None = None
) -> HealthAssessment:
    """A concluded assessment; on conditions, with one condition due in June."""
    who = by or assessor()
    row = health_begun(offer, who)
    if conclusion is Soundness.ON_CONDITIONS:
        health.add_finding(
            assessment=row, severity=Severity.SERIOUS, text="Varsler mangler.", by=who, at=AT
        )
        health.add_condition(
            assessment=row,
            text="Varsler er på plass.",
            due_by=date(2027, 6, 1),
            by=who,
            on=DAY,
            at=AT,
        )
    return health.conclude(
        assessment=row, conclusion=conclusion, summary="Prøvd i bruk.", by=who, on=DAY, at=AT
    )


def case(offer: Offer, *, on: date = DAY) -> Case:
    return gates.open_case(offer=offer, by=BY, on=on, at=AT)


def decided(
    offer: Offer,
    outcome: GateOutcome = GateOutcome.PASSED,
    *,
    reason: str = "Alt er på plass.",
    on: date = DAY,
    of: Case | None = None,
) -> Gate:
    """A decision on what the dossier says now."""
    return gates.decide(
        case=of or case(offer, on=on),
        outcome=outcome,
        reason=reason,
        decided_on=on,
        by=BY,
        on=on,
        at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        seen=dossiers.dossier_of(offer, on=on).fingerprint,
    )

"""Everything a body decides on, as it stands: what the gate judges by, shows and freezes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from samlop.portfolio.models import Assessment, Offer
from samlop.portfolio.queries import assessments, health, readiness
from samlop.portfolio.queries.assessments import (
    AssessmentState,
    CriterionState,
    EvidenceState,
    OpinionState,
)
from samlop.portfolio.queries.health import HealthState
from samlop.portfolio.queries.readiness import ProductState
from samlop.portfolio.rules import assessments as assessment_rules
from samlop.portfolio.rules.assessments import Lack
from samlop.portfolio.rules.criteria import Assessor
from samlop.portfolio.rules.gates import GateFacts, Must


@dataclass(frozen=True, slots=True, kw_only=True)
class MustLine:
    """A must-criterion that stands in the way, and everything it lacks."""

    code: str
    title: str
    lacks: tuple[Lack, ...]
    may_be_condition: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """An offer before its decision; `health` is the newest concluded assessment."""

    assessment: AssessmentState | None
    health: HealthState | None
    products: tuple[ProductState, ...]

    @property
    def musts(self) -> tuple[MustLine, ...]:
        """Those the health assessors answer are judged by their conclusion, not here."""
        if self.assessment is None:
            return ()
        theirs = {
            one.code
            for one in self.assessment.criteria
            if one.text.assessor is Assessor.HEALTH_ASSESSORS
        }
        return tuple(
            MustLine(
                code=one.code,
                title=self.assessment.title(one.code),
                lacks=one.lacks,
                may_be_condition=one.may_be_condition,
            )
            for one in self.assessment.unmet_musts
            if one.code not in theirs
        )

    def facts(self, *, conditions: int) -> GateFacts:
        return GateFacts(
            musts=tuple(Must(one.title, one.may_be_condition) for one in self.musts),
            health=self.health.conclusion if self.health else None,
            open_conditions=self.health.open_conditions if self.health else 0,
            conditions=conditions,
        )

    def content(self) -> dict[str, Any]:
        """What is frozen, as JSON takes it. People stand by their primary keys only."""
        return {
            "assessment": _assessment(self.assessment) if self.assessment else None,
            "health": _health(self.health) if self.health else None,
            "products": [_product(one) for one in self.products],
        }

    @property
    def fingerprint(self) -> str:
        """Names what was read: another one at the decision means that something has changed."""
        return sha256(self.content())


def dossier_of(offer: Offer, *, on: date) -> Dossier:
    """Thirteen queries at most."""
    products = readiness.on(offer, on).values()
    return Dossier(
        assessment=assessments.state_of(offer),
        health=health.conclusion_of(offer, on=on),
        products=tuple(
            sorted(products, key=lambda one: (one.product.vendor_name, one.product.name, one.event))
        ),
    )


def assessment_row(offer: Offer) -> Assessment | None:
    """One query, with the criteria's body."""
    rows = Assessment.objects.current().filter(offer=offer)
    return rows.select_related("criteria_set__deciding_body", "criteria_set__advised_by").first()


def canonical(content: Mapping[str, Any]) -> str:
    """The same text for the same content, whatever order it was put together in."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _assessment(state: AssessmentState) -> dict[str, Any]:
    head, progress = state.criteria_set, state.progress
    return {
        "opened_at": state.opened_at.isoformat(),
        "criteria_set": {
            "number": head.number,
            "standing": head.standing.value,
            "source": head.source,
            "deciding_body": head.deciding_body,
            "advised_by": head.advised_by,
            "published_at": head.published_at.isoformat() if head.published_at else None,
        },
        "total": progress.total,
        "answered": progress.answered,
        "criteria": [_criterion(one) for one in state.criteria],
    }


def _criterion(one: CriterionState) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": one.text.title,
        "question": one.text.question,
        "weight": one.text.weight.value,
        "assessor": one.text.assessor.value,
        "verdict": one.content.verdict.value if one.content.verdict else None,
        "line": one.content.line,
        "comment": one.content.comment,
        "role": one.role,
        "by": one.by,
        "at": one.at.isoformat() if one.at else None,
        "evidence": [_evidence(each) for each in one.evidence],
        "opinion": _opinion(one.opinion) if one.opinion else None,
        "lacks": [lack.value for lack in assessment_rules.lacks_of(one.rule_line)],
    }


def _evidence(one: EvidenceState) -> dict[str, Any]:
    return {
        "words": one.words,
        "link": one.link,
        "file": one.file_name,
        "size": one.file_size,
        "sha256": one.sha256,
        "role": one.role,
        "by": one.by,
        "at": one.at.isoformat(),
    }


def _opinion(one: OpinionState) -> dict[str, Any]:
    return {
        "opinion": one.opinion.value,
        "comment": one.comment,
        "role": one.role,
        "by": one.by,
        "at": one.at.isoformat(),
        "stands": one.stands,
    }


def _health(state: HealthState) -> dict[str, Any]:
    return {
        "pk": state.pk,
        "conclusion": state.conclusion.value if state.conclusion else None,
        "summary": state.summary,
        "concluded_at": state.concluded_at.isoformat() if state.concluded_at else None,
        "assessors": [
            {
                "person": one.person,
                "position": one.position,
                "named_on": one.named_on.isoformat(),
                "programme_from": one.programme_from.isoformat() if one.programme_from else None,
            }
            for one in state.assessors
        ],
        "questions": [{"question": one.question, "answer": one.answer} for one in state.questions],
        "findings": [
            {"severity": one.severity.value, "text": one.text, "advice": one.advice}
            for one in state.findings
        ],
        "conditions": [
            {
                "text": one.text,
                "due_by": one.due_by.isoformat(),
                "met_on": one.met_on.isoformat() if one.met_on else None,
                "note": one.note,
            }
            for one in state.conditions
        ],
    }


def _product(one: ProductState) -> dict[str, Any]:
    return {
        "product": one.product.name,
        "vendor": one.product.vendor_name,
        "state": one.state.value,
        "version": one.version,
        "release_on": one.release_on.isoformat() if one.release_on else None,
        "told_by": one.told_by.value,
        "told_on": one.told_on.isoformat(),
        "source": one.source,
    }

"""Decisions on «klar til bruk», and the cases in which they are to be made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from samlop.governance.models import Case
from samlop.portfolio.models import Condition, Gate, GateCase, HealthAssessment, Offer
from samlop.portfolio.queries.health import ConditionLine
from samlop.portfolio.rules.gates import OPENS, GateOutcome
from samlop.portfolio.rules.health import ConditionState


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """A decision as it stands: what it came to, why, and how its conditions are met that day."""

    pk: int
    offer: int
    outcome: GateOutcome
    reason: str
    unmet: tuple[str, ...]
    conditions: tuple[ConditionLine, ...]
    decided_on: date
    decided_at: datetime
    body: str
    body_slug: str
    case: int
    case_number: str
    case_year: int
    case_count: int
    criteria_version: int
    paper: UUID
    compiler: str

    @property
    def opens(self) -> bool:
        """Whether municipalities can be invited and enrol after it."""
        return self.outcome in OPENS

    @property
    def overdue(self) -> int:
        return sum(one.state is ConditionState.OVERDUE for one in self.conditions)


def gate_of(offer: Offer, day: date) -> GateState | None:
    """The newest decision on an offer made by that day, or None. Two queries."""
    return gates_of([offer.pk], day).get(offer.pk)


def gates_of(offers: Iterable[int], day: date) -> Mapping[int, GateState]:
    """The newest decision on each of these made by that day. Two queries."""
    found: dict[int, GateState] = {}
    for one in decisions_on(offers, day):
        found.setdefault(one.offer, one)
    return found


def decisions_on(offers: Iterable[int], day: date) -> tuple[GateState, ...]:
    """Every decision on these made by that day, the newest first. Two queries."""
    rows = list(
        Gate.objects.filter(offer__in=list(offers), decision__decided_on__lte=day)
        .select_related("decision__case__body", "criteria_set", "paper")
        .order_by("-decision__decided_on", "-decided_at", "-pk")
        .defer("snapshot")
    )
    conditions: dict[int, list[ConditionLine]] = {}
    wanted = [row.pk for row in rows]
    for condition in Condition.objects.filter(gate__in=wanted).order_by("due_by", "pk"):
        conditions.setdefault(condition.gate_id or 0, []).append(ConditionLine.of(condition, day))
    return tuple(_state(row, tuple(conditions.get(row.pk, ()))) for row in rows)


def exceptions_of(offers: Iterable[int], day: date) -> Mapping[int, GateState]:
    """The exceptions in force: for everybody who is invited, with their reasons. Two queries."""
    return {
        offer: gate
        for offer, gate in gates_of(offers, day).items()
        if gate.outcome is GateOutcome.EXCEPTION
    }


def open_case_of(offer: Offer) -> Case | None:
    """The case in which the offer is to be decided on, or None. One query."""
    found = (
        GateCase.objects.filter(offer=offer, case__decision=None, case__withdrawn_at=None)
        .select_related("case__body", "case__builds_on__body", "case__builds_on__decision")
        .order_by("-pk")
        .first()
    )
    return found.case if found else None


def open_cases_of(offers: Iterable[int]) -> Mapping[int, Case]:
    """The open case of each offer that has one. One query."""
    rows = (
        GateCase.objects.filter(
            offer__in=list(offers), case__decision=None, case__withdrawn_at=None
        )
        .select_related("case__body")
        .order_by("pk")
    )
    return {row.offer_id: row.case for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitsDecision:
    """An offer whose case is before the body."""

    solution: str
    name: str
    area: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueCondition:
    """A condition past its day, and whose it is to follow up: `gate` when the body set it."""

    solution: str
    name: str
    area: str
    text: str
    due_by: date
    gate: int | None


def awaiting_decision() -> tuple[AwaitsDecision, ...]:
    """Every open case about readiness, the oldest first. One query."""
    rows = (
        GateCase.objects.filter(case__decision=None, case__withdrawn_at=None)
        .select_related("case", "offer__solution")
        .order_by("case__opened_on", "pk")
    )
    return tuple(
        AwaitsDecision(
            solution=row.offer.solution.slug,
            name=row.offer.solution.name,
            area=row.offer.area,
            number=row.case.number_words,
        )
        for row in rows
    )


def overdue_conditions(
    day: date, *, of_gates: bool, of_health: bool
) -> tuple[OverdueCondition, ...]:
    """Conditions in force that are past their day, the longest first. One query.

    In force are those of the newest decision and the newest conclusion on an offer.
    """
    wanted = Q(pk=None)
    if of_gates:
        newest = Gate.objects.order_by("offer_id", "-decided_at", "-pk").distinct("offer_id")
        wanted |= Q(gate__in=newest.values("pk"))
    if of_health:
        last = HealthAssessment.objects.concluded().order_by("offer_id", "-concluded_at", "-pk")
        wanted |= Q(health__in=last.distinct("offer_id").values("pk"))
    rows = (
        Condition.objects.open()
        .filter(due_by__lt=day)
        .filter(wanted)
        .select_related("gate__offer__solution", "health__offer__solution")
        .order_by("due_by", "pk")
    )
    found = []
    for row in rows:
        set_by = row.gate or row.health
        if set_by is None:
            continue
        found.append(
            OverdueCondition(
                solution=set_by.offer.solution.slug,
                name=set_by.offer.solution.name,
                area=set_by.offer.area,
                text=row.text,
                due_by=row.due_by,
                gate=row.gate_id,
            )
        )
    return tuple(found)


def _state(row: Gate, conditions: tuple[ConditionLine, ...]) -> GateState:
    case = row.decision.case
    return GateState(
        pk=row.pk,
        offer=row.offer_id,
        outcome=GateOutcome(row.outcome),
        reason=row.reason,
        unmet=tuple(row.unmet),
        conditions=conditions,
        decided_on=row.decision.decided_on,
        decided_at=row.decided_at,
        body=case.body.name,
        body_slug=case.body.slug,
        case=case.pk,
        case_number=case.number_words,
        case_year=case.year,
        case_count=case.number,
        criteria_version=row.criteria_set.number,
        paper=row.paper.key,
        compiler=row.compiler,
    )

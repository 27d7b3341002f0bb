"""An offer goes into a phase; what was recorded by mistake is withdrawn, never deleted."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.portfolio.models import Offer, PhaseEvent, Solution
from samlop.portfolio.rules import solutions as rules
from samlop.portfolio.rules.solutions import Phase, PhaseWish, SolutionKind, SolutionRefusal
from samlop.portfolio.services.solutions import CannotChangeSolution
from samlop.portfolio.texts import solutions as texts


def record_phase(
    *,
    offer: Offer,
    phase: Phase,
    happened_on: date,
    by: Actor,
    on: date,
    at: datetime,
    reason: str = "",
    source: str = "",
    superseded_by: Solution | None = None,
    successor: str = "",
) -> PhaseEvent:
    """The offer is in the phase from a day on, until the next. Raises CannotChangeSolution.

    A solution that is superseded may name what comes instead: one of the portfolio, or in words.
    """
    with change("portfolio.phase.recorded", by=by, reason=reason.strip(), at=at) as record:
        # Which phase it follows depends on the other events: the offer is the queue.
        row = (
            Offer.objects.select_for_update(of=("self",), no_key=True)
            .select_related("solution")
            .get(pk=offer.pk)
        )
        before = PhaseEvent.objects.filter(offer=row).current_on(happened_on).first()
        wish = PhaseWish(
            kind=SolutionKind(row.solution.kind),
            phase=phase,
            happened_on=happened_on,
            before=Phase(before.phase) if before else None,
            has_reason=bool(reason.strip()),
            has_successor=bool(superseded_by or successor.strip()),
            succeeds_itself=superseded_by is not None and superseded_by.pk == row.solution_id,
        )
        if refusal := rules.refusal_to_record(wish, on=on):
            raise CannotChangeSolution(refusal, phase=str(texts.PHASES[phase]))
        event = PhaseEvent.objects.create(
            offer=row,
            phase=phase.value,
            happened_on=happened_on,
            reason=reason.strip(),
            source=source.strip(),
            superseded_by=superseded_by,
            # One of the portfolio is named by its own name.
            successor="" if superseded_by else successor.strip(),
            recorded_by_id=by.pk,
            recorded_as=by.actor_label,
            recorded_at=at,
        )
        record(
            row.solution,
            details={
                "area": row.area,
                "phase": phase.value,
                "before": before.phase if before else None,
                "from": happened_on.isoformat(),
            },
        )
    return event


def record_phases(
    *,
    offers: Iterable[Offer],
    phase: Phase,
    happened_on: date,
    by: Actor,
    on: date,
    at: datetime,
    reason: str = "",
    source: str = "",
    superseded_by: Solution | None = None,
    successor: str = "",
) -> tuple[PhaseEvent, ...]:
    """The same in several areas at once, in all of them or in none. Raises as for one."""
    with transaction.atomic():
        return tuple(
            record_phase(
                offer=offer,
                phase=phase,
                happened_on=happened_on,
                reason=reason,
                source=source,
                superseded_by=superseded_by,
                successor=successor,
                by=by,
                on=on,
                at=at,
            )
            # In one order, so that two who do this at once wait for each other.
            for offer in sorted(offers, key=lambda offer: offer.pk)
        )


def withdraw_phase(*, event: PhaseEvent, reason: str, by: Actor, at: datetime) -> PhaseEvent:
    """The event does not count any more, and stays to be read. Raises CannotChangeSolution."""
    if not reason.strip():
        raise CannotChangeSolution(SolutionRefusal.WITHDRAWN_WITHOUT_REASON)
    with change("portfolio.phase.withdrawn", by=by, reason=reason.strip(), at=at) as record:
        row = (
            PhaseEvent.objects.select_for_update(of=("self",), no_key=True)
            .select_related("offer__solution")
            .get(pk=event.pk)
        )
        if row.withdrawn_at is not None:
            raise CannotChangeSolution(SolutionRefusal.ALREADY_WITHDRAWN)
        row.withdrawn_at = at
        row.withdrawn_by_id = by.pk
        row.withdrawn_as = by.actor_label
        row.withdrawn_reason = reason.strip()
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_as", "withdrawn_reason"])
        record(
            row.offer.solution,
            details={
                "area": row.offer.area,
                "phase": row.phase,
                "from": row.happened_on.isoformat(),
            },
        )
    return row

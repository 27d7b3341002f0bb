"""Cohorts: made, changed, begun, gone through with, or cancelled."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Max
from django.db.models.functions import Lower

from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Product, Region
from samlop.municipalities.rules import writing
from samlop.rollouts.models import Cohort, Place, Rollout, StopThreshold, Worker
from samlop.rollouts.queries import cohorts as queries
from samlop.rollouts.rules import cohorts as rules
from samlop.rollouts.rules.cohorts import CohortRefusal, CohortState
from samlop.rollouts.rules.rollouts import (
    ENROLLING,
    OVER,
    RolloutKind,
    RolloutRefusal,
    RolloutState,
)
from samlop.rollouts.services import evaluation_mails, places
from samlop.rollouts.services.plan_refusals import CannotForm, CannotPlan

# What the invited are told of when it changes: queries.changes reads what it was.
_TOLD: Final = frozenset({"name", "starts_on", "ends_on", "change_until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a cohort is; in a rollout of type C its municipalities share product or cooperation."""

    name: str
    starts_on: date
    ends_on: date
    minimum: int
    maximum: int
    answer_by: date
    change_until: date
    product: Product | None = None
    cooperation: Region | None = None
    leader: Person | None = None


def facts_of(cohort: Cohort) -> Facts:
    """What is stored about the cohort now."""
    return Facts(
        name=cohort.name,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        minimum=cohort.minimum,
        maximum=cohort.maximum,
        answer_by=cohort.answer_by,
        change_until=cohort.change_until,
        product=cohort.product,
        cooperation=cohort.cooperation,
        leader=cohort.leader,
    )


def create_cohort(*, rollout: Rollout, facts: Facts, by: Actor, at: datetime) -> Cohort:
    """The rollout's next cohort; in one that is open it takes enrolments at once.

    Raises CannotForm and CannotPlan.
    """
    with change("rollouts.cohort.created", by=by, at=at) as record:
        row = _locked(rollout)
        columns = _columns(row, facts, taken=0)
        _require_free(row, columns["name"])
        _require_in_line(row, columns["starts_on"])
        last = Cohort.objects.filter(rollout=row).aggregate(last=Max("number"))["last"]
        enrolls = RolloutState(row.state) in ENROLLING
        cohort = Cohort.objects.create(
            rollout=row,
            solution_id=row.solution_id,
            number=(last or 0) + 1,
            state=(CohortState.ENROLLING if enrolls else CohortState.PLANNED).value,
            **columns,
        )
        record(cohort, details=_told(cohort))
    return cohort


def edit_cohort(*, cohort: Cohort, facts: Facts, by: Actor, on: date, at: datetime) -> Cohort:
    """Raises CannotForm and CannotPlan. Never fewer places than are taken."""
    with change("rollouts.cohort.changed", by=by, at=at) as record:
        rollout = _locked(cohort.rollout)
        row = _held(cohort)
        if CohortState(row.state) in {CohortState.FINISHED, CohortState.CANCELLED}:
            raise CannotForm(CohortRefusal.IS_OVER)
        taken = Place.objects.taken().filter(cohort=row).count()
        columns = _columns(rollout, facts, taken=taken)
        _require_free(rollout, columns["name"], but=row)
        _require_in_line(rollout, columns["starts_on"], of=row)
        changed = [field for field, value in columns.items() if getattr(row, field) != value]
        if not changed:
            record.nothing_changed()
            return row
        was = {field: str(getattr(row, field)) for field in changed if field in _TOLD}
        for field in changed:
            setattr(row, field, columns[field])
        row.save(update_fields=[field.removesuffix("_id") for field in changed])
        if "maximum" in changed:
            # More room may be somebody's turn.
            places.offer_next(rollout=rollout, by=by, on=on, at=at)
        record(row, details=_told(row) | {"changed": changed, "was": was})
    return row


def start_cohort(*, cohort: Cohort, by: Actor, on: date, at: datetime) -> Cohort:
    """The municipalities begin. Raises CannotForm."""
    with change("rollouts.cohort.started", by=by, at=at) as record:
        rollout = _locked(cohort.rollout)
        row = _held(cohort)
        _require_move(row, CohortState.RUNNING)
        if RolloutState(rollout.state) not in ENROLLING:
            raise CannotForm(CohortRefusal.ROLLOUT_NOT_OPEN)
        if queries.cohort_lock(row, on) is not None:
            raise CannotForm(CohortRefusal.LOCKED)
        row.state = CohortState.RUNNING.value
        row.save(update_fields=["state"])
        record(row, details=_told(row))
    return row


def finish_cohort(*, cohort: Cohort, by: Actor, on: date, at: datetime) -> Cohort:
    """It is gone through with: its places end, and the municipalities are asked what they learnt.

    What the places led to stays. Raises CannotForm.
    """
    with change("rollouts.cohort.finished", by=by, at=at) as record:
        _locked(cohort.rollout)
        row = _held(cohort)
        _require_move(row, CohortState.FINISHED)
        finish_row(row, by=by, on=on, at=at)
        evaluation_mails.ask(row, on=on, at=at)
        record(row, details=_told(row))
    return row


def cancel_cohort(*, cohort: Cohort, reason: str, by: Actor, on: date, at: datetime) -> Cohort:
    """It comes to nothing; whoever had a place stands first in line. Raises CannotForm."""
    reason = _line(reason, 500)
    with change("rollouts.cohort.cancelled", by=by, reason=reason, at=at) as record:
        _locked(cohort.rollout)
        row = _held(cohort)
        _require_move(row, CohortState.CANCELLED, reason)
        cancel_row(row, reason, by=by, on=on, at=at)
        record(row, details=_told(row))
    return row


# --- for whoever ends a rollout, in the same change ---


def finish_row(row: Cohort, *, by: Actor, on: date, at: datetime) -> None:
    row.state = CohortState.FINISHED.value
    row.save(update_fields=["state"])
    places.cohort_finished(cohort=row, by=by, on=on, at=at)


def cancel_row(row: Cohort, reason: str, *, by: Actor, on: date, at: datetime) -> None:
    row.state, row.state_reason = CohortState.CANCELLED.value, reason
    row.save(update_fields=["state", "state_reason"])
    places.cohort_cancelled(cohort=row, reason=reason, by=by, on=on, at=at)


# --- what these share ---


def _columns(rollout: Rollout, facts: Facts, *, taken: int) -> dict[str, Any]:
    wish = rules.Wish(
        name=writing.name(facts.name) or "",
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        minimum=facts.minimum,
        maximum=facts.maximum,
        answer_by=facts.answer_by,
        change_until=facts.change_until,
        product=facts.product.pk if facts.product else None,
        cooperation=facts.cooperation.pk if facts.cooperation else None,
    )
    shared_key = rollout.kind == RolloutKind.SHARED.value
    if refusal := rules.refusal_of(wish, shared_key=shared_key, taken=taken):
        raise CannotForm(refusal, taken=taken)
    if facts.leader is not None:
        inside = Worker.objects.filter(rollout=rollout, person=facts.leader, ended_on=None)
        if not inside.exists():
            raise CannotForm(CohortRefusal.LEADER_OUTSIDE)
    return {
        "name": wish.name,
        "product_id": wish.product,
        "cooperation_id": wish.cooperation,
        "quarter": Quarter.of(wish.starts_on).starts_on,
        "starts_on": wish.starts_on,
        "ends_on": wish.ends_on,
        "minimum": wish.minimum,
        "maximum": wish.maximum,
        "leader_id": facts.leader.pk if facts.leader else None,
        "answer_by": wish.answer_by,
        "change_until": wish.change_until,
    }


def _locked(rollout: Rollout) -> Rollout:
    """The rollout is the queue: two cohorts made at once must not get one number."""
    row = Rollout.objects.select_for_update(no_key=True).get(pk=rollout.pk)
    if RolloutState(row.state) in OVER:
        raise CannotPlan(RolloutRefusal.IS_OVER)
    return row


def _held(cohort: Cohort) -> Cohort:
    """With its rollout's others, in the order that those who answer take them."""
    places.hold(cohort.rollout_id)
    return Cohort.objects.select_related("rollout").get(pk=cohort.pk)


def _require_free(rollout: Rollout, name: str, *, but: Cohort | None = None) -> None:
    others = Cohort.objects.filter(rollout=rollout).annotate(lower=Lower("name"))
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.filter(lower=name.lower()).exists():
        raise CannotForm(CohortRefusal.NAME_TAKEN)


def _require_in_line(rollout: Rollout, starts_on: date, *, of: Cohort | None = None) -> None:
    """Under a stop rule nobody steps past those that are under way."""
    if not StopThreshold.objects.filter(rollout=rollout).exists():
        return
    begun = (CohortState.RUNNING.value, CohortState.FINISHED.value)
    others = Cohort.objects.filter(rollout=rollout, state__in=begun)
    if of is not None:
        others = others.exclude(pk=of.pk)
    refusal = rules.refusal_of_start(
        starts_on,
        was=of.starts_on if of is not None else None,
        begun=of is not None and of.state in begun,
        others=others.values_list("starts_on", flat=True),
    )
    if refusal is not None:
        raise CannotForm(refusal)


def _require_move(row: Cohort, wanted: CohortState, reason: str = "") -> None:
    if refusal := rules.refusal_to_move(CohortState(row.state), wanted, reason=reason):
        raise CannotForm(refusal)


def _told(row: Cohort) -> dict[str, Any]:
    return {"name": row.rollout.name, "cohort": row.name, "starts_on": row.starts_on.isoformat()}


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\0", "").split())[:longest].rstrip()

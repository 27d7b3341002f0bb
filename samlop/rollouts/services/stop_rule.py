"""The stop rule between cohorts: fixed before the first starts, met by figures, or overridden."""

from collections.abc import Collection
from datetime import date, datetime

from samlop.audit.services import change
from samlop.governance.models import Case
from samlop.lib.actors import Actor
from samlop.municipalities.rules import writing
from samlop.rollouts.models import Cohort, Rollout, StopFigure, StopOverride, StopThreshold
from samlop.rollouts.queries import cohorts as queries
from samlop.rollouts.rules import cohorts as rules
from samlop.rollouts.rules.cohorts import (
    COUNTED,
    CohortRefusal,
    CohortState,
    StopMeasure,
    Threshold,
)
from samlop.rollouts.rules.rollouts import OVER, RolloutRefusal, RolloutState
from samlop.rollouts.services import places
from samlop.rollouts.services.plan_refusals import CannotForm, CannotPlan


def fix_thresholds(
    *, rollout: Rollout, thresholds: Collection[Threshold], by: Actor, on: date, at: datetime
) -> None:
    """What each cohort must meet; none at all for no stop rule. Raises CannotForm, CannotPlan.

    From the day the first cohort starts it stands: nobody sets the bar after the jump.
    """
    for one in thresholds:
        if refusal := rules.refusal_of_threshold(one):
            raise CannotForm(refusal)
    with change("rollouts.stop_rule.fixed", by=by, at=at) as record:
        row = _locked(rollout)
        if has_started(row, on):
            raise CannotForm(CohortRefusal.HAS_STARTED)
        wanted = {
            (
                one.measure.value,
                one.limit,
                one.after_days if one.measure is StopMeasure.SHARE_IN_USE else None,
            )
            for one in thresholds
        }
        stored = StopThreshold.objects.filter(rollout=row)
        if wanted == set(stored.values_list("measure", "limit", "after_days")):
            record.nothing_changed()
            return
        stored.delete()
        for measure, limit, after_days in sorted(wanted, key=lambda one: one[0]):
            StopThreshold.objects.create(
                rollout=row,
                measure=measure,
                limit=limit,
                after_days=after_days,
                fixed_by_id=by.pk,
                fixed_at=at,
            )
        record(row, details={"name": row.name, "count": len(wanted)})


def record_figure(
    *,
    cohort: Cohort,
    measure: StopMeasure,
    value: int,
    figure_on: date,
    link: str,
    by: Actor,
    on: date,
    at: datetime,
) -> StopFigure:
    """A dated figure with a link to where it stands; a new one is a new row. Raises CannotForm.

    When it lets the next cohort go on, whoever waits for a place there is offered one.
    """
    if measure in COUNTED:
        raise CannotForm(CohortRefusal.COUNTED_HERE)
    if refusal := rules.refusal_of_threshold(Threshold(measure=measure, limit=value)):
        raise CannotForm(refusal)
    if figure_on > on:
        raise CannotForm(CohortRefusal.IN_THE_FUTURE)
    there = writing.website(link)
    if not there:
        raise CannotForm(CohortRefusal.NO_LINK)
    with change("rollouts.stop_rule.measured", by=by, at=at) as record:
        rollout = _locked(cohort.rollout)
        if not StopThreshold.objects.filter(rollout=rollout, measure=measure.value).exists():
            raise CannotForm(CohortRefusal.NOT_FIXED)
        row = StopFigure.objects.create(
            cohort=cohort,
            measure=measure.value,
            value=value,
            figure_on=figure_on,
            link=there[:300],
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        places.offer_next(rollout=rollout, by=by, on=on, at=at)
        record(
            row,
            details={"name": rollout.name, "cohort": cohort.name, "measure": measure.value},
        )
    return row


def override(
    *, cohort: Cohort, case: Case, reason: str, by: Actor, on: date, at: datetime
) -> StopOverride:
    """The coordination group has decided, in a case of its own, that the cohort may invite.

    Raises CannotForm.
    """
    reason = " ".join(reason.replace("\0", "").split())[:500].rstrip()
    if not reason:
        raise CannotForm(CohortRefusal.NO_REASON)
    with change("rollouts.stop_rule.overridden", by=by, reason=reason, at=at) as record:
        rollout = _locked(cohort.rollout)
        if StopOverride.objects.filter(cohort=cohort).exists():
            raise CannotForm(CohortRefusal.ALREADY_OVERRIDDEN)
        if queries.cohort_lock(cohort, on) is None:
            raise CannotForm(CohortRefusal.NOT_LOCKED)
        found = queries.overriding_cases().filter(pk=case.pk).first()
        if found is None:
            raise CannotForm(CohortRefusal.NOT_DECIDED)
        row = StopOverride.objects.create(
            cohort=cohort,
            decision=found.decision,
            reason=reason,
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        places.offer_next(rollout=rollout, by=by, on=on, at=at)
        record(
            row,
            details={
                "name": rollout.name,
                "cohort": cohort.name,
                "number": found.number_words,
                "body": found.body.name,
            },
        )
    return row


def has_started(rollout: Rollout, on: date) -> bool:
    """Whether the first cohort has begun, by its state or by its day."""
    rows = Cohort.objects.filter(rollout=rollout).exclude(state=CohortState.CANCELLED.value)
    begun = (CohortState.RUNNING.value, CohortState.FINISHED.value)
    return rows.filter(state__in=begun).exists() or rows.filter(starts_on__lte=on).exists()


def _locked(rollout: Rollout) -> Rollout:
    row = Rollout.objects.select_for_update(no_key=True).get(pk=rollout.pk)
    if RolloutState(row.state) in OVER:
        raise CannotPlan(RolloutRefusal.IS_OVER)
    return row

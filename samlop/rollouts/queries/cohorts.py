"""Cohorts as pages read them, and the stop rule that may keep one from inviting."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from samlop.governance.models import Case
from samlop.lib.quarters import Quarter
from samlop.rollouts.models import (
    Cohort,
    Place,
    Rollout,
    StopFigure,
    StopOverride,
    StopThreshold,
)
from samlop.rollouts.queries import evaluations
from samlop.rollouts.rules import cohorts as rules
from samlop.rollouts.rules.cohorts import (
    COUNTED,
    CohortState,
    Figure,
    Measured,
    StopMeasure,
    Threshold,
)
from samlop.rollouts.rules.places import PlaceEnd
from samlop.uptake.queries import stages
from samlop.uptake.rules.stages import Stage, has_reached

# The body of our own data file that aligns the plans.
COORDINATION_GROUP: Final = "nasjonal-koordineringsgruppe"
# A place that was gone through with still counts as one of its cohort's.
_SEATED: Final = Q(ended_at=None) | Q(end=PlaceEnd.FINISHED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLine:
    """One cohort with the names of its key and how many places are taken."""

    pk: int
    rollout: int
    number: int
    name: str
    product: int | None
    cooperation: int | None
    # What its municipalities have in common, in words; empty when it is nothing.
    key: str
    quarter: Quarter
    starts_on: date
    ends_on: date
    minimum: int
    maximum: int
    taken: int
    leader: int | None
    answer_by: date
    change_until: date
    state: CohortState
    state_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The coordination group let a cohort invite all the same, by a decision in a case."""

    reason: str
    case_number: str
    body: str
    body_slug: str
    case_year: int
    case_count: int
    decided_on: date
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A cohort that starts before another, against each threshold of the rollout."""

    cohort: int
    name: str
    measures: tuple[Measured, ...]

    @property
    def met(self) -> bool:
        return all(one.met for one in self.measures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Why a cohort may not invite yet: what those before it have not met."""

    cohort: int
    name: str
    before: tuple[Before, ...]

    @property
    def missing(self) -> tuple[tuple[str, Measured], ...]:
        """The name of each earlier cohort, and what it has not met."""
        return tuple(
            (one.name, each) for one in self.before for each in one.measures if not each.met
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The stop rule for one cohort: what those before it have come to, and who overrode it."""

    cohort: int
    name: str
    before: tuple[Before, ...]
    override: Override | None

    @property
    def lock(self) -> Lock | None:
        if self.override is not None or all(one.met for one in self.before):
            return None
        return Lock(cohort=self.cohort, name=self.name, before=self.before)


def cohorts_of(rollout: int) -> tuple[CohortLine, ...]:
    """The cohorts of a rollout in their order, those cancelled too. Two queries."""
    return of_rollouts([rollout]).get(rollout, ())


def of_rollouts(rollouts: Collection[int]) -> Mapping[int, tuple[CohortLine, ...]]:
    """The cohorts of several rollouts. Two queries."""
    rows = list(
        Cohort.objects.filter(rollout__in=rollouts)
        .select_related("product__vendor", "cooperation")
        .order_by("rollout_id", "number")
    )
    taken: dict[int, int] = defaultdict(int)
    places = Place.objects.filter(_SEATED, cohort__in=[row.pk for row in rows])
    for cohort in places.values_list("cohort_id", flat=True):
        taken[cohort] += 1
    found: dict[int, list[CohortLine]] = defaultdict(list)
    for row in rows:
        found[row.rollout_id].append(_line(row, taken[row.pk]))
    return {rollout: tuple(lines) for rollout, lines in found.items()}


def _line(row: Cohort, taken: int) -> CohortLine:
    key = ""
    if row.product is not None:
        key = f"{row.product.name} ({row.product.vendor.name})"
    elif row.cooperation is not None:
        key = row.cooperation.name
    return CohortLine(
        pk=row.pk,
        rollout=row.rollout_id,
        number=row.number,
        name=row.name,
        product=row.product_id,
        cooperation=row.cooperation_id,
        key=key,
        quarter=Quarter.of(row.quarter),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        minimum=row.minimum,
        maximum=row.maximum,
        taken=taken,
        leader=row.leader_id,
        answer_by=row.answer_by,
        change_until=row.change_until,
        state=CohortState(row.state),
        state_reason=row.state_reason,
    )


def thresholds_of(rollout: int) -> tuple[StopThreshold, ...]:
    """In the order of the measures. One query."""
    order = [one.value for one in StopMeasure]
    rows = StopThreshold.objects.filter(rollout=rollout)
    return tuple(sorted(rows, key=lambda row: order.index(row.measure)))


def overriding_cases() -> QuerySet[Case]:
    """Decided cases of the coordination group's that may let a cohort go on, the newest first.

    A case of its own: neither that of a plan, nor one that has let another cohort go on.
    """
    return (
        Case.objects.decided()
        .select_related("decision", "body")
        .filter(body__slug=COORDINATION_GROUP)
        .exclude(pk__in=Rollout.objects.exclude(case=None).values("case"))
        .exclude(decision__in=StopOverride.objects.values("decision"))
        .order_by("-decision__decided_on", "-pk")
    )


def cohort_lock(cohort: Cohort, on: date) -> Lock | None:
    """Why the cohort may not invite on the day; None when it may. At most eight queries."""
    return next(
        (one.lock for one in stop_rule(cohort.rollout_id, on) if one.cohort == cohort.pk), None
    )


def stop_rule(rollout: int, on: date) -> tuple[Rule, ...]:
    """The rule for every cohort that is not cancelled; empty without thresholds.

    Measured against a cohort are those that start on the last day before its own: two that start
    together do not wait for each other. At most eight queries.
    """
    fixed = [
        Threshold(measure=StopMeasure(row.measure), limit=row.limit, after_days=row.after_days)
        for row in thresholds_of(rollout)
    ]
    if not fixed:
        return ()
    rows = list(
        Cohort.objects.filter(rollout=rollout)
        .exclude(state=CohortState.CANCELLED.value)
        .select_related("rollout")
        .order_by("number")
    )
    figures = _figures(rows, {one.measure for one in fixed}, on)
    overrides = _overrides(rows)
    found = []
    for row in rows:
        earlier = [one.starts_on for one in rows if one.starts_on < row.starts_on]
        before = tuple(
            Before(
                cohort=one.pk,
                name=one.name,
                measures=tuple(
                    rules.measured(
                        each,
                        figures.get((one.pk, each.measure)),
                        starts_on=one.starts_on,
                        on=on,
                    )
                    for each in fixed
                ),
            )
            for one in rows
            if earlier and one.starts_on == max(earlier)
        )
        found.append(
            Rule(cohort=row.pk, name=row.name, before=before, override=overrides.get(row.pk))
        )
    return tuple(found)


def _figures(
    rows: list[Cohort], measures: Collection[StopMeasure], on: date
) -> Mapping[tuple[int, StopMeasure], Figure]:
    """The newest entered figure of each measure, and the shares as they are counted that day."""
    found: dict[tuple[int, StopMeasure], Figure] = {}
    newest = (
        StopFigure.objects.filter(cohort__in=rows, figure_on__lte=on)
        .exclude(measure__in=[one.value for one in COUNTED])
        .order_by("cohort_id", "measure", "-figure_on", "-recorded_at", "-pk")
        .distinct("cohort_id", "measure")
    )
    for one in newest:
        found[one.cohort_id, StopMeasure(one.measure)] = Figure(
            value=one.value, on=one.figure_on, link=one.link
        )
    placed: dict[int, list[int]] = defaultdict(list)
    places = Place.objects.filter(_SEATED, cohort__in=rows)
    for cohort, municipality in places.values_list("cohort_id", "municipality_id"):
        placed[cohort].append(municipality)
    if not placed:
        return found
    offer = rows[0].rollout.offer_id
    everybody = {one for several in placed.values() for one in several}
    agreed = stages.standing([offer], on, municipalities=everybody)
    for cohort, members in placed.items():
        using = sum(_uses(agreed.get((offer, one))) for one in members)
        value = rules.share(using, len(members))
        if value is not None:
            found[cohort, StopMeasure.SHARE_IN_USE] = Figure(value=value, on=on)
    if StopMeasure.EVALUATIONS_ANSWERED in measures:
        answered = evaluations.answered(placed, on)
        asked = {one.cohort for one in evaluations.asked(on, rollout=rows[0].rollout_id)}
        for cohort, members in placed.items():
            value = rules.share(answered.get(cohort, 0), len(members))
            if value is not None and (value or cohort in asked):
                found[cohort, StopMeasure.EVALUATIONS_ANSWERED] = Figure(value=value, on=on)
    return found


def _uses(known: stages.Standing | None) -> bool:
    return known is not None and (
        has_reached(known.agreed, Stage.IN_USE) or has_reached(known.agreed, Stage.UNDER_WAY)
    )


def _overrides(rows: list[Cohort]) -> Mapping[int, Override]:
    found = StopOverride.objects.filter(cohort__in=rows).select_related("decision__case__body")
    return {
        one.cohort_id: Override(
            reason=one.reason,
            case_number=one.decision.case.number_words,
            body=one.decision.case.body.name,
            body_slug=one.decision.case.body.slug,
            case_year=one.decision.case.year,
            case_count=one.decision.case.number,
            decided_on=one.decision.decided_on,
            text=one.decision.text,
        )
        for one in found
    }

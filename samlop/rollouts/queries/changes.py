"""What has changed in what a municipality was told, since it was invited.

Read from the events, which keep what each field was, against the rows as they are now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from samlop.audit.models import Event
from samlop.municipalities.models import RegionMembership
from samlop.municipalities.queries import population
from samlop.municipalities.rules.capacity import LocalRole, SizeClass, size_class
from samlop.portfolio.models import CostModel
from samlop.portfolio.queries import costs
from samlop.portfolio.queries.costs import NO_SYSTEMS, Systems
from samlop.portfolio.rules.costs import CostPlace
from samlop.portfolio.rules.solutions import Area, covered
from samlop.rollouts.models import (
    Answer,
    Basis,
    BasisPrerequisite,
    BasisRole,
    BasisStep,
    Cohort,
    Invitation,
    Place,
)
from samlop.rollouts.queries import basis as basis_queries
from samlop.rollouts.queries.prices import Prices
from samlop.rollouts.rules import basis as basis_rules
from samlop.rollouts.rules import changes as rules
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.basis import RoleHours
from samlop.rollouts.rules.changes import Change, ChangeKind
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import ENROLLING

# Whoever has said one of these is told nothing more of the rollout.
_DECLINED: Final = (AnswerState.NO.value, AnswerState.LATER.value)
_ADDED: Final = "rollouts.basis.prerequisite_added"
_CHANGED: Final = "rollouts.basis.prerequisite_changed"
_REMOVED: Final = "rollouts.basis.prerequisite_removed"
_WRITTEN: Final = "rollouts.basis.changed"
_OF_BASIS: Final = (_WRITTEN, _ADDED, _CHANGED, _REMOVED)
_NEW_COHORT: Final = "rollouts.cohort.created"
_OF_COHORT: Final = (_NEW_COHORT, "rollouts.cohort.changed", "rollouts.cohort.cancelled")
# What one of the invited is told.
Told = tuple[Invitation, Change]
_TEXTS: Final = (
    (ChangeKind.WHAT, ("what", "what_nn")),
    (ChangeKind.GAINS, ("gains", "gains_nn")),
    (ChangeKind.CONSEQUENCE, ("consequence", "consequence_nn")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What has changed for one municipality since it was invited, or told last."""

    invitation: Invitation
    since: datetime
    changes: tuple[Change, ...]


def standing(**where: object) -> QuerySet[Invitation]:
    """Invitations that stand in rollouts that take answers, but where it was declined."""
    said = Answer.objects.filter(
        rollout=OuterRef("rollout"), municipality=OuterRef("municipality")
    ).order_by("-number")
    rows = Invitation.objects.filter(
        withdrawn_at=None,
        rollout__state__in=sorted(state.value for state in ENROLLING),
        **where,
    ).alias(said=Coalesce(Subquery(said.values("state")[:1]), Value("")))
    return rows.exclude(said__in=_DECLINED).select_related("rollout__offer")


def of_municipality(municipality: int, on: date) -> tuple[Changed, ...]:
    """In everything it is invited to. Four queries when nothing has changed, else some twenty."""
    rows = list(standing(municipality=municipality).order_by("sent_at", "pk"))
    return changed(rows, {row.pk: row.sent_at for row in rows}, on)


def of_invitation(invitation: Invitation, on: date) -> Changed | None:
    """Since it was sent; None when nothing has, or the rollout was declined."""
    rows = list(standing(pk=invitation.pk))
    return next(iter(changed(rows, {row.pk: row.sent_at for row in rows}, on)), None)


def changed(
    invitations: Sequence[Invitation], since: Mapping[int, datetime], on: date
) -> tuple[Changed, ...]:
    """Of several invitations, each since its own moment; those without a change are left out.

    As many queries for a hundred that have changed as for one.
    """
    if not invitations:
        return ()
    first = min(since[row.pk] for row in invitations)
    rollouts = {row.rollout_id for row in invitations}
    cohorts = {
        row.pk: row
        for row in Cohort.objects.filter(rollout__in=rollouts).order_by("starts_on", "number")
    }
    events: dict[int, list[Event]] = defaultdict(list)
    for event in _events(rollouts, cohorts, first):
        of_basis = event.code in _OF_BASIS
        pk = event.subject_id
        events[pk if of_basis else cohorts[pk].rollout_id].append(event)
    own = {
        row.pk: [one for one in events[row.rollout_id] if one.happened_at > since[row.pk]]
        for row in invitations
    }
    moved = [row for row in invitations if any(one.code in _OF_COHORT for one in own[row.pk])]
    priced = _priced(invitations, since, first)
    rewritten = [row for row in invitations if any(one.code in _OF_BASIS for one in own[row.pk])]
    asking = {row.municipality_id for row in (*moved, *priced)}
    keyed = {row.product_id for row in cohorts.values()} != {None}
    uses = costs.systems_of(on, municipalities=asking) if priced or (moved and keyed) else {}
    found: dict[int, list[Change]] = defaultdict(list)
    for row, change in (
        *_of_cohorts(moved, own, cohorts, uses, on),
        *_of_prices(priced, since, uses, on),
        *_of_bases(rewritten, own, on),
    ):
        found[row.pk].append(change)
    order = list(ChangeKind)
    return tuple(
        Changed(
            invitation=row,
            since=since[row.pk],
            changes=tuple(sorted(found[row.pk], key=lambda one: order.index(one.kind))),
        )
        for row in invitations
        if row.pk in found
    )


def _priced(
    invitations: Collection[Invitation], since: Mapping[int, datetime], first: datetime
) -> list[Invitation]:
    """Those whose solution has got a new price. One query."""
    newest = dict(
        CostModel.objects.filter(
            offer__solution__in={row.rollout.solution_id for row in invitations},
            published_at__gt=first,
        )
        .order_by()
        .values_list("offer__solution")
        .annotate(newest=Max("published_at"))
    )
    return [
        row
        for row in invitations
        if (at := newest.get(row.rollout.solution_id)) is not None and at > since[row.pk]
    ]


def _events(
    rollouts: Collection[int], cohorts: Collection[int], after: datetime
) -> QuerySet[Event]:
    return Event.objects.filter(
        Q(subject_type="rollouts.rollout", subject_id__in=rollouts, code__in=_OF_BASIS)
        | Q(subject_type="rollouts.cohort", subject_id__in=cohorts, code__in=_OF_COHORT),
        happened_at__gt=after,
    ).order_by("happened_at", "pk")


# --- cohorts ---


def _of_cohorts(
    rows: Collection[Invitation],
    events: Mapping[int, Collection[Event]],
    cohorts: Mapping[int, Cohort],
    uses: Mapping[int, Systems],
    on: date,
) -> Iterator[Told]:
    """Of the one it has a place in, or is invited to; else of all it may wish for. Two queries."""
    if not rows:
        return
    municipalities = {row.municipality_id for row in rows}
    seated = {
        (cohorts[cohort].rollout_id, municipality): cohort
        for cohort, municipality in Place.objects.taken()
        .filter(cohort__in=list(cohorts), municipality__in=municipalities)
        .values_list("cohort_id", "municipality_id")
    }
    regions: dict[int, set[int]] = defaultdict(set)
    if cooperations := {row.cooperation_id for row in cohorts.values()} - {None}:
        for municipality, region in (
            RegionMembership.objects.valid_on(on)
            .filter(municipality__in=municipalities, region__in=cooperations)
            .values_list("municipality_id", "region_id")
        ):
            regions[municipality].add(region)
    for row in rows:
        municipality = row.municipality_id
        mine = seated.get((row.rollout_id, municipality), row.cohort_id)
        reached = covered(Area(row.rollout.offer.area))
        products = uses.get(municipality, NO_SYSTEMS).products_in(reached)
        by_cohort: dict[int, list[Event]] = defaultdict(list)
        for event in events[row.pk]:
            if event.code in _OF_COHORT:
                by_cohort[event.subject_id].append(event)
        for pk, own in by_cohort.items():
            cohort = cohorts[pk]
            concerned = (
                pk == mine
                if mine is not None
                else _wishable(cohort, products, regions[municipality])
            )
            if concerned:
                yield from ((row, one) for one in _of_cohort(cohort, own, row))


def _wishable(cohort: Cohort, products: Collection[int], regions: Collection[int]) -> bool:
    """Or was so for everybody, until it was cancelled."""
    if cohort.state == CohortState.CANCELLED.value:
        return cohort.product_id is None and cohort.cooperation_id is None
    return cohort.state in basis_queries.JOINABLE and basis_queries.shares_key(
        cohort, products, regions
    )


def _of_cohort(cohort: Cohort, events: Collection[Event], row: Invitation) -> Iterator[Change]:
    is_new = any(one.code == _NEW_COHORT for one in events)
    if cohort.state == CohortState.CANCELLED.value:
        if not is_new:
            yield Change(
                kind=ChangeKind.COHORT_CANCELLED, name=cohort.name, now=cohort.state_reason
            )
        return
    if is_new:
        yield Change(kind=ChangeKind.NEW_COHORT, name=cohort.name, now=cohort.starts_on)
        return
    was = rules.earliest([one.details.get("was", {}) for one in events])
    if (name := was.get("name", cohort.name)) != cohort.name:
        yield Change(kind=ChangeKind.RENAMED, was=name, now=cohort.name)
    for kind, field in ((ChangeKind.STARTS_ON, "starts_on"), (ChangeKind.ENDS_ON, "ends_on")):
        now: date = getattr(cohort, field)
        before = date.fromisoformat(was[field]) if field in was else now
        if before != now:
            yield Change(kind=kind, name=cohort.name, was=before, now=now)
    # An earlier day takes nothing away: the day it was told stands.
    if "change_until" in was and cohort.change_until > row.change_until:
        yield Change(kind=ChangeKind.CHANGE_UNTIL, name=cohort.name, now=cohort.change_until)


# --- price ---


def _of_prices(
    rows: Collection[Invitation],
    since: Mapping[int, datetime],
    uses: Mapping[int, Systems],
    on: date,
) -> Iterator[Told]:
    """Its own figures by the version it was told, and by the one of now. Seven queries."""
    if not rows:
        return
    prices = Prices.of({row.rollout.solution_id for row in rows}, on, uses)
    for row in rows:
        was, now = (
            prices.priced(row.rollout, known_at=known).figure(row.municipality_id)
            for known in (since[row.pk], None)
        )
        if was is None or now is None:
            continue
        for kind, place in (
            (ChangeKind.YEARLY_PRICE, CostPlace.IF_JOINING),
            (ChangeKind.ONE_OFF_PRICE, CostPlace.ONE_OFF),
        ):
            before, after = was.sum(place), now.sum(place)
            if before.complete and after.complete and before.amount != after.amount:
                yield row, Change(kind=kind, was=before.amount, now=after.amount)


# --- the decision basis ---


def _of_bases(
    rows: Collection[Invitation], events: Mapping[int, Collection[Event]], on: date
) -> Iterator[Told]:
    """One query, and at most four for the parts that were written."""
    if not rows:
        return
    written = {
        event.details.get("what", "") if event.code == _WRITTEN else "prerequisites"
        for row in rows
        for event in events[row.pk]
        if event.code in _OF_BASIS
    }
    parts = {
        "steps": BasisStep.objects.all(),
        "roles": BasisRole.objects.all(),
        "prerequisites": BasisPrerequisite.objects.order_by("pk"),
    }
    several = Basis.objects.filter(rollout__in={row.rollout_id for row in rows})
    bases = {
        basis.rollout_id: basis
        for basis in several.prefetch_related(
            *(Prefetch(part, found) for part, found in parts.items() if part in written)
        )
    }
    living = (
        population.inhabitants({row.municipality_id for row in rows}, on=on)
        if "roles" in written
        else {}
    )
    for row in rows:
        if (basis := bases.get(row.rollout_id)) is not None:
            size = size_class(living.get(row.municipality_id))
            own = [one for one in events[row.pk] if one.code in _OF_BASIS]
            yield from ((row, one) for one in _of_basis(basis, own, size))


def _of_basis(basis: Basis, events: Collection[Event], size: SizeClass) -> Iterator[Change]:
    written: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if event.code == _WRITTEN:
            written[event.details.get("what", "")].append(event.details.get("was", {}))
    was = rules.earliest(written["words"])
    for kind, fields in _TEXTS:
        if any(was.get(field, getattr(basis, field)) != getattr(basis, field) for field in fields):
            yield Change(kind=kind)
    if "roles" in (roles := rules.earliest(written["roles"])):
        yield from _of_hours(basis, roles["roles"], size)
    if "steps" in (steps := rules.earliest(written["steps"])):
        new, gone = rules.steps(
            [(weeks, words) for weeks, words in steps["steps"]],
            [(step.weeks, step.words) for step in basis.steps.all()],
        )
        if new:
            yield Change(kind=ChangeKind.NEW_STEPS, now=new)
        if gone:
            yield Change(kind=ChangeKind.STEPS_GONE, was=", ".join(gone))
    if of_prerequisites := [one for one in events if one.code != _WRITTEN]:
        yield from _of_prerequisites(basis, of_prerequisites)


def _of_hours(basis: Basis, roles: Collection[Sequence[Any]], size: SizeClass) -> Iterator[Change]:
    before = [
        RoleHours(
            role=LocalRole(role), needed=needed, monthly=tuple(Decimal(one) for one in monthly)
        )
        for role, needed, monthly in roles
    ]
    was, now = (
        sum((one.total for one in basis_rules.for_size(some, size) if one.needed), Decimal(0))
        for some in (before, basis_queries.roles_of(basis))
    )
    if was != now:
        yield Change(kind=ChangeKind.HOURS, was=was, now=now)


def _of_prerequisites(basis: Basis, events: Collection[Event]) -> Iterator[Change]:
    """One that came and went again in between is not told of."""
    by_row: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        if pk := event.details.get("prerequisite"):
            by_row[pk].append(event)
    for row in basis.prerequisites.all():
        own = by_row.get(row.pk, [])
        if not own:
            continue
        is_new = any(one.code == _ADDED for one in own)
        was = rules.earliest([one.details.get("was", {}) for one in own])
        title = was.get("title", row.title)
        if row.removed_at is not None:
            if not is_new:
                yield Change(kind=ChangeKind.PREREQUISITE_GONE, name=title)
        elif is_new:
            yield Change(kind=ChangeKind.NEW_PREREQUISITE, name=row.title)
        else:
            if title != row.title:
                yield Change(kind=ChangeKind.PREREQUISITE_RENAMED, was=title, now=row.title)
            for kind, field in (
                (ChangeKind.DONE_WHEN, "done_when"),
                (ChangeKind.DAYS_BEFORE, "days_before"),
            ):
                before = was.get(field, getattr(row, field))
                if before != getattr(row, field):
                    yield Change(kind=kind, name=row.title, was=before, now=getattr(row, field))

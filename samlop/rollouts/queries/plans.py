"""What a plan lacks before it can open, and what else takes from the same in its quarters."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import gates, readiness
from samlop.rollouts.models import Cohort, Rollout, TargetMember, Worker
from samlop.rollouts.queries import basis
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.queries.rollouts import RolloutLine
from samlop.rollouts.rules import rollouts as rules
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import (
    OVER,
    SHARED_WITH_GROUP,
    Collision,
    Demand,
    Plan,
    RolloutKind,
    TargetGroup,
    WorkFunction,
    in_target,
)
from samlop.uptake.queries import stages


def plan_of(rollout: Rollout, on: date) -> Plan:
    """What the rule of opening needs to know. At most sixteen queries."""
    kind = RolloutKind(rollout.kind)
    gate = gates.gate_of(rollout.offer, on) if kind in rules.NEEDS_GATE else None
    return Plan(
        kind=kind,
        has_leader=Worker.objects.filter(
            rollout=rollout, function=WorkFunction.LEADER.value, ended_on=None
        ).exists(),
        cohorts=Cohort.objects.filter(rollout=rollout)
        .exclude(state=CohortState.CANCELLED.value)
        .count(),
        shared=rollout.case is not None and rollout.case.withdrawn_at is None,
        announced=rollout.announced_at is not None,
        gate_opens=gate is not None and gate.opens,
        basis_complete=not basis.missing(rollout),
        in_target=len(queries.target_of(rollout, on)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Colliding:
    """Another rollout that takes from the same, with what it is called."""

    other: RolloutLine
    collision: Collision


def collisions_of(rollout: Rollout, on: date, *, to_insiders: bool = True) -> tuple[Colliding, ...]:
    """Every other live rollout that shares quarters and more with it. Ten queries."""
    rows = list(
        queries.visible(to_insiders=to_insiders)
        .exclude(state__in=[one.value for one in OVER])
        .exclude(pk=rollout.pk)
        .select_related("offer__solution", "solution", "region")
    )
    if not rows:
        return ()
    demands = demands_of([rollout, *rows], on)
    named = {row.pk: queries.line(row) for row in rows}
    found = rules.collisions(demands[0], demands[1:])
    return tuple(Colliding(other=named[one.rollout], collision=one) for one in found)


def collisions_between(on: date) -> tuple[tuple[RolloutLine, Colliding], ...]:
    """Every two live rollouts that collide, once, those that do so first first. Nine queries."""
    rows = list(
        queries.visible(to_insiders=True)
        .exclude(state__in=[one.value for one in OVER])
        .select_related("offer__solution", "solution", "region")
        .order_by("starts_on", "name", "pk")
    )
    if not rows:
        return ()
    demands = demands_of(rows, on)
    named = {row.pk: queries.line(row) for row in rows}
    found = [
        (named[row.pk], Colliding(other=named[one.rollout], collision=one))
        for number, row in enumerate(rows)
        for one in rules.collisions(demands[number], demands[number + 1 :])
    ]
    return tuple(sorted(found, key=lambda pair: pair[1].collision.quarters[0]))


def demands_of(rollouts: Sequence[Rollout], on: date) -> list[Demand]:
    """What each asks of municipalities, vendors and NHN. Eight queries."""
    members = targets_of(rollouts, on)
    vendors = vendors_of([row.offer for row in rollouts], on)
    return [
        Demand(
            rollout=row.pk,
            solution=row.solution_id,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            municipalities=members[row.pk],
            vendors=vendors.get(row.offer_id, frozenset()),
            needs_nhn=row.needs_nhn,
        )
        for row in rollouts
    ]


def targets_of(rollouts: Collection[Rollout], on: date) -> Mapping[int, frozenset[int]]:
    """The municipalities of each: as frozen, or as of the day. At most four queries."""
    found: dict[int, set[int]] = {row.pk: set() for row in rollouts}
    opened = [row.pk for row in rollouts if row.opened_at is not None]
    frozen = TargetMember.objects.filter(rollout__in=opened)
    for rollout, municipality in frozen.values_list("rollout_id", "municipality_id"):
        found[rollout].add(municipality)
    planned = [row for row in rollouts if row.opened_at is None]
    if planned:
        everybody = frozenset(
            MunicipalityCode.objects.valid_on(on).values_list("municipality_id", flat=True)
        )
        inside: dict[int, set[int]] = defaultdict(set)
        regions = {row.region_id for row in planned if row.region_id is not None}
        memberships = RegionMembership.objects.valid_on(on).filter(region__in=regions)
        for region, municipality in memberships.values_list("region_id", "municipality_id"):
            inside[region].add(municipality)
        agreed = stages.standing({row.offer_id for row in planned}, on)
        for row in planned:
            group = TargetGroup(row.target)
            around = inside[row.region_id] & everybody if row.region_id else everybody
            for municipality in around:
                known = agreed.get((row.offer_id, municipality))
                if in_target(group, known.agreed if known else None):
                    found[row.pk].add(municipality)
    return {rollout: frozenset(members) for rollout, members in found.items()}


def vendors_of(offers: Collection[Offer], on: date) -> Mapping[int, frozenset[str]]:
    """The vendors that have said something of their products in each offer. One query."""
    said = readiness.of_offers({offer.pk for offer in offers}, on)
    return {
        offer: frozenset(state.product.vendor_name for state in states.values())
        for offer, states in said.items()
    }


def awaits_group(on: date) -> tuple[RolloutLine, ...]:
    """Plans shared with the coordination group by the day that it has not answered. One query."""
    rows = Rollout.objects.filter(
        kind__in=[one.value for one in SHARED_WITH_GROUP],
        case__opened_on__lte=on,
        case__decision=None,
        case__withdrawn_at=None,
    ).exclude(state__in=[one.value for one in OVER])
    return queries.lines(rows)


def announced_since(day: date) -> tuple[RolloutLine, ...]:
    """Regions' plans that were announced on the day or later, and not given up. One query."""
    rows = Rollout.objects.filter(
        kind=RolloutKind.REGION.value, announced_at__date__gte=day
    ).exclude(state__in=[one.value for one in OVER])
    return queries.lines(rows)

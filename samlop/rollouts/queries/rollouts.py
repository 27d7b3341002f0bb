"""Rollouts as pages read them, and whom each is for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from samlop.audit.models import Event
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Rollout, TargetMember
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState, TargetGroup, in_target
from samlop.uptake.queries import stages
from samlop.uptake.rules.stages import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutLine:
    """One rollout with the names of what it is about."""

    pk: int
    slug: str
    name: str
    kind: RolloutKind
    state: RolloutState
    state_reason: str
    solution: int
    solution_slug: str
    solution_name: str
    offer: int
    area: Area
    region: int | None
    region_name: str
    region_slug: str
    target: TargetGroup
    quarter: Quarter
    starts_on: date
    ends_on: date | None
    expected: int
    needs_nhn: bool
    announced_at: datetime | None
    opened_at: datetime | None
    anchored_in: str
    anchored_on: date | None
    anchored_link: str
    case: int | None


def visible(*, to_insiders: bool) -> QuerySet[Rollout]:
    """A plan is public from when it is announced; before that it is for those with a role."""
    rows = Rollout.objects.all()
    if to_insiders:
        return rows
    return rows.filter(
        Q(announced_at__isnull=False)
        | Q(opened_at__isnull=False)
        | ~Q(state__in=[RolloutState.PLANNING.value, RolloutState.CANCELLED.value])
    )


def lines(rows: QuerySet[Rollout]) -> tuple[RolloutLine, ...]:
    """Those that begin last first. One query."""
    found = rows.select_related("solution", "offer", "region").order_by("-starts_on", "name", "pk")
    return tuple(line(row) for row in found)


def line(row: Rollout) -> RolloutLine:
    """Runs queries unless solution, offer and region were loaded with the row."""
    return RolloutLine(
        pk=row.pk,
        slug=row.slug,
        name=row.name,
        kind=RolloutKind(row.kind),
        state=RolloutState(row.state),
        state_reason=row.state_reason,
        solution=row.solution_id,
        solution_slug=row.solution.slug,
        solution_name=row.solution.name,
        offer=row.offer_id,
        area=Area(row.offer.area),
        region=row.region_id,
        region_name=row.region.name if row.region else "",
        region_slug=row.region.slug if row.region else "",
        target=TargetGroup(row.target),
        quarter=Quarter.of(row.quarter),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        expected=row.expected,
        needs_nhn=row.needs_nhn,
        announced_at=row.announced_at,
        opened_at=row.opened_at,
        anchored_in=row.anchored_in,
        anchored_on=row.anchored_on,
        anchored_link=row.anchored_link,
        case=row.case_id,
    )


def target_of(rollout: Rollout, on: date) -> frozenset[int]:
    """The municipalities a rollout is for: as frozen when it opened, until then as of the day.

    One query when it is frozen, else at most three.
    """
    if rollout.opened_at is not None:
        frozen = TargetMember.objects.filter(rollout=rollout)
        return frozenset(frozen.values_list("municipality_id", flat=True))
    return frozenset(target_stages(rollout, on))


def target_stages(rollout: Rollout, on: date) -> Mapping[int, Stage | None]:
    """Whom it would be for if it opened that day, with the stage each is at. Two queries."""
    inside = within(rollout, on)
    agreed = stages.standing([rollout.offer_id], on, municipalities=inside)
    group = TargetGroup(rollout.target)
    found: dict[int, Stage | None] = {}
    for municipality in inside:
        known = agreed.get((rollout.offer_id, municipality))
        stage = known.agreed if known else None
        if in_target(group, stage):
            found[municipality] = stage
    return found


def within(rollout: Rollout, on: date) -> frozenset[int]:
    """The municipalities of the nation, or of its region, that exist on the day. One query."""
    if rollout.region_id is not None:
        rows = RegionMembership.objects.filter(
            region=rollout.region_id,
            municipality__in=MunicipalityCode.objects.valid_on(on).values("municipality"),
        ).valid_on(on)
        return frozenset(rows.values_list("municipality_id", flat=True))
    codes = MunicipalityCode.objects.valid_on(on)
    return frozenset(codes.values_list("municipality_id", flat=True))


def came_from(rollout: Rollout) -> RolloutState | None:
    """Where a pause ends: the state the rollout was last taken out of. One query, none unpaused."""
    if RolloutState(rollout.state) is not RolloutState.PAUSED:
        return None
    moved = Event.objects.filter(
        subject_type="rollouts.rollout", subject_id=rollout.pk, code="rollouts.rollout.moved"
    )
    was = moved.order_by("-happened_at", "-pk").values_list("details__was", flat=True).first()
    return RolloutState(was) if was else None


def of_solution(solution: int, *, to_insiders: bool) -> tuple[RolloutLine, ...]:
    """Every rollout of a solution that the reader may see, those that begin last first."""
    return lines(visible(to_insiders=to_insiders).filter(solution=solution))

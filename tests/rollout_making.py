"""Rollouts and cohorts as they stand in the database, for tests that begin after them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from samlop.accounts.models import Person
from samlop.lib.actors import Machine
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality, Product, Region
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Cohort, Rollout, TargetMember, Worker
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import (
    RolloutKind,
    RolloutState,
    TargetGroup,
    WorkFunction,
)
from tests import factories as make

DAY = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 12, tzinfo=UTC)
BY = Machine("tests")
_next = count(1)


def a_rollout(
    *,
    offer: Offer | None = None,
    name: str = "",
    slug: str = "",
    kind: RolloutKind = RolloutKind.NATION,
    state: RolloutState = RolloutState.OPEN,
    region: Region | None = None,
    target: TargetGroup = TargetGroup.NOT_INTRODUCED,
    members: tuple[Municipality, ...] = (),
    leader: Person | None = None,
    workers: tuple[Person, ...] = (),
    starts_on: date = date(2027, 8, 16),
    ends_on: date | None = date(2028, 3, 31),
    expected: int = 30,
    announced: bool = True,
    state_reason: str = "",
) -> Rollout:
    """A rollout that is open for enrolment, unless another state is named.

    `members` is the frozen target group of one that has been opened. `leader` and `workers` are
    its working group.
    """
    index = next(_next)
    offer = offer or make.offer(
        solution=make.solution(name=f"Løsning i løp {index}"), area=Area.HOME_CARE
    )
    opened = state not in (RolloutState.PLANNING, RolloutState.CANCELLED)
    made = Rollout.objects.create(
        slug=slug or f"innforingslop-{index}",
        name=name or f"Innføringsløp {index}",
        offer=offer,
        solution_id=offer.solution_id,
        kind=kind.value,
        region=region,
        target=target.value,
        state=state.value,
        state_reason=state_reason
        or ("Slik ble det." if state in (RolloutState.PAUSED, RolloutState.CANCELLED) else ""),
        starts_on=starts_on,
        ends_on=ends_on,
        quarter=Quarter.of(starts_on).starts_on,
        expected=expected,
        announced_at=AT if announced else None,
        opened_at=AT if opened else None,
        created_at=AT,
    )
    TargetMember.objects.bulk_create(
        TargetMember(rollout=made, municipality=one, frozen_at=AT) for one in members
    )
    if leader is not None:
        a_worker(made, leader, WorkFunction.LEADER)
    for one in workers:
        a_worker(made, one)
    return made


def a_worker(
    rollout: Rollout, person: Person, function: WorkFunction = WorkFunction.MEMBER
) -> Worker:
    return Worker.objects.create(
        rollout=rollout, person=person, function=function.value, started_on=date(2027, 1, 4)
    )


def a_cohort(
    *,
    rollout: Rollout | None = None,
    name: str = "",
    number: int | None = None,
    state: CohortState = CohortState.ENROLLING,
    starts_on: date | None = None,
    ends_on: date | None = None,
    minimum: int = 1,
    maximum: int = 10,
    answer_by: date | None = None,
    change_until: date | None = None,
    product: Product | None = None,
    cooperation: Region | None = None,
    leader: Person | None = None,
) -> Cohort:
    """A cohort that takes enrolments, of a rollout of its own unless one is given."""
    rollout = rollout or a_rollout()
    number = number or Cohort.objects.filter(rollout=rollout).count() + 1
    first = starts_on or rollout.starts_on
    return Cohort.objects.create(
        rollout=rollout,
        solution_id=rollout.solution_id,
        number=number,
        name=name or f"Pulje {number}",
        product=product,
        cooperation=cooperation,
        quarter=Quarter.of(first).starts_on,
        starts_on=first,
        ends_on=ends_on or first + timedelta(days=180),
        minimum=minimum,
        maximum=maximum,
        leader=leader,
        answer_by=answer_by or first - timedelta(days=56),
        change_until=change_until or first - timedelta(days=28),
        state=state.value,
        state_reason="Slik ble det." if state is CohortState.CANCELLED else "",
    )

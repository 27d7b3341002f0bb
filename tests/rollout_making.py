"""Rollouts and cohorts as they stand in the database, for tests that begin after them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality, Product, Region
from samlop.municipalities.rules.capacity import LocalRole
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.costs import CostKind, Line, Model
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import costs
from samlop.rollouts.models import Basis, Cohort, Invitation, Place, Rollout, TargetMember, Worker
from samlop.rollouts.queries import answers as answer_queries
from samlop.rollouts.rules.answers import AnswerState, Content, Reason
from samlop.rollouts.rules.basis import PrerequisiteKind, PrerequisiteOwner, RoleHours, Wished
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import (
    NEEDS_REASON,
    RolloutKind,
    RolloutState,
    TargetGroup,
    WorkFunction,
)
from samlop.rollouts.services import answers, basis
from samlop.rollouts.services.basis import Step
from tests import factories as make

DAY = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 12, tzinfo=UTC)
BY = Machine("tests")
_next = count(1)
SAYS_WHY = NEEDS_REASON | {RolloutState.CLOSED}


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
        state_reason=state_reason or ("Slik ble det." if state in SAYS_WHY else ""),
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


def a_decision_maker(municipality: Municipality, *, person: Person | None = None) -> Person:
    """Somebody with the municipality's own mandate for some time."""
    person = person or make.person()
    accounts.grant(
        person=person,
        role=Role.DECISION_MAKER,
        municipality=municipality,
        by=BY,
        on=date(2026, 1, 5),
    )
    return person


def invited(rollout: Rollout, municipality: Municipality, *, at: datetime = AT) -> Invitation:
    """An invitation that stands, as it lies in the database; nothing is sent."""
    found = Invitation.objects.filter(
        rollout=rollout, municipality=municipality, withdrawn_at=None
    ).first()
    return found or Invitation.objects.create(
        rollout=rollout,
        municipality=municipality,
        answer_by=at.date() + timedelta(days=60),
        change_until=at.date() + timedelta(days=90),
        sent_at=at,
    )


def an_answer(
    state: AnswerState = AnswerState.YES,
    *,
    rollout: Rollout,
    municipality: Municipality,
    by: Person | None = None,
    wishes: tuple[Cohort, ...] = (),
    reason: Reason = Reason.CAPACITY,
    text: str = "",
    expected_on: date = date(2027, 5, 1),
    ask_again_on: date | None = date(2027, 9, 1),
    ask_when_gone: bool = False,
    case_number: str = "",
    on: date = DAY,
    at: datetime = AT,
) -> answers.Given:
    """Given through the service by a decision maker, of an invitation made if there is none."""
    invited(rollout, municipality)
    by = by or a_decision_maker(municipality)
    newest = answer_queries.newest(rollout, municipality.pk)
    return answers.answer(
        rollout=rollout,
        municipality=municipality,
        content=Content(
            state=state,
            wishes=tuple(cohort.pk for cohort in wishes),
            reason=reason,
            text=text,
            expected_on=expected_on,
            ask_again_on=ask_again_on,
            ask_when_gone=ask_when_gone,
            case_number=case_number,
        ),
        seen=newest.number if newest else 0,
        by=by,
        on=on,
        at=at,
    )


def a_place(
    *, cohort: Cohort, municipality: Municipality, by: Person | None = None, at: datetime = AT
) -> Place:
    """A place on the municipality's own yes to that cohort."""
    given = an_answer(
        rollout=cohort.rollout, municipality=municipality, by=by, wishes=(cohort,), at=at
    )
    assert given.place is not None, "the cohort is full"
    return given.place


def a_basis(rollout: Rollout, *, priced: bool = True) -> Basis:
    """A basis with everything in it: with a leader, a cohort and a price it is complete.

    Beside the version it begins with, an agreement with KS must be in place sixty days before.
    """
    made = basis.begin(rollout=rollout, by=BY, at=AT)
    made = basis.write(
        basis=made,
        words=basis.Words(
            what="Innbyggere og ansatte ser det samme.",
            gains="Færre telefoner.",
            gains_source="Evaluering 2026",
            consequence="Kommunen betaler sin faste andel, og kan bli med i 2029.",
        ),
        seen=made.version,
        by=BY,
        at=AT,
    )
    basis.add_prerequisite(
        basis=made,
        wished=Wished(
            kind=PrerequisiteKind.KS_AGREEMENT,
            title="Avtale om etablering",
            done_when="Avtalen er signert og sendt til KS",
            owner=PrerequisiteOwner.MUNICIPALITY,
            days_before=60,
        ),
        by=BY,
        at=AT,
    )
    made.refresh_from_db()
    basis.set_roles(
        basis=made,
        roles=[
            RoleHours(role=role, needed=True, monthly=(Decimal(8), Decimal(6), Decimal(4)))
            for role in (LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR)
        ],
        seen=made.version,
        by=BY,
        at=AT,
    )
    made.refresh_from_db()
    basis.set_steps(
        basis=made,
        steps=[Step(-6, "Oppstartsmøte"), Step(0, "Opplæring"), Step(12, "Evaluering")],
        seen=made.version,
        by=BY,
        at=AT,
    )
    if priced:
        costs.publish(
            offer=rollout.offer,
            model=Model(
                lines=(
                    Line(kind=CostKind.JOINED_EACH, title="Lisens", amount=Decimal(12000)),
                    Line(kind=CostKind.ONCE_EACH, title="Oppsett", amount=Decimal(18000)),
                )
            ),
            valid_from=date(2027, 1, 1),
            source="Prisliste 2027",
            seen=0,
            by=BY,
            at=AT,
        )
    made.refresh_from_db()
    return made

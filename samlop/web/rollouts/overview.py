"""One rollout as everybody reads it: what, whom for, when, and who else must be ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.governance.models import Case
from samlop.lib.quarters import Quarter
from samlop.portfolio.queries import gates
from samlop.portfolio.rules.gates import GateOutcome
from samlop.rollouts.models import ContributingActor, Rollout, Worker
from samlop.rollouts.queries import cohorts as cohort_queries
from samlop.rollouts.queries import plans
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.queries.cohorts import CohortLine
from samlop.rollouts.queries.plans import Colliding
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import (
    NEEDS_GATE,
    OVER,
    SHARED_WITH_GROUP,
    ActorKind,
    Collision,
    CollisionKind,
    RolloutKind,
    RolloutRefusal,
    RolloutState,
    TargetGroup,
    WorkFunction,
    checklist,
)
from samlop.rollouts.texts import rollouts as texts
from samlop.web import formats
from samlop.web.gates.offers import address as gate_address
from samlop.web.governance.addresses import of_case
from samlop.web.rollouts.evaluating import Learnt
from samlop.web.rollouts.frame import COLORS, Frame, address
from samlop.web.rollouts.outside import OutsideLine
from samlop.web.rollouts.own import OwnLine
from samlop.web.rollouts.planning import steps_from

# The page that puts in place what is missing, and its part there.
_WHERE: Final[Mapping[RolloutRefusal, str]] = {
    RolloutRefusal.NO_LEADER: "add_worker",
    RolloutRefusal.NO_COHORT: "create_cohort",
    RolloutRefusal.NOBODY_IN_TARGET: "edit",
    RolloutRefusal.BASIS_INCOMPLETE: "basis",
    RolloutRefusal.NOT_SHARED: "share",
    RolloutRefusal.NOT_ANNOUNCED: "announce",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    words: str
    done: bool
    # Where it is put in place, when the reader may.
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """`name` is empty for those who may not read it; `end` for those who may not take her out."""

    name: str
    function: str
    organisation: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRow:
    kind: str
    name: str
    must: str
    ready_by: date | None
    ready_on: date | None
    late: bool
    contact: str
    edit: str
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRow:
    name: str
    key: str
    state: str
    starts_on: date
    answer_by: date
    places: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another rollout in the same quarters, and what it takes of the same."""

    name: str
    address: str
    solution: str
    quarters: str
    state: str
    color: str
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    frame: Frame
    facts: tuple[tuple[str, str], ...]
    anchored_in: str
    anchored_on: date | None
    anchored_link: str
    # The coordination group's case, and what it came to.
    case: str
    case_address: str
    case_words: str
    # Why it was opened although the criteria were not met; for everybody.
    exception: str
    exception_address: str
    checks: tuple[Check, ...]
    may_open: bool
    cohorts: tuple[CohortRow, ...]
    workers: tuple[WorkerRow, ...]
    actors: tuple[ActorRow, ...]
    same_solution: tuple[Other, ...]
    collisions: tuple[Other, ...]
    may_edit: bool
    may_staff: bool
    may_tell: str
    may_tell_words: str
    # Words and address of each step the leader may take.
    steps: tuple[tuple[str, str], ...]
    like: str
    # What is asked of the reader's own municipalities, or how they stand.
    own: tuple[OwnLine, ...]
    # Of a C: the reader's own municipalities that none of the cohorts is for.
    outside: tuple[OutsideLine, ...]
    # What the municipalities and the leader have learnt.
    learnt: Learnt


def overview_page(
    rollout: Rollout,
    frame: Frame,
    *,
    may_plan: bool,
    learnt: Learnt,
    own: tuple[OwnLine, ...] = (),
    outside: tuple[OutsideLine, ...] = (),
    on: date,
) -> OverviewPage:
    """At most thirty queries, however many rollouts, cohorts and people there are."""
    who = frame.standing
    alive = frame.state not in OVER
    works, steers = who.works and alive, who.steers and alive
    kind = frame.kind
    gate = gates.gate_of(rollout.offer, on) if kind in NEEDS_GATE else None
    excepted = gate is not None and gate.outcome is GateOutcome.EXCEPTION
    plan = (
        plans.plan_of(rollout, on) if who.insider and frame.state is RolloutState.PLANNING else None
    )
    checks = checklist(plan) if plan is not None else ()
    found = plans.collisions_of(rollout, on, to_insiders=who.insider) if alive else ()
    case = _case(rollout, insider=who.insider)
    tells = works and _telling(rollout, kind)
    return OverviewPage(
        frame=frame,
        facts=_facts(rollout, on),
        anchored_in=rollout.anchored_in,
        anchored_on=rollout.anchored_on,
        anchored_link=rollout.anchored_link,
        case=case.number_words if case else "",
        case_address=of_case(case) if case else "",
        case_words=_case_words(case),
        exception=gate.reason if gate and excepted else "",
        exception_address=gate_address(rollout.offer, "offer") if excepted else "",
        checks=tuple(_check(rollout, one, done=done, works=works) for one, done in checks),
        may_open=steers and bool(checks) and all(done for _, done in checks),
        cohorts=tuple(
            _cohort(line)
            for line in cohort_queries.cohorts_of(rollout.pk)
            if line.state is not CohortState.CANCELLED
        ),
        workers=_workers(rollout, named=who.insider, steers=steers),
        actors=_actors(rollout, works=works, on=on),
        same_solution=tuple(
            _other(one) for one in found if CollisionKind.SAME_SOLUTION in one.collision.clashes
        ),
        collisions=tuple(
            _other(one)
            for one in found
            if who.insider and CollisionKind.SAME_SOLUTION not in one.collision.clashes
        ),
        may_edit=works,
        may_staff=steers,
        may_tell=address(rollout, _telling_view(kind)) if tells else "",
        may_tell_words=gettext("Del planen med koordineringsgruppen")
        if kind in SHARED_WITH_GROUP
        else gettext("Varsle"),
        steps=tuple(
            (str(step.words), address(rollout, "move", step.code))
            for step in (steps_from(rollout) if steers else ())
        ),
        like=f"{reverse('rollouts:create')}?som={rollout.slug}" if may_plan else "",
        own=own,
        outside=outside,
        learnt=learnt,
    )


def _facts(rollout: Rollout, on: date) -> tuple[tuple[str, str], ...]:
    count = len(queries.target_of(rollout, on))
    target = str(texts.TARGETS[TargetGroup(rollout.target)])
    members = ngettext("%(count)s kommune", "%(count)s kommuner", count) % {
        "count": formats.number(count)
    }
    frozen = rollout.opened_at
    whom = (
        gettext("%(target)s: %(members)s, slik det var %(day)s")
        % {"target": target, "members": members, "day": formats.long_date(frozen)}
        if frozen
        else gettext("%(target)s: %(members)s i dag") % {"target": target, "members": members}
    )
    return (
        (gettext("For"), whom),
        (gettext("Begynner"), formats.quarter(Quarter.of(rollout.quarter))),
        (gettext("Ventet antall kommuner"), formats.number(rollout.expected)),
        (
            gettext("Trenger Norsk helsenett"),
            gettext("Ja") if rollout.needs_nhn else gettext("Nei"),
        ),
    )


def _case(rollout: Rollout, *, insider: bool) -> Case | None:
    """What is decided is public; what is not is for those with a role. One query."""
    if rollout.case_id is None:
        return None
    rows = Case.objects.select_related("body", "decision").filter(pk=rollout.case_id)
    return (rows if insider else rows.decided()).first()


def _case_words(case: Case | None) -> str:
    if case is None:
        return ""
    if case.withdrawn_at is not None:
        return gettext("Saken er trukket.")
    if hasattr(case, "decision"):
        return case.decision.text
    return gettext("Koordineringsgruppen har ikke svart ennå.")


def _check(rollout: Rollout, one: RolloutRefusal, *, done: bool, works: bool) -> Check:
    there = ""
    if works and not done and one in _WHERE:
        there = address(rollout, _WHERE[one])
    if one is RolloutRefusal.GATE_CLOSED and not done:
        there = gate_address(rollout.offer, "offer")
    return Check(words=str(texts.CHECKS[one]), done=done, address=there)


def _cohort(line: CohortLine) -> CohortRow:
    return CohortRow(
        name=line.name,
        key=line.key,
        state=str(texts.COHORT_STATES[line.state]),
        starts_on=line.starts_on,
        answer_by=line.answer_by,
        places=gettext("%(taken)s av %(places)s plasser er tatt")
        % {"taken": formats.number(line.taken), "places": formats.number(line.maximum)},
    )


def _workers(rollout: Rollout, *, named: bool, steers: bool) -> tuple[WorkerRow, ...]:
    """The leader first. One query."""
    rows = Worker.objects.filter(rollout=rollout, ended_on=None).select_related("person")
    order = list(WorkFunction)
    found = sorted(rows, key=lambda row: (order.index(WorkFunction(row.function)), row.pk))
    return tuple(
        WorkerRow(
            name=str(row.person) if named else "",
            function=str(texts.WORK_FUNCTIONS[WorkFunction(row.function)]),
            organisation=row.organisation,
            end=address(rollout, "end_worker", row.pk)
            if steers and row.function != WorkFunction.LEADER.value
            else "",
        )
        for row in found
    )


def _actors(rollout: Rollout, *, works: bool, on: date) -> tuple[ActorRow, ...]:
    """One query."""
    rows = ContributingActor.objects.filter(rollout=rollout).order_by("ready_by", "name", "pk")
    return tuple(
        ActorRow(
            kind=str(texts.ACTOR_KINDS[ActorKind(row.kind)]),
            name=row.name,
            must=row.must,
            ready_by=row.ready_by,
            ready_on=row.ready_on,
            late=row.ready_on is None and row.ready_by is not None and row.ready_by < on,
            contact=row.contact_words,
            edit=address(rollout, "edit_actor", row.pk) if works else "",
            remove=address(rollout, "remove_actor", row.pk) if works else "",
        )
        for row in rows
    )


def shares_of(collision: Collision) -> tuple[str, ...]:
    """A sentence for each thing that two rollouts both ask for."""
    shares = []
    for clash in collision.clashes:
        words = str(texts.COLLISION_KINDS[clash])
        if clash is CollisionKind.MUNICIPALITIES:
            count = len(collision.municipalities)
            words = ngettext(
                "%(count)s kommune er i målgruppen for begge",
                "%(count)s kommuner er i målgruppen for begge",
                count,
            ) % {"count": formats.number(count)}
        elif clash is CollisionKind.VENDORS:
            words = gettext("Samme leverandører: %(vendors)s") % {
                "vendors": _some(collision.vendors)
            }
        shares.append(words)
    return tuple(shares)


def _other(one: Colliding) -> Other:
    return Other(
        name=one.other.name,
        address=reverse("rollouts:show", args=[one.other.slug]),
        solution=one.other.solution_name,
        quarters=span_words(one.collision.quarters),
        state=str(texts.STATES[one.other.state]),
        color=COLORS[one.other.state],
        shares=shares_of(one.collision),
    )


def span_words(quarters: Sequence[Quarter]) -> str:
    """«2. kvartal 2027», or «2. kvartal 2027 til 1. kvartal 2028»: they follow each other."""
    if len(quarters) == 1:
        return formats.quarter(quarters[0])
    return gettext("%(first)s til %(last)s") % {
        "first": formats.quarter(quarters[0]),
        "last": formats.quarter(quarters[-1]),
    }


def _some(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return gettext("%(names)s og flere") % {"names": shown} if len(names) > most else shown


def _telling(rollout: Rollout, kind: RolloutKind) -> bool:
    """Whether the coordination group has yet to hear of it."""
    if kind in SHARED_WITH_GROUP:
        return rollout.case is None or rollout.case.withdrawn_at is not None
    return rollout.announced_at is None


def _telling_view(kind: RolloutKind) -> str:
    return "share" if kind in SHARED_WITH_GROUP else "announce"

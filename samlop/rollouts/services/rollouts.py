"""Rollouts from the first plan to the end: what each is, whom it is told to, how far it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.db import locks
from samlop.lib import slugs
from samlop.lib.actors import Actor
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Region
from samlop.municipalities.rules import writing
from samlop.portfolio.models import Offer
from samlop.rollouts.models import (
    Cohort,
    ContributingActor,
    Rollout,
    StopThreshold,
    TargetMember,
    Worker,
)
from samlop.rollouts.queries import plans
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.rules import rollouts as rules
from samlop.rollouts.rules.cohorts import CohortState, shifted
from samlop.rollouts.rules.evaluations import MOST_CONCLUSION
from samlop.rollouts.rules.rollouts import (
    ENROLLING,
    OVER,
    SHARED_WITH_GROUP,
    RolloutKind,
    RolloutRefusal,
    RolloutState,
    TargetGroup,
    WorkFunction,
)
from samlop.rollouts.services import basis, cohorts, places
from samlop.rollouts.services.plan_refusals import CannotPlan

_REGISTER: Final = "rollouts.register"
# Addresses of their own below /innforingslop/.
TAKEN_WORDS: Final = frozenset({"nytt", "varsle", "plan", "ring"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a rollout is. The quarter it begins in follows from its first day."""

    name: str
    offer: Offer
    kind: RolloutKind
    target: TargetGroup
    starts_on: date
    expected: int
    region: Region | None = None
    ends_on: date | None = None
    needs_nhn: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """Where a plan has been taken up: «helseledernettverket», the day, and the minutes."""

    where: str = ""
    on: date | None = None
    link: str = ""


def facts_of(rollout: Rollout) -> Facts:
    """What is stored about the rollout now."""
    return Facts(
        name=rollout.name,
        offer=rollout.offer,
        kind=RolloutKind(rollout.kind),
        target=TargetGroup(rollout.target),
        starts_on=rollout.starts_on,
        expected=rollout.expected,
        region=rollout.region,
        ends_on=rollout.ends_on,
        needs_nhn=rollout.needs_nhn,
        summary=rollout.summary,
    )


def create_rollout(
    *,
    facts: Facts,
    by: Actor,
    on: date,
    at: datetime,
    leader: Person | None = None,
    like: Rollout | None = None,
    slug: str = "",
) -> Rollout:
    """A new plan. Raises CannotPlan.

    `like` is an earlier rollout to begin from: its decision basis, and its cohorts, other actors
    and stop rule with their days as far from the start as they were. `slug` is for what is loaded.
    """
    columns = _columns(facts)
    with change("rollouts.rollout.created", by=by, at=at) as record:
        locks.hold(_REGISTER)
        rollout = Rollout.objects.create(
            slug=slug
            or slugs.free_slug(
                columns["name"],
                {*TAKEN_WORDS, *Rollout.objects.values_list("slug", flat=True)},
                otherwise="innforingslop",
                longest=100,
            ),
            state=RolloutState.PLANNING.value,
            created_by_id=by.pk,
            created_at=at,
            **columns,
        )
        if leader is not None:
            Worker.objects.create(
                rollout=rollout,
                person=leader,
                function=WorkFunction.LEADER.value,
                started_on=on,
            )
        if like is not None:
            _copy(like, rollout, by=by, at=at)
            basis.copy(source=like, to=rollout, by=by, at=at)
        record(rollout, details=_told(rollout) | ({"like": like.name} if like else {}))
    return rollout


def intend(
    *,
    facts: Facts,
    anchoring: Anchoring,
    leader: Person,
    by: Actor,
    on: date,
    at: datetime,
) -> Rollout:
    """A region makes a plan and announces it at once. Raises CannotPlan."""
    with change("rollouts.rollout.intended", by=by, at=at) as record:
        rollout = create_rollout(facts=facts, leader=leader, by=by, on=on, at=at)
        row = announce(rollout=rollout, anchoring=anchoring, by=by, at=at)
        record(row, details=_told(row))
    return row


def edit_rollout(
    *, rollout: Rollout, version: int, facts: Facts, by: Actor, at: datetime
) -> Rollout:
    """Store what the rollout is; the address stays. Raises CannotPlan.

    `version` is the one the facts were read at. Once it has been opened, whom it is for stands.
    """
    columns = _columns(facts)
    with change("rollouts.rollout.changed", by=by, at=at) as record:
        row = _locked(rollout)
        changed = [field for field, value in columns.items() if getattr(row, field) != value]
        if not changed:
            record.nothing_changed()
            return row
        _require_alive(row)
        if row.version != version:
            raise CannotPlan(RolloutRefusal.CHANGED_MEANWHILE)
        if row.opened_at is not None and _FROZEN.intersection(changed):
            raise CannotPlan(RolloutRefusal.FROZEN)
        if "offer_id" in changed and Cohort.objects.filter(rollout=row).exists():
            # Cohorts and places carry the solution with them.
            raise CannotPlan(RolloutRefusal.FROZEN)
        for field in changed:
            setattr(row, field, columns[field])
        row.version += 1
        row.save(update_fields=[*(field.removesuffix("_id") for field in changed), "version"])
        record(row, details=_told(row) | {"changed": changed})
    return row


def announce(*, rollout: Rollout, anchoring: Anchoring, by: Actor, at: datetime) -> Rollout:
    """A region tells the coordination group and everybody else of its plan. Raises CannotPlan."""
    with change("rollouts.rollout.announced", by=by, at=at) as record:
        row = _locked(rollout)
        _require_alive(row)
        if RolloutKind(row.kind) in SHARED_WITH_GROUP:
            raise CannotPlan(RolloutRefusal.SHARED_NOT_ANNOUNCED)
        if row.announced_at is not None:
            raise CannotPlan(RolloutRefusal.ALREADY_ANNOUNCED)
        _anchor(row, anchoring)
        row.announced_at = at
        row.version += 1
        row.save(update_fields=["announced_at", *_ANCHORING, "version"])
        record(row, details=_told(row))
    return row


def anchor(*, rollout: Rollout, anchoring: Anchoring, by: Actor, at: datetime) -> Rollout:
    """Where the plan has been taken up since. Raises CannotPlan."""
    with change("rollouts.rollout.anchored", by=by, at=at) as record:
        row = _locked(rollout)
        _require_alive(row)
        was = [getattr(row, field) for field in _ANCHORING]
        _anchor(row, anchoring)
        if was == [getattr(row, field) for field in _ANCHORING]:
            record.nothing_changed()
            return row
        row.version += 1
        row.save(update_fields=[*_ANCHORING, "version"])
        record(row, details=_told(row) | {"anchored": row.anchored_in})
    return row


def open_enrolment(*, rollout: Rollout, by: Actor, on: date, at: datetime) -> Rollout:
    """From now on municipalities may be invited; whom it is for is frozen. Raises CannotPlan."""
    with change("rollouts.rollout.opened", by=by, at=at) as record:
        row = _locked(rollout)
        if RolloutState(row.state) is not RolloutState.PLANNING:
            raise CannotPlan(RolloutRefusal.WRONG_STATE)
        plan = plans.plan_of(row, on)
        if refusals := rules.refusals_to_open(plan):
            raise CannotPlan(*refusals)
        TargetMember.objects.bulk_create(
            TargetMember(
                rollout=row,
                municipality_id=municipality,
                stage=stage.value if stage else "",
                frozen_at=at,
            )
            for municipality, stage in sorted(queries.target_stages(row, on).items())
        )
        Cohort.objects.filter(rollout=row, state=CohortState.PLANNED.value).update(
            state=CohortState.ENROLLING.value
        )
        row.state, row.state_reason = RolloutState.OPEN.value, ""
        row.opened_at = at
        row.announced_at = row.announced_at or at
        row.version += 1
        row.save(update_fields=["state", "state_reason", "opened_at", "announced_at", "version"])
        record(row, details=_told(row) | {"municipalities": plan.in_target})
    return row


def move(
    *,
    rollout: Rollout,
    to: RolloutState,
    by: Actor,
    on: date,
    at: datetime,
    reason: str = "",
    conclusion: str = "",
    link: str = "",
) -> Rollout:
    """The next state, but for opening. Raises CannotPlan.

    A closing takes what was learnt and a link to the evaluation, or a reason for having none.

    In a rollout that is over nobody waits: the cohorts that are not gone through with are
    cancelled with its reason, and those that are under way at its end are finished.
    """
    reason = _line(reason, 500)
    conclusion = conclusion.replace("\0", "").strip()[:MOST_CONCLUSION]
    with change("rollouts.rollout.moved", by=by, reason=reason, at=at) as record:
        row = _locked(rollout)
        state = RolloutState(row.state)
        refusal = rules.refusal_to_move(
            state,
            to,
            reason=reason,
            was_opened=row.opened_at is not None,
            came_from=queries.came_from(row),
            conclusion=conclusion,
        )
        if refusal is None and state is RolloutState.PLANNING and to in ENROLLING:
            refusal = RolloutRefusal.WRONG_STATE
        if refusal is not None:
            raise CannotPlan(refusal)
        row.state = to.value
        row.state_reason = reason
        if to is RolloutState.CLOSED:
            row.conclusion = conclusion
            row.conclusion_link = (writing.website(link) or "")[:300] if conclusion else ""
        row.version += 1
        row.save(
            update_fields=["state", "state_reason", "conclusion", "conclusion_link", "version"]
        )
        if to in OVER:
            _end(row, to, reason, by=by, on=on, at=at)
        elif state is RolloutState.PAUSED:
            # What became free, or was not taken, in the pause.
            places.offer_next(rollout=row, by=by, on=on, at=at)
        record(row, details=_told(row) | {"was": state.value})
    return row


# --- what these share ---

_ANCHORING: Final = ("anchored_in", "anchored_on", "anchored_link")
_FROZEN: Final = frozenset({"offer_id", "solution_id", "kind", "region_id", "target"})


def _columns(facts: Facts) -> dict[str, Any]:
    wish = rules.Wish(
        name=writing.name(facts.name) or "",
        kind=facts.kind,
        is_process=facts.offer.solution.is_joint_process,
        region=facts.region.pk if facts.region else None,
        expected=facts.expected,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
    )
    if refusal := rules.refusal_of(wish):
        raise CannotPlan(refusal)
    return {
        "name": wish.name[:160],
        "offer_id": facts.offer.pk,
        "solution_id": facts.offer.solution_id,
        "kind": facts.kind.value,
        "region_id": wish.region if facts.kind in _OF_A_REGION else None,
        "target": facts.target.value,
        "summary": _line(facts.summary, 600),
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
        "quarter": Quarter.of(facts.starts_on).starts_on,
        "expected": facts.expected,
        "needs_nhn": facts.needs_nhn,
    }


# A joint process may be a region's own; A and C are the nation's.
_OF_A_REGION: Final = frozenset({RolloutKind.REGION, RolloutKind.PROCESS})


def _copy(like: Rollout, rollout: Rollout, *, by: Actor, at: datetime) -> None:
    """Cohorts, other actors and the stop rule, moved as far as the start is moved."""

    def moved(day: date) -> date:
        return shifted(day, was=like.starts_on, becomes=rollout.starts_on)

    same_kind = like.kind == rollout.kind
    rows = Cohort.objects.filter(rollout=like).exclude(state=CohortState.CANCELLED.value)
    for number, row in enumerate(rows.order_by("number"), 1):
        Cohort.objects.create(
            rollout=rollout,
            solution_id=rollout.solution_id,
            number=number,
            name=row.name,
            product_id=row.product_id if same_kind else None,
            cooperation_id=row.cooperation_id if same_kind else None,
            quarter=Quarter.of(moved(row.starts_on)).starts_on,
            starts_on=moved(row.starts_on),
            ends_on=moved(row.ends_on),
            minimum=row.minimum,
            maximum=row.maximum,
            answer_by=moved(row.answer_by),
            change_until=moved(row.change_until),
            state=CohortState.PLANNED.value,
        )
    for actor in ContributingActor.objects.filter(rollout=like).order_by("pk"):
        ContributingActor.objects.create(
            rollout=rollout,
            kind=actor.kind,
            name=actor.name,
            must=actor.must,
            ready_by=moved(actor.ready_by) if actor.ready_by else None,
            contact_id=actor.contact_id,
            contact_words=actor.contact_words,
        )
    for one in StopThreshold.objects.filter(rollout=like).order_by("pk"):
        StopThreshold.objects.create(
            rollout=rollout,
            measure=one.measure,
            limit=one.limit,
            after_days=one.after_days,
            fixed_by_id=by.pk,
            fixed_at=at,
        )


def _end(row: Rollout, to: RolloutState, reason: str, *, by: Actor, on: date, at: datetime) -> None:
    # Out of line first: a place that is freed now is nobody's.
    places.rollout_ended(rollout=row, by=by, on=on, at=at)
    for cohort in Cohort.objects.filter(rollout=row).select_related("rollout").order_by("number"):
        state = CohortState(cohort.state)
        if state in {CohortState.FINISHED, CohortState.CANCELLED}:
            continue
        if state is CohortState.RUNNING and to is RolloutState.CLOSED:
            cohorts.finish_row(cohort, by=by, on=on, at=at)
        else:
            cohorts.cancel_row(cohort, reason, by=by, on=on, at=at)
    places.rollout_ended(rollout=row, by=by, on=on, at=at)


def _anchor(row: Rollout, anchoring: Anchoring) -> None:
    where, link = _line(anchoring.where, 160), _line(anchoring.link, 300)
    if not where and (anchoring.on is not None or link):
        raise CannotPlan(RolloutRefusal.NOT_ANCHORED)
    row.anchored_in, row.anchored_on, row.anchored_link = where, anchoring.on, link


def _locked(rollout: Rollout) -> Rollout:
    """Read after the lock is held: whoever came first has been seen."""
    Rollout.objects.select_for_update(no_key=True).get(pk=rollout.pk)
    return Rollout.objects.select_related("offer__solution", "region").get(pk=rollout.pk)


def _require_alive(row: Rollout) -> None:
    if RolloutState(row.state) in OVER:
        raise CannotPlan(RolloutRefusal.IS_OVER)


def _told(row: Rollout) -> dict[str, Any]:
    return {"name": row.name, "kind": row.kind, "state": row.state}


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\0", "").split())[:longest].rstrip()

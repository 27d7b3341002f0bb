"""Everything that is asked of one municipality in rollouts, what it is part of, and what comes.

Also for all municipalities of a region at once: as many queries for forty as for one.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Q

from samlop.lib.quarters import Quarter
from samlop.rollouts.models import Place, Rollout, TargetMember
from samlop.rollouts.queries import evaluations
from samlop.rollouts.rules.answers import AnswerState, Channel
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutKind, RolloutState


class Ask(StrEnum):
    """What waits for the municipality's own word."""

    # A place is kept for it until a day.
    OFFER = "offer"
    # An answer that came another way, to be confirmed.
    CONFIRM = "confirm"
    INVITATION = "invitation"
    # «Ikke nå», whose reason is gone.
    REOPENED = "reopened"
    # «Til behandling», and the day it was expected has come.
    PENDING_DUE = "pending_due"
    # What it has learnt of a cohort it has been through.
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing a municipality is asked, and by when."""

    ask: Ask
    municipality: int
    rollout: int
    slug: str
    name: str
    solution: str
    offer: int
    due: date | None
    cohort: str = ""
    # Of an invitation: reminded as often as it may be; its contact person calls.
    to_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A place in a cohort, or the wait for one."""

    municipality: int
    rollout: int
    slug: str
    name: str
    solution: str
    solution_slug: str
    offer: int
    # Empty while it waits for a place.
    cohort: str
    starts_on: date | None
    ends_on: date | None
    quarter: Quarter | None
    change_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the municipality last answered, when that is no place."""

    municipality: int
    rollout: int
    slug: str
    name: str
    state: AnswerState
    expected_on: date | None
    ask_again_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A rollout that is planned or open, and that the municipality is not yet asked about."""

    rollout: int
    slug: str
    name: str
    solution: str
    offer: int
    kind: RolloutKind
    quarter: Quarter
    starts_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """Of several municipalities, in lists that each names its municipality."""

    questions: tuple[Question, ...]
    parts: tuple[Part, ...]
    said: tuple[Said, ...]

    def of(self, municipality: int) -> "Heart":
        return Heart(
            questions=tuple(one for one in self.questions if one.municipality == municipality),
            parts=tuple(one for one in self.parts if one.municipality == municipality),
            said=tuple(one for one in self.said if one.municipality == municipality),
        )


def of(municipalities: Collection[int], *, on: date) -> Heart:
    """Two queries, however many municipalities and rollouts there are."""
    found = _read(municipalities)
    answers = {(row.municipality, row.rollout): row for row in found if row.kind == "answer"}
    parts = [_part(row) for row in found if row.kind == "place"]
    seated = {(one.municipality, one.rollout) for one in parts}
    parts += [
        _part(row)
        for row in found
        if row.kind == "wait" and (row.municipality, row.rollout) not in seated
    ]
    questions = [
        *(
            _question(Ask.OFFER, row, due=row.due)
            for row in found
            if row.kind == "wait" and row.due is not None
        ),
        *(
            _question(Ask.CONFIRM, row, due=None)
            for row in found
            if row.kind == "received" and row.enrolling
        ),
        *(
            _question(Ask.INVITATION, row, due=row.due)
            for row in found
            if row.kind == "invitation"
            and row.enrolling
            and (row.municipality, row.rollout) not in answers
        ),
        *_said_before(answers.values(), on),
        *(
            Question(
                ask=Ask.EVALUATION,
                municipality=one.municipality,
                rollout=one.rollout,
                slug=one.slug,
                name=one.name,
                solution=one.solution,
                offer=one.offer,
                due=None,
                cohort=one.cohort_name,
            )
            for one in evaluations.asked(on, municipalities=municipalities)
            if not one.answered
        ),
    ]
    return Heart(
        questions=tuple(
            sorted(questions, key=lambda one: (one.due is None, one.due or on, one.name))
        ),
        parts=tuple(parts),
        said=tuple(
            _said(row)
            for row in answers.values()
            if row.state != AnswerState.YES.value and row.enrolling
        ),
    )


_LIVE = frozenset(state.value for state in ENROLLING)


class _Row(NamedTuple):
    """One thing of one municipality in a rollout; columns that are not of its kind are empty."""

    kind: str
    municipality: int
    rollout: int
    # An answer's deadline; a wait's, when a place is offered to it.
    due: date | None
    cohort: str
    starts_on: date | None
    ends_on: date | None
    quarter: date | None
    change_until: date | None
    state: str
    expected_on: date | None
    ask_again_on: date | None
    to_call: bool
    reopened: bool
    slug: str
    name: str
    offer: int
    solution: str
    solution_slug: str
    enrolling: bool


# By hand: as five queries this took a third of the municipality's page, and it is read for each
# task on «Min side» and for every municipality of a region.
_SQL: Final = """
with asked as (
  select 'invitation' as kind, municipality_id, rollout_id, answer_by as due, '' as cohort,
    null::date as starts_on, null::date as ends_on, null::date as quarter,
    null::date as change_until, '' as state, null::date as expected_on,
    null::date as ask_again_on, to_call_since is not null as to_call, false as reopened,
    sent_at as at, id
  from rollouts_invitation
  where withdrawn_at is null and municipality_id = any(%(pks)s)
  union all
  (select distinct on (municipality_id, rollout_id) 'answer', municipality_id, rollout_id,
    null, '', null, null, null, null, state, expected_on, ask_again_on, false,
    reopened_at is not null, recorded_at, id
  from rollouts_answer
  where municipality_id = any(%(pks)s)
  order by municipality_id, rollout_id, number desc)
  union all
  select 'place', p.municipality_id, c.rollout_id, null, c.name, c.starts_on, c.ends_on,
    c.quarter, c.change_until, '', null, null, false, false,
    c.starts_on::timestamptz, p.id
  from rollouts_place p join rollouts_cohort c on c.id = p.cohort_id
  where p.ended_at is null and p.municipality_id = any(%(pks)s)
  union all
  select 'wait', w.municipality_id, w.rollout_id, o.answer_by, coalesce(c.name, ''), null, null,
    null, null, '', null, null, false, false, w.since, w.id
  from rollouts_wait w
  left join rollouts_placeoffer o on o.wait_id = w.id and o.ended_at is null
  left join rollouts_cohort c on c.id = o.cohort_id
  where w.ended_at is null and w.municipality_id = any(%(pks)s)
  union all
  select 'received', municipality_id, rollout_id, null, '', null, null, null, null, '', null,
    null, false, false, registered_at, id
  from rollouts_receivedanswer
  where confirmed_by_id is null and withdrawn_at is null and channel <> %(phone)s
    and municipality_id = any(%(pks)s)
)
select a.kind, a.municipality_id, a.rollout_id, a.due, a.cohort, a.starts_on, a.ends_on,
  a.quarter, a.change_until, a.state, a.expected_on, a.ask_again_on, a.to_call, a.reopened,
  r.slug, r.name, r.offer_id, s.name, s.slug, r.state = any(%(live)s)
from asked a
join rollouts_rollout r on r.id = a.rollout_id
join portfolio_solution s on s.id = r.solution_id
order by a.kind, a.at, a.id
"""


def _read(municipalities: Collection[int]) -> list[_Row]:
    if not municipalities:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "pks": sorted(municipalities),
                "phone": Channel.PHONE.value,
                "live": sorted(_LIVE),
            },
        )
        return [_Row(*row) for row in cursor.fetchall()]


def _question(ask: Ask, row: _Row, *, due: date | None) -> Question:
    return Question(
        ask=ask,
        municipality=row.municipality,
        rollout=row.rollout,
        slug=row.slug,
        name=row.name,
        solution=row.solution,
        offer=row.offer,
        due=due,
        cohort=row.cohort,
        to_call=row.to_call,
    )


def _part(row: _Row) -> Part:
    seated = row.kind == "place"
    return Part(
        municipality=row.municipality,
        rollout=row.rollout,
        slug=row.slug,
        name=row.name,
        solution=row.solution,
        solution_slug=row.solution_slug,
        offer=row.offer,
        cohort=row.cohort if seated else "",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        quarter=Quarter.of(row.quarter) if row.quarter else None,
        change_until=row.change_until,
    )


def _said_before(answers: Iterable[_Row], on: date) -> Iterator[Question]:
    """Answers that ask to be given anew."""
    for row in answers:
        late = row.state == AnswerState.PENDING.value and (row.expected_on or on) < on
        if row.enrolling and row.reopened:
            yield _question(Ask.REOPENED, row, due=None)
        elif row.enrolling and late:
            yield _question(Ask.PENDING_DUE, row, due=row.expected_on)


def _said(row: _Row) -> Said:
    return Said(
        municipality=row.municipality,
        rollout=row.rollout,
        slug=row.slug,
        name=row.name,
        state=AnswerState(row.state),
        expected_on=row.expected_on,
        ask_again_on=row.ask_again_on,
    )


def places(municipalities: Collection[int]) -> tuple[Part, ...]:
    """Where they take part: public, the first to start first. One query."""
    rows = (
        Place.objects.taken()
        .filter(municipality__in=municipalities)
        .select_related("cohort__rollout__solution")
        .order_by("cohort__starts_on", "pk")
    )
    return tuple(
        Part(
            municipality=row.municipality_id,
            rollout=row.cohort.rollout_id,
            slug=row.cohort.rollout.slug,
            name=row.cohort.rollout.name,
            solution=row.cohort.rollout.solution.name,
            solution_slug=row.cohort.rollout.solution.slug,
            offer=row.cohort.rollout.offer_id,
            cohort=row.cohort.name,
            starts_on=row.cohort.starts_on,
            ends_on=row.cohort.ends_on,
            quarter=Quarter.of(row.cohort.quarter),
            change_until=row.cohort.change_until,
        )
        for row in rows
    )


def coming(municipality: int, regions: Collection[int]) -> tuple[Coming, ...]:
    """What may reach the municipality: announced plans, and open rollouts it is a target of.

    One query.
    """
    target = TargetMember.objects.filter(municipality=municipality).values("rollout")
    planned = Q(
        Q(region__in=regions) | ~Q(kind=RolloutKind.REGION.value),
        state=RolloutState.PLANNING.value,
        announced_at__isnull=False,
    )
    rows = (
        Rollout.objects.filter(planned | Q(state__in=sorted(_LIVE), pk__in=target))
        .select_related("solution")
        .order_by("starts_on", "name", "pk")
    )
    return tuple(
        Coming(
            rollout=row.pk,
            slug=row.slug,
            name=row.name,
            solution=row.solution.name,
            offer=row.offer_id,
            kind=RolloutKind(row.kind),
            quarter=Quarter.of(row.quarter),
            starts_on=row.starts_on,
        )
        for row in rows
    )

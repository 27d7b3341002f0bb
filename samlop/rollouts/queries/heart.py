"""Everything that is asked of one municipality in rollouts, what it is part of, and what comes.

Also for all municipalities of a region at once: as many queries for forty as for one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, cast

from django.db.models import F, FilteredRelation, Q

from samlop.lib.quarters import Quarter
from samlop.rollouts.models import (
    Answer,
    Invitation,
    Place,
    ReceivedAnswer,
    Rollout,
    TargetMember,
    Wait,
)
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
    received: int | None = None


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
    """Five queries, however many municipalities and rollouts there are."""
    answers = _newest_answers(municipalities)
    parts = places(municipalities)
    seated = {(one.municipality, one.rollout) for one in parts}
    waits = _waits(municipalities)
    questions = [
        *(_offered(row) for row in waits if row.open_offer_by is not None),
        *_to_confirm(municipalities),
        *_invitations(municipalities, answers),
        *_said_before(answers, on),
    ]
    waiting = tuple(
        _waiting(row) for row in waits if (row.municipality_id, row.rollout_id) not in seated
    )
    return Heart(
        questions=tuple(
            sorted(questions, key=lambda one: (one.due is None, one.due or on, one.name))
        ),
        parts=(*parts, *waiting),
        said=tuple(
            _said(row)
            for row in answers.values()
            if row.state != AnswerState.YES.value and row.rollout.state in _LIVE
        ),
    )


_LIVE = frozenset(state.value for state in ENROLLING)


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


def _newest_answers(municipalities: Collection[int]) -> dict[tuple[int, int], Answer]:
    rows = (
        Answer.objects.filter(municipality__in=municipalities)
        .select_related("rollout__solution")
        .order_by("municipality_id", "rollout_id", "-number")
        .distinct("municipality_id", "rollout_id")
    )
    return {(row.municipality_id, row.rollout_id): row for row in rows}


class _Waiting(Protocol):
    """A wait, and the place that is offered to it, when one is."""

    municipality_id: int
    rollout_id: int
    rollout: Rollout
    open_offer_by: date | None
    open_offer_cohort: str | None


def _waits(municipalities: Collection[int]) -> list[_Waiting]:
    rows = (
        Wait.objects.filter(municipality__in=municipalities, ended_at=None)
        .annotate(open_offer=FilteredRelation("offers", condition=Q(offers__ended_at=None)))
        .annotate(
            open_offer_by=F("open_offer__answer_by"),
            open_offer_cohort=F("open_offer__cohort__name"),
        )
        .select_related("rollout__solution")
        .order_by("since", "pk")
    )
    return cast("list[_Waiting]", list(rows))


def _offered(row: _Waiting) -> Question:
    return Question(
        ask=Ask.OFFER,
        municipality=row.municipality_id,
        rollout=row.rollout_id,
        slug=row.rollout.slug,
        name=row.rollout.name,
        solution=row.rollout.solution.name,
        offer=row.rollout.offer_id,
        due=row.open_offer_by,
        cohort=row.open_offer_cohort or "",
    )


def _to_confirm(municipalities: Collection[int]) -> list[Question]:
    rows = (
        ReceivedAnswer.objects.filter(
            municipality__in=municipalities,
            confirmed_by=None,
            withdrawn_at=None,
            rollout__state__in=sorted(_LIVE),
        )
        .exclude(channel=Channel.PHONE.value)
        .select_related("rollout__solution")
        .order_by("registered_at", "pk")
    )
    return [
        Question(
            ask=Ask.CONFIRM,
            municipality=row.municipality_id,
            rollout=row.rollout_id,
            slug=row.rollout.slug,
            name=row.rollout.name,
            solution=row.rollout.solution.name,
            offer=row.rollout.offer_id,
            due=None,
            received=row.pk,
        )
        for row in rows
    ]


def _invitations(
    municipalities: Collection[int], answers: Mapping[tuple[int, int], Answer]
) -> list[Question]:
    rows = Invitation.objects.filter(
        municipality__in=municipalities, withdrawn_at=None, rollout__state__in=sorted(_LIVE)
    ).select_related("rollout__solution")
    return [
        Question(
            ask=Ask.INVITATION,
            municipality=row.municipality_id,
            rollout=row.rollout_id,
            slug=row.rollout.slug,
            name=row.rollout.name,
            solution=row.rollout.solution.name,
            offer=row.rollout.offer_id,
            due=row.answer_by,
            to_call=row.to_call_since is not None,
        )
        for row in rows
        if (row.municipality_id, row.rollout_id) not in answers
    ]


def _said_before(answers: Mapping[tuple[int, int], Answer], on: date) -> list[Question]:
    """Answers that ask to be given anew."""
    found = []
    for row in answers.values():
        if row.rollout.state not in _LIVE:
            continue
        late = row.state == AnswerState.PENDING.value and (row.expected_on or on) < on
        reopened = row.reopened_at is not None
        if not late and not reopened:
            continue
        found.append(
            Question(
                ask=Ask.REOPENED if reopened else Ask.PENDING_DUE,
                municipality=row.municipality_id,
                rollout=row.rollout_id,
                slug=row.rollout.slug,
                name=row.rollout.name,
                solution=row.rollout.solution.name,
                offer=row.rollout.offer_id,
                due=None if reopened else row.expected_on,
            )
        )
    return found


def _said(row: Answer) -> Said:
    return Said(
        municipality=row.municipality_id,
        rollout=row.rollout_id,
        slug=row.rollout.slug,
        name=row.rollout.name,
        state=AnswerState(row.state),
        expected_on=row.expected_on,
        ask_again_on=row.ask_again_on,
    )


def _waiting(row: _Waiting) -> Part:
    return Part(
        municipality=row.municipality_id,
        rollout=row.rollout_id,
        slug=row.rollout.slug,
        name=row.rollout.name,
        solution=row.rollout.solution.name,
        solution_slug=row.rollout.solution.slug,
        offer=row.rollout.offer_id,
        cohort="",
        starts_on=None,
        ends_on=None,
        quarter=None,
        change_until=None,
    )

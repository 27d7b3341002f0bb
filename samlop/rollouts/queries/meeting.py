"""What a paper for a region's meeting is made of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from samlop.lib.quarters import Quarter
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Answer, Invitation, MeetingPaper, Place, Rollout
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutKind, RolloutState
from samlop.uptake.queries import stages
from samlop.uptake.rules.stages import Stage, has_reached

# The body of our own data file whose cases a region prepares for: KS' committee for e-health.
COMMITTEE: Final = "fpu-e-helse"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionStatus:
    """How far a region's municipalities have come with a solution in an area; public ones only."""

    solution: str
    area: Area
    introduced: tuple[int, ...]
    in_use: tuple[int, ...]
    # Introduced since the last meeting.
    new: tuple[int, ...]


def status(municipalities: Collection[int], *, since: date, on: date) -> tuple[SolutionStatus, ...]:
    """Solutions that somebody has introduced, by name. Three queries."""
    offers = {
        row.pk: row
        for row in Offer.objects.select_related("solution").order_by("solution__name", "pk")
    }
    now = stages.standing(offers, on, municipalities=municipalities)
    before = stages.standing(offers, since, municipalities=municipalities)
    found = []
    for pk, row in offers.items():
        open_now = {
            municipality: one.agreed
            for (offer, municipality), one in now.items()
            if offer == pk and one.is_open_on(on)
        }
        introduced = _reached(open_now, Stage.TECHNICALLY_INTRODUCED)
        if not introduced:
            continue
        then = {
            municipality
            for (offer, municipality), one in before.items()
            if offer == pk and has_reached(one.agreed, Stage.TECHNICALLY_INTRODUCED)
        }
        found.append(
            SolutionStatus(
                solution=row.solution.name,
                area=Area(row.area),
                introduced=introduced,
                in_use=_reached(open_now, Stage.IN_USE),
                new=tuple(pk for pk in introduced if pk not in then),
            )
        )
    return tuple(found)


def _reached(agreed: Mapping[int, Stage | None], stage: Stage) -> tuple[int, ...]:
    return tuple(pk for pk, one in agreed.items() if has_reached(one, stage))


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutAnswers:
    """What the municipalities of a region have said to one rollout; each is in one group."""

    name: str
    # Places are public.
    placed: tuple[int, ...]
    # Answers that are not, and no answer at all.
    answered: Mapping[AnswerState, tuple[int, ...]]
    silent: tuple[int, ...]


def answers(municipalities: Collection[int]) -> tuple[RolloutAnswers, ...]:
    """Rollouts that enrol and have invited somebody here. Three queries."""
    enrolling = {"rollout__state__in": [state.value for state in ENROLLING]}
    invited: dict[int, set[int]] = {}
    names: dict[int, str] = {}
    for rollout, name, pk in Invitation.objects.filter(
        municipality__in=municipalities, withdrawn_at=None, **enrolling
    ).values_list("rollout_id", "rollout__name", "municipality_id"):
        names[rollout] = name
        invited.setdefault(rollout, set()).add(pk)
    newest = {
        (rollout, pk): AnswerState(state)
        for rollout, pk, state in Answer.objects.filter(
            municipality__in=municipalities, rollout__in=invited
        )
        .order_by("rollout_id", "municipality_id", "-number")
        .distinct("rollout_id", "municipality_id")
        .values_list("rollout_id", "municipality_id", "state")
    }
    placed: dict[int, set[int]] = {}
    for rollout, pk in (
        Place.objects.taken()
        .filter(municipality__in=municipalities, cohort__rollout__in=invited)
        .values_list("cohort__rollout_id", "municipality_id")
    ):
        placed.setdefault(rollout, set()).add(pk)
    found = []
    for rollout, everybody in invited.items():
        seated = placed.get(rollout, set())
        said: dict[AnswerState, list[int]] = {state: [] for state in AnswerState}
        silent = []
        for pk in sorted(everybody - seated):
            state = newest.get((rollout, pk))
            if state is None:
                silent.append(pk)
            else:
                said[state].append(pk)
        found.append(
            RolloutAnswers(
                name=names[rollout],
                placed=tuple(sorted(seated)),
                answered={state: tuple(pks) for state, pks in said.items()},
                silent=tuple(silent),
            )
        )
    return tuple(sorted(found, key=lambda one: one.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingRollout:
    pk: int
    name: str
    solution: str
    kind: RolloutKind
    state: RolloutState
    quarter: Quarter
    expected: int
    anchored_in: str
    anchored_on: date | None


def coming(region: int) -> tuple[ComingRollout, ...]:
    """The region's own and the nation's, announced and not yet over. One query."""
    over = [RolloutState.CLOSED.value, RolloutState.CANCELLED.value]
    rows = (
        Rollout.objects.filter(
            Q(region=region) | ~Q(kind=RolloutKind.REGION.value) & Q(announced_at__isnull=False)
        )
        .exclude(state__in=over)
        .select_related("solution")
        .order_by("starts_on", "name", "pk")
    )
    return tuple(
        ComingRollout(
            pk=row.pk,
            name=row.name,
            solution=row.solution.name,
            kind=RolloutKind(row.kind),
            state=RolloutState(row.state),
            quarter=Quarter.of(row.quarter),
            expected=row.expected,
            anchored_in=row.anchored_in,
            anchored_on=row.anchored_on,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A paper in the list of a region's."""

    pk: int
    kind: str
    held_on: date
    made_at: datetime
    taken_up_at: datetime | None
    minutes: str


def papers(region: int) -> tuple[Held, ...]:
    """The newest meeting first. One query."""
    rows = MeetingPaper.objects.filter(region=region).order_by("-held_on", "-pk")
    return tuple(
        Held(
            pk=row.pk,
            kind=row.kind,
            held_on=row.held_on,
            made_at=row.made_at,
            taken_up_at=row.taken_up_at,
            minutes=row.minutes,
        )
        for row in rows
    )

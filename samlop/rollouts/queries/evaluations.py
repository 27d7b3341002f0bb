"""Who is asked what they have learnt, and what they have said."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from samlop.rollouts.models import Evaluation, Place, Rollout, StopThreshold
from samlop.rollouts.rules import evaluations as rules
from samlop.rollouts.rules.cohorts import CohortState, StopMeasure
from samlop.rollouts.rules.evaluations import ASKS, Again
from samlop.rollouts.rules.places import PlaceEnd
from samlop.rollouts.rules.rollouts import RolloutState


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A municipality that may say what it has learnt of a cohort."""

    place: int
    municipality: int
    rollout: int
    slug: str
    name: str
    solution: str
    offer: int
    cohort: int
    cohort_name: str
    answered: bool


def asked(
    on: date, *, rollout: int | None = None, municipalities: Collection[int] | None = None
) -> tuple[Asked, ...]:
    """Those who are asked that day, also those that have answered, by cohort. One query."""
    if municipalities is not None and not municipalities:
        return ()
    rows = _seated().filter(cohort__rollout__state__in=[state.value for state in ASKS])
    if rollout is not None:
        rows = rows.filter(cohort__rollout=rollout)
    if municipalities is not None:
        rows = rows.filter(municipality__in=municipalities)
    said = Evaluation.objects.filter(place=OuterRef("pk"), given_at__date__lte=on)
    found = (
        rows.annotate(answered=Exists(said), asks_days=_asks_days())
        .select_related("cohort__rollout__solution")
        .only(
            "municipality",
            "ended_at",
            "cohort__name",
            "cohort__state",
            "cohort__starts_on",
            "cohort__rollout__slug",
            "cohort__rollout__name",
            "cohort__rollout__state",
            "cohort__rollout__offer",
            "cohort__rollout__solution__name",
        )
        .order_by("cohort__rollout_id", "cohort__starts_on", "cohort__number", "pk")
    )
    return tuple(
        Asked(
            place=row.pk,
            municipality=row.municipality_id,
            rollout=row.cohort.rollout_id,
            slug=row.cohort.rollout.slug,
            name=row.cohort.rollout.name,
            solution=row.cohort.rollout.solution.name,
            offer=row.cohort.rollout.offer_id,
            cohort=row.cohort_id,
            cohort_name=row.cohort.name,
            answered=row.answered,
        )
        for row in found
        if rules.is_asked(
            RolloutState(row.cohort.rollout.state),
            finished=row.ended_at is not None,
            under_way=row.cohort.state == CohortState.RUNNING.value,
            asks_from=row.cohort.starts_on + timedelta(days=row.asks_days)
            if row.asks_days is not None
            else None,
            on=on,
        )
    )


def question(rollout: int, municipality: int, on: date) -> Asked | None:
    """The cohort a municipality is to speak of: one it has not, else the last. One query."""
    found = asked(on, rollout=rollout, municipalities=[municipality])
    return next((one for one in found if not one.answered), found[-1] if found else None)


def _seated() -> QuerySet[Place]:
    """Places that stand in a cohort under way, or were gone through with."""
    return Place.objects.filter(
        Q(ended_at=None, cohort__state=CohortState.RUNNING.value) | Q(end=PlaceEnd.FINISHED.value)
    )


def _asks_days() -> Subquery:
    """How many days after the start, where the stop rule counts both a share and evaluations."""
    fixed = StopThreshold.objects.filter(rollout=OuterRef("cohort__rollout"))
    counts = StopThreshold.objects.filter(
        rollout=OuterRef("rollout"), measure=StopMeasure.EVALUATIONS_ANSWERED.value
    )
    return Subquery(
        fixed.filter(Exists(counts), measure=StopMeasure.SHARE_IN_USE.value).values("after_days")[
            :1
        ]
    )


def answered(cohorts: Collection[int], on: date) -> Mapping[int, int]:
    """How many places of each cohort had answered that day. One query."""
    rows = (
        Place.objects.filter(Q(ended_at=None) | Q(end=PlaceEnd.FINISHED.value), cohort__in=cohorts)
        .filter(Exists(Evaluation.objects.filter(place=OuterRef("pk"), given_at__date__lte=on)))
        .values_list("cohort_id", flat=True)
    )
    return Counter(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The newest word of a municipality."""

    municipality: int
    cohort: str
    again: Again
    worked: str
    otherwise: str
    given_as: str
    given_at: datetime


def said(rollout: Rollout) -> tuple[Said, ...]:
    """Of every municipality, by cohort; the caller leaves out what is not hers. One query."""
    rows = (
        Evaluation.objects.filter(place__cohort__rollout=rollout)
        .select_related("place__cohort")
        .order_by("place_id", "-given_at", "-pk")
        .distinct("place_id")
    )
    found = sorted(rows, key=lambda row: (row.place.cohort.number, row.place_id))
    return tuple(
        Said(
            municipality=row.place.municipality_id,
            cohort=row.place.cohort.name,
            again=Again(row.again),
            worked=row.worked,
            otherwise=row.otherwise,
            given_as=row.given_as,
            given_at=row.given_at,
        )
        for row in found
    )


def newest(place: int) -> Evaluation | None:
    return Evaluation.objects.filter(place=place).order_by("-given_at", "-pk").first()

"""What contact persons and those who work in a rollout should do now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery

from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.rollouts.models import (
    Answer,
    Invitation,
    LeaderNote,
    ReceivedAnswer,
    Rollout,
    SurveyAnswer,
)
from samlop.rollouts.queries import cohorts
from samlop.rollouts.rules.answers import Channel
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import OVER, RolloutState


@dataclass(frozen=True, slots=True)
class Named:
    """A municipality as it is called that day."""

    number: str
    name: str


def named(municipalities: Collection[int], *, on: date) -> Mapping[int, Named]:
    """One query; none for nobody."""
    if not municipalities:
        return {}
    rows = MunicipalityCode.objects.valid_on(on).filter(municipality__in=municipalities)
    return {
        pk: Named(number, name)
        for pk, number, name in rows.values_list("municipality_id", "number", "qualified_name")
    }


def members_of(regions: Collection[int], *, on: date) -> Mapping[int, int]:
    """The region of each municipality in these, by municipality. One query."""
    return dict(
        RegionMembership.objects.valid_on(on)
        .filter(region__in=regions)
        .values_list("municipality_id", "region_id")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """An open survey, and how many of some municipalities are not filled in."""

    slug: str
    name: str
    answer_by: date
    waiting: int


def surveys(municipalities: Collection[int]) -> tuple[Unanswered, ...]:
    """One query."""
    rows = (
        SurveyAnswer.objects.filter(
            municipality__in=municipalities, answered_at=None, survey__closed_at=None
        )
        .exclude(
            survey__rollout__state__in=[RolloutState.CLOSED.value, RolloutState.CANCELLED.value]
        )
        .values(
            slug=F("survey__rollout__slug"),
            name=F("survey__rollout__name"),
            due=F("survey__answer_by"),
        )
        .annotate(waiting=Count("pk"))
        .order_by("due", "name")
    )
    return tuple(
        Unanswered(slug=row["slug"], name=row["name"], answer_by=row["due"], waiting=row["waiting"])
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A municipality that was to be contacted again by a day that has come."""

    slug: str
    rollout: str
    number: str
    municipality: str
    due: date


def contacts(person: int, *, on: date) -> tuple[Contact, ...]:
    """Of the rollouts the person works in, by the newest note of each municipality. One query."""
    codes = MunicipalityCode.objects.valid_on(on).filter(municipality=OuterRef("municipality"))
    working = Q(rollout__workers__person=person, rollout__workers__ended_on=None)
    newest = (
        LeaderNote.objects.filter(working, withdrawn_at=None)
        .exclude(rollout__state__in=[RolloutState.CLOSED.value, RolloutState.CANCELLED.value])
        .order_by("rollout_id", "municipality_id", "-written_at", "-pk")
        .distinct("rollout_id", "municipality_id")
        .annotate(
            number=Subquery(codes.values("number")[:1]),
            municipality_name=Subquery(codes.values("qualified_name")[:1]),
        )
        .values_list(
            "rollout__slug", "rollout__name", "number", "municipality_name", "next_contact"
        )
    )
    return tuple(
        Contact(slug=slug, rollout=rollout, number=number, municipality=name, due=due)
        for slug, rollout, number, name, due in newest
        if due is not None and due <= on and number
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """A rollout somebody works in that is not over, and how its invitations stand.

    `silent` have neither answered nor sent an answer another way; `due` is the first of their
    deadlines, and `to_call` those of them that two reminders have not moved.
    """

    slug: str
    name: str
    state: RolloutState
    invited: int = 0
    silent: int = 0
    to_call: int = 0
    due: date | None = None
    taken: int = 0
    places: int = 0


def working(person: int) -> tuple[Working, ...]:
    """Those that begin first first. Four queries, however many."""
    rows = list(
        Rollout.objects.filter(workers__person=person, workers__ended_on=None)
        .exclude(state__in=[one.value for one in OVER])
        .order_by("starts_on", "name", "pk")
    )
    if not rows:
        return ()
    same = {"rollout": OuterRef("rollout"), "municipality": OuterRef("municipality")}
    came = ReceivedAnswer.objects.filter(**same, confirmed_by=None, withdrawn_at=None)
    silent = ~Exists(Answer.objects.filter(**same)) & ~Exists(
        came.exclude(channel=Channel.PHONE.value)
    )
    asked = {
        line["rollout"]: line
        for line in Invitation.objects.filter(rollout__in=rows, withdrawn_at=None)
        .annotate(is_silent=silent)
        .values("rollout")
        .annotate(
            invited=Count("pk"),
            silent=Count("pk", filter=Q(is_silent=True)),
            to_call=Count("pk", filter=Q(is_silent=True, to_call_since__isnull=False)),
            due=Min("answer_by", filter=Q(is_silent=True)),
        )
    }
    lines = cohorts.of_rollouts([row.pk for row in rows])
    found = []
    for row in rows:
        counts: Mapping[str, Any] = asked.get(row.pk, {})
        standing = [one for one in lines.get(row.pk, ()) if one.state is not CohortState.CANCELLED]
        found.append(
            Working(
                slug=row.slug,
                name=row.name,
                state=RolloutState(row.state),
                invited=counts.get("invited", 0),
                silent=counts.get("silent", 0),
                to_call=counts.get("to_call", 0),
                due=counts.get("due"),
                taken=sum(one.taken for one in standing),
                places=sum(one.maximum for one in standing),
            )
        )
    return tuple(found)

"""What contact persons and those who work in a rollout should do now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Q, Subquery

from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.rollouts.models import LeaderNote, SurveyAnswer
from samlop.rollouts.rules.rollouts import RolloutState


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

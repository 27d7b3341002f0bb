"""Questions about help: a municipality's own, and a region's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from samlop.rollouts.models import HelpReply, HelpRequest
from samlop.rollouts.rules.help import MOST_URGENT_FIRST, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, and where its thread stands."""

    pk: int
    municipality: int
    region: int
    solution: str
    what: str
    urgency: Urgency
    asked_as: str
    asked_at: datetime
    closed_at: datetime | None
    # The last word is the municipality's: the region's contact person has not answered it.
    awaits_region: bool


def of_municipality(municipality: int) -> tuple[Question, ...]:
    """Open ones first, the newest first. One query."""
    rows = HelpRequest.objects.filter(municipality=municipality)
    found = _questions(rows.order_by("-asked_at", "-pk"))
    return tuple(sorted(found, key=lambda one: one.closed_at is not None))


def open_of_regions(regions: Collection[int]) -> tuple[Question, ...]:
    """What is open in these regions, the most urgent first, then whoever has waited. One query."""
    rows = HelpRequest.objects.filter(region__in=regions, closed_at=None)
    found = _questions(rows.order_by("asked_at", "pk"))
    return tuple(sorted(found, key=lambda one: MOST_URGENT_FIRST.index(one.urgency)))


def open_of_municipalities(municipalities: Collection[int]) -> tuple[Question, ...]:
    """What is open in these municipalities, in the same order. One query."""
    rows = HelpRequest.objects.filter(municipality__in=municipalities, closed_at=None)
    found = _questions(rows.order_by("asked_at", "pk"))
    return tuple(sorted(found, key=lambda one: MOST_URGENT_FIRST.index(one.urgency)))


def _questions(rows: QuerySet[HelpRequest]) -> tuple[Question, ...]:
    last = HelpReply.objects.filter(request=OuterRef("pk")).order_by("-written_at", "-pk")
    return tuple(
        Question(
            pk=row.pk,
            municipality=row.municipality_id,
            region=row.region_id,
            solution=row.solution.name if row.solution else "",
            what=row.what,
            urgency=Urgency(row.urgency),
            asked_as=row.asked_as,
            asked_at=row.asked_at,
            closed_at=row.closed_at,
            awaits_region=row.closed_at is None and not vars(row)["region_spoke_last"],
        )
        for row in rows.select_related("solution").annotate(
            region_spoke_last=Subquery(last.values("from_region")[:1]),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a region did for one municipality in a period."""

    asked: int
    answered: int
    closed: int


def given(region: int, *, since: date, until: date) -> Mapping[int, Given]:
    """By municipality, what was asked of a region from one day to another, both counted.

    One query.
    """
    replies = HelpReply.objects.filter(request=OuterRef("pk"), from_region=True)
    rows = (
        HelpRequest.objects.filter(
            region=region, asked_at__date__gte=since, asked_at__date__lte=until
        )
        .annotate(answered=Exists(replies))
        .values("municipality_id")
        .annotate(
            asked=Count("pk"),
            heard=Count("pk", filter=Q(answered=True)),
            closed=Count("pk", filter=Q(closed_at__isnull=False)),
        )
        .order_by("municipality_id")
    )
    return {
        row["municipality_id"]: Given(
            asked=row["asked"], answered=row["heard"], closed=row["closed"]
        )
        for row in rows
    }

"""What the makers of a solution have not answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min
from django.utils import timezone

from samlop.rollouts.models import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A rollout, how much feedback from it waits for an answer, and since when."""

    slug: str
    name: str
    count: int
    since: date


def unanswered(solutions: Collection[str]) -> tuple[Waiting, ...]:
    """By rollout, of these solutions. One query."""
    rows = (
        Feedback.objects.filter(rollout__solution__slug__in=solutions, reply="")
        .values(slug=F("rollout__slug"), name=F("rollout__name"))
        .annotate(count=Count("pk"), since=Min("written_at"))
        .order_by("since", "slug")
    )
    return tuple(
        Waiting(
            slug=row["slug"],
            name=row["name"],
            count=row["count"],
            since=timezone.localtime(row["since"]).date(),
        )
        for row in rows
    )

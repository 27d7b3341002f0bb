"""Versions of the criteria as pages and assessments read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from samlop.portfolio.models import CriteriaSet, Criterion
from samlop.portfolio.rules.criteria import CriterionText, SetStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHead:
    """What stands above a version wherever it is shown."""

    pk: int
    number: int
    standing: SetStanding
    source: str
    what_is_new: str
    deciding_body: str
    deciding_body_slug: str
    advised_by: str
    advised_by_slug: str
    published_at: datetime | None

    @classmethod
    def of(cls, row: CriteriaSet) -> "SetHead":
        """The two bodies must have been loaded with the row."""
        return cls(
            pk=row.pk,
            number=row.number,
            standing=SetStanding(row.standing),
            source=row.source,
            what_is_new=row.what_is_new,
            deciding_body=row.deciding_body.name,
            deciding_body_slug=row.deciding_body.slug,
            advised_by=row.advised_by.name if row.advised_by else "",
            advised_by_slug=row.advised_by.slug if row.advised_by else "",
            published_at=row.published_at,
        )


def heads(*, with_draft: bool) -> tuple[SetHead, ...]:
    """Every version, the newest first. One query."""
    rows = CriteriaSet.objects.select_related("deciding_body", "advised_by").newest_first()
    return tuple(SetHead.of(row) for row in (rows if with_draft else rows.published()))


def head(number: int, *, with_draft: bool) -> SetHead | None:
    """One version, or None when there is none to show. One query."""
    rows = CriteriaSet.objects.select_related("deciding_body", "advised_by")
    row = (rows if with_draft else rows.published()).filter(number=number).first()
    return SetHead.of(row) if row else None


def newest_published() -> CriteriaSet | None:
    """The version that new assessments are measured by. One query."""
    rows = CriteriaSet.objects.published().select_related("deciding_body", "advised_by")
    return rows.newest_first().first()


def sizes() -> Mapping[int, int]:
    """How many questions each version asks. One query."""
    rows = Criterion.objects.values_list("criteria_set").annotate(count=Count("pk"))
    return dict(rows.order_by("criteria_set"))


def texts_of(criteria_set: int) -> tuple[CriterionText, ...]:
    """The questions in their order. One query."""
    rows = Criterion.objects.filter(criteria_set=criteria_set).order_by("position", "pk")
    return tuple(row.text() for row in rows)

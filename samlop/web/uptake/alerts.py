"""Alerts about use on the pages of a municipality, a region and a solution."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from samlop.accounts.rules import Permission
from samlop.uptake.models import UseAlert
from samlop.uptake.queries import alerts as queries
from samlop.uptake.rules.watch import Concern
from samlop.uptake.services import watch_mails
from samlop.uptake.texts import watch as texts
from samlop.web import clock
from samlop.web.request import PublicRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """One alert in words; `lowered_on` when use has recovered or is no more."""

    number: str
    municipality: str
    slug: str
    solution: str
    indicator: str
    concern: str
    words: str
    raised_on: date
    region_told_on: date | None
    lowered_on: date | None
    recovered: bool


def of_municipalities(
    request: PublicRequest, municipalities: Collection[int]
) -> tuple[AlertLine, ...]:
    """What the reader may know of these, the newest first. Three queries; none for a visitor."""
    found = _visible(request)
    return _lines(found.filter(municipality__in=municipalities)) if found is not None else ()


def of_solution(request: PublicRequest, solution: int) -> tuple[AlertLine, ...]:
    """What the reader may know of its users. Three queries; none for a visitor."""
    found = _visible(request)
    return _lines(found.filter(indicator__solution=solution)) if found is not None else ()


def _visible(request: PublicRequest) -> QuerySet[UseAlert] | None:
    if not request.access.grants:
        return None
    return queries.visible(
        request.access.reach(Permission.REPORT_UPTAKE),
        request.access.reach(Permission.VIEW_UPTAKE),
        on=clock.today(),
    )


def _lines(found: QuerySet[UseAlert]) -> tuple[AlertLine, ...]:
    return tuple(_line(one) for one in found)


def _line(one: UseAlert) -> AlertLine:
    named = vars(one)
    return AlertLine(
        number=named["number"],
        municipality=named["name"],
        slug=one.indicator.solution.slug,
        solution=one.indicator.solution.name,
        indicator=one.indicator.name,
        concern=str(texts.CONCERNS[Concern(one.concern)]),
        words=watch_mails.words(one),
        raised_on=one.raised_on,
        region_told_on=one.region_told_on,
        lowered_on=one.lowered_on,
        recovered=one.lowered_level is not None,
    )

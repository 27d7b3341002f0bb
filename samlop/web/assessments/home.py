"""Assessments under way, for «Min side» of those who answer them and those who look them over."""

from collections.abc import Sequence
from dataclasses import dataclass

from samlop.accounts.rules import PERMITS, SCOPE_OF, Permission, Scope
from samlop.portfolio.models import Assessment, Offer
from samlop.portfolio.queries import assessments as queries
from samlop.portfolio.rules.assessments import Progress
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.web.assessments.pages import area_address, progress_words
from samlop.web.shell.navigation import HeldRole


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """An assessment that is not done, and whether this person answers it or looks it over."""

    solution: str
    area: str
    address: str
    progress: Progress
    words: str
    answers: bool
    judges: bool


def under_way(roles: Sequence[HeldRole]) -> tuple[UnderWay, ...]:
    """The person's own, by solution and area. Eight queries, none for those without such a role."""
    own = {
        role.solution
        for role in roles
        if role.solution and Permission.EDIT_SOLUTION in PERMITS[role.role]
    }
    national = [role for role in roles if SCOPE_OF[role.role] is Scope.NATION]
    judges = any(Permission.CONFIRM_ASSESSMENT in PERMITS[role.role] for role in national)
    if not own and not judges:
        return ()
    rows = Assessment.objects.current()
    if not judges:
        rows = rows.filter(offer__solution__slug__in=own)
    states = [one for one in queries.states(rows) if not one.progress.is_complete]
    offers = Offer.objects.select_related("solution").in_bulk([one.offer for one in states])
    found = []
    for one in states:
        offer = offers[one.offer]
        area = Area(offer.area)
        found.append(
            UnderWay(
                solution=offer.solution.name,
                area=str(AREAS[area]),
                address=area_address(offer.solution.slug, area),
                progress=one.progress,
                words=progress_words(one.progress),
                answers=offer.solution.slug in own,
                judges=judges,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.solution, one.area)))

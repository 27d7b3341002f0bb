"""What the person behind a request is in a rollout, and so what she sees and may do there."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import translation

from samlop.accounts.rules import PERMITS, Permission, Place
from samlop.lib.reach import NOWHERE, Reach
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import standing as queries
from samlop.rollouts.rules.rollouts import WorkFunction
from samlop.rollouts.texts import rollouts as texts
from samlop.web.acting import Acting
from samlop.web.middleware import Access
from samlop.web.request import PublicRequest, Request


class MayNot(PermissionDenied):
    """She may see the rollout, but not do this in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`function` is hers in the working group; the reaches are municipalities she answers for.

    `answers` reaches those whose answers and reasons she sees: her own, or those of her regions,
    or everybody's. In the working group she sees everybody's too.
    """

    person: int | None = None
    function: WorkFunction | None = None
    # Has any role in Samløp that counts in this session.
    insider: bool = False
    # May plan in the rollout's place: names a leader when there is none, cancels a plan.
    plans: bool = False
    # Whose answers and reasons she sees (VIEW_ANSWERS).
    answers: Reach = NOWHERE
    # Those she helps: her regions' (FOLLOW_UP).
    follows_up: Reach = NOWHERE

    @property
    def leads(self) -> bool:
        """Changes its state, its working group and its stop rule."""
        return self.function is WorkFunction.LEADER

    @property
    def works(self) -> bool:
        """Does the rollout's daily work: plan, cohorts, basis, invitations, notes."""
        return self.function is not None

    @property
    def steers(self) -> bool:
        """Leads it, or may plan where it belongs."""
        return self.leads or self.plans

    @property
    def sees_all(self) -> bool:
        return self.works or self.answers.everywhere

    @property
    def reach(self) -> Reach:
        """The municipalities whose answers, reasons and notes she sees in this rollout."""
        return Reach(everywhere=True) if self.works else self.answers

    def sees(self, municipality: int) -> bool:
        return self.reach.holds(municipality)


def standing(request: PublicRequest | Request, rollout: Rollout) -> Standing:
    """At most three queries, the first time; none for a visitor."""
    person = request.user.pk if request.user.is_authenticated else None
    if person is None:
        return Standing()
    access = request.access
    function = queries.works_in(person, rollout)
    return Standing(
        person=person,
        # Whoever has a role that asks for two factors leads nothing on one.
        function=None if access.lacks_second_factor else function,
        insider=bool(access.grants) or function is not None,
        plans=access.may(Permission.PLAN_ROLLOUT, place(rollout)),
        answers=access.reach(Permission.VIEW_ANSWERS),
        follows_up=access.reach(Permission.FOLLOW_UP),
    )


def is_insider(request: PublicRequest | Request) -> bool:
    """Whether plans that are not announced yet are shown too."""
    return bool(request.access.grants) or bool(queries.rollouts_of(request.user.pk))


def place(rollout: Rollout) -> Place:
    """Where it belongs: the region of a B; the others are the nation's."""
    return Place(regions=frozenset({rollout.region_id} if rollout.region_id else ()))


def planning_place(access: Access) -> Place:
    """Everywhere the person may plan: her own regions, or the nation."""
    return Place(
        regions=frozenset(
            grant.region
            for grant in access.grants
            if grant.region is not None and Permission.PLAN_ROLLOUT in PERMITS[grant.role]
        )
    )


def require_work(request: Request, rollout: Rollout) -> Acting:
    """Somebody in the working group, as the history will name her; else 403."""
    found = standing(request, rollout)
    if found.function is None:
        raise MayNot
    return _as(found.function, request)


def require_lead(request: Request, rollout: Rollout) -> Acting:
    """The leader, or whoever may plan where the rollout belongs; else 403."""
    found = standing(request, rollout)
    if found.leads:
        return _as(WorkFunction.LEADER, request)
    request.access.require(Permission.PLAN_ROLLOUT, place(rollout))
    return request.access.acting


def _as(function: WorkFunction, request: Request) -> Acting:
    with translation.override("nb"):
        return Acting(request.user.pk, str(texts.WORK_FUNCTIONS[function]))

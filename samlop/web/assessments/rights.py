"""Who may see an assessment, who answers, and who looks the answers over."""

from dataclasses import dataclass
from typing import Final

from samlop.accounts.rules import Permission, Place
from samlop.governance.models import Member
from samlop.portfolio.queries.assessments import AssessmentState
from samlop.portfolio.rules.criteria import Assessor
from samlop.web import clock
from samlop.web.request import PublicRequest, Request

# The programme and those who will decide on it follow it from the first day; the public reads
# the decision and its reason.
SEES: Final = (
    Permission.CONFIRM_ASSESSMENT,
    Permission.DECIDE_GATE,
    Permission.ASSESS_HEALTH,
    Permission.CHOOSE_ROLLOUT_TYPE,
)


@dataclass(frozen=True, slots=True)
class Rights:
    """`answer`: what the programme answers; `judge`: for the deciding body, and what it answers."""

    see: bool = False
    answer: bool = False
    judge: bool = False

    def may_answer(self, assessor: Assessor) -> bool:
        match assessor:
            case Assessor.PROGRAMME:
                return self.answer
            case Assessor.DECIDING_BODY:
                return self.judge
            case Assessor.HEALTH_ASSESSORS:
                return False


def rights(
    request: PublicRequest | Request, slug: str, state: AssessmentState | None = None
) -> Rights:
    """At most one query: a member of the bodies that the criteria name sees it by her seat."""
    access = request.access
    answer = access.may(Permission.EDIT_SOLUTION, Place(solution=slug))
    judge = access.may(Permission.CONFIRM_ASSESSMENT)
    see = answer or any(access.may(permission) for permission in SEES)
    if not see and state is not None and request.user.is_authenticated:
        bodies = (state.criteria_set.deciding_body_slug, state.criteria_set.advised_by_slug)
        see = (
            Member.objects.valid_on(clock.today())
            .filter(person=request.user.pk, body__slug__in=[slug for slug in bodies if slug])
            .exists()
        )
    return Rights(see=see, answer=answer, judge=judge)


def permission_to_answer(assessor: Assessor) -> Permission:
    """To be required before an answer is written."""
    if assessor is Assessor.DECIDING_BODY:
        return Permission.CONFIRM_ASSESSMENT
    return Permission.EDIT_SOLUTION

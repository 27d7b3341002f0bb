"""Who sees what a decision is built on, who decides, and who assesses health."""

from dataclasses import dataclass

from samlop.accounts.rules import Permission
from samlop.portfolio.queries.assessments import AssessmentState
from samlop.web.assessments.rights import rights as assessment_rights
from samlop.web.request import PublicRequest, Request


@dataclass(frozen=True, slots=True)
class Rights:
    """`insider`: has a role, and so knows names; `see`: also what is not finished."""

    insider: bool = False
    see: bool = False
    open_case: bool = False
    decide: bool = False
    name_assessors: bool = False
    assess: bool = False

    @classmethod
    def of(
        cls, request: PublicRequest | Request, slug: str, state: AssessmentState | None
    ) -> "Rights":
        access = request.access
        assess = access.may(Permission.ASSESS_HEALTH)
        manage = access.may(Permission.MANAGE_GOVERNANCE)
        return cls(
            insider=bool(access.grants),
            see=manage or assessment_rights(request, slug, state).see,
            open_case=manage,
            decide=access.may(Permission.DECIDE_GATE),
            name_assessors=assess or access.may(Permission.CONFIRM_ASSESSMENT),
            assess=assess,
        )

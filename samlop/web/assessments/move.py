"""What a move to a newer version of the criteria means, before it is made."""

from dataclasses import dataclass

from samlop.portfolio.queries.assessments import AssessmentState
from samlop.portfolio.queries.criteria import SetHead
from samlop.portfolio.rules.criteria import Difference, asks_the_same
from samlop.web.criteria.pages import Head, WhatIsNew
from samlop.web.solutions.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePage:
    """`keeps` of the answers follow; `again` have to be given anew."""

    frame: Frame
    before: Head
    after: Head
    new: WhatIsNew
    keeps: int
    again: int
    same_body: bool
    back: str

    @classmethod
    def of(
        cls,
        frame: Frame,
        state: AssessmentState,
        newest: SetHead,
        difference: Difference,
        *,
        back: str,
    ) -> "MovePage":
        answered = {one.code for one in state.criteria if one.content.verdict is not None}
        same = {one.code for one in difference.unchanged}
        same |= {
            one.after.code for one in difference.changed if asks_the_same(one.before, one.after)
        }
        return cls(
            frame=frame,
            before=Head.of(state.criteria_set),
            after=Head.of(newest),
            new=WhatIsNew.of(difference),
            keeps=len(answered & same),
            again=len(answered & {one.after.code for one in difference.changed} - same),
            same_body=state.criteria_set.deciding_body_slug == newest.deciding_body_slug,
            back=back,
        )

"""Why a rollout, its working group, a cohort or the stop rule is not changed."""

from samlop.lib.errors import Refused
from samlop.rollouts.rules.cohorts import CohortRefusal
from samlop.rollouts.rules.rollouts import RolloutRefusal, WorkRefusal
from samlop.rollouts.texts import rollouts as texts


class CannotPlan(Refused):
    """A rule says no to something about a rollout; every reason at once."""

    def __init__(self, *refusals: RolloutRefusal) -> None:
        super().__init__(" ".join(str(texts.REFUSALS[refusal]) for refusal in refusals))
        self.refusals = refusals
        self.refusal = refusals[0]


class CannotStaff(Refused):
    """A rule says no to something about the working group or the contributing actors."""

    def __init__(self, refusal: WorkRefusal) -> None:
        super().__init__(str(texts.WORK_REFUSALS[refusal]))
        self.refusal = refusal


class CannotForm(Refused):
    """A rule says no to something about a cohort or the stop rule."""

    def __init__(self, refusal: CohortRefusal, **words: object) -> None:
        super().__init__(str(texts.COHORT_REFUSALS[refusal]) % words)
        self.refusal = refusal

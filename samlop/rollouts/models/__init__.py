"""Tables of rollouts, one topic per module."""

from samlop.rollouts.models.answer import Answer, CohortWish, Grant, ReceivedAnswer
from samlop.rollouts.models.basis import (
    Basis,
    BasisPrerequisite,
    BasisRole,
    BasisStep,
    PrerequisiteWord,
)
from samlop.rollouts.models.cohort import Cohort, StopFigure, StopOverride, StopThreshold
from samlop.rollouts.models.help import (
    CalendarAddress,
    HelpReply,
    HelpRequest,
    LocalRole,
    MeetingPaper,
)
from samlop.rollouts.models.invitation import Invitation, InvitationLink
from samlop.rollouts.models.place import Place, PlaceOffer, Wait
from samlop.rollouts.models.rollout import (
    ContributingActor,
    Rollout,
    TargetMember,
    Worker,
)

__all__ = [
    "Answer",
    "Basis",
    "BasisPrerequisite",
    "BasisRole",
    "BasisStep",
    "CalendarAddress",
    "Cohort",
    "CohortWish",
    "ContributingActor",
    "Grant",
    "HelpReply",
    "HelpRequest",
    "Invitation",
    "InvitationLink",
    "LocalRole",
    "MeetingPaper",
    "Place",
    "PlaceOffer",
    "PrerequisiteWord",
    "ReceivedAnswer",
    "Rollout",
    "StopFigure",
    "StopOverride",
    "StopThreshold",
    "TargetMember",
    "Wait",
    "Worker",
]

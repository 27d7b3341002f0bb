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
from samlop.rollouts.models.evaluation import Evaluation
from samlop.rollouts.models.followup import (
    Feedback,
    LeaderNote,
    Mailing,
    MailingRecipient,
)
from samlop.rollouts.models.help import (
    CalendarAddress,
    HelpReply,
    HelpRequest,
    MeetingPaper,
    RoleHolder,
)
from samlop.rollouts.models.invitation import Invitation, InvitationCode, InvitationLink
from samlop.rollouts.models.place import Place, PlaceOffer, Wait
from samlop.rollouts.models.rollout import (
    ContributingActor,
    Rollout,
    TargetMember,
    Worker,
)
from samlop.rollouts.models.survey import Interest, Survey, SurveyAnswer

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
    "Evaluation",
    "Feedback",
    "Grant",
    "HelpReply",
    "HelpRequest",
    "Interest",
    "Invitation",
    "InvitationCode",
    "InvitationLink",
    "LeaderNote",
    "Mailing",
    "MailingRecipient",
    "MeetingPaper",
    "Place",
    "PlaceOffer",
    "PrerequisiteWord",
    "ReceivedAnswer",
    "RoleHolder",
    "Rollout",
    "StopFigure",
    "StopOverride",
    "StopThreshold",
    "Survey",
    "SurveyAnswer",
    "TargetMember",
    "Wait",
    "Worker",
]

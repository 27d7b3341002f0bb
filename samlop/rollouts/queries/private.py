"""What municipalities answer and why, for those who may know: theirs, and nobody else's.

The reach is where somebody sees answers: her own municipality, the region she follows up, all for
the coordination group and for those who work in the rollout. Others get sums: rules.table.
"""

from datetime import date

from django.db.models import Q, QuerySet

from samlop.lib.reach import Reach
from samlop.rollouts.models import (
    Interest,
    LeaderNote,
    ReceivedAnswer,
    SurveyAnswer,
)


def within(reach: Reach) -> Q:
    """A condition on rows that have a municipality."""
    if reach.everywhere:
        # An empty condition would vanish from an «or».
        return Q(municipality__isnull=False)
    return Q(municipality__in=reach.municipalities)


def received(rollout: int, reach: Reach, on: date) -> QuerySet[ReceivedAnswer]:
    """Registered by then, the newest first; also those that are confirmed or withdrawn since."""
    return ReceivedAnswer.objects.filter(
        within(reach), rollout=rollout, registered_at__date__lte=on
    ).order_by("-registered_at", "-pk")


def notes(rollout: int, reach: Reach, on: date) -> QuerySet[LeaderNote]:
    """The newest first."""
    return LeaderNote.objects.filter(
        within(reach), rollout=rollout, written_at__date__lte=on, withdrawn_at=None
    ).order_by("-written_at", "-pk")


def survey_answers(rollout: int, reach: Reach, on: date) -> QuerySet[SurveyAnswer]:
    """The rows of the newest survey first."""
    return SurveyAnswer.objects.filter(
        within(reach), survey__rollout=rollout, survey__asked_at__date__lte=on
    ).order_by("-survey__asked_at", "municipality_id")


def interests(solution: int, reach: Reach, on: date) -> QuerySet[Interest]:
    """The words that stood that day."""
    return Interest.objects.filter(
        within(reach),
        Q(withdrawn_at=None) | Q(withdrawn_at__date__gt=on),
        solution=solution,
        recorded_at__date__lte=on,
    )

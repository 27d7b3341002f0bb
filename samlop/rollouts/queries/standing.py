"""What somebody is in a rollout: its leader, in its working group, or neither."""

from collections.abc import Mapping

from samlop.rollouts.models import Rollout, Worker
from samlop.rollouts.rules.rollouts import WorkFunction


def works_in(person: int | None, rollout: Rollout) -> WorkFunction | None:
    """The person's function in the working group today. One query."""
    return rollouts_of(person).get(rollout.pk)


def rollouts_of(person: int | None) -> Mapping[int, WorkFunction]:
    """Every rollout the person works in, and as what. One query."""
    if person is None:
        return {}
    return {
        row.rollout_id: WorkFunction(row.function)
        for row in Worker.objects.filter(person=person, ended_on=None)
    }

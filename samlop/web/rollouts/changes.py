"""«Endret siden dere ble invitert»: as the municipality reads it on each of its pages."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from samlop.lib.days import local_day
from samlop.rollouts.models import Invitation
from samlop.rollouts.queries import changes as queries
from samlop.rollouts.queries.changes import Changed
from samlop.rollouts.texts.changes import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedNote:
    """What has changed in one rollout, a sentence each; `since` is the day of the invitation."""

    rollout: str
    address: str
    since: date
    sentences: tuple[str, ...]


def note(invitation: Invitation | None, number: str, *, on: date) -> ChangedNote | None:
    """None when nothing has changed. Four queries when nothing has."""
    found = queries.of_invitation(invitation, on) if invitation is not None else None
    return _note(found, number) if found is not None else None


def notes(municipality: int, number: str, *, on: date) -> tuple[ChangedNote, ...]:
    """In everything a municipality is invited to. Four queries when nothing has changed."""
    return tuple(_note(one, number) for one in queries.of_municipality(municipality, on))


def _note(found: Changed, number: str) -> ChangedNote:
    rollout = found.invitation.rollout
    return ChangedNote(
        rollout=rollout.name,
        address=reverse("rollouts:answer", args=[rollout.slug, number]),
        since=local_day(found.since),
        sentences=tuple(sentence(one) for one in found.changes),
    )

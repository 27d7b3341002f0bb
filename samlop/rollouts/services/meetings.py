"""Papers for a region's meetings, and what a meeting took up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Region
from samlop.rollouts.models import MeetingPaper, Rollout
from samlop.rollouts.rules import meetings as rules
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingKind, MeetingRefusal
from samlop.rollouts.rules.rollouts import RolloutKind
from samlop.rollouts.texts import help as texts


class CannotPrepareMeeting(Refused):
    """A rule says no to a paper or to what a meeting took up; nothing was saved."""

    def __init__(self, refusal: MeetingRefusal) -> None:
        super().__init__(str(texts.MEETING_REFUSALS[refusal]))
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the contact person ticked."""

    kind: MeetingKind
    held_on: date
    since: date
    blocks: Sequence[MeetingBlock]
    audience: Audience
    own_text: str = ""


def prepare(
    *,
    region: Region,
    chosen: Chosen,
    person: Person,
    by: Actor,
    at: datetime,
    paper: MeetingPaper | None = None,
) -> MeetingPaper:
    """Keep the choice, as a new paper or instead of an earlier one. Raises CannotPrepareMeeting."""
    refusal = rules.refusal_of_paper(chosen.blocks, chosen.own_text)
    if refusal is not None:
        raise CannotPrepareMeeting(refusal)
    with change("rollouts.meeting.prepared", by=by, at=at) as record:
        row = paper or MeetingPaper(region=region, made_by=person)
        row.kind = chosen.kind.value
        row.held_on = chosen.held_on
        row.since = min(chosen.since, chosen.held_on)
        row.blocks = [block.value for block in MeetingBlock if block in chosen.blocks]
        row.audience = chosen.audience.value
        row.own_text = chosen.own_text.strip()
        row.made_at = at
        row.save()
        record(region, details={"words": row.kind, "on": row.held_on.isoformat()})
    return row


def taken_up(
    *,
    paper: MeetingPaper,
    rollouts: Collection[Rollout],
    minutes: str,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    """The meeting was held: its B rollouts are anchored there. Raises CannotPrepareMeeting."""
    if paper.held_on > on:
        raise CannotPrepareMeeting(MeetingRefusal.BEFORE_THE_MEETING)
    with change("rollouts.meeting.taken_up", by=by, at=at) as record:
        row = MeetingPaper.objects.select_for_update().select_related("region").get(pk=paper.pk)
        row.taken_up_at, row.minutes = at, minutes.strip()
        row.save(update_fields=["taken_up_at", "minutes"])
        for one in rollouts:
            rollout = Rollout.objects.select_for_update(no_key=True).get(pk=one.pk)
            if rollout.kind != RolloutKind.REGION.value:
                raise CannotPrepareMeeting(MeetingRefusal.NOT_B)
            if rollout.region_id != row.region_id:
                raise CannotPrepareMeeting(MeetingRefusal.NOT_OF_THE_REGION)
            kind = texts.MEETING_KINDS[MeetingKind(row.kind)]
            rollout.anchored_in = f"{kind}, {row.region.name}"[:160]
            rollout.anchored_on = row.held_on
            rollout.anchored_link = row.minutes
            rollout.version += 1
            rollout.save(update_fields=["anchored_in", "anchored_on", "anchored_link", "version"])
        record(
            row.region,
            details={"words": row.kind, "on": row.held_on.isoformat(), "count": len(rollouts)},
        )

"""Answers that came by e-mail, letter or phone, registered by those who work with the rollout.

None of them is the municipality's answer: it becomes one when a person with the mandate gives the
same answer herself, by `answers.answer`. Until then a yes may keep a seat, and no more.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet

from samlop.accounts.models import Person
from samlop.audit.services import change
from samlop.files.models import File
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Cohort, Invitation, Place, ReceivedAnswer, Rollout
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries import places as place_queries
from samlop.rollouts.rules.answers import AnswerState, Channel, ReceivedRefusal
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.services import answer_mails, places
from samlop.rollouts.services.refusals import CannotReceive

MOST_WHO: Final = 160
MOST_NOTE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came, how and when; `decided_by` is a role or a body, never a name."""

    channel: Channel
    state: AnswerState
    received_on: date
    decided_by: str = ""
    note: str = ""
    document: File | None = None


def register(
    *,
    rollout: Rollout,
    municipality: Municipality,
    told: Told,
    by: Actor,
    on: date,
    at: datetime,
    cohort: Cohort | None = None,
) -> ReceivedAnswer:
    """Asks the municipality to confirm it; a yes keeps a seat in `cohort` until then.

    Raises CannotReceive. A phone call is a signal: shown to the municipality, never counted.
    """
    with change("rollouts.answer.received", by=by, at=at) as record:
        places.hold_municipality(rollout.solution_id, municipality.pk)
        places.hold(rollout.pk)
        _require(rollout, municipality, told, cohort, on=on)
        if told.channel is not Channel.PHONE:
            # The newest that came is the one to confirm.
            _open(rollout, municipality).exclude(channel=Channel.PHONE.value).update(
                withdrawn_at=at
            )
            if cohort is not None:
                _require_seat(rollout, municipality, cohort, on=on)
        row = ReceivedAnswer.objects.create(
            rollout=rollout,
            municipality=municipality,
            channel=told.channel.value,
            state=told.state.value,
            decided_by=" ".join(told.decided_by.split())[:MOST_WHO],
            received_on=told.received_on,
            document=told.document,
            note=" ".join(told.note.split())[:MOST_NOTE],
            cohort=cohort,
            registered_by=Person.objects.get(pk=by.pk or 0),
            registered_at=at,
        )
        if told.channel is not Channel.PHONE:
            answer_mails.tell(
                answer_mails.REGISTERED, municipality.pk, on=on, at=at, received=row.pk
            )
        record(row, municipality_id=municipality.pk, details=_details(row))
    return row


def withdraw(*, received: ReceivedAnswer, by: Actor, on: date, at: datetime) -> ReceivedAnswer:
    """It was registered by mistake; a seat that it kept is free again. Raises CannotReceive."""
    with change("rollouts.answer.received_withdrawn", by=by, at=at) as record:
        places.hold(received.rollout_id)
        row = (
            ReceivedAnswer.objects.select_for_update(of=("self",))
            .select_related("rollout")
            .get(pk=received.pk)
        )
        if row.confirmed_by_id is not None or row.withdrawn_at is not None:
            raise CannotReceive(ReceivedRefusal.SETTLED)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        places.offer_next(rollout=row.rollout, by=by, on=on, at=at)
        record(row, municipality_id=row.municipality_id, details=_details(row))
    return row


def _open(rollout: Rollout, municipality: Municipality) -> QuerySet[ReceivedAnswer]:
    return ReceivedAnswer.objects.filter(
        rollout=rollout, municipality=municipality, confirmed_by=None, withdrawn_at=None
    )


def _require(
    rollout: Rollout,
    municipality: Municipality,
    told: Told,
    cohort: Cohort | None,
    *,
    on: date,
) -> None:
    state = Rollout.objects.values_list("state", flat=True).get(pk=rollout.pk)
    if RolloutState(state) not in ENROLLING:
        raise CannotReceive(ReceivedRefusal.NOT_ENROLLING)
    if told.received_on > on:
        raise CannotReceive(ReceivedRefusal.IN_THE_FUTURE)
    if told.channel is Channel.PHONE:
        if cohort is not None:
            raise CannotReceive(ReceivedRefusal.PHONE_IS_A_SIGNAL)
        return
    if not told.decided_by.strip():
        raise CannotReceive(ReceivedRefusal.NOBODY_DECIDED)
    stands = Invitation.objects.filter(
        rollout=rollout, municipality=municipality, withdrawn_at=None
    )
    if not stands.exists():
        raise CannotReceive(ReceivedRefusal.NOT_INVITED)
    newest = queries.newest(rollout, municipality.pk)
    if newest is not None and newest.stands and newest.state is told.state:
        raise CannotReceive(ReceivedRefusal.HAS_ANSWERED)
    if cohort is not None:
        fits = queries.wishable(rollout, [municipality.pk], on)[municipality.pk]
        if told.state is not AnswerState.YES or cohort.pk not in {one.pk for one in fits}:
            raise CannotReceive(ReceivedRefusal.OTHER_COHORT)


def _require_seat(
    rollout: Rollout, municipality: Municipality, cohort: Cohort, *, on: date
) -> None:
    """Not past those who wait: a free seat is theirs first."""
    has_one = Place.objects.taken().filter(municipality=municipality, solution=rollout.solution_id)
    if has_one.exists():
        raise CannotReceive(ReceivedRefusal.HAS_ANSWERED)
    room = next(one for one in place_queries.rooms(rollout, on) if one.cohort == cohort.pk)
    waited_for = any(
        cohort.pk in one.wishes and one.municipality != municipality.pk
        for one in place_queries.line(rollout, on)
    )
    if waited_for or not room.gives_places or room.left < 1:
        raise CannotReceive(ReceivedRefusal.NO_SEAT)


def _details(row: ReceivedAnswer) -> dict[str, str]:
    return {
        "rollout": row.rollout.slug,
        "name": row.rollout.name,
        "state": row.state,
        "channel": row.channel,
    }

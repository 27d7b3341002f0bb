"""A municipality's own answer, in versions, and the place or the wait that follows from a yes."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.utils import translation

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.accounts.texts import ROLES
from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import (
    Answer,
    Cohort,
    CohortWish,
    Invitation,
    Place,
    ReceivedAnswer,
    Rollout,
    Wait,
)
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.rules import answers as rules
from samlop.rollouts.rules.answers import (
    AnswerRefusal,
    AnswerState,
    Channel,
    Content,
    Mandate,
)
from samlop.rollouts.rules.places import PlaceEnd, PlaceRefusal, WaitEnd
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.services import answer_mails, places
from samlop.rollouts.services.refusals import CannotAnswer, CannotPlace
from samlop.rollouts.texts.answers import REASONS

MOST_CASE: Final = 60
MOST_TEXT: Final = 600
MOST_ROLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What became of an answer: of a yes a place, or a wait in line."""

    answer: Answer
    place: Place | None
    wait: Wait | None
    # The same answer stood already: nothing was written.
    stood: bool = False


def answer(
    *,
    rollout: Rollout,
    municipality: Municipality,
    content: Content,
    seen: int,
    by: Actor,
    on: date,
    at: datetime,
    by_code: bool = False,
) -> Given:
    """The municipality says what it wants, by the person `by`, who must have its mandate.

    `seen` is the number of the version she saw, 0 for none; the same content again changes
    nothing. `by_code` when a code to her work address says who she is. Raises CannotAnswer.
    """
    with change("rollouts.answer.given", by=by, at=at) as record:
        row, stood = _answer(
            rollout,
            municipality,
            content.trimmed(),
            seen=seen,
            by=by,
            on=on,
            at=at,
            by_code=by_code,
            leaving=False,
        )
        if stood:
            record.nothing_changed()
        else:
            record(row, municipality_id=municipality.pk, details=_details(rollout, row))
    return _given(row, stood=stood)


def leave(
    *,
    place: Place,
    content: Content,
    by: Actor,
    on: date,
    at: datetime,
    by_code: bool = False,
) -> Given:
    """Out of the cohort, at any time and with a reason; the seat is offered to the next in line.

    `content` is what it says instead of its yes. Raises CannotAnswer and CannotPlace.
    """
    if content.state is AnswerState.YES or content.reason is None:
        raise CannotPlace(PlaceRefusal.NO_REASON)
    with change("rollouts.place.left", by=by, at=at) as record:
        row = Place.objects.select_related("cohort__rollout").get(pk=place.pk)
        if row.ended_at is not None:
            raise CannotPlace(PlaceRefusal.ENDED_ALREADY)
        rollout = row.cohort.rollout
        newest = queries.newest(rollout, row.municipality_id)
        made, _ = _answer(
            rollout,
            Municipality.objects.get(pk=row.municipality_id),
            content.trimmed(),
            seen=newest.number if newest else 0,
            by=by,
            on=on,
            at=at,
            by_code=by_code,
            leaving=True,
        )
        record(made, municipality_id=row.municipality_id, details=_details(rollout, made))
    return _given(made, stood=False)


def _answer(
    rollout: Rollout,
    municipality: Municipality,
    content: Content,
    *,
    seen: int,
    by: Actor,
    on: date,
    at: datetime,
    by_code: bool,
    leaving: bool,
) -> tuple[Answer, bool]:
    content = replace(
        content, case_number=content.case_number[:MOST_CASE], text=content.text[:MOST_TEXT]
    )
    places.hold_municipality(rollout.solution_id, municipality.pk)
    places.hold(rollout.pk)
    now = Rollout.objects.select_related("offer__solution").get(pk=rollout.pk)
    if RolloutState(now.state) not in ENROLLING and not leaving:
        raise CannotAnswer(AnswerRefusal.NOT_ENROLLING)
    held = queries.mandate_of(by.pk, municipality.pk, now.solution_id, on)
    if held is None:
        raise CannotAnswer(AnswerRefusal.NO_MANDATE)
    if not MunicipalityCode.objects.valid_on(on).filter(municipality=municipality).exists():
        raise CannotAnswer(AnswerRefusal.NO_LONGER_THERE)
    # Held, so that it is not taken back meanwhile.
    invitation = (
        Invitation.objects.select_for_update(no_key=True)
        .filter(rollout=now, municipality=municipality, withdrawn_at=None)
        .first()
    )
    if invitation is None and not leaving:
        raise CannotAnswer(AnswerRefusal.NOT_INVITED)
    fits = queries.wishable(now, [municipality.pk], on)[municipality.pk]
    own = [row.pk for row in fits if invitation and row.pk == invitation.cohort_id]
    if content.state is AnswerState.YES and not content.wishes and own:
        # «Den som har plass» is of those it is invited to.
        content = replace(content, wishes=tuple(own))
    newest = queries.newest(now, municipality.pk)
    if newest is not None and newest.stands:
        wished = queries.wishes_of([newest.pk]).get(newest.pk, ())
        if newest.content(wished) == content and seen in {newest.number, newest.number - 1}:
            return Answer.objects.get(pk=newest.pk), True
    if seen != (newest.number if newest else 0):
        raise CannotAnswer(AnswerRefusal.CHANGED_MEANWHILE)
    place = (
        Place.objects.taken()
        .filter(municipality=municipality, solution=now.solution_id)
        .select_related("cohort__rollout")
        .first()
    )
    here = place is not None and place.cohort.rollout_id == now.pk
    _require(now, content, place, fits, here=here, invitation=invitation, leaving=leaving, on=on)
    if place is not None and here and content.state is not AnswerState.YES:
        places.end(
            place=place,
            how=PlaceEnd.WITHDRAWN if leaving else PlaceEnd.ANSWER_CHANGED,
            reason=_reason(content) if leaving else "",
            by=by,
            on=on,
            at=at,
        )
    if content.state is not AnswerState.YES:
        places.end_wait(
            municipality=municipality.pk,
            solution=now.solution_id,
            rollout=now.pk,
            how=WaitEnd.ANSWER_CHANGED,
            at=at,
        )
    row = Answer.objects.create(
        rollout=now,
        municipality=municipality,
        solution_id=now.solution_id,
        invitation=invitation,
        number=(newest.number if newest else 0) + 1,
        state=content.state.value,
        mandate=_mandate(held, by_code=by_code).value,
        membership=held.membership,
        grant=held.grant,
        given_by_id=held.membership.person_id,
        given_as=_given_as(held.membership, on),
        given_on=on,
        case_number=content.case_number,
        reason=content.reason.value if content.reason else "",
        text=content.text,
        expected_on=content.expected_on,
        ask_again_on=content.ask_again_on,
        ask_when_gone=content.ask_when_gone,
        hosts_others=content.hosts_others,
        recorded_at=at,
    )
    CohortWish.objects.bulk_create(
        CohortWish(answer=row, cohort_id=cohort, rank=rank)
        for rank, cohort in enumerate(content.wishes, 1)
    )
    reserved = _settle_received(row, at=at)
    if reserved is not None and content.wishes and reserved.pk not in content.wishes:
        reserved = None
    if content.state is not AnswerState.YES:
        places.offer_next(rollout=now, by=by, on=on, at=at)
    elif place is None:
        places.seat(answer=row, rollout=now, by=by, on=on, at=at, reserved=reserved)
    elif content.wishes and place.cohort_id not in content.wishes:
        _move_if_room(place, content.wishes, by=by, on=on, at=at)
    answer_mails.receipt(row, on=on, at=at)
    return row, False


def _require(
    rollout: Rollout,
    content: Content,
    place: Place | None,
    fits: Collection[Cohort],
    *,
    here: bool,
    invitation: Invitation | None,
    leaving: bool,
    on: date,
) -> None:
    if place is not None and not here and content.state is AnswerState.YES:
        raise CannotAnswer(AnswerRefusal.PLACE_ELSEWHERE, rollout=place.cohort.rollout.name)
    told = invitation.change_until if invitation is not None else None
    until = rules.last_day(place.cohort.change_until, told) if place is not None else None
    if (
        until is not None
        and not leaving
        and rules.is_too_late(state=content.state, has_place=here, change_until=until, on=on)
    ):
        raise CannotAnswer(AnswerRefusal.TOO_LATE, day=day_words(until))
    open_ = frozenset[int]()
    if content.state is AnswerState.YES and invitation is not None:
        open_ = frozenset(
            row.pk for row in fits if invitation.cohort_id is None or row.pk == invitation.cohort_id
        )
        if place is not None and here:
            # What it has it may go on wishing for, also when it has begun.
            open_ |= {place.cohort_id}
    if refusal := rules.refusal_of(content, cohorts=open_, on=on):
        raise CannotAnswer(refusal)


def _move_if_room(
    place: Place, wishes: tuple[int, ...], *, by: Actor, on: date, at: datetime
) -> None:
    """To the first of the new wishes with room; without any it keeps the place it has."""
    for cohort in wishes:
        to = place.cohort.rollout.cohorts.get(pk=cohort)
        try:
            places.move(place=place, to=to, by=by, on=on, at=at)
        except CannotPlace:
            continue
        return


def _settle_received(row: Answer, *, at: datetime) -> Cohort | None:
    """What was registered of it is confirmed when it says the same, else it no longer holds.

    The cohort in which a seat was kept for what is confirmed, if there was one.
    """
    open_ = (
        ReceivedAnswer.objects.select_for_update(of=("self",))
        .filter(
            rollout=row.rollout_id,
            municipality=row.municipality_id,
            confirmed_by=None,
            withdrawn_at=None,
        )
        .exclude(channel=Channel.PHONE.value)
        .select_related("cohort")
        .order_by("-registered_at", "-pk")
    )
    confirmed: ReceivedAnswer | None = None
    for received in open_:
        if received.state == row.state and confirmed is None:
            received.confirmed_by = row
            confirmed = received
        else:
            received.withdrawn_at = at
        received.save(update_fields=["confirmed_by", "withdrawn_at"])
    return confirmed.cohort if confirmed is not None else None


def _mandate(held: queries.Held, *, by_code: bool) -> Mandate:
    if held.grant is not None:
        return Mandate.GRANT
    return Mandate.CODE if by_code else Mandate.MEMBERSHIP


def _given_as(membership: Membership, on: date) -> str:
    """«Kommunalsjef helse og omsorg, Utsira»: as it will be read also when she has left."""
    with translation.override("nb"):
        role = membership.title or str(ROLES[Role(membership.role)])
    if membership.municipality_id is not None:
        codes = MunicipalityCode.objects.valid_on(on).filter(municipality=membership.municipality)
        place = codes.values_list("qualified_name", flat=True).first() or ""
    else:
        place = membership.region.name if membership.region else ""
    return f"{role}, {place}"[:MOST_ROLE]


def _reason(content: Content) -> str:
    with translation.override("nb"):
        words = str(REASONS[content.reason]) if content.reason else ""
    return f"{words}: {content.text}" if content.text else words


def _given(row: Answer, *, stood: bool) -> Given:
    yes = row.state == AnswerState.YES.value
    own = {"municipality": row.municipality_id, "solution": row.solution_id}
    return Given(
        answer=row,
        place=Place.objects.taken().filter(**own).select_related("cohort").first() if yes else None,
        wait=Wait.objects.filter(**own, ended_at=None).first() if yes else None,
        stood=stood,
    )


def _details(rollout: Rollout, row: Answer) -> dict[str, str | int]:
    return {
        "rollout": rollout.slug,
        "name": rollout.name,
        "state": row.state,
        "number": row.number,
        "given_as": row.given_as,
    }

"""Giving, moving and ending places, and offering a free one to whoever is next in line.

Whoever changes who sits where holds the rollout's cohorts first, in one order: two who ask at once
wait for each other. The database refuses a place too many by itself as well.
"""

from datetime import date, datetime
from typing import Final

from django.db.models import Q

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality
from samlop.municipalities.queries import population
from samlop.municipalities.rules.capacity import size_class
from samlop.municipalities.rules.kinds import LoadKind
from samlop.municipalities.services import load
from samlop.rollouts.models import Answer, Cohort, Place, PlaceOffer, ReceivedAnswer, Rollout, Wait
from samlop.rollouts.queries import answers as answer_queries
from samlop.rollouts.queries import basis as basis_queries
from samlop.rollouts.queries import places as queries
from samlop.rollouts.rules import basis as basis_rules
from samlop.rollouts.rules import places as rules
from samlop.rollouts.rules.answers import AnswerRefusal
from samlop.rollouts.rules.places import (
    OFFER_HELD,
    OfferOutcome,
    PlaceEnd,
    PlaceRefusal,
    WaitEnd,
)
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.services import answer_mails
from samlop.rollouts.services.refusals import CannotAnswer, CannotPlace
from samlop.uptake.models import StageEvent
from samlop.uptake.queries import stages as stage_queries
from samlop.uptake.rules.stages import Source, Stage, has_reached
from samlop.uptake.services import stages

MOST_REASON: Final = 500
MOST_TITLE: Final = 200


def hold(rollout: int) -> list[Cohort]:
    """The rollout's cohorts in their order, kept to oneself until the transaction ends."""
    rows = Cohort.objects.select_for_update(of=("self",), no_key=True).filter(rollout=rollout)
    return list(rows.order_by("pk"))


def hold_municipality(solution: int, municipality: int) -> None:
    """Before `hold`: of a solution it has one place or one wait, whichever rollout gave it."""
    locks.hold(f"rollouts.answer.{solution}.{municipality}")


# --- one place ---


def seat(
    *,
    answer: Answer,
    rollout: Rollout,
    by: Actor,
    on: date,
    at: datetime,
    reserved: Cohort | None = None,
) -> Place | None:
    """A place at once when there is room, else the end of the waiting list.

    To be called with the cohorts held; those who waited before are offered what is free first,
    but for the seat that was `reserved` for this municipality.
    """
    if reserved is not None:
        end_wait(
            municipality=answer.municipality_id,
            solution=answer.solution_id,
            how=WaitEnd.PLACED,
            at=at,
        )
        return give(cohort=reserved, answer=answer, by=by, on=on, at=at)
    offer_next(rollout=rollout, by=by, on=on, at=at)
    wishes = answer_queries.wishes_of([answer.pk]).get(answer.pk, ())
    if not wishes:
        fits = answer_queries.wishable(rollout, [answer.municipality_id], on)
        wishes = tuple(row.pk for row in fits[answer.municipality_id])
    cohort = rules.first_with_room(wishes, queries.rooms(rollout, on))
    waits = Wait.objects.filter(
        municipality=answer.municipality_id, solution=answer.solution_id, ended_at=None
    ).first()
    if cohort is None:
        if waits is not None and waits.rollout_id != rollout.pk:
            # Whoever came first there would lose its place in line without knowing.
            raise CannotAnswer(AnswerRefusal.WAITS_ELSEWHERE, rollout=waits.rollout.name)
        if waits is None:
            Wait.objects.create(
                rollout=rollout,
                solution_id=answer.solution_id,
                municipality_id=answer.municipality_id,
                answer=answer,
                since=at,
            )
        else:
            waits.answer = answer
            waits.save(update_fields=["answer"])
        return None
    if waits is not None:
        _end_wait(waits, WaitEnd.PLACED, OfferOutcome.WITHDRAWN, at=at)
    return give(cohort=Cohort.objects.get(pk=cohort), answer=answer, by=by, on=on, at=at)


def give(*, cohort: Cohort, answer: Answer, by: Actor, on: date, at: datetime) -> Place:
    """The place itself, the hours it asks of the municipality, and that it has decided."""
    with change("rollouts.place.given", by=by, at=at) as record:
        rollout = Rollout.objects.select_related("offer__solution").get(pk=cohort.rollout_id)
        row = Place.objects.create(
            cohort=cohort,
            solution_id=cohort.solution_id,
            municipality_id=answer.municipality_id,
            answer=answer,
            given_at=at,
        )
        _ask_hours(rollout, cohort, answer.municipality_id, by=by, on=on, at=at)
        _say_decided(rollout, answer.municipality_id, by=by, on=on, at=at)
        record(row, municipality_id=answer.municipality_id, details=_details(rollout, cohort))
    return row


def end(*, place: Place, how: PlaceEnd, reason: str, by: Actor, on: date, at: datetime) -> Place:
    """The seat is free, and its hours with it. What the place led to is taken back, unless it
    was gone through with, or goes on in another cohort.
    """
    with change("rollouts.place.ended", by=by, reason=reason[:MOST_REASON], at=at) as record:
        row = (
            Place.objects.select_for_update(of=("self",))
            .select_related("cohort__rollout__offer__solution")
            .get(pk=place.pk)
        )
        if row.ended_at is not None:
            raise CannotPlace(PlaceRefusal.ENDED_ALREADY)
        row.ended_at, row.end = at, how.value
        row.end_reason = reason[:MOST_REASON]
        row.ended_by_id = by.pk
        row.save(update_fields=["ended_at", "end", "end_reason", "ended_by"])
        rollout = row.cohort.rollout
        if how not in {PlaceEnd.MOVED, PlaceEnd.FINISHED}:
            load.withdraw(source_key=_load_key(rollout, row.municipality_id), by=by, at=at)
            _take_back_decided(rollout, row, by=by, at=at)
        if how in {PlaceEnd.MOVED, PlaceEnd.WITHDRAWN}:
            # The change around it says so.
            record.nothing_changed()
        else:
            record(
                row,
                municipality_id=row.municipality_id,
                details={**_details(rollout, row.cohort), "end": how.value},
            )
    return row


def move(*, place: Place, to: Cohort, by: Actor, on: date, at: datetime) -> Place:
    """The municipality goes to another cohort on the same yes: it has not withdrawn.

    Raises CannotPlace; the place it has is then kept.
    """
    with change("rollouts.place.moved", by=by, at=at) as record:
        rollout = to.rollout
        hold_municipality(place.solution_id, place.municipality_id)
        hold(to.rollout_id)
        row = Place.objects.select_related("cohort").get(pk=place.pk)
        if row.ended_at is not None:
            raise CannotPlace(PlaceRefusal.ENDED_ALREADY)
        if row.cohort.rollout_id != to.rollout_id:
            raise CannotPlace(PlaceRefusal.OTHER_ROLLOUT)
        if row.cohort_id == to.pk:
            raise CannotPlace(PlaceRefusal.SAME_COHORT)
        _mandate(by, row.municipality_id, row.solution_id, on)
        fits = answer_queries.wishable(rollout, [row.municipality_id], on)
        if to.pk not in {one.pk for one in fits[row.municipality_id]}:
            raise CannotPlace(PlaceRefusal.NOT_OPEN)
        offer_next(rollout=rollout, by=by, on=on, at=at)
        _require_room(rollout, to.pk, on)
        end(place=row, how=PlaceEnd.MOVED, reason="", by=by, on=on, at=at)
        said = _newest(rollout.pk, row.municipality_id)
        made = give(cohort=to, answer=said, by=by, on=on, at=at)
        offer_next(rollout=rollout, by=by, on=on, at=at)
        record(
            made,
            municipality_id=row.municipality_id,
            details={**_details(rollout, to), "from": row.cohort.name},
        )
    return made


def _require_room(rollout: Rollout, cohort: int, on: date) -> None:
    room = next(one for one in queries.rooms(rollout, on) if one.cohort == cohort)
    if room.locked:
        raise CannotPlace(PlaceRefusal.LOCKED)
    if not room.gives_places:
        raise CannotPlace(PlaceRefusal.NOT_OPEN)
    if room.left < 1:
        raise CannotPlace(PlaceRefusal.NO_ROOM)


def _newest(rollout: int, municipality: int) -> Answer:
    """What a place or a wait stands on: there is one."""
    return Answer.objects.filter(rollout=rollout, municipality=municipality).latest("number")


def _mandate(by: Actor, municipality: int, solution: int, on: date) -> None:
    if answer_queries.mandate_of(by.pk, municipality, solution, on) is None:
        raise CannotPlace(PlaceRefusal.NO_MANDATE)


# --- offers ---


def offer_next(*, rollout: Rollout, by: Actor, on: date, at: datetime) -> list[PlaceOffer]:
    """Offer every free seat to whoever is first in line for it, with a day to answer by.

    Safe to repeat; to be called when a seat may have become free.
    """
    if RolloutState(rollout.state) not in ENROLLING:
        return []
    hold(rollout.pk)
    line = queries.line(rollout, on)
    chosen = rules.next_offers(line, queries.rooms(rollout, on)) if line else ()
    made = []
    for wait, cohort in chosen:
        with change("rollouts.place.offered", by=by, at=at) as record:
            row = PlaceOffer.objects.create(
                wait_id=wait, cohort_id=cohort, offered_at=at, answer_by=on + OFFER_HELD
            )
            municipality = row.wait.municipality_id
            answer_mails.tell(answer_mails.OFFERED, municipality, on=on, at=at, offer=row.pk)
            record(
                row,
                municipality_id=municipality,
                details={
                    **_details(rollout, row.cohort),
                    "answer_by": row.answer_by.isoformat(),
                },
            )
        made.append(row)
    return made


def take_offer(*, offer: PlaceOffer, by: Actor, on: date, at: datetime) -> Place:
    """Raises CannotPlace when it no longer stands."""
    with change("rollouts.offer.taken", by=by, at=at) as record:
        row = _held_offer(offer, by=by, on=on)
        wait = row.wait
        if RolloutState(wait.rollout.state) not in ENROLLING:
            raise CannotPlace(PlaceRefusal.NOT_OPEN)
        said = _newest(wait.rollout_id, wait.municipality_id)
        _close(row, OfferOutcome.TAKEN, at=at)
        _end_wait(wait, WaitEnd.PLACED, OfferOutcome.TAKEN, at=at)
        place = give(cohort=row.cohort, answer=said, by=by, on=on, at=at)
        record(
            row, municipality_id=wait.municipality_id, details=_details(wait.rollout, row.cohort)
        )
    return place


def decline_offer(*, offer: PlaceOffer, by: Actor, on: date, at: datetime) -> PlaceOffer:
    """The municipality stays in line for other cohorts, and the seat goes to the next."""
    with change("rollouts.offer.declined", by=by, at=at) as record:
        row = _held_offer(offer, by=by, on=on)
        _close(row, OfferOutcome.DECLINED, at=at)
        offer_next(rollout=row.wait.rollout, by=by, on=on, at=at)
        record(
            row,
            municipality_id=row.wait.municipality_id,
            details=_details(row.wait.rollout, row.cohort),
        )
    return row


def expire_offers(*, by: Actor, on: date, at: datetime) -> int:
    """Offers whose day has passed go to the next in line. Says how many passed.

    And whoever waits is offered what became free by itself: a cohort that the stop rule lets go on
    as more take the solution in use, or a seat kept for a municipality that went elsewhere.

    Where no place could be taken meanwhile, the day that passed is not held against anybody.
    """
    late = PlaceOffer.objects.filter(ended_at=None, answer_by__lt=on)
    count = 0
    waited = Q(waits__offers__in=late) | Q(waits__ended_at=None, waits__isnull=False)
    for rollout in Rollout.objects.filter(waited).distinct().order_by("pk"):
        with change("rollouts.offer.expired", by=by, at=at) as record:
            hold(rollout.pk)
            rows = list(late.filter(wait__rollout=rollout).select_related("wait").order_by("pk"))
            state = Rollout.objects.values_list("state", flat=True).get(pk=rollout.pk)
            could = RolloutState(state) in ENROLLING
            for row in rows:
                outcome = OfferOutcome.EXPIRED if could else OfferOutcome.WITHDRAWN
                _close(row, outcome, at=at)
            offer_next(rollout=rollout, by=by, on=on, at=at)
            for row in rows:
                record(
                    row,
                    municipality_id=row.wait.municipality_id,
                    details=_details(rollout, row.cohort),
                )
            if not rows:
                record.nothing_changed()
            count += len(rows)
    return count


def _held_offer(offer: PlaceOffer, *, by: Actor, on: date) -> PlaceOffer:
    hold_municipality(offer.wait.solution_id, offer.wait.municipality_id)
    hold(offer.cohort.rollout_id)
    row = (
        PlaceOffer.objects.select_for_update(of=("self",))
        .select_related("wait__rollout", "cohort")
        .get(pk=offer.pk)
    )
    _mandate(by, row.wait.municipality_id, row.wait.solution_id, on)
    if row.ended_at is not None:
        expired = row.outcome == OfferOutcome.EXPIRED.value
        raise CannotPlace(PlaceRefusal.OFFER_EXPIRED if expired else PlaceRefusal.OFFER_ENDED)
    if row.answer_by < on:
        raise CannotPlace(PlaceRefusal.OFFER_EXPIRED)
    return row


def _close(row: PlaceOffer, outcome: OfferOutcome, *, at: datetime) -> None:
    row.outcome, row.ended_at = outcome.value, max(at, row.offered_at)
    row.save(update_fields=["outcome", "ended_at"])


def end_wait(
    *, municipality: int, solution: int, how: WaitEnd, at: datetime, rollout: int | None = None
) -> None:
    """Out of line, with the offer it may have; nothing when it does not wait.

    In one rollout, or wherever it waits for the solution.
    """
    rows = Wait.objects.filter(municipality=municipality, solution=solution, ended_at=None)
    row = (rows if rollout is None else rows.filter(rollout=rollout)).first()
    if row is not None:
        _end_wait(row, how, OfferOutcome.WITHDRAWN, at=at)


def _end_wait(row: Wait, how: WaitEnd, outcome: OfferOutcome, *, at: datetime) -> None:
    for offer in row.offers.filter(ended_at=None):
        _close(offer, outcome, at=at)
    row.ended_at, row.end = at, how.value
    row.save(update_fields=["ended_at", "end"])


# --- whole cohorts and rollouts ---


def cohort_cancelled(
    *, cohort: Cohort, reason: str, by: Actor, on: date, at: datetime
) -> list[Place]:
    """Everybody in the cohort goes to the waiting list from when their place was given.

    For whoever cancels a cohort, in the same change.
    """
    hold(cohort.rollout_id)
    rollout = cohort.rollout
    ended = []
    _keep_no_seats(cohort, at=at)
    for row in Place.objects.taken().filter(cohort=cohort).order_by("given_at", "pk"):
        end(place=row, how=PlaceEnd.COHORT_CANCELLED, reason=reason, by=by, on=on, at=at)
        Wait.objects.create(
            rollout=rollout,
            solution_id=row.solution_id,
            municipality_id=row.municipality_id,
            answer=_newest(rollout.pk, row.municipality_id),
            since=row.given_at,
        )
        ended.append(row)
    offer_next(rollout=rollout, by=by, on=on, at=at)
    return ended


def cohort_finished(*, cohort: Cohort, by: Actor, on: date, at: datetime) -> list[Place]:
    """The places of a cohort that is gone through with end, and what they led to stays."""
    hold(cohort.rollout_id)
    _keep_no_seats(cohort, at=at)
    return [
        end(place=row, how=PlaceEnd.FINISHED, reason="", by=by, on=on, at=at)
        for row in Place.objects.taken().filter(cohort=cohort).order_by("pk")
    ]


def _keep_no_seats(cohort: Cohort, *, at: datetime) -> None:
    """None is kept for a received answer, or offered, in a cohort that is over."""
    ReceivedAnswer.objects.filter(cohort=cohort, confirmed_by=None).update(cohort=None)
    for offer in PlaceOffer.objects.filter(cohort=cohort, ended_at=None):
        _close(offer, OfferOutcome.WITHDRAWN, at=at)


def rollout_ended(*, rollout: Rollout, by: Actor, on: date, at: datetime) -> int:
    """Nobody waits in a rollout that is over. Says how many did."""
    hold(rollout.pk)
    rows = list(Wait.objects.filter(rollout=rollout, ended_at=None).order_by("pk"))
    for row in rows:
        _end_wait(row, WaitEnd.ROLLOUT_ENDED, OfferOutcome.WITHDRAWN, at=at)
    return len(rows)


# --- what a place leads to ---


def _load_key(rollout: Rollout, municipality: int) -> str:
    return f"rollouts.place.{rollout.pk}.{municipality}"


def _ask_hours(
    rollout: Rollout, cohort: Cohort, municipality: int, *, by: Actor, on: date, at: datetime
) -> None:
    """What the decision basis says that the roles it must have take, from the cohort's start."""
    basis = basis_queries.of(rollout)
    if basis is None:
        return
    people = population.inhabitants([municipality], on=on).get(municipality)
    roles = basis_rules.for_size(basis_queries.roles_of(basis), size_class(people))
    asked = basis_rules.asked((one for one in roles if one.needed), cohort.starts_on)
    load.write(
        source_key=_load_key(rollout, municipality),
        kind=LoadKind.ROLLOUT,
        title=f"{rollout.name}, {cohort.name}"[:MOST_TITLE],
        entries=[
            load.Entry(municipality_id=municipality, quarter=quarter, role=role, hours=hours)
            for quarter, by_role in asked.items()
            for role, hours in by_role.items()
        ],
        by=by,
        at=at,
    )


def _decided(rollout: Rollout) -> Stage:
    joint = rollout.offer.solution.is_joint_process
    return Stage.SIGNED_UP if joint else Stage.DECIDED


def _say_decided(rollout: Rollout, municipality: int, *, by: Actor, on: date, at: datetime) -> None:
    """Not of whoever has come further already: a «bruksløft» takes nobody back."""
    wanted = _decided(rollout)
    known = stage_queries.standing([rollout.offer_id], on, municipalities=[municipality])
    standing = known.get((rollout.offer_id, municipality))
    if standing is not None and has_reached(standing.agreed, wanted):
        return
    stages.say(
        offer=rollout.offer,
        municipality=Municipality.objects.get(pk=municipality),
        said=stages.Said(
            stage=wanted, happened_on=on, source=Source.ROLLOUT, source_words=rollout.name
        ),
        by=by,
        on=on,
        at=at,
    )


def _take_back_decided(rollout: Rollout, place: Place, *, by: Actor, at: datetime) -> None:
    """Only what the rollout itself said when the place was given, and nothing later."""
    row = (
        StageEvent.objects.known_at(None)
        .filter(
            offer=rollout.offer_id,
            municipality=place.municipality_id,
            source=Source.ROLLOUT.value,
            recorded_at__gte=place.given_at,
        )
        .order_by("-happened_on", "-recorded_at", "-pk")
        .first()
    )
    if row is not None and row.stage == _decided(rollout).value:
        stages.withdraw(event=row, reason=place.end_reason or place.get_end_display(), by=by, at=at)


def _details(rollout: Rollout, cohort: Cohort) -> dict[str, str]:
    return {"rollout": rollout.slug, "name": rollout.name, "cohort": cohort.name}

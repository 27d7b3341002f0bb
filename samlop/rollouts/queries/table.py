"""Every municipality of a day, and where it stands in a rollout: the leader's table."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import Max, Q

from samlop.lib.days import local_day
from samlop.lib.reach import Reach
from samlop.municipalities.queries import register
from samlop.portfolio.queries import readiness
from samlop.rollouts.models import (
    Answer,
    Interest,
    Invitation,
    LeaderNote,
    MailingRecipient,
    Place,
    PlaceOffer,
    ReceivedAnswer,
    Rollout,
)
from samlop.rollouts.queries import private
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules import table as rules
from samlop.rollouts.rules.answers import AnswerState, Channel, Reason
from samlop.rollouts.rules.before import Likely, Obstacle, Stance
from samlop.rollouts.rules.followup import Signal
from samlop.rollouts.rules.invitations import MOST_REMINDERS
from samlop.rollouts.rules.places import PlaceEnd
from samlop.rollouts.rules.table import PUBLIC, Facts, Need, Sums, TableState


class _OfMunicipality(Protocol):
    @property
    def municipality_id(self) -> int: ...


RowT = TypeVar("RowT", bound=_OfMunicipality)


class Row(NamedTuple):
    """One municipality; `state` is None where the reader may not know it.

    A tuple, for there are 357 of them on a page. What is None or empty besides is unknown, or
    not the reader's.
    """

    pk: int
    number: str
    name: str
    county: str | None
    group: str | None
    group_slug: str | None
    inhabitants: int | None
    state: TableState | None
    need: Need | None = None
    cohort: str = ""
    answer_by: date | None = None
    # Of «til behandling» the day it is expected; of «ikke nå» the day to ask again.
    until: date | None = None
    answered_on: date | None = None
    reason: Reason | None = None
    reason_text: str = ""
    vendor_waits: bool = False
    vendor_expected: date | None = None
    signal: Signal | None = None
    next_contact: date | None = None
    last_contact: date | None = None
    likely: Likely | None = None
    obstacle: Obstacle | None = None
    stance: Stance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is read of a rollout, by municipality."""

    target: frozenset[int]
    invitations: Mapping[int, Invitation]
    answers: Mapping[int, Answer]
    places: Mapping[int, Place]
    offers: Mapping[int, str]
    received: Mapping[int, ReceivedAnswer]
    phoned: Mapping[int, ReceivedAnswer]
    notes: Mapping[int, LeaderNote]
    mailed: Mapping[int, datetime]
    # What is believed of it: whether it joins, and what is in the way.
    surveyed: Mapping[int, tuple[str, str]]
    interests: Mapping[int, Interest]
    waiting_for_vendor: frozenset[int] = frozenset()
    vendor_expected: Mapping[int, date] = field(default_factory=dict)

    def touched(self) -> frozenset[int]:
        """Those of whom anything is known in the rollout itself; the others differ in nothing."""
        return frozenset().union(
            self.invitations,
            self.answers,
            self.places,
            self.offers,
            self.received,
            self.phoned,
            self.notes,
            self.mailed,
            self.surveyed,
            self.interests,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Counts of every municipality of the day, whoever reads; `outside` of those not hers to see.

    What may be told of these is `told`: her own exactly, the others as safe sums. Whoever takes
    away her own from a sum is left with five or more.
    """

    counts: Mapping[TableState, int]
    outside: Mapping[TableState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def told(self) -> Sums:
        safe = rules.safe_sums(self.outside)
        shown = {
            state: safe.shown.get(state, 0) + self.counts.get(state, 0) - self.outside.get(state, 0)
            for state in TableState
        }
        return Sums(shown={state: count for state, count in shown.items() if count}, rest=safe.rest)

    def of(self, states: frozenset[TableState]) -> int:
        return sum(self.counts.get(state, 0) for state in states)


def rows(
    rollout: Rollout, on: date, reach: Reach, *, with_beliefs: bool = False
) -> tuple[tuple[Row, ...], Whole]:
    """Every municipality of the day, in no particular order, and the counts of all.

    As many queries for one as for 357: twelve, and two more for what contact persons believe
    and municipalities have said uninvited.
    """
    places = register.rows(on=on)
    known = _known(
        rollout, on, municipalities=[one.pk for one in places], with_beliefs=with_beliefs
    )
    found: list[Row] = []
    counts: Counter[TableState] = Counter()
    outside: Counter[TableState] = Counter()
    touched = known.touched()
    for place in places:
        inside = reach.holds(place.pk)
        if place.pk not in touched:
            row = _untouched(place, known, inside=inside)
            state = row.state or TableState.NOT_INVITED
            counts[state] += 1
            outside[state] += not inside
            found.append(row)
            continue
        facts = _facts(place.pk, known, on)
        state = rules.state_of(facts)
        counts[state] += 1
        outside[state] += not inside
        found.append(_row(place, state, facts, known, on, inside=inside))
    return tuple(found), Whole(counts=counts, outside=outside)


def row_of(rollout: Rollout, on: date, reach: Reach, municipality: int) -> Row | None:
    """The same of one municipality; None when it is none of that day."""
    found, _ = rows(rollout, on, reach, with_beliefs=True)
    return next((row for row in found if row.pk == municipality), None)


def _untouched(place: register.Row, known: _Known, *, inside: bool) -> Row:
    """Neither asked nor heard of: most municipalities of most rollouts."""
    state: TableState | None = TableState.OUTSIDE
    if place.pk in known.target:
        state = TableState.NOT_INVITED if inside else None
    return Row(
        place.pk,
        place.number,
        place.name,
        place.county,
        place.group,
        place.group_slug,
        place.inhabitants,
        state,
        vendor_waits=inside and place.pk in known.waiting_for_vendor,
        vendor_expected=known.vendor_expected.get(place.pk) if inside else None,
    )


def _row(
    place: register.Row,
    state: TableState,
    facts: Facts,
    known: _Known,
    on: date,
    *,
    inside: bool,
) -> Row:
    public = Row(
        pk=place.pk,
        number=place.number,
        name=place.name,
        county=place.county,
        group=place.group,
        group_slug=place.group_slug,
        inhabitants=place.inhabitants,
        state=state if inside or state in PUBLIC else None,
        cohort=_cohort(place.pk, state, known),
    )
    if not inside:
        return public
    pk = place.pk
    answer, note, survey = known.answers.get(pk), known.notes.get(pk), known.surveyed.get(pk)
    interest, invitation = known.interests.get(pk), known.invitations.get(pk)
    moments = [
        moment
        for moment in (
            note.written_at if note else None,
            known.mailed.get(pk),
            (invitation.reminded_at or invitation.sent_at) if invitation else None,
            known.phoned[pk].registered_at if pk in known.phoned else None,
        )
        if moment is not None and local_day(moment) <= on
    ]
    return public._replace(
        need=rules.need_of(state, facts, on=on),
        answer_by=facts.answer_by,
        until=facts.expected_on or facts.ask_again_on,
        answered_on=answer.given_on if answer else None,
        reason=facts.reason,
        reason_text=answer.text if answer else "",
        vendor_waits=facts.vendor_waits,
        vendor_expected=known.vendor_expected.get(pk),
        signal=facts.signal,
        next_contact=facts.next_contact,
        last_contact=local_day(max(moments)) if moments else None,
        likely=Likely(survey[0]) if survey and survey[0] else None,
        obstacle=Obstacle(survey[1]) if survey and survey[1] else None,
        stance=Stance(interest.stance) if interest else None,
    )


def _cohort(pk: int, state: TableState, known: _Known) -> str:
    """Public only for those with a place; an offer is told to those within."""
    if state in rules.HAVE_PLACE:
        return known.places[pk].cohort.name
    return ""


def _facts(pk: int, known: _Known, on: date) -> Facts:
    answer, invitation = known.answers.get(pk), known.invitations.get(pk)
    place, note, phoned = known.places.get(pk), known.notes.get(pk), known.phoned.get(pk)
    received = known.received.get(pk)
    state = AnswerState(answer.state) if answer else None
    signal = Signal(note.signal) if note and note.signal else None
    if phoned is not None and (
        note is None or signal is None or phoned.registered_at > note.written_at
    ):
        signal = _signal_of(AnswerState(phoned.state))
    standing = place is not None and _taken(place, on)
    return Facts(
        in_target=pk in known.target,
        invited=invitation is not None,
        to_call=invitation is not None and _to_call(invitation, on),
        received=received is not None
        and (answer is None or received.registered_at > answer.recorded_at),
        answer=state,
        reason=Reason(answer.reason) if answer and answer.reason else None,
        placed=standing,
        finished=place is not None and not standing and place.end == PlaceEnd.FINISHED.value,
        offered=pk in known.offers,
        left=place is not None and not standing and place.end == PlaceEnd.WITHDRAWN.value,
        answer_by=invitation.answer_by if invitation else None,
        expected_on=answer.expected_on if answer and state is AnswerState.PENDING else None,
        ask_again_on=answer.ask_again_on if answer else None,
        reopened=bool(answer and answer.reopened_at and local_day(answer.reopened_at) <= on),
        vendor_waits=pk in known.waiting_for_vendor,
        signal=signal,
        next_contact=note.next_contact if note else None,
    )


def _taken(place: Place, on: date) -> bool:
    return place.ended_at is None or local_day(place.ended_at) > on


def _to_call(invitation: Invitation, on: date) -> bool:
    if invitation.to_call_since is not None and invitation.to_call_since <= on:
        return True
    return invitation.reminders >= MOST_REMINDERS and invitation.answer_by < on


def _signal_of(state: AnswerState) -> Signal:
    """A call registered as an answer is a signal only."""
    return {AnswerState.YES: Signal.YES, AnswerState.NO: Signal.NO}.get(state, Signal.UNSURE)


def _known(
    rollout: Rollout, on: date, *, municipalities: Collection[int], with_beliefs: bool
) -> _Known:
    everywhere = Reach(everywhere=True)
    pk = rollout.pk
    places: dict[int, Place] = {}
    for place in (
        Place.objects.filter(cohort__rollout=pk, given_at__date__lte=on)
        .select_related("cohort")
        .order_by("given_at", "pk")
    ):
        before = places.get(place.municipality_id)
        if before is None or _taken(place, on) or not _taken(before, on):
            places[place.municipality_id] = place
    received: dict[int, ReceivedAnswer] = {}
    phoned: dict[int, ReceivedAnswer] = {}
    for one in private.received(pk, everywhere, on).select_related("confirmed_by"):
        if one.withdrawn_at is not None and local_day(one.withdrawn_at) <= on:
            continue
        if one.channel == Channel.PHONE.value:
            phoned.setdefault(one.municipality_id, one)
        elif one.confirmed_by is None or local_day(one.confirmed_by.recorded_at) > on:
            received.setdefault(one.municipality_id, one)
    surveyed: dict[int, tuple[str, str]] = {}
    interested: dict[int, Interest] = {}
    if with_beliefs:
        said = private.survey_answers(pk, everywhere, on).exclude(likely="", obstacle="")
        for municipality, likely, obstacle in said.values_list(
            "municipality_id", "likely", "obstacle"
        ):
            surveyed.setdefault(municipality, (likely, obstacle))
        interested = _first(private.interests(rollout.solution_id, everywhere, on))
    coverage = readiness.coverage(rollout.offer, on, municipalities=municipalities)
    return _Known(
        target=target_of(rollout, on),
        invitations=_first(private.invitations(pk, everywhere, on)),
        answers=_first(private.answers(pk, everywhere, on)),
        places=places,
        offers=dict(
            PlaceOffer.objects.filter(
                Q(ended_at=None) | Q(ended_at__date__gt=on),
                wait__rollout=pk,
                offered_at__date__lte=on,
            ).values_list("wait__municipality_id", "cohort__name")
        ),
        received=received,
        phoned=phoned,
        notes=_first(
            private.notes(pk, everywhere, on)
            .order_by("municipality_id", "-written_at", "-pk")
            .distinct("municipality_id")
        ),
        mailed=dict(
            MailingRecipient.objects.filter(
                mailing__rollout=pk, mailing__sent_at__date__lte=on, people__gt=0
            )
            .values("municipality_id")
            .annotate(last=Max("mailing__sent_at"))
            .values_list("municipality_id", "last")
        ),
        surveyed=surveyed,
        interests=interested,
        waiting_for_vendor=coverage.waiting,
        vendor_expected=coverage.expected,
    )


def _first(found: Iterable[RowT]) -> dict[int, RowT]:
    """The first row of each municipality."""
    rows: dict[int, RowT] = {}
    for row in found:
        rows.setdefault(row.municipality_id, row)
    return rows

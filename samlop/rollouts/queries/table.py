"""Every municipality of a day, and where it stands in a rollout: the leader's table."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from django.db import connection

from samlop.lib.days import local_day
from samlop.lib.reach import Reach
from samlop.municipalities.queries import register
from samlop.portfolio.queries import readiness
from samlop.rollouts.models import Interest, Rollout
from samlop.rollouts.queries import private
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules import table as rules
from samlop.rollouts.rules.answers import AnswerState, Reason
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


class _Invited(NamedTuple):
    answer_by: date
    sent_at: datetime
    reminded_at: datetime | None
    reminders: int
    to_call_since: date | None


class _Answered(NamedTuple):
    state: AnswerState
    reason: Reason | None
    text: str
    given_on: date
    expected_on: date | None
    ask_again_on: date | None
    recorded_at: datetime
    reopened_at: datetime | None


class _Placed(NamedTuple):
    cohort: str
    end: str
    ended_at: datetime | None


class _Phoned(NamedTuple):
    state: AnswerState
    registered_at: datetime


class _Noted(NamedTuple):
    signal: Signal | None
    next_contact: date | None
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is read of a rollout, by municipality."""

    target: frozenset[int]
    invitations: Mapping[int, _Invited]
    answers: Mapping[int, _Answered]
    places: Mapping[int, _Placed]
    offers: Mapping[int, str]
    # When the newest answer by e-mail or letter that nobody has confirmed was registered.
    received: Mapping[int, datetime]
    phoned: Mapping[int, _Phoned]
    notes: Mapping[int, _Noted]
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

    As many queries for one as for 357: five, and two more for what contact persons believe
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
        return known.places[pk].cohort
    return ""


def _facts(pk: int, known: _Known, on: date) -> Facts:
    answer, invitation = known.answers.get(pk), known.invitations.get(pk)
    place, note, phoned = known.places.get(pk), known.notes.get(pk), known.phoned.get(pk)
    received = known.received.get(pk)
    state = answer.state if answer else None
    signal = note.signal if note else None
    if phoned is not None and (
        note is None or signal is None or phoned.registered_at > note.written_at
    ):
        signal = _signal_of(phoned.state)
    standing = place is not None and _taken(place, on)
    return Facts(
        in_target=pk in known.target,
        invited=invitation is not None,
        to_call=invitation is not None and _to_call(invitation, on),
        received=received is not None and (answer is None or received > answer.recorded_at),
        answer=state,
        reason=answer.reason if answer else None,
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


def _taken(place: _Placed, on: date) -> bool:
    return place.ended_at is None or local_day(place.ended_at) > on


def _to_call(invitation: _Invited, on: date) -> bool:
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
    heard = _heard(pk, on)
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
        invitations={
            one.municipality: _Invited(
                answer_by=one.day,
                sent_at=one.at,
                reminded_at=one.later,
                reminders=one.number,
                to_call_since=one.second_day,
            )
            for one in heard["invited"]
        },
        answers={
            one.municipality: _Answered(
                state=AnswerState(one.code),
                reason=Reason(one.second_code) if one.second_code else None,
                text=one.text,
                given_on=one.day,
                expected_on=one.second_day,
                ask_again_on=one.third_day,
                recorded_at=one.at,
                reopened_at=one.later,
            )
            for one in heard["answered"]
        },
        places={
            one.municipality: _Placed(cohort=one.text, end=one.code, ended_at=one.later)
            for one in heard["placed"]
        },
        offers={one.municipality: one.text for one in heard["offered"]},
        received={one.municipality: one.at for one in heard["received"]},
        phoned={
            one.municipality: _Phoned(state=AnswerState(one.code), registered_at=one.at)
            for one in heard["phoned"]
        },
        notes={
            one.municipality: _Noted(
                signal=Signal(one.code) if one.code else None,
                next_contact=one.second_day,
                written_at=one.at,
            )
            for one in heard["noted"]
        },
        mailed={one.municipality: one.at for one in heard["mailed"]},
        surveyed=surveyed,
        interests=interested,
        waiting_for_vendor=coverage.waiting,
        vendor_expected=coverage.expected,
    )


# Eight questions about the same rollout, asked together: each by itself costs more to put into
# words than to answer. Of each municipality the newest row that day, and a place that is taken
# before one that is not; a column means what `_known` takes it for.
_HEARD: Final = """
with asked as (
  select %(rollout)s::bigint as rollout, %(day)s::date as day
),
said as (
  select r.* from rollouts_receivedanswer r, asked
  where r.rollout_id = asked.rollout
    and (r.registered_at at time zone 'Europe/Oslo')::date <= asked.day
    and (r.withdrawn_at is null or (r.withdrawn_at at time zone 'Europe/Oslo')::date > asked.day)
)
(select distinct on (i.municipality_id) 'invited' as part, i.municipality_id,
    i.answer_by as day, i.to_call_since as second_day, null::date as third_day,
    i.sent_at as at, i.reminded_at as later, i.reminders as number,
    '' as code, '' as second_code, '' as text
  from rollouts_invitation i, asked
  where i.rollout_id = asked.rollout
    and (i.sent_at at time zone 'Europe/Oslo')::date <= asked.day
    and (i.withdrawn_at is null or (i.withdrawn_at at time zone 'Europe/Oslo')::date > asked.day)
  order by i.municipality_id, i.sent_at desc)
union all
(select distinct on (a.municipality_id) 'answered', a.municipality_id,
    a.given_on, a.expected_on, a.ask_again_on, a.recorded_at, a.reopened_at, 0,
    a.state, a.reason, a.text
  from rollouts_answer a, asked
  where a.rollout_id = asked.rollout
    and (a.recorded_at at time zone 'Europe/Oslo')::date <= asked.day
  order by a.municipality_id, a.number desc)
union all
(select distinct on (p.municipality_id) 'placed', p.municipality_id,
    null, null, null, p.given_at, p.ended_at, 0, p."end", '', c.name
  from rollouts_place p join rollouts_cohort c on c.id = p.cohort_id, asked
  where c.rollout_id = asked.rollout
    and (p.given_at at time zone 'Europe/Oslo')::date <= asked.day
  order by p.municipality_id,
    (p.ended_at is null or (p.ended_at at time zone 'Europe/Oslo')::date > asked.day) desc,
    p.given_at desc, p.id desc)
union all
(select distinct on (w.municipality_id) 'offered', w.municipality_id,
    null, null, null, o.offered_at, null, 0, '', '', c.name
  from rollouts_placeoffer o join rollouts_wait w on w.id = o.wait_id
    join rollouts_cohort c on c.id = o.cohort_id, asked
  where w.rollout_id = asked.rollout
    and (o.offered_at at time zone 'Europe/Oslo')::date <= asked.day
    and (o.ended_at is null or (o.ended_at at time zone 'Europe/Oslo')::date > asked.day)
  order by w.municipality_id, o.offered_at desc)
union all
(select distinct on (r.municipality_id) 'phoned', r.municipality_id,
    null, null, null, r.registered_at, null, 0, r.state, '', ''
  from said r where r.channel = 'phone'
  order by r.municipality_id, r.registered_at desc, r.id desc)
union all
(select 'received', r.municipality_id, null, null, null, max(r.registered_at), null, 0, '', '', ''
  from said r left join rollouts_answer a on a.id = r.confirmed_by_id, asked
  where r.channel <> 'phone'
    and (a.id is null or (a.recorded_at at time zone 'Europe/Oslo')::date > asked.day)
  group by r.municipality_id)
union all
(select distinct on (n.municipality_id) 'noted', n.municipality_id,
    null, n.next_contact, null, n.written_at, null, 0, n.signal, '', ''
  from rollouts_leadernote n, asked
  where n.rollout_id = asked.rollout and n.withdrawn_at is null
    and (n.written_at at time zone 'Europe/Oslo')::date <= asked.day
  order by n.municipality_id, n.written_at desc, n.id desc)
union all
(select 'mailed', t.municipality_id, null, null, null, max(m.sent_at), null, 0, '', '', ''
  from rollouts_mailingrecipient t join rollouts_mailing m on m.id = t.mailing_id, asked
  where m.rollout_id = asked.rollout and t.people > 0
    and (m.sent_at at time zone 'Europe/Oslo')::date <= asked.day
  group by t.municipality_id)
"""


class _Heard(NamedTuple):
    part: str
    municipality: int
    # Any where the part has none; `_known` knows which do.
    day: Any
    second_day: date | None
    third_day: date | None
    at: datetime
    later: datetime | None
    number: int
    code: str
    second_code: str
    text: str


def _heard(rollout: int, on: date) -> Mapping[str, list[_Heard]]:
    """Whatever is known of each municipality in the rollout, by part. One query."""
    found: dict[str, list[_Heard]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, {"rollout": rollout, "day": on})
        for values in cursor.fetchall():
            row = _Heard(*values)
            found[row.part].append(row)
    return found


def _first(found: Iterable[RowT]) -> dict[int, RowT]:
    """The first row of each municipality."""
    rows: dict[int, RowT] = {}
    for row in found:
        rows.setdefault(row.municipality_id, row)
    return rows

"""Who may be invited, who has been, who is silent, and whom to call."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Count, Max, Min, Q, QuerySet

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.db.text_keys import nb_sort_key
from samlop.lib.days import local_day
from samlop.lib.quarters import Quarter
from samlop.lib.reach import Reach
from samlop.messages.models import Message
from samlop.messages.rules import State
from samlop.municipalities.models import Blackout, MunicipalityCode
from samlop.municipalities.queries import capacity, register
from samlop.municipalities.rules.capacity import Level, Period
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.queries import readiness
from samlop.rollouts.models import Cohort, Invitation, InvitationLink, Rollout
from samlop.rollouts.queries import answers, basis, places
from samlop.rollouts.queries.cohorts import Lock, cohort_lock
from samlop.rollouts.queries.rollouts import target_of, within
from samlop.rollouts.rules import invitations as rules
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.basis import BasisItem
from samlop.rollouts.rules.invitations import Candidate, Exclusion, Waiting
from samlop.rollouts.rules.places import MAY_BE_WISHED
from samlop.rollouts.rules.rollouts import ENROLLING, TargetGroup

# A period that does not suit counts when it touches the first weeks of a cohort.
FIRST_WEEKS: Final = timedelta(weeks=4)

# --- whom to write to ---


def recipients(municipalities: Collection[int], *, on: date) -> Mapping[int, tuple[Person, ...]]:
    """Those who may answer for each municipality, or its coordinators where there is nobody.

    One query. The coordinator can send the link on, and cannot answer.
    """
    held = (
        Membership.objects.valid_on(on)
        .filter(
            municipality__in=municipalities,
            role__in=[Role.DECISION_MAKER.value, Role.MUNICIPAL_COORDINATOR.value],
            person__is_active=True,
        )
        .exclude(person__email=None)
        .select_related("person")
        .order_by("municipality_id", "pk")
    )
    deciding: dict[int, dict[int, Person]] = defaultdict(dict)
    others: dict[int, dict[int, Person]] = defaultdict(dict)
    for row in held:
        found = deciding if row.role == Role.DECISION_MAKER.value else others
        if row.municipality_id is not None:
            found[row.municipality_id][row.person_id] = row.person
    return {
        pk: tuple((deciding[pk] if pk in deciding else others[pk]).values())
        for pk in deciding.keys() | others.keys()
    }


# --- who may be invited ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One municipality as the page «Inviter» shows it."""

    pk: int
    number: str
    name: str
    county: str
    group: str
    language: LanguageForm
    postmottak: str
    # Whom the rollout is for.
    target: TargetGroup
    against: tuple[Exclusion, ...]
    # Of an exclusion with a day: when it may be over.
    days: Mapping[Exclusion, date]
    recipients: int
    # How full it would be in the quarter of the start, and the hours it is asked for in all.
    level: Level | None
    hours: Decimal
    breaks_room: bool

    @property
    def may_be_invited(self) -> bool:
        return rules.may_be_invited(self.against)

    @property
    def is_outside(self) -> bool:
        """The rollout, or the cohort, is not for it."""
        return not rules.NOT_FOR_IT.isdisjoint(self.against)

    @property
    def is_ticked(self) -> bool:
        """Proposed by default: nothing is against it, and it has the room."""
        return not self.against and not self.breaks_room


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """What an invitation would be to: a cohort, or any of those that may be wished for.

    `cohorts` is empty when none of them takes anybody any more.
    """

    cohort: Cohort | None
    cohorts: tuple[Cohort, ...]
    lock: Lock | None
    missing: tuple[BasisItem, ...]
    is_open: bool
    rows: tuple[Row, ...]

    @property
    def starts_on(self) -> date | None:
        return min((one.starts_on for one in self.cohorts), default=None)

    def row(self, municipality: int) -> Row | None:
        return next((one for one in self.rows if one.pk == municipality), None)


def choosing(rollout: Rollout, cohort: Cohort | None, *, on: date) -> Choosing:
    """Every municipality of the day in Norwegian order. Some forty queries, however many."""
    wishable = tuple(
        row
        for row in Cohort.objects.filter(rollout=rollout).order_by("number")
        if row.state in {state.value for state in MAY_BE_WISHED}
    )
    cohorts = tuple(row for row in wishable if cohort is None or row.pk == cohort.pk)
    locks = [cohort_lock(one, on) for one in cohorts]
    lock = next((one for one in locks if one is not None), None)
    rows = _rows(rollout, cohorts, on)
    return Choosing(
        cohort=cohort,
        cohorts=cohorts,
        # Without a cohort it is enough that one of them may invite.
        lock=lock if locks and all(locks) else None,
        missing=basis.missing(rollout),
        is_open=rollout.state in {state.value for state in ENROLLING},
        rows=rows,
    )


def _rows(rollout: Rollout, cohorts: tuple[Cohort, ...], on: date) -> tuple[Row, ...]:
    everybody = register.rows(on=on)
    keys = [place.pk for place in everybody]
    inside = within(rollout, on)
    target = target_of(rollout, on)
    fits = answers.fitting(cohorts, keys, on)
    invited = frozenset(
        Invitation.objects.filter(rollout=rollout, withdrawn_at=None).values_list(
            "municipality_id", flat=True
        )
    )
    placed = places.taken(rollout)
    said = answers.current(rollout)
    people = recipients(keys, on=on)
    coverage = readiness.coverage(rollout.offer, on)
    starts_on = min((one.starts_on for one in cohorts), default=None)
    blocked = _blocked(starts_on)
    own = basis.hours(rollout, keys, on, starts_on=starts_on)
    quarters = {quarter for one in own.values() for quarter in one.asked}
    full = capacity.fullness(on=on, quarters=quarters)
    first = Quarter.of(starts_on) if starts_on else None
    found = []
    for place in everybody:
        pk = place.pk
        expected = coverage.expected.get(pk)
        answer = said.get(pk)
        stands = answer is not None and answer.stands
        against = rules.exclusions(
            Candidate(
                in_target=pk in target or pk not in inside,
                in_region=pk in inside,
                has_key=not cohorts or bool(fits[pk]),
                invited=pk in invited,
                has_place=pk in placed,
                vendor_waits=pk in coverage.waiting
                and (expected is None or starts_on is None or expected > starts_on),
                answer=answer.state if answer and stands else None,
                ask_again=answer.ask_again_on if answer else None,
                blackout=blocked.get(pk),
                recipients=len(people.get(pk, ())),
            ),
            on=on,
        )
        here = full.get(pk, {})
        days: dict[Exclusion, date | None] = {
            Exclusion.VENDOR_NOT_READY: expected,
            Exclusion.DECLINED_UNTIL: answer.ask_again_on if answer else None,
            Exclusion.BLACKOUT: blocked[pk].ends_before if pk in blocked else None,
        }
        found.append(
            Row(
                pk=pk,
                number=place.number,
                name=place.name,
                county=place.county or "",
                group=place.group or "",
                language=LanguageForm(place.language_form),
                postmottak=place.postmottak,
                target=TargetGroup(rollout.target),
                against=against,
                days={one: day for one, day in days.items() if one in against and day},
                recipients=len(people.get(pk, ())),
                level=here[first].with_more(own[pk].asked.get(first, {}))
                if first is not None and first in here
                else None,
                hours=own[pk].total,
                breaks_room=any(
                    quarter in here
                    and rules.breaks_room(here[quarter].load, here[quarter].hours, hours)
                    for quarter, hours in own[pk].asked.items()
                ),
            )
        )
    return tuple(sorted(found, key=lambda row: (nb_sort_key(row.name), row.number)))


def _blocked(starts_on: date | None) -> Mapping[int, Period]:
    """Periods that do not suit in the first weeks of a start. One query."""
    if starts_on is None:
        return {}
    rows = Blackout.objects.filter(
        valid_from__lt=starts_on + FIRST_WEEKS, valid_to__gt=starts_on
    ).order_by("-valid_from")
    return {
        pk: Period(first, before)
        for pk, first, before in rows.values_list("municipality_id", "valid_from", "valid_to")
    }


# --- who has been ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An invitation that stands, as the leader follows it."""

    pk: int
    municipality: int
    cohort: int | None
    answer_by: date
    change_until: date
    room_reason: str
    sent_at: datetime
    reminders: int
    reminded_at: datetime | None
    to_call_since: date | None
    first_opened_at: datetime | None
    people: int
    answer: AnswerState | None
    expected_on: date | None

    @property
    def waiting(self) -> Waiting:
        return Waiting(
            sent_on=local_day(self.sent_at),
            answer_by=self.answer_by,
            reminders=self.reminders,
            reminded_on=local_day(self.reminded_at) if self.reminded_at else None,
            to_call=self.to_call_since is not None,
            answer=self.answer,
            expected_on=self.expected_on,
        )

    def is_silent(self, on: date) -> bool:
        return rules.is_silent(self.waiting, on=on)


def standing(rollout: Rollout | int) -> Mapping[int, Standing]:
    """The invitations that stand, by municipality. Two queries."""
    return {one.municipality: one for one in _standing(Invitation.objects.filter(rollout=rollout))}


def _standing(rows: QuerySet[Invitation]) -> list[Standing]:
    open_links = Q(links__revoked_at=None)
    found = list(
        rows.filter(withdrawn_at=None)
        .annotate(
            opened=Min("links__first_opened_at"),
            people=Count("links", filter=open_links),
        )
        .order_by("pk")
    )
    given = answers.current_of([row.municipality_id for row in found])
    return [
        Standing(
            pk=row.pk,
            municipality=row.municipality_id,
            cohort=row.cohort_id,
            answer_by=row.answer_by,
            change_until=row.change_until,
            room_reason=row.room_reason,
            sent_at=row.sent_at,
            reminders=row.reminders,
            reminded_at=row.reminded_at,
            to_call_since=row.to_call_since,
            first_opened_at=row.opened,
            people=row.people,
            answer=answer.state if answer else None,
            expected_on=answer.expected_on if answer else None,
        )
        for row in found
        for answer in [given.get((row.rollout_id, row.municipality_id))]
    ]


def waiting() -> list[tuple[Invitation, Waiting]]:
    """Every invitation that may need a reminder: of rollouts that take answers. Two queries."""
    rows = Invitation.objects.filter(
        rollout__state__in=[state.value for state in ENROLLING], to_call_since=None
    )
    found = {one.pk: one for one in _standing(rows)}
    known = Invitation.objects.filter(pk__in=found).select_related("rollout").order_by("pk")
    return [(row, found[row.pk].waiting) for row in known]


# --- how far a send has come ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The mails of a rollout's invitations, by how far each has come."""

    invitations: int
    mails: int
    sent: int
    failed: int
    withheld: int
    opened: int
    copies: int
    copies_sent: int
    last_sent_at: datetime | None

    @property
    def on_the_way(self) -> int:
        return self.mails - self.sent - self.failed - self.withheld

    @property
    def is_done(self) -> bool:
        return self.on_the_way == 0


def progress(rollout: Rollout | int) -> Progress:
    """Counted anew each time. Three queries."""
    links = InvitationLink.objects.filter(
        invitation__rollout=rollout, invitation__withdrawn_at=None, revoked_at=None
    )
    counted = links.aggregate(
        mails=Count("message"),
        sent=Count("pk", filter=Q(message__state=State.SENT.value)),
        failed=Count("pk", filter=Q(message__state=State.FAILED.value)),
        withheld=Count("pk", filter=Q(message__state=State.WITHHELD.value)),
        opened=Count("pk", filter=Q(first_opened_at__isnull=False)),
    )
    standing_ = Invitation.objects.filter(rollout=rollout, withdrawn_at=None)
    whole = standing_.aggregate(count=Count("pk"), last=Max("sent_at"))
    copies = Message.objects.filter(pk__in=standing_.values("archived_by"))
    of_copies = Counter(copies.values_list("state", flat=True))
    return Progress(
        invitations=whole["count"],
        mails=counted["mails"],
        sent=counted["sent"],
        failed=counted["failed"],
        withheld=counted["withheld"],
        opened=counted["opened"],
        copies=sum(of_copies.values()),
        copies_sent=of_copies[State.SENT.value],
        last_sent_at=whole["last"],
    )


# --- «Ring» ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCall:
    """A municipality that has not answered two reminders, and whom to call there."""

    invitation: int
    rollout_slug: str
    rollout: str
    municipality: int
    answer_by: date
    since: date
    people: tuple[Membership, ...]


def to_call(reach: Reach, *, on: date) -> tuple[ToCall, ...]:
    """Within reach, those that have waited longest first. Three queries."""
    rows = Invitation.objects.filter(
        to_call_since__isnull=False,
        withdrawn_at=None,
        rollout__state__in=[state.value for state in ENROLLING],
    )
    if not reach.everywhere:
        rows = rows.filter(municipality__in=reach.municipalities)
    found = list(rows.select_related("rollout").order_by("to_call_since", "pk"))
    if not found:
        return ()
    given = answers.current_of([row.municipality_id for row in found])
    silent = [
        row
        for row in found
        for said in [given.get((row.rollout_id, row.municipality_id))]
        if said is None
        or (
            said.state is AnswerState.PENDING
            and said.expected_on is not None
            and said.expected_on < on
        )
    ]
    people: dict[int, list[Membership]] = defaultdict(list)
    for held in (
        Membership.objects.valid_on(on)
        .filter(
            municipality__in=[row.municipality_id for row in silent],
            role__in=[Role.DECISION_MAKER.value, Role.MUNICIPAL_COORDINATOR.value],
            person__is_active=True,
        )
        .select_related("person")
        .order_by("municipality_id", "role", "pk")
    ):
        if held.municipality_id is not None:
            people[held.municipality_id].append(held)
    return tuple(
        ToCall(
            invitation=row.pk,
            rollout_slug=row.rollout.slug,
            rollout=row.rollout.name,
            municipality=row.municipality_id,
            answer_by=row.answer_by,
            since=row.to_call_since,
            people=tuple(people[row.municipality_id]),
        )
        for row in silent
        if row.to_call_since is not None
    )


# --- one invitation ---


def invitation_of(rollout: Rollout | int, municipality: int) -> Invitation | None:
    """The invitation that stands. One query."""
    return (
        Invitation.objects.filter(rollout=rollout, municipality=municipality, withdrawn_at=None)
        .select_related("cohort")
        .first()
    )


def links_of(invitation: Invitation) -> tuple[InvitationLink, ...]:
    """Everybody who has got a link, the first first. One query."""
    return tuple(
        InvitationLink.objects.filter(invitation=invitation)
        .select_related("person", "message")
        .order_by("sent_at", "pk")
    )


def titles(people: Collection[int], municipality: int, *, on: date) -> Mapping[int, Membership]:
    """The role each of these people has in the municipality that day. One query."""
    held = (
        Membership.objects.valid_on(on)
        .filter(person__in=people, municipality=municipality)
        .order_by("-role", "pk")
    )
    order = {Role.DECISION_MAKER.value: 0, Role.MUNICIPAL_COORDINATOR.value: 1}
    found: dict[int, Membership] = {}
    for row in sorted(held, key=lambda one: order.get(one.role, 2)):
        found.setdefault(row.person_id, row)
    return found


def deciders(municipality: int, *, on: date) -> tuple[Membership, ...]:
    """Those who may answer for the municipality that day. One query."""
    return tuple(
        Membership.objects.valid_on(on)
        .filter(
            municipality=municipality,
            role=Role.DECISION_MAKER.value,
            person__is_active=True,
        )
        .exclude(person__email=None)
        .select_related("person")
        .order_by("pk")
    )


def name_of(municipality: int) -> str:
    """The newest name of a municipality. One query."""
    newest = MunicipalityCode.objects.filter(municipality=municipality).order_by("-valid_from")
    return newest.values_list("qualified_name", flat=True).first() or ""

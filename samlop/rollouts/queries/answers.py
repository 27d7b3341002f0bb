"""What municipalities have answered, who may answer for one, and what may be wished for."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.municipalities.models import RegionMembership, VendorProfile
from samlop.rollouts.models import (
    Answer,
    Cohort,
    CohortWish,
    Grant,
    Invitation,
    ReceivedAnswer,
    Rollout,
)
from samlop.rollouts.rules.answers import AnswerState, Channel, Content, Mandate, Reason
from samlop.rollouts.rules.places import MAY_BE_WISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The newest version of a municipality's answer."""

    pk: int
    rollout: int
    municipality: int
    number: int
    state: AnswerState
    mandate: Mandate
    given_by: int
    # Role and organisation as they were, never a name.
    given_as: str
    given_on: date
    recorded_at: datetime
    case_number: str
    reason: Reason | None
    text: str
    expected_on: date | None
    ask_again_on: date | None
    ask_when_gone: bool
    hosts_others: bool
    # The question has been put again, because the reason was gone.
    reopened_at: datetime | None

    @classmethod
    def of(cls, row: Answer) -> "Current":
        return cls(
            pk=row.pk,
            rollout=row.rollout_id,
            municipality=row.municipality_id,
            number=row.number,
            state=AnswerState(row.state),
            mandate=Mandate(row.mandate),
            given_by=row.given_by_id,
            given_as=row.given_as,
            given_on=row.given_on,
            recorded_at=row.recorded_at,
            case_number=row.case_number,
            reason=Reason(row.reason) if row.reason else None,
            text=row.text,
            expected_on=row.expected_on,
            ask_again_on=row.ask_again_on,
            ask_when_gone=row.ask_when_gone,
            hosts_others=row.hosts_others,
            reopened_at=row.reopened_at,
        )

    @property
    def stands(self) -> bool:
        """Not when it has been opened anew: then an answer is awaited again."""
        return self.reopened_at is None

    def content(self, wishes: tuple[int, ...] = ()) -> Content:
        return Content(
            state=self.state,
            wishes=wishes,
            case_number=self.case_number,
            reason=self.reason,
            text=self.text,
            expected_on=self.expected_on,
            ask_again_on=self.ask_again_on,
            ask_when_gone=self.ask_when_gone,
            hosts_others=self.hosts_others,
        )


def current(rollout: Rollout | int) -> Mapping[int, Current]:
    """The newest answer of each municipality that has given one, by municipality. One query."""
    rows = Answer.objects.filter(rollout=rollout)
    return {row.municipality_id: Current.of(row) for row in _newest(rows)}


def current_of(municipalities: Collection[int]) -> Mapping[tuple[int, int], Current]:
    """The newest answers of some municipalities, by (rollout, municipality). One query."""
    rows = Answer.objects.filter(municipality__in=municipalities)
    return {(row.rollout_id, row.municipality_id): Current.of(row) for row in _newest(rows)}


def newest(rollout: Rollout | int, municipality: int) -> Current | None:
    """One municipality's newest answer. One query."""
    row = _newest(Answer.objects.filter(rollout=rollout, municipality=municipality)).first()
    return Current.of(row) if row else None


def _newest(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    return rows.order_by("rollout_id", "municipality_id", "-number").distinct(
        "rollout_id", "municipality_id"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an answer, with the cohorts it wished for."""

    answer: Current
    wishes: tuple[str, ...]


def versions(rollout: Rollout | int, municipality: int) -> tuple[Version, ...]:
    """Every version of a municipality's answer, newest first. Two queries."""
    rows = list(
        Answer.objects.filter(rollout=rollout, municipality=municipality).order_by("-number")
    )
    named: dict[int, list[str]] = defaultdict(list)
    wishes = CohortWish.objects.filter(answer__in=rows).order_by("answer_id", "rank")
    for answer, cohort in wishes.values_list("answer_id", "cohort__name"):
        named[answer].append(cohort)
    return tuple(
        Version(answer=Current.of(row), wishes=tuple(named.get(row.pk, ()))) for row in rows
    )


def wishes_of(answers: Collection[int]) -> Mapping[int, tuple[int, ...]]:
    """The cohorts that answers wished for, in order. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = CohortWish.objects.filter(answer__in=answers).order_by("answer_id", "rank")
    for answer, cohort in rows.values_list("answer_id", "cohort_id"):
        found[answer].append(cohort)
    return {answer: tuple(cohorts) for answer, cohorts in found.items()}


def wishable(
    rollout: Rollout | int, municipalities: Collection[int], on: date
) -> Mapping[int, tuple[Cohort, ...]]:
    """The cohorts each municipality may wish for: still open, and with its own key. Three queries.

    Two of them only when a cohort has a key.
    """
    rows = [
        row
        for row in Cohort.objects.filter(rollout=rollout).order_by("number")
        if row.state in {state.value for state in MAY_BE_WISHED}
    ]
    fits = fitting(rows, municipalities, on)
    return {one: tuple(row for row in rows if row.pk in fits[one]) for one in municipalities}


def fitting(
    cohorts: Collection[Cohort], municipalities: Collection[int], on: date
) -> Mapping[int, frozenset[int]]:
    """The cohorts whose product or cooperation each municipality has; one without takes anybody.

    Two queries, none when no cohort has a key.
    """
    products = {row.product_id for row in cohorts if row.product_id is not None}
    regions = {row.cooperation_id for row in cohorts if row.cooperation_id is not None}
    uses: set[tuple[int, int]] = set()
    inside: set[tuple[int, int]] = set()
    if products:
        profiles = VendorProfile.objects.valid_on(on).filter(
            product__in=products, municipality__in=municipalities
        )
        uses = set(profiles.values_list("municipality_id", "product_id"))
    if regions:
        members = RegionMembership.objects.valid_on(on).filter(
            region__in=regions, municipality__in=municipalities
        )
        inside = set(members.values_list("municipality_id", "region_id"))
    return {
        one: frozenset(
            row.pk
            for row in cohorts
            if (row.product_id is None or (one, row.product_id) in uses)
            and (row.cooperation_id is None or (one, row.cooperation_id) in inside)
        )
        for one in municipalities
    }


# --- who may answer ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A membership that lets somebody answer for a municipality; by a grant, or her own."""

    membership: Membership
    grant: Grant | None = None


def mandate_of(person: int | None, municipality: int, solution: int, on: date) -> Held | None:
    """By what right the person may answer for the municipality that day. At most two queries."""
    if person is None:
        return None
    held = (
        Membership.objects.filter(person=person)
        .valid_on(on)
        .select_related("municipality", "region")
        .order_by("pk")
    )
    own = held.filter(role=Role.DECISION_MAKER.value, municipality=municipality).first()
    if own is not None:
        return Held(membership=own)
    for grant in granted(municipality, solution, on):
        if grant.host_id is not None:
            speaks = held.filter(role=Role.DECISION_MAKER.value, municipality=grant.host_id)
        else:
            speaks = held.filter(role=Role.CONTACT_PERSON.value, region=grant.cooperation_id)
        if (membership := speaks.first()) is not None:
            return Held(membership=membership, grant=grant)
    return None


def granted(municipality: int, solution: int, on: date) -> QuerySet[Grant]:
    """The grants that hold that day. One query."""
    return (
        Grant.objects.filter(municipality=municipality, solution=solution, valid_from__lte=on)
        .filter(Q(valid_to=None) | Q(valid_to__gt=on))
        .order_by("pk")
    )


def grants_of(municipality: int) -> QuerySet[Grant]:
    """Every grant a municipality has given, newest first. One query."""
    return (
        Grant.objects.filter(municipality=municipality)
        .select_related("solution", "cooperation", "host")
        .order_by("-given_at", "-pk")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MayAnswer:
    """A municipality that has let a host answer, and an invitation that it has."""

    municipality: int
    solution_name: str
    rollout_slug: str
    rollout_name: str


def may_answer_for(host: int, on: date) -> tuple[MayAnswer, ...]:
    """What the municipalities that let this one answer are invited to. Two queries."""
    grants = Grant.objects.filter(host=host, valid_from__lte=on).filter(
        Q(valid_to=None) | Q(valid_to__gt=on)
    )
    granted_ = set(grants.values_list("municipality_id", "solution_id"))
    rows = (
        Invitation.objects.filter(
            withdrawn_at=None,
            municipality__in=[municipality for municipality, _ in granted_],
            rollout__in=Rollout.objects.enrolling(),
        )
        .select_related("rollout__solution")
        .order_by("rollout__name", "pk")
    )
    return tuple(
        MayAnswer(
            municipality=row.municipality_id,
            solution_name=row.rollout.solution.name,
            rollout_slug=row.rollout.slug,
            rollout_name=row.rollout.name,
        )
        for row in rows
        if (row.municipality_id, row.rollout.solution_id) in granted_
    )


# --- answers that came by other ways ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer by e-mail or letter that nobody has confirmed, or a phone call's signal."""

    pk: int
    rollout: int
    municipality: int
    channel: Channel
    state: AnswerState
    decided_by: str
    received_on: date
    note: str
    document: int | None
    # Where a seat is kept until it is confirmed.
    cohort: int | None
    cohort_name: str
    registered_by: int
    registered_at: datetime

    @property
    def is_signal(self) -> bool:
        return self.channel is Channel.PHONE

    @classmethod
    def of(cls, row: ReceivedAnswer) -> "Received":
        return cls(
            pk=row.pk,
            rollout=row.rollout_id,
            municipality=row.municipality_id,
            channel=Channel(row.channel),
            state=AnswerState(row.state),
            decided_by=row.decided_by,
            received_on=row.received_on,
            note=row.note,
            document=row.document_id,
            cohort=row.cohort_id,
            cohort_name=row.cohort.name if row.cohort else "",
            registered_by=row.registered_by_id,
            registered_at=row.registered_at,
        )


def received(rollout: Rollout | int) -> Mapping[int, tuple[Received, ...]]:
    """What is registered and not settled, by municipality, newest first. One query."""
    return _received(ReceivedAnswer.objects.filter(rollout=rollout))


def received_by(municipality: int) -> Mapping[int, tuple[Received, ...]]:
    """What is registered of one municipality and not settled, by rollout. One query."""
    found: dict[int, list[Received]] = defaultdict(list)
    rows = ReceivedAnswer.objects.filter(municipality=municipality)
    for several in _received(rows).values():
        for one in several:
            found[one.rollout].append(one)
    return {rollout: tuple(several) for rollout, several in found.items()}


def _received(rows: QuerySet[ReceivedAnswer]) -> Mapping[int, tuple[Received, ...]]:
    found: dict[int, list[Received]] = defaultdict(list)
    open_ = rows.filter(confirmed_by=None, withdrawn_at=None).select_related("cohort")
    for row in open_.order_by("-registered_at", "-pk"):
        found[row.municipality_id].append(Received.of(row))
    return {municipality: tuple(several) for municipality, several in found.items()}

"""Who has a place, how much room is left, and who waits for what."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from samlop.rollouts.models import Cohort, Place, PlaceOffer, ReceivedAnswer, Rollout, Wait
from samlop.rollouts.queries import answers
from samlop.rollouts.queries.cohorts import stop_rule
from samlop.rollouts.rules import places as rules
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.places import TURNED_DOWN, InLine, OfferOutcome, Room, Stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A municipality's place."""

    pk: int
    rollout: int
    municipality: int
    cohort: int
    cohort_number: int
    cohort_name: str
    starts_on: date
    ends_on: date
    change_until: date
    given_at: datetime

    @classmethod
    def of(cls, row: Place) -> "Taken":
        return cls(
            pk=row.pk,
            rollout=row.cohort.rollout_id,
            municipality=row.municipality_id,
            cohort=row.cohort_id,
            cohort_number=row.cohort.number,
            cohort_name=row.cohort.name,
            starts_on=row.cohort.starts_on,
            ends_on=row.cohort.ends_on,
            change_until=row.cohort.change_until,
            given_at=row.given_at,
        )


def taken(rollout: Rollout | int) -> Mapping[int, Taken]:
    """The places of a rollout, by municipality. One query."""
    rows = Place.objects.taken().filter(cohort__rollout=rollout).select_related("cohort")
    return {row.municipality_id: Taken.of(row) for row in rows}


def rooms(rollout: Rollout | int, on: date) -> tuple[Room, ...]:
    """The seats of each cohort, in their order. At most ten queries."""
    pk = rollout if isinstance(rollout, int) else rollout.pk
    cohorts = list(Cohort.objects.filter(rollout=pk).order_by("number"))
    keys = [row.pk for row in cohorts]
    places = Counter(
        Place.objects.taken().filter(cohort__in=keys).values_list("cohort_id", flat=True)
    )
    reserved = Counter(
        cohort
        for cohort, _ in ReceivedAnswer.objects.filter(
            cohort__in=keys, confirmed_by=None, withdrawn_at=None
        )
        .values_list("cohort_id", "municipality_id")
        .distinct()
    )
    offered = Counter(
        PlaceOffer.objects.filter(cohort__in=keys, ended_at=None).values_list(
            "cohort_id", flat=True
        )
    )
    locked = {one.cohort for one in stop_rule(pk, on) if one.lock is not None}
    return tuple(
        Room(
            cohort=row.pk,
            state=CohortState(row.state),
            maximum=row.maximum,
            places=places[row.pk],
            reserved=reserved[row.pk],
            offered=offered[row.pk],
            locked=row.pk in locked,
        )
        for row in cohorts
    )


def line(rollout: Rollout | int, on: date) -> tuple[InLine, ...]:
    """Everybody who waits, whoever came first first. At most seven queries."""
    waits = list(Wait.objects.filter(rollout=rollout, ended_at=None).order_by("since", "pk"))
    if not waits:
        return ()
    said = answers.current(rollout)
    newest = {row.pk: said[row.municipality_id].pk for row in waits if row.municipality_id in said}
    wished = answers.wishes_of(newest.values())
    cohorts = list(Cohort.objects.filter(rollout=rollout).order_by("number"))
    fits = answers.fitting(cohorts, [row.municipality_id for row in waits], on)
    turned: dict[int, set[int]] = defaultdict(set)
    offered: dict[int, int] = {}
    for wait, cohort, outcome in PlaceOffer.objects.filter(wait__in=waits).values_list(
        "wait_id", "cohort_id", "outcome"
    ):
        if not outcome:
            offered[wait] = cohort
        elif OfferOutcome(outcome) in TURNED_DOWN:
            turned[wait].add(cohort)
    return tuple(
        InLine(
            wait=row.pk,
            municipality=row.municipality_id,
            wishes=wished.get(newest[row.pk], ())
            or tuple(one.pk for one in cohorts if one.pk in fits[row.municipality_id]),
            turned_down=frozenset(turned[row.pk]),
            offered=offered.get(row.pk),
        )
        for row in waits
        if row.pk in newest
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody on the waiting list: since when, as what number, and why nothing moves.

    `stands` is by cohort name, in the municipality's own order.
    """

    wait: int
    municipality: int
    since: datetime
    number: int
    stands: tuple[tuple[str, Stand], ...]
    offer: int | None
    offered_cohort: str
    answer_by: date | None


def waiting(rollout: Rollout | int, on: date) -> tuple[Standing, ...]:
    """The waiting list in order, with its reasons. At most twenty queries."""
    inline = line(rollout, on)
    if not inline:
        return ()
    seats = rooms(rollout, on)
    names = dict(Cohort.objects.filter(rollout=rollout).values_list("pk", "name"))
    since = dict(Wait.objects.filter(rollout=rollout, ended_at=None).values_list("pk", "since"))
    offers = {
        wait: (pk, answer_by)
        for wait, pk, answer_by in PlaceOffer.objects.filter(
            wait__in=since, ended_at=None
        ).values_list("wait_id", "pk", "answer_by")
    }
    found = []
    for number, one in enumerate(inline, 1):
        offer, answer_by = offers.get(one.wait, (None, None))
        found.append(
            Standing(
                wait=one.wait,
                municipality=one.municipality,
                since=since[one.wait],
                number=number,
                stands=tuple(
                    (names[cohort], stand) for cohort, stand in rules.stands(one, seats).items()
                ),
                offer=offer,
                offered_cohort=names[one.offered] if one.offered is not None else "",
                answer_by=answer_by,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A place that a municipality had, and how it ended."""

    municipality: int
    cohort_name: str
    given_at: datetime
    ended_at: datetime
    end: rules.PlaceEnd
    reason: str


def ended(rollout: Rollout | int, municipality: int | None = None) -> tuple[Ended, ...]:
    """Places that have ended, newest first. One query."""
    rows = Place.objects.filter(cohort__rollout=rollout, ended_at__isnull=False)
    if municipality is not None:
        rows = rows.filter(municipality=municipality)
    return tuple(
        Ended(
            municipality=row.municipality_id,
            cohort_name=row.cohort.name,
            given_at=row.given_at,
            ended_at=row.ended_at,
            end=rules.PlaceEnd(row.end),
            reason=row.end_reason,
        )
        for row in rows.select_related("cohort").order_by("-ended_at", "-pk")
        if row.ended_at is not None
    )

"""What a measurement is made from, and the measurements that are frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from samlop.lib.days import local_day
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.queries.population import inhabitants
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import readiness
from samlop.portfolio.rules.readiness import Standing as VendorStanding
from samlop.uptake.models import LedgerEntry, LedgerPlace, LedgerRemark, StageDefinition
from samlop.uptake.queries import stages
from samlop.uptake.queries.stages import NOTHING
from samlop.uptake.rules import ledger as rules
from samlop.uptake.rules.ledger import Definition, Head, Row, Share
from samlop.uptake.rules.stages import LADDER, Stage


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality as a measurement finds it."""

    number: str
    name: str
    inhabitants: int | None
    possible: bool | None


def places(offer: Offer, on: date) -> Mapping[int, Place]:
    """Every municipality of the day, by id. Five queries, and the solution's if not read."""
    living = inhabitants(on=on)
    reach = readiness.coverage(offer, on)
    possible = {VendorStanding.COVERED: True, VendorStanding.WAITING: False}
    return {
        pk: Place(
            number=number,
            name=name,
            inhabitants=living.get(pk),
            possible=possible.get(standing) if (standing := reach.standing(pk)) else None,
        )
        for pk, number, name in MunicipalityCode.objects.valid_on(on)
        .order_by("number")
        .values_list("municipality_id", "number", "qualified_name")
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What is known of an offer as of a day, ready to be frozen."""

    head: Head
    definitions: tuple[Definition, ...]
    rows: tuple[Row, ...]

    @property
    def shares(self) -> tuple[Share, ...]:
        return rules.shares(self.rows)

    def document(self) -> bytes:
        return rules.document(self.head, self.definitions, self.rows)


def measure(offer: int, solution: int, head: Head, found: Mapping[int, Place]) -> Measurement:
    """Three queries. What may still be answered at the moment it is known is not counted."""
    said = stages.standing([offer], head.on, known_at=head.known_at, municipalities=list(found))
    remarks = dict(
        LedgerRemark.objects.known_at(head.known_at)
        .filter(offer=offer)
        .values_list("municipality_id", "words")
    )
    known_on = local_day(head.known_at)
    rows = []
    for pk, place in found.items():
        one = said.get((offer, pk), NOTHING)
        is_open = one.is_open_on(known_on)
        rows.append(
            Row(
                number=place.number,
                name=place.name,
                inhabitants=place.inhabitants,
                possible=place.possible,
                stage=one.agreed if is_open else None,
                since=one.since if is_open else None,
                confirmed_by=one.confirmed_by if is_open else frozenset(),
                disagrees=is_open and one.disagrees,
                awaits_reply=one.agreed is not None and not is_open,
                remark=remarks.get(pk, ""),
            )
        )
    return Measurement(head=head, definitions=_definitions(solution, head), rows=tuple(rows))


def _definitions(solution: int, head: Head) -> tuple[Definition, ...]:
    """The versions that counted on the day, of those published by the moment. One query."""
    rows = (
        StageDefinition.objects.filter(
            solution=solution,
            stage__in=[stage.value for stage in LADDER],
            valid_from__lte=head.on,
            published_at__lte=head.known_at,
        )
        .order_by("stage", "-valid_from", "-version")
        .distinct("stage")
    )
    return tuple(
        Definition(
            stage=Stage(row.stage),
            version=row.version,
            words=row.words,
            source=row.source,
            valid_from=row.valid_from,
        )
        for row in rows
    )


def again(entry: LedgerEntry) -> bytes:
    """The snapshot file made anew from the rows known then. Four queries, and the offer's."""
    found = {
        row.municipality_id: Place(row.number, row.name, row.inhabitants, row.possible)
        for row in LedgerPlace.objects.filter(entry=entry).order_by("number")
    }
    head = Head(
        slug=entry.slug,
        name=entry.name,
        area=entry.area,
        on=entry.measured_on,
        known_at=entry.known_at,
    )
    return measure(entry.offer_id, entry.offer.solution_id, head, found).document()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One line of the ledger."""

    pk: int
    slug: str
    name: str
    area: str
    measured_on: date
    frozen_at: datetime
    sha256: str
    shares: tuple[Share, ...]


def entries(solution: str = "") -> QuerySet[LedgerEntry]:
    """The frozen measurements, of a solution or of all, the newest day first."""
    rows = LedgerEntry.objects.order_by("-measured_on", "-frozen_at", "-pk")
    return rows.filter(offer__solution__slug=solution) if solution else rows


def read(row: LedgerEntry) -> Frozen:
    return Frozen(
        pk=row.pk,
        slug=row.slug,
        name=row.name,
        area=row.area,
        measured_on=row.measured_on,
        frozen_at=row.frozen_at,
        sha256=row.sha256,
        shares=rules.read_shares(row.content.encode()),
    )


@dataclass(frozen=True, slots=True)
class Check:
    """A measurement made again: the checksum it got, and whether every byte is the same."""

    sha256: str
    is_same: bool


def check(entry: LedgerEntry) -> Check:
    """Makes the file again, and looks whether the stored one is what was frozen. See `again`."""
    made = again(entry)
    sha256 = rules.checksum(made)
    return Check(sha256, is_same=made == entry.content.encode() and sha256 == entry.sha256)


def remarks_of(municipality: int) -> Mapping[int, LedgerRemark]:
    """What the municipality remarks now, by offer. One query."""
    rows = LedgerRemark.objects.known_at(None).filter(municipality=municipality)
    return {row.offer_id: row for row in rows}

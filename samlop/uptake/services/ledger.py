"""Freezing a measurement, and what a municipality remarks to it."""

from datetime import UTC, date, datetime
from typing import Final

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.uptake.models import LedgerEntry, LedgerPlace, LedgerRemark
from samlop.uptake.queries import ledger as queries
from samlop.uptake.rules import ledger as rules
from samlop.uptake.rules.ledger import SETTLES, Head, LedgerRefusal
from samlop.uptake.rules.stages import Stage
from samlop.uptake.texts import ledger as texts

MOST_WORDS: Final = 500
_COUNTED_BY: Final = frozenset({Stage.TECHNICALLY_INTRODUCED, Stage.IN_USE})


class CannotKeepLedger(Refused):
    """A rule says no; nothing was frozen or changed."""

    def __init__(self, refusal: LedgerRefusal, **words: str) -> None:
        super().__init__(str(texts.LEDGER_REFUSALS[refusal]) % words)
        self.refusal = refusal


def freeze(*, offer: Offer, measured_on: date, by: Actor, on: date, at: datetime) -> LedgerEntry:
    """Keep how widely the offer was introduced and used on a day. Raises CannotKeepLedger."""
    solution = offer.solution
    if measured_on > on:
        raise CannotKeepLedger(LedgerRefusal.IN_THE_FUTURE)
    with change("uptake.ledger.frozen", by=by, at=at) as record:
        locks.hold(f"uptake.ledger:{offer.pk}")
        head = Head(
            slug=solution.slug,
            name=solution.name,
            area=offer.area,
            on=measured_on,
            known_at=(at - SETTLES).astimezone(UTC),
        )
        found = queries.places(offer, measured_on)
        measurement = queries.measure(offer.pk, solution.pk, head, found)
        if not any(row.stage or row.awaits_reply for row in measurement.rows):
            raise CannotKeepLedger(LedgerRefusal.NOTHING_SAID, solution=solution.name)
        if not {one.stage for one in measurement.definitions} >= _COUNTED_BY:
            raise CannotKeepLedger(LedgerRefusal.NO_DEFINITION, solution=solution.name)
        newest = (
            LedgerEntry.objects.filter(offer=offer, measured_on=measured_on)
            .order_by("-frozen_at", "-pk")
            .first()
        )
        if newest is not None and _says_the_same(newest, measurement):
            raise CannotKeepLedger(LedgerRefusal.ALREADY_FROZEN)
        content = measurement.document()
        entry = LedgerEntry.objects.create(
            offer=offer,
            slug=head.slug,
            name=head.name,
            area=head.area,
            measured_on=measured_on,
            known_at=head.known_at,
            content=content.decode(),
            sha256=rules.checksum(content),
            frozen_by_id=by.pk,
            frozen_at=at,
        )
        LedgerPlace.objects.bulk_create(
            LedgerPlace(
                entry=entry,
                municipality_id=pk,
                number=place.number,
                name=place.name,
                inhabitants=place.inhabitants,
                possible=place.possible,
            )
            for pk, place in found.items()
        )
        record(
            solution,
            details={
                **_told(offer),
                "on": measured_on.isoformat(),
                "sha256": entry.sha256,
            },
        )
    return entry


def remark(
    *, offer: Offer, municipality: Municipality, words: str, by: Actor, at: datetime
) -> LedgerRemark:
    """What the municipality wants said beside the measurements; replaces what it said before.

    Raises CannotKeepLedger.
    """
    words = " ".join(words.split())[:MOST_WORDS]
    if not words:
        raise CannotKeepLedger(LedgerRefusal.NO_WORDS)
    with change("uptake.ledger.remarked", by=by, at=at) as record:
        locks.hold(_key(offer.pk, municipality.pk))
        standing = _standing(offer, municipality)
        if standing is not None:
            if standing.words == words:
                raise CannotKeepLedger(LedgerRefusal.SAME_WORDS)
            standing.withdrawn_at = at
            standing.save(update_fields=["withdrawn_at"])
        row = LedgerRemark.objects.create(
            offer=offer,
            municipality=municipality,
            words=words,
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        record(offer.solution, municipality_id=municipality.pk, details=_told(offer))
    return row


def withdraw_remark(*, remark: LedgerRemark, by: Actor, at: datetime) -> None:
    """Measurements frozen before keep it. Raises CannotKeepLedger."""
    with change("uptake.ledger.remark_withdrawn", by=by, at=at) as record:
        locks.hold(_key(remark.offer_id, remark.municipality_id))
        row = LedgerRemark.objects.select_related("offer__solution").get(pk=remark.pk)
        if row.withdrawn_at is not None:
            raise CannotKeepLedger(LedgerRefusal.ALREADY_WITHDRAWN)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record(row.offer.solution, municipality_id=row.municipality_id, details=_told(row.offer))


def _says_the_same(entry: LedgerEntry, measurement: queries.Measurement) -> bool:
    """Whether only the moment has passed."""
    head = measurement.head
    then = Head(slug=head.slug, name=head.name, area=head.area, on=head.on, known_at=entry.known_at)
    same = rules.document(then, measurement.definitions, measurement.rows)
    return rules.checksum(same) == entry.sha256


def _standing(offer: Offer, municipality: Municipality) -> LedgerRemark | None:
    return (
        LedgerRemark.objects.known_at(None).filter(offer=offer, municipality=municipality).first()
    )


def _told(offer: Offer) -> dict[str, object]:
    return {
        "solution": offer.solution.slug,
        "name": offer.solution.name,
        "area": offer.area,
    }


def _key(offer: int, municipality: int) -> str:
    return f"uptake.ledger_remark:{offer}:{municipality}"

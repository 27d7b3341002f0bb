"""Saying, confirming and taking back how far a vendor's product has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality, Product, Vendor
from samlop.portfolio.models import Offer, ReadinessEvent
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import Claim, ReadinessRefusal, Teller
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.portfolio.texts import readiness as texts

MOST_VERSION: Final = 40
MOST_SOURCE: Final = 300
MOST_REASON: Final = 500


class CannotState(Refused):
    """A rule says no to what is said of a product; nothing was saved."""

    def __init__(self, refusal: ReadinessRefusal, **words: str) -> None:
        super().__init__(str(texts.REFUSALS[refusal]) % words)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A product in an offer; `seen` is the event whoever acts has before her, None for none."""

    offer: int
    product: int
    seen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said of a row: by whom, from which source, and why when something got worse."""

    row: Row
    claim: Claim
    teller: Teller
    source: str = ""
    reason: str = ""
    municipality: int | None = None


def state(
    *,
    offer: Offer,
    product: Product,
    seen: int | None,
    claim: Claim,
    teller: Teller,
    by: Actor,
    on: date,
    at: datetime,
    source: str = "",
    reason: str = "",
    municipality: Municipality | None = None,
) -> ReadinessEvent:
    """From `on` the product has come this far. Raises CannotState."""
    return _state(
        Statement(
            row=Row(offer=offer.pk, product=product.pk, seen=seen),
            claim=claim,
            teller=teller,
            source=source,
            reason=reason,
            municipality=municipality.pk if municipality else None,
        ),
        by=by,
        on=on,
        at=at,
    )


@transaction.atomic
def state_all(
    *, vendor: Vendor, statements: Sequence[Statement], by: Actor, on: date, at: datetime
) -> list[ReadinessEvent]:
    """Many rows of one vendor, all or none; one that says what stands is a confirmation.

    Raises CannotState.
    """
    _hold(one.row for one in statements)
    products = {one.row.product for one in statements}
    if Product.objects.filter(pk__in=products, vendor=vendor).count() != len(products):
        raise CannotState(ReadinessRefusal.OTHER_VENDOR)
    current = _current({one.row.product for one in statements})
    done = []
    for one in statements:
        was = current.get((one.row.offer, one.row.product))
        if was is not None and was.claim == one.claim:
            done.append(_confirm(one.row, by=by, on=on, at=at))
        else:
            done.append(_state(one, by=by, on=on, at=at))
    return done


@transaction.atomic
def confirm(*, rows: Sequence[Row], by: Actor, on: date, at: datetime) -> list[ReadinessEvent]:
    """«Stemmer»: the vendor says that each row is as it stands. Raises CannotState."""
    if not rows:
        raise CannotState(ReadinessRefusal.NOTHING_TO_CONFIRM)
    _hold(rows)
    return [_confirm(row, by=by, on=on, at=at) for row in rows]


def withdraw(*, event: ReadinessEvent, reason: str, by: Actor, at: datetime) -> ReadinessEvent:
    """What was said was wrong: what was said before it counts again. Raises CannotState."""
    reason = " ".join(reason.split())[:MOST_REASON]
    if not reason:
        raise CannotState(ReadinessRefusal.NO_REASON)
    with change("portfolio.readiness.withdrawn", by=by, reason=reason, at=at) as record:
        row = (
            ReadinessEvent.objects.select_for_update(of=("self",))
            .select_related("offer__solution", "product")
            .get(pk=event.pk)
        )
        if row.withdrawn_at is not None:
            raise CannotState(ReadinessRefusal.ALREADY_WITHDRAWN)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record(row, details=_details(row))
    return row


def _state(said: Statement, *, by: Actor, on: date, at: datetime) -> ReadinessEvent:
    version = " ".join(said.claim.version.split())[:MOST_VERSION]
    claim = Claim(state=said.claim.state, version=version, release_on=said.claim.release_on)
    source = " ".join(said.source.split())[:MOST_SOURCE]
    reason = " ".join(said.reason.split())[:MOST_REASON]
    with change("portfolio.readiness.stated", by=by, reason=reason, at=at) as record:
        _hold([said.row])
        offer = Offer.objects.select_related("solution").get(pk=said.row.offer)
        if SolutionKind(offer.solution.kind) is SolutionKind.JOINT_PROCESS:
            raise CannotState(ReadinessRefusal.JOINT_PROCESS)
        was = _seen(said.row, on)
        before = was.claim if was is not None else None
        if refusal := rules.refusal_of(claim, on=on):
            raise CannotState(refusal)
        if said.teller is not Teller.VENDOR and not source:
            raise CannotState(ReadinessRefusal.NO_SOURCE)
        if (said.teller is Teller.MUNICIPALITY) != (said.municipality is not None):
            raise CannotState(ReadinessRefusal.NO_MUNICIPALITY)
        slip = rules.slip(before, claim)
        if slip is not None and not reason:
            raise CannotState(ReadinessRefusal.NO_REASON)
        row = ReadinessEvent.objects.create(
            offer=offer,
            product_id=said.row.product,
            state=claim.state.value,
            version=claim.version,
            release_on=claim.release_on,
            told_by=said.teller.value,
            municipality_id=said.municipality,
            told_on=on,
            source=source,
            reason=reason,
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        record(
            row,
            details=_details(row)
            | {
                "was": before.state.value if before else None,
                "was_on": before.release_on.isoformat() if before and before.release_on else None,
                "slip": slip.value if slip else None,
            },
        )
    return row


def _confirm(row: Row, *, by: Actor, on: date, at: datetime) -> ReadinessEvent:
    with change("portfolio.readiness.confirmed", by=by, at=at) as record:
        was = _seen(row, on)
        if was is None:
            raise CannotState(ReadinessRefusal.NOTHING_TO_CONFIRM)
        if rules.refusal_of(was.claim, on=on) is not None:
            raise CannotState(ReadinessRefusal.OUT_OF_DATE, product=was.product.name)
        said = ReadinessEvent.objects.create(
            offer=was.offer,
            product=was.product,
            state=was.state,
            version=was.version,
            release_on=was.release_on,
            told_by=Teller.VENDOR.value,
            told_on=on,
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        record(said, details=_details(said))
    return said


def _hold(rows: Iterable[Row]) -> None:
    """One word at a time about each row, always in the same order."""
    for offer, product in sorted({(row.offer, row.product) for row in rows}):
        locks.hold(f"portfolio.readiness.{offer}.{product}")


def _seen(row: Row, on: date) -> ReadinessEvent | None:
    """The newest word about the row, which must be the one that was seen."""
    was = (
        ReadinessEvent.objects.filter(offer=row.offer, product=row.product)
        .known_at(None)
        .newest_first()
        .select_related("offer__solution", "product")
        .first()
    )
    if (was.pk if was else None) != row.seen:
        name = was.product.name if was else Product.objects.get(pk=row.product).name
        raise CannotState(ReadinessRefusal.CHANGED_MEANWHILE, product=name)
    if was is not None and was.told_on > on:
        raise CannotState(ReadinessRefusal.OLDER_THAN_KNOWN)
    return was


def _current(products: set[int]) -> Mapping[tuple[int, int], ReadinessEvent]:
    rows = (
        ReadinessEvent.objects.filter(product__in=products)
        .known_at(None)
        .order_by("offer_id", "product_id", "-told_on", "-recorded_at", "-pk")
        .distinct("offer_id", "product_id")
    )
    return {(row.offer_id, row.product_id): row for row in rows}


def _details(row: ReadinessEvent) -> dict[str, str | None]:
    """Codes and names of things: what the history tells, whatever they are called later."""
    return {
        "solution": row.offer.solution.slug,
        "name": row.offer.solution.name,
        "area": row.offer.area,
        "product": row.product.name,
        "state": row.state,
        "version": row.version,
        "release_on": row.release_on.isoformat() if row.release_on else None,
        "told_by": row.told_by,
    }

"""Publishing versions of a cost model, and registering vendors' joint offers."""

from datetime import date, datetime

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import MunicipalityCode, Product, Vendor
from samlop.portfolio.models import CostHours, CostLine, CostModel, Offer, VendorDeal
from samlop.portfolio.queries import costs as queries
from samlop.portfolio.rules import costs as rules
from samlop.portfolio.rules.costs import CostRefusal, Deal, Model
from samlop.portfolio.texts import costs as texts


class CannotChangeCost(Refused):
    """A rule says no to a version or a joint offer; nothing was saved."""

    def __init__(self, refusal: CostRefusal) -> None:
        super().__init__(str(texts.REFUSALS[refusal]))
        self.refusal = refusal


def publish(
    *,
    offer: Offer,
    model: Model,
    valid_from: date,
    source: str,
    seen: int,
    by: Actor,
    at: datetime,
    adopters_on: date | None = None,
    note: str = "",
    for_all_areas: bool = False,
) -> CostModel:
    """A new version of what an offer costs, from a day on. Raises CannotChangeCost.

    `seen` is the number of the newest version that the form began with, 0 for none.
    """
    municipalities = MunicipalityCode.objects.valid_on(valid_from).count()
    if refusal := rules.refusal_of_model(model, source=source, municipalities=municipalities):
        raise CannotChangeCost(refusal)
    if model.adopters is not None and adopters_on is None:
        raise CannotChangeCost(CostRefusal.NO_ADOPTERS)
    with change("portfolio.cost.published", by=by, at=at) as record:
        # Two may publish at once: the offer is the queue, and whoever comes last is told.
        Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
        newest = queries.newest_number(offer)
        if newest != seen:
            raise CannotChangeCost(CostRefusal.CHANGED_MEANWHILE)
        row = CostModel.objects.create(
            offer=offer,
            version=newest + 1,
            for_all_areas=for_all_areas,
            valid_from=valid_from,
            adopters=model.adopters,
            adopters_on=adopters_on if model.adopters is not None else None,
            source=source.strip(),
            note=note.strip(),
            published_by_id=by.pk,
            published_as=by.actor_label,
            published_at=at,
        )
        CostLine.objects.bulk_create(
            CostLine(
                model=row,
                place=place,
                kind=line.kind.value,
                title=line.title.strip(),
                amount=line.amount,
                key=line.key.value if line.key else "",
                source=line.source.strip(),
            )
            for place, line in enumerate(model.lines, start=1)
        )
        CostHours.objects.bulk_create(
            CostHours(model=row, role=role.value, low=span.low, high=span.high)
            for role, span in model.hours.items()
        )
        record(
            offer.solution,
            details={
                "area": offer.area,
                "version": row.version,
                "from": valid_from.isoformat(),
            },
        )
    return row


def add_deal(
    *,
    offer: Offer,
    vendor: Vendor,
    product: Product | None,
    deal: Deal,
    valid_from: date,
    by: Actor,
    at: datetime,
) -> VendorDeal:
    """Register a vendor's joint offer; `deal.valid_to` is its first day of no longer holding.

    Raises CannotChangeCost.
    """
    if offer.solution.is_joint_process:
        raise CannotChangeCost(CostRefusal.JOINT_PROCESS)
    refusal = rules.refusal_of_deal(
        deal,
        valid_from=valid_from,
        vendor=vendor.pk,
        products_vendor=product.vendor_id if product else None,
    )
    if refusal is not None:
        raise CannotChangeCost(refusal)
    with change("portfolio.cost.deal_added", by=by, at=at) as record:
        row = VendorDeal.objects.create(
            offer=offer,
            vendor=vendor,
            product=product,
            one_off=deal.one_off,
            yearly=deal.yearly,
            per=deal.per.value,
            included=deal.included.strip(),
            valid_from=valid_from,
            valid_to=deal.valid_to,
            source=deal.source.strip(),
            recorded_by_id=by.pk,
            recorded_at=at,
        )
        record(offer.solution, details={"area": offer.area, "deal": row.pk, "words": vendor.name})
    return row


def withdraw_deal(*, deal: VendorDeal, reason: str, by: Actor, at: datetime) -> None:
    """The joint offer was wrong, or is no more, and stays to be read. Raises CannotChangeCost."""
    if not reason.strip():
        raise CannotChangeCost(CostRefusal.NO_REASON)
    with change("portfolio.cost.deal_withdrawn", by=by, at=at, reason=reason.strip()) as record:
        row = (
            VendorDeal.objects.select_for_update(of=("self",))
            .select_related("vendor", "offer__solution")
            .get(pk=deal.pk)
        )
        if row.withdrawn_at is not None:
            raise CannotChangeCost(CostRefusal.ALREADY_WITHDRAWN)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record(
            row.offer.solution,
            details={"area": row.offer.area, "deal": row.pk, "words": row.vendor.name},
        )

"""What offers cost on a day, and what that is for a municipality."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from samlop.municipalities.models import MunicipalityCode, VendorProfile
from samlop.municipalities.queries import population
from samlop.municipalities.rules.kinds import CapacityRole, ServiceArea
from samlop.portfolio.models import CostHours, CostLine, CostModel, Offer, VendorDeal
from samlop.portfolio.rules import costs as rules
from samlop.portfolio.rules.costs import (
    Calculation,
    CostKey,
    CostKind,
    Country,
    Deal,
    Figure,
    Line,
    Model,
    PricePer,
    Span,
)
from samlop.portfolio.rules.solutions import Area, covered


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published version of a model, and where it came from."""

    pk: int
    offer: int
    version: int
    for_all_areas: bool
    valid_from: date
    model: Model
    adopters_on: date | None
    source: str
    note: str
    published_as: str
    published_at: datetime

    @classmethod
    def of(cls, row: CostModel) -> "Version":
        return cls(
            pk=row.pk,
            offer=row.offer_id,
            version=row.version,
            for_all_areas=row.for_all_areas,
            valid_from=row.valid_from,
            model=Model(
                lines=tuple(
                    Line(
                        kind=CostKind(line.kind),
                        title=line.title,
                        amount=line.amount,
                        key=CostKey(line.key) if line.key else None,
                        source=line.source,
                    )
                    for line in row.lines.all()
                ),
                hours=_in_order(row.hours.all()),
                adopters=row.adopters,
            ),
            adopters_on=row.adopters_on,
            source=row.source,
            note=row.note,
            published_as=row.published_as,
            published_at=row.published_at,
        )


def _in_order(rows: Iterable[CostHours]) -> Mapping[CapacityRole, Span]:
    spans = {CapacityRole(row.role): Span(row.low, row.high) for row in rows}
    return {role: spans[role] for role in CapacityRole if role in spans}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A vendor's joint offer and whom it is for."""

    deal: Deal
    offer: int
    vendor: int
    product: int | None
    valid_from: date
    withdrawn_at: datetime | None

    def holds_on(self, day: date) -> bool:
        last = self.deal.valid_to
        return self.valid_from <= day and (last is None or day < last)

    @classmethod
    def of(cls, row: VendorDeal) -> "Offered":
        return cls(
            deal=Deal(
                pk=row.pk,
                vendor=row.vendor.name,
                product=row.product.name if row.product else "",
                one_off=row.one_off,
                yearly=row.yearly,
                per=PricePer(row.per),
                included=row.included,
                valid_to=row.valid_to,
                source=row.source,
            ),
            offer=row.offer_id,
            vendor=row.vendor_id,
            product=row.product_id,
            valid_from=row.valid_from,
            withdrawn_at=row.withdrawn_at,
        )


def _with_parts() -> "tuple[Prefetch[str], Prefetch[str]]":
    return (
        Prefetch("lines", CostLine.objects.order_by("place")),
        Prefetch("hours", CostHours.objects.order_by("pk")),
    )


def versions_on(day: date, *, offers: Collection[int] | None = None) -> Mapping[int, Version]:
    """The version that holds that day, by offer. Three queries."""
    rows = CostModel.objects.current_on(day)
    if offers is not None:
        rows = rows.filter(offer__in=offers)
    return {row.offer_id: Version.of(row) for row in rows.prefetch_related(*_with_parts())}


def history_of(offers: Collection[int]) -> Mapping[int, tuple[Version, ...]]:
    """Every version, newest first, by offer. Three queries."""
    rows = (
        CostModel.objects.filter(offer__in=offers)
        .order_by("-valid_from", "-version")
        .prefetch_related(*_with_parts())
    )
    found: dict[int, list[Version]] = {}
    for row in rows:
        found.setdefault(row.offer_id, []).append(Version.of(row))
    return {offer: tuple(versions) for offer, versions in found.items()}


def holding(
    history: Iterable[Version], day: date, *, known_at: datetime | None = None
) -> Version | None:
    """Of an offer's versions, newest first: the one that holds that day, published by then."""
    return next(
        (
            one
            for one in history
            if one.valid_from <= day and (known_at is None or one.published_at <= known_at)
        ),
        None,
    )


def newest_number(offer: Offer) -> int:
    """The number of the newest version, 0 for none; what a form sends along. One query."""
    numbers = CostModel.objects.filter(offer=offer).order_by("-version")
    return numbers.values_list("version", flat=True).first() or 0


def country(day: date) -> Country:
    """Every municipality of the day with its inhabitants. Two queries."""
    codes = MunicipalityCode.objects.valid_on(day).order_by("number")
    municipalities = tuple(codes.values_list("municipality_id", flat=True))
    known = population.inhabitants(on=day)
    return Country(
        municipalities=municipalities,
        inhabitants={pk: known[pk] for pk in municipalities if pk in known},
    )


def deals_on(
    day: date, *, offers: Collection[int] | None = None
) -> Mapping[int, tuple[Offered, ...]]:
    """The joint offers that hold that day, by offer. One query."""
    rows = VendorDeal.objects.valid_on(day)
    return _by_offer(rows if offers is None else rows.filter(offer__in=offers))


def deals_of(offers: Collection[int]) -> Mapping[int, tuple[Offered, ...]]:
    """The joint offers that stand, of whatever day, by offer. One query."""
    return _by_offer(VendorDeal.objects.standing().filter(offer__in=offers))


def _by_offer(rows: QuerySet[VendorDeal]) -> Mapping[int, tuple[Offered, ...]]:
    found: dict[int, list[Offered]] = {}
    in_order = rows.select_related("vendor", "product")
    for row in in_order.order_by("vendor__name", "product__name", "pk"):
        found.setdefault(row.offer_id, []).append(Offered.of(row))
    return {offer: tuple(deals) for offer, deals in found.items()}


@dataclass(frozen=True, slots=True)
class Systems:
    """What one municipality uses on a day, by service area."""

    uses: tuple[tuple[ServiceArea, int, int], ...]

    def products_in(self, areas: Collection[ServiceArea]) -> frozenset[int]:
        return frozenset(product for area, product, _ in self.uses if area in areas)

    def fitting(self, deals: Iterable[Offered], areas: Iterable[Area]) -> tuple[Deal, ...]:
        """Those for a product, or a vendor, that it uses where the offers reach."""
        reached = frozenset[ServiceArea]().union(*(covered(area) for area in areas))
        used = self.products_in(reached)
        vendors = {vendor for area, _, vendor in self.uses if area in reached}
        return tuple(
            one.deal
            for one in deals
            if rules.fits(vendor=one.vendor, product=one.product, used=used, used_vendors=vendors)
        )


NO_SYSTEMS = Systems(())


def systems_of(
    day: date, *, municipalities: Collection[int] | None = None
) -> Mapping[int, Systems]:
    """The systems in use, by municipality; of these, or of all. One query."""
    rows = VendorProfile.objects.valid_on(day)
    if municipalities is not None:
        rows = rows.filter(municipality__in=municipalities)
    found: dict[int, list[tuple[ServiceArea, int, int]]] = {}
    for pk, area, product, vendor in rows.values_list(
        "municipality_id", "service_area", "product_id", "product__vendor_id"
    ):
        found.setdefault(pk, []).append((ServiceArea(area), product, vendor))
    return {pk: Systems(tuple(uses)) for pk, uses in found.items()}


def figures_of_all(
    version: Version,
    deals: Sequence[Offered],
    areas: Collection[Area],
    *,
    on: date,
    country: Country,
) -> Mapping[int, Figure]:
    """Every municipality's own figure at the adopters of now. One query."""
    calculation = Calculation.of(version.model, country)
    systems = systems_of(on)
    return {
        pk: calculation.figure(pk, deals=systems.get(pk, NO_SYSTEMS).fitting(deals, areas))
        for pk in country.municipalities
    }

"""How far each product has come with an offer on a day, and which municipalities that reaches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Max

from samlop.db.periods import valid_on
from samlop.db.text_keys import SortKey, nb_sort_key
from samlop.municipalities.models import MunicipalityCode, Product, VendorProfile
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.portfolio.models import Offer, PhaseEvent, ReadinessEvent
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import Claim, Coverage, Readiness, Teller, Use
from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind, covered


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductNames:
    """A product and its vendor, as they are called."""

    pk: int
    name: str
    slug: str
    kind: ProductKind
    vendor: int
    vendor_name: str
    vendor_slug: str

    @classmethod
    def of(cls, product: Product) -> "ProductNames":
        return cls(
            pk=product.pk,
            name=product.name,
            slug=product.slug,
            kind=ProductKind(product.kind),
            vendor=product.vendor_id,
            vendor_name=product.vendor.name,
            vendor_slug=product.vendor.slug,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductState:
    """The newest word about a product in an offer; `event` is its row."""

    event: int
    offer: int
    product: ProductNames
    claim: Claim
    told_by: Teller
    municipality: int | None
    told_on: date
    recorded_at: datetime
    source: str
    reason: str

    @property
    def state(self) -> Readiness:
        return self.claim.state

    @property
    def release_on(self) -> date | None:
        return self.claim.release_on

    @property
    def version(self) -> str:
        return self.claim.version

    @classmethod
    def of(cls, row: ReadinessEvent) -> "ProductState":
        return cls(
            event=row.pk,
            offer=row.offer_id,
            product=ProductNames.of(row.product),
            claim=row.claim,
            told_by=Teller(row.told_by),
            municipality=row.municipality_id,
            told_on=row.told_on,
            recorded_at=row.recorded_at,
            source=row.source,
            reason=row.reason,
        )


class _Said(NamedTuple):
    kind: ProductKind
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A municipality that uses the product in areas the offer reaches."""

    municipality: int
    number: str
    name: str
    areas: tuple[ServiceArea, ...]


def on(offer: Offer, day: date, *, known_at: datetime | None = None) -> Mapping[int, ProductState]:
    """The newest word about each product, by product id. One query."""
    return of_offers([offer.pk], day, known_at=known_at).get(offer.pk, {})


def of_offers(
    offers: Collection[int], day: date, *, known_at: datetime | None = None
) -> Mapping[int, Mapping[int, ProductState]]:
    """The newest word about each product in several offers, by offer and product. One query."""
    rows = (
        ReadinessEvent.objects.filter(offer__in=offers)
        .current_on(day, known_at=known_at)
        .select_related("product__vendor")
    )
    found: dict[int, dict[int, ProductState]] = {}
    for row in rows:
        found.setdefault(row.offer_id, {})[row.product_id] = ProductState.of(row)
    return found


def coverage(
    offer: Offer,
    day: date,
    *,
    known_at: datetime | None = None,
    municipalities: Collection[int] | None = None,
) -> Coverage:
    """Where every municipality of the day stands. Three queries, and the solution's if not read.

    One less when the municipalities of the day are known already.
    """
    said = _claims([offer.pk], day, known_at=known_at)
    return _coverage([offer], said, _uses([offer], day), day, municipalities)[offer.pk]


def coverage_of(
    offers: Collection[Offer], day: date, *, known_at: datetime | None = None
) -> Mapping[int, Coverage]:
    """The same for several offers, by offer. Three queries, and the solutions' if not read."""
    said = _claims([offer.pk for offer in offers], day, known_at=known_at)
    return _coverage(offers, said, _uses(offers, day), day)


def _claims(
    offers: Collection[int], day: date, *, known_at: datetime | None = None
) -> Mapping[int, Mapping[int, _Said]]:
    """What coverage needs of `of_offers`, without who said it and what the products are called."""
    rows = (
        ReadinessEvent.objects.filter(offer__in=offers)
        .current_on(day, known_at=known_at)
        .values_list("offer_id", "product_id", "product__kind", "state", "version", "release_on")
    )
    found: dict[int, dict[int, _Said]] = {}
    for offer, product, kind, state, version, release_on in rows:
        claim = Claim(state=Readiness(state), version=version, release_on=release_on)
        found.setdefault(offer, {})[product] = _Said(ProductKind(kind), claim)
    return found


def _coverage(
    offers: Collection[Offer],
    said: Mapping[int, Mapping[int, _Said]],
    uses: Sequence[tuple[Use, ProductKind]],
    day: date,
    municipalities: Collection[int] | None = None,
) -> Mapping[int, Coverage]:
    """One query, unless the municipalities of the day are given."""
    everybody = municipalities
    if everybody is None:
        codes = MunicipalityCode.objects.valid_on(day)
        everybody = tuple(codes.values_list("municipality_id", flat=True))
    found: dict[int, Coverage] = {}
    for offer in offers:
        states = said.get(offer.pk, {})
        areas = covered(Area(offer.area))
        kinds = _kinds(offer, (one.kind for one in states.values()))
        if areas == {ServiceArea.DENTAL_CARE} or not kinds:
            # A fylkeskommune's service, or nothing a vendor makes: it concerns no municipality.
            found[offer.pk] = Coverage()
            continue
        found[offer.pk] = rules.coverage(
            everybody,
            (use for use, kind in uses if use.area in areas and kind in kinds),
            {pk: one.claim for pk, one in states.items()},
            on=day,
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Offers against products: what is said, who is covered, and how many use what.

    Each is by offer; `products` also names those in use that nobody has spoken of.
    """

    said: Mapping[int, Mapping[int, ProductState]]
    coverage: Mapping[int, Coverage]
    products: Mapping[int, ProductNames]

    def users(self, offer: int, product: int) -> int:
        """How many municipalities use the product where the offer reaches."""
        return sum(product in used for used in self.coverage[offer].used.values())


def board(offers: Collection[Offer], day: date) -> Board:
    """Everything the matrix of a solution shows. Four queries, and the solutions' if not read."""
    said = of_offers([offer.pk for offer in offers], day)
    claims = {
        offer: {pk: _Said(one.product.kind, one.claim) for pk, one in states.items()}
        for offer, states in said.items()
    }
    reach = _coverage(offers, claims, _uses(offers, day), day)
    products = {pk for states in said.values() for pk in states}
    for one in reach.values():
        products.update(*one.used.values())
    return Board(said=said, coverage=reach, products=names(products))


def kinds_for(offer: Offer, states: Mapping[int, ProductState]) -> frozenset[ProductKind]:
    """The kinds of product that must be ready for the offer."""
    return _kinds(offer, (one.product.kind for one in states.values()))


def _kinds(offer: Offer, spoken_of: Iterable[ProductKind]) -> frozenset[ProductKind]:
    return rules.concerned(SolutionKind(offer.solution.kind), spoken_of)


def touched(offer: Offer, product: Product | int, day: date) -> tuple[Touched, ...]:
    """Who uses the product where the offer reaches, in Norwegian order. One query."""
    pk = product if isinstance(product, int) else product.pk
    rows = (
        VendorProfile.objects.valid_on(day)
        .filter(
            valid_on(day, "municipality__codes"),
            product=pk,
            service_area__in=[area.value for area in covered(Area(offer.area))],
        )
        .order_by(SortKey("municipality__codes__name"), "municipality__codes__number")
        .values_list(
            "municipality_id",
            "municipality__codes__number",
            "municipality__codes__qualified_name",
            "service_area",
        )
    )
    found: dict[tuple[int, str, str], set[str]] = {}
    for municipality, number, name, area in rows:
        found.setdefault((municipality, number, name), set()).add(area)
    return tuple(
        Touched(
            municipality=municipality,
            number=number,
            name=name,
            areas=tuple(area for area in ServiceArea if area.value in areas),
        )
        for (municipality, number, name), areas in found.items()
    )


def names(products: Collection[int]) -> Mapping[int, ProductNames]:
    """What products are called, by id. One query."""
    rows = Product.objects.filter(pk__in=products).select_related("vendor")
    return {row.pk: ProductNames.of(row) for row in rows}


# In words of its own, as the register of municipalities: every page with a coverage asks it.
_USES: Final = """
select municipality_id, service_area, product_id, kind from municipalities_vendorprofile
where service_area = any(%(areas)s)
  and valid_from <= %(day)s and (valid_to is null or valid_to > %(day)s)
"""


def _uses(offers: Collection[Offer], day: date) -> list[tuple[Use, ProductKind]]:
    """Every product in use that day where the offers reach. One query."""
    areas = {area.value for offer in offers for area in covered(Area(offer.area))}
    with connection.cursor() as cursor:
        cursor.execute(_USES, {"areas": sorted(areas), "day": day})
        rows = cursor.fetchall()
    # Codes by their values once: there are some thousand rows.
    area_of = {area.value: area for area in ServiceArea}
    kind_of = {kind.value: kind for kind in ProductKind}
    return [
        (Use(municipality=municipality, area=area_of[area], product=product), kind_of[kind])
        for municipality, area, product, kind in rows
    ]


# --- what a vendor's own people see ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """The newest word about one of a vendor's products, and when the vendor itself last spoke."""

    state: ProductState
    offer: int
    solution_slug: str
    solution: str
    area: Area
    vendor_said_on: date | None

    @property
    def key(self) -> str:
        """Names the row and the word that stands, for forms and files."""
        return f"{self.offer}-{self.state.product.pk}-{self.state.event}"

    def awaits_vendor(self, on: date) -> bool:
        return rules.awaits_vendor(self.state.claim, vendor_said_on=self.vendor_said_on, on=on)


def own_rows(vendor: int, day: date) -> tuple[OwnRow, ...]:
    """Every row of the vendor that somebody has spoken of. Two queries."""
    return own_rows_of([vendor], day).get(vendor, ())


def own_rows_of(vendors: Collection[int], day: date) -> Mapping[int, tuple[OwnRow, ...]]:
    """The rows of several vendors, by vendor; by solution, area and product. Two queries."""
    spoken = ReadinessEvent.objects.filter(product__vendor__in=vendors)
    said = {
        (offer, product): told_on
        for offer, product, told_on in spoken.known_at(None)
        .told_by_day(day)
        .filter(told_by=Teller.VENDOR.value)
        .values_list("offer_id", "product_id")
        .annotate(last=Max("told_on"))
        .order_by()
    }
    areas = list(Area)
    found: dict[int, list[OwnRow]] = {}
    for row in spoken.current_on(day).select_related("offer__solution", "product__vendor"):
        found.setdefault(row.product.vendor_id, []).append(
            OwnRow(
                state=ProductState.of(row),
                offer=row.offer_id,
                solution_slug=row.offer.solution.slug,
                solution=row.offer.solution.name,
                area=Area(row.offer.area),
                vendor_said_on=said.get((row.offer_id, row.product_id)),
            )
        )
    return {
        vendor: tuple(
            sorted(
                rows,
                key=lambda one: (
                    nb_sort_key(one.solution),
                    areas.index(one.area),
                    nb_sort_key(one.state.product.name),
                ),
            )
        )
        for vendor, rows in found.items()
    }


def vendors_awaited(day: date) -> frozenset[int]:
    """Vendors with a row that waits for their word. Two queries."""
    everybody = ReadinessEvent.objects.values_list("product__vendor_id", flat=True)
    rows = own_rows_of(tuple(everybody.distinct()), day)
    return frozenset(
        vendor for vendor, own in rows.items() if any(one.awaits_vendor(day) for one in own)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word in a row's history; `before` is the word it came after, `slip` what got worse."""

    state: ProductState
    is_confirmation: bool
    slip: rules.Slip | None
    days_later: int | None
    withdrawn_at: datetime | None
    recorded_by: int | None


def history(offer: int, product: int) -> tuple[Said, ...]:
    """Everything said of a row, newest first, also what was withdrawn. One query."""
    rows = (
        ReadinessEvent.objects.filter(offer=offer, product=product)
        .newest_first()
        .select_related("product__vendor")
    )
    found: list[Said] = []
    before: Claim | None = None
    for row in reversed(rows):
        stands = row.withdrawn_at is None
        found.append(
            Said(
                state=ProductState.of(row),
                is_confirmation=stands and row.claim == before,
                slip=rules.slip(before, row.claim) if stands else None,
                days_later=rules.days_later(before, row.claim) if stands else None,
                withdrawn_at=row.withdrawn_at,
                recorded_by=row.recorded_by_id,
            )
        )
        if stands:
            before = row.claim
    return tuple(reversed(found))


# --- what a municipality waits for ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A solution in an area, and how far one of the municipality's own products has come with it.

    `state` is None when nobody has said anything of the product.
    """

    offer: int
    solution_slug: str
    solution: str
    area: Area
    product: ProductNames
    state: ProductState | None


def waits_of(municipality: int, day: date) -> tuple[Wait, ...]:
    """Every solution that one of the municipality's products must be ready for. Four queries."""
    profiles = (
        VendorProfile.objects.valid_on(day)
        .filter(municipality=municipality)
        .select_related("product__vendor")
    )
    uses = [(ServiceArea(one.service_area), one.product) for one in profiles]
    if not uses:
        return ()
    offers = list(
        Offer.objects.select_related("solution").only(
            "area", "solution__slug", "solution__name", "solution__kind"
        )
    )
    gone = {Phase.SUPERSEDED.value, Phase.PHASED_OUT.value}
    phases = PhaseEvent.objects.current_on(day).values_list("offer_id", "phase")
    over = {offer for offer, phase in phases if phase in gone}
    said = of_offers([offer.pk for offer in offers], day)
    found = []
    for offer in offers:
        states, areas = said.get(offer.pk, {}), covered(Area(offer.area))
        kinds = kinds_for(offer, states)
        if offer.pk in over:
            continue
        mine = {
            product.pk: product
            for area, product in uses
            if area in areas and ProductKind(product.kind) in kinds
        }
        found += [
            Wait(
                offer=offer.pk,
                solution_slug=offer.solution.slug,
                solution=offer.solution.name,
                area=Area(offer.area),
                product=ProductNames.of(product),
                state=states.get(pk),
            )
            for pk, product in mine.items()
        ]
    order = list(Area)
    return tuple(
        sorted(
            found,
            key=lambda one: (
                nb_sort_key(one.solution),
                order.index(one.area),
                nb_sort_key(one.product.name),
            ),
        )
    )

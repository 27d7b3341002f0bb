"""Which municipalities use which products on a day, and what each has used before."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from samlop.db.periods import valid_on
from samlop.db.text_keys import SortKey
from samlop.municipalities.models import Product, Vendor, VendorProfile
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product with the number of municipalities that use it on the day."""

    pk: int
    slug: str
    name: str
    kind: ProductKind
    municipalities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRow:
    """A vendor with its products in Norwegian order."""

    pk: int
    slug: str
    name: str
    organisation_number: str | None
    website: str
    municipalities: int
    products: tuple[ProductRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """A product in use in a municipality's service area, now or before; `profile` is its row."""

    profile: int
    product: str
    product_slug: str
    kind: ProductKind
    vendor: str
    vendor_slug: str
    source: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSystems:
    """One service area: what is in use on the day, what was before, and what is to come."""

    service_area: ServiceArea
    current: tuple[InUse, ...]
    former: tuple[InUse, ...]
    planned: tuple[InUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A municipality that uses a product, with the service areas it uses it in."""

    municipality: int
    number: str
    name: str
    service_areas: tuple[ServiceArea, ...]


def register(*, on: date) -> tuple[VendorRow, ...]:
    """Every vendor with its products, in Norwegian order. Two queries."""
    using = Count("profiles__municipality", filter=valid_on(on, "profiles"), distinct=True)
    products: dict[int, list[ProductRow]] = {}
    for row in Product.objects.annotate(using=using).order_by(SortKey("name"), "pk"):
        products.setdefault(row.vendor_id, []).append(
            ProductRow(
                pk=row.pk,
                slug=row.slug,
                name=row.name,
                kind=ProductKind(row.kind),
                municipalities=row.using,
            )
        )
    vendors = Vendor.objects.annotate(
        using=Count(
            "products__profiles__municipality",
            filter=valid_on(on, "products__profiles"),
            distinct=True,
        )
    ).order_by(SortKey("name"), "pk")
    return tuple(
        VendorRow(
            pk=row.pk,
            slug=row.slug,
            name=row.name,
            organisation_number=row.organisation_number,
            website=row.website,
            municipalities=row.using,
            products=tuple(products.get(row.pk, ())),
        )
        for row in vendors
    )


def users_of(product_id: int, *, on: date) -> tuple[User, ...]:
    """The municipalities that use a product on the day, in Norwegian order. One query."""
    rows = (
        VendorProfile.objects.valid_on(on)
        .filter(valid_on(on, "municipality__codes"), product=product_id)
        .order_by(SortKey("municipality__codes__name"), "municipality__codes__number")
        .values_list(
            "municipality_id",
            "municipality__codes__number",
            "municipality__codes__qualified_name",
            "service_area",
        )
    )
    found: dict[tuple[int, str, str], set[str]] = {}
    for pk, number, name, area in rows:
        found.setdefault((pk, number, name), set()).add(area)
    return tuple(
        User(
            municipality=pk,
            number=number,
            name=name,
            service_areas=tuple(area for area in ServiceArea if area.value in areas),
        )
        for (pk, number, name), areas in found.items()
    )


def systems(municipality_id: int, *, on: date) -> tuple[AreaSystems, ...]:
    """Every service area in the order of the list, also those without a system. One query."""
    found: dict[ServiceArea, list[InUse]] = {area: [] for area in ServiceArea}
    for row in (
        VendorProfile.objects.filter(municipality=municipality_id)
        .select_related("product__vendor")
        .order_by("-valid_from", "product__name")
    ):
        found[ServiceArea(row.service_area)].append(
            InUse(
                profile=row.pk,
                product=row.product.name,
                product_slug=row.product.slug,
                kind=ProductKind(row.kind),
                vendor=row.product.vendor.name,
                vendor_slug=row.product.vendor.slug,
                source=row.source,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
        )
    return tuple(_area(area, uses, on) for area, uses in found.items())


def _area(area: ServiceArea, uses: list[InUse], on: date) -> AreaSystems:
    former = tuple(use for use in uses if use.valid_to is not None and use.valid_to <= on)
    planned = tuple(use for use in uses if use.valid_from > on)
    # The record system first: it is what everything else depends on.
    current = sorted(
        (use for use in uses if use not in former and use not in planned),
        key=lambda use: use.kind is not ProductKind.RECORD_SYSTEM,
    )
    return AreaSystems(service_area=area, current=tuple(current), former=former, planned=planned)

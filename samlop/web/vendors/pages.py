"""What the register of vendors and one vendor's page show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.db.periods import valid_on
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities import texts
from samlop.municipalities.models import Vendor, VendorProfile
from samlop.municipalities.queries import vendors as queries
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.rollouts.queries import vendors as concerned
from samlop.web import links
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.links import Part
from samlop.web.readiness import elsewhere
from samlop.web.readiness.elsewhere import VendorLine
from samlop.web.shell.navigation import MUNICIPALITIES
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

# How many municipalities use a product, per service area.
UsePerArea = Mapping[int, Mapping[ServiceArea, int]]

# --- the register ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """One product, or a vendor that has none: then `product` is empty."""

    vendor: str
    vendor_slug: str
    product: str
    kind: str
    areas: tuple[str, ...]
    municipalities: int

    @property
    def address(self) -> str:
        return reverse("vendors:show", args=[self.vendor_slug])


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorsPage:
    rows: tuple[ProductRow, ...]
    headers: tuple[SortLink, ...]
    found_words: str
    filtered: bool
    text: str
    kind: str
    kinds: tuple[tuple[str, str], ...]
    area: str
    areas: tuple[tuple[str, str], ...]
    day_chosen: str
    past_day: date | None
    sort: str
    reset: str
    csv: str
    xlsx: str
    may_create: bool


@dataclass(frozen=True, slots=True)
class Register:
    """The rows the reader asked for, in her order: for the page and for files alike."""

    rows: tuple[ProductRow, ...]
    sorting: Sorting[ProductRow]
    text: str
    kind: ProductKind | None
    area: ServiceArea | None
    on: date

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.kind or self.area)

    @classmethod
    def of(cls, query: QueryDict, *, on: date) -> "Register":
        """Three queries, however many products there are."""
        text = " ".join(query.get("q", "").replace("\0", "").split())[:100]
        kind = {one.value: one for one in ProductKind}.get(query.get("type", ""))
        area = {one.value: one for one in ServiceArea}.get(query.get("omrade", ""))
        sorting = Sorting.of(_register_columns(), query, usual="produkt")
        wanted = nb_sort_key(text)
        rows = [
            row
            for row in _register_rows(kind, area, on)
            if wanted in nb_sort_key(row.vendor) or wanted in nb_sort_key(row.product)
        ]
        return cls(tuple(sorting.rows(rows)), sorting, text, kind, area, on)


def _register_rows(
    kind: ProductKind | None, area: ServiceArea | None, on: date
) -> list[ProductRow]:
    """A product counts in a service area when somebody uses it there."""
    use = use_per_area(on)
    rows: list[ProductRow] = []
    for vendor in queries.register(on=on):
        if not vendor.products and kind is None and area is None:
            rows.append(
                ProductRow(
                    vendor=vendor.name,
                    vendor_slug=vendor.slug,
                    product="",
                    kind="",
                    areas=(),
                    municipalities=0,
                )
            )
        for product in vendor.products:
            areas = use.get(product.pk, {})
            if (kind and product.kind is not kind) or (area and area not in areas):
                continue
            rows.append(
                ProductRow(
                    vendor=vendor.name,
                    vendor_slug=vendor.slug,
                    product=product.name,
                    kind=str(texts.PRODUCT_KINDS[product.kind]),
                    areas=tuple(
                        str(texts.SERVICE_AREAS[one]) for one in ServiceArea if one in areas
                    ),
                    municipalities=areas[area] if area else product.municipalities,
                )
            )
    return rows


def use_per_area(on: date, *, vendor: int | None = None) -> UsePerArea:
    """One query."""
    rows = VendorProfile.objects.valid_on(on)
    if vendor is not None:
        rows = rows.filter(product__vendor=vendor)
    found: dict[int, dict[ServiceArea, int]] = {}
    for product, area, count in (
        rows.values_list("product_id", "service_area")
        .annotate(count=Count("municipality", distinct=True))
        .order_by("product_id")
    ):
        found.setdefault(product, {})[ServiceArea(area)] = count
    return found


def _register_columns() -> tuple[SortColumn[ProductRow], ...]:
    return (
        SortColumn(
            "produkt",
            gettext("Produkt"),
            lambda row: nb_sort_key(row.product) if row.product else None,
        ),
        SortColumn("leverandor", gettext("Leverandør"), lambda row: nb_sort_key(row.vendor)),
        SortColumn(
            "type", gettext("Type"), lambda row: nb_sort_key(row.kind) if row.kind else None
        ),
        SortColumn("omrader", gettext("Tjenesteområder"), lambda row: len(row.areas)),
        SortColumn("kommuner", gettext("Kommuner"), lambda row: row.municipalities, numeric=True),
    )


def vendors_page(
    found: Register, query: QueryDict, *, today: date, may_create: bool
) -> VendorsPage:
    past = found.on if found.on != today else None
    products = sum(bool(row.product) for row in found.rows)
    vendors = len({row.vendor_slug for row in found.rows})
    return VendorsPage(
        rows=found.rows,
        headers=found.sorting.links(query),
        found_words=gettext("%(products)s fra %(vendors)s")
        % {
            "products": ngettext("%(count)d produkt", "%(count)d produkter", products)
            % {"count": products},
            "vendors": ngettext("%(count)d leverandør", "%(count)d leverandører", vendors)
            % {"count": vendors},
        },
        filtered=found.is_filtered,
        text=found.text,
        kind=found.kind.value if found.kind else "",
        kinds=(
            ("", gettext("Alle typer")),
            *((kind.value, str(texts.PRODUCT_KINDS[kind])) for kind in ProductKind),
        ),
        area=found.area.value if found.area else "",
        areas=(
            ("", gettext("Alle tjenesteområder")),
            *((area.value, str(texts.SERVICE_AREAS[area])) for area in ServiceArea),
        ),
        day_chosen=past.isoformat() if past else "",
        past_day=past,
        sort=found.sorting.code if "sorter" in query else "",
        reset=reverse("vendors:list"),
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        may_create=may_create,
    )


def register_download(found: Register) -> Download:
    return Download(
        name="leverandorer",
        sheet=gettext("Leverandører"),
        on=found.on,
        fields=(
            Field("leverandor", gettext("Leverandør"), 28),
            Field("produkt", gettext("Produkt"), 28),
            Field("type", gettext("Type"), 24),
            Field("tjenesteomrader", gettext("Tjenesteområder"), 48),
            Field("kommuner", gettext("Kommuner"), 12, "#,##0"),
        ),
        rows=[
            (row.vendor, row.product, row.kind, ", ".join(row.areas), row.municipalities)
            for row in found.rows
        ],
    )


# --- one vendor ---


@dataclass(frozen=True, slots=True)
class AreaUse:
    words: str
    municipalities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProduct:
    slug: str
    name: str
    kind: str
    areas: tuple[AreaUse, ...]
    municipalities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """A municipality uses a product, in one service area or several."""

    number: str
    name: str
    areas: tuple[str, ...]
    product: str
    valid_from: date

    @property
    def address(self) -> str:
        return f"{MUNICIPALITIES}{self.number}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutRow:
    """A joint rollout that needs the vendor's products."""

    name: str
    address: str
    solution: str
    starts_on: date
    products: tuple[str, ...]
    municipalities: int
    # «12 venter på en versjon»; empty when nobody does.
    waiting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorPage:
    slug: str
    name: str
    lead: str
    organisation_number: str | None
    website: Part | None
    products: tuple[OwnProduct, ...]
    # How far its products have come with each solution.
    readiness: tuple[VendorLine, ...]
    # Where its people confirm that, for those who may.
    status: str
    # Joint rollouts for municipalities that use its products.
    rollouts: tuple[RolloutRow, ...]
    uses: tuple[UseRow, ...]
    headers: tuple[SortLink, ...]
    product: str
    # Where its people are listed, for those who may see them.
    people: str
    # What can be chosen, when there is more than one.
    product_choices: tuple[tuple[str, str], ...]
    sort: str
    past_day: date | None
    may_edit: bool
    csv: str
    xlsx: str

    @property
    def municipality_count(self) -> int:
        return len({row.number for row in self.uses})


@dataclass(frozen=True, slots=True)
class Uses:
    """Who uses the vendor's products, in the reader's order: for the page and for files alike."""

    vendor: Vendor
    rows: tuple[UseRow, ...]
    sorting: Sorting[UseRow]
    product: str
    on: date

    @classmethod
    def of(cls, vendor: Vendor, query: QueryDict, *, on: date) -> "Uses":
        """One query."""
        sorting = Sorting.of(_use_columns(), query, usual="navn")
        product = query.get("produkt", "")
        rows = sorting.rows(_uses(vendor, product, on))
        return cls(vendor, tuple(rows), sorting, product, on)


def _uses(vendor: Vendor, product: str, on: date) -> list[UseRow]:
    code = "municipality__codes"
    rows = (
        VendorProfile.objects.valid_on(on)
        .filter(valid_on(on, code), product__vendor=vendor)
        .values_list(
            f"{code}__number",
            f"{code}__qualified_name",
            "service_area",
            "product__name",
            "valid_from",
        )
    )
    if product:
        rows = rows.filter(product__slug=product)
    found: dict[tuple[str, str, str], dict[ServiceArea, date]] = {}
    for number, name, area, called, valid_from in rows.order_by(f"{code}__number", "product__name"):
        found.setdefault((number, name, called), {})[ServiceArea(area)] = valid_from
    return [
        UseRow(
            number=number,
            name=name,
            areas=tuple(str(texts.SERVICE_AREAS[area]) for area in ServiceArea if area in since),
            product=called,
            valid_from=min(since.values()),
        )
        for (number, name, called), since in found.items()
    ]


def _use_columns() -> tuple[SortColumn[UseRow], ...]:
    return (
        SortColumn("nummer", gettext("Nr."), lambda row: row.number),
        SortColumn("navn", gettext("Kommune"), lambda row: nb_sort_key(row.name)),
        SortColumn(
            "omrader", gettext("Tjenesteområder"), lambda row: nb_sort_key(", ".join(row.areas))
        ),
        SortColumn("produkt", gettext("Produkt"), lambda row: nb_sort_key(row.product)),
        SortColumn("fra", gettext("I bruk fra"), lambda row: row.valid_from),
    )


def vendor_page(
    found: Uses,
    query: QueryDict,
    *,
    today: date,
    may_edit: bool,
    may_confirm: bool,
    sees_people: bool,
    is_insider: bool,
) -> VendorPage:
    """At most sixteen queries beside the one that found the uses."""
    vendor = found.vendor
    use = use_per_area(found.on, vendor=vendor.pk)
    row = next((one for one in queries.register(on=found.on) if one.pk == vendor.pk), None)
    products = tuple(
        OwnProduct(
            slug=product.slug,
            name=product.name,
            kind=str(texts.PRODUCT_KINDS[product.kind]),
            areas=tuple(
                AreaUse(str(texts.SERVICE_AREAS[area]), use[product.pk][area])
                for area in ServiceArea
                if area in use.get(product.pk, {})
            ),
            municipalities=product.municipalities,
        )
        for product in (row.products if row else ())
    )
    municipalities = row.municipalities if row else 0
    return VendorPage(
        slug=vendor.slug,
        name=vendor.name,
        lead=ngettext(
            "%(count)d kommune bruker minst ett produkt herfra.",
            "%(count)d kommuner bruker minst ett produkt herfra.",
            municipalities,
        )
        % {"count": municipalities}
        if municipalities
        else "",
        organisation_number=_grouped(vendor.organisation_number),
        website=links.website(vendor.website),
        products=products,
        readiness=elsewhere.of_vendor(vendor.pk, on=found.on),
        status=reverse("readiness:own", args=[vendor.slug])
        if may_confirm and found.on == today
        else "",
        rollouts=_rollouts(vendor.pk, today, is_insider=is_insider) if found.on == today else (),
        uses=found.rows,
        headers=found.sorting.links(query),
        product=found.product,
        product_choices=(
            ("", gettext("Alle produktene")),
            *((product.slug, product.name) for product in products),
        )
        if len(products) > 1
        else (),
        sort=found.sorting.code if "sorter" in query else "",
        past_day=found.on if found.on != today else None,
        may_edit=may_edit,
        people=reverse("people:vendor", args=[vendor.slug]) if sees_people else "",
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
    )


def _rollouts(vendor: int, today: date, *, is_insider: bool) -> tuple[RolloutRow, ...]:
    return tuple(
        RolloutRow(
            name=one.rollout.name,
            address=reverse("rollouts:show", args=[one.rollout.slug]),
            solution=one.rollout.solution_name,
            starts_on=one.rollout.starts_on,
            products=one.products,
            municipalities=one.municipalities,
            waiting=ngettext(
                "%(count)d venter på en versjon", "%(count)d venter på en versjon", one.waiting
            )
            % {"count": one.waiting}
            if one.waiting
            else "",
        )
        for one in concerned.of_vendor(vendor, today, to_insiders=is_insider)
    )


def _grouped(number: str | None) -> str | None:
    """«921 707 134», as organisation numbers are read."""
    if number is None:
        return None
    return "\N{NO-BREAK SPACE}".join((number[:3], number[3:6], number[6:]))


def uses_download(found: Uses) -> Download:
    return Download(
        name=f"kommuner-{found.vendor.slug}",
        sheet=found.vendor.name,
        on=found.on,
        fields=(
            Field("nummer", gettext("Nummer"), 9),
            Field("navn", gettext("Kommune"), 24),
            Field("tjenesteomrader", gettext("Tjenesteområder"), 40),
            Field("produkt", gettext("Produkt"), 28),
            Field("fra", gettext("I bruk fra"), 12),
        ),
        rows=[
            (row.number, row.name, ", ".join(row.areas), row.product, row.valid_from)
            for row in found.rows
        ],
    )

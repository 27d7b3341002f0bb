"""The register of vendors and products, and which municipality uses what from when."""

from datetime import date, datetime

from django.db.models.functions import Lower

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib import slugs
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities import texts
from samlop.municipalities.models import (
    Municipality,
    MunicipalityCode,
    Product,
    Vendor,
    VendorProfile,
)
from samlop.municipalities.rules import vendors as rules
from samlop.municipalities.rules import writing
from samlop.municipalities.rules.kinds import ProductKind, ServiceArea
from samlop.municipalities.rules.regions import Span
from samlop.municipalities.rules.vendors import Use, VendorRefusal

_REGISTER = "municipalities.vendors"


class CannotChangeVendor(Refused):
    """A rule says no to a vendor, a product or a use; nothing was saved."""

    def __init__(self, refusal: VendorRefusal, **words: str) -> None:
        super().__init__(str(texts.VENDOR_REFUSALS[refusal]) % words)
        self.refusal = refusal


def create_vendor(
    *,
    name: str,
    by: Actor,
    organisation_number: str = "",
    website: str = "",
    at: datetime | None = None,
) -> Vendor:
    """A new vendor in the register. Raises CannotChangeVendor."""
    name = _usable_name(name)
    number = _usable_organisation_number(organisation_number)
    website = _usable_website(website)
    with change("municipalities.vendor.created", by=by, at=at) as record:
        locks.hold(_REGISTER)
        _require_free(name, number)
        vendor = Vendor.objects.create(
            slug=slugs.free_slug(
                name, set(Vendor.objects.values_list("slug", flat=True)), otherwise="leverandor"
            ),
            name=name,
            organisation_number=number,
            website=website,
        )
        record(vendor, details={"name": name})
    return vendor


def edit_vendor(
    *,
    vendor: Vendor,
    name: str,
    organisation_number: str,
    website: str,
    by: Actor,
    at: datetime | None = None,
) -> Vendor:
    """Name, number and website; the address stays as it was. Raises CannotChangeVendor."""
    wanted = {
        "name": _usable_name(name),
        "organisation_number": _usable_organisation_number(organisation_number),
        "website": _usable_website(website),
    }
    with change("municipalities.vendor.changed", by=by, at=at) as record:
        locks.hold(_REGISTER)
        row = Vendor.objects.select_for_update(no_key=True).get(pk=vendor.pk)
        _require_free(wanted["name"] or "", wanted["organisation_number"], but=row)
        changed = {
            field: [getattr(row, field), value]
            for field, value in wanted.items()
            if getattr(row, field) != value
        }
        if not changed:
            record.nothing_changed()
            return row
        for field, value in wanted.items():
            setattr(row, field, value)
        row.save(update_fields=list(wanted))
        record(row, details=changed)
    return row


def create_product(
    *, vendor: Vendor, name: str, kind: ProductKind, by: Actor, at: datetime | None = None
) -> Product:
    """A new product of the vendor. Raises CannotChangeVendor."""
    name = _usable_name(name)
    with change("municipalities.product.created", by=by, at=at) as record:
        locks.hold(_REGISTER)
        _require_free_product_name(vendor.pk, name)
        product = Product.objects.create(
            vendor=vendor,
            slug=slugs.free_slug(
                name, set(Product.objects.values_list("slug", flat=True)), otherwise="produkt"
            ),
            name=name,
            kind=kind.value,
        )
        record(product, details={"vendor": vendor.name, "name": name, "kind": kind.value})
    return product


def edit_product(
    *, product: Product, name: str, kind: ProductKind, by: Actor, at: datetime | None = None
) -> Product:
    """Name and, until somebody uses it, kind. Raises CannotChangeVendor."""
    name = _usable_name(name)
    with change("municipalities.product.changed", by=by, at=at) as record:
        locks.hold(_REGISTER)
        # Whoever registers a use locks the product too, so the answer below stays true.
        row = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        _require_free_product_name(row.vendor_id, name, but=row)
        changed = {
            field: [old, new]
            for field, old, new in (("name", row.name, name), ("kind", row.kind, kind.value))
            if old != new
        }
        if not changed:
            record.nothing_changed()
            return row
        if "kind" in changed and (row.profiles.exists() or row.shared_installations.exists()):
            raise CannotChangeVendor(VendorRefusal.KIND_IN_USE, name=row.name)
        row.name, row.kind = name, kind.value
        row.save(update_fields=["name", "kind"])
        record(row, details=changed)
    return row


def set_profile(
    *,
    municipality: Municipality,
    service_area: ServiceArea,
    product: Product,
    valid_from: date,
    by: Actor,
    source: str = "",
    at: datetime | None = None,
) -> VendorProfile:
    """The municipality uses the product in the service area from a day on.

    A new record system ends the former one the same day. Raises CannotChangeVendor.
    """
    with change("municipalities.vendor_profile.set", by=by, at=at) as record:
        # What must end depends on the municipality's other systems: it is the queue.
        Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
        # And the product's kind may be changed until somebody uses it.
        product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        exists = MunicipalityCode.objects.filter(municipality=municipality).valid_on(valid_from)
        if not exists.exists():
            raise CannotChangeVendor(
                VendorRefusal.MUNICIPALITY_NOT_THERE, day=texts.day_words(valid_from)
            )
        rows = {
            row.pk: row
            for row in VendorProfile.objects.filter(
                municipality=municipality, service_area=service_area.value
            ).select_related("product")
        }
        follows = rules.take_into_use(
            product.pk, ProductKind(product.kind), valid_from, [_use(row) for row in rows.values()]
        )
        if follows.refusal and follows.because_of:
            raise CannotChangeVendor(
                follows.refusal,
                name=rows[follows.because_of.pk].product.name,
                day=texts.day_words(follows.because_of.span.valid_from),
            )
        former = None
        if follows.ends:
            former = rows[follows.ends.pk]
            former.valid_to = valid_from
            former.save(update_fields=["valid_to"])
        profile = VendorProfile.objects.create(
            municipality=municipality,
            service_area=service_area.value,
            product=product,
            kind=product.kind,
            source=source.strip(),
            valid_from=valid_from,
        )
        record(
            profile,
            municipality_id=municipality.pk,
            details={
                "service_area": service_area.value,
                "product": product.name,
                "instead_of": former.product.name if former else None,
                "from": valid_from.isoformat(),
            },
        )
    return profile


def end_profile(
    *,
    profile: VendorProfile,
    ends_on: date,
    by: Actor,
    reason: str = "",
    at: datetime | None = None,
) -> VendorProfile:
    """The product is in use until, and not on, `ends_on`. Raises CannotChangeVendor."""
    with change("municipalities.vendor_profile.ended", by=by, reason=reason, at=at) as record:
        row = (
            VendorProfile.objects.select_for_update(of=("self",), no_key=True)
            .select_related("product")
            .get(pk=profile.pk)
        )
        if row.valid_to == ends_on:
            record.nothing_changed()
            return row
        if row.valid_to is not None:
            raise CannotChangeVendor(
                VendorRefusal.ALREADY_ENDED,
                name=row.product.name,
                day=texts.day_words(row.valid_to),
            )
        if ends_on <= row.valid_from:
            raise CannotChangeVendor(
                VendorRefusal.ENDS_BEFORE_IT_STARTS,
                name=row.product.name,
                day=texts.day_words(row.valid_from),
            )
        row.valid_to = ends_on
        row.save(update_fields=["valid_to"])
        record(
            row,
            municipality_id=row.municipality_id,
            details={
                "service_area": row.service_area,
                "product": row.product.name,
                "ends_on": ends_on.isoformat(),
            },
        )
    return row


def remove_profile(
    *, profile: VendorProfile, by: Actor, reason: str = "", at: datetime | None = None
) -> None:
    """It never was so: for a use registered by mistake. Gone already changes nothing."""
    with change("municipalities.vendor_profile.removed", by=by, reason=reason, at=at) as record:
        row = (
            VendorProfile.objects.select_for_update(of=("self",))
            .select_related("product")
            .filter(pk=profile.pk)
            .first()
        )
        if row is None:
            record.nothing_changed()
            return
        record(
            row,
            municipality_id=row.municipality_id,
            details={
                "service_area": row.service_area,
                "product": row.product.name,
                "from": row.valid_from.isoformat(),
            },
        )
        row.delete()


def _use(row: VendorProfile) -> Use:
    return Use(
        pk=row.pk,
        product=row.product_id,
        kind=ProductKind(row.kind),
        span=Span(valid_from=row.valid_from, valid_to=row.valid_to),
    )


def _usable_name(name: str) -> str:
    usable = writing.name(name)
    if usable is None:
        raise CannotChangeVendor(VendorRefusal.NO_NAME)
    return usable


def _usable_website(website: str) -> str:
    usable = writing.website(website)
    if usable is None:
        raise CannotChangeVendor(VendorRefusal.BAD_WEBSITE)
    return usable


def _usable_organisation_number(text: str) -> str | None:
    number = "".join(text.split())
    if not number:
        return None
    if not rules.is_organisation_number(number):
        raise CannotChangeVendor(VendorRefusal.BAD_ORGANISATION_NUMBER, number=text.strip())
    return number


def _require_free(name: str, number: str | None, *, but: Vendor | None = None) -> None:
    others = Vendor.objects.exclude(pk=but.pk) if but else Vendor.objects.all()
    if others.annotate(lower=Lower("name")).filter(lower=name.lower()).exists():
        raise CannotChangeVendor(VendorRefusal.NAME_TAKEN, name=name)
    if number and (holder := others.filter(organisation_number=number).first()):
        raise CannotChangeVendor(
            VendorRefusal.ORGANISATION_NUMBER_TAKEN, number=number, name=holder.name
        )


def _require_free_product_name(vendor_id: int, name: str, *, but: Product | None = None) -> None:
    others = Product.objects.filter(vendor=vendor_id)
    if but:
        others = others.exclude(pk=but.pk)
    if others.annotate(lower=Lower("name")).filter(lower=name.lower()).exists():
        raise CannotChangeVendor(VendorRefusal.NAME_TAKEN, name=name)

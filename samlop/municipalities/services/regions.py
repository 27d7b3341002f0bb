"""Regions that people keep: making, changing and ending them, and who is in them when."""

from collections.abc import Collection
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
    Region,
    RegionMembership,
    SharedInstallation,
)
from samlop.municipalities.rules import regions as rules
from samlop.municipalities.rules import writing
from samlop.municipalities.rules.kinds import Certainty, ProductKind, RegionKind, ServiceArea
from samlop.municipalities.rules.regions import Held, RegionRefusal, Span


class CannotChangeRegion(Refused):
    """A rule says no to a change of a region or its members; nothing was saved."""

    def __init__(self, refusal: RegionRefusal, **words: str) -> None:
        super().__init__(str(texts.REGION_REFUSALS[refusal]) % words)
        self.refusal = refusal


def create_region(
    *,
    kind: RegionKind,
    name: str,
    valid_from: date,
    by: Actor,
    website: str = "",
    note: str = "",
    source: str = "",
    certainty: Certainty = Certainty.CONFIRMED,
    at: datetime | None = None,
) -> Region:
    """A new region of a kind that people keep. Raises CannotChangeRegion."""
    _require_kept_by_people(kind)
    name = _usable_name(name)
    website = _usable_website(website)
    with change("municipalities.region.created", by=by, at=at) as record:
        _lock_names(kind)
        _require_free_name(kind, name)
        region = Region.objects.create(
            kind=kind.value,
            slug=slugs.free_slug(
                name, set(Region.objects.values_list("slug", flat=True)), otherwise=kind.value
            ),
            name=name,
            website=website,
            note=note.strip(),
            source=source.strip(),
            certainty=certainty.value,
            valid_from=valid_from,
        )
        record(region, details={"kind": kind.value, "name": name})
    return region


def edit_region(
    *,
    region: Region,
    name: str,
    website: str,
    note: str,
    by: Actor,
    at: datetime | None = None,
) -> Region:
    """Name, website and note; the address stays as it was. Raises CannotChangeRegion."""
    kind = RegionKind(region.kind)
    _require_kept_by_people(kind)
    wanted = {
        "name": _usable_name(name),
        "website": _usable_website(website),
        "note": note.strip(),
    }
    with change("municipalities.region.changed", by=by, at=at) as record:
        _lock_names(kind)
        row = _locked(region)
        _require_free_name(kind, wanted["name"], but=row)
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


def end_region(
    *, region: Region, ends_on: date, by: Actor, reason: str = "", at: datetime | None = None
) -> Region:
    """The region and its memberships hold until, and not on, `ends_on`.

    Raises CannotChangeRegion.
    """
    _require_kept_by_people(RegionKind(region.kind))
    with change("municipalities.region.ended", by=by, reason=reason, at=at) as record:
        row = _locked(region)
        if row.valid_to is not None:
            raise CannotChangeRegion(
                RegionRefusal.ALREADY_ENDED, name=row.name, day=texts.day_words(row.valid_to)
            )
        if ends_on <= row.valid_from:
            raise CannotChangeRegion(
                RegionRefusal.ENDS_BEFORE_IT_STARTS,
                name=row.name,
                day=texts.day_words(row.valid_from),
            )
        memberships = RegionMembership.objects.filter(region=row)
        if memberships.filter(valid_from__gte=ends_on).exists():
            raise CannotChangeRegion(
                RegionRefusal.MEMBERS_START_LATER, name=row.name, day=texts.day_words(ends_on)
            )
        row.valid_to = ends_on
        row.save(update_fields=["valid_to"])
        record(row, details={"ends_on": ends_on.isoformat()})
        for membership in memberships.exclude(valid_to__lte=ends_on).order_by("pk"):
            membership.valid_to = ends_on
            membership.save(update_fields=["valid_to"])
            record(
                membership,
                municipality_id=membership.municipality_id,
                details={"region": row.name, "ends_on": ends_on.isoformat()},
            )
    return row


def add_member(
    *,
    region: Region,
    municipality: Municipality,
    valid_from: date,
    by: Actor,
    valid_to: date | None = None,
    certainty: Certainty = Certainty.CONFIRMED,
    source: str = "",
    at: datetime | None = None,
) -> RegionMembership:
    """The municipality is a member from a day on. Raises CannotChangeRegion."""
    kind = RegionKind(region.kind)
    wanted = Span(valid_from=valid_from, valid_to=valid_to)
    with change("municipalities.membership.added", by=by, at=at) as record:
        row = _locked(region)
        # Whether there is room depends on the municipality's other memberships: it is the queue.
        Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
        _require_free_to_join(kind, row, municipality, wanted)
        membership = RegionMembership.objects.create(
            region=row,
            municipality=municipality,
            kind=kind.value,
            certainty=certainty.value,
            source=source.strip(),
            valid_from=valid_from,
            valid_to=valid_to,
        )
        record(
            membership,
            municipality_id=municipality.pk,
            details={"region": row.name, "from": valid_from.isoformat()},
        )
    return membership


def end_membership(
    *,
    membership: RegionMembership,
    ends_on: date,
    by: Actor,
    reason: str = "",
    at: datetime | None = None,
) -> RegionMembership:
    """The municipality is a member until, and not on, `ends_on`. Raises CannotChangeRegion.

    An end already set may be moved, as long as it comes before the region's own end and before
    the municipality is a member somewhere else.
    """
    with change("municipalities.membership.ended", by=by, reason=reason, at=at) as record:
        region = _locked(Region.objects.get(pk=membership.region_id))
        Municipality.objects.select_for_update(no_key=True).get(pk=membership.municipality_id)
        row = RegionMembership.objects.select_for_update(no_key=True).get(pk=membership.pk)
        if row.valid_to == ends_on:
            record.nothing_changed()
            return row
        _require_free_to_join(
            RegionKind(row.kind),
            region,
            Municipality(pk=row.municipality_id),
            Span(valid_from=row.valid_from, valid_to=ends_on),
            but=row,
        )
        row.valid_to = ends_on
        row.save(update_fields=["valid_to"])
        record(
            row,
            municipality_id=row.municipality_id,
            details={"region": region.name, "ends_on": ends_on.isoformat()},
        )
    return row


def remove_membership(
    *, membership: RegionMembership, by: Actor, reason: str = "", at: datetime | None = None
) -> None:
    """It never was so: for a membership registered by mistake. Gone already changes nothing."""
    with change("municipalities.membership.removed", by=by, reason=reason, at=at) as record:
        region = _locked(Region.objects.get(pk=membership.region_id))
        _require_kept_by_people(RegionKind(region.kind))
        row = RegionMembership.objects.select_for_update().filter(pk=membership.pk).first()
        if row is None:
            record.nothing_changed()
            return
        record(
            row,
            municipality_id=row.municipality_id,
            details={"region": region.name, "from": row.valid_from.isoformat()},
        )
        row.delete()


def confirm_memberships(
    *,
    region: Region,
    membership_ids: Collection[int],
    by: Actor,
    source: str = "",
    at: datetime | None = None,
) -> int:
    """These assumed memberships are known to be so; says how many became confirmed.

    Give one, or all that a page showed: a membership added since is not confirmed by a person
    who has not seen it. Ids of other regions' memberships are passed over.
    """
    _require_kept_by_people(RegionKind(region.kind))
    with change("municipalities.membership.confirmed", by=by, at=at) as record:
        assumed = list(
            RegionMembership.objects.select_for_update(no_key=True)
            .filter(region=region, pk__in=membership_ids, certainty=Certainty.ASSUMED.value)
            .order_by("pk")
        )
        for row in assumed:
            row.certainty = Certainty.CONFIRMED.value
            row.source = source.strip() or row.source
            row.save(update_fields=["certainty", "source"])
            record(row, municipality_id=row.municipality_id, details={"region": region.name})
        if not assumed:
            record.nothing_changed()
    return len(assumed)


def share_installation(
    *,
    region: Region,
    service_area: ServiceArea,
    product: Product | None,
    by: Actor,
    at: datetime | None = None,
) -> None:
    """The members run one record system in the service area; the product may be unknown.

    Raises CannotChangeRegion.
    """
    with change("municipalities.installation.shared", by=by, at=at) as record:
        row = _locked(region)
        if product is not None:
            # The product's kind may be changed until somebody uses it.
            product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        kind = ProductKind(product.kind) if product else None
        if refusal := rules.refusal_to_share(RegionKind(row.kind), kind):
            raise CannotChangeRegion(
                refusal, name=row.name, product=product.name if product else ""
            )
        installation = SharedInstallation.objects.filter(
            region=row, service_area=service_area.value
        ).first()
        if installation is None:
            installation = SharedInstallation.objects.create(
                region=row, service_area=service_area.value, product=product
            )
        elif installation.product_id == (product.pk if product else None):
            record.nothing_changed()
            return
        else:
            installation.product = product
            installation.save(update_fields=["product"])
        record(
            installation,
            details={
                "region": row.name,
                "service_area": service_area.value,
                "product": product.name if product else None,
            },
        )


def stop_sharing_installation(
    *, region: Region, service_area: ServiceArea, by: Actor, at: datetime | None = None
) -> None:
    """Each member runs its own again. Not sharing already changes nothing."""
    with change("municipalities.installation.separated", by=by, at=at) as record:
        row = _locked(region)
        installation = SharedInstallation.objects.filter(
            region=row, service_area=service_area.value
        ).first()
        if installation is None:
            record.nothing_changed()
            return
        record(installation, details={"region": row.name, "service_area": service_area.value})
        installation.delete()


def _locked(region: Region) -> Region:
    return Region.objects.select_for_update(no_key=True).get(pk=region.pk)


def _lock_names(kind: RegionKind) -> None:
    """No constraint keeps names apart: an ended region may share its name with a new one."""
    locks.hold(f"municipalities.region_names:{kind.value}")


def _require_kept_by_people(kind: RegionKind) -> None:
    if kind not in rules.KEPT_BY_PEOPLE:
        raise CannotChangeRegion(RegionRefusal.KIND_IS_A_FACT)


def _usable_name(name: str) -> str:
    usable = writing.name(name)
    if usable is None:
        raise CannotChangeRegion(RegionRefusal.NO_NAME)
    return usable


def _usable_website(website: str) -> str:
    usable = writing.website(website)
    if usable is None:
        raise CannotChangeRegion(RegionRefusal.BAD_WEBSITE)
    return usable


def _require_free_name(kind: RegionKind, name: str, *, but: Region | None = None) -> None:
    others = Region.objects.filter(kind=kind.value, valid_to=None)
    if but is not None:
        if but.valid_to is not None:
            return
        others = others.exclude(pk=but.pk)
    if others.annotate(lower=Lower("name")).filter(lower=name.lower()).exists():
        raise CannotChangeRegion(RegionRefusal.NAME_TAKEN, name=name)


def _require_free_to_join(
    kind: RegionKind,
    region: Region,
    municipality: Municipality,
    wanted: Span,
    *,
    but: RegionMembership | None = None,
) -> None:
    codes = list(MunicipalityCode.objects.filter(municipality=municipality).order_by("valid_from"))
    refusal = rules.refusal_of_membership(
        kind,
        wanted,
        Span(valid_from=region.valid_from, valid_to=region.valid_to),
        (Span(valid_from=code.valid_from, valid_to=code.valid_to) for code in codes),
    )
    called = codes[-1].qualified_name if codes else str(municipality)
    if refusal:
        day = wanted.valid_from
        if refusal is RegionRefusal.REGION_NOT_THERE_YET:
            day = region.valid_from
        elif refusal is RegionRefusal.REGION_ENDED and region.valid_to is not None:
            day = region.valid_to
        raise CannotChangeRegion(
            refusal, municipality=called, name=region.name, day=texts.day_words(day)
        )
    memberships = RegionMembership.objects.filter(municipality=municipality, kind=kind.value)
    if but is not None:
        memberships = memberships.exclude(pk=but.pk)
    held = {
        Held(
            region=row.region_id, span=Span(valid_from=row.valid_from, valid_to=row.valid_to)
        ): row.region.name
        for row in memberships.select_related("region")
    }
    if blocking := rules.in_the_way(kind, region.pk, wanted, held):
        raise CannotChangeRegion(
            RegionRefusal.ALREADY_A_MEMBER
            if blocking.region == region.pk
            else RegionRefusal.IN_ANOTHER_OF_ITS_KIND,
            municipality=called,
            name=held[blocking],
            day=texts.day_words(blocking.span.valid_from),
        )

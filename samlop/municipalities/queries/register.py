"""All municipalities on a day, each with what a register shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value

from samlop.db.periods import valid_on
from samlop.db.text_keys import SearchKey
from samlop.municipalities.models import (
    Municipality,
    MunicipalityCode,
    MunicipalityName,
    Population,
    RegionMembership,
)
from samlop.municipalities.rules.kinds import RegionKind

# Below this a word is another word: «tromsoo» is near Tromsø (0.7), «trondheim» is not.
ALIKE: Final = 0.5


class Row(NamedTuple):
    """One municipality; facts without dates are the newest known.

    A tuple, for there are 357 of them on a page. The last two are None unless asked for.
    """

    pk: int
    number: str
    name: str
    county: str | None
    county_number: str | None
    group: str | None
    group_slug: str | None
    inhabitants: int | None
    area: Decimal | None
    centrality: int | None
    language_form: str
    administrative_centre: str
    kostra_group: str
    organisation_number: str | None
    postmottak: str
    website: str
    health_region: str | None = None
    other_names: str | None = None


def rows(
    *, on: date, with_health_region: bool = False, with_other_names: bool = False
) -> list[Row]:
    """Every municipality of the day, in no particular order.

    One query, and one more for each of what is asked for besides.
    """
    latest = Population.objects.filter(municipality=OuterRef("pk"), counted_on__lte=on)
    found = (
        Municipality.objects.annotate(
            code=FilteredRelation("codes", condition=valid_on(on, "codes")),
            in_county=_in(RegionKind.COUNTY, on),
            in_group=_in(RegionKind.EHEALTH_GROUP, on),
            inhabitants=Subquery(latest.order_by("-counted_on").values("inhabitants")[:1]),
        )
        .filter(code__isnull=False)
        .values_list(
            "pk",
            "code__number",
            "code__qualified_name",
            "in_county__region__name",
            "in_county__region__number",
            "in_group__region__name",
            "in_group__region__slug",
            "inhabitants",
            "area_km2",
            "centrality",
            "language_form",
            "administrative_centre",
            "kostra_group",
            "organisation_number",
            "postmottak",
            "website",
        )
    )
    rows = [Row(*values) for values in found]
    if with_health_region:
        health_regions = _health_regions(on)
        rows = [row._replace(health_region=health_regions.get(row.pk)) for row in rows]
    if with_other_names:
        others = other_names()
        rows = [row._replace(other_names=others.get(row.pk)) for row in rows]
    return rows


def _in(kind: RegionKind, on: date) -> FilteredRelation:
    return FilteredRelation(
        "region_memberships",
        condition=Q(region_memberships__kind=kind.value) & valid_on(on, "region_memberships"),
    )


def _health_regions(on: date) -> Mapping[int, str]:
    members = RegionMembership.objects.valid_on(on).filter(kind=RegionKind.HEALTH_REGION.value)
    return dict(members.values_list("municipality_id", "region__name"))


def other_names() -> Mapping[int, str]:
    """The Sámi and Kven names of each municipality that has any. One query."""
    names: dict[int, list[str]] = {}
    rows = (
        MunicipalityName.objects.exclude(language="nb")
        .order_by("-language", "name", "pk")
        .values_list("municipality_id", "name")
    )
    for municipality, name in rows:
        names.setdefault(municipality, []).append(name)
    return {municipality: ", ".join(found) for municipality, found in names.items()}


@dataclass(frozen=True, slots=True)
class Hits:
    """Municipalities with a name or number that holds a text, or else that is like it."""

    municipalities: frozenset[int]
    alike: bool


def matching(text: str, *, on: date) -> Hits:
    """Those of the day, by any name or number they have or had. One query, or two."""
    existing = Municipality.objects.existing_on(on)
    wanted = SearchKey(Value(text))
    codes = MunicipalityCode.objects.filter(municipality=OuterRef("pk")).annotate(
        key=SearchKey("official_name"), plain=SearchKey("qualified_name")
    )
    names = MunicipalityName.objects.filter(municipality=OuterRef("pk")).annotate(
        key=SearchKey("name")
    )
    holding = existing.filter(
        Exists(
            codes.filter(
                Q(key__contains=wanted) | Q(plain__contains=wanted) | Q(number__startswith=text)
            )
        )
        | Exists(names.filter(key__contains=wanted))
    )
    if found := frozenset(holding.values_list("pk", flat=True)):
        return Hits(found, alike=False)
    likeness = TrigramWordSimilarity(wanted, F("key"))  # type: ignore[arg-type]
    near = existing.filter(
        Exists(codes.annotate(likeness=likeness).filter(likeness__gte=ALIKE))
        | Exists(names.annotate(likeness=likeness).filter(likeness__gte=ALIKE))
    )
    return Hits(frozenset(near.values_list("pk", flat=True)), alike=True)

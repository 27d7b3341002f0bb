"""All municipalities on a day, each with what a register shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value

from samlop.db.periods import valid_on
from samlop.db.text_keys import SearchKey
from samlop.municipalities.models import (
    Municipality,
    MunicipalityCode,
    MunicipalityName,
    Population,
)
from samlop.municipalities.rules.kinds import RegionKind

# Below this a word is another word: «tromsoo» is near Tromsø (0.7), «trondheim» is not.
ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """One municipality; facts without dates are the newest known."""

    pk: int
    number: str
    name: str
    county: str | None
    county_number: str | None
    group: str | None
    group_slug: str | None
    health_region: str | None
    inhabitants: int | None
    area: Decimal | None
    centrality: int | None
    language_form: str
    administrative_centre: str
    kostra_group: str
    organisation_number: str | None
    postmottak: str
    website: str
    other_names: str


_RELATIONS: Final[Mapping[str, RegionKind]] = {
    "in_county": RegionKind.COUNTY,
    "in_group": RegionKind.EHEALTH_GROUP,
    "in_health_region": RegionKind.HEALTH_REGION,
}


def rows(*, on: date) -> list[Row]:
    """Every municipality of the day, in no particular order. Two queries."""
    memberships = {
        name: FilteredRelation(
            "region_memberships",
            condition=Q(region_memberships__kind=kind.value) & valid_on(on, "region_memberships"),
        )
        for name, kind in _RELATIONS.items()
    }
    latest = Population.objects.filter(municipality=OuterRef("pk"), counted_on__lte=on)
    found = (
        Municipality.objects.annotate(
            code=FilteredRelation("codes", condition=valid_on(on, "codes")),
            **memberships,
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
            "in_health_region__region__name",
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
    others = other_names()
    return [Row(*values, others.get(values[0], "")) for values in found]


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

"""All municipalities on a day, each with what a register shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Value

from samlop.db.text_keys import SearchKey
from samlop.municipalities.models import (
    Municipality,
    MunicipalityCode,
    MunicipalityName,
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


# In the order of Row. In words of its own: every list of municipalities begins with it, and
# putting it together anew each time took longer than asking it.
_ROWS: Final = """
with living as (
  select distinct on (municipality_id) municipality_id, inhabitants
  from municipalities_population where counted_on <= %(day)s
  order by municipality_id, counted_on desc
),
inside as (
  select m.municipality_id, m.kind, r.name, r.number, r.slug
  from municipalities_regionmembership m join municipalities_region r on r.id = m.region_id
  where m.kind in ('county', 'ehealth_group')
    and m.valid_from <= %(day)s and (m.valid_to is null or m.valid_to > %(day)s)
)
select m.id, c.number, c.qualified_name, county.name, county.number, grp.name, grp.slug,
  living.inhabitants, m.area_km2, m.centrality, m.language_form, m.administrative_centre,
  m.kostra_group, m.organisation_number, m.postmottak, m.website
from municipalities_municipality m
join municipalities_municipalitycode c on c.municipality_id = m.id
  and c.valid_from <= %(day)s and (c.valid_to is null or c.valid_to > %(day)s)
left join inside county on county.municipality_id = m.id and county.kind = 'county'
left join inside grp on grp.municipality_id = m.id and grp.kind = 'ehealth_group'
left join living on living.municipality_id = m.id
"""


def rows(
    *, on: date, with_health_region: bool = False, with_other_names: bool = False
) -> list[Row]:
    """Every municipality of the day, in no particular order.

    One query, and one more for each of what is asked for besides.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"day": on})
        rows = [Row(*values) for values in cursor.fetchall()]
    if with_health_region:
        health_regions = _health_regions(on)
        rows = [row._replace(health_region=health_regions.get(row.pk)) for row in rows]
    if with_other_names:
        others = other_names()
        rows = [row._replace(other_names=others.get(row.pk)) for row in rows]
    return rows


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

"""The map of vendor coverage: where the municipality's products are ready for a solution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import readiness
from samlop.portfolio.queries.portfolio import Row
from samlop.portfolio.rules.readiness import Coverage, Standing
from samlop.portfolio.texts import readiness as readiness_texts
from samlop.portfolio.texts import solutions as texts
from samlop.web import formats
from samlop.web.downloads import Download, Field
from samlop.web.municipalities import coloured, maps
from samlop.web.municipalities.maps import Map, Value

# What the map is asked for by: «kjernejournal.home_care».
PARAMETER: Final = "dekning"
_STEPS: Final[Mapping[Standing, int]] = {
    Standing.UNKNOWN: 0,
    Standing.WAITING: 2,
    Standing.COVERED: 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyRow:
    """A county, and how many of its municipalities stand where."""

    name: str
    covered: int
    waiting: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageMap:
    """`map` is None when the choice concerns no municipality."""

    choices: tuple[tuple[str, str], ...]
    choice: str
    title: str
    map: Map | None
    counties: tuple[CountyRow, ...]
    covered: int
    waiting: int
    unknown: int
    left_out: int
    slug: str

    @property
    def count(self) -> int:
        return self.covered + self.waiting + self.unknown


def choices(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Every offer among the rows, by solution and area."""
    ordered = sorted(rows, key=lambda row: nb_sort_key(row.name))
    return tuple((_code(row), _title(row)) for row in ordered)


def chosen(rows: Sequence[Row], query: QueryDict) -> Row | None:
    """The offer that is asked for; else the first."""
    by_code = {_code(row): row for row in sorted(rows, key=lambda row: nb_sort_key(row.name))}
    wanted = by_code.get(query.get(PARAMETER, ""))
    return wanted or next(iter(by_code.values()), None)


def _code(row: Row) -> str:
    return f"{row.slug}.{row.area.value}"


def _title(row: Row) -> str:
    return f"{row.name}, {str(texts.AREAS[row.area]).lower()}"


def coverage_map(rows: Sequence[Row], query: QueryDict, *, on: date) -> CoverageMap | None:
    """Eight queries, however many municipalities; None when there is nothing to choose."""
    row = chosen(rows, query)
    if row is None:
        return None
    found = readiness.coverage(Offer.objects.select_related("solution").get(pk=row.offer), on)
    places = _places(on)
    tiles = coloured.numbers_of_tiles()
    values: dict[str, Value] = {}
    left_out = 0
    for pk, (_, name, _) in places.items():
        standing = found.standing(pk)
        if standing is None:
            continue
        if (number := tiles.get(pk)) is None:
            left_out += 1
            continue
        values[number] = Value(
            _STEPS[standing],
            gettext("%(name)s: %(what)s")
            % {"name": name, "what": _words(found, pk, standing).lower()},
        )
    legend = [""] * maps.STEPS
    for standing, step in _STEPS.items():
        if standing is Standing.UNKNOWN and not found.unknown:
            continue
        legend[step] = str(readiness_texts.STANDINGS[standing])
    title = _title(row)
    return CoverageMap(
        choices=choices(rows),
        choice=_code(row),
        title=title,
        map=maps.tile_map(
            values,
            legend=legend,
            label=gettext("Kart over hvilke kommuner som har leverandører som er klare: %(what)s")
            % {"what": title},
            counties=coloured.counties_of_tiles(),
            suffix=f"?dato={on.isoformat()}" if query.get("dato") else "",
        )
        if found.count
        else None,
        counties=_counties(found, places),
        covered=len(found.covered),
        waiting=len(found.waiting),
        unknown=len(found.unknown),
        left_out=left_out,
        slug=row.slug,
    )


def _words(found: Coverage, municipality: int, standing: Standing) -> str:
    words = str(readiness_texts.STANDINGS[standing])
    day = found.expected.get(municipality)
    if standing is Standing.WAITING and day is not None:
        return gettext("%(words)s, ventet %(day)s") % {
            "words": words,
            "day": formats.long_date(day),
        }
    return words


def _places(on: date) -> dict[int, tuple[str, str, str]]:
    """Number, name and county of every municipality of the day. Two queries."""
    counties = dict(
        RegionMembership.objects.valid_on(on)
        .filter(kind=RegionKind.COUNTY.value)
        .values_list("municipality_id", "region__name")
    )
    rows = MunicipalityCode.objects.valid_on(on).order_by("number")
    return {
        pk: (number, name, counties.get(pk, ""))
        for pk, number, name in rows.values_list("municipality_id", "number", "qualified_name")
    }


def _counties(found: Coverage, places: Mapping[int, tuple[str, str, str]]) -> tuple[CountyRow, ...]:
    counted: dict[str, dict[Standing, int]] = {}
    for pk, (_, _, county) in places.items():
        if (standing := found.standing(pk)) is not None:
            of = counted.setdefault(county, dict.fromkeys(Standing, 0))
            of[standing] += 1
    return tuple(
        CountyRow(
            name=county or gettext("Uten fylke"),
            covered=of[Standing.COVERED],
            waiting=of[Standing.WAITING],
            unknown=of[Standing.UNKNOWN],
        )
        for county, of in sorted(counted.items(), key=lambda item: nb_sort_key(item[0]))
    )


def download(rows: Sequence[Row], query: QueryDict, *, on: date) -> Download:
    """Every municipality the choice concerns, and where it stands."""
    row = chosen(rows, query)
    found, places = Coverage(), _places(on)
    if row is not None:
        found = readiness.coverage(Offer.objects.select_related("solution").get(pk=row.offer), on)
    lines = []
    for pk, (number, name, county) in places.items():
        if (standing := found.standing(pk)) is not None:
            words = str(readiness_texts.STANDINGS[standing])
            lines.append((number, name, county, words, found.expected.get(pk)))
    return Download(
        name=f"leverandordekning-{row.slug}" if row else "leverandordekning",
        sheet=gettext("Dekning"),
        on=on,
        fields=(
            Field("nummer", gettext("Nr."), 8),
            Field("kommune", gettext("Kommune"), 28),
            Field("fylke", gettext("Fylke"), 22),
            Field("status", gettext("Status"), 28),
            Field("ventet", gettext("Ventet"), 12),
        ),
        rows=lines,
    )

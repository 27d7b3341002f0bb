"""Which municipalities have a vendor that is ready: the map, the table, and the file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import MunicipalityCode, Region
from samlop.municipalities.rules import tiles
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.readiness import Coverage, Standing
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.municipalities import coloured, maps
from samlop.web.municipalities.maps import Map, Value
from samlop.web.readiness import cells
from samlop.web.readiness.matrix import Found
from samlop.web.shell.navigation import MUNICIPALITIES
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

STANDING_CODES: Final = {
    "klar": Standing.COVERED,
    "venter": Standing.WAITING,
    "ukjent": Standing.UNKNOWN,
}
_COLORS: Final = {
    Standing.COVERED: "success",
    Standing.WAITING: "info",
    Standing.UNKNOWN: "neutral",
}
# Steps of the map: 0 is «no answer», and the fuller the colour, the closer to ready.
_STEP_PARTLY: Final = 4
_STEPS: Final = {Standing.COVERED: 5, Standing.WAITING: 2, Standing.UNKNOWN: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityRow:
    number: str
    name: str
    county: str
    standing: Standing
    standing_words: str
    color: str
    partly: bool
    products: str
    expected: date | None

    @property
    def address(self) -> str:
        return f"{MUNICIPALITIES}{self.number}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageShown:
    """One offer's reach among the municipalities, drawn and counted."""

    area_words: str
    # The other areas, when there are any: their words, and where their map is.
    others: tuple[tuple[str, str], ...]
    map: Map
    left_out: int
    sentence: str
    rows: tuple[MunicipalityRow, ...]
    headers: tuple[SortLink, ...]
    count_words: str
    # Whether the table is unfolded: when somebody has asked something of it.
    open: bool
    standing: str
    standings: tuple[tuple[str, str], ...]
    county: str
    counties: tuple[tuple[str, str], ...]


def shown_of(found: Found, query: QueryDict, *, today: date) -> CoverageShown | None:
    """The first offer shown that concerns municipalities. Four queries."""
    offer = next((one for one in found.shown if found.board.coverage[one.pk].count), None)
    if offer is None:
        return None
    reach = found.board.coverage[offer.pk]
    counties = _counties(found.on)
    rows = _municipality_rows(found, reach, counties)
    standing, county = query.get("kommuner", ""), query.get("fylke", "")
    sorting = Sorting.of(_columns(), query, usual="navn")
    fitting = _fitting(rows, standing, county)
    drawn, left_out = _map(
        reach, rows, offer, suffix="" if found.on == today else f"?dato={found.on.isoformat()}"
    )
    return CoverageShown(
        area_words=cells.inside(cells.area_words(Area(offer.area))),
        others=tuple(
            (
                cells.inside(cells.area_words(Area(one.area))),
                f"{changed(query, omrade=one.area)}#kommuner",
            )
            for one in found.offers
            if one != offer
        ),
        map=drawn,
        left_out=left_out,
        sentence=sentence(reach),
        rows=tuple(sorting.rows(row for _, row in fitting)),
        headers=tuple(
            replace(link, address=f"{link.address}#kommuneliste") for link in sorting.links(query)
        ),
        count_words=ngettext("%(count)s kommune", "%(count)s kommuner", len(fitting))
        % {"count": formats.number(len(fitting))},
        open=bool(standing or county or query.get("sorter")),
        standing=standing if standing in STANDING_CODES else "",
        standings=(
            ("", gettext("Alle kommuner")),
            *((code, str(texts.STANDINGS[one])) for code, one in STANDING_CODES.items()),
        ),
        county=county if county in counties else "",
        counties=(
            ("", gettext("Alle fylker")),
            *sorted(counties.items(), key=lambda one: nb_sort_key(one[1])),
        ),
    )


def sentence(reach: Coverage) -> str:
    """«Leverandøren er klar for 120 av 357 kommuner. 200 venter. For 37 er det ikke kjent.»"""
    parts = [
        gettext("Leverandøren er klar for %(covered)s av %(all)s kommuner.")
        % {"covered": formats.number(len(reach.covered)), "all": formats.number(reach.count)}
    ]
    if reach.waiting:
        parts.append(gettext("%(count)s venter.") % {"count": formats.number(len(reach.waiting))})
    if reach.unknown:
        parts.append(
            gettext("For %(count)s er det ikke kjent.")
            % {"count": formats.number(len(reach.unknown))}
        )
    return " ".join(parts)


def _fitting(
    rows: list[tuple[int, MunicipalityRow]], standing: str, county: str
) -> list[tuple[int, MunicipalityRow]]:
    wanted = STANDING_CODES.get(standing)
    return [
        (pk, row)
        for pk, row in rows
        if (wanted is None or row.standing is wanted)
        and (not county or tiles.county(row.number) == county)
    ]


def _counties(on: date) -> Mapping[str, str]:
    """Names by the first two digits of the municipalities' numbers. One query."""
    rows = Region.objects.valid_on(on).filter(kind=RegionKind.COUNTY.value)
    return {number: name for number, name in rows.values_list("number", "name") if number}


def _municipality_rows(
    found: Found, reach: Coverage, counties: Mapping[str, str]
) -> list[tuple[int, MunicipalityRow]]:
    """Every municipality of the day, in Norwegian order. One query."""
    codes = (
        MunicipalityCode.objects.valid_on(found.on)
        .in_norwegian_order()
        .values_list("municipality_id", "number", "qualified_name")
    )
    rows = []
    for pk, number, name in codes:
        standing = reach.standing(pk)
        if standing is None:
            continue
        partly = pk in reach.partly
        rows.append(
            (
                pk,
                MunicipalityRow(
                    number=number,
                    name=name,
                    county=counties.get(tiles.county(number), ""),
                    standing=standing,
                    standing_words=_standing_words(standing, partly=partly),
                    color=_COLORS[standing],
                    partly=partly,
                    products=", ".join(
                        sorted(
                            (found.board.products[one].name for one in reach.used.get(pk, ())),
                            key=nb_sort_key,
                        )
                    ),
                    expected=reach.expected.get(pk),
                ),
            )
        )
    return rows


def _standing_words(standing: Standing, *, partly: bool) -> str:
    if partly:
        return gettext("Klar for noen av systemene")
    return str(texts.STANDINGS[standing])


def _columns() -> tuple[SortColumn[MunicipalityRow], ...]:
    order = list(Standing)
    return (
        SortColumn("navn", gettext("Kommune"), lambda row: nb_sort_key(row.name)),
        SortColumn("fylke", gettext("Fylke"), lambda row: nb_sort_key(row.county)),
        SortColumn(
            "status",
            gettext("Leverandør"),
            lambda row: order.index(row.standing) * 2 + row.partly,
        ),
        SortColumn(
            "produkt",
            gettext("Produkter i bruk"),
            lambda row: nb_sort_key(row.products) if row.products else None,
        ),
        SortColumn("ventes", gettext("Ventes"), lambda row: row.expected),
    )


def _map(
    reach: Coverage, rows: list[tuple[int, MunicipalityRow]], offer: Offer, *, suffix: str
) -> tuple[Map, int]:
    """Two queries. Also says how many have no place among the tiles."""
    numbers = coloured.numbers_of_tiles()
    values: dict[str, Value] = {}
    left_out = 0
    for pk, row in rows:
        if (number := numbers.get(pk)) is None:
            left_out += 1
            continue
        step = _STEP_PARTLY if row.partly else _STEPS[row.standing]
        words = row.standing_words
        if row.expected and row.standing is Standing.WAITING:
            words = gettext("%(standing)s, ventes %(day)s") % {
                "standing": words,
                "day": formats.long_date(row.expected),
            }
        values[number] = Value(
            step,
            gettext("%(name)s: %(what)s") % {"name": row.name, "what": cells.inside(words)},
        )
    steps = {value.step for value in values.values()}
    legend = [
        str(texts.STANDINGS[Standing.UNKNOWN]),
        "",
        str(texts.STANDINGS[Standing.WAITING]),
        "",
        _standing_words(Standing.COVERED, partly=True) if reach.partly else "",
        str(texts.STANDINGS[Standing.COVERED]),
    ]
    drawn = maps.tile_map(
        values,
        legend=[words if step in steps else "" for step, words in enumerate(legend)],
        label=gettext("Hvor leverandøren er klar, %(area)s")
        % {"area": cells.area_words(Area(offer.area))},
        counties=coloured.counties_of_tiles(),
        suffix=suffix,
    )
    return drawn, left_out


def download(found: Found, query: QueryDict, *, today: date) -> Download:
    shown = shown_of(found, query, today=today)
    return Download(
        name=f"kommuner-{found.solution.slug}",
        sheet=gettext("Kommuner"),
        on=found.on,
        fields=(
            Field("nummer", gettext("Nr."), 8),
            Field("kommune", gettext("Kommune"), 24),
            Field("fylke", gettext("Fylke"), 20),
            Field("tjenesteomrade", gettext("Tjenesteområde"), 24),
            Field("status", gettext("Leverandør"), 28),
            Field("produkter", gettext("Produkter i bruk"), 40),
            Field("ventes", gettext("Ventes"), 12),
        ),
        rows=[
            (
                row.number,
                row.name,
                row.county,
                shown.area_words,
                row.standing_words,
                row.products,
                row.expected,
            )
            for row in shown.rows
        ]
        if shown
        else [],
    )

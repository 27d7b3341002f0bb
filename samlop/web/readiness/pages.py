"""What the vendors' part of a solution shows: the matrix, the map, and each municipality."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import MunicipalityCode, Region
from samlop.municipalities.rules import tiles
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.queries import solutions as solution_queries
from samlop.portfolio.queries.readiness import Board, ProductNames
from samlop.portfolio.rules.readiness import Coverage, Readiness, Standing
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.portfolio.texts import solutions as solution_texts
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.middleware import Access
from samlop.web.municipalities import coloured, maps
from samlop.web.municipalities.maps import Map, Value
from samlop.web.readiness import cells
from samlop.web.readiness.cells import Cell
from samlop.web.shell.navigation import MUNICIPALITIES
from samlop.web.solutions.frame import Frame
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

# A product nobody has spoken of, among the states one can filter by.
NOTHING_SAID: Final = "ikke_opplyst"
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
class MatrixCell:
    """A product in one offer; no `said` when nobody has spoken of it."""

    said: Cell | None
    users: int
    users_words: str
    # Where the reader may say something, when she may.
    change: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    product: ProductNames
    vendor_address: str
    cells: tuple[MatrixCell, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPage:
    frame: Frame
    address: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    count_words: str
    filtered: bool
    text: str
    state: str
    states: tuple[tuple[str, str], ...]
    area: str
    areas: tuple[tuple[str, str], ...]
    day_chosen: str
    reset: str
    sort: str
    coverage: CoverageShown | None
    may_add: str
    # Vendors that may be asked, with where to do it.
    asks: tuple[tuple[str, str], ...]
    csv: str
    xlsx: str
    municipalities_csv: str
    municipalities_xlsx: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the reader asked for, read once: for the page and for files alike."""

    solution: Solution
    offers: tuple[Offer, ...]
    shown: tuple[Offer, ...]
    board: Board
    products: tuple[ProductNames, ...]
    text: str
    state: str
    area: Area | None
    on: date

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.state or self.area)

    @classmethod
    def of(cls, solution: Solution, query: QueryDict, *, on: date) -> "Found":
        """Five queries, however many products and municipalities there are."""
        offers = solution_queries.offers_of(solution)
        for offer in offers:
            offer.solution = solution
        area = {one.area: Area(one.area) for one in offers}.get(query.get("omrade", ""))
        shown = tuple(one for one in offers if area is None or one.area == area.value)
        board = queries.board(shown, on)
        text = " ".join(query.get("q", "").replace("\0", "").split())[:100]
        known = {NOTHING_SAID, *(one.value for one in Readiness)}
        state = wanted if (wanted := query.get("status", "")) in known else ""
        return cls(
            solution=solution,
            offers=offers,
            shown=shown,
            board=board,
            products=_products(board, shown, text, state),
            text=text,
            state=state,
            area=area,
            on=on,
        )


def _products(
    board: Board, shown: tuple[Offer, ...], text: str, state: str
) -> tuple[ProductNames, ...]:
    """Those that fit the filter, by vendor and name."""
    wanted = nb_sort_key(text)
    found = [
        one
        for one in board.products.values()
        if (wanted in nb_sort_key(one.name) or wanted in nb_sort_key(one.vendor_name))
        and (not state or any(_state_code(board, offer, one.pk) == state for offer in shown))
    ]
    found.sort(key=lambda one: (nb_sort_key(one.vendor_name), nb_sort_key(one.name), one.pk))
    return tuple(found)


def _state_code(board: Board, offer: Offer, product: int) -> str:
    """Empty when the product is neither spoken of nor in use where the offer reaches."""
    if one := board.said.get(offer.pk, {}).get(product):
        return one.state.value
    return NOTHING_SAID if board.users(offer.pk, product) else ""


def solution_page(
    found: Found, frame: Frame, query: QueryDict, *, access: Access, today: date
) -> SolutionPage:
    """Four queries more, for the municipalities and the map."""
    slug = found.solution.slug
    is_today = found.on == today
    may = Permission.CONFIRM_VENDOR_READINESS
    may_here = is_today and access.may(may, Place(solution=slug))
    products = ngettext("%(count)d produkt", "%(count)d produkter", len(found.products))
    vendors = {one.vendor: one for one in found.products}
    said = {one.product.vendor for states in found.board.said.values() for one in states.values()}
    return SolutionPage(
        frame=frame,
        address=reverse("readiness:solution", args=[slug]),
        columns=tuple(_area_words(offer) for offer in found.shown),
        rows=tuple(
            MatrixRow(
                product=product,
                vendor_address=reverse("vendors:show", args=[product.vendor_slug]),
                cells=tuple(
                    _matrix_cell(
                        found,
                        offer,
                        product,
                        may_change=is_today
                        and access.may(may, Place(vendor=product.vendor, solution=slug)),
                    )
                    for offer in found.shown
                ),
            )
            for product in found.products
        ),
        count_words=products % {"count": len(found.products)},
        filtered=found.is_filtered,
        text=found.text,
        state=found.state,
        states=(
            ("", gettext("Alle")),
            *((one.value, str(texts.READINESS[one])) for one in Readiness),
            (NOTHING_SAID, gettext("Ikke opplyst")),
        ),
        area=found.area.value if found.area else "",
        areas=(
            ("", gettext("Alle tjenesteområder")),
            *((offer.area, _area_words(offer)) for offer in found.offers),
        )
        if len(found.offers) > 1
        else (),
        day_chosen="" if is_today else found.on.isoformat(),
        reset=reverse("readiness:solution", args=[slug]),
        sort=query.get("sorter", ""),
        coverage=coverage_shown(found, query, today=today),
        may_add=reverse("readiness:add", args=[slug]) if may_here else "",
        asks=tuple(
            (one.vendor_name, reverse("readiness:ask", args=[slug, one.vendor_slug]))
            for one in vendors.values()
            if one.vendor in said
        )
        if may_here
        else (),
        csv=changed(query, format="csv", liste=None),
        xlsx=changed(query, format="xlsx", liste=None),
        municipalities_csv=changed(query, format="csv", liste="kommuner"),
        municipalities_xlsx=changed(query, format="xlsx", liste="kommuner"),
    )


def _area_words(offer: Offer) -> str:
    return str(solution_texts.AREAS[Area(offer.area)])


def _inside(words: str) -> str:
    """As it is written inside a sentence."""
    return words[:1].lower() + words[1:]


def _matrix_cell(
    found: Found, offer: Offer, product: ProductNames, *, may_change: bool
) -> MatrixCell:
    one = found.board.said.get(offer.pk, {}).get(product.pk)
    users = found.board.users(offer.pk, product.pk)
    area, slug = Area(offer.area), found.solution.slug
    return MatrixCell(
        said=cells.cell(one, slug=slug, area=area, on=found.on) if one else None,
        users=users,
        users_words=ngettext("%(count)s kommune", "%(count)s kommuner", users)
        % {"count": formats.number(users)},
        change=cells.change_address(slug, area, product.slug) if may_change else "",
        area=_area_words(offer),
    )


# --- the municipalities ---


def coverage_shown(found: Found, query: QueryDict, *, today: date) -> CoverageShown | None:
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
        area_words=_inside(_area_words(offer)),
        others=tuple(
            (_inside(_area_words(one)), f"{changed(query, omrade=one.area)}#kommuner")
            for one in found.offers
            if one != offer
        ),
        map=drawn,
        left_out=left_out,
        sentence=coverage_sentence(reach),
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


def coverage_sentence(reach: Coverage) -> str:
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
            gettext("%(name)s: %(what)s") % {"name": row.name, "what": _inside(words)},
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
        label=gettext("Hvor leverandøren er klar, %(area)s") % {"area": _area_words(offer)},
        counties=coloured.counties_of_tiles(),
        suffix=suffix,
    )
    return drawn, left_out


# --- files ---


def matrix_download(found: Found) -> Download:
    """A row per product and area; what nobody has spoken of is left empty."""
    rows = []
    for product in found.products:
        for offer in found.shown:
            one = found.board.said.get(offer.pk, {}).get(product.pk)
            users = found.board.users(offer.pk, product.pk)
            if one is None and not users:
                continue
            rows.append(
                (
                    found.solution.name,
                    _area_words(offer),
                    product.vendor_name,
                    product.name,
                    str(texts.READINESS[one.state]) if one else gettext("Ikke opplyst"),
                    one.version if one else "",
                    one.release_on if one else None,
                    str(texts.TELLERS[one.told_by]) if one else "",
                    one.told_on if one else None,
                    one.source if one else "",
                    one.reason if one else "",
                    users,
                )
            )
    return Download(
        name=f"leverandorer-{found.solution.slug}",
        sheet=gettext("Leverandører"),
        on=found.on,
        fields=(
            Field("losning", gettext("Løsning"), 28),
            Field("tjenesteomrade", gettext("Tjenesteområde"), 24),
            Field("leverandor", gettext("Leverandør"), 24),
            Field("produkt", gettext("Produkt"), 28),
            Field("status", gettext("Status"), 18),
            Field("versjon", gettext("Versjon"), 12),
            Field("dato", gettext("Dato"), 12),
            Field("opplyst_av", gettext("Opplyst av"), 16),
            Field("opplyst", gettext("Opplyst dato"), 12),
            Field("kilde", gettext("Kilde"), 40),
            Field("begrunnelse", gettext("Begrunnelse"), 40),
            Field("kommuner", gettext("Kommuner"), 12, "#,##0"),
        ),
        rows=rows,
    )


def municipality_download(found: Found, query: QueryDict, *, today: date) -> Download:
    shown = coverage_shown(found, query, today=today)
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

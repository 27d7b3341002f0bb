"""The vendors' part of a solution: the matrix of products, and what it means for municipalities."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.accounts.rules import Permission, Place
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.web.addresses import changed
from samlop.web.middleware import Access
from samlop.web.readiness import cells, coverage, matrix
from samlop.web.readiness.coverage import CoverageShown
from samlop.web.readiness.matrix import NOTHING_SAID, Found, MatrixRow
from samlop.web.solutions.frame import Frame


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


def solution_page(
    found: Found, frame: Frame, query: QueryDict, *, access: Access, today: date
) -> SolutionPage:
    """Four queries more, for the municipalities and the map."""
    slug = found.solution.slug
    is_today = found.on == today
    may_here = is_today and access.may(Permission.CONFIRM_VENDOR_READINESS, Place(solution=slug))
    products = ngettext("%(count)d produkt", "%(count)d produkter", len(found.products))
    vendors = {one.vendor: one for one in found.products}
    said = {one.product.vendor for states in found.board.said.values() for one in states.values()}
    return SolutionPage(
        frame=frame,
        address=reverse("readiness:solution", args=[slug]),
        columns=tuple(cells.area_words(Area(offer.area)) for offer in found.shown),
        rows=matrix.rows(found, access=access, is_today=is_today),
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
            *((offer.area, cells.area_words(Area(offer.area))) for offer in found.offers),
        )
        if len(found.offers) > 1
        else (),
        day_chosen="" if is_today else found.on.isoformat(),
        reset=reverse("readiness:solution", args=[slug]),
        sort=query.get("sorter", ""),
        coverage=coverage.shown_of(found, query, today=today),
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

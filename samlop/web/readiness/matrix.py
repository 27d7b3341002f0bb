"""What is said of every product in a solution: what was asked for, the rows, and the file."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import nb_sort_key
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.queries import solutions as solution_queries
from samlop.portfolio.queries.readiness import Board, ProductNames
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.web import formats
from samlop.web.downloads import Download, Field
from samlop.web.middleware import Access
from samlop.web.readiness import cells
from samlop.web.readiness.cells import Cell

# A product nobody has spoken of, among the states one can filter by.
NOTHING_SAID: Final = "ikke_opplyst"


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


def rows(found: Found, *, access: Access, is_today: bool) -> tuple[MatrixRow, ...]:
    """A row per product; the reader may say something only of today."""
    slug = found.solution.slug
    return tuple(
        MatrixRow(
            product=product,
            vendor_address=reverse("vendors:show", args=[product.vendor_slug]),
            cells=tuple(
                _matrix_cell(found, offer, product, may_change=may_change) for offer in found.shown
            ),
        )
        for product in found.products
        for may_change in [
            is_today
            and access.may(
                Permission.CONFIRM_VENDOR_READINESS,
                Place(vendor=product.vendor, solution=slug),
            )
        ]
    )


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
        area=cells.area_words(Area(offer.area)),
    )


def download(found: Found) -> Download:
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
                    cells.area_words(Area(offer.area)),
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

"""The page of one row: a product in an offer, and all that was said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from samlop.accounts.rules import Permission, Place
from samlop.municipalities.models import Product
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.queries.readiness import Said
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.readiness import Slip, Teller
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import readiness as texts
from samlop.web import clock, formats, links, render
from samlop.web.links import Part
from samlop.web.readiness import cells, touching
from samlop.web.readiness.cells import Cell
from samlop.web.request import PublicRequest
from samlop.web.solutions.frame import Frame, frame

MAY = Permission.CONFIRM_VENDOR_READINESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A product in an offer, loaded with what both are called."""

    offer: Offer
    product: Product

    @property
    def place(self) -> Place:
        return Place(vendor=self.product.vendor_id, solution=self.offer.solution.slug)

    @property
    def area(self) -> Area:
        return Area(self.offer.area)

    @property
    def area_words(self) -> str:
        return cells.area_words(self.area)

    @property
    def address(self) -> str:
        return cells.row_address(self.offer.solution.slug, self.area, self.product.slug)

    @property
    def heading(self) -> str:
        """«Gerica, hjemmetjeneste»."""
        return f"{self.product.name}, {cells.inside(self.area_words)}"


def found_row(slug: str, area: str, product: str) -> Row:
    """Two queries; 404 when the solution is not offered there, or the product is not known."""
    offer = get_object_or_404(
        Offer.objects.select_related("solution"), solution__slug=slug, area=area
    )
    known = get_object_or_404(Product.objects.select_related("vendor"), slug=product)
    return Row(offer=offer, product=known)


# --- the page ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """One word about the row, as a line of its history."""

    words: str
    color: str
    detail: str
    who: str
    day: date
    recorded: str
    reason: str
    source: tuple[Part, ...]
    slip: str
    confirmation: bool
    withdrawn: str
    # Where it is taken back, for those who may.
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    frame: Frame
    heading: str
    product: str
    vendor: str
    vendor_address: str
    area: str
    back: str
    current: Cell | None
    users_words: str
    lines: tuple[SaidLine, ...]
    # Empty for those who may not.
    change: str
    confirm: str
    seen: int | None


@require_safe
def show(request: PublicRequest, slug: str, area: str, product: str) -> HttpResponse:
    row = found_row(slug, area, product)
    on, today = clock.chosen_day(request), clock.today()
    history = queries.history(row.offer.pk, row.product.pk)
    told = [one for one in history if one.state.told_on <= on]
    current = next((one.state for one in told if one.withdrawn_at is None), None)
    may = on == today and request.access.may(MAY, row.place)
    own_words_only = may and cells.is_of(request.access, row.product.vendor_id)
    names = cells.municipality_names(
        {one.state.municipality for one in told if one.state.municipality is not None}
    )
    users = len(queries.touched(row.offer, row.product, on))
    page = RowPage(
        frame=frame(request, row.offer.solution, active="vendors"),
        heading=row.heading,
        product=row.product.name,
        vendor=row.product.vendor.name,
        vendor_address=reverse("vendors:show", args=[row.product.vendor.slug]),
        area=row.area_words,
        back=reverse("readiness:solution", args=[slug]),
        current=cells.cell(current, slug=slug, area=row.area, on=on) if current else None,
        users_words=touching.users_words(users),
        lines=tuple(
            _line(one, names, slug=slug, may=may, own_words_only=own_words_only) for one in told
        ),
        change=cells.change_address(slug, row.area, product) if may else "",
        confirm=reverse("readiness:confirm", args=[slug, area, product])
        if own_words_only and current and rules.refusal_of(current.claim, on=today) is None
        else "",
        seen=current.event if current else None,
    )
    return render.page(request, "readiness/row.html", page)


def _line(
    one: Said, names: Mapping[int, str], *, slug: str, may: bool, own_words_only: bool
) -> SaidLine:
    state = one.state
    who = names.get(state.municipality or 0) or str(texts.TELLERS[state.told_by])
    may_withdraw = (
        may and one.withdrawn_at is None and (not own_words_only or state.told_by is Teller.VENDOR)
    )
    return SaidLine(
        words=str(texts.READINESS[state.state]),
        color=cells.COLORS[state.state],
        detail=cells.detail(state.claim, on=state.told_on),
        who=who,
        day=state.told_on,
        recorded=formats.long_moment(state.recorded_at),
        reason=state.reason,
        source=links.source(state.source),
        slip=_slip_words(one),
        confirmation=one.is_confirmation,
        withdrawn=gettext("Trukket tilbake %(day)s") % {"day": formats.long_date(one.withdrawn_at)}
        if one.withdrawn_at
        else "",
        withdraw=reverse("readiness:withdraw", args=[slug, state.event]) if may_withdraw else "",
    )


def _slip_words(one: Said) -> str:
    if one.slip is None:
        return ""
    words = str(texts.SLIPS[one.slip])
    if one.slip is Slip.LATER and one.days_later:
        return gettext("%(slip)s, %(days)s dager") % {
            "slip": words,
            "days": formats.number(one.days_later),
        }
    return words

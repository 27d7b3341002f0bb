"""A vendor's own rows: confirmed or corrected by its people, and read by a link in a mail."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.permissions import Denied
from samlop.accounts.rules import Permission, Place
from samlop.lib.errors import Refused
from samlop.municipalities.models import Product, Vendor
from samlop.portfolio.exports import readiness as exports
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.queries.readiness import OwnRow
from samlop.portfolio.rules import readiness as rules
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.services import readiness as services
from samlop.portfolio.services import readiness_links as link_services
from samlop.portfolio.services.readiness import Row
from samlop.web import clock, downloads, form_page, render
from samlop.web.form_page import FormPage
from samlop.web.readiness import cells
from samlop.web.readiness.cells import Cell
from samlop.web.readiness.forms import OwnAddForm
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAY = Permission.CONFIRM_VENDOR_READINESS


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """One of the vendor's rows as its people see it."""

    # Names the row and the word that is shown, for the form.
    key: str
    product: str
    solution: str
    solution_address: str
    area: str
    cell: Cell
    awaits: bool
    # Why it cannot be confirmed as it is, or empty.
    obstacle: str
    change: str

    @property
    def label(self) -> str:
        return f"{self.product}, {self.solution}, {cells.inside(self.area)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    vendor: str
    vendor_address: str
    address: str
    lines: tuple[OwnLine, ...]
    awaiting: int
    # Empty for those who read without being allowed to say anything.
    may_confirm: bool
    add: str
    upload: str
    xlsx: str
    # For the link in a mail: where one signs in to answer, and how long the link lasts.
    sign_in: str = ""
    expires: date | None = None

    @property
    def awaiting_words(self) -> str:
        return ngettext(
            "%(count)d rad venter på at dere bekrefter den.",
            "%(count)d rader venter på at dere bekrefter dem.",
            self.awaiting,
        ) % {"count": self.awaiting}


@page_or_post
@signed_in_only
def status(request: Request, slug: str) -> HttpResponse:
    """The table of the vendor's own rows; «stemmer» for those ticked, or for all."""
    vendor = get_object_or_404(Vendor, slug=slug)
    request.access.require(MAY, Place(vendor=vendor.pk))
    today = clock.today()
    if request.method == "POST":
        return _confirm(request, vendor, today)
    rows = queries.own_rows(vendor.pk, today)
    if downloads.wanted(request.GET) is downloads.Format.XLSX:
        return _workbook(vendor, rows, today)
    if "format" in request.GET:
        raise Http404(gettext("Ukjent format"))
    address = reverse("readiness:own", args=[slug])
    page = OwnPage(
        vendor=vendor.name,
        vendor_address=reverse("vendors:show", args=[slug]),
        address=address,
        lines=_lines(rows, today, back=address),
        awaiting=sum(one.awaits_vendor(today) for one in rows),
        may_confirm=cells.is_of(request.access, vendor.pk),
        add=reverse("readiness:own_add", args=[slug]),
        upload=reverse("readiness:upload", args=[slug]),
        xlsx=f"{address}?format=xlsx",
    )
    return render.page(request, "readiness/own.html", page)


def _lines(rows: tuple[OwnRow, ...], on: date, *, back: str) -> tuple[OwnLine, ...]:
    """Those that wait for the vendor first."""
    found = [_line(one, on, back=back) for one in rows]
    return tuple(sorted(found, key=lambda line: not line.awaits))


def _line(one: OwnRow, on: date, *, back: str) -> OwnLine:
    refused = rules.refusal_of(one.state.claim, on=on)
    change = cells.change_address(one.solution_slug, one.area, one.state.product.slug)
    return OwnLine(
        key=one.key,
        product=one.state.product.name,
        solution=one.solution,
        solution_address=reverse("readiness:solution", args=[one.solution_slug]),
        area=cells.area_words(one.area),
        cell=cells.cell(one.state, slug=one.solution_slug, area=one.area, on=on),
        awaits=one.awaits_vendor(on),
        obstacle=gettext("Datoen er passert. Rett den.") if refused is not None else "",
        change=f"{change}?{urlencode({'neste': back})}",
    )


def _confirm(request: Request, vendor: Vendor, today: date) -> HttpResponse:
    if not cells.is_of(request.access, vendor.pk):
        # «Stemmer» is the vendor's word; others say what they have been told, and by whom.
        raise Denied(MAY)
    try:
        done = services.confirm(
            rows=_ticked(request, vendor),
            by=request.access.acting,
            on=today,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)d rad er bekreftet. Takk!",
                "%(count)d rader er bekreftet. Takk!",
                len(done),
            )
            % {"count": len(done)},
        )
    return redirect("readiness:own", vendor.slug)


def _ticked(request: Request, vendor: Vendor) -> list[Row]:
    """The rows that were ticked, or all that were shown; another vendor's are never among them.

    Each names the word that was on the page, so that a newer one is not confirmed unseen.
    """
    wanted = request.POST.getlist("alle_rader" if "alle" in request.POST else "rad")
    own = set(Product.objects.filter(vendor=vendor).values_list("pk", flat=True))
    rows = []
    for key in dict.fromkeys(wanted):
        parts = key.split("-")
        if len(parts) != 3 or not all(part.isdecimal() and len(part) < 19 for part in parts):
            raise Http404
        offer, product, seen = map(int, parts)
        if product not in own:
            raise Http404
        rows.append(Row(offer=offer, product=product, seen=seen))
    return rows


def _workbook(vendor: Vendor, rows: tuple[OwnRow, ...], today: date) -> HttpResponse:
    return HttpResponse(
        exports.workbook(rows),
        content_type=exports.XLSX_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{vendor.slug}-{today.isoformat()}.xlsx"'
        },
    )


@page_or_post
@signed_in_only
def add(request: Request, slug: str) -> HttpResponse:
    """A solution that nobody has said anything of yet for one of the vendor's products."""
    vendor = get_object_or_404(Vendor, slug=slug)
    request.access.require(MAY, Place(vendor=vendor.pk))
    offers = list(
        Offer.objects.exclude(solution__kind=SolutionKind.JOINT_PROCESS.value)
        .select_related("solution")
        .order_by("solution__name", "pk")
    )
    form = OwnAddForm(
        data=request.POST if request.method == "POST" else None,
        offers=offers,
        products=list(Product.objects.filter(vendor=vendor).order_by("name", "pk")),
    )
    back = reverse("readiness:own", args=[slug])
    if form.is_valid():
        solution, _, area = form.cleaned_data["offer"].partition("/")
        there = cells.change_address(solution, Area(area), form.cleaned_data["product"])
        return redirect(f"{there}?{urlencode({'neste': back})}")
    page = FormPage(
        heading=gettext("Meld fra om en løsning til"),
        kicker=vendor.name,
        lead=gettext("Velg produktet og løsningen. På neste side sier dere hvor langt det er."),
        form=form,
        submit=gettext("Fortsett"),
        cancel=back,
        trail=(
            (gettext("Leverandører"), reverse("vendors:list")),
            (vendor.name, reverse("vendors:show", args=[slug])),
            (gettext("Stemmer datoene?"), back),
        ),
    )
    return form_page.answer(request, page)


# --- by the link in a mail ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GonePage:
    """A link that opens nothing: why there is nothing, and what to do instead."""

    sign_in: str


@require_safe
@never_cache
def by_link(request: PublicRequest, token: str) -> HttpResponse:
    """The vendor's rows, read with the link alone; to save, one signs in with a code."""
    link = link_services.opened(token, at=timezone.now())
    if link is None:
        page = GonePage(sign_in=reverse("account_login"))
        return render.page(request, "readiness/link_gone.html", page, status=404)
    today = clock.today()
    own = reverse("readiness:own", args=[link.vendor.slug])
    if request.access.may(MAY, Place(vendor=link.vendor.pk)):
        return redirect(own)
    rows = queries.own_rows(link.vendor.pk, today)
    return render.page(
        request,
        "readiness/own.html",
        OwnPage(
            vendor=link.vendor.name,
            vendor_address=reverse("vendors:show", args=[link.vendor.slug]),
            address=request.path,
            lines=_lines(rows, today, back=own),
            awaiting=sum(one.awaits_vendor(today) for one in rows),
            may_confirm=False,
            add="",
            upload="",
            xlsx="",
            sign_in=f"{reverse('account_login')}?{urlencode({'next': own})}",
            expires=timezone.localdate(link.expires_at),
        ),
    )

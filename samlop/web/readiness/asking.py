"""Asking a vendor's people to look over their dates, and taking back links that were sent."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission, Place
from samlop.lib.errors import Refused
from samlop.municipalities.models import Vendor
from samlop.portfolio.models import ReadinessLink, Solution
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.services import readiness_links as services
from samlop.web import clock, render
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAY = Permission.CONFIRM_VENDOR_READINESS
MOST_LINKS = 50


@dataclass(frozen=True, slots=True)
class SentLink:
    """A link that was sent; people are counted, never named."""

    pk: int
    asked_at: datetime
    expires_at: datetime
    by_machine: bool
    open: bool
    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    solution: str
    solution_address: str
    back: str
    vendor: str
    people: int
    rows: int
    awaiting: int
    links: tuple[SentLink, ...]
    any_open: bool
    refusal: str = ""

    @property
    def people_words(self) -> str:
        return ngettext(
            "%(count)d person hos %(vendor)s får en e-post med en lenke til radene sine.",
            "%(count)d personer hos %(vendor)s får hver sin e-post med en lenke til radene sine.",
            self.people,
        ) % {"count": self.people, "vendor": self.vendor}


@page_or_post
@signed_in_only
def ask(request: Request, slug: str, vendor: str) -> HttpResponse:
    solution = get_object_or_404(Solution, slug=slug)
    asked = get_object_or_404(Vendor, slug=vendor)
    request.access.require(MAY, Place(solution=slug))
    at, refusal = timezone.now(), ""
    if request.method == "POST":
        try:
            words = (
                _revoke(request, asked, at) if "trekk" in request.POST else _ask(request, asked, at)
            )
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, words)
            return redirect("readiness:ask", slug, vendor)
    page = _page(solution, asked, at=at, refusal=refusal)
    return render.page(request, "readiness/ask.html", page, status=422 if refusal else 200)


def _ask(request: Request, vendor: Vendor, at: datetime) -> str:
    links = services.ask(vendor=vendor, by=request.access.acting, on=clock.today(), at=at)
    return ngettext(
        "Spørsmålet er sendt til %(count)d person.",
        "Spørsmålet er sendt til %(count)d personer.",
        len(links),
    ) % {"count": len(links)}


def _revoke(request: Request, vendor: Vendor, at: datetime) -> str:
    links = ReadinessLink.objects.open_at(at).filter(vendor=vendor)
    count = services.revoke(links=links, by=request.access.acting, at=at)
    return ngettext(
        "%(count)d lenke er trukket tilbake.", "%(count)d lenker er trukket tilbake.", count
    ) % {"count": count}


def _page(solution: Solution, vendor: Vendor, *, at: datetime, refusal: str) -> AskPage:
    """Four queries."""
    today = timezone.localdate(at)
    rows = queries.own_rows(vendor.pk, today)
    links = tuple(
        SentLink(
            pk=link.pk,
            asked_at=link.asked_at,
            expires_at=link.expires_at,
            by_machine=link.asked_by_id is None,
            open=link.revoked_at is None and link.expires_at > at,
            revoked=link.revoked_at is not None,
        )
        for link in ReadinessLink.objects.filter(vendor=vendor).order_by("-asked_at", "-pk")[
            :MOST_LINKS
        ]
    )
    return AskPage(
        solution=solution.name,
        solution_address=reverse("solutions:show", args=[solution.slug]),
        back=reverse("readiness:solution", args=[solution.slug]),
        vendor=vendor.name,
        people=len(services.people_of(vendor, on=today)),
        rows=len(rows),
        awaiting=sum(one.awaits_vendor(today) for one in rows),
        links=links,
        any_open=any(one.open for one in links),
        refusal=refusal,
    )

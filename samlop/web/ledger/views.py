"""Frozen measurements, for everybody to read; a few may freeze a new one."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission
from samlop.portfolio.models import Offer
from samlop.uptake.models import LedgerEntry
from samlop.uptake.queries import ledger as queries
from samlop.uptake.rules import ledger as rules
from samlop.uptake.rules.ledger import SETTLES, Head
from samlop.uptake.services import ledger as services
from samlop.web import clock, downloads, render
from samlop.web.form_page import made
from samlop.web.ledger import pages
from samlop.web.ledger.forms import FREEZE_FIELDS, FreezeForm
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def ledger(request: PublicRequest) -> HttpResponse:
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.ledger_download(request.GET, today=clock.today()), as_format)
    page = pages.ledger_page(request.GET, may_freeze=request.access.may(Permission.FREEZE_LEDGER))
    return render.page(request, "ledger/list.html", page)


@require_safe
def show(request: PublicRequest, pk: int) -> HttpResponse:
    """One measurement as it was frozen; made again and compared when asked to."""
    entry = get_object_or_404(LedgerEntry.objects.select_related("offer"), pk=pk)
    found = rules.read(entry.content.encode())
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.show_download(found), as_format)
    check = queries.check(entry) if "kontroll" in request.GET else None
    return render.page(request, "ledger/show.html", pages.show_page(entry, found, check=check))


@require_safe
def file(request: PublicRequest, pk: int) -> HttpResponse:
    """The snapshot file, byte for byte; its checksum stands in the headers too."""
    entry = get_object_or_404(LedgerEntry, pk=pk)
    example = "eksempel-" if settings.SAMLOP_EXAMPLE else ""
    name = f"{example}maling-{entry.slug}-{entry.measured_on.isoformat()}-{entry.pk}.json"
    return HttpResponse(
        entry.content.encode(),
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "ETag": f'"{entry.sha256}"',
        },
    )


@page_or_post
@signed_in_only
def freeze(request: Request) -> HttpResponse:
    """Choose, see the figures, and freeze them. Nothing that is frozen can be taken back."""
    request.access.require(Permission.FREEZE_LEDGER)
    today, now = clock.today(), timezone.now()
    posted = request.method == "POST"
    asked = request.POST if posted else request.GET
    form = FreezeForm(
        pages.offer_choices(),
        data=asked if "offer" in asked or posted else None,
        initial={"measured_on": today},
    )
    page = pages.freeze_page(form)
    if form.is_valid():
        offer = Offer.objects.select_related("solution").get(pk=form.cleaned_data["offer"])
        measured_on = form.cleaned_data["measured_on"]
        if posted:
            entry = made(
                form,
                lambda: services.freeze(
                    offer=offer,
                    measured_on=measured_on,
                    by=request.access.acting,
                    on=today,
                    at=now,
                ),
                FREEZE_FIELDS,
            )
            if entry is not None:
                messages.success(request, gettext("Målingen er fryst, og kan ikke endres."))
                return redirect(reverse("ledger:show", args=[entry.pk]))
        elif measured_on > today:
            form.add_error("measured_on", gettext("Velg i dag eller en tidligere dag."))
        else:
            head = Head(
                slug=offer.solution.slug,
                name=offer.solution.name,
                area=offer.area,
                on=measured_on,
                known_at=now - SETTLES,
            )
            found = queries.measure(
                offer.pk, offer.solution_id, head, queries.places(offer, measured_on)
            )
            name = dict(pages.offer_choices())[offer.pk]
            page = pages.freeze_page(form, name, found)
    return render.page(
        request, "ledger/freeze.html", page, status=422 if posted and form.errors else 200
    )

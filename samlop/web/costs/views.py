"""What a solution costs: the public model, a municipality's own lines, and changes of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import SortKey
from samlop.municipalities.models import Product, Vendor
from samlop.portfolio.models import VendorDeal
from samlop.portfolio.queries import costs as queries
from samlop.portfolio.rules.costs import CostRefusal
from samlop.portfolio.services import costs as services
from samlop.portfolio.services.costs import CannotChangeCost
from samlop.web import clock, downloads, form_page, render
from samlop.web.cards.offers import Here
from samlop.web.costs import pages
from samlop.web.costs.forms import DEAL_FIELDS, MODEL_FIELDS, DealForm, ModelForm, WithdrawForm
from samlop.web.form_page import FormPage, accepted
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame, trail

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    here = Here.of(slug, request.GET)
    on = clock.chosen_day(request)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.download(here, on=on), as_format)
    page = pages.cost_page(
        frame(request, here.solution, active="cost"),
        here,
        request.GET,
        [grant.municipality for grant in request.access.grants],
        on=on,
        may_edit=on == clock.today()
        and request.access.may(Permission.EDIT_SOLUTION, Place(solution=slug)),
    )
    return render.page(request, "costs/show.html", page)


@page_or_post
@signed_in_only
def edit(request: Request, slug: str) -> HttpResponse:
    """A new version, begun with the one that holds today."""
    here = Here.of(slug, request.GET)
    request.access.require(Permission.EDIT_SOLUTION, Place(solution=slug))
    offer, today = here.required, clock.today()
    newest = queries.newest_number(offer)
    stored = queries.versions_on(today, offers=[offer.pk]).get(offer.pk)
    form = ModelForm(
        stored,
        newest=newest,
        initial={"valid_from": today},
        data=request.POST if request.method == "POST" else None,
    )
    newer = ""
    if form.is_valid():
        found = form.cleaned_data
        try:
            services.publish(
                offer=offer,
                model=form.model(),
                valid_from=found["valid_from"],
                source=found["source"],
                seen=found["seen"],
                adopters_on=found["adopters_on"],
                note=found["note"],
                for_all_areas=found["for_all_areas"],
                by=request.access.acting,
                at=timezone.now(),
            )
        except CannotChangeCost as error:
            form.add_error(MODEL_FIELDS.get(error.refusal), str(error))
            if error.refusal is CostRefusal.CHANGED_MEANWHILE:
                newer = _cost(here)
                # From now on the form replaces the version that she is told of.
                newest = queries.newest_number(offer)
                form.data = {**request.POST.dict(), "seen": str(newest)}
        else:
            messages.success(request, gettext("Ny versjon er lagret, og vises for alle."))
            return redirect(_cost(here))
    page = pages.edit_page(
        frame(request, here.solution, active="cost"), here, form, newer=newer, cancel=_cost(here)
    )
    return render.page(request, "costs/edit.html", page, status=422 if form.errors else 200)


@page_or_post
@signed_in_only
def add_deal(request: Request, slug: str) -> HttpResponse:
    here = Here.of(slug, request.GET)
    request.access.require(Permission.EDIT_SOLUTION, Place(solution=slug))
    offer, today = here.required, clock.today()
    form = DealForm(
        Vendor.objects.order_by(SortKey("name"), "pk"),
        Product.objects.order_by(SortKey("name"), "pk"),
        data=request.POST if request.method == "POST" else None,
        initial={"valid_from": today},
    )
    if form.is_valid():
        kind, pk = form.whose_pk()
        product = (
            get_object_or_404(Product.objects.select_related("vendor"), pk=pk)
            if kind == "p"
            else None
        )
        vendor = product.vendor if product else get_object_or_404(Vendor, pk=pk)
        if accepted(
            form,
            lambda: services.add_deal(
                offer=offer,
                vendor=vendor,
                product=product,
                deal=form.deal(),
                valid_from=form.cleaned_data["valid_from"],
                by=request.access.acting,
                at=timezone.now(),
            ),
            DEAL_FIELDS,
        ):
            messages.success(request, gettext("Felles tilbud er lagret, og vises for alle."))
            return redirect(_cost(here))
    page = FormPage(
        heading=gettext("Registrer felles tilbud"),
        form=form,
        submit=gettext("Lagre tilbudet"),
        cancel=_cost(here),
        trail=_trail(request, here),
        kicker=here.solution.name,
        lead=gettext(
            "En pris fra leverandøren som gjelder for alle kommuner som bruker produktet."
        ),
        needed_at_times=frozenset({"one_off", "yearly"}),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def withdraw_deal(request: Request, slug: str, pk: int) -> HttpResponse:
    here = Here.of(slug, request.GET)
    request.access.require(Permission.EDIT_SOLUTION, Place(solution=slug))
    row = get_object_or_404(
        VendorDeal.objects.standing().select_related("vendor", "product"),
        pk=pk,
        offer__solution=here.solution,
    )
    form = WithdrawForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw_deal(
            deal=row,
            reason=form.cleaned_data["reason"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        {CostRefusal.NO_REASON: "reason"},
    ):
        messages.success(request, gettext("Tilbudet er trukket."))
        return redirect(_cost(here))
    page = FormPage(
        heading=gettext("Trekk felles tilbud"),
        form=form,
        submit=gettext("Trekk tilbudet"),
        cancel=_cost(here),
        trail=_trail(request, here),
        kicker=f"{row.vendor.name}, {row.product.name}" if row.product else row.vendor.name,
        lead=gettext(
            "Tilbudet vises ikke lenger, og regnes ikke med. Det står igjen i historikken."
        ),
        danger=True,
    )
    return form_page.answer(request, page)


def _cost(here: Here) -> str:
    return f"{reverse('costs:show', args=[here.solution.slug])}{here.suffix}"


def _trail(request: Request, here: Here) -> tuple[tuple[str, str], ...]:
    return (*trail(frame(request, here.solution, active="cost")), (gettext("Kostnad"), _cost(here)))

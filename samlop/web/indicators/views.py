"""Indicators: read by everybody, changed by the programme; a municipality's own figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission, Place
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.uptake.models import Indicator
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.services import indicators as services
from samlop.web import clock, downloads, form_page, render
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.indicators import pages
from samlop.web.indicators.forms import FIELDS, DefinitionForm, IndicatorForm, WithdrawForm
from samlop.web.municipalities import numbers
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def indicator_list(request: PublicRequest) -> HttpResponse:
    page = pages.indicator_list(request.access, on=clock.today())
    return render.page(request, "indicators/list.html", page)


@require_safe
def show(request: PublicRequest, slug: str, indicator: str) -> HttpResponse:
    one = _indicator(slug, indicator)
    on = clock.today()
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.download(one, on=on), as_format)
    may_edit = request.access.may(Permission.EDIT_DEFINITIONS, _place(one))
    page = pages.indicator_page(one, on=on, may_edit=may_edit)
    return render.page(request, "indicators/show.html", page)


@page_or_post
@signed_in_only
def add(request: Request, slug: str) -> HttpResponse:
    solution = get_object_or_404(Solution, slug=slug)
    request.access.require(Permission.EDIT_DEFINITIONS, Place(solution=slug))
    form = IndicatorForm(
        request.POST if request.method == "POST" else None, initial={"valid_from": clock.today()}
    )
    if form.is_valid():
        found = form.cleaned_data
        added = made(
            form,
            lambda: services.add_indicator(
                solution=solution,
                name=found["name"],
                unit=found["unit"],
                kind=IndicatorKind(found["kind"]),
                rhythm=Rhythm(found["rhythm"]),
                definition=found["definition"],
                source=found["source"],
                valid_from=found["valid_from"],
                by=request.access.acting,
                at=timezone.now(),
            ),
            FIELDS,
        )
        if added is not None:
            messages.success(request, gettext("Indikatoren er lagt til."))
            return redirect("indicators:show", slug, added.slug)
    page = FormPage(
        heading=gettext("Legg til indikator"),
        form=form,
        submit=gettext("Legg til"),
        cancel=reverse("indicators:list"),
        trail=_trail(),
        kicker=solution.name,
        lead=gettext("Alle kan lese hva som måles og hvordan det telles."),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def redefine(request: Request, slug: str, indicator: str) -> HttpResponse:
    """A new version, begun with the newest."""
    one = _indicator(slug, indicator)
    request.access.require(Permission.EDIT_DEFINITIONS, _place(one))
    newest = one.definitions.order_by("-version")[0]
    form = DefinitionForm(
        request.POST if request.method == "POST" else None,
        initial={
            "definition": newest.words,
            "source": newest.source,
            "valid_from": clock.today(),
        },
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.publish_definition(
            indicator=one,
            words=form.cleaned_data["definition"],
            source=form.cleaned_data["source"],
            valid_from=form.cleaned_data["valid_from"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Ny versjon er lagret, og vises for alle."))
        return redirect("indicators:show", slug, indicator)
    page = FormPage(
        heading=gettext("Ny versjon av definisjonen"),
        form=form,
        submit=gettext("Lagre ny versjon"),
        cancel=reverse("indicators:show", args=[slug, indicator]),
        trail=(*_trail(), (one.name, reverse("indicators:show", args=[slug, indicator]))),
        kicker=one.solution.name,
        lead=gettext("Tall som alt er tatt inn, beholder versjonen de kom under."),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def withdraw(request: Request, slug: str, indicator: str) -> HttpResponse:
    one = _indicator(slug, indicator)
    request.access.require(Permission.EDIT_DEFINITIONS, _place(one))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw_indicator(
            indicator=one,
            reason=form.cleaned_data["reason"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Indikatoren er trukket."))
        return redirect("indicators:show", slug, indicator)
    page = FormPage(
        heading=gettext("Trekk indikatoren"),
        form=form,
        submit=gettext("Trekk"),
        cancel=reverse("indicators:show", args=[slug, indicator]),
        trail=(*_trail(), (one.name, reverse("indicators:show", args=[slug, indicator]))),
        kicker=one.solution.name,
        lead=gettext("Det kommer ikke nye tall. Tallene som er tatt inn, blir stående."),
        danger=True,
    )
    return form_page.answer(request, page)


@require_POST
@signed_in_only
def restore(request: Request, slug: str, indicator: str) -> HttpResponse:
    one = _indicator(slug, indicator)
    request.access.require(Permission.EDIT_DEFINITIONS, _place(one))
    try:
        services.restore_indicator(indicator=one, by=request.access.acting, at=timezone.now())
    except services.CannotImport as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Indikatoren er i bruk igjen."))
    return redirect("indicators:show", slug, indicator)


@require_safe
@signed_in_only
def municipality(request: Request, number: str, slug: str) -> HttpResponse:
    """A municipality's figures are its own, its region's and the coordination group's to read."""
    on = clock.today()
    code = numbers.current(number, on=on)
    solution = get_object_or_404(Solution, slug=slug)
    place = accounts.place_of(Municipality.objects.get(pk=code.municipality), on=on)
    request.access.require(Permission.VIEW_UPTAKE, place)
    page = pages.municipality_use(code, solution, on=on)
    return render.page(request, "indicators/municipality.html", page)


def _indicator(solution: str, slug: str) -> Indicator:
    rows = Indicator.objects.select_related("solution")
    return get_object_or_404(rows, solution__slug=solution, slug=slug)


def _place(one: Indicator) -> Place:
    return Place(solution=one.solution.slug)


def _trail() -> tuple[tuple[str, str], ...]:
    return ((gettext("Indikatorer"), reverse("indicators:list")),)

"""What a municipality says about itself: its facts, and the systems it uses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission
from samlop.lib.errors import Refused
from samlop.municipalities import texts
from samlop.municipalities.models import Product, VendorProfile
from samlop.municipalities.queries import vendors as queries
from samlop.municipalities.queries.vendors import InUse
from samlop.municipalities.rules.facts import FactRefusal
from samlop.municipalities.rules.kinds import LanguageForm, ProductKind, ServiceArea
from samlop.municipalities.services import facts as facts_services
from samlop.municipalities.services import vendors as services
from samlop.municipalities.services.facts import CannotChangeFacts
from samlop.web import clock, formats, render
from samlop.web.acting import acting
from samlop.web.form_page import FormPage
from samlop.web.municipalities import pages
from samlop.web.municipalities.forms import EndSystemForm, FactsForm, ReasonForm, SystemForm
from samlop.web.municipalities.room import trail
from samlop.web.municipalities.views import Own, required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

FORM: Final = "form_page.html"
FIELD_OF: Final = {FactRefusal.BAD_EMAIL: "postmottak", FactRefusal.BAD_WEBSITE: "website"}
page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])


@page_or_post
@signed_in_only
def facts(request: Request, number: str) -> HttpResponse:
    own = required(request, number, Permission.CHANGE_MUNICIPALITY_FACTS)
    form = FactsForm(
        request.POST if request.method == "POST" else None,
        initial={
            "language_form": own.row.language_form,
            "postmottak": own.row.postmottak,
            "website": own.row.website,
        },
    )
    if form.is_valid():
        found = form.cleaned_data
        try:
            facts_services.edit_facts(
                municipality=own.row,
                language_form=LanguageForm(found["language_form"]),
                postmottak=found["postmottak"],
                website=found["website"],
                by=acting(request, Permission.CHANGE_MUNICIPALITY_FACTS, own.place),
            )
        except CannotChangeFacts as error:
            form.add_error(FIELD_OF.get(error.refusal), str(error))
        else:
            messages.success(request, gettext("Opplysningene er lagret."))
            return redirect("municipalities:show", own.code.number)
    page = FormPage(
        heading=gettext("Opplysninger om kommunen"),
        form=form,
        submit=gettext("Lagre"),
        cancel=pages.address(own.code.number),
        kicker=own.code.qualified_name,
        trail=trail(own),
        lead=gettext("Dette vet dere best selv. Alle kan se det på kommunens side."),
    )
    return _answer(request, page)


# --- systems ---


@dataclass(frozen=True, slots=True)
class UseLine:
    product: str
    vendor: str
    kind: str
    since: str
    until: str
    source: str
    end: str | None
    remove: str


@dataclass(frozen=True, slots=True)
class AreaLines:
    area: str
    now: tuple[UseLine, ...]
    before: tuple[UseLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemsPage:
    name: str
    number: str
    trail: tuple[tuple[str, str], ...]
    form: SystemForm
    areas: tuple[AreaLines, ...]
    unknown: tuple[str, ...]


@page_or_post
@signed_in_only
def systems(request: Request, number: str) -> HttpResponse:
    """The systems of each service area, and a form to add one."""
    own = required(request, number, Permission.CHANGE_VENDOR_PROFILE)
    today = clock.today()
    products = Product.objects.select_related("vendor").order_by("kind", "name", "pk")
    form = SystemForm(
        products,
        data=request.POST if request.method == "POST" else None,
        initial={"starts": today, "area": request.GET.get("omrade", "")},
    )
    if form.is_valid():
        found = form.cleaned_data
        product = get_object_or_404(Product, pk=int(found["product"]))
        if _accepted(
            form,
            lambda: services.set_profile(
                municipality=own.row,
                service_area=ServiceArea(found["area"]),
                product=product,
                valid_from=found["starts"],
                source=found["source"],
                by=acting(request, Permission.CHANGE_VENDOR_PROFILE, own.place),
            ),
        ):
            messages.success(
                request, gettext("%(product)s er registrert.") % {"product": product.name}
            )
            return redirect("municipalities:systems", own.code.number)
    areas = queries.systems(own.row.pk, on=today)
    page = SystemsPage(
        name=own.code.qualified_name,
        number=own.code.number,
        trail=trail(own),
        form=form,
        areas=tuple(
            AreaLines(
                str(texts.SERVICE_AREAS[area.service_area]),
                tuple(_use(own, one) for one in (*area.current, *area.planned)),
                tuple(_use(own, one) for one in area.former),
            )
            for area in areas
            if area.current or area.planned or area.former
        ),
        unknown=tuple(
            str(texts.SERVICE_AREAS[area.service_area])
            for area in areas
            if not area.current and not area.planned
        ),
    )
    return render.page(
        request, "municipalities/systems.html", page, status=422 if form.errors else 200
    )


def _use(own: Own, one: InUse) -> UseLine:
    args = [own.code.number, one.profile]
    until = formats.long_date(one.valid_to - timedelta(days=1)) if one.valid_to else ""
    return UseLine(
        product=one.product,
        vendor=one.vendor,
        kind=str(texts.PRODUCT_KINDS[ProductKind(one.kind)]),
        since=formats.long_date(one.valid_from),
        until=until,
        source=one.source,
        end=None if one.valid_to else reverse("municipalities:end_system", args=args),
        remove=reverse("municipalities:remove_system", args=args),
    )


@page_or_post
@signed_in_only
def end_system(request: Request, number: str, pk: int) -> HttpResponse:
    own = required(request, number, Permission.CHANGE_VENDOR_PROFILE)
    row = _profile(own, pk)
    form = EndSystemForm(
        request.POST if request.method == "POST" else None, initial={"last": clock.today()}
    )
    if form.is_valid() and _accepted(
        form,
        lambda: services.end_profile(
            profile=row,
            # People name the last day; a period ends before its end.
            ends_on=form.cleaned_data["last"] + timedelta(days=1),
            reason=form.cleaned_data["reason"],
            by=acting(request, Permission.CHANGE_VENDOR_PROFILE, own.place),
        ),
    ):
        messages.success(
            request, gettext("Bruken av %(product)s er avsluttet.") % {"product": row.product.name}
        )
        return redirect("municipalities:systems", own.code.number)
    return _about_profile(
        request,
        own,
        row,
        form,
        heading=gettext("Avslutt bruken av %(product)s") % {"product": row.product.name},
        submit=gettext("Avslutt bruken"),
        lead=gettext("Det står igjen i historikken at dere har brukt det."),
    )


@page_or_post
@signed_in_only
def remove_system(request: Request, number: str, pk: int) -> HttpResponse:
    own = required(request, number, Permission.CHANGE_VENDOR_PROFILE)
    row = _profile(own, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _accepted(
        form,
        lambda: services.remove_profile(
            profile=row,
            reason=form.cleaned_data["reason"],
            by=acting(request, Permission.CHANGE_VENDOR_PROFILE, own.place),
        ),
    ):
        messages.success(
            request,
            gettext("Registreringen av %(product)s er fjernet.") % {"product": row.product.name},
        )
        return redirect("municipalities:systems", own.code.number)
    return _about_profile(
        request,
        own,
        row,
        form,
        heading=gettext("Fjern registreringen av %(product)s") % {"product": row.product.name},
        submit=gettext("Fjern registreringen"),
        warning=gettext(
            "Bruk dette når registreringen var feil. "
            "Har dere brukt systemet og sluttet, velg «Avslutt» i stedet."
        ),
    )


def _profile(own: Own, pk: int) -> VendorProfile:
    return get_object_or_404(
        VendorProfile.objects.select_related("product"), pk=pk, municipality=own.row
    )


def _about_profile(
    request: Request,
    own: Own,
    row: VendorProfile,
    form: forms.Form,
    *,
    heading: str,
    submit: str,
    **more: Any,
) -> HttpResponse:
    back = reverse("municipalities:systems", args=[own.code.number])
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=back,
        kicker=str(texts.SERVICE_AREAS[ServiceArea(row.service_area)]),
        trail=trail(own, (gettext("Systemer"), back)),
        danger=True,
        **more,
    )
    return _answer(request, page)


def _accepted(form: forms.Form, change: Callable[[], Any]) -> bool:
    """Do it; a refusal becomes the form's error and what was typed stays."""
    try:
        change()
    except Refused as error:
        form.add_error(None, str(error))
        return False
    return True


def _answer(request: Request, page: FormPage) -> HttpResponse:
    return render.page(request, FORM, page, status=422 if page.form.errors else 200)

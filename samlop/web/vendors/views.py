"""The pages of vendors: load, check the right, one question or change, answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission, Place
from samlop.municipalities.models import Product, Vendor
from samlop.municipalities.rules.kinds import ProductKind
from samlop.municipalities.services import vendors as services
from samlop.web import addresses, clock, downloads, form_page, render
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.request import PublicRequest, Request
from samlop.web.rollouts.rights import is_insider
from samlop.web.signed_in import signed_in_only
from samlop.web.vendors import pages
from samlop.web.vendors.forms import FIELDS, ProductForm, VendorForm

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def vendor_list(request: PublicRequest) -> HttpResponse:
    found = pages.Register.of(request.GET, on=clock.chosen_day(request))
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.register_download(found), as_format)
    page = pages.vendors_page(
        found,
        request.GET,
        today=clock.today(),
        may_create=request.access.may(Permission.EDIT_VENDORS),
    )
    if not render.wants_block(request):
        return render.page(request, "vendors/list.html", page)
    response = render.block(request, "vendors/list.html", "results", page)
    # The form sends its empty fields too; the address people copy leaves them out.
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    vendor = get_object_or_404(Vendor, slug=slug)
    found = pages.Uses.of(vendor, request.GET, on=clock.chosen_day(request))
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.uses_download(found), as_format)
    page = pages.vendor_page(
        found,
        request.GET,
        today=clock.today(),
        may_edit=request.access.may(Permission.EDIT_VENDORS, Place(vendor=vendor.pk)),
        may_confirm=request.access.may(
            Permission.CONFIRM_VENDOR_READINESS, Place(vendor=vendor.pk)
        ),
        sees_people=bool(request.access.grants),
        is_insider=is_insider(request),
    )
    if not render.wants_block(request):
        return render.page(request, "vendors/show.html", page)
    response = render.block(request, "vendors/show.html", "results", page)
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


@page_or_post
@signed_in_only
def create(request: Request) -> HttpResponse:
    request.access.require(Permission.EDIT_VENDORS)
    form = VendorForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        vendor = made(
            form,
            lambda: services.create_vendor(by=request.access.acting, **form.cleaned_data),
            FIELDS,
        )
        if vendor is not None:
            messages.success(
                request,
                gettext("%(name)s er lagt til. Legg til produktene også.") % {"name": vendor.name},
            )
            return redirect("vendors:show", vendor.slug)
    page = FormPage(
        heading=gettext("Legg til leverandør"),
        form=form,
        submit=gettext("Legg til"),
        cancel=reverse("vendors:list"),
        trail=((gettext("Leverandører"), reverse("vendors:list")),),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def edit(request: Request, slug: str) -> HttpResponse:
    vendor = _own_vendor(request, slug)
    form = VendorForm(
        data=request.POST if request.method == "POST" else None,
        initial={
            "name": vendor.name,
            "organisation_number": vendor.organisation_number or "",
            "website": vendor.website,
        },
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.edit_vendor(vendor=vendor, by=request.access.acting, **form.cleaned_data),
        FIELDS,
    ):
        return _saved(request, vendor)
    return _form(request, form, vendor, gettext("Rediger leverandøren"), gettext("Lagre"))


@page_or_post
@signed_in_only
def add_product(request: Request, slug: str) -> HttpResponse:
    vendor = _own_vendor(request, slug)
    form = ProductForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.create_product(
            vendor=vendor,
            name=form.cleaned_data["name"],
            kind=ProductKind(form.cleaned_data["kind"]),
            by=request.access.acting,
        ),
        FIELDS,
    ):
        messages.success(
            request, gettext("%(name)s er lagt til.") % {"name": form.cleaned_data["name"]}
        )
        return redirect("vendors:show", vendor.slug)
    return _form(request, form, vendor, gettext("Legg til produkt"), gettext("Legg til"))


@page_or_post
@signed_in_only
def edit_product(request: Request, slug: str, product: str) -> HttpResponse:
    vendor = _own_vendor(request, slug)
    found = get_object_or_404(Product, vendor=vendor, slug=product)
    form = ProductForm(
        data=request.POST if request.method == "POST" else None,
        initial={"name": found.name, "kind": found.kind},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.edit_product(
            product=found,
            name=form.cleaned_data["name"],
            kind=ProductKind(form.cleaned_data["kind"]),
            by=request.access.acting,
        ),
        FIELDS,
    ):
        return _saved(request, vendor)
    return _form(
        request,
        form,
        vendor,
        gettext("Rediger %(product)s") % {"product": found.name},
        gettext("Lagre"),
    )


def _own_vendor(request: Request, slug: str) -> Vendor:
    """A vendor this person may change; a vendor's own people only their own."""
    vendor = get_object_or_404(Vendor, slug=slug)
    request.access.require(Permission.EDIT_VENDORS, Place(vendor=vendor.pk))
    return vendor


def _saved(request: Request, vendor: Vendor) -> HttpResponse:
    messages.success(request, gettext("Endringene er lagret."))
    return redirect("vendors:show", vendor.slug)


def _form(
    request: Request, form: VendorForm | ProductForm, vendor: Vendor, heading: str, submit: str
) -> HttpResponse:
    back = reverse("vendors:show", args=[vendor.slug])
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=back,
        kicker=vendor.name,
        trail=((gettext("Leverandører"), reverse("vendors:list")), (vendor.name, back)),
    )
    return form_page.answer(request, page)

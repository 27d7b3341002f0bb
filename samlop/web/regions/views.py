"""The pages of regions: load what may be seen, check the right, one question or change, answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.rules import Permission
from samlop.lib.errors import Refused
from samlop.municipalities.models import (
    Municipality,
    Product,
    Region,
    RegionMembership,
    SharedInstallation,
)
from samlop.municipalities.queries import codes
from samlop.municipalities.queries import regions as queries
from samlop.municipalities.rules.kinds import ProductKind, RegionKind, ServiceArea
from samlop.municipalities.rules.regions import KEPT_BY_PEOPLE, MAY_SHARE_INSTALLATION
from samlop.municipalities.services import regions as services
from samlop.web import addresses, clock, downloads, form_page, render
from samlop.web.files.pages import Documents, documents
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.people.reader import Reader as PeopleReader
from samlop.web.regions import pages
from samlop.web.regions.forms import (
    FIELDS,
    MADE_HERE,
    UNKNOWN_PRODUCT,
    AddMemberForm,
    EndMemberForm,
    EndRegionForm,
    InstallationsForm,
    NewRegionForm,
    RegionForm,
)
from samlop.web.regions.rights import permission_to_keep, place_of, rights
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.support import follow_up
from samlop.web.support.follow_up import Summary
from samlop.web.uptake import alerts
from samlop.web.uptake.alerts import AlertLine

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def region_list(request: PublicRequest) -> HttpResponse:
    found = pages.RegionList.of(request.GET, on=clock.chosen_day(request))
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.regions_download(found), as_format)
    page = pages.regions_page(
        found,
        request.GET,
        today=clock.today(),
        may_create=request.access.may(Permission.EDIT_REGIONS),
    )
    if not render.wants_block(request):
        return render.page(request, "regions/list.html", page)
    response = render.block(request, "regions/list.html", "results", page)
    # The form sends its empty fields too; the address people copy leaves them out.
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    found = _members(request, slug)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.members_download(found), as_format)
    page = _page(request, found)
    return render.page(
        request,
        "regions/show.html",
        page,
        documents=_documents(request, found),
        alerts=_alerts(request, found),
        follow_up=_follow_up(request, found),
    )


def _follow_up(request: PublicRequest, found: pages.MemberList) -> Summary | None:
    """For those who see what the group's municipalities have answered, on the page of today."""
    region, today = found.region, clock.today()
    if region.kind is not RegionKind.EHEALTH_GROUP or found.on != today:
        return None
    place = place_of(region.pk)
    if not request.access.may(Permission.VIEW_ANSWERS, place):
        return None
    helps = request.access.may(Permission.FOLLOW_UP, place)
    return follow_up.summary(region.pk, region.slug, on=today, helps=helps)


def _alerts(request: PublicRequest, found: pages.MemberList) -> tuple[AlertLine, ...]:
    """Those of the group's municipalities today that the reader may know of."""
    region = found.region
    if region.kind is not RegionKind.EHEALTH_GROUP or found.on != clock.today():
        return ()
    return alerts.of_municipalities(request, [member.municipality for member in region.members])


def _documents(request: PublicRequest, found: pages.MemberList) -> Documents | None:
    """For the signed-in, on the page as it is now; counties and health regions keep none."""
    region, today = found.region, clock.today()
    ended = region.valid_to is not None and region.valid_to <= today
    now = found.on == today or (ended and "dato" not in request.GET)
    if not (request.user.is_authenticated and now and region.kind in KEPT_BY_PEOPLE):
        return None
    may_keep = not ended and rights(request.access, region.pk, region.kind).texts
    return documents(region.pk, region.slug, may_keep=may_keep, at=timezone.now())


def _members(request: PublicRequest | Request, slug: str) -> pages.MemberList:
    """The region as it was on the day the address asks for; 404 for one that never was."""
    day = clock.chosen_day(request)
    region = queries.region_page(slug, on=day)
    if region is not None and (shown := pages.shown_on(region, day)) != day:
        day, region = shown, queries.region_page(slug, on=shown)
    if region is None:
        raise Http404
    return pages.MemberList.of(region, request.GET, on=day)


def _page(request: PublicRequest | Request, found: pages.MemberList) -> pages.RegionPage:
    return pages.region_page(
        found,
        request.GET,
        today=clock.today(),
        rights=rights(request.access, found.region.pk, found.region.kind),
        people=PeopleReader.of(request, on=clock.today()),
    )


# --- confirming ---


@require_POST
@signed_in_only
def confirm(request: Request, slug: str, pk: int) -> HttpResponse:
    region = _region(slug)
    membership = get_object_or_404(RegionMembership, pk=pk, region=region)
    request.access.require(Permission.CONFIRM_REGION_MEMBERS, place_of(region.pk))
    try:
        services.confirm_memberships(
            region=region, membership_ids=[membership.pk], by=request.access.acting
        )
    except Refused as error:
        return _back_to_members(request, region, str(error))
    if not render.wants_block(request):
        return _back_to_members(request, region)
    found = _members(request, slug)
    row = next((row for row in found.rows if row.pk == pk), None)
    page = pages.with_swapped(_page(request, found))
    return render.block(request, "regions/show.html", "confirmed", page, row=row)


@require_POST
@signed_in_only
def confirm_all(request: Request, slug: str) -> HttpResponse:
    """Those the page showed: one that came since is not confirmed by whoever has not seen it."""
    region = _region(slug)
    request.access.require(Permission.CONFIRM_REGION_MEMBERS, place_of(region.pk))
    shown = [int(pk) for pk in request.POST.getlist("medlemskap") if pk.isdecimal()]
    confirmed = 0
    try:
        confirmed = services.confirm_memberships(
            region=region, membership_ids=shown, by=request.access.acting
        )
    except Refused as error:
        return _back_to_members(request, region, str(error))
    messages.success(
        request,
        ngettext("%(count)s kommune er bekreftet.", "%(count)s kommuner er bekreftet.", confirmed)
        % {"count": confirmed},
    )
    return _back_to_members(request, region)


# --- members ---


@page_or_post
@signed_in_only
def add_member(request: Request, slug: str) -> HttpResponse:
    region = kept_region(request, slug)
    today = clock.today()
    form = AddMemberForm(
        _not_members(region),
        data=request.POST if request.method == "POST" else None,
        initial={"starts": max(today, region.valid_from)},
    )
    if form.is_valid():
        found = form.cleaned_data
        municipality = get_object_or_404(Municipality, pk=int(found["municipality"]))
        if accepted(
            form,
            lambda: services.add_member(
                region=region,
                municipality=municipality,
                valid_from=found["starts"],
                source=found["reason"],
                by=request.access.acting,
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Kommunen er lagt til."))
            return _back_to_members(request, region)
    return _form(
        request,
        form,
        region,
        heading=gettext("Legg til kommune"),
        submit=gettext("Legg til"),
    )


def _not_members(region: Region) -> list[tuple[str, str]]:
    """The municipalities that could be added, in Norwegian order."""
    today = clock.today()
    inside = {member.municipality for member in queries.members_of(region.pk, on=today)}
    return [
        (str(row.pk), f"{row.qualified_name} ({row.number})")
        for row in codes.at(today)
        if row.pk not in inside
    ]


@page_or_post
@signed_in_only
def end_member(request: Request, slug: str, pk: int) -> HttpResponse:
    region = kept_region(request, slug)
    membership = get_object_or_404(RegionMembership, pk=pk, region=region)
    member = next(
        (one for one in queries.members_of(region.pk, on=clock.today()) if one.membership == pk),
        None,
    )
    if member is None:
        raise Http404
    form = EndMemberForm(
        data=request.POST if request.method == "POST" else None, initial={"ends": clock.today()}
    )
    if form.is_valid() and accepted(form, lambda: _end(membership, form, request), FIELDS):
        words = (
            gettext("%(name)s er fjernet fra regionen.")
            if form.never_was
            else gettext("Medlemskapet til %(name)s er avsluttet.")
        )
        messages.success(request, words % {"name": member.name})
        return _back_to_members(request, region)
    return _form(
        request,
        form,
        region,
        heading=gettext("Avslutt medlemskapet til %(name)s") % {"name": member.name},
        submit=gettext("Avslutt medlemskapet"),
        danger=True,
        needed_at_times=frozenset({"ends"}),
    )


def _end(membership: RegionMembership, form: EndMemberForm, request: Request) -> None:
    reason = form.cleaned_data["reason"]
    if form.never_was:
        services.remove_membership(membership=membership, by=request.access.acting, reason=reason)
        return
    services.end_membership(
        membership=membership,
        # People name the last day; a period ends before its end.
        ends_on=form.cleaned_data["ends"] + timedelta(days=1),
        by=request.access.acting,
        reason=reason,
    )


# --- the region itself ---


@page_or_post
@signed_in_only
def create(request: Request) -> HttpResponse:
    request.access.require(Permission.EDIT_REGIONS)
    wanted = request.GET.get("type", "")
    form = NewRegionForm(
        data=request.POST if request.method == "POST" else None,
        initial={
            "starts": clock.today(),
            "kind": wanted if wanted in MADE_HERE else MADE_HERE[0].value,
        },
    )
    if form.is_valid():
        found = form.cleaned_data
        region = made(
            form,
            lambda: services.create_region(
                kind=RegionKind(found["kind"]),
                name=found["name"],
                website=found["website"],
                note=found["note"],
                valid_from=found["starts"],
                by=request.access.acting,
            ),
            FIELDS,
        )
        if region is not None:
            messages.success(request, gettext("%(name)s er opprettet.") % {"name": region.name})
            return redirect("regions:show", region.slug)
    page = FormPage(
        heading=gettext("Opprett region"),
        form=form,
        submit=gettext("Opprett"),
        cancel=reverse("regions:list"),
        trail=((gettext("Regioner"), reverse("regions:list")),),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def edit(request: Request, slug: str) -> HttpResponse:
    region = kept_region(request, slug)
    form = RegionForm(
        data=request.POST if request.method == "POST" else None,
        initial={"name": region.name, "website": region.website, "note": region.note},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.edit_region(region=region, by=request.access.acting, **form.cleaned_data),
        FIELDS,
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect("regions:show", region.slug)
    return _form(
        request, form, region, heading=gettext("Rediger regionen"), submit=gettext("Lagre")
    )


@page_or_post
@signed_in_only
def end(request: Request, slug: str) -> HttpResponse:
    region = _region(slug)
    request.access.require(Permission.EDIT_REGIONS, place_of(region.pk))
    form = EndRegionForm(
        data=request.POST if request.method == "POST" else None, initial={"ends": clock.today()}
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.end_region(
            region=region,
            ends_on=form.cleaned_data["ends"] + timedelta(days=1),
            reason=form.cleaned_data["reason"],
            by=request.access.acting,
        ),
        FIELDS,
    ):
        messages.success(request, gettext("%(name)s er avsluttet.") % {"name": region.name})
        return redirect("regions:show", region.slug)
    members = len(queries.members_of(region.pk, on=clock.today()))
    return _form(
        request,
        form,
        region,
        heading=gettext("Avslutt regionen"),
        submit=gettext("Avslutt regionen"),
        danger=True,
        warning=ngettext(
            "Medlemskapet til %(count)s kommune slutter samtidig. Historien beholdes.",
            "Medlemskapene til %(count)s kommuner slutter samtidig. Historien beholdes.",
            members,
        )
        % {"count": members}
        if members
        else "",
    )


@page_or_post
@signed_in_only
def installations(request: Request, slug: str) -> HttpResponse:
    region = kept_region(request, slug)
    if RegionKind(region.kind) not in MAY_SHARE_INSTALLATION:
        raise Http404
    products = {
        str(product.pk): product
        for product in Product.objects.filter(kind=ProductKind.RECORD_SYSTEM.value)
        .select_related("vendor")
        .order_by("name")
    }
    rows = SharedInstallation.objects.filter(region=region)
    now = {
        row.service_area: str(row.product_id) if row.product_id else UNKNOWN_PRODUCT for row in rows
    }
    form = InstallationsForm(
        products.values(), data=request.POST if request.method == "POST" else None, initial=now
    )
    if form.is_valid() and accepted(
        form,
        lambda: _save_installations(region, form, products, request),
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect("regions:show", region.slug)
    return _form(
        request,
        form,
        region,
        heading=gettext("Felles EPJ-installasjon"),
        submit=gettext("Lagre"),
        lead=gettext(
            "Kommuner med felles installasjon må ta nye løsninger i bruk samtidig. "
            "Velg journalsystemet for hvert tjenesteområde der dere deler."
        ),
    )


@transaction.atomic
def _save_installations(
    region: Region, form: InstallationsForm, products: Mapping[str, Product], request: Request
) -> None:
    """One choice per service area, all or none of them."""
    for area in ServiceArea:
        choice = form.cleaned_data[area.value]
        if choice:
            services.share_installation(
                region=region,
                service_area=area,
                product=products.get(choice),
                by=request.access.acting,
            )
        else:
            services.stop_sharing_installation(
                region=region, service_area=area, by=request.access.acting
            )


# --- what the views share ---


def _region(slug: str) -> Region:
    return get_object_or_404(Region, slug=slug)


def kept_region(request: Request, slug: str) -> Region:
    """A region whose members and texts this person keeps; else 404 or 403."""
    region = _region(slug)
    request.access.require(permission_to_keep(RegionKind(region.kind)), place_of(region.pk))
    return region


def _back_to_members(request: Request, region: Region, refusal: str = "") -> HttpResponse:
    address = f"{reverse('regions:show', args=[region.slug])}#kommuner"
    if refusal:
        messages.error(request, refusal)
    if render.wants_block(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _form(
    request: Request, form: forms.Form, region: Region, *, heading: str, submit: str, **more: Any
) -> HttpResponse:
    back = reverse("regions:show", args=[region.slug])
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=back,
        kicker=region.name,
        trail=((gettext("Regioner"), reverse("regions:list")), (region.name, back)),
        **more,
    )
    return form_page.answer(request, page)

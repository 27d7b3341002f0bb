"""Files out, with headers that let nothing in them run; documents in and away."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.files import queries, services
from samlop.files.models import Document
from samlop.files.rules import DocumentKind, DocumentRefusal, FileRefusal
from samlop.lib.errors import Refused
from samlop.municipalities.models import Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.municipalities.rules.regions import KEPT_BY_PEOPLE
from samlop.web import form_page
from samlop.web.acting import Acting, acting
from samlop.web.files import serving
from samlop.web.files.forms import DocumentForm
from samlop.web.form_page import FormPage, accepted
from samlop.web.regions.rights import permission_to_keep, place_of
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uploads import ATTACHMENT

page_or_post = require_http_methods(["GET", "HEAD", "POST"])

FIELDS: Mapping[StrEnum, str] = {
    DocumentRefusal.NO_TITLE: "title",
    DocumentRefusal.TITLE_TAKEN: "title",
    **dict.fromkeys(FileRefusal, ATTACHMENT),
}


@require_safe
@signed_in_only
def serve(request: Request, key: UUID, name: str) -> HttpResponse:
    """The file itself, to save; 404 for one that is not there or not for this reader."""
    file = queries.open_to_the_signed_in(key)
    if file is None or file.name != name:
        raise Http404
    return serving.answer(request, file)


@page_or_post
@signed_in_only
def add_document(request: Request, slug: str) -> HttpResponse:
    region, by = _kept(request, slug)
    sent = request.method == "POST"
    form = DocumentForm(
        request.POST if sent else None, request.FILES if sent else None, meta=request.META
    )
    if form.is_valid() and _added(form, region, by):
        messages.success(
            request, gettext("«%(title)s» er lagt til.") % {"title": form.cleaned_data["title"]}
        )
        return redirect(_documents(region))
    page = FormPage(
        heading=gettext("Last opp dokument"),
        form=form,
        submit=gettext("Last opp"),
        cancel=_documents(region),
        kicker=region.name,
        lead=gettext("Alle som er logget inn, kan lese det."),
        trail=_trail(region),
    )
    return form_page.answer(request, page)


def _added(form: DocumentForm, region: Region, by: Acting) -> bool:
    found = form.cleaned_data
    upload = found[ATTACHMENT]

    return accepted(
        form,
        lambda: services.add_document(
            region=region,
            kind=DocumentKind(found["kind"]),
            title=found["title"],
            name=upload.name,
            content=upload.read(),
            by=by,
            at=timezone.now(),
        ),
        FIELDS,
    )


@page_or_post
@signed_in_only
def remove_document(request: Request, slug: str, pk: int) -> HttpResponse:
    region, by = _kept(request, slug)
    document = get_object_or_404(Document.objects.current(), pk=pk, region=region)
    form = forms.Form(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form, lambda: services.remove_document(document=document, by=by, at=timezone.now())
    ):
        messages.success(
            request,
            gettext("«%(title)s» er fjernet. Du kan angre nederst i lista.")
            % {"title": document.title},
        )
        return redirect(_documents(region))
    page = FormPage(
        heading=gettext("Fjern «%(title)s»") % {"title": document.title},
        form=form,
        submit=gettext("Fjern dokumentet"),
        cancel=_documents(region),
        kicker=region.name,
        trail=_trail(region),
        danger=True,
        warning=gettext(
            "Ingen kan lese det lenger. I 30 dager kan du legge det tilbake; så slettes det."
        ),
    )
    return form_page.answer(request, page)


@require_POST
@signed_in_only
def restore_document(request: Request, slug: str, pk: int) -> HttpResponse:
    region, by = _kept(request, slug)
    document = get_object_or_404(Document, pk=pk, region=region)
    try:
        services.restore_document(document=document, by=by, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, gettext("«%(title)s» er lagt tilbake.") % {"title": document.title}
        )
    return redirect(_documents(region))


def _kept(request: Request, slug: str) -> tuple[Region, Acting]:
    """A region whose documents this person keeps, and her as history names her; else 404 or 403."""
    region = get_object_or_404(Region, slug=slug, kind__in=sorted(KEPT_BY_PEOPLE))
    permission, place = permission_to_keep(RegionKind(region.kind)), place_of(region.pk)
    request.access.require(permission, place)
    return region, acting(request, permission, place)


def _documents(region: Region) -> str:
    return f"{reverse('regions:show', args=[region.slug])}#dokumenter"


def _trail(region: Region) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Regioner"), reverse("regions:list")),
        (region.name, reverse("regions:show", args=[region.slug])),
    )

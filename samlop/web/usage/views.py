"""Imports and what became of them; and what is done with one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import SortKey
from samlop.portfolio.models import Solution
from samlop.uptake.models import UsageImport
from samlop.uptake.rules.imports import ImportState
from samlop.uptake.services import usage
from samlop.uptake.services.indicators import CannotImport
from samlop.web import downloads, form_page, render
from samlop.web.form_page import FormPage
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.usage import pages
from samlop.web.usage.forms import UndoForm

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAY = Permission.IMPORT_USAGE


@require_safe
@signed_in_only
def import_list(request: Request) -> HttpResponse:
    """Of the solutions whose figures the reader brings."""
    own = [
        one
        for one in Solution.objects.order_by(SortKey("name"))
        if request.access.may(MAY, Place(solution=one.slug))
    ]
    if not own:
        request.access.require(MAY)
    page = pages.list_page(own, request.GET)
    if render.wants_block(request):
        return render.block(request, "usage/list.html", "results", page)
    return render.page(request, "usage/list.html", page)


@require_safe
@never_cache
@signed_in_only
def show(request: Request, pk: int) -> HttpResponse:
    row = _own(request, pk)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.refused_download(row), as_format)
    if render.wants_block(request):
        if ImportState(row.state) not in pages.AT_WORK:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render.block(request, "usage/show.html", "progress", pages.import_page(row))
    return render.page(request, "usage/show.html", pages.import_page(row))


@require_POST
@signed_in_only
def take_in(request: Request, pk: int) -> HttpResponse:
    row = _own(request, pk)
    try:
        usage.ask_to_take_in(usage_import=row, by=request.access.acting, at=timezone.now())
    except CannotImport as refused:
        messages.error(request, str(refused))
    return redirect("usage:show", pk)


@require_POST
@signed_in_only
def drop(request: Request, pk: int) -> HttpResponse:
    row = _own(request, pk)
    try:
        usage.drop(usage_import=row, by=request.access.acting, at=timezone.now())
    except CannotImport as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("Fila er forkastet. Ingen tall er endret."))
    return redirect("usage:show", pk)


@page_or_post
@signed_in_only
def undo(request: Request, pk: int) -> HttpResponse:
    row = _own(request, pk)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if row.state != ImportState.APPLIED.value and request.method != "POST":
        return redirect("usage:show", pk)
    if request.method == "POST" and form.is_valid():
        by, at = request.access.acting, timezone.now()
        if form_page.accepted(form, lambda: usage.ask_to_undo(usage_import=row, by=by, at=at)):
            return redirect("usage:show", pk)
    page = FormPage(
        heading=gettext("Angre importen"),
        kicker=row.source.solution.name,
        lead=row.file_name,
        form=form,
        submit=gettext("Angre importen"),
        cancel=reverse("usage:show", args=[pk]),
        trail=pages.trail((row.file_name, reverse("usage:show", args=[pk]))),
        danger=True,
        warning=gettext(
            "Tallene fra denne fila slutter å gjelde. Der en eldre import har et tall, gjelder "
            "det igjen; ellers blir det tomt. Historikken blir stående."
        ),
    )
    return form_page.answer(request, page)


def _own(request: Request, pk: int) -> UsageImport:
    row = get_object_or_404(UsageImport.objects.select_related("source__solution"), pk=pk)
    request.access.require(MAY, Place(solution=row.source.solution.slug))
    return row

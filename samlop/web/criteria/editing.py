"""Writing the draft of the next version, and publishing it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.rules import Permission
from samlop.lib.errors import Refused
from samlop.portfolio.models import CriteriaSet, Criterion
from samlop.portfolio.queries import criteria as queries
from samlop.portfolio.rules import criteria as rules
from samlop.portfolio.rules.criteria import CriteriaRefusal, CriterionText, SetStanding
from samlop.portfolio.services import criteria as services
from samlop.portfolio.services.criteria import Direction
from samlop.portfolio.texts import criteria as texts
from samlop.web import form_page, render
from samlop.web.acting import Acting
from samlop.web.criteria.forms import CriterionForm, DescribeForm
from samlop.web.criteria.pages import Head, PublishPage, WhatIsNew
from samlop.web.form_page import FormPage, accepted
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uploads import fingerprint

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])

FIELDS: Final[Mapping[StrEnum, str]] = {
    CriteriaRefusal.NO_TITLE: "title",
    CriteriaRefusal.TITLE_TAKEN: "title",
    CriteriaRefusal.NO_QUESTION: "question",
}


@require_POST
@signed_in_only
def start(request: Request) -> HttpResponse:
    """Begin the next version."""
    by = _writer(request)
    try:
        draft = services.start_draft(by=by, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
        return redirect("criteria:list")
    messages.success(
        request,
        gettext(
            "Utkastet til versjon %(number)s er en kopi av den forrige. Ingen andre ser det før "
            "du publiserer."
        )
        % {"number": draft.number},
    )
    return redirect("criteria:show", draft.number)


@page_or_post
@signed_in_only
def describe(request: Request, number: int) -> HttpResponse:
    by = _writer(request)
    draft = _draft(number)
    form = DescribeForm(
        request.POST if request.method == "POST" else None,
        initial={
            "deciding_body": draft.deciding_body_id,
            "advised_by": draft.advised_by_id,
            "standing": draft.standing,
            "source": draft.source,
            "what_is_new": draft.what_is_new,
        },
    )
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: services.describe(
                criteria_set=draft,
                deciding_body=found["deciding_body"],
                advised_by=found["advised_by"],
                standing=SetStanding(found["standing"]),
                source=found["source"],
                what_is_new=found["what_is_new"],
                by=by,
            ),
        ):
            messages.success(request, gettext("Lagret."))
            return redirect("criteria:show", number)
    page = FormPage(
        heading=gettext("Om utkastet"),
        form=form,
        submit=gettext("Lagre"),
        cancel=reverse("criteria:show", args=[number]),
        kicker=_name(draft),
        trail=_trail(draft),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def add(request: Request, number: int) -> HttpResponse:
    by = _writer(request)
    draft = _draft(number)
    form = CriterionForm(
        request.POST if request.method == "POST" else None,
        initial={"weight": "must", "assessor": "programme", "beside": "none"},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.add_criterion(criteria_set=draft, text=form.text(), by=by),
        FIELDS,
    ):
        messages.success(
            request, gettext("«%(title)s» er lagt til.") % {"title": form.cleaned_data["title"]}
        )
        return redirect(f"{reverse('criteria:show', args=[number])}#kriterier")
    page = FormPage(
        heading=gettext("Legg til kriterium"),
        form=form,
        submit=gettext("Legg til"),
        cancel=reverse("criteria:show", args=[number]),
        kicker=_name(draft),
        trail=_trail(draft),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def edit(request: Request, number: int, code: str) -> HttpResponse:
    by = _writer(request)
    draft = _draft(number)
    row = _criterion(draft, code)
    sent = request.POST.copy() if request.method == "POST" else None
    form = CriterionForm(sent, initial={**_values(row.text()), "revision": row.revision})
    if form.is_valid():
        seen = form.cleaned_data["revision"]
        if accepted(
            form,
            lambda: services.edit_criterion(criterion=row, seen=seen, text=form.text(code), by=by),
            FIELDS,
        ):
            messages.success(
                request, gettext("«%(title)s» er lagret.") % {"title": form.cleaned_data["title"]}
            )
            return redirect(f"{reverse('criteria:show', args=[number])}#{code}")
    warning = ""
    if sent is not None:
        row.refresh_from_db()
        if sent.get("revision") != str(row.revision):
            warning = gettext("Nå lagret: «%(title)s» %(question)s") % {
                "title": row.title,
                "question": row.question,
            }
            # Whoever saves again has seen what is stored now.
            sent["revision"] = str(row.revision)
    page = FormPage(
        heading=gettext("Endre kriteriet"),
        form=form,
        submit=gettext("Lagre"),
        cancel=f"{reverse('criteria:show', args=[number])}#{code}",
        kicker=_name(draft),
        trail=_trail(draft),
        warning=warning,
    )
    return form_page.answer(request, page)


@require_POST
@signed_in_only
def move(request: Request, number: int, code: str) -> HttpResponse:
    """One place up, or down with `ned` in the form."""
    by = _writer(request)
    row = _criterion(_draft(number), code)
    direction = Direction.DOWN if "ned" in request.POST else Direction.UP
    try:
        services.move_criterion(criterion=row, direction=direction, by=by)
    except Refused as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('criteria:show', args=[number])}#{code}")


@page_or_post
@signed_in_only
def remove(request: Request, number: int, code: str) -> HttpResponse:
    by = _writer(request)
    draft = _draft(number)
    row = _criterion(draft, code)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(form, lambda: services.remove_criterion(criterion=row, by=by)):
        messages.success(request, gettext("«%(title)s» er fjernet.") % {"title": row.title})
        return redirect("criteria:show", number)
    page = FormPage(
        heading=gettext("Fjern «%(title)s»") % {"title": row.title},
        form=form,
        submit=gettext("Fjern kriteriet"),
        cancel=f"{reverse('criteria:show', args=[number])}#{code}",
        kicker=_name(draft),
        trail=_trail(draft),
        danger=True,
        warning=gettext(
            "Svarene som er gitt mot eldre versjoner, står. De som går over til denne, blir ikke "
            "spurt om det."
        ),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def delete(request: Request, number: int) -> HttpResponse:
    by = _writer(request)
    draft = _draft(number)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(form, lambda: services.delete_draft(criteria_set=draft, by=by)):
        messages.success(request, gettext("Utkastet er slettet."))
        return redirect("criteria:list")
    page = FormPage(
        heading=gettext("Slett utkastet"),
        form=form,
        submit=gettext("Slett utkastet"),
        cancel=reverse("criteria:show", args=[number]),
        kicker=_name(draft),
        trail=_trail(draft),
        danger=True,
        warning=gettext("Alt som er skrevet i utkastet, blir borte. Publiserte versjoner står."),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def publish(request: Request, number: int) -> HttpResponse:
    """What will be new, and the button that nobody can take back."""
    by = _writer(request)
    draft = _draft(number)
    now = queries.texts_of(draft.pk)
    newest = queries.newest_published()
    before = queries.texts_of(newest.pk) if newest else None
    refusal = rules.refusal_to_publish(
        now, before=before, what_is_new=draft.what_is_new, source=draft.source
    )
    said = str(texts.CRITERIA_REFUSALS[refusal]) if refusal else ""
    if request.method == "POST":
        # What she read is what she publishes: otherwise the services are given what she did not.
        read = now if request.POST.get("sett") == fingerprint(now) else ()
        try:
            services.publish(criteria_set=draft, seen=read, by=by, at=timezone.now())
        except Refused as error:
            said = str(error)
        else:
            messages.success(
                request,
                gettext(
                    "Versjon %(number)s er publisert. Vurderinger som er i gang, går over når "
                    "programmet selv velger det."
                )
                % {"number": number},
            )
            return redirect("criteria:show", number)
    head = queries.head(number, with_draft=True)
    if head is None:
        raise Http404
    page = PublishPage(
        head=Head.of(head),
        before=Head.of(queries.SetHead.of(newest)) if newest else None,
        new=WhatIsNew.of(rules.compare(before or (), now)),
        criteria=len(now),
        seen=fingerprint(now),
        refusal=said,
    )
    status = 422 if request.method == "POST" else 200
    return render.page(request, "criteria/publish.html", page, status=status)


def _writer(request: Request) -> Acting:
    request.access.require(Permission.PUBLISH_CRITERIA)
    return request.access.acting


def _draft(number: int) -> CriteriaSet:
    return get_object_or_404(
        CriteriaSet.objects.select_related("deciding_body", "advised_by"),
        number=number,
        published_at=None,
    )


def _criterion(draft: CriteriaSet, code: str) -> Criterion:
    row = get_object_or_404(Criterion, criteria_set=draft, code=code)
    row.criteria_set = draft
    return row


def _values(text: CriterionText) -> dict[str, str]:
    return {
        "title": text.title,
        "question": text.question,
        "why": text.why,
        "evidence": text.evidence,
        "weight": text.weight.value,
        "assessor": text.assessor.value,
        "beside": text.beside.value,
    }


def _name(draft: CriteriaSet) -> str:
    return gettext("Utkast til versjon %(number)s") % {"number": draft.number}


def _trail(draft: CriteriaSet) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Kriterier"), reverse("criteria:list")),
        (_name(draft), reverse("criteria:show", args=[draft.number])),
    )

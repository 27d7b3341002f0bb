"""Answering the criteria over weeks, showing what the answers rest on, and looking them over."""

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

from samlop.accounts.rules import Permission, Place
from samlop.files.rules import FileRefusal
from samlop.lib.errors import Refused
from samlop.portfolio.models import Answer, Assessment, Evidence
from samlop.portfolio.queries import criteria as criteria_queries
from samlop.portfolio.queries.assessments import CriterionState
from samlop.portfolio.rules import criteria as criteria_rules
from samlop.portfolio.rules.assessments import (
    WRITTEN,
    AssessmentRefusal,
    Content,
)
from samlop.portfolio.services import assessments as services
from samlop.portfolio.services.assessments import AnswerConflict, CannotAssess
from samlop.portfolio.texts import assessments as texts
from samlop.web import form_page, formats, render
from samlop.web.acting import Acting
from samlop.web.assessments import loading, pages
from samlop.web.assessments.forms import AnswerForm, AttachForm, OpinionForm
from samlop.web.assessments.loading import Here
from samlop.web.assessments.move import MovePage
from samlop.web.assessments.pages import Said, Saving, Typed
from samlop.web.assessments.rights import permission_to_answer
from samlop.web.form_page import FormPage, accepted
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame, trail
from samlop.web.uploads import ATTACHMENT

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
PAGE: Final = "assessments/area.html"
FIELDS: Final[Mapping[StrEnum, str]] = {
    AssessmentRefusal.NO_LINK: "link",
    AssessmentRefusal.NO_WORDS_FOR_LINK: "words",
    **dict.fromkeys(FileRefusal, ATTACHMENT),
}


@require_POST
@signed_in_only
def begin(request: Request, slug: str, area: str) -> HttpResponse:
    """Every criterion is there at once, unanswered."""
    found = loading.here(request, slug, area)
    request.access.require(Permission.EDIT_SOLUTION, Place(solution=slug))
    try:
        services.open_assessment(offer=found.offer, by=request.access.acting, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    return redirect("assessments:area", slug, area)


@page_or_post
@signed_in_only
def answer(request: Request, slug: str, area: str, code: str) -> HttpResponse:
    """Save one answer; htmx does it while she writes, and gets only what has changed back."""
    found = loading.here(request, slug, area)
    here = found.criterion(code)
    there = f"{reverse('assessments:area', args=[slug, area])}#{code}"
    if request.method != "POST":
        return redirect(there)
    by = _answerer(request, slug, here)
    form = AnswerForm(request.POST)
    quick = render.wants_block(request)
    if not form.is_valid():
        typed = Typed(code=code, content=_as_typed(request), base=here.content, error=_said(form))
        return _not_saved(request, found, typed, quick=quick)
    if quick and form.waits_for_a_choice:
        # She is shown both texts and has not chosen: nothing is saved behind her back.
        return HttpResponse(status=204)
    base, sent = form.base(), form.sent()
    try:
        row = services.save_answer(
            answer=_row(found, here), base=base, sent=sent, by=by, at=timezone.now()
        )
    except AnswerConflict as error:
        return _not_saved(request, found, _conflict(code, base, error), quick=quick)
    except Refused as error:
        typed = Typed(code=code, content=form.typed(), base=base, error=str(error))
        return _not_saved(request, found, typed, quick=quick)
    if not quick:
        messages.success(request, gettext("Svaret er lagret."))
        return redirect(there)
    return _saved(request, slug, area, code, sent=services.tidy(sent), stored=row.content)


def _saved(
    request: Request, slug: str, area: str, code: str, *, sent: Content, stored: Content
) -> HttpResponse:
    """The tags, the progress, and what the next save begins from: never the fields themselves."""
    others = [part for part in WRITTEN if getattr(sent, part.value) != getattr(stored, part.value)]
    saving = Saving(
        # What she sees in the field is what she begins from, also where another has written.
        base=sent,
        said=gettext("Lagret kl. %(clock)s") % {"clock": formats.clock(timezone.now())},
        others=gettext("En annen har endret %(what)s.")
        % {"what": gettext(" og ").join(str(texts.ANSWER_PARTS[part]) for part in others)}
        if others
        else "",
    )
    return _parts(request, loading.here(request, slug, area), code, saving)


def _not_saved(request: Request, found: Here, typed: Typed, *, quick: bool) -> HttpResponse:
    if not quick:
        page = loading.page_of(request, found, typed=typed)
        return render.page(request, PAGE, page, status=422)
    return _parts(request, found, typed.code, pages.saving_of(typed), status=422)


def _parts(
    request: Request, found: Here, code: str, saving: Saving, *, status: int = 200
) -> HttpResponse:
    page = loading.page_of(request, found)
    saved = pages.with_saving(page, code, saving)
    return render.block(request, PAGE, "saved", saved, status=status)


def _conflict(code: str, base: Content, error: AnswerConflict) -> Typed:
    """She has now seen what is stored where both have written, and begins from that.

    The other parts she still sees as they were, also those that the other has changed: there
    she begins from the same as before, so that the next save takes the other's.
    """
    merged = error.merged
    seen = {
        part.value: getattr(error.stored if part in merged.conflicts else base, part.value)
        for part in WRITTEN
    }
    who = ""
    if error.last is not None:
        names = pages.names_of({error.last.actor_id})
        who = gettext("%(who)s, %(moment)s") % {
            "who": names.get(error.last.actor_id or 0, "") or error.last.actor_label,
            "moment": formats.long_moment(error.last.happened_at),
        }
    return Typed(
        code=code,
        content=merged.content,
        base=Content(**seen),
        error=str(error),
        stored=error.stored,
        conflicts=merged.conflicts,
        who=who,
    )


def _as_typed(request: Request) -> Content:
    """What was sent, also where it is too long to be stored."""
    return Content(line=request.POST.get("linje", ""), comment=request.POST.get("kommentar", ""))


def _said(form: forms.Form) -> str:
    for name, words in (
        ("linje", gettext("Begrunnelsen er for lang. Kort den ned, eller bruk kommentaren.")),
        ("kommentar", gettext("Kommentaren er for lang. Legg resten i et dokument.")),
    ):
        if form.has_error(name):
            return words
    return gettext("Svaret kunne ikke leses. Last siden på nytt, og prøv igjen.")


@page_or_post
@signed_in_only
def attach(request: Request, slug: str, area: str, code: str) -> HttpResponse:
    found = loading.here(request, slug, area)
    here = found.criterion(code)
    by = _answerer(request, slug, here)
    there = f"{reverse('assessments:area', args=[slug, area])}#{code}"
    sent = request.method == "POST"
    form = AttachForm(
        request.POST if sent else None, request.FILES if sent else None, meta=request.META
    )
    if form.is_valid() and _attached(form, _row(found, here), by):
        messages.success(
            request, gettext("«%(words)s» er lagt til.") % {"words": form.cleaned_data["words"]}
        )
        return redirect(there)
    page = FormPage(
        heading=gettext("Legg til dokumentasjon"),
        form=form,
        submit=gettext("Legg til"),
        cancel=there,
        kicker=here.text.title,
        lead=here.text.evidence,
        trail=(*trail(frame(request, found.solution, active="assessment")), _back(slug, area)),
        needed_at_times=frozenset({"link", "vedlegg"}),
    )
    return form_page.answer(request, page)


def _attached(form: AttachForm, row: Answer, by: Acting) -> bool:
    found = form.cleaned_data
    upload = found[ATTACHMENT]
    at = timezone.now()
    if upload:
        return accepted(
            form,
            lambda: services.add_file(
                answer=row,
                words=found["words"],
                name=upload.name,
                content=upload.read(),
                by=by,
                at=at,
            ),
            FIELDS,
        )
    return accepted(
        form,
        lambda: services.add_link(
            answer=row, words=found["words"], link=found["link"], by=by, at=at
        ),
        FIELDS,
    )


@page_or_post
@signed_in_only
def detach(request: Request, slug: str, area: str, code: str, pk: int) -> HttpResponse:
    found = loading.here(request, slug, area)
    here = found.criterion(code)
    by = _answerer(request, slug, here)
    evidence = get_object_or_404(
        Evidence.objects.standing().select_related("answer__assessment"),
        pk=pk,
        answer=here.answer,
    )
    there = f"{reverse('assessments:area', args=[slug, area])}#{code}"
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form, lambda: services.remove_evidence(evidence=evidence, by=by, at=timezone.now())
    ):
        messages.success(request, gettext("«%(words)s» er fjernet.") % {"words": evidence.words})
        return redirect(there)
    judged = here.opinion is not None and here.opinion.stands
    page = FormPage(
        heading=gettext("Fjern «%(words)s»") % {"words": evidence.words},
        form=form,
        submit=gettext("Fjern dokumentasjonen"),
        cancel=there,
        kicker=here.text.title,
        trail=(*trail(frame(request, found.solution, active="assessment")), _back(slug, area)),
        danger=True,
        warning=gettext("Organet har sett på svaret. Når du fjerner dette, åpnes det igjen.")
        if judged
        else "",
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def judge(request: Request, slug: str, area: str, code: str) -> HttpResponse:
    """The deciding body's assessor agrees or not with what she has read."""
    found = loading.here(request, slug, area)
    here = found.criterion(code)
    there = f"{reverse('assessments:area', args=[slug, area])}#{code}"
    if request.method != "POST":
        return redirect(there)
    request.access.require(Permission.CONFIRM_ASSESSMENT)
    form = OpinionForm(request.POST)
    try:
        if not form.is_valid():
            raise CannotAssess(AssessmentRefusal.NO_OPINION)
        if form.cleaned_data["sett"] != pages.seen_words(here):
            raise CannotAssess(AssessmentRefusal.CHANGED_MEANWHILE)
        services.give_opinion(
            answer=_row(found, here),
            opinion=form.opinion(),
            comment=form.cleaned_data["kommentar"],
            seen=here.fact,
            by=request.access.acting,
            at=timezone.now(),
        )
    except Refused as error:
        said = Said(
            code=code,
            opinion=request.POST.get("enig", ""),
            comment=request.POST.get("kommentar", ""),
            error=str(error),
        )
        page = loading.page_of(request, loading.here(request, slug, area), said=said)
        return render.page(request, PAGE, page, status=422)
    messages.success(request, gettext("Det dere mener, er lagret."))
    return redirect(there)


@page_or_post
@signed_in_only
def move(request: Request, slug: str, area: str) -> HttpResponse:
    """Go on by the newest version of the criteria: first what it means, then the button."""
    found = loading.here(request, slug, area)
    state = found.begun
    request.access.require(Permission.EDIT_SOLUTION, Place(solution=slug))
    back = reverse("assessments:area", args=[slug, area])
    newest = criteria_queries.newest_published()
    if newest is None or newest.number <= state.criteria_set.number:
        messages.info(request, str(texts.ASSESSMENT_REFUSALS[AssessmentRefusal.NOT_NEWER]))
        return redirect(back)
    if request.method == "POST":
        try:
            moved = services.move_to_newest(
                assessment=Assessment.objects.get(pk=state.pk),
                by=request.access.acting,
                at=timezone.now(),
            )
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                gettext("Vurderingen bruker versjon %(number)s. %(kept)s svar fulgte med.")
                % {"number": newest.number, "kept": len(moved.kept)},
            )
        return redirect(back)
    before = tuple(one.text for one in state.criteria)
    page = MovePage.of(
        frame(request, found.solution, active="assessment"),
        state,
        criteria_queries.SetHead.of(newest),
        criteria_rules.compare(before, criteria_queries.texts_of(newest.pk)),
        back=back,
    )
    return render.page(request, "assessments/move.html", page)


def _answerer(request: Request, slug: str, here: CriterionState) -> Acting:
    """Who writes the answer; a criterion that others answer has no page to write it on."""
    permission = permission_to_answer(here.text.assessor)
    request.access.require(permission, Place(solution=slug))
    return request.access.acting


def _row(found: Here, here: CriterionState) -> Answer:
    row = Answer.objects.select_related("assessment").filter(pk=here.answer).first()
    if row is None:
        raise Http404
    return row


def _back(slug: str, area: str) -> tuple[str, str]:
    return (gettext("Klar til bruk?"), reverse("assessments:area", args=[slug, area]))

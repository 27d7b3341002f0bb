"""Health-professional assessments: read by all when concluded, written by those who are named."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.models import Person
from samlop.accounts.rules import Permission
from samlop.lib.errors import Refused
from samlop.portfolio.models import (
    Condition,
    HealthAssessment,
    HealthAssessor,
    HealthFinding,
    HealthQuestion,
    Offer,
)
from samlop.portfolio.queries import assessments as assessment_queries
from samlop.portfolio.queries import health as queries
from samlop.portfolio.rules.health import Severity, Soundness
from samlop.portfolio.services import health as services
from samlop.portfolio.services.health import AnsweredMeanwhile
from samlop.web import clock, form_page, render
from samlop.web.form_page import FormPage, accepted
from samlop.web.gates import health_pages, offers
from samlop.web.gates.forms import (
    HEALTH_FIELDS,
    AnswersForm,
    AssessorForm,
    ConcludeForm,
    ConditionForm,
    FindingForm,
    QuestionForm,
)
from samlop.web.gates.rights import Rights
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def show(request: PublicRequest, slug: str, area: str) -> HttpResponse:
    found = offers.offer_of(slug, area)
    page = health_pages.health_page(
        found,
        frame(request, found.solution, active="decisions"),
        Rights.of(request, slug, assessment_queries.state_of(found)),
        reader=request.user.pk,
        on=clock.today(),
    )
    return render.page(request, "gates/health.html", page)


# --- beginning, and who ---


@require_POST
@signed_in_only
def begin(request: Request, slug: str, area: str) -> HttpResponse:
    found = offers.offer_of(slug, area)
    _require_naming(request)
    return _done(
        request,
        found,
        lambda: services.open_assessment(offer=found, by=request.access.acting, at=timezone.now()),
        gettext("Den helsefaglige vurderingen er i gang. Navngi dem som skal vurdere."),
    )


@page_or_post
@signed_in_only
def name_assessor(request: Request, slug: str, area: str) -> HttpResponse:
    found = offers.offer_of(slug, area)
    _require_naming(request)
    row = _under_way(found)
    today = clock.today()
    form = AssessorForm(
        health_pages.assessor_choices(slug, on=today),
        data=_sent(request),
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.name_assessor(
            assessment=row,
            person=get_object_or_404(Person, pk=form.cleaned_data["person"]),
            position=form.cleaned_data["position"],
            by=request.access.acting,
            on=today,
        ),
        HEALTH_FIELDS,
    ):
        return _saved(request, found, gettext("Vurdereren er navngitt."))
    return _form(request, found, form, gettext("Navngi vurderer"), gettext("Navngi"))


@require_POST
@signed_in_only
def remove_assessor(request: Request, slug: str, pk: int) -> HttpResponse:
    rows = HealthAssessor.objects.select_related("assessment__offer__solution")
    row = get_object_or_404(rows, pk=pk, assessment__offer__solution__slug=slug)
    _require_naming(request)
    return _done(
        request,
        row.assessment.offer,
        lambda: services.remove_assessor(assessor=row, by=request.access.acting),
        gettext("Personen er tatt ut av vurderingen. Det hun eller han skrev, står."),
    )


# --- what the named write ---


@page_or_post
@signed_in_only
def write(request: Request, slug: str, area: str) -> HttpResponse:
    """Every question on one page; each answer is saved by itself, so that no one loses another."""
    found, row = _written(request, slug, area)
    state = queries.state(row.pk, on=clock.today())
    if state is None:
        raise Http404
    form = AnswersForm(state.questions, data=_sent(request))
    if form.is_valid() and _answers(request, form):
        return _saved(request, found, gettext("Svarene er lagret."))
    return _form(
        request,
        found,
        form,
        gettext("Svar på spørsmålene"),
        gettext("Lagre svarene"),
        lead=gettext("Dere kan lagre underveis og fortsette senere."),
    )


def _answers(request: Request, form: AnswersForm) -> bool:
    rows = HealthQuestion.objects.select_related("assessment").in_bulk(
        [one.pk for one in form.questions]
    )
    for one in form.questions:
        field = f"answer_{one.pk}"
        if field not in form.data:
            # A question that came while she wrote was not on her page.
            continue
        try:
            services.answer(
                question=rows[one.pk],
                text=form.cleaned_data[field],
                seen=form.cleaned_data[f"seen_{one.pk}"] or 0,
                by=request.access.acting,
                at=timezone.now(),
            )
        except AnsweredMeanwhile as error:
            form.add_error(
                field, gettext("%(why)s Lagret: «%(text)s»") % {"why": error, "text": error.stored}
            )
            # She has now read it: the same text once more is what she means.
            data = QueryDict(mutable=True)
            data.update(form.data)
            data[f"seen_{one.pk}"] = str(error.revision)
            form.data = data
        except Refused as error:
            form.add_error(None, str(error))
            break
    return not form.errors


@page_or_post
@signed_in_only
def add_question(request: Request, slug: str, area: str) -> HttpResponse:
    found, row = _written(request, slug, area)
    form = QuestionForm(data=_sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.add_question(
            assessment=row,
            question=form.cleaned_data["question"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        HEALTH_FIELDS,
    ):
        return _saved(request, found, gettext("Spørsmålet er lagt til."))
    return _form(request, found, form, gettext("Legg til spørsmål"), gettext("Legg til"))


@page_or_post
@signed_in_only
def add_finding(request: Request, slug: str, area: str) -> HttpResponse:
    found, row = _written(request, slug, area)
    form = FindingForm(data=_sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.add_finding(
            assessment=row,
            severity=Severity(form.cleaned_data["severity"]),
            text=form.cleaned_data["text"],
            advice=form.cleaned_data["advice"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        HEALTH_FIELDS,
    ):
        return _saved(request, found, gettext("Funnet er lagt til."))
    return _form(request, found, form, gettext("Legg til funn"), gettext("Legg til"))


@page_or_post
@signed_in_only
def edit_finding(request: Request, slug: str, pk: int) -> HttpResponse:
    row, found = _finding(request, slug, pk)
    form = FindingForm(
        data=_sent(request),
        initial={"severity": row.severity, "text": row.text, "advice": row.advice},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.change_finding(
            finding=row,
            severity=Severity(form.cleaned_data["severity"]),
            text=form.cleaned_data["text"],
            advice=form.cleaned_data["advice"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        HEALTH_FIELDS,
    ):
        return _saved(request, found, gettext("Funnet er endret."))
    return _form(request, found, form, gettext("Endre funnet"), gettext("Lagre"))


@require_POST
@signed_in_only
def remove_finding(request: Request, slug: str, pk: int) -> HttpResponse:
    row, found = _finding(request, slug, pk)
    return _done(
        request,
        found,
        lambda: services.remove_finding(finding=row, by=request.access.acting, at=timezone.now()),
        gettext("Funnet er fjernet."),
    )


@page_or_post
@signed_in_only
def add_condition(request: Request, slug: str, area: str) -> HttpResponse:
    found, row = _written(request, slug, area)
    form = ConditionForm(data=_sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.add_condition(
            assessment=row,
            text=form.cleaned_data["text"],
            due_by=form.cleaned_data["due_by"],
            by=request.access.acting,
            on=clock.today(),
            at=timezone.now(),
        ),
        HEALTH_FIELDS,
    ):
        return _saved(request, found, gettext("Vilkåret er lagt til."))
    return _form(request, found, form, gettext("Legg til vilkår"), gettext("Legg til"))


@require_POST
@signed_in_only
def remove_condition(request: Request, slug: str, pk: int) -> HttpResponse:
    rows = Condition.objects.select_related("health__offer__solution")
    row = get_object_or_404(rows, pk=pk, health__offer__solution__slug=slug)
    request.access.require(Permission.ASSESS_HEALTH)
    found = services.offer_of(row)
    return _done(
        request,
        found,
        lambda: services.remove_condition(
            condition=row, by=request.access.acting, at=timezone.now()
        ),
        gettext("Vilkåret er fjernet."),
    )


@page_or_post
@signed_in_only
def conclude(request: Request, slug: str, area: str) -> HttpResponse:
    found, row = _written(request, slug, area)
    form = ConcludeForm(data=_sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.conclude(
            assessment=row,
            conclusion=Soundness(form.cleaned_data["conclusion"]),
            summary=form.cleaned_data["summary"],
            by=request.access.acting,
            on=clock.today(),
            at=timezone.now(),
        ),
        HEALTH_FIELDS,
    ):
        return _saved(request, found, gettext("Vurderingen er avsluttet."))
    return _form(
        request,
        found,
        form,
        gettext("Avslutt vurderingen"),
        gettext("Avslutt vurderingen"),
        warning=gettext(
            "Når vurderingen er avsluttet, kan den ikke endres. Konklusjonen, begrunnelsen og "
            "vilkårene blir offentlige."
        ),
    )


# --- what these share ---


def _require_naming(request: Request) -> None:
    """The assessors themselves, or whoever looks assessments over for the body."""
    wanted = Permission.ASSESS_HEALTH
    if not request.access.may(wanted):
        wanted = Permission.CONFIRM_ASSESSMENT
    request.access.require(wanted)


def _under_way(found: Offer) -> HealthAssessment:
    return get_object_or_404(HealthAssessment.objects.under_way(), offer=found)


def _written(request: Request, slug: str, area: str) -> tuple[Offer, HealthAssessment]:
    """The assessment under way, for somebody with the role; the service asks if she is named."""
    found = offers.offer_of(slug, area)
    request.access.require(Permission.ASSESS_HEALTH)
    return found, _under_way(found)


def _finding(request: Request, slug: str, pk: int) -> tuple[HealthFinding, Offer]:
    rows = HealthFinding.objects.select_related("assessment__offer__solution")
    row = get_object_or_404(rows, pk=pk, assessment__offer__solution__slug=slug)
    request.access.require(Permission.ASSESS_HEALTH)
    return row, row.assessment.offer


def _done(request: Request, found: Offer, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(offers.address(found, "health"))


def _saved(request: Request, found: Offer, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(offers.address(found, "health"))


def _form(
    request: Request,
    found: Offer,
    form: forms.Form,
    heading: str,
    submit: str,
    *,
    lead: str = "",
    warning: str = "",
) -> HttpResponse:
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=offers.address(found, "health"),
        kicker=f"{found.solution.name}, {offers.area_words(found)}",
        trail=offers.health_trail(found),
        lead=lead,
        warning=warning,
    )
    return form_page.answer(request, page)


def _sent(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None

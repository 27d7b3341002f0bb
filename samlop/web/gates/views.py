"""Decisions on «klar til bruk»: the list, what is decided on, the decision, and its paper."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.rules import Permission
from samlop.governance.models import Case
from samlop.lib.errors import Refused
from samlop.portfolio.models import Condition, Gate, Offer
from samlop.portfolio.queries import dossiers
from samlop.portfolio.queries import gates as queries
from samlop.portfolio.queries import solutions as solution_queries
from samlop.portfolio.queries.dossiers import Dossier
from samlop.portfolio.rules.gates import GateOutcome
from samlop.portfolio.services import gates as services
from samlop.portfolio.services import health as health_services
from samlop.portfolio.services.gates import CannotDecide
from samlop.web import clock, downloads, form_page, render
from samlop.web.files import serving
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.gates import offers, pages
from samlop.web.gates.forms import GATE_FIELDS, HEALTH_FIELDS, GateCaseForm, GateForm, MeetForm
from samlop.web.gates.rights import Rights
from samlop.web.governance.pages import earlier_cases
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame

if TYPE_CHECKING:
    from samlop.portfolio.models import Solution

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


# --- reading ---


@require_safe
def decisions(request: PublicRequest, slug: str) -> HttpResponse:
    solution = offers.solution_of(slug)
    on = clock.chosen_day(request)
    if as_format := downloads.wanted(request.GET):
        where = solution_queries.offers_of(solution)
        return downloads.answer(pages.decisions_download(solution, where, on=on), as_format)
    page = pages.decisions_page(
        solution,
        frame(request, solution, active="decisions"),
        Rights.of(request, slug, None),
        on=on,
    )
    return render.page(request, "gates/list.html", page)


@require_safe
def offer(request: PublicRequest, slug: str, area: str) -> HttpResponse:
    """All that a decider needs on one page; others see what is decided, and why."""
    found = offers.offer_of(slug, area)
    dossier = dossiers.dossier_of(found, on=clock.today())
    form = GateForm(initial={"decided_on": clock.today(), "seen": dossier.fingerprint})
    return _offer(request, found, dossier, form)


def _offer(
    request: PublicRequest | Request, found: Offer, dossier: Dossier, form: GateForm
) -> HttpResponse:
    solution = found.solution
    page = pages.offer_page(
        found,
        frame(request, solution, active="decisions"),
        Rights.of(request, solution.slug, dossier.assessment),
        dossier,
        on=clock.today(),
        form=form,
    )
    status = 422 if form.errors else 200
    return render.page(request, "gates/offer.html", page, status=status)


@require_safe
def show(request: PublicRequest, slug: str, pk: int) -> HttpResponse:
    """A decision as it was made, whatever has happened since."""
    solution, gate = _gate(slug, pk)
    today = clock.today()
    state = next(one for one in queries.decisions_on([gate.offer_id], today) if one.pk == gate.pk)
    page = pages.gate_page(
        gate,
        state,
        frame(request, solution, active="decisions"),
        Rights.of(request, slug, None),
    )
    return render.page(request, "gates/show.html", page)


@require_safe
@signed_in_only
def paper(request: Request, slug: str, pk: int) -> HttpResponse:
    """The archive copy, with names: for those who have a role."""
    _solution, gate = _gate(slug, pk)
    if not request.access.grants:
        raise Http404
    return serving.answer(request, gate.paper)


def _gate(slug: str, pk: int) -> "tuple[Solution, Gate]":
    solution = offers.solution_of(slug)
    rows = Gate.objects.filter(offer__solution=solution).select_related("offer", "paper")
    return solution, get_object_or_404(rows, pk=pk)


# --- deciding ---


@page_or_post
@signed_in_only
def open_case(request: Request, slug: str, area: str) -> HttpResponse:
    found = offers.offer_of(slug, area)
    request.access.require(Permission.MANAGE_GOVERNANCE)
    form = GateCaseForm(earlier_cases(), data=_sent(request))
    if form.is_valid():
        wanted = form.cleaned_data
        case = made(
            form,
            lambda: services.open_case(
                offer=found,
                about=wanted["about"],
                recommendation=wanted["recommendation"],
                builds_on=_earlier(wanted["builds_on"]),
                by=request.access.acting,
                on=clock.today(),
                at=timezone.now(),
            ),
        )
        if case is not None:
            messages.success(
                request,
                gettext("Sak %(number)s er opprettet.") % {"number": case.number_words},
            )
            return redirect(offers.address(found, "offer"))
    page = FormPage(
        heading=gettext("Opprett sak om klar til bruk"),
        form=form,
        submit=gettext("Opprett saken"),
        cancel=offers.address(found, "offer"),
        kicker=_kicker(found),
        trail=offers.trail(found),
        lead=gettext("Saken får neste nummer hos organet som kriteriene navngir."),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def decide(request: Request, slug: str, area: str) -> HttpResponse:
    """What is refused is said on the page the decision was sent from, with all that was typed."""
    found = offers.offer_of(slug, area)
    request.access.require(Permission.DECIDE_GATE)
    if request.method != "POST":
        return redirect(offers.address(found, "offer"))
    today = clock.today()
    case = queries.open_case_of(found)
    if case is None:
        messages.error(request, gettext("Det er ingen åpen sak her. Saken kan være avgjort."))
        return redirect(offers.address(found, "offer"))
    form = GateForm(data=request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            gate = services.decide(
                case=case,
                outcome=GateOutcome(wanted["outcome"]),
                reason=wanted["reason"],
                decided_on=wanted["decided_on"],
                conditions=form.conditions(),
                seen=wanted["seen"],
                by=request.access.acting,
                on=today,
                at=timezone.now(),
            )
        except CannotDecide as error:
            _say_what_hinders(form, error)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Beslutningen er registrert."))
            return redirect("gates:show", slug, gate.pk)
    dossier = dossiers.dossier_of(found, on=today)
    if form.cleaned_data.get("seen") != dossier.fingerprint:
        # What is new stands on the page she gets back: the next try is about that.
        form.data = request.POST.copy()
        form.data["seen"] = dossier.fingerprint
    return _offer(request, found, dossier, form)


def _say_what_hinders(form: GateForm, error: CannotDecide) -> None:
    """What is in the way has a line each; the field it is about is only pointed to."""
    if error.before:
        form.add_error("outcome", error.before)
        for sentence in error.sentences:
            form.add_error(None, sentence)
    else:
        form.add_error(GATE_FIELDS.get(error.refusal), str(error))


# --- conditions, afterwards ---


@page_or_post
@signed_in_only
def meet_condition(request: Request, slug: str, pk: int) -> HttpResponse:
    row, found = _condition(request, slug, pk)
    form = MeetForm(data=_sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: health_services.meet_condition(
            condition=row,
            note=form.cleaned_data["note"],
            by=request.access.acting,
            on=clock.today(),
            at=timezone.now(),
        ),
        HEALTH_FIELDS,
    ):
        messages.success(request, gettext("Vilkåret er oppfylt."))
        return redirect(_home(row, found))
    page = FormPage(
        heading=gettext("Vilkåret er oppfylt"),
        form=form,
        submit=gettext("Lagre"),
        cancel=_home(row, found),
        kicker=_kicker(found),
        trail=offers.trail(found),
        lead=row.text,
    )
    return form_page.answer(request, page)


@require_POST
@signed_in_only
def reopen_condition(request: Request, slug: str, pk: int) -> HttpResponse:
    row, found = _condition(request, slug, pk)
    try:
        health_services.reopen_condition(condition=row, by=request.access.acting, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Vilkåret er ikke lenger meldt oppfylt."))
    return redirect(_home(row, found))


def _condition(request: Request, slug: str, pk: int) -> tuple[Condition, Offer]:
    """Those that set it follow it up: the deciding body, or the health assessors."""
    rows = Condition.objects.select_related("health__offer__solution", "gate__offer__solution")
    row = get_object_or_404(rows, pk=pk)
    found = health_services.offer_of(row)
    if found.solution.slug != slug:
        raise Http404
    request.access.require(
        Permission.ASSESS_HEALTH if row.health_id is not None else Permission.DECIDE_GATE
    )
    return row, found


def _home(row: Condition, found: Offer) -> str:
    if row.gate_id is not None:
        return reverse("gates:show", args=[found.solution.slug, row.gate_id])
    return offers.address(found, "health")


def _earlier(pk: str) -> Case | None:
    return Case.objects.decided().filter(pk=pk).first() if pk else None


def _kicker(found: Offer) -> str:
    return f"{found.solution.name}, {offers.area_words(found)}"


def _sent(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None

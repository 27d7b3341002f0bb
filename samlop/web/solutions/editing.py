"""Changing a solution: what it is, its phases, and what stands around it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission, Place
from samlop.municipalities.models import Municipality, Product
from samlop.portfolio.models import (
    Offer,
    PhaseEvent,
    Prerequisite,
    Solution,
    SolutionLink,
    TrialMunicipality,
)
from samlop.portfolio.queries import gates
from samlop.portfolio.queries import solutions as queries
from samlop.portfolio.rules.solutions import (
    AFTER_DECISION,
    Area,
    Phase,
    SolutionKind,
    SolutionRefusal,
)
from samlop.portfolio.services import phases, surroundings
from samlop.portfolio.services import solutions as services
from samlop.portfolio.services.solutions import CannotChangeSolution
from samlop.portfolio.texts import solutions as texts
from samlop.web import clock, form_page, formats, render
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.request import Request
from samlop.web.shell.navigation import SOLUTIONS
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.forms import (
    FIELDS,
    AreaForm,
    ChangeTrialForm,
    ConfirmForm,
    EditSolutionForm,
    LinkForm,
    NewSolutionForm,
    PhaseForm,
    PrerequisiteForm,
    TrialForm,
    WithdrawForm,
)
from samlop.web.solutions.rights import Rights

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


# --- what it is ---


@page_or_post
@signed_in_only
def create(request: Request) -> HttpResponse:
    request.access.require(Permission.EDIT_PORTFOLIO)
    form = NewSolutionForm(_posted(request))
    if form.is_valid():
        solution = made(
            form,
            lambda: services.create_solution(
                facts=form.facts(),
                areas={Area(code) for code in form.cleaned_data["areas"]},
                by=request.access.acting,
            ),
            FIELDS,
        )
        if solution is not None:
            messages.success(
                request,
                gettext("%(name)s er lagt til. Registrer fasen den er i nå.")
                % {"name": solution.name},
            )
            return redirect("solutions:show", solution.slug)
    page = FormPage(
        heading=gettext("Legg til løsning"),
        form=form,
        submit=gettext("Legg til"),
        cancel=reverse("solutions:list"),
        trail=((gettext("Løsninger"), SOLUTIONS),),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def edit(request: Request, slug: str) -> HttpResponse:
    solution = _own(request, slug)
    stored = services.facts_of(solution)
    rights = Rights.of(request.access, slug)
    form = EditSolutionForm(
        _posted(request), stored=stored, version=solution.version, may_rename=rights.own
    )
    if form.is_valid():
        try:
            services.edit_solution(
                solution=solution,
                version=form.cleaned_data["version"],
                facts=form.facts(stored),
                by=request.access.acting,
            )
        except CannotChangeSolution as error:
            if error.refusal is SolutionRefusal.CHANGED_MEANWHILE:
                now = Solution.objects.get(pk=solution.pk)
                form.show_stored(services.facts_of(now), now.version)
            name = FIELDS.get(error.refusal)
            form.add_error(name if name in form.fields else None, str(error))
        else:
            messages.success(request, gettext("Endringene er lagret."))
            return redirect("solutions:show", slug)
    return _form(request, solution, form, gettext("Rediger løsningen"), gettext("Lagre"))


@page_or_post
@signed_in_only
def add_area(request: Request, slug: str) -> HttpResponse:
    solution = _of_portfolio(request, slug)
    offers = queries.offers_of(solution)
    form = AreaForm(_posted(request), offered=[Area(offer.area) for offer in offers])
    if form.is_valid() and accepted(
        form,
        lambda: services.add_offer(
            solution=solution, area=Area(form.cleaned_data["areas"]), by=request.access.acting
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Tjenesteområdet er lagt til. Registrer fasen der også."))
        return redirect("solutions:show", slug)
    return _form(request, solution, form, gettext("Legg til tjenesteområde"), gettext("Legg til"))


@page_or_post
@signed_in_only
def remove_area(request: Request, slug: str, area: str) -> HttpResponse:
    solution = _of_portfolio(request, slug)
    offer = get_object_or_404(Offer, solution=solution, area=area)
    form = ConfirmForm(_posted(request))
    words = str(texts.AREAS[Area(offer.area)])
    if form.is_valid() and accepted(
        form, lambda: services.remove_offer(offer=offer, by=request.access.acting)
    ):
        messages.success(request, gettext("%(area)s er fjernet.") % {"area": words})
        return redirect("solutions:show", slug)
    return _form(
        request,
        solution,
        form,
        gettext("Fjern %(area)s?") % {"area": words.lower()},
        gettext("Fjern"),
        _Look(
            danger=True,
            warning=gettext(
                "Bruk dette når tjenesteområdet ble lagt til ved en feil. "
                "Er løsningen ikke lenger i bruk der, registrer fasen «Faset ut» i stedet."
            ),
        ),
    )


# --- phases ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStep:
    """What becomes of one service area when the phase is recorded."""

    area: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPhase:
    """The page between the form and the record: what follows, and what is sent on."""

    name: str
    trail: tuple[tuple[str, str], ...]
    steps: tuple[PhaseStep, ...]
    day: date
    reason: str
    source: str
    successor: str
    undecided: tuple[str, ...]
    # Every field as it was filled in.
    sent: tuple[tuple[str, str], ...]
    cancel: str


@page_or_post
@signed_in_only
def record_phase(request: Request, slug: str) -> HttpResponse:
    """Fill in, see what follows, confirm. What was wrong is withdrawn from the history."""
    solution = _own(request, slug)
    rights, today = Rights.of(request.access, slug), clock.today()
    offers = queries.offers_of(solution)
    form = PhaseForm(
        _posted(request),
        offers=offers,
        phases=rights.phases(SolutionKind(solution.kind)),
        today=today,
    )
    changing = "endre" in request.POST
    if not changing and form.is_valid():
        wanted = [offer for offer in offers if offer.area in form.cleaned_data["areas"]]
        confirmed = "bekreftet" in request.POST
        if accepted(form, lambda: _record(request, form, wanted, today, really=confirmed), FIELDS):
            if not confirmed:
                page = _confirm(solution, form, wanted)
                return render.page(request, "solutions/confirm_phase.html", page)
            messages.success(
                request,
                gettext("Fasen er registrert. Var det feil, kan den trekkes tilbake her."),
            )
            return redirect("solutions:history", slug)
    if changing:
        # Back from the confirmation: everything as it was, and nothing to complain about.
        form = PhaseForm(
            None, offers=offers, phases=rights.phases(SolutionKind(solution.kind)), today=today
        )
        form.initial = {
            name: request.POST.getlist(name) if name == "areas" else request.POST.get(name, "")
            for name in form.fields
        }
    lead = ""
    if not rights.own:
        lead = gettext(
            "Fasene «Klar til bruk», «Nasjonal innføring» og «I drift» følger av en beslutning, "
            "og registreres av porteføljeeieren."
        )
    if solution.is_joint_process:
        lead = ""
    return _form(
        request,
        solution,
        form,
        gettext("Registrer fase"),
        gettext("Gå videre"),
        _Look(lead=lead, needed_at_times=frozenset({"reason", "superseded_by", "successor"})),
    )


def _record(
    request: Request, form: PhaseForm, offers: list[Offer], today: date, *, really: bool
) -> None:
    """Do it; or only try it, so that a refusal is met before the confirmation."""
    data = form.cleaned_data
    with transaction.atomic():
        phases.record_phases(
            offers=offers,
            phase=Phase(data["phase"]),
            happened_on=data["happened_on"],
            reason=data["reason"],
            source=data["source"],
            superseded_by=Solution.objects.filter(slug=data.get("superseded_by") or "").first(),
            successor=data.get("successor", ""),
            by=request.access.acting,
            on=today,
            at=timezone.now(),
        )
        if not really:
            transaction.set_rollback(True)


def _confirm(solution: Solution, form: PhaseForm, offers: list[Offer]) -> ConfirmPhase:
    data = form.cleaned_data
    phase, day = Phase(data["phase"]), data["happened_on"]
    before = queries.phases_on(day, solution=solution.pk)
    decided = gates.gates_of([offer.pk for offer in offers], day)
    return ConfirmPhase(
        name=solution.name,
        trail=(*_trail(solution), (gettext("Registrer fase"), _address(solution, "record_phase"))),
        steps=tuple(
            PhaseStep(
                area=str(texts.AREAS[Area(offer.area)]),
                before=str(texts.PHASES[before[offer.pk].phase]) if offer.pk in before else "",
                after=str(texts.PHASES[phase]),
            )
            for offer in offers
        ),
        day=day,
        reason=data["reason"],
        source=data["source"],
        successor=dict(form.fields["superseded_by"].choices)[slug]  # type: ignore[attr-defined]
        if (slug := data.get("superseded_by"))
        else data.get("successor", ""),
        undecided=tuple(
            str(texts.AREAS[Area(offer.area)])
            for offer in offers
            if phase in AFTER_DECISION and not (offer.pk in decided and decided[offer.pk].opens)
        ),
        sent=tuple(
            (name, value)
            for name in form.fields
            for value in form.data.getlist(name)  # type: ignore[attr-defined]
        ),
        cancel=_address(solution, "show"),
    )


@page_or_post
@signed_in_only
def withdraw_phase(request: Request, slug: str, pk: int) -> HttpResponse:
    solution = _own(request, slug)
    event = get_object_or_404(
        PhaseEvent.objects.select_related("offer"), pk=pk, offer__solution=solution
    )
    phase = Phase(event.phase)
    if not Rights.of(request.access, slug).may_record(phase):
        request.access.require(Permission.EDIT_PORTFOLIO)
    form = WithdrawForm(_posted(request))
    if form.is_valid() and accepted(
        form,
        lambda: phases.withdraw_phase(
            event=event,
            reason=form.cleaned_data["reason"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Fasen er trukket tilbake."))
        return redirect("solutions:history", slug)
    return _form(
        request,
        solution,
        form,
        gettext("Trekk tilbake fasen"),
        gettext("Trekk tilbake"),
        _Look(
            danger=True,
            lead=gettext("%(area)s: «%(phase)s» fra %(day)s")
            % {
                "area": str(texts.AREAS[Area(event.offer.area)]),
                "phase": str(texts.PHASES[phase]),
                "day": formats.long_date(event.happened_on),
            },
            warning=gettext(
                "Løsningen går tilbake til fasen den var i før. Det som er trukket tilbake, "
                "blir stående i historikken, og kan ikke hentes fram igjen."
            ),
            back="history",
        ),
    )


# --- what stands around it ---


@page_or_post
@signed_in_only
def add_link(request: Request, slug: str) -> HttpResponse:
    solution = _own(request, slug)
    form = LinkForm(_posted(request))
    if form.is_valid() and accepted(
        form,
        lambda: surroundings.add_link(
            solution=solution, by=request.access.acting, **form.cleaned_data
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Lenken er lagt til."))
        return redirect("solutions:show", slug)
    return _form(request, solution, form, gettext("Legg til lenke"), gettext("Legg til"))


@page_or_post
@signed_in_only
def remove_link(request: Request, slug: str, pk: int) -> HttpResponse:
    solution = _own(request, slug)
    link = get_object_or_404(SolutionLink, pk=pk, solution=solution)
    form = ConfirmForm(_posted(request))
    if form.is_valid() and accepted(
        form, lambda: surroundings.remove_link(link=link, by=request.access.acting)
    ):
        messages.success(request, gettext("Lenken er fjernet."))
        return redirect("solutions:show", slug)
    return _form(
        request,
        solution,
        form,
        gettext("Fjern lenken «%(words)s»?") % {"words": link.words},
        gettext("Fjern"),
        _Look(danger=True, lead=link.address),
    )


@page_or_post
@signed_in_only
def add_prerequisite(request: Request, slug: str) -> HttpResponse:
    solution = _own(request, slug)
    form = PrerequisiteForm(_posted(request), solution=solution)
    if form.is_valid() and accepted(
        form,
        lambda: surroundings.add_prerequisite(
            solution=solution,
            requires=Solution.objects.get(slug=form.cleaned_data["requires"]),
            note=form.cleaned_data["note"],
            by=request.access.acting,
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Forutsetningen er lagt til."))
        return redirect("solutions:show", slug)
    return _form(
        request,
        solution,
        form,
        gettext("Legg til forutsetning"),
        gettext("Legg til"),
        _Look(
            lead=gettext("En annen løsning som må være i bruk i kommunen før denne kan innføres.")
        ),
    )


@page_or_post
@signed_in_only
def remove_prerequisite(request: Request, slug: str, pk: int) -> HttpResponse:
    solution = _own(request, slug)
    row = get_object_or_404(
        Prerequisite.objects.select_related("requires"), pk=pk, solution=solution
    )
    form = ConfirmForm(_posted(request))
    if form.is_valid() and accepted(
        form,
        lambda: surroundings.remove_prerequisite(prerequisite=row, by=request.access.acting),
    ):
        messages.success(request, gettext("Forutsetningen er fjernet."))
        return redirect("solutions:show", slug)
    return _form(
        request,
        solution,
        form,
        gettext("Fjern %(name)s som forutsetning?") % {"name": row.requires.name},
        gettext("Fjern"),
        _Look(danger=True),
    )


@page_or_post
@signed_in_only
def add_trial(request: Request, slug: str) -> HttpResponse:
    solution = _own(request, slug)
    offers = {offer.area: offer for offer in queries.offers_of(solution)}
    form = TrialForm(_posted(request), offers=offers.values(), today=clock.today())
    if form.is_valid():
        data = form.cleaned_data
        if accepted(
            form,
            lambda: surroundings.add_trial(
                offer=offers[data["area"]],
                municipality=Municipality.objects.get(pk=data["municipality"]),
                valid_from=data["valid_from"],
                # People name the last day; a period ends before its end.
                valid_to=data["last"] + timedelta(days=1) if data["last"] else None,
                record_system=Product.objects.filter(slug=data["record_system"]).first(),
                source=data["source"],
                by=request.access.acting,
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Utprøvingskommunen er registrert."))
            return redirect(f"{_address(solution, 'show')}#utproving")
    return _form(
        request, solution, form, gettext("Registrer utprøvingskommune"), gettext("Registrer")
    )


@page_or_post
@signed_in_only
def change_trial(request: Request, slug: str, pk: int) -> HttpResponse:
    """The trial is over, or was registered by mistake."""
    solution = _own(request, slug)
    trial = get_object_or_404(
        TrialMunicipality.objects.select_related("offer"), pk=pk, offer__solution=solution
    )
    form = ChangeTrialForm(_posted(request))
    if form.is_valid() and accepted(form, lambda: _change(trial, form, request), FIELDS):
        messages.success(request, gettext("Endringen er lagret."))
        return redirect(f"{_address(solution, 'show')}#utproving")
    code = trial.municipality.codes.order_by("-valid_from").values_list("qualified_name", flat=True)
    return _form(
        request,
        solution,
        form,
        gettext("Endre utprøvingen i %(name)s") % {"name": code[0]},
        gettext("Lagre"),
        _Look(
            lead=gettext("%(area)s, startet %(day)s")
            % {
                "area": str(texts.AREAS[Area(trial.offer.area)]),
                "day": formats.long_date(trial.valid_from),
            },
            needed_at_times=frozenset({"last"}),
        ),
    )


def _change(trial: TrialMunicipality, form: ChangeTrialForm, request: Request) -> None:
    if form.cleaned_data["what"] == "never":
        surroundings.remove_trial(trial=trial, by=request.access.acting)
        return
    surroundings.end_trial(
        trial=trial,
        # People name the last day; a period ends before its end.
        ends_on=form.cleaned_data["last"] + timedelta(days=1),
        by=request.access.acting,
    )


# --- what they share ---


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How a form page differs from the plain one; `back` is the part it is left to."""

    lead: str = ""
    danger: bool = False
    warning: str = ""
    needed_at_times: frozenset[str] = field(default_factory=frozenset)
    back: str = "show"


def _posted(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _own(request: Request, slug: str) -> Solution:
    """A solution this person may change; a programme only its own."""
    solution = get_object_or_404(Solution, slug=slug)
    request.access.require(Permission.EDIT_SOLUTION, Place(solution=slug))
    return solution


def _of_portfolio(request: Request, slug: str) -> Solution:
    """What only the owner of the portfolio changes: which areas a solution is for."""
    solution = get_object_or_404(Solution, slug=slug)
    request.access.require(Permission.EDIT_PORTFOLIO)
    return solution


def _address(solution: Solution, view: str) -> str:
    return reverse(f"solutions:{view}", args=[solution.slug])


def _trail(solution: Solution) -> tuple[tuple[str, str], ...]:
    return ((gettext("Løsninger"), SOLUTIONS), (solution.name, _address(solution, "show")))


def _form(
    request: Request,
    solution: Solution,
    form: forms.Form,
    heading: str,
    submit: str,
    look: _Look | None = None,
) -> HttpResponse:
    look = look or _Look()
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=_address(solution, look.back),
        kicker=solution.name,
        trail=_trail(solution),
        lead=look.lead,
        danger=look.danger,
        warning=look.warning,
        needed_at_times=look.needed_at_times,
    )
    return form_page.answer(request, page)

"""What a municipality does with its own plans: choose, measure, aim, withdraw, share."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.lib.errors import Refused
from samlop.municipalities.rules.codes import CodePeriod
from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit, BenefitFigure, BenefitPlan, ChosenBenefit
from samlop.uptake.queries import benefits as queries
from samlop.uptake.rules.benefits import FigureKind, Measure
from samlop.uptake.services import benefits as services
from samlop.uptake.texts import benefits as texts
from samlop.web import clock, form_page, render
from samlop.web.acting import Acting
from samlop.web.benefits import own, words
from samlop.web.benefits.forms import (
    AIM_FIELDS,
    FIGURE_FIELDS,
    MONEY_FIELDS,
    AimForm,
    ChooseForm,
    FigureForm,
    MoneyForm,
    WithdrawForm,
)
from samlop.web.benefits.own import MAY, Reading
from samlop.web.form_page import FormPage, accepted
from samlop.web.municipalities.views import Own, required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Here:
    """A plan of the reader's own municipality, and who she is while she changes it."""

    own: Own
    solution: Solution
    by: Acting

    @classmethod
    def of(cls, request: Request, number: str, slug: str) -> "Here":
        found = required(request, number, MAY)
        return cls(found, get_object_or_404(Solution, slug=slug), request.access.acting)

    @property
    def code(self) -> CodePeriod:
        return self.own.code

    @property
    def back(self) -> str:
        return own.plan_address(self.code, self.solution)

    @property
    def trail(self) -> tuple[tuple[str, str], ...]:
        return own.plan_trail(self.code, self.solution)

    def chosen(self, pk: int) -> ChosenBenefit:
        return get_object_or_404(
            ChosenBenefit.objects.standing().select_related("benefit", "plan"),
            pk=pk,
            plan__municipality=self.own.row,
            plan__solution=self.solution,
        )


def _data(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@require_POST
@signed_in_only
def choose(request: Request, number: str, slug: str) -> HttpResponse:
    """Follow the benefits that were ticked, besides those that are followed."""
    here = Here.of(request, number, slug)
    rows = list(Benefit.objects.filter(solution=here.solution, retired_at=None))
    form = ChooseForm(rows, data=request.POST)
    error = ""
    if form.is_valid():
        wanted = {int(pk) for pk in form.cleaned_data["benefits"]}
        try:
            services.choose(
                municipality=here.own.row,
                benefits=[row for row in rows if row.pk in wanted],
                by=here.by,
                at=timezone.now(),
            )
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(
                request,
                ngettext(
                    "Dere følger %(count)d gevinst til. Mål gjerne nullpunktet før dere starter.",
                    "Dere følger %(count)d gevinster til. Mål gjerne nullpunktene før dere "
                    "starter.",
                    len(wanted),
                )
                % {"count": len(wanted)},
            )
            return redirect(here.back)
    else:
        error = str(form.errors["benefits"][0])
    reading = Reading(code=here.code, pk=here.own.row.pk, place=here.own.place, inside=True)
    found = queries.plan_of(here.solution, reading.pk, on=clock.today())
    page = own.plan_page(reading, here.solution, found, error=error)
    return render.page(request, "benefits/plan.html", page, status=422)


@page_or_post
@signed_in_only
def measure(request: Request, number: str, slug: str, pk: int) -> HttpResponse:
    return _figure(request, Here.of(request, number, slug), pk, FigureKind.MEASUREMENT)


@page_or_post
@signed_in_only
def baseline(request: Request, number: str, slug: str, pk: int) -> HttpResponse:
    return _figure(request, Here.of(request, number, slug), pk, FigureKind.BASELINE)


def _figure(request: Request, here: Here, pk: int, kind: FigureKind) -> HttpResponse:
    chosen = here.chosen(pk)
    row, today = chosen.benefit, clock.today()
    is_baseline = kind is FigureKind.BASELINE
    form = FigureForm(row, kind, data=_data(request), initial={"day": today})
    if form.is_valid() and accepted(
        form,
        lambda: services.measure(
            chosen=chosen,
            kind=kind,
            figure=form.figure(),
            on=today,
            by=here.by,
            at=timezone.now(),
        ),
        FIGURE_FIELDS,
    ):
        messages.success(
            request,
            gettext("Nullpunktet er lagret.") if is_baseline else gettext("Målingen er lagret."),
        )
        return redirect(here.back)
    if is_baseline:
        lead = gettext("Slik det er hos dere uten løsningen, eller før den ble tatt i bruk.")
    else:
        lead = gettext("Slik det er hos dere nå.")
    page = FormPage(
        heading=gettext("Registrer nullpunkt") if is_baseline else gettext("Registrer måling"),
        form=form,
        submit=gettext("Lagre nullpunktet") if is_baseline else gettext("Lagre målingen"),
        cancel=here.back,
        trail=here.trail,
        kicker=row.name,
        lead=_how(lead, row) if row.indicator else lead,
        needed_at_times=frozenset({"value"} if not row.people else {"value", "few"}),
    )
    return form_page.answer(request, page)


def _how(lead: str, row: Benefit) -> str:
    return gettext("%(lead)s Slik måles det: %(indicator)s.") % {
        "lead": lead,
        "indicator": row.indicator.rstrip("."),
    }


@require_POST
@signed_in_only
def take_national(request: Request, number: str, slug: str, pk: int) -> HttpResponse:
    """The project's baseline becomes the municipality's, by one tap."""
    here = Here.of(request, number, slug)
    try:
        services.take_national_baseline(chosen=here.chosen(pk), by=here.by, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            gettext("Dere bruker prosjektets nasjonale nullpunkt. Det står ved tallene."),
        )
    return redirect(here.back)


@page_or_post
@signed_in_only
def aim(request: Request, number: str, slug: str, pk: int) -> HttpResponse:
    here = Here.of(request, number, slug)
    chosen = here.chosen(pk)
    form = AimForm(chosen, seen=services.aimed(chosen), data=_data(request))
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: services.aim(
                chosen=chosen,
                target=found.get("target"),
                target_on=found.get("target_on"),
                owner_role=found["owner_role"],
                comment=found["comment"],
                seen=found["seen"],
                by=here.by,
                at=timezone.now(),
            ),
            AIM_FIELDS,
        ):
            messages.success(request, gettext("Lagret."))
            return redirect(here.back)
        # From now on the form replaces what she is told of.
        form.data = {**request.POST.dict(), "seen": services.aimed(here.chosen(pk))}
    page = FormPage(
        heading=gettext("Måltall og ansvar"),
        form=form,
        submit=gettext("Lagre"),
        cancel=here.back,
        trail=here.trail,
        kicker=chosen.benefit.name,
        lead=gettext("Hva dere vil nå, og hvem i linja som følger opp."),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def say_money(request: Request, number: str, slug: str, pk: int) -> HttpResponse:
    """The municipality's own statement that freed hours are money; or that they are not."""
    here = Here.of(request, number, slug)
    chosen = here.chosen(pk)
    said = chosen.kroner_per_hour is not None
    form = forms.Form(data=_data(request)) if said else MoneyForm(data=_data(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.say_money(
            chosen=chosen,
            kroner_per_hour=form.cleaned_data.get("kroner_per_hour"),
            by=here.by,
            at=timezone.now(),
        ),
        MONEY_FIELDS,
    ):
        messages.success(
            request,
            gettext("Timene regnes ikke lenger som penger.")
            if said
            else gettext("Timene regnes som penger hos dere."),
        )
        return redirect(here.back)
    page = FormPage(
        heading=gettext("Regn ikke lenger timene som penger")
        if said
        else gettext("Regn timene som penger"),
        form=form,
        submit=gettext("Vis dem som timer") if said else gettext("Regn dem som penger"),
        cancel=here.back,
        trail=here.trail,
        kicker=chosen.benefit.name,
        lead=gettext("Da vises gevinsten som timer igjen.")
        if said
        else gettext(
            "Spart tid er ikke penger. Den blir det først når dere bruker mindre på lønn, "
            "vikarer eller reiser. Det er det bare dere som kan si."
        ),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def drop(request: Request, number: str, slug: str, pk: int) -> HttpResponse:
    here = Here.of(request, number, slug)
    chosen = here.chosen(pk)
    form = forms.Form(data=_data(request))
    if form.is_valid() and accepted(
        form, partial(services.drop, chosen=chosen, by=here.by, at=timezone.now())
    ):
        messages.success(request, gettext("Dere følger ikke lenger gevinsten."))
        return redirect(here.back)
    page = FormPage(
        heading=gettext("Ta bort gevinsten"),
        form=form,
        submit=gettext("Ta den bort"),
        cancel=here.back,
        trail=here.trail,
        kicker=chosen.benefit.name,
        lead=gettext("Tallene blir liggende. Velger dere gevinsten igjen, er de der."),
        danger=True,
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def withdraw(request: Request, number: str, slug: str, pk: int) -> HttpResponse:
    """A figure that was wrong: it counts no more, and the reason is in the history."""
    here = Here.of(request, number, slug)
    figure = get_object_or_404(
        BenefitFigure.objects.known_at(None).select_related("chosen__benefit"),
        pk=pk,
        chosen__plan__municipality=here.own.row,
        chosen__plan__solution=here.solution,
    )
    form = WithdrawForm(data=_data(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw(
            figure=figure,
            reason=form.cleaned_data["reason"],
            by=here.by,
            at=timezone.now(),
        ),
    ):
        messages.success(request, gettext("Tallet er trukket."))
        return redirect(here.back)
    row = figure.chosen.benefit
    page = FormPage(
        heading=gettext("Trekk tallet"),
        form=form,
        submit=gettext("Trekk tallet"),
        cancel=here.back,
        trail=here.trail,
        kicker=row.name,
        lead=f"{texts.FIGURES[FigureKind(figure.kind)]}: {words.figure(row, figure.figure)}",
        danger=True,
        warning=gettext("Tallet regnes ikke lenger med. Rett et tall ved å registrere det på nytt.")
        if Measure(row.measure) is not Measure.DESCRIBED
        else "",
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def share(request: Request, number: str, slug: str) -> HttpResponse:
    """Open the plan to everybody, or close it again."""
    here = Here.of(request, number, slug)
    row = get_object_or_404(BenefitPlan, municipality=here.own.row, solution=here.solution)
    shared = row.shared_at is not None
    form = forms.Form(data=_data(request))
    if form.is_valid() and accepted(
        form,
        partial(services.share, plan=row, shared=not shared, by=here.by, at=timezone.now()),
    ):
        messages.success(
            request,
            gettext("Bare dere ser planen nå.") if shared else gettext("Alle kan se planen nå."),
        )
        return redirect(here.back)
    page = FormPage(
        heading=gettext("Slutt å dele planen") if shared else gettext("Del planen"),
        form=form,
        submit=gettext("Vis den bare for oss") if shared else gettext("Del med alle"),
        cancel=here.back,
        trail=here.trail,
        kicker=here.solution.name,
        lead=gettext("Da ser bare kommunen selv hva dere følger, og tallene.")
        if shared
        else gettext(
            "Da kan alle se hvilke gevinster dere følger, måltall, ansvarlig rolle, nullpunkt og "
            "målinger. Kommentarene deres vises ikke. Dere kan slutte å dele når som helst."
        ),
    )
    return form_page.answer(request, page)

"""What the programme does: benefits, which of them overlap, and the benefit map."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.rules import Permission, Place
from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit, BenefitOverlap
from samlop.uptake.queries import benefits as queries
from samlop.uptake.rules.benefits import BenefitRefusal
from samlop.uptake.services import benefits as services
from samlop.uptake.services.benefits import CannotChangeBenefit
from samlop.web import form_page, render
from samlop.web.acting import Acting
from samlop.web.benefits.forms import WRITTEN_FIELDS, BenefitForm, MapForm, OverlapForm
from samlop.web.benefits.pages import map_page
from samlop.web.form_page import FormPage, accepted
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame, trail

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
NEEDED_AT_TIMES: Final = frozenset({"unit", "national_baseline_on", "national_baseline_source"})


@dataclass(frozen=True, slots=True)
class Here:
    """A solution whose benefits the reader may change, and who she is while she does."""

    solution: Solution
    by: Acting
    trail: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: Request, slug: str) -> "Here":
        solution = get_object_or_404(Solution, slug=slug)
        request.access.require(Permission.EDIT_SOLUTION, Place(solution=slug))
        above = trail(frame(request, solution, active="benefits"))
        back = reverse("benefits:solution", args=[slug])
        return cls(solution, request.access.acting, (*above, (gettext("Gevinster"), back)))

    @property
    def back(self) -> str:
        return self.trail[-1][1]

    def benefit(self, pk: int) -> Benefit:
        return get_object_or_404(Benefit, pk=pk, solution=self.solution, retired_at=None)


def _data(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@page_or_post
@signed_in_only
def add(request: Request, slug: str) -> HttpResponse:
    return _write(request, Here.of(request, slug), None)


@page_or_post
@signed_in_only
def edit(request: Request, slug: str, pk: int) -> HttpResponse:
    here = Here.of(request, slug)
    return _write(request, here, here.benefit(pk))


def _write(request: Request, here: Here, row: Benefit | None) -> HttpResponse:
    form = BenefitForm(
        data=_data(request), initial=BenefitForm.initial_of(row) if row is not None else None
    )
    if form.is_valid():
        try:
            services.write(
                solution=here.solution,
                written=form.written(),
                benefit=row,
                seen=form.cleaned_data["seen"],
                by=here.by,
                at=timezone.now(),
            )
        except CannotChangeBenefit as error:
            form.add_error(WRITTEN_FIELDS.get(error.refusal), str(error))
            if error.refusal is BenefitRefusal.CHANGED_MEANWHILE and row is not None:
                # From now on the form replaces the version that she is told of.
                row.refresh_from_db()
                form.data = {**request.POST.dict(), "seen": str(row.version)}
        else:
            messages.success(request, gettext("Gevinsten er lagret, og vises for alle."))
            return redirect(here.back)
    page = FormPage(
        heading=gettext("Endre gevinsten") if row is not None else gettext("Legg inn en gevinst"),
        form=form,
        submit=gettext("Lagre og vis for alle"),
        cancel=here.back,
        trail=here.trail,
        kicker=here.solution.name,
        lead=gettext(
            "Når en kommune følger gevinsten, kan dere ikke lenger endre hvordan den måles."
        ),
        needed_at_times=NEEDED_AT_TIMES,
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def retire(request: Request, slug: str, pk: int) -> HttpResponse:
    here = Here.of(request, slug)
    row = here.benefit(pk)
    form = forms.Form(data=_data(request))
    if form.is_valid() and accepted(
        form, partial(services.retire, benefit=row, by=here.by, at=timezone.now())
    ):
        messages.success(request, gettext("Gevinsten er tatt ut."))
        return redirect(here.back)
    page = FormPage(
        heading=gettext("Ta ut gevinsten"),
        form=form,
        submit=gettext("Ta den ut"),
        cancel=here.back,
        trail=here.trail,
        kicker=row.name,
        lead=gettext(
            "Ingen flere kommuner kan velge den, og den vises ikke lenger her. De som følger den, "
            "beholder tallene sine og kan fortsette å måle."
        ),
        danger=True,
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def overlap(request: Request, slug: str) -> HttpResponse:
    """Two benefits count some of the same: a municipality that follows both is warned."""
    here = Here.of(request, slug)
    rows = queries.analysis(here.solution).benefits
    form = OverlapForm(rows, data=_data(request))
    if form.is_valid():
        by_pk = {str(row.pk): row for row in rows}
        found = form.cleaned_data
        if accepted(
            form,
            lambda: services.say_overlap(
                first=by_pk[found["first"]],
                second=by_pk[found["second"]],
                by=here.by,
                at=timezone.now(),
            ),
            {BenefitRefusal.SAME_BENEFIT: "second"},
        ):
            messages.success(request, gettext("Lagret. Kommuner som følger begge, får beskjed."))
            return redirect(here.back)
    page = FormPage(
        heading=gettext("Gevinster som teller det samme"),
        form=form,
        submit=gettext("Lagre"),
        cancel=here.back,
        trail=here.trail,
        kicker=here.solution.name,
        lead=gettext(
            "En kommune som følger begge, får vite at de kan telle dobbelt, og de blir ikke lagt "
            "sammen."
        ),
    )
    return form_page.answer(request, page)


@require_POST
@signed_in_only
def remove_overlap(request: Request, slug: str, pk: int) -> HttpResponse:
    here = Here.of(request, slug)
    row = get_object_or_404(BenefitOverlap, pk=pk, first__solution=here.solution)
    services.unsay_overlap(overlap=row, by=here.by, at=timezone.now())
    messages.success(request, gettext("De to regnes ikke lenger som dobbelttelling."))
    return redirect(here.back)


@page_or_post
@signed_in_only
def draw(request: Request, slug: str) -> HttpResponse:
    """Preconditions and goals around the benefits: the rows, and the picture they make."""
    here = Here.of(request, slug)
    around = services.drawn(here.solution)
    found = queries.analysis(here.solution)
    form = MapForm(around, found.benefits, seen=services.fingerprint(around), data=_data(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.draw(
            solution=here.solution,
            around=form.around(),
            seen=form.cleaned_data["seen"],
            by=here.by,
            at=timezone.now(),
        ),
    ):
        messages.success(request, gettext("Gevinstkartet er lagret, og vises for alle."))
        return redirect(here.back)
    if form.errors and form.data.get("seen") != services.fingerprint(around):
        # From now on the form replaces the map that the page shows her.
        newer = request.POST.copy()
        newer["seen"] = services.fingerprint(around)
        form.data = newer
    page = map_page(here.solution, found, form, cancel=here.back, trail=here.trail)
    return render.page(request, "benefits/draw.html", page, status=422 if form.errors else 200)

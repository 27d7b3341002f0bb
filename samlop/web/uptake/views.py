"""How far municipalities have come, for everybody to read; its own tells more to each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission, Place
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Solution
from samlop.uptake.models import StageEvent
from samlop.uptake.rules.stages import Source, Stage, StageRefusal
from samlop.uptake.services import stages
from samlop.uptake.texts.stages import STAGES
from samlop.web import clock, downloads, form_page, formats, render
from samlop.web.acting import acting
from samlop.web.form_page import FormPage
from samlop.web.municipalities import numbers
from samlop.web.municipalities.room import trail
from samlop.web.municipalities.views import required
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame
from samlop.web.uptake import alerts, pages, words
from samlop.web.uptake import municipality as own
from samlop.web.uptake.forms import WithdrawForm
from samlop.web.uptake.municipality import Rights


@require_safe
def solution(request: PublicRequest, slug: str) -> HttpResponse:
    """How many have come to each stage, by area, and where they are on the map."""
    wanted = get_object_or_404(Solution, slug=slug)
    on, today = clock.chosen_day(request), clock.today()
    found = pages.Found.of(wanted, request.GET, on=on, today=today)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.download(found), as_format)
    page = pages.solution_page(
        found,
        frame(request, wanted, active="uptake"),
        request.GET,
        brings_figures=request.access.may(Permission.IMPORT_USAGE, Place(solution=slug)),
    )
    told = alerts.of_solution(request, wanted.pk) if on == today else ()
    return render.page(request, "uptake/solution.html", page, alerts=told)


@require_safe
def municipality(request: PublicRequest, number: str) -> HttpResponse:
    """How far a municipality has come with each solution, beside those that are like it."""
    on, today = clock.chosen_day(request), clock.today()
    code = numbers.current(number, on=today)
    if request.GET.get("format") == "pdf":
        return own.status_pdf(own.municipality_page(code, on=on, today=today, rights=Rights()))
    place = accounts.place_of(Municipality.objects.get(pk=code.municipality), on=today)
    rights = Rights(
        inside=request.access.may(Permission.VIEW_UPTAKE, place),
        reports=request.access.may(Permission.REPORT_UPTAKE, place),
    )
    page = own.municipality_page(code, on=on, today=today, rights=rights)
    told = alerts.of_municipalities(request, [int(code.municipality)]) if on == today else ()
    return render.page(request, "uptake/municipality.html", page, alerts=told)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_only
def take_back(request: Request, number: str, pk: int) -> HttpResponse:
    """The municipality's own word was wrong: what it said before counts again."""
    place = required(request, number, Permission.REPORT_UPTAKE)
    event = get_object_or_404(
        StageEvent.objects.select_related("offer__solution"),
        pk=pk,
        municipality=place.row,
        source=Source.MUNICIPALITY.value,
        withdrawn_at=None,
    )
    back = reverse("uptake:municipality", args=[place.code.number])
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form_page.accepted(
        form,
        lambda: stages.withdraw(
            event=event,
            reason=form.cleaned_data["reason"],
            by=acting(request, Permission.REPORT_UPTAKE, place.place),
            at=timezone.now(),
        ),
        {StageRefusal.NO_REASON: "reason"},
    ):
        messages.success(request, gettext("Opplysningen er trukket tilbake."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Trekk tilbake det dere har opplyst"),
        form=form,
        submit=gettext("Trekk tilbake"),
        cancel=back,
        kicker=place.code.qualified_name,
        trail=trail(place, (gettext("Utbredelse"), back)),
        lead=gettext("%(solution)s: %(stage)s %(day)s.")
        % {
            "solution": words.title(event.offer),
            "stage": str(STAGES[Stage(event.stage)]).lower(),
            "day": formats.long_date(event.happened_on),
        },
        warning=gettext(
            "Da gjelder det dere sa før, og det andre har opplyst. "
            "Har noe endret seg siden, skal dere svare på nytt i stedet."
        ),
        danger=True,
    )
    return form_page.answer(request, page)

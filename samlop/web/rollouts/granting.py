"""Whom a municipality lets answer for it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission
from samlop.municipalities.models import Municipality, MunicipalityCode, Region, RegionMembership
from samlop.municipalities.queries import codes
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Solution
from samlop.rollouts.models import Grant, Rollout
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.rules.answers import GrantRefusal
from samlop.rollouts.services import grants as services
from samlop.web import clock, form_page, formats, render
from samlop.web.acting import acting
from samlop.web.form_page import FormPage
from samlop.web.municipalities.forms import ConfirmForm
from samlop.web.municipalities.room import trail
from samlop.web.municipalities.views import Own, required
from samlop.web.request import Request
from samlop.web.rollouts.answer_forms import GrantForm
from samlop.web.rollouts.answering import given_address
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
HOST, COOPERATION = "kommune", "samarbeid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    solution: str
    other: str
    since: date
    last_day: date | None
    holds: bool
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A municipality that lets this one answer, and what it is invited to."""

    name: str
    rollout: str
    solution: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsPage:
    name: str
    trail: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    others: tuple[Other, ...]
    decides: bool
    add: str


def _here(own: Own) -> str:
    return reverse("rollouts:grants", args=[own.code.number])


@require_safe
@signed_in_only
def grants(request: Request, number: str) -> HttpResponse:
    """Every grant the municipality has given, also those that have ended."""
    own = required(request, number, Permission.VIEW_ANSWERS)
    today = clock.today()
    rows = list(queries.grants_of(own.row.pk))
    for_others = queries.may_answer_for(own.row.pk, today)
    named = {row.host_id for row in rows if row.host_id is not None}
    named |= {one.municipality for one in for_others}
    names = dict(
        MunicipalityCode.objects.filter(municipality__in=named)
        .order_by("valid_from")
        .values_list("municipality_id", "qualified_name")
    )
    numbers_of = dict(
        MunicipalityCode.objects.valid_on(today)
        .filter(municipality__in=named)
        .values_list("municipality_id", "number")
    )
    decides = request.access.may(Permission.ANSWER_INVITATION, own.place)
    page = GrantsPage(
        name=own.code.qualified_name,
        trail=trail(own),
        lines=tuple(
            Line(
                solution=row.solution.name,
                other=row.cooperation.name if row.cooperation else names[row.host_id or 0],
                since=row.valid_from,
                last_day=row.valid_to - timedelta(days=1) if row.valid_to else None,
                holds=row.valid_to is None or row.valid_to > today,
                end=reverse("rollouts:end_grant", args=[own.code.number, row.pk])
                if decides and (row.valid_to is None or row.valid_to > today + timedelta(days=1))
                else "",
            )
            for row in rows
        ),
        others=tuple(
            Other(
                name=names[one.municipality],
                rollout=one.rollout_name,
                solution=one.solution_name,
                address=given_address(one.rollout_slug, numbers_of[one.municipality]),
            )
            for one in for_others
            if one.municipality in numbers_of
        ),
        decides=decides,
        add=reverse("rollouts:give_grant", args=[own.code.number]),
    )
    return render.page(request, "rollouts/grants.html", page)


@page_or_post
@signed_in_only
def give(request: Request, number: str) -> HttpResponse:
    """By the municipality's own decision maker, for one solution."""
    own = required(request, number, Permission.ANSWER_INVITATION)
    today = clock.today()
    solutions = Solution.objects.filter(
        pk__in=Rollout.objects.enrolling().values("solution")
    ).order_by("name")
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        solutions=[(str(row.pk), row.name) for row in solutions],
        others=_others(own, today),
    )
    if form.is_valid() and form_page.accepted(
        form,
        lambda: _give(request, own, form),
        {GrantRefusal.ENDS_BEFORE_IT_BEGINS: "til", GrantRefusal.STANDS_ALREADY: "hvem"},
    ):
        messages.success(request, gettext("Fullmakten er gitt."))
        return redirect(_here(own))
    page = FormPage(
        heading=gettext("La en annen svare for dere"),
        kicker=own.code.qualified_name,
        trail=trail(own, (gettext("Fullmakter"), _here(own))),
        lead=gettext(
            "Den dere velger, kan svare på invitasjoner om løsningen for dere. Dere ser alt som "
            "blir svart, kan svare selv, og kan avslutte fullmakten når dere vil."
        ),
        form=form,
        submit=gettext("Gi fullmakt"),
        cancel=_here(own),
    )
    return form_page.answer(request, page)


def _others(own: Own, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    inside = RegionMembership.objects.valid_on(on).filter(
        municipality=own.row, kind=RegionKind.IKT_COOPERATION.value
    )
    regions = Region.objects.filter(pk__in=inside.values("region")).order_by("name")
    rows = [row for row in codes.at(on) if row.pk != own.row.pk]
    return [
        (
            gettext("Samarbeid dere er med i"),
            [(f"{COOPERATION}-{row.pk}", row.name) for row in regions],
        ),
        (gettext("Kommuner"), [(f"{HOST}-{row.pk}", row.qualified_name) for row in rows]),
    ]


def _give(request: Request, own: Own, form: GrantForm) -> Grant:
    found = form.cleaned_data
    kind, _dash, pk = found["hvem"].partition("-")
    last = found["til"]
    return services.give(
        municipality=own.row,
        solution=Solution.objects.get(pk=found["losning"]),
        host=Municipality.objects.get(pk=pk) if kind == HOST else None,
        cooperation=Region.objects.get(pk=pk) if kind == COOPERATION else None,
        valid_to=last + timedelta(days=1) if last else None,
        by=acting(request, Permission.ANSWER_INVITATION, own.place),
        on=clock.today(),
        at=timezone.now(),
    )


@page_or_post
@signed_in_only
def end(request: Request, number: str, pk: int) -> HttpResponse:
    """Nobody answers by it from today; what was answered stands."""
    own = required(request, number, Permission.ANSWER_INVITATION)
    row = get_object_or_404(Grant.objects.select_related("solution"), pk=pk, municipality=own.row)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.end(
            grant=row,
            by=acting(request, Permission.ANSWER_INVITATION, own.place),
            on=clock.today(),
            at=timezone.now(),
        ),
    ):
        messages.success(request, gettext("Fullmakten er avsluttet."))
        return redirect(_here(own))
    page = FormPage(
        heading=gettext("Avslutt fullmakten for %(solution)s") % {"solution": row.solution.name},
        kicker=own.code.qualified_name,
        trail=trail(own, (gettext("Fullmakter"), _here(own))),
        lead=gettext("Gitt %(day)s.") % {"day": formats.long_date(row.valid_from)},
        warning=gettext("Svar som er gitt med fullmakten, gjelder fortsatt til dere endrer dem."),
        form=form,
        submit=gettext("Avslutt fullmakten"),
        cancel=_here(own),
        danger=True,
    )
    return form_page.answer(request, page)

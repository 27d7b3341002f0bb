"""Who does what in a municipality, handing it over, and the pack for whoever takes over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Permission
from samlop.lib import paper
from samlop.lib.errors import Refused
from samlop.municipalities.queries.population import inhabitants
from samlop.municipalities.rules.capacity import LocalRole, size_class
from samlop.municipalities.texts import LOCAL_ROLES
from samlop.portfolio.models import Solution
from samlop.rollouts.models import RoleHolder
from samlop.rollouts.queries import heart
from samlop.rollouts.rules.help import LocalRoleRefusal, owner_leads, shown
from samlop.rollouts.services import local_roles as services
from samlop.web import clock, render
from samlop.web.form_page import FormPage, accepted
from samlop.web.form_page import answer as form_answer
from samlop.web.municipalities.views import required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.support import handing_over
from samlop.web.support.forms import HandOverForm, LocalRoleForm
from samlop.web.support.own import Reader, reader

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
FIELDS: Final[Mapping[StrEnum, str]] = {
    LocalRoleRefusal.NOT_HERE: "person",
    LocalRoleRefusal.OWNER_LEADS: "reason",
}
HANDED: Final[Mapping[StrEnum, str]] = {
    LocalRoleRefusal.NOT_HERE: "to",
    LocalRoleRefusal.SAME_PERSON: "to",
    LocalRoleRefusal.NOTHING_TO_HAND_OVER: "leaver",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    role: str
    # Empty when nobody does it.
    name: str
    since: date | None
    end: str
    # Whoever has it no longer has a role in the municipality.
    left: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionRoles:
    solution: str
    lines: tuple[RoleLine, ...]
    # What may be held by the same person in a small municipality.
    rest: tuple[str, ...]
    # Why the owner also leads.
    warning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesPage:
    name: str
    number: str
    trail: tuple[tuple[str, str], ...]
    solutions: tuple[SolutionRoles, ...]
    form: LocalRoleForm | None
    may_change: bool
    is_small: bool


@page_or_post
@signed_in_only
def roles(request: Request, number: str) -> HttpResponse:
    """Every solution the municipality takes part in or has roles for, and who does what."""
    who = reader(request, number)
    may_change = request.access.may(Permission.CHANGE_MUNICIPALITY_FACTS, who.own.place)
    if request.method == "POST":
        request.access.require(Permission.CHANGE_MUNICIPALITY_FACTS, who.own.place)
    today = clock.today()
    form = None
    if may_change:
        form = LocalRoleForm(
            [(str(pk), name) for pk, name in _solutions()],
            [(str(person.pk), str(person)) for person in people_here(who, on=today)],
            request.POST if request.method == "POST" else None,
        )
        if form.is_valid() and _give(request, who, form, on=today):
            messages.success(request, gettext("Rollen er lagret."))
            return redirect("support:local_roles", number)
    page = RolesPage(
        name=who.own.code.qualified_name,
        number=number,
        trail=who.trail,
        solutions=_by_solution(who, on=today),
        form=form,
        may_change=may_change,
        is_small=len(_shown(who, on=today)) < len(LocalRole),
    )
    status = 422 if form is not None and form.errors else 200
    return render.page(request, "support/local_roles.html", page, status=status)


def _give(request: Request, who: Reader, form: LocalRoleForm, *, on: date) -> bool:
    found = form.cleaned_data
    request.access.require(Permission.CHANGE_MUNICIPALITY_FACTS, who.own.place)
    return accepted(
        form,
        lambda: services.give(
            municipality=who.own.row,
            solution=Solution.objects.get(pk=int(found["solution"])),
            role=LocalRole(found["role"]),
            person=Person.objects.get(pk=int(found["person"])),
            reason=found["reason"],
            by=request.access.acting,
            on=on,
        ),
        FIELDS,
    )


def _solutions() -> list[tuple[int, str]]:
    return list(Solution.objects.order_by("name", "pk").values_list("pk", "name"))


def people_here(who: Reader, *, on: date) -> list[Person]:
    """Everybody with a role in the municipality that day, by name. One query."""
    held = Membership.objects.valid_on(on).filter(municipality=who.own.row)
    rows = Person.objects.filter(pk__in=held.values("person"), is_active=True)
    return list(rows.order_by("name", "pk"))


def _shown(who: Reader, *, on: date) -> tuple[LocalRole, ...]:
    return shown(size_class(inhabitants([who.own.row.pk], on=on).get(who.own.row.pk)))


def _by_solution(who: Reader, *, on: date) -> tuple[SolutionRoles, ...]:
    """Five queries, however many solutions there are."""
    held: dict[tuple[str, LocalRole], RoleHolder] = {}
    names = {part.solution for part in heart.places([who.own.row.pk])}
    for row in (
        RoleHolder.objects.filter(municipality=who.own.row, ended_on=None)
        .select_related("solution", "person")
        .order_by("pk")
    ):
        held[row.solution.name, LocalRole(row.role)] = row
        names.add(row.solution.name)
    here = {person.pk for person in people_here(who, on=on)}
    first = _shown(who, on=on)
    found = []
    for name in sorted(names):
        mine = {code: row for (solution, code), row in held.items() if solution == name}
        wanted = [code for code in LocalRole if code in first or code in mine]
        owner = mine.get(LocalRole.PROJECT_OWNER)
        leads = owner_leads({code: row.person_id for code, row in mine.items()})
        reasons = [row.reason for row in mine.values() if row.reason]
        found.append(
            SolutionRoles(
                solution=name,
                lines=tuple(_line(code, mine.get(code), here, who) for code in wanted),
                rest=tuple(
                    _inside(str(LOCAL_ROLES[code])) for code in LocalRole if code not in wanted
                ),
                warning=(reasons[0] if reasons else "") if owner is not None and leads else "",
            )
        )
    return tuple(found)


def _inside(words: str) -> str:
    """«Superbruker» inside a sentence; «EPJ-ansvarlig» as it is."""
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def _line(code: LocalRole, row: RoleHolder | None, here: set[int], who: Reader) -> RoleLine:
    return RoleLine(
        role=str(LOCAL_ROLES[code]),
        name=str(row.person) if row else "",
        since=row.started_on if row else None,
        end=reverse("support:end_local_role", args=[who.own.code.number, row.pk]) if row else "",
        left=row is not None and row.person_id not in here,
    )


@require_POST
@signed_in_only
def end(request: Request, number: str, pk: int) -> HttpResponse:
    own = required(request, number, Permission.CHANGE_MUNICIPALITY_FACTS)
    row = get_object_or_404(RoleHolder, pk=pk, municipality=own.row)
    try:
        services.end(holder=row, by=request.access.acting, on=clock.today())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Rollen er avsluttet."))
    return redirect("support:local_roles", number)


@page_or_post
@signed_in_only
def hand_over(request: Request, number: str) -> HttpResponse:
    """Everything one person does here goes to another."""
    own = required(request, number, Permission.CHANGE_MUNICIPALITY_FACTS)
    who = Reader(own=own, is_own=True, follows_up=False)
    today = clock.today()
    leavers = Person.objects.filter(
        pk__in=RoleHolder.objects.filter(municipality=own.row, ended_on=None).values("person")
    ).order_by("name", "pk")
    form = HandOverForm(
        [(str(person.pk), str(person)) for person in leavers],
        [(str(person.pk), str(person)) for person in people_here(who, on=today)],
        request.POST if request.method == "POST" else None,
    )
    if form.is_valid():
        chosen = form.cleaned_data
        if accepted(
            form,
            lambda: services.hand_over(
                municipality=own.row,
                leaver=Person.objects.get(pk=int(chosen["leaver"])),
                to=Person.objects.get(pk=int(chosen["to"])),
                by=request.access.acting,
                on=today,
            ),
            HANDED,
        ):
            messages.success(
                request,
                gettext("Rollene er overført. Last ned overleveringen til den som tar over."),
            )
            return redirect("support:local_roles", number)
    return form_answer(
        request,
        FormPage(
            heading=gettext("Overfør lokale roller"),
            form=form,
            submit=gettext("Overfør"),
            cancel=reverse("support:local_roles", args=[number]),
            kicker=own.code.qualified_name,
            lead=gettext(
                "Alle lokale roller personen har i kommunen, går over til den nye. "
                "Tilgangen til Samløp endrer dere under «Personer og roller»."
            ),
            trail=(
                *who.trail,
                (gettext("Lokale roller"), reverse("support:local_roles", args=[number])),
            ),
        ),
    )


@require_safe
@signed_in_only
def pack(request: Request, number: str) -> HttpResponse:
    """One document for whoever takes over: open tasks, decisions, contacts."""
    who = reader(request, number)
    request.access.require(Permission.ASK_FOR_HELP, who.own.place)
    form = request.GET.get("format", "docx")
    made = handing_over.paper_of(who.own, on=clock.today())
    name = f"overlevering-{number}"
    if form == "docx":
        return HttpResponse(
            paper.to_docx(made),
            content_type=paper.DOCX_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}.docx"'},
        )
    if form == "pdf":
        return HttpResponse(
            paper.to_pdf(made, at=timezone.now()).content,
            content_type=paper.PDF_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
        )
    return HttpResponseBadRequest(gettext("Velg Word eller PDF."))

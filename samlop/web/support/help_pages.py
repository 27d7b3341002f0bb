"""«Be om hjelp»: one way in, answered in the same thread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.models import Membership
from samlop.accounts.rules import Permission
from samlop.lib.errors import Refused
from samlop.portfolio.models import Solution
from samlop.rollouts.models import HelpRequest
from samlop.rollouts.queries import help as queries
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.services import help as services
from samlop.rollouts.texts import help as texts
from samlop.web import clock, render
from samlop.web.acting import acting
from samlop.web.form_page import accepted, made
from samlop.web.people.contacts import PersonRow, person_rows
from samlop.web.people.reader import Reader as PeopleReader
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.support.forms import AskForm, ReplyForm
from samlop.web.support.own import Reader, reader
from samlop.web.support.questions import COLORS, QuestionLine, question_line

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPage:
    name: str
    trail: tuple[tuple[str, str], ...]
    # None for the contact person, who answers and does not ask.
    form: AskForm | None
    contacts: tuple[PersonRow, ...]
    open: tuple[QuestionLine, ...]
    closed: tuple[QuestionLine, ...]


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One contribution: by whom, as roles, and whether it is the region's."""

    text: str
    who: str
    at: datetime
    from_region: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    heading: str
    trail: tuple[tuple[str, str], ...]
    solution: str
    urgency: str
    color: str
    lines: tuple[ThreadLine, ...]
    form: ReplyForm
    closed_at: datetime | None
    close: str


@page_or_post
@signed_in_only
def questions(request: Request, number: str) -> HttpResponse:
    """What a municipality has asked, and the form to ask."""
    who = reader(request, number)
    form = None
    if who.is_own:
        form = AskForm(
            [(str(pk), name) for pk, name in _solutions()],
            request.POST if request.method == "POST" else None,
            initial={"solution": request.GET.get("losning", "")},
        )
        if form.is_valid() and (asked := _ask(request, who, form)) is not None:
            messages.success(
                request, gettext("Spørsmålet er sendt. Svaret kommer her, og på e-post.")
            )
            return redirect("support:thread", number, asked.pk)
    elif request.method == "POST":
        request.access.require(Permission.ASK_FOR_HELP, who.own.place)
    found = queries.of_municipality(who.own.row.pk)
    page = HelpPage(
        name=who.own.code.qualified_name,
        trail=who.trail,
        form=form,
        contacts=_contacts(request, who),
        open=tuple(question_line(one, number) for one in found if one.closed_at is None),
        closed=tuple(question_line(one, number) for one in found if one.closed_at is not None),
    )
    status = 422 if form is not None and form.errors else 200
    return render.page(request, "support/help.html", page, status=status)


def _solutions() -> list[tuple[int, str]]:
    return list(Solution.objects.order_by("name", "pk").values_list("pk", "name"))


def _ask(request: Request, who: Reader, form: AskForm) -> HelpRequest | None:
    found = form.cleaned_data
    solution = found["solution"]
    return made(
        form,
        lambda: services.ask(
            municipality=who.own.row,
            solution=Solution.objects.get(pk=int(solution)) if solution else None,
            what=found["what"],
            urgency=Urgency(found["urgency"]),
            person=request.user,
            by=acting(request, Permission.ASK_FOR_HELP, who.own.place),
            on=clock.today(),
            at=timezone.now(),
        ),
    )


def _contacts(request: Request, who: Reader) -> tuple[PersonRow, ...]:
    """The contact persons who will read it. At most three queries."""
    today = clock.today()
    people = services.contact_persons(who.own.place.regions, on=today)
    rows = (
        Membership.objects.valid_on(today)
        .filter(person__in=people, region__in=who.own.place.regions)
        .select_related("person")
        .order_by("pk")
    )
    return person_rows(list(rows), PeopleReader.of(request, on=today), on=today)


@page_or_post
@signed_in_only
def thread(request: Request, number: str, pk: int) -> HttpResponse:
    """One question with everything that was answered."""
    who = reader(request, number)
    row = _question(who, pk)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(form, lambda: _reply(request, who, row, form)):
        messages.success(request, gettext("Svaret er sendt."))
        return redirect("support:thread", number, pk)
    lines = [
        ThreadLine(row.what, row.asked_as, row.asked_at, from_region=False),
        *(
            ThreadLine(one.text, one.written_as, one.written_at, one.from_region)
            for one in row.replies.all()
        ),
    ]
    urgency = Urgency(row.urgency)
    page = ThreadPage(
        heading=gettext("Hjelp til %(municipality)s")
        % {"municipality": who.own.code.qualified_name},
        trail=(*who.trail, (gettext("Hjelp"), reverse("support:help", args=[number]))),
        solution=row.solution.name if row.solution else "",
        urgency=str(texts.URGENCIES[urgency]),
        color=COLORS[urgency],
        lines=tuple(lines),
        form=form,
        closed_at=row.closed_at,
        close=reverse("support:close", args=[number, pk]),
    )
    return render.page(request, "support/thread.html", page, status=422 if form.errors else 200)


def _reply(request: Request, who: Reader, row: HelpRequest, form: ReplyForm) -> object:
    # Somebody who is both answers as the one who was asked only when she is not of the place.
    permission = Permission.ASK_FOR_HELP if who.is_own else Permission.FOLLOW_UP
    return services.reply(
        request=row,
        text=form.cleaned_data["text"],
        from_region=not who.is_own,
        person=request.user,
        by=acting(request, permission, who.own.place),
        on=clock.today(),
        at=timezone.now(),
    )


@require_POST
@signed_in_only
def close(request: Request, number: str, pk: int) -> HttpResponse:
    """Either side may say that it is answered."""
    who = reader(request, number)
    row = _question(who, pk)
    try:
        services.close(request=row, by=request.access.acting, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Spørsmålet er avsluttet."))
    return redirect("support:thread", number, pk)


def _question(who: Reader, pk: int) -> HelpRequest:
    return get_object_or_404(
        HelpRequest.objects.select_related("solution"), pk=pk, municipality=who.own.row
    )

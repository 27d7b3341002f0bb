"""«Rom for nytt»: one question per quarter, hours for those who want, and what does not suit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission
from samlop.audit.models import Event
from samlop.lib.errors import Refused
from samlop.lib.quarters import Quarter
from samlop.lib.reach import Reach
from samlop.municipalities import texts
from samlop.municipalities.models import Blackout, CapacityHours, Municipality, RoomAnswer
from samlop.municipalities.queries import capacity as queries
from samlop.municipalities.queries import population
from samlop.municipalities.rules import capacity as rules
from samlop.municipalities.rules.kinds import CapacityRole, Room
from samlop.municipalities.services import capacity as services
from samlop.municipalities.services.capacity import CannotChangeCapacity
from samlop.web import clock, formats, render
from samlop.web.acting import acting
from samlop.web.form_page import FormPage
from samlop.web.municipalities import pages
from samlop.web.municipalities.forms import ConfirmForm, HoursForm, RoomForm
from samlop.web.municipalities.views import Own, required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

SHORT, LONG = 4, rules.QUARTERS_AHEAD
page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class BlackoutLine:
    words: str
    reason: str
    remove: str


@dataclass(frozen=True, slots=True)
class RoomQuestion:
    """One quarter's radio buttons; `now` is what somebody else has stored in the meantime."""

    name: str
    words: str
    choices: tuple[tuple[str, str, bool], ...]
    seen: str
    now: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPage:
    name: str
    number: str
    address: str
    form: RoomForm
    questions: tuple[RoomQuestion, ...]
    blackouts: tuple[BlackoutLine, ...]
    adding: bool
    more_address: str | None
    hours_address: str
    answered: str


@page_or_post
@signed_in_only
def answer(request: Request, number: str) -> HttpResponse:
    own = required(request, number, Permission.CHANGE_CAPACITY)
    today = clock.today()
    long = request.GET.get("kvartaler") == str(LONG)
    quarters = rules.quarters_from(today, (LONG if long else SHORT) + 1)[1:]
    stored = stored_room(own.row, quarters)
    form = RoomForm(quarters, stored, request.POST if request.method == "POST" else None)
    stale = False
    if form.is_valid():
        refusal = save(request, own, form, on=today)
        if refusal is None:
            if form.answers() or form.blackout():
                messages.success(request, gettext("Takk, svarene er lagret."))
            else:
                messages.info(request, gettext("Ingenting var fylt ut, så ingenting er lagret."))
            return redirect("municipalities:room", own.code.number)
        form.add_error(refusal[0], refusal[1])
        # Read anew: what the services found may be newer than what this request began with.
        stale, stored = True, stored_room(own.row, quarters)
    page = RoomPage(
        name=own.code.qualified_name,
        number=own.code.number,
        address=pages.address(own.code.number),
        form=form,
        questions=tuple(question(form, quarter, stored, stale=stale) for quarter in quarters),
        blackouts=_blackouts(own, on=today),
        adding=any(form.data.get(name) for name in ("starts", "last", "reason")),
        more_address=None if long else f"?kvartaler={LONG}",
        hours_address=reverse("municipalities:hours", args=[own.code.number]),
        answered=_last_answered(own.row),
    )
    return render.page(
        request, "municipalities/room.html", page, status=422 if form.errors else 200
    )


def save(request: Request, own: Own, form: RoomForm, *, on: date) -> tuple[str | None, str] | None:
    """All of the form or nothing; otherwise the field that is refused, and the sentence."""
    by = acting(request, Permission.CHANGE_CAPACITY, own.place)
    field = None
    try:
        with transaction.atomic():
            if answers := form.answers():
                services.answer_room(
                    municipality=own.row, answers=answers, seen=form.seen(), by=by, on=on
                )
            if period := form.blackout():
                field = "starts"
                starts_on, ends_before, reason = period
                services.add_blackout(
                    municipality=own.row,
                    starts_on=starts_on,
                    ends_before=ends_before,
                    reason=reason,
                    by=by,
                    on=on,
                )
    except Refused as error:
        return field, str(error)
    return None


def stored_room(row: Municipality, quarters: tuple[Quarter, ...]) -> dict[Quarter, Room]:
    rows = RoomAnswer.objects.filter(
        municipality=row, quarter__in=[quarter.starts_on for quarter in quarters]
    )
    return {Quarter.of(one.quarter): Room(one.room) for one in rows}


def question(
    form: RoomForm, quarter: Quarter, stored: dict[Quarter, Room], *, stale: bool
) -> RoomQuestion:
    """What was chosen stays chosen; what it is compared with is what is stored now."""
    bound = form[f"rom-{quarter}"]
    chosen = str(bound.value() or "")
    now = stored.get(quarter)
    was = form.seen()[quarter] if stale else now
    # What she never touched follows what is stored.
    if stale and chosen in {"", was}:
        chosen = now or ""
    return RoomQuestion(
        name=bound.html_name,
        words=formats.quarter(quarter),
        choices=tuple((room.value, str(texts.ROOMS[room]), room.value == chosen) for room in Room),
        seen=now.value if now else "-",
        now=str(texts.ROOMS[now]) if now and now is not was and now.value != chosen else "",
        error=str(bound.errors[0]) if bound.errors else "",
    )


def _blackouts(own: Own, *, on: date) -> tuple[BlackoutLine, ...]:
    rows = Blackout.objects.filter(municipality=own.row, valid_to__gt=on).order_by("valid_from")
    return tuple(
        BlackoutLine(
            words=pages.period_words(row.valid_from, row.valid_to),
            reason=row.reason,
            remove=reverse("municipalities:remove_blackout", args=[own.code.number, row.pk]),
        )
        for row in rows
    )


def _last_answered(row: Municipality) -> str:
    """«Sist endret 14. mars 2027 av lokal koordinator», or nothing. One query."""
    event = (
        Event.objects.filter(municipality_id=row.pk, code="municipalities.capacity.changed")
        .order_by("-happened_at", "-pk")
        .first()
    )
    if event is None:
        return ""
    return _last(event.happened_at, event.actor_label)


def _last(moment: datetime, who: str) -> str:
    if who and who != "person":
        return gettext("Sist besvart %(day)s av %(who)s.") % {
            "day": formats.long_date(moment),
            "who": f"{who[0].lower()}{who[1:]}",
        }
    return gettext("Sist besvart %(day)s.") % {"day": formats.long_date(moment)}


# --- periods that do not suit ---


@page_or_post
@signed_in_only
def remove_blackout(request: Request, number: str, pk: int) -> HttpResponse:
    own = required(request, number, Permission.CHANGE_CAPACITY)
    row = get_object_or_404(Blackout, pk=pk, municipality=own.row)
    back = reverse("municipalities:room", args=[own.code.number])
    words = pages.period_words(row.valid_from, row.valid_to)
    if request.method == "POST":
        services.remove_blackout(
            blackout=row, by=acting(request, Permission.CHANGE_CAPACITY, own.place)
        )
        messages.success(request, gettext("Perioden %(days)s er fjernet.") % {"days": words})
        return redirect(back)
    page = FormPage(
        heading=gettext("Fjern perioden som ikke passer"),
        form=ConfirmForm(),
        submit=gettext("Fjern perioden"),
        cancel=back,
        kicker=own.code.qualified_name,
        trail=trail(own, (gettext("Rom for nytt"), back)),
        lead=gettext("%(days)s: %(reason)s") % {"days": words, "reason": row.reason},
        danger=True,
    )
    return render.page(request, "form_page.html", page)


def trail(own: Own, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Kommuner"), reverse("municipalities:list")),
        (own.code.qualified_name, pages.address(own.code.number)),
        *more,
    )


# --- hours, for those who want to say exactly ---


@dataclass(frozen=True, slots=True)
class HoursField:
    name: str
    id: str
    role: str
    value: str
    seen: str
    seen_name: str
    estimate: str
    is_estimate: bool
    now: str
    error: str


@dataclass(frozen=True, slots=True)
class HoursQuarter:
    code: str
    words: str
    room: str
    fields: tuple[HoursField, ...]
    any_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPage:
    name: str
    number: str
    trail: tuple[tuple[str, str], ...]
    form: HoursForm
    quarters: tuple[HoursQuarter, ...]
    back: str


@page_or_post
@signed_in_only
def hours(request: Request, number: str) -> HttpResponse:
    """Hours per role; the button of a quarter takes its own figures back to the estimate."""
    own = required(request, number, Permission.CHANGE_CAPACITY)
    today = clock.today()
    quarters = rules.quarters_from(today, SHORT + 1)[1:]
    stored = _stored_hours(own.row, quarters)
    form = HoursForm(stored, request.POST if request.method == "POST" else None)
    stale = False
    if form.is_valid():
        wanted = form.hours()
        undone = request.POST.get("tilbake")
        if undone:
            wanted |= {place: None for place in wanted if str(place[0]) == undone}
        try:
            services.set_hours(
                municipality=own.row,
                hours=wanted,
                seen=form.seen(),
                by=acting(request, Permission.CHANGE_CAPACITY, own.place),
                on=today,
            )
        except CannotChangeCapacity as error:
            form.add_error(None, str(error))
            stale, stored = True, _stored_hours(own.row, quarters)
        else:
            messages.success(
                request,
                gettext("Kvartalet følger anslaget igjen.")
                if undone
                else gettext("Timene er lagret."),
            )
            return redirect("municipalities:hours", own.code.number)
    back = reverse("municipalities:room", args=[own.code.number])
    page = HoursPage(
        name=own.code.qualified_name,
        number=own.code.number,
        trail=trail(own, (gettext("Rom for nytt"), back)),
        form=form,
        quarters=_hours_quarters(own, form, stored, on=today, stale=stale),
        back=back,
    )
    return render.page(
        request, "municipalities/hours.html", page, status=422 if form.errors else 200
    )


def _stored_hours(
    row: Municipality, quarters: tuple[Quarter, ...]
) -> dict[tuple[Quarter, CapacityRole], int | None]:
    rows = CapacityHours.objects.filter(
        municipality=row, quarter__in=[quarter.starts_on for quarter in quarters]
    )
    own = {(Quarter.of(one.quarter), CapacityRole(one.role)): one.hours for one in rows}
    return {
        (quarter, role): own.get((quarter, role)) for quarter in quarters for role in CapacityRole
    }


def _hours_quarters(
    own: Own,
    form: HoursForm,
    stored: dict[tuple[Quarter, CapacityRole], int | None],
    *,
    on: date,
    stale: bool,
) -> tuple[HoursQuarter, ...]:
    reach = Reach(municipalities=frozenset({own.row.pk}))
    ahead = queries.year_ahead(own.row.pk, on=on, reach=reach, count=SHORT + 1)[1:]
    size = rules.size_class(population.inhabitants([own.row.pk], on=on).get(own.row.pk))
    lines = []
    for one in ahead:
        assert one.inside is not None  # noqa: S101 - the reach holds her own municipality
        estimates = rules.estimated_hours(one.inside.room, size)
        fields = tuple(
            _hours_field(form, one.quarter, role, stored, estimates[role], stale=stale)
            for role in CapacityRole
        )
        lines.append(
            HoursQuarter(
                code=str(one.quarter),
                words=formats.quarter(one.quarter),
                room=str(texts.ROOMS[one.inside.room])
                if one.inside.is_answered
                else str(texts.NOT_ANSWERED),
                fields=fields,
                any_own=any(not field.is_estimate for field in fields),
            )
        )
    return tuple(lines)


def _hours_field(
    form: HoursForm,
    quarter: Quarter,
    role: CapacityRole,
    stored: dict[tuple[Quarter, CapacityRole], int | None],
    estimate: int,
    *,
    stale: bool,
) -> HoursField:
    bound = form[f"timer-{quarter}-{role}"]
    value = bound.value()
    text = "" if value is None else str(value)
    now = stored[quarter, role]
    was = form.seen()[quarter, role] if stale else now
    # What she never touched follows what is stored.
    touched = not stale or text != ("" if was is None else str(was))
    if not touched:
        text = "" if now is None else str(now)
    return HoursField(
        name=bound.html_name,
        id=bound.auto_id,
        role=str(texts.CAPACITY_ROLES[role]),
        value=text,
        seen="-" if now is None else str(now),
        seen_name=f"sett-{quarter}-{role}",
        estimate=texts.hours_words(estimate),
        is_estimate=now is None,
        now=(texts.hours_words(now) if now is not None else str(texts.ESTIMATE))
        if now != was and touched
        else "",
        error=str(bound.errors[0]) if bound.errors else "",
    )

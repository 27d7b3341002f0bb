"""A private address that a calendar reads the municipality's dates from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.models import Membership
from samlop.accounts.rules import PERMITS, Permission, Role
from samlop.lib import icalendar
from samlop.lib.icalendar import Event
from samlop.municipalities.models import MunicipalityCode
from samlop.rollouts.models import CalendarAddress
from samlop.rollouts.queries import heart
from samlop.rollouts.queries.heart import Ask, Heart
from samlop.rollouts.services import calendars as services
from samlop.web import clock, formats, render
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.support.own import Reader, reader

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
_OWN: Final = [role.value for role in Role if Permission.ASK_FOR_HELP in PERMITS[role]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    words: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    name: str
    trail: tuple[tuple[str, str], ...]
    # Empty when she has none.
    address: str
    subscribe: str
    made_at: datetime | None
    dates: tuple[DateLine, ...]


def _signer() -> Signer:
    return Signer(sep=".", salt="samlop.web.support.calendars")


@page_or_post
@signed_in_only
def calendar(request: Request, number: str) -> HttpResponse:
    """Her own address, to make, copy and revoke."""
    who = reader(request, number)
    request.access.require(Permission.ASK_FOR_HELP, who.own.place)
    if request.method == "POST":
        return _change(request, who)
    row = CalendarAddress.objects.filter(
        municipality=who.own.row, person=request.user, revoked_at=None
    ).first()
    address = ""
    if row is not None:
        there = reverse("support:feed", args=[_signer().sign(str(row.pk))])
        address = request.build_absolute_uri(there)
    found = heart.of([who.own.row.pk], on=clock.today())
    page = CalendarPage(
        name=who.own.code.qualified_name,
        trail=who.trail,
        address=address,
        subscribe=f"webcal://{address.split('://', 1)[1]}" if address else "",
        made_at=row.made_at if row else None,
        dates=tuple(
            DateLine(words=one.summary, on=one.on) for one in events(found, number, home="")
        ),
    )
    return render.page(request, "support/calendar.html", page)


def _change(request: Request, who: Reader) -> HttpResponse:
    by, at = request.access.acting, timezone.now()
    if "tilbakekall" in request.POST:
        services.revoke(municipality=who.own.row, person=request.user, by=by, at=at)
        messages.success(request, gettext("Adressen virker ikke lenger."))
    else:
        services.make(municipality=who.own.row, person=request.user, by=by, at=at)
        messages.success(request, gettext("Adressen er laget. Kopier den til kalenderen din."))
    return redirect("support:calendar", who.own.code.number)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The dates, to whoever has the address; gone when it is revoked or its person has left."""
    try:
        pk = int(_signer().unsign(token))
    except (BadSignature, ValueError) as error:
        raise Http404 from error
    today = clock.today()
    row = (
        CalendarAddress.objects.filter(pk=pk, revoked_at=None, person__is_active=True)
        .select_related("person")
        .first()
    )
    if row is None:
        raise Http404
    held = Membership.objects.valid_on(today).filter(
        person=row.person, municipality=row.municipality_id, role__in=_OWN
    )
    code = MunicipalityCode.objects.valid_on(today).filter(municipality=row.municipality_id).first()
    if code is None or not held.exists():
        raise Http404
    found = heart.of([row.municipality_id], on=today)
    with translation.override(row.person.language or "nb"):
        made = icalendar.calendar(
            gettext("Samløp: %(municipality)s") % {"municipality": code.qualified_name},
            events(found, code.number, home=request.build_absolute_uri("/").rstrip("/")),
            at=timezone.now(),
        )
    return HttpResponse(
        made,
        content_type=icalendar.CONTENT_TYPE,
        headers={
            "Cache-Control": "private, max-age=1800",
            "X-Robots-Tag": "noindex",
            "Content-Disposition": 'inline; filename="samlop.ics"',
        },
    )


def events(found: Heart, number: str, *, home: str) -> tuple[Event, ...]:
    """Deadlines, starts and the last day to change an answer; the first to come first."""
    page = f"{home}{reverse('municipalities:show', args=[number])}"
    made = []
    for one in found.questions:
        if one.due is not None:
            words = (
                gettext("Si ja eller nei til plassen: %(name)s")
                if one.ask is Ask.OFFER
                else gettext("Svarfrist: %(name)s")
            )
            made.append(_event(f"{one.ask}-{one.slug}", number, one.due, words, one.name, page))
    made += [
        _event(
            f"expected-{said.slug}",
            number,
            said.expected_on,
            gettext("Svar ventes: %(name)s"),
            said.name,
            page,
        )
        for said in found.said
        if said.expected_on is not None
    ]
    for part in found.parts:
        if part.starts_on is None or part.change_until is None:
            continue
        there = f"{home}{reverse('rollouts:show', args=[part.slug])}"
        name = gettext("%(rollout)s, %(cohort)s") % {"rollout": part.name, "cohort": part.cohort}
        for key, day, words in (
            ("start", part.starts_on, gettext("Oppstart: %(name)s")),
            ("change", part.change_until, gettext("Siste dag å endre svaret: %(name)s")),
            ("end", part.ends_on, gettext("Puljen er ferdig: %(name)s")),
        ):
            if day is not None:
                made.append(_event(f"{key}-{part.slug}", number, day, words, name, there))
    return tuple(sorted(made, key=lambda event: (event.on, event.summary)))


def _event(key: str, number: str, on: date, words: str, name: str, address: str) -> Event:
    return Event(
        uid=f"{key}-{number}@samlop",
        on=on,
        summary=words % {"name": name},
        description=formats.long_date(on),
        address=address if "://" in address else "",
    )

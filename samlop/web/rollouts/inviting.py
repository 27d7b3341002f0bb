"""«Inviter»: whom, why not the others, when they must answer, and what they will read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from samlop.db.text_keys import nb_sort_key
from samlop.lib.errors import Refused
from samlop.municipalities.rules.capacity import Level
from samlop.municipalities.texts import LEVELS
from samlop.rollouts.models import Cohort, Invitation, Rollout
from samlop.rollouts.queries import invitations as queries
from samlop.rollouts.queries.invitations import Choosing, Row
from samlop.rollouts.rules import invitations as rules
from samlop.rollouts.rules.places import MAY_BE_WISHED
from samlop.rollouts.services import invitations as services
from samlop.rollouts.services import letters
from samlop.rollouts.services.invitations import CannotInvite, Wanted
from samlop.rollouts.texts import basis as basis_texts
from samlop.rollouts.texts import invitations as texts
from samlop.web import clock, render
from samlop.web.fields import DayField
from samlop.web.request import Request
from samlop.web.rollouts import frame as frames
from samlop.web.rollouts.frame import Frame
from samlop.web.rollouts.rights import require_work
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])

SHOWN: Final = ("", "kan", "ikke")
NOBODY: Final = "ingen"
COLORS: Final = {Level.LOW: "success", Level.MEDIUM: "info", Level.HIGH: "warning"}
# A change of mind is taken for three weeks after the answer, if nothing else is said.
TIME_TO_CHANGE: Final = timedelta(weeks=3)


class DaysForm(forms.Form):
    """When they must answer, and until when they may change it."""

    answer_by = DayField(label=_("Svarfrist"))
    change_until = DayField(
        label=_("Svaret kan endres til og med"),
        help_text=_("Etter denne dagen er plassen fast. Kommunen kan fortsatt gå ut med en grunn."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    pk: int
    number: str
    name: str
    address: str
    preview: str
    group: str
    # Sentences: why it is not proposed.
    against: tuple[str, ...]
    may_be_invited: bool
    ticked: bool
    level: str
    level_color: str
    hours: str
    recipients: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePage:
    frame: Frame
    address: str
    sent: str
    sent_words: str
    # What must be in order first; with these nobody can be invited.
    obstacles: tuple[tuple[str, str, str], ...]
    cohorts: tuple[tuple[str, str], ...]
    cohort: str
    groups: tuple[tuple[str, str], ...]
    group: str
    text: str
    shown: str
    # «ingen» when the leader begins with nobody ticked.
    ticks: str
    rows: tuple[RowShown, ...]
    any_can: bool
    count_words: str
    form: DaysForm
    warnings: tuple[str, ...]
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    frame: Frame
    address: str
    cohort: str
    cohort_words: str
    chosen: tuple[tuple[int, str], ...]
    people: str
    without_copy: tuple[str, ...]
    answer_by: date
    change_until: date
    warnings: tuple[str, ...]
    # Those whose room is used up: number, name, and the reason that was written; and one for all.
    full: tuple[tuple[int, str, str], ...]
    common_reason: str
    set_aside: tuple[tuple[str, str], ...]
    previews: tuple[tuple[str, str], ...]
    submit: str
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    frame: Frame
    municipality: str
    language: str
    subject: str
    lines: tuple[str, ...]
    back: str


@page_or_post
@signed_in_only
def invite(request: Request, slug: str) -> HttpResponse:
    """Choose, look over, send. Nothing leaves before the second page is confirmed."""
    rollout = frames.load(request, slug)
    by = require_work(request, rollout)
    today = clock.today()
    sent = request.POST if request.method == "POST" else request.GET
    cohort = _cohort(rollout, sent)
    choosing = queries.choosing(rollout, cohort, on=today)
    if request.method != "POST" or "tilbake" in request.POST:
        form = DaysForm(initial=_proposed(choosing, today))
        if request.method == "POST":
            form = DaysForm(request.POST)
        return _page(request, rollout, choosing, form, today)
    form = DaysForm(request.POST)
    chosen = _chosen(request.POST, choosing)
    if not form.is_valid():
        return _page(request, rollout, choosing, form, today, status=422)
    wanted = Wanted(
        municipalities=[row.pk for row in chosen],
        answer_by=form.cleaned_data["answer_by"],
        change_until=form.cleaned_data["change_until"],
        room_reasons={
            row.pk: request.POST.get(f"grunn-{row.pk}", "").strip() or request.POST.get("grunn", "")
            for row in chosen
        },
    )
    if "send" not in request.POST:
        try:
            services.require(choosing, wanted, on=today, reasons=False)
        except CannotInvite as refused:
            return _page(request, rollout, choosing, form, today, status=422, refusal=str(refused))
        return _confirm(request, rollout, choosing, wanted, today)
    try:
        made = services.invite(
            rollout=rollout, cohort=cohort, wanted=wanted, by=by, on=today, at=timezone.now()
        )
    except Refused as refused:
        return _confirm(request, rollout, choosing, wanted, today, status=422, refusal=str(refused))
    messages.success(
        request,
        ngettext(
            "%(count)d kommune er invitert. E-postene er på vei.",
            "%(count)d kommuner er invitert. E-postene er på vei.",
            len(made),
        )
        % {"count": len(made)},
    )
    return redirect("rollouts:invitations", slug)


def _cohort(rollout: Rollout, sent: QueryDict) -> Cohort | None:
    """Empty lets the municipality wish among those that are open."""
    number = sent.get("pulje", "")
    if not number:
        return None
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    found = Cohort.objects.filter(rollout=rollout, number=int(number)).first()
    if found is None:
        raise Http404
    return found


def _chosen(sent: QueryDict, choosing: Choosing) -> list[Row]:
    ticked = {int(pk) for pk in sent.getlist("kommune") if pk.isdecimal() and len(pk) < 19}
    return [row for row in choosing.rows if row.pk in ticked]


def _proposed(choosing: Choosing, on: date) -> dict[str, date]:
    """The cohort's own days where they are still ahead, else six weeks and three more."""
    first = choosing.cohorts[0] if choosing.cohorts else None
    if first is not None and first.answer_by >= on + rules.LEAST_TIME:
        return {"answer_by": first.answer_by, "change_until": first.change_until}
    answer_by = rules.proposed_deadline(on)
    own = first.change_until if first is not None else answer_by
    return {"answer_by": answer_by, "change_until": max(own, answer_by + TIME_TO_CHANGE)}


# --- the table ---


def _page(
    request: Request,
    rollout: Rollout,
    choosing: Choosing,
    form: DaysForm,
    on: date,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    text = " ".join(sent.get("q", "").replace("\0", "").split())[:100]
    group, shown = sent.get("gruppe", ""), sent.get("vis", "")
    shown = shown if shown in SHOWN else ""
    ticks = NOBODY if sent.get("kryss") == NOBODY else ""
    ticked: set[int] | None = set() if ticks else None
    if request.method == "POST":
        ticked = {row.pk for row in _chosen(request.POST, choosing)}
    rows = [
        row
        for row in choosing.rows
        if _lets_in(row, text=text, group=group, shown=shown) or (ticked and row.pk in ticked)
    ]
    # Those that may be invited first, and those it is not for last; each part keeps its order.
    rows.sort(key=lambda row: 0 if row.may_be_invited else 1 + row.is_outside)
    can = sum(row.may_be_invited for row in rows)
    invited = len(queries.standing(rollout))
    page = InvitePage(
        frame=frames.frame(request, rollout, active="invite"),
        address=reverse("rollouts:invite", args=[rollout.slug]),
        sent=reverse("rollouts:invitations", args=[rollout.slug]),
        sent_words=ngettext(
            "%(count)d kommune er invitert", "%(count)d kommuner er invitert", invited
        )
        % {"count": invited}
        if invited
        else "",
        obstacles=_obstacles(rollout, choosing),
        cohorts=(
            ("", gettext("Kommunen ønsker selv")),
            *(
                (str(one.number), one.name)
                for one in Cohort.objects.filter(rollout=rollout).order_by("number")
                if one.state in {state.value for state in MAY_BE_WISHED}
            ),
        ),
        cohort=str(choosing.cohort.number) if choosing.cohort else "",
        groups=(
            ("", gettext("Alle regioner")),
            *sorted(
                {(row.group, row.group) for row in choosing.rows if row.group},
                key=lambda pair: nb_sort_key(pair[1]),
            ),
        ),
        group=group,
        text=text,
        shown=shown,
        ticks=ticks,
        rows=tuple(_row(rollout, row, ticked=ticked, choosing=choosing) for row in rows),
        any_can=can > 0,
        count_words=ngettext(
            "%(count)d kommune, %(can)d kan inviteres",
            "%(count)d kommuner, %(can)d kan inviteres",
            len(rows),
        )
        % {"count": len(rows), "can": can},
        form=form,
        warnings=_warnings(form, on),
        refusal=refusal,
    )
    if status == 200 and render.wants_block(request):
        return render.block(request, "rollouts/invite.html", "results", page)
    return render.page(request, "rollouts/invite.html", page, status=status)


def _lets_in(row: Row, *, text: str, group: str, shown: str) -> bool:
    return (
        nb_sort_key(text) in nb_sort_key(f"{row.name} {row.number}")
        and group in ("", row.group)
        and (not shown or (shown == "kan") is row.may_be_invited)
    )


def _row(
    rollout: Rollout, row: Row, *, ticked: Collection[int] | None, choosing: Choosing
) -> RowShown:
    # Of one that it is not for, nothing else matters.
    said = rules.NOT_FOR_IT.intersection(row.against) if row.is_outside else row.against
    against = [services.exclusion_words(row, one) for one in row.against if one in said]
    asked = row.may_be_invited
    if row.breaks_room and row.may_be_invited:
        against.append(gettext("Har ikke rom for mer. Trenger en grunn, som kommunen får lese."))
    query = f"?pulje={choosing.cohort.number}" if choosing.cohort else ""
    return RowShown(
        pk=row.pk,
        number=row.number,
        name=row.name,
        address=reverse("municipalities:show", args=[row.number]),
        preview=reverse("rollouts:invite_preview", args=[rollout.slug, row.number]) + query,
        group=row.group,
        against=tuple(against),
        may_be_invited=row.may_be_invited,
        ticked=row.may_be_invited and (row.is_ticked if ticked is None else row.pk in ticked),
        level=str(LEVELS[row.level]) if row.level and asked else "",
        level_color=COLORS[row.level] if row.level else "neutral",
        hours=basis_texts.hours(row.hours) if asked else "",
        recipients=ngettext("%(count)d mottaker", "%(count)d mottakere", row.recipients)
        % {"count": row.recipients},
    )


def _obstacles(rollout: Rollout, choosing: Choosing) -> tuple[tuple[str, str, str], ...]:
    """What keeps everybody from being invited: the sentence, what leads on, and where."""
    found = []
    if not choosing.is_open:
        found.append(
            (
                str(texts.REFUSALS[rules.InvitationRefusal.NOT_OPEN]),
                gettext("Gå til innføringsløpet"),
                frames.address(rollout),
            )
        )
    if choosing.missing:
        lacks = ", ".join(str(basis_texts.ITEMS[one]).lower() for one in choosing.missing)
        found.append(
            (
                gettext("Beslutningsgrunnlaget mangler: %(items)s.") % {"items": lacks},
                gettext("Fyll ut grunnlaget"),
                frames.address(rollout, "basis"),
            )
        )
    if not choosing.cohorts:
        found.append(
            (
                str(texts.REFUSALS[rules.InvitationRefusal.COHORT_CLOSED]),
                gettext("Se puljene"),
                frames.address(rollout, "cohorts"),
            )
        )
    if choosing.lock is not None:
        found.append(
            (
                str(texts.REFUSALS[rules.InvitationRefusal.COHORT_LOCKED]),
                gettext("Se stoppregelen"),
                frames.address(rollout, "cohorts"),
            )
        )
    return tuple(found)


def _warnings(form: forms.Form, on: date) -> tuple[str, ...]:
    """Of the deadline that stands in the form."""
    day = form.cleaned_data.get("answer_by") if form.is_bound and form.is_valid() else None
    day = day or form.initial.get("answer_by")
    if day is None:
        return ()
    return tuple(str(texts.CLASHES[one]) for one in rules.clashes(on, day))


# --- looking it over ---


def _confirm(
    request: Request,
    rollout: Rollout,
    choosing: Choosing,
    wanted: Wanted,
    on: date,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    rows = [row for row in choosing.rows if row.pk in wanted.municipalities]
    people = sum(row.recipients for row in rows)
    page = ConfirmPage(
        frame=frames.frame(request, rollout, active="invite"),
        address=reverse("rollouts:invite", args=[rollout.slug]),
        cohort=str(choosing.cohort.number) if choosing.cohort else "",
        cohort_words=choosing.cohort.name
        if choosing.cohort
        else gettext("Kommunen ønsker selv blant puljene"),
        chosen=tuple((row.pk, row.name) for row in rows),
        people=ngettext(
            "%(count)d person får hver sin e-post med en lenke.",
            "%(count)d personer får hver sin e-post med en lenke.",
            people,
        )
        % {"count": people},
        without_copy=tuple(row.name for row in rows if not row.postmottak),
        answer_by=wanted.answer_by,
        change_until=wanted.change_until,
        warnings=tuple(str(texts.CLASHES[one]) for one in rules.clashes(on, wanted.answer_by)),
        full=tuple(
            (row.pk, row.name, request.POST.get(f"grunn-{row.pk}", ""))
            for row in rows
            if row.breaks_room
        ),
        common_reason=request.POST.get("grunn", ""),
        set_aside=tuple(
            (row.name, services.exclusion_words(row, one)) for row in rows for one in row.against
        ),
        previews=tuple(
            (
                row.name,
                reverse("rollouts:invite_preview", args=[rollout.slug, row.number])
                + (f"?pulje={choosing.cohort.number}" if choosing.cohort else ""),
            )
            for row in rows[:3]
        ),
        submit=ngettext("Inviter %(count)d kommune", "Inviter %(count)d kommuner", len(rows))
        % {"count": len(rows)},
        refusal=refusal,
    )
    return render.page(request, "rollouts/invite_confirm.html", page, status=status)


@require_safe
@signed_in_only
def preview(request: Request, slug: str, number: str) -> HttpResponse:
    """The letter as one municipality will read it, in its own language."""
    rollout = frames.load(request, slug)
    require_work(request, rollout)
    today = clock.today()
    choosing = queries.choosing(rollout, _cohort(rollout, request.GET), on=today)
    row = next((one for one in choosing.rows if one.number == number), None)
    if row is None:
        raise Http404
    proposed = _proposed(choosing, today)
    made = Invitation(
        rollout=rollout,
        municipality_id=row.pk,
        cohort=choosing.cohort,
        answer_by=proposed["answer_by"],
        change_until=proposed["change_until"],
        sent_at=timezone.now(),
    )
    language = services.language_of(row.language) or "nb"
    with translation.override(language):
        told = letters.told(made)
        subject, lines = letters.subject(made), letters.lines(told)
    page = PreviewPage(
        frame=frames.frame(request, rollout, active="invite"),
        municipality=row.name,
        language=language,
        subject=subject,
        lines=lines,
        back=reverse("rollouts:invite", args=[slug]),
    )
    return render.page(request, "rollouts/invite_preview.html", page)

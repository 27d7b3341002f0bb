"""What has become of the invitations: how far the mails are, who is silent, whom to call."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts.rules import Permission, Role
from samlop.accounts.texts import ROLES
from samlop.db.text_keys import nb_sort_key
from samlop.lib.errors import Refused
from samlop.messages.rules import State
from samlop.messages.texts import STATES as MAIL_STATES
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.queries import register
from samlop.rollouts.models import Invitation, InvitationLink, Rollout
from samlop.rollouts.queries import invitations as queries
from samlop.rollouts.queries.invitations import Progress, Standing
from samlop.rollouts.rules import invitations as rules
from samlop.rollouts.rules.answers import AnswerState, Channel
from samlop.rollouts.services import invitation_links as links
from samlop.rollouts.services import invitations as services
from samlop.rollouts.texts.answers import STATES
from samlop.web import clock, downloads, form_page, formats, render
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.form_page import FormPage, accepted
from samlop.web.request import Request
from samlop.web.rollouts import frame as frames
from samlop.web.rollouts.frame import Frame
from samlop.web.rollouts.rights import MayNot, require_work, standing
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
SHOWN: Final = ("", "stille", "behandling", "ring", "svart")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedRow:
    name: str
    address: str
    state: str
    color: str
    sent_on: date
    answer_by: date
    overdue: bool
    reminders: str
    opened: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedPage:
    frame: Frame
    address: str
    progress: Progress
    progress_words: str
    copies_words: str
    opened_words: str
    rows: tuple[InvitedRow, ...]
    total: int
    count_words: str
    text: str
    shown: str
    choices: tuple[tuple[str, str], ...]
    csv: str
    xlsx: str
    invite: str


@require_safe
@signed_in_only
def invitations(request: Request, slug: str) -> HttpResponse:
    """Those within reach; the leader sees how the sending goes while it goes."""
    rollout = frames.load(request, slug)
    found = standing(request, rollout)
    if not found.works and not found.answers.everywhere and not found.answers.municipalities:
        raise MayNot
    today = clock.today()
    names = {row.pk: (row.number, row.name) for row in register.rows(on=today)}
    own = [
        one
        for one in queries.standing(rollout).values()
        if found.sees(one.municipality) and one.municipality in names
    ]
    shown = request.GET.get("vis", "")
    shown = shown if shown in SHOWN else ""
    text = request.GET.get("q", "").replace("\0", "").strip()
    named = register.matching(text, on=today).municipalities if text else names.keys()
    chosen = [
        one
        for one in own
        if (not shown or _group(one, today) == shown) and one.municipality in named
    ]
    chosen.sort(key=lambda one: nb_sort_key(names[one.municipality][1]))
    rows = tuple(_row(rollout, one, names[one.municipality], today) for one in chosen)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(_download(rows, on=today), as_format)
    progress = queries.progress(rollout)
    page = InvitedPage(
        frame=frames.frame(request, rollout, active="invite"),
        address=reverse("rollouts:invitations", args=[slug]),
        progress=progress,
        progress_words=_progress_words(progress),
        copies_words=ngettext(
            "%(sent)s av %(count)d kopi til postmottak er sendt.",
            "%(sent)s av %(count)d kopier til postmottak er sendt.",
            progress.copies,
        )
        % {"sent": formats.number(progress.copies_sent), "count": progress.copies}
        if progress.copies
        else "",
        opened_words=ngettext(
            "%(count)d lenke er åpnet.", "%(count)d lenker er åpnet.", progress.opened
        )
        % {"count": progress.opened},
        rows=rows,
        total=len(own),
        count_words=ngettext("%(count)d invitasjon", "%(count)d invitasjoner", len(rows))
        % {"count": len(rows)},
        text=text,
        shown=shown,
        csv=changed(request.GET, format="csv"),
        xlsx=changed(request.GET, format="xlsx"),
        choices=(
            ("", gettext("Alle (%(count)d)") % {"count": len(own)}),
            *(
                (
                    code,
                    f"{words} ({sum(_group(one, today) == code for one in own)})",
                )
                for code, words in (
                    ("stille", gettext("Har ikke svart")),
                    ("behandling", gettext("Til behandling hos kommunen")),
                    ("ring", gettext("Ring")),
                    ("svart", gettext("Har svart")),
                )
            ),
        ),
        invite=reverse("rollouts:invite", args=[slug]) if found.works else "",
    )
    if render.wants_block(request):
        name = "progress" if request.headers.get("HX-Target") == "fremdrift" else "results"
        return render.block(request, "rollouts/invitations.html", name, page)
    return render.page(request, "rollouts/invitations.html", page)


def _download(rows: tuple[InvitedRow, ...], *, on: date) -> Download:
    return Download(
        name="invitasjoner",
        sheet=gettext("Invitasjoner"),
        on=on,
        fields=(
            Field("kommune", gettext("Kommune"), 28),
            Field("svar", gettext("Svar"), 36),
            Field("sendt", gettext("Sendt")),
            Field("svarfrist", gettext("Svarfrist")),
            Field("lenken", gettext("Lenken"), 28),
            Field("paminnelser", gettext("Påminnelser"), 18),
        ),
        rows=[
            (row.name, row.state, row.sent_on, row.answer_by, row.opened, row.reminders)
            for row in rows
        ],
    )


def _group(one: Standing, on: date) -> str:
    if one.is_silent(on):
        return "ring" if one.to_call_since else "stille"
    return "behandling" if one.answer is AnswerState.PENDING else "svart"


def _progress_words(progress: Progress) -> str:
    words = gettext("%(sent)s av %(mails)s e-poster er sendt") % {
        "sent": formats.number(progress.sent),
        "mails": formats.number(progress.mails),
    }
    if progress.failed:
        words += ngettext(
            ", %(count)d kom ikke frem", ", %(count)d kom ikke frem", progress.failed
        ) % {"count": progress.failed}
    return words


def _row(rollout: Rollout, one: Standing, named: tuple[str, str], on: date) -> InvitedRow:
    number, name = named
    group = _group(one, on)
    words = {
        "stille": gettext("Har ikke svart"),
        "ring": gettext("Ring"),
        "behandling": gettext("Til behandling"),
    }
    answer = str(STATES[one.answer]) if one.answer else ""
    if group == "behandling" and one.expected_on:
        answer = gettext("Til behandling, svar ventes %(day)s") % {
            "day": formats.long_date(one.expected_on)
        }
    return InvitedRow(
        name=name,
        address=reverse("rollouts:invitation", args=[rollout.slug, number]),
        state=words.get(group, answer) if group != "behandling" else answer,
        color={"stille": "warning", "ring": "danger", "behandling": "info"}.get(
            group, "success" if one.answer is AnswerState.YES else "neutral"
        ),
        sent_on=timezone.localdate(one.sent_at),
        answer_by=one.answer_by,
        overdue=group in ("stille", "ring") and one.answer_by < on,
        reminders=ngettext("%(count)d påminnelse", "%(count)d påminnelser", one.reminders)
        % {"count": one.reminders}
        if one.reminders
        else "",
        opened=gettext("Åpnet %(day)s")
        % {"day": formats.long_date(timezone.localdate(one.first_opened_at))}
        if one.first_opened_at
        else gettext("Ikke åpnet"),
    )


# --- one invitation ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShown:
    pk: int
    who: str
    name: str
    sent_at: datetime
    opened_at: datetime | None
    sent_on: bool
    is_open: bool
    # How far the mail has come; empty when it is sent.
    mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage:
    frame: Frame
    back: str
    municipality: str
    facts: tuple[tuple[str, str], ...]
    links: tuple[LinkShown, ...]
    may_change: bool
    withdraw: str
    revoke: str


@require_safe
@signed_in_only
def invitation(request: Request, slug: str, number: str) -> HttpResponse:
    """The days, the reminders, and who has a link."""
    rollout = frames.load(request, slug)
    found = standing(request, rollout)
    row = _found(rollout, number)
    if not found.sees(row.municipality_id):
        raise MayNot
    today, now = clock.today(), timezone.now()
    one = queries.standing(rollout)[row.municipality_id]
    people = queries.links_of(row)
    titles = queries.titles([link.person_id for link in people], row.municipality_id, on=today)
    name = queries.name_of(row.municipality_id)
    page = InvitationPage(
        frame=frames.frame(request, rollout, active="invite"),
        back=reverse("rollouts:invitations", args=[slug]),
        municipality=name,
        facts=tuple(
            (words, value)
            for words, value in (
                (gettext("Sendt"), formats.long_date(timezone.localdate(row.sent_at))),
                (gettext("Svarfrist"), formats.long_date(row.answer_by)),
                (gettext("Svaret kan endres til og med"), formats.long_date(row.change_until)),
                (gettext("Pulje"), row.cohort.name if row.cohort else ""),
                (gettext("Svar"), str(STATES[one.answer]) if one.answer else ""),
                (gettext("Påminnelser"), _reminders(row)),
                (
                    gettext("Ring"),
                    gettext("Siden %(day)s") % {"day": formats.long_date(row.to_call_since)}
                    if row.to_call_since and one.is_silent(today)
                    else "",
                ),
                (gettext("Invitert selv om det er lite rom"), row.room_reason),
                (gettext("Kopi til postmottak"), _copy_words(row)),
            )
            if value
        ),
        links=tuple(
            LinkShown(
                pk=link.pk,
                who=titles[link.person_id].title or str(ROLES[Role(titles[link.person_id].role)])
                if link.person_id in titles
                else gettext("Har ingen rolle i kommunen"),
                name=link.person.name,
                sent_at=link.sent_at,
                opened_at=link.first_opened_at,
                sent_on=link.forwarded_from_id is not None,
                is_open=link.revoked_at is None and link.expires_at > now,
                mail=_mail_words(link),
            )
            for link in people
        ),
        may_change=found.works,
        withdraw=reverse("rollouts:invitation_withdraw", args=[slug, number]),
        revoke=reverse("rollouts:invitation_revoke", args=[slug, number]),
    )
    return render.page(request, "rollouts/invitation.html", page)


def _reminders(row: Invitation) -> str:
    if not row.reminders or row.reminded_at is None:
        return ""
    return gettext("%(count)d av %(most)d, sist %(day)s") % {
        "count": row.reminders,
        "most": rules.MOST_REMINDERS,
        "day": formats.long_date(timezone.localdate(row.reminded_at)),
    }


def _copy_words(row: Invitation) -> str:
    from_outbox = row.archived_by
    if from_outbox is None:
        return gettext("Ikke sendt: postmottaket er ikke kjent")
    return str(MAIL_STATES[State(from_outbox.state)])


def _mail_words(link: InvitationLink) -> str:
    if link.message is None or link.message.state == State.SENT.value:
        return ""
    return str(MAIL_STATES[State(link.message.state)])


def _found(rollout: Rollout, number: str) -> Invitation:
    code = MunicipalityCode.objects.filter(number=number).order_by("-valid_from").first()
    row = (
        Invitation.objects.filter(
            rollout=rollout,
            municipality=code.municipality_id if code else None,
            withdrawn_at=None,
        )
        .select_related("cohort", "archived_by")
        .first()
    )
    if row is None:
        raise Http404
    return row


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor trekkes invitasjonen tilbake?"),
        max_length=rules.MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kommunen får lese det dere skriver."),
        error_messages={"required": _("Skriv hvorfor. Kommunen ser det dere skriver.")},
    )


@page_or_post
@signed_in_only
def withdraw(request: Request, slug: str, number: str) -> HttpResponse:
    """The links stop working, and the municipality is told why in the weekly mail."""
    rollout = frames.load(request, slug)
    by = require_work(request, rollout)
    row = _found(rollout, number)
    name = queries.name_of(row.municipality_id)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw(
            invitation=row, reason=form.cleaned_data["reason"], by=by, at=timezone.now()
        ),
    ):
        messages.success(
            request, gettext("Invitasjonen til %(name)s er trukket tilbake.") % {"name": name}
        )
        return redirect("rollouts:invitations", slug)
    page = FormPage(
        heading=gettext("Trekk invitasjonen til %(name)s tilbake") % {"name": name},
        kicker=rollout.name,
        form=form,
        submit=gettext("Trekk tilbake"),
        cancel=reverse("rollouts:invitation", args=[slug, number]),
        trail=(
            *frames.trail(rollout),
            (gettext("Invitasjoner"), reverse("rollouts:invitations", args=[slug])),
        ),
        danger=True,
        warning=gettext(
            "Lenkene slutter å virke. Svar som kommunen har gitt, og plassen den har, står fast."
        ),
    )
    return form_page.answer(request, page)


@require_POST
@signed_in_only
def revoke(request: Request, slug: str, number: str) -> HttpResponse:
    """One link, that may have come into the wrong hands."""
    rollout = frames.load(request, slug)
    by = require_work(request, rollout)
    row = _found(rollout, number)
    pk = request.POST.get("lenke", "")
    link = (
        InvitationLink.objects.filter(
            invitation=row, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0
        )
        .select_related("invitation__rollout")
        .first()
    )
    if link is None:
        raise Http404
    try:
        links.revoke(link=link, by=by, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("Lenken virker ikke lenger."))
    return redirect("rollouts:invitation", slug, number)


# --- «Ring» ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    municipality: str
    address: str
    rollout: str
    rollout_address: str
    since: date
    answer_by: date
    # Where what they said is registered.
    register: str
    # Role, name and phone; the phone is empty when nobody has told it.
    people: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    rows: tuple[CallRow, ...]


@require_safe
@signed_in_only
def to_call(request: Request) -> HttpResponse:
    """Those in the contact person's regions that two reminders have not moved. Constant queries."""
    reach = request.access.reach(Permission.FOLLOW_UP)
    if not reach.everywhere and not reach.municipalities:
        raise MayNot
    today = clock.today()
    found = queries.to_call(reach, on=today)
    names = {row.pk: (row.number, row.name) for row in register.rows(on=today)}
    page = CallPage(
        rows=tuple(
            CallRow(
                municipality=names[one.municipality][1],
                address=reverse(
                    "rollouts:invitation", args=[one.rollout_slug, names[one.municipality][0]]
                ),
                rollout=one.rollout,
                rollout_address=reverse("rollouts:show", args=[one.rollout_slug]),
                since=one.since,
                answer_by=one.answer_by,
                register=reverse(
                    "rollouts:register_received",
                    args=[one.rollout_slug, names[one.municipality][0]],
                )
                + f"?kanal={Channel.PHONE.value}",
                people=tuple(
                    (
                        held.title or str(ROLES[Role(held.role)]),
                        held.person.name,
                        held.person.phone,
                    )
                    for held in one.people
                ),
            )
            for one in found
            if one.municipality in names
        )
    )
    return render.page(request, "rollouts/to_call.html", page)

"""The leader's table, and the page of one municipality in a rollout with notes after calls."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission, Place, Role
from samlop.lib.reach import Reach
from samlop.municipalities.models import Municipality, RegionMembership
from samlop.municipalities.rules.codes import CodePeriod
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import LeaderNote, MailingRecipient, ReceivedAnswer, Rollout
from samlop.rollouts.queries import mailings, private
from samlop.rollouts.queries import table as queries
from samlop.rollouts.queries.table import Row
from samlop.rollouts.rules.answers import AnswerState, Channel
from samlop.rollouts.rules.followup import (
    MOST_NOTE,
    FollowRefusal,
    MailingKind,
    Signal,
    merged,
)
from samlop.rollouts.services import followup as services
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import before as before_texts
from samlop.rollouts.texts import followup as texts
from samlop.rollouts.texts import table as table_texts
from samlop.web import addresses, clock, downloads, form_page, formats, render
from samlop.web.acting import Acting
from samlop.web.fields import DayField
from samlop.web.form_page import FormPage
from samlop.web.municipalities import numbers, people
from samlop.web.municipalities.people import People
from samlop.web.people.reader import Reader
from samlop.web.request import PublicRequest, Request
from samlop.web.rollouts import feedback, outside, table
from samlop.web.rollouts.frame import Frame, address, frame, load, trail
from samlop.web.rollouts.outside import OutsideLine
from samlop.web.rollouts.rights import MayNot, Standing, require_work, standing
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def municipality_table(request: PublicRequest, slug: str) -> HttpResponse:
    """Every municipality of the day, as a page, a map or a file."""
    rollout = load(request, slug)
    found = frame(request, rollout, active="municipalities")
    on, today = clock.chosen_day(request), clock.today()
    listed = table.Table.of(rollout, request.GET, on=on, reach=found.standing.reach)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(table.download(listed), as_format)
    page = table.table_page(
        listed,
        found,
        request.GET,
        today=today,
        may_write=found.standing.works,
        sees_feedback=feedback.may_read(request, rollout, found.standing),
    )
    if not render.wants_block(request):
        return render.page(request, "rollouts/municipalities.html", page)
    response = render.block(request, "rollouts/municipalities.html", "results", page)
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


# --- one municipality ---


class NoteForm(forms.Form):
    """What came out of a conversation: a line, a signal, and when to talk again."""

    text = forms.CharField(label=_("Hva ble sagt?"), max_length=MOST_NOTE, required=False)
    signal = forms.ChoiceField(
        label=_("Signal"),
        choices=lambda: [("", _("Ingen")), *texts.signal_choices()],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Et signal er ikke et svar, og telles aldri."),
    )
    next_contact = DayField(label=_("Neste kontakt"), required=False)


class _Caller(Reader):
    """Somebody who follows a municipality up in a rollout: she calls those who answer for it."""

    @property
    def sees_people(self) -> bool:
        return True

    def reaches(self, role: Role, place: Place) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    text: str
    signal: str
    next_contact: date | None
    who: str
    day: date
    # Empty unless the reader wrote it.
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """An answer that came by e-mail, letter or phone, as it was registered."""

    words: str
    decided_by: str
    note: str
    day: date
    standing: str
    document: str
    # Empty when it stands no more, or for those who only read.
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityPage:
    """One municipality in a rollout, to those who see its answers."""

    frame: Frame
    name: str
    number: str
    address: str
    back: str
    # What htmx puts above the table; then the table's row comes along when a note is saved.
    in_panel: bool
    saved: bool
    row: Markup | None
    state: str
    color: str
    need: str
    outside: tuple[OutsideLine, ...]
    facts: tuple[tuple[str, str], ...]
    reason_text: str
    people: People
    received: tuple[ReceivedLine, ...]
    notes: tuple[NoteLine, ...]
    mailings: tuple[tuple[str, date], ...]
    answers: str
    # None and empty for those who only read.
    form: NoteForm | None
    register: str


@page_or_post
@signed_in_only
def municipality(request: Request, slug: str, number: str) -> HttpResponse:
    """Where it stands, what was said, and whom to call; whoever follows it up writes a note."""
    rollout = load(request, slug)
    found = frame(request, rollout, active="municipalities")
    code = numbers.current(number, on=clock.today())
    pk = int(code.municipality)
    if not found.standing.sees(pk):
        raise MayNot
    writes = found.standing.works or found.standing.follows_up.holds(pk)
    form: NoteForm | None = None
    if request.method == "POST":
        by = acting(request, rollout, found.standing, code)
        form = NoteForm(request.POST)
        if form.is_valid() and _write(form, rollout, pk, request, by):
            if render.wants_block(request):
                page = _municipality_page(request, rollout, found, code, NoteForm(), saved=True)
                return render.block(request, "rollouts/municipality.html", "panel", page)
            messages.success(request, gettext("Notatet er lagret."))
            there = address(rollout, "municipality", number)
            return redirect(f"{there}{addresses.changed(request.GET)}#notater")
    elif writes:
        form = NoteForm()
    page = _municipality_page(request, rollout, found, code, form)
    status = 422 if form is not None and form.errors else 200
    if render.wants_block(request):
        return render.block(request, "rollouts/municipality.html", "panel", page, status=status)
    return render.page(request, "rollouts/municipality.html", page, status=status)


def acting(request: Request, rollout: Rollout, found: Standing, code: CodePeriod) -> Acting:
    """Somebody in the working group, or the contact person of its region; else 403."""
    if found.works:
        return require_work(request, rollout)
    place = accounts.place_of(Municipality.objects.get(pk=code.municipality), on=clock.today())
    request.access.require(Permission.FOLLOW_UP, place)
    return request.access.acting


def _write(form: NoteForm, rollout: Rollout, pk: int, request: Request, by: Acting) -> bool:
    signal = form.cleaned_data["signal"]
    return form_page.accepted(
        form,
        lambda: services.note(
            rollout=rollout,
            municipality=Municipality.objects.get(pk=pk),
            text=form.cleaned_data["text"],
            signal=Signal(signal) if signal else None,
            next_contact=form.cleaned_data["next_contact"],
            person=request.user,
            by=by,
            on=clock.today(),
            at=timezone.now(),
        ),
        {FollowRefusal.NO_WORDS: "text", FollowRefusal.DAY_HAS_PASSED: "next_contact"},
    )


def _municipality_page(
    request: Request,
    rollout: Rollout,
    found: Frame,
    code: CodePeriod,
    form: NoteForm | None,
    *,
    saved: bool = False,
) -> MunicipalityPage:
    today, pk = clock.today(), int(code.municipality)
    own = Reach(municipalities=frozenset({pk}))
    row = queries.row_of(rollout, today, own, pk)
    if row is None or row.state is None:
        raise MayNot
    # The list she came from.
    listed = addresses.changed(request.GET) if request.GET else ""
    filled = mailings.values(rollout, [pk], today)[pk]
    groups = RegionMembership.objects.valid_on(today).filter(
        municipality=pk, kind=RegionKind.EHEALTH_GROUP.value
    )
    mailed = (
        MailingRecipient.objects.filter(mailing__rollout=rollout, municipality=pk)
        .select_related("mailing")
        .order_by("-mailing__sent_at")
    )
    return MunicipalityPage(
        frame=found,
        name=code.qualified_name,
        number=code.number,
        address=address(rollout, "municipality", code.number) + listed,
        back=address(rollout, "municipalities") + listed,
        in_panel=bool(request.htmx),
        saved=saved,
        row=_table_row(row, rollout, found.standing, listed)
        if saved and found.standing.works
        else None,
        state=str(table_texts.STATES[row.state]),
        color=table.COLORS[row.state],
        need=str(table_texts.NEEDS[row.need]) if row.need else "",
        outside=outside.lines(rollout, [pk], request.access, today),
        facts=_facts(row),
        reason_text=row.reason_text,
        people=people.people_of(
            pk,
            list(groups.values_list("region_id", flat=True)),
            (_Caller if found.standing.works else Reader).of(request, on=today),
            on=today,
        ),
        received=tuple(
            _received(one, rollout, code.number, writes=form is not None)
            for one in private.received(rollout.pk, own, today)
        ),
        notes=tuple(
            _note(one, rollout, code.number, request.user.pk)
            for one in private.notes(rollout.pk, own, today)
        ),
        mailings=tuple(
            (
                f"{texts.MAILINGS[MailingKind(one.mailing.kind)]}: "
                f"{merged(one.mailing.subject, filled)}",
                timezone.localtime(one.mailing.sent_at).date(),
            )
            for one in mailed
        ),
        answers=address(rollout, "answer", code.number),
        form=form,
        register=address(rollout, "register_received", code.number) if form is not None else "",
    )


# What htmx takes the table's row by.
_SWAPPED = Markup("<tr hx-swap-oob=\"outerHTML:tr:has([name=kommune][value='{}'])\">")


def _table_row(row: Row, rollout: Rollout, found: Standing, listed: str) -> Markup:
    """The row as it now is, to be put where it stands in the table."""
    written = table.rows_html([row], rollout, reach=found.reach, choose=True, back=listed)
    return written.replace(Markup("<tr>"), _SWAPPED.format(row.number), 1)


def _facts(row: Row) -> tuple[tuple[str, str], ...]:
    """What is known, as words; what is not known is left out."""
    found: list[tuple[str, Any]] = [
        (gettext("Pulje"), row.cohort),
        (gettext("Svarfrist"), row.answer_by and formats.long_date(row.answer_by)),
        (gettext("Svart"), row.answered_on and formats.long_date(row.answered_on)),
        (gettext("Ventes eller spørres igjen"), row.until and formats.long_date(row.until)),
        (gettext("Grunn"), row.reason and answer_texts.REASONS[row.reason]),
        (
            gettext("Leverandøren ventes"),
            row.vendor_waits
            and (
                formats.long_date(row.vendor_expected)
                if row.vendor_expected
                else gettext("uten dato")
            ),
        ),
        (gettext("Trolig med?"), row.likely and before_texts.LIKELY[row.likely]),
        (gettext("Hva som er i veien"), row.obstacle and before_texts.OBSTACLES[row.obstacle]),
        (gettext("Meldt interesse"), row.stance and before_texts.STANCES[row.stance]),
        (gettext("Siste kontakt"), row.last_contact and formats.long_date(row.last_contact)),
        (gettext("Neste kontakt"), row.next_contact and formats.long_date(row.next_contact)),
    ]
    return tuple((words, str(value)) for words, value in found if value)


def _received(row: ReceivedAnswer, rollout: Rollout, number: str, *, writes: bool) -> ReceivedLine:
    channel, state = Channel(row.channel), AnswerState(row.state)
    stands = row.withdrawn_at is None and row.confirmed_by_id is None
    if channel is Channel.PHONE:
        standing = gettext("Et signal, som ikke telles")
    elif row.confirmed_by_id is not None:
        standing = gettext("Bekreftet av kommunen")
    else:
        standing = gettext("Venter på at kommunen bekrefter")
    if row.withdrawn_at is not None:
        standing = gettext("Trukket tilbake")
    return ReceivedLine(
        words=gettext("%(state)s, på %(channel)s")
        % {
            "state": answer_texts.STATES[state],
            "channel": str(answer_texts.CHANNELS[channel]).lower(),
        },
        decided_by=row.decided_by,
        note=row.note,
        day=row.received_on,
        standing=standing,
        document=address(rollout, "received_document", number, row.pk) if row.document_id else "",
        withdraw=address(rollout, "withdraw_received", number, row.pk) if writes and stands else "",
    )


def _note(row: LeaderNote, rollout: Rollout, number: str, reader: int | None) -> NoteLine:
    return NoteLine(
        text=row.text,
        signal=str(texts.SIGNALS[Signal(row.signal)]) if row.signal else "",
        next_contact=row.next_contact,
        who=row.written_as,
        day=timezone.localtime(row.written_at).date(),
        withdraw=address(rollout, "withdraw_note", number, row.pk)
        if row.written_by_id == reader
        else "",
    )


class _NothingForm(forms.Form):
    """Nothing to fill in: only whether to go on."""


@page_or_post
@signed_in_only
def withdraw_note(request: Request, slug: str, number: str, pk: int) -> HttpResponse:
    rollout = load(request, slug)
    code = numbers.current(number, on=clock.today())
    note = get_object_or_404(
        LeaderNote, pk=pk, rollout=rollout, municipality=code.municipality, withdrawn_at=None
    )
    by = acting(request, rollout, standing(request, rollout), code)
    form = _NothingForm(request.POST if request.method == "POST" else None)
    back = f"{address(rollout, 'municipality', number)}#notater"
    if form.is_valid() and form_page.accepted(
        form, lambda: services.withdraw_note(note=note, by=by, at=timezone.now())
    ):
        messages.success(request, gettext("Notatet er trukket tilbake."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Trekk tilbake notatet"),
        form=form,
        submit=gettext("Trekk tilbake"),
        cancel=back,
        kicker=code.qualified_name,
        trail=(*trail(rollout), (gettext("Kommuner"), address(rollout, "municipalities"))),
        lead=note.text,
        warning=gettext("Kommunen ser da ikke notatet lenger. Historikken husker at det fantes."),
        danger=True,
    )
    return form_page.answer(request, page)

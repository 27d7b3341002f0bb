"""A municipality's own answer: what it is asked, what it has said, and the place it led to."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission, Place, Role
from samlop.accounts.texts import ROLES
from samlop.lib import icalendar, paper
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.codes import CodePeriod
from samlop.rollouts.models import Answer, Cohort, Invitation, PlaceOffer, Rollout
from samlop.rollouts.models import Place as TakenPlace
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries import invitations as invitation_queries
from samlop.rollouts.queries import places as place_queries
from samlop.rollouts.queries.answers import Held, Received
from samlop.rollouts.queries.places import Standing as Waiting
from samlop.rollouts.queries.places import Taken
from samlop.rollouts.rules.answers import AnswerRefusal, AnswerState, last_day
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.services import answers as services
from samlop.rollouts.services import places, receipts
from samlop.rollouts.services.refusals import CannotPlace
from samlop.rollouts.texts import answers as texts
from samlop.web import clock, form_page, formats, render
from samlop.web.acting import Acting, acting
from samlop.web.form_page import FormPage
from samlop.web.municipalities import numbers
from samlop.web.request import Request
from samlop.web.rollouts import changes, locked
from samlop.web.rollouts.answer_forms import (
    FIELDS,
    AnswerForm,
    LeaveForm,
    MoveForm,
    answer_form,
    room_words,
)
from samlop.web.rollouts.changes import ChangedNote
from samlop.web.rollouts.frame import Frame, frame, load, trail
from samlop.web.rollouts.rights import MayNot, standing
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
REMIND_BEFORE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which municipality an answer is about, and by what right the reader gives it, if any."""

    rollout: Rollout
    code: CodePeriod
    held: Held | None

    @property
    def municipality(self) -> int:
        return int(self.code.municipality)

    def address(self, part: str = "answer") -> str:
        return reverse(f"rollouts:{part}", args=[self.rollout.slug, self.code.number])

    def trail(self) -> tuple[tuple[str, str], ...]:
        return (
            *trail(self.rollout),
            (gettext("Svaret fra %(name)s") % {"name": self.code.qualified_name}, self.address()),
        )


def asked(request: Request, slug: str, number: str, *, to_decide: bool = False) -> Asked:
    """For those who see the municipality's answer; `to_decide` for those who may give it."""
    rollout = load(request, slug)
    today = clock.today()
    code = numbers.current(number, on=today)
    found = standing(request, rollout)
    held = queries.mandate_of(request.user.pk, int(code.municipality), rollout.solution_id, today)
    if held is not None and not _counts(request, held):
        held = None
    if held is None and (to_decide or not found.sees(int(code.municipality))):
        raise MayNot
    return Asked(rollout=rollout, code=code, held=held)


def _counts(request: Request, held: Held) -> bool:
    """Not a role that this session does not act in."""
    row = held.membership
    return any(
        grant.role is Role(row.role)
        and grant.municipality == row.municipality_id
        and grant.region == row.region_id
        for grant in request.access.grants
    )


def _as(request: Request, held: Held) -> Acting:
    row = held.membership
    if row.municipality_id is not None:
        place = Place(municipality=row.municipality_id)
        return acting(request, Permission.ANSWER_INVITATION, place)
    return acting(request, Permission.FOLLOW_UP, Place(regions=frozenset({row.region_id or 0})))


def given_address(rollout: str, number: str) -> str:
    """Where the answer of a municipality is read and given."""
    return reverse("rollouts:answer", args=[rollout, number])


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of the answer, as it is told."""

    state: str
    given_on: date
    given_as: str
    wishes: str
    reason: str
    text: str
    case_number: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """`form` is for whoever has the mandate, while the rollout takes answers."""

    frame: Frame
    name: str
    number: str
    form: AnswerForm | None
    # The reader is one of the municipality's own.
    own: bool
    basis: str
    paper: str
    invitation: Invitation | None
    by_grant: str
    # Why whoever has the mandate cannot answer now; empty when she can.
    closed: str
    received: tuple[tuple[Received, str, str], ...]
    may_register: bool
    reopened: bool
    state_words: str
    # Why nobody gets a place yet, for whoever is invited and has none.
    locked: tuple[str, ...]
    # What has changed since it was invited, for those who see its answers.
    changed: ChangedNote | None
    place: Taken | None
    may_change: bool
    # The last day to change an answer that has a place.
    change_until: date | None
    wait: Waiting | None
    why: tuple[str, ...]
    decides: bool
    # Who may answer, by role and name: for whoever may not.
    deciders: tuple[tuple[str, str], ...]
    versions: tuple[VersionLine, ...]
    ended: tuple[place_queries.Ended, ...]
    ends: dict[str, str]
    leave: str
    move: str
    offer: str
    receipt: str


@page_or_post
@signed_in_only
def answer(request: Request, slug: str, number: str) -> HttpResponse:
    """What the municipality is asked, and what it has said; answered by a person with mandate."""
    found = asked(request, slug, number, to_decide=request.method == "POST")
    today = clock.today()
    invitation = Invitation.objects.filter(
        rollout=found.rollout, municipality=found.municipality, withdrawn_at=None
    ).first()
    form = None
    takes = RolloutState(found.rollout.state) in ENROLLING and invitation is not None
    if takes and request.method != "POST":
        # A place that binds is left or moved, not answered anew.
        taken = place_queries.taken(found.rollout).get(found.municipality)
        takes = taken is None or today <= taken.change_until
    if found.held is not None and (takes or request.method == "POST"):
        form = answer_form(
            found.rollout,
            found.municipality,
            request.POST if request.method == "POST" else None,
            on=today,
            cohort=invitation.cohort_id if invitation is not None else None,
        )
        if form.is_valid():
            if _answered(request, found, form):
                return redirect(found.address("answer_receipt"))
            newest = queries.newest(found.rollout, found.municipality)
            form.seeing(newest.number if newest is not None else 0)
    page = _page(request, found, form, invitation, on=today)
    status = 422 if form is not None and form.errors else 200
    return render.page(request, "rollouts/answer.html", page, status=status)


def _answered(request: Request, found: Asked, form: AnswerForm) -> bool:
    held = found.held
    if held is None:
        return False
    return form_page.accepted(
        form,
        lambda: services.answer(
            rollout=found.rollout,
            municipality=Municipality.objects.get(pk=found.municipality),
            content=form.content(),
            seen=form.seen,
            by=_as(request, held),
            on=clock.today(),
            at=timezone.now(),
        ),
        FIELDS,
    )


def _page(
    request: Request,
    found: Asked,
    form: AnswerForm | None,
    invitation: Invitation | None,
    *,
    on: date,
) -> AnswerPage:
    versions = queries.versions(found.rollout, found.municipality)
    newest = versions[0].answer if versions else None
    above = frame(request, found.rollout, active="municipalities")
    place = place_queries.taken(found.rollout).get(found.municipality)
    told = invitation.change_until if invitation is not None else None
    until = last_day(place.change_until, told) if place is not None else None
    wait = None
    if place is None and newest is not None and newest.state is AnswerState.YES:
        line = place_queries.waiting(found.rollout, on)
        wait = next((one for one in line if one.municipality == found.municipality), None)
    grant = found.held.grant if found.held is not None else None
    received = queries.received_by(found.municipality).get(found.rollout.pk, ())
    return AnswerPage(
        frame=above,
        name=found.code.qualified_name,
        number=found.code.number,
        form=form,
        own=found.held is not None
        or any(grant.municipality == found.municipality for grant in request.access.grants),
        basis=reverse("rollouts:basis_for", args=[found.rollout.slug, found.code.number]),
        paper=reverse("rollouts:basis_paper", args=[found.rollout.slug, found.code.number])
        + "?format=docx",
        invitation=invitation,
        by_grant=_granted_words(found) if grant is not None else "",
        closed=_closed(found, invitation) if found.held is not None else "",
        received=tuple(
            (one, str(texts.STATES[one.state]), str(texts.CHANNELS[one.channel]))
            for one in received
        ),
        may_register=above.standing.works or above.standing.follows_up.holds(found.municipality),
        reopened=newest is not None and not newest.stands,
        state_words=str(texts.STATES[newest.state]) if newest is not None else "",
        locked=locked.sentences(found.rollout, invitation.cohort_id, newest, on)
        if invitation is not None and place is None
        else (),
        place=place,
        changed=changes.note(invitation, found.code.number, on=on),
        may_change=until is not None and on <= until,
        change_until=until,
        wait=wait,
        why=why(wait),
        decides=found.held is not None,
        deciders=_deciders(found, on) if found.held is None else (),
        versions=tuple(_line(one) for one in versions),
        ended=place_queries.ended(found.rollout, found.municipality),
        ends={end.value: str(words) for end, words in texts.PLACE_ENDS.items()},
        leave=found.address("leave_place"),
        move=found.address("move_place"),
        offer=found.address("answer_offer"),
        receipt=found.address("answer_receipt"),
    )


def _deciders(found: Asked, on: date) -> tuple[tuple[str, str], ...]:
    """Those in the municipality with its mandate. One query."""
    held = invitation_queries.deciders(found.municipality, on=on)
    return tuple((row.title or str(ROLES[Role(row.role)]), row.person.name) for row in held)


def _closed(found: Asked, invitation: Invitation | None) -> str:
    if invitation is None:
        return str(texts.REFUSALS[AnswerRefusal.NOT_INVITED])
    if RolloutState(found.rollout.state) not in ENROLLING:
        return str(texts.REFUSALS[AnswerRefusal.NOT_ENROLLING])
    return ""


def _granted_words(found: Asked) -> str:
    if found.held is None:
        return ""
    row = found.held.membership
    if row.region is not None:
        return row.region.name
    code = row.municipality.codes.order_by("-valid_from").first() if row.municipality else None
    return code.qualified_name if code is not None else ""


def why(wait: Waiting | None) -> tuple[str, ...]:
    """Why nothing moves, a sentence for each cohort."""
    if wait is None:
        return ()
    day = formats.long_date(wait.answer_by) if wait.answer_by is not None else ""
    return tuple(
        str(texts.STANDS[stand]) % {"cohort": cohort, "day": day} for cohort, stand in wait.stands
    )


def _line(version: queries.Version) -> VersionLine:
    one = version.answer
    if one.expected_on is not None:
        when = gettext("Svar ventes %(day)s.") % {"day": formats.long_date(one.expected_on)}
    elif one.ask_again_on is not None:
        when = gettext("Spør igjen %(day)s.") % {"day": formats.long_date(one.ask_again_on)}
    elif one.ask_when_gone:
        when = gettext("Spør igjen når grunnen er borte.")
    elif one.hosts_others:
        when = gettext("Vi er med som vertskommune for flere")
    else:
        when = ""
    return VersionLine(
        state=str(texts.STATES[one.state]),
        given_on=one.given_on,
        given_as=one.given_as,
        wishes=", ".join(version.wishes),
        reason=str(texts.REASONS[one.reason]) if one.reason is not None else "",
        text=one.text,
        case_number=one.case_number,
        when=when,
    )


# --- the receipt ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    frame: Frame
    name: str
    lines: tuple[tuple[str, str], ...]
    back: str
    pdf: str
    calendar: str
    has_days: bool
    archived: bool


@require_safe
@signed_in_only
def receipt(request: Request, slug: str, number: str) -> HttpResponse:
    """What was registered, as a page, a PDF for the archive, or days for a calendar."""
    found = asked(request, slug, number)
    row = (
        Answer.objects.filter(rollout=found.rollout, municipality=found.municipality)
        .select_related("rollout")
        .order_by("-number")
        .first()
    )
    if row is None:
        raise Http404
    return receipt_answer(
        request,
        row,
        name=found.code.qualified_name,
        back=found.address(),
        here=found.address("answer_receipt"),
        above=frame(request, found.rollout, active="municipalities"),
    )


def receipt_answer(
    request: Request, row: Answer, *, name: str, back: str, here: str, above: Frame
) -> HttpResponse:
    events = days(row)
    as_format = request.GET.get("format")
    if as_format == "pdf":
        return receipt_pdf(row)
    if as_format == "ics" and events:
        return receipt_calendar(row, events)
    municipality = Municipality.objects.get(pk=row.municipality_id)
    page = ReceiptPage(
        frame=above,
        name=name,
        lines=receipts.lines(row),
        back=back,
        pdf=f"{here}?format=pdf",
        calendar=f"{here}?format=ics",
        has_days=bool(events),
        archived=bool(municipality.postmottak),
    )
    return render.page(request, "rollouts/receipt.html", page)


def receipt_pdf(row: Answer) -> HttpResponse:
    made = paper.to_pdf(receipts.paper(row, language=get_language() or "nb"), at=row.recorded_at)
    name = f"svar-{row.rollout.slug}-{row.number}.pdf"
    return HttpResponse(
        made.content,
        content_type=paper.PDF_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def receipt_calendar(row: Answer, events: tuple[icalendar.Event, ...]) -> HttpResponse:
    name = f"{row.rollout.slug}.ics"
    return HttpResponse(
        icalendar.calendar(row.rollout.name, events, at=row.recorded_at),
        content_type=icalendar.CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def days(row: Answer) -> tuple[icalendar.Event, ...]:
    """What the answer puts in a calendar."""
    key = f"samlop-{row.rollout.slug}-{row.municipality_id}"
    found = []

    def add(kind: str, on: date, words: str) -> None:
        found.append(icalendar.Event(uid=f"{key}-{kind}", on=on, summary=words))

    name = {"rollout": row.rollout.name}
    if row.expected_on is not None:
        add("svar", row.expected_on, gettext("%(rollout)s: vi skal svare") % name)
    if row.ask_again_on is not None:
        add("igjen", row.ask_again_on, gettext("%(rollout)s: vi blir spurt igjen") % name)
    place = place_queries.taken(row.rollout_id).get(row.municipality_id)
    if row.state == AnswerState.YES.value and place is not None:
        add("oppstart", place.starts_on, gettext("%(rollout)s: oppstart") % name)
        add(
            "endres",
            place.change_until,
            gettext("%(rollout)s: siste dag svaret kan endres") % name,
        )
    return tuple(found)


# --- the place ---


def _taken(found: Asked) -> TakenPlace:
    return get_object_or_404(
        TakenPlace.objects.taken().select_related("cohort__rollout"),
        cohort__rollout=found.rollout,
        municipality=found.municipality,
    )


@page_or_post
@signed_in_only
def leave(request: Request, slug: str, number: str) -> HttpResponse:
    """Out of the cohort with a reason; the seat is offered to the next in line."""
    found = asked(request, slug, number, to_decide=True)
    held = found.held
    if held is None:
        raise MayNot
    place = _taken(found)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.leave(
            place=place,
            content=form.content(),
            by=_as(request, held),
            on=clock.today(),
            at=timezone.now(),
        ),
    ):
        messages.success(request, gettext("Dere er ute av puljen."))
        return redirect(found.address())
    page = FormPage(
        heading=gettext("Gå ut av %(cohort)s") % {"cohort": place.cohort.name},
        kicker=found.code.qualified_name,
        trail=found.trail(),
        form=form,
        submit=gettext("Gå ut av puljen"),
        cancel=found.address(),
        danger=True,
        warning=gettext(
            "Plassen tilbys den neste på ventelisten. Passer det bedre senere, kan dere "
            "flytte til en annen pulje i stedet: det er ikke å gå ut."
        ),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def move(request: Request, slug: str, number: str) -> HttpResponse:
    """To another cohort on the same yes."""
    found = asked(request, slug, number, to_decide=True)
    held = found.held
    if held is None:
        raise MayNot
    today = clock.today()
    place = _taken(found)
    rooms = {one.cohort: one for one in place_queries.rooms(found.rollout, today)}
    fits = queries.wishable(found.rollout, [found.municipality], today)[found.municipality]
    choices = [
        (str(row.pk), room_words(row, rooms[row.pk].left if rooms[row.pk].gives_places else None))
        for row in fits
        if row.pk != place.cohort_id
    ]
    if not choices:
        messages.info(request, gettext("Det er ingen andre puljer å flytte til nå."))
        return redirect(found.address())
    form = MoveForm(request.POST if request.method == "POST" else None, choices=choices)
    if form.is_valid() and form_page.accepted(
        form,
        lambda: places.move(
            place=place,
            to=Cohort.objects.select_related("rollout").get(pk=form.cleaned_data["pulje"]),
            by=_as(request, held),
            on=today,
            at=timezone.now(),
        ),
        {},
    ):
        messages.success(request, gettext("Dere er flyttet. Svaret deres står ved lag."))
        return redirect(found.address())
    page = FormPage(
        heading=gettext("Flytt til en annen pulje"),
        kicker=found.code.qualified_name,
        trail=found.trail(),
        lead=gettext("Dere har plass i %(cohort)s. Å flytte er ikke å gå ut.")
        % {"cohort": place.cohort.name},
        form=form,
        submit=gettext("Flytt"),
        cancel=found.address(),
    )
    return form_page.answer(request, page)


TAKE, DECLINE = "ta", "nei"


@page_or_post
@signed_in_only
def offer(request: Request, slug: str, number: str) -> HttpResponse:
    """Takes the place that is offered, or lets the next have it, which is asked once more."""
    found = asked(request, slug, number, to_decide=True)
    held = found.held
    if held is None:
        raise MayNot
    if request.method != "POST":
        return _let_go(request, found)
    pk = request.POST.get("tilbud", "")
    row = get_object_or_404(
        PlaceOffer.objects.select_related("cohort", "wait"),
        pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0,
        wait__rollout=found.rollout,
        wait__municipality=found.municipality,
    )
    takes = request.POST.get("svar") == TAKE
    settle = places.take_offer if takes else places.decline_offer
    by, at = _as(request, held), timezone.now()
    words = (
        gettext("Dere har fått plass i %(cohort)s.") % {"cohort": row.cohort.name}
        if takes
        else gettext("Plassen går til den neste. Dere står fortsatt på ventelisten.")
    )
    try:
        settle(offer=row, by=by, on=clock.today(), at=at)
    except CannotPlace as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words)
    return redirect(found.address())


class _LetGoForm(forms.Form):
    """Nothing to fill in: which offer, and that the next may have it."""

    tilbud = forms.IntegerField(widget=forms.HiddenInput)
    svar = forms.CharField(widget=forms.HiddenInput, initial=DECLINE)


def _let_go(request: Request, found: Asked) -> HttpResponse:
    """It cannot be undone: the next in line is told at once."""
    row = (
        PlaceOffer.objects.filter(
            wait__rollout=found.rollout, wait__municipality=found.municipality, ended_at=None
        )
        .select_related("cohort")
        .first()
    )
    if row is None:
        return redirect(found.address())
    page = FormPage(
        heading=gettext("La den neste få plassen"),
        kicker=found.code.qualified_name,
        trail=found.trail(),
        lead=gettext("Det er et tilbud om plass i %(cohort)s, med svarfrist %(day)s.")
        % {"cohort": row.cohort.name, "day": formats.long_date(row.answer_by)},
        form=_LetGoForm(initial={"tilbud": row.pk}),
        submit=gettext("La den neste få plassen"),
        cancel=found.address(),
        danger=True,
        warning=gettext("Plassen går til den neste. Dere står fortsatt på ventelisten."),
    )
    return form_page.answer(request, page)

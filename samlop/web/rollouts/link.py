"""The link in an invitation: read, sent on and answered without signing in.

Whoever holds it reads the basis of one municipality, and nothing else. To answer takes a code to
the address of the person whose link it is.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission, Place, Role
from samlop.accounts.texts import ROLES
from samlop.lib.days import local_day
from samlop.lib.errors import Refused
from samlop.rollouts.models import Answer, InvitationLink
from samlop.rollouts.queries import answers
from samlop.rollouts.queries import basis as basis_queries
from samlop.rollouts.queries import invitations as queries
from samlop.rollouts.queries.basis import BasisFor
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.services import invitation_links as services
from samlop.rollouts.services import receipts
from samlop.rollouts.services.invitations import CannotInvite
from samlop.rollouts.texts.answers import STATES
from samlop.web import clock, render
from samlop.web.acting import Acting
from samlop.web.form_page import FormPage, accepted
from samlop.web.request import PublicRequest
from samlop.web.rollouts import answering, changes, link_standing
from samlop.web.rollouts.answer_forms import FIELDS, AnswerForm, answer_form
from samlop.web.rollouts.basis_body import BasisBody, basis_body
from samlop.web.rollouts.basis_views import paper_answer
from samlop.web.rollouts.changes import ChangedNote
from samlop.web.rollouts.link_standing import Notice

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
PAPERS: Final = frozenset({"docx", "pdf"})
CODE: Final = "kode"


@dataclass(frozen=True, slots=True, kw_only=True)
class GonePage:
    """For a link that opens nothing; what it was to is not told."""

    sign_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    rollout: str
    municipality: str
    summary: str
    # How things stand: a pause, what has been answered, the place it led to.
    notices: tuple[Notice, ...]
    # Nothing has been answered, and the rollout takes answers.
    asks: bool
    answer_by: date
    # The deadline has passed; an answer is still taken.
    late: bool
    change_until: date
    works_until: date
    answered: bool
    # Where a place that is offered is taken or left to the next; empty without an offer.
    offer: str
    changed: ChangedNote | None
    room_reason: str
    docx: str
    pdf: str
    send_on: str
    answer: str
    takes: bool
    may_answer: bool
    # The rollout's own page, which everybody may read.
    about: str
    body: BasisBody


def _opened(token: str) -> InvitationLink | None:
    return services.opened(token, at=timezone.now())


def _works_until(link: InvitationLink) -> date:
    """The last day it opens anything."""
    return local_day(link.expires_at - timedelta(microseconds=1))


def _gone(request: PublicRequest) -> HttpResponse:
    page = GonePage(sign_in=reverse("account_login"))
    return render.page(request, "rollouts/link_gone.html", page, status=404)


def _basis(link: InvitationLink, on: date) -> BasisFor | None:
    """As the municipality's own people read it: the link is one of theirs."""
    invitation = link.invitation
    return basis_queries.basis_for(invitation.rollout, invitation.municipality_id, on, inside=True)


@require_safe
@never_cache
def show(request: PublicRequest, token: str) -> HttpResponse:
    """Everything needed to decide, and the ways on."""
    link = _opened(token)
    if link is None:
        return _gone(request)
    today = clock.today()
    found = _basis(link, today)
    if found is None:
        # The municipality is no more: what has come instead is invited by itself.
        return _gone(request)
    services.note_opened(link=link, at=timezone.now())
    invitation = link.invitation
    stands = link_standing.of(invitation, today)
    page = LinkPage(
        rollout=invitation.rollout.name,
        municipality=found.name,
        summary=invitation.rollout.summary,
        notices=stands.notices,
        asks=stands.takes and not stands.answered and not stands.reopened,
        answer_by=invitation.answer_by,
        late=invitation.answer_by < today,
        change_until=invitation.change_until,
        works_until=_works_until(link),
        answered=stands.answered,
        offer=reverse("rollouts:answer", args=[invitation.rollout.slug, found.number])
        if stands.offered
        else "",
        changed=changes.note(invitation, found.number, on=today),
        room_reason=invitation.room_reason,
        docx=f"{reverse('rollouts:link_paper', args=[token])}?format=docx",
        pdf=f"{reverse('rollouts:link_paper', args=[token])}?format=pdf",
        send_on=reverse("rollouts:link_send_on", args=[token]),
        answer=_where_to_answer(request, token, link, found),
        takes=stands.takes,
        may_answer=services.may_answer(link, on=today),
        about=reverse("rollouts:show", args=[invitation.rollout.slug]),
        body=basis_body(found),
    )
    return render.page(request, "rollouts/link.html", page)


def _where_to_answer(
    request: PublicRequest, token: str, link: InvitationLink, found: BasisFor
) -> str:
    """Whoever is signed in with the mandate needs no code."""
    place = Place(municipality=link.invitation.municipality_id)
    if request.access.may(Permission.ANSWER_INVITATION, place):
        return reverse("rollouts:answer", args=[link.invitation.rollout.slug, found.number])
    return reverse("rollouts:link_answer", args=[token])


@require_safe
@never_cache
def paper(request: PublicRequest, token: str) -> HttpResponse:
    """The saksframlegg of the link's own municipality."""
    link = _opened(token)
    if link is None:
        return _gone(request)
    ending = request.GET.get("format", "docx")
    found = _basis(link, clock.today())
    if ending not in PAPERS or found is None:
        raise Http404
    return paper_answer(found, ending)


# --- sending it on ---


class SendOnForm(forms.Form):
    """To one who may answer, or to an address in the municipality."""

    to = forms.ChoiceField(label=_("Hvem bestemmer dette?"), widget=forms.RadioSelect)
    address = forms.EmailField(
        label=_("Jobbadresse"),
        required=False,
        help_text=_("En e-postadresse i kommunen, når personen ikke står over."),
        error_messages={"invalid": _("Skriv en e-postadresse, som navn@kommune.no.")},
    )

    def __init__(self, *args: object, people: list[tuple[str, str, str]], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self._addresses = {key: address for key, _, address in people}
        field = cast("forms.ChoiceField", self.fields["to"])
        field.choices = [
            *((key, words) for key, words, _ in people),
            ("other", gettext("En annen i kommunen")),
        ]
        field.error_messages["required"] = gettext("Velg hvem lenken skal sendes til.")
        if not people:
            field.initial = "other"
            field.widget = forms.HiddenInput()
            self.fields["address"].help_text = gettext("En e-postadresse i kommunen.")

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("to") == "other" and not data.get("address") and "address" not in self.errors:
            self.add_error("address", gettext("Skriv en e-postadresse, som navn@kommune.no."))
        return data

    @property
    def chosen(self) -> str:
        key = str(self.cleaned_data["to"])
        return self._addresses.get(key) or str(self.cleaned_data["address"])


@page_or_post
@never_cache
def send_on(request: PublicRequest, token: str) -> HttpResponse:
    """«Jeg bestemmer ikke dette»: somebody else gets a link of her own."""
    link = _opened(token)
    if link is None:
        return _gone(request)
    form = SendOnForm(
        request.POST if request.method == "POST" else None, people=_people(link, clock.today())
    )
    if form.is_valid():
        try:
            services.send_on(link=link, address=form.chosen, at=timezone.now())
        except Refused as refused:
            form.add_error("address" if form.cleaned_data["to"] == "other" else "to", str(refused))
        else:
            messages.success(request, gettext("Lenken er sendt videre."))
            return redirect("rollouts:link", token)
    page = FormPage(
        heading=gettext("Send invitasjonen videre"),
        kicker=link.invitation.rollout.name,
        lead=gettext(
            "Den som får den, får sin egen lenke. Bare den som er registrert med fullmakt i "
            "kommunen, kan svare."
        ),
        form=form,
        submit=gettext("Send videre"),
        cancel=reverse("rollouts:link", args=[token]),
        needed_at_times=frozenset({"address"}),
    )
    status = 422 if form.errors else 200
    return render.page(request, "rollouts/link_form.html", page, status=status)


def _people(link: InvitationLink, on: date) -> list[tuple[str, str, str]]:
    """Those who may answer, but for her whose link it is: by role, never by name or address.

    Whoever holds the link may not be signed in, and is not told who works there.
    """
    found = []
    for held in queries.deciders(link.invitation.municipality_id, on=on):
        if held.person_id == link.person_id:
            continue
        words = held.title or str(ROLES[Role(held.role)])
        found.append((f"p{held.pk}", words, held.person.email or ""))
    return found


# --- answering ---

ANSWERED: Final = "invitation_answered"
# What waits for a code, kept so that the code has a page of its own: «Back» sends nothing again.
WAITS: Final = "invitation_waits_for_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    rollout: str
    municipality: str
    address: str
    back: str
    notices: tuple[Notice, ...]
    form: AnswerForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    rollout: str
    answer: str
    address: str
    # What was filled in, so that it travels along.
    hidden: tuple[tuple[str, str], ...]
    # A code was asked for again, and sent.
    again: bool
    refusal: str


@page_or_post
@never_cache
def answer(request: PublicRequest, token: str) -> HttpResponse:
    """The form, then the code, then the receipt; what was filled in is kept all the way."""
    link = _opened(token)
    if link is None:
        return _gone(request)
    today = clock.today()
    invitation = link.invitation
    if RolloutState(invitation.rollout.state) not in ENROLLING or not services.may_answer(
        link, on=today
    ):
        return redirect("rollouts:link", token)
    if request.method != "POST" and CODE in request.GET:
        return _code(request, token, link)
    form = answer_form(
        invitation.rollout,
        invitation.municipality_id,
        request.POST if request.method == "POST" else None,
        on=today,
        cohort=invitation.cohort_id,
    )
    if request.method != "POST" or "tilbake" in request.POST or not form.is_valid():
        return _form(request, token, link, form)
    by = _acting(link)
    content, seen, at = form.content(), form.seen, timezone.now()
    if CODE not in request.POST or "ny" in request.POST:
        if not accepted(
            form,
            lambda: services.rehearse(
                link=link, content=content, seen=seen, by=by, on=today, at=at
            ),
            FIELDS,
        ):
            return _form(request, token, link, form)
        return _ask_for_code(request, token, link, form)
    try:
        services.answer(
            link=link,
            content=content,
            seen=seen,
            code=request.POST[CODE],
            by=by,
            on=today,
            at=at,
        )
    except CannotInvite as refused:
        return _wait_for_code(request, token, link, form, refusal=str(refused))
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form(request, token, link, form)
    request.session[ANSWERED] = link.pk
    request.session.pop(WAITS, None)
    return redirect("rollouts:link_receipt", token)


def _acting(link: InvitationLink) -> Acting:
    """As the history will name her: by the role that lets her answer."""
    with translation.override("nb"):
        return Acting(link.person_id, str(ROLES[Role.DECISION_MAKER]))


def _form(
    request: PublicRequest, token: str, link: InvitationLink, form: AnswerForm
) -> HttpResponse:
    if form.is_bound and form.non_field_errors():
        newest = answers.newest(link.invitation.rollout_id, link.invitation.municipality_id)
        form.seeing(newest.number if newest is not None else 0)
    page = AnswerPage(
        rollout=link.invitation.rollout.name,
        municipality=queries.name_of(link.invitation.municipality_id),
        address=reverse("rollouts:link_answer", args=[token]),
        back=reverse("rollouts:link", args=[token]),
        notices=link_standing.of(link.invitation, clock.today()).notices,
        form=form,
    )
    status = 422 if form.errors else 200
    return render.page(request, "rollouts/link_answer.html", page, status=status)


def _ask_for_code(
    request: PublicRequest, token: str, link: InvitationLink, form: AnswerForm
) -> HttpResponse:
    try:
        services.send_code(link=link, on=clock.today(), at=timezone.now())
    except Refused as refused:
        return _wait_for_code(request, token, link, form, refusal=str(refused))
    return _wait_for_code(request, token, link, form)


def _wait_for_code(
    request: PublicRequest,
    token: str,
    link: InvitationLink,
    form: AnswerForm,
    *,
    refusal: str = "",
) -> HttpResponse:
    kept = [name for name in form.fields if name in request.POST]
    request.session[WAITS] = {
        "link": link.pk,
        "answer": form.content().state.value,
        "hidden": [[name, value] for name in kept for value in request.POST.getlist(name)],
        "again": "ny" in request.POST and not refusal,
        "refusal": refusal,
    }
    return redirect(f"{reverse('rollouts:link_answer', args=[token])}?{CODE}")


def _code(request: PublicRequest, token: str, link: InvitationLink) -> HttpResponse:
    waits = request.session.get(WAITS)
    if waits is None or waits["link"] != link.pk:
        # It has been answered, or was filled in somewhere else.
        return redirect("rollouts:link_receipt", token)
    page = CodePage(
        rollout=link.invitation.rollout.name,
        answer=str(STATES[AnswerState(waits["answer"])]),
        address=reverse("rollouts:link_answer", args=[token]),
        hidden=tuple((name, value) for name, value in waits["hidden"]),
        again=waits["again"],
        refusal=waits["refusal"],
    )
    return render.page(request, "rollouts/link_code.html", page)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    rollout: str
    municipality: str
    lines: tuple[tuple[str, str], ...]
    # None when the day that was told has passed: the question was put once more.
    change_until: date | None
    has_postmottak: bool
    back: str
    pdf: str
    # Empty when the answer puts nothing in a calendar.
    calendar: str


@require_safe
@never_cache
def receipt(request: PublicRequest, token: str) -> HttpResponse:
    """What was registered: for the browser that answered, not for everybody with the link."""
    link = _opened(token)
    if link is None:
        return _gone(request)
    invitation = link.invitation
    row = (
        Answer.objects.filter(
            rollout=invitation.rollout_id, municipality=invitation.municipality_id
        )
        .select_related("rollout")
        .order_by("-number")
        .first()
    )
    if row is None or request.session.get(ANSWERED) != link.pk:
        return redirect("rollouts:link", token)
    wanted, events = request.GET.get("format"), answering.days(row)
    if wanted == "pdf":
        return answering.receipt_pdf(row)
    if wanted == "ics" and events:
        return answering.receipt_calendar(row, events)
    here = reverse("rollouts:link_receipt", args=[token])
    page = ReceiptPage(
        rollout=invitation.rollout.name,
        municipality=queries.name_of(invitation.municipality_id),
        lines=receipts.lines(row),
        change_until=invitation.change_until if clock.today() <= invitation.change_until else None,
        has_postmottak=bool(invitation.municipality.postmottak),
        back=reverse("rollouts:link", args=[token]),
        pdf=f"{here}?format=pdf",
        calendar=f"{here}?format=ics" if events else "",
    )
    return render.page(request, "rollouts/link_receipt.html", page)

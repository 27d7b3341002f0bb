"""«Tilbakemelding»: one line to those who make the solution, and what they answer."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission, Place
from samlop.rollouts.models import Feedback, Rollout
from samlop.rollouts.rules.followup import MOST_FEEDBACK, MOST_REPLY, FollowRefusal
from samlop.rollouts.services import followup as services
from samlop.web import clock, form_page, render
from samlop.web.form_page import FormPage
from samlop.web.request import PublicRequest, Request
from samlop.web.rollouts.frame import Frame, address, frame, load, trail
from samlop.web.rollouts.rights import MayNot, Standing, require_work
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


class TellForm(forms.Form):
    text = forms.CharField(
        label=_("Tilbakemelding til prosjektet"),
        help_text=_("Én linje om noe som bør bli bedre, eller som virker godt."),
        max_length=MOST_FEEDBACK,
        error_messages={"required": _("Skriv en tekst.")},
    )


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Svar"),
        max_length=MOST_REPLY,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Skriv en tekst.")},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackLine:
    text: str
    who: str
    day: date
    reply: str
    replied_as: str
    replied_on: date | None
    # Where it is answered, for those who may.
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPage:
    frame: Frame
    lines: tuple[FeedbackLine, ...]
    # None for those who do not work in the rollout.
    form: TellForm | None


def may_read(request: PublicRequest | Request, rollout: Rollout, found: Standing) -> bool:
    """The working group, those who make the solution, and the coordination group."""
    return found.sees_all or may_reply(request, rollout)


def may_reply(request: PublicRequest | Request, rollout: Rollout) -> bool:
    return request.access.may(Permission.EDIT_SOLUTION, Place(solution=rollout.solution.slug))


@page_or_post
@signed_in_only
def feedback(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    found = frame(request, rollout, active="municipalities")
    if not may_read(request, rollout, found.standing):
        raise MayNot
    form: TellForm | None = TellForm() if found.standing.works else None
    if request.method == "POST":
        by = require_work(request, rollout)
        form = TellForm(request.POST)
        if form.is_valid() and form_page.accepted(
            form,
            lambda: services.tell(
                rollout=rollout,
                text=form.cleaned_data["text"],
                person=request.user,
                by=by,
                on=clock.today(),
                at=timezone.now(),
            ),
            {FollowRefusal.NO_WORDS: "text"},
        ):
            messages.success(request, gettext("Tilbakemeldingen er sendt."))
            return redirect(address(rollout, "feedback"))
    replies = may_reply(request, rollout)
    rows = Feedback.objects.filter(rollout=rollout).order_by("-written_at", "-pk")
    page = FeedbackPage(
        frame=found,
        lines=tuple(_line(row, rollout, replies=replies) for row in rows),
        form=form,
    )
    status = 422 if form is not None and form.errors else 200
    return render.page(request, "rollouts/feedback.html", page, status=status)


def _line(row: Feedback, rollout: Rollout, *, replies: bool) -> FeedbackLine:
    return FeedbackLine(
        text=row.text,
        who=row.written_as,
        day=timezone.localtime(row.written_at).date(),
        reply=row.reply,
        replied_as=row.replied_as,
        replied_on=timezone.localtime(row.replied_at).date() if row.replied_at else None,
        answer=address(rollout, "reply_feedback", row.pk) if replies and not row.reply else "",
    )


@page_or_post
@signed_in_only
def reply(request: Request, slug: str, pk: int) -> HttpResponse:
    rollout = load(request, slug)
    row = get_object_or_404(Feedback, pk=pk, rollout=rollout)
    request.access.require(Permission.EDIT_SOLUTION, Place(solution=rollout.solution.slug))
    form = ReplyForm(request.POST if request.method == "POST" else None)
    back = address(rollout, "feedback")
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.reply(
            feedback=row,
            text=form.cleaned_data["text"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        {FollowRefusal.NO_WORDS: "text"},
    ):
        messages.success(request, gettext("Svaret er sendt."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Svar på tilbakemeldingen"),
        form=form,
        submit=gettext("Send svaret"),
        cancel=back,
        kicker=rollout.name,
        trail=(*trail(rollout), (gettext("Tilbakemeldinger"), back)),
        lead=row.text,
    )
    return form_page.answer(request, page)

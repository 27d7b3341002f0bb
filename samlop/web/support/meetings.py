"""«Lag møtegrunnlag»: tick the parts, look, download, and say afterwards what was taken up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission
from samlop.lib import paper
from samlop.municipalities.models import Region
from samlop.rollouts.models import MeetingPaper, Rollout
from samlop.rollouts.queries import meeting as queries
from samlop.rollouts.queries.meeting import ComingRollout
from samlop.rollouts.rules.meetings import Audience, MeetingBlock, MeetingKind, MeetingRefusal
from samlop.rollouts.rules.rollouts import RolloutKind
from samlop.rollouts.services import meetings as services
from samlop.rollouts.services.meetings import Chosen
from samlop.rollouts.texts import help as texts
from samlop.web import clock, formats, render
from samlop.web.form_page import accepted, made
from samlop.web.regions.rights import place_of
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.support import meeting_paper
from samlop.web.support.follow_up import group_region
from samlop.web.support.forms import MeetingForm, TakenUpForm

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
FIRST_PERIOD: Final = timedelta(days=90)
FIELDS: Final[Mapping[StrEnum, str]] = {
    MeetingRefusal.NO_BLOCKS: "blocks",
    MeetingRefusal.TOO_MANY_LINES: "own_text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    words: str
    address: str
    taken_up: str
    minutes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingsPage:
    name: str
    slug: str
    form: MeetingForm
    papers: tuple[PaperLine, ...]
    # Of a paper that is being changed.
    changes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    name: str
    slug: str
    title: str
    kicker: str
    blocks: tuple[dict[str, Any], ...]
    audience: str
    address: str
    change: str
    taken_up: str
    minutes: str
    # None until the day of the meeting.
    form: TakenUpForm | None
    held_on: date


@page_or_post
@signed_in_only
def meetings(request: Request, slug: str) -> HttpResponse:
    """A new paper, and those that were made before."""
    region = _region(request, slug)
    return _choose(request, region, None)


@page_or_post
@signed_in_only
def change(request: Request, slug: str, pk: int) -> HttpResponse:
    """Tick other parts of a paper."""
    region = _region(request, slug)
    return _choose(request, region, get_object_or_404(MeetingPaper, pk=pk, region=region))


def _region(request: Request, slug: str) -> Region:
    region = group_region(slug)
    request.access.require(Permission.FOLLOW_UP, place_of(region.pk))
    return region


def _choose(request: Request, region: Region, row: MeetingPaper | None) -> HttpResponse:
    before = queries.papers(region.pk)
    form = MeetingForm(
        request.POST if request.method == "POST" else None, initial=_initial(row, before)
    )
    if form.is_valid():
        found = form.cleaned_data
        kept = made(
            form,
            lambda: services.prepare(
                region=region,
                chosen=Chosen(
                    kind=MeetingKind(found["kind"]),
                    held_on=found["held_on"],
                    since=found["since"],
                    blocks=[MeetingBlock(code) for code in found["blocks"]],
                    audience=Audience(found["audience"]),
                    own_text=found["own_text"],
                ),
                person=request.user,
                by=request.access.acting,
                at=timezone.now(),
                paper=row,
            ),
            FIELDS,
        )
        if kept is not None:
            return redirect("support:meeting", region.slug, kept.pk)
    page = MeetingsPage(
        name=region.name,
        slug=region.slug,
        form=form,
        papers=tuple(
            PaperLine(
                words=_words(one.kind, one.held_on),
                address=reverse("support:meeting", args=[region.slug, one.pk]),
                taken_up=formats.long_date(timezone.localdate(one.taken_up_at))
                if one.taken_up_at
                else "",
                minutes=one.minutes,
            )
            for one in before
        ),
        changes=_words(row.kind, row.held_on) if row else "",
    )
    return render.page(request, "support/meetings.html", page, status=422 if form.errors else 200)


def _words(kind: str, held_on: date) -> str:
    return f"{texts.MEETING_KINDS[MeetingKind(kind)]}, {formats.long_date(held_on)}"


def _initial(row: MeetingPaper | None, before: tuple[queries.Held, ...]) -> dict[str, Any]:
    """A new one begins where the last meeting ended, with everything ticked."""
    if row is not None:
        return {
            "kind": row.kind,
            "held_on": row.held_on,
            "since": row.since,
            "blocks": row.blocks,
            "own_text": row.own_text,
            "audience": row.audience,
        }
    today = clock.today()
    held = [one.held_on for one in before if one.held_on <= today]
    return {
        "kind": before[0].kind if before else MeetingKind.STEERING_GROUP.value,
        "since": max(held) if held else today - FIRST_PERIOD,
        "blocks": [block.value for block in MeetingBlock],
        "audience": Audience.MEETING.value,
    }


@page_or_post
@signed_in_only
def meeting(request: Request, slug: str, pk: int) -> HttpResponse:
    """How the paper reads, its files, and after the meeting what was taken up there."""
    region = _region(request, slug)
    row = get_object_or_404(MeetingPaper.objects.select_related("region"), pk=pk, region=region)
    today = clock.today()
    written = meeting_paper.paper_of(row, on=today)
    if (as_format := request.GET.get("format")) is not None:
        return _file(written, as_format, row)
    form = None
    if row.held_on <= today:
        own = [one for one in queries.coming(region.pk) if one.kind is RolloutKind.REGION]
        form = TakenUpForm(
            [(str(one.pk), one.name) for one in own],
            request.POST if request.method == "POST" else None,
            initial={"rollouts": _anchored(own, row), "minutes": row.minutes},
        )
        if form.is_valid() and _take_up(request, row, form, on=today):
            messages.success(request, gettext("Lagret: tatt opp i møtet."))
            return redirect("support:meeting", slug, pk)
    page = PreviewPage(
        name=region.name,
        slug=slug,
        title=written.title,
        kicker=written.kicker,
        blocks=tuple(dict(paper.as_data(block)) for block in written.blocks),
        audience=str(texts.AUDIENCES[Audience(row.audience)]),
        address=reverse("support:meeting", args=[slug, pk]),
        change=reverse("support:change_meeting", args=[slug, pk]),
        taken_up=formats.long_date(timezone.localdate(row.taken_up_at)) if row.taken_up_at else "",
        minutes=row.minutes,
        form=form,
        held_on=row.held_on,
    )
    status = 422 if form is not None and form.errors else 200
    return render.page(request, "support/meeting.html", page, status=status)


def _anchored(own: list[ComingRollout], row: MeetingPaper) -> list[str]:
    return [str(one.pk) for one in own if one.anchored_on == row.held_on]


def _take_up(request: Request, row: MeetingPaper, form: TakenUpForm, *, on: date) -> bool:
    chosen = [int(pk) for pk in form.cleaned_data["rollouts"]]
    return accepted(
        form,
        lambda: services.taken_up(
            paper=row,
            rollouts=list(Rollout.objects.filter(pk__in=chosen).order_by("pk")),
            minutes=form.cleaned_data["minutes"],
            by=request.access.acting,
            on=on,
            at=timezone.now(),
        ),
    )


def _file(written: paper.Paper, as_format: str, row: MeetingPaper) -> HttpResponse:
    name = f"motegrunnlag-{row.held_on.isoformat()}"
    if as_format == "docx":
        content, kind = paper.to_docx(written), paper.DOCX_TYPE
    elif as_format == "pdf":
        content, kind = paper.to_pdf(written, at=timezone.now()).content, paper.PDF_TYPE
    else:
        raise Http404(gettext("Ukjent format"))
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}.{as_format}"'},
    )

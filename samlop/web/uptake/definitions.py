"""What each stage means for a solution, in versions; the programme writes the next one."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import Permission, Place
from samlop.portfolio.models import Solution
from samlop.uptake.models import StageDefinition
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules.stages import Stage, StageRefusal
from samlop.uptake.services import stages as services
from samlop.uptake.services.stages import CannotSay
from samlop.uptake.texts.stages import STAGES
from samlop.web import clock, form_page, render
from samlop.web.form_page import FormPage
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import Frame, frame, trail
from samlop.web.uptake import words
from samlop.web.uptake.forms import DefinitionForm

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAY = Permission.EDIT_DEFINITIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    number: int
    words: str
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A stage: what it means on the day, what is to come, what it meant before."""

    stage: str
    now: Version | None
    coming: tuple[Version, ...]
    earlier: tuple[Version, ...]
    edit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionsPage:
    frame: Frame
    uptake: str
    meanings: tuple[Meaning, ...]


@require_safe
def definitions(request: PublicRequest, slug: str) -> HttpResponse:
    """Every version of what each stage means here."""
    solution = get_object_or_404(Solution, slug=slug)
    on, today = clock.chosen_day(request), clock.today()
    may_edit = on == today and request.access.may(MAY, Place(solution=slug))
    now = queries.definitions(solution.pk, on)
    versions: dict[Stage, list[StageDefinition]] = {}
    for row in StageDefinition.objects.filter(solution=solution).order_by(
        "-valid_from", "-version"
    ):
        versions.setdefault(Stage(row.stage), []).append(row)
    page = DefinitionsPage(
        frame=frame(request, solution, active="uptake"),
        uptake=reverse("uptake:solution", args=[slug]),
        meanings=tuple(
            _meaning(
                stage,
                versions.get(stage, []),
                now.get(stage),
                on=on,
                edit=reverse("uptake:define", args=[slug, words.ADDRESSES[stage]])
                if may_edit
                else "",
            )
            for stage in words.ladder(joint_process=solution.is_joint_process)
        ),
    )
    return render.page(request, "uptake/definitions.html", page)


def _meaning(
    stage: Stage,
    versions: list[StageDefinition],
    now: StageDefinition | None,
    *,
    on: date,
    edit: str,
) -> Meaning:
    others = [one for one in versions if now is None or one.pk != now.pk]
    return Meaning(
        stage=str(STAGES[stage]),
        now=_version(now) if now is not None else None,
        coming=tuple(_version(one) for one in others if one.valid_from > on),
        earlier=tuple(_version(one) for one in others if one.valid_from <= on),
        edit=edit,
    )


def _version(row: StageDefinition) -> Version:
    return Version(
        number=row.version, words=row.words, source=row.source, valid_from=row.valid_from
    )


@page_or_post
@signed_in_only
def define(request: Request, slug: str, stage: str) -> HttpResponse:
    """The next version of what a stage means, begun with the newest."""
    solution = get_object_or_404(Solution, slug=slug)
    found = words.OF_ADDRESS.get(stage)
    if found not in words.ladder(joint_process=solution.is_joint_process):
        raise Http404
    assert found is not None  # noqa: S101 - it is on the ladder
    request.access.require(MAY, Place(solution=slug))
    back = reverse("uptake:definitions", args=[slug])
    newest = (
        StageDefinition.objects.filter(solution=solution, stage=found.value)
        .order_by("-version")
        .first()
    )
    form = DefinitionForm(
        request.POST if request.method == "POST" else None,
        initial={
            "words": newest.words if newest else "",
            "source": newest.source if newest else "",
            "valid_from": clock.today(),
            "seen": newest.version if newest else 0,
        },
    )
    if form.is_valid():
        try:
            services.define(
                solution=solution,
                stage=found,
                words=form.cleaned_data["words"],
                source=form.cleaned_data["source"],
                valid_from=form.cleaned_data["valid_from"],
                seen=form.cleaned_data["seen"],
                by=request.access.acting,
                at=timezone.now(),
            )
        except CannotSay as refused:
            form.add_error(
                "words" if refused.refusal is StageRefusal.NO_WORDS else None, str(refused)
            )
            # From now on the form replaces the version that she is told of.
            form.data = {**request.POST.dict(), "seen": str(newest.version if newest else 0)}
        else:
            messages.success(request, gettext("Ny versjon er lagret, og vises for alle."))
            return redirect(back)
    page = FormPage(
        heading=gettext("Hva betyr «%(stage)s»?") % {"stage": STAGES[found]},
        form=form,
        submit=gettext("Lagre ny versjon"),
        cancel=back,
        trail=(
            *trail(frame(request, solution, active="uptake")),
            (gettext("Utbredelse"), reverse("uptake:solution", args=[slug])),
            (gettext("Hva stegene betyr"), back),
        ),
        kicker=solution.name,
        lead=gettext("Slik gjelder det nå: %(words)s") % {"words": newest.words}
        if newest is not None and form.errors
        else "",
    )
    return form_page.answer(request, page)

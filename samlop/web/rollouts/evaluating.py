"""What municipalities have learnt of a rollout, and the three questions they are asked."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import PERMITS, Permission
from samlop.municipalities.models import MunicipalityCode
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import evaluations as queries
from samlop.rollouts.queries.evaluations import Said
from samlop.rollouts.rules import evaluations as rules
from samlop.rollouts.rules.evaluations import MOST_WORDS, Again, EvaluationRefusal
from samlop.rollouts.services import evaluations as services
from samlop.rollouts.texts import evaluations as texts
from samlop.web import clock, downloads, form_page, formats, render
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.form_page import FormPage
from samlop.web.municipalities.views import required
from samlop.web.request import PublicRequest, Request
from samlop.web.rollouts.feedback import may_reply
from samlop.web.rollouts.frame import Frame, address, frame, load, trail
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


class EvaluateForm(forms.Form):
    """One tap is enough when it went well."""

    again = forms.ChoiceField(
        label=_("Ville dere gjort det slik igjen?"),
        choices=texts.again_choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg et svar.")},
    )
    worked = forms.CharField(
        label=_("Hva virket godt?"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    otherwise = forms.CharField(
        label=_("Hva bør være annerledes?"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


FIELDS: Final[Mapping[StrEnum, str]] = {EvaluationRefusal.NO_WORDS: "otherwise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationLine:
    """What one municipality has said, for those who may read it."""

    name: str
    address: str
    cohort: str
    again: str
    color: str
    worked: str
    otherwise: str
    who: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What has come in, and what the leader concluded."""

    answered: int
    asked: int
    progress: str
    # Words and count of each kind of answer; empty when they cannot be told to the reader.
    sums: tuple[tuple[str, int], ...]
    conclusion: str
    link: str

    @property
    def anything(self) -> bool:
        return bool(self.asked or self.answered or self.conclusion)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPage:
    frame: Frame
    learnt: Learnt
    lines: tuple[EvaluationLine, ...]
    # Those the reader answers for: name, address, and whether they have answered.
    own: tuple[tuple[str, str, bool], ...]
    csv: str
    xlsx: str
    json: str


_COLORS: Final = {Again.YES: "success", Again.PARTLY: "info", Again.NO: "warning"}


@require_safe
def evaluation(request: PublicRequest, slug: str) -> HttpResponse:
    """How many have answered, what they say to those who may read it, and the conclusion."""
    rollout = load(request, slug)
    found = frame(request, rollout, active="evaluation")
    on = clock.today()
    everything = queries.said(rollout)
    asked = queries.asked(on, rollout=rollout.pk)
    names = _names(
        {*(one.municipality for one in everything), *(one.municipality for one in asked)}
    )
    mine = seen(request, rollout, found, everything)
    lines = tuple(_line(one, names) for one in mine if one.municipality in names)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(_download(lines, on), as_format)
    own = {
        grant.municipality
        for grant in request.access.grants
        if Permission.EVALUATE_ROLLOUT in PERMITS[grant.role]
    }
    page = EvaluationPage(
        frame=found,
        learnt=_learnt(rollout, everything, mine, asked=asked),
        lines=lines,
        own=tuple(
            (
                names[one.municipality][1],
                evaluate_address(slug, names[one.municipality][0]),
                one.answered,
            )
            for one in asked
            if one.municipality in own and one.municipality in names
        ),
        csv=changed(request.GET, format="csv"),
        xlsx=changed(request.GET, format="xlsx"),
        json=changed(request.GET, format="json"),
    )
    return render.page(request, "rollouts/evaluation.html", page)


@page_or_post
@signed_in_only
def evaluate(request: Request, slug: str, number: str) -> HttpResponse:
    """Three questions to a municipality that has been through a cohort."""
    rollout = load(request, slug)
    own = required(request, number, Permission.EVALUATE_ROLLOUT)
    on = clock.today()
    back = reverse("municipalities:show", args=[own.code.number])
    asked = queries.question(rollout.pk, own.row.pk, on)
    if asked is None:
        messages.info(request, str(texts.REFUSALS[EvaluationRefusal.NOT_ASKED]))
        return redirect(address(rollout, "evaluation"))
    before = queries.newest(asked.place)
    form = EvaluateForm(
        request.POST if request.method == "POST" else None,
        initial={
            "again": before.again,
            "worked": before.worked,
            "otherwise": before.otherwise,
        }
        if before is not None
        else None,
    )
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.evaluate(
            rollout=rollout,
            municipality=own.row,
            again=Again(form.cleaned_data["again"]),
            worked=form.cleaned_data["worked"],
            otherwise=form.cleaned_data["otherwise"],
            by=request.access.acting,
            on=on,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Takk. Svaret kan endres til løpet er avsluttet."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Hva har dere lært av %(rollout)s?") % {"rollout": rollout.name},
        form=form,
        submit=gettext("Send svaret"),
        cancel=back,
        kicker=own.code.qualified_name,
        trail=(*trail(rollout), (gettext("Evaluering"), address(rollout, "evaluation"))),
        lead=gettext(
            "Tre spørsmål om %(cohort)s. Kontaktpersonen, arbeidsgruppen, koordineringsgruppen og "
            "de som lager løsningen, leser svaret."
        )
        % {"cohort": asked.cohort_name},
    )
    return form_page.answer(request, page)


def evaluate_address(slug: str, number: str) -> str:
    """Where a municipality says what it has learnt."""
    return reverse("rollouts:evaluate", args=[slug, number])


def learnt(request: PublicRequest | Request, rollout: Rollout, found: Frame) -> Learnt:
    """What has come in so far, as the reader may know it. Two queries."""
    everything = queries.said(rollout)
    return _learnt(
        rollout,
        everything,
        seen(request, rollout, found, everything),
        asked=queries.asked(clock.today(), rollout=rollout.pk),
    )


def seen(
    request: PublicRequest | Request, rollout: Rollout, found: Frame, everything: Collection[Said]
) -> tuple[Said, ...]:
    """Those whose words the reader may read: as for answers, and all for the solution's makers."""
    everybody = found.standing.sees_all or may_reply(request, rollout)
    return tuple(one for one in everything if everybody or found.standing.sees(one.municipality))


def _learnt(
    rollout: Rollout,
    everything: Collection[Said],
    mine: Collection[Said],
    *,
    asked: Collection[queries.Asked],
) -> Learnt:
    counts = Counter(one.again for one in everything)
    told = rules.safe_sums(counts, Counter(one.again for one in mine))
    # Who has answered is asked no more once the rollout has ended.
    whole = len({one.municipality for one in asked} | {one.municipality for one in everything})
    return Learnt(
        answered=len(everything),
        asked=whole,
        progress=ngettext(
            "%(answered)s av %(asked)s kommune har svart på evalueringen.",
            "%(answered)s av %(asked)s kommuner har svart på evalueringen.",
            whole,
        )
        % {"answered": formats.number(len(everything)), "asked": formats.number(whole)}
        if whole
        else "",
        sums=tuple((str(texts.AGAIN[one]), counts[one]) for one in Again)
        if told and everything
        else (),
        conclusion=rollout.conclusion,
        link=rollout.conclusion_link,
    )


def _names(municipalities: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Number and name as they are now, or were last. One query."""
    rows = (
        MunicipalityCode.objects.filter(municipality__in=municipalities)
        .order_by("municipality_id", "-valid_from")
        .distinct("municipality_id")
    )
    return {row.municipality_id: (row.number, row.qualified_name) for row in rows}


def _line(one: Said, names: Mapping[int, tuple[str, str]]) -> EvaluationLine:
    number, name = names[one.municipality]
    return EvaluationLine(
        name=name,
        address=reverse("municipalities:show", args=[number]),
        cohort=one.cohort,
        again=str(texts.AGAIN[one.again]),
        color=_COLORS[one.again],
        worked=one.worked,
        otherwise=one.otherwise,
        who=one.given_as,
        day=timezone.localtime(one.given_at).date(),
    )


def _download(lines: Collection[EvaluationLine], on: date) -> Download:
    return Download(
        name="evaluering",
        sheet=gettext("Evaluering"),
        on=on,
        fields=(
            Field("kommune", gettext("Kommune"), 24),
            Field("pulje", gettext("Pulje"), 18),
            Field("igjen", gettext("Slik igjen"), 12),
            Field("virket", gettext("Hva virket godt?"), 50),
            Field("annerledes", gettext("Hva bør være annerledes?"), 50),
            Field("dato", gettext("Dato"), 12),
        ),
        rows=[
            (one.name, one.cohort, one.again, one.worked, one.otherwise, one.day) for one in lines
        ],
    )

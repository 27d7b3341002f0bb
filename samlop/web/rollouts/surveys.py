"""«Kartlegging»: the leader asks, each contact person answers one table for her region."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Rollout, Survey, SurveyAnswer
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules import before as rules
from samlop.rollouts.rules.before import (
    MOST_QUESTION,
    MOST_REMARK,
    MOST_WHOM,
    BeforeRefusal,
    Likely,
    Obstacle,
)
from samlop.rollouts.services import surveys as services
from samlop.rollouts.services.surveys import CannotAsk, Said
from samlop.rollouts.texts import before as texts
from samlop.web import clock, downloads, form_page, formats, render
from samlop.web.acting import Acting
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.fields import DayField
from samlop.web.form_page import FormPage
from samlop.web.request import Request
from samlop.web.rollouts.frame import Frame, address, frame, load, trail
from samlop.web.rollouts.rights import MayNot, Standing, require_work
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
USUAL_TIME: Final = timedelta(weeks=3)
# So many rows that one would rather choose among them, and have them as a file.
MANY: Final = 2
UNANSWERED: Final = "ingen"
# The fields of a row, by what they are called in the form: «trolig-42».
_NAME: Final = re.compile(r"(hinder|trolig|hvem|merknad)-(\d{1,9})")


class AskForm(forms.Form):
    """What the contact persons are asked."""

    question = forms.CharField(
        label=_("Hva vil du vite?"),
        help_text=_("Står øverst i kartleggingen og i e-posten."),
        max_length=MOST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    answer_by = DayField(label=_("Svar innen"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow:
    """One municipality; the names of its fields end with `key`."""

    key: int
    number: str
    name: str
    region: str
    obstacle: str
    obstacle_words: str
    likely: str
    likely_words: str
    ask_whom: str
    remark: str
    answered: bool
    who: str
    day: date | None


@dataclass(frozen=True, slots=True)
class RegionLine:
    """How far a region has come with its rows."""

    name: str
    answered: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPage:
    frame: Frame
    address: str
    question: str
    answer_by: date | None
    closed_on: date | None
    # Those the reader fills in, and those she reads.
    own: tuple[SurveyRow, ...]
    rows: tuple[SurveyRow, ...]
    obstacles: tuple[tuple[str, str], ...]
    likely: tuple[tuple[str, str], ...]
    progress: str
    saved: str
    error: str
    regions: tuple[RegionLine, ...]
    answered: int
    asked: int
    sums: tuple[tuple[str, int], ...]
    # Only those believed so, and the files with the same rows; for whoever reads many.
    believed: str
    beliefs: tuple[tuple[str, str], ...]
    csv: str
    xlsx: str
    # For the leader: asking, when nothing is asked now; and closing.
    ask: str
    target_words: str
    close: str
    most_remark: int = MOST_REMARK
    most_whom: int = MOST_WHOM


@page_or_post
@signed_in_only
def survey(request: Request, slug: str) -> HttpResponse:
    """The newest survey: to ask, to fill in, or to read what is written of one's own."""
    rollout = load(request, slug)
    found = frame(request, rollout, active="survey")
    if not found.standing.insider:
        raise MayNot
    newest = Survey.objects.filter(rollout=rollout).order_by("-asked_at", "-pk").first()
    if request.method == "POST":
        return _filled_in(request, rollout, found, newest)
    if newest is not None and (as_format := downloads.wanted(request.GET)):
        return downloads.answer(_download(rollout, found.standing, newest, request), as_format)
    return _answer(request, rollout, found, newest)


@page_or_post
@signed_in_only
def ask(request: Request, slug: str) -> HttpResponse:
    """Ask every contact person who has a municipality in the target group."""
    rollout = load(request, slug)
    by = require_work(request, rollout)
    on = clock.today()
    back = address(rollout, "survey")
    form = AskForm(
        request.POST if request.method == "POST" else None,
        initial={"answer_by": on + USUAL_TIME},
    )
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.ask(
            rollout=rollout,
            question=form.cleaned_data["question"],
            answer_by=form.cleaned_data["answer_by"],
            by=by,
            on=on,
            at=timezone.now(),
        ),
        {BeforeRefusal.DAY_HAS_PASSED: "answer_by"},
    ):
        messages.success(request, gettext("Kontaktpersonene har fått spørsmålet."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Spør kontaktpersonene"),
        form=form,
        submit=gettext("Send spørsmålet"),
        cancel=back,
        kicker=rollout.name,
        trail=(*trail(rollout), (gettext("Kartlegging"), back)),
        lead=_target_words(rollout, on),
    )
    return form_page.answer(request, page)


class _NothingForm(forms.Form):
    """Nothing to fill in: only whether to go on."""


@page_or_post
@signed_in_only
def close(request: Request, slug: str, pk: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = get_object_or_404(Survey, pk=pk, rollout=rollout)
    back = address(rollout, "survey")
    if request.method == "POST":
        try:
            services.close(survey=row, by=by, at=timezone.now())
        except CannotAsk as refused:
            messages.info(request, str(refused))
        else:
            messages.success(request, gettext("Kartleggingen er avsluttet."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Avslutt kartleggingen"),
        form=_NothingForm(),
        submit=gettext("Avslutt kartleggingen"),
        cancel=back,
        kicker=rollout.name,
        trail=(*trail(rollout), (gettext("Kartlegging"), back)),
        warning=gettext(
            "Kontaktpersonene kan da ikke skrive mer, og det kan ikke gjøres om. Det som er "
            "svart, blir stående."
        ),
    )
    return form_page.answer(request, page)


def _filled_in(
    request: Request, rollout: Rollout, found: Frame, newest: Survey | None
) -> HttpResponse:
    """What was typed, one row or all; htmx gets only how far it has come."""
    if newest is None:
        return redirect(address(rollout, "survey"))
    follows = found.standing.follows_up
    own = {
        row.pk: row
        for row in SurveyAnswer.objects.filter(survey=newest)
        if follows.holds(row.municipality_id)
    }
    if not own:
        raise MayNot
    error = ""
    try:
        services.save_all(
            survey=newest,
            rows=_said(request.POST.items(), own),
            by=_acting(request),
            at=timezone.now(),
        )
    except CannotAsk as refused:
        error = str(refused)
    if render.wants_block(request):
        page = _page(rollout, found, newest, saved=_saved_words(error), error=error)
        # 200 also for a refusal: the words say it, and nothing of the form is replaced.
        return render.block(request, "rollouts/survey.html", "saving", page)
    if error:
        return _answer(request, rollout, found, newest, error=error, status=422)
    messages.success(request, gettext("Svarene er lagret."))
    return redirect(address(rollout, "survey"))


def _acting(request: Request) -> Acting:
    """The contact person; which municipalities she may write of is asked row by row."""
    regions = frozenset(grant.region for grant in request.access.grants if grant.region is not None)
    request.access.require(Permission.FOLLOW_UP, Place(regions=regions))
    return request.access.acting


def _said(sent: Iterable[tuple[str, object]], own: Mapping[int, SurveyAnswer]) -> dict[int, Said]:
    """What was typed, by row; a code that is none counts as not sent, and so do others' rows."""
    obstacles = {"", *(one.value for one in Obstacle)}
    likely = {"", *(one.value for one in Likely)}
    typed: dict[int, dict[str, str]] = {}
    for name, value in sent:
        if (match := _NAME.fullmatch(name)) and int(match[2]) in own:
            typed.setdefault(int(match[2]), {})[match[1]] = str(value)
    return {
        pk: Said(
            obstacle=fields["hinder"] if fields.get("hinder") in obstacles else None,
            likely=fields["trolig"] if fields.get("trolig") in likely else None,
            ask_whom=fields.get("hvem"),
            remark=fields.get("merknad"),
        )
        for pk, fields in typed.items()
    }


def _answer(
    request: Request,
    rollout: Rollout,
    found: Frame,
    newest: Survey | None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    page = _page(rollout, found, newest, error=error, query=request.GET)
    return render.page(request, "rollouts/survey.html", page, status=status)


def _page(
    rollout: Rollout,
    found: Frame,
    newest: Survey | None,
    *,
    saved: str = "",
    error: str = "",
    query: QueryDict | None = None,
) -> SurveyPage:
    """At most five queries, however many rows there are."""
    standing, on = found.standing, clock.today()
    rows = _rows(newest) if newest is not None else ()
    is_open = newest is not None and newest.closed_at is None
    own, read = _shared(rows, standing, is_open=is_open)
    answered = sum(one.answered for one, _pk in rows)
    closed = newest.closed_at if newest else None
    query = query if query is not None else QueryDict()
    many = len(read) >= MANY
    return SurveyPage(
        frame=found,
        address=address(rollout, "survey"),
        question=newest.question if newest else "",
        answer_by=newest.answer_by if newest else None,
        closed_on=timezone.localtime(closed).date() if closed else None,
        own=own,
        rows=_believed(read, query),
        obstacles=(("", gettext("Velg")), *((c, str(w)) for c, w in texts.obstacle_choices())),
        likely=(("", gettext("Velg")), *((c, str(w)) for c, w in texts.likely_choices())),
        progress=_progress_words(own),
        saved=saved,
        error=error,
        regions=_regions([one for one, _pk in rows]) if standing.sees_all else (),
        answered=answered,
        asked=len(rows),
        sums=_sums(rows, standing),
        believed=query.get("trolig", ""),
        beliefs=(
            ("", gettext("Alle")),
            *((code, str(words)) for code, words in texts.likely_choices()),
            (UNANSWERED, gettext("Ikke svart")),
        )
        if many
        else (),
        csv=changed(query, format="csv") if many else "",
        xlsx=changed(query, format="xlsx") if many else "",
        ask=address(rollout, "ask_survey") if standing.works and not is_open else "",
        target_words=_target_words(rollout, on) if standing.works and not is_open else "",
        close=address(rollout, "close_survey", newest.pk)
        if standing.works and newest is not None and is_open
        else "",
    )


def _believed(rows: tuple[SurveyRow, ...], query: QueryDict) -> tuple[SurveyRow, ...]:
    """Those the reader asked for; a word that is none asks for all."""
    wanted = query.get("trolig", "")
    if wanted == UNANSWERED:
        return tuple(row for row in rows if not row.answered)
    if wanted not in {one.value for one in Likely}:
        return rows
    return tuple(row for row in rows if row.likely == wanted)


def _download(rollout: Rollout, standing: Standing, survey: Survey, request: Request) -> Download:
    """What the reader sees, her own municipalities' rows too."""
    own, read = _shared(_rows(survey), standing, is_open=survey.closed_at is None)
    return Download(
        name=f"kartlegging-{rollout.slug}",
        sheet=gettext("Kartlegging"),
        on=clock.today(),
        fields=(
            Field("nummer", gettext("Nummer"), 9),
            Field("kommune", gettext("Kommune"), 26),
            Field("gruppe", gettext("Regional gruppe e-helse"), 28),
            Field("hindrer", gettext("Hva er i veien?"), 24),
            Field("trolig", gettext("Trolig med?"), 14),
            Field("hvem", gettext("Hvem bør spørres?"), 26),
            Field("merknad", gettext("Merknad"), 50),
            Field("svart", gettext("Svart"), 12),
        ),
        rows=[
            (
                row.number,
                row.name,
                row.region,
                row.obstacle_words or None,
                row.likely_words or None,
                row.ask_whom or None,
                row.remark or None,
                row.day,
            )
            for row in _believed((*own, *read), request.GET)
        ],
    )


def _rows(survey: Survey) -> tuple[tuple[SurveyRow, int], ...]:
    """Every row with its municipality's id, by region and name. Three queries."""
    day = timezone.localtime(survey.asked_at).date()
    names = {
        pk: (number, name)
        for pk, number, name in MunicipalityCode.objects.valid_on(day).values_list(
            "municipality_id", "number", "qualified_name"
        )
    }
    groups = dict(
        RegionMembership.objects.valid_on(day)
        .filter(kind=RegionKind.EHEALTH_GROUP.value)
        .values_list("municipality_id", "region__name")
    )
    found = [
        (
            _row(row, names[row.municipality_id], groups.get(row.municipality_id, "")),
            row.municipality_id,
        )
        for row in SurveyAnswer.objects.filter(survey=survey)
        if row.municipality_id in names
    ]
    return tuple(
        sorted(found, key=lambda pair: (nb_sort_key(pair[0].region), nb_sort_key(pair[0].name)))
    )


def _row(row: SurveyAnswer, named: tuple[str, str], region: str) -> SurveyRow:
    return SurveyRow(
        key=row.pk,
        number=named[0],
        name=named[1],
        region=region,
        obstacle=row.obstacle,
        obstacle_words=str(texts.OBSTACLES[Obstacle(row.obstacle)]) if row.obstacle else "",
        likely=row.likely,
        likely_words=str(texts.LIKELY[Likely(row.likely)]) if row.likely else "",
        ask_whom=row.ask_whom,
        remark=row.remark,
        answered=rules.is_answered(row.likely, row.obstacle),
        who=row.answered_as,
        day=timezone.localtime(row.answered_at).date() if row.answered_at else None,
    )


def _shared(
    rows: Iterable[tuple[SurveyRow, int]], standing: Standing, *, is_open: bool
) -> tuple[tuple[SurveyRow, ...], tuple[SurveyRow, ...]]:
    """Those the reader fills in, and those she only reads; others are not hers to see."""
    own: list[SurveyRow] = []
    read: list[SurveyRow] = []
    for row, municipality in rows:
        if is_open and standing.follows_up.holds(municipality):
            own.append(row)
        elif standing.sees(municipality):
            read.append(row)
    return tuple(own), tuple(read)


def _regions(rows: Iterable[SurveyRow]) -> tuple[RegionLine, ...]:
    counts: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for row in rows:
        counts[row.region] += 1
        answered[row.region] += row.answered
    return tuple(
        RegionLine(name or gettext("Uten regional gruppe"), answered[name], count)
        for name, count in counts.items()
    )


def _sums(rows: Iterable[tuple[SurveyRow, int]], standing: Standing) -> tuple[tuple[str, int], ...]:
    """How many are believed to join; outside only when nobody's own comes out of it.

    Of those that the reader does not see, every sum is none or five and more, and they are not
    all believed to do the same.
    """
    found = list(rows)
    counts = Counter(row.likely for row, _pk in found if row.likely)
    unseen = Counter(row.likely for row, pk in found if not standing.sees(pk))
    hidden = {likely: count for likely, count in unseen.items() if likely}
    if any(count < rules.LEAST_SUM for count in hidden.values()) or (hidden and len(unseen) < 2):
        return ()
    return tuple(
        (str(texts.LIKELY[one]), counts[one.value])
        for one in Likely
        if counts and (standing.sees_all or counts[one.value])
    )


def _progress_words(own: tuple[SurveyRow, ...]) -> str:
    if not own:
        return ""
    return gettext("%(done)s av %(all)s besvart") % {
        "done": sum(row.answered for row in own),
        "all": len(own),
    }


def _saved_words(error: str) -> str:
    if error:
        return ""
    return gettext("Lagret kl. %(clock)s") % {"clock": formats.clock(timezone.now())}


def _target_words(rollout: Rollout, on: date) -> str:
    count = len(target_of(rollout, on))
    return ngettext(
        "Målgruppen er %(count)s kommune. Kontaktpersonen i regionen dens får en rad å fylle ut.",
        "Målgruppen er %(count)s kommuner. Hver kontaktperson får en rad for hver av sine.",
        count,
    ) % {"count": formats.number(count)}

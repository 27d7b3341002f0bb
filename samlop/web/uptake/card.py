"""«Stemmer dette?»: once a quarter one card for everything, and one answer at any time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db import transaction
from django.forms import BoundField
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission
from samlop.db.text_keys import nb_sort_key
from samlop.lib.errors import Refused
from samlop.lib.quarters import Quarter
from samlop.municipalities.rules.capacity import quarters_from
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.uptake.models import BenefitFigure, ChosenBenefit, Observation
from samlop.uptake.queries import card as queries
from samlop.uptake.queries import stages
from samlop.uptake.queries.card import Heard
from samlop.uptake.queries.stages import NOTHING, Standing
from samlop.uptake.rules.indicators import Rhythm
from samlop.uptake.rules.stages import Hindrance
from samlop.uptake.services import card as services
from samlop.uptake.services.card import CannotAnswer
from samlop.uptake.texts.stages import SOURCES, STAGES
from samlop.web import clock, formats, render
from samlop.web.acting import acting
from samlop.web.assessments.areas import ADDRESSES, AREAS
from samlop.web.benefits import words as benefit_words
from samlop.web.municipalities import room
from samlop.web.municipalities.forms import RoomForm
from samlop.web.municipalities.room import RoomQuestion, trail
from samlop.web.municipalities.views import Own, required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uptake import words
from samlop.web.uptake.forms import Ask, CardForm

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAY = Permission.REPORT_UPTAKE
# The next two quarters: half a year of «rom for nytt».
ROOM_QUARTERS = 2
DRAFT = "utkast"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitQuestion:
    """A benefit the municipality follows: its unit, and what was measured last."""

    field: BoundField
    name: str
    unit: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One offer on the card, in words, with its fields."""

    of: int
    solution: str
    area: str
    address: str
    stands: str
    figures: tuple[str, ...]
    # What each source says, when they do not say the same.
    sources: tuple[str, ...]
    reply_by: date | None
    answer: BoundField | None
    seen: int
    stage: BoundField
    day: BoundField
    used: BoundField | None
    units: BoundField | None
    hindrances: BoundField
    note: BoundField
    hindered: bool
    benefits: tuple[BenefitQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One offer after the card was answered, and where to put it right."""

    title: str
    stands: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    name: str
    number: str
    address: str
    back: str
    quarter: str
    # The card that is answered by the form: empty when it is the quarter's first.
    version: str
    form: CardForm
    questions: tuple[Question, ...]
    room_form: RoomForm | None
    room: tuple[RoomQuestion, ...]
    others: tuple[tuple[str, str], ...]
    draft: bool
    answered: str
    next_time: date
    told: tuple[Answered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    name: str
    address: str
    back: str
    trail: tuple[tuple[str, str], ...]
    form: CardForm
    question: Question


class _RoomRefused(Exception):
    """Takes the rest of the card back with it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything the questions are made of."""

    offers: Mapping[int, Offer]
    standings: Mapping[int, Standing]
    heard: Mapping[int, Heard]
    figures: Mapping[int, tuple[Observation, ...]]
    asks: tuple[Ask, ...]

    @classmethod
    def of(cls, municipality: int, *, on: date, only: int | None = None) -> "_Known":
        """Those of which something is said, or the one. Seven queries, however many."""
        offers = {one.pk: one for one in Offer.objects.select_related("solution")}
        heard = queries.heard(municipality)
        standings = {
            offer: one
            for (offer, _), one in stages.standing(
                offers, on, municipalities=[municipality]
            ).items()
        }
        asked = sorted([only] if only is not None else standings, key=lambda pk: _order(offers[pk]))
        hindered = queries.hindrances(municipality)
        followed = dict(queries.followed(municipality)) if only is None else {}
        asks = []
        for pk in asked:
            offer, standing = offers[pk], standings.get(pk, NOTHING)
            told = hindered.get(pk)
            asks.append(
                Ask(
                    offer=pk,
                    title=words.title(offer),
                    joint_process=offer.solution.is_joint_process,
                    seen=heard[pk].newest if pk in heard else 0,
                    shown=standing.agreed,
                    since=standing.since,
                    units_in_use=standing.units_in_use,
                    units=standing.units,
                    hindrances=tuple(Hindrance(code) for code in told.hindrances) if told else (),
                    note=told.note if told else "",
                    # Asked about once, whatever the number of areas.
                    benefits=followed.pop(offer.solution_id, ()),
                )
            )
        return cls(offers, standings, heard, queries.newest_figures(municipality, on), tuple(asks))


def _order(offer: Offer) -> tuple[str, str]:
    return nb_sort_key(offer.solution.name), nb_sort_key(words.title(offer))


@page_or_post
@signed_in_only
def card(request: Request, number: str) -> HttpResponse:
    """The quarter's card; after it is answered, what was said, and a way to put it right."""
    own = required(request, number, MAY)
    today = clock.today()
    quarter = Quarter.of(today)
    known = _Known.of(own.row.pk, on=today)
    quarters = quarters_from(today, ROOM_QUARTERS + 1)[1:]
    stored = room.stored_room(own.row, quarters)
    rooms = request.access.may(Permission.CHANGE_CAPACITY, own.place)
    key = f"{DRAFT}-{own.row.pk}-{quarter}"
    answered_at = queries.answered_at(own.row.pk, quarter)
    version = answered_at.isoformat() if answered_at is not None else ""
    if request.method == "POST" and DRAFT in request.POST:
        return _keep(request, own, key, is_late=request.POST.get("kort", "") != version)
    posted = request.POST if request.method == "POST" else None
    draft = request.session.get(key) if posted is None else None
    form = CardForm(known.asks, on=today, data=posted, draft=draft)
    room_form = RoomForm(quarters, stored, posted) if rooms else None
    if room_form is not None and draft is not None:
        _begin_room_with(room_form, draft)
    if form.is_valid() and (room_form is None or room_form.is_valid()):
        if _answer(request, own, quarter, form, room_form, on=today):
            request.session.pop(key, None)
            messages.success(
                request,
                gettext("Takk! Svarene er lagret. Neste gang: %(day)s.")
                % {"day": formats.long_date(quarter.ends_before)},
            )
            return redirect("uptake:card", own.code.number)
        known = _Known.of(own.row.pk, on=today)
        form = _anew(form, known)
        stored = room.stored_room(own.row, quarters)
    wants_form = posted is not None or "pa-nytt" in request.GET or draft is not None
    failed = bool(form.errors) or (room_form is not None and bool(room_form.errors))
    page = CardPage(
        name=own.code.qualified_name,
        number=own.code.number,
        address=reverse("uptake:card", args=[own.code.number]),
        back=reverse("uptake:municipality", args=[own.code.number]),
        quarter=formats.quarter(quarter),
        version=version,
        form=form,
        questions=tuple(_question(form, ask, known, on=today) for ask in known.asks),
        room_form=room_form,
        room=tuple(room.question(room_form, one, stored, stale=False) for one in quarters)
        if room_form is not None
        else (),
        others=_others(own, known),
        draft=draft is not None,
        answered=formats.long_date(answered_at)
        if answered_at is not None and not wants_form
        else "",
        next_time=quarter.ends_before,
        told=tuple(
            Answered(
                title=ask.title,
                stands=_stands(known.standings[ask.offer]),
                change=_address(own, known.offers[ask.offer]),
            )
            for ask in known.asks
        ),
    )
    return render.page(request, "uptake/card.html", page, status=422 if failed else 200)


@page_or_post
@signed_in_only
def answer(request: Request, number: str, slug: str, area: str) -> HttpResponse:
    """What the municipality says of one solution, whenever it wants to."""
    own = required(request, number, MAY)
    if area not in AREAS:
        raise Http404
    offer = Offer.objects.filter(solution__slug=slug, area=AREAS[area].value).first()
    if offer is None:
        raise Http404
    today = clock.today()
    known = _Known.of(own.row.pk, on=today, only=offer.pk)
    form = CardForm(known.asks, on=today, data=request.POST if request.method == "POST" else None)
    back = reverse("uptake:municipality", args=[own.code.number])
    if form.is_valid():
        try:
            services.answer_one(
                municipality=own.row,
                line=form.lines()[0],
                by=acting(request, MAY, own.place),
                on=today,
                at=timezone.now(),
            )
        except CannotAnswer as refused:
            _refuse(form, refused)
            known = _Known.of(own.row.pk, on=today, only=offer.pk)
            form = _anew(form, known)
        else:
            messages.success(request, gettext("Takk, svaret er lagret."))
            return redirect(back)
    page = AnswerPage(
        name=own.code.qualified_name,
        address=_address(own, known.offers[offer.pk]),
        back=back,
        trail=trail(own, (gettext("Utbredelse"), back)),
        form=form,
        question=_question(form, known.asks[0], known, on=today),
    )
    return render.page(request, "uptake/answer.html", page, status=422 if form.errors else 200)


def _keep(request: Request, own: Own, key: str, *, is_late: bool) -> HttpResponse:
    """What is written so far, for this person on this device until she signs out.

    `is_late`: the card was answered while this was on its way.
    """
    if not is_late:
        request.session[key] = {
            name: values
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", DRAFT}
        }
    if request.htmx:
        return HttpResponse(status=204)
    if not is_late:
        messages.success(request, gettext("Utkastet er lagret. Du kan fortsette senere."))
    return redirect("uptake:card", own.code.number)


def _begin_room_with(form: RoomForm, draft: Mapping[str, list[str]]) -> None:
    """What was written before; not where somebody has answered since."""
    for name in set(form.fields) & set(draft):
        if name.startswith("sett-"):
            continue
        seen = name.replace("rom-", "sett-")
        if seen == name or draft.get(seen) == [form.fields[seen].initial]:
            form.fields[name].initial = draft[name][-1]


def _answer(
    request: Request,
    own: Own,
    quarter: Quarter,
    form: CardForm,
    room_form: RoomForm | None,
    *,
    on: date,
) -> bool:
    """All of the card or nothing; otherwise the forms say why."""
    try:
        with transaction.atomic():
            services.answer(
                municipality=own.row,
                quarter=quarter,
                lines=form.lines(),
                measured=form.measured(),
                by=acting(request, MAY, own.place),
                on=on,
                at=timezone.now(),
            )
            if room_form is not None and (refused := room.save(request, own, room_form, on=on)):
                room_form.add_error(*refused)
                raise _RoomRefused
    except _RoomRefused:
        return False
    except CannotAnswer as refused_line:
        _refuse(form, refused_line)
        return False
    except Refused as refused_figure:
        form.add_error(None, str(refused_figure))
        return False
    return True


def _refuse(form: CardForm, refused: CannotAnswer) -> None:
    answer_field, stage_field = f"svar-{refused.offer}", f"dato-{refused.offer}"
    changed = refused.refusal.value == "changed_meanwhile" and answer_field in form.fields
    form.add_error(answer_field if changed else stage_field, str(refused))


def _anew(form: CardForm, known: _Known) -> CardForm:
    """The same answers to what stands now; where somebody has spoken since, a new one is due."""
    if not isinstance(form.data, QueryDict):
        return form
    data = form.data.copy()
    for ask in known.asks:
        if data.get(f"sett-{ask.offer}") != str(ask.seen):
            data[f"sett-{ask.offer}"] = str(ask.seen)
            data.pop(f"svar-{ask.offer}", None)
    found = CardForm(known.asks, on=form.on, data=data)
    found.errors.clear()
    for name, errors in form.errors.items():
        for error in errors:
            found.add_error(name if name in found.fields else None, error)
    return found


def _question(form: CardForm, ask: Ask, known: _Known, *, on: date) -> Question:
    of, offer = ask.offer, known.offers[ask.offer]
    standing = known.standings.get(of, NOTHING)
    open_from = standing.open_from
    return Question(
        of=of,
        solution=offer.solution.name,
        area="" if ask.joint_process else words.area(offer),
        address=reverse("uptake:solution", args=[offer.solution.slug]),
        stands=_stands(standing),
        figures=tuple(_figure(one) for one in known.figures.get(offer.solution_id, ())),
        sources=_sources(known.heard.get(of)) if standing.disagrees else (),
        reply_by=open_from
        if open_from is not None and open_from > on and not standing.replied
        else None,
        answer=form[f"svar-{of}"] if f"svar-{of}" in form.fields else None,
        seen=ask.seen,
        stage=form[f"steg-{of}"],
        day=form[f"dato-{of}"],
        used=form[f"bruker-{of}"] if ask.counts_units else None,
        units=form[f"enheter-{of}"] if ask.counts_units else None,
        hindrances=form[f"hinder-{of}"],
        note=form[f"merknad-{of}"],
        hindered=bool(form[f"hinder-{of}"].value() or form[f"merknad-{of}"].value()),
        benefits=tuple(
            BenefitQuestion(
                field=form[f"gevinst-{one.pk}"],
                name=one.benefit.name,
                unit=benefit_words.unit(one.benefit),
                last=_last(one),
            )
            for one in ask.benefits
        ),
    )


def _last(chosen: ChosenBenefit) -> str:
    """«Sist: 120 timer i året, 3. mars 2027», or nothing."""
    measured: Sequence[BenefitFigure] = chosen.measured  # type: ignore[attr-defined]
    if not measured:
        return ""
    return gettext("Sist: %(figure)s, %(day)s") % {
        "figure": benefit_words.figure(chosen.benefit, measured[-1].figure),
        "day": formats.long_date(measured[-1].day),
    }


def _stands(standing: Standing) -> str:
    """«Tatt i bruk 12. februar 2027 (brukslogg)»."""
    if standing.agreed is None or standing.since is None:
        return gettext("Ingen har opplyst noe")
    said = ", ".join(str(SOURCES[one]).lower() for one in sorted(standing.confirmed_by))
    return gettext("%(stage)s %(day)s (%(sources)s)") % {
        "stage": STAGES[standing.agreed],
        "day": formats.long_date(standing.since),
        "sources": said,
    }


def _sources(heard: Heard | None) -> tuple[str, ...]:
    return tuple(
        gettext("%(source)s: %(stage)s, %(day)s")
        % {
            "source": SOURCES[one.source],
            "stage": str(STAGES[one.stage]).lower(),
            "day": formats.long_date(one.happened_on),
        }
        for one in (heard.said if heard is not None else ())
    )


def _figure(one: Observation) -> str:
    """«140 oppslag i oktober 2026»."""
    value = one.value
    count = (
        gettext("færre enn 5")
        if one.suppressed or value is None
        else formats.number(value, 0 if value == value.to_integral_value() else 1)
    )
    return gettext("%(count)s %(unit)s i %(period)s") % {
        "count": count,
        "unit": one.indicator.unit,
        "period": words.period(one.period_start, Rhythm(one.indicator.rhythm)),
    }


def _others(own: Own, known: _Known) -> tuple[tuple[str, str], ...]:
    """Solutions of which nobody has said anything for this municipality."""
    asked: Collection[int] = {ask.offer for ask in known.asks}
    rest: Sequence[Offer] = [one for pk, one in known.offers.items() if pk not in asked]
    return tuple((words.title(offer), _address(own, offer)) for offer in sorted(rest, key=_order))


def _address(own: Own, offer: Offer) -> str:
    return reverse(
        "uptake:answer", args=[own.code.number, offer.solution.slug, ADDRESSES[Area(offer.area)]]
    )

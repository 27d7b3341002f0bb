"""Planning a rollout: making and changing it, telling others, opening it, and its next step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import SortKey, nb_sort_key
from samlop.lib.errors import Refused
from samlop.municipalities.models import Region
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import plans
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState, next_from
from samlop.rollouts.services import rollouts as services
from samlop.rollouts.services import sharing
from samlop.web import clock, form_page, formats
from samlop.web.acting import Acting
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.request import Request
from samlop.web.rollouts import evaluating
from samlop.web.rollouts.forms import (
    FIELDS,
    AnchoringForm,
    ClosingForm,
    ConfirmForm,
    IntentionForm,
    ReasonForm,
    RolloutForm,
    ShareForm,
)
from samlop.web.rollouts.frame import address, frame, load, trail
from samlop.web.rollouts.rights import planning_place, require_lead, require_work
from samlop.web.shell.navigation import ROLLOUTS
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


# --- making one ---


@page_or_post
@signed_in_only
def create(request: Request) -> HttpResponse:
    """A new plan; `?som=<slug>` begins from an earlier rollout."""
    request.access.require(Permission.PLAN_ROLLOUT, planning_place(request.access))
    offers, regions = _offers(), _regions(request)
    like = Rollout.objects.select_related("offer__solution", "region").filter(
        slug=request.POST.get("like") or request.GET.get("som", "")
    )
    model = like.first()
    form = RolloutForm(
        offers.values(), regions.values(), like=model, earlier=_earlier(), data=sent(request)
    )
    if form.is_valid():
        facts = form.facts(offers, regions)
        by = _planner(request, facts)
        rollout = made(
            form,
            lambda: services.create_rollout(
                facts=facts,
                like=model,
                leader=request.user,
                by=by,
                on=clock.today(),
                at=timezone.now(),
            ),
            FIELDS,
        )
        if rollout is not None:
            messages.success(
                request,
                gettext("Planen er laget, og du er innføringsleder. Lag puljene nå.")
                if model is None
                else gettext(
                    "Planen er laget, og du er innføringsleder. Se over puljene og datoene nå."
                ),
            )
            return redirect(address(rollout))
    page = FormPage(
        heading=gettext("Nytt innføringsløp"),
        form=form,
        submit=gettext("Lag planen"),
        cancel=ROLLOUTS,
        trail=((gettext("Innføringsløp"), ROLLOUTS),),
        lead=gettext(
            "En plan kan lages mens løsningen prøves ut. Den må være klar til bruk før "
            "kommuner kan inviteres."
        ),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def intend(request: Request) -> HttpResponse:
    """A region tells that it intends a rollout: four fields, and where it is anchored."""
    request.access.require(Permission.PLAN_ROLLOUT, planning_place(request.access))
    offers, regions = _offers(), _regions(request)
    form = IntentionForm(offers.values(), regions.values(), on=clock.today(), data=sent(request))
    if form.is_valid():
        region = regions[int(form.cleaned_data["region"])]
        facts = form.facts(offers[int(form.cleaned_data["offer"])], region)
        by, now = _planner(request, facts), timezone.now()
        try:
            rollout = services.intend(
                facts=facts,
                anchoring=form.anchoring(),
                leader=request.user,
                by=by,
                on=clock.today(),
                at=now,
            )
        except Refused as error:
            form.add_error(FIELDS.get(getattr(error, "refusal", None)), str(error))  # type: ignore[arg-type]
        else:
            messages.success(
                request,
                gettext("Løpet er varslet. Koordineringsgruppen og kommunene ser det nå."),
            )
            return redirect(address(rollout))
    page = FormPage(
        heading=gettext("Varsle et regionalt løp"),
        form=form,
        submit=gettext("Varsle"),
        cancel=ROLLOUTS,
        trail=((gettext("Innføringsløp"), ROLLOUTS),),
        lead=gettext(
            "Så snart dere har tenkt å gjøre det. Koordineringsgruppen skal ikke behandle det, men "
            "ser hva som kommer på samme tid."
        ),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def edit(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    offers, regions = _offers(), _regions(request, and_of=rollout)
    form = RolloutForm(offers.values(), regions.values(), rollout=rollout, data=sent(request))
    if form.is_valid():
        stored = services.facts_of(rollout)
        if accepted(
            form,
            lambda: services.edit_rollout(
                rollout=rollout,
                version=form.cleaned_data["version"] or 0,
                facts=form.facts(offers, regions, stored=stored),
                by=by,
                at=timezone.now(),
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Endringene er lagret."))
            return redirect(address(rollout))
    return about(request, rollout, form, gettext("Rediger innføringsløpet"), gettext("Lagre"))


# --- telling others ---


@page_or_post
@signed_in_only
def share(request: Request, slug: str) -> HttpResponse:
    """A and C: the plan becomes a case of the coordination group."""
    rollout = load(request, slug)
    by = require_work(request, rollout)
    form = ShareForm(data=sent(request))
    if form.is_valid():
        case = made(
            form,
            lambda: sharing.share_plan(
                rollout=rollout,
                remark=form.cleaned_data["remark"],
                by=by,
                on=clock.today(),
                at=timezone.now(),
            ),
            FIELDS,
        )
        if case is not None:
            messages.success(
                request,
                gettext("Planen er delt som sak %(number)s.") % {"number": case.number_words},
            )
            return redirect(address(rollout))
    found = tuple(
        sharing.colliding_words(one) for one in plans.collisions_of(rollout, clock.today())
    )
    page = _page(
        rollout,
        form,
        gettext("Del planen med koordineringsgruppen"),
        gettext("Del planen"),
        lead=gettext(
            "Den blir en sak hos koordineringsgruppen, og alle kan se at løpet planlegges."
        ),
        warning=gettext("Dette kolliderer planen med:") if found else "",
        points=found,
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def announce(request: Request, slug: str) -> HttpResponse:
    """B: told to the coordination group and to everybody."""
    rollout = load(request, slug)
    by = require_work(request, rollout)
    form = AnchoringForm(rollout, data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.announce(
            rollout=rollout, anchoring=form.anchoring(), by=by, at=timezone.now()
        ),
        FIELDS,
    ):
        messages.success(
            request, gettext("Løpet er varslet. Koordineringsgruppen og kommunene ser det nå.")
        )
        return redirect(address(rollout))
    return about(
        request,
        rollout,
        form,
        gettext("Varsle innføringsløpet"),
        gettext("Varsle"),
        lead=gettext(
            "Løsning, kvartal, ventet antall kommuner og om dere trenger Norsk helsenett, blir "
            "synlig for alle."
        ),
    )


@page_or_post
@signed_in_only
def anchor(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    form = AnchoringForm(rollout, data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.anchor(
            rollout=rollout, anchoring=form.anchoring(), by=by, at=timezone.now()
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect(address(rollout))
    heading = gettext("Hvor løpet er forankret")
    return about(request, rollout, form, heading, gettext("Lagre"))


# --- how far it is ---


@page_or_post
@signed_in_only
def open_enrolment(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_lead(request, rollout)
    form = ConfirmForm(data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.open_enrolment(
            rollout=rollout, by=by, on=clock.today(), at=timezone.now()
        ),
    ):
        messages.success(request, gettext("Løpet er åpnet. Nå kan kommunene inviteres."))
        return redirect(address(rollout))
    count = len(queries.target_of(rollout, clock.today()))
    return about(
        request,
        rollout,
        form,
        gettext("Åpne for påmelding"),
        gettext("Åpne for påmelding"),
        lead=gettext(
            "Ingen får e-post av dette. Målgruppen blir stående slik den er i dag: %(count)d "
            "kommuner."
        )
        % {"count": count},
        warning=gettext("Løsning, type, region og målgruppe kan ikke endres etterpå."),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A step a leader may take: its address, what the button says, and what follows."""

    state: RolloutState
    code: str
    words: str | Promise
    follows: str | Promise
    danger: bool = False
    form: Callable[..., forms.Form] = ConfirmForm


# Opening a plan is a page of its own: this OPEN is going on after a pause.
STEPS: Final[Mapping[str, Step]] = {
    step.code: step
    for step in (
        Step(
            RolloutState.RUNNING,
            "i-gang",
            _("Si at løpet er i gang"),
            _("Puljene som er åpne, tar fortsatt imot påmelding."),
        ),
        Step(
            RolloutState.OPEN,
            "gjenoppta",
            _("Gjenoppta påmeldingen"),
            _("Kommunene kan svare og få plass igjen."),
        ),
        Step(
            RolloutState.EVALUATING,
            "evaluer",
            _("Begynn å evaluere"),
            _("Løpet tar ikke imot flere kommuner mens det evalueres."),
        ),
        Step(
            RolloutState.PAUSED,
            "pause",
            _("Sett på pause"),
            _("Ingen inviteres, og ingen får plass, før løpet er i gang igjen. Svarene står."),
            form=ReasonForm,
        ),
        Step(
            RolloutState.CLOSED,
            "avslutt",
            _("Avslutt"),
            _("Puljer som er i gang, regnes som gjennomført. Ingen står lenger på venteliste."),
            form=ClosingForm,
        ),
        Step(
            RolloutState.CANCELLED,
            "avlys",
            _("Avlys"),
            _("Puljene avlyses, og kommunene mister plassene de har fått. Det kan ikke gjøres om."),
            danger=True,
            form=ReasonForm,
        ),
    )
}


def steps_from(rollout: Rollout) -> tuple[Step, ...]:
    """What a leader may do from here, but for opening a plan. One query of a paused one."""
    state = RolloutState(rollout.state)
    following = next_from(state, queries.came_from(rollout))
    planned = state is RolloutState.PLANNING
    return tuple(
        step
        for step in STEPS.values()
        if step.state in following and not (planned and step.state is RolloutState.OPEN)
    )


@page_or_post
@signed_in_only
def move(request: Request, slug: str, step: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_lead(request, rollout)
    wanted = STEPS.get(step)
    if wanted is None or wanted not in steps_from(rollout):
        raise Http404
    form = wanted.form(data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.move(
            rollout=rollout,
            to=wanted.state,
            reason=form.cleaned_data.get("reason", ""),
            conclusion=form.cleaned_data.get("conclusion", ""),
            link=form.cleaned_data.get("link", ""),
            by=by,
            on=clock.today(),
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect(address(rollout))
    if wanted.state is RolloutState.CLOSED:
        return _closing(request, rollout, form, wanted)
    return about(
        request,
        rollout,
        form,
        str(wanted.words),
        str(wanted.words),
        lead="" if wanted.danger else str(wanted.follows),
        danger=wanted.danger,
        warning=str(wanted.follows) if wanted.danger else "",
    )


def _closing(request: Request, rollout: Rollout, form: forms.Form, wanted: Step) -> HttpResponse:
    """With what the municipalities have said so far, and the way to all of it."""
    come_in = evaluating.learnt(request, rollout, frame(request, rollout, active="overview"))
    again = ", ".join(f"{words}: {formats.number(count)}" for words, count in come_in.sums)
    return about(
        request,
        rollout,
        form,
        str(wanted.words),
        str(wanted.words),
        lead=" ".join(
            part
            for part in (
                str(wanted.follows),
                come_in.progress,
                gettext("Slik igjen? %(sums)s.") % {"sums": again} if again else "",
            )
            if part
        ),
        above=((gettext("Evaluering"), address(rollout, "evaluation")),),
        needed_at_times=frozenset({"conclusion", "reason"}),
    )


# --- what these share ---


def sent(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def about(
    request: Request,
    rollout: Rollout,
    form: forms.Form,
    heading: str,
    submit: str,
    *,
    lead: str = "",
    danger: bool = False,
    warning: str = "",
    back: str = "",
    above: tuple[tuple[str, str], ...] = (),
    ways: tuple[tuple[str, str], ...] = (),
    needed_at_times: frozenset[str] = frozenset(),
) -> HttpResponse:
    """The page of one form about a rollout; `back` and `above` for one below a part of it."""
    page = _page(
        rollout,
        form,
        heading,
        submit,
        lead=lead,
        danger=danger,
        warning=warning,
        back=back,
        above=above,
        ways=ways,
        needed_at_times=needed_at_times,
    )
    return form_page.answer(request, page)


def _page(
    rollout: Rollout,
    form: forms.Form,
    heading: str,
    submit: str,
    *,
    lead: str = "",
    danger: bool = False,
    warning: str = "",
    back: str = "",
    above: tuple[tuple[str, str], ...] = (),
    ways: tuple[tuple[str, str], ...] = (),
    needed_at_times: frozenset[str] = frozenset(),
    points: tuple[str, ...] = (),
) -> FormPage:
    return FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=back or address(rollout),
        kicker=rollout.name,
        trail=(*trail(rollout), *above),
        lead=lead,
        danger=danger,
        warning=warning,
        ways=ways,
        needed_at_times=needed_at_times,
        points=points,
    )


def _planner(request: Request, facts: services.Facts) -> Acting:
    """Whoever may plan there: a B in its region, the others where she plans at all."""
    there = planning_place(request.access)
    if facts.kind is RolloutKind.REGION and facts.region is not None:
        there = Place(regions=frozenset({facts.region.pk}))
    request.access.require(Permission.PLAN_ROLLOUT, there)
    return request.access.acting


def _offers() -> dict[int, Offer]:
    rows = Offer.objects.select_related("solution")
    order = list(Area)
    found = sorted(
        rows, key=lambda row: (nb_sort_key(row.solution.name), order.index(Area(row.area)))
    )
    return {row.pk: row for row in found}


def _regions(request: Request, *, and_of: Rollout | None = None) -> dict[int, Region]:
    """The regions the person may plan in: her own, or all of the day for the nation's planners."""
    rows = Region.objects.valid_on(clock.today()).order_by(SortKey("name"), "pk")
    if not request.access.may(Permission.PLAN_ROLLOUT):
        rows = rows.filter(pk__in=planning_place(request.access).regions)
    found = {row.pk: row for row in rows}
    if and_of is not None and and_of.region is not None:
        found[and_of.region.pk] = and_of.region
    return found


def _earlier() -> list[tuple[str, str]]:
    return list(Rollout.objects.order_by("-starts_on", "name").values_list("slug", "name"))

"""The cohorts of a rollout with their stop rule, as everybody reads them, and changing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from samlop.accounts.models import Person
from samlop.accounts.rules import Permission
from samlop.db.text_keys import SortKey
from samlop.municipalities.models import Product, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.rollouts.models import Cohort, Rollout, StopThreshold
from samlop.rollouts.queries import cohorts as queries
from samlop.rollouts.queries.cohorts import CohortLine, Override, Rule
from samlop.rollouts.rules.cohorts import COUNTED, CohortState, Measured, StopMeasure
from samlop.rollouts.rules.invitations import clashes, proposed_deadline
from samlop.rollouts.rules.rollouts import OVER, RolloutKind
from samlop.rollouts.services import cohorts as services
from samlop.rollouts.services import stop_rule
from samlop.rollouts.texts import rollouts as texts
from samlop.rollouts.texts.invitations import CLASHES
from samlop.web import clock, formats, render
from samlop.web.form_page import accepted, made
from samlop.web.request import PublicRequest, Request
from samlop.web.rollouts.forms import (
    FIELDS,
    CohortForm,
    ConfirmForm,
    FigureForm,
    OverrideForm,
    ReasonForm,
    ThresholdsForm,
    limit_words,
)
from samlop.web.rollouts.frame import Frame, address, frame, load
from samlop.web.rollouts.planning import about, page_or_post, sent
from samlop.web.rollouts.rights import require_lead, require_work
from samlop.web.signed_in import signed_in_only

COLORS: Final[Mapping[CohortState, str]] = {
    CohortState.PLANNED: "neutral",
    CohortState.ENROLLING: "success",
    CohortState.RUNNING: "success",
    CohortState.FINISHED: "neutral",
    CohortState.CANCELLED: "warning",
}


# What is proposed where the rollout has no end.
USUAL_LENGTH: Final = timedelta(weeks=26)


# --- the page ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One threshold of the stop rule against one cohort, in words."""

    words: str
    limit: str
    # «72 %»; empty when there is no figure yet.
    value: str
    figure_on: date | None
    link: str
    met: bool | None
    # When it first counts, as long as that day has not come.
    counts_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Await:
    """A cohort before this one, and how it stands against the rule."""

    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortCard:
    number: int
    name: str
    key: str
    state: CohortState
    state_words: str
    state_reason: str
    color: str
    quarter: str
    starts_on: date
    ends_on: date
    answer_by: date
    change_until: date
    # «12 av 30 plasser er tatt», and «minst 10» while that is not reached.
    places: str
    # Those who have one, in the table; empty while nobody has.
    taken_by: str
    minimum: str
    share: int
    leader: str
    # What is wrong with the deadline, as long as it is ahead; for those who can move it.
    warnings: tuple[str, ...]
    locked: bool
    awaits: tuple[Await, ...]
    override: Override | None
    override_address: str
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortsPage:
    frame: Frame
    cards: tuple[CohortCard, ...]
    thresholds: tuple[str, ...]
    may_change: bool
    may_fix: bool
    may_add: bool


def cohorts_page(rollout: Rollout, above: Frame, *, may_override: bool, on: date) -> CohortsPage:
    """At most twelve queries, however many cohorts there are."""
    lines = queries.cohorts_of(rollout.pk)
    rules = {one.cohort: one for one in queries.stop_rule(rollout.pk, on)}
    fixed = queries.thresholds_of(rollout.pk)
    works = above.standing.works
    alive = above.state not in OVER
    leaders = [line.leader for line in lines if line.leader is not None]
    names = dict(
        Person.objects.filter(pk__in=leaders).values_list("pk", "name")
        if above.standing.insider and leaders
        else ()
    )
    return CohortsPage(
        frame=above,
        cards=tuple(
            _card(
                rollout,
                line,
                rules.get(line.pk),
                names=names,
                works=works and alive,
                # Shares are counted, and nobody enters them.
                enters=any(StopMeasure(one.measure) not in COUNTED for one in fixed),
                may_override=may_override and alive,
                on=on,
            )
            for line in lines
        ),
        thresholds=tuple(_fixed_words(one) for one in fixed),
        may_change=works and alive,
        may_fix=above.standing.steers and alive and not _has_started(lines, on),
        may_add=works and alive,
    )


def _has_started(lines: tuple[CohortLine, ...], on: date) -> bool:
    begun = {CohortState.RUNNING, CohortState.FINISHED}
    return any(
        line.state in begun or line.starts_on <= on
        for line in lines
        if line.state is not CohortState.CANCELLED
    )


def _fixed_words(one: StopThreshold) -> str:
    measure = StopMeasure(one.measure)
    limit = limit_words(measure, one.limit, one.after_days)
    return f"{texts.STOP_MEASURES[measure]}: {limit}"


def _card(
    rollout: Rollout,
    line: CohortLine,
    rule: Rule | None,
    *,
    names: Mapping[int, str],
    works: bool,
    enters: bool,
    may_override: bool,
    on: date,
) -> CohortCard:
    waits = line.state in {CohortState.PLANNED, CohortState.ENROLLING}
    locked = waits and rule is not None and rule.lock is not None
    ahead = waits and line.answer_by > on
    override = rule.override if rule else None
    return CohortCard(
        number=line.number,
        name=line.name,
        key=line.key,
        state=line.state,
        state_words=str(texts.COHORT_STATES[line.state]),
        state_reason=line.state_reason,
        color=COLORS[line.state],
        quarter=formats.quarter(line.quarter),
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        answer_by=line.answer_by,
        change_until=line.change_until,
        places=gettext("%(taken)s av %(places)s plasser er tatt")
        % {"taken": formats.number(line.taken), "places": formats.number(line.maximum)},
        taken_by=f"{address(rollout, 'municipalities')}?{urlencode({'pulje': line.name})}"
        if line.taken
        else "",
        minimum=ngettext(
            "Trenger minst %(count)d kommune", "Trenger minst %(count)d kommuner", line.minimum
        )
        % {"count": line.minimum}
        if waits and line.taken < line.minimum
        else "",
        share=line.taken * 100 // line.maximum,
        leader=names.get(line.leader or 0, ""),
        warnings=tuple(str(CLASHES[one]) for one in clashes(on, line.answer_by))
        if works and ahead
        else (),
        locked=locked,
        awaits=tuple(
            Await(name=one.name, marks=tuple(_mark(each, on) for each in one.measures))
            for one in (rule.before if rule and waits else ())
        ),
        override=override,
        override_address=reverse(
            "governance:case",
            args=[override.body_slug, override.case_year, override.case_count],
        )
        if override
        else "",
        actions=_actions(
            rollout,
            line,
            works=works,
            enters=enters and rule is not None,
            may_override=may_override,
            locked=locked,
        ),
    )


def _mark(one: Measured, on: date) -> Mark:
    value = ""
    if one.value is not None:
        value = (
            formats.number(one.value)
            if one.measure is StopMeasure.CRITICAL_FAULTS
            else formats.percent(one.value / 100)
        )
    early = one.counts_from is not None and one.counts_from > on
    return Mark(
        words=str(texts.STOP_MEASURES[one.measure]),
        limit=limit_words(one.measure, one.limit),
        value=value,
        figure_on=one.figure_on,
        link=one.link,
        met=one.met,
        counts_from=one.counts_from if early else None,
    )


def _actions(
    rollout: Rollout,
    line: CohortLine,
    *,
    works: bool,
    enters: bool,
    may_override: bool,
    locked: bool,
) -> tuple[tuple[str, str], ...]:
    def there(view: str) -> str:
        return address(rollout, view, line.number)

    found: list[tuple[str, str]] = []
    if works and line.state not in {CohortState.FINISHED, CohortState.CANCELLED}:
        found.append((gettext("Rediger"), there("edit_cohort")))
        if line.state is CohortState.ENROLLING and not locked:
            found.append((gettext("Start"), there("start_cohort")))
        if line.state is CohortState.RUNNING:
            found.append((gettext("Gjennomført"), there("finish_cohort")))
        found.append((gettext("Avlys"), there("cancel_cohort")))
    if works and enters and line.state is not CohortState.CANCELLED:
        found.append((gettext("Registrer tall"), there("record_figure")))
    if may_override and locked:
        found.append((gettext("Registrer at gruppen slipper puljen"), there("override")))
    return tuple(found)


@require_safe
def cohorts(request: PublicRequest, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    page = cohorts_page(
        rollout,
        frame(request, rollout, active="cohorts"),
        may_override=request.access.may(Permission.MANAGE_GOVERNANCE),
        on=clock.today(),
    )
    return render.page(request, "rollouts/cohorts.html", page)


# --- changing them ---


@page_or_post
@signed_in_only
def create(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    today = clock.today()
    form, make_facts = _form(request, rollout, _proposal(rollout, today))
    if form.is_valid() and not _warned(form, today):
        cohort = made(
            form,
            lambda: services.create_cohort(
                rollout=rollout, facts=make_facts(), by=by, at=timezone.now()
            ),
            FIELDS,
        )
        if cohort is not None:
            messages.success(request, gettext("Puljen er laget."))
            return redirect(address(rollout, "cohorts"))
    return _about(request, rollout, form, gettext("Ny pulje"), gettext("Lag puljen"))


@page_or_post
@signed_in_only
def edit(request: Request, slug: str, number: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = _cohort(rollout, number)
    stored = services.facts_of(row)
    form, make_facts = _form(
        request,
        rollout,
        {
            "name": stored.name,
            "starts_on": stored.starts_on,
            "ends_on": stored.ends_on,
            "minimum": stored.minimum,
            "maximum": stored.maximum,
            "answer_by": stored.answer_by,
            "change_until": stored.change_until,
            "product": str(row.product_id or ""),
            "cooperation": str(row.cooperation_id or ""),
            "leader": str(row.leader_id or ""),
            "seen": stored.answer_by.isoformat(),
        },
        row=row,
    )
    if (
        form.is_valid()
        and not _warned(form, clock.today())
        and accepted(
            form,
            lambda: services.edit_cohort(
                cohort=row, facts=make_facts(), by=by, on=clock.today(), at=timezone.now()
            ),
            FIELDS,
        )
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect(address(rollout, "cohorts"))
    return _about(request, rollout, form, row.name, gettext("Lagre"))


@page_or_post
@signed_in_only
def start(request: Request, slug: str, number: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = _cohort(rollout, number)
    form = ConfirmForm(data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.start_cohort(cohort=row, by=by, on=clock.today(), at=timezone.now()),
    ):
        messages.success(request, gettext("%(name)s er i gang.") % {"name": row.name})
        return redirect(address(rollout, "cohorts"))
    return _about(
        request,
        rollout,
        form,
        gettext("Start %(name)s") % {"name": row.name},
        gettext("Start"),
        lead=gettext("Fra nå gis det ikke flere plasser i puljen."),
        warning=_start_warning(rollout, row, clock.today()),
    )


def _start_warning(rollout: Rollout, row: Cohort, today: date) -> str:
    """What speaks against starting today; it may be started all the same."""
    line = next(one for one in queries.cohorts_of(rollout.pk) if one.pk == row.pk)
    found = []
    if row.starts_on > today:
        found.append(
            gettext("Puljen skal etter planen starte %(day)s.")
            % {"day": formats.long_date(row.starts_on)}
        )
    if line.taken < row.minimum:
        found.append(
            ngettext(
                "Den trenger minst %(least)d kommuner, og %(count)d har plass.",
                "Den trenger minst %(least)d kommuner, og %(count)d har plass.",
                line.taken,
            )
            % {"least": row.minimum, "count": line.taken}
        )
    if found:
        found.append(gettext("Det kan ikke gjøres om."))
    return " ".join(found)


@page_or_post
@signed_in_only
def finish(request: Request, slug: str, number: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = _cohort(rollout, number)
    form = ConfirmForm(data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.finish_cohort(cohort=row, by=by, on=clock.today(), at=timezone.now()),
    ):
        messages.success(request, gettext("%(name)s er gjennomført.") % {"name": row.name})
        return redirect(address(rollout, "cohorts"))
    return _about(
        request,
        rollout,
        form,
        gettext("%(name)s er gjennomført") % {"name": row.name},
        gettext("Gjennomført"),
        lead=gettext("Hvor langt hver kommune er kommet, står fortsatt under utbredelse."),
    )


@page_or_post
@signed_in_only
def cancel(request: Request, slug: str, number: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = _cohort(rollout, number)
    form = ReasonForm(data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.cancel_cohort(
            cohort=row,
            reason=form.cleaned_data["reason"],
            by=by,
            on=clock.today(),
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("%(name)s er avlyst.") % {"name": row.name})
        return redirect(address(rollout, "cohorts"))
    return _about(
        request,
        rollout,
        form,
        gettext("Avlys %(name)s") % {"name": row.name},
        gettext("Avlys puljen"),
        danger=True,
        warning=gettext(
            "Kommuner som har plass, blir først på ventelisten til de andre puljene. Det kan ikke "
            "gjøres om."
        ),
    )


# --- the stop rule ---


@page_or_post
@signed_in_only
def fix_rule(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_lead(request, rollout)
    form = ThresholdsForm(queries.thresholds_of(rollout.pk), data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: stop_rule.fix_thresholds(
            rollout=rollout,
            thresholds=form.thresholds(),
            by=by,
            on=clock.today(),
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Stoppregelen er lagret."))
        return redirect(address(rollout, "cohorts"))
    return _about(
        request,
        rollout,
        form,
        gettext("Stoppregel mellom puljene"),
        gettext("Lagre"),
        lead=gettext(
            "Neste pulje kan ikke inviteres før puljen før har nådd dette. La et felt stå tomt "
            "når det ikke skal telle. Regelen står fast fra den første puljen starter."
        ),
    )


@page_or_post
@signed_in_only
def record_figure(request: Request, slug: str, number: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = _cohort(rollout, number)
    fixed = [StopMeasure(one.measure) for one in queries.thresholds_of(rollout.pk)]
    measures = [one for one in fixed if one not in COUNTED]
    if not measures:
        raise Http404
    today = clock.today()
    form = FigureForm(measures, data=sent(request), initial={"figure_on": today})
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: stop_rule.record_figure(
                cohort=row,
                measure=StopMeasure(found["measure"]),
                value=found["value"],
                figure_on=found["figure_on"],
                link=found["link"],
                by=by,
                on=today,
                at=timezone.now(),
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Tallet er registrert."))
            return redirect(address(rollout, "cohorts"))
    return _about(
        request,
        rollout,
        form,
        gettext("Registrer tall for %(name)s") % {"name": row.name},
        gettext("Registrer"),
        lead=gettext("Tallet er synlig for alle, med lenken. Et nytt tall erstatter det forrige."),
    )


@page_or_post
@signed_in_only
def override(request: Request, slug: str, number: int) -> HttpResponse:
    """For whoever records what the coordination group decides."""
    rollout = load(request, slug)
    request.access.require(Permission.MANAGE_GOVERNANCE)
    by = request.access.acting
    row = _cohort(rollout, number)
    cases = {one.pk: one for one in queries.overriding_cases()}
    form = OverrideForm(cases.values(), data=sent(request))
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: stop_rule.override(
                cohort=row,
                case=cases[int(found["case"])],
                reason=found["reason"],
                by=by,
                on=clock.today(),
                at=timezone.now(),
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Puljen kan nå inviteres."))
            return redirect(address(rollout, "cohorts"))
    return _about(
        request,
        rollout,
        form,
        gettext("Slipp %(name)s likevel") % {"name": row.name},
        gettext("Registrer"),
        lead=gettext(
            "Bare koordineringsgruppen kan bestemme det. Lag en sak, registrer beslutningen, og "
            "velg den her."
        ),
        warning="" if cases else gettext("Gruppen har ikke avgjort noen sak ennå."),
        ways=(
            (
                gettext("Ny sak"),
                f"{reverse('governance:open')}?organ={queries.COORDINATION_GROUP}",
            ),
            (gettext("Saker"), reverse("governance:list")),
        ),
    )


# --- what these share ---


def _cohort(rollout: Rollout, number: int) -> Cohort:
    rows = Cohort.objects.select_related("rollout", "product__vendor", "cooperation", "leader")
    return get_object_or_404(rows, rollout=rollout, number=number)


def _proposal(rollout: Rollout, today: date) -> dict[str, Any]:
    """A cohort that begins with the rollout, with a deadline municipalities can keep."""
    due = proposed_deadline(today)
    starts_on = max(rollout.starts_on, due + timedelta(weeks=6))
    return {
        "name": gettext("Pulje %(number)d")
        % {"number": Cohort.objects.filter(rollout=rollout).count() + 1},
        "starts_on": starts_on,
        "ends_on": rollout.ends_on
        if rollout.ends_on and rollout.ends_on > starts_on
        else starts_on + USUAL_LENGTH,
        "minimum": 1,
        "maximum": rollout.expected,
        "answer_by": due,
        "change_until": due + timedelta(weeks=4),
    }


def _form(
    request: Request, rollout: Rollout, initial: dict[str, Any], *, row: Cohort | None = None
) -> tuple[CohortForm, Callable[[], services.Facts]]:
    products: dict[int, Product] = {}
    cooperations: dict[int, Region] = {}
    if rollout.kind == RolloutKind.SHARED.value:
        every = Product.objects.select_related("vendor").order_by(SortKey("name"), "pk")
        products = {one.pk: one for one in every}
        regions = Region.objects.valid_on(clock.today()).filter(
            kind=RegionKind.IKT_COOPERATION.value
        )
        cooperations = {one.pk: one for one in regions.order_by(SortKey("name"), "pk")}
        if row is not None and row.cooperation is not None:
            cooperations[row.cooperation.pk] = row.cooperation
    working = Person.objects.filter(rollout_work__rollout=rollout, rollout_work__ended_on=None)
    people = {one.pk: one for one in working.order_by("name", "pk")}
    form = CohortForm(
        rollout,
        products=products.values(),
        cooperations=cooperations.values(),
        people=people.values(),
        data=sent(request),
        initial=initial,
    )
    return form, lambda: form.facts(products, cooperations, people)


def _warned(form: CohortForm, today: date) -> bool:
    """Whether the deadline has something against it that has not been read yet.

    The first time the form is shown again with the warning; sent once more, it is meant.
    """
    due = form.cleaned_data["answer_by"]
    if not clashes(today, due) or form.cleaned_data["seen"] == due.isoformat():
        return False
    again = cast("QueryDict", form.data).copy()
    again["seen"] = due.isoformat()
    form.data = again
    return True


def _about(
    request: Request,
    rollout: Rollout,
    form: Any,
    heading: str,
    submit: str,
    *,
    lead: str = "",
    danger: bool = False,
    warning: str = "",
    ways: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    if isinstance(form, CohortForm) and form.is_bound and not form.errors:
        due = form.cleaned_data["answer_by"]
        found = " ".join(str(CLASHES[one]) for one in clashes(clock.today(), due))
        warning = f"{found} {gettext('Lagre en gang til hvis det er slik dere vil ha det.')}"
    return about(
        request,
        rollout,
        form,
        heading,
        submit,
        lead=lead,
        danger=danger,
        warning=warning,
        back=address(rollout, "cohorts"),
        above=((gettext("Puljer"), address(rollout, "cohorts")),),
        ways=ways,
    )

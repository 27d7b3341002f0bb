"""A municipality's own benefits: what it follows, what it gave, and what it shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission, Place
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.codes import CodePeriod
from samlop.portfolio.models import Solution
from samlop.uptake.models import Benefit
from samlop.uptake.queries import benefits as queries
from samlop.uptake.queries.benefits import Followed, Plan
from samlop.uptake.rules.benefits import (
    MAX_CHOSEN,
    BaselineState,
    Beneficiary,
    BenefitKind,
    FigureKind,
    Measure,
    Totals,
)
from samlop.uptake.texts import benefits as texts
from samlop.web import clock, formats, render
from samlop.web.benefits import words
from samlop.web.municipalities import numbers
from samlop.web.municipalities.pages import address as municipality_address
from samlop.web.request import PublicRequest

MAY: Final = Permission.REPORT_UPTAKE
_COLORS: Final[Mapping[BaselineState, str]] = {
    BaselineState.BEFORE: "success",
    BaselineState.AFTER: "info",
    BaselineState.NATIONAL: "info",
    BaselineState.NOT_YET: "warning",
    BaselineState.WITHOUT: "warning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A municipality of today, and whether the reader is of it."""

    code: CodePeriod
    pk: int
    place: Place
    inside: bool

    @classmethod
    def of(cls, request: PublicRequest, number: str) -> "Reading":
        today = clock.today()
        code = numbers.current(number, on=today)
        row = Municipality.objects.get(pk=code.municipality)
        place = accounts.place_of(row, on=today)
        return cls(code=code, pk=row.pk, place=place, inside=request.access.may(MAY, place))


def trail(code: CodePeriod) -> tuple[tuple[str, str], ...]:
    """The breadcrumbs above the list of a municipality's plans."""
    return (
        (gettext("Kommuner"), reverse("municipalities:list")),
        (code.qualified_name, municipality_address(code.number)),
    )


def plan_trail(code: CodePeriod, solution: Solution) -> tuple[tuple[str, str], ...]:
    """The breadcrumbs above a page about one plan."""
    return (
        *trail(code),
        (gettext("Gevinster"), reverse("benefits:plans", args=[code.number])),
        (solution.name, plan_address(code, solution)),
    )


def plan_address(code: CodePeriod, solution: Solution) -> str:
    return reverse("benefits:plan", args=[code.number, solution.slug])


# --- every plan of the municipality ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One solution: the benefits that are followed, and what there is to do."""

    solution: str
    address: str
    # What each gave, by name.
    benefits: tuple[tuple[str, str], ...]
    without_baseline: str
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """A solution of which the municipality follows nothing yet."""

    solution: str
    address: str
    in_use_since: date | None
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansPage:
    name: str
    trail: tuple[tuple[str, str], ...]
    inside: bool
    plans: tuple[PlanLine, ...]
    offers: tuple[OfferLine, ...]


@require_safe
def plans(request: PublicRequest, number: str) -> HttpResponse:
    """The plans: all of them to the municipality itself, those it has shared to others."""
    reading = Reading.of(request, number)
    return render.page(request, "benefits/plans.html", plans_page(reading, on=clock.today()))


def plans_page(reading: Reading, *, on: date) -> PlansPage:
    """As many queries for ten solutions as for one."""
    found = queries.plans_of(reading.pk, on=on)
    told = {pk: one for pk, one in found.items() if one.followed and (one.shared or reading.inside)}
    rows = Solution.objects.in_bulk(told)
    return PlansPage(
        name=reading.code.qualified_name,
        trail=trail(reading.code),
        inside=reading.inside,
        plans=tuple(
            _plan_line(reading, rows[pk], told[pk])
            for pk in sorted(told, key=lambda pk: nb_sort_key(rows[pk].name))
        ),
        offers=_offers(reading, told, on=on) if reading.inside else (),
    )


def _plan_line(reading: Reading, solution: Solution, plan: Plan) -> PlanLine:
    lacking = sum(
        one.outcome.baseline_state in (BaselineState.WITHOUT, BaselineState.NOT_YET)
        and Measure(one.benefit.measure) is not Measure.DESCRIBED
        for one in plan.followed
    )
    return PlanLine(
        solution=solution.name,
        address=plan_address(reading.code, solution),
        benefits=tuple((one.benefit.name, words.outcome(one)) for one in plan.followed),
        without_baseline=ngettext(
            "%(count)s gevinst mangler nullpunkt", "%(count)s gevinster mangler nullpunkt", lacking
        )
        % {"count": lacking}
        if lacking
        else "",
        shared=plan.shared,
    )


def _offers(reading: Reading, followed: Mapping[int, Plan], *, on: date) -> tuple[OfferLine, ...]:
    """Solutions with benefits to follow; those the municipality has in use come first."""
    counts: dict[int, int] = {}
    open_ones = Benefit.objects.filter(retired_at=None).exclude(solution__in=followed)
    for solution in open_ones.values_list("solution_id", flat=True):
        counts[solution] = counts.get(solution, 0) + 1
    rows = list(Solution.objects.filter(pk__in=counts))
    live = queries.live_in(reading.pk, rows)
    lines = [
        OfferLine(
            solution=row.name,
            address=plan_address(reading.code, row),
            in_use_since=day if (day := live.get(row.pk)) is not None and day <= on else None,
            count=ngettext("%(count)s gevinst", "%(count)s gevinster", counts[row.pk])
            % {"count": counts[row.pk]},
        )
        for row in rows
    ]
    return tuple(
        sorted(lines, key=lambda one: (one.in_use_since is None, nb_sort_key(one.solution)))
    )


# --- one plan ---


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """A baseline or a measurement. `withdraw` is empty for those who only read."""

    kind: str
    day: date
    figure: str
    note: str
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitCard:
    """A benefit that is followed. The addresses are empty for those who only read."""

    name: str
    description: str
    who: str
    kind: str
    how: str
    outcome: str
    measured_on: date | None
    # Only of what is counted: whether there is something to compare with.
    baseline: str
    baseline_state: str
    baseline_color: str
    target: str
    reached: str
    owner_role: str
    money: str
    comment: str
    figures: tuple[FigureLine, ...]
    measure: str
    set_baseline: str
    has_baseline: bool
    # The project's baseline in words, when it can be taken by one tap.
    national: str
    take_national: str
    aim: str
    say_money: str
    drop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceLine:
    """A benefit that can be followed."""

    pk: int
    name: str
    description: str
    who: str
    kind: str
    how: str
    proposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """`room`: how many more benefits may be followed."""

    name: str
    solution: str
    solution_address: str
    trail: tuple[tuple[str, str], ...]
    inside: bool
    shared: bool
    share: str
    benefits: tuple[BenefitCard, ...]
    hours: str
    kroner: str
    twice: tuple[tuple[str, str, str], ...]
    choices: tuple[ChoiceLine, ...]
    choose: str
    room: int
    error: str = ""


@require_safe
def plan(request: PublicRequest, number: str, slug: str) -> HttpResponse:
    """One plan: for the municipality itself, and for everybody when it has shared it."""
    reading = Reading.of(request, number)
    solution = get_object_or_404(Solution, slug=slug)
    found = queries.plan_of(solution, reading.pk, on=clock.today())
    if not reading.inside and not (found is not None and found.shared):
        # Whether there is a plan at all is the municipality's own, too.
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.access.require(MAY, reading.place)
    return render.page(request, "benefits/plan.html", plan_page(reading, solution, found))


def plan_page(
    reading: Reading, solution: Solution, found: Plan | None, *, error: str = ""
) -> PlanPage:
    """Two queries more than the plan itself, however many benefits."""
    followed = found.followed if found is not None else ()
    room = MAX_CHOSEN - len(followed)
    args = [reading.code.number, solution.slug]
    inside = reading.inside
    names = {one.benefit.pk: one.benefit.name for one in followed}
    totals = found.totals if found is not None else Totals()
    return PlanPage(
        name=reading.code.qualified_name,
        solution=solution.name,
        solution_address=reverse("benefits:solution", args=[solution.slug]),
        trail=plan_trail(reading.code, solution)[:-1],
        inside=inside,
        shared=found is not None and found.shared,
        share=reverse("benefits:share", args=args) if inside and followed else "",
        benefits=tuple(_card(one, args, inside=inside) for one in followed),
        hours=gettext("%(amount)s timer i året") % {"amount": words.amount(totals.hours)}
        if totals.hours is not None
        else "",
        kroner=gettext("%(amount)s kroner i året") % {"amount": words.amount(totals.kroner)}
        if totals.kroner is not None
        else "",
        twice=tuple(
            (names[pair.first], names[pair.second], str(texts.OVERLAPS[pair.why]))
            for pair in totals.twice
        ),
        choices=_choices(solution, names) if inside and room else (),
        choose=reverse("benefits:choose", args=args),
        room=room,
        error=error,
    )


def _choices(solution: Solution, followed: Mapping[int, str]) -> tuple[ChoiceLine, ...]:
    """What the municipality does not follow yet; the proposed ones first."""
    rows = Benefit.objects.filter(solution=solution, retired_at=None).exclude(pk__in=followed)
    return tuple(
        ChoiceLine(
            pk=row.pk,
            name=row.name,
            description=row.description,
            who=str(texts.BENEFICIARIES[Beneficiary(row.beneficiary)]),
            kind=str(texts.KINDS[BenefitKind(row.kind)]),
            how=words.unit(row),
            proposed=row.proposed is not None,
        )
        for row in sorted(rows, key=lambda one: (one.proposed or MAX_CHOSEN + 1, one.pk))
    )


def _card(one: Followed, args: list[str], *, inside: bool) -> BenefitCard:
    row = one.benefit
    counted = Measure(row.measure) is not Measure.DESCRIBED

    def action(view: str) -> str:
        return reverse(f"benefits:{view}", args=[*args, one.chosen]) if inside else ""

    has_national = row.national_baseline is not None
    takes_national = has_national and not (one.baseline is not None and one.baseline.national)
    hours = Measure(row.measure) is Measure.HOURS and BenefitKind(row.kind) is BenefitKind.TIME
    return BenefitCard(
        name=row.name,
        description=row.description,
        who=str(texts.BENEFICIARIES[Beneficiary(row.beneficiary)]),
        kind=str(texts.KINDS[BenefitKind(row.kind)]),
        how=row.indicator,
        outcome=words.outcome(one),
        measured_on=one.outcome.measured_on,
        baseline=_baseline(one),
        baseline_state=str(texts.BASELINES[one.outcome.baseline_state]) if counted else "",
        baseline_color=_COLORS[one.outcome.baseline_state],
        target=words.target(row, one.target, one.target_on),
        reached=words.reached(one),
        owner_role=one.owner_role,
        money=_money(one) if hours else "",
        comment=one.comment if inside else "",
        figures=tuple(
            FigureLine(
                kind=str(texts.FIGURES[FigureKind(figure.kind)]),
                day=figure.day,
                figure=words.figure(row, figure.figure),
                note=_note(figure.words, national=figure.national) if counted else "",
                withdraw=reverse("benefits:withdraw", args=[*args, figure.pk]) if inside else "",
            )
            for figure in reversed(one.figures)
        ),
        measure=action("measure"),
        set_baseline=action("baseline"),
        has_baseline=one.baseline is not None,
        national=words.national_baseline(row) if inside and takes_national else "",
        take_national=action("take_national"),
        aim=action("aim"),
        say_money=action("say_money") if hours else "",
        drop=action("drop"),
    )


def _note(said: str, *, national: bool) -> str:
    return said or (str(texts.BASELINES[BaselineState.NATIONAL]) if national else "")


def _baseline(one: Followed) -> str:
    if one.baseline is None:
        return ""
    return gettext("%(figure)s, %(day)s") % {
        "figure": words.figure(one.benefit, one.baseline),
        "day": formats.long_date(one.baseline.day),
    }


def _money(one: Followed) -> str:
    """Freed time is money only when the municipality says so, and then at whose price."""
    if one.kroner_per_hour is None:
        return gettext("Ikke regnet som penger")
    price = {"price": words.amount(one.kroner_per_hour)}
    if one.part.kroner is None:
        return gettext("Regnes som penger, med %(price)s kroner for en time") % price
    return gettext("%(kroner)s kroner i året, med %(price)s kroner for en time") % {
        **price,
        "kroner": words.amount(one.part.kroner),
    }

"""«E-helse neste år»: every solution's four lines for one municipality, for its budget."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from samlop.accounts.rules import Permission
from samlop.db.text_keys import nb_sort_key
from samlop.lib.reach import Reach
from samlop.municipalities.models import Municipality
from samlop.municipalities.queries import capacity
from samlop.municipalities.rules.capacity import SizeClass, size_class
from samlop.municipalities.rules.codes import CodePeriod
from samlop.municipalities.texts import SIZE_CLASSES
from samlop.portfolio.exports import year_paper
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import cards, solutions
from samlop.portfolio.queries import costs as queries
from samlop.portfolio.queries.costs import Version
from samlop.portfolio.queries.solutions import CurrentPhase
from samlop.portfolio.rules.costs import Calculation, CostPlace, Figure, whole_sums
from samlop.portfolio.rules.solutions import Area, Phase
from samlop.portfolio.texts import costs as texts
from samlop.portfolio.texts.cards import TYPE_LETTERS
from samlop.portfolio.texts.solutions import AREAS, PHASES
from samlop.web import clock, downloads, formats, render
from samlop.web.costs import own
from samlop.web.downloads import Download, Field
from samlop.web.municipalities import numbers
from samlop.web.request import PublicRequest

# What a municipality can join: these are ticked until it says otherwise.
OPEN: Final = frozenset(
    {
        Phase.READY_FOR_USE,
        Phase.NATIONAL_ROLLOUT,
        Phase.OPERATION,
        Phase.SIGNED_UP,
        Phase.UNDER_WAY,
    }
)
# Neither here nor coming any more.
GONE: Final = frozenset({Phase.PHASED_OUT})
PLACES: Final = tuple(CostPlace)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionRow:
    code: str
    name: str
    address: str
    area: str
    phase: str
    letter: str
    ticked: bool
    figure: Figure
    amounts: tuple[str, ...]
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The municipality's own room for new things, for those who may see it."""

    hours: str
    estimate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage:
    number: str
    name: str
    address: str
    year: int
    other_year: int
    size: str
    headings: tuple[str, ...]
    rows: tuple[SolutionRow, ...]
    sums: tuple[str, ...]
    sum_hours: str
    all_anyway: str
    chosen: int
    without: tuple[tuple[str, str, str], ...]
    room: Room | None
    pdf: str
    xlsx: str
    csv: str
    lacks: bool


@require_safe
def year(request: PublicRequest, number: str) -> HttpResponse:
    """Public: everything on it but the room follows from public figures."""
    today = clock.today()
    code = numbers.current(number, on=today)
    row = Municipality.objects.get(pk=code.municipality)
    chosen_year = _year(request.GET.get("ar", ""), today)
    ticked = frozenset(request.GET.getlist("med")) if "valgt" in request.GET else None
    reach = request.access.reach(Permission.VIEW_CAPACITY_HOURS)
    page = year_page(
        code,
        row,
        chosen_year,
        ticked,
        query=request.GET.urlencode(),
        reach=reach if request.access.grants else Reach(),
        today=today,
    )
    if request.GET.get("format") == "pdf":
        return _pdf(page)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(_download(page, on=today), as_format)
    return render.page(request, "costs/year.html", page)


def _year(wanted: str, today: date) -> int:
    """This year or next: further ahead nobody has prices, and what is past is paid."""
    return today.year if wanted == str(today.year) else today.year + 1


def year_page(
    code: CodePeriod,
    row: Municipality,
    chosen_year: int,
    ticked: Collection[str] | None,
    *,
    query: str,
    reach: Reach,
    today: date,
) -> YearPage:
    """As many queries for one solution as for twenty."""
    on = date(chosen_year, 1, 1)
    offers = {offer.pk: offer for offer in Offer.objects.select_related("solution")}
    versions, deals = queries.versions_on(on), queries.deals_on(on)
    country = queries.country(today)
    systems = queries.systems_of(today, municipalities=[row.pk]).get(row.pk, queries.NO_SYSTEMS)
    phases, choices = solutions.phases_on(today), cards.choices_on(today)
    rows = []
    for offer in _in_order(offers.values()):
        version, phase = versions.get(offer.pk), phases.get(offer.pk)
        if version is None or (phase is not None and phase.phase in GONE):
            continue
        siblings = _siblings(offer, version, offers)
        fitting = systems.fitting(
            [deal for one in siblings for deal in deals.get(one.pk, ())],
            [Area(one.area) for one in siblings],
        )
        figure = Calculation.of(version.model, country).figure(row.pk, deals=fitting)
        letter = choices.get(offer.pk)
        rows.append(
            _row(
                offer,
                phase,
                figure,
                letter=str(TYPE_LETTERS[letter.type]) if letter else "",
                area="" if version.for_all_areas else str(AREAS[Area(offer.area)]),
                ticked=ticked,
            )
        )
    sums, hours = whole_sums([one.figure for one in rows if one.ticked])
    anyway, _ = whole_sums([one.figure for one in rows])
    all_sums = {**sums, CostPlace.ANYWAY: anyway[CostPlace.ANYWAY]}
    size = size_class(country.inhabitants.get(row.pk))
    suffix = f"{query}&" if query else ""
    return YearPage(
        number=code.number,
        name=code.qualified_name,
        address=reverse("municipalities:show", args=[code.number]),
        year=chosen_year,
        other_year=today.year if chosen_year != today.year else today.year + 1,
        size=str(SIZE_CLASSES[size]).lower(),
        headings=(*(str(texts.PLACES[place]) for place in PLACES), str(texts.OWN_HOURS)),
        rows=tuple(rows),
        sums=tuple(own.money_words(all_sums[place]) for place in PLACES),
        sum_hours=own.span_words(hours),
        all_anyway=own.money_words(anyway[CostPlace.ANYWAY]),
        chosen=sum(one.ticked for one in rows),
        without=_without(offers, versions, phases),
        room=_room(row.pk, chosen_year, reach=reach, today=today, size=size),
        pdf=f"?{suffix}format=pdf",
        xlsx=f"?{suffix}format=xlsx",
        csv=f"?{suffix}format=csv",
        lacks=not all(money.complete for money in all_sums.values()),
    )


def _in_order(offers: Collection[Offer]) -> list[Offer]:
    areas = [area.value for area in Area]
    return sorted(offers, key=lambda one: (nb_sort_key(one.solution.name), areas.index(one.area)))


def _siblings(offer: Offer, version: Version, offers: Mapping[int, Offer]) -> list[Offer]:
    """The offers that the version is a price for."""
    if not version.for_all_areas:
        return [offer]
    return [one for one in offers.values() if one.solution_id == offer.solution_id]


def _row(
    offer: Offer,
    phase: CurrentPhase | None,
    figure: Figure,
    *,
    letter: str,
    area: str,
    ticked: Collection[str] | None,
) -> SolutionRow:
    code = f"{offer.solution.slug}.{offer.area}"
    return SolutionRow(
        code=code,
        name=offer.solution.name,
        address=reverse("costs:show", args=[offer.solution.slug]),
        area=area,
        phase=str(PHASES[phase.phase]) if phase else "",
        letter=letter,
        ticked=code in ticked if ticked is not None else phase is not None and phase.phase in OPEN,
        figure=figure,
        amounts=tuple(own.money_words(figure.sum(place)) for place in PLACES),
        hours=own.span_words(figure.span),
    )


def _without(
    offers: Mapping[int, Offer],
    versions: Mapping[int, Version],
    phases: Mapping[int, CurrentPhase],
) -> tuple[tuple[str, str, str], ...]:
    """What may come and has no price yet: name, address and phase, one line per solution."""
    priced = {offers[pk].solution_id for pk in versions}
    found: dict[str, tuple[str, str, str]] = {}
    for offer in _in_order(offers.values()):
        phase = phases.get(offer.pk)
        if offer.solution_id in priced or phase is None or phase.phase in GONE:
            continue
        found.setdefault(
            offer.solution.slug,
            (
                offer.solution.name,
                reverse("solutions:show", args=[offer.solution.slug]),
                str(PHASES[phase.phase]),
            ),
        )
    return tuple(found.values())


def _room(
    municipality: int, chosen_year: int, *, reach: Reach, today: date, size: SizeClass
) -> Room | None:
    """The hours set aside in the year's quarters that lie ahead; None for readers outside."""
    if not reach.holds(municipality):
        return None
    hours, estimate = Decimal(0), False
    for one in capacity.year_ahead(municipality, on=today, reach=reach, count=8):
        if one.quarter.year == chosen_year and one.inside is not None:
            hours += one.inside.hours
            estimate = estimate or one.inside.is_estimate
    return Room(
        hours=gettext("%(hours)s timer") % {"hours": formats.number(hours)}, estimate=estimate
    )


def _pdf(page: YearPage) -> HttpResponse:
    """The same figures on one sheet; the room for new things is left out, for papers travel."""
    moment = timezone.now()
    paper = year_paper.YearPaper(
        language=get_language() or "nb",
        title=gettext("E-helse %(year)s") % {"year": page.year},
        municipality=page.name,
        lead=gettext(
            "Hva felles løsninger kan koste kommunen, i kroner uten merverdiavgift. Timene er "
            "anslag for %(size)s."
        )
        % {"size": page.size},
        headings=(gettext("Løsning"), *page.headings),
        rows=tuple(
            (
                ", ".join(part for part in (one.name, one.area.lower()) if part),
                one.phase,
                *one.amounts,
                one.hours,
                one.ticked,
            )
            for one in page.rows
        ),
        sums=(gettext("Til sammen"), *page.sums, page.sum_hours),
        sums_note=gettext(
            "Det som betales uansett, er talt med for alle. Resten er talt med for løsningene som "
            "er merket ✓."
        ),
        without_heading=gettext("Har ingen pris ennå"),
        without=tuple(f"{name} ({phase.lower()})" for name, _, phase in page.without),
        foot=gettext("Samløp, laget %(day)s") % {"day": formats.long_date(moment)},
    )
    file = f"e-helse-{page.year}-{page.number}.pdf"
    return HttpResponse(
        year_paper.year_pdf(paper, at=moment).content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{file}"'},
    )


def _download(page: YearPage, *, on: date) -> Download:
    return Download(
        name=f"e-helse-{page.year}-{page.number}",
        sheet=gettext("E-helse %(year)s") % {"year": page.year},
        on=on,
        fields=[
            Field("losning", gettext("Løsning"), 32),
            Field("tjenesteomrade", gettext("Tjenesteområde"), 24),
            Field("fase", gettext("Fase"), 20),
            Field("type", gettext("Innføringstype"), 14),
            *(Field(place.value, str(texts.PLACES[place]), 20, "#,##0") for place in PLACES),
            Field("timer_fra", gettext("Egne timer, fra"), 14),
            Field("timer_til", gettext("Egne timer, til"), 14),
            Field("med", gettext("Talt med"), 10),
        ],
        rows=[
            (
                one.name,
                one.area,
                one.phase,
                one.letter,
                *(one.figure.sum(place).amount for place in PLACES),
                one.figure.span.low,
                one.figure.span.high,
                gettext("ja") if one.ticked else gettext("nei"),
            )
            for one in page.rows
        ],
    )

"""What the page on a municipality's uptake shows, and to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.lib.quarters import Quarter
from samlop.municipalities.queries import similar
from samlop.municipalities.rules.codes import CodePeriod
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.uptake.exports import status_paper
from samlop.uptake.queries import card as card_queries
from samlop.uptake.queries import observations
from samlop.uptake.queries import stages as queries
from samlop.uptake.queries.card import Heard
from samlop.uptake.queries.stages import NOTHING, Hindered, Standing
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.stages import LADDER, PROCESS, Stage
from samlop.uptake.texts import stages as texts
from samlop.web import formats
from samlop.web.assessments.areas import ADDRESSES

PEERS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source says now; only insiders read it."""

    source: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A solution in a service area, and how far the municipality has come with it."""

    solution: str
    slug: str
    area: str
    stage: str
    since: date | None
    units: str
    peers: str
    disagrees: bool
    # The last day on which the municipality may answer before others read it.
    reply_by: date | None
    sources: tuple[Said, ...]
    hindrances: str
    # Where the municipality answers, and where it takes back its own newest word.
    answer: str
    take_back: str
    # The figures of use, for those inside, where anything is measured.
    use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """`inside`: may see what each source says, before the public does."""

    inside: bool = False
    reports: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityUptake:
    name: str
    number: str
    on: date
    is_today: bool
    inside: bool
    reports: bool
    lead: str
    lines: tuple[Line, ...]
    peers: tuple[tuple[str, str], ...]
    pdf: str
    # «Stemmer dette?» of this quarter is answered; only for those who answer.
    answered: bool
    # Former municipalities' stages wait for an answer.
    carries: int


def municipality_page(
    code: CodePeriod, *, on: date, today: date, rights: Rights
) -> MunicipalityUptake:
    """Six queries for the public, however many solutions; a few more for those inside."""
    inside = rights.inside
    pk = int(code.municipality)
    offers = list(Offer.objects.select_related("solution"))
    alike = similar.similar_to(pk, on=on, count=PEERS)
    standings = queries.standing(
        [one.pk for one in offers], on, municipalities=[pk, *(one.pk for one in alike)]
    )
    reports = rights.reports and on == today
    around = _Around(
        number=code.number,
        today=today,
        inside=inside,
        hindered=queries.hindered([one.pk for one in offers], on, municipalities=[pk])
        if inside
        else {},
        heard=card_queries.heard(pk) if reports else {},
        measured=observations.measured_solutions() if inside else frozenset(),
        reports=reports,
        municipality=pk,
    )
    told = [
        (offer, own)
        for offer in offers
        if (own := standings.get((offer.pk, pk), NOTHING)) is not NOTHING
    ]
    lines = [
        _line(offer, own, [standings.get((offer.pk, one.pk), NOTHING) for one in alike], around)
        for offer, own in told
    ]
    return MunicipalityUptake(
        name=code.qualified_name,
        number=code.number,
        on=on,
        is_today=on == today,
        inside=inside,
        reports=reports,
        lead=_lead(
            [
                (offer.solution_id, own.agreed)
                for offer, own in told
                if own.agreed is not None and (inside or own.is_open_on(today))
            ]
        ),
        lines=tuple(
            sorted(lines, key=lambda one: (nb_sort_key(one.solution), nb_sort_key(one.area)))
        ),
        peers=tuple((one.number, one.name) for one in alike),
        pdf="?format=pdf" if on == today else f"?dato={on.isoformat()}&format=pdf",
        answered=reports and pk in card_queries.answered([pk], Quarter.of(today)),
        carries=len(queries.carry_proposals(pk)) if reports else 0,
    )


def status_pdf(page: MunicipalityUptake) -> HttpResponse:
    """One sheet for elected representatives; `page` is what the public reads, for papers travel."""
    moment = timezone.now()
    day = formats.long_date(page.on)
    foot = gettext("Samløp, laget %(day)s") % {"day": formats.long_date(moment)}
    if settings.SAMLOP_EXAMPLE:
        foot = f"{gettext('Eksempeldata.')} {foot}"
    note = gettext("At en løsning er teknisk innført, betyr ikke at den er i bruk.")
    if page.peers:
        names = ", ".join(name for _, name in page.peers)
        note = f"{note} {gettext('Kommuner som ligner:')} {names}."
    paper = status_paper.StatusPaper(
        language=get_language() or "nb",
        title=gettext("Status e-helse til utvalget"),
        municipality=f"{page.name}, {day}",
        lead=page.lead or gettext("Ingen har opplyst hvor langt kommunen er kommet"),
        headings=(
            gettext("Løsning"),
            gettext("Hvor langt"),
            gettext("Siden"),
            gettext("Enheter i bruk"),
            gettext("Den midterste av dem som ligner"),
        ),
        rows=tuple(
            (
                one.solution,
                one.area.lower(),
                one.stage,
                formats.short_date(one.since) if one.since else "",
                one.units,
                one.peers,
            )
            for one in page.lines
        ),
        note=note,
        foot=foot,
    )
    file = f"status-e-helse-{page.number}-{page.on.isoformat()}.pdf"
    return HttpResponse(
        status_paper.status_pdf(paper, at=moment).content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{file}"'},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What every line needs beside the standings."""

    number: str
    municipality: int
    today: date
    inside: bool
    reports: bool
    hindered: Mapping[tuple[int, int], Hindered]
    heard: Mapping[int, Heard]
    measured: frozenset[int]


def _lead(stages: Sequence[tuple[int, Stage]]) -> str:
    """«4 løsninger er tilgjengelige i kommunen, og 3 er tatt i bruk.»

    A solution counts once, however many service areas have it.
    """
    available = {solution for solution, one in stages if rules.is_made_available(one)}
    if not available:
        return ""
    used = {solution for solution, one in stages if rules.has_reached(one, Stage.IN_USE)}
    return ngettext(
        "%(num)s løsning er tilgjengelig i kommunen, og %(used)s er tatt i bruk.",
        "%(num)s løsninger er tilgjengelige i kommunen, og %(used)s er tatt i bruk.",
        len(available),
    ) % {"num": len(available), "used": len(used)}


def _line(offer: Offer, own: Standing, peers: Sequence[Standing], around: _Around) -> Line:
    today, inside = around.today, around.inside
    told = own.agreed is not None and (inside or own.is_open_on(today))
    heard = around.heard.get(offer.pk)
    args = [around.number, offer.solution.slug, ADDRESSES[Area(offer.area)]]
    return Line(
        solution=offer.solution.name,
        slug=offer.solution.slug,
        area=str(portfolio_texts.AREAS[Area(offer.area)]),
        stage=(
            str(texts.STAGES[own.agreed])
            if told and own.agreed is not None
            else gettext("Venter på svar fra kommunen")
        ),
        since=own.since if told else None,
        units=(
            gettext("%(used)s av %(all)s") % {"used": own.units_in_use, "all": own.units}
            if told and own.units
            else ""
        ),
        peers=_peers(offer, peers, today=today),
        disagrees=told and own.disagrees,
        reply_by=own.open_from - timedelta(days=1)
        if own.open_from is not None and not own.is_open_on(today)
        else None,
        sources=tuple(
            Said(source=str(texts.SOURCES[source]), stage=str(texts.STAGES[stage]))
            for source, stage in sorted(own.per_source.items())
        )
        if inside
        else (),
        hindrances=", ".join(str(texts.HINDRANCES[one]) for one in hindered.hindrances)
        if (hindered := around.hindered.get((offer.pk, around.municipality))) is not None
        else "",
        answer=reverse("uptake:answer", args=args) if around.reports else "",
        use=reverse("indicators:municipality", args=[around.number, offer.solution.slug])
        if offer.solution_id in around.measured
        else "",
        take_back=reverse("uptake:take_back", args=[around.number, heard.own.event])
        if heard is not None and heard.own is not None
        else "",
    )


def _peers(offer: Offer, peers: Sequence[Standing], *, today: date) -> str:
    """The middle one of those alike, as far as the public may know; nobody is named."""
    if not peers:
        return ""
    ladder = PROCESS if offer.solution.kind == SolutionKind.JOINT_PROCESS.value else LADDER
    reached = median_low(
        rules.rank(one.agreed) if one.agreed is not None and one.is_open_on(today) else 0
        for one in peers
    )
    stage: Stage | None = ladder[reached - 1] if reached else None
    return str(texts.STAGES[stage]) if stage is not None else gettext("Ikke i gang")

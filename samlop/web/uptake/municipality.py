"""What the page on a municipality's uptake shows, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import Final

from django.utils.translation import gettext

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.queries import similar
from samlop.municipalities.rules.codes import CodePeriod
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.uptake.queries import stages as queries
from samlop.uptake.queries.stages import NOTHING, Standing
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.stages import LADDER, PROCESS, Stage
from samlop.uptake.texts import stages as texts

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
    awaits: bool
    sources: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityUptake:
    """`inside`: whoever reads it may see what each source says, before the public does."""

    name: str
    number: str
    on: date
    is_today: bool
    inside: bool
    lines: tuple[Line, ...]
    peers: tuple[tuple[str, str], ...]


def municipality_page(
    code: CodePeriod, *, on: date, today: date, inside: bool
) -> MunicipalityUptake:
    """Six queries, however many solutions."""
    pk = int(code.municipality)
    offers = list(Offer.objects.select_related("solution"))
    alike = similar.similar_to(pk, on=on, count=PEERS)
    standings = queries.standing(
        [one.pk for one in offers], on, municipalities=[pk, *(one.pk for one in alike)]
    )
    lines = [
        _line(
            offer,
            own,
            [standings.get((offer.pk, one.pk), NOTHING) for one in alike],
            today=today,
            inside=inside,
        )
        for offer in offers
        if (own := standings.get((offer.pk, pk), NOTHING)) is not NOTHING
    ]
    return MunicipalityUptake(
        name=code.qualified_name,
        number=code.number,
        on=on,
        is_today=on == today,
        inside=inside,
        lines=tuple(
            sorted(lines, key=lambda one: (nb_sort_key(one.solution), nb_sort_key(one.area)))
        ),
        peers=tuple((one.number, one.name) for one in alike),
    )


def _line(
    offer: Offer, own: Standing, peers: Sequence[Standing], *, today: date, inside: bool
) -> Line:
    told = own.agreed is not None and (inside or own.is_open_on(today))
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
        awaits=not own.is_open_on(today),
        sources=tuple(
            Said(source=str(texts.SOURCES[source]), stage=str(texts.STAGES[stage]))
            for source, stage in sorted(own.per_source.items())
        )
        if inside
        else (),
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

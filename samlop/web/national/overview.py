"""What the national overview shows: every solution, where it is held, and where in the country."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from samlop.db.text_keys import nb_sort_key
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.uptake.queries import national as queries
from samlop.uptake.rules.stages import LADDER, PROCESS, Stage
from samlop.uptake.texts import stages as texts
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.municipalities.maps import Map
from samlop.web.national import lines
from samlop.web.national.lines import Line
from samlop.web.uptake import pages as solution_pages

AREA: Final = "omrade"
SORT: Final = "sorter"
ON_MAP: Final = "losning"

_SORTS: Final[Mapping[str, Callable[[Line], int]]] = {
    "tilgjengelig": lambda line: -line.available,
    "avstand": lambda line: -line.gap,
}


@dataclass(frozen=True, slots=True)
class Overview:
    """The offers the reader asked for, in her order: for the page and for files alike."""

    lines: tuple[Line, ...]
    silent: tuple[Offer, ...]
    areas: tuple[tuple[str, str], ...]
    area: str
    sort: str
    on: date
    today: date

    @classmethod
    def of(cls, query: QueryDict, *, on: date, today: date) -> "Overview":
        """Five queries at most, however many offers and municipalities."""
        offers = list(Offer.objects.select_related("solution").order_by("pk"))
        offered = {one.area for one in offers}
        areas = sorted(
            (
                (code.value, str(words))
                for code, words in portfolio_texts.AREAS.items()
                if code.value in offered
            ),
            key=lambda one: nb_sort_key(one[1]),
        )
        area = query.get(AREA, "")
        area = area if area in offered else ""
        shown, silent = lines.lines_of(
            [one for one in offers if not area or one.area == area], on=on, today=today
        )
        sort = query.get(SORT, "")
        if sort in _SORTS:
            # The order by name stays among those that are alike.
            shown = tuple(sorted(shown, key=_SORTS[sort]))
        return cls(
            lines=shown,
            silent=silent,
            areas=tuple(areas),
            area=area,
            sort=sort if sort in _SORTS else "",
            on=on,
            today=today,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMap:
    """The chosen offer in the country; `left_out` have no place on today's tiles."""

    choice: str
    choices: tuple[tuple[str, str], ...]
    title: str
    address: str
    map: Map
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    lines: tuple[Line, ...]
    processes: tuple[Line, ...]
    held: tuple[Line, ...]
    silent: tuple[tuple[str, str, str], ...]
    municipalities: int
    areas: tuple[tuple[str, str], ...]
    area: str
    sorts: tuple[tuple[str, str], ...]
    sort: str
    day_chosen: str
    past_day: date | None
    suffix: str
    on_map: OnMap | None
    compare: str
    csv: str
    xlsx: str


def overview_page(found: Overview, query: QueryDict) -> OverviewPage:
    """Seven queries more: the map."""
    past = found.on if found.on != found.today else None
    suffix = f"?dato={found.on.isoformat()}" if past else ""
    held = [line for line in found.lines if line.under_way]
    return OverviewPage(
        lines=tuple(line for line in found.lines if not line.joint_process),
        processes=tuple(line for line in found.lines if line.joint_process),
        held=tuple(sorted(held, key=lambda line: -line.under_way)),
        silent=tuple(
            sorted(
                (
                    (
                        one.solution.name,
                        str(portfolio_texts.AREAS[Area(one.area)]),
                        one.solution.slug,
                    )
                    for one in found.silent
                ),
                key=lambda one: (nb_sort_key(one[0]), nb_sort_key(one[1])),
            )
        ),
        municipalities=max((line.municipalities for line in found.lines), default=0),
        areas=(("", gettext("Alle")), *found.areas),
        area=found.area,
        sorts=(
            ("", gettext("Navn")),
            ("tilgjengelig", gettext("Flest som har den")),
            ("avstand", gettext("Størst avstand til bruk")),
        ),
        sort=found.sort,
        day_chosen=found.on.isoformat() if past else "",
        past_day=past,
        suffix=suffix,
        on_map=_on_map(found, query),
        compare=f"{reverse('national:compare')}?til={found.on.isoformat()}",
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
    )


def _on_map(found: Overview, query: QueryDict) -> OnMap | None:
    if not found.lines:
        return None
    by_code = {line.code: line for line in found.lines}
    most = max(found.lines, key=lambda line: line.available)
    line = by_code.get(query.get(ON_MAP, ""), most)
    offer = Offer.objects.select_related("solution").get(pk=line.offer)
    places = solution_pages.Found.of(
        offer.solution,
        QueryDict(f"{solution_pages.AREA}={offer.area}"),
        on=found.on,
        today=found.today,
    )
    drawn, left_out = solution_pages.stage_map(places)
    if drawn is None:
        return None
    return OnMap(
        choice=line.code,
        choices=tuple((one.code, one.title) for one in by_code.values()),
        title=line.title,
        address=f"{reverse('uptake:solution', args=[line.slug])}?{solution_pages.AREA}={offer.area}"
        + (f"&dato={found.on.isoformat()}" if found.on != found.today else ""),
        map=drawn,
        left_out=left_out,
    )


def download(found: Overview) -> Download:
    """One row for each offer of which something is said."""
    stages: tuple[Stage, ...] = (*LADDER, *PROCESS)
    available = [
        (line, queries.available_from(joint_process=line.joint_process)) for line in found.lines
    ]
    return Download(
        name="utbredelse",
        sheet=gettext("Utbredelse"),
        on=found.on,
        fields=(
            Field("losning", gettext("Løsning"), 30),
            Field("omrade", gettext("Tjenesteområde"), 24),
            Field("kommuner", gettext("Kommuner i landet"), 12, "#,##0"),
            *(
                Field(stage.value, gettext("Minst: %(stage)s") % {"stage": words}, 14, "#,##0")
                for stage in stages
                if (words := str(texts.STAGES[stage]).lower())
            ),
            Field("bekreftet", gettext("Bekreftet av to kilder eller flere"), 14, "#,##0"),
            Field("uenige", gettext("Kildene er ikke enige"), 14, "#,##0"),
            Field("venter", gettext("Kommunen har ikke svart ennå"), 14, "#,##0"),
            Field("tilgjengelig_i_fjor", gettext("Tilgjengelig for ett år siden"), 14, "#,##0"),
            Field("i_bruk_i_fjor", gettext("I bruk for ett år siden"), 14, "#,##0"),
        ),
        rows=[
            (
                line.solution,
                line.area,
                line.municipalities,
                *(line.now.reached.get(stage) for stage in stages),
                line.now.confirmed,
                line.disagreeing,
                line.awaiting,
                line.a_year_ago.count(first),
                line.a_year_ago.count(queries.used_from(joint_process=line.joint_process)),
            )
            for line, first in available
        ],
    )

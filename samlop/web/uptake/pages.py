"""What the page on a solution's uptake shows. Only what the public may read is told by name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.uptake.queries import national
from samlop.uptake.queries import stages as queries
from samlop.uptake.queries.stages import NOTHING, Standing
from samlop.uptake.rules import stages as rules
from samlop.uptake.rules.stages import LADDER, PROCESS, Stage
from samlop.uptake.texts import stages as texts
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.indicators import pages as indicators
from samlop.web.indicators import series
from samlop.web.indicators.series import Chart
from samlop.web.municipalities import coloured, maps
from samlop.web.municipalities.maps import Map, Value
from samlop.web.solutions.frame import Frame

# What the page is asked for by: «?omrade=home_care».
AREA: Final = "omrade"
_STEPS: Final[Mapping[Stage, int]] = {
    Stage.DECIDED: 1,
    Stage.PREPARED: 1,
    Stage.TECHNICALLY_INTRODUCED: 2,
    Stage.IN_USE: 3,
    Stage.ACTIVE_USE: 4,
    Stage.BENEFIT_DOCUMENTED: 5,
    Stage.SIGNED_UP: 1,
    Stage.UNDER_WAY: 3,
    Stage.COMPLETED: 5,
    Stage.STOPPED: 0,
    Stage.SUPERSEDED: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A municipality of the day, and how far it has come."""

    pk: int
    number: str
    name: str
    county: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The chosen offer of a solution, and every municipality of the day."""

    solution: Solution
    offers: tuple[Offer, ...]
    offer: Offer | None
    places: tuple[Place, ...]
    on: date
    today: date

    @classmethod
    def of(cls, solution: Solution, query: QueryDict, *, on: date, today: date) -> "Found":
        """Five queries, however many municipalities; six when something new is said."""
        offers = tuple(
            sorted(
                solution.offers.all(),
                key=lambda one: nb_sort_key(str(portfolio_texts.AREAS[Area(one.area)])),
            )
        )
        by_area = {one.area: one for one in offers}
        standings = national.standings([one.pk for one in offers], on)
        # Without a choice, the area of which most is said.
        most = max(offers, key=lambda one: len(standings.get(one.pk, ())), default=None)
        offer = by_area.get(query.get(AREA, ""), most)
        said = standings.get(offer.pk, {}) if offer else {}
        counties = dict(
            RegionMembership.objects.valid_on(on)
            .filter(kind=RegionKind.COUNTY.value)
            .values_list("municipality_id", "region__name")
        )
        rows = MunicipalityCode.objects.valid_on(on).order_by("number")
        return cls(
            solution=solution,
            offers=offers,
            offer=offer,
            places=tuple(
                Place(
                    pk=pk,
                    number=number,
                    name=name,
                    county=counties.get(pk, ""),
                    standing=said.get(pk, NOTHING),
                )
                for pk, number, name in rows.values_list(
                    "municipality_id", "number", "qualified_name"
                )
            ),
            on=on,
            today=today,
        )

    @property
    def ladder(self) -> tuple[Stage, ...]:
        return PROCESS if self.solution.is_joint_process else LADDER


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """How many have come at least so far; `definition` says what it means here."""

    words: str
    count: int
    share: float
    definition: str
    definition_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyRow:
    """A county, and how many of its municipalities have come so far."""

    name: str
    municipalities: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionUptake:
    frame: Frame
    address: str
    day_chosen: str
    area: str
    areas: tuple[tuple[str, str], ...]
    area_words: str
    anything: bool
    lead: str
    stages: tuple[StageRow, ...]
    shown_stages: tuple[str, ...]
    counties: tuple[CountyRow, ...]
    map: Map | None
    left_out: int
    confirmed: str
    disagreeing: str
    awaiting: str
    csv: str
    xlsx: str
    charts: tuple[Chart, ...]
    # Whether the reader is one of those who load files of figures for the solution.
    brings_figures: bool


def solution_page(
    found: Found, frame: Frame, query: QueryDict, *, brings_figures: bool
) -> SolutionUptake:
    """Four queries more: what each stage means, and the figures of use."""
    meanings = queries.definitions(found.solution.pk, found.on)
    municipalities = len(found.places)
    counts = _reached([one.standing for one in found.places], found.ladder)
    standings = [one.standing for one in found.places if one.standing.agreed is not None]
    # A stage that nobody has reached or defined here says nothing in a table of counties.
    shown = [stage for stage in found.ladder if counts[stage]]
    drawn, left_out = stage_map(found)
    area = Area(found.offer.area) if found.offer else None
    return SolutionUptake(
        frame=frame,
        address=f"{frame.address}utbredelse/",
        day_chosen=query.get("dato", ""),
        area=area.value if area else "",
        areas=tuple((one.area, str(portfolio_texts.AREAS[Area(one.area)])) for one in found.offers),
        area_words=str(portfolio_texts.AREAS[area]) if area else "",
        anything=bool(standings),
        lead=_lead(counts, municipalities, joint_process=found.solution.is_joint_process),
        stages=tuple(
            StageRow(
                words=str(texts.STAGES[stage]),
                count=counts[stage],
                share=counts[stage] / municipalities if municipalities else 0,
                definition=meanings[stage].words if stage in meanings else "",
                definition_source=meanings[stage].source if stage in meanings else "",
            )
            for stage in found.ladder
        ),
        shown_stages=tuple(str(texts.STAGES[stage]) for stage in shown),
        counties=_counties(found, shown),
        map=drawn,
        left_out=left_out,
        confirmed=_confirmed(standings),
        disagreeing=_number_of(sum(one.disagrees for one in standings)),
        awaiting=_number_of(sum(not one.is_open_on(found.today) for one in standings)),
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        charts=series.of_country(indicators.indicators_of(found.solution), on=found.on),
        brings_figures=brings_figures,
    )


def download(found: Found) -> Download:
    """Every municipality of the day, and how far it has come as far as the public may know."""
    return Download(
        name=f"utbredelse-{found.solution.slug}",
        sheet=gettext("Utbredelse"),
        on=found.on,
        fields=(
            Field("nummer", gettext("Nr."), 8),
            Field("kommune", gettext("Kommune"), 28),
            Field("fylke", gettext("Fylke"), 22),
            Field("steg", gettext("Steg"), 28),
            Field("siden", gettext("Siden"), 12),
        ),
        rows=[
            (
                one.number,
                one.name,
                one.county,
                _words(one.standing, found.today),
                one.standing.since if one.standing.is_open_on(found.today) else None,
            )
            for one in found.places
        ],
    )


def _lead(counts: Mapping[Stage, int], municipalities: int, *, joint_process: bool) -> str:
    if joint_process:
        return gettext("%(count)s av %(all)s kommuner er påmeldt. %(done)s har gjennomført.") % {
            "count": counts[Stage.SIGNED_UP],
            "all": municipalities,
            "done": counts[Stage.COMPLETED],
        }
    return gettext(
        "%(count)s av %(all)s kommuner har løsningen tilgjengelig. %(used)s har tatt den i bruk."
    ) % {
        "count": counts[Stage.TECHNICALLY_INTRODUCED],
        "all": municipalities,
        "used": counts[Stage.IN_USE],
    }


def _confirmed(standings: list[Standing]) -> str:
    return gettext("%(count)s av %(all)s") % {
        "count": sum(len(one.confirmed_by) > 1 for one in standings),
        "all": len(standings),
    }


def _number_of(count: int) -> str:
    return ngettext("%(num)s kommune", "%(num)s kommuner", count) % {"num": count}


def _words(standing: Standing, today: date) -> str:
    """How far, as the public may know it."""
    if standing.agreed is None:
        return gettext("Ikke opplyst")
    if not standing.is_open_on(today):
        return gettext("Venter på svar fra kommunen")
    return str(texts.STAGES[standing.agreed])


def stage_map(found: Found) -> tuple[Map | None, int]:
    """The map, and how many of the day have no place on it. Two queries."""
    if found.offer is None:
        return None, 0
    tiles = coloured.numbers_of_tiles()
    values: dict[str, Value] = {}
    left_out = 0
    title = gettext("%(name)s: %(what)s")
    # The words of a stage are looked up once, and not for each of 357 places.
    told: dict[tuple[Stage | None, bool], tuple[int, str]] = {}
    for one in found.places:
        if (number := tiles.get(one.pk)) is None:
            left_out += 1
            continue
        agreed = one.standing.agreed
        is_open = agreed is not None and one.standing.is_open_on(found.today)
        if (agreed, is_open) not in told:
            step = _STEPS[agreed] if is_open and agreed else 0
            told[agreed, is_open] = step, _words(one.standing, found.today).lower()
        step, what = told[agreed, is_open]
        values[number] = Value(step, title % {"name": one.name, "what": what})
    legend = [""] * maps.STEPS
    legend[0] = gettext("Ikke opplyst, avsluttet eller venter på svar")
    for stage in found.ladder:
        legend[_STEPS[stage]] = str(texts.STAGES[stage])
    if not found.solution.is_joint_process:
        legend[1] = gettext("Besluttet eller forberedt")
    return (
        maps.tile_map(
            values,
            legend=legend,
            label=gettext("Kart over hvor langt kommunene er kommet med %(name)s")
            % {"name": found.solution.name},
            counties=coloured.counties_of_tiles(),
            suffix=f"?dato={found.on.isoformat()}" if found.on != found.today else "",
        ),
        left_out,
    )


def _reached(standings: Iterable[Standing], ladder: Iterable[Stage]) -> dict[Stage, int]:
    """How many have come at least so far, by agreement."""
    agreed = Counter(one.agreed for one in standings)
    return {
        stage: sum(count for one, count in agreed.items() if rules.has_reached(one, stage))
        for stage in ladder
    }


def _counties(found: Found, shown: list[Stage]) -> tuple[CountyRow, ...]:
    by_county: dict[str, list[Standing]] = {}
    for one in found.places:
        by_county.setdefault(one.county, []).append(one.standing)
    return tuple(
        CountyRow(
            name=county or gettext("Uten fylke"),
            municipalities=len(standings),
            counts=tuple(_reached(standings, shown).values()),
        )
        for county, standings in sorted(by_county.items(), key=lambda item: nb_sort_key(item[0]))
    )

"""What the page of a solution's forecast shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.lib.quarters import Quarter
from samlop.uptake.queries.forecasts import Basis
from samlop.uptake.rules.forecasts import Forecast, Point, Reaches
from samlop.uptake.texts import forecasts as texts
from samlop.web import formats
from samlop.web.forecasts import chart, planned
from samlop.web.forecasts.chart import Chart
from samlop.web.forecasts.choosing import Chosen
from samlop.web.forecasts.planned import Plan
from samlop.web.solutions.frame import Frame

_A_YEAR: Final = 4
# What is drawn: at least so far ahead, and a year beyond the last share.
_LEAST_QUARTERS: Final = 12


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A share, and when it is reached; `reached` when it has been, `beyond` when hardly ever."""

    share: str
    municipalities: int
    reached: date | None
    beyond: bool
    early: str
    middle: str
    late: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """How many, on a day; only `middle` when it has been."""

    on: date
    low: int | None
    middle: int
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPage:
    frame: Frame
    heading: str
    address: str
    looking_back: str
    area: str
    area_asked: str
    tabs: tuple[tuple[str, str, bool], ...]
    day_chosen: str
    on: date | None
    lead: str
    # Why nothing is forecast; then `levels` is empty.
    refusal: str
    levels: tuple[LevelRow, ...]
    expects: str
    chart: Chart | None
    rows: tuple[PointRow, ...]
    plan: Plan | None
    planned: str
    learned: str


def forecast_page(frame: Frame, chosen: Chosen, query: QueryDict) -> ForecastPage:
    here, basis = chosen.here, chosen.basis
    process = here.solution.is_joint_process
    made, plan = _made(basis, query)
    suffix = here.suffix if "omrade" in query else ""
    points = _shown(made) if made else ()
    return ForecastPage(
        frame=frame,
        heading=gettext("Når kommer kommunene i gang?")
        if process
        else gettext("Når tar kommunene løsningen i bruk?"),
        address=reverse("forecasts:show", args=[frame.slug]),
        looking_back=f"{reverse('forecasts:looking_back', args=[frame.slug])}{suffix}",
        area=here.area_words,
        area_asked=query.get("omrade", ""),
        tabs=here.tabs(query),
        day_chosen=query.get("dato", ""),
        on=basis.on if basis else None,
        lead=lead(basis, process=process) if basis else "",
        refusal=str(texts.FORECAST_REFUSALS[basis.refusal]) if basis and basis.refusal else "",
        levels=tuple(_level(one, made.municipalities) for one in made.reaches) if made else (),
        expects=_expects(made) if made else "",
        chart=chart.of_forecast(basis.history, basis.on, points)
        if basis and basis.history.began
        else None,
        rows=_rows(basis, points) if basis else (),
        plan=plan,
        planned=_planned(plan),
        learned=_learned(basis) if basis else "",
    )


def lead(basis: Basis, *, process: bool) -> str:
    words = (
        gettext("%(count)s av %(all)s kommuner er i gang.")
        if process
        else gettext("%(count)s av %(all)s kommuner har tatt løsningen i bruk.")
    )
    return words % {
        "count": formats.number(len(basis.history.began)),
        "all": formats.number(basis.history.municipalities),
    }


def _made(basis: Basis | None, query: QueryDict) -> tuple[Forecast | None, Plan | None]:
    if basis is None or basis.refusal is not None:
        return None, None
    left = basis.history.municipalities - len(basis.history.began)
    plan = planned.read(query, on=basis.on, left=left)
    return basis.forecast(plan.starts), plan if left else None


def _level(reaches: Reaches, municipalities: int) -> LevelRow:
    return LevelRow(
        share=formats.percent(reaches.level),
        municipalities=reaches.needed(municipalities),
        reached=reaches.reached,
        beyond=reaches.low is None,
        early=quarter_or_beyond(reaches.low),
        middle=quarter_or_beyond(reaches.middle),
        late=quarter_or_beyond(reaches.high),
    )


def quarter_or_beyond(day: date | None) -> str:
    """The quarter a day lies in; the model is no finer."""
    if day is None:
        return gettext("mer enn ti år fram")
    return formats.quarter(Quarter.of(day))


def _expects(made: Forecast) -> str:
    """One sentence on the next share that is not reached."""
    following = next((one for one in made.reaches if one.reached is None), None)
    if following is None:
        return ""
    share = {"share": formats.percent(following.level)}
    if following.low is None:
        return gettext("%(share)s av kommunene ventes ikke å ha begynt de neste ti årene.") % share
    if following.high is None:
        return gettext("%(share)s av kommunene ventes tidligst å ha begynt %(low)s.") % {
            **share,
            "low": quarter_or_beyond(following.low),
        }
    low, high = quarter_or_beyond(following.low), quarter_or_beyond(following.high)
    if low == high:
        return gettext("%(share)s av kommunene ventes å ha begynt %(low)s.") % {
            **share,
            "low": low,
        }
    return gettext("%(share)s av kommunene ventes å ha begynt mellom %(low)s og %(high)s.") % {
        **share,
        "low": low,
        "high": high,
    }


def _shown(made: Forecast) -> tuple[Point, ...]:
    last = made.reaches[-1].middle
    if last is None:
        return made.points
    until = sum(one.on <= last for one in made.points) + _A_YEAR
    return made.points[: max(until, _LEAST_QUARTERS + 1)]


def _rows(basis: Basis, points: Sequence[Point]) -> tuple[PointRow, ...]:
    began = basis.history.began
    years = range(began[0].year + 1, basis.on.year + 1) if began else ()
    return (
        *(
            PointRow(day, None, len(basis.history.until(day).began), None)
            for day in (date(year, 1, 1) for year in years)
        ),
        PointRow(basis.on, None, len(began), None),
        *(PointRow(one.on, one.low, one.middle, one.high) for one in points[_A_YEAR::_A_YEAR]),
    )


def _planned(plan: Plan | None) -> str:
    count = sum(one.municipalities for one in plan.starts) if plan else 0
    if not count:
        return ""
    return ngettext(
        "Anslaget regner med at %(count)s kommune har fått en dag å begynne.",
        "Anslaget regner med at %(count)s kommuner har fått en dag å begynne.",
        count,
    ) % {"count": formats.number(count)}


def _learned(basis: Basis) -> str:
    if basis.learned.solutions:
        return gettext(
            "Utgangspunktet er hvordan det gikk med %(count)s tidligere løsninger her i landet."
        ) % {"count": basis.learned.solutions}
    return gettext(
        "Færre enn tre tidligere løsninger har kommet langt nok til å lære av. Utgangspunktet er "
        "derfor gjennomsnittet i forskningen (Sultan, Farley og Lehmann 1990), med stort "
        "slingringsmonn."
    )

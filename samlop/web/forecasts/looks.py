"""What the page that looks back on forecasts shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.uptake.queries.forecasts import ITALY_KNOWN_ON, Validation
from samlop.uptake.rules.forecasts import Hindsight, History, LookBack, Score, YearLater
from samlop.web import formats
from samlop.web.forecasts import chart
from samlop.web.forecasts.chart import Chart
from samlop.web.forecasts.choosing import Chosen
from samlop.web.forecasts.pages import lead, quarter_or_beyond
from samlop.web.solutions.frame import Frame

_NOTICES: Final[Mapping[str, str | Promise]] = {
    "notifiche-2022": _("Digitale varsler, utlysning 2022"),
    "notifiche-2024": _("Digitale varsler, utlysning 2024"),
    "pdnd-2022": _("Nasjonal datautveksling, utlysning 2022"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    words: str
    color: str


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A share as it was forecast on an earlier day."""

    made_on: date
    share: str
    said: str
    happened: date | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class YearLine:
    """How many were to have begun a year later."""

    made_on: date
    begun: int
    on: date
    low: int
    high: int
    happened: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Forecasts of one curve; `made` is how many days a forecast was made on."""

    name: str
    municipalities: int
    begun: int
    made: int
    levels_score: str
    years_score: str
    levels: tuple[LevelLine, ...]
    years: tuple[YearLine, ...]
    chart: Chart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingBackPage:
    frame: Frame
    forecast: str
    area: str
    tabs: tuple[tuple[str, str, bool], ...]
    lead: str
    own: Series | None
    # Why there is nothing to look back on.
    nothing: str
    italian: tuple[Series, ...]
    italian_levels: str
    italian_years: str
    italian_known_on: date


def looking_back_page(
    frame: Frame, chosen: Chosen, validation: tuple[Validation, ...], query: QueryDict
) -> LookingBackPage:
    here, basis = chosen.here, chosen.basis
    backs = basis.look_backs() if basis else ()
    every = [one for series in validation for one in series.look_backs]
    return LookingBackPage(
        frame=frame,
        forecast=reverse("forecasts:show", args=[frame.slug])
        + (here.suffix if "omrade" in query else ""),
        area=here.area_words,
        tabs=here.tabs(query),
        lead=lead(basis, process=here.solution.is_joint_process) if basis else "",
        own=_series("", basis.history, backs, basis.on) if basis and backs else None,
        nothing=gettext(
            "De tre siste årene var det for lite å gå etter til at Samløp hadde laget noe anslag."
        ),
        italian=tuple(
            _series(str(_NOTICES[one.notice]), one.history, one.look_backs, ITALY_KNOWN_ON)
            for one in validation
        ),
        italian_levels=_score(_levels(every)),
        italian_years=_score(_years(every)),
        italian_known_on=ITALY_KNOWN_ON,
    )


def _series(name: str, history: History, backs: Sequence[LookBack], known_on: date) -> Series:
    years = [one.year for one in backs if one.year is not None]
    return Series(
        name=name,
        municipalities=history.municipalities,
        begun=len(history.until(known_on).began),
        made=len(backs),
        levels_score=_score(_levels(backs)),
        years_score=_score(_years(backs)),
        levels=tuple(_level_line(each) for one in backs for each in one.levels),
        years=tuple(_year_line(one, one.year) for one in backs if one.year is not None),
        chart=chart.of_looking_back(history, known_on, years) if years else None,
    )


def _levels(backs: Iterable[LookBack]) -> Score:
    return Score.of(each.held for one in backs for each in one.levels)


def _years(backs: Iterable[LookBack]) -> Score:
    return Score.of(one.year.held if one.year else None for one in backs)


def _score(score: Score) -> str:
    """«11 av 11 traff, 7 er ikke avgjort»."""
    if not score.judged:
        return gettext("Ingen kan bedømmes ennå")
    words = {"held": score.held, "judged": score.judged, "open": score.still_open}
    if score.still_open:
        return gettext("%(held)s av %(judged)s traff, %(open)s er ikke avgjort") % words
    return gettext("%(held)s av %(judged)s traff") % words


def _verdict(held: bool | None) -> Verdict:  # noqa: FBT001 - the answer itself
    if held is None:
        return Verdict(gettext("Ikke avgjort"), "neutral")
    return Verdict(gettext("Traff"), "success") if held else Verdict(gettext("Bommet"), "warning")


def _level_line(one: Hindsight) -> LevelLine:
    low, high = quarter_or_beyond(one.reaches.low), quarter_or_beyond(one.reaches.high)
    return LevelLine(
        made_on=one.made_on,
        share=formats.percent(one.reaches.level),
        said=low if low == high else gettext("%(low)s til %(high)s") % {"low": low, "high": high},
        happened=one.happened,
        verdict=_verdict(one.held),
    )


def _year_line(one: LookBack, year: YearLater) -> YearLine:
    return YearLine(
        made_on=one.made.made_on,
        begun=one.made.begun,
        on=year.said.on,
        low=year.said.low,
        high=year.said.high,
        happened=year.happened,
        verdict=_verdict(year.held),
    )

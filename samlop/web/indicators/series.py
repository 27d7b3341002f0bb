"""A series of figures as a picture and as rows: of the country, or of a municipality."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.municipalities.queries.population import inhabitants
from samlop.uptake.models import Indicator
from samlop.uptake.queries import indicators as definitions
from samlop.uptake.queries import observations
from samlop.uptake.queries.observations import Point
from samlop.uptake.rules.indicators import Figure, IndicatorKind, Rhythm, starts_on
from samlop.uptake.texts import figures as texts
from samlop.web import formats
from samlop.web.indicators.words import figure, period

WIDTH: Final = 100
HEIGHT: Final = 40
# As far back as the picture goes; a figure a year says little of fewer.
_BACK: Final = timedelta(days=5 * 366)
_BACK_OF_YEARS: Final = timedelta(days=15 * 366)
_BACK_OF_ONE: Final = timedelta(days=2 * 366)
# So many of the newest periods stand in the table beside the picture.
SHOWN: Final = 12
# The middle one of fewer would tell of single municipalities.
FEWEST_PEERS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A period, its figure, and what is said beside it."""

    period: str
    figure: str
    beside: str = ""
    peers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`paths` are drawn in WIDTH × HEIGHT; `peers` likewise, of the middle similar municipality."""

    name: str
    address: str
    meaning: str
    latest: str
    latest_beside: str
    paths: tuple[str, ...]
    peers: tuple[str, ...]
    top: str
    first: str
    last: str
    label: str
    heading: str
    rows: tuple[Row, ...]
    compares: bool
    # What stands beside each figure in the table.
    beside: str


def of_country(
    indicators: Sequence[Indicator], *, on: date, rows: int | None = SHOWN
) -> tuple[Chart, ...]:
    """One for each that has figures; each has its solution read. Two queries, however many."""
    if not indicators:
        return ()
    meanings = definitions.versions(indicators)
    since = on - max(_back(one, _BACK) for one in indicators)
    found = observations.together([one.pk for one in indicators], since, on)
    charts = []
    for one in indicators:
        rhythm, kind = Rhythm(one.rhythm), IndicatorKind(one.kind)
        back = _back(one, _BACK)
        points = [point for point in found[one.pk] if point.period_start >= on - back]
        if not points:
            continue
        shown = tuple(
            Row(
                period=period(point.period_start, rhythm),
                figure=figure(point.figure, kind) if point.figure.value is not None else "–",
                beside=_coverage(point),
            )
            for point in reversed(points[-rows:] if rows else points)
        )
        charts.append(
            _chart(
                one,
                {point.period_start: point.figure.value for point in points},
                {},
                shown,
                meaning=definitions.holding(meanings[one.pk], on).words,
                heading=_heading(one, kind),
                beside=gettext("Målt i"),
                latest_beside=shown[0].beside,
            )
        )
    return tuple(charts)


def of_municipality(
    indicators: Sequence[Indicator], municipality: int, peers: Collection[int], *, on: date
) -> tuple[Chart, ...]:
    """Its own figures beside the middle one of those alike; counts per 1 000 inhabitants.

    Four queries at most, however many.
    """
    if not indicators:
        return ()
    meanings = definitions.versions(indicators)
    found = _found(indicators, [municipality, *peers], on=on)
    living = inhabitants([municipality, *peers], on=on)
    charts = []
    for one in indicators:
        rhythm, kind = Rhythm(one.rhythm), IndicatorKind(one.kind)
        rows = found.get((one.pk, municipality), ())
        if not rows:
            continue
        own = _levels(rows, kind, living.get(municipality))
        alike = _middle(
            _levels(found.get((one.pk, peer), ()), kind, living.get(peer)) for peer in peers
        )
        shown = tuple(
            Row(
                period=period(start, rhythm),
                figure=figure(Figure(value, hidden), kind),
                beside=_words(own[start], kind) if kind.adds_up else "",
                peers=_words(alike.get(start), kind),
            )
            for start, value, hidden in reversed(rows[-SHOWN:])
        )
        charts.append(
            _chart(
                one,
                own,
                alike,
                shown,
                meaning=definitions.holding(meanings[one.pk], on).words,
                heading=_heading(one, kind),
                beside=gettext("Per 1 000 innbyggere") if kind.adds_up else "",
                latest_beside=gettext("%(unit)s per 1 000 innbyggere") % {"unit": shown[0].beside}
                if kind.adds_up
                else "",
            )
        )
    return tuple(charts)


def _found(
    indicators: Iterable[Indicator], municipalities: Collection[int], *, on: date
) -> Mapping[tuple[int, int], Sequence[observations.Row]]:
    """Figures a year go further back than the others; a query for each of the two."""
    by_back: dict[timedelta, list[int]] = {}
    for one in indicators:
        by_back.setdefault(_back(one, _BACK_OF_ONE), []).append(one.pk)
    found: dict[tuple[int, int], Sequence[observations.Row]] = {}
    for back, pks in by_back.items():
        found |= observations.several(pks, municipalities, on - back, on)
    return found


def _back(one: Indicator, else_: timedelta) -> timedelta:
    return _BACK_OF_YEARS if Rhythm(one.rhythm) is Rhythm.YEAR else else_


def _levels(
    rows: Iterable[observations.Row], kind: IndicatorKind, living: int | None
) -> dict[date, Decimal | None]:
    """What is compared: counts per 1 000 inhabitants, shares and rates as they are."""
    if not kind.adds_up:
        return {start: value for start, value, _ in rows}
    if not living:
        return dict.fromkeys((start for start, _, _ in rows), None)
    return {start: None if value is None else value * 1000 / living for start, value, _ in rows}


def _middle(peers: Iterable[Mapping[date, Decimal | None]]) -> dict[date, Decimal | None]:
    levels: dict[date, list[Decimal]] = {}
    for one in peers:
        for start, level in one.items():
            if level is not None:
                levels.setdefault(start, []).append(level)
    return {
        start: median(several)
        for start, several in sorted(levels.items())
        if len(several) >= FEWEST_PEERS
    }


def _words(value: Decimal | None, kind: IndicatorKind) -> str:
    if value is None:
        return "–"
    words = formats.number(value, 1)
    return f"{words}{formats.NBSP}%" if kind.is_share else words


def _heading(one: Indicator, kind: IndicatorKind) -> str:
    """What the figures are of: «oppslag», «prosent av innbyggerne»."""
    return one.unit or str(texts.KINDS[kind]).lower()


def _coverage(point: Point) -> str:
    """«Målt i 340 kommuner. 3 har færre enn 5.»"""
    if point.total is None:
        return ""
    words = ngettext("%(num)s kommune", "%(num)s kommuner", point.total.measured) % {
        "num": formats.number(point.total.measured)
    }
    if point.total.hidden:
        words += ngettext(
            ", og %(num)s med færre enn 5", ", og %(num)s med færre enn 5", point.total.hidden
        ) % {"num": formats.number(point.total.hidden)}
    return words


def _chart(
    one: Indicator,
    own: Mapping[date, Decimal | None],
    peers: Mapping[date, Decimal | None],
    rows: tuple[Row, ...],
    *,
    meaning: str,
    heading: str,
    beside: str,
    latest_beside: str,
) -> Chart:
    rhythm, kind = Rhythm(one.rhythm), IndicatorKind(one.kind)
    days = sorted(own)
    top = max((value for value in (*own.values(), *peers.values()) if value), default=Decimal(1))
    newest = rows[0]
    return Chart(
        name=one.name,
        address=reverse("indicators:show", args=[one.solution.slug, one.slug]),
        meaning=meaning,
        latest=gettext("%(figure)s %(unit)s, %(period)s")
        % {"figure": newest.figure, "unit": heading, "period": newest.period},
        latest_beside=latest_beside,
        paths=tuple(_paths(own, days, rhythm, top)),
        peers=tuple(
            _paths({day: peers.get(day) for day in days}, days, rhythm, top) if peers else ()
        ),
        top=_words(top, kind) if peers or top < 10 else formats.number(top),
        first=period(days[0], rhythm),
        last=period(days[-1], rhythm),
        label=gettext(
            "%(name)s fra %(first)s til %(last)s. De samme tallene står i tabellen under."
        )
        % {
            "name": one.name,
            "first": period(days[0], rhythm),
            "last": period(days[-1], rhythm),
        },
        heading=heading,
        rows=rows,
        compares=bool(peers),
        beside=beside,
    )


def _paths(
    values: Mapping[date, Decimal | None], days: Sequence[date], rhythm: Rhythm, top: Decimal
) -> list[str]:
    """A line for each stretch without a gap: what nobody measured is not drawn as if it were."""
    span, highest = max((days[-1] - days[0]).days, 1), float(top)
    paths: list[str] = []
    line: list[str] = []
    expected: date | None = None
    for day in days:
        value = values[day]
        if line and (value is None or day != expected):
            paths.append(_line(line))
            line = []
        if value is not None:
            x = (day - days[0]).days * WIDTH / span
            y = HEIGHT - float(value) / highest * HEIGHT
            line.append(f"{x:.1f} {y:.1f}")
        expected = _next(day, rhythm)
    if line:
        paths.append(_line(line))
    return paths


def _line(points: Sequence[str]) -> str:
    """One point alone is a line of no length, which round ends make a dot."""
    return f"M{points[0]}" + ("".join(f"L{point}" for point in points[1:]) or "h0")


@lru_cache(maxsize=4096)
def _next(start: date, rhythm: Rhythm) -> date:
    longest = {Rhythm.WEEK: 7, Rhythm.MONTH: 31, Rhythm.QUARTER: 92, Rhythm.YEAR: 366}[rhythm]
    return starts_on(start + timedelta(days=longest), rhythm)

"""The curve of how many have begun, drawn as SVG: what was, what may come, or what was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from samlop.uptake.rules.forecasts import LEVELS, History, Point, YearLater
from samlop.web import formats

WIDTH: Final = 760
HEIGHT: Final = 340
LEFT: Final = 52
RIGHT: Final = 8
TOP: Final = 20
BOTTOM: Final = 30
# Further back says little of what comes.
MOST_YEARS_BACK: Final = 8
# More years than this are named every second one.
MOST_NAMED: Final = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across, or along, with its words and where they stand."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval that was said of a day; `held` when what happened lay within."""

    x: float
    top: float
    bottom: float
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    levels: tuple[Mark, ...]
    years: tuple[Mark, ...]
    begun: str
    today: float | None = None
    band: str = ""
    middle: str = ""
    bars: tuple[Bar, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class _Paper:
    first: date
    last: date
    most: int

    def x(self, day: date) -> float:
        days = max((self.last - self.first).days, 1)
        return round(LEFT + (day - self.first).days / days * (WIDTH - LEFT - RIGHT), 1)

    def y(self, count: float) -> float:
        return round(HEIGHT - BOTTOM - count / max(self.most, 1) * (HEIGHT - TOP - BOTTOM), 1)

    def line(self, points: Iterable[tuple[date, float]]) -> str:
        return " ".join(
            f"{'L' if at else 'M'}{self.x(day)} {self.y(count)}"
            for at, (day, count) in enumerate(points)
        )


def of_forecast(history: History, on: date, points: Sequence[Point]) -> Chart:
    """What was until the day, and the band of what may come; without points, only the first."""
    paper = _paper(history, on, points[-1].on if points else on)
    return Chart(
        levels=_levels(paper),
        years=_years(paper),
        begun=_begun(paper, history, on),
        today=paper.x(on) if points else None,
        band=(
            paper.line(
                [
                    *((one.on, one.high) for one in points),
                    *((one.on, one.low) for one in reversed(points)),
                ]
            )
            + "Z"
            if points
            else ""
        ),
        middle=paper.line((one.on, one.middle) for one in points),
    )


def of_looking_back(history: History, known_on: date, years: Sequence[YearLater]) -> Chart:
    """What happened, and what was said a year before each of some days."""
    paper = _paper(history, known_on, known_on)
    return Chart(
        levels=_levels(paper),
        years=_years(paper),
        begun=_begun(paper, history, known_on),
        bars=tuple(
            Bar(
                x=paper.x(one.said.on),
                top=paper.y(one.said.high),
                bottom=paper.y(one.said.low),
                held=one.held,
            )
            for one in years
        ),
    )


def _paper(history: History, on: date, last: date) -> _Paper:
    began = history.until(on).began
    first = max(began[0] if began else on, date(on.year - MOST_YEARS_BACK, 1, 1))
    return _Paper(min(first, date(on.year, 1, 1)), last, history.municipalities)


def _begun(paper: _Paper, history: History, on: date) -> str:
    """A staircase: each day lifts it by those who began."""
    counts: dict[date, int] = {}
    for number, day in enumerate(history.until(on).began, 1):
        counts[max(day, paper.first)] = number
    steps = f"M{paper.x(paper.first)} {paper.y(0)}"
    for day, count in counts.items():
        steps += f"H{paper.x(day)}V{paper.y(count)}"
    return f"{steps}H{paper.x(on)}"


def _levels(paper: _Paper) -> tuple[Mark, ...]:
    return tuple(
        Mark(paper.y(level * paper.most), formats.percent(level)) for level in (0.0, *LEVELS)
    )


def _years(paper: _Paper) -> tuple[Mark, ...]:
    years = range(paper.first.year + 1, paper.last.year + 1)
    step = 2 if len(years) > MOST_NAMED else 1
    return tuple(Mark(paper.x(date(year, 1, 1)), str(year)) for year in years[::step])

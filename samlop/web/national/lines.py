"""An offer nationally: its bars, the distances between them, and where municipalities are held."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.utils.translation import get_language, gettext, ngettext
from markupsafe import Markup

from samlop.db.text_keys import nb_sort_key
from samlop.lib.quarters import Quarter
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.uptake.queries import national as queries
from samlop.uptake.queries.national import Progress, Tally
from samlop.uptake.rules.stages import Hindrance, Stage
from samlop.uptake.texts import stages as texts
from samlop.web import formats

# A reason that fewer have given is not shown (DESIGN, «Who sees what»).
FEWEST: Final = 5
# What the trend looks back on: five years of quarters.
QUARTERS: Final = 20
WIDTH: Final = 1000

_BARS: Final = (
    Stage.TECHNICALLY_INTRODUCED,
    Stage.IN_USE,
    Stage.ACTIVE_USE,
    Stage.BENEFIT_DOCUMENTED,
)
_PROCESS_BARS: Final = (Stage.SIGNED_UP, Stage.UNDER_WAY, Stage.COMPLETED)
# The colour of each bar, from little to much.
_TONES: Final[Mapping[Stage, int]] = {
    Stage.TECHNICALLY_INTRODUCED: 1,
    Stage.IN_USE: 2,
    Stage.ACTIVE_USE: 3,
    Stage.BENEFIT_DOCUMENTED: 4,
    Stage.SIGNED_UP: 1,
    Stage.UNDER_WAY: 2,
    Stage.COMPLETED: 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Those at least so far. `width` is of `WIDTH`, `distance` to the next bar in words."""

    words: str
    count: int
    share: float
    width: int
    tone: int
    distance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A day of the trend."""

    on: date
    available: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The two lines drawn, and the same as rows of a table, the newest first."""

    available: str
    used: str
    rows: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One offer. `gap` is the distance from made available to in use, and `change` since last year.

    `reasons` are why those under way have not begun to use it, with how many have said so.
    """

    code: str
    offer: int
    slug: str
    solution: str
    area: str
    joint_process: bool
    municipalities: int
    bars: tuple[Bar, ...]
    gap: int
    change: str
    confirmed: str
    disagreeing: int
    awaiting: int
    under_way: int
    reasons: tuple[tuple[str, int], ...]
    more_reasons: bool
    silent: int
    trend: Trend | None
    now: Tally
    a_year_ago: Tally

    @property
    def title(self) -> str:
        return f"{self.solution}, {self.area[:1].lower()}{self.area[1:]}"

    @property
    def available(self) -> int:
        return self.bars[0].count

    @property
    def used(self) -> int:
        return self.bars[1].count


def days_of(on: date) -> tuple[date, ...]:
    """The day itself, a year before, and the first day of each quarter until then."""
    this = Quarter.of(on)
    # 29 February has no year before.
    a_year_ago = on.replace(year=on.year - 1, day=min(on.day, 28) if on.month == 2 else on.day)
    quarters = (this.plus(-back).starts_on for back in range(QUARTERS))
    return (on, a_year_ago, *(day for day in quarters if day not in {on, a_year_ago}))


def lines_of(
    offers: Sequence[Offer], *, on: date, today: date
) -> tuple[tuple[Line, ...], tuple[Offer, ...]]:
    """Those of which something is said, by name, and the others. Four queries at most."""
    days = days_of(on)
    found = queries.progress(offers, days, today=today)
    told = queries.hindrances([one.pk for one in offers], on)
    lines = [
        _line(offer, found[offer.pk], told.get(offer.pk, {}), days)
        for offer in offers
        if offer.pk in found and any(one.begun for one in found[offer.pk].tallies[:2])
    ]
    shown = {line.offer for line in lines}
    return (
        tuple(sorted(lines, key=lambda one: (nb_sort_key(one.solution), nb_sort_key(one.area)))),
        tuple(offer for offer in offers if offer.pk not in shown),
    )


def short_lines_of(offers: Sequence[Offer], *, on: date, most: int) -> tuple[Line, ...]:
    """The offers that most have made available, best first, without reasons. Three queries."""
    days = days_of(on)
    found = queries.progress(offers, days, today=on)
    lines = [_line(one, found[one.pk], {}, days) for one in offers if one.pk in found]
    lines = [one for one in lines if one.available and not one.joint_process]
    best: dict[str, Line] = {}
    for one in lines:
        # One line for a solution, from the area where it has come furthest.
        if one.slug not in best or one.available > best[one.slug].available:
            best[one.slug] = one
    ordered = sorted(best.values(), key=lambda one: (-one.available, nb_sort_key(one.solution)))
    return tuple(ordered[:most])


def _line(
    offer: Offer,
    progress: Progress,
    told: Mapping[int, Collection[Hindrance]],
    days: Sequence[date],
) -> Line:
    joint = offer.solution.is_joint_process
    now, a_year_ago = progress.tallies[:2]
    area = Area(offer.area)
    reasons, hidden = _reasons(progress, told)
    available = queries.available_from(joint_process=joint)
    used = queries.used_from(joint_process=joint)
    bars = _bars(now, joint_process=joint)
    return Line(
        code=f"{offer.solution.slug}.{area.value}",
        offer=offer.pk,
        slug=offer.solution.slug,
        solution=offer.solution.name,
        area=str(portfolio_texts.AREAS[area]),
        joint_process=joint,
        municipalities=now.municipalities,
        bars=bars,
        gap=now.count(available) - now.count(used),
        change=_change(now.count(used) - a_year_ago.count(used)),
        confirmed=gettext("%(count)s av %(all)s") % {"count": now.confirmed, "all": now.begun},
        disagreeing=now.disagreeing,
        awaiting=now.awaiting,
        under_way=len(progress.under_way),
        reasons=reasons,
        more_reasons=hidden,
        silent=len(progress.under_way - told.keys()),
        trend=_trend(progress, tuple(days), available, used, get_language()),
        now=now,
        a_year_ago=a_year_ago,
    )


def _bars(now: Tally, *, joint_process: bool) -> tuple[Bar, ...]:
    stages = _PROCESS_BARS if joint_process else _BARS
    counts = [now.count(stage) for stage in stages]
    found = []
    for index, (stage, count) in enumerate(zip(stages, counts, strict=True)):
        further = counts[index + 1] if index + 1 < len(counts) else count
        share = count / now.municipalities if now.municipalities else 0.0
        found.append(
            Bar(
                words=gettext("Tilgjengeliggjort")
                if stage is Stage.TECHNICALLY_INTRODUCED
                else str(texts.STAGES[stage]),
                count=count,
                share=share,
                width=round(share * WIDTH),
                tone=_TONES[stage],
                # Where nobody has come further, nobody may have been asked.
                distance=_distance(stage, count - further) if further else "",
            )
        )
    return tuple(found)


def _distance(stage: Stage, count: int) -> str:
    if not count:
        return ""
    words = {
        Stage.TECHNICALLY_INTRODUCED: ngettext(
            "%(num)s har den uten å ha tatt den i bruk",
            "%(num)s har den uten å ha tatt den i bruk",
            count,
        ),
        Stage.IN_USE: ngettext(
            "%(num)s bruker den, men ikke aktivt ennå",
            "%(num)s bruker den, men ikke aktivt ennå",
            count,
        ),
        Stage.ACTIVE_USE: ngettext(
            "%(num)s bruker den aktivt uten dokumentert gevinst",
            "%(num)s bruker den aktivt uten dokumentert gevinst",
            count,
        ),
        Stage.SIGNED_UP: ngettext(
            "%(num)s er påmeldt uten å ha begynt",
            "%(num)s er påmeldt uten å ha begynt",
            count,
        ),
        Stage.UNDER_WAY: ngettext(
            "%(num)s er i gang og ikke ferdig",
            "%(num)s er i gang og ikke ferdig",
            count,
        ),
    }
    return words[stage] % {"num": count}


def _change(count: int) -> str:
    if count > 0:
        return ngettext(
            "%(num)s flere i bruk enn for ett år siden",
            "%(num)s flere i bruk enn for ett år siden",
            count,
        ) % {"num": count}
    if count < 0:
        return ngettext(
            "%(num)s færre i bruk enn for ett år siden",
            "%(num)s færre i bruk enn for ett år siden",
            -count,
        ) % {"num": -count}
    return gettext("Like mange i bruk som for ett år siden")


def _reasons(
    progress: Progress, told: Mapping[int, Collection[Hindrance]]
) -> tuple[tuple[tuple[str, int], ...], bool]:
    counts = Counter(
        code
        for municipality, codes in told.items()
        for code in codes
        if municipality not in progress.in_use
    )
    shown = [(str(texts.HINDRANCES[code]), count) for code, count in counts.items()]
    return (
        tuple(
            sorted((one for one in shown if one[1] >= FEWEST), key=lambda one: (-one[1], one[0]))
        ),
        any(count < FEWEST for count in counts.values()),
    )


# Kept, for this is most of the overview: twenty days of each of a country's offers.
@lru_cache(maxsize=200)
def _trend(
    progress: Progress,
    days: Sequence[date],
    available: Stage,
    used: Stage,
    _language: str | None,
) -> Trend | None:
    """None when nothing has happened in the years it looks back on."""
    points = [
        Point(on=day, available=tally.count(available), used=tally.count(used))
        for day, tally in sorted(zip(days, progress.tallies, strict=True), key=lambda one: one[0])
    ]
    most = max(tally.municipalities for tally in progress.tallies)
    if not most or len({(point.available, point.used) for point in points}) < 2:
        return None
    first, last = points[0].on.toordinal(), points[-1].on.toordinal()

    def drawn(counts: Sequence[int]) -> str:
        return " ".join(
            f"{(point.on.toordinal() - first) * 100 / (last - first):.1f},"
            f"{30 - count * 30 / most:.1f}"
            for point, count in zip(points, counts, strict=True)
        )

    return Trend(
        available=drawn([point.available for point in points]),
        used=drawn([point.used for point in points]),
        rows=Markup("").join(_row(point) for point in reversed(points)),
    )


def _row(point: Point) -> Markup:
    return Markup(
        '<tr><th scope="row">{}</th><td class="numeric">{}</td><td class="numeric">{}</td></tr>'
    ).format(
        formats.short_date(point.on),
        formats.number(point.available),
        formats.number(point.used),
    )

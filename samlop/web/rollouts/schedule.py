"""The common schedule: when rollouts and their cohorts run, as a picture and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from samlop.lib.quarters import Quarter
from samlop.rollouts.models import ContributingActor, Rollout
from samlop.rollouts.queries import cohorts as cohort_queries
from samlop.rollouts.queries import plans
from samlop.rollouts.queries import rollouts as queries
from samlop.rollouts.queries.cohorts import CohortLine
from samlop.rollouts.queries.plans import Colliding
from samlop.rollouts.queries.rollouts import RolloutLine
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.rollouts import OVER
from samlop.rollouts.texts import rollouts as texts
from samlop.web import clock, formats, render
from samlop.web.request import PublicRequest
from samlop.web.rollouts import overview
from samlop.web.rollouts.frame import Frame, frame, load
from samlop.web.rollouts.rights import is_insider

# The picture's own units: names to the left, and the quarters beside them.
NAMES: Final = 260
QUARTER: Final = 90
ROW: Final = 34
HEAD: Final = 44
FEWEST_QUARTERS: Final = 5
MOST_QUARTERS: Final = 20
_LONGEST_NAME: Final = 34
# Collisions are told of this quarter and the two that follow.
AHEAD: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """From a day to a day, in the picture's units; `kind` is a class of its style."""

    x: float
    width: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    x: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    y: int
    name: str
    sub: bool
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: int
    height: int
    head: int
    row: int
    names: int
    # Where each quarter begins, and what it is called.
    quarters: tuple[tuple[float, str], ...]
    today: float | None
    rows: tuple[PictureRow, ...]
    label: str

    @property
    def has_marks(self) -> bool:
        return any(row.marks for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the schedule as the table says it."""

    name: str
    address: str
    sub: bool
    what: str
    starts_on: date
    ends_on: date | None
    answer_by: date | None = None
    marked: tuple[date, ...] = ()
    kind: str = "rollout"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePage:
    frame: Frame
    picture: Picture
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryPage:
    picture: Picture | None
    items: tuple[Item, ...]
    # Until when collisions are told of, and these; for those with a role.
    collides_until: str
    collisions: tuple["Pair", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two rollouts that ask for the same in the same quarters."""

    one: str
    one_address: str
    other: str
    other_address: str
    quarters: str
    shares: tuple[str, ...]


def items_of(line: RolloutLine, cohorts: Sequence[CohortLine]) -> list[Item]:
    """The rollout, and each of its cohorts that is not cancelled."""
    address = reverse("rollouts:show", args=[line.slug])
    found = [
        Item(
            name=line.name,
            address=address,
            sub=False,
            what=str(texts.STATES[line.state]),
            starts_on=line.starts_on,
            ends_on=line.ends_on,
        )
    ]
    found += [
        Item(
            name=one.name,
            address=f"{address}puljer/#pulje-{one.number}",
            sub=True,
            what=str(texts.COHORT_STATES[one.state]),
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            answer_by=one.answer_by,
            kind="cohort",
        )
        for one in cohorts
        if one.state is not CohortState.CANCELLED
    ]
    return found


def picture_of(items: Sequence[Item], *, on: date, label: str) -> Picture:
    """From the first quarter of anything shown; what has no end fades at the picture's end."""
    begins = [min(one.starts_on, one.answer_by or one.starts_on) for one in items]
    ends = [one.ends_on or one.starts_on for one in items]
    first = Quarter.of(min(begins))
    last = max(Quarter.of(max(ends)), first.plus(FEWEST_QUARTERS - 1))
    last = min(last, first.plus(MOST_QUARTERS - 1))
    quarters = [first]
    while quarters[-1] < last:
        quarters.append(quarters[-1].plus(1))
    edge = NAMES + QUARTER * len(quarters)

    def place(day: date) -> float:
        index = (day.year - first.year) * 4 + Quarter.of(day).number - first.number
        quarter = Quarter.of(day)
        length = (quarter.ends_before - quarter.starts_on).days
        inside = (day - quarter.starts_on).days / length
        return min(max(round(NAMES + (index + inside) * QUARTER, 1), NAMES), edge)

    rows = []
    for number, one in enumerate(items):
        bars = []
        if one.answer_by is not None:
            due, start = place(one.answer_by), place(one.starts_on)
            title = gettext("Fra svarfristen til start")
            bars.append(Bar(x=due, width=round(start - due, 1), kind="before", title=title))
        start = place(one.starts_on)
        end = place(one.ends_on) if one.ends_on else edge
        bars.append(
            Bar(
                x=start,
                width=max(round(end - start, 1), 3),
                kind=one.kind if one.ends_on else f"{one.kind}-open",
                title=span_words(one.starts_on, one.ends_on),
            )
        )
        rows.append(
            PictureRow(
                y=HEAD + number * ROW,
                name=_short(one.name),
                sub=one.sub,
                bars=tuple(bars),
                marks=tuple(Mark(x=place(day), title=formats.long_date(day)) for day in one.marked),
            )
        )
    now = place(on)
    return Picture(
        width=edge,
        height=HEAD + len(items) * ROW + 8,
        head=HEAD,
        row=ROW,
        names=NAMES,
        quarters=tuple(
            (
                NAMES + index * QUARTER,
                gettext("%(number)d. kv. %(year)d") % {"number": one.number, "year": one.year},
            )
            for index, one in enumerate(quarters)
        ),
        today=now if NAMES < now < edge else None,
        rows=tuple(rows),
        label=label,
    )


def span_words(starts_on: date, ends_on: date | None) -> str:
    start = formats.long_date(starts_on)
    return f"{start} – {formats.long_date(ends_on)}" if ends_on else f"{start} –"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def actors_of(rollout: Rollout) -> list[Item]:
    """Who else must be ready, each as a mark on its day. One query."""
    rows = ContributingActor.objects.filter(rollout=rollout, ready_by__isnull=False)
    return [
        Item(
            name=row.name,
            address="",
            sub=True,
            what=row.must,
            starts_on=row.ready_by,
            ends_on=row.ready_by,
            marked=(row.ready_by,),
            kind="actor",
        )
        for row in rows.order_by("ready_by", "pk")
        if row.ready_by is not None
    ]


def schedule_page(rollout: Rollout, above: Frame, *, on: date) -> SchedulePage:
    """Three queries."""
    line = queries.line(rollout)
    items = items_of(line, cohort_queries.cohorts_of(rollout.pk))
    items += actors_of(rollout)
    label = gettext("Fremdriftsplan for %(name)s") % {"name": rollout.name}
    return SchedulePage(
        frame=above, picture=picture_of(items, on=on, label=label), items=tuple(items)
    )


def every_page(
    lines: Sequence[RolloutLine],
    cohorts: Mapping[int, tuple[CohortLine, ...]],
    collisions: Sequence[tuple[RolloutLine, Colliding]],
    *,
    on: date,
) -> EveryPage:
    """Those that are not over, whoever begins first first. No query."""
    until = Quarter.of(on).plus(AHEAD)
    items: list[Item] = []
    alive = [line for line in lines if line.state not in OVER]
    for line in sorted(alive, key=lambda one: (one.starts_on, one.name)):
        items += items_of(line, cohorts.get(line.pk, ()))
    label = gettext("Fremdriftsplan for alle innføringsløp")
    picture = picture_of(items, on=on, label=label) if items else None
    return EveryPage(
        picture=picture,
        items=tuple(items),
        collides_until=formats.quarter(until),
        collisions=tuple(
            Pair(
                one=line.name,
                one_address=reverse("rollouts:show", args=[line.slug]),
                other=found.other.name,
                other_address=reverse("rollouts:show", args=[found.other.slug]),
                quarters=overview.span_words(found.collision.quarters),
                shares=overview.shares_of(found.collision),
            )
            for line, found in collisions
            if found.collision.quarters[0] <= until
            and found.collision.quarters[-1] >= Quarter.of(on)
        ),
    )


@require_safe
def schedule(request: PublicRequest, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    page = schedule_page(rollout, frame(request, rollout, active="schedule"), on=clock.today())
    return render.page(request, "rollouts/schedule.html", page)


@require_safe
def every(request: PublicRequest) -> HttpResponse:
    """The common schedule of all rollouts. At most twelve queries, however many there are."""
    insider, today = is_insider(request), clock.today()
    lines = queries.lines(queries.visible(to_insiders=insider))
    page = every_page(
        lines,
        cohort_queries.of_rollouts([line.pk for line in lines]),
        plans.collisions_between(today) if insider else (),
        on=today,
    )
    return render.page(request, "rollouts/every.html", page)

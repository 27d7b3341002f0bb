"""The leader's table: every municipality of a day and where it stands, for each kind of reader.

The page, its map and its files are made from one `Table`. Whoever reads from outside sees places
by name and sums of five or more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final, TypeVar

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from markupsafe import Markup, escape

from samlop.db.text_keys import nb_sort_key
from samlop.lib.reach import Reach
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import table as queries
from samlop.rollouts.queries.table import Row, Whole
from samlop.rollouts.rules import table as rules
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.followup import Signal
from samlop.rollouts.rules.table import Need, TableState
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import before as before_texts
from samlop.rollouts.texts import followup as follow_texts
from samlop.rollouts.texts import table as texts
from samlop.uptake.queries import stages
from samlop.uptake.rules.stages import Stage, has_reached
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.municipalities import coloured, maps
from samlop.web.municipalities.maps import Map, Value
from samlop.web.rollouts.frame import Frame, address
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

ValueT = TypeVar("ValueT")
MAP: Final = "kart"

COLORS: Final[Mapping[TableState, str]] = {
    TableState.OUTSIDE: "neutral",
    TableState.NOT_INVITED: "neutral",
    TableState.SILENT: "warning",
    TableState.TO_CALL: "danger",
    TableState.RECEIVED: "info",
    TableState.PENDING: "info",
    TableState.WAITING: "info",
    TableState.OFFERED: "info",
    TableState.PLACED: "success",
    TableState.FINISHED: "success",
    TableState.LATER: "neutral",
    TableState.OBSERVES: "neutral",
    TableState.NO: "neutral",
    TableState.LEFT: "neutral",
}
NEED_COLORS: Final[Mapping[Need, str]] = {
    Need.CALL: "danger",
    Need.CONTACT: "warning",
    Need.VENDOR: "warning",
    Need.OVERDUE: "warning",
}

# The deadline of the invitation still means something.
_AWAITED: Final = frozenset({TableState.SILENT, TableState.TO_CALL, TableState.RECEIVED})

# The steps of the map's colours; what is not there is 0.
_STEPS: Final[Mapping[TableState, int]] = {
    TableState.NOT_INVITED: 1,
    TableState.SILENT: 2,
    TableState.TO_CALL: 2,
    TableState.LATER: 3,
    TableState.OBSERVES: 3,
    TableState.NO: 3,
    TableState.LEFT: 3,
    TableState.RECEIVED: 4,
    TableState.PENDING: 4,
    TableState.WAITING: 4,
    TableState.OFFERED: 4,
    TableState.PLACED: 5,
    TableState.FINISHED: 5,
}


def state_words(state: TableState | None) -> str:
    """What a reader outside may know of the others is that they are in the target group."""
    return gettext("I målgruppen") if state is None else str(texts.STATES[state])


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the address asks for; a value that cannot be read counts as none."""

    text: str = ""
    state: str = ""
    need: str = ""
    county: str = ""
    group: str = ""
    cohort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        states = {"mal", *(state.value for state in TableState)}
        needs = {"alle", *(need.value for need in Need)}
        state, need = query.get("tilstand", ""), query.get("trenger", "")
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:100],
            state=state if state in states else "",
            need=need if need in needs else "",
            county=query.get("fylke", ""),
            group=query.get("gruppe", ""),
            cohort=query.get("pulje", ""),
        )

    def keep(self, row: Row, wanted: str) -> bool:
        """`wanted` is the text as a key, made once."""
        return (
            (not wanted or wanted in nb_sort_key(row.name) or row.number.startswith(self.text))
            and (not self.county or row.county == self.county)
            and (not self.group or row.group_slug == self.group)
            and (not self.cohort or row.cohort == self.cohort)
            and self._keeps_state(row.state)
            and (not self.need or (row.need is not None and self.need in ("alle", row.need.value)))
        )

    def _keeps_state(self, state: TableState | None) -> bool:
        if not self.state:
            return True
        if self.state == "mal":
            return state is not TableState.OUTSIDE
        return state is not None and state.value == self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the reader asked for, in her order, and the counts of all."""

    rollout: Rollout
    on: date
    every: tuple[Row, ...]
    rows: Sequence[Row]
    whole: Whole
    filters: Filters
    sorting: Sorting[Row]
    reach: Reach
    # Sees the whole country's answers, and not only her own's.
    sees_all: bool

    @property
    def sees_any(self) -> bool:
        return self.sees_all or bool(self.reach.municipalities)

    @classmethod
    def of(cls, rollout: Rollout, query: QueryDict, *, on: date, reach: Reach) -> "Table":
        """Some fifteen queries, however many municipalities there are.

        Only files tell what is believed and wished of each.
        """
        every, whole = queries.rows(rollout, on, reach, with_beliefs="format" in query)
        filters = Filters.of(query)
        wanted = nb_sort_key(filters.text) if filters.text else ""
        sees_any = reach.everywhere or bool(reach.municipalities)
        sorting = Sorting.of(_columns(inside=sees_any), query, "trenger" if sees_any else "navn")
        kept = (
            list(every)
            if filters == Filters()
            else [row for row in every if filters.keep(row, wanted)]
        )
        kept.sort(key=lambda row: (nb_sort_key(row.name), row.number))
        return cls(
            rollout=rollout,
            on=on,
            every=every,
            rows=sorting.rows(kept),
            whole=whole,
            filters=filters,
            sorting=sorting,
            reach=reach,
            sees_all=reach.everywhere,
        )


@dataclass(frozen=True, slots=True)
class CountLine:
    """How many stand somewhere; the address shows only them, empty when it cannot."""

    words: str
    count: int
    address: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class FunnelStep:
    words: str
    count: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    frame: Frame
    address: str
    day_chosen: str
    past_day: date | None
    today_address: str
    count_words: str
    lead: str
    counts: tuple[CountLine, ...]
    total: int
    funnel: tuple[FunnelStep, ...]
    text: str
    state: str
    states: tuple[tuple[str, str], ...]
    need: str
    needs: tuple[tuple[str, str], ...]
    county: str
    counties: tuple[tuple[str, str], ...]
    group: str
    groups: tuple[tuple[str, str], ...]
    cohort: str
    # Empty while nobody has a place.
    cohorts: tuple[tuple[str, str], ...]
    views: tuple[tuple[str, str, bool], ...]
    map: Map | None
    left_out: int
    headers: tuple[SortLink, ...]
    rows: Markup
    anything: bool
    # Those who write messages choose rows; empty for others.
    message: str
    message_all: str
    # What the address asks for, so that whoever has written comes back to the same list.
    listed: str
    notice: str
    feedback: str
    # Hidden fields that keep the order and the view while the filter is used.
    kept: tuple[tuple[str, str], ...]
    csv: str
    xlsx: str
    json: str
    # Every row leads to a panel; with htmx it opens above the table.
    opens_panel: bool


def table_page(
    table: Table,
    frame: Frame,
    query: QueryDict,
    *,
    today: date,
    may_write: bool,
    sees_feedback: bool,
) -> TablePage:
    """Two queries more, and two for the map."""
    filters = table.filters
    past = table.on if table.on != today else None
    is_map = query.get("visning") == MAP
    drawn, left_out = _map(table) if is_map else (None, 0)
    writes = may_write and past is None
    shown, total = len(table.rows), table.whole.total
    message = address(table.rollout, "message")
    return TablePage(
        frame=frame,
        address=address(table.rollout, "municipalities"),
        day_chosen=table.on.isoformat() if past else "",
        past_day=past,
        today_address=changed(query, dato=None),
        count_words=_count_words(shown, total),
        lead=_lead(table),
        counts=_counts(table, query),
        total=total,
        funnel=_funnel(table),
        text=filters.text,
        state=filters.state,
        states=_state_choices(table),
        need=filters.need,
        needs=(
            ("", gettext("Alle")),
            ("alle", gettext("De som trenger deg")),
            *((need.value, str(texts.NEEDS[need])) for need in Need),
        )
        if table.sees_any
        else (),
        county=filters.county,
        counties=_choices((row.county, row.county) for row in table.every),
        group=filters.group,
        groups=_choices((row.group_slug, row.group) for row in table.every),
        cohort=filters.cohort,
        cohorts=_choices((row.cohort, row.cohort) for row in table.every if row.cohort)
        if any(row.cohort for row in table.every)
        else (),
        views=(
            (gettext("Tabell"), changed(query, visning=None), not is_map),
            (gettext("Kart"), changed(query, visning=MAP), is_map),
        ),
        map=drawn,
        left_out=left_out,
        headers=table.sorting.links(query),
        rows=rows_html(
            table.rows,
            table.rollout,
            reach=table.reach,
            choose=writes,
            back=changed(query),
        ),
        anything=bool(table.rows),
        message=message if writes else "",
        message_all=f"{message}{changed(query, alle=1)}" if writes else "",
        listed=changed(query) if writes else "",
        notice=address(table.rollout, "notice") if writes else "",
        feedback=address(table.rollout, "feedback") if sees_feedback else "",
        kept=tuple(
            (name, value) for name in ("sorter", "visning") if (value := query.get(name, ""))
        ),
        csv=changed(query, format="csv", visning=None),
        xlsx=changed(query, format="xlsx", visning=None),
        json=changed(query, format="json", visning=None),
        opens_panel=table.sees_all,
    )


def download(table: Table) -> Download:
    """The page's rows; the columns of answers only for whoever sees any."""
    plain: list[tuple[Field, Callable[[Row], object]]] = [
        (Field("nummer", gettext("Nummer"), 9), lambda row: row.number),
        (Field("kommune", gettext("Kommune"), 26), lambda row: row.name),
        (Field("fylke", gettext("Fylke"), 18), lambda row: row.county),
        (Field("gruppe", gettext("Regional gruppe e-helse"), 28), lambda row: row.group),
        (Field("tilstand", gettext("Status"), 28), lambda row: state_words(row.state)),
        (Field("pulje", gettext("Pulje"), 18), lambda row: row.cohort or None),
    ]
    inside: list[tuple[Field, Callable[[Row], object]]] = [
        (
            Field("trenger", gettext("Trenger deg"), 26),
            lambda row: str(texts.NEEDS[row.need]) if row.need else None,
        ),
        (Field("svarfrist", gettext("Svarfrist"), 12), lambda row: row.answer_by),
        (Field("svart", gettext("Svart"), 12), lambda row: row.answered_on),
        (Field("ventes", gettext("Ventes eller spørres igjen"), 14), lambda row: row.until),
        (
            Field("grunn", gettext("Grunn"), 24),
            lambda row: str(answer_texts.REASONS[row.reason]) if row.reason else None,
        ),
        (Field("utdyping", gettext("Utdyping"), 40), lambda row: row.reason_text or None),
        (
            Field("leverandor", gettext("Leverandøren ventes"), 14),
            lambda row: _vendor(row) if row.vendor_waits else None,
        ),
        (
            Field("trolig", gettext("Trolig med?"), 14),
            lambda row: str(before_texts.LIKELY[row.likely]) if row.likely else None,
        ),
        (
            Field("hindrer", gettext("Hva som er i veien"), 22),
            lambda row: str(before_texts.OBSTACLES[row.obstacle]) if row.obstacle else None,
        ),
        (
            Field("interesse", gettext("Meldt interesse"), 22),
            lambda row: str(before_texts.STANCES[row.stance]) if row.stance else None,
        ),
        (
            Field("signal", gettext("Signal"), 24),
            lambda row: str(follow_texts.SIGNALS[row.signal]) if row.signal else None,
        ),
        (Field("siste", gettext("Siste kontakt"), 12), lambda row: row.last_contact),
        (Field("neste", gettext("Neste kontakt"), 12), lambda row: row.next_contact),
    ]
    columns = [*plain, *(inside if table.sees_any else [])]
    return Download(
        name=f"kommuner-{table.rollout.slug}",
        sheet=gettext("Kommuner"),
        on=table.on,
        fields=[field for field, _value in columns],
        rows=[[value(row) for _field, value in columns] for row in table.rows],  # type: ignore[misc]
    )


def _vendor(row: Row) -> str:
    return formats.short_date(row.vendor_expected) if row.vendor_expected else gettext("uten dato")


def _columns(*, inside: bool) -> list[SortColumn[Row]]:
    states = {state: number for number, state in enumerate(TableState)}
    columns: list[SortColumn[Row]] = [
        SortColumn("navn", gettext("Kommune"), lambda row: nb_sort_key(row.name)),
        SortColumn(
            "tilstand",
            gettext("Status"),
            lambda row: states.get(row.state, len(states)) if row.state else len(states),
        ),
    ]
    if inside:
        columns.append(
            SortColumn(
                "trenger",
                gettext("Trenger deg"),
                # Those it is not for come after all others.
                lambda row: (
                    None
                    if row.need is None and row.state is TableState.OUTSIDE
                    else rules.urgency(row.need)
                ),
            )
        )
    columns.append(
        SortColumn(
            "pulje", gettext("Pulje"), lambda row: nb_sort_key(row.cohort) if row.cohort else None
        )
    )
    if inside:
        columns += [
            SortColumn("frist", gettext("Frist"), _due),
            SortColumn(
                "signal",
                gettext("Signal"),
                lambda row: str(follow_texts.SIGNALS[row.signal]) if row.signal else None,
            ),
            SortColumn("siste", gettext("Siste kontakt"), lambda row: row.last_contact),
            SortColumn("neste", gettext("Neste kontakt"), lambda row: row.next_contact),
        ]
    return columns


def _count_words(shown: int, total: int) -> str:
    if shown == total:
        return ngettext("%(total)s kommune", "%(total)s kommuner", total) % {"total": total}
    return ngettext("%(shown)s av %(total)s kommune", "%(shown)s av %(total)s kommuner", total) % {
        "shown": shown,
        "total": total,
    }


def _lead(table: Table) -> str:
    if not table.sees_all:
        return gettext("Alle ser hvem som har plass. Svarene ellers er kommunens egne.")
    count = sum(row.need is not None for row in table.every)
    if not count:
        return gettext("Ingen kommuner trenger deg akkurat nå.")
    return ngettext(
        "%(count)s kommune trenger deg nå.", "%(count)s kommuner trenger deg nå.", count
    ) % {"count": formats.number(count)}


def _counts(table: Table, query: QueryDict) -> tuple[CountLine, ...]:
    """Every municipality once: the counts sum to the number of the day."""
    if table.sees_all:
        return tuple(
            CountLine(
                str(texts.STATES[state]),
                count,
                changed(query, tilstand=state.value),
                current=table.filters.state == state.value,
            )
            for state in TableState
            if (count := table.whole.counts.get(state, 0))
        )
    sums = table.whole.told
    lines = [CountLine(str(texts.STATES[state]), count) for state, count in sums.shown.items()]
    if sums.rest:
        lines.append(CountLine(gettext("Andre i målgruppen, uten plass"), sums.rest))
    return tuple(lines)


def _funnel(table: Table) -> tuple[FunnelStep, ...]:
    """From the target group to use. One query, when anybody has a place."""
    whole = table.whole
    target = whole.total - whole.counts.get(TableState.OUTSIDE, 0)
    steps = [(gettext("I målgruppen"), target)]
    if table.sees_all:
        steps += [
            (gettext("Invitert eller svart"), whole.of(rules.ASKED)),
            (gettext("Svart"), whole.of(rules.ANSWERED)),
            (gettext("Sagt ja"), whole.of(rules.SAID_YES)),
        ]
    steps.append((gettext("Har fått plass"), whole.of(rules.HAVE_PLACE)))
    if placed := [row.pk for row in table.every if row.state in rules.HAVE_PLACE]:
        found = stages.standing([table.rollout.offer_id], table.on, municipalities=placed)
        used = sum(
            has_reached(one.agreed, Stage.IN_USE) and one.is_open_on(table.on)
            for one in found.values()
        )
        steps.append((gettext("Har tatt løsningen i bruk"), used))
    return tuple(FunnelStep(words, count, target) for words, count in steps)


def _state_choices(table: Table) -> tuple[tuple[str, str], ...]:
    known = [state for state in TableState if table.sees_any or state in rules.PUBLIC]
    return (
        ("", gettext("Alle")),
        ("mal", gettext("I målgruppen")),
        *((state.value, str(texts.STATES[state])) for state in known),
    )


def _choices(pairs: Iterable[tuple[str | None, str | None]]) -> tuple[tuple[str, str], ...]:
    known = {(code, name) for code, name in pairs if code and name}
    return (
        ("", gettext("Alle")),
        *sorted(known, key=lambda pair: nb_sort_key(pair[1])),
    )


# --- the rows, joined here: 357 turns of a template loop cost more than the rest of the page ---


def rows_html(
    rows: Sequence[Row], rollout: Rollout, *, reach: Reach, choose: bool, back: str = ""
) -> Markup:
    """Column by column, and each different text only once.

    `back` is the query of the list, which the page of a municipality leads back to.
    """
    inside = reach.everywhere or bool(reach.municipalities)
    register = reverse("municipalities:list")
    own = escape(address(rollout, "municipalities"))
    more = escape(back if back != "?" else "")
    columns: list[list[str]] = [["<tr>"] * len(rows)]
    names = [str(escape(row.name)) for row in rows]
    if choose:
        label = str(escape(gettext("Velg %(name)s")))
        columns.append(
            [
                '<td class="choose"><input class="ds-input" type="checkbox" name="kommune" '
                f'value="{row.number}" aria-label="{label % {"name": name}}"></td>'
                for row, name in zip(rows, names, strict=True)
            ]
        )
    counties = _each((row.county for row in rows), _county)
    columns += [
        [
            (
                f'<th scope="row"><a href="{own}{row.number}/{more}">{name}</a>'
                if reach.holds(row.pk)
                else f'<th scope="row"><a href="{register}{row.number}/">{name}</a>'
            )
            + f"{counties[row.county]}</th>"
            for row, name in zip(rows, names, strict=True)
        ],
        _column(((row.state, row.reason) for row in rows), _state),
    ]
    if inside:
        columns.append(_column((row.need for row in rows), _need))
    columns.append(_column((row.cohort for row in rows), _cell))
    if inside:
        columns += [
            _column((_due(row) for row in rows), _day),
            _column((row.signal for row in rows), _signal),
            _column((row.last_contact for row in rows), _day),
            _column((row.next_contact for row in rows), _day),
        ]
    columns.append(["</tr>\n"] * len(rows))
    # Every text in it went through escape(); a municipality's number is four digits.
    return Markup("".join(chain.from_iterable(zip(*columns, strict=True))))  # noqa: S704


def _each(values: Iterable[ValueT], written: Callable[[ValueT], str]) -> dict[ValueT, str]:
    return {value: written(value) for value in set(values)}


def _column(values: Iterable[ValueT], written: Callable[[ValueT], str]) -> list[str]:
    found = list(values)
    once = _each(found, written)
    return [once[value] for value in found]


def _county(county: str | None) -> str:
    return f'<span class="subtle">{escape(county)}</span>' if county else ""


def _state(found: tuple[TableState | None, Reason | None]) -> str:
    state, reason = found
    color = COLORS[state] if state else "neutral"
    more = f'<span class="subtle">{escape(answer_texts.REASONS[reason])}</span>' if reason else ""
    return f"<td>{_tag(state_words(state), color)}{more}</td>"


def _need(need: Need | None) -> str:
    if need is None:
        return "<td></td>"
    return f"<td>{_tag(str(texts.NEEDS[need]), NEED_COLORS.get(need, 'info'))}</td>"


def _tag(words: str, color: str) -> str:
    return f'<span class="ds-tag" data-size="sm" data-color="{color}">{escape(words)}</span>'


def _signal(signal: Signal | None) -> str:
    return _cell(str(follow_texts.SIGNALS[signal]) if signal else "")


def _cell(words: str) -> str:
    return f"<td>{escape(words)}</td>"


def _day(day: date | None) -> str:
    return f'<td class="nowrap">{formats.short_date(day)}</td>' if day else "<td></td>"


def _due(row: Row) -> date | None:
    """When something is awaited of the municipality; nothing is of one that is done."""
    return row.until or (row.answer_by if row.state in _AWAITED else None)


# --- the map ---


def _map(table: Table) -> tuple[Map, int]:
    """Two queries. Those the filter leaves out are drawn as nothing."""
    tiles = coloured.numbers_of_tiles()
    wanted = {row.pk for row in table.rows}
    title = gettext("%(name)s: %(what)s")
    values: dict[str, Value] = {}
    left_out = 0
    for row in table.every:
        if (number := tiles.get(row.pk)) is None:
            left_out += 1
            continue
        step = 0
        if row.pk in wanted:
            step = 1 if row.state is None else _STEPS.get(row.state, 0)
        what = state_words(row.state).lower()
        values[number] = Value(step, title % {"name": row.name, "what": what})
    legend = [gettext("Ikke i målgruppen, eller ikke med i utvalget")] + [""] * (maps.STEPS - 1)
    if table.sees_any:
        legend[1:5] = [
            gettext("I målgruppen, ikke invitert"),
            gettext("Invitert, ikke svart"),
            gettext("Ikke nå, nei takk eller følger med"),
            gettext("Til behandling, eller ja uten plass"),
        ]
    else:
        legend[1] = gettext("I målgruppen, uten plass")
    legend[5] = gettext("Har fått plass")
    drawn = maps.tile_map(
        values,
        legend=legend,
        label=gettext("Kart over hvor kommunene står i %(name)s") % {"name": table.rollout.name},
        counties=coloured.counties_of_tiles(),
    )
    return drawn, left_out

"""What the pages of frozen measurements show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from samlop.db.text_keys import SortKey, nb_sort_key
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.uptake.models import LedgerEntry
from samlop.uptake.queries import ledger as queries
from samlop.uptake.queries.ledger import Check, Frozen, Measurement
from samlop.uptake.rules.ledger import (
    Definition,
    LedgerBase,
    LedgerMeasure,
    Row,
    Share,
    Snapshot,
)
from samlop.uptake.rules.stages import Stage, is_made_available
from samlop.uptake.texts import ledger as texts
from samlop.uptake.texts import stages as stage_texts
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.ledger.forms import FreezeForm
from samlop.web.tables import Pagination

PER_PAGE: Final = 20


def area_words(area: str) -> str:
    return str(portfolio_texts.AREAS[Area(area)])


@dataclass(frozen=True, slots=True)
class ShareCell:
    """«73,8 %» and «263 av 356»; without words where there is nothing to take a share of."""

    share: str
    counts: str


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A base, and the shares of it that have it available and use it."""

    base: str
    cells: tuple[ShareCell, ...]


def share_rows(shares: Sequence[Share]) -> tuple[ShareRow, ...]:
    return tuple(
        ShareRow(
            base=str(texts.LEDGER_BASES[base]),
            cells=tuple(
                _cell(next(one for one in shares if (one.measure, one.base) == (measure, base)))
                for measure in LedgerMeasure
            ),
        )
        for base in LedgerBase
    )


def _cell(share: Share) -> ShareCell:
    if share.tenths is None:
        return ShareCell("", gettext("Ikke kjent"))
    return ShareCell(
        formats.percent(share.tenths / 1000, 1),
        gettext("%(count)s av %(all)s")
        % {"count": formats.number(share.count), "all": formats.number(share.of)},
    )


# --- the list ---


@dataclass(frozen=True, slots=True)
class Line:
    """A frozen measurement; the cells are of all municipalities."""

    address: str
    name: str
    area: str
    measured_on: date
    frozen_at: datetime
    cells: tuple[ShareCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    lines: tuple[Line, ...]
    solutions: tuple[tuple[str, str], ...]
    solution: str
    pages: Pagination
    # Empty for those who may not.
    freeze: str
    csv: str
    xlsx: str


def ledger_page(query: QueryDict, *, may_freeze: bool) -> LedgerPage:
    """Three queries."""
    solution = query.get("losning", "")
    paginator = Paginator(queries.entries(solution), PER_PAGE)
    current = paginator.get_page(query.get("side"))
    measured = Solution.objects.filter(offers__ledger_entries__isnull=False).distinct()
    return LedgerPage(
        lines=tuple(_line(queries.read(row)) for row in current.object_list),
        solutions=(
            ("", gettext("Alle løsninger")),
            *sorted(measured.values_list("slug", "name"), key=lambda one: nb_sort_key(one[1])),
        ),
        solution=solution,
        pages=Pagination.of(
            current.number, paginator.num_pages, lambda number: changed(query, side=number)
        ),
        freeze=reverse("ledger:freeze") if may_freeze else "",
        csv=changed(query, format="csv", side=None),
        xlsx=changed(query, format="xlsx", side=None),
    )


def _line(one: Frozen) -> Line:
    everybody = [share for share in one.shares if share.base is LedgerBase.MUNICIPALITIES]
    return Line(
        address=reverse("ledger:show", args=[one.pk]),
        name=one.name,
        area=area_words(one.area),
        measured_on=one.measured_on,
        frozen_at=one.frozen_at,
        cells=tuple(_cell(share) for share in everybody),
    )


def ledger_download(query: QueryDict, *, today: date) -> Download:
    """Every measurement, one row per share."""
    return Download(
        name="vesentlig-andel",
        sheet=gettext("Fryste målinger"),
        on=today,
        fields=(
            Field("losning", gettext("Løsning"), 28),
            Field("omrade", gettext("Tjenesteområde"), 24),
            Field("dag", gettext("Målt for"), 12),
            Field("hva", gettext("Hva"), 20),
            Field("av", gettext("Av"), 40),
            Field("antall", gettext("Antall"), 12, "#,##0"),
            Field("alle", gettext("Av i alt"), 12, "#,##0"),
            Field("andel", gettext("Andel"), 10, "0.0 %"),
            Field("sha256", gettext("Kontrollsum (SHA-256)"), 66),
        ),
        rows=[
            (
                one.name,
                area_words(one.area),
                one.measured_on,
                str(texts.LEDGER_MEASURES[share.measure]),
                str(texts.LEDGER_BASES[share.base]),
                share.count,
                share.of,
                share.tenths / 1000 if share.tenths is not None else None,
                one.sha256,
            )
            for one in map(queries.read, queries.entries(query.get("losning", "")).iterator())
            for share in one.shares
        ],
    )


# --- one measurement ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage:
    name: str
    slug: str
    area: str
    measured_on: date
    known_at: datetime
    frozen_at: datetime
    sha256: str
    shares: tuple[ShareRow, ...]
    measures: tuple[str, ...]
    # Words and number; what matters for how the shares are read.
    reservations: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    # Stage, what it meant, where that is from, and since when.
    definitions: tuple[tuple[str, str, str, date], ...]
    remarks: tuple[tuple[str, str], ...]
    rows: tuple["PlaceRow", ...]
    check: Check | None
    check_address: str
    file: str
    csv: str
    xlsx: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    number: str
    name: str
    inhabitants: int | None
    possible: str
    stage: str
    since: date | None
    confirmed_by: str


def show_page(entry: LedgerEntry, found: Snapshot, *, check: Check | None) -> ShowPage:
    """No query: everything is in the file."""
    head = found.head
    address = reverse("ledger:show", args=[entry.pk])
    return ShowPage(
        name=head.name,
        slug=head.slug,
        area=area_words(head.area),
        measured_on=head.on,
        known_at=head.known_at,
        frozen_at=entry.frozen_at,
        sha256=entry.sha256,
        shares=share_rows(found.shares),
        measures=tuple(str(texts.LEDGER_MEASURES[one]) for one in LedgerMeasure),
        reservations=(
            (gettext("Kildene er ikke enige"), found.disagree),
            (gettext("Kommunen kan fortsatt svare, og er ikke talt med"), found.await_reply),
            (gettext("Ikke kjent om leverandøren gjør det mulig"), found.vendors_unknown),
        ),
        sources=tuple(
            (str(stage_texts.SOURCES[source]), count)
            for source, count in found.sources.items()
            if count
        ),
        definitions=tuple(
            (str(stage_texts.STAGES[one.stage]), one.words, one.source, one.valid_from)
            for one in _in_order(found.definitions)
        ),
        remarks=tuple((row.name, row.remark) for row in found.rows if row.remark),
        rows=tuple(_place(row) for row in found.rows),
        check=check,
        check_address=f"{address}?kontroll=ja",
        file=reverse("ledger:file", args=[entry.pk]),
        csv=f"{address}?format=csv",
        xlsx=f"{address}?format=xlsx",
    )


def _in_order(definitions: Sequence[Definition]) -> list[Definition]:
    """The way a municipality comes to them."""
    return sorted(definitions, key=lambda one: list(Stage).index(one.stage))


def _place(row: Row) -> PlaceRow:
    return PlaceRow(
        number=row.number,
        name=row.name,
        inhabitants=row.inhabitants,
        possible=_possible(row),
        stage=_stage(row),
        since=row.since,
        confirmed_by=", ".join(str(stage_texts.SOURCES[one]) for one in sorted(row.confirmed_by)),
    )


def _possible(row: Row) -> str:
    if row.possible or is_made_available(row.stage):
        return gettext("Ja")
    return gettext("Ikke kjent") if row.possible is None else gettext("Nei")


def _stage(row: Row) -> str:
    if row.stage is not None:
        return str(stage_texts.STAGES[row.stage])
    return gettext("Venter på svar fra kommunen") if row.awaits_reply else ""


def show_download(found: Snapshot) -> Download:
    """Every municipality as the measurement found it."""
    return Download(
        name=f"vesentlig-andel-{found.head.slug}",
        sheet=gettext("Måling"),
        on=found.head.on,
        fields=(
            Field("nummer", gettext("Nr."), 8),
            Field("kommune", gettext("Kommune"), 28),
            Field("innbyggere", gettext("Innbyggere"), 12, "#,##0"),
            Field("mulig", gettext("Leverandøren gjør det mulig"), 16),
            Field("steg", gettext("Steg"), 28),
            Field("siden", gettext("Siden"), 12),
            Field("kilder", gettext("Bekreftet av"), 32),
            Field("merknad", gettext("Merknad"), 60),
        ),
        rows=[
            (
                one.number,
                one.name,
                one.inhabitants,
                one.possible,
                one.stage,
                one.since,
                one.confirmed_by,
                row.remark,
            )
            for row, one in ((row, _place(row)) for row in found.rows)
        ],
    )


# --- freezing ---


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezePage:
    form: FreezeForm
    # What would be frozen, once it is chosen.
    name: str
    measured_on: date | None
    shares: tuple[ShareRow, ...]
    measures: tuple[str, ...]
    awaits: int
    definitions: tuple[tuple[str, str], ...]


def freeze_page(
    form: FreezeForm, name: str = "", measurement: Measurement | None = None
) -> FreezePage:
    return FreezePage(
        form=form,
        name=name,
        measured_on=measurement.head.on if measurement else None,
        shares=share_rows(measurement.shares) if measurement else (),
        measures=tuple(str(texts.LEDGER_MEASURES[one]) for one in LedgerMeasure),
        awaits=sum(row.awaits_reply for row in measurement.rows) if measurement else 0,
        definitions=tuple(
            (str(stage_texts.STAGES[one.stage]), one.words)
            for one in _in_order(measurement.definitions)
        )
        if measurement
        else (),
    )


def offer_choices() -> list[tuple[int, str]]:
    """Joint processes have no threshold: they are not something made available. One query."""
    rows = Offer.objects.select_related("solution").order_by(SortKey("solution__name"), "pk")
    return [
        (one.pk, f"{one.solution.name}, {area_words(one.area).lower()}")
        for one in rows
        if not one.solution.is_joint_process
    ]

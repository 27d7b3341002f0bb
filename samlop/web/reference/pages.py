"""What the pages of the reference data show: its state, a form, and a difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from samlop.audit.models import Event
from samlop.lib.errors import FileProblem
from samlop.municipalities import texts
from samlop.municipalities.imports.facts import Difference
from samlop.municipalities.models import (
    Boundary,
    CodeChange,
    Municipality,
    MunicipalityCode,
    Population,
    ReferenceLoad,
    Region,
    Vendor,
)
from samlop.municipalities.rules.code_lists import Diff, DiffKind, DiffRow, Named
from samlop.municipalities.rules.kinds import RegionKind
from samlop.web import formats
from samlop.web.regions.pages import plural
from samlop.web.shell.navigation import MUNICIPALITIES, REGIONS, VENDORS
from samlop.web.uploads import UploadForm

NEWEST_EVENTS: Final = 10
SSB_CODES: Final = "SSB Klass 131"

# --- what is there ---


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    what: str
    count: str
    when: str = ""
    source: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    happened_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    rows: tuple[StateRow, ...]
    events: tuple[EventRow, ...]


def overview_page(*, on: date) -> OverviewPage:
    """Nine queries."""
    return OverviewPage(
        rows=(*_codes(on), *_regions(on), *_facts(on), *_rest(on), _vendors()),
        events=_events(),
    )


def _codes(on: date) -> list[StateRow]:
    codes = MunicipalityCode.objects.aggregate(
        now=Count("pk", filter=Q(pk__in=MunicipalityCode.objects.valid_on(on).values("pk"))),
        newest=Max("valid_from", filter=Q(valid_from__lte=on)),
        periods=Count("pk"),
        first=Min("valid_from"),
    )
    changes = CodeChange.objects.aggregate(
        lines=Count("pk"), first=Min("happened_on"), last=Max("happened_on")
    )
    return [
        StateRow(
            what=gettext("Kommuner"),
            count=formats.number(codes["now"]),
            when=_from(codes["newest"]),
            source=SSB_CODES,
            address=MUNICIPALITIES,
        ),
        StateRow(
            what=gettext("Nummer og navn gjennom tiden"),
            count=formats.number(codes["periods"]),
            when=_from(codes["first"]),
            source=SSB_CODES,
        ),
        StateRow(
            what=gettext("Endringer av nummer"),
            count=formats.number(changes["lines"]),
            when=_between(changes["first"], changes["last"]),
            source=SSB_CODES,
        ),
    ]


def _regions(on: date) -> list[StateRow]:
    rows = Region.objects.valid_on(on).values_list("kind").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(rows.order_by("kind"))
    return [
        StateRow(
            what=plural(kind),
            count=formats.number(counts.get(kind.value, 0)),
            address=f"{REGIONS}?type={kind.value}",
        )
        for kind in RegionKind
    ]


_FACTS: Final[Mapping[str, str | Promise]] = {
    "organisation_number": _("Organisasjonsnummer"),
    "kostra_group": _("KOSTRA-gruppe"),
    "postmottak": _("Postmottak"),
}


def _facts(on: date) -> list[StateRow]:
    counts = Municipality.objects.existing_on(on).aggregate(
        all=Count("pk"),
        **{field: Count("pk", filter=~Q(**{field: ""}) & ~Q(**{field: None})) for field in _FACTS},
    )
    return [
        StateRow(
            what=str(words),
            count=gettext("%(known)s av %(all)s")
            % {
                "known": formats.number(counts[field]),
                "all": formats.number(counts["all"]),
            },
        )
        for field, words in _FACTS.items()
    ]


def _rest(on: date) -> list[StateRow]:
    population = Population.objects.filter(counted_on__lte=on).aggregate(
        counts=Count("pk"), newest=Max("counted_on"), source=Max("source")
    )
    boundaries = Boundary.objects.aggregate(
        count=Count("pk"), newest=Max("imported_on"), source=Max("source")
    )
    loaded = ReferenceLoad.objects.aggregate(last=Max("loaded_at"), count=Count("pk"))
    rows = [
        StateRow(
            what=gettext("Folketall"),
            count=formats.number(population["counts"]),
            when=gettext("til %(day)s") % {"day": formats.long_date(population["newest"])}
            if population["newest"]
            else "",
            source=population["source"] or "",
        ),
        StateRow(
            what=gettext("Kommunegrenser på kartet"),
            count=formats.number(boundaries["count"]),
            when=gettext("lastet inn %(day)s") % {"day": formats.long_date(boundaries["newest"])}
            if boundaries["newest"]
            else gettext("rutekartet brukes"),
            source=boundaries["source"] or "",
        ),
    ]
    if loaded["last"]:
        rows.append(
            StateRow(
                what=gettext("Datafilene som følger med Samløp"),
                count=formats.number(loaded["count"]),
                when=gettext("lastet inn %(day)s") % {"day": formats.long_date(loaded["last"])},
            )
        )
    return rows


def _vendors() -> StateRow:
    counts = Vendor.objects.aggregate(
        vendors=Count("pk", distinct=True), products=Count("products", distinct=True)
    )
    return StateRow(
        what=gettext("Leverandører"),
        count=formats.number(counts["vendors"]),
        when=ngettext("med %(count)d produkt", "med %(count)d produkter", counts["products"])
        % {"count": counts["products"]},
        address=VENDORS,
    )


def _from(day: date | None) -> str:
    return gettext("fra %(day)s") % {"day": formats.long_date(day)} if day else ""


def _between(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return ""
    return f"{formats.short_date(first)}–{formats.short_date(last)}"


_EVENTS: Final[Mapping[str, str | Promise]] = {
    "municipalities.reference.loaded": _("Datafilene som følger med, ble lastet inn"),
    "municipalities.codes.imported": _("Kommuneinndelingen ble fornyet"),
    "municipalities.facts.imported": _("Fakta om kommunene ble lastet inn"),
}


def _events() -> tuple[EventRow, ...]:
    """One line per import, however many municipalities it changed. One query.

    An import from a page is one request; what commands did on one day is told as one.
    """
    rows = (
        Event.objects.filter(code__in=_EVENTS)
        .annotate(day=TruncDate("happened_at"))
        .values("request_id", "day", "code", "reason")
        .annotate(last=Max("happened_at"), municipalities=Count("municipality_id", distinct=True))
        .order_by("-last")[:NEWEST_EVENTS]
    )
    return tuple(
        EventRow(row["last"], _event_words(row["code"], row["municipalities"], row["reason"]))
        for row in rows
    )


def _event_words(code: str, municipalities: int, reason: str) -> str:
    words = str(_EVENTS[code])
    if municipalities:
        count = ngettext("%(count)d kommune", "%(count)d kommuner", municipalities)
        words = f"{words} ({count % {'count': municipalities}})"
    return f"{words}. {reason}" if reason else f"{words}."


# --- sending in, and what it comes to ---


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    heading: str
    lead: str
    form: UploadForm
    help: tuple[str, ...]
    template_address: str = ""
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a difference: its columns, and a row of cells for each thing that changes."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    heading: str
    lead: str
    parts: tuple[Part, ...]
    changes: int
    token: str
    again: str
    apply: str
    # Why the difference can be looked at but not saved.
    refusal: str = ""
    # What happened since the last preview, when there was one.
    notice: str = ""


def code_parts(diff: Diff) -> tuple[Part, ...]:
    return tuple(
        Part(
            str(texts.DIFF_KINDS[kind]),
            _columns(kind),
            tuple(_cells(row) for row in diff.rows if row.kind is kind),
        )
        for kind in DiffKind
    )


def _columns(kind: DiffKind) -> tuple[str, ...]:
    day = gettext("Dato")
    match kind:
        case DiffKind.NEW | DiffKind.ENDED:
            return (day, gettext("Kommune"))
        case _:
            return (day, gettext("Før"), gettext("Etter"))


def _cells(row: DiffRow) -> tuple[str, ...]:
    day = formats.short_date(row.happened_on)
    match row.kind:
        case DiffKind.NEW:
            return (day, _named(row.new))
        case DiffKind.ENDED:
            return (day, _named(row.old))
        case _:
            return (day, _named(row.old), _named(row.new))


def _named(names: Sequence[Named]) -> str:
    return " + ".join(f"{one.number} {one.name}" for one in names)


def fact_parts(difference: Difference) -> tuple[Part, ...]:
    return tuple(
        Part(
            str(words),
            (gettext("Nr."), gettext("Kommune"), gettext("Før"), gettext("Etter")),
            tuple(
                (one.number, one.name, one.old or "–", one.new)
                for one in difference.changes
                if one.column == column
            ),
        )
        for column, words in _FACTS.items()
    )

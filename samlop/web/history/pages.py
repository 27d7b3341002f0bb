"""The history as a page: rows in words, filters, and the same rows as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from samlop.accounts import texts as account_texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Grant, Role
from samlop.audit.models import Event
from samlop.municipalities.models import MunicipalityCode, Product, Region, Vendor
from samlop.portfolio.models import Solution
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.history import sentences
from samlop.web.history.differences import Difference, differences
from samlop.web.history.people import People, Who, labels
from samlop.web.history.scope import Sight
from samlop.web.history.sentences import KINDS, SENTENCES, Kind
from samlop.web.tables import Pagination

ON_A_PAGE: Final = 50
MOST_IN_A_FILE: Final = 10_000
# What an event may be about and is called by a name of its own.
_NAMED: Final[tuple[type[Region] | type[Vendor] | type[Product] | type[Solution], ...]] = (
    Region,
    Vendor,
    Product,
    Solution,
)
MACHINE: Final = "system"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: her sight decides which events and reasons, her grants which names."""

    person: int
    grants: tuple[Grant, ...]
    sight: Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the address asks for; a value that cannot be read counts as none."""

    kind: Kind | None = None
    role: Role | None = None
    by_machine: bool = False
    since: date | None = None
    until: date | None = None
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        role, page = query.get("rolle", ""), query.get("side", "")
        kind = query.get("type", "")
        return cls(
            kind=Kind(kind) if kind in set(Kind) else None,
            role=Role(role) if role in set(Role) else None,
            by_machine=role == MACHINE,
            since=_day(query.get("fra", "")),
            until=_day(query.get("til", "")),
            page=max(int(page), 1) if page.isdecimal() and len(page) < 7 else 1,
        )

    @property
    def any_chosen(self) -> bool:
        return self != Filters(page=self.page)

    def within(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """The latest first."""
        if self.kind is not None:
            events = events.filter(code__in=sentences.codes_about(self.kind))
        if self.since is not None:
            events = events.filter(happened_at__date__gte=self.since)
        if self.until is not None:
            events = events.filter(happened_at__date__lte=self.until)
        if self.by_machine:
            events = events.filter(actor_id=None)
        if self.role is not None:
            events = events.annotate(day=TruncDate("happened_at")).filter(_acted_as(self.role))
        return events.order_by("-happened_at", "-pk")


def _acted_as(role: Role) -> Q:
    """By the label where the record has one, else by the roles she had that day."""
    held = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=OuterRef("day")),
        person=OuterRef("actor_id"),
        role=role.value,
        valid_from__lte=OuterRef("day"),
    )
    return Q(actor_label=labels()[role]) | Q(Exists(held), actor_label="person")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One happening, in words."""

    pk: int
    at: datetime
    kind: str
    what: str
    where: str
    where_address: str
    by: Who
    about: Who | None
    reason: str
    differences: tuple[Difference, ...]

    @property
    def clock(self) -> str:
        return formats.clock(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The happenings of one day, the latest first."""

    day: date
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    heading: str
    lead: str
    kicker: str
    trail: tuple[tuple[str, str], ...]
    address: str
    days: tuple[Day, ...]
    count: int
    filters: Filters
    kinds: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str], ...]
    pages: Pagination
    csv: str
    xlsx: str
    too_many_for_a_file: bool

    @property
    def most_in_a_file(self) -> int:
        return MOST_IN_A_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the page is about: the words around its list."""

    heading: str
    lead: str
    address: str
    kicker: str = ""
    trail: tuple[tuple[str, str], ...] = ()


def history_page(
    place: Place, events: QuerySet[Event], query: QueryDict, *, reader: Reader, on: date
) -> HistoryPage:
    """One page of it; the same number of queries however many events there are."""
    filters = Filters.of(query)
    found = filters.within(events)
    count = found.count()
    last = max(1, -(-count // ON_A_PAGE))
    filters = replace(filters, page=min(filters.page, last))
    start = (filters.page - 1) * ON_A_PAGE
    rows = rows_of(list(found[start : start + ON_A_PAGE]), reader=reader, on=on)
    return HistoryPage(
        heading=place.heading,
        lead=place.lead,
        kicker=place.kicker,
        trail=place.trail,
        address=place.address,
        days=_by_day(rows),
        count=count,
        filters=filters,
        kinds=(("", gettext("Alt")), *((kind.value, str(words)) for kind, words in KINDS.items())),
        roles=(
            ("", gettext("Alle")),
            *((role.value, str(words)) for role, words in account_texts.ROLES.items()),
            (MACHINE, gettext("Systemet selv")),
        ),
        pages=Pagination.of(filters.page, last, lambda number: changed(query, side=number)),
        csv=changed(query, format="csv", side=None),
        xlsx=changed(query, format="xlsx", side=None),
        too_many_for_a_file=count > MOST_IN_A_FILE,
    )


def _by_day(rows: Sequence[Row]) -> tuple[Day, ...]:
    days: dict[date, list[Row]] = {}
    for row in rows:
        days.setdefault(timezone.localdate(row.at), []).append(row)
    return tuple(Day(day=day, rows=tuple(found)) for day, found in days.items())


def rows_of(events: Sequence[Event], *, reader: Reader, on: date) -> list[Row]:
    """At most thirteen queries, however many events."""
    people = People(events, reader=reader.person, held=reader.grants, on=on)
    names = _subject_names(events)
    places = _municipalities(events)
    return [_row(event, people, names, places, reader.sight) for event in events]


def _row(
    event: Event,
    people: People,
    names: dict[tuple[str, int], str],
    places: dict[int, tuple[str, str]],
    sight: Sight,
) -> Row:
    about = SENTENCES[event.code]
    subject = names.get((event.subject_type, event.subject_id), "")
    where, address = places.get(event.municipality_id or 0, ("", ""))
    open_reason = about.reason_is_open or sight.may_read_reason(
        municipality=event.municipality_id, actor=event.actor_id
    )
    return Row(
        pk=event.pk,
        at=event.happened_at,
        kind=str(KINDS[about.kind]),
        what=sentences.sentence(event.code, event.details, subject=subject),
        where=where,
        where_address=address,
        by=people.actor(event),
        about=people.about(event),
        reason=event.reason if open_reason else "",
        differences=differences(event.details),
    )


def _subject_names(events: Iterable[Event]) -> dict[tuple[str, int], str]:
    """What each subject with a name is called now. One query for each kind there is."""
    found: dict[tuple[str, int], str] = {}
    for model in _NAMED:
        kind = _label(model)
        wanted = {event.subject_id for event in events if event.subject_type == kind}
        if wanted:
            rows = model.objects.filter(pk__in=wanted).values_list("pk", "name")
            found |= {(kind, pk): name for pk, name in rows}
    return found


def _label(model: type[Model]) -> str:
    return model._meta.label_lower


def _municipalities(events: Iterable[Event]) -> dict[int, tuple[str, str]]:
    """Name and history page of each; one that is no more has a name only. One query."""
    wanted = {event.municipality_id for event in events if event.municipality_id is not None}
    if not wanted:
        return {}
    rows = (
        MunicipalityCode.objects.filter(municipality__in=wanted)
        .order_by("valid_from")
        .values_list("municipality_id", "number", "qualified_name", "valid_to")
    )
    return {
        pk: (name, reverse("history:municipality", args=[number]) if ended is None else "")
        for pk, number, name, ended in rows
    }


def download(
    place: Place, events: QuerySet[Event], query: QueryDict, *, reader: Reader, on: date
) -> Download:
    """The latest ten thousand of the same rows."""
    found = list(Filters.of(query).within(events)[:MOST_IN_A_FILE])
    return Download(
        name="historikk",
        sheet=gettext("Historikk"),
        on=on,
        fields=(
            Field("dag", gettext("Dag"), 12),
            Field("klokkeslett", gettext("Klokkeslett"), 11),
            Field("kommune", gettext("Kommune"), 24),
            Field("hva", gettext("Hva"), 48),
            Field("type", gettext("Type"), 24),
            Field("gjelder", gettext("Gjelder"), 30),
            Field("rolle", gettext("Utført av, rolle"), 36),
            Field("navn", gettext("Utført av, navn"), 28),
            Field("grunn", gettext("Grunn"), 40),
            Field("endring", gettext("Endring"), 60),
        ),
        rows=[
            (
                timezone.localdate(row.at),
                row.clock,
                row.where,
                row.what,
                row.kind,
                str(row.about or ""),
                row.by.role,
                row.by.name,
                row.reason,
                "; ".join(map(str, row.differences)),
            )
            for row in rows_of(found, reader=reader, on=on)
        ],
    )


def latest(
    municipality: int, events: QuerySet[Event], *, sight: Sight, on: date, most: int
) -> tuple["Happening", ...]:
    """The few that stand on the municipality's own page. One query."""
    found = (
        events.exclude(code__in=sentences.codes_about(Kind.REFERENCE))
        # Everybody who opens a copy is noted; on the page itself it would hide all else.
        .exclude(code="portfolio.copy.read")
        .filter(happened_at__date__lte=on)
        .order_by("-happened_at", "-pk")[:most]
    )
    return tuple(
        Happening(
            event.happened_at,
            _short(event),
            event.reason
            if SENTENCES[event.code].reason_is_open
            or sight.may_read_reason(municipality=municipality, actor=event.actor_id)
            else "",
        )
        for event in found
    )


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    words: str
    reason: str


def _short(event: Event) -> str:
    """«Rom for nytt endret av lokal koordinator»; a machine keeps its capital letter."""
    what, label = sentences.sentence(event.code, event.details), event.actor_label
    if not label or label == "person":
        return what
    if event.actor_id is None:
        who = label
    else:
        role = gettext(label)
        who = f"{role[:1].lower()}{role[1:]}"
    return gettext("%(what)s av %(who)s") % {"what": what, "who": who}

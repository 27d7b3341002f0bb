"""What the list of regions and one region's page show."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.db.text_keys import nb_sort_key
from samlop.municipalities import texts
from samlop.municipalities.models import CountyAuthority, RegionMembership
from samlop.municipalities.queries import regions as queries
from samlop.municipalities.queries.population import inhabitants
from samlop.municipalities.rules.kinds import FACTS, Certainty, RegionKind
from samlop.municipalities.rules.regions import MAY_SHARE_INSTALLATION
from samlop.web import formats, links
from samlop.web.addresses import changed
from samlop.web.downloads import Download, Field
from samlop.web.links import Part
from samlop.web.people.contacts import PersonRow, person_rows
from samlop.web.people.reader import Reader as PeopleReader
from samlop.web.regions.forms import MADE_HERE
from samlop.web.regions.rights import Rights
from samlop.web.shell.navigation import MUNICIPALITIES
from samlop.web.sorting import SortColumn, Sorting
from samlop.web.tables import SortLink

# The groups that the national model rests on come first.
IN_ORDER: Final = (
    RegionKind.EHEALTH_GROUP,
    RegionKind.COUNTY,
    RegionKind.HEALTH_REGION,
    RegionKind.HEALTH_COMMUNITY,
    RegionKind.IKT_COOPERATION,
)


def plural(kind: RegionKind) -> str:
    return {
        RegionKind.EHEALTH_GROUP: gettext("Regionale grupper e-helse"),
        RegionKind.COUNTY: gettext("Fylker"),
        RegionKind.HEALTH_REGION: gettext("Helseregioner"),
        RegionKind.HEALTH_COMMUNITY: gettext("Helsefellesskap"),
        RegionKind.IKT_COOPERATION: gettext("IKT-samarbeid"),
    }[kind]


def _nothing_yet(kind: RegionKind) -> str:
    return {
        RegionKind.EHEALTH_GROUP: gettext("Ingen regionale grupper e-helse er registrert ennå"),
        RegionKind.COUNTY: gettext("Ingen fylker er registrert ennå"),
        RegionKind.HEALTH_REGION: gettext("Ingen helseregioner er registrert ennå"),
        RegionKind.HEALTH_COMMUNITY: gettext("Ingen helsefellesskap er registrert ennå"),
        RegionKind.IKT_COOPERATION: gettext("Ingen IKT-samarbeid er registrert ennå"),
    }[kind]


# --- the list ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """One line; `population` is None when no member's is known."""

    slug: str
    kind: RegionKind
    number: str | None
    name: str
    members: int
    assumed: int
    population: int | None
    website: str

    @property
    def address(self) -> str:
        return reverse("regions:show", args=[self.slug])

    @property
    def assumed_share(self) -> float | None:
        return self.assumed / self.members if self.members else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGroup:
    """The regions of one kind; when there are none, what to do about it."""

    code: str
    heading: str
    rows: tuple[RegionRow, ...]
    empty: str = ""
    what_to_do: str = ""
    create: str = ""
    create_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsPage:
    groups: tuple[KindGroup, ...]
    count: int
    headers: tuple[SortLink, ...]
    text: str
    kind: str
    kinds: tuple[tuple[str, str], ...]
    day_chosen: str
    past_day: date | None
    sort: str
    reset: str
    csv: str
    xlsx: str
    may_create: bool


@dataclass(frozen=True, slots=True)
class RegionList:
    """The rows the reader asked for, in her order: for the page and for files alike."""

    rows: tuple[RegionRow, ...]
    sorting: Sorting[RegionRow]
    text: str
    kind: RegionKind | None
    on: date

    @property
    def is_filtered(self) -> bool:
        return bool(self.text)

    @classmethod
    def of(cls, query: QueryDict, *, on: date) -> "RegionList":
        """Three queries, however many regions there are."""
        text = " ".join(query.get("q", "").replace("\0", "").split())[:100]
        by_code = {kind.value: kind for kind in RegionKind}
        kind = by_code.get(query.get("type", ""))
        sorting = Sorting.of(_list_columns(), query, usual="navn")
        wanted = nb_sort_key(text)
        rows = [
            row
            for row in _rows(on)
            if (kind is None or row.kind is kind)
            and (wanted in nb_sort_key(row.name) or row.number == text)
        ]
        by_kind = [row for one in IN_ORDER for row in sorting.rows(rows) if row.kind is one]
        return cls(tuple(by_kind), sorting, text, kind, on)


def _rows(on: date) -> list[RegionRow]:
    living = inhabitants(on=on)
    population: dict[int, int] = {}
    members = RegionMembership.objects.valid_on(on).values_list("region_id", "municipality_id")
    for region, municipality in members:
        if (count := living.get(municipality)) is not None:
            population[region] = population.get(region, 0) + count
    return [
        RegionRow(
            slug=row.slug,
            kind=row.kind,
            number=row.number,
            name=row.name,
            members=row.members,
            assumed=row.assumed_members,
            population=population.get(row.pk),
            website=row.website,
        )
        for row in queries.regions_on(on)
    ]


def _list_columns() -> tuple[SortColumn[RegionRow], ...]:
    return (
        SortColumn("navn", gettext("Region"), lambda row: nb_sort_key(row.name)),
        SortColumn("kommuner", gettext("Kommuner"), lambda row: row.members, numeric=True),
        SortColumn("innbyggere", gettext("Innbyggere"), lambda row: row.population, numeric=True),
        SortColumn("antatt", gettext("Antatt"), lambda row: row.assumed_share, numeric=True),
    )


def regions_page(
    found: RegionList, query: QueryDict, *, today: date, may_create: bool
) -> RegionsPage:
    past = found.on if found.on != today else None
    kinds = [found.kind] if found.kind else IN_ORDER
    groups = [_group(kind, found, may_create=may_create and past is None) for kind in kinds]
    return RegionsPage(
        groups=tuple(group for group in groups if group.rows or not found.is_filtered),
        count=len(found.rows),
        headers=found.sorting.links(query),
        text=found.text,
        kind=found.kind.value if found.kind else "",
        kinds=(("", gettext("Alle typer")), *((k.value, plural(k)) for k in IN_ORDER)),
        day_chosen=past.isoformat() if past else "",
        past_day=past,
        sort=found.sorting.code if "sorter" in query else "",
        reset=reverse("regions:list"),
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        may_create=may_create,
    )


def _group(kind: RegionKind, found: RegionList, *, may_create: bool) -> KindGroup:
    rows = tuple(row for row in found.rows if row.kind is kind)
    heading = plural(kind)
    if rows:
        return KindGroup(code=kind.value, heading=heading, rows=rows)
    create = may_create and kind in MADE_HERE
    if create:
        what_to_do = gettext("Opprett den første, og last opp lista over kommunene som er med.")
    elif kind in MADE_HERE:
        what_to_do = gettext("En administrator kan legge dem inn.")
    else:
        what_to_do = gettext(
            "De kommer med referansedataene. Velg en annen dato, eller kontakt en administrator."
        )
    return KindGroup(
        code=kind.value,
        heading=heading,
        rows=(),
        empty=_nothing_yet(kind),
        what_to_do=what_to_do,
        create=f"{reverse('regions:create')}?type={kind.value}" if create else "",
        create_words=gettext("Opprett %(kind)s")
        % {"kind": _lower_first(str(texts.REGION_KINDS[kind]))},
    )


def _lower_first(words: str) -> str:
    """«Helsefellesskap» inside a sentence; «IKT-samarbeid» as it is."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def regions_download(found: RegionList) -> Download:
    return Download(
        name="regioner",
        sheet=gettext("Regioner"),
        on=found.on,
        fields=(
            Field("type", gettext("Type"), 24),
            Field("nummer", gettext("Fylkesnummer"), 14),
            Field("navn", gettext("Navn"), 32),
            Field("kommuner", gettext("Kommuner"), 12, "#,##0"),
            Field("innbyggere", gettext("Innbyggere"), 14, "#,##0"),
            Field("antatte", gettext("Antatte kommuner"), 18, "#,##0"),
            Field("nettsted", gettext("Nettsted"), 36),
            Field("adresse", gettext("Side i Samløp"), 36),
        ),
        rows=[
            (
                str(texts.REGION_KINDS[row.kind]),
                row.number,
                row.name,
                row.members,
                row.population,
                row.assumed,
                row.website,
                row.address,
            )
            for row in found.rows
        ],
    )


# --- one region ---


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    pk: int
    number: str
    name: str
    population: int | None
    confirmed: bool
    valid_from: date
    source: str

    @property
    def address(self) -> str:
        return f"{MUNICIPALITIES}{self.number}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPage:
    slug: str
    name: str
    official_name: str
    number: str | None
    kind_words: str
    lead: str
    note: str
    website: Part | None
    sources: tuple[Part, ...]
    valid_from: date
    ended_on: date | None
    day: date
    past_day: date | None
    headers: tuple[SortLink, ...]
    members: tuple[MemberRow, ...]
    member_sources: tuple[Part, ...]
    signed_in: bool
    # A county and a health region are facts: they have no people of their own, no assumed members.
    is_fact: bool
    people: tuple[PersonRow, ...]
    authority: tuple[tuple[str, str | None], ...]
    # Where the people of the county's own organisation are listed.
    authority_people: str
    shares_installations: bool
    shared: tuple[tuple[str, str], ...]
    may_confirm: bool
    may_change_members: bool
    may_edit: bool
    may_end: bool
    csv: str
    xlsx: str
    # Rendered in answer to htmx: parts of the page that is already there.
    swapped: bool = False

    @property
    def member_count(self) -> int:
        return len(self.members)

    @property
    def assumed_memberships(self) -> tuple[int, ...]:
        return tuple(row.pk for row in self.members if not row.confirmed)

    @property
    def assumed(self) -> int:
        return len(self.assumed_memberships)

    @property
    def may_act(self) -> bool:
        return self.may_change_members or (self.may_confirm and bool(self.assumed or self.swapped))


@dataclass(frozen=True, slots=True)
class MemberList:
    """The members in the reader's order: for the page and for files alike."""

    region: queries.RegionPage
    rows: tuple[MemberRow, ...]
    sorting: Sorting[MemberRow]
    on: date

    @classmethod
    def of(cls, region: queries.RegionPage, query: QueryDict, *, on: date) -> "MemberList":
        columns = _member_columns()
        if region.kind in FACTS:
            columns = tuple(column for column in columns if column.code != "status")
        sorting = Sorting.of(columns, query, usual="navn")
        rows = sorting.rows(_member(member) for member in region.members)
        return cls(region, tuple(rows), sorting, on)


def _member(member: queries.Member) -> MemberRow:
    return MemberRow(
        pk=member.membership,
        number=member.number,
        name=member.name,
        population=member.inhabitants,
        confirmed=member.certainty is Certainty.CONFIRMED,
        valid_from=member.valid_from,
        source=member.source,
    )


def _member_columns() -> tuple[SortColumn[MemberRow], ...]:
    return (
        SortColumn("nummer", gettext("Nr."), lambda row: row.number),
        SortColumn("navn", gettext("Kommune"), lambda row: nb_sort_key(row.name)),
        SortColumn("innbyggere", gettext("Innbyggere"), lambda row: row.population, numeric=True),
        SortColumn("status", gettext("Status"), lambda row: row.confirmed),
        SortColumn("fra", gettext("Med fra"), lambda row: row.valid_from),
    )


def shown_on(region: queries.RegionPage, day: date) -> date:
    """An ended region is shown as it was on its last day."""
    if region.valid_to is not None and region.valid_to <= day:
        return region.valid_to - timedelta(days=1)
    return day


def region_page(
    found: MemberList,
    query: QueryDict,
    *,
    today: date,
    rights: Rights,
    people: PeopleReader,
    swapped: bool = False,
) -> RegionPage:
    """At most five queries beside those that found the members."""
    region = found.region
    ended = region.valid_to if region.valid_to and region.valid_to <= today else None
    chosen = "dato" in query and found.on != today
    acting = rights if found.on == today and ended is None else Rights()
    authority = _authority(region.pk) if region.kind is RegionKind.COUNTY else None
    return RegionPage(
        slug=region.slug,
        name=region.name,
        official_name=region.official_name,
        number=region.number,
        kind_words=str(texts.REGION_KINDS[region.kind]),
        lead=_lead(region),
        note=region.note,
        website=links.website(region.website),
        sources=links.source(region.source),
        valid_from=region.valid_from,
        ended_on=ended - timedelta(days=1) if ended else None,
        day=found.on,
        past_day=found.on if chosen else None,
        headers=found.sorting.links(query),
        members=found.rows,
        member_sources=links.sources(row.source for row in found.rows),
        signed_in=people.sees_people,
        is_fact=region.kind in FACTS,
        people=_people(region.pk, people, on=found.on),
        authority=_facts_of(authority) if authority else (),
        authority_people=reverse("people:authority", args=[authority.slug]) if authority else "",
        shares_installations=region.kind in MAY_SHARE_INSTALLATION,
        shared=tuple(_shared(one) for one in region.installations),
        may_confirm=acting.confirm,
        may_change_members=acting.members,
        may_edit=acting.texts,
        may_end=acting.end,
        csv=changed(query, format="csv"),
        xlsx=changed(query, format="xlsx"),
        swapped=swapped,
    )


def with_swapped(page: RegionPage) -> RegionPage:
    return replace(page, swapped=True)


def _lead(region: queries.RegionPage) -> str:
    count = len(region.members)
    if not count:
        return ""
    words = ngettext("%(count)s kommune", "%(count)s kommuner", count) % {"count": count}
    if not region.inhabitants:
        return words
    return gettext("%(municipalities)s med %(people)s innbyggere") % {
        "municipalities": words,
        "people": formats.number(region.inhabitants),
    }


def _shared(one: queries.Installation) -> tuple[str, str]:
    if one.product is None:
        return str(texts.SERVICE_AREAS[one.service_area]), gettext("ukjent journalsystem")
    return str(texts.SERVICE_AREAS[one.service_area]), f"{one.product} ({one.vendor})"


_ROLES_IN_ORDER: Final = (Role.CONTACT_PERSON, Role.ROLLOUT_LEADER, Role.NETWORK_RESOURCE)


def _people(region_id: int, reader: PeopleReader, *, on: date) -> tuple[PersonRow, ...]:
    """Those with a role in the region that day, the contact person first. Three queries."""
    if not reader.sees_people:
        return ()
    rows = (
        Membership.objects.filter(region=region_id, person__is_active=True)
        .valid_on(on)
        .select_related("person")
        .order_by("pk")
    )
    found = sorted(rows, key=lambda row: _ROLES_IN_ORDER.index(Role(row.role)))
    return person_rows(found, reader, on=on)


def _authority(county_id: int) -> CountyAuthority | None:
    """The county's own organisation; Oslo has none. One query."""
    return CountyAuthority.objects.filter(county=county_id).first()


def _facts_of(authority: CountyAuthority) -> tuple[tuple[str, str | None], ...]:
    return (
        (gettext("Navn"), authority.name),
        (gettext("Organisasjonsnummer"), authority.organisation_number),
        (gettext("Postmottak"), authority.postmottak),
    )


def members_download(found: MemberList) -> Download:
    return Download(
        name="kommuner",
        sheet=found.region.name,
        on=found.on,
        fields=(
            Field("nummer", gettext("Nummer"), 9),
            Field("navn", gettext("Kommune"), 24),
            Field("innbyggere", gettext("Innbyggere"), 14, "#,##0"),
            Field("status", gettext("Status"), 12),
            Field("fra", gettext("Med fra"), 12),
            Field("kilde", gettext("Kilde"), 40),
        ),
        rows=[
            (
                row.number,
                row.name,
                row.population,
                str(texts.CERTAINTIES[Certainty.CONFIRMED if row.confirmed else Certainty.ASSUMED]),
                row.valid_from,
                row.source,
            )
            for row in found.rows
        ],
    )

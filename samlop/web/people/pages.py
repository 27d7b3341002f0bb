"""What the pages of people show, as far as the reader may see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext

from samlop.accounts import queries, texts
from samlop.accounts.models import Membership, PeopleLoad, Person
from samlop.accounts.rules import SCOPE_OF, Place, Role, Scope, giving
from samlop.accounts.rules.giving import Held
from samlop.audit.models import Event
from samlop.db.text_keys import SortKey, nb_sort_key
from samlop.municipalities.models import CountyAuthority, MunicipalityCode, Region, Vendor
from samlop.municipalities.queries.regions import members_of
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Solution
from samlop.web.downloads import Download, Field
from samlop.web.people.places import Here, Kind
from samlop.web.people.reader import Reader

_ORDER: Final = {role.value: place for place, role in enumerate(Role)}
LOADS_SHOWN: Final = 5
MOST_FOUND: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One role somebody holds; mail and phone are empty for readers who may not see them."""

    pk: int
    name: str
    address: str
    you: bool
    role: str
    title: str
    place: str = ""
    place_address: str = ""
    phone: str = ""
    email: str = ""
    since: date
    until: date | None
    begins: bool
    waits: bool
    reason: str = ""
    followed_up_by: str = ""
    may_end: bool = False
    may_hand_over: bool = False
    may_take_over: bool = False
    may_invite_again: bool = False

    @property
    def phone_address(self) -> str:
        return "".join(letter for letter in self.phone if letter.isdigit() or letter == "+")

    @property
    def taken_back(self) -> bool:
        """Given by mistake, and held on no day."""
        return self.until == self.since


@dataclass(frozen=True, slots=True)
class LoadRow:
    pk: int
    loaded_at: datetime
    roles: int
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answering:
    """A place and those who answer for it; `missing` when nobody does."""

    name: str
    address: str
    people: tuple[str, ...]
    waits: bool = False
    followed_up_by: str = ""

    @property
    def missing(self) -> bool:
        return not self.people


@dataclass(frozen=True, slots=True)
class Overview:
    heading: str
    what: str
    rows: tuple[Answering, ...]

    @property
    def missing(self) -> int:
        return sum(row.missing for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    kind: str
    name: str
    trail: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    former: tuple[Row, ...]
    sees_former: bool
    hidden: bool
    invite: str
    load: str
    loads: tuple[LoadRow, ...]
    undo_of: Here | None
    left_to: str
    no_coordinator: bool
    overviews: tuple[Overview, ...]
    csv: str
    xlsx: str
    may_search: bool = False
    text: str = ""
    found: tuple[Row, ...] | None = None


def people_page(here: Here, reader: Reader, *, on: date, text: str = "") -> PeoplePage:
    """About eight queries, however many people there are."""
    rows = list(here.memberships().select_related("person", "taken_over_by").order_by("pk"))
    now = [row for row in rows if (row.valid_to is None or row.valid_to > on)]
    before = [row for row in rows if row.valid_to is not None and row.valid_to <= on]
    lines = Lines(rows, reader, on=on)
    shown = lines.of(now)
    sees_former = any(reader.shares(Role(row.role), lines.place(row)) for row in rows) or any(
        reader.shares(role, here.place) for role in roles_of(here)
    )
    gives = here.roles_given_by(reader)
    municipal = here.kind in (Kind.MUNICIPALITY, Kind.AUTHORITY)
    no_coordinator = municipal and not any(
        row.role == Role.MUNICIPAL_COORDINATOR.value and row.valid_from <= on for row in now
    )
    left_to = None
    if no_coordinator and here.where.municipality is not None:
        left_to = queries.left_to(here.where.municipality.pk, on=on)
    loads = may_load(here, reader)
    found = None
    if here.kind is Kind.NATION and reader.is_administrator and text:
        found = _search(text, reader, on=on)
    return PeoplePage(
        kind=here.kind.value,
        name=here.name,
        trail=here.trail,
        rows=shown,
        former=lines.of(before)[::-1] if sees_former else (),
        sees_former=sees_former,
        hidden=any(not (row.phone or row.email) for row in shown),
        invite=here.address("invite") if gives else "",
        load=here.address("load") if loads else "",
        loads=_loads(here) if loads else (),
        undo_of=here if loads else None,
        left_to=left_to.name if left_to else "",
        no_coordinator=no_coordinator,
        overviews=_overviews(here, reader, on=on),
        csv="?format=csv",
        xlsx="?format=xlsx",
        may_search=here.kind is Kind.NATION and reader.is_administrator,
        text=text,
        found=found,
    )


def people_download(here: Here, reader: Reader, *, on: date) -> Download:
    """Those of today as the reader sees them; a region's file holds its municipalities' too.

    The columns are those a list is loaded from.
    """
    held = here.memberships()
    region = here.where.region
    if region is not None and reader.shares(Role.NETWORK_RESOURCE, here.place):
        members = [one.municipality for one in members_of(region.pk, on=on)]
        held = held | Membership.objects.filter(municipality__in=members)
    rows = list(
        held.valid_on(on)
        .filter(person__is_active=True)
        .select_related("person", "taken_over_by", "region", "county_authority", "vendor")
        .order_by("pk")
    )
    lines = Lines(rows, reader, on=on).of(rows, named=named_places(rows, on=on))
    return Download(
        name="personer",
        sheet=gettext("Personer og roller"),
        on=on,
        fields=(
            Field("sted", gettext("Sted"), 26),
            Field("navn", gettext("Navn"), 28),
            Field("rolle", gettext("Rolle"), 26),
            Field("stilling", gettext("Stilling"), 28),
            Field("epost", gettext("E-post"), 34),
            Field("telefon", gettext("Telefon"), 14),
            Field("fra", gettext("Fra og med"), 12),
            Field("slutt", gettext("Første dag uten rollen"), 14),
        ),
        rows=[
            (
                line.place,
                line.name,
                line.role,
                line.title,
                line.email,
                line.phone,
                line.since,
                line.until,
            )
            for line in sorted(lines, key=lambda line: nb_sort_key(line.place))
        ],
    )


def roles_of(here: Here) -> tuple[Role, ...]:
    """The roles that are held in a place of this kind."""
    scope = {
        Kind.MUNICIPALITY: Scope.MUNICIPALITY,
        Kind.AUTHORITY: Scope.MUNICIPALITY,
        Kind.REGION: Scope.REGION,
        Kind.VENDOR: Scope.VENDOR,
        Kind.NATION: Scope.NATION,
    }[here.kind]
    return tuple(role for role in Role if SCOPE_OF[role] is scope)


def may_load(here: Here, reader: Reader) -> bool:
    """Whoever gives all roles of a region may load a list of its people."""
    return here.kind is Kind.REGION and reader.gives(Role.NETWORK_RESOURCE, here.place)


class Lines:
    """Roles with what the reader may see and do. At most four queries, when made."""

    def __init__(self, rows: Iterable[Membership], reader: Reader, *, on: date) -> None:
        self._reader, self._on = reader, on
        held = list(rows)
        self._places = queries.places_of(held, on=on)
        self._last = _last_coordinators(held, on=on)
        self._solutions = solution_names(held)

    def place(self, row: Membership) -> Place:
        return self._places[row.pk]

    def of(
        self,
        rows: Sequence[Membership],
        *,
        named: Mapping[int, tuple[str, str]] | None = None,
        reasons: Mapping[int, str] | None = None,
    ) -> tuple[Row, ...]:
        """In the order of the roles, then of names; `named` gives each row's place."""
        lines = [
            self._row(
                row,
                named=(named or {}).get(row.pk, ("", "")),
                reason=(reasons or {}).get(row.pk, ""),
                last=row.pk in self._last,
            )
            for row in rows
        ]
        keys = {row.pk: (_ORDER[row.role], row.solution_slug) for row in rows}
        return tuple(sorted(lines, key=lambda line: (keys[line.pk], nb_sort_key(line.name))))

    def _row(self, row: Membership, *, named: tuple[str, str], reason: str, last: bool) -> Row:
        role, place, reader = Role(row.role), self._places[row.pk], self._reader
        over = row.valid_to is not None and row.valid_to <= self._on
        mine = row.person_id == reader.pk
        gives = reader.gives(role, place)
        reaches = mine or reader.reaches(role, place)
        waits = row.person.first_signed_in_at is None
        sees_page = mine or reader.is_administrator or reader.shares(role, place)
        ends = not over and (gives or mine)
        return Row(
            pk=row.pk,
            name=name_of(row),
            address=reverse("people:person", args=[row.person_id]) if sees_page else "",
            you=mine,
            role=str(texts.ROLES[role]),
            title=row.title,
            place=named[0] or self._solutions.get(row.solution_slug, row.solution_slug),
            place_address=named[1],
            phone=row.person.phone if reaches else "",
            email=(row.person.email or "") if reaches else "",
            since=row.valid_from,
            until=row.valid_to,
            begins=row.valid_from > self._on,
            waits=waits and not over and (gives or reader.shares(role, place)),
            reason=reason,
            followed_up_by=str(row.taken_over_by) if row.taken_over_by else "",
            may_end=ends and not last,
            may_hand_over=not over and gives,
            may_take_over=not over and last and region_taking_over(reader, place) is not None,
            may_invite_again=not over and gives and waits,
        )


def _last_coordinators(rows: Iterable[Membership], *, on: date) -> set[int]:
    """Those of the rows whose role cannot end without more ado. One query."""
    asked = {
        row.pk: (row.municipality_id, row.county_authority_id)
        for row in rows
        if row.role == Role.MUNICIPAL_COORDINATOR.value
        and (row.valid_to is None or row.valid_to > on)
    }
    if not asked:
        return set()
    there: dict[tuple[int | None, int | None], list[Membership]] = {}
    coordinators = Membership.objects.filter(
        Q(municipality__in=[pk for pk, _ in asked.values() if pk is not None])
        | Q(county_authority__in=[pk for _, pk in asked.values() if pk is not None]),
        role=Role.MUNICIPAL_COORDINATOR.value,
        person__is_active=True,
    ).not_ended_on(on)
    for row in coordinators:
        there.setdefault((row.municipality_id, row.county_authority_id), []).append(row)
    return {
        row.pk
        for row in coordinators
        if row.pk in asked
        and giving.refusal_to_end(
            Role.MUNICIPAL_COORDINATOR,
            [
                Held(valid_from=other.valid_from, valid_to=other.valid_to)
                for other in there[asked[row.pk]]
                if other.person_id != row.person_id
            ],
            on=on,
        )
    }


def region_taking_over(reader: Reader, place: Place) -> int | None:
    """The reader's region that can answer for the municipality, if there is one."""
    if place.municipality is None:
        return None
    for grant in reader.grants:
        if grant.role is Role.CONTACT_PERSON and grant.region in place.regions:
            return grant.region
    return None


def name_of(row: Membership) -> str:
    """The name, or what is said of somebody who has been erased."""
    if row.person.erased_at is None:
        return str(row.person)
    words = str(texts.ROLES[Role(row.role)])
    return gettext("Tidligere %(role)s") % {"role": words[:1].lower() + words[1:]}


def _loads(here: Here) -> tuple[LoadRow, ...]:
    rows = (
        PeopleLoad.objects.filter(region=here.where.region)
        .annotate(roles=Count("memberships"))
        .order_by("-loaded_at", "-pk")[:LOADS_SHOWN]
    )
    return tuple(LoadRow(row.pk, row.loaded_at, row.roles, row.undone_at) for row in rows)


# --- who answers where ---


def _overviews(here: Here, reader: Reader, *, on: date) -> tuple[Overview, ...]:
    if here.kind is Kind.REGION and here.where.region is not None:
        if not reader.shares(Role.NETWORK_RESOURCE, here.place):
            return ()
        return (_municipalities(here.where.region, on=on),)
    if here.kind is Kind.NATION and reader.is_administrator:
        return (_regions(on=on), _authorities(on=on), _vendors(on=on))
    return ()


def _names(condition: Q, column: str, *, on: date) -> dict[int, list[Membership]]:
    """Those who hold a role today, by the place in a column. One query."""
    found: dict[int, list[Membership]] = {}
    rows = (
        Membership.objects.filter(condition, person__is_active=True)
        .valid_on(on)
        .select_related("person")
        .order_by(SortKey("person__name"), "pk")
    )
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _answering(name: str, address: str, rows: Sequence[Membership]) -> Answering:
    waits = bool(rows) and all(row.person.first_signed_in_at is None for row in rows)
    return Answering(name, address, tuple(str(row.person) for row in rows), waits)


def _municipalities(region: Region, *, on: date) -> Overview:
    members = members_of(region.pk, on=on)
    held = _names(
        Q(
            role=Role.MUNICIPAL_COORDINATOR.value,
            municipality__in=[one.municipality for one in members],
        ),
        "municipality_id",
        on=on,
    )
    return Overview(
        gettext("Lokale koordinatorer i kommunene"),
        gettext("Kommune"),
        tuple(
            _answering(
                one.name,
                reverse("people:municipality", args=[one.number]),
                held.get(one.municipality, []),
            )
            for one in members
        ),
    )


def _regions(*, on: date) -> Overview:
    held = _names(Q(role=Role.CONTACT_PERSON.value), "region_id", on=on)
    regions = (
        Region.objects.valid_on(on)
        .filter(Q(kind=RegionKind.EHEALTH_GROUP.value) | Q(pk__in=held))
        .in_norwegian_order()
    )
    return Overview(
        gettext("Kontaktpersoner i regionene"),
        gettext("Region"),
        tuple(
            _answering(
                region.name, reverse("people:region", args=[region.slug]), held.get(region.pk, [])
            )
            for region in regions
        ),
    )


def _authorities(*, on: date) -> Overview:
    held = _names(
        Q(role=Role.MUNICIPAL_COORDINATOR.value, county_authority__isnull=False),
        "county_authority_id",
        on=on,
    )
    return Overview(
        gettext("Koordinatorer i fylkeskommunene"),
        gettext("Fylkeskommune"),
        tuple(
            _answering(one.name, reverse("people:authority", args=[one.slug]), held.get(one.pk, []))
            for one in CountyAuthority.objects.order_by(SortKey("name"), "pk")
        ),
    )


def _vendors(*, on: date) -> Overview:
    held = _names(Q(role=Role.VENDOR.value), "vendor_id", on=on)
    return Overview(
        gettext("Folk hos leverandørene"),
        gettext("Leverandør"),
        tuple(
            _answering(one.name, reverse("people:vendor", args=[one.slug]), held.get(one.pk, []))
            for one in Vendor.objects.order_by(SortKey("name"), "pk")
        ),
    )


def _search(text: str, reader: Reader, *, on: date) -> tuple[Row, ...]:
    """Roles, ended ones too, of people whose name or address has the words. Administrators only."""
    words = " ".join(text.replace("\0", "").split())[:100]
    rows = list(
        Membership.objects.filter(
            Q(person__name__icontains=words) | Q(person__email__icontains=words)
        )
        .select_related("person", "taken_over_by", "region", "county_authority", "vendor")
        .order_by(SortKey("person__name"), "person", "-valid_from", "pk")[:MOST_FOUND]
    )
    return Lines(rows, reader, on=on).of(rows, named=named_places(rows, on=on))


# --- one person ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    pk: int
    name: str
    you: bool
    phone: str
    email: str
    phone_address: str
    waits: bool
    erased: bool
    rows: tuple[Row, ...]
    former: tuple[Row, ...]
    erase: str
    trail: tuple[tuple[str, str], ...]


def person_page(person: Person, reader: Reader, *, on: date) -> PersonPage | None:
    """None when the reader may not know that there is such a person. About seven queries."""
    rows = list(
        Membership.objects.filter(person=person)
        .select_related("person", "taken_over_by", "region", "county_authority", "vendor")
        .order_by("-valid_from", "pk")
    )
    mine = person.pk == reader.pk
    lines = Lines(rows, reader, on=on)
    visible = (
        mine
        or reader.is_administrator
        or any(reader.shares(Role(row.role), lines.place(row)) for row in rows)
    )
    if not visible:
        return None
    now = [row for row in rows if row.valid_to is None or row.valid_to > on]
    reaches = (
        mine
        or reader.is_administrator
        or any(reader.reaches(Role(row.role), lines.place(row)) for row in now)
    )
    named = named_places(rows, on=on)
    shown = lines.of(rows, named=named, reasons=_reasons(rows))
    phone = person.phone if reaches else ""
    return PersonPage(
        pk=person.pk,
        name=name_of(rows[0]) if rows else str(person),
        you=mine,
        phone=phone,
        email=(person.email or "") if reaches else "",
        phone_address="".join(one for one in phone if one.isdigit() or one == "+"),
        waits=person.first_signed_in_at is None and person.erased_at is None,
        erased=person.erased_at is not None,
        rows=tuple(row for row in shown if row.until is None or row.until > on),
        former=tuple(row for row in shown if row.until is not None and row.until <= on),
        erase=reverse("people:erase", args=[person.pk])
        if person.erased_at is None and (mine or reader.is_administrator)
        else "",
        trail=((gettext("Personer og roller"), reverse("people:nation")),),
    )


def named_places(rows: Sequence[Membership], *, on: date) -> dict[int, tuple[str, str]]:
    """Each role's place by name, with the address of its people. At most two queries."""
    solutions = solution_names(rows)
    municipalities = {row.municipality_id for row in rows if row.municipality_id is not None}
    periods: dict[int, MunicipalityCode] = {}
    for code in MunicipalityCode.objects.filter(municipality__in=municipalities).order_by(
        "valid_from"
    ):
        if code.valid_from <= on:
            periods[code.municipality_id] = code
    return {row.pk: _named(row, periods, solutions, on=on) for row in rows}


def solution_names(rows: Iterable[Membership]) -> Mapping[str, str]:
    """What the solutions of these roles are called. At most one query."""
    slugs = {row.solution_slug for row in rows if row.solution_slug}
    if not slugs:
        return {}
    return dict(Solution.objects.filter(slug__in=slugs).values_list("slug", "name"))


def _named(
    row: Membership,
    periods: Mapping[int, MunicipalityCode],
    solutions: Mapping[str, str],
    *,
    on: date,
) -> tuple[str, str]:
    if row.municipality_id is not None:
        code = periods.get(row.municipality_id)
        if code is None:
            return "", ""
        living = code.valid_to is None or code.valid_to > on
        address = reverse("people:municipality", args=[code.number]) if living else ""
        return code.qualified_name, address
    if row.region is not None:
        return row.region.name, reverse("people:region", args=[row.region.slug])
    if row.county_authority is not None:
        slug = row.county_authority.slug
        return row.county_authority.name, reverse("people:authority", args=[slug])
    if row.vendor is not None:
        return row.vendor.name, reverse("people:vendor", args=[row.vendor.slug])
    solution = solutions.get(row.solution_slug, row.solution_slug)
    return solution or gettext("Hele landet"), reverse("people:nation")


def _reasons(rows: Iterable[Membership]) -> dict[int, str]:
    """Why roles ended, as far as it was said. One query."""
    ended = ("accounts.membership.ended", "accounts.membership.taken_over")
    events = Event.objects.filter(
        subject_type=Membership._meta.label_lower,
        subject_id__in=[row.pk for row in rows],
        code__in=ended,
    ).exclude(reason="")
    return dict(events.order_by("happened_at").values_list("subject_id", "reason"))


# --- erasing ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePage:
    """What goes, what stays, and who is left without a coordinator, said before."""

    name: str
    you: bool
    roles: tuple[tuple[str, date, date | None], ...]
    events: int
    left: tuple[tuple[str, str], ...]
    cancel: str
    trail: tuple[tuple[str, str], ...]
    refusal: str = ""


def erase_page(person: Person, reader: Reader, *, on: date, refusal: str = "") -> ErasePage:
    rows = list(
        Membership.objects.filter(person=person)
        .select_related("person", "region", "county_authority", "vendor")
        .order_by("valid_from", "pk")
    )
    named = named_places(rows, on=on)
    back = reverse("people:person", args=[person.pk])
    return ErasePage(
        name=str(person),
        you=person.pk == reader.pk,
        roles=tuple(
            (f"{texts.ROLES[Role(row.role)]}, {named[row.pk][0]}", row.valid_from, row.valid_to)
            for row in rows
        ),
        events=Event.objects.filter(actor_id=person.pk).count(),
        left=tuple(
            (named[row.pk][0], str(queries.follows_up(row, on=on) or ""))
            for row in rows
            if row.municipality_id is not None and queries.leaves_empty(row, on=on)
        ),
        cancel=back,
        trail=((gettext("Personer og roller"), reverse("people:nation")), (str(person), back)),
        refusal=refusal,
    )

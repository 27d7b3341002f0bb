"""A region's list of people, as somebody keeps it herself: read, held against what is there.

Columns in any order and in the usual spellings; what is not clear is refused, never guessed
(docs/domain/accounts.md). Reading and planning change nothing; `services.load_people` does.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from django.db.models.functions import Lower
from django.utils.translation import gettext

from samlop.accounts import queries, texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import (
    SCOPE_OF,
    Grant,
    PeopleRefusal,
    Place,
    Role,
    Scope,
    may_give,
    shares,
    writing,
)
from samlop.accounts.services import Entry
from samlop.lib import sheets
from samlop.lib.errors import FileProblem, FileRefused
from samlop.lib.sheets import Line
from samlop.municipalities.imports.places import NotOneMunicipality, Places
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.queries.regions import members_of
from samlop.municipalities.rules.codes import CodePeriod
from samlop.municipalities.rules.writing import LONGEST_NAME
from samlop.municipalities.rules.writing import name as tidy_name


class Column(StrEnum):
    """What a cell is about; the value is the word that a correction form uses."""

    NUMBER = "kommunenummer"
    MUNICIPALITY = "kommune"
    NAME = "navn"
    ROLE = "rolle"
    TITLE = "stilling"
    EMAIL = "epost"
    PHONE = "telefon"
    FIRST_NAME = "fornavn"
    LAST_NAME = "etternavn"


# Titles with everything but letters taken out, æøå kept.
TITLES: Final[Mapping[Column, frozenset[str]]] = {
    Column.NUMBER: frozenset(
        {"kommunenummer", "kommunenr", "kommnr", "knr", "komnr", "nr", "nummer"}
    ),
    Column.MUNICIPALITY: frozenset(
        {"kommune", "kommunen", "kommunenavn", "kommunar", "kommuner", "sted"}
    ),
    Column.NAME: frozenset(
        {"navn", "namn", "fulltnavn", "fulltnamn", "person", "ansatt", "tilsett", "hvem"}
    ),
    Column.ROLE: frozenset(
        {
            "rolle",
            "roller",
            "funksjon",
            "rolleisamløp",
            "rollefunksjon",
            "stillingrolle",
            "rollestilling",
        }
    ),
    Column.TITLE: frozenset(
        {"stilling", "stillingstittel", "tittel", "stillingsnavn", "stillingsbetegnelse"}
    ),
    Column.EMAIL: frozenset(
        {"epost", "epostadresse", "mail", "mailadresse", "email", "emailadresse", "adresse"}
    ),
    Column.PHONE: frozenset(
        {
            "telefon",
            "tlf",
            "tlfnr",
            "tel",
            "telefonnummer",
            "telefonnr",
            "mobil",
            "mobilnr",
            "mobilnummer",
            "mobiltelefon",
            "mobiltlf",
        }
    ),
    Column.FIRST_NAME: frozenset({"fornavn", "førenamn", "fornamn"}),
    Column.LAST_NAME: frozenset({"etternavn", "etternamn"}),
}
_COLUMN_OF: Final = {title: column for column, titles in TITLES.items() for title in titles}
# How far down the header may stand, under the list's own heading.
_HEADER_WITHIN: Final = 15

# What is shown, corrected and carried; the rest is folded into these.
SHOWN: Final = (Column.MUNICIPALITY, Column.NAME, Column.ROLE, Column.EMAIL, Column.PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One row as people wrote it."""

    row: int
    municipality: str = ""
    name: str = ""
    role: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    # Beside a name: then both must mean the same.
    number: str = ""

    def cell(self, column: Column) -> str:
        match column:
            case Column.MUNICIPALITY:
                return " ".join(part for part in (self.number, self.municipality) if part)
            case Column.NAME:
                return self.name
            case Column.ROLE:
                return self.role
            case Column.EMAIL:
                return self.email
            case Column.PHONE:
                return self.phone
            case _:
                raise ValueError(column)

    def corrected(self, cells: Mapping[Column, str]) -> "Written":
        """The row with other words in the shown columns."""
        words = {column: " ".join(text.split())[:200] for column, text in cells.items()}
        changed = replace(
            self,
            name=words.get(Column.NAME, self.name),
            role=words.get(Column.ROLE, self.role),
            email=words.get(Column.EMAIL, self.email),
            phone=words.get(Column.PHONE, self.phone),
        )
        place = words.get(Column.MUNICIPALITY, self.cell(Column.MUNICIPALITY))
        if place != self.cell(Column.MUNICIPALITY):
            return replace(changed, number="", municipality=place)
        return changed


class Outcome(StrEnum):
    NEW = "new"
    THERE = "there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a row comes to; `problems` by column, `note` for what the reader should know."""

    written: Written
    outcome: Outcome
    place: str = ""
    roles: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""
    problems: Mapping[Column, str] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    rows: tuple[Planned, ...]

    def of(self, outcome: Outcome) -> tuple[Planned, ...]:
        return tuple(row for row in self.rows if row.outcome is outcome)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for row in self.of(Outcome.NEW) for entry in row.entries)


# --- reading ---


def read(content: bytes) -> tuple[Written, ...]:
    """The rows of the first sheet that has our columns. Raises FileRefused."""
    found = sheets.read(content)
    best: dict[Column, int] = {}
    for lines in found:
        for at, line in enumerate(lines[:_HEADER_WITHIN]):
            columns = _columns(line)
            if not _missing(columns):
                rows = tuple(
                    row for one in lines[at + 1 :] if (row := _written(one, columns)) is not None
                )
                if not rows:
                    raise FileRefused(
                        [FileProblem(gettext("Det står ingen personer under overskriften."))]
                    )
                return rows
            if len(columns) > len(best):
                best = columns
    raise FileRefused(_without_header(best))


def _columns(line: Line) -> dict[Column, int]:
    """Which column stands where; the first of several with the same meaning counts."""
    found: dict[Column, int] = {}
    for index, title in enumerate(line.cells):
        key = re.sub(r"[\W\d_]", "", title.casefold())
        column = _COLUMN_OF.get(key)
        if column is None and key.startswith(("kommunenrog", "kommunenummerog")):
            column = Column.MUNICIPALITY
        if column is not None:
            found.setdefault(column, index)
    return found


def _missing(columns: Collection[Column]) -> list[str]:
    missing = []
    if Column.MUNICIPALITY not in columns and Column.NUMBER not in columns:
        missing.append("kommune")
    if Column.NAME not in columns and Column.LAST_NAME not in columns:
        missing.append("navn")
    if Column.ROLE not in columns and Column.TITLE not in columns:
        missing.append("rolle")
    if Column.EMAIL not in columns:
        missing.append("e-post")
    return missing


def _without_header(columns: Collection[Column]) -> list[FileProblem]:
    if len(columns) < 2:
        sentence = gettext(
            "Vi fant ingen rad med overskrifter. Ta med raden der det står kommune, navn, rolle, "
            "e-post og telefon."
        )
        return [FileProblem(sentence)]
    return [FileProblem(gettext("Kolonnen mangler."), column=title) for title in _missing(columns)]


def _written(line: Line, columns: Mapping[Column, int]) -> Written | None:
    """None for a row without a person, such as a municipality nobody is named for."""

    def cell(column: Column) -> str:
        index = columns.get(column)
        return line.cells[index] if index is not None and index < len(line.cells) else ""

    name = cell(Column.NAME) or " ".join(
        part for part in (cell(Column.FIRST_NAME), cell(Column.LAST_NAME)) if part
    )
    if not any((name, cell(Column.EMAIL), cell(Column.PHONE))):
        return None
    return Written(
        row=line.number,
        municipality=cell(Column.MUNICIPALITY),
        number=cell(Column.NUMBER),
        name=name,
        role=cell(Column.ROLE) or cell(Column.TITLE),
        title=cell(Column.TITLE) if cell(Column.ROLE) else "",
        email=cell(Column.EMAIL),
        phone=cell(Column.PHONE),
    )


# --- planning ---


def plan(rows: Sequence[Written], *, region: Region, grants: Iterable[Grant], on: date) -> Plan:
    """What loading the rows would do. About ten queries, however many rows there are."""
    return _Planning(region=region, grants=tuple(grants), on=on, rows=rows).plan()


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody who has the address; `seen` when the reader may know who it is."""

    person: Person
    held: tuple[Membership, ...]
    seen: bool


class _Planning:
    """One list against one region."""

    def __init__(
        self, *, region: Region, grants: tuple[Grant, ...], on: date, rows: Sequence[Written]
    ) -> None:
        self._region, self._grants, self._on, self._rows = region, grants, on, rows
        self._places = Places()
        self._members = {one.municipality for one in members_of(region.pk, on=on)}
        addresses = {found.casefold() for row in rows if (found := writing.email(row.email))}
        self._known = self._who_has(addresses)
        self._first_with: dict[str, Written] = {}
        self._seen_entries: dict[tuple[str, Role, int | None], int] = {}

    def plan(self) -> Plan:
        return Plan(tuple(self._planned(row) for row in self._rows))

    def _who_has(self, addresses: Collection[str]) -> dict[str, _Known]:
        people = {
            (person.email or "").casefold(): person
            for person in Person.objects.annotate(key=Lower("email")).filter(key__in=addresses)
        }
        held: dict[int, list[Membership]] = {}
        rows = list(Membership.objects.filter(person__in=people.values()).not_ended_on(self._on))
        places = queries.places_of(rows, on=self._on)
        own = queries.own_regions(self._grants, on=self._on)
        seen: set[int] = set()
        for row in rows:
            held.setdefault(row.person_id, []).append(row)
            if shares(self._grants, Role(row.role), places[row.pk], own_regions=own):
                seen.add(row.person_id)
        return {
            address: _Known(person, tuple(held.get(person.pk, ())), person.pk in seen)
            for address, person in people.items()
        }

    def _planned(self, row: Written) -> Planned:
        problems: dict[Column, str] = {}
        called = self._roles(row, problems)
        municipality = self._municipality(row, called, problems)
        email = self._email(row, problems)
        name = self._name(row, problems)
        phone = writing.phone(row.phone)
        if phone is None:
            problems[Column.PHONE] = _words(PeopleRefusal.BAD_PHONE, text=row.phone)
        known = self._known.get(email.casefold()) if email else None
        if email:
            self._same_address(row, email, name, problems)
        if problems:
            return Planned(
                written=row,
                outcome=Outcome.REFUSED,
                email=email,
                problems={column: problems[column] for column in SHOWN if column in problems},
            )
        title = row.title or next((one.title for one in called if one.title), "")
        entries, note = self._entries(row, called, municipality, name=name, email=email)
        if entries:
            note = _not_used(known, name) or note
        return Planned(
            written=row,
            outcome=Outcome.NEW if entries else Outcome.THERE,
            place=f"{municipality.number} {municipality.qualified_name}"
            if municipality
            else self._region.name,
            roles=", ".join(str(texts.ROLES[one.role]) for one in called),
            title=title,
            email=email,
            phone=phone or "",
            note=note,
            entries=tuple(replace(one, title=title, phone=phone or "") for one in entries),
        )

    def _roles(self, row: Written, problems: dict[Column, str]) -> tuple[writing.Called, ...]:
        """«koordinator/prosjektleder» is both; «kommunalsjef helse/omsorg» is one title."""
        parts = [part for part in re.split(r"[/,;+]", row.role) if part.strip()]
        each = [writing.role(part) for part in parts]
        found = tuple(one for one in each if one is not None)
        if len(found) != len(parts) or not found:
            whole = writing.role(row.role)
            found = (whole,) if whole else ()
        if not found:
            problems[Column.ROLE] = self._no_role(row.role)
            return ()
        scopes = {SCOPE_OF[one.role] for one in found}
        if len(scopes) > 1:
            problems[Column.ROLE] = gettext(
                "Rollene hører til hver sin plass: én i kommunen og én i regionen. Del dem på to "
                "rader."
            )
        return tuple({one.role: one for one in reversed(found)}.values())[::-1]

    def _no_role(self, text: str) -> str:
        words = {"text": text, "roles": ", ".join(writing.ORDINARY_WORDS)}
        if not text:
            return gettext("Rollen mangler. Skriv en av disse: %(roles)s.") % words
        if text.casefold().startswith("kontaktperson"):
            return (
                gettext(
                    "«%(text)s» kan være kommunens eller regionens. Skriv «koordinator» for "
                    "kommunen, eller «kontaktperson e-helse» for regionen."
                )
                % words
            )
        return (
            gettext("«%(text)s» er ingen rolle vi kjenner. Skriv en av disse: %(roles)s.") % words
        )

    def _municipality(
        self, row: Written, called: Sequence[writing.Called], problems: dict[Column, str]
    ) -> CodePeriod | None:
        """The municipality a municipal role is held in; regional roles have none."""
        text = row.number or row.municipality
        if called and all(SCOPE_OF[one.role] is Scope.REGION for one in called):
            role = called[0].role
            if not may_give(self._grants, role, Place(regions=frozenset({self._region.pk}))):
                problems[Column.ROLE] = self._may_not(role, self._region.name)
            if text and text.casefold() not in (self._region.name.casefold(), self._region.slug):
                problems[Column.MUNICIPALITY] = gettext(
                    "%(role)s er en rolle i regionen. La kommunen stå tom."
                ) % {"role": texts.ROLES[role]}
            return None
        found = self._find(text, problems)
        if found is None:
            return None
        if row.number and row.municipality:
            other = self._find(row.municipality, problems)
            if other is not None and other.municipality != found.municipality:
                problems[Column.MUNICIPALITY] = gettext(
                    "Nummeret er %(number)s, men navnet er %(name)s. Skriv ett av dem."
                ) % {
                    "number": f"{found.number} {found.qualified_name}",
                    "name": f"{other.number} {other.qualified_name}",
                }
        place = Place(municipality=int(found.municipality), regions=frozenset({self._region.pk}))
        if found.municipality not in self._members:
            problems.setdefault(
                Column.MUNICIPALITY,
                gettext("%(name)s er ikke med i %(region)s.")
                % {"name": found.qualified_name, "region": self._region.name},
            )
        else:
            for one in called:
                if not may_give(self._grants, one.role, place):
                    problems.setdefault(Column.ROLE, self._may_not(one.role, found.qualified_name))
        return found

    def _find(self, text: str, problems: dict[Column, str]) -> CodePeriod | None:
        try:
            return self._places.find(text, on=self._on)
        except NotOneMunicipality as error:
            # Two have the name, but one list is about one region.
            here = [one for one in error.namesakes if one.municipality in self._members]
            if len(here) == 1:
                return here[0]
            problems[Column.MUNICIPALITY] = str(error)
            return None

    @staticmethod
    def _may_not(role: Role, place: str) -> str:
        return gettext("Du kan ikke gi rollen %(role)s i %(place)s.") % {
            "role": str(texts.ROLES[role]).lower(),
            "place": place,
        }

    @staticmethod
    def _email(row: Written, problems: dict[Column, str]) -> str:
        address = writing.email(row.email)
        if not address:
            problems[Column.EMAIL] = (
                _words(PeopleRefusal.BAD_EMAIL, text=row.email)
                if row.email
                else gettext("E-postadressen mangler.")
            )
            return ""
        if writing.is_shared_mailbox(address):
            problems[Column.EMAIL] = _words(PeopleRefusal.SHARED_MAILBOX, text=address)
        return address

    @staticmethod
    def _name(row: Written, problems: dict[Column, str]) -> str:
        name = tidy_name(row.name)
        if name is None:
            problems[Column.NAME] = (
                gettext("Navnet mangler.")
                if not row.name
                else gettext("Skriv et navn med minst én bokstav og høyst %(most)s tegn.")
                % {"most": LONGEST_NAME}
            )
            return ""
        return name

    def _same_address(
        self, row: Written, email: str, name: str, problems: dict[Column, str]
    ) -> None:
        first = self._first_with.setdefault(email.casefold(), row)
        if first is not row and name and _name_key(first.name) != _name_key(name):
            problems[Column.EMAIL] = gettext(
                "Adressen står også på rad %(row)s, med navnet %(name)s."
            ) % {"row": first.row, "name": first.name or "–"}

    def _entries(
        self,
        row: Written,
        called: Sequence[writing.Called],
        municipality: CodePeriod | None,
        *,
        name: str,
        email: str,
    ) -> tuple[list[Entry], str]:
        """The roles of the row that are not there, and why when there are none."""
        pk = int(municipality.municipality) if municipality else None
        where = (
            Where(municipality=Municipality(pk=pk))
            if pk is not None
            else Where(region=self._region)
        )
        known = self._known.get(email.casefold())
        note = ""
        entries: list[Entry] = []
        for one in called:
            before = self._seen_entries.setdefault((email.casefold(), one.role, pk), row.row)
            if before != row.row:
                note = gettext("Står også på rad %(row)s.") % {"row": before}
            elif known and any(_is_held(held, one.role, where) for held in known.held):
                note = gettext("Har rollen fra før.")
            else:
                entries.append(Entry(email=email, name=name, role=one.role, where=where))
        return entries, note


def _is_held(held: Membership, role: Role, where: Where) -> bool:
    return (
        held.role == role.value
        and held.municipality_id == (where.municipality.pk if where.municipality else None)
        and held.region_id == (where.region.pk if where.region else None)
    )


def _not_used(known: _Known | None, name: str) -> str:
    """Said only of people the reader may see: a list must not be a way to ask who has what."""
    if known is None or not known.seen or not known.person.name:
        return ""
    if _name_key(known.person.name) == _name_key(name):
        return ""
    return gettext("Adressen tilhører %(name)s. Navnet i lista blir ikke brukt.") % {
        "name": known.person.name
    }


def _name_key(name: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", name.casefold()).split())


def _words(refusal: PeopleRefusal, **words: object) -> str:
    return str(texts.PEOPLE_REFUSALS[refusal]) % words

"""Lists of municipalities from Statistics Norway: KLASS 131 as JSON or CSV.

Understood are answers to `versions/{id}` (classificationItems), `codesAt` (codes) and `changes`
(codeChanges), and the CSV forms of the last two. 9999 «Uoppgitt» is no municipality.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samlop.lib import csvio
from samlop.lib.errors import FileProblem, FileRefused
from samlop.municipalities.imports import reference
from samlop.municipalities.models import MunicipalityName, Region
from samlop.municipalities.queries.codes import periods
from samlop.municipalities.rules import code_lists
from samlop.municipalities.rules.code_lists import Diff, Listed, ListedChange
from samlop.municipalities.rules.kinds import RegionKind
from samlop.municipalities.services.codes import known_changes

NOT_STATED: Final = "9999"
MOST_PROBLEMS: Final = 50
# Letters of Norwegian, Sámi and Kven names; anything else means a wrong character set.
_NAME = re.compile(r"[A-Za-zÆØÅæøåÄÖäöÁáÀàÂâČčÇçĐđÉéÈèÊêËëÍíÏïŊŋŃńÓóÒòÔôŠšŦŧÜüÚúŽž .()'’/-]+")
_NUMBER = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file held: a list of municipalities, or a list of changes.

    `valid_from` is the day the list is valid from, when the file says so.
    """

    filename: str
    codes: tuple[Listed, ...] = ()
    changes: tuple[ListedChange, ...] = ()
    valid_from: date | None = None

    @property
    def is_change_list(self) -> bool:
        return not self.codes


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of either form: lower-case column titles, and its place in the file."""

    row: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Entries:
    entries: Sequence[_Entry]
    columns: frozenset[str]
    valid_from: date | None = None


def parse(content: bytes, filename: str) -> Parsed:
    """Read a file whole; raises FileRefused with the place of everything that is wrong in it."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        found = _from_json(content)
    else:
        found = _from_csv(content)
    problems: list[FileProblem] = []
    if found.columns >= {"oldcode", "newcode"}:
        changes = tuple(_changes(found.entries, problems))
        _refuse(problems)
        if not changes:
            raise FileRefused([FileProblem(_("Filen har ingen endringer."))])
        return Parsed(filename, changes=changes)
    codes = tuple(_codes(found.entries, problems))
    _refuse(problems)
    if not codes:
        raise FileRefused([FileProblem(_("Filen har ingen kommuner."))])
    return Parsed(filename, codes=codes, valid_from=found.valid_from)


def _refuse(problems: Sequence[FileProblem]) -> None:
    if not problems:
        return
    shown = list(problems[:MOST_PROBLEMS])
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        words = ngettext("… og %(count)d feil til.", "… og %(count)d feil til.", more)
        shown.append(FileProblem(words % {"count": more}))
    raise FileRefused(shown)


def _from_json(content: bytes) -> _Entries:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise FileRefused([FileProblem(_("JSON skal være i UTF-8."), row=row)]) from error
    try:
        answer = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        problem = FileProblem(_("Filen er ikke hel JSON. Last den ned på nytt."), row=line)
        raise FileRefused([problem]) from error
    if not isinstance(answer, dict):
        answer = {}
    for key, columns in (
        ("classificationItems", frozenset({"code", "name"})),
        ("codes", frozenset({"code", "name"})),
        ("codeChanges", frozenset({"oldcode", "newcode", "newname", "changeoccurred"})),
    ):
        items = answer.get(key)
        if isinstance(items, list):
            problems = [
                FileProblem(_("Raden er ikke et objekt."), row=number)
                for number, item in enumerate(items, start=1)
                if not isinstance(item, dict)
            ]
            _refuse(problems)
            entries = [
                _Entry(number, {str(title).lower(): cell for title, cell in item.items()})
                for number, item in enumerate(items, start=1)
            ]
            return _Entries(entries, columns, _valid_from(answer))
    raise FileRefused([_something_else()])


def _something_else() -> FileProblem:
    return FileProblem(
        _(
            "Filen er ikke en kommuneliste eller endringsliste fra SSB KLASS 131. Den skal ha "
            "«code» og «name», eller «oldCode», «newCode», «newName» og «changeOccurred»."
        )
    )


def _valid_from(answer: Mapping[str, Any]) -> date | None:
    text = answer.get("validFrom")
    if text is None:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise FileRefused(
            [FileProblem(_("«%(text)s» er ikke en dato.") % {"text": text}, column="validFrom")]
        ) from error


def _from_csv(content: bytes) -> _Entries:
    table = csvio.read(content)
    columns = frozenset(title.lower() for title in table.header)
    if not columns >= {"code", "name"} and not columns >= {"oldcode", "newcode"}:
        raise FileRefused([_something_else()])
    missing = {"newname", "changeoccurred"} - columns if "oldcode" in columns else set()
    if missing:
        titles = {"newname": "newName", "changeoccurred": "changeOccurred"}
        raise FileRefused(
            [
                FileProblem(_("Kolonnen mangler."), row=1, column=titles[title])
                for title in sorted(missing)
            ]
        )
    return _Entries(
        [
            _Entry(row.number, {title.lower(): cell for title, cell in row.cells.items()})
            for row in table.rows
        ],
        columns,
    )


def _codes(entries: Iterable[_Entry], problems: list[FileProblem]) -> Iterator[Listed]:
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.cells.get("code") == NOT_STATED:
            continue
        before = len(problems)
        number = _number(entry, "code", problems)
        name = _name(entry, "name", problems)
        if str(entry.cells.get("level") or "1") != "1":
            problems.append(
                FileProblem(_("Nivået er ikke 1, så raden er ingen kommune."), entry.row, "level")
            )
        if number in seen:
            problems.append(
                FileProblem(
                    _("%(number)s står også i rad %(row)d.")
                    % {"number": number, "row": seen[number]},
                    entry.row,
                    "code",
                )
            )
        if len(problems) == before:
            seen[number] = entry.row
            yield Listed(number, name, entry.row)


def _changes(entries: Iterable[_Entry], problems: list[FileProblem]) -> Iterator[ListedChange]:
    seen: dict[tuple[str, str, date], int] = {}
    names: dict[tuple[str, date], ListedChange] = {}
    for entry in entries:
        if NOT_STATED in (entry.cells.get("oldcode"), entry.cells.get("newcode")):
            continue
        before = len(problems)
        old = _number(entry, "oldCode", problems)
        new = _number(entry, "newCode", problems)
        name = _name(entry, "newName", problems)
        day = _day(entry, "changeOccurred", problems)
        if len(problems) > before or day is None:
            continue
        if (old, new, day) in seen:
            problems.append(
                FileProblem(
                    _("%(old)s → %(new)s samme dag står også i rad %(row)d.")
                    % {"old": old, "new": new, "row": seen[old, new, day]},
                    entry.row,
                    "newCode",
                )
            )
            continue
        line = ListedChange(old, new, name, day, entry.row)
        other = names.setdefault((new, day), line)
        if other.new_name != name:
            problems.append(
                FileProblem(
                    _("%(number)s heter «%(name)s» her og «%(other)s» i rad %(row)d.")
                    % {"number": new, "name": name, "other": other.new_name, "row": other.row},
                    entry.row,
                    "newName",
                )
            )
            continue
        seen[old, new, day] = entry.row
        yield line


def _text(entry: _Entry, column: str, problems: list[FileProblem]) -> str:
    cell = entry.cells.get(column.lower())
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        problems.append(FileProblem(_("Feltet mangler."), entry.row, column))
        return ""
    if not isinstance(cell, str):
        problems.append(FileProblem(_("Feltet er ikke tekst."), entry.row, column))
        return ""
    return " ".join(cell.split())


def _number(entry: _Entry, column: str, problems: list[FileProblem]) -> str:
    text = _text(entry, column, problems)
    if text and not (_NUMBER.fullmatch(text) and text.isascii()):
        problems.append(
            FileProblem(
                _(
                    "«%(text)s» er ikke et kommunenummer på fire sifre. "
                    "Regneark fjerner ofte nullen foran."
                )
                % {"text": text[:40]},
                entry.row,
                column,
            )
        )
    return text


def _name(entry: _Entry, column: str, problems: list[FileProblem]) -> str:
    text = _text(entry, column, problems)
    if not text:
        return ""
    strange = sorted({letter for letter in text if not _NAME.fullmatch(letter)})
    if strange:
        problems.append(
            FileProblem(
                _(
                    "Tegnet «%(letter)s» hører ikke til i et kommunenavn. "
                    "Er filen lagret med feil tegnsett?"
                )
                % {"letter": strange[0]},
                entry.row,
                column,
            )
        )
    elif len(text) > 100:
        problems.append(FileProblem(_("Navnet er lengre enn 100 tegn."), entry.row, column))
    return text


def _day(entry: _Entry, column: str, problems: list[FileProblem]) -> date | None:
    text = _text(entry, column, problems)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(
            FileProblem(
                _("«%(text)s» er ikke en dato som 2024-01-01.") % {"text": text[:40]},
                entry.row,
                column,
            )
        )
        return None


def diff(parsed: Parsed, *, changes: Parsed | None = None, valid_from: date | None = None) -> Diff:
    """What the list, with the change list, says that the database does not. Five queries.

    `valid_from` is needed when the list does not say it. Raises FileRefused for a list that
    is none, for two different days, and for a county that is unknown on the day.
    """
    if parsed.is_change_list:
        words = _("%(file)s er en endringsliste. Velg kommunelista først.")
        raise FileRefused([FileProblem(words % {"file": parsed.filename})])
    if changes is not None and not changes.is_change_list:
        words = _("%(file)s er ikke en endringsliste.")
        raise FileRefused([FileProblem(words % {"file": changes.filename})])
    day = parsed.valid_from or valid_from
    if day is None:
        raise FileRefused([FileProblem(_("Filen sier ikke når den gjelder fra. Oppgi dagen."))])
    if valid_from is not None and valid_from != day:
        words = _("Filen gjelder fra %(day)s, ikke fra %(other)s.")
        raise FileRefused([FileProblem(words % {"day": day, "other": valid_from})])

    found = code_lists.compare(
        periods=periods(),
        known_changes=known_changes(),
        listed=parsed.codes,
        changes=changes.changes if changes else (),
        valid_from=day,
        foreign=_foreign_names() | set(MunicipalityName.objects.values_list("name", flat=True)),
    )
    _refuse(_unknown_counties(found, parsed, changes))
    return found


def _unknown_counties(found: Diff, parsed: Parsed, changes: Parsed | None) -> list[FileProblem]:
    counties = list(
        Region.objects.filter(kind=RegionKind.COUNTY).values_list(
            "number", "valid_from", "valid_to"
        )
    )
    if not counties:
        return [FileProblem(_("Fylkene er ikke lagt inn. Kjør «samlop load-reference» først."))]

    def known(number: str, day: date) -> bool:
        return any(
            county == number[:2] and start <= day and (end is None or day < end)
            for county, start, end in counties
        )

    def unknown(number: str, day: date) -> str:
        return _("Fylke %(number)s finnes ikke %(day)s.") % {"number": number[:2], "day": day}

    problems = [
        FileProblem(unknown(item.number, found.valid_from), item.row, "code")
        for item in parsed.codes
        if not known(item.number, found.valid_from)
    ]
    begun = {(period.number, period.valid_from) for period in found.writes.create}
    return problems + [
        FileProblem(unknown(line.new_number, line.happened_on), line.row, "newCode")
        for line in (changes.changes if changes else ())
        if (line.new_number, line.happened_on) in begun
        and not known(line.new_number, line.happened_on)
    ]


@cache
def _foreign_names() -> frozenset[str]:
    """Sámi and Kven parts of the official names in our own files."""
    return frozenset(
        part
        for code in reference.codes()
        for part in code.official_name.split(" - ")
        if part != code.name
    )

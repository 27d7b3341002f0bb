"""A CSV file of facts about municipalities: read, compared, and applied whole or not at all.

Columns: number, organisation_number, kostra_group, postmottak; docs/domain/facts.md explains
them. An empty cell says nothing, and leaves what is known.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext

from samlop.lib import csvio
from samlop.lib.actors import Actor
from samlop.lib.errors import FileProblem, FileRefused
from samlop.municipalities.imports.columns import cell, require_columns
from samlop.municipalities.imports.places import NotOneMunicipality, Places
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.municipalities.rules import writing
from samlop.municipalities.rules.vendors import is_organisation_number
from samlop.municipalities.services import facts as services
from samlop.municipalities.services.facts import Facts

HEADER: Final = ("number", "organisation_number", "kostra_group", "postmottak")
LONGEST_GROUP: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """One fact that the file gives another value."""

    number: str
    name: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the file says, and what of it is new."""

    facts: tuple[Facts, ...]
    changes: tuple[FactChange, ...]


def compare(content: bytes, *, on: date) -> Difference:
    """What the file would change. Raises FileRefused naming every cell that cannot be used."""
    table = csvio.read(content)
    require_columns(table, known=HEADER, needed=HEADER[:1])
    places = Places()
    said: dict[int, Facts] = {}
    rows: dict[int, csvio.Row] = {}
    problems: list[FileProblem] = []
    for row in table.rows:
        values, wrong = _values(row)
        problems += wrong
        try:
            found = places.find(cell(row, "number"), on=on)
        except NotOneMunicipality as error:
            problems.append(FileProblem(str(error), row=row.number, column="number"))
            continue
        pk = int(found.municipality)
        if pk in rows:
            message = gettext("%(name)s står også i rad %(row)d.")
            problems.append(
                FileProblem(
                    message % {"name": found.qualified_name, "row": rows[pk].number},
                    row=row.number,
                    column="number",
                )
            )
            continue
        rows[pk] = row
        said[pk] = Facts(municipality_id=pk, **values)
    problems += _numbers_taken(said, rows, on=on)
    if problems:
        raise FileRefused(sorted(problems, key=lambda problem: problem.row or 0))
    return Difference(facts=tuple(said.values()), changes=_changes(said, on=on))


def apply(difference: Difference, *, source: str, by: Actor, at: datetime | None = None) -> int:
    """Save it all; says how many municipalities changed."""
    return services.import_facts(facts=difference.facts, source=source, by=by, at=at)


def _values(row: csvio.Row) -> tuple[Mapping[str, str | None], list[FileProblem]]:
    wrong = []
    number = cell(row, "organisation_number").replace(" ", "")
    if number and not is_organisation_number(number):
        wrong.append(
            FileProblem(
                gettext("«%(text)s» er ikke et organisasjonsnummer. Se etter tastefeil.")
                % {"text": number},
                row=row.number,
                column="organisation_number",
            )
        )
    group = cell(row, "kostra_group")
    if len(group) > LONGEST_GROUP:
        wrong.append(
            FileProblem(
                gettext("KOSTRA-gruppen kan ha høyst %(longest)d tegn.")
                % {"longest": LONGEST_GROUP},
                row=row.number,
                column="kostra_group",
            )
        )
    postmottak = writing.email(cell(row, "postmottak"))
    if postmottak is None:
        wrong.append(
            FileProblem(
                gettext("«%(text)s» er ikke en e-postadresse.") % {"text": cell(row, "postmottak")},
                row=row.number,
                column="postmottak",
            )
        )
    values = {
        "organisation_number": number or None,
        "kostra_group": group or None,
        "postmottak": postmottak or None,
    }
    return values, wrong


def _numbers_taken(
    said: Mapping[int, Facts], rows: Mapping[int, csvio.Row], *, on: date
) -> list[FileProblem]:
    """Two municipalities of the day may not end up with one organisation number.

    A municipality that has ended gives its number up to the one that carries it on.
    """
    existing = Municipality.objects.existing_on(on).exclude(organisation_number=None)
    holds = dict(existing.values_list("pk", "organisation_number"))
    holds |= {pk: one.organisation_number for pk, one in said.items() if one.organisation_number}
    count = Counter(holds.values())
    message = gettext("%(number)s står på flere kommuner.")
    return [
        FileProblem(
            message % {"number": one.organisation_number},
            row=rows[pk].number,
            column="organisation_number",
        )
        for pk, one in said.items()
        if one.organisation_number and count[one.organisation_number] > 1
    ]


def _changes(said: Mapping[int, Facts], *, on: date) -> tuple[FactChange, ...]:
    found = []
    for code in (
        MunicipalityCode.objects.valid_on(on)
        .filter(municipality__in=said)
        .select_related("municipality")
        .order_by("number")
    ):
        for column, new in said[code.municipality_id].values.items():
            old = getattr(code.municipality, column) or ""
            if old != new:
                found.append(
                    FactChange(
                        number=code.number,
                        name=code.qualified_name,
                        column=column,
                        old=old,
                        new=new,
                    )
                )
    return tuple(found)

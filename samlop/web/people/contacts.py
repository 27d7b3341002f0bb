"""People on the page of a place: who they are, and how to reach them for whoever may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from samlop.accounts import queries, texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.web.people.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody with a role; phone and mail are empty for readers who may not see them."""

    name: str
    role: str
    title: str
    phone: str
    email: str

    @property
    def phone_address(self) -> str:
        return "".join(letter for letter in self.phone if letter.isdigit() or letter == "+")


def person_rows(rows: Sequence[Membership], reader: Reader, *, on: date) -> tuple[PersonRow, ...]:
    """One for each role, in the order given. At most two queries."""
    places = queries.places_of(rows, on=on)
    return tuple(_row(row, reaches=reader.reaches(Role(row.role), places[row.pk])) for row in rows)


def _row(row: Membership, *, reaches: bool) -> PersonRow:
    return PersonRow(
        name=str(row.person),
        role=str(texts.ROLES[Role(row.role)]),
        title=row.title,
        phone=row.person.phone if reaches else "",
        email=(row.person.email or "") if reaches else "",
    )

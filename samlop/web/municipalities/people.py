"""Who answers for a municipality: its own people, and those of its regional e-health group."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from samlop.accounts import texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody with a role, as the signed-in see her."""

    name: str
    role: str
    title: str
    phone: str
    email: str

    @property
    def phone_address(self) -> str:
        return "".join(letter for letter in self.phone if letter.isdigit() or letter == "+")


@dataclass(frozen=True, slots=True)
class People:
    contacts: tuple[PersonRow, ...] = ()
    own: tuple[PersonRow, ...] = ()


def people_of(municipality_id: int, groups: Collection[int], *, on: date) -> People:
    """Contact persons of the groups, and everybody with a role in the municipality. One query."""
    rows = (
        Membership.objects.filter(
            Q(municipality=municipality_id) | Q(region__in=groups, role=Role.CONTACT_PERSON.value),
            person__is_active=True,
        )
        .valid_on(on)
        .select_related("person")
        .order_by("pk")
    )
    contacts: list[PersonRow] = []
    own: list[PersonRow] = []
    for row in rows:
        person = PersonRow(
            name=str(row.person),
            role=str(texts.ROLES[Role(row.role)]),
            title=row.title,
            phone=row.person.phone,
            email=row.person.email or "",
        )
        (own if row.municipality_id else contacts).append(person)
    return People(tuple(contacts), tuple(own))

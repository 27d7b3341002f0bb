"""Who answers for a municipality: its own people, and those of its regional e-health group."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from samlop.accounts import queries
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.web.people.contacts import PersonRow, person_rows
from samlop.web.people.reader import Reader


@dataclass(frozen=True, slots=True)
class People:
    """`left_to` is the region that follows up where no coordinator is left."""

    contacts: tuple[PersonRow, ...] = ()
    own: tuple[PersonRow, ...] = ()
    left_to: str = ""


def people_of(municipality_id: int, groups: Collection[int], reader: Reader, *, on: date) -> People:
    """Contact persons of the groups, and everybody with a role in the municipality.

    At most five queries; none for whoever sees nobody.
    """
    if not reader.sees_people:
        return People()
    rows = list(
        Membership.objects.filter(
            Q(municipality=municipality_id) | Q(region__in=groups, role=Role.CONTACT_PERSON.value),
            person__is_active=True,
        )
        .valid_on(on)
        .select_related("person")
        .order_by("pk")
    )
    coordinated = any(
        row.municipality_id and row.role == Role.MUNICIPAL_COORDINATOR.value for row in rows
    )
    left_to = None if coordinated else queries.left_to(municipality_id, on=on)
    return People(
        contacts=person_rows([row for row in rows if not row.municipality_id], reader, on=on),
        own=person_rows([row for row in rows if row.municipality_id], reader, on=on),
        left_to=left_to.name if left_to else "",
    )

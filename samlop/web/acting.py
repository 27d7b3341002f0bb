"""Who does something, as the history will name her: by role and place, never by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation

from samlop.accounts import texts
from samlop.accounts.models import Person
from samlop.accounts.rules import PERMITS, Grant, Permission, Place

if TYPE_CHECKING:
    from samlop.web.request import Request


@dataclass(frozen=True, slots=True)
class Acting:
    """The signed-in person in the role that lets her do this."""

    pk: int | None
    actor_label: str


def in_role(
    person: Person, grants: Iterable[Grant], permission: Permission, place: Place
) -> Acting:
    """The first role that permits it here; written in bokmål, whatever language the page is in."""
    roles = [
        grant.role for grant in grants if permission in PERMITS[grant.role] and grant.covers(place)
    ]
    with translation.override("nb"):
        label = str(texts.ROLES[roles[0]]) if roles else person.actor_label
    return Acting(person.pk, label)


def acting(request: "Request", permission: Permission, place: Place) -> Acting:
    return in_role(request.user, request.access.grants, permission, place)

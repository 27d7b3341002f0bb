"""Who does something, as the history will name her: by role and place, never by name."""

from dataclasses import dataclass

from django.utils import translation

from samlop.accounts import texts
from samlop.accounts.rules import PERMITS, Permission, Place
from samlop.web.request import Request


@dataclass(frozen=True, slots=True)
class Acting:
    """The signed-in person in the role that lets her do this."""

    pk: int | None
    actor_label: str


def acting(request: Request, permission: Permission, place: Place) -> Acting:
    """The first role that permits it here; written in bokmål, whatever language the page is in."""
    roles = [
        grant.role
        for grant in request.access.grants
        if permission in PERMITS[grant.role] and grant.covers(place)
    ]
    with translation.override("nb"):
        label = str(texts.ROLES[roles[0]]) if roles else request.user.actor_label
    return Acting(request.user.pk, label)

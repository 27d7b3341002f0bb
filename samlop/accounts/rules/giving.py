"""Who may give which role where, who may end it, and when nobody may."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from samlop.accounts.rules.roles import SCOPE_OF, Grant, Place, Role, Scope

MUNICIPAL: Final = frozenset(role for role in Role if SCOPE_OF[role] is Scope.MUNICIPALITY)
REGIONAL: Final = frozenset(role for role in Role if SCOPE_OF[role] is Scope.REGION)
NATIONAL: Final = frozenset(role for role in Role if SCOPE_OF[role] is Scope.NATION)

GIVES: Final[Mapping[Role, frozenset[Role]]] = {
    Role.ADMINISTRATOR: NATIONAL | {Role.CONTACT_PERSON, Role.VENDOR, Role.PROGRAMME},
    Role.PORTFOLIO_OWNER: frozenset({Role.PROGRAMME}),
    Role.CONTACT_PERSON: REGIONAL | MUNICIPAL,
    Role.MUNICIPAL_COORDINATOR: MUNICIPAL,
    Role.DECISION_MAKER: MUNICIPAL,
    Role.VENDOR: frozenset({Role.VENDOR}),
}

# What one person may ask of others' mailboxes in a day and a night. A region's whole list is 250.
A_DAY: Final = timedelta(days=1)
MOST_BY_HAND: Final = 60
MOST_BY_LIST: Final = 1000

NEVER_EMPTY: Final = frozenset({Role.MUNICIPAL_COORDINATOR, Role.ADMINISTRATOR})


class PeopleRefusal(StrEnum):
    """Why a role cannot be given, handed over or ended as asked, or a person not erased."""

    NO_NAME = "no_name"
    BAD_EMAIL = "bad_email"
    SHARED_MAILBOX = "shared_mailbox"
    BAD_PHONE = "bad_phone"
    ALREADY_HELD = "already_held"
    ALREADY_ENDED = "already_ended"
    LAST_COORDINATOR = "last_coordinator"
    LAST_ADMINISTRATOR = "last_administrator"
    NO_REASON = "no_reason"
    NOT_THE_LAST = "not_the_last"
    TO_HERSELF = "to_herself"
    ALREADY_UNDONE = "already_undone"
    ERASED = "erased"
    TOO_MANY_TODAY = "too_many_today"


def fits(role: Role, place: Place) -> bool:
    """Whether the place is of the kind the role is held in, and is exactly one."""
    filled = {
        Scope.MUNICIPALITY: (place.municipality is not None) + (place.county_authority is not None),
        Scope.VENDOR: int(place.vendor is not None),
        Scope.SOLUTION: int(bool(place.solution)),
    }
    if SCOPE_OF[role] is Scope.MUNICIPALITY:
        # The regions beside it say where it lies.
        return filled == {Scope.MUNICIPALITY: 1, Scope.VENDOR: 0, Scope.SOLUTION: 0}
    filled[Scope.REGION] = len(place.regions)
    return filled == {scope: int(scope is SCOPE_OF[role]) for scope in filled}


def giver(grants: Iterable[Grant], role: Role, place: Place) -> Grant | None:
    """The first membership that lets its holder give and end the role here."""
    if not fits(role, place):
        return None
    for grant in grants:
        if not grant.covers(place):
            continue
        gives = GIVES.get(grant.role, frozenset())
        if grant.role is Role.ADMINISTRATOR and place.county_authority is not None:
            gives |= MUNICIPAL
        if role in gives:
            return grant
    return None


def may_give(grants: Iterable[Grant], role: Role, place: Place) -> bool:
    """Whether one of the memberships lets its holder give and end the role here."""
    return giver(grants, role, place) is not None


def gives_here(grants: Iterable[Grant], place: Place) -> tuple[Role, ...]:
    """The roles that may be given in the place, in their usual order."""
    held = tuple(grants)
    return tuple(role for role in Role if may_give(held, role, place))


def refusal_to_invite(wanted: int, *, most: int) -> PeopleRefusal | None:
    """Why nobody may invite so many in a day, those already invited counted."""
    return PeopleRefusal.TOO_MANY_TODAY if wanted > most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """When somebody holds a role."""

    valid_from: date
    valid_to: date | None = None

    def goes_on_from(self, day: date) -> bool:
        """Held that day, and for as long as we know."""
        return self.valid_from <= day and self.valid_to is None


def refusal_to_end(role: Role, others: Iterable[Held], *, on: date) -> PeopleRefusal | None:
    """Why a role cannot end that day, given the others who hold it in the same place."""
    if role not in NEVER_EMPTY or any(other.goes_on_from(on) for other in others):
        return None
    if role is Role.ADMINISTRATOR:
        return PeopleRefusal.LAST_ADMINISTRATOR
    return PeopleRefusal.LAST_COORDINATOR


_SEES_WHERE: Final[Mapping[Role, frozenset[Scope]]] = {
    # A national role covers every place; these are the ones it shares beyond its own kind.
    Role.ADMINISTRATOR: frozenset(Scope),
    Role.COORDINATION_GROUP_MEMBER: frozenset({Scope.NATION, Scope.REGION, Scope.MUNICIPALITY}),
    Role.PORTFOLIO_OWNER: frozenset({Scope.NATION, Scope.VENDOR, Scope.SOLUTION}),
}


def shares(
    grants: Iterable[Grant], role: Role, place: Place, *, own_regions: frozenset[int]
) -> bool:
    """Whether the reader shares, or answers for, the place where somebody holds the role.

    `own_regions` are those the reader's own municipalities and fylkeskommuner are in.
    """
    scope = SCOPE_OF[role]
    for grant in grants:
        if SCOPE_OF[grant.role] is Scope.NATION:
            if scope in _SEES_WHERE.get(grant.role, {Scope.NATION}):
                return True
        elif scope is not Scope.NATION and grant.covers(place):
            return True
    return scope is Scope.REGION and bool(place.regions & own_regions)


def sees_contact_data(
    grants: Iterable[Grant], role: Role, place: Place, *, own_regions: frozenset[int]
) -> bool:
    """Whether the reader sees mail and phone of somebody who holds the role here."""
    held = tuple(grants)
    return bool(held) and (
        role is Role.CONTACT_PERSON or shares(held, role, place, own_regions=own_regions)
    )

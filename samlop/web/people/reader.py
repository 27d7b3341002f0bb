"""What the person behind a request sees of other people."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import translation

from samlop.accounts import queries, texts
from samlop.accounts.rules import Grant, Place, Role, giving
from samlop.web.acting import Acting
from samlop.web.request import PublicRequest, Request


class MayNot(PermissionDenied):
    """She may see the place, but not do this to the people in it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Her roles today; without any she sees nobody (docs/domain/accounts.md)."""

    pk: int | None
    grants: tuple[Grant, ...]
    own_regions: frozenset[int]

    @classmethod
    def of(cls, request: PublicRequest | Request, *, on: date) -> "Reader":
        """At most two queries."""
        grants = request.access.grants
        return cls(request.user.pk, grants, queries.own_regions(grants, on=on))

    @property
    def sees_people(self) -> bool:
        return bool(self.grants)

    @property
    def is_administrator(self) -> bool:
        return any(grant.role is Role.ADMINISTRATOR for grant in self.grants)

    def reaches(self, role: Role, place: Place) -> bool:
        """Whether she sees mail and phone of somebody with the role there."""
        return giving.sees_contact_data(self.grants, role, place, own_regions=self.own_regions)

    def shares(self, role: Role, place: Place) -> bool:
        """Whether she shares the place, and so sees who held roles there before."""
        return giving.shares(self.grants, role, place, own_regions=self.own_regions)

    def gives(self, role: Role, place: Place) -> bool:
        return giving.may_give(self.grants, role, place)

    def acting(self, role: Role, place: Place) -> Acting:
        """As the history will name her: by the role that lets her. Raises MayNot."""
        grant = giving.giver(self.grants, role, place)
        if grant is None:
            raise MayNot
        return self.under(grant.role)

    def under(self, role: Role) -> Acting:
        with translation.override("nb"):
            return Acting(self.pk, str(texts.ROLES[role]))

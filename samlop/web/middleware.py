"""What every request carries: a time, an id, and what its person may do and see."""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from uuid import uuid4

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from samlop.accounts import permissions, queries, rules
from samlop.accounts.models import Person
from samlop.accounts.rules.representing import Representing
from samlop.accounts.rules.second_factor import usable
from samlop.audit import services as audit
from samlop.lib.reach import Reach
from samlop.web import clock, representing, second_factor
from samlop.web.acting import Acting, in_role
from samlop.web.municipalities import numbers
from samlop.web.second_factor import SecondFactorMissing


class Access:
    """The memberships of the person behind a request, read once, when first asked for."""

    def __init__(
        self,
        person: Person | None,
        on: date,
        *,
        is_strong: Callable[[], bool] = lambda: True,
        represents: Callable[[], Representing | None] = lambda: None,
    ) -> None:
        self._person, self._on, self._is_strong = person, on, is_strong
        self._represents = represents
        self._reaches: dict[rules.Permission, Reach] = {}
        self._required: tuple[rules.Permission, rules.Place] | None = None

    @cached_property
    def _held(self) -> tuple[rules.Grant, ...]:
        if self._person is None:
            return ()
        return queries.grants(self._person, on=self._on, representing=self._represents())

    @cached_property
    def grants(self) -> tuple[rules.Grant, ...]:
        """Those that count in this session: some roles ask for a second factor."""
        return usable(self._held, strong=self._is_strong()) if self._held else ()

    @property
    def lacks_second_factor(self) -> bool:
        return self.grants != self._held

    def may(
        self, permission: rules.Permission, place: rules.Place = rules.NOWHERE_IN_PARTICULAR
    ) -> bool:
        return rules.permits(self.grants, permission, place)

    def require(
        self, permission: rules.Permission, place: rules.Place = rules.NOWHERE_IN_PARTICULAR
    ) -> None:
        """Raises Denied, which becomes 403, or a way to the second factor when that is lacking."""
        if not self.may(permission, place) and rules.permits(self._held, permission, place):
            raise SecondFactorMissing(permission)
        permissions.require(self.grants, permission, place)
        self._required = (permission, place)

    @property
    def acting(self) -> Acting:
        """The person in the role that the last `require` found; give it to services as `by`."""
        if self._person is None or self._required is None:
            raise RuntimeError("Nothing was required before acting.")
        return in_role(self._person, self.grants, *self._required)

    def reach(self, permission: rules.Permission) -> Reach:
        """Where the permission holds. At most one query, the first time."""
        if permission not in self._reaches:
            self._reaches[permission] = queries.reach(self.grants, permission, on=self._on)
        return self._reaches[permission]


class RequestMiddleware:
    """Adds `access` to the request and its id to everything the request changes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        request.access = Access(  # type: ignore[attr-defined]
            person,
            clock.today(),
            is_strong=lambda: second_factor.session_is_strong(request),
            represents=lambda: representing.of(request),
        )
        with audit.request_scope(uuid4()):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, numbers.Moved):
            return numbers.lead_on(request, error)
        if isinstance(error, DataError) and "NUL" in str(error):
            # Nobody writes one: the address or the form was made by hand.
            raise BadRequest from error
        if not self._would_help(request, error):
            return None
        there = second_factor.address(request.get_full_path() if request.method == "GET" else "/")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": there})
        return redirect(there)

    @staticmethod
    def _would_help(request: HttpRequest, error: Exception) -> bool:
        """Whether a second factor may open what was refused.

        `require` knows; where a page asks in another way, it is tried.
        """
        if isinstance(error, SecondFactorMissing):
            return True
        access: Access = request.access  # type: ignore[attr-defined]
        return (
            isinstance(error, PermissionDenied)
            and not isinstance(error, permissions.Denied)
            and access.lacks_second_factor
        )

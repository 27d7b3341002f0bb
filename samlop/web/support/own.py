"""A municipality of today, and what the reader is there: one of its own, or of its region."""

from dataclasses import dataclass

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission
from samlop.municipalities.models import Municipality
from samlop.web import clock
from samlop.web.municipalities import numbers, pages
from samlop.web.municipalities.views import Own
from samlop.web.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`is_own` asks and hands over; `follows_up` answers."""

    own: Own
    is_own: bool
    follows_up: bool

    @property
    def address(self) -> str:
        return pages.address(self.own.code.number)

    @property
    def trail(self) -> tuple[tuple[str, str], ...]:
        return ((self.own.code.qualified_name, self.address),)


def reader(request: Request, number: str) -> Reader:
    """Somebody in the municipality or its contact person; Moved, 404 or 403 for all others."""
    today = clock.today()
    code = numbers.current(number, on=today)
    row = Municipality.objects.get(pk=code.municipality)
    place = accounts.place_of(row, on=today)
    follows_up = request.access.may(Permission.FOLLOW_UP, place)
    is_own = request.access.may(Permission.ASK_FOR_HELP, place)
    if not follows_up or is_own:
        request.access.require(Permission.ASK_FOR_HELP, place)
    else:
        request.access.require(Permission.FOLLOW_UP, place)
    return Reader(own=Own(row, code, place), is_own=is_own, follows_up=follows_up)

"""May this person do this here? Entry points ask; Denied becomes 403."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from samlop.accounts.rules import NOWHERE_IN_PARTICULAR, Grant, Permission, Place, permits


class Denied(PermissionDenied):
    """She may see it, but not do this."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


def require(
    held: Iterable[Grant], permission: Permission, place: Place = NOWHERE_IN_PARTICULAR
) -> None:
    """Raises Denied unless one of the memberships allows it here."""
    if not permits(held, permission, place):
        raise Denied(permission)

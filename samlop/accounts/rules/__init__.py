"""Roles, what they permit and who may give them. Pure: who holds a role is data."""

from samlop.accounts.rules.giving import (
    PeopleRefusal,
    gives_here,
    may_give,
    sees_contact_data,
    shares,
)
from samlop.accounts.rules.roles import (
    NOWHERE_IN_PARTICULAR,
    PERMITS,
    SCOPE_OF,
    Grant,
    Permission,
    Place,
    Role,
    Scope,
    permits,
)

__all__ = [
    "NOWHERE_IN_PARTICULAR",
    "PERMITS",
    "SCOPE_OF",
    "Grant",
    "PeopleRefusal",
    "Permission",
    "Place",
    "Role",
    "Scope",
    "gives_here",
    "may_give",
    "permits",
    "sees_contact_data",
    "shares",
]

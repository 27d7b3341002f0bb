"""How a role ends: one at a time where somebody must be left."""

from datetime import date

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role, giving
from samlop.db import locks
from samlop.municipalities.models import Region


def end_row(row: Membership, *, on: date, taken_over_by: Region | None = None) -> None:
    """Write the end; a role that had yet to begin is held on no day."""
    row.valid_to = max(on, row.valid_from)
    row.taken_over_by = taken_over_by
    row.save(update_fields=["valid_to", "taken_over_by"])


def hold_place(row: Membership) -> None:
    """One at a time for those who leave a role that must not become empty."""
    if Role(row.role) in giving.NEVER_EMPTY:
        locks.hold(f"accounts.{row.role}.{row.municipality_id}.{row.county_authority_id}")

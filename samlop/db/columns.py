"""A column that holds one code of a closed list, and the constraint that guards it."""

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import CheckConstraint, Q


def known_code(field: str, codes: Iterable[StrEnum], name: str) -> CheckConstraint:
    """Only members of the enum; sorted, so that migrations do not churn on set order."""
    return CheckConstraint(
        condition=Q(**{f"{field}__in": sorted(code.value for code in codes)}), name=name
    )


def first_of_quarter(field: str, name: str) -> CheckConstraint:
    """A quarter is stored as its first day."""
    return CheckConstraint(
        condition=Q(**{f"{field}__day": 1, f"{field}__month__in": [1, 4, 7, 10]}), name=name
    )

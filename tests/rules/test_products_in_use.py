"""What follows when a municipality takes a product into use."""

from datetime import date

import pytest

from samlop.municipalities.rules.kinds import ProductKind
from samlop.municipalities.rules.regions import Span
from samlop.municipalities.rules.vendors import (
    Change,
    Use,
    VendorRefusal,
    is_organisation_number,
    take_into_use,
)

RECORD, OTHER = ProductKind.RECORD_SYSTEM, ProductKind.WELFARE_TECHNOLOGY
NEW = 7


def use(product: int, kind: ProductKind, start: int, end: int | None = None) -> Use:
    valid_to = date(end, 1, 1) if end is not None else None
    return Use(
        pk=product, product=product, kind=kind,
        span=Span(valid_from=date(start, 1, 1), valid_to=valid_to),
    )  # fmt: skip


OLD_RECORD = use(1, RECORD, 2020)
ENDED_RECORD = use(1, RECORD, 2020, 2024)
COMING_RECORD = use(2, RECORD, 2025)
SAME_DAY_RECORD = use(2, RECORD, 2024)
BESIDE = use(3, OTHER, 2020)
SAME = use(NEW, RECORD, 2023)
SAME_LATER = use(NEW, RECORD, 2026)
SAME_BEFORE = use(NEW, RECORD, 2020, 2022)


@pytest.mark.parametrize(
    ("kind", "in_use", "change"),
    [
        (RECORD, [], Change()),
        (RECORD, [OLD_RECORD], Change(ends=OLD_RECORD)),
        (RECORD, [BESIDE, OLD_RECORD], Change(ends=OLD_RECORD)),
        (RECORD, [ENDED_RECORD], Change()),
        (RECORD, [SAME_BEFORE], Change()),
        (
            RECORD,
            [OLD_RECORD, COMING_RECORD],
            Change(refusal=VendorRefusal.OTHER_STARTS_LATER, because_of=COMING_RECORD),
        ),
        (
            RECORD,
            [SAME_DAY_RECORD],
            Change(refusal=VendorRefusal.OTHER_STARTS_LATER, because_of=SAME_DAY_RECORD),
        ),
        (RECORD, [SAME], Change(refusal=VendorRefusal.ALREADY_IN_USE, because_of=SAME)),
        (
            RECORD,
            [SAME_LATER],
            Change(refusal=VendorRefusal.ALREADY_IN_USE, because_of=SAME_LATER),
        ),
        # Other products stand side by side, and beside a record system.
        (OTHER, [OLD_RECORD, BESIDE], Change()),
    ],
)
def test_a_product_taken_into_use_from_2024(
    kind: ProductKind, in_use: list[Use], change: Change
) -> None:
    assert take_into_use(NEW, kind, date(2024, 1, 1), in_use) == change


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        # Oslo kommune, and the same with one digit wrong.
        ("958935420", True),
        ("958935421", False),
        ("944496394", True),
        # Sums to a check digit of ten, which no organisation has.
        ("100000300", False),
        ("95893542", False),
        ("9589354200", False),
        ("95893542x", False),
        ("", False),
        ("٩٥٨٩٣٥٤٢٠", False),
    ],
)
def test_organisation_number(text: str, usable: bool) -> None:
    assert is_organisation_number(text) is usable

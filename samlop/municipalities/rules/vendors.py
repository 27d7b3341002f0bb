"""Which product a municipality can be registered with, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from samlop.municipalities.rules.kinds import ProductKind
from samlop.municipalities.rules.regions import Span


class VendorRefusal(StrEnum):
    """Why a vendor, a product or a municipality's use of it cannot be registered as asked."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    BAD_ORGANISATION_NUMBER = "bad_organisation_number"
    ORGANISATION_NUMBER_TAKEN = "organisation_number_taken"
    BAD_WEBSITE = "bad_website"
    KIND_IN_USE = "kind_in_use"
    ALREADY_IN_USE = "already_in_use"
    OTHER_STARTS_LATER = "other_starts_later"
    MUNICIPALITY_NOT_THERE = "municipality_not_there"
    ALREADY_ENDED = "already_ended"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A product in use in one service area of one municipality."""

    pk: int
    product: int
    kind: ProductKind
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What registering a product comes to: what it ends, or why it cannot be."""

    ends: Use | None = None
    refusal: VendorRefusal | None = None
    because_of: Use | None = None


def take_into_use(
    product: int, kind: ProductKind, valid_from: date, in_use: Iterable[Use]
) -> Change:
    """What follows when a product is in use from a day on, given all use in the service area.

    A service area has one record system at a time: a new one ends the former the same day.
    Other products stand side by side.
    """
    wanted = Span(valid_from=valid_from)
    touched = sorted(
        (use for use in in_use if use.span.overlaps(wanted)), key=lambda use: use.span.valid_from
    )
    for use in touched:
        if use.product == product:
            return Change(refusal=VendorRefusal.ALREADY_IN_USE, because_of=use)
    if kind is not ProductKind.RECORD_SYSTEM:
        return Change()
    former = [use for use in touched if use.kind is ProductKind.RECORD_SYSTEM]
    for use in former:
        if use.span.valid_from >= valid_from:
            return Change(refusal=VendorRefusal.OTHER_STARTS_LATER, because_of=use)
    return Change(ends=former[0] if former else None)


_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def is_organisation_number(text: str) -> bool:
    """Nine digits, the last of which is the check digit by modulus 11."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(digit) for digit in text]
    check = -sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False)) % 11
    return check == digits[8]

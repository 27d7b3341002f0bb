"""What tables and lists need to be sorted and leafed through."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# Pages shown on each side of the current one before the row of numbers is cut.
NEIGHBOURS = 1


class Direction(StrEnum):
    """The values of aria-sort."""

    ASCENDING = "ascending"
    DESCENDING = "descending"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SortLink:
    """A column heading that sorts by its column when followed."""

    label: str
    address: str
    direction: Direction = Direction.NONE
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Pagination:
    """Links to the first, the last and the neighbouring pages; None stands for a gap."""

    links: tuple[PageLink | None, ...]
    previous: str | None
    next: str | None

    @classmethod
    def of(cls, current: int, last: int, address_of: Callable[[int], str]) -> "Pagination":
        near = range(current - NEIGHBOURS, current + NEIGHBOURS + 1)
        shown = sorted({1, last, *near} & set(range(1, last + 1)))
        links: list[PageLink | None] = []
        before = 0
        for number in shown:
            if number == before + 2:
                links.append(PageLink(before + 1, address_of(before + 1), current=False))
            elif number > before + 2:
                links.append(None)
            links.append(PageLink(number, address_of(number), current=number == current))
            before = number
        return cls(
            links=tuple(links),
            previous=address_of(current - 1) if current > 1 else None,
            next=address_of(current + 1) if current < last else None,
        )

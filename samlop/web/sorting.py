"""Sorting a list by the column the reader chose: `?sorter=navn`, or `?sorter=-navn` downwards."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.http import QueryDict

from samlop.web.addresses import changed
from samlop.web.tables import Direction, SortLink

RowT = TypeVar("RowT")
Key = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class SortColumn(Generic[RowT]):
    """`code` is the column's name in the address; text keys come through nb_sort_key."""

    code: str
    label: str
    key: Callable[[RowT], Key]
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Sorting(Generic[RowT]):
    """The columns of a list, and which one it is sorted by."""

    columns: Sequence[SortColumn[RowT]]
    column: SortColumn[RowT]
    descending: bool

    @classmethod
    def of(
        cls, columns: Sequence[SortColumn[RowT]], query: QueryDict, usual: str
    ) -> "Sorting[RowT]":
        """An unknown column counts as none: a link from elsewhere should open the page."""
        by_code = {column.code: column for column in columns}
        wanted = query.get("sorter", "")
        chosen = by_code.get(wanted.removeprefix("-"))
        if chosen is None:
            return cls(columns, by_code[usual], descending=False)
        return cls(columns, chosen, descending=wanted.startswith("-"))

    @property
    def code(self) -> str:
        return f"-{self.column.code}" if self.descending else self.column.code

    def rows(self, rows: Iterable[RowT]) -> list[RowT]:
        """Rows without a value stand last whichever way; ties keep the order they came in."""
        found = list(rows)
        key = self.column.key
        known = [row for row in found if key(row) is not None]
        known.sort(key=key, reverse=self.descending)  # type: ignore[arg-type]
        return known + [row for row in found if key(row) is None]

    def links(self, query: QueryDict) -> tuple[SortLink, ...]:
        return tuple(self._link(column, query) for column in self.columns)

    def _link(self, column: SortColumn[RowT], query: QueryDict) -> SortLink:
        """Leads to the other direction of the current column; figures begin with the largest."""
        current = column is self.column
        descending = not self.descending if current else column.numeric
        direction = Direction.NONE
        if current:
            direction = Direction.DESCENDING if self.descending else Direction.ASCENDING
        return SortLink(
            label=column.label,
            address=changed(query, sorter=f"-{column.code}" if descending else column.code),
            direction=direction,
            numeric=column.numeric,
        )

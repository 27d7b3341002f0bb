"""Quarters of a year, the grain in which municipalities plan."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

MONTHS_IN_A_QUARTER = 3


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One quarter; number is 1 to 4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"A quarter is 1 to 4, not {self.number}")

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month - 1) // MONTHS_IN_A_QUARTER + 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read «2027-2»; raises ValueError on anything else."""
        found = re.fullmatch(r"(\d{4})-([1-4])", text)
        if not found:
            raise ValueError(f"Not a quarter: {text!r}")
        return cls(int(found[1]), int(found[2]))

    @property
    def starts_on(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS_IN_A_QUARTER + 1, 1)

    @property
    def ends_before(self) -> date:
        """The first day that is no longer in the quarter."""
        return self.plus(1).starts_on

    def plus(self, quarters: int) -> Self:
        index = self.year * 4 + self.number - 1 + quarters
        return type(self)(index // 4, index % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"

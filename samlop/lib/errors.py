"""The errors a person can cause and can do something about."""

from collections.abc import Sequence
from dataclasses import dataclass


class Refused(Exception):
    """A rule says no; str() is the sentence the person reads."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing wrong in a file, at a place the person can find."""

    message: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = [f"rad {self.row}"] if self.row is not None else []
        place += [f"kolonne «{self.column}»"] if self.column else []
        where = ", ".join(place)
        return f"{where[0].upper()}{where[1:]}: {self.message}" if where else self.message


class FileRefused(Refused):
    """A file is refused whole; nothing was changed."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))

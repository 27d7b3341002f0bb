"""One task on «Min side»."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do: a link that says it, why, and where it belongs."""

    title: str
    address: str
    where: str
    why: str = ""
    due: date | None = None

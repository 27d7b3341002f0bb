"""For whom somebody acts in a session that began with a proof of whom she represents.

Pure. Only organisations have a number to be proven; a region, a solution and the nation have none,
and roles there count in every session.
"""

from dataclasses import dataclass
from enum import StrEnum


class OrganisationKind(StrEnum):
    """The kinds of organisation that have a number; the values are columns of a membership."""

    MUNICIPALITY = "municipality"
    AUTHORITY = "county_authority"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation, by its row."""

    kind: OrganisationKind
    pk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Representing:
    """The organisations she has proved to represent, and the one she acts for now."""

    among: tuple[Organisation, ...]
    chosen: Organisation | None = None

    @property
    def may_choose(self) -> bool:
        return len(self.among) > 1


def begin(among: tuple[Organisation, ...]) -> Representing:
    """With one there is nothing to choose; with several, none counts until she has chosen."""
    return Representing(among=among, chosen=among[0] if len(among) == 1 else None)

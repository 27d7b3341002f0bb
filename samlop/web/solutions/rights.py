"""What a person may do with a solution."""

from dataclasses import dataclass

from samlop.accounts.rules import Permission, Place
from samlop.portfolio.rules.solutions import AFTER_DECISION, Phase, SolutionKind, phases_of
from samlop.web.middleware import Access


@dataclass(frozen=True, slots=True)
class Rights:
    """`edit`: its own facts, phases and surroundings; `own`: also its name, kind and areas."""

    edit: bool = False
    own: bool = False

    @classmethod
    def of(cls, access: Access, slug: str) -> "Rights":
        return cls(
            edit=access.may(Permission.EDIT_SOLUTION, Place(solution=slug)),
            own=access.may(Permission.EDIT_PORTFOLIO),
        )

    def may_record(self, phase: Phase) -> bool:
        """A programme does not itself record what follows a decision by others."""
        return self.edit and (self.own or phase not in AFTER_DECISION)

    def phases(self, kind: SolutionKind) -> tuple[Phase, ...]:
        return tuple(phase for phase in phases_of(kind) if self.may_record(phase))

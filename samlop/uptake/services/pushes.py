"""Figures that a system sends: all of them are taken in at once, or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from samlop.db import locks
from samlop.lib.actors import Machine
from samlop.lib.errors import Refused
from samlop.uptake.models import UsageImport, UsagePush, UsageToken
from samlop.uptake.rules.figures import Problem
from samlop.uptake.rules.pushes import MOST_PROBLEMS_TOLD, PushRefusal
from samlop.uptake.services import usage
from samlop.uptake.services.usage import Bad, Good
from samlop.uptake.texts import pushes as texts


@dataclass(frozen=True, slots=True)
class Wrong:
    """A figure that cannot be taken in; `row` counts from one in the list as it was sent."""

    row: int
    column: str
    problem: Problem
    said: str


class CannotPush(Refused):
    """What was sent is refused; nothing was changed."""

    def __init__(
        self, refusal: PushRefusal, *, wrong: Iterable[Wrong] = (), **words: object
    ) -> None:
        super().__init__(str(texts.PUSH_REFUSALS[refusal]) % words)
        self.refusal = refusal
        self.wrong = tuple(wrong)


@dataclass(frozen=True, slots=True)
class Pushed:
    """`again`: it was sent before, and nothing was done now."""

    usage_import: UsageImport
    again: bool = False


def pushed_before(*, token: UsageToken, key: str, sha256: str) -> UsageImport | None:
    """What the same request gave when it was first sent. Raises CannotPush."""
    push = UsagePush.objects.select_related("usage_import").filter(token=token, key=key).first()
    if push is None:
        return None
    if push.usage_import.sha256 != sha256:
        raise CannotPush(PushRefusal.KEY_USED)
    return push.usage_import


def push(
    *, token: UsageToken, key: str, sha256: str, figures: Iterable[Good | Bad], at: datetime
) -> Pushed:
    """Take the figures in, unless a request with this key already did. Raises CannotPush."""
    with transaction.atomic():
        # The same request twice at once: the second waits, and gets the first one's answer.
        locks.hold(f"uptake.push.{token.pk}.{key}")
        before = pushed_before(token=token, key=key, sha256=sha256)
        if before is not None:
            return Pushed(before, again=True)
        row = usage.take_in_at_once(
            source=token.source,
            name=token.name,
            sha256=sha256,
            figures=figures,
            by=Machine(token.name),
            at=at,
        )
        if row.refused:
            raise CannotPush(PushRefusal.BAD_FIGURES, wrong=_wrong(row))
        UsagePush.objects.create(token=token, key=key, usage_import=row)
    return Pushed(row)


def _wrong(row: UsageImport) -> list[Wrong]:
    rows = row.problems.order_by("row", "pk")[:MOST_PROBLEMS_TOLD]
    return [Wrong(one.row, one.column, Problem(one.problem), one.said) for one in rows]

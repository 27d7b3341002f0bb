"""«Meld interesse» and «Passer dårlig»: a municipality's own word of a solution, at any time."""

from datetime import date, datetime

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.portfolio.models import Solution
from samlop.rollouts.models import Interest
from samlop.rollouts.rules import before as rules
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.before import BeforeRefusal, Stance
from samlop.rollouts.services.surveys import CannotAsk


class CannotState(CannotAsk):
    """The word is refused; what stood before still stands."""


def state(
    *,
    solution: Solution,
    municipality: Municipality,
    stance: Stance,
    reason: Reason | None = None,
    text: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Interest:
    """The new word stands in place of the one before. Raises CannotState."""
    words = " ".join(text.split())[: rules.MOST_REMARK]
    code = reason.value if reason and stance is Stance.FITS_BADLY else ""
    if (refusal := rules.refusal_to_state(stance, reason=code, text=words)) is not None:
        raise CannotState(refusal)
    if not MunicipalityCode.objects.valid_on(on).filter(municipality=municipality).exists():
        raise CannotState(BeforeRefusal.NOT_EXISTING)
    with change("rollouts.interest.stated", by=by, at=at) as record:
        before = _standing(solution, municipality)
        if before is not None:
            if (before.stance, before.reason, before.text) == (stance.value, code, words):
                record.nothing_changed()
                return before
            before.withdrawn_at = at
            before.save(update_fields=["withdrawn_at"])
        row = Interest.objects.create(
            solution=solution,
            municipality=municipality,
            stance=stance.value,
            reason=code,
            text=words,
            given_by_id=by.pk,
            given_as=by.actor_label[:200],
            recorded_at=at,
        )
        record(row, municipality_id=municipality.pk, details=_told(solution, stance))
    return row


def withdraw(*, solution: Solution, municipality: Municipality, by: Actor, at: datetime) -> None:
    """Nothing is said any more. Raises CannotState when nothing was."""
    with change("rollouts.interest.withdrawn", by=by, at=at) as record:
        row = _standing(solution, municipality)
        if row is None:
            raise CannotState(BeforeRefusal.NOTHING_REGISTERED)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record(row, municipality_id=municipality.pk, details=_told(solution, Stance(row.stance)))


def _standing(solution: Solution, municipality: Municipality) -> Interest | None:
    locks.hold(f"rollouts.interest.{solution.pk}.{municipality.pk}")
    return Interest.objects.filter(
        solution=solution, municipality=municipality, withdrawn_at=None
    ).first()


def _told(solution: Solution, stance: Stance) -> dict[str, object]:
    return {"solution": solution.slug, "name": solution.name, "stance": stance.value}

"""A municipality says what it has learnt of a cohort it has been through."""

from datetime import date, datetime

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality
from samlop.rollouts.models import Evaluation, Rollout
from samlop.rollouts.queries import evaluations as queries
from samlop.rollouts.rules import evaluations as rules
from samlop.rollouts.rules.evaluations import Again, EvaluationRefusal
from samlop.rollouts.services import places
from samlop.rollouts.texts import evaluations as texts


class CannotEvaluate(Refused):
    """A rule says no; nothing was saved."""

    def __init__(self, refusal: EvaluationRefusal) -> None:
        super().__init__(str(texts.REFUSALS[refusal]))
        self.refusal = refusal


def evaluate(
    *,
    rollout: Rollout,
    municipality: Municipality,
    again: Again,
    worked: str,
    otherwise: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Evaluation:
    """The new word stands in place of the one before. Raises CannotEvaluate.

    When it lets the next cohort go on, whoever waits for a place there is offered one.
    """
    worked, otherwise = _line(worked), _line(otherwise)
    if refusal := rules.refusal_of(again, worked=worked, otherwise=otherwise):
        raise CannotEvaluate(refusal)
    with change("rollouts.evaluation.given", by=by, at=at) as record:
        row = Rollout.objects.select_for_update(no_key=True).get(pk=rollout.pk)
        asked = queries.question(row.pk, municipality.pk, on)
        if asked is None:
            raise CannotEvaluate(EvaluationRefusal.NOT_ASKED)
        before = queries.newest(asked.place)
        if before is not None and (before.again, before.worked, before.otherwise) == (
            again.value,
            worked,
            otherwise,
        ):
            record.nothing_changed()
            return before
        made = Evaluation.objects.create(
            place_id=asked.place,
            again=again.value,
            worked=worked,
            otherwise=otherwise,
            given_by_id=by.pk,
            given_as=by.actor_label[:200],
            given_at=at,
        )
        places.offer_next(rollout=row, by=by, on=on, at=at)
        record(made, municipality_id=municipality.pk, details={"name": row.name})
    return made


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[: rules.MOST_WORDS].rstrip()

"""The A/B/C card: answering the five questions, and choosing the type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.texts import day_words
from samlop.portfolio.models import CardAnswer, Offer, TypeChoice
from samlop.portfolio.queries import cards as queries
from samlop.portfolio.rules import cards as rules
from samlop.portfolio.rules.cards import CardRefusal, Choosing, Question, RolloutType
from samlop.portfolio.texts import cards as texts


class CannotChangeCard(Refused):
    """A rule says no to an answer or a choice; nothing was saved.

    `question` is the one it is about, when it is about one.
    """

    def __init__(
        self, refusal: CardRefusal, *, question: Question | None = None, **words: str
    ) -> None:
        super().__init__(texts.card_refusal(refusal, **words))
        self.refusal = refusal
        self.question = question


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer as it is written."""

    score: int
    argument: str
    source: str = ""

    def same_as(self, row: CardAnswer | None) -> bool:
        return row is not None and (row.score, row.argument, row.source) == (
            self.score,
            self.argument.strip(),
            self.source.strip(),
        )


def answer(
    *,
    offer: Offer,
    answers: Mapping[Question, Given],
    seen: Mapping[Question, int],
    by: Actor,
    on: date,
    at: datetime,
) -> int:
    """Save the answers that are new, all or none; returns how many were.

    `seen` is the number of the answer that the form showed, 0 or absent for none: what somebody
    else has answered since is not overwritten. Raises CannotChangeCard.
    """
    for question, given in answers.items():
        if refusal := rules.refusal_of_answer(given.score, given.argument):
            raise CannotChangeCard(refusal, question=question)
    with change("portfolio.card.answered", by=by, at=at) as record:
        _lock(offer)
        rows = _rows(offer)
        changed: dict[str, list[int | None]] = {}
        for question, given in answers.items():
            so_far = rows.get(question, {})
            number = max(so_far, default=0)
            row, shown = so_far.get(number), so_far.get(seen.get(question, 0))
            # What she left alone follows what somebody else has answered since.
            if given.same_as(row) or given.same_as(shown):
                continue
            if row is not None and row is not shown:
                raise CannotChangeCard(
                    CardRefusal.CHANGED_MEANWHILE,
                    question=question,
                    what=f"«{texts.QUESTION_NAMES[question]}»: {row.score} – {row.argument}",
                )
            changed[question.value] = [row.score if row else None, given.score]
            CardAnswer.objects.create(
                offer=offer,
                question=question.value,
                number=number + 1,
                score=given.score,
                argument=given.argument.strip(),
                source=given.source.strip(),
                answered_by_id=by.pk,
                answered_as=by.actor_label,
                answered_on=on,
                recorded_at=at,
            )
        if changed:
            record(offer.solution, details={"area": offer.area, "scores": changed})
        else:
            record.nothing_changed()
    return len(changed)


def choose(
    *, offer: Offer, wish: Choosing, seen: int, by: Actor, on: date, at: datetime
) -> TypeChoice:
    """The group chooses a type, for the first time or anew. Raises CannotChangeCard.

    `seen` is the number of the choice that the form showed, 0 for none. What the answers pointed
    to and what the vendors covered on `on` is kept with it.
    """
    with change("portfolio.card.chosen", by=by, at=at) as record:
        # Two members may choose at once: the offer is the queue, and whoever comes last is told.
        _lock(offer)
        last = TypeChoice.objects.filter(offer=offer).newest().first()
        if last is not None and last.number != seen:
            raise CannotChangeCard(
                CardRefusal.CHOSEN_MEANWHILE, type=texts.type_words(RolloutType(last.type))
            )
        card = queries.card(offer, on)
        refusal = rules.refusal_of_choice(
            wish,
            last_chosen_on=last.chosen_on if last else None,
            covered=card.share,
            has_vendors=card.has_vendors,
            on=on,
        )
        if refusal is not None:
            raise _refused(refusal, card.share, last)
        chosen = TypeChoice.objects.create(
            offer=offer,
            number=last.number + 1 if last else 1,
            type=wish.type.value,
            chosen_on=wish.chosen_on,
            reason=wish.reason.strip(),
            key=wish.key.value if wish.key else "",
            move_at=wish.move_at,
            suggested=card.suggestion.type.value if card.suggestion else "",
            scores={question.value: score for question, score in card.scores.items()},
            ready=card.share.ready,
            concerned=card.share.of,
            chosen_by_id=by.pk,
            chosen_as=by.actor_label,
            recorded_at=at,
        )
        record(
            offer.solution,
            details={
                "area": offer.area,
                "type": wish.type.value,
                "was": last.type if last else None,
                "chosen_on": wish.chosen_on.isoformat(),
            },
        )
    return chosen


def _rows(offer: Offer) -> dict[Question, dict[int, CardAnswer]]:
    rows: dict[Question, dict[int, CardAnswer]] = {}
    for row in CardAnswer.objects.filter(offer=offer):
        rows.setdefault(Question(row.question), {})[row.number] = row
    return rows


def _lock(offer: Offer) -> None:
    Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)


def _refused(refusal: CardRefusal, share: rules.Share, last: TypeChoice | None) -> CannotChangeCard:
    match refusal:
        case CardRefusal.SHARE_ALREADY_PASSED:
            return CannotChangeCard(refusal, percent=str(share.percent))
        case CardRefusal.BEFORE_THE_LAST if last is not None:
            return CannotChangeCard(refusal, day=day_words(last.chosen_on))
        case _:
            return CannotChangeCard(refusal)

"""A question about help as a line in a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from samlop.rollouts.queries.help import Question
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.texts import help as texts

COLORS: Final = {
    Urgency.STUCK: "warning",
    Urgency.THIS_WEEK: "info",
    Urgency.WHEN_IT_SUITS: "neutral",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A question in a list, leading to its thread."""

    address: str
    what: str
    solution: str
    urgency: str
    color: str
    asked_at: datetime
    closed_at: datetime | None
    state: str


def question_line(one: Question, number: str) -> QuestionLine:
    if one.closed_at is not None:
        state = gettext("Avsluttet")
    elif one.awaits_region:
        state = gettext("Venter på kontaktpersonen")
    else:
        state = gettext("Besvart")
    return QuestionLine(
        address=reverse("support:thread", args=[number, one.pk]),
        what=one.what if len(one.what) <= 120 else f"{one.what[:117].rstrip()} …",
        solution=one.solution,
        urgency=str(texts.URGENCIES[one.urgency]),
        color=COLORS[one.urgency],
        asked_at=one.asked_at,
        closed_at=one.closed_at,
        state=state,
    )

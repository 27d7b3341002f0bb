"""The words for what municipalities say when they have been through a cohort."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.evaluations import Again, EvaluationRefusal

Words = str | Promise

AGAIN: Final[Mapping[Again, Words]] = {
    Again.YES: _("Ja"),
    Again.PARTLY: _("Delvis"),
    Again.NO: _("Nei"),
}

REFUSALS: Final[Mapping[EvaluationRefusal, Words]] = {
    EvaluationRefusal.NOT_ASKED: _(
        "Kommunen er ikke spurt om erfaringer nå. Det blir den når puljen er gjennomført."
    ),
    EvaluationRefusal.NO_WORDS: _("Skriv kort hva som bør være annerledes."),
}


def again_choices() -> list[tuple[str, Words]]:
    return [(code.value, AGAIN[code]) for code in Again]

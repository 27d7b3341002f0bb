"""The words for verdicts, opinions, what is lacking, and refusals."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.assessments import (
    AnswerPart,
    AssessmentRefusal,
    Lack,
    Opinion,
    Verdict,
)

Words = str | Promise

VERDICTS: Final[Mapping[Verdict, Words]] = {
    Verdict.MET: _("Oppfylt"),
    Verdict.PARTLY: _("Delvis"),
    Verdict.NOT_MET: _("Ikke oppfylt"),
    Verdict.NOT_RELEVANT: _("Ikke relevant"),
}

OPINIONS: Final[Mapping[Opinion, Words]] = {
    Opinion.AGREES: _("Enig"),
    Opinion.DISAGREES: _("Uenig"),
}

ANSWER_PARTS: Final[Mapping[AnswerPart, Words]] = {
    AnswerPart.VERDICT: _("vurderingen"),
    AnswerPart.LINE: _("den korte begrunnelsen"),
    AnswerPart.COMMENT: _("kommentaren"),
    AnswerPart.EVIDENCE: _("dokumentasjonen"),
}

LACKS: Final[Mapping[Lack, Words]] = {
    Lack.UNANSWERED: _("ikke besvart"),
    Lack.NOT_MET: _("ikke oppfylt"),
    Lack.PARTLY: _("bare delvis oppfylt"),
    Lack.NO_EVIDENCE: _("mangler dokumentasjon"),
    Lack.DISAGREED: _("organet som beslutter, er uenig i svaret"),
    Lack.REOPENED: _("endret etter at organet som beslutter, så på det"),
    Lack.UNCONFIRMED: _("ikke sett på av organet som beslutter"),
}

# The same, short, for beside a heading.
LACK_TAGS: Final[Mapping[Lack, Words]] = {
    Lack.UNANSWERED: _("Ikke besvart"),
    Lack.NOT_MET: _("Ikke oppfylt"),
    Lack.PARTLY: _("Delvis"),
    Lack.NO_EVIDENCE: _("Mangler dokumentasjon"),
    Lack.DISAGREED: _("Organet er uenig"),
    Lack.REOPENED: _("Åpnet igjen"),
    Lack.UNCONFIRMED: _("Venter på organet"),
}

CONFLICT: Final = _(
    "En annen har skrevet i det samme svaret mens du skrev. Ingenting er borte: begge deler står "
    "her. Velg hva som skal gjelde."
)

ASSESSMENT_REFUSALS: Final[Mapping[AssessmentRefusal, Words]] = {
    AssessmentRefusal.JOINT_PROCESS: _(
        "En felles prosess er ingen løsning, og vurderes ikke mot kriteriene."
    ),
    AssessmentRefusal.NOT_PUBLISHED: _(
        "Kriteriene er ikke publisert ennå. En vurdering begynner når de er det."
    ),
    AssessmentRefusal.ALREADY_OPEN: _("Vurderingen er allerede begynt. Arbeid videre på den."),
    AssessmentRefusal.ENDED: _(
        "Vurderingen er flyttet til en nyere versjon av kriteriene. Last siden på nytt, og arbeid "
        "videre der."
    ),
    AssessmentRefusal.NO_REASON: _("Skriv i én linje hvorfor kriteriet ikke er relevant."),
    AssessmentRefusal.ANSWERED_ELSEWHERE: _(
        "Dette kriteriet besvares av den helsefaglige vurderingen, ikke her."
    ),
    AssessmentRefusal.NO_LINK: _("Lenken må være en hel adresse, som begynner med https://."),
    AssessmentRefusal.NO_WORDS_FOR_LINK: _("Skriv hva dokumentasjonen er."),
    AssessmentRefusal.TOO_MUCH_EVIDENCE: _(
        "Kriteriet har allerede %(most)s lenker og filer. Fjern noen som ikke trengs."
    ),
    AssessmentRefusal.EVIDENCE_GONE: _("Dokumentasjonen er allerede fjernet."),
    AssessmentRefusal.NO_OPINION: _("Velg enig eller uenig."),
    AssessmentRefusal.NOTHING_TO_JUDGE: _(
        "Programmet har ikke svart på kriteriet ennå, så det er ingenting å være enig i."
    ),
    AssessmentRefusal.JUDGES_OWN: _(
        "Du har selv skrevet svaret. En annen i organet må si seg enig eller uenig."
    ),
    AssessmentRefusal.CHANGED_MEANWHILE: _(
        "Svaret ble endret mens du leste. Les det som står der nå, og si fra på nytt."
    ),
    AssessmentRefusal.NO_COUNTERARGUMENT: _(
        "Skriv hva dere er uenige i, så programmet vet hva som mangler."
    ),
    AssessmentRefusal.NOT_NEWER: _("Vurderingen bruker allerede denne eller en nyere versjon."),
}


def verdict_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in VERDICTS.items()]


def opinion_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in OPINIONS.items()]

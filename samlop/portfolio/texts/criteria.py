"""The words for criteria: weight, who answers, whose word a set is, and refusals."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.criteria import (
    Assessor,
    CriteriaRefusal,
    CriterionPart,
    CriterionWeight,
    FactsBeside,
    SetStanding,
)

Words = str | Promise

CRITERION_WEIGHTS: Final[Mapping[CriterionWeight, Words]] = {
    CriterionWeight.MUST: _("Må"),
    CriterionWeight.SHOULD: _("Bør"),
}

ASSESSORS: Final[Mapping[Assessor, Words]] = {
    Assessor.PROGRAMME: _("Programmet"),
    Assessor.DECIDING_BODY: _("Organet som beslutter"),
    Assessor.HEALTH_ASSESSORS: _("Helsefaglige vurderere"),
}

FACTS_BESIDE: Final[Mapping[FactsBeside, Words]] = {
    FactsBeside.NONE: _("Ingenting"),
    FactsBeside.TRIALS: _("Utprøvingskommunene"),
    FactsBeside.VENDORS: _("Hvor klar løsningen er hos leverandørene"),
    FactsBeside.MATERIAL: _("Materiellet som finnes"),
    FactsBeside.COST: _("Kostnadsmodellen"),
    FactsBeside.HEALTH: _("Den helsefaglige vurderingen"),
}

SET_STANDINGS: Final[Mapping[SetStanding, Words]] = {
    SetStanding.FROM_THE_REPORT: _("Forslag ut fra sluttrapporten – ikke vedtatt av KS"),
    SetStanding.PROPOSED: _("Forslag – ikke besluttet"),
    SetStanding.DECIDED: _("Besluttet"),
}

CRITERION_PARTS: Final[Mapping[CriterionPart, Words]] = {
    CriterionPart.TITLE: _("Overskrift"),
    CriterionPart.QUESTION: _("Spørsmål"),
    CriterionPart.WHY: _("Hvorfor det spørres"),
    CriterionPart.EVIDENCE: _("Hva som regnes som dokumentasjon"),
    CriterionPart.ASSESSOR: _("Hvem som vurderer"),
    CriterionPart.WEIGHT: _("Må eller bør"),
    CriterionPart.BESIDE: _("Hva Samløp viser ved siden av"),
}

CRITERIA_REFUSALS: Final[Mapping[CriteriaRefusal, Words]] = {
    CriteriaRefusal.PUBLISHED: _(
        "Versjon %(number)s er publisert og kan ikke endres. Lag et utkast til neste versjon."
    ),
    CriteriaRefusal.DRAFT_EXISTS: _(
        "Det finnes allerede et utkast, versjon %(number)s. Arbeid videre på det, eller slett det "
        "først."
    ),
    CriteriaRefusal.NO_TITLE: _("Skriv en kort overskrift."),
    CriteriaRefusal.NO_QUESTION: _("Skriv spørsmålet som skal besvares."),
    CriteriaRefusal.TITLE_TAKEN: _("Et annet kriterium i utkastet heter allerede «%(title)s»."),
    CriteriaRefusal.CHANGED_MEANWHILE: _(
        "Noen andre endret kriteriet mens du skrev. Det du skrev, står i feltene. Se på det som "
        "er lagret, og lagre igjen hvis ditt skal gjelde."
    ),
    CriteriaRefusal.TOO_MANY: _(
        "Det er allerede %(most)s kriterier. Slå sammen eller fjern noen først."
    ),
    CriteriaRefusal.EMPTY: _("Utkastet har ingen kriterier ennå."),
    CriteriaRefusal.NO_MUST: _("Minst ett kriterium må være et må-kriterium."),
    CriteriaRefusal.NO_WHAT_IS_NEW: _(
        "Skriv hva som er nytt, så programmene som blir målt, forstår endringen."
    ),
    CriteriaRefusal.NO_SOURCE: _("Skriv hvor kriteriene kommer fra, for eksempel et saksnummer."),
    CriteriaRefusal.NOTHING_NEW: _(
        "Utkastet sier det samme som versjonen før. Endre noe, eller slett utkastet."
    ),
    CriteriaRefusal.DRAFT_CHANGED: _(
        "Utkastet ble endret mens du leste. Se over det en gang til før du publiserer."
    ),
    CriteriaRefusal.GONE: _("Utkastet finnes ikke lenger. Noen andre har slettet det."),
    CriteriaRefusal.CRITERION_GONE: _(
        "Kriteriet finnes ikke lenger i utkastet. Noen andre har fjernet det."
    ),
}


def weight_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in CRITERION_WEIGHTS.items()]


def assessor_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in ASSESSORS.items()]


def beside_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in FACTS_BESIDE.items()]


def standing_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SET_STANDINGS.items()]

"""The words for templates and the municipalities' copies of them."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.copies import (
    AnswerField,
    CopyRefusal,
    RiskLevel,
    RowChangeKind,
    TemplateKind,
)

Words = str | Promise

TEMPLATE_KINDS: Final[Mapping[TemplateKind, Words]] = {
    TemplateKind.ROS: _("Risikovurdering (ROS)"),
    TemplateKind.DPIA: _("Vurdering av personvernkonsekvenser (DPIA)"),
    TemplateKind.BENEFITS: _("Gevinstrealiseringsplan"),
}

# What the three texts of a row are called in each kind of template.
HEADINGS: Final[Mapping[TemplateKind, Words]] = {
    TemplateKind.ROS: _("Uønsket hendelse"),
    TemplateKind.DPIA: _("Spørsmål"),
    TemplateKind.BENEFITS: _("Gevinst"),
}
BODIES: Final[Mapping[TemplateKind, Words]] = {
    TemplateKind.ROS: _("Årsaker og følger"),
    TemplateKind.DPIA: _("Veiledning"),
    TemplateKind.BENEFITS: _("Indikator og hvordan den måles"),
}
SUGGESTIONS: Final[Mapping[TemplateKind, Words]] = {
    TemplateKind.ROS: _("Forslag til tiltak"),
    TemplateKind.DPIA: _("Forslag til svar"),
    TemplateKind.BENEFITS: _("Erfaring fra utprøvingen"),
}

ANSWER_FIELDS: Final[Mapping[AnswerField, Words]] = {
    AnswerField.LIKELIHOOD: _("Sannsynlighet"),
    AnswerField.CONSEQUENCE: _("Konsekvens"),
    AnswerField.MEASURE: _("Tiltak hos oss"),
    AnswerField.RESPONSIBLE: _("Ansvarlig (rolle)"),
    AnswerField.STATUS: _("Status"),
    AnswerField.ANSWER: _("Svar hos oss"),
    AnswerField.VERDICT: _("Vurdering"),
    AnswerField.BASELINE: _("Nullpunkt"),
    AnswerField.TARGET: _("Mål"),
    AnswerField.WHEN: _("Når det måles"),
}

_CHOICE_WORDS: Final[Mapping[AnswerField, Mapping[str, Words]]] = {
    AnswerField.LIKELIHOOD: {
        "1": _("1 – lite sannsynlig"),
        "2": _("2 – mindre sannsynlig"),
        "3": _("3 – sannsynlig"),
        "4": _("4 – svært sannsynlig"),
    },
    AnswerField.CONSEQUENCE: {
        "1": _("1 – ubetydelig"),
        "2": _("2 – moderat"),
        "3": _("3 – alvorlig"),
        "4": _("4 – svært alvorlig"),
    },
    AnswerField.STATUS: {
        "not_begun": _("Ikke begynt"),
        "begun": _("I gang"),
        "done": _("Gjennomført"),
        "not_needed": _("Ikke nødvendig"),
    },
    AnswerField.VERDICT: {
        "in_order": _("I orden"),
        "needs_measure": _("Krever tiltak"),
        "not_relevant": _("Ikke aktuelt hos oss"),
    },
}

RISK_LEVELS: Final[Mapping[RiskLevel, Words]] = {
    RiskLevel.LOW: _("Lav risiko"),
    RiskLevel.MEDIUM: _("Middels risiko"),
    RiskLevel.HIGH: _("Høy risiko"),
}

ROW_CHANGES: Final[Mapping[RowChangeKind, Words]] = {
    RowChangeKind.ADDED: _("Ny rad"),
    RowChangeKind.CHANGED: _("Endret"),
    RowChangeKind.REMOVED: _("Tatt ut av malen"),
}

COPY_REFUSALS: Final[Mapping[CopyRefusal, Words]] = {
    CopyRefusal.NOT_A_TEMPLATE: _("Dette er ikke en mal som kan kopieres. Last den ned i stedet."),
    CopyRefusal.ALREADY_COPIED: _("Kommunen har allerede en kopi av denne malen. Bruk den."),
    CopyRefusal.CHANGED_MEANWHILE: _(
        "Noen i kommunen lagret denne raden mens du skrev. Ingenting er overskrevet. Se hva som er "
        "lagret nå, rett det du skrev hvis det trengs, og lagre igjen."
    ),
    CopyRefusal.TOO_LONG: _("Svaret er for langt. Høyst 4000 tegn i hvert felt."),
    CopyRefusal.UNKNOWN_CHOICE: _("Velg et av svarene i lista."),
    CopyRefusal.NO_SUCH_ROW: _("Raden finnes ikke i kopien lenger. Last siden på nytt."),
    CopyRefusal.NO_SUCH_CHANGE: _(
        "Denne endringen er det allerede tatt stilling til. Last siden på nytt."
    ),
    CopyRefusal.NEWER_VERSION: _(
        "Det er kommet en nyere versjon av malen mens du leste. Se over endringene på nytt."
    ),
    CopyRefusal.REMOVED: _("Kopien er slettet."),
    CopyRefusal.NO_HEADING: _("Skriv hva raden gjelder."),
    CopyRefusal.TOO_MANY_ROWS: _("Dere kan legge til høyst %(most)s egne rader."),
    CopyRefusal.NOT_OWN_ROW: _("Bare rader dere har lagt til selv, kan fjernes."),
}


def choice_words(field: AnswerField) -> Mapping[str, Words]:
    """The words of a field that is chosen; empty for one that is written."""
    return _CHOICE_WORDS.get(field, {})


def template_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in TEMPLATE_KINDS.items()]

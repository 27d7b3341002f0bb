"""The words for indicators, and for why a row of a file is not taken in."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.figures import DecimalMark, Problem
from samlop.uptake.rules.imports import ImportRefusal, ImportState
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm

Words = str | Promise

KINDS: Final[Mapping[IndicatorKind, Words]] = {
    IndicatorKind.COUNT: _("Antall"),
    IndicatorKind.PEOPLE: _("Antall personer"),
    IndicatorKind.SHARE: _("Prosent"),
    IndicatorKind.SHARE_OF_INHABITANTS: _("Prosent av innbyggerne"),
    IndicatorKind.RATE: _("Per 1 000 innbyggere"),
    IndicatorKind.HOURS: _("Timer"),
}

RHYTHMS: Final[Mapping[Rhythm, Words]] = {
    Rhythm.WEEK: _("Hver uke"),
    Rhythm.MONTH: _("Hver måned"),
    Rhythm.QUARTER: _("Hvert kvartal"),
    Rhythm.YEAR: _("Hvert år"),
}

DECIMAL_MARKS: Final[Mapping[DecimalMark, Words]] = {
    DecimalMark.COMMA: _("Komma (1 234,5)"),
    DecimalMark.POINT: _("Punktum (1234.5)"),
    DecimalMark.EITHER: _("Vet ikke"),
}

STATES: Final[Mapping[ImportState, Words]] = {
    ImportState.WAITING: _("Mottatt, ikke lest ennå"),
    ImportState.FAILED: _("Kunne ikke leses"),
    ImportState.READ: _("Lest, ikke tatt inn"),
    ImportState.QUEUED: _("I kø for å bli tatt inn"),
    ImportState.APPLIED: _("Tatt inn"),
    ImportState.UNDOING: _("I kø for å bli angret"),
    ImportState.UNDONE: _("Angret"),
    ImportState.DROPPED: _("Forkastet"),
}

PROBLEMS: Final[Mapping[Problem, Words]] = {
    Problem.BLANK: _("Det står ikke noe tall her."),
    Problem.FORMULA: _("Her står en formel. Lim inn verdien i stedet."),
    Problem.NOT_A_NUMBER: _("Dette er ikke et tall."),
    Problem.POWER_OF_TEN: _("Tallet er skrevet med tierpotens (E). Skriv alle sifrene."),
    Problem.AMBIGUOUS_NUMBER: _(
        "Tallet kan bety både tusener og desimaler. Velg hva punktum betyr i filene fra kilden."
    ),
    Problem.NEGATIVE: _("Tallet er mindre enn null."),
    Problem.TOO_LARGE: _("Tallet er for stort."),
    Problem.OVER_HUNDRED: _("Andelen er over 100 prosent."),
    Problem.NO_PERIOD: _("Perioden mangler."),
    Problem.NOT_A_PERIOD: _("Dette er ikke en periode av den lengden tallene gjelder for."),
    Problem.PERIOD_TO_COME: _("Perioden har ikke begynt."),
    Problem.TOO_OLD: _("Perioden er før 2017. Så langt tilbake har vi ikke kommunene."),
    Problem.NO_MUNICIPALITY: _("Kommunen mangler."),
    Problem.SUM_ROW: _("Dette er en sum, ikke en kommune."),
    Problem.UNKNOWN_MUNICIPALITY: _("Ingen kommune har dette nummeret eller navnet."),
    Problem.SEVERAL_MUNICIPALITIES: _("Flere kommuner har dette navnet. Skriv nummeret."),
    Problem.DIVIDED: _(
        "Kommunen var delt i perioden, så vi vet ikke hvilken av de nye tallet gjelder."
    ),
    Problem.NOT_YET: _("Kommunen fantes ikke ennå i perioden."),
    Problem.NO_SUCCESSOR: _("Kommunen fantes ikke lenger i perioden."),
    Problem.UNKNOWN_INDICATOR: _("Løsningen har ingen indikator med dette navnet."),
    Problem.REPEATED: _("Samme tall står lenger oppe i fila. Det telles én gang."),
    Problem.CONTRADICTED: _(
        "Fila har flere tall for samme kommune og periode. Ingen av dem er tatt med."
    ),
    Problem.MISSING_CELLS: _("Raden har for få felt."),
}

REFUSALS: Final[Mapping[ImportRefusal, Words]] = {
    ImportRefusal.EMPTY: _("Fila er tom."),
    ImportRefusal.NOT_TEXT: _("Fila er ikke tekst i UTF-8 eller Windows-1252. Lagre den som CSV."),
    ImportRefusal.NOT_A_WORKBOOK: _(
        "Fila kan ikke leses som regneark. Lagre den som XLSX eller CSV."
    ),
    ImportRefusal.WORKBOOK_TOO_LARGE: _(
        "Regnearket har over %(most)s rader eller er for stort. Lagre det som CSV og velg fila på "
        "nytt."
    ),
    ImportRefusal.NO_HEADER: _(
        "Vi fant ingen overskrift med kommunenummer og tall under. Sjekk at fila har én rad per "
        "kommune og periode."
    ),
    ImportRefusal.NO_COLUMN: _("Fila har ingen kolonne som heter «%(title)s»."),
    ImportRefusal.BROKEN_ROW: _("Rad %(row)s kan ikke leses; et anførselstegn mangler."),
    ImportRefusal.GIVEN_UP: _(
        "Lesingen stoppet hver gang den ble prøvd. Del fila opp, eller lagre den som CSV."
    ),
    ImportRefusal.NO_INDICATOR: _("Løsningen har ingen indikator ennå. Legg til den først."),
    ImportRefusal.NOTHING_GOOD: _("Ingen av radene kan tas inn."),
    ImportRefusal.NOT_READ: _("Importen venter ikke på svar lenger. Last siden på nytt."),
    ImportRefusal.NOT_APPLIED: _("Importen er ikke tatt inn, så det er ingenting å angre."),
    ImportRefusal.NO_NAME: _("Skriv et navn."),
    ImportRefusal.NAME_TAKEN: _("Løsningen har allerede noe med dette navnet."),
    ImportRefusal.NO_DEFINITION: _("Skriv hva indikatoren måler."),
    ImportRefusal.WITHDRAWN: _("Indikatoren er trukket."),
    ImportRefusal.NOT_WITHDRAWN: _("Indikatoren er i bruk."),
    ImportRefusal.NO_REASON: _("Skriv hvorfor den trekkes."),
}


def kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in KINDS.items()]


def rhythm_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in RHYTHMS.items()]


def mark_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in DECIMAL_MARKS.items()]


def state_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in STATES.items()]


def refusal_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in REFUSALS.items()]


def problem_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in PROBLEMS.items()]

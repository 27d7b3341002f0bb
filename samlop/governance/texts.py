"""The words people read for bodies, members, cases and decisions."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.governance.rules import (
    BodyKind,
    CaseState,
    DecisionKind,
    Function,
    GovernanceRefusal,
    Matter,
)

Words = str | Promise

BODY_KINDS: Final[Mapping[BodyKind, Words]] = {
    BodyKind.DECIDING: _("Beslutter"),
    BodyKind.ADVISORY: _("Gir råd og tilslutning"),
    BodyKind.STEERING: _("Styringsgruppe"),
}

DECISION_KINDS: Final[Mapping[DecisionKind, Words]] = {
    DecisionKind.DECISION: _("Beslutning"),
    DecisionKind.ADVICE: _("Råd"),
    DecisionKind.ENDORSEMENT: _("Tilslutning"),
    DecisionKind.RESOLUTION: _("Vedtak"),
}

FUNCTIONS: Final[Mapping[Function, Words]] = {
    Function.LEADER: _("Leder"),
    Function.DEPUTY_LEADER: _("Nestleder"),
    Function.MEMBER: _("Medlem"),
    Function.SUBSTITUTE: _("Varamedlem"),
    Function.SECRETARY: _("Sekretær"),
    Function.OBSERVER: _("Observatør"),
}

MATTERS: Final[Mapping[Matter, Words]] = {
    Matter.ORDINARY: _("Alminnelig sak"),
    Matter.READY_FOR_USE: _("Klar til bruk"),
}

CASE_STATES: Final[Mapping[CaseState, Words]] = {
    CaseState.OPEN: _("Ikke avgjort"),
    CaseState.DECIDED: _("Avgjort"),
    CaseState.WITHDRAWN: _("Trukket"),
}

GOVERNANCE_REFUSALS: Final[Mapping[GovernanceRefusal, Words]] = {
    GovernanceRefusal.NO_NAME: _("Skriv navnet på organet."),
    GovernanceRefusal.NAME_TAKEN: _(
        "Et organ heter allerede det. Velg et annet navn, eller bruk det som finnes."
    ),
    GovernanceRefusal.NO_TITLE: _("Skriv hva saken heter."),
    GovernanceRefusal.NO_ABOUT: _("Skriv hva saken gjelder."),
    GovernanceRefusal.NO_TEXT: _("Skriv hva organet kom fram til."),
    GovernanceRefusal.NO_REASON: _("Skriv hvorfor."),
    GovernanceRefusal.WRONG_KIND: _(
        "%(body)s kan ikke gi dette. Velg det organet kan gi: %(kinds)s."
    ),
    GovernanceRefusal.ALREADY_DECIDED: _(
        "Saken er allerede avgjort, og det som er bestemt, kan ikke endres. Opprett en ny sak hvis "
        "organet har kommet til noe annet."
    ),
    GovernanceRefusal.WITHDRAWN: _("Saken er trukket. Opprett en ny sak hvis den skal behandles."),
    GovernanceRefusal.DECIDED_ELSEWHERE: _(
        "Saken gjelder om en løsning er klar til bruk. Den avgjøres på siden til løsningen, sammen "
        "med vurderingen."
    ),
    GovernanceRefusal.IN_THE_FUTURE: _("Datoen er ikke kommet ennå. Velg dagen det ble bestemt."),
    GovernanceRefusal.BEFORE_THE_CASE: _(
        "Saken ble opprettet %(day)s. Velg en dato fra og med da."
    ),
    GovernanceRefusal.OTHER_CASE: _("En sak kan ikke bygge på seg selv."),
    GovernanceRefusal.ALREADY_MEMBER: _(
        "Personen sitter allerede i organet i denne perioden. Avslutt den gamle perioden først."
    ),
    GovernanceRefusal.LEADER_TAKEN: _(
        "Organet har allerede en leder i denne perioden. Avslutt lederens periode først."
    ),
    GovernanceRefusal.ERASED: _(
        "Opplysningene om personen er slettet. Legg inn personen på nytt med e-postadresse."
    ),
    GovernanceRefusal.ENDS_BEFORE_START: _("Perioden må slutte etter at den begynner."),
    GovernanceRefusal.TERM_IS_OVER: _("Perioden er allerede avsluttet."),
}


def body_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in BODY_KINDS.items()]


def decision_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in DECISION_KINDS.items()]


def function_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in FUNCTIONS.items()]


def matter_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in MATTERS.items()]

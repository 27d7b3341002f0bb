"""The words for rollouts and cohorts."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.cohorts import CohortRefusal, CohortState, StopMeasure
from samlop.rollouts.rules.rollouts import (
    ActorKind,
    CollisionKind,
    RolloutKind,
    RolloutRefusal,
    RolloutState,
    TargetGroup,
    WorkFunction,
    WorkRefusal,
)

Words = str | Promise

KINDS: Final[Mapping[RolloutKind, Words]] = {
    RolloutKind.NATION: _("A – hele landet"),
    RolloutKind.REGION: _("B – en region"),
    RolloutKind.SHARED: _("C – kommuner med noe felles"),
    RolloutKind.PROCESS: _("Felles prosess"),
}

STATES: Final[Mapping[RolloutState, Words]] = {
    RolloutState.PLANNING: _("Planlegges"),
    RolloutState.OPEN: _("Åpent for påmelding"),
    RolloutState.RUNNING: _("Pågår"),
    RolloutState.EVALUATING: _("Evalueres"),
    RolloutState.CLOSED: _("Avsluttet"),
    RolloutState.PAUSED: _("Satt på pause"),
    RolloutState.CANCELLED: _("Avlyst"),
}

TARGETS: Final[Mapping[TargetGroup, Words]] = {
    TargetGroup.NOT_INTRODUCED: _("Kommuner som ikke har innført løsningen"),
    TargetGroup.BOOST: _("Bruksløft: innført, men ikke i aktiv bruk"),
    TargetGroup.EVERYBODY: _("Alle kommuner"),
}

WORK_FUNCTIONS: Final[Mapping[WorkFunction, Words]] = {
    WorkFunction.LEADER: _("Innføringsleder"),
    WorkFunction.MEMBER: _("Med i arbeidsgruppen"),
}

ACTOR_KINDS: Final[Mapping[ActorKind, Words]] = {
    ActorKind.HOSPITAL_TRUST: _("Helseforetak"),
    ActorKind.GENERAL_PRACTITIONERS: _("Fastleger"),
    ActorKind.IT_COOPERATION: _("IKT-samarbeid"),
    ActorKind.VENDOR: _("Leverandør"),
    ActorKind.NHN: _("Norsk helsenett"),
    ActorKind.KS: _("KS"),
    ActorKind.OTHER: _("Andre"),
}

COHORT_STATES: Final[Mapping[CohortState, Words]] = {
    CohortState.PLANNED: _("Planlagt"),
    CohortState.ENROLLING: _("Tar imot påmelding"),
    CohortState.RUNNING: _("Pågår"),
    CohortState.FINISHED: _("Gjennomført"),
    CohortState.CANCELLED: _("Avlyst"),
}

STOP_MEASURES: Final[Mapping[StopMeasure, Words]] = {
    StopMeasure.SHARE_IN_USE: _("Andel som har tatt løsningen i bruk"),
    StopMeasure.CRITICAL_FAULTS: _("Åpne kritiske feil"),
    StopMeasure.EVALUATIONS_ANSWERED: _("Andel besvarte evalueringer"),
}

COLLISION_KINDS: Final[Mapping[CollisionKind, Words]] = {
    CollisionKind.SAME_SOLUTION: _("Samme løsning"),
    CollisionKind.MUNICIPALITIES: _("Samme kommuner"),
    CollisionKind.VENDORS: _("Samme leverandører"),
    CollisionKind.NHN: _("Begge trenger Norsk helsenett"),
}

REFUSALS: Final[Mapping[RolloutRefusal, Words]] = {
    RolloutRefusal.NO_NAME: _("Skriv hva innføringsløpet heter."),
    RolloutRefusal.NO_REGION: _("Velg hvilken region innføringsløpet er for."),
    RolloutRefusal.PROCESS_ONLY: _("Dette er en felles prosess. Velg «Felles prosess» som type."),
    RolloutRefusal.NOT_A_PROCESS: _("Løsningen er ikke en felles prosess. Velg A, B eller C."),
    RolloutRefusal.NOBODY_EXPECTED: _("Skriv hvor mange kommuner dere venter, minst én."),
    RolloutRefusal.ENDS_BEFORE_START: _("Slutten må komme etter starten."),
    RolloutRefusal.FROZEN: _(
        "Løpet er åpnet for påmelding. Løsning, type, region og målgruppe kan ikke endres, for "
        "kommunene har fått dem i invitasjonen."
    ),
    RolloutRefusal.CHANGED_MEANWHILE: _(
        "Noen andre har lagret en endring mens du skrev. Last siden på nytt, og gjør endringen "
        "en gang til."
    ),
    RolloutRefusal.IS_OVER: _("Innføringsløpet er avsluttet eller avlyst, og kan ikke endres."),
    RolloutRefusal.WRONG_STATE: _(
        "Det går ikke herfra. Last siden på nytt og se hvor langt innføringsløpet er kommet."
    ),
    RolloutRefusal.NO_REASON: _("Skriv hvorfor. Kommunene får se det."),
    RolloutRefusal.NOT_EVALUATED: _(
        "Skriv hva dere har lært, eller hvorfor løpet avsluttes uten evaluering."
    ),
    RolloutRefusal.NOT_ANCHORED: _(
        "Skriv hvor det er tatt opp, når du fyller inn dato eller lenke."
    ),
    RolloutRefusal.ALREADY_ANNOUNCED: _("Det er allerede gjort."),
    RolloutRefusal.ANNOUNCED_NOT_SHARED: _(
        "Et regionalt løp varsles til koordineringsgruppen. Den skal ikke behandle det."
    ),
    RolloutRefusal.SHARED_NOT_ANNOUNCED: _(
        "Del planen med koordineringsgruppen. Den svarer med råd og det som kolliderer."
    ),
    RolloutRefusal.NO_LEADER: _("Innføringsløpet må ha en innføringsleder."),
    RolloutRefusal.NO_COHORT: _("Det må være minst én pulje som kommunene kan få plass i."),
    RolloutRefusal.NOT_SHARED: _("Planen må være delt med koordineringsgruppen."),
    RolloutRefusal.NOT_ANNOUNCED: _("Løpet må være varslet til koordineringsgruppen."),
    RolloutRefusal.GATE_CLOSED: _(
        "Løsningen må være besluttet klar til bruk i tjenesteområdet, eller det må være gjort et "
        "unntak med begrunnelse."
    ),
    RolloutRefusal.BASIS_INCOMPLETE: _("Beslutningsgrunnlaget må være komplett."),
    RolloutRefusal.NOBODY_IN_TARGET: _("Ingen kommuner er i målgruppen i dag."),
}

# The same as lines of a plan's checklist, which also stand there when they are in place.
CHECKS: Final[Mapping[RolloutRefusal, Words]] = {
    RolloutRefusal.NO_LEADER: _("Innføringsleder"),
    RolloutRefusal.NO_COHORT: _("Minst én pulje som kommunene kan få plass i"),
    RolloutRefusal.NOBODY_IN_TARGET: _("Minst én kommune i målgruppen"),
    RolloutRefusal.BASIS_INCOMPLETE: _("Komplett beslutningsgrunnlag"),
    RolloutRefusal.NOT_SHARED: _("Planen er delt med koordineringsgruppen"),
    RolloutRefusal.NOT_ANNOUNCED: _("Løpet er varslet til koordineringsgruppen"),
    RolloutRefusal.GATE_CLOSED: _(
        "Løsningen er klar til bruk i tjenesteområdet, eller det er gjort et unntak"
    ),
}

WORK_REFUSALS: Final[Mapping[WorkRefusal, Words]] = {
    WorkRefusal.ALREADY_WORKS: _("Personen er allerede med i arbeidsgruppen."),
    WorkRefusal.WORKS_NO_MORE: _("Personen er ikke lenger med i arbeidsgruppen."),
    WorkRefusal.IS_LEADER: _("Personen leder innføringsløpet. Velg en ny innføringsleder først."),
    WorkRefusal.ERASED: _(
        "Opplysningene om personen er slettet. Legg inn personen på nytt med e-postadresse."
    ),
    WorkRefusal.NO_ACTOR: _("Skriv hvem det er."),
    WorkRefusal.NOTHING_TO_DO: _("Skriv hva som må være klart."),
}

COHORT_REFUSALS: Final[Mapping[CohortRefusal, Words]] = {
    CohortRefusal.NO_NAME: _("Skriv hva puljen heter."),
    CohortRefusal.NAME_TAKEN: _("En annen pulje i løpet heter allerede det."),
    CohortRefusal.TWO_KEYS: _("Velg enten produkt eller IKT-samarbeid, ikke begge."),
    CohortRefusal.KEY_ONLY_OF_C: _(
        "Bare i et løp av type C har kommunene i en pulje noe bestemt felles."
    ),
    CohortRefusal.NEEDS_KEY: _("Velg hva kommunene i puljen har felles."),
    CohortRefusal.BOUNDS: _(
        "Det minste antallet må være minst én, og ikke større enn det største."
    ),
    CohortRefusal.FEWER_THAN_TAKEN: _(
        "%(taken)s plasser er gitt. Antallet kan ikke settes lavere enn det."
    ),
    CohortRefusal.ENDS_BEFORE_START: _("Slutten må komme etter starten."),
    CohortRefusal.ANSWER_AFTER_START: _("Svarfristen må være før puljen starter."),
    CohortRefusal.CHANGE_BEFORE_ANSWER: _(
        "Kommunene må kunne endre svaret minst til svarfristen er ute."
    ),
    CohortRefusal.CHANGE_AFTER_START: _("Siste dag for å endre svaret må være før puljen starter."),
    CohortRefusal.LEADER_OUTSIDE: _("Puljelederen må være med i arbeidsgruppen."),
    CohortRefusal.IS_OVER: _("Puljen er gjennomført eller avlyst, og kan ikke endres."),
    CohortRefusal.WRONG_STATE: _(
        "Det går ikke herfra. Last siden på nytt og se hvor langt puljen er kommet."
    ),
    CohortRefusal.NO_REASON: _("Skriv hvorfor. Kommunene får se det."),
    CohortRefusal.ROLLOUT_NOT_OPEN: _("Innføringsløpet er ikke åpnet for påmelding."),
    CohortRefusal.LOCKED: _(
        "Stoppregelen gjelder fortsatt for puljen. Se hva som gjenstår i puljen før."
    ),
    CohortRefusal.HAS_STARTED: _(
        "Den første puljen har startet. Stoppregelen står fast så ingen kan justere den etter "
        "resultatene."
    ),
    CohortRefusal.OUT_OF_RANGE: _("Skriv et helt tall: prosent fra 0 til 100, feil fra 0 til 999."),
    CohortRefusal.NO_DAYS: _("Skriv hvor mange dager etter start andelen skal telles."),
    CohortRefusal.COUNTED_HERE: _(
        "Andelen telles av det kommunene og kildene sier, og skrives ikke inn."
    ),
    CohortRefusal.NOT_FIXED: _("Stoppregelen har ikke noe krav om dette."),
    CohortRefusal.NO_LINK: _("Legg ved en lenke til der tallet står."),
    CohortRefusal.IN_THE_FUTURE: _("Datoen er ikke kommet ennå."),
    CohortRefusal.NOT_LOCKED: _("Puljen kan allerede inviteres til."),
    CohortRefusal.ALREADY_OVERRIDDEN: _("Koordineringsgruppen har allerede besluttet dette."),
    CohortRefusal.NOT_DECIDED: _(
        "Velg en sak der koordineringsgruppen har besluttet at puljen kan inviteres."
    ),
    CohortRefusal.START_STANDS: _(
        "Puljen er i gang. Stoppregelen teller fra starten, så dagen kan ikke endres."
    ),
    CohortRefusal.BEFORE_ONE_BEGUN: _(
        "Puljen må starte etter dem som er i gang, så stoppregelen gjelder for den også."
    ),
}


def kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, KINDS[code]) for code in RolloutKind]


def state_choices() -> list[tuple[str, Words]]:
    return [(code.value, STATES[code]) for code in RolloutState]


def target_choices() -> list[tuple[str, Words]]:
    return [(code.value, TARGETS[code]) for code in TargetGroup]


def work_function_choices() -> list[tuple[str, Words]]:
    return [(code.value, WORK_FUNCTIONS[code]) for code in WorkFunction]


def actor_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, ACTOR_KINDS[code]) for code in ActorKind]


def cohort_state_choices() -> list[tuple[str, Words]]:
    return [(code.value, COHORT_STATES[code]) for code in CohortState]


def stop_measure_choices() -> list[tuple[str, Words]]:
    return [(code.value, STOP_MEASURES[code]) for code in StopMeasure]

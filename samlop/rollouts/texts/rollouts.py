"""The words for rollouts and cohorts."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.cohorts import CohortState, StopMeasure
from samlop.rollouts.rules.rollouts import (
    ActorKind,
    RolloutKind,
    RolloutState,
    TargetGroup,
    WorkFunction,
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

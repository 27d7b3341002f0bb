"""The words for kinds of solution, areas, phases and sectors."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.rules.kinds import ServiceArea
from samlop.municipalities.texts import SERVICE_AREAS
from samlop.portfolio.rules.solutions import Area, Phase, Sector, SolutionKind

Words = str | Promise

SOLUTION_KINDS: Final[Mapping[SolutionKind, Words]] = {
    SolutionKind.NATIONAL: _("Nasjonal e-helseløsning"),
    SolutionKind.MUNICIPAL_JOINT: _("Kommunal fellesløsning"),
    SolutionKind.WELFARE_TECHNOLOGY: _("Velferdsteknologi"),
    SolutionKind.HOME_FOLLOW_UP: _("Digital hjemmeoppfølging"),
    SolutionKind.RECORD_SYSTEM: _("Journalløsning"),
    SolutionKind.JOINT_PROCESS: _("Felles prosess"),
}

AREAS: Final[Mapping[Area, Words]] = {
    Area.HEALTH_AND_CARE: _("Helse og omsorg samlet"),
    **{
        area: SERVICE_AREAS[ServiceArea(area.value)]
        for area in Area
        if area is not Area.HEALTH_AND_CARE
    },
}

PHASES: Final[Mapping[Phase, Words]] = {
    Phase.IDEA: _("Idé"),
    Phase.UNDER_DEVELOPMENT: _("Under utvikling"),
    Phase.UNDER_TRIAL: _("Under utprøving"),
    Phase.READY_FOR_USE: _("Klar til bruk"),
    Phase.NATIONAL_ROLLOUT: _("Nasjonal innføring"),
    Phase.OPERATION: _("I drift"),
    Phase.PAUSED: _("Satt på pause"),
    Phase.INTAKE_STOPPED: _("Stopp for nye tilkoblinger"),
    Phase.SUPERSEDED: _("Erstattes av en annen løsning"),
    Phase.PHASED_OUT: _("Faset ut"),
}

SECTORS: Final[Mapping[Sector, Words]] = {
    Sector.HEALTH: _("Helse"),
    Sector.CHILDHOOD: _("Oppvekst"),
}


def solution_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SOLUTION_KINDS.items()]


def area_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in AREAS.items()]


def phase_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in PHASES.items()]


def sector_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SECTORS.items()]

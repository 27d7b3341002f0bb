"""The words for kinds of solution, areas, phases and sectors."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.rules.kinds import ServiceArea
from samlop.municipalities.texts import SERVICE_AREAS
from samlop.portfolio.rules.solutions import Area, Phase, Sector, SolutionKind, SolutionRefusal

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
    Phase.SIGNED_UP: _("Påmeldt"),
    Phase.UNDER_WAY: _("I gang"),
    Phase.COMPLETED: _("Gjennomført"),
}

SECTORS: Final[Mapping[Sector, Words]] = {
    Sector.HEALTH: _("Helse"),
    Sector.CHILDHOOD: _("Oppvekst"),
}

SOLUTION_REFUSALS: Final[Mapping[SolutionRefusal, Words]] = {
    SolutionRefusal.NO_NAME: _("Skriv et navn med minst én bokstav og høyst 120 tegn."),
    SolutionRefusal.NAME_TAKEN: _(
        "%(name)s finnes allerede. Velg et annet navn, eller endre den som finnes."
    ),
    SolutionRefusal.NO_AREA: _("Velg minst ett tjenesteområde."),
    SolutionRefusal.AREA_TAKEN: _("Løsningen er allerede registrert for %(area)s."),
    SolutionRefusal.AREA_OVERLAPS: _(
        "«Helse og omsorg samlet» dekker allerede de enkelte tjenesteområdene. "
        "Velg enten det hele eller de enkelte."
    ),
    SolutionRefusal.AREA_IN_USE: _(
        "%(area)s kan ikke fjernes, for det er registrert faser eller annet der. "
        "Registrer heller at løsningen er faset ut der."
    ),
    SolutionRefusal.ANOTHER_WAY_OF_WORKING: _(
        "%(name)s har allerede faser, så den kan ikke gjøres om mellom løsning og felles prosess. "
        "Registrer en ny i stedet."
    ),
    SolutionRefusal.CHANGED_MEANWHILE: _(
        "Noen andre har endret opplysningene mens du skrev. Det du har skrevet, står fortsatt her. "
        "Se hva som er lagret nå under hvert felt, rett det som trengs, og lagre på nytt."
    ),
    SolutionRefusal.NO_LINK_WORDS: _("Skriv hva lenken leder til."),
    SolutionRefusal.BAD_LINK: _(
        "Nettadressen kan ikke brukes. Skriv den som «www.eksempel.no» eller «https://…»."
    ),
    SolutionRefusal.LINK_TAKEN: _("Den adressen står allerede blant lenkene."),
    SolutionRefusal.REQUIRES_ITSELF: _("En løsning kan ikke kreve seg selv. Velg en annen."),
    SolutionRefusal.ALREADY_REQUIRED: _("%(name)s er allerede registrert som forutsetning."),
    SolutionRefusal.CYCLE: _(
        "Det ville gått i ring: %(chain)s. Fjern en av forutsetningene i ringen først."
    ),
    SolutionRefusal.PHASE_OF_ANOTHER_KIND: _(
        "«%(phase)s» kan ikke registreres her. En felles prosess er påmeldt, i gang eller "
        "gjennomført; en løsning har de andre fasene."
    ),
    SolutionRefusal.PHASE_AHEAD: _(
        "Velg en dato som ikke ligger fram i tid. En fase registreres når den er inntruffet; "
        "det som er varslet, kan stå i begrunnelsen for fasen løsningen er i nå."
    ),
    SolutionRefusal.PHASE_UNCHANGED: _(
        "Løsningen var allerede i fasen «%(phase)s» den dagen. Velg en annen fase eller dato."
    ),
    SolutionRefusal.PHASE_NEEDS_REASON: _(
        "Skriv en begrunnelse. Kommunene må få vite hvorfor det stopper eller tar slutt."
    ),
    SolutionRefusal.SUPERSEDED_BY_ITSELF: _(
        "En løsning kan ikke erstattes av seg selv. Velg en annen."
    ),
    SolutionRefusal.ONLY_WHEN_SUPERSEDED: _(
        "Det som kommer i stedet, fylles bare ut for fasen «Erstattes av en annen løsning»."
    ),
    SolutionRefusal.ALREADY_WITHDRAWN: _("Registreringen er allerede trukket tilbake."),
    SolutionRefusal.WITHDRAWN_WITHOUT_REASON: _(
        "Skriv hvorfor registreringen trekkes tilbake. Det blir stående i historikken."
    ),
    SolutionRefusal.NO_SUCH_MUNICIPALITY: _(
        "Fant ingen kommune med nummer eller navn «%(text)s» den dagen utprøvingen startet."
    ),
    SolutionRefusal.TRIAL_OVERLAPS: _(
        "%(name)s er allerede registrert med utprøving her i samme periode."
    ),
    SolutionRefusal.TRIAL_ENDS_BEFORE_IT_STARTS: _(
        "Utprøvingen må slutte etter at den startet. Se etter i datoene."
    ),
}


def solution_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SOLUTION_KINDS.items()]


def area_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in AREAS.items()]


def phase_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in PHASES.items()]


def sector_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SECTORS.items()]

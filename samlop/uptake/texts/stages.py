"""The words for stages and their sources."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.stages import Hindrance, Source, Stage, StageRefusal

Words = str | Promise

STAGES: Final[Mapping[Stage, Words]] = {
    Stage.DECIDED: _("Besluttet"),
    Stage.PREPARED: _("Forberedt"),
    Stage.TECHNICALLY_INTRODUCED: _("Teknisk innført"),
    Stage.IN_USE: _("Tatt i bruk"),
    Stage.ACTIVE_USE: _("I aktiv bruk"),
    Stage.BENEFIT_DOCUMENTED: _("Gevinst dokumentert"),
    Stage.STOPPED: _("Bruken er avsluttet"),
    Stage.SUPERSEDED: _("Erstattet av en annen løsning"),
    Stage.SIGNED_UP: _("Påmeldt"),
    Stage.UNDER_WAY: _("I gang"),
    Stage.COMPLETED: _("Gjennomført"),
}

SOURCES: Final[Mapping[Source, Words]] = {
    Source.USAGE_LOG: _("Brukslogg"),
    Source.VENDOR: _("Leverandøren"),
    Source.MUNICIPALITY: _("Kommunen"),
    Source.PROGRAMME: _("Programmet"),
    Source.ROLLOUT: _("Innføringsløpet"),
    Source.REGISTER: _("Nasjonal statistikk"),
}

HINDRANCES: Final[Mapping[Hindrance, Words]] = {
    Hindrance.VENDOR: _("Leverandøren er ikke klar"),
    Hindrance.ECONOMY: _("Økonomi"),
    Hindrance.PEOPLE: _("Mangler folk og tid"),
    Hindrance.COMPETENCE: _("Mangler kompetanse"),
    Hindrance.TRAINING: _("Opplæringen gjenstår"),
    Hindrance.TECHNOLOGY: _("Utstyr, nett eller innlogging"),
    Hindrance.PRIVACY: _("Personvern og sikkerhet"),
    Hindrance.ANCHORING: _("Ikke forankret ennå"),
    Hindrance.OTHER: _("Noe annet"),
}

REFUSALS: Final[Mapping[StageRefusal, Words]] = {
    StageRefusal.IN_THE_FUTURE: _(
        "Datoen er ikke kommet ennå. Skriv dagen det skjedde, eller vent til det har skjedd."
    ),
    StageRefusal.OTHER_LADDER: _(
        "Dette steget hører ikke til her. Velg et av stegene som gjelder for denne løsningen."
    ),
    StageRefusal.CANNOT_SEE: _(
        "Denne kilden kan ikke vite hvor mye løsningen brukes. Velg et lavere steg, "
        "eller en annen kilde."
    ),
    StageRefusal.UNITS_OUT_OF_ORDER: _(
        "Skriv både hvor mange enheter som bruker løsningen, og hvor mange dere har. "
        "Det første tallet kan ikke være størst."
    ),
    StageRefusal.NOT_EXISTING: _(
        "Kommunen fantes ikke den dagen. Skriv en dato fra tiden kommunen har vært til."
    ),
    StageRefusal.CHANGED_MEANWHILE: _(
        "Noen har svart for %(solution)s mens du så på siden. "
        "Se hva som gjelder nå, og svar på nytt."
    ),
    StageRefusal.DEFINED_MEANWHILE: _(
        "Noen har lagret en ny versjon mens du skrev. Se hva som gjelder nå, og lagre på nytt."
    ),
    StageRefusal.ALREADY_WITHDRAWN: _("Denne opplysningen er allerede trukket tilbake."),
    StageRefusal.NO_REASON: _("Skriv hvorfor opplysningen trekkes tilbake."),
    StageRefusal.NO_WORDS: _("Skriv hva steget betyr for denne løsningen."),
    StageRefusal.NOT_PROPOSED: _(
        "Det er ikke lenger noe å føre over her. Se siden på nytt for det som gjelder nå."
    ),
}

# The reason on a word that the municipality's own newer one takes the place of.
CORRECTED: Final = _("Rettet av kommunen")


def stage_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in STAGES.items()]


def source_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SOURCES.items()]

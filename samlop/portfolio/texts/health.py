"""The words for health-professional assessments, their findings and conditions."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.health import ConditionState, HealthRefusal, Severity, Soundness

Words = str | Promise

SEVERITIES: Final[Mapping[Severity, Words]] = {
    Severity.LOW: _("Lav"),
    Severity.MODERATE: _("Middels"),
    Severity.SERIOUS: _("Alvorlig"),
    Severity.CRITICAL: _("Kritisk"),
}

SOUNDNESSES: Final[Mapping[Soundness, Words]] = {
    Soundness.SOUND: _("Helsefaglig forsvarlig"),
    Soundness.ON_CONDITIONS: _("Forsvarlig på vilkår"),
    Soundness.NOT_SOUND: _("Ikke forsvarlig"),
}

CONDITION_STATES: Final[Mapping[ConditionState, Words]] = {
    ConditionState.MET: _("Oppfylt"),
    ConditionState.DUE: _("Ikke oppfylt ennå"),
    ConditionState.OVERDUE: _("Over fristen"),
}

# What every assessment begins with. They are stored with it, and may be added to.
FIRST_QUESTIONS: Final[tuple[str, ...]] = (
    "Støtter løsningen den kliniske arbeidsflyten der den skal brukes, også når det haster?",
    "Er opplysningene riktige, fullstendige og ferske nok til å gi helsehjelp på?",
    "Hvilke nye feil kan løsningen føre til, og hvordan oppdages de i tide?",
    "Hva gjør tjenesten når løsningen er nede, og er det prøvd?",
    "Er det klart hvem som har ansvar for hva mellom virksomhetene som deler opplysninger?",
    "Har helsepersonell fra utprøvingskommuner av ulik størrelse vurdert løsningen i bruk?",
)

HEALTH_REFUSALS: Final[Mapping[HealthRefusal, Words]] = {
    HealthRefusal.JOINT_PROCESS: _(
        "En felles prosess er ingen løsning, og får ingen helsefaglig vurdering."
    ),
    HealthRefusal.ALREADY_OPEN: _(
        "En helsefaglig vurdering er allerede i gang her. Arbeid videre på den."
    ),
    HealthRefusal.CONCLUDED: _(
        "Vurderingen er avsluttet og kan ikke endres. Begynn en ny hvis noe har endret seg."
    ),
    HealthRefusal.NOT_CONCLUDED: _("Vurderingen er ikke avsluttet ennå."),
    HealthRefusal.NOT_AN_ASSESSOR: _(
        "%(name)s har ikke rollen helsefaglig vurderer. Gi rollen først."
    ),
    HealthRefusal.OF_THE_PROGRAMME: _(
        "%(name)s hører til programmet bak %(solution)s. Helsefaglige vurderere kan ikke vurdere "
        "sin egen løsning. Velg en annen."
    ),
    HealthRefusal.NOW_OF_THE_PROGRAMME: _(
        "%(name)s hører nå til programmet bak %(solution)s. Ta %(name)s ut av vurderingen før den "
        "avsluttes."
    ),
    HealthRefusal.ALREADY_NAMED: _("%(name)s er allerede med i vurderingen."),
    HealthRefusal.NOT_NAMED: _(
        "Bare de som er navngitt som vurderere, kan skrive her. Be om å bli navngitt."
    ),
    HealthRefusal.NO_ASSESSORS: _("Ingen er navngitt som vurderer. Navngi minst én først."),
    HealthRefusal.NO_QUESTION: _("Skriv spørsmålet."),
    HealthRefusal.UNANSWERED: _(
        "Noen spørsmål er ikke besvart. Svar på alle før vurderingen avsluttes."
    ),
    HealthRefusal.CHANGED_MEANWHILE: _(
        "En annen svarte mens du skrev. Det som er lagret, står over feltet; teksten din er "
        "beholdt. Rett den, og lagre på nytt."
    ),
    HealthRefusal.NO_FINDING: _("Skriv hva dere har funnet."),
    HealthRefusal.NO_CONDITION: _("Skriv hva som må være gjort."),
    HealthRefusal.DUE_IN_THE_PAST: _("Fristen er passert. Velg i dag eller en senere dag."),
    HealthRefusal.NO_SUMMARY: _("Skriv en kort begrunnelse for konklusjonen."),
    HealthRefusal.TOO_SERIOUS: _(
        "Det er registrert alvorlige funn. Da kan løsningen bare være forsvarlig på vilkår, eller "
        "ikke forsvarlig."
    ),
    HealthRefusal.CRITICAL: _(
        "Det er registrert kritiske funn. Da er løsningen ikke forsvarlig. Endre alvorsgraden hvis "
        "funnet ikke er kritisk."
    ),
    HealthRefusal.NEEDS_CONDITIONS: _(
        "Skriv minst ett vilkår med frist, ellers vet ingen hva som må være gjort."
    ),
    HealthRefusal.CONDITIONS_TO_SPARE: _(
        "Det er satt vilkår. Konkluder med «forsvarlig på vilkår», eller fjern vilkårene."
    ),
    HealthRefusal.ALREADY_MET: _("Vilkåret er allerede oppfylt."),
    HealthRefusal.NOT_MET: _("Vilkåret er ikke meldt oppfylt, så det er ingenting å angre."),
    HealthRefusal.NO_NOTE: _("Skriv hva som viser at vilkåret er oppfylt."),
}


def severity_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SEVERITIES.items()]


def soundness_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SOUNDNESSES.items()]

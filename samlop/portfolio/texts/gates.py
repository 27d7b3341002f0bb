"""The words for decisions on «klar til bruk»."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.gates import GateOutcome, GateRefusal

Words = str | Promise

GATE_OUTCOMES: Final[Mapping[GateOutcome, Words]] = {
    GateOutcome.PASSED: _("Klar til bruk"),
    GateOutcome.ON_CONDITIONS: _("Klar til bruk på vilkår"),
    GateOutcome.NOT_PASSED: _("Ikke klar til bruk"),
    GateOutcome.EXCEPTION: _("Unntak fra kravet om klar til bruk"),
}

GATE_OUTCOMES_EXPLAINED: Final[Mapping[GateOutcome, Words]] = {
    GateOutcome.PASSED: _(
        "Alle må-kriterier er oppfylt, og den helsefaglige vurderingen sier forsvarlig."
    ),
    GateOutcome.ON_CONDITIONS: _(
        "Det som gjenstår, er skrevet som vilkår med frist, og følges opp."
    ),
    GateOutcome.NOT_PASSED: _("Løsningen arbeides videre med, og tas opp igjen i en ny sak."),
    GateOutcome.EXCEPTION: _(
        "Kommuner kan inviteres selv om noe mangler. Begrunnelsen vises for alle som inviteres."
    ),
}

# One of them, where each has a line of its own.
MUST_IN_THE_WAY: Final = _("Må-kriteriet %(must)s")

GATE_REFUSALS: Final[Mapping[GateRefusal, Words]] = {
    GateRefusal.JOINT_PROCESS: _(
        "En felles prosess er ingen løsning. Ingen beslutter at den er klar til bruk."
    ),
    GateRefusal.NO_ASSESSMENT: _(
        "Løsningen er ikke vurdert mot kriteriene her. Programmet må begynne vurderingen først."
    ),
    GateRefusal.BODY_ONLY_ADVISES: _(
        "%(body)s gir bare råd, og kan ikke beslutte. Kriteriene må navngi et organ som beslutter."
    ),
    GateRefusal.CASE_IS_OPEN: _(
        "Sak %(number)s er allerede opprettet, og er ikke avgjort. Arbeid videre på den."
    ),
    GateRefusal.OTHER_BODY: _(
        "Saken ligger hos et annet organ enn det kriteriene navngir. Trekk den, og opprett en ny "
        "hos %(body)s."
    ),
    GateRefusal.CHANGED_MEANWHILE: _(
        "Vurderingen ble endret mens du leste. Ingenting er besluttet. Les den på nytt, og beslutt "
        "når du har sett det som er nytt."
    ),
    GateRefusal.NO_REASON: _("Skriv begrunnelsen. Den blir offentlig."),
    GateRefusal.MUSTS_UNMET: _("Disse må-kriteriene står i veien: %(musts)s."),
    GateRefusal.HEALTH_MISSING: _("Den helsefaglige vurderingen er ikke avsluttet."),
    GateRefusal.HEALTH_NOT_SOUND: _(
        "Den helsefaglige vurderingen sier at løsningen ikke er forsvarlig."
    ),
    GateRefusal.HEALTH_ON_CONDITIONS: _(
        "Den helsefaglige vurderingen har vilkår som ikke er oppfylt. Velg «klar til bruk på "
        "vilkår», eller vent til de er det."
    ),
    GateRefusal.NEEDS_CONDITIONS: _("Skriv minst ett vilkår med frist."),
    GateRefusal.CONDITIONS_TO_SPARE: _(
        "Det er skrevet vilkår, men de hører bare til «klar til bruk på vilkår». Fjern dem, eller "
        "velg det."
    ),
    GateRefusal.CONDITION_WITHOUT_DATE: _("Hvert vilkår trenger både tekst og frist."),
    GateRefusal.CONDITION_IN_THE_PAST: _(
        "Fristen for et vilkår er passert. Velg en dag etter beslutningen."
    ),
    GateRefusal.NEEDS_NO_EXCEPTION: _(
        "Ingenting står i veien, så det trengs ikke noe unntak. Velg «klar til bruk»."
    ),
}


def gate_outcome_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in GATE_OUTCOMES.items()]

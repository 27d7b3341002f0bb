"""The words for the material library."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.material import (
    Content,
    ForWhom,
    MaterialKind,
    MaterialRefusal,
    Reading,
    RolloutStep,
    Use,
)

Words = str | Promise

MATERIAL_KINDS: Final[Mapping[MaterialKind, Words]] = {
    MaterialKind.ROS: _("Risikovurdering (ROS)"),
    MaterialKind.DPIA: _("Vurdering av personvernkonsekvenser (DPIA)"),
    MaterialKind.BENEFITS: _("Gevinstanalyse og indikatorer"),
    MaterialKind.TRAINING: _("Opplæring"),
    MaterialKind.INFORMATION: _("Informasjon"),
    MaterialKind.WORK_PROCESS: _("Eksempel på arbeidsprosess"),
    MaterialKind.LEADERS: _("Presentasjon for ledere"),
    MaterialKind.CONTRACT: _("Avtale og vilkår"),
    MaterialKind.OTHER: _("Annet"),
}

FOR_WHOM: Final[Mapping[ForWhom, Words]] = {
    ForWhom.LEADERS: _("Ledere"),
    ForWhom.COORDINATORS: _("Koordinatorer og prosjektledere"),
    ForWhom.STAFF: _("Ansatte i tjenesten"),
    ForWhom.IT: _("IT"),
    ForWhom.PRIVACY: _("Personvernombud og sikkerhet"),
    ForWhom.INHABITANTS: _("Innbyggere og pårørende"),
}

ROLLOUT_STEPS: Final[Mapping[RolloutStep, Words]] = {
    RolloutStep.DECIDE: _("Før dere bestemmer dere"),
    RolloutStep.PREPARE: _("Forberede"),
    RolloutStep.INTRODUCE: _("Ta i bruk"),
    RolloutStep.FOLLOW_UP: _("Følge opp bruk og gevinster"),
}

CONTENTS: Final[Mapping[Content, Words]] = {
    Content.FILE: _("Fil"),
    Content.TEXT: _("Tekst på siden"),
    Content.LINK: _("Lenke til et annet nettsted"),
    Content.ROWS: _("Mal med rader som kommunene fyller ut"),
}

READINGS: Final[Mapping[Reading, Words]] = {
    Reading.WAITING: _("Innholdet i filen blir søkbart om et øyeblikk."),
    Reading.DONE: _("Innholdet i filen er søkbart."),
    Reading.NO_WORDS: _(
        "Filen har ingen tekst å søke i. Er den skannet, så lagre den på nytt med tekst."
    ),
    Reading.FAILED: _(
        "Innholdet i filen kunne ikke leses, så søk finner bare tittel og beskrivelse."
    ),
}

USES: Final[Mapping[Use, Words]] = {
    Use.DOWNLOADED: _("Lastet ned"),
    Use.OPENED: _("Åpnet"),
}

MATERIAL_REFUSALS: Final[Mapping[MaterialRefusal, Words]] = {
    MaterialRefusal.NO_TITLE: _("Skriv hva materiellet heter."),
    MaterialRefusal.NO_OWN_KIND: _("Skriv hva slags materiell det er."),
    MaterialRefusal.NO_CONTENT: _("Legg ved en fil, skriv en tekst eller oppgi en lenke."),
    MaterialRefusal.BAD_LINK: _("Lenken må begynne med https:// og være adressen til en nettside."),
    MaterialRefusal.TOO_LONG: _(
        "Teksten er lengre enn %(most)s tegn. Del den opp, eller legg den ved som fil."
    ),
    MaterialRefusal.NO_NOTE: _(
        "Skriv hva som er nytt i denne versjonen. Kommunene ser det før de bytter."
    ),
    MaterialRefusal.SAME_LANGUAGE: _("Det er oppgitt to utgaver på samme målform. Behold den ene."),
    MaterialRefusal.CHANGED_MEANWHILE: _(
        "Noen andre publiserte versjon %(number)s mens du skrev. Se hva som er nytt i den, og "
        "prøv igjen. Det du skrev, står igjen i skjemaet."
    ),
    MaterialRefusal.WITHDRAWN: _(
        "Materiellet er trukket tilbake. Legg det frem igjen før du endrer det."
    ),
    MaterialRefusal.NOT_WITHDRAWN: _("Materiellet er ikke trukket tilbake."),
    MaterialRefusal.NO_REASON: _("Skriv hvorfor materiellet trekkes tilbake."),
    MaterialRefusal.NO_ROWS: _("En mal må ha minst én rad."),
    MaterialRefusal.ROW_WITHOUT_HEADING: _(
        "En rad med innhold mangler overskrift. Skriv overskriften, eller tøm raden."
    ),
    MaterialRefusal.TOO_MANY_ROWS: _("En mal kan ha høyst %(most)s rader."),
    MaterialRefusal.NOTHING_CHANGED: _(
        "Ingen rader er endret, så det er ingen ny versjon å publisere."
    ),
    MaterialRefusal.REVIEW_IN_PAST: _("Velg en dato frem i tid for neste gjennomgang."),
    MaterialRefusal.NOT_YOURS: _("Velg en løsning du har ansvar for."),
}


def material_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in MATERIAL_KINDS.items()]


def for_whom_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in FOR_WHOM.items()]


def rollout_step_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in ROLLOUT_STEPS.items()]


def content_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in CONTENTS.items()]


def reading_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in READINGS.items()]


def use_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in USES.items()]

"""The words for what is asked and wished before an invitation."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.before import BeforeRefusal, Likely, Obstacle, Stance

Words = str | Promise

OBSTACLES: Final[Mapping[Obstacle, Words]] = {
    Obstacle.VENDOR: _("Leverandør"),
    Obstacle.ECONOMY: _("Økonomi"),
    Obstacle.CAPACITY: _("Kapasitet"),
    Obstacle.NO_BENEFIT_SEEN: _("Ser ikke nytten"),
    Obstacle.MERGER: _("Sammenslåing eller deling"),
    Obstacle.UNKNOWN: _("Vet ikke"),
}

LIKELY: Final[Mapping[Likely, Words]] = {
    Likely.YES: _("Ja"),
    Likely.MAYBE: _("Kanskje"),
    Likely.NO: _("Nei"),
    Likely.UNKNOWN: _("Vet ikke"),
}

STANCES: Final[Mapping[Stance, Words]] = {
    Stance.INTERESTED: _("Vi er interessert"),
    Stance.FITS_BADLY: _("Passer dårlig nå"),
}

REFUSALS: Final[Mapping[BeforeRefusal, Words]] = {
    BeforeRefusal.ALREADY_ASKING: _(
        "En kartlegging er alt i gang her. Avslutt den først, eller les svarene som kommer."
    ),
    BeforeRefusal.NOBODY_TO_ASK: _(
        "Ingen kommuner er i målgruppen, så det er ingen å spørre om. Se på målgruppen først."
    ),
    BeforeRefusal.DAY_HAS_PASSED: _("Dagen er passert. Velg en dag som kommer."),
    BeforeRefusal.ALREADY_CLOSED: _(
        "Kartleggingen er avsluttet, så svarene kan ikke endres. Si fra til innføringslederen."
    ),
    BeforeRefusal.NOT_ASKED_OF: _("Kartleggingen gjelder ikke denne kommunen."),
    BeforeRefusal.NO_REASON: _(
        "Velg en grunn, eller skriv den med egne ord. Da vet de som planlegger, hva som må til."
    ),
    BeforeRefusal.NOTHING_REGISTERED: _("Det er ikke meldt noe her, så det er ingenting å trekke."),
    BeforeRefusal.NOT_EXISTING: _("Kommunen finnes ikke lenger den dagen."),
}


def obstacle_choices() -> list[tuple[str, Words]]:
    return [(code.value, OBSTACLES[code]) for code in Obstacle]


def likely_choices() -> list[tuple[str, Words]]:
    return [(code.value, LIKELY[code]) for code in Likely]


def stance_choices() -> list[tuple[str, Words]]:
    return [(code.value, STANCES[code]) for code in Stance]

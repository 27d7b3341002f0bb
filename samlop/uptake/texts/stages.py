"""The words for stages and their sources."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.stages import Source, Stage

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


def stage_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in STAGES.items()]


def source_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in SOURCES.items()]

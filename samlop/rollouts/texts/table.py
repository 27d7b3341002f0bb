"""The words for where municipalities stand in a rollout."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.table import Need, TableState

Words = str | Promise

STATES: Final[Mapping[TableState, Words]] = {
    TableState.OUTSIDE: _("Ikke i målgruppen"),
    TableState.NOT_INVITED: _("Ikke invitert"),
    TableState.SILENT: _("Ikke svart"),
    TableState.TO_CALL: _("Ikke svart – ring"),
    TableState.RECEIVED: _("Svar mottatt, ikke bekreftet"),
    TableState.PENDING: _("Til behandling"),
    TableState.WAITING: _("Venter på plass"),
    TableState.OFFERED: _("Tilbudt plass"),
    TableState.PLACED: _("Har plass"),
    TableState.FINISHED: _("Gjennomført"),
    TableState.LATER: _("Ikke nå"),
    TableState.OBSERVES: _("Følger med"),
    TableState.NO: _("Nei takk"),
    TableState.LEFT: _("Gikk ut av puljen"),
}

NEEDS: Final[Mapping[Need, Words]] = {
    Need.CALL: _("Ring"),
    Need.CONTACT: _("Ta kontakt, som avtalt"),
    Need.VENDOR: _("Venter på leverandøren"),
    Need.OVERDUE: _("Over fristen"),
    Need.EXPECTED: _("Svaret var ventet før i dag"),
    Need.CONFIRM: _("Svaret må bekreftes"),
    Need.ASK_AGAIN: _("Spør igjen"),
    Need.UNSURE: _("Usikker"),
}


def state_choices() -> list[tuple[str, Words]]:
    return [(code.value, STATES[code]) for code in TableState]

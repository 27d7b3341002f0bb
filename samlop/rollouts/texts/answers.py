"""The words for answers, mandates, places and the waiting list."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.answers import AnswerState, Channel, Mandate, Reason
from samlop.rollouts.rules.places import OfferOutcome, PlaceEnd, WaitEnd

Words = str | Promise

STATES: Final[Mapping[AnswerState, Words]] = {
    AnswerState.YES: _("Ja, vi blir med"),
    AnswerState.PENDING: _("Til behandling hos oss"),
    AnswerState.LATER: _("Ikke nå"),
    AnswerState.OBSERVE: _("Vi følger med"),
    AnswerState.NO: _("Nei takk"),
}

MANDATES: Final[Mapping[Mandate, Words]] = {
    Mandate.MEMBERSHIP: _("Innlogget med fullmakt"),
    Mandate.CODE: _("Bekreftet med kode"),
    Mandate.GRANT: _("Fullmakt til en annen"),
}

REASONS: Final[Mapping[Reason, Words]] = {
    Reason.ECONOMY: _("Økonomi"),
    Reason.CAPACITY: _("Kapasitet"),
    Reason.VENDOR_NOT_READY: _("Leverandøren er ikke klar"),
    Reason.NO_BENEFIT_SEEN: _("Ser ikke nytten"),
    Reason.MERGER: _("Sammenslåing eller deling"),
    Reason.OTHER_PRIORITY: _("Prioriterer noe annet"),
    Reason.OWN: _("Noe annet"),
}

CHANNELS: Final[Mapping[Channel, Words]] = {
    Channel.EMAIL: _("E-post"),
    Channel.LETTER: _("Brev"),
    Channel.PHONE: _("Telefon"),
}

PLACE_ENDS: Final[Mapping[PlaceEnd, Words]] = {
    PlaceEnd.MOVED: _("Flyttet til en annen pulje"),
    PlaceEnd.WITHDRAWN: _("Gikk ut av puljen"),
    PlaceEnd.ANSWER_CHANGED: _("Endret svaret"),
    PlaceEnd.COHORT_CANCELLED: _("Puljen ble avlyst"),
    PlaceEnd.FINISHED: _("Gjennomført"),
}

WAIT_ENDS: Final[Mapping[WaitEnd, Words]] = {
    WaitEnd.PLACED: _("Fikk plass"),
    WaitEnd.ANSWER_CHANGED: _("Endret svaret"),
    WaitEnd.ROLLOUT_ENDED: _("Innføringsløpet er avsluttet"),
}

OFFER_OUTCOMES: Final[Mapping[OfferOutcome, Words]] = {
    OfferOutcome.TAKEN: _("Tatt imot"),
    OfferOutcome.DECLINED: _("Takket nei til plassen"),
    OfferOutcome.EXPIRED: _("Fristen gikk ut"),
    OfferOutcome.WITHDRAWN: _("Trukket tilbake"),
}


def state_choices() -> list[tuple[str, Words]]:
    return [(code.value, STATES[code]) for code in AnswerState]


def mandate_choices() -> list[tuple[str, Words]]:
    return [(code.value, MANDATES[code]) for code in Mandate]


def reason_choices() -> list[tuple[str, Words]]:
    return [(code.value, REASONS[code]) for code in Reason]


def channel_choices() -> list[tuple[str, Words]]:
    return [(code.value, CHANNELS[code]) for code in Channel]


def place_end_choices() -> list[tuple[str, Words]]:
    return [(code.value, PLACE_ENDS[code]) for code in PlaceEnd]


def wait_end_choices() -> list[tuple[str, Words]]:
    return [(code.value, WAIT_ENDS[code]) for code in WaitEnd]


def offer_outcome_choices() -> list[tuple[str, Words]]:
    return [(code.value, OFFER_OUTCOMES[code]) for code in OfferOutcome]

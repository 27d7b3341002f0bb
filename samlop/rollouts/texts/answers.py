"""The words for answers, mandates, places and the waiting list."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.rollouts.rules.answers import (
    AnswerRefusal,
    AnswerState,
    Channel,
    Gone,
    GrantRefusal,
    Mandate,
    Reason,
    ReceivedRefusal,
)
from samlop.rollouts.rules.places import (
    OfferOutcome,
    PlaceEnd,
    PlaceRefusal,
    Stand,
    WaitEnd,
)

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

# Why nothing moves for somebody who waits, with `cohort` and sometimes `day`.
STANDS: Final[Mapping[Stand, Words]] = {
    Stand.OFFERED: _("Det er et tilbud om plass i %(cohort)s, med svarfrist %(day)s."),
    Stand.FULL: _(
        "Alle plassene i %(cohort)s er tatt. Den som står først, får tilbud når en blir ledig."
    ),
    Stand.NOT_OPEN: _("%(cohort)s tar ikke imot påmelding ennå."),
    Stand.LOCKED: _(
        "%(cohort)s åpner når puljen før har kommet så langt som avtalt i stoppregelen."
    ),
    Stand.CANCELLED: _("%(cohort)s er avlyst. En annen pulje kan ønskes i stedet."),
    Stand.TURNED_DOWN: _(
        "Det var et tilbud om plass i %(cohort)s, som ble til nei eller gikk ut. "
        "Andre puljer kan fortsatt gi plass."
    ),
}

# Why the question is put again.
GONE: Final[Mapping[Gone, Words]] = {
    Gone.VENDOR_READY: _("Leverandøren var ikke klar da dere svarte. Nå er den det."),
    Gone.DAY_HAS_COME: _("Dere ba om å bli spurt igjen nå."),
    Gone.MERGER_DONE: _("Dere ventet på en sammenslåing eller deling. Nå er den gjennomført."),
}

REFUSALS: Final[Mapping[AnswerRefusal, Words]] = {
    AnswerRefusal.NOT_ENROLLING: _(
        "Innføringsløpet tar ikke imot svar nå. Spør innføringslederen hvis dere vil være med."
    ),
    AnswerRefusal.NOT_INVITED: _(
        "Kommunen er ikke invitert til dette innføringsløpet. Dere kan melde interesse i stedet."
    ),
    AnswerRefusal.NO_MANDATE: _(
        "Bare den som har fullmakt i kommunen, kan svare for den. "
        "Send invitasjonen videre til den som bestemmer."
    ),
    AnswerRefusal.CHANGED_MEANWHILE: _(
        "Noen har svart for kommunen mens du så på siden. Se hva som gjelder nå, og svar på nytt."
    ),
    AnswerRefusal.TOO_LATE: _(
        "Svaret kunne endres til og med %(day)s. Vil dere ikke være med likevel, "
        "går dere ut av puljen og skriver hvorfor."
    ),
    AnswerRefusal.PLACE_ELSEWHERE: _(
        "Kommunen har allerede plass i %(rollout)s med den samme løsningen. "
        "Gå ut av den puljen først."
    ),
    AnswerRefusal.WAITS_ELSEWHERE: _(
        "Det er ikke ledig plass her nå, og kommunen står på ventelisten i %(rollout)s med den "
        "samme løsningen. Endre svaret der først."
    ),
    AnswerRefusal.NO_LONGER_THERE: _(
        "Kommunen er slått sammen med en annen eller delt. Den som har fullmakt i den nye "
        "kommunen, svarer for den."
    ),
    AnswerRefusal.NO_REASON: _("Velg en grunn."),
    AnswerRefusal.NO_EXPECTED_DAY: _("Skriv når dere venter å kunne svare."),
    AnswerRefusal.DAY_HAS_PASSED: _("Skriv en dag som ikke har vært."),
    AnswerRefusal.NOT_ASKED_AGAIN: _("Skriv når vi skal spørre igjen, eller at grunnen må bort."),
    AnswerRefusal.OTHER_COHORT: _(
        "Puljen kan ikke ønskes lenger. Se hvilke som er åpne nå, og velg på nytt."
    ),
    AnswerRefusal.SAME_COHORT_TWICE: _("Velg to ulike puljer, eller bare én."),
}

RECEIVED_REFUSALS: Final[Mapping[ReceivedRefusal, Words]] = {
    ReceivedRefusal.NOBODY_DECIDED: _("Skriv hvem som bestemte: rolle eller utvalg, ikke navn."),
    ReceivedRefusal.IN_THE_FUTURE: _("Skriv en dag som har vært."),
    ReceivedRefusal.NOT_INVITED: _("Kommunen er ikke invitert til dette innføringsløpet."),
    ReceivedRefusal.NOT_ENROLLING: _("Innføringsløpet tar ikke imot svar nå."),
    ReceivedRefusal.HAS_ANSWERED: _(
        "Kommunen har selv svart det samme i Samløp. Det er ikke mer å registrere."
    ),
    ReceivedRefusal.NO_SEAT: _(
        "Det er ingen ledig plass i puljen å holde av. Registrer svaret uten pulje: "
        "kommunen kommer på ventelisten når den bekrefter."
    ),
    ReceivedRefusal.OTHER_COHORT: _("Puljen tar ikke imot påmelding for denne kommunen."),
    ReceivedRefusal.PHONE_IS_A_SIGNAL: _(
        "En telefonsamtale er et signal. Den holder ikke av plass og kan ikke bekreftes."
    ),
    ReceivedRefusal.SETTLED: _("Dette svaret er allerede bekreftet eller trukket tilbake."),
}

GRANT_REFUSALS: Final[Mapping[GrantRefusal, Words]] = {
    GrantRefusal.NO_MANDATE: _("Bare den som har fullmakt i kommunen, kan gi den videre."),
    GrantRefusal.TO_ITSELF: _("Kommunen svarer allerede for seg selv. Velg en annen kommune."),
    GrantRefusal.TO_NOBODY: _("Velg en kommune eller et samarbeid."),
    GrantRefusal.NOT_A_MEMBER: _("Kommunen er ikke med i dette samarbeidet."),
    GrantRefusal.ENDS_BEFORE_IT_BEGINS: _("Fullmakten må vare minst én dag."),
    GrantRefusal.STANDS_ALREADY: _("Kommunen har allerede gitt en slik fullmakt."),
    GrantRefusal.ENDED_ALREADY: _("Denne fullmakten er allerede avsluttet."),
}

PLACE_REFUSALS: Final[Mapping[PlaceRefusal, Words]] = {
    PlaceRefusal.NO_MANDATE: _("Bare den som har fullmakt i kommunen, kan gjøre dette."),
    PlaceRefusal.NO_REASON: _("Skriv hvorfor dere går ut av puljen."),
    PlaceRefusal.ENDED_ALREADY: _("Kommunen har ikke denne plassen lenger."),
    PlaceRefusal.SAME_COHORT: _("Dere er allerede i denne puljen."),
    PlaceRefusal.OTHER_ROLLOUT: _("Puljen hører til et annet innføringsløp."),
    PlaceRefusal.NO_ROOM: _("Alle plassene i puljen er tatt. Dere beholder plassen dere har."),
    PlaceRefusal.NOT_OPEN: _("Puljen tar ikke imot påmelding nå."),
    PlaceRefusal.LOCKED: _(
        "Puljen åpner når puljen før har kommet så langt som avtalt i stoppregelen."
    ),
    PlaceRefusal.OFFER_ENDED: _("Tilbudet om plass gjelder ikke lenger."),
    PlaceRefusal.OFFER_EXPIRED: _(
        "Fristen for å ta imot plassen gikk ut. Dere står fortsatt på ventelisten."
    ),
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

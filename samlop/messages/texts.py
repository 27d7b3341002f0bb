"""The words people read about messages."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.messages.rules import Group, MailRefusal, Reason, State, Wish

Words = str | Promise

STATES: Final[Mapping[State, Words]] = {
    State.QUEUED: _("I kø"),
    State.WAITING: _("Venter på ukesbrevet"),
    State.SENDING: _("Sendes nå"),
    State.SENT: _("Sendt"),
    State.FAILED: _("Ikke kommet frem"),
    State.WITHHELD: _("Holdt tilbake"),
}

GROUPS: Final[Mapping[Group, Words]] = {
    Group.ACCESS: _("Koder, invitasjoner og endringer i kontoen"),
    Group.TASKS: _("Oppgaver og frister som venter på deg"),
    Group.NEWS: _("Nytt om kommunene, regionene og rollene dine"),
    Group.INVITATIONS: _("Invitasjoner til kommunen, og kopiene til postmottaket"),
}

WISHES: Final[Mapping[Wish, Words]] = {
    Wish.AT_ONCE: _("Straks"),
    Wish.WEEKLY: _("Samlet i et ukesbrev, mandag klokka 07"),
    Wish.NEVER: _("Ikke på e-post"),
}

REASONS: Final[Mapping[Reason, Words]] = {
    Reason.OPTED_OUT: _("Mottakeren har valgt bort slike meldinger."),
    Reason.NO_ADDRESS: _("Mottakeren er slettet eller har ingen e-postadresse."),
    Reason.NOTHING_LEFT: _("Det meldingen handlet om, gjelder ikke lenger."),
    Reason.OUTDATED: _("Koden i meldingen er for gammel."),
    Reason.REFUSED: _("Mottakerens e-posttjener tok ikke imot. Se om adressen er riktig."),
    Reason.TEMPORARY: _("E-posttjeneren kunne ikke ta imot akkurat da. Vi prøver igjen."),
    Reason.UNREACHABLE: _("Vi fikk ikke kontakt med e-posttjeneren. Vi prøver igjen."),
    Reason.TOO_LATE: _("Vi prøvde i tre døgn uten å få meldingen frem."),
}

REFUSALS: Final[Mapping[MailRefusal, Words]] = {
    MailRefusal.NOT_FAILED: _(
        "Meldingen er ikke blant dem som ikke kom frem, så den sendes ikke på nytt."
    ),
    MailRefusal.NO_LONGER_WANTED: _(
        "Meldinger med kode sendes ikke på nytt. Mottakeren kan be om en ny kode."
    ),
    MailRefusal.INVITED_JUST_NOW: _(
        "Personen fikk en invitasjon for mindre enn ti minutter siden. Vent litt før dere "
        "sender en ny."
    ),
}

FOOTER: Final = _(
    "Du får denne e-posten fordi du har en rolle i Samløp. Velg hva du vil ha på e-post: "
    "%(address)s"
)
FOOTER_ALWAYS: Final = _(
    "Denne e-posten sendes alltid, fordi den gjelder tilgangen din til Samløp: %(address)s"
)
FOOTER_INVITATION: Final = _(
    "Du får denne e-posten fordi kommunen er invitert til noe i Samløp: %(address)s"
)
FOOTER_COPY: Final = _("Kopi til kommunens arkiv, sendt fra Samløp: %(address)s")


def state_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in STATES.items()]


def group_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in GROUPS.items()]


def wish_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in WISHES.items()]

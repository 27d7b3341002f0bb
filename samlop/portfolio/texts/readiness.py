"""The words for how far products have come, and for why something cannot be recorded."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.readiness import Readiness, ReadinessRefusal, Slip, Standing, Teller

Words = str | Promise

READINESS: Final[Mapping[Readiness, Words]] = {
    Readiness.NOT_PLANNED: _("Ikke planlagt"),
    Readiness.PLANNED: _("Planlagt"),
    Readiness.IN_DEVELOPMENT: _("Under utvikling"),
    Readiness.IN_TEST: _("I test"),
    Readiness.RELEASED: _("Sluppet"),
}

TELLERS: Final[Mapping[Teller, Words]] = {
    Teller.VENDOR: _("Leverandøren"),
    Teller.PROGRAMME: _("Programmet"),
    Teller.MUNICIPALITY: _("En kommune"),
}

SLIPS: Final[Mapping[Slip, Words]] = {
    Slip.LATER: _("Datoen er flyttet senere"),
    Slip.NO_DATE_ANY_MORE: _("Det er ikke lenger noen dato"),
    Slip.SET_BACK: _("Produktet er satt tilbake et steg"),
    Slip.DROPPED: _("Det er ikke lenger planlagt"),
}

STANDINGS: Final[Mapping[Standing, Words]] = {
    Standing.COVERED: _("Leverandøren er klar"),
    Standing.WAITING: _("Venter på leverandøren"),
    Standing.UNKNOWN: _("Ikke kjent"),
}

REFUSALS: Final[Mapping[ReadinessRefusal, Words]] = {
    ReadinessRefusal.NO_DATE: _("Skriv datoen. Er den ikke sikker, skriv den dere regner med."),
    ReadinessRefusal.DATE_PASSED: _(
        "Datoen er passert. Skriv en ny dato, eller velg «Sluppet» hvis versjonen er ute."
    ),
    ReadinessRefusal.NOT_RELEASED_YET: _(
        "Datoen er ikke kommet ennå. Velg «I test» eller «Planlagt» til versjonen er ute."
    ),
    ReadinessRefusal.NO_VERSION: _("Skriv hvilken versjon som er sluppet."),
    ReadinessRefusal.NOT_PLANNED_HAS_NO_DATE: _(
        "Det som ikke er planlagt, har ingen dato. Ta bort datoen, eller velg «Planlagt»."
    ),
    ReadinessRefusal.NO_SOURCE: _("Skriv hvor opplysningen kommer fra."),
    ReadinessRefusal.NO_REASON: _(
        "Skriv hvorfor. Begrunnelsen vises for kommunene som venter på produktet."
    ),
    ReadinessRefusal.NO_MUNICIPALITY: _("Velg hvilken kommune som opplyser det."),
    ReadinessRefusal.FUTURE: _("Dagen er ikke kommet ennå. Skriv i dag eller en tidligere dag."),
    ReadinessRefusal.OLDER_THAN_KNOWN: _(
        "Det er registrert noe nyere om produktet. Skriv en senere dag, eller trekk tilbake det "
        "som er feil."
    ),
    ReadinessRefusal.CHANGED_MEANWHILE: _(
        "%(product)s: Noen andre har endret raden etter at du åpnet siden. Se på det nye, og "
        "prøv igjen. Ingenting er lagret."
    ),
    ReadinessRefusal.NOTHING_TO_CONFIRM: _("Velg minst én rad som stemmer."),
    ReadinessRefusal.OUT_OF_DATE: _(
        "%(product)s: Datoen er passert, så raden stemmer ikke lenger. Rett datoen eller velg "
        "«Sluppet»."
    ),
    ReadinessRefusal.ALREADY_WITHDRAWN: _("Opplysningen er allerede trukket tilbake."),
    ReadinessRefusal.JOINT_PROCESS: _(
        "En felles prosess er ikke et produkt, og har derfor ingen leverandører."
    ),
    ReadinessRefusal.OTHER_VENDOR: _("Produktet er ikke fra denne leverandøren."),
    ReadinessRefusal.NOBODY_TO_ASK: _(
        "%(vendor)s har ingen personer i Samløp. Inviter noen derfra først."
    ),
    ReadinessRefusal.NOTHING_TO_ASK: _(
        "Det er ingen opplysninger om produktene fra %(vendor)s å spørre om ennå."
    ),
    ReadinessRefusal.ASKED_JUST_NOW: _(
        "%(vendor)s fikk spørsmålet for mindre enn en uke siden. Vent litt før dere spør igjen."
    ),
    ReadinessRefusal.TOO_LATE_TO_REVOKE: _("Lenken gjelder ikke lenger."),
}

# --- the columns of a vendor's own workbook ---

# The same in every language, so that a file can be loaded whoever made it. The key names the row
# and the word that stood when the file was made.
KEY: Final = "Nøkkel (ikke endre)"
SOLUTION: Final = "Løsning"
AREA: Final = "Tjenesteområde"
PRODUCT: Final = "Produkt"
STATE: Final = "Status"
VERSION: Final = "Versjon"
RELEASE_ON: Final = "Dato"
CONFIRMED: Final = "Stemmer (ja)"
REASON: Final = "Begrunnelse"
SOURCE: Final = "Kilde"
COLUMNS: Final = (
    KEY,
    SOLUTION,
    AREA,
    PRODUCT,
    STATE,
    VERSION,
    RELEASE_ON,
    CONFIRMED,
    REASON,
    SOURCE,
)


def readiness_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in READINESS.items()]


def teller_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in TELLERS.items()]

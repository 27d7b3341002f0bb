"""The words of the threshold ledger."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.ledger import LedgerBase, LedgerMeasure, LedgerRefusal

Words = str | Promise

LEDGER_MEASURES: Final[Mapping[LedgerMeasure, Words]] = {
    LedgerMeasure.MADE_AVAILABLE: _("Gjort tilgjengelig"),
    LedgerMeasure.IN_USE: _("I bruk"),
}

LEDGER_BASES: Final[Mapping[LedgerBase, Words]] = {
    LedgerBase.MUNICIPALITIES: _("av alle kommuner"),
    LedgerBase.INHABITANTS: _("av alle innbyggere"),
    LedgerBase.POSSIBLE: _("av kommunene der leverandøren gjør det mulig"),
}

LEDGER_REFUSALS: Final[Mapping[LedgerRefusal, Words]] = {
    LedgerRefusal.IN_THE_FUTURE: _("Velg i dag eller en tidligere dag."),
    LedgerRefusal.NOTHING_SAID: _(
        "Ingen har sagt noe om %(solution)s for den dagen, så det er ingenting å måle."
    ),
    LedgerRefusal.NO_DEFINITION: _(
        "Det er ikke bestemt hva «teknisk innført» og «tatt i bruk» betyr for %(solution)s den "
        "dagen. Skriv definisjonene først."
    ),
    LedgerRefusal.ALREADY_FROZEN: _(
        "Nøyaktig denne målingen er allerede fryst. Ingenting er endret siden da."
    ),
    LedgerRefusal.NO_WORDS: _("Skriv merknaden."),
    LedgerRefusal.SAME_WORDS: _("Merknaden står der allerede."),
    LedgerRefusal.ALREADY_WITHDRAWN: _("Merknaden er allerede trukket."),
}

"""The words for systems' keys, and for why what they send is refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.pushes import PushRefusal, TokenRefusal

Words = str | Promise

TOKEN_REFUSALS: Final[Mapping[TokenRefusal, Words]] = {
    TokenRefusal.NO_NAME: _("Skriv hva systemet heter."),
    TokenRefusal.NAME_TAKEN: _(
        "En nøkkel som gjelder, heter allerede det. Trekk den først, eller velg et annet navn."
    ),
    TokenRefusal.EXPIRED_ALREADY: _("Velg en dag som ikke har vært."),
    TokenRefusal.LIVES_TOO_LONG: _("En nøkkel kan gjelde i høyst to år."),
    TokenRefusal.REVOKED_ALREADY: _("Nøkkelen er allerede trukket."),
}

PUSH_REFUSALS: Final[Mapping[PushRefusal, Words]] = {
    PushRefusal.NOT_JSON: _("Innholdet er ikke JSON i UTF-8."),
    PushRefusal.NOT_AS_DESCRIBED: _(
        "Innholdet skal ha «losning» (tekst) og «tall» (liste). Hvert tall skal ha «indikator», "
        "«kommune», «periode» og «verdi», og ikke noe annet."
    ),
    PushRefusal.UNKNOWN_SOLUTION: _("Ingen løsning heter «%(slug)s»."),
    PushRefusal.OTHER_SOLUTION: _("Nøkkelen gjelder en annen løsning enn «%(slug)s»."),
    PushRefusal.NO_FIGURES: _("Lista «tall» er tom."),
    PushRefusal.TOO_MANY_FIGURES: _("Send høyst %(most)s tall om gangen."),
    PushRefusal.NO_INDICATOR: _("Løsningen har ingen indikator å sende tall til ennå."),
    PushRefusal.BAD_FIGURES: _(
        "Ingenting er tatt inn, for noen av tallene kan ikke brukes. Rett dem og send alt på nytt."
    ),
    PushRefusal.KEY_USED: _(
        "Denne Idempotency-Key er brukt til noe annet. Bruk en ny for hvert innhold."
    ),
}

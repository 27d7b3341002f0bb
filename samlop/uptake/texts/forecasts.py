"""The words of forecasts: why none is made."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.forecasts import ForecastRefusal

Words = str | Promise

FORECAST_REFUSALS: Final[Mapping[ForecastRefusal, Words]] = {
    ForecastRefusal.NOBODY: _("Ingen kommuner finnes den dagen, så det er ingenting å regne på."),
    ForecastRefusal.TOO_FEW: _(
        "For få kommuner har tatt løsningen i bruk til å si noe om resten. Det trengs minst 15."
    ),
    ForecastRefusal.TOO_SHORT: _(
        "Det er mindre enn ett år siden den første kommunen begynte. Vent med å anslå resten."
    ),
    ForecastRefusal.TOO_FEW_QUARTERS: _(
        "Kommuner har begynt i færre enn tre kvartaler. Da viser tallene ikke noe tempo."
    ),
    ForecastRefusal.COUNTED_ON_ONE_DAY: _(
        "Mer enn halvparten av kommunene er registrert på én og samme dag. Det er en opptelling, "
        "ikke dagen de begynte, og kan ikke brukes til å anslå resten."
    ),
}

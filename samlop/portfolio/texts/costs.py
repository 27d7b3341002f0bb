"""The words of the cost model: the four lines, kinds of amount, keys, formulas and refusals."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.costs import CostKey, CostKind, CostPlace, CostRefusal, PricePer

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    Lazy = Promise

Words = str | Lazy

PLACES: Final[Mapping[CostPlace, Words]] = {
    CostPlace.ANYWAY: _("Betaler dere uansett"),
    CostPlace.IF_JOINING: _("Kommer i tillegg om dere blir med"),
    CostPlace.ONE_OFF: _("Engangskostnad"),
}

# The same three, of nobody in particular: headings of a table of all municipalities.
PLACES_OF_ALL: Final[Mapping[CostPlace, Words]] = {
    CostPlace.ANYWAY: _("Betales uansett, per år"),
    CostPlace.IF_JOINING: _("I tillegg for dem som er med, per år"),
    CostPlace.ONE_OFF: _("Engangskostnad"),
}

PLACE_PER: Final[Mapping[CostPlace, Words]] = {
    CostPlace.ANYWAY: _("per år"),
    CostPlace.IF_JOINING: _("per år"),
    CostPlace.ONE_OFF: _("én gang"),
}

OWN_HOURS: Final = _("Egne timer")

KINDS: Final[Mapping[CostKind, Words]] = {
    CostKind.FIXED_SHARE: _("Fast andel: et beløp i året, delt på alle kommuner"),
    CostKind.VARIABLE_SHARE: _("Variabel andel: et beløp i året, delt på dem som bruker løsningen"),
    CostKind.ALWAYS_PER_INHABITANT: _("Alle betaler, per innbygger i året"),
    CostKind.ALWAYS_EACH: _("Alle betaler, likt per kommune i året"),
    CostKind.JOINED_PER_INHABITANT: _("De som er med, per innbygger i året"),
    CostKind.JOINED_EACH: _("De som er med, likt per kommune i året"),
    CostKind.ONCE_PER_INHABITANT: _("Engangskostnad per innbygger"),
    CostKind.ONCE_EACH: _("Engangskostnad, likt per kommune"),
}

KEYS: Final[Mapping[CostKey, Words]] = {
    CostKey.HEALTH_NEED: _("delkostnadsnøkkelen for kommunehelse"),
    CostKey.INHABITANTS: _("innbyggere"),
    CostKey.EQUAL: _("likt på hver kommune"),
}

PRICES_PER: Final[Mapping[PricePer, Words]] = {
    PricePer.MUNICIPALITY: _("Per kommune"),
    PricePer.INHABITANT: _("Per innbygger"),
}

REFUSALS: Final[Mapping[CostRefusal, Words]] = {
    CostRefusal.NO_SOURCE: _("Skriv hvor tallene kommer fra."),
    CostRefusal.NO_TITLE: _("Skriv hva beløpet gjelder."),
    CostRefusal.NO_AMOUNT: _("Skriv et beløp, eller tøm linja."),
    CostRefusal.BAD_AMOUNT: _("Skriv et beløp over 0, og høyst én milliard."),
    CostRefusal.NO_KEY: _("Velg hva andelen deles etter. Bare andeler deles."),
    CostRefusal.TOO_MANY_LINES: _("Modellen har for mange linjer. Slå sammen noen av dem."),
    CostRefusal.NO_ADOPTERS: _(
        "Skriv hvor mange kommuner som bruker løsningen nå. Den variable andelen deles på dem."
    ),
    CostRefusal.TOO_MANY_ADOPTERS: _("Det er ikke så mange kommuner i landet."),
    CostRefusal.BAD_HOURS: _("Skriv hele timer fra 0 til 5000, det laveste tallet først."),
    CostRefusal.NOTHING_AT_ALL: _("Skriv minst ett beløp, eller timer for minst én rolle."),
    CostRefusal.CHANGED_MEANWHILE: _(
        "Noen har lagt inn en ny versjon mens du skrev. Det du skrev er ikke lagret, men står "
        "under. Sammenlign med den nye versjonen, og lagre en gang til hvis ditt skal gjelde."
    ),
    CostRefusal.NO_PRICE: _("Skriv en engangspris, en årlig pris eller begge."),
    CostRefusal.NOT_SAID_WHAT: _("Skriv hva som er med i prisen."),
    CostRefusal.ENDS_BEFORE_IT_BEGINS: _("Siste dag kan ikke være før første dag."),
    CostRefusal.OTHER_VENDOR: _("Produktet er fra en annen leverandør."),
    CostRefusal.NO_REASON: _("Skriv kort hvorfor tilbudet trekkes."),
    CostRefusal.ALREADY_WITHDRAWN: _("Tilbudet er trukket allerede."),
    CostRefusal.JOINT_PROCESS: _("En felles prosess har ingen leverandører."),
}


def cost_kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in KINDS.items()]


def cost_key_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in KEYS.items()]


def price_per_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in PRICES_PER.items()]

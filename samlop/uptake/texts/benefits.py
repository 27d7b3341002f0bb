"""The words of benefits: who, what, how it is measured, what is missing, and refusals."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.benefit_map import MapColumn
from samlop.uptake.rules.benefits import (
    BaselineState,
    Beneficiary,
    BenefitKind,
    BenefitRefusal,
    Better,
    Experience,
    FigureKind,
    Measure,
    Overlap,
    Withheld,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    Lazy = Promise

Words = str | Lazy

BENEFICIARIES: Final[Mapping[Beneficiary, Words]] = {
    Beneficiary.USER: _("Brukere"),
    Beneficiary.NEXT_OF_KIN: _("Pårørende"),
    Beneficiary.SERVICE: _("Tjenesten"),
    Beneficiary.SOCIETY: _("Samfunnet"),
}

KINDS: Final[Mapping[BenefitKind, Words]] = {
    BenefitKind.TIME: _("Spart tid"),
    BenefitKind.COST: _("Unngåtte kostnader"),
    BenefitKind.QUALITY: _("Kvalitet"),
}

MEASURES: Final[Mapping[Measure, Words]] = {
    Measure.HOURS: _("Timer i året"),
    Measure.KRONER: _("Kroner i året"),
    Measure.NUMBER: _("Et antall"),
    Measure.RATE: _("Så mye per gang, eller en andel"),
    Measure.DESCRIBED: _("Beskrives med ord"),
}

# The unit of those that have no unit of their own.
UNITS: Final[Mapping[Measure, Words]] = {
    Measure.HOURS: _("timer i året"),
    Measure.KRONER: _("kroner i året"),
}

BETTER: Final[Mapping[Better, Words]] = {
    Better.MORE: _("Mer er bedre"),
    Better.LESS: _("Mindre er bedre"),
}

EXPERIENCES: Final[Mapping[Experience, Words]] = {
    Experience.BETTER: _("Bedre"),
    Experience.SAME: _("Som før"),
    Experience.WORSE: _("Dårligere"),
}

FIGURES: Final[Mapping[FigureKind, Words]] = {
    FigureKind.BASELINE: _("Nullpunkt"),
    FigureKind.MEASUREMENT: _("Måling"),
}

BASELINES: Final[Mapping[BaselineState, Words]] = {
    BaselineState.BEFORE: _("Nullpunkt målt før oppstart"),
    BaselineState.AFTER: _("Nullpunkt målt etter oppstart"),
    BaselineState.NATIONAL: _("Prosjektets nasjonale nullpunkt"),
    BaselineState.NOT_YET: _("Nullpunkt mangler. Mål gjerne før dere starter"),
    BaselineState.WITHOUT: _("Uten nullpunkt"),
}

OVERLAPS: Final[Mapping[Overlap, Words]] = {
    Overlap.NAMED: _("Programmet sier at disse to teller noe av det samme."),
    Overlap.SAME_INDICATOR: _("Disse to måles med samme tall."),
    Overlap.SAME_HOURS: _("Sparte timer regnet som kroner kan være de samme lønnskostnadene."),
}

WITHHELD: Final[Mapping[Withheld, Words]] = {
    Withheld.NOBODY: _("Ingen kommuner har målt ennå."),
    Withheld.TOO_FEW: _("Færre enn fem kommuner har målt. Da vises ikke tallet."),
}

COLUMNS: Final[Mapping[MapColumn, Words]] = {
    MapColumn.PRECONDITION: _("Forutsetninger"),
    MapColumn.BENEFIT: _("Gevinster"),
    MapColumn.GOAL: _("Mål"),
}

# A row of the map, in the singular.
MAP_ROWS: Final[Mapping[MapColumn, Words]] = {
    MapColumn.PRECONDITION: _("Forutsetning"),
    MapColumn.GOAL: _("Mål"),
}

FEW: Final = _("færre enn 5")

REFUSALS: Final[Mapping[BenefitRefusal, Words]] = {
    BenefitRefusal.NO_NAME: _("Skriv hva gevinsten er."),
    BenefitRefusal.NO_UNIT: _("Skriv hva som telles, for eksempel «telefoner per uke»."),
    BenefitRefusal.KIND_AND_MEASURE: _(
        "Tid måles ikke i kroner, og bare kvalitet kan beskrives med ord. Velg på nytt."
    ),
    BenefitRefusal.BASELINE_WITHOUT_SOURCE: _("Skriv hvor det nasjonale nullpunktet er fra."),
    BenefitRefusal.DESCRIBED_HAS_NO_BASELINE: _(
        "En gevinst som beskrives med ord, har ikke et tall som nullpunkt."
    ),
    BenefitRefusal.SAME_BENEFIT: _("Velg to ulike gevinster."),
    BenefitRefusal.OTHER_SOLUTION: _("Gevinsten hører til en annen løsning."),
    BenefitRefusal.RETIRED: _("Programmet følger ikke lenger denne gevinsten. Velg en annen."),
    BenefitRefusal.MEASURED_ALREADY: _(
        "Kommuner følger denne gevinsten. Lag en ny hvis den skal måles på en annen måte."
    ),
    BenefitRefusal.TOO_MANY_PROPOSED: _(
        "Tre gevinster er foreslått allerede. Ta bort et forslag først."
    ),
    BenefitRefusal.TOO_MANY: _("Dere følger tre gevinster allerede. Ta bort én av dem først."),
    BenefitRefusal.ALREADY_CHOSEN: _("Dere følger denne gevinsten allerede."),
    BenefitRefusal.NOT_CHOSEN: _("Dere følger ikke lenger denne gevinsten."),
    BenefitRefusal.NO_VALUE: _("Skriv et tall."),
    BenefitRefusal.BAD_VALUE: _("Skriv et tall fra 0 og opp til ti milliarder."),
    BenefitRefusal.WHOLE_PEOPLE: _("Skriv et helt tall. Det er mennesker som telles."),
    BenefitRefusal.NO_EXPERIENCE: _("Velg hvordan det er blitt, eller beskriv det med ord."),
    BenefitRefusal.NOT_COUNTED: _("Denne gevinsten beskrives med ord, og har ikke tall."),
    BenefitRefusal.DAY_AHEAD: _("Velg dagen i dag, eller en dag som har vært."),
    BenefitRefusal.NO_NATIONAL_BASELINE: _(
        "Prosjektet har ikke noe nasjonalt nullpunkt for denne gevinsten."
    ),
    BenefitRefusal.ONLY_TIME_BECOMES_MONEY: _("Bare timer kan regnes som kroner."),
    BenefitRefusal.NO_PRICE: _("Skriv hva en time er verdt hos dere, i kroner."),
    BenefitRefusal.ALREADY_WITHDRAWN: _("Tallet er trukket allerede."),
    BenefitRefusal.NO_REASON: _("Skriv kort hvorfor tallet trekkes."),
    BenefitRefusal.CHANGED_MEANWHILE: _(
        "Noen har endret dette mens du skrev. Det du skrev er ikke lagret, men står under."
    ),
}


def beneficiary_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in BENEFICIARIES.items()]


def kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in KINDS.items()]


def measure_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in MEASURES.items()]


def better_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in BETTER.items()]


def experience_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in EXPERIENCES.items()]


def figure_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in FIGURES.items()]


def column_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in COLUMNS.items()]

"""The words for the decision basis: what must be in place, whose move it is, what is missing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.texts import number_words
from samlop.portfolio.rules.costs import CostPlace, Money, Span
from samlop.rollouts.rules.basis import (
    MAX_DAYS_BEFORE,
    MAX_HOURS_A_MONTH,
    MAX_MONTHS,
    MAX_PREREQUISITES,
    MAX_STEPS,
    MAX_WEEKS,
    BasisItem,
    BasisRefusal,
    PrerequisiteKind,
    PrerequisiteOwner,
    PrerequisiteStanding,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    Lazy = Promise

Words = str | Lazy
_NBSP: Final = "\N{NO-BREAK SPACE}"

KINDS: Final[Mapping[PrerequisiteKind, Words]] = {
    PrerequisiteKind.KS_AGREEMENT: _("Avtale med KS"),
    PrerequisiteKind.SCHEME_MEMBERSHIP: _("Med i en ordning"),
    PrerequisiteKind.VENDOR_AGREEMENT: _("Avtale med leverandøren"),
    PrerequisiteKind.NHN_TERMS: _("Vilkår hos Norsk helsenett"),
    PrerequisiteKind.SYSTEM_VERSION: _("Riktig versjon av systemet"),
    PrerequisiteKind.OTHER_SOLUTION: _("En annen løsning i bruk"),
    PrerequisiteKind.NAMED_ROLE: _("Noen som har rollen"),
    PrerequisiteKind.LOCAL_DECISION: _("Beslutning i kommunen"),
}

OWNERS: Final[Mapping[PrerequisiteOwner, Words]] = {
    PrerequisiteOwner.MUNICIPALITY: _("Kommunen"),
    PrerequisiteOwner.VENDOR: _("Leverandøren"),
    PrerequisiteOwner.NHN: _("Norsk helsenett"),
    PrerequisiteOwner.KS: _("KS"),
    PrerequisiteOwner.PROGRAMME: _("Programmet"),
    PrerequisiteOwner.IT_COOPERATION: _("IKT-samarbeidet"),
}

STANDINGS: Final[Mapping[PrerequisiteStanding, Words]] = {
    PrerequisiteStanding.MET: _("På plass"),
    PrerequisiteStanding.UNDER_WAY: _("På vei"),
    PrerequisiteStanding.OPEN: _("Mangler"),
    PrerequisiteStanding.UNKNOWN: _("Ikke kjent"),
}

ITEMS: Final[Mapping[BasisItem, Words]] = {
    BasisItem.WHAT: _("Hva det er"),
    BasisItem.GAINS: _("Hva det gir"),
    BasisItem.GAINS_SOURCE: _("Kilde for hva det gir"),
    BasisItem.PREREQUISITES: _("Hva som må være på plass"),
    BasisItem.COST: _("Hva det koster"),
    BasisItem.HOURS: _("Timer per måned for rollene kommunen må ha"),
    BasisItem.ROLES: _("Prosjekteier og lokal koordinator blant rollene"),
    BasisItem.COHORT: _("Minst én pulje med dato for oppstart"),
    BasisItem.SCHEDULE: _("Fremdriftsplanen i korthet"),
    BasisItem.CONSEQUENCE: _("Hva som skjer hvis kommunen ikke blir med"),
    BasisItem.LEADER: _("En innføringsleder å spørre"),
}

# The three lines of money in a municipality's own voice.
PLACES: Final[Mapping[CostPlace, Words]] = {
    CostPlace.ANYWAY: _("Betales uansett"),
    CostPlace.IF_JOINING: _("I tillegg om kommunen blir med"),
    CostPlace.ONE_OFF: _("Engangskostnad"),
}

# What a basis begins with, from the portfolio.
VERSION_DONE: Final = _("Versjonen er sluppet av leverandøren og tatt i bruk i kommunen")
IN_USE: Final = _("%(name)s i bruk")
IN_USE_DONE: Final = _("%(name)s er tatt i bruk i kommunen")

REFUSALS: Final[Mapping[BasisRefusal, Words]] = {
    BasisRefusal.CHANGED_MEANWHILE: _(
        "Noen andre har endret beslutningsgrunnlaget etter at du åpnet siden. Se på det nye, og "
        "prøv igjen. Ingenting er lagret."
    ),
    BasisRefusal.WOULD_BE_INCOMPLETE: _(
        "Kommuner kan allerede svare, og da må grunnlaget være fullstendig. Dette ville mangle: "
        "%(missing)s."
    ),
    BasisRefusal.ROLLOUT_ENDED: _(
        "Innføringsløpet er avsluttet eller avlyst, og grunnlaget kan ikke endres mer."
    ),
    BasisRefusal.NO_TITLE: _("Skriv hva som må være på plass."),
    BasisRefusal.NO_DONE_WHEN: _("Skriv hva som skal til for at det regnes som på plass."),
    BasisRefusal.BAD_DAYS: _("Skriv et antall dager fra 0 til %(days)s."),
    BasisRefusal.NO_SOLUTION: _("Velg løsningen som må være i bruk."),
    BasisRefusal.REQUIRES_ITSELF: _("Løsningen kan ikke kreve seg selv. Velg en annen."),
    BasisRefusal.NO_ROLE: _("Velg rollen som noen må ha."),
    BasisRefusal.TOO_MANY: _(
        "Et grunnlag har høyst %(most)s forutsetninger. Slå sammen noen av dem."
    ),
    BasisRefusal.BAD_HOURS: _(
        "Skriv timene måned for måned med mellomrom, for eksempel 8 6 4,5. Høyst %(months)s "
        "måneder, og høyst %(hours)s timer i hver."
    ),
    BasisRefusal.TOO_MANY_STEPS: _("Fremdriftsplanen i korthet har høyst %(steps)s steg."),
    BasisRefusal.BAD_WEEKS: _("Skriv uker før eller etter oppstart, fra −%(weeks)s til %(weeks)s."),
    BasisRefusal.STANDS_BY_ITSELF: _(
        "Dette vet vi fra leverandøren eller fra oversikten over utbredelse, og det registreres "
        "ikke her."
    ),
    BasisRefusal.NOT_A_STANDING: _("Velg hvordan det står til."),
}


def refusal_words(refusal: BasisRefusal, **words: object) -> str:
    """The sentence, with the limits of the rules filled in."""
    return str(REFUSALS[refusal]) % {
        "days": MAX_DAYS_BEFORE,
        "most": MAX_PREREQUISITES,
        "months": MAX_MONTHS,
        "hours": MAX_HOURS_A_MONTH,
        "steps": MAX_STEPS,
        "weeks": MAX_WEEKS,
        **words,
    }


def hours(value: Decimal) -> str:
    """«45 timer», «1,5 timer», «1 time»."""
    if value == 1:
        return gettext("1 time")
    return gettext("%(hours)s timer") % {"hours": hour_figure(value)}


def hour_figure(value: Decimal) -> str:
    """«45», «1,5»."""
    whole, half = divmod(value, 1)
    if not half:
        return number_words(int(whole))
    tenths = round(half * 10)
    comma = "." if get_language() == "en" else ","
    return f"{number_words(int(whole))}{comma}{tenths}"


def span(value: Span) -> str:
    """«45–90 timer»."""
    if value.low == value.high:
        return hours(Decimal(value.high))
    return gettext("%(low)s–%(high)s timer") % {
        "low": number_words(value.low),
        "high": number_words(value.high),
    }


def kroner(amount: int) -> str:
    """«kr 12 345»."""
    return f"kr{_NBSP}{number_words(amount)}"


def money(value: Money) -> str:
    """«Minst kr 12 345» when something is missing from the sum."""
    if value.complete:
        return kroner(value.amount)
    if not value.amount:
        return gettext("Ikke kjent")
    return gettext("Minst %(kroner)s") % {"kroner": kroner(value.amount)}


def weeks(value: int) -> str:
    """«6 uker før oppstart», «Oppstart», «12 uker etter oppstart»."""
    if value == 0:
        return gettext("Oppstart")
    if value < 0:
        return gettext("%(num)s uker før oppstart") % {"num": -value}
    return gettext("%(num)s uker etter oppstart") % {"num": value}


def kind_choices() -> list[tuple[str, Words]]:
    return [(code.value, KINDS[code]) for code in PrerequisiteKind]


def owner_choices() -> list[tuple[str, Words]]:
    return [(code.value, OWNERS[code]) for code in PrerequisiteOwner]


def told_choices() -> list[tuple[str, Words]]:
    """What can be said: nobody says that it is not known."""
    return [
        (code.value, STANDINGS[code])
        for code in PrerequisiteStanding
        if code is not PrerequisiteStanding.UNKNOWN
    ]

"""The words of the A/B/C card: questions and what their answers mean, types, reasons, refusals."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.portfolio.rules.cards import (
    Blocker,
    BlockerOwner,
    CardRefusal,
    Caution,
    Change,
    Question,
    Reason,
    RolloutType,
    SharedKey,
)

Words = str | Promise

TYPES: Final[Mapping[RolloutType, Words]] = {
    RolloutType.NATIONAL: _("Felles nasjonalt innføringsløp"),
    RolloutType.REGIONAL: _("Felles regionalt innføringsløp"),
    RolloutType.PARTLY: _("Delvis nasjonalt innføringsløp"),
}

TYPE_LETTERS: Final[Mapping[RolloutType, Words]] = {
    RolloutType.NATIONAL: _("A"),
    RolloutType.REGIONAL: _("B"),
    RolloutType.PARTLY: _("C"),
}

TYPE_MEANS: Final[Mapping[RolloutType, Words]] = {
    RolloutType.NATIONAL: _(
        "Kommuner fra hele landet går i samme puljer, med én nasjonal innføringsleder."
    ),
    RolloutType.REGIONAL: _(
        "Kommunene i en region går sammen, med en regional innføringsleder og støtte fra regionen."
    ),
    RolloutType.PARTLY: _(
        "De som kan ta løsningen i bruk nå, går først, i puljer etter noe annet enn geografi."
    ),
}

QUESTIONS: Final[Mapping[Question, Words]] = {
    Question.READY: _("Er løsningen klar for alle, eller bare noen steder?"),
    Question.FITS: _("Passer den til det kommunene trenger, og er gevinstene dokumentert?"),
    Question.TOGETHER: _("Må flere aktører i samme område ta den i bruk samtidig?"),
    Question.CAPACITY: _("Hvem har kompetanse og tid til å lede innføringen?"),
    Question.VENDORS: _("Avgjør leverandøren hvem som kan være med?"),
}

QUESTION_NAMES: Final[Mapping[Question, Words]] = {
    Question.READY: _("Klar for alle"),
    Question.FITS: _("Behov og gevinster"),
    Question.TOGETHER: _("Samtidighet"),
    Question.CAPACITY: _("Kompetanse og kapasitet"),
    Question.VENDORS: _("Avhengig av leverandør"),
}

# What 1, 3 and 5 mean.
LOWEST_MEANS: Final[Mapping[Question, Words]] = {
    Question.READY: _("bare noen få steder"),
    Question.FITS: _("passer dårlig, eller ingen gevinster er vist"),
    Question.TOGETHER: _("hver kommune kan ta den i bruk alene"),
    Question.CAPACITY: _("ingen nasjonal aktør, alt hviler på regionene"),
    Question.VENDORS: _("leverandøren har ingen betydning"),
}

MIDDLE_MEANS: Final[Mapping[Question, Words]] = {
    Question.READY: _("de fleste steder"),
    Question.FITS: _("passer de fleste, noe er dokumentert"),
    Question.TOGETHER: _("det hjelper å gå sammen, men er ikke nødvendig"),
    Question.CAPACITY: _("både nasjonale aktører og regionene har noe"),
    Question.VENDORS: _("noen leverandører mangler, men de fleste er klare"),
}

HIGHEST_MEANS: Final[Mapping[Question, Words]] = {
    Question.READY: _("alle kommuner kan ta den i bruk"),
    Question.FITS: _("passer alle, og gevinstene er godt dokumentert"),
    Question.TOGETHER: _("den virker først når alle i området er med"),
    Question.CAPACITY: _("nasjonale aktører har folk til å lede i hele landet"),
    Question.VENDORS: _("leverandøren avgjør helt hvem som kan være med"),
}

REASONS: Final[Mapping[Reason, Words]] = {
    Reason.ONLY_SOME_PLACES: _(
        "Løsningen er bare klar noen steder. Da bør de som kan, gå først, og de andre få vite hva "
        "de venter på."
    ),
    Reason.NOT_DOCUMENTED: _(
        "Behovet eller gevinstene er for dårlig dokumentert til å be alle om å være med."
    ),
    Reason.VENDORS_DECIDE: _(
        "Hvilken leverandør kommunen har, avgjør om den kan være med. Da må puljene settes sammen "
        "etter system, ikke etter geografi."
    ),
    Reason.REGION_TOGETHER: _(
        "Flere aktører i samme område må ta løsningen i bruk samtidig. Det ordnes best i regionen."
    ),
    Reason.REGIONS_CARRY: _("Kompetansen og tiden til å lede innføringen finnes i regionene."),
    Reason.READY_FOR_ALL: _("Løsningen er klar for de fleste eller alle kommuner."),
    Reason.DOCUMENTED: _("Den passer til det kommunene trenger, og gevinster er vist."),
    Reason.NOBODY_WAITS: _("Kommunene trenger ikke å vente på andre i samme område."),
    Reason.NATION_CARRIES: _("Nasjonale aktører kan lede innføringen på tvers av regionene."),
    Reason.VENDORS_FREE: _("Leverandørene holder ikke mange kommuner utenfor."),
}

CAUTIONS: Final[Mapping[Caution, Words]] = {
    Caution.BACK_TO_TRIAL: _(
        "Et svar er 1. Vurder om løsningen bør prøves ut mer før noen blir invitert."
    ),
    Caution.PARTLY_IN_REGIONS: _(
        "Noe taler også for å gå sammen i regionen. Se om en pulje kan følge både system og region."
    ),
    Caution.NOBODY_CARRIES: _(
        "Ingen nasjonal aktør har tid. Avklar med regionene om de kan bære innføringen, før noen "
        "blir invitert."
    ),
}

KEYS: Final[Mapping[SharedKey, Words]] = {
    SharedKey.RECORD_SYSTEM: _("Samme journalsystem"),
    SharedKey.WELFARE_TECHNOLOGY: _("Samme velferdsteknologi"),
    SharedKey.RESPONSE_CENTRE: _("Samme responssenter"),
    SharedKey.JOINT_PROCUREMENT: _("Felles anskaffelse"),
}

BLOCKERS: Final[Mapping[Blocker, Words]] = {
    Blocker.IN_TEST: _("Til test hos leverandøren"),
    Blocker.IN_DEVELOPMENT: _("Under utvikling hos leverandøren"),
    Blocker.PLANNED: _("Planlagt hos leverandøren"),
    Blocker.NOT_PLANNED: _("Ikke planlagt hos leverandøren"),
    Blocker.NOTHING_SAID: _("Leverandøren har ikke sagt noe"),
    Blocker.SYSTEM_UNKNOWN: _("Systemet er ikke registrert"),
}

OWNERS: Final[Mapping[BlockerOwner, Words]] = {
    BlockerOwner.VENDOR: _("Leverandøren"),
    BlockerOwner.MUNICIPALITY: _("Kommunen"),
}

REFUSALS: Final[Mapping[CardRefusal, Words]] = {
    CardRefusal.NOT_ON_SCALE: _("Velg et svar fra 1 til 5."),
    CardRefusal.NO_ARGUMENT: _("Skriv hvorfor. Et tall uten begrunnelse lagres ikke."),
    CardRefusal.TOO_LONG: _("Teksten er for lang. Skriv kortere."),
    CardRefusal.CHANGED_MEANWHILE: _(
        "Noen har endret svaret mens du skrev: %(what)s. Det du skrev er ikke lagret. Se på det "
        "nye svaret, og lagre en gang til hvis ditt skal gjelde."
    ),
    CardRefusal.CHOSEN_MEANWHILE: _(
        "Gruppa har valgt %(type)s mens du skrev. Det du skrev er ikke lagret. Les begrunnelsen "
        "under, og velg en gang til hvis valget skal være et annet."
    ),
    CardRefusal.NO_REASON: _("Skriv hvorfor. Begrunnelsen vises for alle."),
    CardRefusal.IN_THE_FUTURE: _("Velg i dag eller den dagen valget ble gjort."),
    CardRefusal.BEFORE_THE_LAST: _(
        "Det er valgt senere enn dette, %(day)s. Velg samme dag eller en senere dag."
    ),
    CardRefusal.NO_KEY: _("Velg hva kommunene i en pulje skal ha felles."),
    CardRefusal.KEY_ONLY_FOR_PARTLY: _("Bare C har noe felles i puljene, og en andel."),
    CardRefusal.BAD_SHARE: _("Skriv en andel fra 1 til 100, eller la feltet stå tomt."),
    CardRefusal.SHARE_ALREADY_PASSED: _(
        "Leverandørene er klare i %(percent)s %% av kommunene allerede. Skriv en høyere andel, "
        "eller la feltet stå tomt."
    ),
    CardRefusal.NO_VENDORS: _(
        "En felles prosess har ingen leverandører å vente på. Velg A eller B."
    ),
}


def type_words(found: RolloutType) -> str:
    """«A – felles nasjonalt innføringsløp»."""
    name = str(TYPES[found])
    return f"{TYPE_LETTERS[found]} – {name[:1].lower()}{name[1:]}"


def card_refusal(refusal: CardRefusal, **words: str) -> str:
    return str(REFUSALS[refusal]) % words


def change_words(change: Change, scores: Mapping[Question, int]) -> str:
    """«Blir «Samtidighet» 4 eller høyere, blir forslaget B.»"""
    moves = [
        (
            gettext("«%(question)s» %(score)s eller høyere")
            if move.score > scores[move.question]
            else gettext("«%(question)s» %(score)s eller lavere")
        )
        % {"question": QUESTION_NAMES[move.question], "score": move.score}
        for move in change.moves
    ]
    joined = moves[0]
    if len(moves) > 1:
        joined = gettext("%(before)s og %(last)s") % {
            "before": ", ".join(moves[:-1]),
            "last": moves[-1],
        }
    return gettext("Blir %(moves)s, blir forslaget %(type)s.") % {
        "moves": joined,
        "type": TYPE_LETTERS[change.to],
    }


def rollout_type_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in TYPES.items()]


def question_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in QUESTION_NAMES.items()]


def shared_key_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in KEYS.items()]

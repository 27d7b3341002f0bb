"""The example's A/B/C cards: the report's four cases argued from its chapter 4.3, and four more.

Scores are ours; arguments tell what the report says in our own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from django.utils import translation

from samlop.accounts import texts as account_texts
from samlop.accounts.rules import Role
from samlop.lib.actors import Actor, Machine
from samlop.portfolio.models import CardAnswer, Offer, TypeChoice
from samlop.portfolio.rules.cards import Choosing, Question, RolloutType, SharedKey
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import cards as services
from samlop.portfolio.services.cards import Given

REPORT: Final = "Sluttrapport felles innføringsløp e-helse, 16.02.2024, kap. 4.3"
MADE_UP: Final = "Eksempel: egen vurdering"
REPORTED: Final = date(2024, 2, 16)
FIRST_MEETING: Final = date(2024, 4, 15)
CARE: Final = (Area.NURSING_HOME, Area.HOME_CARE)

READY, FITS, TOGETHER, CAPACITY, VENDORS = Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Answers given on a day; a later round answers some of them anew."""

    on: date
    source: str
    answers: Mapping[Question, tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    slug: str
    areas: tuple[Area, ...]
    rounds: tuple[Round, ...]
    choices: tuple[Choosing, ...] = ()


CASES: Final = (
    Case(
        slug="kjernejournal",
        areas=CARE,
        rounds=(
            Round(
                on=REPORTED,
                source=REPORT,
                answers={
                    READY: (
                        5,
                        "Innført i om lag 263 av 356 kommuner. Ingenting hindrer de siste 93.",
                    ),
                    FITS: (
                        4,
                        "Brukes i legevakt, hos fastleger og på sykehjem. Andre løsninger bygger "
                        "på den, og flere kommuner kan bruke den mer.",
                    ),
                    TOGETHER: (
                        2,
                        "Sykehus og fastleger har den allerede. En kommune kan begynne alene.",
                    ),
                    CAPACITY: (
                        4,
                        "Flere regioner har gjort det før, og NHN og KS kjenner løsningen. De som "
                        "gjenstår, er for få i hver region til et eget løp.",
                    ),
                    VENDORS: (2, "De fleste journalsystemene har støtte for den."),
                },
            ),
        ),
        choices=(
            Choosing(
                type=RolloutType.NATIONAL,
                reason=(
                    "De 93 kommunene ligger spredt i alle regioner. Det er mest effektivt å samle "
                    "dem, med én nasjonal innføringsleder."
                ),
                chosen_on=FIRST_MEETING,
            ),
        ),
    ),
    Case(
        slug="digihelsestasjon",
        areas=(Area.CHILD_HEALTH,),
        rounds=(
            Round(
                on=REPORTED,
                source=REPORT,
                answers={
                    READY: (5, "Innført i 166 kommuner, og i aktiv bruk i 160 av dem."),
                    FITS: (
                        5,
                        "Enkel å innføre, og gir raskt nytte for foreldre og helsesykepleiere.",
                    ),
                    TOGETHER: (
                        4,
                        "Må forankres i helse og oppvekst samtidig, i dialog med kommunene i "
                        "regionen.",
                    ),
                    CAPACITY: (
                        3,
                        "KS har materiell og erfaring, og de regionale gruppene har folk som kan "
                        "lede.",
                    ),
                    VENDORS: (2, "Tre journalsystemer på området, og alle har løsningen."),
                },
            ),
        ),
        choices=(
            Choosing(
                type=RolloutType.REGIONAL,
                reason=(
                    "Kan gjøres nasjonalt også, men forankringen i to sektorer går best i "
                    "regionen. Regionene melder fra til gruppa når de planlegger."
                ),
                chosen_on=FIRST_MEETING,
            ),
        ),
    ),
    Case(
        slug="helhetlig-tjenestemodell",
        areas=(Area.HEALTH_AND_CARE,),
        rounds=(
            Round(
                on=REPORTED,
                source=REPORT,
                answers={
                    READY: (4, "Modellen og det nasjonale materiellet er klart til å brukes."),
                    FITS: (
                        4,
                        "Gir grunnlaget for at velferdsteknologi blir en del av tjenestene.",
                    ),
                    TOGETHER: (
                        4,
                        "Verdien ligger i at kommunene i en region arbeider sammen og deler "
                        "erfaring på felles samlinger.",
                    ),
                    CAPACITY: (
                        2,
                        "Prosesslederen må være en i regionen som kjenner velferdsteknologi og "
                        "kommunene der.",
                    ),
                    VENDORS: (1, "En prosess, ikke en teknisk løsning."),
                },
            ),
        ),
        choices=(
            Choosing(
                type=RolloutType.REGIONAL,
                reason="En felles prosess i regionen, som begynner med å kartlegge status.",
                chosen_on=FIRST_MEETING,
            ),
        ),
    ),
    Case(
        slug="velferdsteknologisk-knutepunkt",
        areas=(Area.HOME_CARE, Area.NURSING_HOME, Area.RESPONSE_SERVICE),
        rounds=(
            Round(
                on=REPORTED,
                source=REPORT,
                answers={
                    READY: (3, "I drift og etterspurt, men ikke for alle systemer."),
                    FITS: (
                        4,
                        "Sparer dobbeltføring mellom journalen og velferdsteknologien.",
                    ),
                    TOGETHER: (
                        2,
                        "Kommunen kan begynne alene, eller sammen med dem den deler responssenter "
                        "med.",
                    ),
                    CAPACITY: (3, "NHN har folk, men kan ikke ta imot mange om gangen."),
                    VENDORS: (
                        5,
                        "Journalsystemet og velferdsteknologien kommunen har, avgjør om den kan "
                        "koble seg til.",
                    ),
                },
            ),
            Round(
                on=date(2026, 1, 12),
                source=MADE_UP,
                answers={
                    CAPACITY: (
                        2,
                        "Folkene hos NHN arbeider nå med det som skal erstatte knutepunktet.",
                    ),
                },
            ),
        ),
        choices=(
            Choosing(
                type=RolloutType.PARTLY,
                reason=(
                    "Puljene må settes sammen etter system, ikke etter geografi. Vi begynner med "
                    "journalsystemet."
                ),
                chosen_on=FIRST_MEETING,
                key=SharedKey.RECORD_SYSTEM,
                move_at=95,
            ),
            Choosing(
                type=RolloutType.PARTLY,
                reason=(
                    "Fortsatt C. Knutepunktet erstattes i løpet av 2026, så de som venter på "
                    "leverandøren, bør vente på det nye."
                ),
                chosen_on=date(2026, 1, 20),
                key=SharedKey.RECORD_SYSTEM,
            ),
        ),
    ),
    Case(
        slug="pasientens-legemiddelliste",
        areas=CARE,
        rounds=(
            Round(
                on=date(2026, 2, 2),
                source=MADE_UP,
                answers={
                    READY: (2, "Under utprøving i kommunene i fem helsefellesskap."),
                    FITS: (3, "Behovet er stort. Gevinstene er ikke målt i kommunene ennå."),
                    TOGETHER: (
                        5,
                        "Sykehus, fastleger og kommunene i et helsefellesskap må ha den samtidig.",
                    ),
                    CAPACITY: (3, "Prosjekter i helseregionene, og et nasjonalt program."),
                    VENDORS: (4, "Bare kommuner med et journalsystem som er klart, kan være med."),
                },
            ),
        ),
    ),
    Case(
        slug="digihelse",
        areas=(Area.HOME_CARE,),
        rounds=(
            Round(
                on=date(2025, 1, 20),
                source=MADE_UP,
                answers={
                    READY: (5, "To puljer er gjennomført, og den tredje er planlagt."),
                    FITS: (4, "Gevinstanalyser finnes, og innbyggerne bruker den."),
                    TOGETHER: (2, "En kommune kan begynne alene."),
                    CAPACITY: (4, "KS leder puljene med en felles fremdriftsplan."),
                    VENDORS: (3, "De største journalsystemene er klare."),
                },
            ),
        ),
        choices=(
            Choosing(
                type=RolloutType.NATIONAL,
                reason="Puljene går på tvers av regionene, med samme fremdriftsplan for alle.",
                chosen_on=date(2025, 2, 10),
            ),
        ),
    ),
    Case(
        slug="digital-hjemmeoppfolging",
        areas=(Area.HOME_CARE,),
        rounds=(
            Round(
                on=date(2026, 3, 9),
                source=MADE_UP,
                answers={
                    READY: (3, "182 kommuner var med i prosjekter ved utgangen av 2024."),
                    FITS: (3, "73 kommuner hadde aktive pasienter. Effektene varierer."),
                    TOGETHER: (5, "Kommunene og sykehuset i et helsefellesskap følger opp sammen."),
                },
            ),
        ),
    ),
    Case(
        slug="elektronisk-medisineringsstotte",
        areas=(Area.HOME_CARE,),
        rounds=(
            Round(
                on=date(2025, 5, 5),
                source=MADE_UP,
                answers={
                    READY: (4, "Brukes i mange kommuner som en ordinær tjeneste."),
                    FITS: (5, "Spart tid og færre feil er dokumentert."),
                    TOGETHER: (3, "Kommuner som anskaffer sammen, bør begynne sammen."),
                    CAPACITY: (2, "Regionene kjenner anskaffelsene og leverandørene."),
                    VENDORS: (3, "Flere leverandører, og de fleste er klare."),
                },
            ),
        ),
        choices=(
            Choosing(
                type=RolloutType.REGIONAL,
                reason="Kommunene i regionen anskaffer sammen og innfører sammen.",
                chosen_on=date(2025, 6, 2),
            ),
        ),
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Answer and choose where nobody has; returns how many answers and choices were made."""
    offers = {
        (offer.solution.slug, Area(offer.area)): offer
        for offer in Offer.objects.select_related("solution")
    }
    answered = set(CardAnswer.objects.values_list("offer_id", flat=True))
    chosen = set(TypeChoice.objects.values_list("offer_id", flat=True))
    programme = _in_role(Role.PROGRAMME)
    group = _in_role(Role.COORDINATION_GROUP_MEMBER)
    made = 0
    for case in CASES:
        for area in case.areas:
            offer = offers.get((case.slug, area))
            if offer is None:
                continue
            if offer.pk not in answered:
                made += sum(_answer(offer, one, by=programme, on=on) for one in case.rounds)
            if offer.pk not in chosen:
                made += _choose(offer, case.choices, by=group, on=on)
    return made


def _in_role(role: Role) -> Machine:
    with translation.override("nb"):
        return Machine(str(account_texts.ROLES[role]))


def _answer(offer: Offer, one: Round, *, by: Actor, on: date) -> int:
    if one.on > on:
        return 0
    newest = CardAnswer.objects.filter(offer=offer).newest()
    return services.answer(
        offer=offer,
        answers={
            question: Given(score=score, argument=argument, source=one.source)
            for question, (score, argument) in one.answers.items()
        },
        seen={Question(row.question): row.number for row in newest},
        by=by,
        on=one.on,
        at=_noon(one.on),
    )


def _choose(offer: Offer, choices: tuple[Choosing, ...], *, by: Actor, on: date) -> int:
    made = 0
    for wish in choices:
        if wish.chosen_on <= on:
            services.choose(
                offer=offer,
                wish=wish,
                seen=made,
                by=by,
                on=wish.chosen_on,
                at=_noon(wish.chosen_on),
            )
            made += 1
    return made


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)

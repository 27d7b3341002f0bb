"""How far the vendors have come in the example: invented, and every row says so.

Which version of which record system supports what is not public in one place. The days lie in
an order that the report's numbers make likely; live ones are relative to the day it is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from samlop.lib.actors import Actor
from samlop.municipalities.models import Product
from samlop.portfolio.models import Offer, ReadinessEvent
from samlop.portfolio.rules.readiness import Claim, Readiness, Teller
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import readiness as services

SOURCE: Final = "Eksempel: oppdiktet, ikke opplyst av leverandøren"
CARE: Final = (Area.NURSING_HOME, Area.HOME_CARE)

PROFIL, FLYT, GERICA, COSDOC, COMMON = (
    "visma-omsorg-profil",
    "visma-flyt-helse",
    "gerica",
    "cosdoc",
    "helseplattformen",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody said; a number of days is counted from the day the example is loaded."""

    told: date | int
    state: Readiness
    release: date | int | None = None
    version: str = ""
    teller: Teller = Teller.VENDOR
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    solution: str
    areas: tuple[Area, ...]
    product: str
    words: tuple[Word, ...]


def _out(day: date, version: str, *, teller: Teller = Teller.VENDOR) -> Word:
    return Word(told=day, state=Readiness.RELEASED, release=day, version=version, teller=teller)


def _planned(told: date | int, release: date | int, reason: str = "") -> Word:
    return Word(told=told, state=Readiness.PLANNED, release=release, reason=reason)


def _developed(told: date | int, release: date | int | None = None, reason: str = "") -> Word:
    return Word(told=told, state=Readiness.IN_DEVELOPMENT, release=release, reason=reason)


def _tested(told: date | int, release: date | int | None = None, reason: str = "") -> Word:
    return Word(told=told, state=Readiness.IN_TEST, release=release, reason=reason)


RECORD: Final = "kjernejournal"
CHILD: Final = "digihelsestasjon"
HUB: Final = "velferdsteknologisk-knutepunkt"
MEDICINES: Final = "pasientens-legemiddelliste"
DIALOGUE: Final = "digihelse"
FOLLOW_UP: Final = "digital-hjemmeoppfolging"
DISPENSING: Final = "elektronisk-medisineringsstotte"

ROWS: Final = (
    # Ready nearly everywhere: those left wait for something else than their vendor.
    Row(RECORD, CARE, GERICA, (_out(date(2019, 12, 1), "2019.3"),)),
    Row(RECORD, CARE, PROFIL, (_out(date(2020, 3, 1), "20.1"),)),
    Row(RECORD, CARE, COSDOC, (_out(date(2020, 10, 1), "4.6"),)),
    Row(
        RECORD,
        CARE,
        FLYT,
        (
            _planned(date(2022, 1, 10), date(2022, 6, 1)),
            _developed(date(2022, 5, 2), date(2022, 11, 1), "Innloggingen måtte lages om."),
            _out(date(2022, 11, 21), "22.4"),
        ),
    ),
    Row(RECORD, CARE, COMMON, (_out(date(2022, 5, 7), "mai 2022", teller=Teller.PROGRAMME),)),
    Row(RECORD, (Area.EMERGENCY_CARE,), "cgm-legevakt", (_out(date(2017, 3, 1), "5.2"),)),
    Row(CHILD, (Area.CHILD_HEALTH,), "visma-helsestasjon", (_out(date(2019, 2, 1), "19.1"),)),
    Row(CHILD, (Area.CHILD_HEALTH,), "cgm-helsestasjon", (_out(date(2020, 9, 1), "8.0"),)),
    Row(
        CHILD,
        (Area.CHILD_HEALTH,),
        "infodoc-helsestasjon",
        (
            _planned(date(2022, 9, 1), date(2023, 3, 1)),
            _out(date(2023, 3, 14), "6.1"),
        ),
    ),
    Row(
        CHILD,
        (Area.CHILD_HEALTH,),
        COMMON,
        (_developed(-400), _tested(-90, 60)),
    ),
    # Both the record system and the welfare technology must be there.
    Row(HUB, CARE, GERICA, (_out(date(2021, 6, 1), "2021.2"),)),
    Row(HUB, CARE, PROFIL, (_out(date(2021, 9, 1), "21.3"),)),
    Row(HUB, CARE, COSDOC, (_out(date(2022, 3, 1), "5.1"),)),
    Row(
        HUB,
        CARE,
        FLYT,
        (
            _planned(-500, -380),
            _planned(
                -390,
                -200,
                reason="Knutepunktet skal erstattes, og vi ville vite av hva først.",
            ),
            Word(
                told=-210,
                state=Readiness.NOT_PLANNED,
                reason="Vi venter på tjenestene som skal erstatte knutepunktet.",
            ),
        ),
    ),
    Row(HUB, (Area.HOME_CARE,), "eksempel-dispenser", (_out(date(2022, 1, 17), "3.4"),)),
    Row(
        HUB,
        (Area.NURSING_HOME,),
        "eksempel-tilsyn",
        (_developed(-300, -100), _tested(-120, 45, "Sikkerhetstesten måtte gjøres om igjen.")),
    ),
    Row(
        HUB,
        (Area.RESPONSE_SERVICE,),
        "eksempel-respons",
        (_out(date(2021, 11, 1), "2.0"),),
    ),
    # On trial in municipal care: one is out, and the dates of the others have moved.
    Row(
        MEDICINES,
        CARE,
        GERICA,
        (
            _planned(-420, -120),
            _tested(-160, -30, "Feil funnet i utprøvingen."),
            _tested(-40, 50, "Rettingene skal prøves på nytt."),
        ),
    ),
    Row(
        MEDICINES,
        CARE,
        PROFIL,
        (
            _planned(-420, -60),
            _developed(-130, 90, "Venter på en endring i et annet system."),
            _developed(-45, 120, "Én runde til i utprøvingen."),
        ),
    ),
    Row(MEDICINES, CARE, COSDOC, (_planned(-200, 160),)),
    Row(MEDICINES, CARE, FLYT, (_planned(-75, 240),)),
    Row(
        MEDICINES,
        CARE,
        COMMON,
        (Word(told=-150, state=Readiness.IN_DEVELOPMENT, teller=Teller.PROGRAMME),),
    ),
    Row(DIALOGUE, (Area.HOME_CARE,), GERICA, (_out(date(2018, 10, 1), "2018.2"),)),
    Row(DIALOGUE, (Area.HOME_CARE,), PROFIL, (_out(date(2019, 4, 1), "19.2"),)),
    Row(DIALOGUE, (Area.HOME_CARE,), COSDOC, (_out(date(2021, 1, 15), "4.8"),)),
    # Its day has gone without anybody saying why.
    Row(DIALOGUE, (Area.HOME_CARE,), FLYT, (_planned(-140, -70), _tested(-85, -12, "Mer test."))),
    Row(DIALOGUE, (Area.HOME_CARE,), COMMON, (Word(told=-90, state=Readiness.NOT_PLANNED),)),
    Row(FOLLOW_UP, (Area.HOME_CARE,), GERICA, (_developed(-100, 150),)),
    Row(FOLLOW_UP, (Area.HOME_CARE,), PROFIL, (_tested(-50, 30),)),
    Row(FOLLOW_UP, (Area.HOME_CARE,), COSDOC, (_planned(-20, 300),)),
    Row(DISPENSING, (Area.HOME_CARE,), "eksempel-dispenser", (_out(date(2023, 5, 2), "4.0"),)),
)


def load(*, by: Actor, on: date) -> int:
    """Say what has been said by the day of each row that nobody has spoken of; returns how many."""
    offers = {
        (offer.solution.slug, Area(offer.area)): offer
        for offer in Offer.objects.select_related("solution")
    }
    products = {product.slug: product for product in Product.objects.all()}
    spoken = set(ReadinessEvent.objects.values_list("offer_id", "product_id"))
    made = 0
    for offer, product, words in _wanted(offers, products):
        if (offer.pk, product.pk) not in spoken:
            made += _say(offer, product, words, by=by, on=on)
    return made


def _wanted(
    offers: dict[tuple[str, Area], Offer], products: dict[str, Product]
) -> Iterator[tuple[Offer, Product, tuple[Word, ...]]]:
    for row in ROWS:
        for area in row.areas:
            offer, product = offers.get((row.solution, area)), products.get(row.product)
            if offer is not None and product is not None:
                yield offer, product, row.words


def _say(offer: Offer, product: Product, words: tuple[Word, ...], *, by: Actor, on: date) -> int:
    seen: int | None = None
    said = [(_day(word.told, on), word) for word in words]
    for told_on, word in said:
        if told_on > on:
            continue
        event = services.state(
            offer=offer,
            product=product,
            seen=seen,
            claim=Claim(
                state=word.state,
                version=word.version,
                release_on=_day(word.release, on) if word.release is not None else None,
            ),
            teller=word.teller,
            source=SOURCE,
            reason=f"Eksempel: {word.reason}" if word.reason else "",
            by=by,
            on=told_on,
            at=datetime.combine(told_on, time(9), tzinfo=UTC),
        )
        seen = event.pk
    return int(seen is not None)


def _day(day: date | int, on: date) -> date:
    return on + timedelta(days=day) if isinstance(day, int) else day

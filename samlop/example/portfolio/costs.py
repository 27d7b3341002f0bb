"""What the example's solutions cost. How VKP and Digihelse are paid for is fact; amounts that no
public page gives are made up, and every one of those says «Eksempel»."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from django.utils import translation

from samlop.accounts import texts as account_texts
from samlop.accounts.rules import Role
from samlop.lib.actors import Actor, Machine
from samlop.municipalities.models import Product, Vendor
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.portfolio.models import CostModel, Offer, VendorDeal
from samlop.portfolio.rules.costs import CostKey, CostKind, Deal, Line, Model, PricePer, Span
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import costs as services

MADE_UP: Final = "Eksempel: oppdiktet beløp"
LAW: Final = "Pasientjournalloven; beløpet er et eksempel"
REGULATION: Final = (
    "Forskrift om standarder og nasjonale e-helseløsninger § 13; beløpet er et eksempel"
)
DIGIFIN: Final = "KS, Digifin-ordningen: kr 20 per innbygger"
COUNTED: Final = date(2024, 2, 16)


def _hours(leader: Span, it: Span, super_user: Span, epj: Span) -> dict[CapacityRole, Span]:
    return {
        CapacityRole.HEALTH_LEADER: leader,
        CapacityRole.IT: it,
        CapacityRole.SUPER_USER: super_user,
        CapacityRole.EPJ_MANAGER: epj,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A model from a day on; `grows` is what its totals grow by in the coming year."""

    slug: str
    area: Area
    model: Model
    source: str
    since: date
    for_all_areas: bool = False
    note: str = ""
    grows: Decimal | None = None


CASES: Final = (
    Case(
        slug="kjernejournal",
        area=Area.NURSING_HOME,
        for_all_areas=True,
        since=date(2024, 1, 1),
        source=LAW,
        note=(
            "Kommunene betaler for de nasjonale e-helseløsningene enten de bruker dem eller ikke. "
            "Å ta den i bruk koster ikke mer per år."
        ),
        model=Model(
            lines=(
                Line(
                    kind=CostKind.FIXED_SHARE,
                    title="Drift og forvaltning, kommunenes del",
                    amount=Decimal(96_000_000),
                    key=CostKey.HEALTH_NEED,
                    source=LAW,
                ),
            ),
            hours=_hours(Span(6, 10), Span(10, 20), Span(15, 30), Span(12, 20)),
            adopters=264,
        ),
        grows=Decimal("1.04"),
    ),
    Case(
        slug="velferdsteknologisk-knutepunkt",
        area=Area.NURSING_HOME,
        for_all_areas=True,
        since=date(2024, 1, 1),
        source=REGULATION,
        note=(
            "Halvparten deles på alle kommuner og betales på forskudd hvert kvartal. Den andre "
            "halvparten deles på dem som bruker knutepunktet, og betales etterskuddsvis hvert "
            "halvår. Jo flere som kobler seg til, jo mindre betaler hver."
        ),
        model=Model(
            lines=(
                Line(
                    kind=CostKind.FIXED_SHARE,
                    title="Fast halvdel av drift og forvaltning",
                    amount=Decimal(12_000_000),
                    key=CostKey.HEALTH_NEED,
                    source=REGULATION,
                ),
                Line(
                    kind=CostKind.VARIABLE_SHARE,
                    title="Variabel halvdel av drift og forvaltning",
                    amount=Decimal(12_000_000),
                    key=CostKey.HEALTH_NEED,
                    source=REGULATION,
                ),
            ),
            hours=_hours(Span(4, 8), Span(20, 40), Span(10, 20), Span(20, 40)),
            adopters=110,
        ),
        grows=Decimal("1.05"),
    ),
    Case(
        slug="digihelse",
        area=Area.HOME_CARE,
        since=date(2025, 1, 1),
        source="KS: avtale om Digihelse og Digifin-ordningen",
        note="Engangsbeløpet går tilbake til Digifin-ordningen.",
        model=Model(
            lines=(
                Line(
                    kind=CostKind.ONCE_PER_INHABITANT,
                    title="Bidrag til Digifin-ordningen",
                    amount=Decimal(20),
                    source=DIGIFIN,
                ),
                Line(
                    kind=CostKind.JOINED_PER_INHABITANT,
                    title="Drift og forvaltning",
                    amount=Decimal("3.35"),
                    source=MADE_UP,
                ),
            ),
            hours=_hours(Span(8, 12), Span(8, 15), Span(20, 40), Span(15, 25)),
        ),
    ),
    Case(
        slug="digihelsestasjon",
        area=Area.CHILD_HEALTH,
        since=date(2024, 6, 1),
        source=MADE_UP,
        model=Model(
            lines=(
                Line(
                    kind=CostKind.JOINED_PER_INHABITANT,
                    title="Drift og forvaltning",
                    amount=Decimal("2.40"),
                    source=MADE_UP,
                ),
            ),
            hours=_hours(Span(4, 8), Span(4, 8), Span(10, 20), Span(8, 15)),
            adopters=166,
        ),
    ),
    Case(
        slug="velferdsteknologisk-knutepunkt",
        area=Area.HOME_CARE,
        since=date(2025, 1, 1),
        source=MADE_UP,
        model=Model(
            lines=(
                Line(
                    kind=CostKind.ONCE_EACH,
                    title="Tilkobling",
                    amount=Decimal(15_000),
                    source=MADE_UP,
                ),
                Line(
                    kind=CostKind.JOINED_PER_INHABITANT,
                    title="Drift og forvaltning",
                    amount=Decimal("0.90"),
                    source=MADE_UP,
                ),
            ),
            hours=_hours(Span(4, 8), Span(15, 30), Span(15, 25), Span(15, 25)),
        ),
    ),
    Case(
        slug="helhetlig-tjenestemodell",
        area=Area.HEALTH_AND_CARE,
        since=date(2024, 6, 1),
        source="Eksempel: egne anslag",
        note="En felles prosess koster ingenting i kroner. Den koster tid.",
        model=Model(
            hours={
                CapacityRole.HEALTH_LEADER: Span(15, 30),
                CapacityRole.SUPER_USER: Span(20, 40),
            }
        ),
    ),
    Case(
        slug="elektronisk-medisineringsstotte",
        area=Area.HOME_CARE,
        since=date(2025, 6, 1),
        source=MADE_UP,
        model=Model(
            lines=(
                Line(
                    kind=CostKind.ONCE_EACH,
                    title="Felles anskaffelse, kommunens del",
                    amount=Decimal(25_000),
                    source=MADE_UP,
                ),
            ),
            hours=_hours(Span(6, 12), Span(10, 20), Span(25, 50), Span(6, 12)),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A joint offer that holds until so many days after the example's day."""

    slug: str
    area: Area
    vendor: str
    product: str = ""
    one_off: int | None = None
    yearly: int | None = None
    included: str
    days: int


DEALS: Final = (
    Offered(
        slug="kjernejournal",
        area=Area.NURSING_HOME,
        vendor="visma",
        one_off=18_000,
        included="Oppsett, test og ett nettkurs for superbrukere.",
        days=220,
    ),
    Offered(
        slug="kjernejournal",
        area=Area.NURSING_HOME,
        vendor="tietoevry",
        product="gerica",
        one_off=14_500,
        yearly=3_600,
        included="Oppsett og support. Opplæring kommer i tillegg.",
        days=400,
    ),
    Offered(
        slug="digihelse",
        area=Area.HOME_CARE,
        vendor="tietoevry",
        product="gerica",
        one_off=42_000,
        yearly=12_000,
        included="Etablering, to kursdager og support.",
        days=120,
    ),
    Offered(
        slug="elektronisk-medisineringsstotte",
        area=Area.HOME_CARE,
        vendor="eksempel-trygghet",
        product="eksempel-dispenser",
        yearly=30_000,
        included="Inntil 20 dispensere med drift, opplæring og bytte ved feil.",
        days=300,
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Publish a model where there is none, and register joint offers once; returns how many."""
    with translation.override("nb"):
        by = Machine(str(account_texts.ROLES[Role.PROGRAMME]))
    offers = {
        (offer.solution.slug, Area(offer.area)): offer
        for offer in Offer.objects.select_related("solution")
    }
    priced = set(CostModel.objects.values_list("offer_id", flat=True))
    made = 0
    for case in CASES:
        offer = offers.get((case.slug, case.area))
        if offer is not None and offer.pk not in priced:
            made += _publish(offer, case, by=by, on=on)
    if not VendorDeal.objects.exists():
        made += sum(_register(offers, one, by=by, on=on) for one in DEALS)
    return made


def _publish(offer: Offer, case: Case, *, by: Actor, on: date) -> int:
    """Its first version, and the one for the coming year when the totals grow."""
    versions = [(case.model, min(case.since, on))]
    if case.grows is not None:
        lines = tuple(
            replace(line, amount=(line.amount * case.grows).quantize(Decimal(1)))
            for line in case.model.lines
        )
        versions.append((replace(case.model, lines=lines), date(on.year + 1, 1, 1)))
    for seen, (model, since) in enumerate(versions):
        services.publish(
            offer=offer,
            model=model,
            valid_from=since,
            source=case.source,
            note=case.note,
            for_all_areas=case.for_all_areas,
            seen=seen,
            adopters_on=COUNTED if model.adopters is not None else None,
            by=by,
            at=_noon(min(since, on)),
        )
    return len(versions)


def _register(offers: dict[tuple[str, Area], Offer], one: Offered, *, by: Actor, on: date) -> int:
    offer = offers.get((one.slug, one.area))
    if offer is None:
        return 0
    began = date(on.year, 1, 1)
    services.add_deal(
        offer=offer,
        vendor=Vendor.objects.get(slug=one.vendor),
        product=Product.objects.get(slug=one.product) if one.product else None,
        deal=Deal(
            pk=0,
            vendor="",
            one_off=Decimal(one.one_off) if one.one_off is not None else None,
            yearly=Decimal(one.yearly) if one.yearly is not None else None,
            per=PricePer.MUNICIPALITY,
            included=one.included,
            valid_to=date.fromordinal(on.toordinal() + one.days),
            source="Eksempel: oppdiktet tilbud",
        ),
        valid_from=began,
        by=by,
        at=_noon(began),
    )
    return 1


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)

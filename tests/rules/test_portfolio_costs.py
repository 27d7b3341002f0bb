"""Shares that add up to the krone, the four lines of a municipality, and hours by its size."""

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from samlop.municipalities.rules.capacity import SizeClass
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.portfolio.rules import costs
from samlop.portfolio.rules.costs import (
    Calculation,
    CostKey,
    CostKind,
    CostPlace,
    CostRefusal,
    Country,
    Deal,
    Line,
    Model,
    Money,
    PricePer,
    Span,
)

D = Decimal


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        # The worked examples of the docs.
        (D(100), {1: 1, 2: 1, 3: 1}, {1: 34, 2: 33, 3: 33}),
        (D(100), {1: 1, 2: 2, 3: 3}, {1: 17, 2: 33, 3: 50}),
        (D("99.50"), {1: 1, 2: 1}, {1: 50, 2: 50}),
        (D(1), {1: 1, 2: 2}, {1: 0, 2: 1}),
        (D(0), {1: 1, 2: 2}, {1: 0, 2: 0}),
        (D(10), {1: 0, 2: 5}, {1: 0, 2: 10}),
        (D(7), {1: D("0.1"), 2: D("0.2")}, {1: 2, 2: 5}),
        (D(10**9), {1: 3_712, 2: 717_710}, {1: 5_145_393, 2: 994_854_607}),
    ],
)
def test_split(total: Decimal, weights: dict[int, int], parts: dict[int, int]) -> None:
    assert costs.split(total, weights) == parts


def test_the_parts_always_add_up_and_none_is_a_krone_off() -> None:
    dice = random.Random(4)
    for _ in range(200):
        weights = {pk: dice.randint(0, 700_000) for pk in range(dice.randint(1, 357))}
        if not any(weights.values()):
            continue
        total = D(dice.randint(0, 10**11)) / 100
        parts = costs.split(total, weights)
        assert sum(parts.values()) == costs.whole(total)
        everything = sum(weights.values())
        for pk, part in parts.items():
            assert abs(part - Fraction(costs.whole(total)) * weights[pk] / everything) < 1


@pytest.mark.parametrize("weights", [{}, {1: 0}, {1: 0, 2: 0}, {1: -1, 2: 5}])
def test_nothing_can_be_divided_by_nothing(weights: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="Nothing to divide by"):
        costs.split(D(100), weights)


@pytest.mark.parametrize(
    ("amount", "kroner"),
    [(D("0.49"), 0), (D("0.50"), 1), (D("1.5"), 2), (D("2.5"), 3), (Fraction(7, 2), 4), (5, 5)],
)
def test_half_a_krone_goes_up(amount: Decimal, kroner: int) -> None:
    assert costs.whole(amount) == kroner


@pytest.mark.parametrize(
    ("adopters", "kroner"),
    [
        (357, 120_000),
        (200, 212_766),
        (100, 420_597),
        # Alone it pays the whole of the other half.
        (1, 12_000_000),
    ],
)
def test_the_more_who_join_the_less_each_pays(adopters: int, kroner: int) -> None:
    own = Fraction(1, 100)
    assert costs.share_among(D(12_000_000), own, 1, of=357, adopters=adopters) == pytest.approx(
        kroner, abs=1000
    )


def test_the_worked_example_of_vkp_is_exact() -> None:
    own = Fraction(1, 100)
    assert costs.share_among(D(12_000_000), own, 1, of=357, adopters=100) == 420_597
    assert costs.share_among(D(12_000_000), own, 1, of=357, adopters=357) == 120_000
    assert costs.share_among(D(500), 1, 1, of=1, adopters=1) == 500
    assert costs.share_among(D(500), 0, 0, of=2, adopters=1) == 0


# --- the four lines ---

SMALL, MIDDLE, LARGE = 1, 2, 3
COUNTRY = Country(
    municipalities=(SMALL, MIDDLE, LARGE, 4),
    inhabitants={SMALL: 3_712, MIDDLE: 6_288, LARGE: 90_000},
)
VKP = Model(
    lines=(
        Line(
            kind=CostKind.FIXED_SHARE,
            title="Fast andel",
            amount=D(12_000_000),
            key=CostKey.HEALTH_NEED,
            source="Forskriften",
        ),
        Line(
            kind=CostKind.VARIABLE_SHARE,
            title="Variabel andel",
            amount=D(12_000_000),
            key=CostKey.HEALTH_NEED,
        ),
    ),
    hours={
        CapacityRole.IT: Span(10, 20),
        CapacityRole.SUPER_USER: Span(10, 20),
    },
    adopters=2,
)
DIGIHELSE = Model(lines=(Line(kind=CostKind.ONCE_PER_INHABITANT, title="Digifin", amount=D(20)),))


def figure(model: Model, municipality: int = SMALL, adopters: int | None = None) -> costs.Figure:
    return Calculation.of(model, COUNTRY).figure(municipality, adopters=adopters)


def test_digihelse_costs_20_kroner_per_inhabitant_once() -> None:
    found = figure(DIGIHELSE)
    assert found.sum(CostPlace.ONE_OFF) == Money(74_240)
    assert found.sum(CostPlace.ANYWAY) == found.sum(CostPlace.IF_JOINING) == Money(0)
    assert found.span == Span(0, 0)


def test_half_of_vkp_falls_on_everybody_and_adds_up() -> None:
    calculation = Calculation.of(VKP, COUNTRY)
    anyway = [calculation.figure(pk).sum(CostPlace.ANYWAY) for pk in (SMALL, MIDDLE, LARGE)]
    assert [one.amount for one in anyway] == [445_440, 754_560, 10_800_000]
    assert sum(one.amount for one in anyway) == 12_000_000


def test_the_other_half_of_vkp_falls_on_those_who_use_it() -> None:
    now, all_of_them = figure(VKP), figure(VKP, adopters=4)
    # Two of four: itself and one of the average weight of the other three.
    average = Fraction(96_288, 3)
    exact = Fraction(12_000_000) * 3_712 / (3_712 + average)
    assert now.sum(CostPlace.IF_JOINING).amount == costs.whole(exact)
    assert all_of_them.sum(CostPlace.IF_JOINING) == all_of_them.sum(CostPlace.ANYWAY)
    (part,) = now.of(CostPlace.IF_JOINING)
    assert (part.adopters, part.own, part.among) == (2, Fraction(3_712), 3_712 + average)


def test_inhabitants_stand_in_for_the_key_until_it_is_loaded() -> None:
    assert all(part.stands_in for part in figure(VKP).parts)
    loaded = Country(
        municipalities=COUNTRY.municipalities,
        inhabitants=COUNTRY.inhabitants,
        need={SMALL: D("0.01"), MIDDLE: D("0.02"), LARGE: D("0.96"), 4: D("0.01")},
    )
    found = Calculation.of(VKP, loaded).figure(SMALL)
    assert found.sum(CostPlace.ANYWAY) == Money(120_000)
    assert not any(part.stands_in for part in found.parts)


def test_what_is_not_known_is_said_not_to_be() -> None:
    unknown = figure(VKP, municipality=4)
    assert unknown.sum(CostPlace.ANYWAY) == Money(0, complete=False)
    assert figure(DIGIHELSE, municipality=4).sum(CostPlace.ONE_OFF) == Money(0, complete=False)
    without_adopters = Model(lines=VKP.lines)
    found = figure(without_adopters)
    assert found.sum(CostPlace.IF_JOINING) == Money(0, complete=False)
    assert found.sum(CostPlace.ANYWAY).complete
    nowhere = Calculation.of(VKP, Country(municipalities=(1, 2))).figure(1)
    assert not nowhere.sum(CostPlace.ANYWAY).complete


@pytest.mark.parametrize(("asked", "counted"), [(0, 1), (-3, 1), (3, 3), (900, 4), (None, 2)])
def test_a_number_of_adopters_is_one_to_all(asked: int | None, counted: int) -> None:
    assert figure(VKP, adopters=asked).adopters == counted


@pytest.mark.parametrize(
    ("kind", "place", "kroner"),
    [
        (CostKind.ALWAYS_PER_INHABITANT, CostPlace.ANYWAY, 9_280),
        (CostKind.ALWAYS_EACH, CostPlace.ANYWAY, 3),
        (CostKind.JOINED_PER_INHABITANT, CostPlace.IF_JOINING, 9_280),
        (CostKind.JOINED_EACH, CostPlace.IF_JOINING, 3),
        (CostKind.ONCE_PER_INHABITANT, CostPlace.ONE_OFF, 9_280),
        (CostKind.ONCE_EACH, CostPlace.ONE_OFF, 3),
    ],
)
def test_a_price_is_for_each_or_for_each_inhabitant(
    kind: CostKind, place: CostPlace, kroner: int
) -> None:
    found = figure(Model(lines=(Line(kind=kind, title="Pris", amount=D("2.50")),)))
    assert {one: found.sum(one).amount for one in CostPlace if found.of(one)} == {place: kroner}


def test_equally_is_the_same_for_all() -> None:
    line = Line(kind=CostKind.FIXED_SHARE, title="Likt", amount=D(402), key=CostKey.EQUAL)
    calculation = Calculation.of(Model(lines=(line,)), COUNTRY)
    shares = [calculation.figure(pk).sum(CostPlace.ANYWAY).amount for pk in (1, 2, 3, 4)]
    assert shares == [101, 101, 100, 100]


DEAL = Deal(pk=1, vendor="Visma", one_off=D(18_000), yearly=D("4.5"), included="Oppsett")


def test_a_joint_offer_is_added_to_its_two_lines() -> None:
    calculation = Calculation.of(DIGIHELSE, COUNTRY)
    found = calculation.figure(SMALL, deals=[DEAL])
    assert found.sum(CostPlace.ONE_OFF) == Money(92_240)
    assert found.sum(CostPlace.IF_JOINING) == Money(5)
    per_head = Deal(pk=2, vendor="Visma", yearly=D("4.5"), per=PricePer.INHABITANT)
    assert calculation.figure(SMALL, deals=[per_head]).sum(CostPlace.IF_JOINING) == Money(16_704)
    assert not calculation.figure(4, deals=[per_head]).sum(CostPlace.IF_JOINING).complete


@pytest.mark.parametrize(
    ("product", "used", "fits"),
    [(7, {7, 8}, True), (9, {7, 8}, False), (None, set(), True), (None, {7}, True)],
)
def test_a_joint_offer_fits_those_who_use_the_product(
    product: int | None, used: set[int], fits: bool
) -> None:
    assert costs.fits(vendor=1, product=product, used=used, used_vendors={1}) is fits
    assert not costs.fits(vendor=2, product=None, used=used, used_vendors={1})


@pytest.mark.parametrize(
    ("size", "it", "super_user"),
    [
        (SizeClass.UNDER_2000, Span(4, 8), Span(4, 8)),
        (SizeClass.UNDER_10000, Span(10, 20), Span(10, 20)),
        (SizeClass.UNDER_50000, Span(27, 53), Span(30, 60)),
        (SizeClass.FROM_100000, Span(87, 173), Span(120, 240)),
    ],
)
def test_hours_follow_the_size(size: SizeClass, it: Span, super_user: Span) -> None:
    assert costs.hours_in(VKP.hours, size) == {
        CapacityRole.IT: it,
        CapacityRole.SUPER_USER: super_user,
    }


def test_solutions_together_are_the_sum_of_what_is_shown() -> None:
    figures = [figure(VKP), figure(DIGIHELSE)]
    sums, span = costs.whole_sums(figures)
    assert sums[CostPlace.ANYWAY] == Money(445_440)
    assert sums[CostPlace.ONE_OFF] == Money(74_240)
    assert span == figures[0].span
    assert costs.whole_sums([]) == ({place: Money(0) for place in CostPlace}, Span(0, 0))


@pytest.mark.parametrize(
    ("adopters", "of", "steps"),
    [
        (264, 357, (264, 300, 350, 357)),
        (None, 357, (1, 50, 100, 150, 200, 250, 300, 350, 357)),
        (357, 357, (357,)),
        (400, 357, (357,)),
        (2, 0, ()),
    ],
)
def test_the_table_shows_now_and_round_numbers(
    adopters: int | None, of: int, steps: tuple[int, ...]
) -> None:
    assert costs.steps(adopters, of) == steps


# --- saving ---

GOOD = Line(kind=CostKind.ONCE_EACH, title="Oppstart", amount=D(1))


@pytest.mark.parametrize(
    ("model", "source", "refusal"),
    [
        (VKP, "Forskriften", None),
        (Model(hours=VKP.hours), "Vi", None),
        (VKP, " ", CostRefusal.NO_SOURCE),
        (Model(), "Vi", CostRefusal.NOTHING_AT_ALL),
        (Model(lines=(GOOD,) * (costs.MAX_LINES + 1)), "Vi", CostRefusal.TOO_MANY_LINES),
        (
            Model(lines=(Line(kind=CostKind.ONCE_EACH, title=" ", amount=D(1)),)),
            "Vi",
            CostRefusal.NO_TITLE,
        ),
        (
            Model(lines=(Line(kind=CostKind.ONCE_EACH, title="x", amount=D(0)),)),
            "Vi",
            CostRefusal.BAD_AMOUNT,
        ),
        (
            Model(lines=(Line(kind=CostKind.ONCE_EACH, title="x", amount=costs.MAX_AMOUNT + 1),)),
            "Vi",
            CostRefusal.BAD_AMOUNT,
        ),
        (
            Model(lines=(Line(kind=CostKind.FIXED_SHARE, title="x", amount=D(1)),)),
            "Vi",
            CostRefusal.NO_KEY,
        ),
        (
            Model(
                lines=(Line(kind=CostKind.ONCE_EACH, title="x", amount=D(1), key=CostKey.EQUAL),)
            ),
            "Vi",
            CostRefusal.NO_KEY,
        ),
        (Model(lines=VKP.lines), "Vi", CostRefusal.NO_ADOPTERS),
        (Model(lines=VKP.lines, adopters=5), "Vi", CostRefusal.TOO_MANY_ADOPTERS),
        (Model(hours={CapacityRole.IT: Span(9, 8)}), "Vi", CostRefusal.BAD_HOURS),
        (
            Model(hours={CapacityRole.IT: Span(0, costs.MAX_HOURS + 1)}),
            "Vi",
            CostRefusal.BAD_HOURS,
        ),
    ],
)
def test_refusal_of_model(model: Model, source: str, refusal: CostRefusal | None) -> None:
    assert costs.refusal_of_model(model, source=source, municipalities=4) is refusal


FIRST = date(2027, 1, 1)
ONE = D(1)


def deal(
    *,
    one_off: Decimal | None = ONE,
    yearly: Decimal | None = None,
    included: str = "Oppsett",
    valid_to: date | None = None,
    source: str = "Brev",
) -> Deal:
    return Deal(
        pk=0,
        vendor="Visma",
        one_off=one_off,
        yearly=yearly,
        included=included,
        valid_to=valid_to,
        source=source,
    )


@pytest.mark.parametrize(
    ("given", "products_vendor", "refusal"),
    [
        (deal(), None, None),
        (deal(yearly=D(0), valid_to=date(2028, 1, 1)), 1, None),
        (deal(one_off=None), None, CostRefusal.NO_PRICE),
        (deal(one_off=D(-1)), None, CostRefusal.BAD_AMOUNT),
        (deal(yearly=costs.MAX_AMOUNT + 1), None, CostRefusal.BAD_AMOUNT),
        (deal(included=" "), None, CostRefusal.NOT_SAID_WHAT),
        (deal(valid_to=FIRST), None, CostRefusal.ENDS_BEFORE_IT_BEGINS),
        (deal(), 2, CostRefusal.OTHER_VENDOR),
        (deal(source=""), None, CostRefusal.NO_SOURCE),
    ],
)
def test_refusal_of_deal(
    given: Deal, products_vendor: int | None, refusal: CostRefusal | None
) -> None:
    found = costs.refusal_of_deal(
        given, valid_from=FIRST, vendor=1, products_vendor=products_vendor
    )
    assert found is refusal

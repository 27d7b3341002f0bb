"""Versions of a cost model, vendors' joint offers, and the figures of a municipality."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.models import Population, Product
from samlop.municipalities.rules.kinds import CapacityRole, ServiceArea
from samlop.portfolio.models import CostHours, CostLine, CostModel, Offer, VendorDeal
from samlop.portfolio.queries import costs as queries
from samlop.portfolio.rules.costs import (
    Calculation,
    CostKey,
    CostKind,
    CostPlace,
    CostRefusal,
    Deal,
    Line,
    Model,
    Money,
    PricePer,
    Span,
)
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.services import costs as services
from samlop.portfolio.services.costs import CannotChangeCost
from tests import factories as make
from tests.domain.municipalities.test_races import both, meet

pytestmark = pytest.mark.django_db

BY = Machine("Program")
FIRST = date(2026, 1, 1)
TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
LINES = (
    Line(kind=CostKind.FIXED_SHARE, title="Fast", amount=Decimal(1000), key=CostKey.INHABITANTS),
    Line(kind=CostKind.ONCE_EACH, title="Oppstart", amount=Decimal("12.50"), source="Avtalen"),
)
MODEL = Model(lines=LINES, hours={CapacityRole.IT: Span(10, 20)})


def published(
    offer: Offer, model: Model = MODEL, *, seen: int = 0, valid_from: date = FIRST
) -> CostModel:
    return services.publish(
        offer=offer,
        model=model,
        valid_from=valid_from,
        source="Prislista",
        seen=seen,
        by=BY,
        at=AT,
        adopters_on=FIRST if model.adopters is not None else None,
    )


def priced(amount: int) -> Model:
    return Model(lines=(Line(kind=CostKind.ALWAYS_EACH, title="Pris", amount=Decimal(amount)),))


def deal(
    offer: Offer,
    product: Product,
    *,
    one_off: int | None = 18_000,
    valid_from: date = FIRST,
    valid_to: date | None = None,
    for_all: bool = False,
) -> VendorDeal:
    return services.add_deal(
        offer=offer,
        vendor=product.vendor,
        product=None if for_all else product,
        deal=Deal(
            pk=0,
            vendor="",
            one_off=None if one_off is None else Decimal(one_off),
            per=PricePer.MUNICIPALITY,
            included="Oppsett og kurs",
            valid_to=valid_to,
            source="Brev fra leverandøren",
        ),
        valid_from=valid_from,
        by=BY,
        at=AT,
    )


def test_a_published_version_is_read_back_whole() -> None:
    offer = make.offer()
    make.municipality()
    published(offer)

    version = queries.versions_on(TODAY)[offer.pk]

    assert version.model == MODEL
    assert (version.version, version.source, version.published_as) == (1, "Prislista", "Program")
    event = Event.objects.get(code="portfolio.cost.published")
    assert (event.subject_id, event.details["version"]) == (offer.solution_id, 1)


def test_the_version_that_began_last_holds_and_a_correction_of_it_before_it() -> None:
    offer = make.offer()
    published(offer, priced(1))
    published(offer, priced(3), seen=1, valid_from=date(2027, 1, 1))
    # A correction of the first, made after the one for next year.
    published(offer, priced(2), seen=2)

    held = {
        day: queries.versions_on(day)[offer.pk].model.lines[0].amount
        for day in (TODAY, date(2027, 1, 1))
    }
    assert held == {TODAY: 2, date(2027, 1, 1): 3}
    assert queries.versions_on(date(2025, 12, 31)) == {}
    assert [one.version for one in queries.history_of([offer.pk])[offer.pk]] == [2, 3, 1]


def test_whoever_publishes_last_is_told_of_the_other() -> None:
    offer = make.offer()
    published(offer)
    with pytest.raises(CannotChangeCost, match="ny versjon mens du skrev") as refused:
        published(offer, priced(7))
    assert refused.value.refusal is CostRefusal.CHANGED_MEANWHILE
    assert CostModel.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = make.offer()
    meet(monkeypatch, queries, "newest_number")

    refused = both(lambda: published(offer, priced(1)), lambda: published(offer, priced(2)))

    assert len(refused) == 1
    assert CostModel.objects.count() == 1


@pytest.mark.parametrize(
    ("model", "refusal"),
    [
        (Model(), CostRefusal.NOTHING_AT_ALL),
        (
            Model(
                lines=(
                    Line(
                        kind=CostKind.VARIABLE_SHARE,
                        title="Variabel",
                        amount=Decimal(1),
                        key=CostKey.EQUAL,
                    ),
                )
            ),
            CostRefusal.NO_ADOPTERS,
        ),
        (Model(lines=LINES, adopters=9), CostRefusal.TOO_MANY_ADOPTERS),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(model: Model, refusal: CostRefusal) -> None:
    offer = make.offer()
    make.municipality()
    with pytest.raises(CannotChangeCost) as refused:
        published(offer, model)
    assert refused.value.refusal is refusal
    assert not CostModel.objects.exists()
    assert not Event.objects.exists()


def test_a_count_of_adopters_has_its_day() -> None:
    offer = make.offer()
    make.municipality()
    with pytest.raises(CannotChangeCost) as refused:
        services.publish(
            offer=offer,
            model=Model(lines=LINES, adopters=1),
            valid_from=FIRST,
            source="Prislista",
            seen=0,
            by=BY,
            at=AT,
        )
    assert refused.value.refusal is CostRefusal.NO_ADOPTERS


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize(
    ("model", "values"),
    [(CostModel, {"note": "x"}), (CostLine, {"title": "x"}), (CostHours, {"low": 0})],
)
def test_a_version_is_never_changed(
    model: type[CostModel] | type[CostLine] | type[CostHours],
    values: dict[str, object],
    change: str,
) -> None:
    published(make.offer())
    rows = model._default_manager.all()
    act = rows.delete if change == "delete" else partial(rows.update, **values)
    with (
        pytest.raises((InternalError, ProgrammingError, IntegrityError)),
        transaction.atomic(),
    ):
        act()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kind": "x"}, "cost_line_kind_is_known"),
        ({"amount": Decimal(0)}, "cost_line_amount_is_positive"),
        ({"title": ""}, "cost_line_has_title"),
        ({"kind": "fixed_share"}, "cost_line_key_belongs_to_shares"),
        ({"key": "equal"}, "cost_line_key_belongs_to_shares"),
        ({"place": 1}, "cost_line_place_once"),
    ],
)
def test_the_database_refuses_a_line_that_makes_no_sense(
    values: dict[str, object], constraint: str
) -> None:
    row = published(make.offer())
    plain: dict[str, object] = {
        "model": row,
        "place": 9,
        "kind": "once_each",
        "title": "Pris",
        "amount": Decimal(1),
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CostLine.objects.create(**{**plain, **values})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"version": 1}, "cost_model_version_once"),
        ({"source": ""}, "cost_model_has_source"),
        ({"adopters": 3}, "cost_model_adopters_have_a_day"),
        ({"adopters_on": FIRST}, "cost_model_adopters_have_a_day"),
    ],
)
def test_the_database_refuses_a_version_that_makes_no_sense(
    values: dict[str, object], constraint: str
) -> None:
    offer = make.offer()
    published(offer)
    plain: dict[str, object] = {
        "offer": offer,
        "version": 2,
        "valid_from": FIRST,
        "source": "x",
        "published_at": AT,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CostModel.objects.create(**{**plain, **values})


def test_the_database_refuses_hours_out_of_order() -> None:
    row = published(make.offer())
    for values, constraint in (
        ({"role": "super_user", "low": 3, "high": 2}, "cost_hours_in_order"),
        ({"role": "it", "low": 1, "high": 2}, "cost_hours_role_once"),
        ({"role": "x", "low": 1, "high": 2}, "cost_hours_role_is_known"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            CostHours.objects.create(model=row, **values)


# --- joint offers ---


def test_a_joint_offer_counts_for_those_who_use_the_product_where_the_offer_reaches() -> None:
    offer, product = make.offer(area=Area.HOME_CARE), make.product()
    inside, elsewhere, other = (make.municipality() for _ in range(3))
    make.use(municipality=inside, product=product)
    make.use(municipality=elsewhere, product=product, area=ServiceArea.CHILD_HEALTH)
    make.use(municipality=other, product=make.product())
    deal(offer, product)
    published(offer)
    version, country = queries.versions_on(TODAY)[offer.pk], queries.country(TODAY)
    deals = queries.deals_on(TODAY)[offer.pk]

    figures = queries.figures_of_all(version, deals, [Area.HOME_CARE], on=TODAY, country=country)

    assert {pk: one.sum(CostPlace.ONE_OFF) for pk, one in figures.items()} == {
        inside.pk: Money(18_013),
        elsewhere.pk: Money(13),
        other.pk: Money(13),
    }


def test_a_vendors_offer_for_all_its_products() -> None:
    offer, product = make.offer(area=Area.HOME_CARE), make.product()
    newer = make.product(vendor=product.vendor)
    here = make.municipality()
    make.use(municipality=here, product=newer)
    deal(offer, product, for_all=True)
    systems = queries.systems_of(TODAY, municipalities=[here.pk])[here.pk]
    deals = queries.deals_on(TODAY)[offer.pk]
    assert len(systems.fitting(deals, [Area.HOME_CARE])) == 1
    assert queries.NO_SYSTEMS.fitting(deals, [Area.HOME_CARE]) == ()


def test_a_joint_offer_holds_from_and_to_a_day_and_may_be_withdrawn() -> None:
    offer, product = make.offer(), make.product()
    row = deal(offer, product, valid_to=date(2027, 1, 1))
    assert offer.pk in queries.deals_on(date(2026, 12, 31))
    assert queries.deals_on(date(2027, 1, 1)) == queries.deals_on(date(2025, 12, 31)) == {}

    services.withdraw_deal(deal=row, reason="Prisen var feil", by=BY, at=AT)

    assert queries.deals_on(TODAY) == {}
    assert VendorDeal.objects.get().withdrawn_at == AT
    event = Event.objects.get(code="portfolio.cost.deal_withdrawn")
    assert event.reason == "Prisen var feil"
    with pytest.raises(CannotChangeCost) as again:
        services.withdraw_deal(deal=row, reason="Igjen", by=BY, at=AT)
    assert again.value.refusal is CostRefusal.ALREADY_WITHDRAWN


def test_withdrawing_needs_a_reason() -> None:
    row = deal(make.offer(), make.product())
    with pytest.raises(CannotChangeCost) as refused:
        services.withdraw_deal(deal=row, reason=" ", by=BY, at=AT)
    assert refused.value.refusal is CostRefusal.NO_REASON
    assert VendorDeal.objects.get().withdrawn_at is None


def test_a_joint_process_has_no_vendors() -> None:
    process = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    with pytest.raises(CannotChangeCost) as refused:
        deal(process, make.product())
    assert refused.value.refusal is CostRefusal.JOINT_PROCESS
    with pytest.raises(CannotChangeCost) as refused:
        deal(make.offer(), make.product(), one_off=None)
    assert refused.value.refusal is CostRefusal.NO_PRICE


def test_a_joint_offer_is_changed_only_to_be_withdrawn() -> None:
    deal(make.offer(), make.product())
    for change in (
        lambda: VendorDeal.objects.update(included="Alt"),
        VendorDeal.objects.all().delete,
    ):
        with (
            pytest.raises((InternalError, ProgrammingError, IntegrityError)),
            transaction.atomic(),
        ):
            change()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"one_off": None}, "vendor_deal_has_a_price"),
        ({"one_off": Decimal(-1)}, "vendor_deal_prices_are_not_negative"),
        ({"yearly": Decimal(-1)}, "vendor_deal_prices_are_not_negative"),
        ({"included": ""}, "vendor_deal_says_what_and_whence"),
        ({"source": ""}, "vendor_deal_says_what_and_whence"),
        ({"per": "x"}, "vendor_deal_per_is_known"),
        ({"valid_to": FIRST}, "vendor_deal_period_in_order"),
        ({"withdrawn_at": datetime(2020, 1, 1, tzinfo=UTC)}, "vendor_deal_withdrawn_after"),
    ],
)
def test_the_database_refuses_a_joint_offer_that_makes_no_sense(
    values: dict[str, object], constraint: str
) -> None:
    product = make.product()
    plain: dict[str, object] = {
        "offer": make.offer(),
        "vendor": product.vendor,
        "one_off": Decimal(1),
        "per": "municipality",
        "included": "Oppsett",
        "valid_from": FIRST,
        "source": "Brev",
        "recorded_at": AT,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        VendorDeal.objects.create(**{**plain, **values})


# --- figures ---


def test_the_fixed_share_of_all_municipalities_adds_up_to_the_total() -> None:
    offer = make.offer()
    for inhabitants in (3_712, 717_710, 201, 45_999):
        Population.objects.create(
            municipality=make.municipality(),
            counted_on=FIRST,
            inhabitants=inhabitants,
            source="test",
        )
    published(offer)
    country = queries.country(TODAY)
    calculation = Calculation.of(queries.versions_on(TODAY)[offer.pk].model, country)
    shares = [calculation.figure(pk).sum(CostPlace.ANYWAY) for pk in country.municipalities]
    assert sum(one.amount for one in shares) == 1000
    assert all(one.complete for one in shares)


def test_the_figures_cost_the_same_for_one_municipality_and_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    offer = make.offer()
    published(offer)

    def ask() -> None:
        version, country = queries.versions_on(TODAY)[offer.pk], queries.country(TODAY)
        deals = queries.deals_on(TODAY).get(offer.pk, ())
        queries.figures_of_all(version, deals, [Area.HOME_CARE], on=TODAY, country=country)

    make.municipality()
    with django_assert_num_queries(7):
        ask()
    for _ in range(10):
        make.municipality()
    with django_assert_num_queries(7):
        ask()

"""Alerts about use: raised from the figures, told to the region, lowered when use recovers."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from procrastinate.contrib.django import app
from pytest_django import DjangoAssertNumQueries

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.messages.services.kinds import Draft, kind
from samlop.municipalities.models import Municipality, Population
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer
from samlop.uptake.models import (
    Indicator,
    IndicatorDefinition,
    IndicatorPeriod,
    Observation,
    StageEvent,
    UsageImport,
    UsageSource,
    UseAlert,
)
from samlop.uptake.queries import watch as queries
from samlop.uptake.rules.imports import ImportState
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.rules.watch import Concern
from samlop.uptake.services import watch as services
from samlop.uptake.services import watch_mails
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("tests")
TODAY = date(2026, 7, 10)
AT = datetime(2026, 7, 10, 6, tzinfo=UTC)
EARLY = datetime(2026, 1, 1, tzinfo=UTC)
Figures = Callable[..., None]


@pytest.fixture
def offer() -> Offer:
    return make.offer()


@pytest.fixture
def indicator(offer: Offer) -> Indicator:
    return Indicator.objects.create(
        solution=offer.solution,
        slug="oppslag",
        name="Oppslag",
        unit="oppslag",
        kind=IndicatorKind.COUNT.value,
        rhythm=Rhythm.MONTH.value,
    )


@pytest.fixture
def figures(indicator: Indicator) -> Figures:
    definition = IndicatorDefinition.objects.create(
        indicator=indicator,
        version=1,
        words="Oppslag.",
        valid_from=date(2020, 1, 1),
        published_at=EARLY,
    )
    brought = UsageImport.objects.create(
        source=UsageSource.objects.create(
            solution=indicator.solution, name="Logg", source=Source.USAGE_LOG.value
        ),
        file_name="logg.csv",
        sha256="0" * 64,
        state=ImportState.APPLIED.value,
        taken_in_as=1,
        taken_in_at=EARLY,
        read_at=EARLY,
    )

    def bring(municipality: Municipality, values: Sequence[int], first: date) -> None:
        """A figure a month, from the first one on."""
        for index, value in enumerate(values):
            months = first.month - 1 + index
            start = date(first.year + months // 12, months % 12 + 1, 1)
            Observation.objects.create(
                indicator=indicator,
                municipality=municipality,
                period_start=start,
                value=Decimal(value),
                definition=definition,
                usage_import=brought,
                recorded_at=EARLY,
            )
            IndicatorPeriod.objects.get_or_create(
                indicator=indicator,
                period_start=start,
                defaults={"measured": 1, "hidden": 0, "total": value},
            )

    return bring


def user(offer: Offer, stage: Stage = Stage.IN_USE, inhabitants: int = 10_000) -> Municipality:
    made = make.municipality()
    Population.objects.create(
        municipality=made, counted_on=date(2026, 1, 1), inhabitants=inhabitants
    )
    StageEvent.objects.create(
        offer=offer,
        municipality=made,
        stage=stage.value,
        happened_on=date(2025, 1, 1),
        source=Source.MUNICIPALITY.value,
        recorded_at=EARLY,
    )
    return made


def review(indicator: Indicator, on: date = TODAY) -> list[tuple[int, str]]:
    services.review(indicator=indicator, on=on, at=AT)
    return sorted(UseAlert.objects.standing().values_list("municipality_id", "concern"))


def test_a_fall_is_raised_once_and_lowered_when_use_recovers(
    offer: Offer, indicator: Indicator, figures: Figures
) -> None:
    fell = user(offer)
    figures(fell, [100, 100, 100, 50, 50, 50], date(2026, 1, 1))
    alert = [(fell.pk, Concern.FALLEN.value)]
    assert review(indicator) == alert
    assert review(indicator) == alert
    row = UseAlert.objects.get()
    assert (row.raised_on, row.level, row.against) == (TODAY, 5.0, 10.0)
    figures(fell, [90, 90, 90], date(2026, 7, 1))
    assert review(indicator, date(2026, 10, 5)) == []
    row.refresh_from_db()
    assert (row.lowered_on, row.lowered_level) == (date(2026, 10, 5), 9.0)


def test_who_does_not_use_it_is_not_watched(
    offer: Offer, indicator: Indicator, figures: Figures
) -> None:
    introduced = user(offer, Stage.TECHNICALLY_INTRODUCED)
    figures(introduced, [100, 100, 100, 0, 0, 0], date(2026, 1, 1))
    assert review(indicator) == []


def test_whoever_stops_is_no_longer_spoken_of(
    offer: Offer, indicator: Indicator, figures: Figures
) -> None:
    fell = user(offer)
    figures(fell, [100, 100, 100, 50, 50, 50], date(2026, 1, 1))
    assert review(indicator)
    StageEvent.objects.create(
        offer=offer,
        municipality=fell,
        stage=Stage.STOPPED.value,
        happened_on=TODAY,
        source=Source.MUNICIPALITY.value,
        recorded_at=AT,
    )
    assert review(indicator) == []
    assert UseAlert.objects.get().lowered_level is None


def test_use_below_similar_municipalities_is_raised(
    offer: Offer, indicator: Indicator, figures: Figures
) -> None:
    low = user(offer)
    figures(low, [30, 30, 30], date(2026, 4, 1))
    for _other in range(5):
        figures(user(offer), [100, 100, 100], date(2026, 4, 1))
    assert review(indicator) == [(low.pk, Concern.BELOW_SIMILAR.value)]


def test_a_month_that_is_not_over_is_not_judged(
    offer: Offer, indicator: Indicator, figures: Figures
) -> None:
    steady = user(offer)
    figures(steady, [100, 100, 100, 100, 100, 100, 0], date(2026, 1, 1))
    assert review(indicator) == []


def test_the_region_is_told_after_fourteen_days_and_once(
    offer: Offer, indicator: Indicator, figures: Figures
) -> None:
    fell = user(offer)
    figures(fell, [100, 100, 100, 50, 50, 50], date(2026, 1, 1))
    review(indicator)
    day = TODAY + timedelta(days=14)
    assert services.tell_regions(on=day - timedelta(days=1), at=AT) == []
    assert [row.municipality_id for row in services.tell_regions(on=day, at=AT)] == [fell.pk]
    assert services.tell_regions(on=day, at=AT) == []
    assert UseAlert.objects.known_to_the_region().count() == 1


def test_the_municipality_hears_first_and_its_contact_person_later(
    offer: Offer, indicator: Indicator, figures: Figures
) -> None:
    fell = user(offer)
    group = make.region(kind=RegionKind.EHEALTH_GROUP)
    make.membership(region=group, of=fell)
    own, contact = make.person(), make.person()
    accounts.grant(
        person=own, role=Role.MUNICIPAL_COORDINATOR, municipality=fell, by=BY, on=date(2026, 1, 1)
    )
    accounts.grant(
        person=contact, role=Role.CONTACT_PERSON, region=group, by=BY, on=date(2026, 1, 1)
    )
    figures(fell, [100, 100, 100, 50, 50, 50], date(2026, 1, 1))
    services.review_all(on=TODAY, at=AT)
    assert recipients() == [own.pk]
    services.review_all(on=TODAY + timedelta(days=14), at=AT)
    services.review_all(on=TODAY + timedelta(days=15), at=AT)
    assert recipients() == [own.pk, contact.pk]
    row = UseAlert.objects.select_related("indicator__solution").get()
    draft = Draft(recipient=own, context={"alert": row.pk}, home="https://example.org/")
    mail = kind(watch_mails.ALERT).write(draft)
    assert mail is not None
    assert mail.address.endswith("/utbredelse/#bruk")
    assert mail.paragraphs[1] == (
        "Bruken er nå 5,0 oppslag per 1 000 innbyggere. "
        "På det høyeste de siste to årene var den 10,0."
    )
    UseAlert.objects.update(lowered_on=TODAY)
    assert kind(watch_mails.ALERT).write(draft) is None


def recipients() -> list[int]:
    rows = Message.objects.filter(kind=watch_mails.ALERT).order_by("pk")
    return list(rows.values_list("recipient_id", flat=True))


@pytest.mark.parametrize("municipalities", [1, 12])
def test_the_figures_cost_the_same_for_few_and_many(
    offer: Offer,
    indicator: Indicator,
    figures: Figures,
    municipalities: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _one in range(municipalities):
        figures(user(offer), [100, 100, 100], date(2026, 4, 1))
    with django_assert_num_queries(9):
        assert len(queries.watched(indicator, TODAY)) == municipalities


def test_the_watch_is_set_for_every_morning() -> None:
    by_clock = {name for name, _ in app.periodic_registry.periodic_tasks}
    assert "samlop.uptake.tasks.watch_use" in by_clock

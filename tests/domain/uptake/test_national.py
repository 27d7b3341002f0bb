"""The country on several days, which must say the same as each municipality's own standing."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from samlop.municipalities.models import Municipality
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.models import HindranceReport, StageEvent
from samlop.uptake.queries import national, stages
from samlop.uptake.queries.national import Progress
from samlop.uptake.rules.stages import LADDER, Hindrance, Source, Stage, can_see, has_reached
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 9, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def event(
    offer: Offer,
    place: Municipality,
    stage: Stage,
    on: date,
    source: Source = Source.MUNICIPALITY,
    at: datetime = LONG_AGO,
) -> StageEvent:
    return StageEvent.objects.create(
        offer=offer,
        municipality=place,
        stage=stage.value,
        happened_on=on,
        source=source.value,
        recorded_at=at,
    )


def progress(offer: Offer, *days: date) -> Progress:
    return national.progress([offer], days or (TODAY,), today=TODAY)[offer.pk]


def test_whatever_is_said_the_country_is_the_sum_of_its_municipalities() -> None:
    chance = random.Random(5)
    offer = make.offer()
    places = [make.municipality(valid_from=date(2020, 1, 1)) for _ in range(6)]
    places.append(make.municipality(valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1)))
    days = [date(2024, 6, 1), date(2025, 6, 1), TODAY]
    for _ in range(25):
        for _event in range(4):
            source = chance.choice(list(Source))
            stage = chance.choice([one for one in (*LADDER, Stage.STOPPED) if can_see(source, one)])
            event(
                offer,
                chance.choice(places),
                stage,
                date(2024, 1, 1) + timedelta(days=chance.randrange(1000)),
                source,
                AT - timedelta(days=chance.randrange(40)),
            )
        row = chance.choice(list(StageEvent.objects.filter(withdrawn_at=None)))
        row.withdrawn_at = AT
        row.save(update_fields=["withdrawn_at"])
        found = progress(offer, *days)
        for day, tally in zip(days, found.tallies, strict=True):
            by_place = {place: one for (_, place), one in stages.standing([offer.pk], day).items()}
            assert national.standings([offer.pk], day)[offer.pk] == by_place
            standings = by_place.values()
            assert {stage: tally.count(stage) for stage in LADDER} == {
                stage: sum(has_reached(one.agreed, stage) for one in standings) for stage in LADDER
            }
            assert tally.disagreeing == sum(one.disagrees for one in standings)
            assert tally.awaiting == sum(not one.is_open_on(TODAY) for one in standings)


def test_those_under_way_have_begun_and_not_taken_it_in_use() -> None:
    offer = make.offer()
    prepared, uses, stopped = (make.municipality() for _ in range(3))
    make.municipality()
    event(offer, prepared, Stage.PREPARED, date(2026, 1, 1))
    event(offer, uses, Stage.ACTIVE_USE, date(2026, 1, 1))
    event(offer, stopped, Stage.STOPPED, date(2026, 1, 1))
    found = progress(offer)
    assert found.under_way == frozenset({prepared.pk})
    assert found.in_use == frozenset({uses.pk})
    assert (found.now.begun, found.now.municipalities) == (2, 4)


def test_two_sources_confirm() -> None:
    offer, place = make.offer(), make.municipality()
    event(offer, place, Stage.IN_USE, date(2026, 1, 1))
    assert progress(offer).now.confirmed == 0
    event(offer, place, Stage.IN_USE, date(2026, 2, 1), Source.USAGE_LOG)
    assert progress(offer).now.confirmed == 1


def test_a_joint_process_is_used_when_it_is_under_way() -> None:
    offer = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    event(offer, make.municipality(), Stage.SIGNED_UP, date(2026, 1, 1))
    event(offer, make.municipality(), Stage.UNDER_WAY, date(2026, 1, 1))
    found = progress(offer)
    assert (len(found.under_way), len(found.in_use)) == (1, 1)
    assert found.now.count(Stage.SIGNED_UP) == 2


def test_what_has_been_asked_before_costs_no_reading_of_events(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    offers: Sequence[Offer] = [make.offer() for _ in range(3)]
    for one in offers:
        event(one, make.municipality(), Stage.IN_USE, date(2026, 1, 1))
    with django_assert_num_queries(3):
        national.progress(offers, [TODAY], today=TODAY)
    with django_assert_num_queries(2):
        national.progress(offers, [TODAY], today=TODAY)
    with django_assert_num_queries(3):
        national.standings([one.pk for one in offers], TODAY)
    with django_assert_num_queries(2):
        national.standings([one.pk for one in offers], TODAY)


def test_a_municipality_that_begins_to_exist_counts_at_once() -> None:
    offer, place = make.offer(), make.municipality()
    event(offer, place, Stage.IN_USE, date(2026, 1, 1))
    assert progress(offer).now.municipalities == 1
    make.municipality()
    assert progress(offer).now.municipalities == 2


def test_the_newest_report_of_what_hinders_counts() -> None:
    offer, place, other = make.offer(), make.municipality(), make.municipality()
    for municipality, told_on, codes in (
        (place, date(2026, 1, 1), [Hindrance.ECONOMY]),
        (place, date(2026, 2, 1), [Hindrance.VENDOR, Hindrance.PEOPLE]),
        (other, date(2026, 1, 1), [Hindrance.ECONOMY]),
        (other, date(2026, 2, 1), []),
    ):
        HindranceReport.objects.create(
            offer=offer,
            municipality=municipality,
            told_on=told_on,
            hindrances=[code.value for code in codes],
            recorded_at=AT,
        )
    assert national.hindrances([offer.pk], TODAY) == {
        offer.pk: {place.pk: (Hindrance.VENDOR, Hindrance.PEOPLE)}
    }
    assert national.hindrances([offer.pk], date(2026, 1, 15))[offer.pk].keys() == {
        place.pk,
        other.pk,
    }

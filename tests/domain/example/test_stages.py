"""The figures of the report come out of the example by the definitions."""

from datetime import date

import pytest

from samlop.example.portfolio import solutions
from samlop.example.uptake import stages as example
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.portfolio.models import Offer
from samlop.uptake.models import StageEvent
from samlop.uptake.queries import stages as queries
from samlop.uptake.rules.stages import Hindrance, Source, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norway")]

BY = Machine("Eksempel")
TODAY = date(2026, 11, 22)
AUTUMN = date(2023, 11, 1)


@pytest.fixture(autouse=True)
def loaded() -> None:
    solutions.load(by=BY, on=TODAY)
    example.load(by=BY, on=TODAY)


def offer(slug: str, area: str) -> Offer:
    return Offer.objects.get(solution__slug=slug, area=area)


def count(slug: str, area: str, stage: Stage, on: date) -> int:
    return queries.counts(offer(slug, area).pk, on)[stage]


def test_kjernejournal_is_263_of_356_in_the_autumn_and_264_of_357_today() -> None:
    technical = Stage.TECHNICALLY_INTRODUCED
    assert Municipality.objects.existing_on(AUTUMN).count() == 356
    assert Municipality.objects.existing_on(TODAY).count() == 357
    assert count("kjernejournal", "nursing_home", technical, AUTUMN) == 263
    assert count("kjernejournal", "nursing_home", technical, TODAY) == 264


def test_the_divided_municipality_carried_its_stage_to_both() -> None:
    pks = dict(MunicipalityCode.objects.values_list("number", "municipality_id"))
    record = offer("kjernejournal", "nursing_home").pk
    before = queries.standing([record], AUTUMN)
    after = queries.standing([record], TODAY)
    assert before[record, pks["1507"]].is_made_available
    assert (record, pks["1507"]) not in after
    for number in ("1508", "1580"):
        assert (record, pks[number]) not in before
        assert after[record, pks[number]].is_made_available


@pytest.mark.parametrize(
    ("slug", "area", "stage", "on", "expected"),
    [
        ("digihelsestasjon", "child_health", Stage.TECHNICALLY_INTRODUCED, date(2022, 12, 1), 101),
        ("digihelsestasjon", "child_health", Stage.TECHNICALLY_INTRODUCED, date(2024, 2, 16), 166),
        ("digihelsestasjon", "child_health", Stage.ACTIVE_USE, date(2024, 2, 16), 160),
        ("digital-hjemmeoppfolging", "home_care", Stage.DECIDED, date(2024, 12, 31), 182),
        ("digital-hjemmeoppfolging", "home_care", Stage.IN_USE, date(2024, 12, 31), 73),
        ("kjernejournal", "nursing_home", Stage.TECHNICALLY_INTRODUCED, date(2019, 12, 31), 1),
        ("kjernejournal", "nursing_home", Stage.TECHNICALLY_INTRODUCED, date(2020, 12, 31), 6),
        ("helhetlig-tjenestemodell", "health_and_care", Stage.COMPLETED, TODAY, 17),
    ],
)
def test_the_totals_are_the_known_ones(
    slug: str, area: str, stage: Stage, on: date, expected: int
) -> None:
    assert count(slug, area, stage, on) == expected


def test_some_disagree_and_some_still_have_their_right_of_reply() -> None:
    found = queries.standing([offer("kjernejournal", "nursing_home").pk], TODAY).values()
    assert sum(one.disagrees for one in found) == example.DENYING
    assert sum(not one.is_open_on(TODAY) for one in found) == example.AWAITING_REPLY


def test_most_of_those_who_remain_wait_for_their_vendor() -> None:
    record = offer("kjernejournal", "nursing_home").pk
    told = queries.hindered([record], TODAY)
    assert sum(Hindrance.VENDOR in one.hindrances for one in told.values()) == 41
    assert sum(Hindrance.ECONOMY in one.hindrances for one in told.values()) == 12
    introduced = queries.standing([record], TODAY)
    assert not set(told) & set(introduced)


def test_a_second_load_adds_nothing_and_the_draw_is_the_same() -> None:
    events = StageEvent.objects.count()
    assert example.load(by=BY, on=TODAY) == 0
    assert StageEvent.objects.count() == events
    assert not StageEvent.objects.filter(source=Source.ROLLOUT.value).exists()

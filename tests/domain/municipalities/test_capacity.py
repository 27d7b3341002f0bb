"""«Rom for nytt»: saving answers, hours and blackouts, and who reads what."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.quarters import Quarter
from samlop.lib.reach import NOWHERE, Reach
from samlop.municipalities.models import (
    Blackout,
    CapacityHours,
    Municipality,
    Population,
    RoomAnswer,
)
from samlop.municipalities.queries import capacity as queries
from samlop.municipalities.rules.capacity import CapacityRefusal, Level, Period
from samlop.municipalities.rules.kinds import CapacityRole, LoadKind, Room
from samlop.municipalities.services import capacity as services
from samlop.municipalities.services import load
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2027, 5, 20)
Q1, Q2, Q3, Q4 = (Quarter(2027, number) for number in range(1, 5))
IT, EPJ = CapacityRole.IT, CapacityRole.EPJ_MANAGER
BY = Machine("test")


def inhabitants(municipality: Municipality, count: int, on: date = date(2026, 1, 1)) -> None:
    Population.objects.create(
        municipality=municipality, counted_on=on, inhabitants=count, source="test"
    )


def load_of(municipality: Municipality, role: CapacityRole, hours: int, key: str = "a.b") -> None:
    load.write(
        source_key=key,
        kind=LoadKind.ROLLOUT,
        title="Kjernejournal",
        entries=[
            load.Entry(municipality_id=municipality.pk, quarter=Q3, role=role, hours=Decimal(hours))
        ],
        by=BY,
    )


def rooms(municipality: Municipality) -> dict[Quarter, str]:
    return {Quarter.of(row.quarter): row.room for row in municipality.room_answers.all()}


def test_several_quarters_are_answered_in_one_save_with_one_event() -> None:
    here = make.municipality()

    services.answer_room(
        municipality=here, answers={Q3: Room.SOME, Q4: Room.FULL}, seen={}, by=BY, on=TODAY
    )

    assert rooms(here) == {Q3: "some", Q4: "full"}
    event = Event.objects.get()
    assert event.code == "municipalities.capacity.changed"
    assert event.municipality_id == here.pk
    assert event.details == {"room": {"2027-3": [None, "some"], "2027-4": [None, "full"]}}


def test_an_answer_is_changed_and_the_event_says_from_what() -> None:
    here = make.municipality()
    services.answer_room(municipality=here, answers={Q3: Room.SOME}, seen={}, by=BY, on=TODAY)

    services.answer_room(
        municipality=here, answers={Q3: Room.FULL}, seen={Q3: Room.SOME}, by=BY, on=TODAY
    )

    assert rooms(here) == {Q3: "full"}
    assert Event.objects.latest("pk").details == {"room": {"2027-3": ["some", "full"]}}


def test_saving_the_same_answer_again_records_nothing() -> None:
    here = make.municipality()
    services.answer_room(municipality=here, answers={Q3: Room.SOME}, seen={}, by=BY, on=TODAY)

    services.answer_room(municipality=here, answers={Q3: Room.SOME}, seen={}, by=BY, on=TODAY)

    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("quarter", "refusal", "sentence"),
    [
        (Q1, CapacityRefusal.QUARTER_PAST, "1. kvartal 2027 er over"),
        (Quarter(2029, 3), CapacityRefusal.QUARTER_TOO_FAR, "3. kvartal 2029 er for langt frem"),
    ],
)
def test_a_quarter_that_cannot_be_answered_refuses_the_whole_save(
    quarter: Quarter, refusal: CapacityRefusal, sentence: str
) -> None:
    here = make.municipality()

    with pytest.raises(services.CannotChangeCapacity, match=sentence) as refused:
        services.answer_room(
            municipality=here,
            answers={Q3: Room.SOME, quarter: Room.SOME},
            seen={},
            by=BY,
            on=TODAY,
        )

    assert refused.value.refusal is refusal
    assert rooms(here) == {}
    assert not Event.objects.exists()


def test_what_somebody_else_answered_meanwhile_is_not_overwritten() -> None:
    here = make.municipality()
    services.answer_room(municipality=here, answers={Q3: Room.FULL}, seen={}, by=BY, on=TODAY)

    with pytest.raises(
        services.CannotChangeCapacity, match=r"3\. kvartal 2027: «Fullt»"
    ) as refused:
        services.answer_room(
            municipality=here, answers={Q3: Room.PLENTY, Q4: Room.SOME}, seen={}, by=BY, on=TODAY
        )

    assert refused.value.refusal is CapacityRefusal.CHANGED_MEANWHILE
    assert rooms(here) == {Q3: "full"}


def test_an_answer_taken_away_meanwhile_is_named_as_unanswered() -> None:
    here = make.municipality()

    with pytest.raises(services.CannotChangeCapacity, match=r"3\. kvartal 2027: «Ikke besvart»"):
        services.answer_room(
            municipality=here, answers={Q3: Room.FULL}, seen={Q3: Room.SOME}, by=BY, on=TODAY
        )


def test_own_hours_are_set_changed_and_taken_back_to_the_estimate() -> None:
    here = make.municipality()
    place = (Q3, IT)
    services.set_hours(municipality=here, hours={place: 40}, seen={}, by=BY, on=TODAY)
    services.set_hours(
        municipality=here, hours={place: 0, (Q3, EPJ): None}, seen={place: 40}, by=BY, on=TODAY
    )
    assert CapacityHours.objects.get().hours == 0

    services.set_hours(municipality=here, hours={place: None}, seen={place: 0}, by=BY, on=TODAY)

    assert not CapacityHours.objects.exists()
    assert [event.details["hours"] for event in Event.objects.order_by("pk")] == [
        {"2027-3": {"it": [None, 40]}},
        {"2027-3": {"it": [40, 0]}},
        {"2027-3": {"it": [0, None]}},
    ]


def test_saving_the_same_hours_again_records_nothing() -> None:
    here = make.municipality()
    services.set_hours(municipality=here, hours={(Q3, IT): 40}, seen={}, by=BY, on=TODAY)

    services.set_hours(municipality=here, hours={(Q3, IT): 40}, seen={}, by=BY, on=TODAY)

    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [
        ({(Q1, IT): 4}, CapacityRefusal.QUARTER_PAST),
        ({(Q3, IT): 2001}, CapacityRefusal.HOURS_OUT_OF_BOUNDS),
        ({(Q3, IT): -1}, CapacityRefusal.HOURS_OUT_OF_BOUNDS),
    ],
)
def test_hours_out_of_bounds_refuse_the_whole_save(
    hours: dict[tuple[Quarter, CapacityRole], int | None], refusal: CapacityRefusal
) -> None:
    here = make.municipality()

    with pytest.raises(services.CannotChangeCapacity) as refused:
        services.set_hours(
            municipality=here, hours={(Q3, EPJ): 8, **hours}, seen={}, by=BY, on=TODAY
        )

    assert refused.value.refusal is refusal
    assert not CapacityHours.objects.exists()


@pytest.mark.parametrize(
    ("stored", "seen", "sentence"),
    [
        (40, None, "IT, 3. kvartal 2027: 40 timer"),
        (1, 40, "IT, 3. kvartal 2027: 1 time[.]"),
        (None, 40, "IT, 3. kvartal 2027: Anslag"),
    ],
)
def test_hours_somebody_else_set_meanwhile_are_not_overwritten(
    stored: int | None, seen: int | None, sentence: str
) -> None:
    here = make.municipality()
    services.set_hours(municipality=here, hours={(Q3, IT): stored}, seen={}, by=BY, on=TODAY)

    with pytest.raises(services.CannotChangeCapacity, match=sentence):
        services.set_hours(
            municipality=here, hours={(Q3, IT): 8}, seen={(Q3, IT): seen}, by=BY, on=TODAY
        )


def test_a_blackout_is_added_and_removed() -> None:
    here = make.municipality()
    blackout = services.add_blackout(
        municipality=here,
        starts_on=date(2027, 6, 1),
        ends_before=date(2027, 7, 1),
        reason=" Bytte av EPJ ",
        by=BY,
        on=TODAY,
    )
    assert Blackout.objects.get().reason == "Bytte av EPJ"

    services.remove_blackout(blackout=blackout, by=BY)
    services.remove_blackout(blackout=blackout, by=BY)

    assert not Blackout.objects.exists()
    assert [event.code for event in Event.objects.order_by("pk")] == [
        "municipalities.blackout.added",
        "municipalities.blackout.removed",
    ]
    assert Event.objects.filter(municipality_id=here.pk).count() == 2


def test_a_blackout_that_overlaps_another_is_refused_naming_it() -> None:
    here, elsewhere = make.municipality(), make.municipality()
    for municipality in (here, elsewhere):
        services.add_blackout(
            municipality=municipality,
            starts_on=date(2027, 6, 1),
            ends_before=date(2027, 7, 1),
            reason="Valg",
            by=BY,
            on=TODAY,
        )

    with pytest.raises(
        services.CannotChangeCapacity, match=r"1\. juni 2027 – 30\. juni 2027 \(«Valg»\)"
    ) as refused:
        services.add_blackout(
            municipality=here,
            starts_on=date(2027, 6, 30),
            ends_before=date(2027, 8, 1),
            reason="Ferie",
            by=BY,
            on=TODAY,
        )

    assert refused.value.refusal is CapacityRefusal.PERIOD_OVERLAPS
    assert here.blackouts.count() == 1


def test_a_blackout_without_a_reason_is_refused() -> None:
    with pytest.raises(services.CannotChangeCapacity) as refused:
        services.add_blackout(
            municipality=make.municipality(),
            starts_on=date(2027, 6, 1),
            ends_before=date(2027, 7, 1),
            reason=" ",
            by=BY,
            on=TODAY,
        )

    assert refused.value.refusal is CapacityRefusal.NO_REASON


def test_the_year_ahead_of_a_municipality_that_has_answered_nothing_is_an_estimate() -> None:
    here = make.municipality()
    inhabitants(here, 3_000)

    ahead = queries.year_ahead(here.pk, on=TODAY, reach=Reach(everywhere=True))

    assert [one.quarter for one in ahead] == [Q2, Q3, Q4, Quarter(2028, 1), Quarter(2028, 2)]
    for one in ahead:
        assert one.level is Level.LOW
        assert one.inside is not None
        assert (one.inside.room, one.inside.is_answered) == (Room.SOME, False)
        assert one.inside.hours == 45
        assert one.inside.is_estimate
        assert one.inside.entries == ()


def test_the_year_ahead_holds_answers_own_hours_blackouts_and_load() -> None:
    here = make.municipality()
    inhabitants(here, 3_000)
    services.answer_room(municipality=here, answers={Q3: Room.PLENTY}, seen={}, by=BY, on=TODAY)
    services.set_hours(municipality=here, hours={(Q3, IT): 40}, seen={}, by=BY, on=TODAY)
    services.add_blackout(
        municipality=here,
        starts_on=date(2027, 6, 20),
        ends_before=date(2027, 7, 24),
        reason="Ferie",
        by=BY,
        on=TODAY,
    )
    load_of(here, IT, 29)

    _, third, *_ = queries.year_ahead(
        here.pk, on=TODAY, reach=Reach(municipalities=frozenset({here.pk}))
    )

    assert third.inside is not None
    assert (third.inside.room, third.inside.is_answered) == (Room.PLENTY, True)
    # 23 of the quarter's 92 days are blocked: three quarters of the hours are left.
    it = next(role for role in third.inside.roles if role.role is IT)
    assert (it.capacity.hours, it.capacity.undisturbed, it.capacity.is_estimate) == (30, 40, False)
    assert (it.load, it.left, it.level) == (Decimal(29), Decimal(1), Level.HIGH)
    assert third.level is Level.HIGH
    assert third.role_levels[EPJ] is Level.LOW
    assert third.inside.hours == 30 + 12 + 23 + 18
    assert third.inside.load == 29
    assert [one.period for one in third.inside.blackouts] == [
        Period(date(2027, 6, 20), date(2027, 7, 24))
    ]
    assert [(one.title, one.kind, one.hours) for one in third.inside.entries] == [
        ("Kjernejournal", LoadKind.ROLLOUT, Decimal(29))
    ]


def test_others_see_levels_and_nothing_inside() -> None:
    here, elsewhere = make.municipality(), make.municipality()
    inhabitants(here, 3_000)
    load_of(here, IT, 6)

    for reach in (NOWHERE, Reach(municipalities=frozenset({elsewhere.pk}))):
        _, third, *_ = queries.year_ahead(here.pk, on=TODAY, reach=reach)
        assert third.inside is None
        assert third.level is Level.MEDIUM
        assert third.role_levels[IT] is Level.MEDIUM


def test_the_year_ahead_costs_five_queries_whatever_there_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    here = make.municipality()
    with django_assert_num_queries(5):
        queries.year_ahead(here.pk, on=TODAY, reach=NOWHERE)
    for number in range(8):
        load_of(here, IT, 3, key=f"a.b.{number}")
    services.answer_room(
        municipality=here, answers={Q3: Room.SOME, Q4: Room.SOME}, seen={}, by=BY, on=TODAY
    )

    with django_assert_num_queries(5):
        queries.year_ahead(here.pk, on=TODAY, reach=Reach(everywhere=True))


def test_levels_of_all_are_those_of_each_and_cost_six_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    idle, full, busy, closed = (make.municipality() for _ in range(4))
    make.municipality(valid_from=date(2017, 1, 1), valid_to=date(2024, 1, 1))
    inhabitants(idle, 3_000)
    inhabitants(busy, 30_000)
    services.answer_room(municipality=full, answers={Q3: Room.FULL}, seen={}, by=BY, on=TODAY)
    services.set_hours(municipality=busy, hours={(Q3, IT): 10}, seen={}, by=BY, on=TODAY)
    load_of(busy, IT, 4, key="a.b.1")
    load_of(busy, IT, 4, key="a.b.2")
    services.add_blackout(
        municipality=closed,
        starts_on=Q3.starts_on,
        ends_before=Q3.ends_before,
        reason="Sammenslåing",
        by=BY,
        on=TODAY,
    )

    with django_assert_num_queries(6):
        levels = queries.levels(on=TODAY, quarters=[Q3, Q4])

    assert {pk: one[Q3] for pk, one in levels.items()} == {
        idle.pk: Level.LOW,
        full.pk: Level.HIGH,
        busy.pk: Level.MEDIUM,
        closed.pk: Level.HIGH,
    }
    assert {one[Q4] for one in levels.values()} == {Level.LOW}
    for pk, one in levels.items():
        ahead = queries.year_ahead(pk, on=TODAY, reach=NOWHERE)
        assert [ahead[1].level, ahead[2].level] == [one[Q3], one[Q4]]


def test_levels_of_no_quarters_are_empty() -> None:
    here = make.municipality()
    assert queries.levels(on=TODAY, quarters=[]) == {here.pk: {}}


def test_inhabitants_are_those_of_the_day() -> None:
    here = make.municipality()
    inhabitants(here, 1_900, on=date(2026, 1, 1))
    inhabitants(here, 2_100, on=date(2028, 1, 1))

    before, after = (
        queries.year_ahead(here.pk, on=day, reach=Reach(everywhere=True))[0]
        for day in (TODAY, date(2028, 2, 1))
    )

    assert before.inside is not None
    assert after.inside is not None
    assert (before.inside.hours, after.inside.hours) == (30, 45)


def test_the_next_two_quarters_are_asked_for_until_answered(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    none, one, both = (make.municipality() for _ in range(3))
    services.answer_room(municipality=one, answers={Q3: Room.SOME}, seen={}, by=BY, on=TODAY)
    services.answer_room(
        municipality=both, answers={Q3: Room.SOME, Q4: Room.FULL}, seen={}, by=BY, on=TODAY
    )

    with django_assert_num_queries(1):
        missing = queries.unanswered([none.pk, one.pk, both.pk], on=TODAY)

    assert missing == {none.pk: (Q3, Q4), one.pk: (Q4,)}


def test_the_database_refuses_two_answers_for_a_quarter() -> None:
    here = make.municipality()
    RoomAnswer.objects.create(municipality=here, quarter=Q3.starts_on, room="some")
    with pytest.raises(IntegrityError, match="room_answer_once_a_quarter"):
        RoomAnswer.objects.create(municipality=here, quarter=Q3.starts_on, room="full")


def test_the_database_refuses_an_answer_for_a_day_that_begins_no_quarter() -> None:
    with pytest.raises(IntegrityError, match="room_answer_quarter_is_first_day"):
        RoomAnswer.objects.create(
            municipality=make.municipality(), quarter=date(2027, 8, 1), room="some"
        )


def test_the_database_refuses_an_unknown_answer() -> None:
    with pytest.raises(IntegrityError, match="room_answer_is_known"):
        RoomAnswer.objects.create(
            municipality=make.municipality(), quarter=Q3.starts_on, room="much"
        )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"role": "it"}, "capacity_hours_once"),
        ({"quarter": date(2027, 7, 2)}, "capacity_hours_quarter_is_first_day"),
        ({"role": "boss"}, "capacity_hours_role_is_known"),
    ],
)
def test_the_database_refuses_hours(values: dict[str, object], constraint: str) -> None:
    here = make.municipality()
    sound = {"municipality": here, "quarter": Q3.starts_on, "role": "it", "hours": 1}
    CapacityHours.objects.create(**sound)
    with pytest.raises(IntegrityError, match=constraint):
        CapacityHours.objects.create(**{**sound, "role": "epj_manager", **values})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({}, "blackout_once"),
        ({"valid_to": date(2027, 1, 1)}, "blackout_period_in_order"),
        (
            {"reason": "", "valid_from": date(2028, 1, 1), "valid_to": date(2028, 2, 1)},
            "blackout_has_reason",
        ),
    ],
)
def test_the_database_refuses_a_blackout(values: dict[str, object], constraint: str) -> None:
    sound = {
        "municipality": make.municipality(),
        "valid_from": date(2027, 6, 1),
        "valid_to": date(2027, 7, 1),
        "reason": "Valg",
    }
    Blackout.objects.create(**sound)
    with pytest.raises(IntegrityError, match=constraint):
        Blackout.objects.create(**{**sound, **values})

"""What is said of how far municipalities have come: recorded, confirmed, taken back, carried."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import CodeChange, Municipality
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import SolutionKind
from samlop.uptake.models import HindranceReport, QuarterCard, StageEvent
from samlop.uptake.queries import stages as queries
from samlop.uptake.queries.stages import Standing
from samlop.uptake.rules.stages import Hindrance, Source, Stage, StageRefusal
from samlop.uptake.services import card, stages
from samlop.uptake.services.card import Line
from samlop.uptake.services.stages import CannotSay, Loaded, Said
from tests import factories as make

pytestmark = pytest.mark.django_db

BY = Machine("tests")
TODAY = date(2027, 3, 14)
AT = datetime(2027, 3, 14, 9, tzinfo=UTC)
JAN, FEB = date(2027, 1, 10), date(2027, 2, 10)
OWN, LOG, VENDOR = Source.MUNICIPALITY, Source.USAGE_LOG, Source.VENDOR
TECHNICAL, IN_USE, ACTIVE = Stage.TECHNICALLY_INTRODUCED, Stage.IN_USE, Stage.ACTIVE_USE


@pytest.fixture
def offer() -> Offer:
    return make.offer()


@pytest.fixture
def place() -> Municipality:
    return make.municipality()


def say(
    offer: Offer,
    place: Municipality,
    source: Source,
    stage: Stage,
    happened_on: date,
    *,
    at: datetime = AT,
) -> StageEvent:
    said = Said(stage=stage, happened_on=happened_on, source=source)
    return stages.say(offer=offer, municipality=place, said=said, by=BY, on=TODAY, at=at)


def standing(offer: Offer, place: Municipality, on: date = TODAY) -> Standing:
    return queries.standing([offer.pk], on).get((offer.pk, place.pk), queries.NOTHING)


def test_what_a_source_says_stands_from_its_day(offer: Offer, place: Municipality) -> None:
    say(offer, place, VENDOR, TECHNICAL, JAN)
    say(offer, place, OWN, IN_USE, FEB)

    assert standing(offer, place, JAN - timedelta(days=1)) == queries.NOTHING
    assert standing(offer, place, JAN).agreed is TECHNICAL
    found = standing(offer, place)
    assert (found.agreed, found.since, found.disagrees) == (IN_USE, FEB, False)
    assert found.per_source == {VENDOR: TECHNICAL, OWN: IN_USE}
    assert found.confirmed_by == {OWN}
    event = Event.objects.filter(code="uptake.stage.said").latest("pk")
    assert (event.municipality_id, event.details["stage"]) == (place.pk, "in_use")


def test_the_same_word_twice_is_one_event(offer: Offer, place: Municipality) -> None:
    first = say(offer, place, OWN, IN_USE, FEB)
    assert say(offer, place, OWN, IN_USE, FEB) == first
    assert StageEvent.objects.count() == 1
    assert Event.objects.filter(code="uptake.stage.said").count() == 1


def test_a_withdrawn_word_gives_way_to_the_one_before_but_was_known_then(
    offer: Offer, place: Municipality
) -> None:
    say(offer, place, OWN, TECHNICAL, JAN)
    wrong = say(offer, place, OWN, IN_USE, FEB)
    stages.withdraw(event=wrong, reason="Feil kommune", by=BY, at=AT + timedelta(days=1))

    assert standing(offer, place).agreed is TECHNICAL
    then = queries.standing([offer.pk], TODAY, known_at=AT)
    assert then[offer.pk, place.pk].agreed is IN_USE
    before = queries.standing([offer.pk], TODAY, known_at=AT - timedelta(seconds=1))
    assert before == {}


def test_a_word_is_taken_back_once_and_with_a_reason(offer: Offer, place: Municipality) -> None:
    event = say(offer, place, OWN, IN_USE, FEB)
    with pytest.raises(CannotSay) as caught:
        stages.withdraw(event=event, reason="  ", by=BY, at=AT)
    assert caught.value.refusal is StageRefusal.NO_REASON
    stages.withdraw(event=event, reason="Feil", by=BY, at=AT)
    with pytest.raises(CannotSay) as caught:
        stages.withdraw(event=event, reason="Feil", by=BY, at=AT)
    assert caught.value.refusal is StageRefusal.ALREADY_WITHDRAWN


def test_the_database_lets_nobody_rewrite_a_word(offer: Offer, place: Municipality) -> None:
    event = say(offer, place, OWN, IN_USE, FEB)
    event.stage = ACTIVE.value
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        StageEvent.objects.filter(pk=event.pk).delete()


def test_a_municipality_that_did_not_exist_came_to_nothing(offer: Offer) -> None:
    young = make.municipality(valid_from=FEB)
    with pytest.raises(CannotSay) as caught:
        say(offer, young, OWN, IN_USE, JAN)
    assert caught.value.refusal is StageRefusal.NOT_EXISTING


def test_a_joint_process_has_its_own_stages(place: Municipality) -> None:
    process = make.offer(solution=make.solution(kind=SolutionKind.JOINT_PROCESS))
    with pytest.raises(CannotSay) as caught:
        say(process, place, OWN, IN_USE, FEB)
    assert caught.value.refusal is StageRefusal.OTHER_LADDER
    say(process, place, OWN, Stage.UNDER_WAY, FEB)
    assert queries.counts(process.pk, TODAY) == {
        Stage.SIGNED_UP: 1,
        Stage.UNDER_WAY: 1,
        Stage.COMPLETED: 0,
    }


def test_a_word_carries_the_definition_of_its_day(offer: Offer, place: Municipality) -> None:
    for seen, (words, day) in enumerate((("Første", date(2026, 1, 1)), ("Andre", FEB))):
        stages.define(
            solution=offer.solution,
            stage=IN_USE,
            words=words,
            valid_from=day,
            by=BY,
            at=AT,
            seen=seen,
        )
    first = say(offer, place, OWN, IN_USE, JAN)
    second = say(offer, place, LOG, IN_USE, FEB)
    assert first.definition is not None
    assert first.definition.version == 1
    assert second.definition is not None
    assert second.definition.version == 2
    assert queries.definitions(offer.solution_id, TODAY)[IN_USE].words == "Andre"


def test_the_counts_are_cumulative_and_leave_out_the_ended(offer: Offer) -> None:
    places = [make.municipality() for _ in range(4)]
    for one, stage in zip(places, (TECHNICAL, IN_USE, ACTIVE, Stage.STOPPED), strict=True):
        say(offer, one, OWN, stage, FEB)
    found = queries.counts(offer.pk, TODAY)
    assert (found[Stage.DECIDED], found[TECHNICAL], found[IN_USE], found[ACTIVE]) == (3, 3, 2, 1)


def test_any_number_of_offers_and_municipalities_is_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    offers = [make.offer() for _ in range(3)]
    for one in offers:
        for _ in range(3):
            say(one, make.municipality(), OWN, IN_USE, FEB)
    with django_assert_num_queries(1):
        found = queries.standing([one.pk for one in offers], TODAY)
    assert len(found) == 9


def test_a_confirmation_agrees_from_the_same_day(offer: Offer, place: Municipality) -> None:
    seen = say(offer, place, LOG, IN_USE, FEB)
    stages.confirm(
        offer=offer,
        municipality=place,
        stage=IN_USE,
        since=FEB,
        seen=seen.pk,
        by=BY,
        on=TODAY,
        at=AT,
    )
    found = standing(offer, place)
    assert found.confirmed_by == {OWN, LOG}
    assert (found.since, found.open_from) == (FEB, TODAY)


def test_who_answers_what_has_changed_meanwhile_is_told(offer: Offer, place: Municipality) -> None:
    seen = say(offer, place, LOG, IN_USE, FEB)
    say(offer, place, VENDOR, TECHNICAL, JAN)
    with pytest.raises(CannotSay, match=offer.solution.name):
        stages.confirm(
            offer=offer,
            municipality=place,
            stage=IN_USE,
            since=FEB,
            seen=seen.pk,
            by=BY,
            on=TODAY,
            at=AT,
        )


def answer(place: Municipality, *lines: Line) -> QuarterCard:
    return card.answer(
        municipality=place, quarter=Quarter.of(TODAY), lines=lines, by=BY, on=TODAY, at=AT
    )


def test_the_card_confirms_what_is_right_with_units_and_hindrances(
    offer: Offer, place: Municipality
) -> None:
    seen = say(offer, place, LOG, IN_USE, FEB)
    line = Line(
        offer=offer.pk,
        seen=seen.pk,
        shown=IN_USE,
        shown_since=FEB,
        stage=IN_USE,
        since=FEB,
        units_in_use=4,
        units=6,
        hindrances=frozenset({Hindrance.TRAINING}),
    )
    answer(place, line)
    found = standing(offer, place)
    assert (found.agreed, found.since, found.units_in_use, found.units) == (IN_USE, FEB, 4, 6)
    told = queries.hindered([offer.pk], TODAY)[offer.pk, place.pk]
    assert told.hindrances == (Hindrance.TRAINING,)


def test_a_denial_counts_from_the_day_it_is_given(offer: Offer, place: Municipality) -> None:
    seen = say(offer, place, LOG, IN_USE, FEB)
    line = Line(
        offer=offer.pk, seen=seen.pk, shown=IN_USE, shown_since=FEB, stage=TECHNICAL, since=JAN
    )
    answer(place, line)
    found = standing(offer, place)
    assert (found.agreed, found.since, found.disagrees) == (TECHNICAL, TODAY, True)
    assert standing(offer, place, FEB).agreed is IN_USE


def test_an_earlier_date_corrects_the_municipalitys_own_word(
    offer: Offer, place: Municipality
) -> None:
    seen = say(offer, place, OWN, IN_USE, FEB)
    line = Line(
        offer=offer.pk, seen=seen.pk, shown=IN_USE, shown_since=FEB, stage=IN_USE, since=JAN
    )
    answer(place, line)
    found = standing(offer, place)
    assert (found.agreed, found.since) == (IN_USE, JAN)


def test_a_card_is_all_or_nothing(offer: Offer, place: Municipality) -> None:
    other = make.offer()
    lines = [
        Line(offer=offer.pk, seen=None, shown=None, shown_since=None, stage=IN_USE, since=FEB),
        Line(offer=other.pk, seen=12345, shown=None, shown_since=None, stage=IN_USE, since=FEB),
    ]
    with pytest.raises(CannotSay):
        answer(place, *lines)
    assert not StageEvent.objects.exists()
    assert not QuarterCard.objects.exists()


def test_a_card_answered_again_in_the_quarter_is_one_card(
    offer: Offer, place: Municipality
) -> None:
    line = Line(offer=offer.pk, seen=None, shown=None, shown_since=None, stage=None, since=None)
    assert answer(place, line) == answer(place, line)
    assert QuarterCard.objects.count() == 1
    assert not HindranceReport.objects.exists()


def test_what_no_longer_hinders_is_gone(offer: Offer, place: Municipality) -> None:
    for told, codes in ((JAN, [Hindrance.VENDOR]), (FEB, [])):
        card.report_hindrances(
            offer=offer, municipality=place, hindrances=codes, by=BY, on=told, at=AT
        )
    assert set(queries.hindered([offer.pk], JAN)) == {(offer.pk, place.pk)}
    assert queries.hindered([offer.pk], TODAY) == {}


def test_each_part_of_a_divided_municipality_begins_where_it_was(offer: Offer) -> None:
    old = make.municipality(number="9507", valid_to=FEB)
    parts = [make.municipality(number=number, valid_from=FEB) for number in ("9508", "9580")]
    for number in ("9508", "9580"):
        CodeChange.objects.create(
            old_number="9507", new_number=number, happened_on=FEB, kind=ChangeKind.SPLIT.value
        )
    say(offer, old, OWN, IN_USE, JAN)
    for part in parts:
        assert standing(offer, part) == queries.NOTHING
        (proposal,) = queries.carry_proposals(part.pk)
        stages.decide_carry(proposal=proposal, carried=True, by=BY, at=AT)
        assert queries.carry_proposals(part.pk) == ()
        assert (standing(offer, part).agreed, standing(offer, part).since) == (IN_USE, FEB)
        with pytest.raises(CannotSay):
            stages.decide_carry(proposal=proposal, carried=True, by=BY, at=AT)
    assert queries.counts(offer.pk, JAN)[IN_USE] == 1
    assert queries.counts(offer.pk, TODAY)[IN_USE] == 2
    reached = queries.first_reached(offer.pk, IN_USE)
    assert set(reached.values()) == {JAN}
    # Asked for one part alone, what it was carried from is known all the same.
    alone = queries.first_reached_of([offer.pk], IN_USE, municipalities=[parts[0].pk])
    assert alone == {offer.pk: {old.pk: JAN, parts[0].pk: JAN}}


def test_a_merged_municipality_is_proposed_the_lowest_and_a_no_is_remembered(
    offer: Offer,
) -> None:
    former = [make.municipality(number=number, valid_to=FEB) for number in ("9601", "9602")]
    whole = make.municipality(number="9610", valid_from=FEB)
    for number in ("9601", "9602"):
        CodeChange.objects.create(
            old_number=number, new_number="9610", happened_on=FEB, kind=ChangeKind.MERGED.value
        )
    say(offer, former[0], OWN, IN_USE, JAN)
    assert queries.carry_proposals(whole.pk) == ()
    say(offer, former[1], OWN, TECHNICAL, JAN)
    (proposal,) = queries.carry_proposals(whole.pk)
    assert proposal.stage is TECHNICAL
    stages.decide_carry(proposal=proposal, carried=False, by=BY, at=AT)
    assert queries.carry_proposals(whole.pk) == ()
    assert standing(offer, whole) == queries.NOTHING


def test_a_history_is_loaded_whole_or_not_at_all(offer: Offer, place: Municipality) -> None:
    good = Loaded(
        municipality=place.pk,
        said=Said(stage=TECHNICAL, happened_on=JAN, source=VENDOR),
        recorded_at=AT,
    )
    bad = Loaded(
        municipality=place.pk,
        said=Said(stage=IN_USE, happened_on=FEB, source=VENDOR),
        recorded_at=AT,
    )
    with pytest.raises(CannotSay):
        stages.load(offer=offer, rows=[good, bad], by=BY, on=TODAY, at=AT)
    assert not StageEvent.objects.exists()
    assert stages.load(offer=offer, rows=[good], by=BY, on=TODAY, at=AT) == 1
    assert standing(offer, place).agreed is TECHNICAL

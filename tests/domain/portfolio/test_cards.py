"""Answers and choices on the A/B/C card, who is left out under C, and when A is proposed."""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from pytest_django import DjangoAssertNumQueries

from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.municipalities.rules.kinds import ProductKind, RegionKind, ServiceArea
from samlop.portfolio.models import CardAnswer, Offer, TypeChoice
from samlop.portfolio.queries import cards as queries
from samlop.portfolio.rules import cards as rules
from samlop.portfolio.rules.cards import (
    Blocker,
    BlockerOwner,
    CardRefusal,
    Choosing,
    Question,
    RolloutType,
    Share,
    SharedKey,
)
from samlop.portfolio.rules.readiness import Readiness
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.services import cards as services
from samlop.portfolio.services.cards import CannotChangeCard, Given
from tests import factories as make
from tests.domain.municipalities.test_races import both, meet

pytestmark = pytest.mark.django_db

BY = Machine("Koordineringsgruppa")
TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
KNUTEPUNKT = dict(zip(Question, (3, 4, 2, 3, 5), strict=True))
A, B, C = RolloutType.NATIONAL, RolloutType.REGIONAL, RolloutType.PARTLY


def answered(
    offer: Offer,
    scores: dict[Question, int],
    *,
    seen: dict[Question, int] | None = None,
    argument: str = "Fordi",
    on: date = TODAY,
) -> int:
    return services.answer(
        offer=offer,
        answers={q: Given(score=score, argument=argument) for q, score in scores.items()},
        seen=seen or {},
        by=BY,
        on=on,
        at=AT,
    )


def chosen(
    offer: Offer,
    type_: RolloutType = A,
    *,
    seen: int = 0,
    on: date = TODAY,
    key: SharedKey | None = None,
    move_at: int | None = None,
) -> TypeChoice:
    wish = Choosing(type=type_, reason="Fordi", chosen_on=on, key=key, move_at=move_at)
    return services.choose(offer=offer, wish=wish, seen=seen, by=BY, on=TODAY, at=AT)


# --- answering ---


def test_five_answers_give_a_suggestion() -> None:
    offer = make.offer()

    assert answered(offer, KNUTEPUNKT) == 5

    card = queries.card(offer, TODAY)
    assert card.scores == KNUTEPUNKT
    assert card.suggestion is not None
    assert card.suggestion.type is C
    assert card.answers[Question.READY].answered_as == "Koordineringsgruppa"
    event = Event.objects.get(code="portfolio.card.answered")
    assert event.subject_id == offer.solution_id
    assert event.details["scores"]["vendors"] == [None, 5]


def test_an_answer_is_kept_when_a_new_one_comes() -> None:
    offer = make.offer()
    answered(offer, {Question.READY: 2}, on=date(2026, 3, 1))
    answered(offer, {Question.READY: 4}, seen={Question.READY: 1})

    assert queries.card(offer, date(2026, 6, 1)).scores == {Question.READY: 2}
    assert queries.card(offer, TODAY).scores == {Question.READY: 4}
    answers, _ = queries.history_of([offer.pk], on=TODAY)
    assert [one.score for one in answers[offer.pk]] == [4, 2]


def test_the_same_answer_again_changes_nothing() -> None:
    offer = make.offer()
    answered(offer, {Question.READY: 2})
    assert answered(offer, {Question.READY: 2}) == 0
    assert CardAnswer.objects.count() == Event.objects.count() == 1


def test_what_somebody_else_has_answered_is_not_overwritten() -> None:
    offer = make.offer()
    answered(offer, {Question.READY: 2}, argument="Bare to leverandører")

    with pytest.raises(CannotChangeCard, match="2 – Bare to leverandører") as refused:
        answered(offer, {Question.FITS: 3, Question.READY: 4})

    assert refused.value.refusal is CardRefusal.CHANGED_MEANWHILE
    assert refused.value.question is Question.READY
    assert CardAnswer.objects.count() == 1


def test_a_score_without_an_argument_is_refused() -> None:
    offer = make.offer()
    with pytest.raises(CannotChangeCard) as refused:
        answered(offer, {Question.FITS: 3}, argument=" ")
    assert refused.value.refusal is CardRefusal.NO_ARGUMENT
    assert not CardAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = make.offer()
    meet(monkeypatch, services.Given, "same_as")

    refused = both(
        lambda: answered(offer, {Question.READY: 2}),
        lambda: answered(offer, {Question.READY: 4}),
    )

    assert len(refused) == 1
    assert CardAnswer.objects.count() == 1


# --- choosing ---


def test_a_choice_keeps_what_the_answers_pointed_to() -> None:
    offer = make.offer()
    here = make.municipality()
    answered(offer, KNUTEPUNKT)

    chosen(offer, A)

    row = TypeChoice.objects.get()
    assert (row.type, row.suggested, row.ready, row.concerned) == ("a", "c", 0, 1)
    assert row.scores == {question.value: score for question, score in KNUTEPUNKT.items()}
    assert row.chosen_as == "Koordineringsgruppa"
    assert here.pk
    assert Event.objects.filter(code="portfolio.card.chosen").count() == 1


def test_the_group_may_choose_anew_and_both_choices_are_shown() -> None:
    offer = make.offer()
    chosen(offer, A, on=date(2026, 3, 1))
    chosen(offer, B, seen=1)

    _, choices = queries.history_of([offer.pk], on=TODAY)
    assert [one.type for one in choices[offer.pk]] == [B, A]
    assert queries.choices_on(TODAY)[offer.pk].type is B
    assert queries.choices_on(date(2026, 6, 1))[offer.pk].type is A
    assert offer.pk not in queries.choices_on(date(2026, 1, 1))


def test_whoever_chooses_last_is_told_what_the_other_chose() -> None:
    offer = make.offer()
    chosen(offer, B)
    with pytest.raises(CannotChangeCard, match="B – felles regionalt innføringsløp") as refused:
        chosen(offer, A)
    assert refused.value.refusal is CardRefusal.CHOSEN_MEANWHILE
    assert TypeChoice.objects.count() == 1


def test_a_choice_may_not_be_dated_before_the_last() -> None:
    offer = make.offer()
    chosen(offer, B, on=date(2026, 3, 1))
    with pytest.raises(CannotChangeCard, match=r"1. mars 2026"):
        chosen(offer, A, seen=1, on=date(2026, 2, 1))


def test_c_needs_something_in_common_and_a_share_above_todays() -> None:
    offer, product, here = make.offer(), make.product(), make.municipality()
    make.use(municipality=here, product=product)
    make.readiness(offer=offer, product=product, state=Readiness.RELEASED)

    with pytest.raises(CannotChangeCard) as refused:
        chosen(offer, C)
    assert refused.value.refusal is CardRefusal.NO_KEY
    with pytest.raises(CannotChangeCard, match="100 % av kommunene"):
        chosen(offer, C, key=SharedKey.RECORD_SYSTEM, move_at=80)
    assert not TypeChoice.objects.exists()


def test_a_joint_process_is_never_c() -> None:
    process = make.solution(kind=SolutionKind.JOINT_PROCESS)
    offer = make.offer(solution=process, area=Area.HEALTH_AND_CARE)
    make.municipality()
    with pytest.raises(CannotChangeCard) as refused:
        chosen(offer, C, key=SharedKey.RECORD_SYSTEM)
    assert refused.value.refusal is CardRefusal.NO_VENDORS
    assert not queries.card(offer, TODAY).has_vendors


@pytest.mark.django_db(transaction=True)
def test_two_who_choose_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = make.offer()
    meet(monkeypatch, rules, "refusal_of_choice")

    refused = both(lambda: chosen(offer, A), lambda: chosen(offer, B))

    assert len(refused) == 1
    assert "mens du skrev" in refused[0]
    assert TypeChoice.objects.count() == 1


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("model", [CardAnswer, TypeChoice])
def test_answers_and_choices_are_never_changed(
    model: type[CardAnswer] | type[TypeChoice], change: str
) -> None:
    offer = make.offer()
    answered(offer, {Question.READY: 2})
    chosen(offer)
    rows = model._default_manager.all()
    act = (
        rows.delete
        if change == "delete"
        else partial(rows.update, recorded_at=datetime(2020, 1, 1, tzinfo=UTC))
    )
    with (
        pytest.raises((InternalError, ProgrammingError, IntegrityError)),
        transaction.atomic(),
    ):
        act()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"type": "d"}, "type_choice_type_is_known"),
        ({"reason": ""}, "type_choice_has_reason"),
        ({"type": "c"}, "type_choice_key_belongs_to_partly"),
        ({"key": "record_system"}, "type_choice_key_belongs_to_partly"),
        ({"suggested": "x"}, "type_choice_suggested_is_known"),
        ({"number": 1}, "type_choice_number_once"),
        (
            {"type": "c", "key": "record_system", "move_at": 101},
            "type_choice_move_at_is_a_share",
        ),
    ],
)
def test_the_database_refuses_a_choice_that_makes_no_sense(
    values: dict[str, object], constraint: str
) -> None:
    first = chosen(make.offer())
    plain: dict[str, object] = {
        "offer": first.offer,
        "number": 2,
        "type": "a",
        "chosen_on": TODAY,
        "reason": "Fordi",
        "ready": 0,
        "concerned": 0,
        "recorded_at": AT,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        TypeChoice.objects.create(**{**plain, **values})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"question": "x"}, "card_answer_question_is_known"),
        ({"score": 6}, "card_answer_is_on_scale"),
        ({"argument": ""}, "card_answer_has_argument"),
        ({"number": 1}, "card_answer_number_once"),
    ],
)
def test_the_database_refuses_an_answer_that_makes_no_sense(
    values: dict[str, object], constraint: str
) -> None:
    offer = make.offer()
    answered(offer, {Question.READY: 2})
    plain: dict[str, object] = {
        "offer": offer,
        "question": "ready",
        "number": 2,
        "score": 3,
        "argument": "Fordi",
        "answered_on": TODAY,
        "recorded_at": AT,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CardAnswer.objects.create(**{**plain, **values})


# --- from C to A, and those left out ---


def test_a_move_to_a_is_proposed_when_the_vendors_cover_enough() -> None:
    offer, product = make.offer(), make.product()
    municipalities = [make.municipality() for _ in range(5)]
    make.readiness(offer=offer, product=product, state=Readiness.IN_TEST, told_on=date(2026, 1, 5))
    for one in municipalities[:4]:
        make.use(municipality=one, product=product)
    chosen(offer, C, key=SharedKey.RECORD_SYSTEM, move_at=80, on=date(2026, 3, 1))
    assert queries.proposals(TODAY) == ()

    make.readiness(
        offer=offer, product=product, state=Readiness.RELEASED, told_on=date(2026, 10, 1)
    )

    (proposed,) = queries.proposals(TODAY)
    assert proposed.offer == offer
    assert proposed.proposal.share == Share(4, 5)
    assert queries.proposals(date(2026, 9, 1)) == ()
    chosen(offer, A, seen=1)
    assert queries.proposals(TODAY) == ()


def test_everybody_left_out_is_listed_with_what_stops_them() -> None:
    offer = make.offer(area=Area.HOME_CARE)
    out, tested, never, silent = (make.product(name=name) for name in ("A", "B", "C", "D"))
    here = {
        name: make.municipality(name=name) for name in ("Ås", "Bø", "Åmli", "Øyer", "Alta", "Moss")
    }
    for name, product in (("Ås", out), ("Bø", tested), ("Åmli", never), ("Øyer", silent)):
        make.use(municipality=here[name], product=product)
    # Two systems: the one that has come furthest counts.
    make.use(municipality=here["Alta"], product=tested)
    make.use(
        municipality=here["Alta"],
        product=make.product(kind=ProductKind.WELFARE_TECHNOLOGY),
    )
    # Elsewhere than the offer reaches.
    make.use(municipality=here["Moss"], product=out, area=ServiceArea.CHILD_HEALTH)
    make.readiness(offer=offer, product=out, state=Readiness.RELEASED)
    make.readiness(
        offer=offer, product=tested, state=Readiness.IN_TEST, release_on=date(2027, 3, 1)
    )
    make.readiness(offer=offer, product=never, state=Readiness.NOT_PLANNED)

    found = {one.name: one for one in queries.left_out(offer, TODAY)}

    assert list(found) == ["Alta", "Bø", "Moss", "Øyer", "Åmli"]
    assert {name: one.blocked.blocker for name, one in found.items()} == {
        "Alta": Blocker.IN_TEST,
        "Bø": Blocker.IN_TEST,
        "Moss": Blocker.SYSTEM_UNKNOWN,
        "Øyer": Blocker.NOTHING_SAID,
        "Åmli": Blocker.NOT_PLANNED,
    }
    assert found["Bø"].blocked.expected_on == date(2027, 3, 1)
    assert found["Moss"].blocked.owner is BlockerOwner.MUNICIPALITY
    silent_product = found["Øyer"].product
    assert silent_product is not None
    assert silent_product.name == "D"


def test_the_municipalities_are_grouped_by_what_they_have_in_common() -> None:
    offer = make.offer(area=Area.HOME_CARE)
    big, small = make.product(name="Stor"), make.product(name="Liten")
    municipalities = [make.municipality() for _ in range(4)]
    for one in municipalities[:2]:
        make.use(municipality=one, product=big)
    make.use(municipality=municipalities[2], product=small)
    make.readiness(offer=offer, product=big, state=Readiness.RELEASED)
    make.region(
        kind=RegionKind.IKT_COOPERATION, name="IKT sammen", members=tuple(municipalities[1:3])
    )
    coverage = queries.card(offer, TODAY).coverage

    by_system = queries.groups(offer, SharedKey.RECORD_SYSTEM, TODAY, coverage)
    assert [(one.name, len(one.municipalities), one.ready) for one in by_system] == [
        ("Stor", 2, 2),
        ("Liten", 1, 0),
    ]
    assert by_system[0].state is not None
    assert by_system[1].state is None
    (together,) = queries.groups(offer, SharedKey.JOINT_PROCUREMENT, TODAY, coverage)
    assert (together.name, len(together.municipalities), together.ready) == ("IKT sammen", 2, 1)
    assert queries.groups(offer, SharedKey.WELFARE_TECHNOLOGY, TODAY, coverage) == ()


def test_a_card_costs_as_many_queries_for_one_offer_as_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(3):
        offer = make.offer()
        answered(offer, KNUTEPUNKT)
        make.municipality()
    offers = list(Offer.objects.select_related("solution"))
    with django_assert_num_queries(5):
        queries.cards_of(offers[:1], TODAY)
    with django_assert_num_queries(5):
        queries.cards_of(offers, TODAY)
    with django_assert_num_queries(1):
        queries.proposals(TODAY)
    with django_assert_num_queries(5):
        queries.left_out(offers[0], TODAY)

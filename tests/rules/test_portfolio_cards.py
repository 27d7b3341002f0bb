"""Which type five answers point to, what would change it, and who is left out under C."""

import random
from datetime import date

import pytest

from samlop.portfolio.rules import cards
from samlop.portfolio.rules.cards import (
    Blocked,
    Blocker,
    BlockerOwner,
    CardRefusal,
    Caution,
    Choosing,
    Question,
    Reason,
    RolloutType,
    Share,
    SharedKey,
    Suggestion,
)
from samlop.portfolio.rules.readiness import Claim, Readiness

A, B, C = RolloutType.NATIONAL, RolloutType.REGIONAL, RolloutType.PARTLY
TODAY = date(2026, 11, 22)
Five = tuple[int, int, int, int, int]

KJERNEJOURNAL: Five = (5, 4, 2, 4, 2)
DIGIHELSESTASJON: Five = (5, 5, 4, 3, 2)
TJENESTEMODELL: Five = (4, 4, 4, 2, 1)
KNUTEPUNKT: Five = (3, 4, 2, 3, 5)


def scores(five: Five) -> dict[Question, int]:
    return dict(zip(Question, five, strict=True))


def suggested(five: Five) -> Suggestion:
    found = cards.suggest(scores(five))
    assert found is not None
    return found


# ready, fits, together, capacity, vendors
CASES: list[tuple[str, Five, RolloutType, set[Reason]]] = [
    # The final report's own four, from the facts of its chapter 4.3.
    (
        "Kjernejournal",
        KJERNEJOURNAL,
        A,
        {
            Reason.READY_FOR_ALL,
            Reason.DOCUMENTED,
            Reason.NOBODY_WAITS,
            Reason.NATION_CARRIES,
            Reason.VENDORS_FREE,
        },
    ),
    ("DigiHelsestasjon", DIGIHELSESTASJON, B, {Reason.REGION_TOGETHER}),
    (
        "Helhetlig tjenestemodell",
        TJENESTEMODELL,
        B,
        {Reason.REGION_TOGETHER, Reason.REGIONS_CARRY},
    ),
    ("VKP", KNUTEPUNKT, C, {Reason.VENDORS_DECIDE}),
    # The middle of every scale decides nothing.
    ("all in the middle", (3, 3, 3, 3, 3), A, set(Reason) - {*list(Reason)[:5]}),
    ("best of everything", (5, 5, 1, 5, 1), A, set(Reason) - {*list(Reason)[:5]}),
    # Each reason for C alone, on both sides of its limit.
    ("ready in few places", (1, 4, 2, 4, 2), C, {Reason.ONLY_SOME_PLACES}),
    ("ready in some places", (2, 4, 2, 4, 2), C, {Reason.ONLY_SOME_PLACES}),
    ("ready in most places", (3, 4, 2, 4, 2), A, set(Reason) - {*list(Reason)[:5]}),
    ("fits badly", (4, 1, 2, 4, 2), C, {Reason.NOT_DOCUMENTED}),
    ("little documented", (4, 2, 2, 4, 2), C, {Reason.NOT_DOCUMENTED}),
    ("documented enough", (4, 3, 2, 4, 2), A, set(Reason) - {*list(Reason)[:5]}),
    ("vendors matter much", (4, 4, 2, 4, 4), C, {Reason.VENDORS_DECIDE}),
    ("vendors matter somewhat", (4, 4, 2, 4, 3), A, set(Reason) - {*list(Reason)[:5]}),
    # Each reason for B alone, on both sides of its limit.
    ("must begin together", (4, 4, 5, 4, 2), B, {Reason.REGION_TOGETHER}),
    ("should begin together", (4, 4, 4, 4, 2), B, {Reason.REGION_TOGETHER}),
    ("good to begin together", (4, 4, 3, 4, 2), A, set(Reason) - {*list(Reason)[:5]}),
    ("nobody national", (4, 4, 2, 1, 2), B, {Reason.REGIONS_CARRY}),
    ("few national", (4, 4, 2, 2, 2), B, {Reason.REGIONS_CARRY}),
    ("some national", (4, 4, 2, 3, 2), A, set(Reason) - {*list(Reason)[:5]}),
    # C comes before B: what is not made cannot be introduced however well a region is organised.
    ("vendors and region", (4, 4, 5, 1, 5), C, {Reason.VENDORS_DECIDE}),
    ("not ready and region", (2, 4, 5, 1, 1), C, {Reason.ONLY_SOME_PLACES}),
    (
        "PLL in municipal care",
        (2, 3, 5, 3, 4),
        C,
        {Reason.ONLY_SOME_PLACES, Reason.VENDORS_DECIDE},
    ),
    (
        "nothing is in place",
        (1, 1, 1, 1, 5),
        C,
        {Reason.ONLY_SOME_PLACES, Reason.NOT_DOCUMENTED, Reason.VENDORS_DECIDE},
    ),
    ("only the region speaks, twice", (3, 3, 4, 2, 3), B, {*list(Reason)[3:5]}),
    ("elektronisk medisineringsstøtte", (4, 5, 3, 2, 3), B, {Reason.REGIONS_CARRY}),
    ("Digihelse", (5, 4, 2, 4, 3), A, set(Reason) - {*list(Reason)[:5]}),
    ("digital hjemmeoppfølging", (3, 4, 5, 3, 3), B, {Reason.REGION_TOGETHER}),
]


@pytest.mark.parametrize(
    ("five", "type_", "reasons"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_answers_point_to(five: Five, type_: RolloutType, reasons: set[Reason]) -> None:
    found = suggested(five)
    assert (found.type, {why.reason for why in found.reasons}) == (type_, reasons)


def test_there_are_at_least_24_cases() -> None:
    assert len({case[1] for case in CASES}) == len(CASES) >= 24


@pytest.mark.parametrize("left_out", list(Question))
def test_nothing_is_suggested_before_all_five_are_answered(left_out: Question) -> None:
    four = {question: 3 for question in Question if question is not left_out}
    assert cards.suggest(four) is None
    assert cards.missing(four) == (left_out,)


def test_a_reason_names_the_answer_that_gives_it() -> None:
    (why,) = suggested(KNUTEPUNKT).reasons
    assert (why.question, why.score) == (Question.VENDORS, 5)


def test_what_speaks_for_the_same_stands_beside_what_decides() -> None:
    found = suggested(DIGIHELSESTASJON)
    assert {why.reason for why in found.also} == {
        Reason.READY_FOR_ALL,
        Reason.DOCUMENTED,
        Reason.VENDORS_FREE,
    }
    assert suggested(KJERNEJOURNAL).also == suggested(KNUTEPUNKT).also == ()


@pytest.mark.parametrize(
    ("five", "close"),
    [
        (KJERNEJOURNAL, False),
        (DIGIHELSESTASJON, True),
        (TJENESTEMODELL, False),
        (KNUTEPUNKT, False),
        ((4, 4, 2, 4, 4), True),
        ((4, 4, 2, 4, 3), True),
        ((3, 3, 3, 3, 3), True),
    ],
)
def test_close_is_one_step_in_one_answer(five: Five, close: bool) -> None:
    assert suggested(five).is_close is close


@pytest.mark.parametrize(
    ("five", "cautions"),
    [
        (KJERNEJOURNAL, set()),
        ((1, 4, 2, 4, 2), {Caution.BACK_TO_TRIAL}),
        ((4, 1, 2, 4, 2), {Caution.BACK_TO_TRIAL}),
        ((2, 4, 5, 4, 2), {Caution.PARTLY_IN_REGIONS}),
        ((4, 4, 2, 1, 2), {Caution.NOBODY_CARRIES}),
        ((1, 1, 5, 1, 5), set(Caution)),
    ],
)
def test_cautions(five: Five, cautions: set[Caution]) -> None:
    assert set(suggested(five).cautions) == cautions


def changes(five: Five, to: RolloutType) -> set[frozenset[tuple[Question, int]]]:
    return {
        frozenset((move.question, move.score) for move in change.moves)
        for change in suggested(five).would_change
        if change.to is to
    }


def test_one_step_less_together_makes_digihelsestasjon_national() -> None:
    assert changes(DIGIHELSESTASJON, A) == {frozenset({(Question.TOGETHER, 3)})}


def test_knutepunktet_becomes_national_when_the_vendors_no_longer_decide() -> None:
    assert changes(KNUTEPUNKT, A) == {frozenset({(Question.VENDORS, 3)})}
    assert changes(KNUTEPUNKT, B) == {
        frozenset({(Question.VENDORS, 3), (Question.TOGETHER, 4)}),
        frozenset({(Question.VENDORS, 3), (Question.CAPACITY, 2)}),
    }


def test_a_process_becomes_national_only_when_both_regional_reasons_are_gone() -> None:
    both = frozenset({(Question.TOGETHER, 3), (Question.CAPACITY, 3)})
    assert changes(TJENESTEMODELL, A) == {both}


def test_what_is_said_to_change_the_suggestion_does_and_nothing_less_does() -> None:
    dice = random.Random(5)
    for _ in range(40):
        now = {question: dice.choice(cards.SCALE) for question in Question}
        found = cards.type_of(now)
        for change in cards.would_change(now):
            moved = {**now, **{move.question: move.score for move in change.moves}}
            assert cards.type_of(moved) is change.to is not found
            for move in change.moves:
                step = 1 if move.score > now[move.question] else -1
                nearer = {**moved, move.question: move.score - step}
                assert cards.type_of(nearer) is not change.to


def test_every_set_of_answers_has_a_way_to_each_other_type() -> None:
    extremes: list[Five] = [(1, 1, 1, 1, 1), (5, 5, 5, 5, 5), (1, 5, 1, 5, 1)]
    for five in [*extremes, *(case[1] for case in CASES)]:
        found = suggested(five)
        assert {change.to for change in found.would_change} == set(RolloutType) - {found.type}


# --- saving ---


@pytest.mark.parametrize(
    ("score", "argument", "refusal"),
    [
        (1, "Fordi", None),
        (5, "x" * cards.MAX_ARGUMENT, None),
        (0, "Fordi", CardRefusal.NOT_ON_SCALE),
        (6, "Fordi", CardRefusal.NOT_ON_SCALE),
        (3, "  ", CardRefusal.NO_ARGUMENT),
        (3, "x" * (cards.MAX_ARGUMENT + 1), CardRefusal.TOO_LONG),
    ],
)
def test_refusal_of_answer(score: int, argument: str, refusal: CardRefusal | None) -> None:
    assert cards.refusal_of_answer(score, argument) is refusal


HALF = Share(178, 357)


@pytest.mark.parametrize(
    ("wish", "last", "has_vendors", "refusal"),
    [
        (Choosing(type=A, reason="Fordi", chosen_on=TODAY), None, True, None),
        (Choosing(type=B, reason="Fordi", chosen_on=TODAY), TODAY, True, None),
        (
            Choosing(type=C, reason="Fordi", chosen_on=TODAY, key=SharedKey.RECORD_SYSTEM),
            None,
            True,
            None,
        ),
        (
            Choosing(
                type=C, reason="Fordi", chosen_on=TODAY, key=SharedKey.RECORD_SYSTEM, move_at=80
            ),
            None,
            True,
            None,
        ),
        (Choosing(type=A, reason=" ", chosen_on=TODAY), None, True, CardRefusal.NO_REASON),
        (
            Choosing(type=A, reason="x" * (cards.MAX_REASON + 1), chosen_on=TODAY),
            None,
            True,
            CardRefusal.TOO_LONG,
        ),
        (
            Choosing(type=A, reason="Fordi", chosen_on=date(2026, 11, 23)),
            None,
            True,
            CardRefusal.IN_THE_FUTURE,
        ),
        (
            Choosing(type=A, reason="Fordi", chosen_on=date(2026, 11, 21)),
            TODAY,
            True,
            CardRefusal.BEFORE_THE_LAST,
        ),
        (Choosing(type=C, reason="Fordi", chosen_on=TODAY), None, True, CardRefusal.NO_KEY),
        (
            Choosing(type=A, reason="Fordi", chosen_on=TODAY, move_at=80),
            None,
            True,
            CardRefusal.KEY_ONLY_FOR_PARTLY,
        ),
        (
            Choosing(type=B, reason="Fordi", chosen_on=TODAY, key=SharedKey.RECORD_SYSTEM),
            None,
            True,
            CardRefusal.KEY_ONLY_FOR_PARTLY,
        ),
        (
            Choosing(type=C, reason="Fordi", chosen_on=TODAY, key=SharedKey.RECORD_SYSTEM),
            None,
            False,
            CardRefusal.NO_VENDORS,
        ),
        (
            Choosing(
                type=C, reason="Fordi", chosen_on=TODAY, key=SharedKey.RECORD_SYSTEM, move_at=0
            ),
            None,
            True,
            CardRefusal.BAD_SHARE,
        ),
        (
            Choosing(
                type=C, reason="Fordi", chosen_on=TODAY, key=SharedKey.RECORD_SYSTEM, move_at=101
            ),
            None,
            True,
            CardRefusal.BAD_SHARE,
        ),
        (
            Choosing(
                type=C, reason="Fordi", chosen_on=TODAY, key=SharedKey.RECORD_SYSTEM, move_at=49
            ),
            None,
            True,
            CardRefusal.SHARE_ALREADY_PASSED,
        ),
    ],
)
def test_refusal_of_choice(
    wish: Choosing, last: date | None, has_vendors: bool, refusal: CardRefusal | None
) -> None:
    found = cards.refusal_of_choice(
        wish, last_chosen_on=last, covered=HALF, has_vendors=has_vendors, on=TODAY
    )
    assert found is refusal


# --- from C to A ---


@pytest.mark.parametrize(
    ("share", "percent", "reached_80"),
    [
        (Share(0, 0), 0, False),
        (Share(285, 357), 79, False),
        (Share(286, 357), 80, True),
        (Share(4, 5), 80, True),
        (Share(357, 357), 100, True),
    ],
)
def test_a_share_is_rounded_down_and_reached_exactly(
    share: Share, percent: int, reached_80: bool
) -> None:
    assert (share.percent, share.has_reached(80)) == (percent, reached_80)


def test_a_move_is_proposed_when_the_share_is_reached() -> None:
    found = cards.move_proposal(C, 80, Share(286, 357), scores(KNUTEPUNKT))
    assert found is not None
    assert (found.move_at, found.against) == (80, ())


@pytest.mark.parametrize(
    ("chosen", "move_at", "share"),
    [
        (None, 80, Share(357, 357)),
        (A, 80, Share(357, 357)),
        (C, None, Share(357, 357)),
        (C, 80, Share(285, 357)),
    ],
)
def test_no_move_is_proposed(chosen: RolloutType | None, move_at: int | None, share: Share) -> None:
    assert cards.move_proposal(chosen, move_at, share, scores(KNUTEPUNKT)) is None


def test_a_proposal_names_what_still_speaks_against_it() -> None:
    found = cards.move_proposal(C, 80, Share(9, 10), scores((2, 4, 5, 3, 5)))
    assert found is not None
    assert [why.reason for why in found.against] == [
        Reason.ONLY_SOME_PLACES,
        Reason.REGION_TOGETHER,
    ]
    unanswered = cards.move_proposal(C, 80, Share(9, 10), {})
    assert unanswered is not None
    assert unanswered.against == ()


# --- those left out ---

SPRING, AUTUMN = date(2027, 3, 1), date(2027, 10, 1)
IN_TEST = Claim(state=Readiness.IN_TEST, release_on=SPRING)
PLANNED = Claim(state=Readiness.PLANNED, release_on=AUTUMN)
LATE = Claim(state=Readiness.IN_DEVELOPMENT, release_on=date(2026, 9, 1))
NEVER = Claim(state=Readiness.NOT_PLANNED)
DEVELOPED = Claim(state=Readiness.IN_DEVELOPMENT)
TO_COME = Claim(state=Readiness.RELEASED, version="2", release_on=AUTUMN)


@pytest.mark.parametrize(
    ("products", "said", "blocked"),
    [
        ([], {}, Blocked(blocker=Blocker.SYSTEM_UNKNOWN, owner=BlockerOwner.MUNICIPALITY)),
        (
            [7, 3],
            {},
            Blocked(blocker=Blocker.NOTHING_SAID, owner=BlockerOwner.VENDOR, product=3),
        ),
        (
            [1],
            {1: IN_TEST},
            Blocked(
                blocker=Blocker.IN_TEST, owner=BlockerOwner.VENDOR, product=1, expected_on=SPRING
            ),
        ),
        (
            [1, 2],
            {1: PLANNED, 2: IN_TEST},
            Blocked(
                blocker=Blocker.IN_TEST, owner=BlockerOwner.VENDOR, product=2, expected_on=SPRING
            ),
        ),
        (
            [1, 2],
            {1: DEVELOPED, 2: LATE},
            Blocked(
                blocker=Blocker.IN_DEVELOPMENT,
                owner=BlockerOwner.VENDOR,
                product=2,
                expected_on=date(2026, 9, 1),
                is_overdue=True,
            ),
        ),
        (
            [5, 4],
            {4: NEVER, 5: NEVER},
            Blocked(blocker=Blocker.NOT_PLANNED, owner=BlockerOwner.VENDOR, product=4),
        ),
        (
            [1, 9],
            {1: PLANNED},
            Blocked(
                blocker=Blocker.PLANNED, owner=BlockerOwner.VENDOR, product=1, expected_on=AUTUMN
            ),
        ),
        (
            [1],
            {1: TO_COME},
            Blocked(
                blocker=Blocker.IN_TEST, owner=BlockerOwner.VENDOR, product=1, expected_on=AUTUMN
            ),
        ),
    ],
)
def test_blocked(products: list[int], said: dict[int, Claim], blocked: Blocked) -> None:
    assert cards.blocked(products, said, on=TODAY) == blocked


def test_every_readiness_is_a_blocker() -> None:
    for state in Readiness:
        claim = Claim(state=state, version="1", release_on=None)
        assert cards.blocked([1], {1: claim}, on=TODAY).product == 1

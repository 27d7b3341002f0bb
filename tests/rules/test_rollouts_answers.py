"""What an answer must hold, when it binds, when the question is put again, and who is next."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from samlop.portfolio.rules.readiness import Standing
from samlop.rollouts.rules.answers import (
    AnswerRefusal,
    AnswerState,
    Content,
    Gone,
    Reason,
    Stood,
    gone,
    is_too_late,
    refusal_of,
)
from samlop.rollouts.rules.cohorts import CohortState
from samlop.rollouts.rules.places import InLine, Room, Stand, first_with_room, next_offers, stands
from samlop.rollouts.texts import answers as texts

ON = date(2027, 3, 14)
YES, PENDING, LATER = AnswerState.YES, AnswerState.PENDING, AnswerState.LATER
OBSERVE, NO = AnswerState.OBSERVE, AnswerState.NO


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (Content(state=YES), None),
        (Content(state=YES, wishes=(2, 1)), None),
        (Content(state=YES, wishes=(1, 1)), AnswerRefusal.SAME_COHORT_TWICE),
        (Content(state=YES, wishes=(3,)), AnswerRefusal.OTHER_COHORT),
        (Content(state=PENDING), AnswerRefusal.NO_EXPECTED_DAY),
        (Content(state=PENDING, expected_on=ON), None),
        (Content(state=PENDING, expected_on=date(2027, 3, 13)), AnswerRefusal.DAY_HAS_PASSED),
        (Content(state=LATER), AnswerRefusal.NO_REASON),
        (Content(state=LATER, reason=Reason.ECONOMY), AnswerRefusal.NOT_ASKED_AGAIN),
        (Content(state=LATER, reason=Reason.ECONOMY, ask_when_gone=True), None),
        (
            Content(state=LATER, reason=Reason.ECONOMY, ask_again_on=ON),
            AnswerRefusal.DAY_HAS_PASSED,
        ),
        (Content(state=OBSERVE), None),
        (Content(state=NO), AnswerRefusal.NO_REASON),
        (Content(state=NO, reason=Reason.OWN), None),
    ],
)
def test_what_an_answer_must_hold(content: Content, refusal: AnswerRefusal | None) -> None:
    assert refusal_of(content, cohorts={1, 2}, on=ON) is refusal


@pytest.mark.parametrize("state", list(AnswerState))
def test_what_belongs_to_another_answer_is_left_out(state: AnswerState) -> None:
    full = Content(
        state=state,
        wishes=(1,),
        case_number=" 26/1 ",
        reason=Reason.CAPACITY,
        text=" To \n har sluttet. ",
        expected_on=ON,
        ask_again_on=ON,
        ask_when_gone=True,
        hosts_others=True,
    )
    kept = full.trimmed()
    assert (kept.case_number, kept.text) == ("26/1", "To har sluttet.")
    assert bool(kept.wishes) is kept.hosts_others is (state is YES)
    assert (kept.expected_on is not None) is (state is PENDING)
    assert (kept.reason is not None) is (state in {LATER, NO})
    assert (kept.ask_again_on is not None) is kept.ask_when_gone is (state is LATER)


@pytest.mark.parametrize(
    ("state", "has_place", "days", "late"),
    [
        (NO, True, 0, False),
        (NO, True, 1, True),
        (LATER, True, 1, True),
        # Another wish is no way out, and whoever has no place binds nobody.
        (YES, True, 1, False),
        (NO, False, 1, False),
    ],
)
def test_a_place_binds_after_its_day(
    state: AnswerState, has_place: bool, days: int, late: bool
) -> None:
    on = ON + timedelta(days=days)
    assert is_too_late(state=state, has_place=has_place, change_until=ON, on=on) is late


SAID = Stood(
    state=LATER,
    reason=Reason.VENDOR_NOT_READY,
    ask_again_on=None,
    ask_when_gone=True,
    reopened=False,
    vendor=Standing.COVERED,
    vendor_then=Standing.WAITING,
    merged=False,
)


@pytest.mark.parametrize(
    ("stood", "why"),
    [
        (SAID, Gone.VENDOR_READY),
        (replace(SAID, state=NO, ask_when_gone=False), Gone.VENDOR_READY),
        (replace(SAID, reopened=True), None),
        (replace(SAID, vendor=Standing.WAITING), None),
        # It was ready already when the municipality said that it was not.
        (replace(SAID, vendor_then=Standing.COVERED), None),
        (replace(SAID, reason=Reason.ECONOMY), None),
        (replace(SAID, reason=Reason.MERGER, merged=True), Gone.MERGER_DONE),
        (replace(SAID, reason=Reason.MERGER), None),
        (replace(SAID, ask_when_gone=False), None),
        (replace(SAID, ask_when_gone=False, ask_again_on=ON), Gone.DAY_HAS_COME),
        (replace(SAID, ask_when_gone=False, ask_again_on=date(2027, 3, 15)), None),
        (replace(SAID, state=YES), None),
        (replace(SAID, state=NO, reason=Reason.ECONOMY), None),
    ],
)
def test_when_the_question_is_put_again(stood: Stood, why: Gone | None) -> None:
    assert gone(stood, on=ON) is why


def room(
    cohort: int, maximum: int = 1, *, places: int = 0, reserved: int = 0, offered: int = 0
) -> Room:
    return Room(
        cohort=cohort,
        state=CohortState.ENROLLING,
        maximum=maximum,
        places=places,
        reserved=reserved,
        offered=offered,
    )


@pytest.mark.parametrize(
    ("wishes", "rooms", "found"),
    [
        ((2, 1), [room(1), room(2)], 2),
        ((2, 1), [room(1), room(2, places=1)], 1),
        ((1,), [room(1, reserved=1), room(2)], None),
        ((1,), [room(1, 2, offered=1, reserved=1)], None),
        ((1,), [room(1, 3, offered=1, reserved=1)], 1),
        ((1,), [replace(room(1), locked=True)], None),
        ((1,), [replace(room(1), state=CohortState.PLANNED)], None),
        ((), [room(1)], None),
    ],
)
def test_the_first_wish_with_room(
    wishes: tuple[int, ...], rooms: list[Room], found: int | None
) -> None:
    assert first_with_room(wishes, rooms) == found


def waits(wait: int, *wishes: int, **more: object) -> InLine:
    return InLine(wait=wait, municipality=wait, wishes=wishes, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "rooms", "offers"),
    [
        ([waits(1, 1), waits(2, 1)], [room(1)], ((1, 1),)),
        ([waits(1, 1), waits(2, 1)], [room(1, 2)], ((1, 1), (2, 1))),
        # Whoever is first and does not wish for it holds nobody up.
        ([waits(1, 2), waits(2, 1)], [room(1), room(2, places=1)], ((2, 1),)),
        ([waits(1, 1, turned_down=frozenset({1})), waits(2, 1)], [room(1)], ((2, 1),)),
        ([waits(1, 1, 2, turned_down=frozenset({1}))], [room(1), room(2)], ((1, 2),)),
        # One offer at a time.
        ([waits(1, 1, 2, offered=1), waits(2, 2)], [room(1, offered=1), room(2)], ((2, 2),)),
        ([waits(1, 1)], [replace(room(1), locked=True)], ()),
    ],
)
def test_who_is_offered_what(
    line: list[InLine], rooms: list[Room], offers: tuple[tuple[int, int], ...]
) -> None:
    assert next_offers(line, rooms) == offers


@pytest.mark.parametrize(
    ("one", "rooms", "stand"),
    [
        (waits(1, 1), room(1, places=1), Stand.FULL),
        (waits(1, 1, offered=1), room(1, offered=1), Stand.OFFERED),
        (waits(1, 1), replace(room(1), state=CohortState.PLANNED), Stand.NOT_OPEN),
        (waits(1, 1), replace(room(1), locked=True), Stand.LOCKED),
        (waits(1, 1), replace(room(1), state=CohortState.CANCELLED), Stand.CANCELLED),
        (waits(1, 1, turned_down=frozenset({1})), room(1), Stand.TURNED_DOWN),
    ],
)
def test_why_nothing_moves(one: InLine, rooms: Room, stand: Stand) -> None:
    assert stands(one, [rooms]) == {1: stand}
    assert str(texts.STANDS[stand]) % {"cohort": "Pulje 1", "day": "1. mai 2027"}


@pytest.mark.parametrize(
    "mapping",
    [texts.REFUSALS, texts.RECEIVED_REFUSALS, texts.GRANT_REFUSALS, texts.PLACE_REFUSALS],
)
def test_every_refusal_has_its_sentence(mapping: dict[object, object]) -> None:
    codes = type(next(iter(mapping)))
    assert set(mapping) == set(codes)  # type: ignore[call-overload]

"""Who may be invited, when an answer is due, and who is reminded when."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from samlop.municipalities.rules.capacity import Period
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.rollouts.rules import invitations as rules
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.invitations import (
    Candidate,
    Clash,
    Exclusion,
    InvitationRefusal,
    Step,
    Waiting,
)

# A Wednesday.
DAY = date(2027, 3, 3)


@pytest.mark.parametrize(
    ("candidate", "against"),
    [
        (Candidate(), ()),
        (Candidate(in_target=False), (Exclusion.OUTSIDE_TARGET,)),
        (Candidate(in_region=False), (Exclusion.OUTSIDE_REGION,)),
        (Candidate(has_key=False), (Exclusion.OUTSIDE_KEY,)),
        (Candidate(invited=True), (Exclusion.ALREADY_INVITED,)),
        (Candidate(has_place=True, invited=True), (Exclusion.HAS_PLACE, Exclusion.ALREADY_INVITED)),
        (Candidate(answer=AnswerState.NO), (Exclusion.SAID_NO,)),
        (Candidate(answer=AnswerState.LATER), (Exclusion.DECLINED_UNTIL,)),
        (
            Candidate(answer=AnswerState.LATER, ask_again=DAY + timedelta(days=1)),
            (Exclusion.DECLINED_UNTIL,),
        ),
        (Candidate(answer=AnswerState.LATER, ask_again=DAY), ()),
        (Candidate(answer=AnswerState.OBSERVE), ()),
        (Candidate(recipients=0), (Exclusion.NOBODY_TO_WRITE_TO,)),
        (Candidate(vendor_waits=True), (Exclusion.VENDOR_NOT_READY,)),
        (Candidate(blackout=Period(DAY, date(2027, 4, 1))), (Exclusion.BLACKOUT,)),
    ],
)
def test_what_is_against_inviting(candidate: Candidate, against: tuple[Exclusion, ...]) -> None:
    assert rules.exclusions(candidate, on=DAY) == against


@pytest.mark.parametrize("exclusion", Exclusion)
def test_only_what_the_municipality_can_judge_itself_may_be_set_aside(exclusion: Exclusion) -> None:
    may = exclusion in {Exclusion.VENDOR_NOT_READY, Exclusion.BLACKOUT}
    assert rules.may_be_invited([exclusion]) is may
    assert rules.may_be_invited([exclusion, Exclusion.BLACKOUT]) is may


@pytest.mark.parametrize(
    ("load", "asked", "breaks"),
    [(0, 8, False), (0, 9, True), (5, 4, True), (5, 3, False), (10, 0, False)],
)
def test_room_is_broken_when_the_last_tenth_of_a_roles_hours_is_asked_for(
    load: int, asked: int, breaks: bool
) -> None:
    role = CapacityRole.IT
    found = rules.breaks_room({role: Decimal(load)}, {role: 10}, {role: Decimal(asked)})
    assert found is breaks


def test_a_role_without_hours_has_no_room_for_what_is_asked_of_it() -> None:
    assert rules.breaks_room({}, {}, {CapacityRole.IT: Decimal(1)})
    assert not rules.breaks_room({}, {}, {})


# --- the calendar ---


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2028, 4, 16),
        date(2038, 4, 25),
    ],
)
def test_easter(day: date) -> None:
    assert rules.easter_sunday(day.year) == day


@pytest.mark.parametrize("day", [date(2023, 9, 11), date(2025, 9, 8), date(2027, 9, 13)])
def test_elections(day: date) -> None:
    assert rules.election_day(day.year) == day
    assert rules.election_day(day.year + 1) is None


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2027, 3, 24), True),
        (date(2027, 3, 25), False),
        (date(2027, 3, 29), False),
        (date(2027, 5, 6), False),
        (date(2027, 5, 17), False),
        (date(2027, 5, 18), True),
        (date(2027, 5, 22), False),
        (date(2027, 12, 31), False),
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert rules.is_working_day(day) is works


@pytest.mark.parametrize(
    ("sent_on", "answer_by", "found"),
    [
        (DAY, date(2027, 4, 14), ()),
        (DAY, date(2027, 4, 13), (Clash.TOO_SHORT,)),
        (DAY, date(2027, 4, 17), (Clash.NOT_A_WORKING_DAY,)),
        (date(2027, 2, 1), date(2027, 3, 31), (Clash.EASTER,)),
        (date(2027, 5, 3), date(2027, 7, 6), (Clash.JULY,)),
        (date(2027, 5, 3), date(2027, 8, 3), (Clash.JULY,)),
        (date(2027, 5, 3), date(2027, 8, 9), ()),
        (date(2027, 6, 1), date(2027, 9, 13), (Clash.ELECTION,)),
        (date(2027, 10, 1), date(2027, 12, 22), (Clash.CHRISTMAS,)),
        (date(2026, 10, 1), date(2027, 1, 5), (Clash.CHRISTMAS,)),
        (DAY, date(2027, 3, 26), (Clash.TOO_SHORT, Clash.NOT_A_WORKING_DAY, Clash.EASTER)),
    ],
)
def test_what_is_wrong_with_a_deadline(
    sent_on: date, answer_by: date, found: tuple[Clash, ...]
) -> None:
    assert rules.clashes(sent_on, answer_by) == found


@pytest.mark.parametrize(
    ("sent_on", "deadline"),
    [
        (DAY, date(2027, 4, 14)),
        # Six weeks lead into July, and the first week of August is July still.
        (date(2027, 5, 25), date(2027, 8, 9)),
        (date(2027, 11, 10), date(2028, 1, 10)),
    ],
)
def test_the_proposed_deadline(sent_on: date, deadline: date) -> None:
    assert rules.proposed_deadline(sent_on) == deadline


@pytest.mark.parametrize("days", range(0, 800, 3))
def test_the_proposed_deadline_has_nothing_wrong(days: int) -> None:
    sent_on = date(2026, 11, 22) + timedelta(days=days)
    assert rules.clashes(sent_on, rules.proposed_deadline(sent_on)) == ()


@pytest.mark.parametrize(
    ("answer_by", "change_until", "refusal"),
    [
        (date(2027, 4, 14), date(2027, 4, 14), None),
        (DAY, date(2027, 4, 14), InvitationRefusal.DEADLINE_PAST),
        (date(2027, 6, 1), date(2027, 6, 1), InvitationRefusal.DEADLINE_AFTER_START),
        (date(2027, 4, 14), date(2027, 4, 13), InvitationRefusal.CHANGE_BEFORE_ANSWER),
    ],
)
def test_which_dates_are_refused(
    answer_by: date, change_until: date, refusal: InvitationRefusal | None
) -> None:
    found = rules.refusal_of_dates(
        sent_on=DAY, answer_by=answer_by, change_until=change_until, starts_on=date(2027, 6, 1)
    )
    assert found is refusal


# --- reminders ---

SENT = date(2027, 4, 6)
DUE = date(2027, 6, 1)


def waiting(**more: object) -> Waiting:
    return Waiting(**{"sent_on": SENT, "answer_by": DUE, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "on", "step"),
    [
        (waiting(), date(2027, 5, 14), None),
        # Two weeks before is the day after Whit Monday's eve; the day itself is a Tuesday.
        (waiting(), date(2027, 5, 18), Step.REMIND),
        (waiting(), date(2027, 5, 22), None),
        (waiting(answer=AnswerState.YES), date(2027, 5, 18), None),
        (waiting(answer=AnswerState.NO), date(2027, 6, 8), None),
        (waiting(answer=AnswerState.PENDING, expected_on=DUE), date(2027, 5, 18), None),
        (waiting(answer=AnswerState.PENDING, expected_on=DUE), DUE, None),
        (waiting(answer=AnswerState.PENDING, expected_on=DUE), date(2027, 6, 2), Step.REMIND),
        (waiting(reminders=1, reminded_on=date(2027, 5, 18)), date(2027, 5, 28), None),
        (waiting(reminders=1, reminded_on=date(2027, 5, 18)), date(2027, 5, 31), Step.REMIND),
        # Never two within a week.
        (waiting(reminders=1, reminded_on=date(2027, 5, 28)), date(2027, 6, 3), None),
        (waiting(reminders=1, reminded_on=date(2027, 5, 28)), date(2027, 6, 4), Step.REMIND),
        (waiting(reminders=2, reminded_on=date(2027, 5, 31)), date(2027, 6, 4), None),
        (waiting(reminders=2, reminded_on=date(2027, 5, 31)), date(2027, 6, 7), Step.CALL),
        (waiting(reminders=2, reminded_on=date(2027, 5, 31), to_call=True), DUE, None),
    ],
)
def test_what_follows_an_invitation(one: Waiting, on: date, step: Step | None) -> None:
    assert rules.next_step(one, on=on) is step


@pytest.mark.parametrize("on", [date(2027, 7, 7), date(2027, 12, 22), date(2028, 4, 13)])
def test_nobody_is_written_to_in_the_holidays(on: date) -> None:
    late = Waiting(sent_on=date(2027, 1, 4), answer_by=date(2027, 2, 22))
    assert rules.next_step(late, on=on) is None


@pytest.mark.parametrize("answered", [False, True])
def test_nobody_ever_gets_more_than_two_reminders_or_two_in_a_week(answered: bool) -> None:
    one, mails = waiting(), [SENT]
    for days in range(400):
        on = SENT + timedelta(days=days)
        if answered and len(mails) == 2:
            one = waiting(reminders=1, reminded_on=mails[-1], answer=AnswerState.OBSERVE)
        step = rules.next_step(one, on=on)
        if step is Step.REMIND:
            mails.append(on)
            one = waiting(reminders=len(mails) - 1, reminded_on=on)
        if step is Step.CALL:
            break
    else:
        on = SENT
    assert len(mails) == (2 if answered else 3)
    assert all(after - before >= timedelta(days=7) for before, after in pairwise(mails))
    assert (on > DUE) is not answered


# --- sending a link on ---


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("leder@utsira.kommune.no", True),
        (" Leder@UTSIRA.kommune.no ", True),
        ("leder@vik.kommune.no", False),
        ("leder@utsira.kommune.no.example.org", False),
        ("leder@x-utsira.kommune.no", False),
        ("leder", False),
        ("", False),
        ("leder@utsira.kommune.no\nBcc: x@example.org", False),
    ],
)
def test_a_link_is_sent_on_inside_the_municipality_only(address: str, may: bool) -> None:
    own, holder = "post@utsira.kommune.no", "kari@gmail.com"
    assert rules.may_be_sent_on(address, own=own, holder=holder) is may


@pytest.mark.parametrize(
    ("address", "holder", "may"),
    [
        ("leder@utsira.kommune.no", "kari@utsira.kommune.no", True),
        ("leder@vik.kommune.no", "kari@utsira.kommune.no", False),
        # Anybody may have an address there.
        ("leder@gmail.com", "kari@gmail.com", False),
        ("leder@utsira.kommune.no", "", False),
    ],
)
def test_where_the_postmottak_is_not_known_the_holders_own_domain_counts(
    address: str, holder: str, may: bool
) -> None:
    assert rules.may_be_sent_on(address, own="", holder=holder) is may

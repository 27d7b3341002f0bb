"""What is sent when."""

from datetime import date, datetime, timedelta

import pytest

from samlop.lib.days import OSLO
from samlop.messages.rules import (
    DELAYS,
    GIVE_UP_AFTER,
    NEXT,
    Group,
    Mail,
    State,
    Wish,
    as_html,
    as_text,
    digest_window,
    first_state,
    is_outdated,
    next_attempt,
    one_line,
    wish_for,
    without_addresses,
)

QUEUED = datetime(2027, 3, 1, 12, tzinfo=OSLO)


def test_every_state_knows_what_may_follow() -> None:
    assert set(NEXT) == set(State)


@pytest.mark.parametrize(
    ("group", "chosen", "wish"),
    [
        (Group.ACCESS, {}, Wish.AT_ONCE),
        (Group.TASKS, {}, Wish.AT_ONCE),
        (Group.NEWS, {}, Wish.WEEKLY),
        (Group.NEWS, {Group.NEWS: Wish.NEVER}, Wish.NEVER),
        (Group.NEWS, {Group.TASKS: Wish.NEVER}, Wish.WEEKLY),
        # Nobody can lock herself out by a choice.
        (Group.ACCESS, {Group.ACCESS: Wish.NEVER}, Wish.AT_ONCE),
    ],
)
def test_a_wish(group: Group, chosen: dict[Group, Wish], wish: Wish) -> None:
    assert wish_for(group, chosen) is wish


@pytest.mark.parametrize(
    ("wish", "state"),
    [
        (Wish.AT_ONCE, State.QUEUED),
        (Wish.WEEKLY, State.WAITING),
        (Wish.NEVER, State.WITHHELD),
    ],
)
def test_where_a_message_begins(wish: Wish, state: State) -> None:
    assert first_state(wish) is state


@pytest.mark.parametrize(
    ("attempts", "after", "urgent", "delay"),
    [
        (1, timedelta(), False, timedelta(minutes=1)),
        (2, timedelta(minutes=1), False, timedelta(minutes=5)),
        (6, timedelta(hours=12), False, timedelta(hours=6)),
        (60, timedelta(hours=12), False, timedelta(hours=6)),
        (1, timedelta(), True, timedelta(seconds=10)),
        (9, timedelta(minutes=3), True, timedelta(seconds=10)),
        # The last attempt is on the last moment, not after it.
        (20, timedelta(hours=70), False, timedelta(hours=2)),
        (20, timedelta(days=3), False, None),
        (3, timedelta(minutes=15), True, None),
    ],
)
def test_when_to_try_again(
    attempts: int, after: timedelta, urgent: bool, delay: timedelta | None
) -> None:
    at = QUEUED + after
    expected = at + delay if delay is not None else None
    assert next_attempt(attempts, queued_at=QUEUED, at=at, urgent=urgent) == expected


def test_trying_ends_after_three_days_and_some_twenty_attempts() -> None:
    at, attempts = QUEUED, 1
    while (again := next_attempt(attempts, queued_at=QUEUED, at=at)) is not None:
        assert again > at
        at, attempts = again, attempts + 1
    assert at == QUEUED + GIVE_UP_AFTER
    assert len(DELAYS) < attempts < 25


def test_only_a_code_grows_too_old() -> None:
    late = QUEUED + timedelta(minutes=16)
    assert is_outdated(queued_at=QUEUED, at=late, urgent=True)
    assert not is_outdated(queued_at=QUEUED, at=QUEUED, urgent=True)
    assert not is_outdated(queued_at=QUEUED, at=late, urgent=False)


@pytest.mark.parametrize(
    ("at", "monday"),
    [
        (datetime(2027, 3, 1, 7, 0, tzinfo=OSLO), date(2027, 3, 1)),
        (datetime(2027, 3, 1, 6, 59, tzinfo=OSLO), date(2027, 2, 22)),
        # A worker that was down all Monday is late, not silent.
        (datetime(2027, 3, 4, 23, 0, tzinfo=OSLO), date(2027, 3, 1)),
        # The clock changed the night before: seven in Oslo it is.
        (datetime(2027, 3, 29, 7, 0, tzinfo=OSLO), date(2027, 3, 29)),
        (datetime(2027, 6, 28, 7, 0, tzinfo=OSLO), date(2027, 6, 28)),
        (datetime(2027, 7, 5, 7, 0, tzinfo=OSLO), None),
        (datetime(2027, 7, 26, 7, 0, tzinfo=OSLO), None),
        (datetime(2027, 8, 2, 7, 0, tzinfo=OSLO), date(2027, 8, 2)),
        (datetime(2027, 12, 20, 7, 0, tzinfo=OSLO), None),
        (datetime(2027, 12, 27, 7, 0, tzinfo=OSLO), date(2027, 12, 27)),
    ],
)
def test_which_digest_should_be_out(at: datetime, monday: date | None) -> None:
    window = digest_window(at)
    assert (window.monday if window else None) == monday
    if window is not None:
        assert window.until == datetime(
            window.monday.year, window.monday.month, window.monday.day, 7, tzinfo=OSLO
        )
        assert window.until <= at


MAIL = Mail(
    subject="Hei <du>",
    paragraphs=("Første & siste.",),
    highlight="123456",
    button="Logg inn",
    address="https://samlop.example/konto/?a=1&b=2",
    closing=("Hilsen oss",),
)


def test_the_text_form_holds_everything_in_order() -> None:
    assert as_text(MAIL, footer="Bunn") == (
        "Første & siste.\n\n123456\n\nLogg inn:\nhttps://samlop.example/konto/?a=1&b=2\n\n"
        "Hilsen oss\n\n-- \nBunn\n"
    )


def test_the_html_form_escapes_what_people_wrote() -> None:
    html = as_html(MAIL, footer="<b>", language="nn")
    assert '<html lang="nn">' in html
    assert "Første &amp; siste." in html
    assert "&lt;b&gt;" in html
    assert 'href="https://samlop.example/konto/?a=1&amp;b=2"' in html


def test_a_subject_cannot_become_two_headers() -> None:
    assert one_line("Hei\r\nBcc: alle@example.org") == "Hei Bcc: alle@example.org"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 <kari@example.org>: no such user", "550 <…>: no such user"),
        ("550 5.1.1\nkari.nordmann@sub.example.org unknown", "550 5.1.1 … unknown"),
        ("421 busy", "421 busy"),
    ],
)
def test_an_answer_is_kept_without_addresses(said: str, kept: str) -> None:
    assert without_addresses(said) == kept
